"""How the shipped recognition model is made: public corpora in, a spaCy pipeline out."""

from pipeline.ner.training.build import train

__all__ = ["train"]
