"""Evidence from the text within figures: labels of groups and panels, and sizes that a panel states.

A figure reports the work that its caption reports. Its text is weaker evidence than prose, because it names things
without saying what was done. It is kept apart from other evidence, makes no record and adds no name: it raises the
score of values that prose names as well, and gives the size of a formulation if nothing else does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.document import Document, FigureText
from pipeline.records import FIELD_OF, Mention
from pipeline.relations.attribution import Attribution
from pipeline.relations.citations import cited
from pipeline.relations.evidence import SELF, Evidence, MentionIndex, Subject
from pipeline.relations.names import occurrences
from pipeline.relations.prose import owners_here, strength
from pipeline.relations.unspecific import is_unspecific
from pipeline.sentences import labels

SECTION: Final = "figure"
"""The section of evidence from within figures."""
_SAYS_LESS: Final = 0.7
"""What is left of a mention's score within a figure."""


def from_figures(
    document: Document, index: MentionIndex, names: Sequence[str], attribution: Attribution
) -> list[Evidence]:
    """What the figures of a document say of the studies that their captions speak of.

    Args:
        document: the document.
        index: its mentions.
        names: what it calls its own formulations, the chief one first.
        attribution: whose work each sentence speaks of.
    """
    return [each for figure in document.figures for each in _evidence(document, figure, index, names, attribution)]


def _evidence(
    document: Document, figure: FigureText, index: MentionIndex, names: Sequence[str], attribution: Attribution
) -> Iterator[Evidence]:
    study, weight = _spoken_of(document, figure, attribution)
    if study is None:
        return
    everyone = frozenset(names)
    for start, end in labels(document.text, figure.start, figure.end):
        here = [m for m in index.within(start, end) if not is_unspecific(m.name)]
        uses = occurrences(document, names, start, end) if here and study == SELF else []
        for mention in here:
            owners = owners_here(document.text, mention, uses, everyone)
            score = round(strength(mention) * weight * _SAYS_LESS, 4)
            for subject in _subjects(study, mention, names, owners):
                yield Evidence(subject, mention, "text", score, SECTION)


def _subjects(study: str, mention: Mention, names: Sequence[str], owners: frozenset[str]) -> list[Subject]:
    """The records that a label may speak of: all of the study's; of a size those of the formulations it names."""
    if study != SELF or not names:
        return [Subject(study)]
    linked = FIELD_OF[mention.label] == "sizes"
    return [Subject(SELF, name) for name in names if not linked or name in owners]


def _spoken_of(document: Document, figure: FigureText, attribution: Attribution) -> tuple[str | None, float]:
    """The study that a figure's caption speaks of, and how surely; None where it cites several."""
    at = bisect_left(document.blocks, figure.start, key=lambda block: block.start)
    if not at or (caption := document.blocks[at - 1]).kind != "caption":
        return None, 0.0
    starts = [spoken.statement.start for spoken in attribution.sentences]
    first, last = bisect_left(starts, caption.start), bisect_left(starts, caption.end)
    own = max((spoken.own for spoken in attribution.sentences[first:last]), default=0.0)
    match cited(document, caption.start, caption.end):
        case []:
            return SELF, own
        case [one]:
            return one, 1.0 - own
        case _:
            return None, 0.0
