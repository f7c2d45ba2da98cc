"""Particle sizes: lengths in nanometres that are no wavelength, pore or layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.ner.rules.words import any_of, words
from pipeline.ner.state import MentionCandidate, State
from pipeline.records import SizeFacts

_WORDS = words().size
_NUM = r"\d{1,4}(?:[.,]\d{1,3})?"
_UNIT = r"(?:(?:d\.\s?)?(?-i:nm)|nanomet(?:er|re)s?|(?-i:[µμu]m)|micromet(?:er|re)s?)"
SIZE = re.compile(
    rf"(?<![\w.,/])(?<!×\s)(?<!\bx\s)(?<!\dx\s)(?<!×)(?P<approx>{any_of(_WORDS.approximately)}[\s-]*)?(?P<open>\((?=[\d.]+\s?(?:±|\+/-|\+/−)\s?[\d.]+\)))?"
    rf"(?P<a>{_NUM})(?:[\s-]?(?P<u1>{_UNIT}))?"
    rf"(?:\s?(?P<op>±|\+/-|\+/−|–|—|−|-|~|to|and)\s?(?P<b>{_NUM})(?(open)\))(?:[\s-]?(?P<u2>{_UNIT}))?)?(?![\w%])",
    re.IGNORECASE,
)
_BEFORE_RANGE = re.compile(r"(?:between|from|rang\w+(?: of)?)\s*$", re.IGNORECASE)
_MEMBER = re.compile(
    rf"(?<![\w.,/(-])(?P<a>{_NUM})(?:\s?(?:±|\+/-|\+/−)\s?(?P<sd>{_NUM}))?\s?(?:,\s?(?:and\s|or\s)?|\s(?:and|or|to)\s)$"
)
"""A size without its unit in front of one that has it: "98, 112 and 125 nm"."""
_DIFFERENCE = re.compile(
    r"\s(?:larger|smaller|bigger|thicker|thinner|wider|greater|more|less)\b|[\s-](?:increase|growth)\b"
)
_SHIFTED = re.compile(
    r"\b(?:bands?|peaks?|absor\w+|emission|LSPR|plasmon|wavelength|maximum)\b[^.;]{0,40}\b\w*(?:shift|mov)\w*(?:\sfrom)?\s*$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:by|add(?:s|ed|ing)|gained|(?:increase|increment|growth|difference|gain)(?:\sin\s(?:size|diameter|radius))?\sof)"
    r"\s*(?:about |approximately |~|ca\. )?$"
)
_LONGEST_AT: Final = 300  # nm; light is longer
_NUMBERED = re.compile(
    r"\b(?:days?|weeks?|groups?|hours?|batch|lane|panel|cycles?|pH|Fig\w*\.?|Tables?|n\s?=)\s?$", re.IGNORECASE
)
"""Words before a number that counts something else, and is no member of a list of sizes."""
_KEPT_OUT = re.compile(
    r"\s(?:were|was|are|is)\s(?:\w+ly\s)?(?:removed|rejected|discarded|excluded|filtered|eliminated|pelleted)\b"
)
_AGGREGATES = re.compile(r"\baggregates?\b[^.;]{0,40}$", re.IGNORECASE)
_GAPS = re.compile(
    r"\b(?:gaps?|fenestr\w+|sinusoids?|capillar\w+|junctions?|clefts?|openings?|MMAD|spheroids?|organoids?)\b[^.;,]{0,40}$",
    re.IGNORECASE,
)
"""What bodies have that is measured in the lengths of particles, and a droplet's aerodynamic size."""
_MICRO = re.compile(r"\bmicro(?:particle|sphere|gel|capsule|bead|carrier|robot|motor)s?\b", re.IGNORECASE)
_SIZED = re.compile(r"\b(?:sizes?|sized|diameters?|hydrodynamic|Z-average)\b", re.IGNORECASE)
_UNIT_BEFORE = re.compile(
    rf"{_SIZED.pattern}[^.;\d]{{0,40}}?\s?[/(\[]\s?(?P<unit>{_UNIT})[)\]]?\s*(?:was|were|is|are|of|=|:)?\s*$",
    re.IGNORECASE,
)
"""A unit in front of its number: "diameter/nm: 118", "mean size (nm) was 118", "Z-average (d.nm): 118"."""
_OTHER_BEFORE = re.compile(
    rf"(?:\b{any_of(_WORDS.of_light_and_pores_before)}\b|\b(?:em|ex)\.|@)(?:[\s,:=(]+{any_of(_WORDS.between)}){{0,5}}\s*[(,=:]?\s*$",
    re.IGNORECASE,
)
_OTHER_AFTER = re.compile(
    r"\s*,?\s?(?:\)?\s*)?(?:(?:thick|thin|outer|outermost|uniform|membrane|organic)\s)*"
    + any_of(_WORDS.of_light_and_pores_after),
    re.IGNORECASE,
)
_OTHERS_SIZE = re.compile(
    rf"\b{any_of(_WORDS.others_sizes)}(?:[\s,:=(]+{any_of(_WORDS.between)}){{0,3}}\s*$", re.IGNORECASE
)
"""The size or diameter of something that is no particle."""
_GROWTH = re.compile(rf"\b{any_of(_WORDS.growth)}\b", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+(?:about |approximately |ca\. |~|\w+\s)?$")


def parse(match: re.Match[str], text: str, unit: str | None = None) -> tuple[int, int, SizeFacts] | None:
    """The range and the facts of a matched size; ``unit`` is the heading's where the cell gives none."""
    both = match["b"] is not None and _one_size(match, text)
    last = "2" if both else "1"
    shown = match[f"u{last}"] or match["u1"] or unit
    if not shown:
        return None
    if match["open"] and not both:
        return None
    end = match.end(f"u{last}") if match[f"u{last}"] else match.end("b" if both else "a")
    approximate = bool(match["approx"]) and match["approx"].strip()[0] not in "<>≤≥"
    facts = SizeFacts(value=_number(match["a"]), unit="nm" if shown[0] in "ndN" else "µm", approximate=approximate)
    if both and match["op"] in _SPREAD:
        facts = facts.model_copy(update={"sd": _number(match["b"])})
    elif both:
        low, high = facts.value, _number(match["b"])
        if low >= high:
            return None
        facts = facts.model_copy(update={"value": round((low + high) / 2, 3), "low": low, "high": high})
    return match.start("open" if match["open"] else "a"), end, facts


_SPREAD = ("±", "+/-", "+/−")


def _one_size(match: re.Match[str], text: str) -> bool:
    """Whether the two numbers are one size (a spread or a range), not two."""
    sign = match["op"].casefold()
    if sign in _SPREAD:
        return True
    if match["u1"] and not match["u2"]:
        return False  # "100 nm and 5"
    if sign == "and" or (sign == "to" and match["u1"]):
        return _BEFORE_RANGE.search(text, max(0, match.start() - 30), match.start()) is not None
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


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every length in the text that can be a particle's size; what it was measured on is settled by its role."""
    at = 0
    while match := SIZE.search(text, at):
        at = match.end()
        before = _UNIT_BEFORE.search(text, max(0, match.start() - 90), match.start())
        parsed = parse(match, text, before["unit"] if before else None)
        if parsed is None:
            at = match.end("a")
            continue
        start, end, facts = parsed
        at = end
        begin, stop = state.sentence(start)
        left, right = text[begin : match.start()], text[end:stop]
        if not _plausible(facts, left, right) or _is_of_others(facts, left, right):
            continue
        score = 0.9 if _SIZED.search(left[-80:] + right[:40]) else 0.7
        for first, last, one in (*_members(text, begin, match, facts), *_apart(start, end, facts, match, left)):
            yield MentionCandidate(first, last, "SIZE", name_of(one), score, "rule", "sizes", size=one)


def _apart(
    start: int, end: int, facts: SizeFacts, match: re.Match[str], left: str
) -> Iterator[tuple[int, int, SizeFacts]]:
    """A range, or the two sizes that it is where a particle grows: "increased from 95 to 110 nm"."""
    grows = match["op"] == "to" and _FROM.search(left) and _GROWTH.search(left[-90:])
    if not grows or facts.low is None or facts.high is None:
        yield start, end, facts
        return
    middle = match.end("u1") if match["u1"] else match.end("a")
    for first, last, value in ((start, middle, facts.low), (match.start("b"), end, facts.high)):
        yield first, last, SizeFacts(value=value, unit=facts.unit, approximate=facts.approximate)


def _members(text: str, begin: int, match: re.Match[str], facts: SizeFacts) -> Iterator[tuple[int, int, SizeFacts]]:
    """The sizes of a list that share this one's unit, in front of it."""
    at = match.start()
    while (match["op"] in (None, *_SPREAD)) and (member := _MEMBER.search(text, max(begin, at - 30), at)):
        at = member.start()
        if _NUMBERED.search(text, max(begin, at - 12), at):
            return
        end = member.end("sd") if member["sd"] else member.end("a")
        sd = _number(member["sd"]) if member["sd"] else None
        yield at, end, SizeFacts(value=_number(member["a"]), unit=facts.unit, sd=sd)


def _plausible(facts: SizeFacts, left: str, right: str) -> bool:
    """Whether a length can be a particle's: up to 5 µm, or 200 µm where the words beside it speak of microspheres."""
    nanometres = facts.value * (1000 if facts.unit == "µm" else 1)
    micro = _MICRO.search(left[-60:]) or _MICRO.match(right.lstrip())
    return 1 <= nanometres <= (200_000 if micro else 5000)


def _is_of_others(facts: SizeFacts, left: str, right: str) -> bool:
    """Whether a length is a difference, of light, or said outright to be of something that is no particle."""
    near = left[-70:]
    sized = _SIZED.search(near[-45:]) is not None
    spread = facts.sd is not None or facts.unit == "µm" or facts.value <= _LONGEST_AT
    if _OTHER_AFTER.match(right) or _DIFFERENCE.match(right) or _KEPT_OUT.match(right):
        return True
    if _BY.search(left) or _OTHERS_SIZE.search(left[-60:]) or _SHIFTED.search(left[-90:]) or _GAPS.search(left):
        return True
    other = _OTHER_BEFORE.search(near)
    of_light = not spread or (other and not _SIZED.search(near, other.start()))
    return bool((of_light and not sized and not _SIZED.search(right[:40])) or _AGGREGATES.search(left))
