"""What `coatmine extract` tells while it works."""

from __future__ import annotations

import json
import sys

import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.records import Outcome

pytestmark = pytest.mark.usefixtures("in_process")

GOOD = Outcome(source="a.pdf", status="ok", pages=3, mentions=4, records=1)
BAD = Outcome(source="b.pdf", status="damaged", message="b.pdf is damaged: download it again.")


def test_in_a_pipe_each_paper_is_a_line(capsys):
    with cli._progress(cli.LogFormat.text) as progress:
        progress(GOOD, 1, 2)
        progress(BAD, 2, 2)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "[1/2] a.pdf: 3 pages, 4 mentions, 1 records", "[2/2] damaged: b.pdf is damaged: download it again.",
    ]  # fmt: skip


def test_on_a_terminal_a_bar_shows_papers_and_pages_and_names_what_failed(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    with cli._progress(cli.LogFormat.text) as progress:
        progress(GOOD, 1, 2)
        progress(BAD, 2, 2)
    told = capsys.readouterr().err
    assert "2/2" in told
    assert "3 pages" in told
    assert "damaged: b.pdf" in told


def test_structured_logs_are_json_lines_on_stderr(tmp_path):
    (tmp_path / "empty.pdf").touch()
    given = ["extract", str(tmp_path / "empty.pdf"), "--out", str(tmp_path / "out"), "--log-format", "json"]
    result = CliRunner().invoke(cli.app, given)
    assert result.exit_code == 1
    line, last = [json.loads(line) for line in result.stderr.splitlines()]
    assert (line["level"], line["event"], line["status"]) == ("warning", "document", "not_a_document")
    assert (line["done"], line["total"]) == (1, 1)
    assert line["time"].endswith("+00:00")
    assert (last["level"], last["event"], last["read"], last["failed"]) == (
        "warning",
        "summary",
        0,
        {"not_a_document": 1},
    )
    assert {"records", "mentions", "pages", "seconds"} <= set(last)
