"""Assemble the recognition pipeline from its components and save it under models/coatmine.

    python scripts/build_model.py [RECOGNISER]

RECOGNISER is a model that ``coatmine train`` wrote: its component goes into the pipeline, and its card beside it as
recogniser.md. Without one, the recogniser of the present models/coatmine stays.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import spacy
from spacy.language import Language

import pipeline.ner.components  # noqa: F401 - registers the factories
from pipeline.ner.training.recogniser import FACTORY
from pipeline.ner.training.tokeniser import set_tokeniser
from pipeline.ner.votes import RECOGNISER

MODEL = Path(__file__).resolve().parent.parent / "models/coatmine"
VERSION = "0.1.0"


def build(recogniser: Path) -> Language:
    """The pipeline, ready to save, with the trained component of the model at this path."""
    source = spacy.load(recogniser)
    component = next(name for name, factory in source.pipe_factories.items() if factory == FACTORY)
    nlp = set_tokeniser(spacy.blank("en"))
    nlp.add_pipe("coatmine_sentences", name="sentences")
    nlp.add_pipe("coatmine_abbreviations", name="abbreviations")
    nlp.add_pipe("coatmine_lexicon", name="lexicon")
    nlp.add_pipe("coatmine_rules", name="rules")
    nlp.add_pipe(component, source=source, name=RECOGNISER)
    nlp.add_pipe("coatmine_model", name="model")
    nlp.add_pipe("coatmine_vote", name="vote")
    nlp.add_pipe("coatmine_roles", name="roles")
    nlp.meta.update(
        name="coatmine", version=VERSION, license="MIT", author="The coatmine developers",
        description="Names in the literature on cell-membrane-coated nanoparticles",
    )  # fmt: skip
    return nlp


if __name__ == "__main__":
    trained = Path(sys.argv[1]) if len(sys.argv) > 1 else MODEL
    build(trained).to_disk(MODEL)
    if trained != MODEL:
        shutil.copyfile(trained / "README.md", MODEL / "recogniser.md")
