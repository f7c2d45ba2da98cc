"""A model's opinion on the records of a document, and how it changes them.

An opinion adds values and raises scores. It takes nothing away and lowers nothing: what it does not name is listed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.document import Document, Part, Printable
from pipeline.linking import Link, link, shipped_lexicon
from pipeline.opinion.asking import Asker
from pipeline.opinion.errors import OpinionError
from pipeline.opinion.grounding import QuotePosition, ground
from pipeline.opinion.lines import NumberedLine, ShownLines
from pipeline.opinion.prompt import VERSION, ModelAnswer, Prompt
from pipeline.records import (
    BEARING,
    FIELD_OF,
    CoreValue,
    FieldName,
    Label,
    Mention,
    Record,
    SizeValue,
    Value,
    mention_id,
    size_of,
)

ALONE: Final = 0.5
"""The score of a value that only the model names. Until it is calibrated, a choice and no probability."""
CONTRADICTED: Final = 0.3
"""That of one to which the rules gave another part in its sentence."""
AGREEMENT: Final = 0.5
"""The share by which a score comes nearer to 1 where the model names the same value."""
_HIGHEST_SCORE: Final = 0.99
_LABELS: Final[dict[FieldName, Label]] = {of: label for label, of in reversed(FIELD_OF.items())}
_CLASSES: Final[dict[FieldName, type[Value]]] = {"cores": CoreValue, "sizes": SizeValue}


class Refused(Part):
    """A value of an answer that was not taken, and why."""

    field: FieldName
    value: Printable
    sentence: int
    quote: Printable
    reason: str


class Opinion(Part):
    """A line of opinions.jsonl: what a model said of a record.

    ``agreed`` and ``added`` name values as ``field: name``; ``unconfirmed`` are the record's values that the model did
    not name, which stand all the same. ``message`` says why there is no answer. ``tokens`` is what it cost when asked.
    """

    document_id: str
    record_id: str
    study: str
    model: str
    message: Printable = ""
    tokens: int = 0
    agreed: tuple[Printable, ...] = ()
    added: tuple[Printable, ...] = ()
    unconfirmed: tuple[Printable, ...] = ()
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class WithOpinions:
    """A document's mentions and records after the opinions on them, and warnings for documents.jsonl."""

    mentions: list[Mention]
    records: list[Record]
    opinions: list[Opinion]
    warnings: tuple[str, ...]


def with_opinions(
    document: Document,
    mentions: Sequence[Mention],
    records: Sequence[Record],
    asker: Asker,
    channels: Sequence[str] = ("table", "text"),
) -> WithOpinions:
    """Ask for an opinion on each record, and take from it what stands in the document.

    Args:
        document: the document.
        mentions: its mentions.
        records: its records.
        asker: whom to ask.
        channels: where values may come from.
    """
    shown = ShownLines(document, mentions, channels)
    lines = [shown.of(record) for record in records]
    answers = asker.ask([Prompt.about(record, some) for record, some in zip(records, lines, strict=True)])
    known = {mention.id: mention for mention in mentions}
    told: list[Record] = []
    opinions: list[Opinion] = []
    for record, some, given in zip(records, lines, answers, strict=True):
        about = {"document_id": document.id, "record_id": record.id, "study": record.study.key}
        opinion = Opinion(**about, model=asker.model.name)
        if isinstance(given, OpinionError):
            told.append(record)
            opinions.append(opinion.model_copy(update={"message": str(given)}))
            continue
        listener = _Listener(document, known, record, asker.model.name)
        told.append(listener.take(given.answer, some))
        opinions.append(opinion.model_copy(update={"tokens": given.tokens, **listener.summary()}))
    ordered = sorted(known.values(), key=lambda m: (m.start, m.end, m.label, m.id))
    return WithOpinions(ordered, told, opinions, tuple(_warnings(opinions)))


def _warnings(opinions: Sequence[Opinion]) -> list[str]:
    told = []
    if refused := sum(len(opinion.refused) for opinion in opinions):
        told.append(f"{refused} values of {opinions[0].model} were not taken; see opinions.jsonl")
    for message, count in Counter(opinion.message for opinion in opinions if opinion.message).items():
        told.append(f"no opinion of {opinions[0].model} on {count} of {len(opinions)} records: {message}")
    return told


class _Listener:
    """Takes one answer into one record; ``known`` are the document's mentions by id, and grow."""

    def __init__(self, document: Document, known: dict[str, Mention], record: Record, model: str) -> None:
        self._document = document
        self._known = known
        self._record = record
        self._values = {field: list(record.values(field)) for field in _LABELS}
        self._name = re.sub(r"[^\w.-]", "_", model)
        self._confirmed: set[tuple[FieldName, int]] = set()
        self._added: list[tuple[FieldName, int]] = []
        self._refused: list[Refused] = []

    def take(self, answer: ModelAnswer, lines: Sequence[NumberedLine]) -> Record:
        """The record with what of the answer stands in the lines."""
        for proposed in answer.values:
            place = ground(proposed, lines)
            reason = place if isinstance(place, str) else self._accept(proposed.field, place)
            if reason:
                self._refused.append(Refused(**proposed.model_dump(), reason=reason))
        given: dict[str, Any] = {field: tuple(values) for field, values in self._values.items()}
        missing = {field: why for field, why in self._record.missing.items() if not given[field]}
        made_by = {**self._record.made_by, "llm": f"{self._name}@{VERSION}"}
        return self._record.model_copy(update={**given, "missing": missing, "made_by": made_by})

    def summary(self) -> dict[str, Any]:
        """What came of the answer, as fields of an :class:`Opinion`."""
        places = [(field, at) for field, values in self._values.items() for at in range(len(values))]
        named = self._confirmed | set(self._added)
        return {
            "agreed": self._names(each for each in places if each in self._confirmed),
            "added": self._names(self._added),
            "unconfirmed": self._names(each for each in places if each not in named),
            "refused": tuple(self._refused),
        }

    def _names(self, places: Iterable[tuple[FieldName, int]]) -> tuple[str, ...]:
        return tuple(f"{field}: {self._values[field][at].name}" for field, at in places)

    def _accept(self, field: FieldName, place: QuotePosition) -> str:
        """Take in one value; the reason if it cannot be taken."""
        over = [m for m in self._known.values() if m.start < place.end and place.start < m.end]
        same = sorted((m for m in over if FIELD_OF[m.label] == field), key=lambda m: (m.start - m.end, m.id))
        if any(m.negated or m.hypothetical for m in same):
            return "its sentence denies or only supposes it"
        if not same and (crossed := [m for m in over if _crosses(m, place)]):
            return f"it crosses another name, {crossed[0].text!r}"
        mention = same[0] if same else self._mention(field, place)
        if field == "sizes" and mention.size is None:
            return "it is no size with a unit"
        self._known[mention.id] = self._voted(mention)
        self._count(field, mention, place)
        return ""

    def _count(self, field: FieldName, mention: Mention, place: QuotePosition) -> None:
        """Raise the score of the values that the mention supports, or add one."""
        values = self._values[field]
        made = self._value(field, mention, place)
        meant = [at for at, value in enumerate(values) if mention.id in value.evidence or _key(value) == _key(made)]
        for at in meant:
            if (field, at) in self._added:
                evidence = dict.fromkeys((*values[at].evidence, mention.id))
                values[at] = values[at].model_copy(update={"evidence": tuple(evidence)})
            elif (field, at) not in self._confirmed:
                self._confirmed.add((field, at))
                raised = values[at].score + (1 - values[at].score) * AGREEMENT
                score = max(values[at].score, min(_HIGHEST_SCORE, round(raised, 4)))
                values[at] = values[at].model_copy(update={"score": score})
        if not meant:
            self._added.append((field, len(values)))
            values.append(made)

    def _value(self, field: FieldName, mention: Mention, place: QuotePosition) -> Value:
        facts: dict[str, Any] = {
            "text": mention.text,
            "name": mention.name,
            "curie": mention.curie,
            "score": ALONE if mention.role in {"unknown", BEARING[mention.label]} else CONTRADICTED,
            "channel": "table" if place.in_table else "text",
            "evidence": (mention.id,),
            "caution": mention.caution,
        }
        if mention.size is not None:
            facts |= mention.size.model_dump(include={"value", "unit", "approximate", "of"})
        if mention.core is not None:
            facts |= mention.core.model_dump()
        return _CLASSES.get(field, Value).model_validate(facts)

    def _voted(self, mention: Mention) -> Mention:
        """The mention with the model's vote, where something else found it."""
        vote = f"{self._name}:1.00"
        if mention.method.startswith("llm:") or vote in mention.votes:
            return mention
        return mention.model_copy(update={"votes": (*mention.votes, vote)})

    def _mention(self, field: FieldName, place: QuotePosition) -> Mention:
        text = self._document.text[place.start : place.end]
        label, meant = _meaning(field, text)
        block = self._document.block_at(place.start)
        method = f"llm:{self._name}@{VERSION}"
        return Mention(
            id=mention_id(self._document.id, label, place.start, place.end),
            document_id=self._document.id,
            label=label,
            start=place.start,
            end=place.end,
            text=text,
            name=meant.name if meant else text,
            curie=meant.curie if meant else None,
            candidates=meant.candidates if meant else (),
            score=ALONE,
            method=method,
            role=BEARING[label],
            support=ALONE,
            because=(method,),
            section=block.section if block else (),
            boxes=tuple(self._document.boxes(place.start, place.end)),
            caution=meant.caution if meant else None,
            size=size_of(text) if field == "sizes" else None,
        )


def _meaning(field: FieldName, text: str) -> tuple[Label, Link | None]:
    """The label of a name in a field, and what the lexicons say that it stands for."""
    lexicon = shipped_lexicon()
    if field == "membranes" and (line := link(text, "CELL_LINE", lexicon)) is None:
        return "CELL_TYPE", link(text, "CELL_TYPE", lexicon)
    if field == "membranes":
        return "CELL_LINE", line
    return _LABELS[field], link(text, _LABELS[field], lexicon)


def _key(value: Value) -> object:
    return (value.value, value.unit) if isinstance(value, SizeValue) else value.key


def _crosses(mention: Mention, place: QuotePosition) -> bool:
    """Whether the two overlap and neither holds the other."""
    holds = mention.start <= place.start and place.end <= mention.end
    held = place.start <= mention.start and mention.end <= place.end
    return not (holds or held)
