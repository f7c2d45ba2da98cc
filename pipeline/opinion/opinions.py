"""A model's opinion on the records of a document, and how it changes them.

An opinion adds values, raises and lowers scores, and leaves doubts for curators. It takes nothing away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.document import Document, Part, Printable
from pipeline.opinion.asking import Asker, Given
from pipeline.opinion.errors import OpinionError
from pipeline.opinion.lines import ShownLines
from pipeline.opinion.listening import Listener, Opposed, Refused, alternatives_of
from pipeline.opinion.prompt import Prompt
from pipeline.records import Mention, Record


class Opinion(Part):
    """A line of opinions.jsonl: what a model said of a record.

    ``agreed`` and ``added`` name values as ``field: name``; ``contradicted`` are those of the added to whose names the
    rules gave another part; ``unconfirmed`` are the record's values that the model did not name, and ``opposed`` those
    of them to which it gave another part or study, or preferred another value: all stand. ``message`` says why there
    is no answer. ``tokens`` is what it cost when asked.
    """

    document_id: str
    record_id: str
    study: str
    model: str
    message: Printable = ""
    tokens: int = 0
    agreed: tuple[Printable, ...] = ()
    added: tuple[Printable, ...] = ()
    contradicted: tuple[Printable, ...] = ()
    unconfirmed: tuple[Printable, ...] = ()
    opposed: tuple[Opposed, ...] = ()
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
    prompts = [Prompt.about(r, some, alternatives_of(r)) for r, some in zip(records, lines, strict=True)]
    answers = asker.ask(prompts)
    known = {mention.id: mention for mention in mentions}
    listeners = [Listener(document, known, record, asker.model.name, asker.counts) for record in records]
    for listener, some, given in zip(listeners, lines, answers, strict=True):
        if not isinstance(given, OpinionError):
            listener.take(given.answer, some)
    _hand_over(records, listeners, answers)
    told: list[Record] = []
    opinions: list[Opinion] = []
    for record, listener, given in zip(records, listeners, answers, strict=True):
        about = {"document_id": document.id, "record_id": record.id, "study": record.study.key}
        opinion = Opinion(**about, model=asker.model.name)
        if isinstance(given, OpinionError):
            told.append(record)
            opinions.append(opinion.model_copy(update={"message": str(given)}))
        else:
            told.append(listener.record())
            opinions.append(opinion.model_copy(update={"tokens": given.tokens, **listener.summary()}))
    ordered = sorted(known.values(), key=lambda m: (m.start, m.end, m.label, m.id))
    return WithOpinions(ordered, told, opinions, tuple(_warnings(opinions)))


def _hand_over(
    records: Sequence[Record], listeners: Sequence[Listener], answers: Sequence[Given | OpinionError]
) -> None:
    """Tell the records of other studies what answers give to them; only those that the model was heard on."""
    heard = [
        (record, listener)
        for record, listener, given in zip(records, listeners, answers, strict=True)
        if not isinstance(given, OpinionError)
    ]
    for study, field, key in [each for _, listener in heard for each in listener.given_away]:
        for record, listener in heard:
            if record.study.key == study:
                listener.agree(field, key)


def _warnings(opinions: Sequence[Opinion]) -> list[str]:
    told = []
    if refused := sum(len(opinion.refused) for opinion in opinions):
        told.append(f"{refused} values of {opinions[0].model} were not taken; see opinions.jsonl")
    for message, count in Counter(opinion.message for opinion in opinions if opinion.message).items():
        told.append(f"no opinion of {opinions[0].model} on {count} of {len(opinions)} records: {message}")
    return told
