"""Particle sizes: a length in nanometres that the sentence says is a particle's, never a wavelength or a pore."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.ner.state import Found, State
from pipeline.records import SizeFacts

_NUM = r"\d{1,4}(?:[.,]\d{1,3})?"
_UNIT = r"(?:nm|nanomet(?:er|re)s?|[µμ]m|micromet(?:er|re)s?)"
SIZE = re.compile(
    rf"(?<![\w.,/])(?<![×x]\s)(?<!×)(?P<approx>(?:~|≈|∼|≃|<|>|≤|≥|ca\.?|c\.|circa|about|approximately|around|roughly|nearly|approx\.?|some|below|under|over|above)\s*)?"
    rf"(?P<a>{_NUM})\s?(?P<u1>{_UNIT})?"
    rf"(?:\s?(?P<op>±|\+/-|\+/−|–|—|−|-|~|to|and)\s?(?P<b>{_NUM})\s?(?P<u2>{_UNIT})?)?(?![\w%])",
    re.IGNORECASE,
)
_BEFORE_RANGE = re.compile(r"(?:between|rang\w+(?: from| between| of)?|vari\w+ (?:from|between))\s*$", re.IGNORECASE)
_SIZE_CUE = re.compile(
    r"\b(?:sizes?|sized|diameters?|hydrodynamic|particles?|nano\w*|NPs?|DLS|dynamic light scattering|liposomes?|vesicles?|micelles?|(?:they|which|that|particles|ones) measur\w+|"
    r"in size|Z-average|z-average|radius|TEM|smaller|larger|width|dimension\w*|spher\w+|core|uniform|increased|grew|monodispers\w*|dispersed|\w+somes?|MOFs?|rods?)\b"
)
_STRONG_CUE = re.compile(
    r"\b(?:(?:particle|average|mean|hydrodynamic|hydrated|vesicle)?\s*(?:sizes?|sized|diameters?)|hydrodynamic|Z-average)\b",
    re.IGNORECASE,
)
_TRAP_LEFT = re.compile(
    r"(?:\b(?:laser|wavelengths?|λ\w*|absor\w+|emission|emitt\w+|emit|excit\w+|fluorescence|em\.|ex\.|luminescence|irradiat\w+|peak\w*|band|window|light|spectr\w+|filters?|filtered|pores?|mesopores?|"
    r"extru\w+|polycarbonate|polyethersulfone|syringe|thick\w*|(?:shell|layer|membrane|lipid bilayer) of|shell|layer|coat(?:ing)? of|lattice|spacing|distance|OD|absorbance|λmax|detected|recorded|measured at|read|slit|depth|scale bars?|bars?|resolution|channels?)\b|\bat|@)"
    r"(?:[\s,:=(]+(?:of|at|was|were|is|with|through|around|near|a|an|the|about|centered|to|from|by|and|approximately|ca\.|were|in|between|maximum|membranes?|filters?|size|sizes|centred|located|diameter|using|porous|successively|peaks?|\d[\d.]*|nm|μm|µm|~)){0,5}\s*[(,=:]?\s*$",
    re.IGNORECASE,
)
_TRAP_RIGHT = re.compile(
    r"^\s*,?\s?(?:\)?\s*)?(?:(?:thick|thin|outer|outermost|uniform|membrane|organic)\s)*(?:NIR|near|laser|LED|light|irradiat\w+|wavelengths?|excit\w+|emission|filters?|pores?|polycarbonate|porous|membrane filter|syringe|thick\w*|shells?\b|layers?|"
    r"coating|lipid (?:bi)?layer|red|blue|green|absorption|absorbance|band|peak|window|fluorescence|depth|cut-?off|slit|gold nano|pore|mesopor\w*|nylon|PVDF|PES|\(?\d[\d.]*\s*(?:m?W|J)|"
    r"membranes?\b|in thickness|and \d+ nm (?:laser|light|irr)|scale|bandpass|long-?pass|channel|away|apart|from the|was recorded|using a (?:micro)?plate|by a microplate)",
    re.IGNORECASE,
)
_CORE_LEFT = re.compile(
    r"\b(?:bare|naked|uncoated|pristine|before coating|without (?:the )?(?:membrane|coat\w*)|inner core|cores?|core diameter|core size|prior to (?:coating|camouflag\w+)|unmodified)\b",
    re.IGNORECASE,
)
_COATED_WORD = re.compile(
    r"\b(?:after (?:the )?(?:coating|camouflag\w+|cloaking|membrane|fusion|wrapping)|coated|cloaked|camouflaged|@\w+|membrane-\w+|upon (?:coating|camouflag\w+))\b",
    re.IGNORECASE,
)
_GROWTH = re.compile(r"\b(?:increas\w+|grew|grow\w*|enlarg\w+|rose|chang\w+|expand\w+|shift\w+|went)\b", re.IGNORECASE)


def parse(match: re.Match[str], text: str, unit: str | None = None) -> tuple[int, int, SizeFacts] | None:
    """The range and the facts of a matched size; ``unit`` is the heading's where the cell gives none."""
    first, op, second = match["a"], match["op"], match["b"]
    u1, u2 = match["u1"], match["u2"]
    if second and not _one_size(match, text):
        op = second = None
    shown = (u2 if second else None) or u1 or unit
    if not shown:
        return None
    end = match.end("u2") if second and u2 else match.end("b") if second else match.end("u1") if u1 else match.end("a")
    a, b = _number(first), _number(second) if second else None
    approx = bool(match["approx"]) and match["approx"].strip()[0] not in "<>≤≥"
    name = "nm" if shown.casefold().startswith(("nm", "nano")) else "µm"
    if b is None:
        facts = SizeFacts(value=a, unit=name, approximate=approx)
    elif op in ("±", "+/-", "+/−"):
        facts = SizeFacts(value=a, unit=name, approximate=approx, sd=b)
    elif b > a:
        facts = SizeFacts(value=round((a + b) / 2, 3), unit=name, approximate=approx, low=a, high=b)
    else:
        return None
    return match.start("a"), end, facts


def _one_size(match: re.Match[str], text: str) -> bool:
    """Whether the two numbers are one size (a spread or a range), not two."""
    op, first_unit, second_unit = match["op"], match["u1"], match["u2"]
    if op in ("±", "+/-", "+/−"):
        return True
    if first_unit and not second_unit:
        return False  # "100 nm and 5"
    ranged = _BEFORE_RANGE.search(text[: match.start()]) is not None
    if op.casefold() in ("to", "and"):
        return ranged if op.casefold() == "and" or first_unit else True
    return True


def _number(text: str) -> float:
    if re.fullmatch(r"\d{1,3},\d{3}", text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))


def name_of(facts: SizeFacts) -> str:
    """A size as its mention's name: the value in its unit, or the range."""
    if facts.low is not None and facts.high is not None:
        return f"{facts.low:g}\u2013{facts.high:g} {facts.unit}"
    return f"{facts.value:g} {facts.unit}"


def find(text: str, state: State) -> Iterator[Found]:
    """Every particle size in the text."""
    at = 0
    while match := SIZE.search(text, at):
        at = match.end()
        parsed = parse(match, text)
        if parsed is None:
            at = match.end("a")
            continue
        start, end, facts = parsed
        at = end
        begin, stop = state.sentence(start)
        left, right = text[begin : match.start()], text[end:stop]
        if _plausible(facts) and _is_particle_size(left, right):
            of = "core" if _of_named_core(text, start, end, state) else _measured(left, right)
            facts = facts.model_copy(update={"of": of})
            score = 0.9 if _STRONG_CUE.search(left[-80:] + right[:40]) else 0.7
            yield Found(start, end, "SIZE", name_of(facts), score, "rule", "sizes", size=facts)


_PARENTHESIS = re.compile(r"\s?\((?:~|\u2248|ca\.?|about|approximately|around)?\s*$")
_FOR = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:for|in the case of) (?:the )?")


def _of_named_core(text: str, start: int, end: int, state: State) -> bool:
    """Whether the size is tied to a core by name: "PLGA NPs (90 nm)", "90 nm for PLGA NPs"."""
    cores = [f for f in state.found if f.label == "CORE"]
    opened = _PARENTHESIS.search(text, max(0, start - 20), start)
    if opened and any(f.end == opened.start() for f in cores):
        return True
    after = _FOR.match(text, end)
    return after is not None and any(f.start == after.end() for f in cores)


def _plausible(facts: SizeFacts) -> bool:
    nanometres = facts.value * (1000 if facts.unit == "µm" else 1)
    return 1 <= nanometres <= 5000


def _is_particle_size(left: str, right: str) -> bool:
    if _TRAP_RIGHT.match(right) and not re.match(r"^\s*(?:shells?|layers?)", right):
        return False
    near = left[-70:]
    if (trap := _TRAP_LEFT.search(near)) and not _STRONG_CUE.search(near, trap.start()):
        return False
    if re.match(r"^\s*(?:thick|shell|layer|coat)", right):
        return False
    return _STRONG_CUE.search(left[-120:] + " " + right[:60]) is not None or (
        _SIZE_CUE.search(left[-100:] + " " + right[:50]) is not None
    )


def _measured(left: str, right: str) -> str:
    """Whether this size is the bare core's: the nearest word that tells decides, else the coated particle's."""
    if (
        re.match(r"^[^.;]{0,45}?\bto\s+(?:about |approximately |ca\. |~)?\d", right)
        and (_GROWTH.search(left[-90:]) or re.search(r"\bfrom\s+(?:about |approximately |ca\. |~|\w+\s)?$", left))
        and re.search(r"coat|camoufl|cloak|membrane|fusion|wrap", left + right, re.IGNORECASE)
    ):
        return "core"
    core = _last(_CORE_LEFT, left)
    coated = _last(_COATED_WORD, left)
    after = re.match(r"^[^,;.]{0,40}?\b(?:for|in|of) (?:the )?(bare|uncoated|naked|pristine|cores?)\b", right)
    if after or core > coated:
        return "core"
    return "coated"


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)
