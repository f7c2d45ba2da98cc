"""Materials that a paper only works with: bought ones, culture media, labels of antibodies."""

from __future__ import annotations

import re

from pipeline.ner.rules.words import any_name, suppliers
from pipeline.ner.state import State

_SUPPLIER = any_name(suppliers()).replace(r"\ ", r"\s?")
_BOUGHT = re.compile(
    r"\b(?:purchased|bought|ordered|procured)\b|\b(?:gifts?|gifted)\s(?:of|from|by)\b"
    rf"|\b{_SUPPLIER}\b"
    r"|\b(?:from|by)\s(?:the\s)?[A-Z][^.;]{0,70}?(?:\b(?:Inc|Ltd|GmbH|Corp|LLC|Co)\b|\bBiotech|\bReagents?\b"
    r"|\bPharmaceuticals?\b)"
)
"""Words of a sentence that says where things were bought: suppliers and their ways of being named."""
_ABOUT_MATERIALS = re.compile(
    r"(?:[\d.]+\s*)?(?:materials|chemicals|reagents|antibodies)"
    r"(?:(?:,|\s)+(?:and\s)?(?:materials|chemicals|reagents|antibodies))*\W*",
    re.IGNORECASE,
)
_CARRIED = re.compile(
    r"\b(?:load|deliver|encapsulat|condens|complex(?:ed|ation)|payload|cargo|carr(?:y|ie)|adsorb|packag|embedd)\w*",
    re.IGNORECASE,
)
_AS_CONTROL = re.compile(r"\b(?:positive|antibiotic|drug) controls?\b", re.IGNORECASE)
_MILLIMOLAR = re.compile(r"\d\s?mM\s$")
_IN_BUFFER = re.compile(r"\d\s?mM\s[A-Z\w]")
_CULTURE = re.compile(
    r"\b(?:DMEM|RPMI|IMDM|Opti-?MEM|F-?12|FBS|FCS|f(?:o)?etal (?:bovine|calf) serum|medium|media|supplemented"
    r"|culture[ds]?|I?U/mL|units/mL|trypsin|transfect\w*|transduc\w*|lentivir\w*|select(?:ed|ion)|stably"
    r"|antibiotics (?:\(|at))",
    re.IGNORECASE,
)
_ADDITIVE = re.compile(
    r"penicillin(?: G)?|streptomycin|amphotericin B|gentam[iy]cin|kanamycin|ampicillin|puromycin|blasticidin(?: S)?"
    r"|hygromycin(?: B)?|G418|geneticin|neomycin|insulin|transferrin|dexamethasone|beta-glycerophosphate|ascorbic acid"
    r"|cycloheximide",
    re.IGNORECASE,
)
"""What keeps cultures sterile, selects or feeds them."""
_PAIR = re.compile(
    r"penicillin(?: G)?\W{1,3}(?:and\s)?(?:\d+\s?(?:U|μg|µg|mg)/mL\s)?streptomycin"
    r"|streptomycin\W{1,3}(?:and\s)?penicillin",
    re.IGNORECASE,
)
_TAGGED = re.compile(
    r"(?:annexin[\s-]?V|anti-?[\w-]+|IgG|antibod(?:y|ies)|phalloidin|streptavidin|lectin|dextran|PE|APC|PerCP)[\s/,-]+$",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"[\s-](?:conjugated|labell?ed|linked|coupled|tagged)[\s-](?:\w+[\s-]){0,2}"
    r"(?:anti|antibod|IgG|secondary|goat|streptavidin|phalloidin|annexin)|-anti-?[A-Z]"
)
_STAINS = re.compile(r"\s?\((?:ab\d|1\s?:|\d+:\d)|[\s-](?:staining|stained|labell?ed)\b")
_CATALOGUED = re.compile(r"\s?\((?:clone|#|[Cc]at|[Nn]o\.|[A-Z]{1,4}-?\d)")
_BLOCKS = re.compile(r"anti-(?:PD-L?1|CTLA-4|TIGIT|4-1BB) antibody")
"""Antibodies that treat as often as they stain: what was bought may have been given."""


def bought(text: str, start: int, state: State) -> bool:
    """Whether the sentence around an offset, or its section, lists what was bought."""
    block = state.document.block_at(start) if state.document is not None else None
    if block is not None and block.section and _ABOUT_MATERIALS.fullmatch(block.section[-1]):
        return True
    return _BOUGHT.search(text, *state.sentence(start)) is not None


def carried(text: str, start: int, state: State) -> bool:
    """Whether the sentence around an offset speaks of loading or delivery."""
    return _CARRIED.search(text, *state.sentence(start)) is not None


def feeds_culture(text: str, start: int, end: int, state: State) -> bool:
    """Whether the name ``[start, end)`` is of what cultures are fed, selected or kept sterile with, and is so here."""
    if not _ADDITIVE.fullmatch(text, start, end):
        return False
    if any(m.start() <= start < m.end() for m in _PAIR.finditer(text, max(0, start - 40), end + 40)):
        return True
    begin, stop = state.sentence(start)
    meant = _CARRIED.search(text, begin, stop) or _AS_CONTROL.search(text, begin, stop)
    return _CULTURE.search(text, begin, stop) is not None and not meant


def in_buffer(text: str, start: int, state: State) -> bool:
    """Whether the name at an offset stands behind its concentration in a buffer, among others in mM."""
    if not _MILLIMOLAR.search(text, max(0, start - 8), start):
        return False
    sentence = text[slice(*state.sentence(start))]
    return "buffer" in sentence or len(_IN_BUFFER.findall(sentence)) > 1


def labels_antibody(text: str, start: int, end: int) -> bool:
    """Whether the name ``[start, end)`` is of a dye or enzyme on an antibody, to see something else with."""
    return _TAGGED.search(text, max(0, start - 30), start) is not None or _TAG.match(text, end) is not None


def only_stains(name: str, text: str, start: int, end: int, state: State) -> bool:
    """Whether an antibody of this preferred name is one to stain with, by its dilution, catalogue or supplier."""
    if _STAINS.match(text, end):
        return True
    listed = _CATALOGUED.match(text, end) is not None or bought(text, start, state)
    return listed and not _BLOCKS.fullmatch(name)
