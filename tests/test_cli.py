"""The command line: what it prints, what it writes, how it fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.document import Document
from pipeline.records import Mention
from pipeline.settings import gold_dir, version

pytestmark = pytest.mark.usefixtures("in_process")

PAPER = "Coated particles\n\nAbstract\n\nPLGA nanoparticles were coated with the membrane of 4T1 cells.\n"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.txt"
    path.write_text(PAPER)
    return path


def call(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_version_is_the_distributions():
    assert call("--version").stdout.strip() == f"coatmine {version()}"


def test_read_writes_a_document_per_file(paper, tmp_path):
    result = call("read", paper, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    document = Document.from_json((tmp_path / "out" / "paper.document.json").read_bytes())
    assert document.metadata.title == "Coated particles"


def test_annotate_writes_mentions_that_are_in_the_text(paper, tmp_path):
    result = call("annotate", paper, "--out", tmp_path)
    assert result.exit_code == 0, result.stderr
    lines = (tmp_path / "paper.mentions.jsonl").read_text().splitlines()
    found = [Mention.model_validate_json(line) for line in lines]
    assert ("CELL_LINE", "4T1") in {(mention.label, mention.text) for mention in found}


def test_a_file_that_cannot_be_read_costs_only_itself(paper, tmp_path):
    empty = tmp_path / "empty.pdf"
    empty.touch()
    result = call("read", empty, paper, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "empty.pdf" in result.stderr
    assert (tmp_path / "out" / "paper.document.json").exists()


def test_two_inputs_of_one_name_are_refused(paper, tmp_path):
    other = tmp_path / "x" / "paper.txt"
    other.parent.mkdir()
    other.write_text(PAPER)
    result = call("read", paper, other, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "rename one" in result.stderr


def test_extract_prints_where_the_outputs_are_and_progress_on_stderr(paper, tmp_path):
    result = call("extract", paper, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    assert "1 of 1 documents read" in result.stdout
    assert "[1/1]" in result.stderr


def test_extract_as_json_is_json(paper, tmp_path):
    result = call("extract", paper, "--out", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["documents"][0]["status"] == "ok"


def test_extract_fails_with_1_where_an_input_failed(paper, tmp_path):
    result = call("extract", paper, tmp_path / "missing.pdf", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "missing.pdf" in result.stdout
    assert (tmp_path / "out" / "records.csv").exists()


@pytest.mark.parametrize("channels", ["", "tables", "table,prose"])
def test_unknown_channels_are_wrong_usage(paper, tmp_path, channels):
    result = call("extract", paper, "--out", tmp_path / "out", "--channels", channels)
    assert result.exit_code == 2
    assert "give table, text or table,text" in result.stderr


def test_an_unknown_model_is_named_with_what_to_do(paper, tmp_path):
    result = call("extract", paper, "--out", tmp_path / "out", "--model", "en_core_nothing")
    assert result.exit_code == 2
    assert "en_core_nothing" in result.stderr


@pytest.mark.parametrize("arguments", [["evaluate", "--gold", "nowhere", "--predictions", "nowhere"],
                                       ["load", "nowhere", "--to", "sqlite:///x.db"],
                                       ["gold", "check", "nowhere"]])  # fmt: skip
def test_a_folder_that_is_not_there_is_named(arguments):
    result = call(*arguments)
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


@pytest.mark.parametrize("limit", ["page=2", "pages", "pages=none", "pages=0"])
def test_a_limit_that_is_none_names_those_there_are(paper, tmp_path, limit):
    result = call("extract", paper, "--out", tmp_path / "out", "--limit", limit)
    assert result.exit_code == 2
    assert "seconds, memory_mb, pages, megabytes" in result.stderr


def test_a_limit_holds(sample, tmp_path):
    result = call("read", sample / "digest.pdf", "--out", tmp_path / "out", "--limit", "pages=2")
    assert result.exit_code == 1
    assert "too_large: digest.pdf has 4 pages, more than 2" in result.stderr


@pytest.mark.shared
def test_a_password_opens_a_locked_pdf(shared, tmp_path):
    locked = shared / "corpus" / "hostile" / "aes-256-r6.pdf"
    assert call("read", locked, "--out", tmp_path).exit_code == 1
    assert call("read", locked, "--out", tmp_path, "--password", "usersecret").exit_code == 0


def test_scores_are_shown_in_the_runs_report_on_request(paper, tmp_path):
    out = tmp_path / "out"
    call("extract", paper, "--out", out)
    for options, shown in (([], False), (["--show"], True)):
        call("evaluate", "--gold", gold_dir() / "sample", "--predictions", out, *options)
        assert ("Against sample" in (out / "report.html").read_text()) is shown


def test_scores_do_not_overwrite_the_runs_own_report(paper, tmp_path):
    call("extract", paper, "--out", tmp_path / "out")
    result = call(
        "evaluate", "--gold", gold_dir() / "sample", "--predictions", tmp_path / "out", "--out", tmp_path / "out"
    )
    assert result.exit_code == 2
    assert "choose another" in result.stderr
