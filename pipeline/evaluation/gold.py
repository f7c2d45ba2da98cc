"""Gold sets: what a curator says is true of each study, as tidy rows.

A gold set is a folder with ``gold.csv`` (one row per study, field and value), ``tables.csv`` (the table cells it was
read from), ``gold.toml`` (what it is) and ``datasheet.md``. A row with empty ``text``, ``name`` and ``curie`` says that
the source covers the field and leaves it blank: nothing may be found there. A field without a row for a study is not
covered, and nothing about it is scored.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from pipeline.document import Part
from pipeline.errors import GoldError
from pipeline.linking import kinds_of_modalities
from pipeline.records import FIELDS, FieldName, fold

GOLD_CSV: Final = "gold.csv"
TABLES_CSV: Final = "tables.csv"
GOLD_TOML: Final = "gold.toml"
REQUIRED: Final = ("study", "doi", "field", "text", "name", "curie", "source")

Stated = Literal["", "yes", "partly", "no"]


class GoldValue(Part):
    """One row of gold.csv.

    ``curies`` holds every identifier that is accepted as right; ``stated`` says whether the source's prose states the
    value too ("" where nobody looked). An audit may let other names pass (``also``) and may take a value out of the
    count without calling it wrong (``optional``).
    """

    study: Annotated[str, Field(min_length=1)]
    doi: str | None = None
    field: FieldName
    text: str = ""
    name: str = ""
    curies: tuple[str, ...] = ()
    source: Annotated[str, Field(min_length=1)]
    stated: Stated = ""
    also: tuple[str, ...] = ()
    optional: bool = False

    @field_validator("doi", mode="before")
    @classmethod
    def _no_doi(cls, value: Any) -> Any:
        return value or None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.text) != bool(self.name) or (self.curies and not self.text):
            raise ValueError("a value needs both text and name, a blank has neither, nor an identifier")
        return self

    @property
    def blank(self) -> bool:
        """Whether the row says that there is nothing to be found."""
        return not self.text


class About(Part):
    """gold.toml: what the set is, and what must not be scored on it.

    ``review`` is the DOI of the review whose reference numbers the column ``study`` holds; a set on source papers has
    none, and there ``study`` is the input's file name without suffix (or ``NAME/KEY`` for study KEY of input NAME).
    """

    title: str
    review: str | None = None
    license: str
    made_from: str = ""
    not_together_with: tuple[str, ...] = ()
    captions: Mapping[str, str] = Field(default_factory=dict)


class Gold(Part):
    """A gold set in memory."""

    name: str
    about: About
    values: tuple[GoldValue, ...]
    audited: bool = False

    @cached_property
    def studies(self) -> dict[str, dict[FieldName, tuple[GoldValue, ...]]]:
        """For each study the fields that are covered, each with its values; a field left blank has none.

        A combination of modalities that is named in one word stands as its parts.
        """
        found: dict[str, dict[FieldName, tuple[GoldValue, ...]]] = {}
        for value in self.values:
            fields = found.setdefault(value.study, {})
            fields[value.field] = fields.get(value.field, ()) + (() if value.blank else (value,))
        for fields in found.values():
            if "modalities" in fields:
                fields["modalities"] = in_parts(fields["modalities"])
        return found

    @cached_property
    def by_doi(self) -> dict[str, str]:
        """The study with this DOI (lower case)."""
        return {value.doi.lower(): value.study for value in self.values if value.doi}

    def doi_of(self, study: str) -> str | None:
        """The study's DOI."""
        return next((value.doi for value in self.values if value.study == study), None)

    def fields(self) -> list[FieldName]:
        """The fields that are covered for at least one study."""
        covered = {value.field for value in self.values}
        return [field for field in FIELDS if field in covered]


def in_parts(values: tuple[GoldValue, ...]) -> tuple[GoldValue, ...]:
    """Modalities with the parts of each combination in its place; a part that is stated by itself too stands once."""
    parts = [_parts(value) for value in values]
    found = [value for value, its in zip(values, parts, strict=True) if len(its) == 1]
    named = {fold(name) for value in found for name in (value.name, *value.also)}
    for value, its in zip(values, parts, strict=True):
        for part in its if len(its) > 1 else ():
            if fold(part) not in named:
                named.add(fold(part))
                found.append(value.model_copy(update={"name": part, "curies": (), "also": ()}))
    return tuple(found)


def _parts(value: GoldValue) -> tuple[str, ...]:
    """What a modality combines, by any of its names; else its name."""
    kinds = kinds_of_modalities()
    return next((its for name in (value.name, *value.also) if len(its := kinds.parts_of(name)) > 1), (value.name,))


def load_gold(folder: Path | str) -> Gold:
    """Read a gold set.

    Raises:
        GoldError: a file is missing or a row is malformed; the message names the file, the line and what to do.
    """
    folder = Path(folder)
    values = tuple(value_of_row(folder / GOLD_CSV, line, row) for line, row in read_rows(folder / GOLD_CSV, REQUIRED))
    if not values:
        raise GoldError(f"{folder / GOLD_CSV}: holds no rows; draft one with `coatmine gold build REVIEW --out DIR`")
    return Gold(name=folder.resolve().name, about=load_about(folder), values=values)


def load_about(folder: Path) -> About:
    """Read gold.toml.

    Raises:
        GoldError: it is missing or malformed.
    """
    path = folder / GOLD_TOML
    try:
        return About.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise GoldError(
            f"{path}: cannot be read ({error.strerror}); a gold set needs it, see gold/README.md"
        ) from error
    except (tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: {error}; see gold/README.md for what belongs there") from error


def read_rows(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file, each with the number of its last line, counted from 1.

    Raises:
        GoldError: the file is missing, lacks a column, or a row has too many or too few cells.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if missing := [column for column in required if column not in (reader.fieldnames or ())]:
                raise GoldError(f"{path}: no column {', '.join(missing)}; the first line names {', '.join(required)}")
            for row in reader:
                if None in row or None in row.values():
                    raise GoldError(f"{path}, line {reader.line_num}: not as many cells as the first line has columns")
                yield reader.line_num, {column: cell.strip() for column, cell in row.items()}
    except OSError as error:
        raise GoldError(f"{path}: cannot be read ({error.strerror}); name the folder of a gold set") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: not a CSV file in UTF-8 ({error}); save it as one") from error


def identifiers(cell: str) -> tuple[str, ...]:
    """The identifiers in a cell, which are separated by ``|``."""
    return tuple(curie.strip() for curie in cell.split("|") if curie.strip())


def value_of_row(path: Path, line: int, row: dict[str, str]) -> GoldValue:
    """The value that a row of gold.csv states; columns beyond the set's own are left alone.

    Raises:
        GoldError: the row is malformed; the message names file and line.
    """
    known = {column: row[column] for column in (*REQUIRED, "stated") if column in row and column != "curie"}
    curies = identifiers(row["curie"])
    try:
        return GoldValue(**known, curies=curies)
    except ValidationError as error:
        what = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}" for e in error.errors())
        raise GoldError(f"{path}, line {line}: {what}") from error
