"""Materials that a paper only works with: bought ones, culture media, labels of antibodies."""

from __future__ import annotations

import re

from pipeline.ner.rules.words import any_name, suppliers
from pipeline.ner.state import State
from pipeline.roles import Context

_SUPPLIER = any_name(suppliers()).replace(r"\ ", r"\s?")
_BOUGHT = re.compile(
    r"\b(?:purchased|bought|ordered|procured)\b|\b(?:gifts?|gifted)\s(?:of|from|by)\b"
    rf"|\b{_SUPPLIER}\b"
    r"|\b(?:from|by)\s(?:the\s)?[A-Z][^.;]{0,70}?(?:\b(?:Inc|Ltd|GmbH|Corp|LLC|Co)\b|\bBiotech|\bReagents?\b"
    r"|\bPharmaceuticals?\b)"
)
"""Words of a sentence that says where things were bought: suppliers and their ways of being named."""
_HEADING = Context("reagent.heading")
_CARRIED = Context("reagent.carried")
_AS_CONTROL = Context("reagent.as-control")
_CONCENTRATION = Context("reagent.concentration")
_IN_BUFFER = Context("reagent.in-buffer")
_CULTURE = Context("reagent.culture")
_ADDITIVE = Context("reagent.additive")
_PAIR = Context("reagent.pair")
_ON_ANTIBODY = Context("reagent.on-antibody")
_TAG = Context("reagent.tag")
_STAINS = Context("reagent.stains")
_CATALOGUED = Context("reagent.catalogued")
_BLOCKS = Context("reagent.blocks")


def bought(text: str, start: int, state: State) -> bool:
    """Whether the sentence around an offset, or its section, lists what was bought."""
    block = state.document.block_at(start) if state.document is not None else None
    if block is not None and block.section and _HEADING.whole(block.section[-1].rstrip(" .:")):
        return True
    return _BOUGHT.search(text, *state.sentence(start)) is not None


def carried(text: str, start: int, state: State) -> bool:
    """Whether the sentence around an offset speaks of loading or delivery."""
    return _CARRIED.within(text, *state.sentence(start)) is not None


def feeds_culture(text: str, start: int, end: int, state: State) -> bool:
    """Whether the name ``[start, end)`` is of what cultures are fed, selected or kept sterile with, and is so here."""
    if not _ADDITIVE.whole(text[start:end]):
        return False
    if any(m.start() <= start < m.end() for m in _PAIR.every(text, max(0, start - 40), end + 40)):
        return True
    begin, stop = state.sentence(start)
    meant = _CARRIED.within(text, begin, stop) or _AS_CONTROL.within(text, begin, stop)
    return _CULTURE.within(text, begin, stop) is not None and not meant


def in_buffer(text: str, start: int, state: State) -> bool:
    """Whether the name at an offset stands behind its concentration in a buffer, among others in mM."""
    if not _CONCENTRATION.before(text, start):
        return False
    sentence = text[slice(*state.sentence(start))]
    return "buffer" in sentence or sum(1 for _ in _IN_BUFFER.every(sentence)) > 1


def labels_antibody(text: str, start: int, end: int) -> bool:
    """Whether the name ``[start, end)`` is of a dye or enzyme on an antibody, to see something else with."""
    return _ON_ANTIBODY.before(text, start) is not None or _TAG.behind(text, end) is not None


def only_stains(name: str, text: str, start: int, end: int, state: State) -> bool:
    """Whether an antibody of this preferred name is one to stain with, by its dilution, catalogue or supplier."""
    if _STAINS.behind(text, end):
        return True
    listed = _CATALOGUED.behind(text, end) is not None or bought(text, start, state)
    return listed and not _BLOCKS.whole(name)
