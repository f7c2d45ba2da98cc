"""Particle sizes: lengths in nanometres that are no wavelength, pore or layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.ner.limits import RuleLimits
from pipeline.ner.state import MentionCandidate, State
from pipeline.records import SizeFacts
from pipeline.roles import Context, shape

_RANGE = Context("size.range")
_UNIT = Context("size.unit")
_UNIT_FIRST = Context("size.unit-first")
_SIZED = Context("size.sized")
_DIFFERENCE = Context("size.difference")
_SHIFTED = Context("size.shifted")
_BY = Context("size.by")
_NUMBERED = Context("size.numbered")
_REMOVED = Context("size.removed")
_AGGREGATES = Context("size.aggregates")
_GAPS = Context("size.gaps")
_MICRO = Context("size.micro")
_LIGHT_BEFORE = Context("size.light-before")
_LIGHT_BEHIND = Context("size.light-behind")
_OF_OTHERS = Context("size.of-others")
_GROWING = Context("size.growing")
_FROM = Context("size.from")
_WORD: Final = 20  # characters in which a word ends


def first(text: str, at: int = 0, stop: int | None = None) -> re.Match[str] | None:
    """The first length in ``text[at:stop]``, with or without a unit."""
    return shape("length").search(text, at, len(text) if stop is None else stop)


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
        return _RANGE.before(text, match.start()) is not None
    return True


def _number(text: str) -> float:
    _, comma, thousand = text.partition(",")
    return float(text.replace(",", "" if comma and len(thousand) == 3 else "."))


def name_of(facts: SizeFacts) -> str:
    """A size as its mention's name: the value in its unit, or the range."""
    if facts.low is not None and facts.high is not None:
        return f"{facts.low:g}\u2013{facts.high:g} {facts.unit}"
    return f"{facts.value:g} {facts.unit}"


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every length in the text that can be a particle's size; what it was measured on is settled by its role."""
    at, limits = 0, state.limits
    while match := first(text, at):
        at = match.end()
        before = _UNIT.before(text, match.start()) or _unit_of_list(match, text, state)
        parsed = parse(match, text, before["unit"] if before else None)
        if parsed is None:
            at = match.end("a")
            continue
        start, end, facts = parsed
        at = end
        begin, stop = state.sentence(start)
        left, right = text[begin : match.start()], text[end:stop]
        if not _plausible(facts, left, right, limits) or _is_of_others(facts, left, right, limits):
            continue
        sized = _SIZED.within(left[-limits.sized_before :] + right[: limits.sized_behind])
        score = 0.9 if sized else 0.7
        grown = _apart(start, end, facts, match, left[-limits.growing :])
        for opens, closes, one in (*_members(text, begin, match, facts, limits.listed), *grown):
            yield MentionCandidate(opens, closes, "SIZE", name_of(one), score, "rule", "sizes", size=one)


def _unit_of_list(match: re.Match[str], text: str, state: State) -> re.Match[str] | None:
    """The unit of a list that a number belongs to: "Diameters (nm): bare, 104; coated, 119."."""
    alone = match["op"] is None or match["op"] in _SPREAD
    if (
        not alone
        or _number(match["a"]) < state.limits.smallest_unitless
        or not shape("ends_member").match(text, match.end())
    ):
        return None
    begin, _ = state.sentence(match.start())
    if _NUMBERED.before(text, match.start(), begin):
        return None
    return _UNIT_FIRST.within(text, begin, match.start())


def _apart(
    start: int, end: int, facts: SizeFacts, match: re.Match[str], left: str
) -> Iterator[tuple[int, int, SizeFacts]]:
    """A range, or the two sizes that it is where a particle grows: "increased from 95 to 110 nm"."""
    grows = match["op"] == "to" and _FROM.before(left, len(left)) and _GROWING.within(left)
    if not grows or facts.low is None or facts.high is None:
        yield start, end, facts
        return
    middle = match.end("u1") if match["u1"] else match.end("a")
    for opens, closes, value in ((start, middle, facts.low), (match.start("b"), end, facts.high)):
        yield opens, closes, SizeFacts(value=value, unit=facts.unit, approximate=facts.approximate)


def _members(
    text: str, begin: int, match: re.Match[str], facts: SizeFacts, reach: int
) -> Iterator[tuple[int, int, SizeFacts]]:
    """The sizes of a list that share this one's unit, in front of it."""
    at = match.start()
    listed = shape("listed_length")
    while (match["op"] in (None, *_SPREAD)) and (member := listed.search(text, max(begin, at - reach), at)):
        at = member.start()
        if _NUMBERED.before(text, at, begin):
            return
        end = member.end("sd") if member["sd"] else member.end("a")
        sd = _number(member["sd"]) if member["sd"] else None
        yield at, end, SizeFacts(value=_number(member["a"]), unit=facts.unit, sd=sd)


def _plausible(facts: SizeFacts, left: str, right: str, limits: RuleLimits) -> bool:
    """Whether a length can be a particle's; a larger one is, where the words beside it speak of microspheres."""
    nanometres = facts.value * (1000 if facts.unit == "µm" else 1)
    micro = _MICRO.within(left[-limits.micro :]) or _MICRO.within(right.lstrip()[:_WORD])
    return limits.smallest <= nanometres <= (limits.largest_micro if micro else limits.largest)


def _is_of_others(facts: SizeFacts, left: str, right: str, limits: RuleLimits) -> bool:
    """Whether a length is a difference, of light, or said outright to be of something that is no particle."""
    sized = _SIZED.within(left[-limits.sized :]) is not None
    spread = facts.sd is not None or facts.unit == "µm" or facts.value <= limits.light
    if any(behind.behind(right, 0) for behind in (_LIGHT_BEHIND, _DIFFERENCE, _REMOVED)):
        return True
    if any(before.before(left, len(left)) for before in (_BY, _OF_OTHERS, _SHIFTED, _GAPS)):
        return True
    other = _LIGHT_BEFORE.before(left, len(left))
    of_light = not spread or (other and not _SIZED.within(left, other.start()))
    return bool((of_light and not sized and not _SIZED.within(right[:40])) or _AGGREGATES.before(left, len(left)))
