"""Abbreviations of what the other rules found in full: "graft-versus-host disease (GVHD)" makes every GVHD one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.ner.rules.surfaces import occurrences
from pipeline.ner.state import MentionCandidate, State
from pipeline.records import Label

_LABELS: frozenset[Label] = frozenset(("CELL_TYPE", "MODALITY", "DISEASE"))
"""Labels whose own rules look only for abbreviations that a lexicon has."""


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """The places of each short form whose long form is one of the findings; they yield to any finding there."""
    named = {text[f.start : f.end].casefold(): f for f in state.found if f.label in _LABELS}
    for short, long in state.abbreviations.items():
        found = named.get(long.casefold()) or named.get(long.casefold().removesuffix("s"))
        if found is None or len(short) < 2:
            continue
        for start, end in occurrences(text, short, endings=("s", ""), before="@/-", behind="@"):
            yield replace(found, start=start, end=end, kind="abbreviation", score=0.85, priority=0)
