"""What headings name: reference lists, abstracts, sections of papers, what is printed before the body."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict


class Headings(BaseModel):
    """The file headings.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    reference_lists: frozenset[str]
    article_types: frozenset[str]
    abstracts: frozenset[str]
    sections: frozenset[str]
    front: frozenset[str]
    back: frozenset[str]


_HEADINGS: Final = Headings.model_validate_json((Path(__file__).parent / "headings.json").read_text("utf8"))

LIST_NAMES: Final = _HEADINGS.reference_lists
ABSTRACT: Final = _HEADINGS.abstracts
ARTICLE_TYPES: Final = _HEADINGS.article_types
"""What is printed above a title to say what kind of article it is."""
SECTIONS: Final = _HEADINGS.sections | LIST_NAMES | ABSTRACT
"""Headings that no paper has for its title."""
BACK: Final = _HEADINGS.back
"""Headings of what stands after the body."""
FRONT: Final = _HEADINGS.front | ARTICLE_TYPES | ABSTRACT
"""Headings of what stands before the body."""


def normalised(text: str) -> str:
    """The letters of a text, in lower case."""
    return "".join(char for char in text.casefold() if char.isalpha())
