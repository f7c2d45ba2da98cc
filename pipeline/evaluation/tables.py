"""tables.csv: the copy of the table cells that a gold set was read from, and how its rows name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, NamedTuple

from pydantic import Field, ValidationError

from pipeline.document import Part
from pipeline.errors import GoldError
from pipeline.evaluation.gold import read_rows
from pipeline.records import FIELDS
from pipeline.tabular import ColumnField

COLUMNS: Final = ("table", "row", "col", "row_span", "col_span", "header", "field", "text", "notes")
_SOURCE: Final = re.compile(r"(?P<table>.+), row (?P<row>\d+)(?:, column (?P<col>\d+))?")

Count = Annotated[int, Field(ge=1)]


class CellPosition(NamedTuple):
    """A place in a table: rows count from 1 below the headings, columns from 1, with one study per row.

    Column 0 is the row as a whole: what a caption, a heading row or words in another cell tell of it.
    """

    table: str
    row: int
    col: int = 0

    def __str__(self) -> str:
        return f"{self.table}, row {self.row}" + (f", column {self.col}" if self.col else "")

    @classmethod
    def parse(cls, source: str) -> CellPosition | None:
        """The place that a gold row's ``source`` names, or None where it names none."""
        match = _SOURCE.fullmatch(source)
        return cls(match["table"], int(match["row"]), int(match["col"] or 0)) if match else None


class TableCell(Part):
    """A row of tables.csv: a cell as printed, without its note markers; ``notes`` holds what the notes say."""

    table: Annotated[str, Field(min_length=1)]
    row: Count
    col: Count
    row_span: Count = 1
    col_span: Count = 1
    header: str
    field: ColumnField
    text: str = ""
    notes: str = ""

    @property
    def place(self) -> CellPosition:
        """Where its upper left corner stands."""
        return CellPosition(self.table, self.row, self.col)

    @property
    def covered(self) -> bool:
        """Whether its column holds values of a record's field."""
        return self.field in FIELDS

    def places(self) -> Iterable[CellPosition]:
        """All places it covers, one unless it is merged."""
        for row in range(self.row, self.row + self.row_span):
            for col in range(self.col, self.col + self.col_span):
                yield CellPosition(self.table, row, col)


def load_tables(path: Path) -> list[TableCell]:
    """Read tables.csv.

    Raises:
        GoldError: it is missing or malformed; the message names the line.
    """
    cells = []
    for line, row in read_rows(path, COLUMNS):
        try:
            cells.append(TableCell.model_validate({column: row[column] for column in COLUMNS}))
        except ValidationError as error:
            what = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise GoldError(f"{path}, line {line}: {what}") from error
    return cells
