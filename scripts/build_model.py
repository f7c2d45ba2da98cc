"""Assemble the recognition pipeline from its components and save it under models/coatmine.

    python scripts/build_model.py [TRAINED]

TRAINED is a folder that ``coatmine train`` wrote: its component ``ner`` goes into the pipeline, and its card beside it
as ner.md. Without one, the ``ner`` of the present models/coatmine stays.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import spacy
from spacy.language import Language

import pipeline.ner.components  # noqa: F401 - registers the factories
from pipeline.ner.tokeniser import make_tokeniser

MODEL = Path(__file__).resolve().parent.parent / "models/coatmine"
VERSION = "0.1.0"


def build(trained: Path) -> Language:
    """The pipeline, ready to save, with the tokeniser and the trained component of the model at this path."""
    source = spacy.load(trained)
    nlp = spacy.blank("en")
    nlp.tokenizer = make_tokeniser()(nlp)
    nlp.add_pipe("coatmine_sentences", name="sentences")
    nlp.add_pipe("coatmine_abbreviations", name="abbreviations")
    nlp.add_pipe("coatmine_lexicon", name="lexicon")
    nlp.add_pipe("coatmine_rules", name="rules")
    nlp.add_pipe("ner", source=source)
    nlp.disable_pipe("ner")  # the next component asks it, and only where its word may count
    nlp.add_pipe("coatmine_model", name="model")
    nlp.add_pipe("coatmine_vote", name="vote")
    nlp.add_pipe("coatmine_roles", name="roles")
    nlp.add_pipe("coatmine_spans", name="spans")
    nlp.meta.update(
        name="coatmine", version=VERSION, license="MIT", author="The coatmine developers",
        description="Names in the literature on cell-membrane-coated nanoparticles",
    )  # fmt: skip
    return nlp


if __name__ == "__main__":
    trained = Path(sys.argv[1]) if len(sys.argv) > 1 else MODEL
    # lexicons and rules stand beside it, and the words of the training texts are of no use to others
    build(trained).to_disk(MODEL, exclude=["lexicon", "roles", "vocab"])
    if (trained / "README.md").is_file() and trained != MODEL:
        shutil.copyfile(trained / "README.md", MODEL / "ner.md")
