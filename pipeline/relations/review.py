"""The text channel for a review: what the stretch of sentences about a study says of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from functools import partial
from typing import Final

from pipeline.document import Document
from pipeline.records import FIELD_OF, FieldName, Label
from pipeline.relations.findings import Finding, Findings, MentionIndex, Subject, identity
from pipeline.relations.passages import Passage, Stretch, stretches
from pipeline.relations.values import Candidate, values_in

_COAT = re.compile(
    r"\b(?:coat(?:s|ed|ing)?|cloak\w*|camouflag\w*|wrapped|enveloped|disguised|dressed|clad|covered)\b[^.;]{0,60}\bmembranes?\b"
    r"|\bmembranes?\b[^.;]{0,60}\b(?:coat(?:s|ed|ing)?|cloak\w*|camouflag\w*|wrapped|enveloped|disguised|dressed|clad|fused)\b"
    r"|\b(?:once|when|after being|after) coat(?:ed|ing)\b",
    re.IGNORECASE,
)
_LED: Final[frozenset[FieldName]] = frozenset({"diseases", "cores", "modalities"})
"""What the sentence before the citation may name: "Oral cancer lies near the surface. Dai et al. [80] ..."."""
_HEADED: Final[frozenset[FieldName]] = frozenset({"diseases", "modalities"})
"""What the heading over a study may name."""
_BY_HEADING: Final = 0.7


def from_review(document: Document, index: MentionIndex) -> Findings:
    """What the prose of a review says of the studies it cites.

    What the stretch of a study leaves open is taken from the sentence that leads to it, then from the paragraph's
    topic, then from the heading.
    """
    found = Findings()
    by_study: dict[str, list[Stretch]] = defaultdict(list)
    for stretch in stretches(document, partial(_coats, document, index)):
        by_study[stretch.study].append(stretch)
    for study, some in by_study.items():
        subject = Subject(study)
        passages = [passage for stretch in some for passage in stretch.passages]
        leads = [stretch.lead for stretch in some if stretch.lead is not None]
        said = [c for passage in passages for c in _values(document, index, passage)]
        said += [c for lead in leads for c in _values(document, index, lead) if _open(c, said) in _LED]
        topics = [topic for stretch in some for topic in reversed(stretch.topics)]
        said += [c for c in _topic(document, index, topics) if _open(c, said) is not None]
        said += [c for c in _headings(document, index, passages) if _open(c, said) in _HEADED]
        found.values += [Finding(subject, c.mention, "text", c.score, c.weight) for c in said]
        cores = any(c.mention.label == "CORE" for c in said)
        if cores and any(_COAT.search(document.text, p.start, p.end) for p in passages):
            found.coated.add(subject)
        there = [m for p in passages for m in index.within(p.start, p.end) if not m.negated]
        found.unsettled |= {(subject, FIELD_OF[mention.label]) for mention in there}
    return found


def _open(candidate: Candidate, said: Sequence[Candidate]) -> FieldName | None:
    """The field of a candidate if nothing of full weight was said for it, else None."""
    field = FIELD_OF[candidate.mention.label]
    settled = any(FIELD_OF[c.mention.label] == field and c.weight == 1.0 for c in said)
    return None if settled else field


def _values(document: Document, index: MentionIndex, passage: Passage) -> Iterator[Candidate]:
    """The values in a passage; what part each plays is read from the whole sentence."""
    for candidate in values_in(document, index, *passage.sentence):
        if passage.start <= candidate.mention.start and candidate.mention.end <= passage.end:
            yield candidate


def _topic(document: Document, index: MentionIndex, topics: Sequence[Passage]) -> list[Candidate]:
    """The modality that a paragraph is about, if the nearest sentence that names any names just one.

    "Photothermal therapy burns tumours [70-72]. Fu et al. [73] ..."
    """
    for topic in topics:
        named = [c for c in _values(document, index, topic) if c.mention.label == "MODALITY"]
        if named:
            return named if len({identity(c.mention) for c in named}) == 1 else []
    return []


def _headings(document: Document, index: MentionIndex, passages: Sequence[Passage]) -> Iterator[Candidate]:
    """The values that the nearest headings over these passages name."""
    under = {block.section for p in passages if (block := document.block_at(p.start)) and block.section}
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind == "heading" and any(section[-1] == text for section in under):
            for candidate in values_in(document, index, block.start, block.end):
                yield candidate._replace(score=round(candidate.score * _BY_HEADING, 4))


def _coats(document: Document, index: MentionIndex, start: int, end: int) -> frozenset[Hashable]:
    """The cells from which a sentence says a coat came; types of cells without a core are spoken of in general."""
    found = list(values_in(document, index, start, end))
    particular = any(c.mention.label == "CORE" for c in found)
    coats: set[Label] = {"CELL_LINE", "CELL_TYPE"} if particular else {"CELL_LINE"}
    return frozenset(identity(c.mention) for c in found if c.mention.label in coats)
