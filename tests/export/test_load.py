from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.export import load_database
from pipeline.export.database import schema
from pipeline.folder import RunFolder

from .conftest import review, source_paper


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def everything(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {name: ask(path, f'SELECT * FROM "{name}"') for name in schema.metadata.tables}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "coats.db"


def load(run: RunFolder, database: Path) -> Any:
    return load_database(run.path, f"sqlite:///{database}")


def test_a_run_is_loaded_whole(run: RunFolder, database: Path) -> None:
    summary = load(run, database)
    assert (summary.inputs, summary.documents, summary.records, summary.values, summary.mentions) == (4, 2, 2, 7, 7)
    assert ask(database, "PRAGMA foreign_key_check") == []
    assert ask(database, "SELECT source, status FROM failed_inputs") == [("scan.pdf", "no_text_layer")]


def test_loading_twice_changes_nothing(run: RunFolder, database: Path) -> None:
    load(run, database)
    before = everything(database)
    assert load(run, database).unchanged
    assert everything(database) == before


def test_a_value_leads_to_its_passage_page_and_identifier(run: RunFolder, database: Path) -> None:
    load(run, database)
    found = ask(database, "SELECT mention, passage, page FROM value_evidence WHERE field = 'drugs'")
    assert found == [
        (
            "Doxorubicin",
            "Doxorubicin was loaded into hollow gold nanoparticles coated with MCF-7 membranes (117 nm) [7].",
            1,
        )
    ]
    (row,) = ask(database, "SELECT passage FROM value_evidence WHERE channel = 'table'")
    assert row == ("MCF-7\nPLGA\ndoxorubicin",), "evidence in a table is its row"
    assert ask(database, "SELECT url FROM identifiers WHERE curie = 'chebi:28748'") == [
        ("https://bioregistry.io/chebi:28748",)
    ]


def test_coats_cores_and_diseases_are_one_question(run: RunFolder, database: Path) -> None:
    load(run, database)
    found = ask(database, "SELECT study, membrane, core, disease FROM coats_cores_diseases ORDER BY study")
    assert found == [("7", "MCF-7", "hollow gold nanoparticles", "breast cancer"), ("self", "erythrocyte", None, None)]


def test_a_newer_run_supersedes_and_the_older_stays(make_run: Callable[..., RunFolder], database: Path) -> None:
    paper, mentions, (record,) = review()
    load(make_run((paper, mentions, [record]), source_paper()), database)
    newer = record.model_copy(update={"formulation": "CM@HAuNP"})
    summary = load(make_run((paper, mentions, [newer]), source_paper()), database)
    assert (summary.documents, summary.records) == (0, 1), "what both runs say is stored once"
    assert ask(database, "SELECT formulation FROM current_records WHERE study = '7'") == [("CM@HAuNP",)]
    assert ask(database, "SELECT count(*) FROM current_records") == [(2,)]
    assert ask(database, "SELECT formulation FROM records WHERE formulation IS NOT NULL ORDER BY id") == [
        ("CM@Au",),
        ("CM@HAuNP",),
    ]


def test_a_run_that_contradicts_itself_leaves_the_database_as_it_was(
    make_run: Callable[..., RunFolder], database: Path
) -> None:
    load(make_run(source_paper()), database)
    before = everything(database)
    paper, mentions, records = review()
    broken = make_run((paper, mentions[1:], records))
    with pytest.raises(StoreError, match=r"evidence m\w+ of 'doxorubicin' is not in mentions\.jsonl"):
        load(broken, database)
    assert everything(database) == before


def test_lines_out_of_order_are_refused(make_run: Callable[..., RunFolder], database: Path) -> None:
    run = make_run(review(), source_paper())
    path = run.path / "records.jsonl"
    path.write_text("".join(reversed(path.read_text().splitlines(keepends=True))))
    with pytest.raises(StoreError, match=r"documents\.jsonl does not list in this place"):
        load(run, database)


@pytest.mark.parametrize("url", ["coats.db", "nosuch:///x", "sqlite:"])
def test_an_address_that_is_none_is_refused(run: RunFolder, url: str) -> None:
    with pytest.raises((UsageError, StoreError), match=r"sqlite:///coatmine\.db"):
        load_database(run.path, url)


def test_a_database_that_cannot_be_made_is_named(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere/coats\.db: nothing was loaded"):
        load_database(run.path, f"sqlite:///{tmp_path}/nowhere/coats.db")


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, database: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read documents\.jsonl"):
        load_database(tmp_path, f"sqlite:///{database}")
    assert not database.exists()
