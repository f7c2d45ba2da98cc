"""The text channel: evidence from sentences, each for the study that it reports.

No sentence is excluded: one that reports the paper's own work with probability one half, else a cited study, is half as
strong evidence for either. A paper that compares several formulations of its own by name has a record for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline.document import Document
from pipeline.records import FIELD_OF, FieldName, Mention
from pipeline.relations.attribution import Attribution, Spoken
from pipeline.relations.evidence import SELF, Collected, Evidence, MentionIndex, Subject, identity
from pipeline.relations.names import Occurrence, occurrences
from pipeline.relations.stretches import StudyPassage, StudyStretch
from pipeline.relations.unspecific import is_unspecific
from pipeline.roles import MODEL, shipped_rules
from pipeline.sentences import Range

_BRACKET: Final = 30  # characters between a bracket and a formulation's name in it
_LINKED: Final[frozenset[FieldName]] = frozenset({"membranes", "cores", "drugs", "sizes"})
"""Fields in which formulations of one paper differ; diseases, animals and modalities are those of the paper."""
_HEADED: Final[frozenset[FieldName]] = frozenset({"diseases", "modalities"})
"""What a heading may tell of each study under it."""
_LIKELY: Final = 0.3
"""From this score on a mention of cells is taken to tell the coat, so that no heading has to."""
_DENIED: Final = 0.1
"""What is left of a mention's score where it is said not to be so."""
_SUPPOSED: Final = 0.4
"""What is left where it is only supposed."""
_SPEAKS: Final = 0.5
_NEAR: Final = {"lead": 0.8, "topic": 0.4, "heading": 0.6}
"""What is left of a mention's score where it only stands near what speaks of the study."""


def strength(mention: Mention) -> float:
    """How likely a mention speaks for a value of the study that its sentence speaks of, from 0 to 1."""
    score = mention.support
    if mention.negated:
        score *= _DENIED
    if mention.hypothetical:
        score *= _SUPPOSED
    return score


def from_prose(document: Document, index: MentionIndex, names: Sequence[str], attribution: Attribution) -> Collected:
    """What the prose of a document says of its own work and of the studies that it cites.

    Args:
        document: the document.
        index: its mentions.
        names: what it calls its own formulations, the chief one first.
        attribution: whose work each sentence speaks of.
    """
    found = Collected()
    _own_work(document, index, names, attribution.sentences, found)
    _cited_work(document, index, attribution, found)
    return found


def _mentions(index: MentionIndex, start: int, end: int) -> Iterator[Mention]:
    return (m for m in index.within(start, end) if not is_unspecific(m.name))


# --- own work --------------------------------------------------------------------------------------------------------


def _own_work(
    document: Document, index: MentionIndex, names: Sequence[str], sentences: Iterable[Spoken], found: Collected
) -> None:
    uses = occurrences(document, names)
    everyone = frozenset(names)
    by_identity: dict[tuple[FieldName, Hashable], list[tuple[Evidence, frozenset[str]]]] = defaultdict(list)
    subjects = [Subject(SELF, name) for name in names] or [Subject(SELF)]
    for spoken in sentences:
        here = spoken.statement
        named = [use for use in uses if here.start <= use.start and use.end <= here.end]
        if spoken.own >= _SPEAKS and _tells_particle(document, index, here.start, here.end):
            found.particles.update(subjects)
        for mention in _mentions(index, here.start, here.end):
            if any(use.start <= mention.start and mention.end <= use.end for use in named):
                continue  # part of a formulation's name
            field = FIELD_OF[mention.label]
            if spoken.own >= _SPEAKS:
                found.mentioned.update((subject, field) for subject in subjects)
            score = round(strength(mention) * spoken.own, 4)
            cues = _cues(document, index, mention, here.start, here.end)
            evidence = Evidence(Subject(SELF), mention, "text", score, here.section, cues)
            by_identity[field, identity(mention)].append(
                (evidence, owners_here(document.text, mention, named, everyone))
            )
    for (field, _), some in by_identity.items():
        owners = _owners([linked for _, linked in some], everyone, field)
        for subject in subjects:
            if subject.formulation is None or subject.formulation in owners:
                found.values += [replace(evidence, subject=subject) for evidence, _ in some]


def _tells_particle(document: Document, index: MentionIndex, start: int, end: int) -> bool:
    """Whether a sentence speaks of a particle, by a core's name or in general."""
    if any(m.label == "CORE" for m in index.within(start, end)):
        return True
    return shipped_rules().speaks_of("carrier").search(document.text, start, end) is not None


def _cues(document: Document, index: MentionIndex, mention: Mention, start: int, end: int) -> frozenset[str]:
    """What in the sentence of cells speaks of a coat of theirs."""
    if FIELD_OF[mention.label] != "membranes":
        return frozenset()
    rules = shipped_rules()
    cues = {
        "rule": mention.role == "membrane_source" and mention.because != (MODEL,),
        "coat": rules.speaks_of("coat").search(document.text, start, end) is not None,
        "membrane": rules.speaks_of("membrane").search(document.text, start, end) is not None,
        "particle": _tells_particle(document, index, start, end),
    }
    return frozenset(name for name, there in cues.items() if there)


def owners_here(text: str, mention: Mention, uses: Sequence[Occurrence], everyone: frozenset[str]) -> frozenset[str]:
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


# --- cited work ------------------------------------------------------------------------------------------------------


def _cited_work(document: Document, index: MentionIndex, attribution: Attribution, found: Collected) -> None:
    """What the stretches of each cited study say.

    What they leave open is taken from the sentence that leads to them, then from the paragraph's topic, then from the
    heading.
    """
    own = {spoken.statement.start: spoken.own for spoken in attribution.sentences}
    by_study: dict[str, list[StudyStretch]] = defaultdict(list)
    for stretch in attribution.stretches:
        by_study[stretch.study].append(stretch)
    for study, some in by_study.items():
        subject = Subject(study)
        passages = [passage for stretch in some for passage in stretch.passages]
        stated = [e for p in passages for e in _evidence(document, index, subject, p, "stretch", own)]
        for section, beside in _beside(document, some, passages):
            near = [e for p in beside for e in _evidence(document, index, subject, p, section, own)]
            stated += near if section != "heading" else _by_heading(near, stated)
        found.values += stated
        found.mentioned.update((subject, evidence.field) for evidence in stated)
        if any(_tells_particle(document, index, p.start, p.end) for p in passages):
            found.particles.add(subject)


def _evidence(
    document: Document,
    index: MentionIndex,
    subject: Subject,
    passage: StudyPassage,
    section: str,
    own: dict[int, float],
) -> Iterator[Evidence]:
    """The mentions of a passage; a sentence that speaks of the paper's own work is weak evidence of a cited study."""
    weight = (1.0 - own.get(passage.sentence[0], 0.0)) * _NEAR.get(section, 1.0)
    for mention in _mentions(index, *passage.sentence):
        if passage.start <= mention.start and mention.end <= passage.end:
            cues = _cues(document, index, mention, *passage.sentence)
            yield Evidence(subject, mention, "text", round(strength(mention) * weight, 4), section, cues)


def _beside(
    document: Document, some: Sequence[StudyStretch], passages: Sequence[StudyPassage]
) -> Iterator[tuple[str, list[StudyPassage]]]:
    """What stands near a study's passages and may say what they leave open: sentences before it, headings over it."""
    yield "lead", [stretch.lead for stretch in some if stretch.lead is not None]
    yield "topic", [topic for stretch in some for topic in stretch.topics if topic != stretch.lead]
    under = {block.section for p in passages if (block := document.block_at(p.start)) and block.section}
    over = {section[-1] for section in under}
    headings = (b for b in document.blocks if b.kind == "heading" and document.text[b.start : b.end] in over)
    yield "heading", [StudyPassage(b.start, b.end, _range(b.start, b.end)) for b in headings]


def _range(start: int, end: int) -> Range:
    return start, end


def _by_heading(over: Sequence[Evidence], stated: Sequence[Evidence]) -> list[Evidence]:
    """What headings tell of a study: disease and modality, and the one coat they name where its own text tells none."""
    told = any(e.field == "membranes" and e.score >= _LIKELY for e in stated)
    coats = {identity(e.mention) for e in over if e.field == "membranes"}
    fields = _HEADED if told or len(coats) != 1 else _HEADED | {"membranes"}
    return [e for e in over if e.field in fields]
