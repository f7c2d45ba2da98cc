"""Merge the values of table and text that name the same thing, for outputs without channels.

Where the two do not say the same, nothing is dropped: wordings of what looks like one thing stand together, and a field
of which each channel states something that the other does not is told as a difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.records import Channel, CoreValue, SizeValue, Value, Verdict, fold

_SHORT: Final = 5  # letters from which on a word may be another's beginning: polymer, polymeric
_SAY_LITTLE: Final = frozenset({"nanoparticle", "nanoparticles", "particle", "particles", "np", "nps", "based", "mice"})
"""Words that make no two names different."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Values of one field that are the same thing.

    ``first`` is the value whose words are shown: the one that stood first, of several documents' one that a curator
    decided on; ``evidence`` joins all their mentions in order;
    ``score`` is the best of them; ``origins`` are what was told apart when they were merged: table and text, or the
    documents that state them; ``doubts`` are what a second opinion holds against any of them.
    """

    first: Value
    score: float
    channels: tuple[Channel, ...]
    evidence: tuple[str, ...]
    caution: str | None
    origins: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def decision(self) -> Verdict | None:
        """What curators decided about it; None where it was not decided."""
        return self.first.decision

    @property
    def decided_by(self) -> str | None:
        """Who decided."""
        return self.first.decided_by


Origin = Callable[[Value], str]
"""What tells values apart that may be wordings of one thing: where each was stated."""


def channel_of(value: Value) -> str:
    """Table or text."""
    return value.channel


def merge(values: Iterable[Value], origin: Origin = channel_of) -> list[Merged]:
    """Join the values with the same :attr:`Value.key`, in the order in which each first stood."""
    groups: dict[str, list[Value]] = {}
    for value in values:
        groups.setdefault(value.key, []).append(value)
    return [_join(group, origin) for group in groups.values()]


def _join(group: list[Value], origin: Origin) -> Merged:
    return Merged(
        first=next((value for value in group if value.decision), group[0]),
        score=max(value.score for value in group),
        channels=tuple(dict.fromkeys(value.channel for value in group)),
        evidence=tuple(dict.fromkeys(mention for value in group for mention in value.evidence)),
        caution=next((value.caution for value in group if value.caution), None),
        origins=tuple(dict.fromkeys(map(origin, group))),
        doubts=tuple(dict.fromkeys(doubt for value in group for doubt in value.doubts)),
    )


def wordings(values: Iterable[Value], origin: Origin = channel_of) -> list[list[Merged]]:
    """The values of a field, merged, and together those that table and text seem to call by different names.

    Each group begins with the value that stood first. Two values are wordings of one thing where the one stands in the
    table only and the other in the text only (or in different documents), their identifiers do not contradict one
    another, and the words (or, of a core, the materials) of the one are all among the other's. Sizes are numbers, and
    never wordings of one another.

    Args:
        values: the values of one field.
        origin: where a value was stated: by default table or text.
    """
    groups: list[list[Merged]] = []
    for each in merge(values, origin):
        home = next((group for group in groups if any(_alike(each, other) for other in group)), None)
        if home is None:
            groups.append([each])
        else:
            home.append(each)
    return groups


def difference(groups: Iterable[list[Merged]]) -> Mapping[str, list[str]]:
    """What of a field only the table states, and what only the text; empty where neither contradicts the other.

    A channel (or document) that states less than the other does not contradict it.
    """
    alone: dict[str, list[str]] = {}
    for group in groups:
        origins = {origin for each in group for origin in each.origins}
        if len(origins) == 1:
            alone.setdefault(origins.pop(), []).extend(each.first.name for each in group)
    return alone if len(alone) > 1 else {}


def _alike(one: Merged, other: Merged) -> bool:
    a, b = one.first, other.first
    if set(one.origins) & set(other.origins) or isinstance(a, SizeValue):
        return False
    if a.curie and b.curie:  # of two vocabularies, the same name is the same thing; of one, it is not
        return fold(a.name) == fold(b.name) and a.curie.partition(":")[0] != b.curie.partition(":")[0]
    few, many = sorted((_words(a.name), _words(b.name)), key=len)
    return (bool(few) and all(any(_same_word(w, v) for v in many) for w in few)) or _same_materials(a, b)


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", fold(name))) - _SAY_LITTLE


def _same_word(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= _SHORT and long.startswith(short))


def _same_materials(one: Value, other: Value) -> bool:
    if not (isinstance(one, CoreValue) and isinstance(other, CoreValue)):
        return False
    a, b = ({term.curie or fold(term.name) for term in core.materials} for core in (one, other))
    return bool(a and b) and (a <= b or b <= a)
