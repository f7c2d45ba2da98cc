"""The shipped pipeline, loaded once, and plain text as a document."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import sha256

import pytest
from spacy.language import Language

from pipeline.document import Block, Document
from pipeline.ner import annotate, load
from pipeline.records import Mention

Annotate = Callable[[str], list[Mention]]
gap = partial(
    pytest.param, marks=pytest.mark.xfail(strict=True, reason="the shipped rules and weights do not tell this yet")
)
"""A case that ought to hold and does not yet; once it does, this fails and the mark goes."""


def as_document(text: str) -> Document:
    """A text as a document of one paragraph."""
    blocks = (Block(kind="paragraph", start=0, end=len(text)),) if text else ()
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(id=f"sha256:{digest}", source="text", media_type="text/plain", text=text, blocks=blocks)


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The shipped pipeline."""
    return load()


@pytest.fixture(scope="session")
def mentions(nlp: Language) -> Annotate:
    """The mentions of a text."""
    return lambda text: annotate(as_document(text), nlp)
