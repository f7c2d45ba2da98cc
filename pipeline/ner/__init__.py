"""Recognition: a Document's names, found by one spaCy pipeline of lexicon, rules and a trained model."""

from pipeline.ner.annotate import VERSION, annotate, describe, load

__all__ = ["VERSION", "annotate", "describe", "load"]
