"""The text channel for a source paper: one study, "self", weighed by where the paper says what.

Title, abstract and the sentences that tell what was made weigh more than results, and those more than the discussion;
the introduction and sentences that cite others tell what others did.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from pipeline.document import Block, Document
from pipeline.records import FIELD_OF, FieldName, Mention, fold
from pipeline.relations.findings import SELF, Finding, Findings, MentionIndex, Subject
from pipeline.relations.passages import cited
from pipeline.relations.values import values_in
from pipeline.sentences import split

_WEIGHTS: Final = {"title": 5.0, "abstract": 4.0, "keywords": 2.0, "caption": 1.0}
_SECTIONS: Final[tuple[tuple[re.Pattern[str], float], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), weight)
    for pattern, weight in (
        (r"abstract|summary|highlights", 4.0),
        (r"conclusion|concluding", 2.0),
        (r"introduction|background|related work|references|funding|acknowledg|conflict|supporting|author", 0.0),
        (r"preparation|synthesis|fabrication|membranes?\b|particles|coating|formulation", 2.0),
        (r"methods?|materials|experimental", 1.5),
        (r"results", 1.5),
        (r"discussion", 1.0),
    )
)
_ELSEWHERE: Final = 1.0
_PROSE: Final = frozenset({"title", "abstract", "keywords", "paragraph", "list_item", "caption"})
_MINOR: Final = 0.3
"""A value with less than this share of the weight of its field's chief value is a side issue of the paper."""


def from_own_work(document: Document, index: MentionIndex) -> Findings:
    """What a source paper says of its own formulation."""
    subject = Subject(SELF)
    weighed: dict[FieldName, dict[str, list[tuple[Mention, float, float]]]] = defaultdict(lambda: defaultdict(list))
    found = Findings()
    for block in document.blocks:
        weight = weight_of(block)
        if not weight:
            continue
        for start, end in split(document.text, block.start, block.end):
            if cited(document, start, end) and not _tells_method(block):
                continue
            for mention, score in values_in(document, index, start, end):
                weighed[FIELD_OF[mention.label]][mention.curie or fold(mention.name)].append((mention, score, weight))
            found.unsettled |= {(subject, FIELD_OF[m.label]) for m in index.within(start, end) if not m.negated}
    for things in weighed.values():
        totals = {key: sum(score * weight for _, score, weight in some) for key, some in things.items()}
        least = _MINOR * max(totals.values())
        for key, some in things.items():
            if totals[key] >= least:
                found.values += [Finding(subject, mention, "text", score) for mention, score, _ in some]
    return found


def weight_of(block: Block) -> float:
    """How much a block's statements weigh for the paper's own formulation; 0: not at all."""
    if block.kind not in _PROSE:
        return 0.0
    for heading in reversed(block.section):
        for pattern, weight in _SECTIONS:
            if pattern.search(heading):
                return weight
    return _WEIGHTS.get(block.kind, _ELSEWHERE)


def _tells_method(block: Block) -> bool:
    return any(re.search(r"method|experimental|preparation|synthesis", h, re.IGNORECASE) for h in block.section)
