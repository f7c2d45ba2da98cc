"""The text channel for a review: what the stretch of sentences about a study says of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from functools import partial
from typing import Final

from pipeline.document import Document
from pipeline.records import FieldName, Label
from pipeline.relations.findings import Finding, Findings, MentionIndex, Subject, identity
from pipeline.relations.passages import Passage, Stretch, stretches
from pipeline.relations.values import candidates_in, sources_in

_COAT = re.compile(
    r"\b(?:coat(?:s|ed|ing)?|cloak\w*|camouflag\w*|wrapped|enveloped|disguised|dressed|clad|covered)\b[^.;]{0,60}\bmembranes?\b"
    r"|\bmembranes?\b[^.;]{0,60}\b(?:coat(?:s|ed|ing)?|cloak\w*|camouflag\w*|wrapped|enveloped|disguised|dressed|clad|fused)\b"
    r"|\b(?:once|when|after being|after) coat(?:ed|ing)\b",
    re.IGNORECASE,
)


_HEADED: Final[frozenset[FieldName]] = frozenset({"diseases", "modalities"})
"""What a heading may tell of each study under it."""
_LIKELY: Final = 0.3
"""From this score on a mention of cells is taken to tell the coat, so that no heading has to."""


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
        said = [f for passage in passages for f in _findings(document, index, subject, passage, "stretch")]
        for place, beside in _beside(document, some, passages):
            near = [f for p in beside for f in _findings(document, index, subject, p, place)]
            said += near if place != "heading" else _by_heading(near, said)
        found.values += said
        if any(_COAT.search(document.text, p.start, p.end) for p in passages):
            found.coated.add(subject)
    return found


def _beside(
    document: Document, some: Sequence[Stretch], passages: Sequence[Passage]
) -> Iterator[tuple[str, list[Passage]]]:
    """What stands near a study's passages and may tell what they leave open: sentences before it, headings over it."""
    yield "lead", [stretch.lead for stretch in some if stretch.lead is not None]
    yield "topic", [topic for stretch in some for topic in stretch.topics if topic != stretch.lead]
    under = {block.section for p in passages if (block := document.block_at(p.start)) and block.section}
    over = {section[-1] for section in under}
    headings = (b for b in document.blocks if b.kind == "heading" and document.text[b.start : b.end] in over)
    yield "heading", [Passage(b.start, b.end, (b.start, b.end)) for b in headings]


def _by_heading(over: Sequence[Finding], said: Sequence[Finding]) -> list[Finding]:
    """What headings tell of a study: disease and modality, and the one coat they name where its own text tells none."""
    told = any(f.field == "membranes" and f.score >= _LIKELY for f in said)
    coats = {identity(f.mention) for f in over if f.field == "membranes"}
    fields = _HEADED if told or len(coats) != 1 else _HEADED | {"membranes"}
    return [f for f in over if f.field in fields]


def _findings(
    document: Document, index: MentionIndex, subject: Subject, passage: Passage, place: str
) -> Iterator[Finding]:
    """The candidates in a passage; what part each plays is read from the whole sentence."""
    start, end = passage.sentence
    cites = len(document.citations_in(start, end))
    about = (f"at={place}", f"cites={min(cites, 2)}")
    for mention, score, traits in candidates_in(document, index, start, end, about):
        if passage.start <= mention.start and mention.end <= passage.end:
            yield Finding(subject, mention, "text", score, place, traits)


def _coats(document: Document, index: MentionIndex, start: int, end: int) -> frozenset[Hashable]:
    """The cells from which a sentence says a coat came; types of cells without a core are spoken of in general."""
    particular = any(mention.label == "CORE" for mention in index.within(start, end))
    coats: set[Label] = {"CELL_LINE", "CELL_TYPE"} if particular else {"CELL_LINE"}
    return frozenset(identity(m) for m in sources_in(document, index, start, end) if m.label in coats)
