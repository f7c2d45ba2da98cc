"""The benchmark in memory: texts, the names marked in them, and the records that a reader makes of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from pipeline.document import Part, Script, Span
from pipeline.evaluation.gold import About, Gold, GoldValue
from pipeline.records import FIELDS, FieldName, Label, Role, fold

Split = Literal["train", "dev", "test", "real"]
SPLITS: Final[tuple[Split, ...]] = ("train", "dev", "test", "real")
Kind = Literal["abstract", "letter", "excerpt", "review", "negative", "paper", "tables"]
Format = Literal["text", "markdown", "pdf"]
NameRole = Literal[Role, "negated"]
_AUTHOR_YEAR: Final = re.compile(
    r"(?P<name>[^\W\d_][\w'\u2019-]*[^\W\d_]).*?(?P<year>(?:19|20)\d\d)(?P<letter>[a-z]?)\b"
)
_NUMBER: Final = re.compile(r"\[?(\d+)\]?")


class MarkedName(Span):
    """A name in a text: ``[start, end)`` in code points of the text, from 0.

    Attributes:
        label: what it names.
        role: what part it plays there; ``unknown`` where it plays none, ``negated`` where the text denies it.
        study: the study it is told of: ``self``, the printed key, or ``-`` for none.
    """

    label: Label
    role: NameRole
    study: str


class TrueValue(Part):
    """A value of a record.

    Attributes:
        text: as printed.
        name: preferred name; the printed one where nothing else is known.
        curies: identifiers that are right; empty where nobody looked them up.
        also: other names that the document gives the same thing.
        optional: whether it counts neither when it is found nor when it is missed.
    """

    text: str
    name: str = ""
    curies: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    optional: bool = False


class TrueRecord(Part):
    """What is true of a study. A field that is None is not covered: nothing about it is scored.

    Attributes:
        study: ``self`` for the document's own work, else the key by which the document cites it.
        doi: of the study, where it has one.
    """

    study: str
    doi: str | None = None
    membranes: tuple[TrueValue, ...] | None = None
    cores: tuple[TrueValue, ...] | None = None
    drugs: tuple[TrueValue, ...] | None = None
    sizes: tuple[TrueValue, ...] | None = None
    diseases: tuple[TrueValue, ...] | None = None
    animal_models: tuple[TrueValue, ...] | None = None
    modalities: tuple[TrueValue, ...] | None = None

    def values(self, field: FieldName) -> tuple[TrueValue, ...] | None:
        """The values of a field; None where it is not covered."""
        found: tuple[TrueValue, ...] | None = getattr(self, field)
        return found


class BenchmarkDocument(Part):
    """A document of the benchmark: a line of train.jsonl, dev.jsonl, test.jsonl or real.jsonl.

    Attributes:
        id: unlike that of any other document.
        split: what it may be used for.
        author: who wrote it; no author stands in two splits.
        kind: what kind of text it is; a ``negative`` tells of no coated particle.
        format: text, markdown or pdf.
        text: the text; None for a PDF.
        file: the PDF below the benchmark's folder; None for what is not in it.
        doi: of a document that is published elsewhere.
        scripts: raised and lowered characters of the text.
        unscored: ranges of the text in which names count for nothing, such as its list of references.
        mentions: every name of the text; None where they are not marked.
        records: a record for each study on coated particles.
        closed: whether a record of any other study is wrong.
    """

    id: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    split: Split
    author: str
    kind: Kind
    format: Format = "text"
    text: str | None = None
    file: str | None = None
    doi: str | None = None
    scripts: tuple[Script, ...] = ()
    unscored: tuple[tuple[int, int], ...] = ()
    mentions: tuple[MarkedName, ...] | None = None
    records: tuple[TrueRecord, ...] = ()
    closed: bool = True

    @cached_property
    def studies(self) -> dict[str, dict[FieldName, tuple[GoldValue, ...]]]:
        """For each study, by :func:`study_name`, the values of the fields that are covered."""
        rows = tuple(row for record in self.records for row in _rows(record))
        about = About(title=self.id, license="")
        found = Gold(name=self.id, about=about, values=rows).studies
        return {study_name(record.study): found.get(study_name(record.study), {}) for record in self.records}

    @cached_property
    def by_doi(self) -> dict[str, str]:
        """The study with this DOI (lower case)."""
        return {record.doi.lower(): study_name(record.study) for record in self.records if record.doi}

    def is_scored(self, offset: int) -> bool:
        """Whether a name that begins at this offset counts."""
        return not any(start <= offset < end for start, end in self.unscored)


def _rows(record: TrueRecord) -> Iterator[GoldValue]:
    study = study_name(record.study)
    for field in FIELDS:
        values = record.values(field)
        if values is not None and not values:
            yield GoldValue(study=study, field=field, source="-")
        for value in values or ():
            yield GoldValue(
                study=study, field=field, text=value.text, name=value.name or value.text, curies=value.curies,
                also=value.also, optional=value.optional, source="-",
            )  # fmt: skip


def study_name(printed: str) -> str:
    """A study's key however it is printed: "[14]" is 14, "Li et al. (2020)" and "Li2020" are li 2020."""
    if number := _NUMBER.fullmatch(printed.strip()):
        return number[1]
    if named := _AUTHOR_YEAR.search(printed):
        return f"{fold(named['name'])} {named['year']}{named['letter']}"
    return fold(printed)


def to_line(document: BenchmarkDocument) -> bytes:
    """The document as a line of JSON; what has its default value is left out."""
    plain = document.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(plain, ensure_ascii=False, sort_keys=False).encode() + b"\n"


def of_split(documents: Iterable[BenchmarkDocument], split: Split) -> list[BenchmarkDocument]:
    """The documents of a split."""
    return [document for document in documents if document.split == split]


def source_of(document: BenchmarkDocument, root: Path) -> Path | None:
    """The document's file on disk; None where it is given by its text, or is not in the folder."""
    return root / document.file if document.file else None
