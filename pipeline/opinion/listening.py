"""Take a model's answer into a record: raise, add, doubt; nothing is taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from pipeline.document import Document, Part, Printable
from pipeline.linking import Link, link, shipped_lexicon
from pipeline.opinion.grounding import QuotePosition, ground
from pipeline.opinion.lines import NumberedLine
from pipeline.opinion.prompt import VERSION, ModelAnswer, ProposedPart, ProposedValue
from pipeline.opinion.weights import OpinionCounts
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

_LABELS: Final[dict[FieldName, Label]] = {of: label for label, of in reversed(FIELD_OF.items())}
_CLASSES: Final[dict[FieldName, type[Value]]] = {"cores": CoreValue, "sizes": SizeValue}
_PARTS: Final = {
    "core_size": "measured on the bare core", "measured_by": "how something was measured",
    "background": "only spoken of", "other_study": "of another study",
}  # fmt: skip
"""What a part is called where its own name does not say it."""
Proposal = TypeVar("Proposal", bound=ProposedValue)
Taken = Callable[[Proposal, QuotePosition], str]
"""Takes in a statement at its place, and gives the reason if it cannot be taken."""
Place = tuple[FieldName, int]
"""A value of the record: its field, and which of the field's values it is."""


class Refused(Part):
    """A statement of an answer that was not taken, and why."""

    field: FieldName
    value: Printable
    sentence: int
    quote: Printable
    reason: str


class Opposed(Part):
    """A value of the record that the model opposes: what it holds it for, and the words that it quotes."""

    field: FieldName
    name: Printable
    why: Printable
    quote: Printable


def alternatives_of(record: Record) -> dict[FieldName, list[str]]:
    """By field the names of what only the table states, then of what only the text does, where both state something."""
    found: dict[FieldName, list[str]] = {}
    for field in _LABELS:
        table, text = ([v for v in record.values(field) if v.channel == each] for each in ("table", "text"))
        alone = [
            [value for value in some if _key(value) not in map(_key, others)]
            for some, others in ((table, text), (text, table))
        ]
        if all(alone):
            found[field] = list(dict.fromkeys(value.name for some in alone for value in some))
    return found


class Listener:
    """Takes one answer into one record.

    Attributes:
        given_away: what the answer gives to other studies: the study's key, the field, and what makes two values the
            same.

    Args:
        document: the document.
        known: its mentions by id, which grow.
        record: the record.
        model: the model's name.
        counts: what its word weighs.
    """

    def __init__(
        self, document: Document, known: dict[str, Mention], record: Record, model: str, counts: OpinionCounts
    ) -> None:
        """Begin with the record as it is."""
        self._document = document
        self._known = known
        self._record = record
        self._values = {field: list(record.values(field)) for field in _LABELS}
        self._name = re.sub(r"[^\w.-]", "_", model)
        self._counts = counts
        self._alternatives = alternatives_of(record)
        self._confirmed: set[Place] = set()
        self._added: list[Place] = []
        self._contradicted: list[Place] = []
        self._opposed: dict[Place, Opposed] = {}
        self._refused: list[Refused] = []
        self.given_away: list[tuple[str, FieldName, object]] = []

    def take(self, answer: ModelAnswer, lines: Sequence[NumberedLine]) -> None:
        """Take in what of the answer stands in the lines: its values, its choices, then what it holds to be none."""
        self._each(answer.values, lines, lambda proposed, place: self._accept(proposed.field, place))
        self._each(answer.right, lines, self._choose)
        self._each(answer.others, lines, self._oppose)

    def agree(self, field: FieldName, key: object) -> None:
        """Take in that another record's opinion gives a value to this study."""
        for at, value in enumerate(self._values[field]):
            if _key(value) == key and not self._is_named((field, at)) and (field, at) not in self._opposed:
                self._confirm((field, at))

    def record(self) -> Record:
        """The record with what was taken in; a value beside which only others were named is in doubt."""
        for field, values in self._values.items():
            named = [values[at].name for at in range(len(values)) if self._is_named((field, at))]
            for at in range(len(values)):
                if named and not self._is_named((field, at)) and (field, at) not in self._opposed:
                    self._doubt((field, at), f"names only {', '.join(dict.fromkeys(named))}")
        given: dict[str, Any] = {field: tuple(values) for field, values in self._values.items()}
        missing = {field: why for field, why in self._record.missing.items() if not given[field]}
        made_by = {**self._record.made_by, "llm": f"{self._name}@{VERSION}+{self._counts.digest}"}
        return self._record.model_copy(update={**given, "missing": missing, "made_by": made_by})

    def summary(self) -> dict[str, Any]:
        """What came of the answer, as fields of an :class:`~pipeline.opinion.opinions.Opinion`."""
        places = [(field, at) for field, values in self._values.items() for at in range(len(values))]
        return {
            "agreed": self._names(each for each in places if each in self._confirmed),
            "added": self._names(self._added),
            "contradicted": self._names(self._contradicted),
            "unconfirmed": self._names(each for each in places if not self._is_named(each)),
            "opposed": tuple(self._opposed.values()),
            "refused": tuple(self._refused),
        }

    def _is_named(self, place: Place) -> bool:
        return place in self._confirmed or place in self._added

    def _names(self, places: Iterable[Place]) -> tuple[str, ...]:
        return tuple(f"{field}: {self._values[field][at].name}" for field, at in places)

    def _each(self, proposed: Iterable[Proposal], lines: Sequence[NumberedLine], take: Taken[Proposal]) -> None:
        """Take in each statement that stands in the lines; the others are refused with the reason."""
        for one in proposed:
            place = ground(one, lines)
            reason = place if isinstance(place, str) else take(one, place)
            if reason:
                stated = one.model_dump(include={"field", "value", "sentence", "quote"})
                self._refused.append(Refused(**stated, reason=reason))

    def _choose(self, proposed: ProposedValue, place: QuotePosition) -> str:
        """Take in which of two statements is right; the reason if it cannot be taken."""
        field = proposed.field
        names = self._alternatives.get(field, ())
        meant = [at for at in self._meant(field, place) if self._values[field][at].name in names]
        if not meant:
            return "it is none of the alternatives"
        right = {self._values[field][at].name for at in meant}
        for at in meant:
            self._confirm((field, at))
        for at, value in enumerate(self._values[field]):
            if value.name in names and value.name not in right and not self._is_named((field, at)):
                self._against((field, at), f"{', '.join(sorted(right))} is right", proposed.quote)
        return ""

    def _oppose(self, proposed: ProposedPart, place: QuotePosition) -> str:
        """Take in that a name is no value; one that the answer names as a value elsewhere stays one."""
        field, study = proposed.field, proposed.study.strip(" []()")
        why = _PARTS.get(proposed.part, proposed.part.replace("_", " "))
        if proposed.part == "other_study" and study:
            why = f"of study {study}"
            self.given_away += [(study, field, key) for key in self._keys(field, place)]
        for at in self._meant(field, place):
            if not self._is_named((field, at)) and (field, at) not in self._opposed:
                self._against((field, at), why, proposed.quote)
        return ""

    def _against(self, place: Place, why: str, quote: str) -> None:
        """Doubt a value, and lower its score where prose states it; what a table states keeps its score."""
        field, at = place
        value = self._values[field][at]
        self._opposed[place] = Opposed(field=field, name=value.name, why=why, quote=quote)
        if value.channel == "text":
            self._values[field][at] = value.model_copy(update={"score": self._counts.lowered(value.score)})
        self._doubt(place, why)

    def _doubt(self, place: Place, why: str) -> None:
        field, at = place
        value = self._values[field][at]
        self._values[field][at] = value.model_copy(update={"doubts": (*value.doubts, f"{self._name}: {why}")})

    def _confirm(self, place: Place) -> None:
        if place in self._confirmed:
            return
        self._confirmed.add(place)
        field, at = place
        value = self._values[field][at]
        self._values[field][at] = value.model_copy(update={"score": self._counts.raised(value.score)})

    def _meant(self, field: FieldName, place: QuotePosition) -> list[int]:
        """Which of the field's values a place speaks of: those that it is evidence of, and those of the same thing."""
        ids = {mention.id for mention in self._at(field, place)}
        keys = self._keys(field, place)
        return [at for at, v in enumerate(self._values[field]) if ids & set(v.evidence) or _key(v) in keys]

    def _keys(self, field: FieldName, place: QuotePosition) -> set[object]:
        """What the mentions at a place would be as values."""
        return {_key(self._value(field, mention, place)) for mention in self._at(field, place)}

    def _at(self, field: FieldName, place: QuotePosition) -> list[Mention]:
        over = [m for m in self._known.values() if m.start < place.end and place.start < m.end]
        return [m for m in over if FIELD_OF[m.label] == field and (field != "sizes" or m.size is not None)]

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
            else:
                self._confirm((field, at))
        if not meant:
            self._added.append((field, len(values)))
            if mention.role not in {"unknown", BEARING[mention.label]}:
                self._contradicted.append((field, len(values)))
            values.append(made)

    def _value(self, field: FieldName, mention: Mention, place: QuotePosition) -> Value:
        facts: dict[str, Any] = {
            "text": mention.text,
            "name": mention.name,
            "curie": mention.curie,
            "score": round(self._alone(mention), 4),
            "channel": "table" if place.in_table else "text",
            "evidence": (mention.id,),
            "caution": mention.caution,
        }
        if mention.size is not None:
            facts |= mention.size.model_dump(include={"value", "unit", "approximate", "of"})
        if mention.core is not None:
            facts |= mention.core.model_dump()
        return _CLASSES.get(field, Value).model_validate(facts)

    def _alone(self, mention: Mention) -> float:
        """The probability of a value that only the model names, by the part that the rules give its name."""
        fits = mention.role in {"unknown", BEARING[mention.label]}
        return self._counts.added if fits else self._counts.added_against_rules

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
            score=round(self._counts.added, 4),
            method=method,
            role=BEARING[label],
            support=round(self._counts.added, 4),
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
