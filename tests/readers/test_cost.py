"""What reading and assembling cost grows with a document's length, not with its square."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import relations
from pipeline.document import Document
from pipeline.readers import read
from tests.readers.rawpdf import prose, write

pytestmark = pytest.mark.slow


def jats(body: str, references: int) -> str:
    entries = "".join(
        f'<ref id="r{n}"><label>{n}</label><mixed-citation>Keller A, Moreno C. Work of the name {n}. J Coat 2020;'
        f"{n}:1-9. doi:10.5555/coat.{n}</mixed-citation></ref>"
        for n in range(1, references + 1)
    )
    return f"<article><front/><body>{body}</body><back><ref-list>{entries}</ref-list></back></article>"


def with_references(folder: Path, count: int) -> Path:
    cited = " ".join(f'Made so <xref ref-type="bibr" rid="r{n}">{n}</xref>.' for n in range(1, count + 1))
    path = folder / "references.xml"
    path.write_text(jats(f"<p>{cited}</p>", count))
    return path


def with_rows(folder: Path, count: int) -> Path:
    rows = "".join(
        f"<tr><td>4T1-{n}</td><td>PLGA</td><td>doxorubicin</td><td>{100 + n % 90}</td>"
        f'<td><xref ref-type="bibr" rid="r{n % 40 + 1}">{n % 40 + 1}</xref></td></tr>'
        for n in range(count)
    )
    head = "".join(f"<th>{name}</th>" for name in ("Cell membrane", "Core", "Drug", "Size (nm)", "Ref."))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    path = folder / "rows.xml"
    path.write_text(jats(f"<p>Told.</p><table-wrap><label>Table 1</label>{table}</table-wrap>", 40))
    return path


def pages_of_references(folder: Path, count: int) -> Path:
    entries = [f"[{n}] Keller A, Moreno C. Work of the name {n}. J Coat 2020;{n}:1-9." for n in range(1, count + 1)]
    pages = [
        prose(40, 40, ["References"] if not at else [], 12) + prose(40, 60, entries[at : at + 40], 8)
        for at in range(0, count, 40)
    ]
    return write(folder / "references.pdf", pages)


def assembled(path: Path) -> Document:
    document = read(path)
    relations.assemble(document, [])
    return document


@pytest.mark.parametrize(
    ("write_paper", "work", "count"),
    [
        (with_references, read, 600),
        (with_rows, read, 120),
        (with_rows, assembled, 200),
        (pages_of_references, read, 120),
    ],
)
def test_four_times_the_length_costs_no_ten_times_as_much(
    write_paper: Callable[[Path, int], Path], work: Callable[[Path], Document], count: int, tmp_path: Path
):
    def seconds(many: int) -> float:
        path = write_paper(tmp_path, many)
        work(path)
        spent = []
        for _ in range(2):
            begun = time.process_time()
            work(path)
            spent.append(time.process_time() - begun)
        return min(spent)

    assert seconds(4 * count) < 10 * max(seconds(count), 0.02)


def test_five_thousand_references_and_their_citations_are_all_there(tmp_path: Path):
    document = read(with_references(tmp_path, 5000))
    assert len(document.references) == len(document.citations) == 5000
    assert document.references[-1].doi == "10.5555/coat.5000"
