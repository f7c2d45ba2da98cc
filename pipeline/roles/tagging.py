"""A sentence with its names written as tags: "⟦D1⟧-loaded ⟦N2⟧ with membrane from ⟦C3⟧ cells".

What is said around a name can then be matched whatever the name is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from pipeline.records import Label
from pipeline.roles.patterns import GROUPS, LETTER

TAG: Final = re.compile(r"⟦(\w)(\d+)⟧")
_CELL: Final = GROUPS["CELL"]
_ALONE_IN_BRACKETS: Final = re.compile(r"[(\[](⟦\w\d+⟧)(?:[,;]\s[^()\[\]⟦⟧]{1,50})?[)\]]")
"""A name in brackets behind another is written as its neighbour: "macrophages (RAW264.7)", "curcumin (Cur; Sigma)"."""
_TIE: Final = re.compile(r"(?<=[^\W\d]|⟧)[\u2010-\u2013](?=[^\W\d]|⟦)")
"""A hyphen or dash between two words or names, of whatever kind."""


class Name(Protocol):
    """What is tagged: a range ``[start, end)`` of code points with a label."""

    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def label(self) -> Label: ...  # noqa: D102


NameT = TypeVar("NameT", bound=Name)


@dataclass(frozen=True, slots=True)
class Tagged(Generic[NameT]):
    """A sentence with tags for names, out of brackets where nothing else stands in them.

    Attributes:
        text: the sentence.
        names: the names that the tags' numbers point to.
        surfaces: these names as they are printed.
    """

    text: str
    names: tuple[NameT, ...]
    surfaces: tuple[str, ...]


def tag(
    text: str, start: int, end: int, names: Sequence[NameT], tail: Callable[[str], int] | None = None
) -> Tagged[NameT]:
    """The sentence ``text[start:end]`` with its outermost names written as tags.

    Args:
        text: the document's text.
        start: where the sentence begins.
        end: where it ends.
        names: the names in it.
        tail: how many characters at the end of a name of cells stay outside its tag: "macrophage nanovesicles" is then
            read as "macrophage membrane" is.
    """
    chosen: list[NameT] = []
    for name in sorted(names, key=lambda n: (n.start, -n.end, n.label)):
        if start <= name.start and name.end <= end and (not chosen or name.start >= chosen[-1].end):
            chosen.append(name)
    parts, at = [], start
    for number, name in enumerate(chosen):
        parts += [text[at : name.start], f"⟦{LETTER[name.label]}{number}⟧"]
        outside = tail(text[name.start : name.end]) if tail and LETTER[name.label] == _CELL else 0
        at = name.end - outside
    written = _TIE.sub("-", "".join([*parts, text[at:end]]))
    surfaces = tuple(text[name.start : name.end] for name in chosen)
    return Tagged(_ALONE_IN_BRACKETS.sub(r"\1", written), tuple(chosen), surfaces)
