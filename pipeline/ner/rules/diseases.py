"""Diseases: lexicon hits, and compositions of an organ or kind with the head of a disease's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.linking.linker import Link, settle
from pipeline.linking.linker import link as link_name
from pipeline.ner.rules.cells import longest
from pipeline.ner.rules.surfaces import occurrences, singular, words_in
from pipeline.ner.state import MentionCandidate, State
from pipeline.roles import Context, map_of, part

_OWNED = Context("disease.owned")
_INFECTION = Context("disease.infection")
_WOUND = Context("disease.wound")
_SPREAD = Context("disease.spread")
_POISONING = Context("disease.poisoning")
_DEFICIENCY = Context("disease.deficiency")
_CAUSE = Context("disease.cause")
_MODIFIED = Context("disease.modified")
_SITE = Context("disease.site")
_CLOT = Context("disease.clot")
_TUMOUR = Context("disease.tumour")
_COMPOSED = Context("disease.composed")
_MEANT_BEFORE = Context("disease.meant-before")
_MEANT_BEHIND = Context("disease.meant-behind")
_KINDS = Context("disease.kinds")
_KIND = Context("disease.kind")
_EXPLAINS = Context("disease.explains")
_INFLAMED = Context("disease.inflamed")
_BROUGHT_ABOUT = ("injury", "itis", "fibrosis", "necrosis", "ulcer", "ulcers", "burn", "burns")
"""How names of harms end that may name what brought them about."""
_NO_GENUS = frozenset(
    (
        "The",
        "This",
        "These",
        "Such",
        "Severe",
        "Acute",
        "Chronic",
        "After",
        "Bacterial",
        "With",
        "For",
        "Upon",
        "During",
        "Lung",
    )
)


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every disease that is more than "cancer" or "tumour"."""
    listed = list(_known(text, state))
    yield from listed
    yield from (other for one in listed for other in _with_its_head(text, one, state))
    yield from _by_initials(text, listed, state)
    yield from _kinds(text, state)
    for match in _COMPOSED.every(text):
        yield _with_cause(_composed(text, match, state), text, state)
    for match in _INFECTION.every(text):
        words = match.group().replace("-", " ").split()
        if words[0] not in _NO_GENUS and not set(words[1:-1]) & map_of("organ").keys():
            name = match.group().replace("-infected", " infection")
            known = _known_as(state, name, words[-1])
            yield MentionCandidate(
                match.start(), match.end(), "DISEASE", name, 0.7, "rule", "infections",
                curie=known.curie if known else None,
            )  # fmt: skip
    for match, name in _described(text):
        known = _known_as(state, name)
        yield MentionCandidate(
            match.start(), match.end(), "DISEASE", known.name if known else name, 0.75, "rule", "composed",
            curie=known.curie if known else None,
        )  # fmt: skip


def _described(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Diseases that are said in several words, with the name that these amount to."""
    for match in _WOUND.every(text):
        yield match, "infected diabetic wound" if part(match, "kind") else "infected wound"
    for match in _SITE.every(text):
        yield match, f"{_named(text, match, 'organ').lower().rstrip('s')} metastasis"
    for match in _CLOT.every(text):
        vessel = _named(text, match, "vessel")
        yield match, f"{vessel} thrombosis" if vessel else match.group().lower()
    for context in (_SPREAD, _POISONING, _DEFICIENCY):
        for match in context.every(text):
            yield match, match.group().lower()
    for match in _TUMOUR.every(text):
        yield match, f"{_named(text, match, 'organ').lower().replace('-', ' ')} cancer"


def _named(text: str, match: re.Match[str], name: str) -> str:
    """A part of a match, empty where it has none."""
    return text[slice(*found)] if (found := part(match, name)) else ""


def _known(text: str, state: State) -> Iterator[MentionCandidate]:
    """Names that the lexicon has."""
    for hit in longest(state.hits, "disease"):
        surface = text[hit.start : hit.end]
        if any(e.subtype == "nonspecific" for e in hit.entries) or (hit.start, hit.end) in state.nonspecific:
            continue
        link = settle(hit.entries, surface)
        score, kind = 0.9, "lexicon"
        if _short(surface):
            long = state.abbreviations.get(surface)
            if long is None and not all(e.source == "curated" for e in hit.entries):
                continue
            if long is None and surface in ("MI", "RA", "OA", "ALI", "SCI", "NPC", "AKI"):
                continue
            if long is not None and not _same(long, link.name):
                continue
            kind = "abbreviation" if long else "lexicon"
        if _OWNED.behind(text, hit.end):
            continue
        if surface == "strokes" and text[max(0, hit.start - 2) : hit.start - 1].isdigit():
            continue  # of a homogeniser
        found = MentionCandidate(
            hit.start, hit.end, "DISEASE", link.name, score, kind, "diseases",
            curie=link.curie, candidates=link.candidates, priority=1,
        )  # fmt: skip
        yield _with_cause(found, text, state)


_JOINTS = (", and ", ", or ", " and ", " or ", ", ")
"""What stands between members of a coordination, the longer first."""


def _with_its_head(text: str, one: MentionCandidate, state: State) -> Iterator[MentionCandidate]:
    """The diseases before one that share its head: the first two of "gastric, colorectal and liver cancers"."""
    own, _, head = text[one.start : one.end].rpartition(" ")
    begin, _ = state.sentence(one.start)
    at = one.start
    while own and (joint := next((j for j in _JOINTS if text.endswith(j, begin, at)), None)):
        end = at - len(joint)
        at = end - len(text[begin:end].rpartition(" ")[2])
        known = _known_as(state, f"{text[at:end]} {singular(head)}") if text[at:end].islower() else None
        if known is None:
            return
        yield MentionCandidate(
            at, end, "DISEASE", known.name, 0.8, "rule", "coordinated", curie=known.curie, candidates=known.candidates
        )


def _by_initials(text: str, known: Iterable[MentionCandidate], state: State) -> Iterator[MentionCandidate]:
    """Initials of a disease that the text names in full but does not abbreviate: "AD" beside Alzheimer's disease."""
    named: dict[str, MentionCandidate] = {}
    for one in known:
        words = text[one.start : one.end]
        if one.kind == "lexicon" and " " in words:
            named.setdefault(_initials(words), one)
    for initials, one in named.items():
        if initials in state.abbreviations or not 2 <= len(initials) <= 5:
            continue
        for start, end in occurrences(text, initials):
            if _MEANT_BEFORE.before(text, start) or _MEANT_BEHIND.behind(text, end):
                yield replace(one, start=start, end=end, kind="abbreviation", component="initials", score=0.7)


def _initials(name: str) -> str:
    """The first letters of a name's words, as capitals; an apostrophe parts no words."""
    return "".join(word[0] for word in words_in(name.replace("'", "").replace("\u2019", ""))).upper()


def _kinds(text: str, state: State) -> Iterator[MentionCandidate]:
    """Kinds of diseases, alone or several that share one head, and inflammation that is told by its course."""
    for context in (_KIND, _KINDS, _INFLAMED):
        for match in context.every(text):
            explains = context is _KIND and not match.group().endswith("s") and _EXPLAINS.before(text, match.start())
            if match.span() in state.nonspecific or explains:
                continue
            name = match.group().lower()
            known = _known_as(state, name) if context is not _KINDS else None
            yield MentionCandidate(
                match.start(), match.end(), "DISEASE", known.name if known else name, 0.6, "rule", "coordinated",
                curie=known.curie if known else None,
            )  # fmt: skip


def _with_cause(found: MentionCandidate, text: str, state: State) -> MentionCandidate:
    """A disease with the words before it that are part of its name: what brought it, and what distinguishes it."""
    modified = _MODIFIED.before(text, found.start)
    before = modified or _CAUSE.before(text, found.start)
    if before is None or _short(text[found.start : found.end]):
        return found
    name = text[before.start() : found.end]
    known = _known_as(state, name)
    if known is None and not (modified or name.endswith(_BROUGHT_ABOUT)):
        return found
    return replace(
        found, start=before.start(), name=known.name if known else name.lower(),
        curie=known.curie if known else found.curie, candidates=(), kind="rule", component="composed", score=0.8,
    )  # fmt: skip


def _composed(text: str, match: re.Match[str], state: State) -> MentionCandidate:
    """An organ's fibrosis, injury or the like; by the organ's other name where only that is known."""
    name, organ = match.group(), _named(text, match, "organ")
    other = name.replace(organ, map_of("organ").get(" ".join(organ.lower().split()), organ))
    known = _known_as(state, name, other)
    single = name.lower()
    if single.endswith("sses"):
        single = single[:-2]
    elif not single.endswith(("is", "ss")):
        single = singular(single)
    return MentionCandidate(
        match.start(), match.end(), "DISEASE", known.name if known else single, 0.75, "rule", "composed",
        curie=known.curie if known else None, candidates=known.candidates if known else (),
    )  # fmt: skip


def _known_as(state: State, *names: str) -> Link | None:
    """What the first of these names stands for that the lexicon has."""
    if state.lexicon is None:
        return None
    return next((known for name in names if (known := link_name(name, "DISEASE", state.lexicon))), None)


def _short(surface: str) -> bool:
    return len(surface) <= 6 and sum(c.isupper() for c in surface) >= 2


def _same(long: str, name: str) -> bool:
    """Whether a long form speaks of the disease: shares its head's beginning."""
    return not _beginnings(long).isdisjoint(_beginnings(name))


def _beginnings(name: str) -> set[str]:
    return {word[:5] for word in words_in(name.casefold()) if len(word) > 3}
