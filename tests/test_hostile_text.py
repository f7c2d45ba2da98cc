"""Papers and file names whose text would act on a browser, a spreadsheet, a database, a terminal or a path."""

from __future__ import annotations

import csv
import re
import sqlite3
from html import escape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.export import FORMATS

pytestmark = pytest.mark.usefixtures("in_process")

ESCAPES = "\x1b[31mred\x1b]0;owned\x07"
TURNED = "\u202egnp.exe\u202c\u2066x\u2069"
TITLE = "=cmd|' /C calc'!A0 <script>owned()</script>"
SAID = (
    "PLGA nanoparticles <img src=x onerror=owned()> loaded with doxorubicin'); DROP TABLE records;-- were coated with "
    "the membrane of 4T1 cells against breast cancer in female BALB/c mice. The particles named ../../../owned@DOX "
    "measured 120 nm."
)
ACTS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
NAME = "=1+1 \x1b[31m<script>owned()<..%2f..%2f owned.txt"


def papers(folder: Path) -> None:
    folder.mkdir()
    text = f"{TITLE}{ESCAPES}{TURNED}\n\nAbstract\n\n{SAID}{ESCAPES}{TURNED}\n"
    (folder / "plain.txt").write_text(text)
    (folder / NAME).write_text(text + "\n")
    (folder / "broken \x1b[31m.pdf").write_bytes(b"no PDF")
    title, stated = escape(TITLE + TURNED), escape(SAID + TURNED)
    (folder / "jats.xml").write_text(
        f"<article><front><article-meta><title-group><article-title>{title}</article-title></title-group>"
        f"<abstract><p>{stated}</p></abstract></article-meta></front><body><sec><title>{title}</title><table-wrap>"
        f"<label>Table 1</label><table><tr><th>Membrane</th><th>Core</th></tr><tr><td>4T1</td><td>=1+1 PLGA</td></tr>"
        "</table></table-wrap></sec></body></article>"
    )
    typst = pytest.importorskip("typst", reason="typst is not installed; it comes with the dependency group dev")
    source = f"#set document(title: {_quoted(TITLE)})\n= #{_quoted(TITLE)}\n== Abstract\n#{_quoted(SAID + TURNED)}"
    (folder / "set.pdf").write_bytes(typst.compile(source.encode()))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The run's folder, and what the commands printed."""
    folder = tmp_path_factory.mktemp("hostile")
    papers(folder / "papers")
    out = folder / "run"
    result = CliRunner().invoke(app, ["extract", str(folder / "papers"), "--out", str(out)], color=True)
    assert result.exit_code == 1, result.output  # one is no PDF
    assert "4 of 5 documents read" in result.output
    printed = result.output
    for name in sorted(FORMATS.keys() - {"highlighted"}):  # none of these is a PDF
        printed += CliRunner().invoke(app, ["export", str(out), "--format", name], color=True).output
    printed += CliRunner().invoke(app, ["load", str(out), "--to", f"sqlite:///{folder}/coats.db"], color=True).output
    return out, printed


@pytest.mark.slow
def test_nothing_printed_acts_on_a_terminal(run: tuple[Path, str]) -> None:
    assert not ACTS.search(run[1])


def test_nothing_that_is_shown_acts(run: tuple[Path, str]) -> None:
    report = (run[0] / "report.html").read_text()
    assert not ACTS.search(report)
    assert "<script>owned" not in report
    assert "<img src=x" not in report
    shown = [
        *run[0].rglob("*.csv"),
        *run[0].rglob("*.ann"),
        *run[0].rglob("*.pubtator"),
        *run[0].glob("export/**/*.txt"),
    ]
    assert len(shown) > 10
    for path in shown:
        assert not ACTS.search(path.read_text()), path


def test_no_cell_of_any_sheet_is_a_formula(run: tuple[Path, str]) -> None:
    sheets = list(run[0].rglob("*.csv"))
    assert {path.name for path in sheets} >= {"records.csv", "cananolab.csv", "values.csv", "mentions.csv"}
    for path in sheets:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.lstrip()[:1] in {"=", "+", "@", "|", "%"}], path


def test_no_file_stands_outside_its_folder(run: tuple[Path, str]) -> None:
    folder = run[0].parent
    assert {path.name for path in folder.iterdir()} == {"papers", "run", "coats.db"}
    assert not [path for path in run[0].rglob("*") if set(path.name) & set("\x1b<>%/")]


def test_the_database_holds_the_text_and_stands(run: tuple[Path, str]) -> None:
    with sqlite3.connect(run[0].parent / "coats.db") as database:
        (records,) = database.execute("SELECT count(*) FROM current_records").fetchone()
        (passages,) = database.execute("SELECT count(*) FROM passages WHERE text LIKE '%DROP TABLE%'").fetchone()
    assert records == 4
    assert passages >= 4


def test_the_app_shows_it_as_text(run: tuple[Path, str]) -> None:
    pytest.importorskip("fastapi", reason="fastapi is not installed: the extra `review`")
    from fastapi.testclient import TestClient

    from pipeline.curation.server import make_app
    from pipeline.curation.session import Session
    from pipeline.folder import RunFolder

    session = Session(RunFolder(run[0]), "ada")
    client = TestClient(make_app(session, "secret", "127.0.0.1:1"), base_url="http://127.0.0.1:1")
    client.get("/enter/secret")
    for path in ("/", *(f"/record/{item.record.id}" for item in session.queue())):
        page = client.get(path).text
        assert not ACTS.search(page), path
        assert "<script>owned" not in page
        assert "<img src=x" not in page
