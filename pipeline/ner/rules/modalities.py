"""Therapy and imaging modalities: the controlled vocabulary, and coordinations that share one head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pipeline.linking import Hit
from pipeline.linking.linker import settle
from pipeline.ner.rules.cells import longest
from pipeline.ner.state import MentionCandidate, State
from pipeline.roles import Context, map_of, part, shape, words_of
from pipeline.roles.patterns import alternatives

_NEXT = Context("modality.next")
_IMAGING_HEAD = Context("modality.imaging-head")
_THERAPY_HEAD = Context("modality.therapy-head")
_DEED = Context("modality.deed")
_NOT_ALONE = Context("modality.alone")
_AGAINST = Context("modality.against")
_GRADE = Context("modality.grade")
_KIND_OF = Context("modality.kind")
_DIES = Context("modality.dies")
_AND_DEATHS = Context("modality.and-deaths")
_UPTAKE_OF = Context("modality.uptake-of")
_GOES = Context("modality.goes")
_SCANNED = Context("modality.scanned")
_NO_SCAN = Context("modality.no-scan")
_SHOWN = Context("modality.shown")
_NO_MODALITY = Context("modality.no-modality")
_LONG_FORM = Context("modality.long-form")
_DEATHS = frozenset(("ferroptosis therapy", "cuproptosis therapy", "pyroptosis therapy"))
"""Therapies that are called by the death they cause."""
_SCANS = frozenset(("CT", "PET"))
"""Scans whose abbreviations mean other things too."""


@cache
def _members_of(kind: str) -> Mapping[str, str]:
    """What members stand for before a head of this kind: imaging, therapy, deed, alone."""
    if kind in ("imaging", "therapy"):
        return map_of(kind)
    known = {**map_of("imaging"), **map_of("therapy")}
    return {word: known[word] for word in words_of("acting" if kind == "deed" else "named_alone")}


_HEADS = {"imaging": _IMAGING_HEAD, "therapy": _THERAPY_HEAD, "deed": _DEED}


@cache
def _member(kind: str) -> re.Pattern[str]:
    """A member of a coordination before a head of this kind, as a word of its own."""
    return re.compile(rf"(?<![\w-])(?:{alternatives(tuple(_members_of(kind)))})", re.IGNORECASE)


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every modality, one mention for each member of a coordination."""
    for kind in _HEADS:
        yield from _coordinated(text, kind, state)
    for match in _AGAINST.every(text):
        adjective = text[slice(*(part(match, "name") or match.span()))].casefold()
        name = map_of("therapy").get(adjective) or f"{adjective} therapy"
        yield _modality(match.start(), match.end(), name, "rule", state.curie(name, "modality"))
    for match in _member("alone").finditer(text):
        if not text[match.end() : match.end() + 1].isalnum() and not _NOT_ALONE.behind(text, match.end()):
            name = _members_of("alone")[match.group().casefold()]
            yield _modality(match.start(), match.end(), name, "rule", state.curie(name, "modality"), priority=0)
    for hit in longest(state.hits, "modality"):
        yield from _known(hit, text, state)


def _coordinated(text: str, kind: str, state: State) -> Iterator[MentionCandidate]:
    """Members before a head of this kind, joined or, except for therapies, one alone."""
    at = 0
    for match in _member(kind).finditer(text):
        if match.start() < at:
            continue
        chain = [match.span()]
        while (following := _following(text, chain[-1][1], kind)) is not None:
            if text[chain[-1][1] : chain[-1][1] + 1] == "-" and kind == "therapy":
                chain[-1] = (chain[-1][0], chain[-1][1] + 1)  # "chemo-/photothermal therapy"
            chain.append(following)
        while (head := _head(text, chain, kind)) is None and len(chain) > 1:
            chain.pop()
        if head is None or (kind == "therapy" and len(chain) < 2):
            continue
        at = head.end()
        yield from _members(text, chain, head.end(), kind, state)


def _head(text: str, chain: list[tuple[int, int]], kind: str) -> re.Match[str] | None:
    """The head that members share; behind one alone no abbreviation may stand, which is a mention by itself."""
    end = chain[-1][1]
    return _HEADS[kind].behind(text, _past_bracket(text, end, kind) if len(chain) > 1 else end)


def _following(text: str, end: int, kind: str) -> tuple[int, int] | None:
    """The next member of a coordination behind one that ends here."""
    end = _past_bracket(text, end, kind)
    tied = end + 1 if text[end : end + 1] == "-" else end
    joint = _NEXT.behind(text, tied if kind == "therapy" else end)
    begin = joint.end() if joint else tied if kind == "imaging" else end
    following = _member(kind).match(text, begin) if begin > end else None
    return following.span() if following else None


def _past_bracket(text: str, end: int, kind: str) -> int:
    short = shape("short_in_brackets").match(text, end) if kind == "imaging" else None
    return short.end() if short else end


def _members(text: str, chain: list[tuple[int, int]], end: int, kind: str, state: State) -> Iterator[MentionCandidate]:
    """The members of a coordination; the last goes on to the end of the head."""
    for begin, stop in chain:
        name = _members_of(kind).get(text[begin:stop].strip("- ").casefold())
        if name is not None:
            last = end if (begin, stop) == chain[-1] else stop
            priority = 1 if kind == "imaging" and len(chain) == 1 else 3
            yield _modality(begin, last, name, "rule", state.curie(name, "modality"), priority=priority)


def _known(hit: Hit, text: str, state: State) -> Iterator[MentionCandidate]:
    """What a name of the lexicon stands for here: nothing, itself, or the two modalities that it ties together."""
    surface = text[hit.start : hit.end]
    kind = _kind(surface, hit, text, state) if _short(surface) else "lexicon"
    named = surface.casefold().endswith(("imaging", "tomography", "mri"))
    if kind is None or (not named and _NO_MODALITY.behind(text, hit.end)):
        return
    link = settle(hit.entries, surface)
    if (link.name == "nanovaccine" and _is_matter(text, hit)) or (
        link.name in _DEATHS and not surface.endswith("therapy") and _is_process(text, hit)
    ):
        return
    first, tie, second = surface.casefold().replace("\u2013", "/").partition("/")
    if tie and not surface.isupper() and (name := map_of("therapy").get(first) or map_of("imaging").get(first)):
        middle = hit.start + len(first)
        yield _modality(hit.start, middle, name, kind, state.curie(name, "modality"), 3)
        yield _modality(middle + 1, hit.end, second, kind, state.curie(second, "modality"), 3)
    else:
        yield _modality(_begin(text, hit), hit.end, link.name, kind, link.curie)


def _begin(text: str, hit: Hit) -> int:
    """Where a modality's name begins: behind a word for how it is set, with a word for what kind it is."""
    if grade := _GRADE.behind(text, hit.start, hit.end):
        return grade.end()
    kind_of = _KIND_OF.before(text, hit.start)
    return kind_of.start() if kind_of else hit.start


def _is_process(text: str, hit: Hit) -> bool:
    """Whether a way of dying is named as such, beside other ways or as what cells die by."""
    return bool(_DIES.before(text, hit.start) or _AND_DEATHS.behind(text, hit.end))


def _is_matter(text: str, hit: Hit) -> bool:
    """Whether particles are spoken of that go somewhere, not what they are given for."""
    return bool(_UPTAKE_OF.before(text, hit.start) or _GOES.behind(text, hit.end))


def _kind(surface: str, hit: Hit, text: str, state: State) -> str | None:
    """How an abbreviation is known to be a modality: by the document's definition or the field's use; else None."""
    long = state.abbreviations.get(surface)
    if long is not None:
        return "abbreviation" if _LONG_FORM.within(long) else None
    if surface in _SCANS and _is_scan(text, hit, state):
        return "lexicon"
    safe = surface in words_of("safe_modality")
    if not safe and not _SHOWN.behind(text, hit.end):
        return None
    return None if text[hit.end : hit.end + 1] == "-" and not safe else "lexicon"


def _is_scan(text: str, hit: Hit, state: State) -> bool:
    """Whether a scan's abbreviation stands where the sentence speaks of images, tracers or contrast."""
    begin, stop = state.sentence(hit.start)
    if text[hit.end : hit.end + 1] == "-" or _NO_SCAN.behind(text, hit.end, stop):
        return False
    return bool(_SCANNED.within(text, begin, hit.start) or _SCANNED.within(text, hit.end, stop))


def _modality(
    start: int, end: int, name: str, kind: str, curie: str | None = None, priority: int = 1
) -> MentionCandidate:
    return MentionCandidate(start, end, "MODALITY", name, 0.9, kind, "modalities", curie=curie, priority=priority)


def _short(surface: str) -> bool:
    return len(surface) <= 5 and surface.isupper()
