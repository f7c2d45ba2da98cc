"""How the trained part of the pipeline is made: marked texts and corpora in, a spaCy ``ner`` and its card out."""

from pipeline.ner.training.build import train
from pipeline.ner.training.passages import Mark, Passage

__all__ = ["Mark", "Passage", "train"]
