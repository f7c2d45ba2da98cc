"""How far a core's phrase reaches to the left of its last word: over materials, structures and modifiers."""

from __future__ import annotations

import re

from pipeline.linking import Hit
from pipeline.ner.rules.cores.grounds import defined_otherwise, names_material
from pipeline.ner.rules.words import any_of, words
from pipeline.ner.state import State
from pipeline.roles import shape

_WORDS = words().core

_MODIFIER = re.compile(any_of(_WORDS.modifiers), re.IGNORECASE)
"""Words between materials that belong to a core's name."""
_STOP = re.compile(any_of(_WORDS.stops), re.IGNORECASE)
"""Words where a core's name ends, though they stand before it."""
_NO_ELEMENT = frozenset(_WORDS.no_elements)


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
    if at not in by_end and (bracket := shape("bracket_end").search(text, begin, at)):
        return _past_bracket(text, begin, bracket, by_end, state)
    if formula := shape("compounds_end").search(text, begin, at):
        return formula.start("all")
    tied, _, coat = text[begin:at].replace("\u2010", "-").replace("\u2011", "-").rpartition("-")
    if coat in _OWN_COAT and len(tied) < at - begin - len(coat):
        known = by_end.get(begin + len(tied))
        return known.start if known and known.start >= begin else None
    return _word(text, begin, at, by_end.get(at), state)


def _word(text: str, begin: int, at: int, known: Hit | None, state: State) -> int | None:
    """The beginning of the known material, the modifier or the material's word that ends here; None if none does."""
    if known is not None and known.start >= begin and text[known.start - 1 : known.start] != "@":
        return None if _STOP.fullmatch(text[known.start : known.end]) else known.start
    word = shape("last_word").search(text, begin, at)
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
    tied, _, how = word.rpartition("-")
    return bool(tied and how in _ON_IT and state.lexicon and state.lexicon.lookup(tied, ("drug",)))


def _past_bracket(text: str, begin: int, bracket: re.Match[str], by_end: dict[int, Hit], state: State) -> int | None:
    """The beginning of the material whose abbreviation the bracket holds: "poly(lactic acid) (PLA) nanoparticles"."""
    known = by_end.get(begin + len(text[begin : bracket.start()].rstrip()))
    if known is None or known.start < begin:
        return None
    short = (
        bracket.end(1) in by_end or _names_core(bracket[1], state) or shape("code_in_brackets").fullmatch(bracket[1])
    )
    return known.start if short else None


_OWN_COAT = frozenset(("coated", "capped", "shelled", "covered"))
"""Behind a material that coats another, and is part of the core: "silica-coated gold nanorods"."""
_ON_IT = frozenset(("conjugated", "modified", "decorated", "grafted", "functionalised", "functionalized"))
_JOINTS = ("-", "/", "@", "\u2013")
_COATS = ("CM", "M")
_COAT_WORDS = ("RBC", "cell", "CCM", "membrane")
_BLOCKS = ("-b-", "-g-", "-co-")
"""What ties the blocks of a copolymer, of which one known will do."""


def _joined(left: str, start: int, state: State) -> int | None:
    """The beginning of what a hyphen, slash or ``@`` ties to the phrase: "Fe3O4@" of "Fe3O4@SiO2"."""
    joined = shape("tied_before").search(left)
    if joined is None:
        return None
    piece = joined.group().lstrip("-/@\u2013")
    coat = shape("coat_part").match(piece)
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
        if part.endswith(_COATS) or any(word in part for word in _COAT_WORDS):
            break
        cargo = state.lexicon is not None and state.lexicon.lookup(part, ("drug",))
        if cargo or not shape("formula").fullmatch(part):
            break
        kept.insert(0, part)
    if not kept:
        return None
    return "@".join(kept) + ("@" if piece.endswith("@") else "")


def _is_material_word(word: str, state: State) -> bool:
    """Whether a word outside the lexicon can be a material: a formula, or compounds of known materials."""
    if word in _NO_ELEMENT or defined_otherwise(word, state):
        return False
    if word.startswith("poly") and len(word) > 4 and all(c.isalnum() or c in "_()-" for c in word):
        return True
    lexicon = state.lexicon
    if lexicon is None:
        return False
    if word.islower() and any(e.source == "chebi" for e in lexicon.lookup(word, ("chemical",))):
        return True
    parts = word.translate(dict.fromkeys(map(ord, "".join(_JOINTS)), " ")).split()
    block = any(tie in word for tie in _BLOCKS)
    known = [bool(lexicon.lookup(p, ("material",))) for p in parts]
    return any(known) and all(
        ok or shape("linker").fullmatch(p) or (block and p.isupper()) or lexicon.lookup(p, ("form", "drug"))
        for p, ok in zip(parts, known, strict=True)
    )
