"""Mentions, values and records."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Final, Literal

from pydantic import Field

from pipeline.document import Box, Part, Printable, Span
from pipeline.errors import Status

Label = Literal["CELL_LINE", "CELL_TYPE", "CORE", "DRUG", "MODALITY", "DISEASE", "ANIMAL_MODEL", "SIZE"]
FieldName = Literal["membranes", "cores", "drugs", "sizes", "diseases", "animal_models", "modalities"]
Role = Literal[
    "membrane_source", "test_cells", "donor", "cargo", "core", "comparator", "reagent", "coated", "core_size", "target",
    "background", "purpose", "measured_by", "model", "unknown",
]  # fmt: skip
"""What part a name plays in its sentence.

Of cells: the coat's source, cells for testing, the animal's or patient's cells that something is taken from. Of a core
or drug: core, cargo, comparator, reagent. Of a size: measured on the coated particle or on its core. Of a disease:
what is treated or imaged, or what is only mentioned (background). Of a modality: what the particle is for, or how
something was measured. Of an animal: the model, or a donor.
"""
BEARING: dict[Label, Role] = {
    "CELL_LINE": "membrane_source",
    "CELL_TYPE": "membrane_source",
    "CORE": "core",
    "DRUG": "cargo",
    "SIZE": "coated",
    "DISEASE": "target",
    "ANIMAL_MODEL": "model",
    "MODALITY": "purpose",
}
"""The role in which a name of a label is a value of a record."""
Score = Annotated[float, Field(ge=0.0, le=1.0)]
Channel = Literal["table", "text"]
Missing = Literal["not_reported", "not_found"]
Verdict = Literal["accept", "correct", "add", "disputed"]
"""What curators made of a value that stands after curation; rejected ones stand no longer."""

FIELDS: tuple[FieldName, ...] = (
    "membranes", "cores", "drugs", "sizes", "diseases", "animal_models", "modalities",
)  # fmt: skip
FIELD_OF: dict[Label, FieldName] = {
    "CELL_LINE": "membranes",
    "CELL_TYPE": "membranes",
    "CORE": "cores",
    "DRUG": "drugs",
    "SIZE": "sizes",
    "DISEASE": "diseases",
    "ANIMAL_MODEL": "animal_models",
    "MODALITY": "modalities",
}

_SIZE: Final = re.compile(
    r"(?P<approximate>ca\.?|about|approximately|around|~|≈)?\s*(?P<low>\d+(?:[.,]\d+)?)"
    r"(?:\s*(?P<sign>±|\+/-|[-\u2013]|to)\s*(?P<high>\d+(?:[.,]\d+)?))?\s*(?P<unit>nm|nanomet\w+|µm|μm|um|micromet\w+)",
    re.IGNORECASE,
)


def _is_none(value: object) -> bool:
    return value is None


def _is_empty(value: object) -> bool:
    return not value


class Term(Part):
    """A public identifier and the preferred name it stands for. ``curie`` is None where nothing could be settled."""

    name: str
    curie: str | None = None


class SizeFacts(Part):
    """A particle size as stated.

    ``value`` is the mean or the midpoint of a stated range, in ``unit``; ``low`` and ``high`` bound a range; ``sd``
    is the stated spread; ``of`` says whether the coated particle or its bare core was measured.
    """

    value: float
    unit: str = "nm"
    approximate: bool = False
    of: Literal["coated", "core"] = "coated"
    low: float | None = None
    high: float | None = None
    sd: float | None = None


class CoreFacts(Part):
    """What a core's name says: its materials, its structure (hollow, mesoporous...) and its form (liposome, MOF...)."""

    materials: tuple[Term, ...] = ()
    structure: tuple[str, ...] = ()
    form: str | None = None


class Mention(Span):
    """A name found in a document.

    In JSON ``candidates``, ``hypothetical``, ``caution``, ``size``, ``core`` and ``votes`` are left out where empty.

    Attributes:
        start: first code point in the document's text, from 0.
        end: code point after the last.
        id: the same for the same place and label in the same file on every run.
        document_id: the document.
        label: CELL_LINE, CELL_TYPE, CORE, DRUG, MODALITY, DISEASE, ANIMAL_MODEL or SIZE.
        text: the document's text in the range.
        name: preferred name.
        curie: identifier with a prefix of the Bioregistry; None where there is none or several fit.
        candidates: the identifiers that fit, where nothing decides.
        score: how sure the pipeline is of the name, 0 to 1.
        method: what found it, as ``kind:component@version``; kind is lexicon, rule, model, abbreviation, llm or (in
            published files) curator.
        negated: whether the text denies it.
        hypothetical: whether the text only supposes it.
        role: the part it plays in its sentence, such as membrane_source, test_cells, cargo or comparator.
        support: how likely that part makes it a value of a record, 0 to 1.
        because: ids of the rules that set role and polarity, or ``model``; ``figure`` besides where the name stands
            within a figure.
        section: the headings it stands under, outermost first.
        boxes: where it stands on the page.
        caution: why the identifier needs care, such as a misidentified cell line.
        size: of a size, the measured value.
        core: of a core, its materials, structure and form.
        votes: models that saw the same, as ``model:score``.
    """

    id: str
    document_id: str
    label: Label
    text: str
    name: str
    curie: str | None = None
    candidates: Annotated[tuple[Term, ...], Field(exclude_if=_is_empty)] = ()
    score: Score
    method: Annotated[str, Field(pattern=r"^(lexicon|rule|model|abbreviation|llm|curator):[\w.-]+@[\w.+-]+$")]
    negated: bool = False
    hypothetical: Annotated[bool, Field(exclude_if=_is_empty)] = False
    role: Role = "unknown"
    support: Score = Field(default=0.0, description="how likely the name plays the part that makes it a value here")
    because: tuple[str, ...] = Field(default=(), description="the rules that set role and polarity, or the model")
    section: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    caution: str | None = Field(
        default=None,
        description="why an identifier needs care, such as a misidentified cell line",
        exclude_if=_is_none,
    )
    size: Annotated[SizeFacts | None, Field(exclude_if=_is_none)] = None
    core: Annotated[CoreFacts | None, Field(exclude_if=_is_none)] = None
    votes: tuple[str, ...] = Field(
        default=(), description="models that saw the same thing here, as ``model:score``", exclude_if=_is_empty
    )


class Value(Part):
    """One value of a record's field, with the channel it came through and the mentions that support it.

    Attributes:
        text: as the paper writes it.
        name: preferred name.
        curie: identifier; None where none is certain.
        score: how likely it is a value of the record, 0 to 1.
        channel: ``table`` or ``text``.
        evidence: ids of the mentions that support it.
        caution: why the identifier needs care; left out of JSON where it needs none.
        doubts: what a second opinion holds against it, as ``model: what``; it stands all the same.
        decision: what curators decided (only in published files).
        decided_by: who decided (only in published files).
    """

    text: str
    name: str
    curie: str | None = None
    score: Score
    channel: Channel
    evidence: Annotated[tuple[str, ...], Field(min_length=1)]
    caution: Annotated[str | None, Field(exclude_if=_is_none)] = None
    doubts: Annotated[tuple[Printable, ...], Field(exclude_if=lambda stated: not stated)] = ()
    decision: Annotated[Verdict | None, Field(exclude_if=_is_none)] = None
    decided_by: Annotated[str | None, Field(exclude_if=_is_none)] = None

    @property
    def key(self) -> str:
        """What makes two values the same thing: the identifier, else the folded name."""
        return self.curie or fold(self.name)


class SizeValue(Value):
    """A particle size: see :class:`SizeFacts` for the meaning of the added fields."""

    value: float
    unit: str
    approximate: bool = False
    of: Literal["coated", "core"] = "coated"


class CoreValue(Value):
    """A core: see :class:`CoreFacts` for the meaning of the added fields."""

    materials: tuple[Term, ...] = ()
    structure: tuple[str, ...] = ()
    form: str | None = None


class Study(Part):
    """What a record is about: ``key`` is the review's reference number, or ``self`` for a paper about its own work."""

    key: str
    doi: str | None = None
    title: str | None = None


class TableRow(Part):
    """The row of a study table that a record was read from.

    ``table`` is the table's label, ``row`` counts from 1 below the headings (in a table with one study per column, the
    column behind the first), ``page`` is the page on which the row stands.
    """

    table: str
    row: Annotated[int, Field(ge=1)]
    page: Annotated[int, Field(ge=1)]

    def __str__(self) -> str:
        return f"{self.table}, row {self.row}"


class Record(Part):
    """What one document says of one study and formulation.

    Attributes:
        id: the same for the same study and formulation in the same file on every run.
        document_id: the document.
        study: reference number in a review, or ``self``; DOI and title.
        formulation: the paper's own name for the particle.
        membranes: cells of the coat.
        cores: cores, with materials, structure and form.
        drugs: cargo.
        sizes: sizes, with number, unit and what was measured.
        diseases: diseases that are treated or imaged.
        animal_models: animal models.
        modalities: therapies and imaging techniques.
        rows: rows of the document's tables that list the study.
        missing: why an empty field is empty: ``not_reported`` or ``not_found``.
        made_by: versions and settings that made the record.
    """

    id: str
    document_id: str
    study: Study
    formulation: str | None = None
    membranes: tuple[Value, ...] = ()
    cores: tuple[CoreValue, ...] = ()
    drugs: tuple[Value, ...] = ()
    sizes: tuple[SizeValue, ...] = ()
    diseases: tuple[Value, ...] = ()
    animal_models: tuple[Value, ...] = ()
    modalities: tuple[Value, ...] = ()
    rows: tuple[TableRow, ...] = ()
    missing: dict[FieldName, Missing] = Field(default_factory=dict)
    made_by: dict[str, str] = Field(default_factory=dict, description="versions and settings that made this record")

    def values(self, field: FieldName) -> tuple[Value, ...]:
        """The values of a field, whatever their kind."""
        found: tuple[Value, ...] = getattr(self, field)
        return found

    def items(self) -> Iterator[tuple[FieldName, Value]]:
        """Every value with the name of its field, in the order of :data:`FIELDS`."""
        for field in FIELDS:
            for value in self.values(field):
                yield field, value


SAME_BYTES: Final = "the same bytes as "
"""How the message of an input begins that is another input again."""


class Outcome(Part):
    """A line of documents.jsonl: the outcome of one input; its message says what to do, or why there is no record.

    ``citekey`` is the key of its entry in the bibliography that the run was given.
    """

    source: Printable
    status: Status
    message: Printable = ""
    document_id: str | None = None
    title: str | None = None
    doi: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str | None = None
    citekey: str | None = None
    pages: int = 0
    mentions: int = 0
    records: int = 0
    warnings: tuple[Printable, ...] = ()

    @property
    def is_bare(self) -> bool:
        """Whether it was read and gave no record, and is not another input again."""
        return self.status == "ok" and not self.records and not self.message.startswith(SAME_BYTES)


def mention_id(document_id: str, label: str, start: int, end: int) -> str:
    """A mention's id: the same for the same place and label in the same bytes, on every run."""
    return "m" + _digest(document_id, label, str(start), str(end))


def record_id(document_id: str, study_key: str, formulation: str | None) -> str:
    """A record's id: the same for the same study and formulation in the same bytes, on every run."""
    return "r" + _digest(document_id, study_key, formulation or "")


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:20]


@lru_cache(maxsize=1 << 15)
def fold(text: str) -> str:
    """A name as it is compared: case, hyphens, primes and runs of white space make no difference."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)
    return " ".join(text.split()).strip(" .;,")


_FOLDED: Final = {**dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-"), 0x2019: "'", 0x00AD: None}
"""Hyphens, dashes and primes as they are compared."""


def size_of(text: str) -> SizeFacts | None:
    """The size that words state, such as "ca. 120 nm", "100-120 nm" or "105 ± 4 nm"."""
    match = _SIZE.search(text)
    if match is None:
        return None
    unit = "nm" if match["unit"].casefold().startswith("n") else "µm"
    low = float(match["low"].replace(",", "."))
    facts = SizeFacts(value=low, unit=unit, approximate=match["approximate"] is not None)
    if match["high"] is None:
        return facts
    high = float(match["high"].replace(",", "."))
    if match["sign"] in {"±", "+/-"}:
        return facts.model_copy(update={"sd": high})
    return facts.model_copy(update={"value": round((low + high) / 2, 3), "low": low, "high": high})
