"""Assemble the recognition pipeline from its components and save it under models/coatmine.

python scripts/build_model.py
"""

from __future__ import annotations

from pathlib import Path

import spacy
from spacy.language import Language
from spacy.util import compile_infix_regex

import pipeline.ner.components  # noqa: F401 - registers the factories

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"


def build() -> Language:
    """The pipeline, ready to save."""
    nlp = spacy.blank("en")
    # "(CCM)-coated" is one token in the stock tokeniser, and the detector of abbreviations never sees CCM
    nlp.tokenizer.infix_finditer = compile_infix_regex([*nlp.Defaults.infixes, r"\)(?=-)"]).finditer
    for name in ("sentences", "abbreviations", "lexicon", "rules", "vote", "context"):
        nlp.add_pipe(f"coatmine_{name}", name=name)
    nlp.meta.update(
        name="coatmine", version=VERSION, license="MIT", author="The coatmine developers",
        description="Names in the literature on cell-membrane-coated nanoparticles",
    )  # fmt: skip
    return nlp


if __name__ == "__main__":
    build().to_disk(ROOT / "models/coatmine")
