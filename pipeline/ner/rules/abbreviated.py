"""Abbreviations of what the other rules found: "graft-versus-host disease (GVHD)" makes every GVHD one.

A long form may say more than what was found: "human aortic smooth muscle cells (HASMCs)" are smooth muscle cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.ner.rules.surfaces import occurrences
from pipeline.ner.state import MentionCandidate, State
from pipeline.records import Label

_LABELS: frozenset[Label] = frozenset(("CELL_TYPE", "MODALITY", "DISEASE"))
"""Labels whose own rules look only for abbreviations that a lexicon has."""


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """The places of each short form whose long form is or ends with a finding; they yield to any finding there."""
    named = {text[f.start : f.end].casefold(): f for f in state.found if f.label in _LABELS}
    for short, long in state.abbreviations.items():
        found = next((named[tail] for tail in _tails(long.casefold()) if tail in named), None)
        if found is None or len(short) < 2:
            continue
        for start, end in occurrences(text, short, endings=("s", ""), before="@/-", behind="@"):
            yield replace(found, start=start, end=end, kind="abbreviation", score=0.85, priority=0)


def _tails(long: str) -> Iterator[str]:
    """A long form and its last words, the longest first, each also in the singular."""
    words = long.split()
    for first in range(len(words)):
        tail = " ".join(words[first:])
        yield tail
        yield tail.removesuffix("s")
