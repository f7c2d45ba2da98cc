"""Train the ``ner`` component: marked texts and corpora in, a spaCy ``ner`` and its card out."""

from pipeline.ner.training.build import train
from pipeline.ner.training.corpus_formats import CorpusMark, CorpusText

__all__ = ["CorpusMark", "CorpusText", "train"]
