"""Many documents: discovery, outcomes, resume, duplicates, determinism."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import run, stages
from pipeline.errors import ReadError, UsageError
from pipeline.folder import RunFolder
from pipeline.settings import Settings, fingerprint

pytestmark = pytest.mark.usefixtures("in_process")

PAPER = """Cell membrane-coated nanoparticles for drug delivery

Abstract

PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells. The coated particles were 120 nm
in diameter and slowed the growth of breast cancer in female BALB/c mice.
"""
OUTPUTS = ("records.jsonl", "records.csv", "mentions.jsonl", "documents.jsonl", "report.html")


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"paper{number}.txt").write_text(PAPER.replace("120", f"12{number}"))
    return folder


def outputs(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in OUTPUTS}


def test_a_folder_stands_for_the_documents_below_it_each_once(papers):
    (papers / "deep").mkdir()
    (papers / "deep" / "b.txt").write_text(PAPER)
    (papers / "notes.odt").write_text("x")
    (papers / ".hidden.txt").write_text(PAPER)
    found = run.discover([papers, papers / "paper2.txt"])
    assert [p.name for p in found] == ["b.txt", "paper1.txt", "paper2.txt", "paper3.txt"]


def test_nothing_to_read_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="name at least one"):
        run.extract([], tmp_path)


def test_a_run_writes_its_outputs_and_says_what_it_did(papers, tmp_path):
    summary = run.extract([papers], tmp_path / "out")
    assert all(outputs(tmp_path / "out").values())
    assert [o.status for o in summary.outcomes] == ["ok"] * 3
    assert sum(o.records for o in summary.outcomes) == len(list(RunFolder(tmp_path / "out").records())) == 3
    assert sum(o.mentions for o in summary.outcomes) == len(list(RunFolder(tmp_path / "out").mentions()))
    assert set(summary.seconds) == {"start", "read", "annotate", "assemble", "publish"}
    assert f"3 of 3 documents read: 0 pages, {summary.mentions} mentions, 3 records" in summary.as_text()
    assert summary.as_dict()["failed"] == {}


def test_every_record_names_what_made_it_and_every_value_has_a_mention(papers, tmp_path):
    run.extract([papers], tmp_path / "out")
    folder = RunFolder(tmp_path / "out")
    known = {mention.id: mention for mention in folder.mentions()}
    for record in folder.records():
        assert {"coatmine", "reader", "recognition", "model", "relations", "scorer"} <= set(record.made_by)
        document = folder.document(record.document_id)
        for _, value in record.items():
            for mention in (known[each] for each in value.evidence):
                assert document.text[mention.start : mention.end] == mention.text


def test_bad_inputs_cost_themselves_and_nothing_else(papers, tmp_path):
    (papers / "empty.pdf").touch()
    (papers / "page.pdf").write_text("<!doctype html><html><body>Log in to read this article</body></html>")
    (tmp_path / "bare").mkdir()
    inputs = [papers, tmp_path / "bare", tmp_path / "missing.pdf"]
    summary = run.extract(inputs, tmp_path / "out")
    status = {Path(o.source).name: o.status for o in summary.outcomes}
    assert status == {
        "empty.pdf": "not_a_document", "page.pdf": "not_a_document", "paper1.txt": "ok", "paper2.txt": "ok",
        "paper3.txt": "ok", "bare": "not_a_document", "missing.pdf": "failed",
    }  # fmt: skip
    for outcome in summary.failed:
        assert Path(outcome.source).name in outcome.message
    assert sum(o.records for o in summary.outcomes) == 3


def test_a_fault_in_a_stage_costs_its_own_document(papers, tmp_path, monkeypatch):
    annotate = stages.ner.annotate

    def faulty(document, nlp):
        if document.source.endswith("paper2.txt"):
            raise ZeroDivisionError("x / 0")
        return annotate(document, nlp)

    monkeypatch.setattr(stages.ner, "annotate", faulty)
    summary = run.extract([papers], tmp_path / "out", Settings(jobs=0))
    assert [o.status for o in summary.outcomes] == ["ok", "failed", "ok"]
    assert "ZeroDivisionError" in summary.failed[0].message


def test_a_paper_without_a_record_says_why(papers, tmp_path):
    (papers / "paper2.txt").write_text("Batteries\n\nLithium cells were charged at 3 V and kept in the dark.\n")
    summary = run.extract([papers], tmp_path / "out")
    why = {Path(o.source).name: o.message for o in summary.outcomes}
    assert why["paper1.txt"] == why["paper3.txt"] == ""
    assert why["paper2.txt"] == "no record: no cells are named, so no coat could be found"
    assert f"1 with {why['paper2.txt']}" in summary.as_text()
    assert summary.as_dict()["without_record"] == {why["paper2.txt"]: 1}
    assert why["paper2.txt"] in (tmp_path / "out" / "report.html").read_text()
    assert run.extract([papers], tmp_path / "out").silent == summary.silent  # also where it is known from before


def test_the_same_bytes_under_two_names_are_published_once(papers, tmp_path):
    (papers / "copy.txt").write_bytes((papers / "paper1.txt").read_bytes())
    summary = run.extract([papers], tmp_path / "out")
    ids = [record.id for record in RunFolder(tmp_path / "out").records()]
    assert len(ids) == len(set(ids)) == 3
    assert any("the same bytes as" in o.message for o in summary.outcomes)


def test_a_second_run_makes_nothing_anew_and_the_same_outputs(papers, tmp_path, monkeypatch):
    run.extract([papers], tmp_path / "out", Settings(jobs=0))
    before = outputs(tmp_path / "out")

    def refuse(*_):
        raise AssertionError("ran again")

    monkeypatch.setattr(stages.readers.Reader, "read", refuse)
    monkeypatch.setattr(stages.ner, "annotate", refuse)
    monkeypatch.setattr(stages.relations, "assemble", refuse)
    run.extract([papers], tmp_path / "out", Settings(jobs=0))
    assert outputs(tmp_path / "out") == before


def test_a_changed_rule_runs_again_what_depends_on_it_and_no_more(papers, tmp_path, monkeypatch):
    run.extract([papers], tmp_path / "out", Settings(jobs=0))
    monkeypatch.setattr(stages.relations, "VERSION", "other")
    calls = []
    assemble = stages.relations.assemble
    monkeypatch.setattr(stages.relations, "assemble", lambda *a, **k: calls.append(a) or assemble(*a, **k))
    monkeypatch.setattr(stages.ner, "annotate", lambda *_: pytest.fail("annotated again"))
    run.extract([papers], tmp_path / "out", Settings(jobs=0))
    assert len(calls) == 3


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_as_an_unbroken_one(papers, tmp_path):
    run.extract([papers], tmp_path / "whole")
    code = (
        "import os, sys; from pathlib import Path; from pipeline import run; from pipeline.settings import Settings\n"
        "def stop(outcome, done, total):\n    os._exit(9)\n"
        "run.extract([Path(sys.argv[1])], Path(sys.argv[2]), Settings(jobs=0), progress=stop)"
    )
    root = str(Path(run.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code, str(papers), str(tmp_path / "broken")],
        check=False,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert done.returncode == 9
    assert not (tmp_path / "broken" / "records.jsonl").exists()
    run.extract([papers], tmp_path / "broken")
    for name in ("records.jsonl", "mentions.jsonl", "records.csv"):
        assert (tmp_path / "broken" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@pytest.mark.slow
def test_the_number_of_workers_does_not_change_the_result(papers, tmp_path):
    run.extract([papers], tmp_path / "one", Settings(jobs=0))
    run.extract([papers], tmp_path / "two", Settings(jobs=2))
    assert outputs(tmp_path / "one") == outputs(tmp_path / "two")


def test_outcomes_are_in_the_contract_form(papers, tmp_path):
    (papers / "empty.pdf").touch()
    run.extract([papers], tmp_path / "out")
    rows = [json.loads(line) for line in (tmp_path / "out" / "documents.jsonl").read_text().splitlines()]
    assert {"source", "status", "message"} <= set(rows[0])
    assert [row["status"] for row in rows] == ["not_a_document", "ok", "ok", "ok"]


def test_a_missing_file_says_to_check_the_path(tmp_path):
    with pytest.raises(ReadError, match="check the path"):
        stages._digest(tmp_path / "missing.pdf")


@pytest.mark.slow
def test_the_process_that_is_started_never_loads_spacy(papers, tmp_path):
    code = (
        "import sys; from pathlib import Path; from pipeline import run; from pipeline.settings import Settings\n"
        "if __name__ == '__main__':\n"
        "    run.extract([Path(sys.argv[1])], Path(sys.argv[2]), Settings())\n"
        "    sys.exit('spacy' in sys.modules)"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(Path(run.__file__).parents[1])}
    command = [sys.executable, str(script), str(papers), str(tmp_path / "out")]
    assert subprocess.run(command, env=environment, check=False).returncode == 0


def test_a_changed_file_of_a_stage_stands_for_other_code_and_a_compiled_one_does_not(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "words.json").write_text("[1]")
    before = fingerprint(tmp_path / "rules")
    (tmp_path / "rules" / "__pycache__").mkdir()
    (tmp_path / "rules" / "__pycache__" / "x.pyc").write_text("x")
    assert fingerprint(tmp_path / "rules") == before
    (tmp_path / "rules" / "words.json").write_text("[2]")
    assert fingerprint(tmp_path / "rules") != before


def test_each_article_of_a_set_has_records_of_its_own(tmp_path):
    one, two = (
        "<article><front><article-meta><title-group><article-title>Coated nanoparticles</article-title></title-group>"
        f"</article-meta></front><body><p>{PAPER.replace('4T1', cell)}</p></body></article>"
        for cell in ("4T1", "HeLa")
    )
    (tmp_path / "set.xml").write_text(f"<pmc-articleset>{one}{two}<article><front/><body/></article></pmc-articleset>")
    summary = run.extract([tmp_path / "set.xml"], tmp_path / "out")
    assert [(o.source.rpartition("/")[2], o.status) for o in summary.outcomes] == [
        ("set#1.xml", "ok"), ("set#2.xml", "ok"), ("set#3.xml", "no_text_layer")
    ]  # fmt: skip
    records = list(RunFolder(tmp_path / "out").records())
    assert {(r.document_id, value.name) for r in records for value in r.membranes} == {
        (summary.outcomes[0].document_id, "4T1"), (summary.outcomes[1].document_id, "HeLa")
    }  # fmt: skip
    again = run.extract([tmp_path / "set.xml"], tmp_path / "out")
    assert again.kept == 0
