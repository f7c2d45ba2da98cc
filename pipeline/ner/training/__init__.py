"""How the shipped recognition model is made: public corpora in, a spaCy pipeline and its card out."""

from pipeline.ner.training.build import train
from pipeline.ner.training.card import write_card

__all__ = ["train", "write_card"]
