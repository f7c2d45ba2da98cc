"""One thing under two names: "cuprous oxide (Cu2O)" gives both one name and identifier, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from pipeline.ner.state import MentionCandidate

_OPENS: Final = " ("
_CLOSES: Final = (")", ",", ";")


def unite(text: str, found: Iterable[MentionCandidate]) -> list[MentionCandidate]:
    """The findings, with one identity for a core or drug and the formula or code in brackets behind it.

    The one that has an identifier lends it to the other; two with different ones are two things.
    """
    every = sorted(found, key=lambda f: (f.start, f.end))
    known = {(one.label, surface): identity for one, surface, identity in _told(text, every)}
    if not known:
        return every
    return [
        replace(one, name=as_one.name, curie=as_one.curie, candidates=as_one.candidates)
        if (as_one := known.get((one.label, text[one.start : one.end]))) is not None
        else one
        for one in every
    ]


def _told(text: str, every: Iterable[MentionCandidate]) -> Iterator[tuple[MentionCandidate, str, MentionCandidate]]:
    """Each finding that takes the identity of another, its surface, and the other."""
    for name, short in pairwise(every):
        surface = text[short.start : short.end]
        if (
            name.label == short.label
            and name.label in ("CORE", "DRUG")
            and name.name != short.name
            and text[name.end : short.start] == _OPENS
            and text[short.end : short.end + 1] in _CLOSES
            and " " not in surface
            and not surface.islower()
            and not (name.curie and short.curie)
        ):
            if short.curie:
                yield name, text[name.start : name.end], short
            else:
                yield short, surface, name
