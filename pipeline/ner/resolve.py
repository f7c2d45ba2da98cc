"""Resolve overlapping candidates: the longer wins, then the more certain; some may hold a line or drug."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from operator import itemgetter

from pipeline.ner.state import MentionCandidate

_NESTS: frozenset[tuple[str, str]] = frozenset(
    {
        ("ANIMAL_MODEL", "CELL_LINE"),
        ("ANIMAL_MODEL", "DISEASE"),
        ("ANIMAL_MODEL", "CELL_TYPE"),
        ("ANIMAL_MODEL", "DRUG"),
    }
)
"""Outer and inner labels that may both stand."""


_FORMULATION = re.compile(
    r"(?<![\w@-])(?:[\w.()/+-]+@)*[\w.()/+-]*(?:CCM|RBCM|MM|PM|CM|[A-Z0-9a-z]M)@[\w.@()/+-]+"
    r"|(?<![\w@-])[\w.()/+-]+(?:@[\w.()/+-]+)*@[\w.()/+-]*(?:CCM|RBCM|CMs?|[A-Z0-9]M|[Mm]embranes?|RBCs?)\b[\w@-]*"
    r"|(?<![\w@-])(?:CCM|CM|RBCM|MCM|PCM)-[\w@/-]+"
)
"""A formulation's own name ("DOX@CCM-PLGA", "CCM-PTX"): its parts name no values of their own."""


def outside_formulations(text: str, found: list[MentionCandidate]) -> list[MentionCandidate]:
    """The findings that are no part of a coated formulation's own name."""
    named = [match.span() for match in _FORMULATION.finditer(text)]

    def outside(start: int) -> bool:
        at = bisect_right(named, start, key=itemgetter(0)) - 1
        return at < 0 or start >= named[at][1]

    return [f for f in found if outside(f.start)]


def resolve(found: list[MentionCandidate]) -> list[MentionCandidate]:
    """The findings that stand, in the order of the text."""
    kept = [one for run in _runs(found) for one in _settled(run)]
    return sorted(kept, key=lambda f: (f.start, f.end, f.label))


def _runs(found: list[MentionCandidate]) -> Iterator[list[MentionCandidate]]:
    """Findings in runs, each overlapping one before it in its run: no two of different runs have to be compared."""
    run: list[MentionCandidate] = []
    end = 0
    for one in sorted(found, key=lambda f: f.start):
        if run and one.start >= end:
            yield run
            run = []
        run.append(one)
        end = max(end, one.end) if len(run) > 1 else one.end
    if run:
        yield run


def _settled(run: list[MentionCandidate]) -> list[MentionCandidate]:
    kept: list[MentionCandidate] = []
    for one in sorted(run, key=lambda f: (f.start - f.end, -f.priority, -f.score, f.start, f.label)):
        if all(_compatible(one, other) for other in kept):
            kept.append(one)
    return kept


def _compatible(one: MentionCandidate, other: MentionCandidate) -> bool:
    if one.end <= other.start or other.end <= one.start:
        return True
    nests = (other.label, one.label) in _NESTS or ((other.label, other.note, one.label) == ("CORE", "drug", "DRUG"))
    return nests and other.start <= one.start and one.end <= other.end
