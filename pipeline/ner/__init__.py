"""Recognition: a Document's names, found by one spaCy pipeline of lexicon, rules and a trained model."""

from pipeline.ner.annotate import annotate, describe, load
from pipeline.ner.explain import Explained, explain

__all__ = ["Explained", "annotate", "describe", "explain", "load"]
