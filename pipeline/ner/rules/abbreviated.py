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
    some = [f for f in state.found if f.label in _LABELS]
    named = {text[f.start : f.end].casefold(): f for f in some}
    brackets = ((_in_bracket(text, f.end), f) for f in some)
    told = {short: f for short, f in brackets if short and _ends_with_long_form(text, f, short, state)}
    for short, long in state.abbreviations.items():
        found = next((named[tail] for tail in _tails(long.casefold()) if tail in named), None) or told.get(short)
        if found is None or len(short) < 2:
            continue
        stem = short.removesuffix("s") if short in told else short
        for start, end in occurrences(text, stem, endings=("s", ""), before="@/-", behind="@"):
            yield replace(found, start=start, end=end, kind="abbreviation", score=0.85, priority=0)


def _in_bracket(text: str, end: int) -> str:
    """What stands in brackets right behind an offset; empty if nothing does."""
    return text[end + 2 : text.find(")", end)] if text.startswith(" (", end) else ""


def _ends_with_long_form(text: str, found: MentionCandidate, short: str, state: State) -> bool:
    """Whether the long form of a short one is the end of the name before it: "M1 macrophage nanovesicles (NVs)"."""
    long = state.abbreviations.get(short, "").casefold()
    return bool(long) and text[found.start : found.end].casefold().endswith(f" {long}")


def _tails(long: str) -> Iterator[str]:
    """A long form and its last words, the longest first, each also in the singular."""
    words = long.split()
    for first in range(len(words)):
        tail = " ".join(words[first:])
        yield tail
        yield tail.removesuffix("s")
