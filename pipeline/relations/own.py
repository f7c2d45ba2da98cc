"""The text channel for a source paper: one study, "self", weighed by where the paper says what.

Title, abstract and the sentences that tell what was made weigh more than results, and those more than the discussion;
the introduction and sentences that cite others tell what others did. A paper that compares several formulations of its
own by name has a record for each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.document import Block, Document
from pipeline.records import FIELD_OF, FieldName, Mention, fold
from pipeline.relations.findings import SELF, Finding, Findings, MentionIndex, Subject
from pipeline.relations.names import Occurrence, occurrences
from pipeline.relations.passages import cited
from pipeline.relations.values import values_in
from pipeline.sentences import split

_WEIGHTS: Final = {"title": 5.0, "abstract": 4.0, "keywords": 2.0}
_SECTIONS: Final[tuple[tuple[re.Pattern[str], float], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), weight)
    for pattern, weight in (
        (r"abstract|summary|highlights", 4.0),
        (r"conclusion|concluding", 2.0),
        (r"introduction|background|related work|references|funding|acknowledg|conflict|supporting|author|declar", 0.0),
        (r"preparation|synthesis|fabrication|membranes?\b|particles|coating|formulation|making|vaccine", 2.0),
        (r"methods?|materials|experimental", 1.5),
        (r"results", 1.5),
        (r"discussion", 1.0),
    )
)
_BODY: Final = re.compile(r"introduction|materials|experimental|results and|discussion|^\d", re.IGNORECASE)
"""A heading of the body of a paper: what stands under it is no abstract, though a reader may take it for one."""
_BRACKET: Final = 30  # characters between a bracket and a formulation's name in it
_ELSEWHERE: Final = 1.0
_LONG: Final = 300
"""Characters that an abstract has at least, and an address or a footnote rarely."""
_PROSE: Final = frozenset({"title", "abstract", "keywords", "paragraph", "list_item", "caption"})
_METHOD: Final = re.compile(r"method|experimental|preparation|synthesis", re.IGNORECASE)
_RESULTS: Final = re.compile(r"results", re.IGNORECASE)
_OTHERS: Final = re.compile(
    r"\b(?:et al|previous(?:ly)?|reported|others|earlier|literature|studies|known|colleagues)\b", re.IGNORECASE
)
_AIM: Final = re.compile(
    r"^(?:here(?:in)?|in (?:this|the present) (?:work|study|paper)|our)\b"
    r"|\bwe (?:\w+ly |have |thus |here |therefore )*(?:develop|design|prepar|fabricat|construct|report|present|propos"
    r"|engineer|synthesi[sz]|coat|camouflag|cloak|wrap|encapsulat|load|chose|hypothesi[sz])",
    re.IGNORECASE,
)
"""How a sentence of the introduction speaks that is about the paper's own work."""
_AIM_WEIGHT: Final = 2.0
_LINKED: Final[frozenset[FieldName]] = frozenset({"membranes", "cores", "drugs", "sizes"})
"""Fields in which formulations of one paper differ; diseases, animals and modalities are those of the paper."""


def from_own_work(document: Document, index: MentionIndex, names: Sequence[str]) -> Findings:
    """What a source paper says of its own formulations.

    Args:
        document: the document.
        index: its mentions.
        names: what it calls them, the chief one first.
    """
    uses = occurrences(document, names)
    found = Findings()
    by_thing: dict[tuple[FieldName, str], list[tuple[Finding, frozenset[str]]]] = defaultdict(list)
    everyone = frozenset(names)
    for start, end, weight in own_sentences(document):
        here = [use for use in uses if start <= use.start and use.end <= end]
        for mention, score, share in values_in(document, index, start, end):
            if any(use.start <= mention.start and mention.end <= use.end for use in uses):
                continue  # part of a formulation's name
            field = FIELD_OF[mention.label]
            linked = _owners_here(document.text, mention, here, everyone)
            finding = Finding(Subject(SELF), mention, "text", score, weight * share)
            by_thing[field, mention.curie or fold(mention.name)].append((finding, linked))
        for mention in index.within(start, end):
            if not mention.negated:
                found.unsettled |= {(subject, FIELD_OF[mention.label]) for subject in _subjects(names)}
    for (field, _), some in by_thing.items():
        owners = _owners([linked for _, linked in some], everyone, field)
        for subject in _subjects(names):
            if subject.formulation is None or subject.formulation in owners:
                found.values += [Finding(subject, f.mention, "text", f.score, f.weight) for f, _ in some]
    return found


def own_sentences(document: Document) -> Iterator[tuple[int, int, float]]:
    """The sentences in which a source paper speaks of its own work, each with how much it weighs.

    A sentence that cites others is one only under methods and, with less weight, under results.
    """
    opening = _unmarked_abstract(document)
    for block in document.blocks:
        weight = _WEIGHTS["abstract"] if block is opening else weight_of(block)
        for start, end in split(document.text, block.start, block.end):
            sentence = document.text[start:end]
            own = weight or (_AIM_WEIGHT if block.kind in _PROSE and _AIM.search(sentence) else 0.0)
            if own and cited(document, start, end):
                own *= _cited_share(block, sentence)
            if own:
                yield start, end, own


def _cited_share(block: Block, sentence: str) -> float:
    """What a citation leaves of a sentence's weight: all in methods, half in results unless it names others."""
    if any(map(_METHOD.search, block.section)):
        return 1.0
    return 0.5 if any(map(_RESULTS.search, block.section)) and not _OTHERS.search(sentence) else 0.0


def _unmarked_abstract(document: Document) -> Block | None:
    """The first long block of a paper in which none is marked as abstract, as in letters."""
    if any(block.kind == "abstract" and weight_of(block) == _WEIGHTS["abstract"] for block in document.blocks):
        return None
    long = (b for b in document.blocks if b.kind in ("paragraph", "other") and b.end - b.start >= _LONG)
    return next(long, None)


def weight_of(block: Block) -> float:
    """How much a block's statements weigh for the paper's own formulation; 0: not at all."""
    if block.kind not in _PROSE:
        return 0.0
    if block.kind in _WEIGHTS and not any(_BODY.search(heading) for heading in block.section):
        return _WEIGHTS[block.kind]
    for heading in reversed(block.section):
        for pattern, weight in _SECTIONS:
            if pattern.search(heading):
                return weight
    return _ELSEWHERE


def _subjects(names: Sequence[str]) -> list[Subject]:
    return [Subject(SELF, name) for name in names] or [Subject(SELF)]


def _owners_here(text: str, mention: Mention, uses: Sequence[Occurrence], everyone: frozenset[str]) -> frozenset[str]:
    """The formulations to which a sentence that uses these names gives a value.

    A sentence that uses one name speaks of that. Of several, a name in brackets owns what stands before it and in the
    brackets, another what follows it; a coat that such a sentence tells is that of all.
    """
    field = FIELD_OF[mention.label]
    if not uses or field not in _LINKED:
        return everyone
    if len({use.name for use in uses}) == 1:
        return frozenset({uses[0].name})
    if field == "membranes":
        return everyone
    at = mention.start
    for index, use in enumerate(uses):
        opened = text.rfind("(", 0, use.start)
        bracketed = opened > text.rfind(")", 0, use.start) and use.start - opened < _BRACKET
        begin = (uses[index - 1].end if index else 0) if bracketed else use.end
        after = text.find(")", use.end) if bracketed else uses[index + 1].start if index + 1 < len(uses) else len(text)
        if begin <= at < after:
            return frozenset({use.name})
    return everyone


def _owners(links: Sequence[frozenset[str]], everyone: frozenset[str], field: FieldName) -> frozenset[str]:
    """The formulations that a thing belongs to: those it is linked to by name, else all of them."""
    named = [linked for linked in links if linked != everyone]
    return frozenset().union(*named) if named and field in _LINKED else everyone
