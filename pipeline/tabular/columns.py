"""The field of each table column, by its heading or, if no rule knows the heading, by its cells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.document import Cell, Table
from pipeline.records import FIELDS, FieldName
from pipeline.tabular.items import is_blank, is_mark, repeats

ColumnField = FieldName | Literal["reference", "number", "group", "formulation", "remarks", "marks", "other"]
Names = Callable[[Cell], Collection[FieldName]]
"""Which fields the names that were recognised in a cell belong to."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what its cells are.

    Attributes:
        index: the column's number, from 0.
        field: the record's field its cells are values of; ``reference`` for citations, ``number`` for the rows' own
            running number, ``formulation`` for the particle's own name, ``group`` for a class that rows share,
            ``remarks`` for findings in words, ``marks`` for ticks that say yes to the heading, ``other`` for
            anything else.
        header: the heading as printed, levels joined by a space.
        unit: the unit that the heading gives, such as "nm".
    """

    index: int
    field: ColumnField
    header: str
    unit: str | None = None


class HeadingRule(BaseModel):
    """A line of headers.json: a heading that matches ``pattern`` names ``field``.

    ``yes`` are headings that it must be the first to name, ``no`` headings that it must not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: ColumnField
    strength: Annotated[int, Field(ge=1, le=2)]
    pattern: str
    yes: Annotated[tuple[str, ...], Field(min_length=1)]
    no: tuple[str, ...] = ()


class HeadingRules(BaseModel):
    """The file headers.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    rules: tuple[HeadingRule, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """A column with how sure its field is: 2 the heading settles it, 1 it may be, 0 nothing says so."""

    column: Column
    strength: int


_UNIT = re.compile(
    r"\s*(?:[(\[]\s*(?:in\s+)?|/\s*|,\s*|\bin\s+)(nm|[\u00b5\u03bcu]m|mm|\u00c5|mV|%|[\u00b5\u03bcum]?g/m?[Ll]|wt\s?%)\s*[)\]]?"
)
_BRACKETS: Final = " ()[]"
_KEY = re.compile(r"[1-9]\d{0,2}")
_NUMBERS = re.compile(r"^[~\u2248<>]?\s?\d[\d.,\s\u00b1+\u2010-\u2015\u2192>/()-]*(?:nm)?$")
_BARE_SIZE = re.compile(
    r"(?i)\b(?:bare|uncoated|non-coated|naked|pristine|plain|cores?|inner|before|without|initial)\b"
)
_COATED_SIZE = re.compile(r"(?i)\b(?:coated|cloaked|wrapped|camouflaged|after|final|with)\b|\bmembrane-")
"""How a heading says that the core, or the coated particle, was measured."""
_ONLY_UNIT = re.compile(r"\s*(nm|[\u00b5\u03bcu]m)\s*")
_LENGTHS: Final = frozenset({"nm", "\u00b5m", "\u03bcm"})
_ORDINAL = re.compile(r"^(?:first|second|third|1st|2nd|3rd)\s|\s(?:[1-9]|i{1,3}|one|two|three|[ab])$")
"""What distinguishes several columns of a kind: "Cell 1", "second membrane"."""
_BRACKETED = re.compile(r"[(\[][^)\]]*[)\]]")

_REFERENCE = re.compile(
    r"^\[\d{1,3}(?:\s?[,;\u2010-\u2015-]\s?\d{1,3})*\]$|\bet al\b|^[A-Z]\w+(?: (?:and|&) \w+)?,? \(?(?:19|20)\d\d"
    r"|^(?:https?://|doi:?)?\S*\b10\.\d{4,9}/"
)
_CONTENT: Final[tuple[tuple[ColumnField, re.Pattern[str]], ...]] = (
    ("reference", _REFERENCE),
    ("sizes", re.compile(r"\d\s?nm\b")),
    ("animal_models", re.compile(r"(?i)\b(?:mice|mouse|rats?|rabbits?|balb/c|c57bl|zebrafish|swine|pigs?|dogs?)\b")),
    (
        "diseases",
        re.compile(
            r"(?i)cancers?\b(?! (?:therap|treat|imag|vaccin))|carcinoma|tumou?rs?\b(?! (?:therap|treat|imag|vaccin))"
            r"|\w(?:oma|itis|a?emia|osis|opathy|plegia|algia|trophy)s?\b|disease|stroke|infarct|diabet|sepsis|\binfections?\b"
            r"|\b(?:failure|injury|injuries|syndrome|fibrosis|lesions?|ischa?emia|metastas[ie]s|allergy|hepatitis)\b"
        ),
    ),
    ("modalities", re.compile(r"(?i)therap(?:y|ies)\b|\bimaging\b|\b[PS][DT]T\b|\bvaccin|\bdelivery\b")),
    (
        "membranes",
        re.compile(r"(?i)\b(?:cells?|rbcs?|erythrocytes?|macrophages?|platelets?|neutrophils?|monocytes?)\b"),
    ),
)
"""What cells of a column look like, for a column whose heading says nothing."""
_NAMED: Final[tuple[FieldName, ...]] = ("cores", "drugs", "membranes", "diseases", "animal_models", "modalities")
"""The fields that are known by recognised names, if not by the form of the cells."""
_MOST: Final = 0.6
_FEW: Final = 0.2
_WIDE: Final = 40
"""Cells that are longer than this on average are prose."""
_RIVALS: Final[frozenset[ColumnField]] = frozenset({"sizes", "diseases", "animal_models", "modalities"})
"""Fields whose values are distinguished by their form, so that contents can contradict a heading."""

_LABELS: Final[frozenset[ColumnField]] = frozenset({"reference", "number", "group", "formulation"})
"""Fields whose cells tell a row from others, whatever they look like."""

_COATED: Final = re.compile(
    r"membrane.{0,40}(?:coat|camouflag|cloak|wrapp|disguis|deriv|functionali|decorat|based|mimetic)|biomimetic|biomimick"
    r"|(?:coat|camouflag|cloak|wrapp|disguis)\w*.{0,40}membrane",
    re.IGNORECASE | re.DOTALL,
)


def columns(table: Table, names: Names | None = None, *, further: bool = False) -> dict[int, Column]:
    """The columns of a study table by number; empty for a table that is no study table.

    A study table names membranes with at least one other field, or cores with at least two, or formulations with
    sizes in a unit of length, or four fields with cores or formulations among them, or carries references and two
    fields of particles. Headings that only may name a field
    ("Cell line") count when a column beside them or the caption mentions particles.

    Args:
        table: the table, upright.
        names: which fields the names in a cell belong to; without, a column is known by its heading and the looks of
            its cells alone.
        further: whether it is enough that it cites and tells a field: it may tell more of another table's studies.
    """
    guesses = _by_header(table)
    _divide_shared_headings(table, guesses)
    _settle(guesses)
    _by_content(table, guesses, names)
    _number_rows(table, guesses)
    _bare_references(table, guesses)
    _leave_out_bare_sizes(guesses)
    told = {guess.column.field for guess in guesses.values()}
    if not (_is_study_table(table, guesses.values()) or (further and "reference" in told and told & set(FIELDS))):
        return {}
    return {index: guess.column for index, guess in sorted(guesses.items())}


def speaks_of_coats(text: str) -> bool:
    """Whether a text says that particles are coated with membranes, or made after cells."""
    return _COATED.search(text) is not None


def is_bare_size(header: str) -> bool:
    """Whether a heading of sizes is about the core before it is coated."""
    return _BARE_SIZE.search(header) is not None and _COATED_SIZE.search(header) is None


def sizes_in_order(header: str) -> tuple[bool, ...]:
    """Of a heading of sizes before and after coating, which of the two in a cell is the coated particle's.

    Empty where it does not name both: "Size before/after coating" gives (False, True).
    """
    bare, coated = _BARE_SIZE.search(header), _COATED_SIZE.search(header)
    if bare is None or coated is None:
        return ()
    return (False, True) if bare.start() < coated.start() else (True, False)


def body_cells(table: Table, index: int) -> list[Cell]:
    """The cells of a column below its heading that say something, merged cells once, from the top."""
    head = header_rows(table)
    found = {}
    for row in range(head, table.rows):
        cell = table.at(row, index)
        if cell is None or cell.row < head or cell.col_span >= table.cols:
            continue
        if not is_blank(cell.text) and not repeats(cell.text):
            found[cell.start, cell.row] = cell
    return [found[key] for key in sorted(found)]


def header_rows(table: Table) -> int:
    """How many rows at the top are headings: at least one, and further ones as long as they name fields."""
    count = max(1, table.header_rows)
    while count < table.rows - 1 and _names_fields(table, count):
        count += 1
    return count


def _names_fields(table: Table, row: int) -> bool:
    """Whether a row's own cells are headings: most of them name a field, and at least three different ones."""
    texts = [cell.text for cell in table.begun_in(row) if not is_blank(cell.text)]
    stated = [field_of_heading(text) for text in texts]
    fields = {s[0] for s in stated if s}
    return len(fields) >= 3 and sum(s is not None for s in stated) >= _MOST * len(texts)


def check_headings() -> list[str]:
    """What the rules of headers.json answer otherwise than their own examples say, one line each."""
    failures = []
    for number, rule in enumerate(heading_rules()):
        failures += [
            f"rule {number + 1} ({rule.field}): {heading!r} is named by {_named_by(found)}"
            for heading in rule.yes
            if (found := rule_of_heading(heading)) != number
        ]
        failures += [
            f"rule {number + 1} ({rule.field}): it names {heading!r}"
            for heading in rule.no
            if rule_of_heading(heading) == number
        ]
    return failures


def _named_by(number: int | None) -> str:
    return "no rule" if number is None else f"rule {number + 1} ({heading_rules()[number].field})"


def without_unit(heading: str) -> str:
    """A heading without the unit that it gives; nothing is left of a unit alone."""
    text = _UNIT.sub(" ", heading).strip()
    return "" if _ONLY_UNIT.fullmatch(text) else text


def field_of_heading(heading: str) -> tuple[ColumnField, int] | None:
    """The field that a heading names, with the strength of the rule that says so, or None."""
    number = rule_of_heading(heading)
    if number is None:
        return None
    rule = heading_rules()[number]
    return rule.field, rule.strength


@lru_cache(maxsize=4096)
def rule_of_heading(heading: str) -> int | None:
    """The number, from 0, of the rule of headers.json that names a heading; None where none does."""
    folded = _fold(_UNIT.sub(" ", heading))
    bare = _fold(_BRACKETED.sub(" ", folded))
    settled = _first_rule(bare)
    if settled is not None and heading_rules()[settled].strength == 2:
        return settled  # what stands in brackets only adds to it: "Cell source (species)"
    attempts = (folded, bare, _fold(_ORDINAL.sub(" ", bare)))
    return next((number for attempt in attempts if (number := _first_rule(attempt)) is not None), None)


def _first_rule(heading: str) -> int | None:
    """The number of the first rule that a folded heading matches."""
    if not heading:
        return None
    return next((number for number, pattern in enumerate(_patterns()) if pattern.search(heading)), None)


def _by_header(table: Table) -> dict[int, Guess]:
    """What the headings say: the lowest level first, then all levels together."""
    guesses = {}
    for index in range(table.cols):
        levels: dict[int, str] = {}
        for row in range(header_rows(table)):
            cell = table.at(row, index)
            if cell is not None and cell.text.strip():
                levels[cell.row] = cell.text.strip()
        printed = " ".join(levels.values())
        unit = _UNIT.search(printed) or _ONLY_UNIT.fullmatch(printed)
        field, strength = next(
            (stated for text in (*reversed(levels.values()), printed) if (stated := field_of_heading(text))),
            ("other", 0),
        )
        guesses[index] = Guess(Column(index, field, printed, unit[1] if unit else None), strength)
    return guesses


def _divide_shared_headings(table: Table, guesses: dict[int, Guess]) -> None:
    """Where one heading spans columns, a column of few values that rows share is the class, the rest are values."""
    head = header_rows(table)
    for cell in table.cells:
        if cell.row >= head or cell.col_span < 2 or cell.col_span >= table.cols:
            continue
        span = range(cell.col, cell.col + cell.col_span)
        if any((own := table.at(head - 1, index)) is not None and own is not cell and own.text for index in span):
            continue  # each column has a heading of its own below
        counts = {index: len(body_cells(table, index)) for index in span}
        most = max(counts.values())
        for index in span[:-1]:
            if counts[index] < most and guesses[index].column.field in FIELDS:
                guesses[index] = _as(guesses[index], "group")


def _bare_references(table: Table, guesses: dict[int, Guess]) -> None:
    """In a table without references, a last or first column of numbers alone, no two the same, cites.

    Its heading must not settle another field, nor give a unit: "Source" over 12, 7, 31 or (12), (7), (31).
    """
    if not guesses or any(guess.column.field == "reference" for guess in guesses.values()):
        return
    for index in (max(guesses), min(guesses)):
        texts = [cell.text.strip(_BRACKETS) for cell in body_cells(table, index)]
        plain = len(texts) > 2 and len(set(texts)) == len(texts) and all(_KEY.fullmatch(text) for text in texts)
        guess = guesses[index]
        if plain and guess.strength < 2 and guess.column.unit is None and guess.column.field not in ("number", "sizes"):
            guesses[index] = Guess(replace(guess.column, field="reference"), 1)
            return


def _leave_out_bare_sizes(guesses: dict[int, Guess]) -> None:
    """Of sizes before and after coating in columns of their own, those after count."""
    measured = {index: guess for index, guess in guesses.items() if guess.column.field == "sizes"}
    bare = {index for index, guess in measured.items() if is_bare_size(guess.column.header)}
    if len(bare) < len(measured):
        for index in bare:
            guesses[index] = _as(guesses[index], "other")


def _settle(guesses: dict[int, Guess]) -> None:
    """A heading that only may name a field gives way to one that does."""
    sure = {guess.column.field for guess in guesses.values() if guess.strength == 2}
    for index, guess in guesses.items():
        if guess.strength == 1 and guess.column.field in sure:
            guesses[index] = _as(guess, "other")


def _by_content(table: Table, guesses: dict[int, Guess], names: Names | None) -> None:
    """Decide by the cells where the heading is missing, unknown or vague, or where they contradict it."""
    texts = {index: body_cells(table, index) for index in guesses}
    for index, guess in guesses.items():
        if not texts[index]:
            continue
        if guess.column.field not in _LABELS and all(is_mark(cell.text) for cell in texts[index]):
            guesses[index] = Guess(replace(guess.column, field="marks"), 1)
            continue
        if guess.strength == 2 and _is_of_lengths(guess.column, texts[index]):
            guesses[index] = _as(guess, "sizes")
            continue
        if guess.strength == 2 and not _contradicted(guess.column.field, texts[index], names):
            continue
        taken = {
            other.column.field
            for i, other in guesses.items()
            if i != index
            and other.strength
            and not _contradicted(other.column.field, texts[i], names)
            and not (other.strength < 2 and _all_numbers(other.column.field, texts[i]))
        }
        field = _told_by(texts[index], guess.column, names, taken)
        if field and field != guess.column.field:
            guesses[index] = Guess(replace(guess.column, field=field), 1)


def _all_numbers(field: ColumnField, cells: list[Cell]) -> bool:
    """Whether a column that may be of names ("Source") holds nothing but numbers, so that it is of something else."""
    numbers = bool(cells) and all(_KEY.fullmatch(cell.text.strip(_BRACKETS)) for cell in cells)
    return field in FIELDS and field != "sizes" and numbers


def _told_by(
    cells: list[Cell], column: Column, names: Names | None, taken: Collection[ColumnField]
) -> ColumnField | None:
    """The field that most of these cells look like, or hold names of; a field that another column has is none."""
    if column.unit in _LENGTHS and "sizes" not in taken and _share(cells, re.compile(r"\d")) >= _MOST:
        return "sizes"
    for field, pattern in _CONTENT:
        if field not in taken and _share(cells, pattern) >= _MOST:
            return field
    if sum(len(cell.text) for cell in cells) > _WIDE * len(cells):
        return "remarks"
    named = [names(cell) for cell in cells] if names else []
    for named_field in _NAMED:
        if named_field not in taken and sum(named_field in each for each in named) >= _MOST * len(cells):
            return named_field
    return None


def looks_like(text: str) -> ColumnField | None:
    """The field whose values look like this text."""
    return next((field for field, pattern in _CONTENT if pattern.search(text)), None)


def _is_of_lengths(column: Column, cells: list[Cell]) -> bool:
    """Whether a column under another name ("Core (nm)") gives lengths: a unit in its heading, numbers in its cells."""
    return column.field in FIELDS and column.unit in _LENGTHS and _share(cells, _NUMBERS) >= _MOST


def _contradicted(field: ColumnField, cells: list[Cell], names: Names | None) -> bool:
    """Whether nearly no cell looks like the field that the heading names, and most look like one rival to it.

    Names that were recognised in a cell say what it looks like as well: "TB" and "OP" are diseases.
    """
    if field not in _RIVALS or not cells:
        return False
    named = [names(cell) for cell in cells] if names else [frozenset[FieldName]() for _ in cells]
    shares = {
        rival: sum(bool(pattern.search(cell.text)) or rival in known for cell, known in zip(cells, named, strict=True))
        / len(cells)
        for rival, pattern in _CONTENT
        if rival in _RIVALS
    }
    return shares[field] <= _FEW and any(share >= _MOST for share in shares.values())


def _share(cells: list[Cell], pattern: re.Pattern[str]) -> float:
    return sum(bool(pattern.search(cell.text)) for cell in cells) / len(cells) if cells else 0.0


def _number_rows(table: Table, guesses: dict[int, Guess]) -> None:
    """A column of bare 1, 2, 3 ... is the rows' own number, unless its heading says that it cites."""
    for index, guess in guesses.items():
        if guess.column.field == "reference" and guess.strength == 2:
            continue
        counted = [re.sub(r"[.)]$", "", cell.text.strip()) for cell in body_cells(table, index)]
        if len(counted) > 1 and counted == [str(n) for n in range(1, len(counted) + 1)]:
            guesses[index] = _as(guess, "number")


def _is_study_table(table: Table, guesses: Iterable[Guess]) -> bool:
    strong = {guess.column.field for guess in guesses if guess.strength == 2}
    fields = {guess.column.field for guess in guesses if guess.strength}
    particle_size = any(g.column.field == "sizes" and g.column.unit in _LENGTHS for g in guesses)
    facts = len(fields.intersection(FIELDS))
    if "membranes" in strong or ("membranes" in fields and ("cores" in strong or _COATED.search(table.caption))):
        return facts >= 2
    if "cores" in strong:
        return facts >= 3 or (facts == 2 and ("reference" in fields or particle_size))
    if "formulation" in fields and particle_size:
        return True
    named = "formulation" in fields or "sizes" in fields or "cores" in fields
    if facts >= 4 and ("formulation" in fields or "cores" in fields):
        return True
    return bool(facts >= 2 and "reference" in fields and (named or _COATED.search(table.caption)))


def _as(guess: Guess, field: ColumnField) -> Guess:
    return Guess(replace(guess.column, field=field), guess.strength)


def _fold(heading: str) -> str:
    heading = re.sub("[\u2010-\u2015\u2212]", "-", heading.casefold())
    return re.sub(r"\s+", " ", re.sub(r"[.:;*]", " ", heading)).strip()


@cache
def heading_rules() -> tuple[HeadingRule, ...]:
    """The rules of headers.json, in the order in which they are tried."""
    data = json.loads((Path(__file__).parent / "headers.json").read_text(encoding="utf-8"))
    return HeadingRules.model_validate(data).rules


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rule.pattern) for rule in heading_rules())
