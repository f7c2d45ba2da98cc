"""The text channel for a review: what the stretch of sentences about a study says of it."""

from __future__ import annotations

from pipeline.document import Document
from pipeline.records import FIELD_OF
from pipeline.relations.findings import Finding, Findings, MentionIndex, Subject
from pipeline.relations.passages import stretches
from pipeline.relations.values import values_in


def from_review(document: Document, index: MentionIndex) -> Findings:
    """What the prose of a review says of the studies it cites."""
    found = Findings()
    for stretch in stretches(document):
        subject = Subject(stretch.study)
        for start, end in stretch.ranges:
            for mention, score in values_in(document, index, start, end):
                found.values.append(Finding(subject, mention, "text", score))
            found.unsettled |= {(subject, FIELD_OF[m.label]) for m in index.within(start, end) if not m.negated}
    return found
