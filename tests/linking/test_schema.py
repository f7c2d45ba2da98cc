"""One schema for all tables of names: shipped, curated, a user's own; each may be used as any other."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.linking import Entry, Lexicon, kinds_of_diseases, kinds_of_modalities, own_kinds, read_entries, user_rows
from pipeline.linking.schema import COLUMNS, COMPILED, SUBTYPES, TYPES, as_row, parse, read_table, write_table
from pipeline.linking.user_lexicon import SOURCE
from pipeline.settings import models_dir

LEXICONS = models_dir() / "lexicons"
CURATED = sorted((LEXICONS / "curated").glob("*.tsv"))
FILLED_IN = ("curie", "taxon", "caution", "parent")
"""What compiling takes from the official files where a curated list leaves it empty."""


def _own(folder: Path, *, of: Path) -> list[Entry]:
    shutil.copy(of, folder)
    return [parse(row) for row in user_rows(folder)]


def _bare(entry: Entry) -> Entry:
    """An entry without what compiling sets: its name may become the vocabulary's label, and it a synonym of that."""
    status = "" if entry.status != "abbreviation" else entry.status
    return entry._replace(source="", preferred="", status=status, **dict.fromkeys(FILLED_IN, ""))


@pytest.mark.parametrize("path", CURATED, ids=lambda path: path.stem)
def test_a_curated_list_works_as_a_table_of_the_users_own(tmp_path: Path, path: Path) -> None:
    compiled: dict[Entry, list[Entry]] = defaultdict(list)
    for table in LEXICONS.glob("*.tsv"):
        for entry in read_entries(table):
            if entry.source == "curated":
                compiled[_bare(entry)].append(entry)
    own = _own(tmp_path, of=path)
    assert own
    found = 0
    for entry in own:
        assert entry.source == SOURCE
        same = compiled.get(_bare(entry), [])
        found += bool(same)
        for column in FILLED_IN:
            stated = getattr(entry, column)
            assert not same or not stated or stated in {getattr(each, column) for each in same}, (entry, same)
    if path.stem not in ("drug_names", "cargo_names"):  # names that another list has as a more certain one's
        assert found >= 0.99 * len(own)


@pytest.mark.parametrize("name", ["cores", "modalities", "strains", "cell_types", "blocklist", "nonspecific"])
def test_a_shipped_lexicon_works_as_a_table_of_the_users_own(tmp_path: Path, name: str) -> None:
    shipped = list(read_entries(LEXICONS / f"{name}.tsv"))
    own = {entry._replace(source="") for entry in _own(tmp_path, of=LEXICONS / f"{name}.tsv")}
    assert own >= {entry._replace(source="") for entry in shipped if not entry.name.startswith("#")}


def test_a_table_as_the_documentation_had_it_before_still_loads(tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text(
        "name\ttype\tpreferred\tidentifier\ttaxon\tcaution\n# ours\nXQ-1172\tdrug\tquensatib\tCHEBI:28748\n"
        "poly(blorb)\tmaterial\nTG2\tstrain\t\t\tNCBITaxon:10090\nNTL-9\tcell_line\t\t\t\tmixed up\n",
        encoding="utf-8",
    )
    drug, material, strain, line = map(parse, user_rows(tmp_path))
    assert (drug.name, drug.preferred, drug.curie, drug.status) == ("XQ-1172", "quensatib", "CHEBI:28748", "synonym")
    assert material.is_core
    assert strain.taxon == "NCBITaxon:10090"
    assert (line.preferred, line.curie, line.caution) == ("NTL-9", None, "mixed up")


def test_a_table_may_call_its_identifiers_as_records_do(tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text("name\ttype\tcurie\nXQ-1172\tdrug\tCHEBI:28748\n", encoding="utf-8")
    assert [parse(row).curie for row in user_rows(tmp_path)] == ["CHEBI:28748"]


def test_a_line_stands_for_all_its_names_and_what_they_imply(tmp_path: Path) -> None:
    table = tmp_path / "mine.tsv"
    table.write_text(
        "name\ttype\tsubtype\tsynonyms\nsonozorb therapy\tmodality\t\tSZT| zorb sonication\n"
        "Zorbia minor\tcell_type\tmicrobe\t\n",
        encoding="utf-8",
    )
    entries = [entry for line in read_table(table) for entry in line.entries]
    assert [(e.name, e.preferred, e.status) for e in entries] == [
        ("sonozorb therapy", "sonozorb therapy", "name"),
        ("SZT", "sonozorb therapy", "abbreviation"),
        ("zorb sonication", "sonozorb therapy", "synonym"),
        ("sonozorb therapies", "sonozorb therapy", "synonym"),
        ("Zorbia minor", "Zorbia minor", "name"),
        ("Z. minor", "Zorbia minor", "synonym"),
    ]


def test_a_folder_of_hand_written_tables_may_replace_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text("name\ttype\tsynonyms\nquensatib\tdrug\tXQ-1172\n", encoding="utf-8")
    lexicon = Lexicon.load(tmp_path)
    assert [e.preferred for e in lexicon.lookup("XQ-1172", ("drug",))] == ["quensatib"]
    lexicon.save(tmp_path / "again.tsv")
    assert [e.preferred for e in read_entries(tmp_path / "again.tsv")] == ["quensatib", "quensatib"]


_CELL = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=("C", "Z")), max_size=5)
_NAME = _CELL.filter(lambda cell: bool(cell) and not cell.startswith("#"))
ENTRIES = st.builds(
    Entry, _NAME, _CELL.map(lambda cell: cell or None), _CELL, st.just("name"), st.sampled_from(TYPES),
    *(_CELL for _ in COLUMNS[5:]),
)  # fmt: skip


@given(st.lists(ENTRIES, unique=True, max_size=6))
def test_a_compiled_table_gives_back_its_entries_and_has_no_column_unused(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    path = tmp_path_factory.mktemp("table") / "table.tsv"
    assert write_table(path, entries) == len(entries)
    assert sorted(map(as_row, read_entries(path))) == sorted(map(as_row, entries))
    used = path.read_text(encoding="utf-8").partition("\n")[0].split("\t")
    assert used[: len(COMPILED)] == list(COMPILED)
    assert all(any(entry[COLUMNS.index(column)] for entry in entries) for column in used[len(COMPILED) :])


def test_every_subtype_is_used_and_known() -> None:
    used = {(e.type, e.subtype) for path in LEXICONS.glob("*.tsv") for e in read_entries(path) if e.subtype}
    assert used == {(kind, subtype) for kind, known in SUBTYPES.items() for subtype in known}


def test_parents_of_the_users_own_join_the_hierarchy(tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text(
        "name\ttype\tidentifier\tparent\nsonozorb therapy\tmodality\t\tphototherapy\n"
        "chemo-sonozorb therapy\tmodality\t\tchemotherapy|sonozorb therapy\n"
        "blorb carcinoma\tdisease\tDOID:999999\tliver cancer\n",
        encoding="utf-8",
    )
    user_rows(tmp_path)
    with own_kinds(tmp_path):
        modalities, diseases = kinds_of_modalities(), kinds_of_diseases()
    assert modalities.is_wider("phototherapy", "chemo-sonozorb therapy")
    assert modalities.parts_of("chemo-sonozorb therapy") == ("chemotherapy", "sonozorb therapy")
    assert modalities.is_wider("phototherapy", "photothermal therapy")
    assert diseases.is_wider("DOID:3571", "DOID:999999")
    assert modalities.curie_of("chemotherapy") == kinds_of_modalities().curie_of("chemotherapy") is not None
    assert not kinds_of_modalities().is_wider("phototherapy", "sonozorb therapy")
