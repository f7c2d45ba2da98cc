"""Golden pages: one for each kind of trouble, with what a person reads on it in pages/kinds.

After a change on purpose: ``pytest tests/readers/test_troubles.py --regenerate``, then look at the difference beside
the pages (``python -m tests.readers.test_troubles FOLDER`` writes them as PDF).
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.document import Document, Table
from pipeline.readers import read
from tests.readers.rawpdf import write
from tests.readers.troubles import TROUBLES

GOLDEN = Path(__file__).parent / "pages" / "kinds"


def shown(document: Document) -> str:
    """A document as a person would check it against the page."""
    parts = [f"warning: {warning}" for warning in document.warnings]
    for block in document.blocks:
        if block.kind != "table":
            where = " in " + " > ".join(block.section) if block.section else ""
            parts.append(f"[{block.kind}{where}] {document.text[block.start : block.end]}")
    parts += [table_shown(table) for table in document.tables]
    parts += [f"cited: {document.text[c.start : c.end]} = {', '.join(c.references)}" for c in document.citations]
    return "\n\n".join(parts) + "\n"


def table_shown(table: Table) -> str:
    """A table as rows of bars; ``^`` is covered by the cell above, ``<`` by the one at the left."""
    rows = [f"{table.label or 'table without a label'}, rows of headings: {table.header_rows}"]
    for row in range(table.rows):
        said = []
        for col in range(table.cols):
            cell = table.at(row, col)
            covered = "" if cell is None else "^" if cell.row < row else "<" if cell.col < col else cell.text
            said.append(covered)
        rows.append(f"| {' | '.join(said)} |")
    return "\n".join(rows)


@pytest.mark.parametrize("name", TROUBLES)
def test_a_page_of_trouble_is_read_as_its_golden_file_says(name: str, tmp_path: Path, pytestconfig: pytest.Config):
    found = shown(read(write(tmp_path / f"{name}.pdf", TROUBLES[name]())))
    golden = GOLDEN / f"{name}.txt"
    if pytestconfig.getoption("--regenerate"):
        golden.write_text(found)
    assert found == golden.read_text()


def test_each_golden_file_has_its_page():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(TROUBLES)


if __name__ == "__main__":
    for kind, draw in TROUBLES.items():
        write(Path(sys.argv[1]) / f"{kind}.pdf", draw())
