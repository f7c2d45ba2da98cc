"""Overlaps are settled in runs as they would be by comparing every finding with every other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ner.resolve import _compatible, resolve
from pipeline.ner.state import MentionCandidate
from pipeline.records import Label

_LABELS: tuple[Label, ...] = ("CELL_LINE", "ANIMAL_MODEL", "CORE", "DRUG")


@st.composite
def _found(draw: st.DrawFn) -> MentionCandidate:
    start = draw(st.integers(0, 60))
    end = start + draw(st.integers(1, 12))
    label = draw(st.sampled_from(_LABELS))
    return MentionCandidate(
        start, end, label, "x", draw(st.sampled_from((0.5, 0.9))), "rule", "t", priority=draw(st.integers(0, 2))
    )


@given(st.lists(_found(), max_size=25))
def test_runs_give_what_all_pairs_give(found: list[MentionCandidate]) -> None:
    kept: list[MentionCandidate] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, -f.priority, -f.score, f.start, f.label)):
        if all(_compatible(one, other) for other in kept):
            kept.append(one)
    assert resolve(found) == sorted(kept, key=lambda f: (f.start, f.end, f.label))
