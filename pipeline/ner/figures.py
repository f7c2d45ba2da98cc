"""What stands within figures: names in the labels of groups and panels, and sizes that a panel states.

A figure prints many lengths that are no particle's size: the ticks of an axis, the bars of a micrograph's scale. A
length counts where its label or the caption says that sizes are shown, and where it is more than a round number alone.
Whatever is found there bears the mark :data:`FIGURE` in ``because``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal

from pipeline.document import Document, FigureText
from pipeline.ner.state import MentionCandidate
from pipeline.records import Label, SizeFacts
from pipeline.roles import Context
from pipeline.sentences import Range, labels

FIGURE: Final = "figure"
"""The mark, among the ids of rules, of a mention that stands within a figure."""
_SIZED: Final = Context("figure.sized")
"""What a label or a caption says where particle sizes are shown."""
_BARS: Final = Context("figure.bars")
_BAR: Final = re.compile(r"\bbars?\b[^.;)]{0,40}", re.IGNORECASE)
_ROUND: Final = frozenset(("", *"123456789", "15", "25", "55", "75"))
"""What the ticks of axes and the bars of scales are labelled with, but for noughts at the end."""
_UNITS: Final = ("m", "meter", "meters", "metre", "metres")
_BARE: Final = Context("figure.bare")
_COATED: Final = Context("figure.coated")


def marked(document: Document, found: Sequence[MentionCandidate]) -> list[MentionCandidate]:
    """The findings, those within figures marked, and without the lengths there that are no sizes.

    Args:
        document: the document.
        found: everything that was found in it, in the order of the text.
    """
    if not document.figures:
        return list(found)
    kept: list[MentionCandidate] = []
    for one in found:
        figure = document.figure_at(one.start)
        kept += [one] if figure is None else _within(document, figure, one, found)
    return kept


def _within(
    document: Document, figure: FigureText, one: MentionCandidate, found: Sequence[MentionCandidate]
) -> Iterator[MentionCandidate]:
    """The finding with its mark; nothing where it is a length that is no size."""
    because = (*one.because, FIGURE)
    if one.label != "SIZE" or one.size is None:
        yield replace(one, because=because)
        return
    start, end = next(r for r in labels(document.text, figure.start, figure.end) if r[0] <= one.start < r[1])
    if not _is_size(document.text, (start, end), figure.caption, one):
        return
    beside = {other.label for other in found if start <= other.start and other.end <= end}
    of = _measured(document.text[start:end], beside)
    role = one.role if of is None else "coated" if of == "coated" else "core_size"
    size = one.size if of is None else one.size.model_copy(update={"of": of})
    yield replace(one, because=because, role=role, size=size)


def _is_size(text: str, label: Range, caption: str, one: MentionCandidate) -> bool:
    """Whether a length in a label is a size: sizes are shown, and it is neither a tick nor a scale's bar."""
    said = text[label[0] : label[1]]
    stated = text[one.start : one.end]
    shown = _SIZED.within(said) is not None
    if one.size is None or not stated.casefold().endswith(_UNITS) or not (shown or _SIZED.within(caption)):
        return False
    rest = (text[label[0] : one.start] + text[one.end : label[1]]).strip(" =:,;()~\u2248")
    if _BARS.within(said) or (not rest and _is_bar(one.size, caption)):
        return False
    alone = not any(char.isalpha() for char in rest)
    return not alone or one.size.sd is not None or f"{one.size.value:g}".rstrip("0") not in _ROUND


def _is_bar(size: SizeFacts, caption: str) -> bool:
    """Whether a caption gives this length for its scale bars."""
    value = re.compile(rf"(?<![\d.]){re.escape(f'{size.value:g}')}(?![\d.])")
    return any(value.search(match.group()) for match in _BAR.finditer(caption))


def _measured(label: str, beside: set[Label]) -> Literal["coated", "core"] | None:
    """What a label says was measured: the coated particle, or its core where no coat is named; None where neither."""
    if _BARE.within(label):
        return "core"
    if _COATED.within(label) or beside & {"CELL_LINE", "CELL_TYPE"}:
        return "coated"
    return "core" if "CORE" in beside else None
