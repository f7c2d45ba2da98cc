"""The vocabularies that identifiers are of: how each is written, and where it resolves."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import quote

from pydantic import TypeAdapter

from pipeline.document import Part

_FILE: Final = "vocabularies.json"
_REGISTRY: Final = "https://bioregistry.io/"


class IdentifierVocabulary(Part):
    """A vocabulary, as the Bioregistry knows it.

    ``prefix`` is how coatmine's compact identifiers begin, ``registry`` how the Bioregistry's do; the latter leave
    ``registry_leaves_out`` out of the identifier (``cellosaurus:CVCL_0031`` is its ``cellosaurus:0031``). What stands
    after ``prefix`` follows ``pattern``, and put after ``uri_prefix`` it is the Bioregistry's address of the thing.
    """

    prefix: str
    title: str
    homepage: str
    license: str
    registry: str
    registry_leaves_out: str = ""
    uri_prefix: str
    pattern: str


@cache
def vocabularies() -> dict[str, IdentifierVocabulary]:
    """The vocabularies by prefix."""
    text = (files("pipeline.export") / _FILE).read_text(encoding="utf-8")
    return {each.prefix: each for each in TypeAdapter(list[IdentifierVocabulary]).validate_python(json.loads(text))}


def curie_url(curie: str) -> str:
    """The address that resolves a compact identifier: prefix and identifier in the Bioregistry's own form."""
    prefix, _, identifier = curie.partition(":")
    if known := vocabularies().get(prefix):
        prefix, identifier = known.registry, identifier.removeprefix(known.registry_leaves_out)
    return _REGISTRY + quote(f"{prefix.lower()}:{identifier}", safe=":/._-")
