"""The text channel for a review: what the stretch of sentences about a study says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.document import Document
from pipeline.records import FIELD_OF
from pipeline.relations.findings import Finding, Findings, MentionIndex, Subject
from pipeline.relations.passages import Passage, stretches
from pipeline.relations.values import Candidate, values_in

_COAT = re.compile(
    r"\b(?:coat(?:s|ed|ing)?|cloak\w*|camouflag\w*|wrapped|enveloped|disguised|dressed|clad|covered)\b[^.;]{0,60}\bmembranes?\b"
    r"|\bmembranes?\b[^.;]{0,60}\b(?:coat(?:s|ed|ing)?|cloak\w*|camouflag\w*|wrapped|enveloped|disguised|dressed|clad|fused)\b"
    r"|\b(?:once|when|after being|after) coat(?:ed|ing)\b",
    re.IGNORECASE,
)
_LED = frozenset({"diseases", "cores"})
"""What the sentence before the citation may name: "Oral cancer lies near the surface. Dai et al. [80] ..."."""


def from_review(document: Document, index: MentionIndex) -> Findings:
    """What the prose of a review says of the studies it cites."""
    found = Findings()
    for stretch in stretches(document):
        subject = Subject(stretch.study)
        said = [candidate for passage in stretch.passages for candidate in _values(document, index, passage)]
        fields = {FIELD_OF[candidate.mention.label] for candidate in said if candidate.weight == 1.0}
        if stretch.lead is not None:
            led = (c for c in _values(document, index, stretch.lead) if FIELD_OF[c.mention.label] in _LED - fields)
            said = [*led, *said]
        found.values += [Finding(subject, c.mention, "text", c.score, c.weight) for c in said]
        if "cores" in fields and any(_COAT.search(document.text, p.start, p.end) for p in stretch.passages):
            found.coated.add(subject)
        for passage in stretch.passages:
            there = index.within(passage.start, passage.end)
            found.unsettled |= {(subject, FIELD_OF[m.label]) for m in there if not m.negated}
    return found


def _values(document: Document, index: MentionIndex, passage: Passage) -> Iterator[Candidate]:
    """The values in a passage; what part each plays is read from the whole sentence."""
    for candidate in values_in(document, index, *passage.sentence):
        if passage.start <= candidate.mention.start and candidate.mention.end <= passage.end:
            yield candidate
