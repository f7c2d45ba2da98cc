"""Overlapping findings settled: the longer stays, then the surer; an animal model may hold the line it bears."""

from __future__ import annotations

from pipeline.ner.state import Found

_NESTS: frozenset[tuple[str, str]] = frozenset(
    {
        ("ANIMAL_MODEL", "CELL_LINE"),
        ("ANIMAL_MODEL", "DISEASE"),
        ("ANIMAL_MODEL", "CELL_TYPE"),
        ("ANIMAL_MODEL", "DRUG"),
    }
)
"""Outer and inner labels that may both stand."""


def resolve(found: list[Found]) -> list[Found]:
    """The findings that stand, in the order of the text."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, -f.priority, -f.score, f.start, f.label)):
        if all(_compatible(one, other) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: (f.start, f.end, f.label))


def _compatible(one: Found, other: Found) -> bool:
    if one.end <= other.start or other.end <= one.start:
        return True
    return (other.label, one.label) in _NESTS and other.start <= one.start and one.end <= other.end
