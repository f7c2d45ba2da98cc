"""records.xlsx: sheets with a row for each study, record and value, and an explanation of every column."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.export.curated import published
from pipeline.export.facts import Fact, PaperFacts, RecordFacts, paper_facts
from pipeline.export.studies import Overlap, Waiting, overlap
from pipeline.export.text import plain
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import FieldName
from pipeline.settings import version

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

TITLES: Final[dict[FieldName, str]] = {
    "membranes": "Membrane source",
    "cores": "Core",
    "drugs": "Drug or cargo",
    "sizes": "Size",
    "diseases": "Disease",
    "animal_models": "Animal model",
    "modalities": "Therapy or imaging",
}
"""The fields as curators of nanomaterials name them."""

_LONGEST: Final = 32_000  # characters; a cell holds 32,767
_EPOCH: Final = datetime(2000, 1, 1)  # so that the same run gives the same bytes
_QUOTED: Final = 3  # passages a value, the most telling first
_LINE: Final = 15.0  # points
_TALLEST: Final = 8  # lines; the rest is read in the cell
_DOUBTFUL: Final = 0.7
DECISIONS: Final = ("accept", "correct", "reject")
"""What a curator may choose for a value in the sheet."""


@dataclass(frozen=True, slots=True)
class WorkbookColumn:
    """A column of a sheet: its heading, its width in characters, what it means, and how its cells are written."""

    title: str
    width: int
    meaning: str
    kind: str = "text"


STUDIES: Final = (
    WorkbookColumn("Paper", 22, "file that was read, or all files that tell of the study"),
    WorkbookColumn("Reference", 10, "the review's reference number, or self for a paper about its own work"),
    WorkbookColumn("First author", 16, "as the reference list or the paper states it"),
    WorkbookColumn("Year", 7, "of publication", "number"),
    WorkbookColumn("Journal", 22, "as the reference list or the paper states it"),
    WorkbookColumn("Title", 46, "of the study"),
    WorkbookColumn("DOI", 26, "opens the study", "link"),
    WorkbookColumn("Formulation", 16, "the paper's own name for the particle"),
    *(
        WorkbookColumn(title, 24, f"{title.lower()}: preferred names, most certain source first")
        for title in TITLES.values()
    ),
    WorkbookColumn("Core material", 20, "what the core is made of"),
    WorkbookColumn("Lowest score", 9, "score of the least certain value; below 0.70 it is coloured", "score"),
    WorkbookColumn("To check", 30, "fields of which table and text differ, and identifiers that need care"),
    WorkbookColumn("Notices", 26, "whether the study was retracted or corrected since, when, and who says so"),
    WorkbookColumn("Missing", 30, "why fields are empty: not reported (the paper does not say) or not found"),
    WorkbookColumn("Decided", 10, "values that curators decided, of all"),
    WorkbookColumn("Table row", 18, "which row of which table says it, if one does"),
    WorkbookColumn("Record", 23, "the record's id, the same on every run"),
)
VALUES: Final = (
    WorkbookColumn("Paper", 22, "file that was read"),
    WorkbookColumn("Reference", 10, "the review's reference number, or self"),
    WorkbookColumn("First author", 16, "of the study"),
    WorkbookColumn("Year", 7, "of publication", "number"),
    WorkbookColumn("DOI", 26, "opens the study", "link"),
    WorkbookColumn("Formulation", 16, "the paper's own name for the particle"),
    WorkbookColumn("Field", 18, "what the value is"),
    WorkbookColumn("Value", 30, "preferred name"),
    WorkbookColumn("Identifier", 22, "opens the entry in its vocabulary", "link"),
    WorkbookColumn("As written", 26, "in the paper's words"),
    WorkbookColumn("Score", 8, "how sure coatmine is of this value, from 0 to 1; below 0.70 it is coloured", "score"),
    WorkbookColumn("Stated in", 11, "table, text or both"),
    WorkbookColumn("Page", 7, "of the first piece of evidence", "number"),
    WorkbookColumn("Where", 24, "table and row, or headings"),
    WorkbookColumn("Evidence", 80, "the sentences or table rows that tell most of it, at most three"),
    WorkbookColumn(
        "Decision", 11, "accept, correct or reject; what curators decided in coatmine review stands here already"
    ),
    WorkbookColumn("Decided by", 14, "the curators whose decision it is"),
    WorkbookColumn("Size", 9, "number; the mean, or the midpoint of a range", "number"),
    WorkbookColumn("Unit", 7, "of the size"),
    WorkbookColumn("Measured", 10, "coated particle or bare core"),
    WorkbookColumn("Approximate", 11, "whether the paper says ca."),
    WorkbookColumn("Materials", 22, "of a core"),
    WorkbookColumn("Structure", 14, "of a core, such as hollow or mesoporous"),
    WorkbookColumn("Form", 14, "of a core, such as liposome or MOF"),
    WorkbookColumn("Caution", 34, "why an identifier needs care"),
    WorkbookColumn("Record", 23, "the record's id, the same on every run"),
)


def write_workbook(folder: RunFolder, path: Path | None = None, *, raw: bool = False) -> Path:
    """Write a run's records.xlsx.

    Args:
        folder: the run.
        path: where to write; by default records.xlsx in the run's folder.
        raw: as the run found it, whatever curators decided.

    Raises:
        UsageError, StoreError: the run cannot be read, or the file not be written.
    """
    path = path or folder.path / "records.xlsx"
    run = published(folder, raw=raw)
    write_atomically(path, [workbook(paper_facts(run), overlap(run))])
    return path


def workbook(papers: Iterable[PaperFacts], shared: Overlap) -> bytes:
    """The workbook of some papers, of whose records some may share a row."""
    import xlsxwriter  # a tenth of a second to import

    data = io.BytesIO()
    # what papers say is never run as a formula and never taken for a link
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(data, options) as book:
        book.set_properties({"title": "Membrane-coated nanoparticles", "author": "coatmine", "created": _EPOCH})
        writer = _Writer(book, shared)
        for paper in papers:
            writer.add(paper)
        writer.finish()
    return data.getvalue()


class _Writer:
    """Fills the four sheets."""

    def __init__(self, book: Workbook, shared: Overlap) -> None:
        self._waiting = Waiting(shared)
        self._formats = _formats(book)
        self._studies = _Sheet(book.add_worksheet("Studies"), STUDIES, self._formats, frozen=3)
        self._records = _Sheet(book.add_worksheet("Records"), STUDIES, self._formats, frozen=3)
        self._values = _Sheet(book.add_worksheet("Values"), VALUES, self._formats, frozen=2)
        self._about = book.add_worksheet("About")
        self._made_by: dict[str, str] = {}
        kinds = ("papers", "papers that could not be read", "studies and formulations", "records", "values")
        self._counts = dict.fromkeys(kinds, 0)

    def add(self, paper: PaperFacts) -> None:
        """Add what a paper says."""
        outcome = paper.extraction.outcome
        self._counts["papers"] += 1
        self._counts["papers that could not be read"] += outcome.status != "ok"
        for record in paper.records:
            self._made_by = self._made_by or record.record.made_by
            self._counts["records"] += 1
            self._records.add(_study(record))
            row = self._waiting.add(record)
            if row is not None:
                self._counts["studies and formulations"] += 1
                self._studies.add(_study(row))
            for fact in record.facts:
                self._counts["values"] += 1
                self._values.add(_value(record, fact))

    def finish(self) -> None:
        """Close the sheets, and say what they mean."""
        self._studies.finish()
        self._records.finish()
        self._values.finish()
        if self._values.rows:
            column = [each.title for each in VALUES].index("Decision")
            self._values.sheet.data_validation(
                1, column, self._values.rows, column,
                {"validate": "list", "source": list(DECISIONS), "ignore_blank": True, "error_type": "warning",
                 "input_title": "Decision", "error_title": "Decision",
                 "input_message": "Notes of your own. Decisions that reach all products: coatmine review.",
                 "error_message": "Choose accept, correct or reject."},
            )  # fmt: skip
        _describe(self._about, self._counts, self._made_by, self._formats)


class _Sheet:
    """A sheet with a heading that stays in sight, filters, and columns of one kind each."""

    def __init__(
        self, sheet: Worksheet, columns: tuple[WorkbookColumn, ...], formats: dict[str, Format], *, frozen: int
    ) -> None:
        self.sheet = sheet
        self.rows = 0
        self._columns = columns
        self._formats = formats
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width, formats[_FORMATS.get(column.kind, "text")])
            sheet.write_string(0, number, column.title, formats["head"])
        sheet.set_row(0, 30)
        sheet.freeze_panes(1, frozen)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def add(self, cells: Iterable[Any]) -> None:
        """Add a row, a cell a column; a link is its text and its address."""
        self.rows += 1
        lines = 1
        for number, (column, cell) in enumerate(zip(self._columns, cells, strict=True)):
            self._write(number, column, cell)
            lines = max(lines, _lines(cell, column.width))
        self.sheet.set_row(self.rows, _LINE * min(lines, _TALLEST))

    def _write(self, number: int, column: WorkbookColumn, cell: Any) -> None:
        if cell is None or cell in {"", ("", "")}:
            return
        if column.kind == "link":
            text, url = cell
            if url:
                self.sheet.write_url(self.rows, number, url, self._formats["link"], _clipped(text))
            else:
                self.sheet.write_string(self.rows, number, _clipped(text), self._formats["text"])
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            self.sheet.write_number(self.rows, number, cell, self._formats[_FORMATS.get(column.kind, "text")])
        else:
            self.sheet.write_string(self.rows, number, _clipped(str(cell)), self._formats["text"])

    def finish(self) -> None:
        """Put filters on the columns, and colour low scores."""
        self.sheet.autofilter(0, 0, max(self.rows, 1), len(self._columns) - 1)
        for number, column in enumerate(self._columns):
            if column.kind == "score" and self.rows:
                self.sheet.conditional_format(
                    1, number, self.rows, number,
                    {"type": "cell", "criteria": "<", "value": _DOUBTFUL, "format": self._formats["doubtful"]},
                )  # fmt: skip


_FORMATS: Final = {"number": "number", "score": "score", "link": "link"}


def _formats(book: Workbook) -> dict[str, Format]:
    top = {"valign": "top", "text_wrap": True}
    return {
        "head": book.add_format(
            {"bold": True, "bg_color": "#0A5D6B", "font_color": "#FFFFFF", "valign": "vcenter", "text_wrap": True}
        ),
        "text": book.add_format(top),
        "number": book.add_format({"valign": "top", "num_format": "0.###", "align": "center"}),
        "score": book.add_format({"valign": "top", "num_format": "0.00", "align": "center"}),
        "link": book.add_format({**top, "font_color": "#0A5D6B", "underline": True}),
        "doubtful": book.add_format({"bg_color": "#FCE4D6", "font_color": "#9C2A10"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
    }


def _study(about: RecordFacts) -> Iterator[Any]:
    study, facts = about.study, list(about.facts)
    materials = dict.fromkeys(term.name for fact in about.fields["cores"] for term in fact.materials)
    checks = [f"{TITLES[name]}: {stated}" for name, stated in about.differ.items()]
    checks += [f"{fact.name}: {fact.merged.caution}" for fact in facts if fact.merged.caution]
    checks += [f"{fact.name}: second opinion, {doubt}" for fact in facts for doubt in fact.merged.doubts]
    checks += [
        f"{fact.name}: disputed ({fact.merged.decided_by})" for fact in facts if fact.merged.decision == "disputed"
    ]
    decided = sum(fact.merged.decision is not None for fact in facts)
    yield from (about.source, study.key, study.first_author, study.year, study.journal, study.title)
    yield (study.doi, study.url)
    yield plain(about.record.formulation or "")
    yield from ("; ".join(fact.label for fact in about.fields[name]) for name in TITLES)
    yield "; ".join(materials)
    yield about.score
    yield "\n".join(checks)
    yield study.notice
    yield "\n".join(_missing(about.missing))
    yield f"{decided} of {len(facts)}"
    yield "\n".join(single.table_rows for single in about.singles if single.table_rows)
    yield "; ".join(single.record.id for single in about.singles)


def _missing(missing: Mapping[FieldName, str]) -> Iterator[str]:
    """A line for each reason with the fields that are empty for it, so that rows stay low."""
    for reason in dict.fromkeys(missing.values()):
        yield f"{reason}: {', '.join(TITLES[name] for name, why in missing.items() if why == reason)}"


def _value(about: RecordFacts, fact: Fact) -> Iterator[Any]:
    study, first = about.study, fact.merged.first
    quote = fact.quotes[0] if fact.quotes else None
    size = fact.size
    yield from (about.source, study.key, study.first_author, study.year)
    yield (study.doi, study.url)
    yield plain(about.record.formulation or "")
    yield TITLES[fact.field]
    yield fact.label
    yield (fact.curie or "", fact.url)
    yield plain(first.text)
    yield fact.merged.score
    yield " and ".join(sorted(fact.merged.channels))
    yield quote.page if quote else None
    yield quote.where if quote else None
    yield "\n".join(list(dict.fromkeys(quote.text for quote in fact.quotes))[:_QUOTED])
    yield fact.merged.decision
    yield fact.merged.decided_by
    yield size.value if size else None
    yield size.unit if size else None
    yield size.of if size else None
    yield ("yes" if size.approximate else "no") if size else None
    yield "; ".join(term.name for term in fact.materials)
    yield "; ".join(fact.structure)
    yield fact.form
    yield "\n".join(filter(None, (fact.merged.caution, *(f"second opinion, {each}" for each in fact.merged.doubts))))
    yield about.record.id


_SCORES: Final = (
    "How sure coatmine is of a value, from 0 to 1. How often it is right on papers of others is told in its "
    "documentation, under Scores."
)
_EVIDENCE: Final = (
    "Each value has the sentence or table row that supports it, with its page. Look there before you use it."
)
_DECISIONS: Final = (
    "Rejected values are left out; corrected and added ones stand as curators say; what they dispute stays as found."
)


def _describe(sheet: Worksheet, counts: dict[str, int], made_by: dict[str, str], formats: dict[str, Format]) -> None:
    """The sheet "About": what this is, what made it, and what each column means."""
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90, formats["text"])
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, "Membrane-coated nanoparticles, mined from papers", formats["title"])
    rows: list[tuple[str, str]] = [
        ("", ""),
        ("Made with", f"coatmine {version()}"),
        *((name.capitalize(), str(count)) for name, count in counts.items()),
        *((name, text) for name, text in made_by.items() if name != "coatmine"),
        ("", ""),
        ("Scores", _SCORES),
        ("Evidence", _EVIDENCE),
        ("Decisions", _DECISIONS),
        ("", ""),
        ("Sheet Studies", "One row per study and formulation; what several papers tell of it, by its DOI, is joined"),
        ("Sheet Records", "The same columns, one row for what each paper tells"),
        *((column.title, column.meaning) for column in STUDIES),
        ("", ""),
        ("Sheet Values", "One row per value"),
        *((column.title, column.meaning) for column in VALUES),
    ]  # fmt: skip
    for number, (name, text) in enumerate(rows, 1):
        sheet.write_string(number, 0, name, formats["bold"])
        sheet.write_string(number, 1, text, formats["text"])
        sheet.set_row(number, _LINE * _lines(text, 90))


def _lines(cell: Any, width: int) -> int:
    """How many lines a cell takes: programs that open the file do not all work out the height of a row."""
    text = cell[0] if isinstance(cell, tuple) else cell
    if not isinstance(text, str):
        return 1
    return sum(1 + int(1.1 * len(line)) // width for line in text.split("\n"))


def _clipped(text: str) -> str:
    text = "\n".join(plain(line) for line in text.split("\n"))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
