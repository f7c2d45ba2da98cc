"""A watch over days: what is new is mined, what changed is told, what curators decided stays."""

from __future__ import annotations

import csv
import json
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from lxml import etree
from typer.testing import CliRunner

from pipeline import run
from pipeline.acquisition import Paper
from pipeline.bibliography import described, read_bibliography
from pipeline.cli import app
from pipeline.document import Document
from pipeline.errors import BusyError, UnreachedError, UsageError
from pipeline.export.decisions import Decision
from pipeline.folder import RunFolder
from pipeline.settings import Settings
from pipeline.watching import STATE, WatchSettings, WatchState
from pipeline.watching.bibliography import write_bibliography
from tests.watching.conftest import REVIEW, Look

ATOM = "{http://www.w3.org/2005/Atom}"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def by_doi(path: Path) -> dict[str, dict[str, str]]:
    return {row["doi"].removeprefix("https://doi.org/"): row for row in rows(path)}


def test_a_review_becomes_a_database_that_grows(services: Any, look: Look, tmp_path: Path) -> None:
    out, url = tmp_path / "living", f"sqlite:///{tmp_path}/living.db"

    first = look(csv=True, database=url).digest
    assert {paper.doi: paper.status for paper in first.papers} == {
        REVIEW: "acquired",
        "10.5555/invented.1": "acquired",
        "10.5555/invented.2": "acquired",
        "10.5555/invented.3": "not_open",
    }
    assert [study.doi for study in first.new] == ["10.5555/invented.1", "10.5555/invented.3", "10.5555/invented.2"]
    assert (first.changed, first.notices) == ([], [])
    records = by_doi(out / "records.csv")
    assert records["10.5555/invented.1"]["study"] == "self; 1", "the paper and the review tell of one study"
    assert records["10.5555/invented.3"]["membranes"] == "platelet", "told by the review alone"

    services.day = 2
    second = look(csv=True, database=url).digest
    assert [study.doi for study in second.new] == ["10.5555/invented.4"]
    assert [(news.doi, news.stated) for news in second.notices] == [
        ("10.5555/invented.2", "Retracted 2026-02-02 (Crossref, Europe PMC)")
    ]
    assert second.retracted == 1

    services.day = 3
    third = look(csv=True, database=url).digest
    assert [study.doi for study in third.new] == ["10.5555/invented.5"]
    (changed,) = third.changed
    assert changed.doi == "10.5555/invented.3", "its copy was opened"
    assert {str(change) for change in changed.changes} >= {"Size: + 90 nm", "Animal model: + BALB/c mice"}
    assert [news.stated for news in third.notices] == ["Corrected 2026-02-03 (Crossref, Europe PMC)"]

    told = {row["doi"][-1]: row["news"] for row in rows(out / "digest.csv")}
    assert told == {"5": "new", "3": "changed", "1": "notice"}
    assert not look(database=url).digest.has_news
    assert not (out / "digest.csv").exists(), "the table of an earlier look"

    notices = {doi: row["notices"] for doi, row in by_doi(out / "records.csv").items()}
    assert notices["10.5555/invented.2"] == "Retracted 2026-02-02 (Crossref, Europe PMC)"
    assert notices["10.5555/invented.5"] == ""
    assert "Retracted 2026-02-02 (Crossref, Europe PMC)" in (out / "report.html").read_text()
    sheet = openpyxl.load_workbook(out / "records.xlsx")["Studies"]
    head, *cells = sheet.iter_rows(values_only=True)
    at = head.index("Notices")
    assert sorted(str(row[at]) for row in cells if row[at]) == [
        "Corrected 2026-02-03 (Crossref, Europe PMC)",
        "Retracted 2026-02-02 (Crossref, Europe PMC)",
    ]
    with sqlite3.connect(tmp_path / "living.db") as database:
        ask = "SELECT DISTINCT doi, kind, stated_by FROM noticed_records WHERE kind = 'retraction' ORDER BY stated_by"
        assert database.execute(ask).fetchall() == [
            ("10.5555/invented.2", "retraction", "Crossref"),
            ("10.5555/invented.2", "retraction", "Europe PMC"),
        ]


def test_a_look_that_finds_nothing_new_mines_nothing_and_changes_no_product(
    services: Any, look: Look, tmp_path: Path
) -> None:
    look()
    before = {path: path.read_bytes() for path in (tmp_path / "living").glob("records.*")}
    feed = (tmp_path / "living" / "digest.atom").read_bytes()
    services.asked.clear()

    def never(*_: object, **__: object) -> Any:
        raise AssertionError("mined again")

    report = look(extract=never)

    assert not report.digest.has_news
    assert report.digest.headline == "nothing new"
    assert {path: path.read_bytes() for path in before} == before
    assert (tmp_path / "living" / "digest.atom").read_bytes() == feed
    assert "Nothing is new" in (tmp_path / "living" / "digest.html").read_text()
    assert not [path for path in services.asked if "fullTextXML" in path], "what is here is not fetched again"


def test_curated_values_never_change(services: Any, look: Look, tmp_path: Path) -> None:
    out = tmp_path / "living"
    look()
    platelets = next(each for each in RunFolder(out).records() if each.study.doi == "10.5555/invented.3")
    (membrane,), (core,) = platelets.membranes, platelets.cores
    about = {"document_id": platelets.document_id, "record_id": platelets.id, "curator": "ana"}
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    decisions = [
        Decision(id="1", field="membranes", key=membrane.key, action="accept", at=at, **about),
        Decision(id="2", field="cores", key=core.key, action="correct", name="gold nanorod", at=at, **about),
    ]
    log = "".join(decision.model_dump_json() + "\n" for decision in decisions)
    (out / "decisions.jsonl").write_text(log)

    decided = look().digest
    assert [str(change) for change in decided.changed[0].changes] == [f"Core: + gold nanorod, - {core.name}"]
    services.day = 3
    digest = look().digest

    assert (out / "decisions.jsonl").read_text() == log
    row = by_doi(out / "records.csv")["10.5555/invented.3"]
    assert row["source"].count(";") == 1, "the paper itself tells of it now"
    assert "gold nanorod" in row["cores"].split("; ")
    assert row["decisions"] == "platelet: accept (ana); gold nanorod: correct (ana)"
    (changed,) = digest.changed
    assert not [text for change in changed.changes for text in change.lost], "nothing that was curated has gone"
    waiting = next(study for study in digest.waiting if study.doi == "10.5555/invented.3")
    assert waiting.undecided == waiting.total - 2


def test_a_query_asks_for_what_was_indexed_since_the_last_look(services: Any, look: Look) -> None:
    queries = lambda: [unquote(path).replace("+", " ") for path in services.asked if "/search?query" in path]  # noqa: E731
    look("membrane AND melanoma", since=date(2024, 5, 1))
    assert "query=(membrane AND melanoma) AND FIRST_PDATE:[2024-05-01 TO 3000-12-31]&" in queries()[0]
    services.asked.clear()
    services.day = 3
    digest = look("membrane  AND melanoma").digest
    assert "AND FIRST_IDATE:[2026-02-22 TO 3000-12-31]&" in queries()[0], "a week before the last look, on 1 March"
    assert {paper.doi for paper in digest.acquired} == {"10.5555/invented.3", "10.5555/invented.5"}
    assert all("mailto:reader@lab.example" in each for each in services.agents)


def test_the_feed_is_atom_and_keeps_an_entry_for_each_look_with_news(services: Any, look: Look, tmp_path: Path) -> None:
    look()
    services.day = 2
    look()
    look()
    feed = etree.fromstring((tmp_path / "living" / "digest.atom").read_bytes())
    assert feed.tag == f"{ATOM}feed"
    assert (
        feed.findtext(f"{ATOM}title") == "coatmine: Cell membrane-coated nanoparticles against cancer: a short review"
    )
    assert [child.tag.removeprefix(ATOM) for child in feed][:5] == ["title", "id", "updated", "author", "generator"]
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == [
        "2026-03-02T02:00:00+00:00",
        "2026-03-01T02:00:00+00:00",
    ]
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2
    for entry in entries:
        assert (tmp_path / "living" / entry.find(f"{ATOM}link").get("href")).is_file()
        assert entry.find(f"{ATOM}content").get("type") == "html"
    assert "Retracted" in entries[0].findtext(f"{ATOM}content")


def test_what_papers_and_queries_say_is_text_in_the_digest(services: Any, look: Look, tmp_path: Path) -> None:
    query = '<script>alert("x")</script>'
    look(query)
    for name in ("digest.html", "digest.atom"):
        assert b"<script>" not in (tmp_path / "living" / name).read_bytes()


def test_a_folder_watches_for_one_thing(look: Look, tmp_path: Path) -> None:
    look("melanoma")
    with pytest.raises(UsageError, match="watches for 'melanoma', not for 'lung cancer'"):
        look("lung cancer")
    with pytest.raises(UsageError, match="--since cannot change"):
        look("melanoma", since=date(2020, 1, 1))
    with pytest.raises(UsageError, match="--since goes with a query"):
        look(since=date(2020, 1, 1), out=tmp_path / "other")
    with pytest.raises(UsageError, match="nothing to watch for"):
        look(" ")
    with pytest.raises(UsageError, match=r"review\.pdf: does not exist"):
        look("review.pdf", out=tmp_path / "other")
    with RunFolder(tmp_path / "living").reserved("watch"), pytest.raises(BusyError):
        look("melanoma")
    (tmp_path / "living" / STATE).write_text('{"schema": "coatmine.watch/9"}')
    with pytest.raises(UsageError, match=r"watch\.json: schema: .*move it away"):
        look("melanoma")


def test_services_that_are_away_cost_the_look_and_nothing_else(services: Any, look: Look, tmp_path: Path) -> None:
    away = WatchSettings.given([*services.settings, "attempts=1", "services.europe_pmc=http://127.0.0.1:9/x"])
    with pytest.raises(UnreachedError, match="Europe PMC could not be asked"):
        look("melanoma", settings=away)
    assert not (tmp_path / "living" / STATE).exists()

    report = look(settings=away)  # of a review Crossref knows the references
    assert [paper.doi for paper in report.digest.papers][:2] == [REVIEW, "10.5555/invented.1"]
    assert any(each.startswith("Europe PMC: ") for each in report.failed)
    assert "To be asked again" in (tmp_path / "living" / "digest.html").read_text()
    state = WatchState.model_validate_json((tmp_path / "living" / STATE).read_bytes())
    assert state.asked is None
    assert not look().failed, "the next look asks again"
    assert len(list(RunFolder(tmp_path / "living").records())) > 2


def test_a_review_can_be_given_as_a_file(services: Any, look: Look, tmp_path: Path) -> None:
    papers = type(services).__init__.__globals__["PAPERS"]
    file = tmp_path / "my review.xml"
    file.write_bytes(papers[100].jats())
    first = look(str(file)).digest
    assert first.title == papers[100].title
    assert [paper.doi for paper in first.acquired] == [REVIEW, "10.5555/invented.1", "10.5555/invented.2"]
    file.rename(tmp_path / "moved.xml")
    services.day = 2
    digest = look().digest  # the same review, by the DOI that it prints
    assert [study.doi for study in digest.new] == ["10.5555/invented.4"]
    assert (tmp_path / "living" / "papers" / "my review.xml").is_file()
    assert not (tmp_path / "living" / "papers" / "10.5555_invented.100.xml").exists(), "it is here already"


def test_the_command_tells_what_it_does(services: Any, tmp_path: Path) -> None:
    config = tmp_path / "demo.toml"
    config.write_text(services.config())
    command = ["--config", str(config), "watch", "curcumin", "--out", str(tmp_path / "out"), "--jobs", "1"]
    nowhere = ["--set", "private_hosts=127.0.0.1:9", "--set", "services.europe_pmc=http://127.0.0.1:9"]
    away = CliRunner().invoke(app, [*command, *nowhere, "--set", "attempts=1"])
    assert (away.exit_code, "Europe PMC could not be asked" in away.stderr) == (1, True)
    remote = CliRunner().invoke(app, [*command, "--out", "memory://bucket/run"])
    assert (remote.exit_code, "needs a folder of this machine" in remote.stderr) == (2, True)
    result = CliRunner().invoke(app, [*command, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["studies"] == 0
    services.day = 3
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "new: B16-F10 cells membrane-coated liposomes deliver curcumin to melanoma" in result.stdout
    assert "[1/1] acquired: 10.5555/invented.5" in result.stderr


def test_a_pdf_that_prints_no_doi_is_known_by_the_one_it_was_acquired_by(tmp_path: Path) -> None:
    paper = Paper(doi="10.5555/a", status="acquired", file="10.5555_a.pdf", title="On coats", journal="J", year=2026)
    (tmp_path / "manifest.jsonl").write_text(paper.model_dump_json() + "\n")
    assert write_bibliography(tmp_path) is None, "its file is not there"
    (tmp_path / "10.5555_a.pdf").touch()
    path = write_bibliography(tmp_path)
    assert path is not None
    document = Document(id=f"sha256:{64 * '0'}", source="10.5555_a.pdf", media_type="application/pdf", text="")
    entry = read_bibliography(path).find(document, "10.5555_a.pdf")
    assert entry is not None
    assert described(document, entry).metadata.doi == "10.5555/a"


PAPER = """Coats at home

Abstract

We coated PLGA nanoparticles loaded with doxorubicin with the membrane of MCF-7 cells.
"""


def test_a_run_that_was_there_before_takes_part_and_stays(services: Any, look: Look, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(PAPER)
    run.extract([tmp_path / "mine.txt"], tmp_path / "living", Settings(jobs=0))
    first = look("melanoma").digest
    assert [study.source for study in first.new] == ["mine.txt"]
    services.day = 3
    digest = look("melanoma").digest
    assert [study.source for study in digest.new] == ["10.5555_invented.3.xml", "10.5555_invented.5.xml"]
    assert (digest.studies, digest.gone) == (3, 0)
    again = look("melanoma", mining=Settings(jobs=0, channels=("text",)))
    assert (again.failed, again.digest.studies) == ([], 3)

    (tmp_path / "living" / "papers" / "10.5555_invented.5.xml").unlink()
    services.day = 1  # its copy cannot be had again
    report = look("melanoma")
    assert report.digest.studies == 3, "nothing is dropped"
    assert any("would drop 1 of them" in each for each in report.failed)
