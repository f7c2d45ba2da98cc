from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, select

from pipeline.errors import StoreError, UsageError
from pipeline.export import load_database
from pipeline.export.database import schema
from pipeline.export.database.views import VIEWS
from pipeline.export.decisions import Decision
from pipeline.folder import RunFolder
from pipeline.notices import Notice, write_notices

from .conftest import review, source_paper
from .databases import ask


def everything(url: str) -> dict[str, list[str]]:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        return {name: sorted(map(repr, connection.execute(select(t)))) for name, t in schema.metadata.tables.items()}


def test_a_run_is_loaded_whole(run: RunFolder, url: str) -> None:
    summary = load_database(run.path, url)
    assert (summary.inputs, summary.documents, summary.records, summary.values, summary.mentions) == (4, 2, 2, 7, 7)
    assert ask(url, "SELECT source, status FROM failed_inputs") == [("scan.pdf", "no_text_layer")]


def test_loading_twice_changes_nothing(run: RunFolder, url: str) -> None:
    load_database(run.path, url)
    before = everything(url)
    assert load_database(run.path, url).unchanged
    assert everything(url) == before


def test_a_value_leads_to_its_passage_page_and_identifier(run: RunFolder, url: str) -> None:
    load_database(run.path, url)
    found = ask(url, "SELECT mention, passage, page FROM value_evidence WHERE field = 'drugs'")
    assert found == [
        (
            "Doxorubicin",
            "Doxorubicin was loaded into hollow gold nanoparticles coated with MCF-7 membranes (117 nm) [7].",
            1,
        )
    ]
    (row,) = ask(url, "SELECT passage FROM value_evidence WHERE channel = 'table'")
    assert row == ("MCF-7\nPLGA\ndoxorubicin",), "evidence in a table is its row"
    assert ask(url, "SELECT url FROM identifiers WHERE curie = 'chebi:28748'") == [
        ("https://bioregistry.io/chebi:28748",)
    ]


def test_a_study_in_two_papers_is_one_by_its_doi(make_run: Callable[..., RunFolder], url: str) -> None:
    told, own = review(), source_paper()
    (record,) = own[2]
    same = record.model_copy(update={"study": record.study.model_copy(update={"doi": "10.1234/SEVEN"})})
    load_database(make_run(told, (own[0], own[1], [same])).path, url)
    found = ask(
        url,
        "SELECT field, name, papers, papers_on_study FROM values_across_papers WHERE doi = '10.1234/seven'"
        " AND field IN ('membranes', 'drugs') ORDER BY field, name",
    )
    assert found == [("drugs", "doxorubicin", 1, 2), ("membranes", "MCF-7", 1, 2), ("membranes", "erythrocyte", 1, 2)]


def test_coats_cores_and_diseases_are_one_question(run: RunFolder, url: str) -> None:
    load_database(run.path, url)
    found = ask(url, "SELECT study, membrane, core, disease FROM coats_cores_diseases ORDER BY study")
    assert found == [("7", "MCF-7", "hollow gold nanoparticles", "breast cancer"), ("self", "erythrocyte", None, None)]


def test_a_newer_run_supersedes_and_the_older_stays(make_run: Callable[..., RunFolder], url: str) -> None:
    paper, mentions, (record,) = review()
    load_database(make_run((paper, mentions, [record]), source_paper()).path, url)
    newer = record.model_copy(update={"formulation": "CM@HAuNP"})
    summary = load_database(make_run((paper, mentions, [newer]), source_paper()).path, url)
    assert (summary.documents, summary.records) == (0, 1), "what both runs say is stored once"
    assert ask(url, "SELECT formulation FROM current_records WHERE study = '7'") == [("CM@HAuNP",)]
    assert ask(url, "SELECT count(*) FROM current_records") == [(2,)]
    assert ask(url, "SELECT formulation FROM records WHERE formulation IS NOT NULL ORDER BY id") == [
        ("CM@Au",),
        ("CM@HAuNP",),
    ]


def test_a_run_that_contradicts_itself_leaves_the_database_as_it_was(
    make_run: Callable[..., RunFolder], url: str
) -> None:
    load_database(make_run(source_paper()).path, url)
    before = everything(url)
    paper, mentions, records = review()
    broken = make_run((paper, mentions[1:], records))
    with pytest.raises(StoreError, match=r"evidence m\w+ of 'doxorubicin' is not in mentions\.jsonl"):
        load_database(broken.path, url)
    assert everything(url) == before


def test_lines_out_of_order_are_refused(make_run: Callable[..., RunFolder], url: str) -> None:
    run = make_run(review(), source_paper())
    path = run.path / "records.jsonl"
    path.write_text("".join(reversed(path.read_text().splitlines(keepends=True))))
    with pytest.raises(StoreError, match=r"documents\.jsonl does not list in this place"):
        load_database(run.path, url)


@pytest.mark.parametrize("url", ["coats.db", "nosuch:///x", "sqlite:"])
def test_an_address_that_is_none_is_refused(run: RunFolder, url: str) -> None:
    with pytest.raises((UsageError, StoreError), match=r"sqlite:///coatmine\.db"):
        load_database(run.path, url)


def test_a_database_that_cannot_be_made_is_named(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere/coats\.db: nothing was loaded"):
        load_database(run.path, f"sqlite:///{tmp_path}/nowhere/coats.db")


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read documents\.jsonl"):
        load_database(tmp_path, f"sqlite:///{tmp_path}/coats.db")
    assert not (tmp_path / "coats.db").exists()


def test_lists_and_flags_keep_their_kind(make_run: Callable[..., RunFolder], url: str) -> None:
    paper, mentions, records = review()
    coat = mentions[2].model_copy(update={"negated": True, "section": ("Results", '5 µm "sub"')})
    load_database(make_run((paper, [*mentions[:2], coat, *mentions[3:]], records)).path, url)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        found = connection.execute(select(schema.mentions).where(schema.mentions.c.key == coat.id)).one()
    assert found.section == ["Results", '5 µm "sub"']
    assert (found.negated, found.hypothetical) == (True, False)


def test_text_of_a_paper_is_bound_and_kept(make_run: Callable[..., RunFolder], url: str) -> None:
    text = "Robert'); DROP TABLE records;-- \\N \t \n \" \x1b[31m \x00 %s :x ? {} α β μm 𝛼"
    paper, mentions, (record,) = review()
    hostile = record.model_copy(update={"formulation": text})
    load_database(make_run((paper, mentions, [hostile])).path, url)
    assert ask(url, "SELECT formulation FROM current_records") == [(text.replace("\x00", "\ufffd"),)]


def test_migrations_lead_to_the_schema(make_run: Callable[..., RunFolder], url: str) -> None:
    if url.startswith("duckdb"):
        pytest.skip("duckdb-engine does not tell constraints and indexes apart when it reflects")
    load_database(make_run(source_paper()).path, url)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_views_are_those_of_this_version(make_run: Callable[..., RunFolder], url: str) -> None:
    load_database(make_run(source_paper()).path, url)
    for name in VIEWS:
        ask(url, f"SELECT * FROM {name}")


def test_a_database_of_a_later_version_is_left_alone(make_run: Callable[..., RunFolder], url: str) -> None:
    load_database(make_run(source_paper()).path, url)
    ask(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="made by a later coatmine"):
        load_database(make_run(review()).path, url)


def decide(run: RunFolder, *lines: dict[str, object]) -> None:
    made = [Decision.model_validate({"curator": "ada", "at": "2026-01-01T10:00:00Z", **line}) for line in lines]
    (run.path / "decisions.jsonl").write_text("".join(line.model_dump_json() + "\n" for line in made))


def test_decisions_survive_a_newer_run(make_run: Callable[..., RunFolder], url: str) -> None:
    paper, mentions, (record,) = review()
    run = make_run((paper, mentions, [record]))
    about = {"document_id": paper.document.id, "record_id": record.id}
    decide(
        run,
        {**about, "id": "1", "field": "diseases", "key": "mesh:D001943", "action": "reject"},
        {**about, "id": "2", "field": "drugs", "key": "chebi:28748", "action": "accept"},
        {
            **about,
            "id": "3",
            "field": "cores",
            "key": "hollow gold nanoparticles",
            "action": "correct",
            "name": "HAuNS",
        },
        {**about, "id": "4", "field": "animal_models", "key": "balb/c", "action": "add", "name": "BALB/c"},
        {**about, "id": "5", "field": "membranes", "key": "cellosaurus:CVCL_0031", "action": "reject"},
        {**about, "id": "6", "field": "membranes", "key": "cellosaurus:CVCL_0031", "action": "undo", "undoes": "5"},
    )
    assert load_database(run.path, url).decisions == 6
    assert load_database(run.path, url).decisions == 0
    newer = record.model_copy(update={"formulation": "CM@HAuNP"})
    load_database(make_run((paper, mentions, [newer])).path, url)
    found = ask(url, "SELECT field, name, review FROM curated_values ORDER BY field")
    assert found == [
        ("animal_models", "BALB/c", "add"),
        ("cores", "HAuNS", "correct"),
        ("drugs", "doxorubicin", "accept"),
        ("membranes", "MCF-7", "not reviewed"),
        ("sizes", "117 nm", "not reviewed"),
    ]


def test_curators_who_differ_are_told_until_an_adjudicator_settles_it(
    make_run: Callable[..., RunFolder], url: str
) -> None:
    paper, mentions, (record,) = review()
    run = make_run((paper, mentions, [record]))
    about = {"document_id": paper.document.id, "record_id": record.id, "field": "drugs", "key": "chebi:28748"}
    lines: list[dict[str, object]] = [
        {**about, "id": "1", "action": "accept"},
        {**about, "id": "2", "action": "reject", "curator": "ben", "at": "2026-01-02T10:00:00Z"},
    ]
    decide(run, *lines)
    load_database(run.path, url)
    asked = "SELECT name, review FROM curated_values WHERE field = 'drugs'"
    assert ask(url, asked) == [("doxorubicin", "disputed")]
    lines.append({**about, "id": "3", "action": "accept", "curator": "cy (adjudicator)", "at": "2026-01-03T10:00:00Z"})
    late = {**about, "id": "4", "action": "reject", "curator": "ben", "at": "2026-01-04T10:00:00Z"}
    decide(run, *lines, late)
    load_database(run.path, url)
    assert ask(url, asked) == [("doxorubicin", "accept")], "whatever a curator says after the adjudicator"


def test_a_password_is_never_shown(run: RunFolder) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as caught:
        load_database(run.path, "postgresql://coats:secret@localhost:1/coats")
    assert "secret" not in str(caught.value)


def test_curated_values_carry_their_numbers_and_the_wide_table_a_row_a_study(
    make_run: Callable[..., RunFolder], url: str
) -> None:
    paper, mentions, (record,) = review()
    run = make_run((paper, mentions, [record]), source_paper())
    about = {"document_id": paper.document.id, "record_id": record.id}
    lines = [
        {**about, "id": "1", "field": "diseases", "key": "mesh:D001943", "action": "reject"},
        {**about, "id": "2", "field": "sizes", "key": "117 nm", "action": "correct", "name": "ca. 0.12 µm"},
        {**about, "id": "3", "field": "cores", "key": "plga", "action": "add", "name": "PLGA", "start": 1, "end": 5},
    ]
    decide(run, *lines)
    load_database(run.path, url)
    asked = "SELECT name, size_value, size_unit, approximate, review FROM curated_values WHERE field = 'sizes'"
    assert ask(url, asked) == [("ca. 0.12 µm", 0.12, "µm", 1, "correct")]
    wide = """SELECT year, doi, membranes, membrane_curies, core_materials, core_material_curies, drugs, size_nm,
                     diseases, lowest_score, first_page, decided FROM curated_records ORDER BY study"""
    first, second = ask(url, wide)
    assert first == (2019, "10.1234/seven", "MCF-7", "cellosaurus:CVCL_0031", "gold", "chebi:29287", "doxorubicin",
                     pytest.approx(120), None, 0.9, 1, 2)  # fmt: skip
    assert second[2:4] == ("erythrocyte", "cl:0000232")
    assert set(ask(url, "SELECT cores FROM curated_records WHERE study = '7'")[0][0].split("; ")) == {
        "PLGA", "hollow gold nanoparticles",
    }  # fmt: skip
    assert ask(url, "SELECT material, membrane, records FROM materials_and_coats") == [("gold", "MCF-7", 1)]


def test_tables_say_what_they_mean(make_run: Callable[..., RunFolder], url: str) -> None:
    if url.startswith("sqlite"):
        pytest.skip("SQLite keeps no comments")
    load_database(make_run(source_paper()).path, url)
    if url.startswith("duckdb"):
        asked = "SELECT comment FROM duckdb_columns() WHERE table_name = 'field_values' AND column_name = 'score'"
    else:
        asked = """SELECT col_description('field_values'::regclass, attnum) FROM pg_attribute
                   WHERE attrelid = 'field_values'::regclass AND attname = 'score'"""
    assert ask(url, asked) == [("confidence between 0 and 1",)]


def test_every_column_of_every_view_is_explained(make_run: Callable[..., RunFolder], tmp_path: Path) -> None:
    """As SQLite lists them, which needs no server; where comments are kept they are written for the same columns."""
    url = f"sqlite:///{tmp_path}/views.db"
    load_database(make_run(source_paper()).path, url)
    for view in VIEWS:
        columns = {name for (name,) in ask(url, f"SELECT name FROM pragma_table_info('{view}')")}
        assert columns == {name for name in schema.COMMENTS[view] if name}, view


def test_a_value_that_was_added_and_is_found_later_stands_once(make_run: Callable[..., RunFolder], url: str) -> None:
    paper, mentions, (record,) = review()
    run = make_run((paper, mentions, [record]))
    about = {"document_id": paper.document.id, "record_id": record.id, "field": "drugs", "key": "chebi:28748"}
    decide(run, {**about, "id": "1", "action": "add", "name": "doxorubicin", "curie": "chebi:28748"})
    load_database(run.path, url)
    assert ask(url, "SELECT name, review FROM curated_values WHERE field = 'drugs'") == [("doxorubicin", "add")]


def test_notices_are_added_once_whether_the_run_is_new_or_not(run: RunFolder, url: str) -> None:
    load_database(run.path, url)
    notice = Notice(doi="10.1234/SEVEN", kind="retraction", source="Crossref", date="2025-03", notice="10.1234/n")
    write_notices(run.path, [notice])
    added = load_database(run.path, url)
    assert (added.unchanged, added.notices) == (True, 1)
    assert "1 notices of retraction" in added.as_text()
    assert load_database(run.path, url).notices == 0
    found = ask(url, "SELECT DISTINCT doi, kind, stated_date, notice, stated_by FROM noticed_records")
    assert [tuple(row) for row in found] == [("10.1234/seven", "retraction", "2025-03", "10.1234/n", "Crossref")]
