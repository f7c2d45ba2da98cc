"""The word lists of the rules, from words.json and suppliers.json."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

Alternatives = tuple[str, ...]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CoreWords(_Part):
    """What a core's phrase is made of besides materials and forms, and where it stops."""

    structures: Alternatives
    short_forms: dict[str, str]
    modifiers: Alternatives
    looks: Alternatives
    need_form: Alternatives
    elements: Alternatives
    anions: Alternatives
    stops: Alternatives
    no_elements: Alternatives
    ambiguous: Alternatives
    about_particles: Alternatives


class DrugWords(_Part):
    """Abbreviations of drugs that mean other things, and what makes a name a drug's.

    ``no_codes`` look like codes of drugs and are none: targets, methods, units.
    """

    ambiguous: Alternatives
    known_short: Alternatives
    classes: Alternatives
    classes_of_proteins: Alternatives
    elements: Alternatives
    nuclides: tuple[str, ...]
    code_prefixes: Alternatives
    stems: Alternatives
    no_codes: tuple[str, ...]


class Words(_Part):
    """The file words.json."""

    note: str
    core: CoreWords
    drug: DrugWords


@cache
def words() -> Words:
    """The words, read once."""
    return Words.model_validate_json((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))


class Suppliers(_Part):
    """The file suppliers.json."""

    note: str
    suppliers: tuple[str, ...]


@cache
def suppliers() -> tuple[str, ...]:
    """Who sells what papers work with, read once."""
    path = Path(__file__).parent / "suppliers.json"
    return Suppliers.model_validate_json(path.read_text(encoding="utf-8")).suppliers


def any_of(alternatives: Alternatives) -> str:
    """A group that matches any of these regular expressions."""
    return f"(?:{'|'.join(alternatives)})"


def any_name(names: Iterable[str]) -> str:
    """A group that matches any of these names, the longest first."""
    return f"(?:{'|'.join(re.escape(name) for name in sorted(names, key=len, reverse=True))})"
