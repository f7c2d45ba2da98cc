"""How far a core's phrase reaches to the left of its last word: over materials, structures and modifiers."""

from __future__ import annotations

import re

from pipeline.linking import Hit
from pipeline.ner.rules.cores.grounds import defined_otherwise, names_material
from pipeline.ner.rules.cores.patterns import COMPOUND
from pipeline.ner.rules.words import any_of, words
from pipeline.ner.state import State

_WORDS = words().core

_MODIFIER = re.compile(any_of(_WORDS.modifiers), re.IGNORECASE)
"""Words between materials that belong to a core's name."""
_STOP = re.compile(any_of(_WORDS.stops), re.IGNORECASE)
"""Words where a core's name ends, though they stand before it."""
_NO_ELEMENT = re.compile(any_of(_WORDS.no_elements))
_FORMULA = re.compile(
    r"(?:[A-Z][a-z]?\d{0,2}){1,5}(?:[:@/][A-Z]?\w{1,6}(?:[:@/,]\w{1,5})*)?"
    r"|[A-Z]{2,6}(?:-[A-Z]{2,8}\d{0,5}[Kk]?){0,3}|[mnp][A-Z]\w{1,6}"
    r"|(?:ZIF|UiO|UIO|MIL|PCN|NU|HKUST|SBA|MCM)-?\d{1,4}(?:\([A-Z][a-z]?\))?|poly\(.+\)"
)
_COMPOUNDS_END = re.compile(rf"(?<![\w@:/,-])(?P<all>{COMPOUND.pattern}(?:[@/]{COMPOUND.pattern})*)[\s-]?$")
_LINKER = re.compile(r"g|b|co|H|\d+[Kk]?|core|skin|shell|NH2|COOH|SH|SS|based")


def extend(text: str, begin: int, hit: Hit, by_end: dict[int, Hit], state: State) -> int:
    """Where the phrase begins whose last part is this hit: left over materials, structures and modifiers."""
    start = hit.start
    while (step := _step(text, begin, start, by_end, state)) is not None:
        start = step
    return start


def _step(text: str, begin: int, start: int, by_end: dict[int, Hit], state: State) -> int | None:
    """The beginning of the part to the left that belongs to the phrase, or None at the phrase's beginning."""
    left = text[begin:start]
    if left[-1:] in _JOINTS and left[-2:-1] and (left[-2].isalnum() or left[-2] == ")"):
        known = by_end.get(start - 1)
        return (
            known.start
            if known and known.start >= begin and " " in text[known.start : known.end]
            else _joined(left, start, state)
        )
    at = begin + len(left.rstrip())
    if not begin < at < start:
        return None
    if at not in by_end and (bracket := _BRACKET.search(text, begin, at)):
        return _past_bracket(text, begin, bracket, by_end, state)
    if formula := _COMPOUNDS_END.search(text, begin, at):
        return formula.start("all")
    if coat := _OWN_COAT.search(text, begin, at):
        known = by_end.get(coat.start())
        return known.start if known and known.start >= begin else None
    return _word(text, begin, at, by_end.get(at), state)


def _word(text: str, begin: int, at: int, known: Hit | None, state: State) -> int | None:
    """The beginning of the known material, the modifier or the material's word that ends here; None if none does."""
    if known is not None and known.start >= begin and text[known.start - 1 : known.start] != "@":
        return None if _STOP.fullmatch(text[known.start : known.end]) else known.start
    word = _LAST_WORD.search(text, begin, at)
    bare = word.group(1) if word else ""
    if (
        not bare
        or _STOP.fullmatch(bare)
        or _is_dressed(bare, state)
        or not (_MODIFIER.fullmatch(bare) or _is_material_word(bare, state))
    ):
        return None
    return at - len(bare)


def _is_dressed(word: str, state: State) -> bool:
    """Whether a word tells of a membrane or a drug on the core: "membrane-wrapped", "vancomycin-conjugated"."""
    if "membrane" in word.lower():
        return True
    on_it = re.fullmatch(r"(.+)-(?:conjugated|modified|decorated|grafted|functionali[sz]ed)", word)
    return bool(on_it and state.lexicon and state.lexicon.lookup(on_it[1], ("drug",)))


def _past_bracket(text: str, begin: int, bracket: re.Match[str], by_end: dict[int, Hit], state: State) -> int | None:
    """The beginning of the material whose abbreviation the bracket holds: "poly(lactic acid) (PLA) nanoparticles"."""
    known = by_end.get(begin + len(text[begin : bracket.start()].rstrip()))
    if known is None or known.start < begin:
        return None
    short = bracket.end(1) in by_end or _names_core(bracket[1], state) or _CODE.fullmatch(bracket[1])
    return known.start if short else None


_OWN_COAT = re.compile(r"[-\u2010\u2011](?:coated|capped|shelled|covered)$")
"""Behind a material that coats another, and is part of the core: "silica-coated gold nanorods"."""
_CODE = re.compile(r"(?=.*[A-Z].*[A-Z\d])[A-Za-z\d-]+")
"""An abbreviation by its looks: "bTiO2", not "Sigma"."""
_JOINTS = ("-", "/", "@", "\u2013")
_BRACKET = re.compile(r"\(([^()]{2,14})\)$")
_MEMBRANES = re.compile(r"^(?:.*[-/@\u2013])?(?P<coat>[A-Z]{1,4}M)[-/](?=[\w/-]*$)")
"""The part of a coated formulation's short name that stands for the membrane: "Zr-PM-" of "Zr-PM-PLGA"."""
_LAST_WORD = re.compile(r"(?<![^\s(\u201c\"'])((?:poly\s?\([^)]*\)|[^\s(),;:.\u201c\"'])+)$")


def _joined(left: str, start: int, state: State) -> int | None:
    """The beginning of what a hyphen, slash or ``@`` ties to the phrase: "Fe3O4@" of "Fe3O4@SiO2"."""
    joined = re.search(r"(?:poly\s?\([^()]*\)|[\w@/:.\u2013+-])+$", left)
    if joined is None:
        return None
    piece = joined.group().lstrip("-/@\u2013")
    coat = _MEMBRANES.match(piece)
    if coat and state.lexicon and not state.lexicon.lookup(coat["coat"], ("material",)):
        piece = piece[coat.end() :]
    if not piece:
        return None
    before = piece.rstrip("-/@\u2013")
    if "membrane" in piece or _STOP.fullmatch(before) or (before.isalpha() and defined_otherwise(before, state)):
        return None
    if "@" in piece:
        kept = _without_coat(piece, state)
        return start - len(kept) if kept else None
    return start - len(piece)


def _names_core(short: str, state: State) -> bool:
    """Whether an abbreviation is defined as something a core is made of."""
    return short in state.abbreviations and names_material(state.abbreviations[short], state)


def _without_coat(piece: str, state: State) -> str | None:
    """The part of an ``@`` notation that is the core, from the right; None when the whole is a formulation's name."""
    parts = piece.rstrip("@").split("@")
    kept: list[str] = []
    for part in reversed(parts):
        if re.search(r"CM$|M$|RBC|cell|CCM|membrane", part):
            break
        cargo = state.lexicon is not None and state.lexicon.lookup(part, ("drug",))
        if cargo or not _FORMULA.fullmatch(part):
            break
        kept.insert(0, part)
    if not kept:
        return None
    return "@".join(kept) + ("@" if piece.endswith("@") else "")


def _is_material_word(word: str, state: State) -> bool:
    """Whether a word outside the lexicon can be a material: a formula, or compounds of known materials."""
    if _NO_ELEMENT.fullmatch(word) or defined_otherwise(word, state):
        return False
    if re.fullmatch(r"poly[\w()-]+", word):
        return True
    lexicon = state.lexicon
    if lexicon is None:
        return False
    if word.islower() and any(e.source == "chebi" for e in lexicon.lookup(word, ("chemical",))):
        return True
    parts = [p for p in re.split(r"[-/@\u2013]", word) if p]
    block = re.search(r"-(?:b|g|co)-", word) is not None  # a block copolymer: one known block will do
    known = [bool(lexicon.lookup(p, ("material",))) for p in parts]
    return any(known) and all(
        ok or _LINKER.fullmatch(p) or (block and p.isupper()) or lexicon.lookup(p, ("form", "drug"))
        for p, ok in zip(parts, known, strict=True)
    )
