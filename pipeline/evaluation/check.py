"""Find rows of a gold set that are missing, doubled, unlinked, malformed or unlike the table."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from pipeline.document import Part
from pipeline.errors import GoldError
from pipeline.evaluation.audit import audited, load_audit
from pipeline.evaluation.gold import (
    GOLD_CSV,
    REQUIRED,
    TABLES_CSV,
    GoldValue,
    load_about,
    load_gold,
    read_rows,
    value_of_row,
)
from pipeline.evaluation.matching import form, is_size
from pipeline.evaluation.tables import CellPosition, TableCell, load_tables
from pipeline.linking import shipped_lexicon
from pipeline.records import FieldName, fold
from pipeline.tabular import is_blank

Severity = Literal["error", "warning"]
Line = tuple[int, GoldValue]

_DOI: Final = re.compile(r"10\.\d{4,9}/\S+")
_CURIES: Final = {
    "cellosaurus": r"CVCL_[A-Z0-9]{4}",
    "CL": r"\d{7}",
    "CHEBI": r"\d+",
    "mesh": r"[CD]\d{6,9}",
    "pubchem.compound": r"\d+",
    "unii": r"[A-Z0-9]{10}",
    "DOID": r"\d+",
    "NCIT": r"C\d+",
    "NCBITaxon": r"\d+",
    "npo": r"\d+",
    "efo": r"\d{7}",
}
"""The namespaces in use, as the Bioregistry spells their prefixes, and what an identifier in each looks like."""
_CHEMICALS: Final = frozenset({"CHEBI", "mesh", "pubchem.compound", "unii"})
_NAMESPACES: Final[dict[FieldName, frozenset[str]]] = {
    "membranes": frozenset({"cellosaurus", "CL"}),
    "cores": _CHEMICALS | {"npo"},
    "drugs": _CHEMICALS,
    "sizes": frozenset(),
    "diseases": frozenset({"DOID", "mesh"}),
    "animal_models": frozenset({"NCBITaxon"}),
    "modalities": frozenset({"NCIT", "mesh", "npo"}),
}
_LINKED: Final[tuple[FieldName, ...]] = ("membranes", "drugs", "diseases", "animal_models")
"""Fields whose values have public identifiers as a rule; cores and modalities are often compositions without one."""
_TYPES: Final[dict[FieldName, tuple[str, ...]]] = {
    "membranes": ("cell_line", "cell_type"),
    "drugs": ("drug", "chemical"),
    "diseases": ("disease",),
    "modalities": ("modality",),
}
"""Fields whose values stand in the lexicons, and what they are called there."""
_NUMBER: Final = re.compile(r"\[?\d+\]?")
_BETWEEN: Final = re.compile(r"(?:[\s,;/+&.]|\band\b)*")
"""What may stand in a cell between and around its values."""


class Problem(Part):
    """Something wrong (error) or worth a look (warning) at a place in a gold set."""

    severity: Severity
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.place}: {self.message}"


def check(folder: Path | str) -> list[Problem]:
    """Find the faults of a gold set.

    Every row is checked for form, and against tables.csv where the set has one: each text stands in its cell, each
    cell of a covered column is accounted for to the last word, a blank cell has its blank row, and the row belongs to
    the study cited in it.

    Returns:
        The problems, errors first, each kind in the order of the rows.

    Raises:
        GoldError: there is no gold set in this folder.
    """
    folder = Path(folder)
    problems: list[Problem] = []

    def note(severity: Severity, place: str, message: str) -> None:
        problems.append(Problem(severity=severity, place=place, message=message))

    lines = list(_lines(folder / GOLD_CSV, note))
    _try(lambda: load_about(folder), note)
    if not (folder / "datasheet.md").is_file():
        note("warning", "datasheet.md", "missing; say where the set comes from and how it was curated")
    for line, value in lines:
        _check_row(f"{GOLD_CSV}, line {line}", value, note)
    _check_studies(lines, note)
    _check_doubles(lines, note)
    _check_vocabulary(lines, note)
    _try(lambda: _check_audit(folder), note)
    if (folder / TABLES_CSV).is_file():
        _try(lambda: _check_tables(lines, load_tables(folder / TABLES_CSV), note), note)
    return sorted(problems, key=lambda problem: problem.severity)


Note = Callable[[Severity, str, str], None]


def _try(action: Callable[[], object], note: Note) -> None:
    try:
        action()
    except GoldError as error:
        note("error", "gold set", str(error))


def _lines(path: Path, note: Note) -> Iterator[Line]:
    for line, row in read_rows(path, REQUIRED):
        try:
            yield line, value_of_row(path, line, row)
        except GoldError as error:
            note("error", f"{GOLD_CSV}, line {line}", str(error).removeprefix(f"{path}, line {line}: "))


def _check_row(place: str, value: GoldValue, note: Note) -> None:
    if value.doi is None:
        note("warning", place, "no DOI; records are matched by it across documents")
    elif not _DOI.fullmatch(value.doi):
        note("error", place, f"{value.doi!r} is no DOI; one begins with 10. and has no address around it")
    if value.field == "sizes" and not value.blank and not is_size(value.name):
        note("error", place, f"a size's name is a number or range and a unit, such as '80 nm', not {value.name!r}")
    if value.field in _LINKED and not value.blank and not value.curies:
        note("warning", place, f"unlinked: {value.name!r} has no identifier, so only its name can match")
    for curie in value.curies:
        prefix, _, local = curie.partition(":")
        if prefix not in _CURIES:
            note("error", place, f"{curie!r}: the prefix is none of {', '.join(sorted(_CURIES))}")
        elif not re.fullmatch(_CURIES[prefix], local):
            note("error", place, f"{curie!r} does not look like an identifier of {prefix}")
        elif prefix not in _NAMESPACES[value.field]:
            note("warning", place, f"{curie!r} is out of the vocabularies that {value.field} use")


def _check_studies(lines: Sequence[Line], note: Note) -> None:
    dois: dict[str, set[str]] = defaultdict(set)
    studies: dict[str, set[str]] = defaultdict(set)
    for _, value in lines:
        dois[value.study].add(value.doi or "")
        if value.doi:
            studies[value.doi.lower()].add(value.study)
    for study, stated in dois.items():
        if len(stated) > 1:
            note("error", f"study {study}", f"has several DOIs: {', '.join(sorted(stated))}")
    for doi, named in studies.items():
        if len(named) > 1:
            note("error", f"studies {', '.join(sorted(named))}", f"have the same DOI {doi}")


def _check_doubles(lines: Sequence[Line], note: Note) -> None:
    seen: dict[tuple[str, FieldName, str], int] = {}
    for line, value in lines:
        keys = {
            form(value.text, value.field),
            form(value.name, value.field),
            *(curie.lower() for curie in value.curies),
        }
        if value.field == "animal_models":
            keys = {key for key in keys if ":" not in key}  # two strains of one species are two values
        earlier = [seen[key] for k in sorted(keys) if (key := (value.study, value.field, k)) in seen]
        if earlier:
            what = repr(value.text) if value.text else "a blank"
            note(
                "error",
                f"{GOLD_CSV}, line {line}",
                f"{what} of this study and field stands in line {earlier[0]}",
            )
        seen.update({(value.study, value.field, key): line for key in keys})


def _check_vocabulary(lines: Sequence[Line], note: Note) -> None:
    """Hold names and identifiers against the shipped lexicons: a typing error in either shows here."""
    lexicon = shipped_lexicon()
    for line, value in lines:
        if value.blank or value.field not in _TYPES:
            continue
        names = {name for each in (value.text, value.name) for name in (each, each.removesuffix("s"))}
        entries = [entry for name in sorted(names) for entry in lexicon.lookup(name, _TYPES[value.field])]
        known = {entry.curie for entry in entries if entry.curie}
        if not entries:
            what = f"out of vocabulary: {value.text!r} is in no lexicon, so nothing but a rule or a model can find it"
            note("warning", f"{GOLD_CSV}, line {line}", what)
        elif value.curies and known and known.isdisjoint(value.curies):
            what = f"{value.text!r} is {', '.join(sorted(known))} in the lexicons, not {', '.join(value.curies)}"
            note("warning", f"{GOLD_CSV}, line {line}", what)


def _check_audit(folder: Path) -> None:
    if findings := load_audit(folder):
        audited(load_gold(folder), findings)


def _check_tables(lines: Sequence[Line], cells: Sequence[TableCell], note: Note) -> None:
    grid = {place: cell for cell in cells for place in cell.places()}
    references = {
        place[:2]: cell.text.strip("[] ")
        for place, cell in grid.items()
        if cell.field == "reference" and _NUMBER.fullmatch(cell.text)  # an author and a year are no key to compare with
    }
    listed = {place[:2] for place in grid}
    by_place: dict[CellPosition, list[GoldValue]] = defaultdict(list)
    for line, value in lines:
        where = f"{GOLD_CSV}, line {line}"
        place = CellPosition.parse(value.source)
        cell = grid.get(place) if place else None
        if place is not None and place.col == 0 and place[:2] in listed:
            _check_study(where, value, place, references, note)
            continue
        if place is None or cell is None:
            note("error", where, f"source {value.source!r} names no cell of {TABLES_CSV}")
            continue
        by_place[place].append(value)
        if cell.field != value.field:
            note("error", where, f"{value.field}, but {place} is a cell of {cell.field} ({cell.header})")
        _check_study(where, value, place, references, note)
    for place, cell in grid.items():
        if cell.covered:
            _check_cell(place, cell, by_place.get(place, []), note)


def _check_study(
    where: str, value: GoldValue, place: CellPosition, references: Mapping[tuple[str, int], str], note: Note
) -> None:
    cited = references.get(place[:2], value.study)
    if cited != value.study:
        note("error", where, f"study {value.study}, but the row of {place} cites {cited}")


def _check_cell(place: CellPosition, cell: TableCell, values: Sequence[GoldValue], note: Note) -> None:
    where = str(place)
    if not values:
        what = "blank cell" if is_blank(cell.text, cell.field) else repr(cell.text)
        note("error", where, f"missing: {what} ({cell.field}) has no row in {GOLD_CSV}")
        return
    blanks = [value for value in values if value.blank]
    if is_blank(cell.text, cell.field) or blanks:
        if not (is_blank(cell.text, cell.field) and len(values) == 1 and blanks):
            note("error", where, f"the cell holds {cell.text!r}, but its rows are {[v.text for v in values]}")
        return
    rest = fold(cell.text)
    for text in sorted((fold(value.text) for value in values), key=len, reverse=True):
        if text not in rest:
            note("error", where, f"{text!r} does not stand in the cell {cell.text!r}")
        rest = rest.replace(text, " ", 1)
    if not _BETWEEN.fullmatch(rest):
        note("error", where, f"missing: {rest.strip(' ,;/')!r} of the cell {cell.text!r} is in no row")
