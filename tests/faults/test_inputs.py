"""Inputs whose names, titles or moments are odd: one document's fault at most, named, and the others are delivered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline import run, stages
from pipeline.folder import RunFolder, output_name
from pipeline.readers import read
from pipeline.settings import Settings

PAPER = """Coated particles against breast cancer

Abstract

PLGA nanoparticles loaded with {0} were coated with the membrane of 4T1 cells.
"""
COATMINE = Path(sys.executable).with_name("coatmine")
LONG = "x" * 240
NOT_UTF8 = os.fsdecode(b"bad\xff")


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    for number, stem in enumerate(("good", LONG, NOT_UTF8)):
        try:
            (folder / f"{stem}.txt").write_text(PAPER.format("doxorubicin") + f"\nThis is paper {number}.\n")
        except OSError:
            pytest.skip("this file system takes no such names")
    return folder


def pdf(title: bytes) -> bytes:
    """A PDF of one page with this title in its metadata, as hexadecimal digits of UTF-16."""
    text = b"BT /F 12 Tf 40 700 Td (PLGA particles were coated with the membrane of 4T1 cells.) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F"
        b" << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Title <%s> >>" % title,
    ]
    body = b"%PDF-1.4\n"
    for number, each in enumerate(objects, 1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    return body + b"trailer << /Size 6 /Root 1 0 R /Info 5 0 R >>\n%%EOF\n"


@pytest.mark.slow
def test_names_that_are_long_or_not_utf8_are_papers_like_others(papers, tmp_path):
    command = [COATMINE, "extract", "papers", "--out", "out", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "out" / "documents.jsonl").read_text().splitlines()]
    assert {row["source"] for row in rows} == {"papers/good.txt", f"papers/{LONG}.txt", "papers/bad\\xff.txt"}
    assert [row["records"] for row in rows] == [1, 1, 1]
    json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "suffix"), [("read", ".document.json"), ("annotate", ".mentions.jsonl")])
def test_an_output_beside_a_name_that_is_long_or_not_utf8_is_written_and_named(papers, tmp_path, command, suffix):
    files = [f"papers/{stem}.txt" for stem in ("good", LONG, NOT_UTF8)]
    done = subprocess.run([COATMINE, command, *files, "--out", "out"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    written = [tmp_path / os.fsdecode(line) for line in done.stdout.splitlines()]
    assert [path.name for path in written] == [output_name(stem, suffix) for stem in ("good", LONG, NOT_UTF8)]
    assert all(path.stat().st_size for path in written)


def test_a_name_that_no_file_system_takes_is_cut_and_stays_one_of_its_own():
    assert output_name("paper", ".json") == "paper.json"
    one, other = output_name("ä" * 130 + "1", ".document.json"), output_name("ä" * 130 + "2", ".document.json")
    assert one != other
    for name in (one, other):
        assert len(name.encode()) <= 255
        assert name.endswith(".document.json")


def test_a_title_with_half_a_character_costs_nothing(tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf(b"FEFF0043006F00610074D8000041"))
    assert "Coat" in (read(path).metadata.title or "Coat")
    summary = run.extract([path], tmp_path / "out", Settings(jobs=0))
    assert [outcome.status for outcome in summary.outcomes] == ["ok"]


def test_a_paper_that_changes_between_the_first_look_and_reading_is_filed_as_what_was_read(tmp_path, monkeypatch):
    path, first, second = tmp_path / "paper.txt", PAPER.format("doxorubicin"), PAPER.format("cisplatin")
    path.write_text(first)
    digest = stages._digest

    def swap(looked_at: Path) -> str:
        seen = digest(looked_at)
        path.write_text(second)
        return seen

    monkeypatch.setattr(stages, "_digest", swap)
    (outcome,) = run.extract([path], tmp_path / "out", Settings(jobs=0)).outcomes
    assert outcome.document_id == "sha256:" + sha256(second.encode()).hexdigest()
    monkeypatch.undo()
    path.write_text(first)
    (outcome,) = run.extract([path], tmp_path / "out", Settings(jobs=0)).outcomes
    assert outcome.document_id == "sha256:" + sha256(first.encode()).hexdigest()
    names = {mention.name for mention in RunFolder(tmp_path / "out").mentions()}
    assert "doxorubicin" in names
    assert "cisplatin" not in names


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "paper.txt").write_text(PAPER.format("doxorubicin"))
    inputs = [tmp_path / "pipe.txt", tmp_path / "paper.txt"]
    outcomes = run.extract(inputs, tmp_path / "out", Settings(jobs=0)).outcomes
    assert [outcome.status for outcome in outcomes] == ["not_a_document", "ok"]
