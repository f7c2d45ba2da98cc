"""Recognition: a Document's names, found by one spaCy pipeline of lexicon, rules and a trained model."""

from pipeline.ner.annotate import annotate, describe, load

__all__ = ["annotate", "describe", "load"]
