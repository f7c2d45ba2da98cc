"""Therapy and imaging modalities: the controlled vocabulary, and coordinations that share one head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.linking import Hit
from pipeline.linking.linker import settle
from pipeline.ner.rules.cells import longest
from pipeline.ner.rules.words import any_name, words
from pipeline.ner.state import Found, State

_WORDS = words().modality
IMAGING = _WORDS.imaging
"""What an adjective or abbreviation before "imaging" stands for."""
THERAPY = _WORDS.therapy
_ABBR = r"(?:\s\([A-Z-]{1,6}\))?"
_JOIN = r"(?:\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or)\s|\s?\+\s?|-)"


_IMAGING = re.compile(
    rf"(?<![\w-])(?P<list>{any_name(IMAGING)}{_ABBR}(?:{_JOIN}{any_name(IMAGING)}{_ABBR})+)"
    r"(?P<head>\s+(?:(?:multi|dual|bi|tri|triple)-?(?:mod\w+)\s+)?(?:imaging))(?![\w])",
    re.IGNORECASE,
)
_THERAPY = re.compile(
    rf"(?<![\w-])(?P<list>{any_name(THERAPY)}-?(?:(?:\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or|plus)\s|\s?\+\s?){any_name(THERAPY)}-?)*"
    rf"(?:\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or|plus)\s|\s?\+\s?){any_name(THERAPY)})"
    r"(?P<head>(?:-|\s)?(?:(?:combination|combined|combinational|synergistic|dual|bimodal|trimodal|cancer|tumou?r)\s+)*(?:therapy|therapies|treatment))(?![\w])",
    re.IGNORECASE,
)
_SINGLE_IMAGING = re.compile(
    rf"(?<![\w-])(?P<one>{any_name(IMAGING)})(?P<head>\s+(?:(?:multi|dual|bi|tri)-?(?:mod\w+)\s+)?imaging)(?![\w])",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or|plus)\s|\s?\+\s?")

_SAFE = frozenset(_WORDS.safe)
_HEAD_AFTER = re.compile(r"\s*(?:imaging|scans?|images?|contrast|signals?|angiography)\b|/(?:MRI?|PET|FL|PA|US)\b")
_NO_MODALITY_AFTER = re.compile(r"\s+(?:drugs?|agents?|regimens?|transducers?|gels?|probes?|window)\b", re.IGNORECASE)
_MODALITY_WORD = re.compile(r"therap|imaging|tomograph|blockade|hypertherm|resonance|treatment|scan", re.IGNORECASE)


def find(text: str, state: State) -> Iterator[Found]:
    """Every modality, one mention for each member of a coordination."""
    for pattern, names in ((_IMAGING, IMAGING), (_THERAPY, THERAPY)):
        for match in pattern.finditer(text):
            yield from _members(match, names, state)
    for match in _SINGLE_IMAGING.finditer(text):
        name = IMAGING[match["one"].casefold()]
        yield _modality(match.start(), match.end(), name, "rule", state.curie(name, "modality"))
    for hit in longest(state.hits, "modality"):
        surface = text[hit.start : hit.end]
        kind = _kind(surface, hit, text, state) if _short(surface) else "lexicon"
        named = surface.casefold().endswith(("imaging", "tomography", "mri"))
        if kind is None or (not named and _NO_MODALITY_AFTER.match(text, hit.end)):
            continue
        link = settle(hit.entries, surface)
        yield _modality(hit.start, hit.end, link.name, kind, link.curie)


def _kind(surface: str, hit: Hit, text: str, state: State) -> str | None:
    """How an abbreviation is known to be a modality: by the document's definition or the field's use; else None."""
    long = state.abbreviations.get(surface)
    if long is not None:
        return "abbreviation" if _MODALITY_WORD.search(long) else None
    if surface not in _SAFE and not _HEAD_AFTER.match(text, hit.end):
        return None
    return None if text[hit.end : hit.end + 1] == "-" and surface not in _SAFE else "lexicon"


def _members(match: re.Match[str], names: dict[str, str], state: State) -> Iterator[Found]:
    at = match.start("list")
    listed = match["list"]
    bounds = [0, *(p for m in _SPLIT.finditer(listed) for p in m.span()), len(listed)]
    pieces = [(bounds[i], bounds[i + 1]) for i in range(0, len(bounds), 2)]
    for index, (a, b) in enumerate(pieces):
        piece = re.sub(_ABBR + "$", "", listed[a:b])
        name = names.get(piece.strip("- ").casefold())
        if name is None:
            continue
        end = match.end("head") if index == len(pieces) - 1 else at + a + len(piece)
        yield _modality(at + a, end, name, "rule", state.curie(name, "modality"), priority=3)


def _modality(start: int, end: int, name: str, kind: str, curie: str | None = None, priority: int = 1) -> Found:
    return Found(start, end, "MODALITY", name, 0.9, kind, "modalities", curie=curie, priority=priority)


def _short(surface: str) -> bool:
    return len(surface) <= 5 and surface.isupper()
