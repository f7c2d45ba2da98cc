"""Gold sets on disk: loading, checking and drafting."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.document import Block, Cell, Citation, Document, Metadata, Page, Reference, Table
from pipeline.errors import GoldError
from pipeline.evaluation import build, check, load_gold
from pipeline.records import Mention, Record, TableRow, mention_id
from tests.evaluation.make import gold, record, value

HEAD = "study,doi,field,text,name,curie,source"
TABLES = """table,row,col,row_span,col_span,header,field,text,notes
Table 1,1,1,1,1,Cell membrane,membranes,"4T1, RBCs",RBCs: red blood cells
Table 1,1,2,1,1,Drug,drugs,–,
Table 1,1,3,1,1,Ref.,reference,[12],
"""
GOOD = [
    '12,10.1000/s12,membranes,4T1,4T1,cellosaurus:CVCL_0125,"Table 1, row 1, column 1"',
    '12,10.1000/s12,membranes,RBCs,red blood cells,CL:0000232,"Table 1, row 1, column 1"',
    '12,10.1000/s12,drugs,,,,"Table 1, row 1, column 2"',
]


def _set(folder: Path, rows: list[str], tables: str | None = TABLES) -> Path:
    (folder / "gold.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    (folder / "gold.toml").write_text('title = "A review"\nlicense = "CC-BY-4.0"\n', encoding="utf-8")
    (folder / "datasheet.md").write_text("# Datasheet\n", encoding="utf-8")
    if tables:
        (folder / "tables.csv").write_text(tables, encoding="utf-8")
    return folder


def test_a_gold_set_is_read_with_its_blanks_and_alternatives(tmp_path: Path) -> None:
    rows = [GOOD[0].replace("CVCL_0125", "CVCL_0125|mesh:D1 "), *GOOD[1:]]
    gold = load_gold(_set(tmp_path, rows))
    assert gold.studies["12"]["drugs"] == ()
    assert gold.studies["12"]["membranes"][0].curies == ("cellosaurus:CVCL_0125", "mesh:D1")
    assert gold.by_doi == {"10.1000/s12": "12"}
    assert gold.fields() == ["membranes", "drugs"]


def test_a_gold_set_that_agrees_with_its_tables_has_no_problem(tmp_path: Path) -> None:
    assert check(_set(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("rows", "stated"),
    [
        (GOOD[:2], "blank cell"),
        ([GOOD[0], GOOD[2]], "'rbcs' of the cell"),
        ([*GOOD, GOOD[0].replace("4T1,4T1", "4-T1,4-T1")], "stands in line 2"),
        ([GOOD[0].replace("4T1,4T1", "4T2,4T2"), *GOOD[1:]], "does not stand in the cell"),
        ([GOOD[0].replace("12,10", "13,10", 1), *GOOD[1:]], "cites 12"),
        ([GOOD[0].replace("membranes", "cores"), *GOOD[1:]], "is a cell of membranes"),
        ([GOOD[0].replace("row 1", "row 9"), *GOOD[1:]], "names no cell"),
        ([*GOOD[:2], GOOD[2].replace(",,,,", ",x,x,CHEBI:1,")], "the cell holds"),
        ([GOOD[0].replace("10.1000/s12", "doi:10.1/x"), *GOOD[1:]], "is no DOI"),
        ([GOOD[0].replace("10.1000/s12", "10.1000/other"), *GOOD[1:]], "several DOIs"),
        ([GOOD[0].replace("CVCL_0125", "0125"), *GOOD[1:]], "does not look like an identifier"),
        ([GOOD[0].replace("cellosaurus:", "CVCL:"), *GOOD[1:]], "the prefix is none of"),
        ([GOOD[0].replace("membranes", "coats"), *GOOD[1:]], "field"),
        ([GOOD[0].replace("4T1,4T1,cellosaurus:CVCL_0125", ",4T1,"), *GOOD[1:]], "both text and name"),
    ],
)
def test_what_is_wrong_is_found(tmp_path: Path, rows: list[str], stated: str) -> None:
    problems = check(_set(tmp_path, rows))
    assert any(p.severity == "error" and stated in p.message for p in problems), [str(p) for p in problems]


@pytest.mark.parametrize(
    ("row", "stated"),
    [
        (GOOD[0].replace("cellosaurus:CVCL_0125", ""), "unlinked"),
        (GOOD[0].replace("cellosaurus:CVCL_0125", "DOID:1612"), "out of the vocabularies"),
        (GOOD[0].replace("10.1000/s12", ""), "no DOI"),
        (GOOD[0].replace("CVCL_0125", "CVCL_0030"), "'4T1' is cellosaurus:CVCL_0125 in the lexicons"),
        (GOOD[0].replace("4T1,4T1", "4T1-nil,4T1-nil"), "out of vocabulary"),
    ],
)
def test_what_is_doubtful_is_a_warning(tmp_path: Path, row: str, stated: str) -> None:
    problems = check(_set(tmp_path, [row], tables=None))
    assert {problem.severity for problem in problems} == {"warning"}
    assert any(stated in problem.message for problem in problems), [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("study,doi\n", "no column field"),
        (HEAD + "\n", "holds no rows"),
        (HEAD + "\n1,2\n", "line 2"),
        (HEAD + '\n12,,membranes,4T1,4T1,,""\n', "line 2: source"),
    ],
)
def test_a_malformed_gold_set_says_where_and_what(tmp_path: Path, text: str, stated: str) -> None:
    _set(tmp_path, [])
    (tmp_path / "gold.csv").write_text(text, encoding="utf-8")
    with pytest.raises(GoldError, match=stated):
        load_gold(tmp_path)


def test_a_folder_without_a_gold_set_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"gold\.csv: cannot be read"):
        check(tmp_path)


ID = "sha256:" + "0" * 64


def _review() -> tuple[Document, list[Mention], list[Record]]:
    """A review with a table of two studies; nothing was recognised in the second one's core."""
    grid = [
        ["Cell membrane", "Core", "Drug", "Size (nm)", "Ref."],
        ["4T1, RBCs", "PLGA", "–", "80", "[1]"],
        ["HeLa", "gold nanothing", "cisplatin", "", "[2]"],
    ]
    text, cells = "", []
    for row, line in enumerate(grid):
        for col, cell in enumerate(line):
            cells.append(Cell(row=row, col=col, start=len(text), end=len(text) + len(cell), text=cell))
            text += cell + "\n"
    end = len(text)
    starts = {cell.text: cell.start for cell in cells}
    document = Document(
        id=ID,
        source="review.pdf",
        media_type="application/pdf",
        metadata=Metadata(title='A "review"', doi="10.1000/review"),
        pages=(Page(number=1, width=600, height=800),),
        text=text + "1. A\n2. B\n",
        blocks=(Block(kind="table", start=0, end=end),),
        tables=(
            Table(
                label="Table 1", caption="Membrane-coated particles", page=1, header_rows=1, cells=tuple(cells),
                notes={"a": "RBCs: red blood cells"},
            ),
        ),
        citations=tuple(
            Citation(start=starts[f"[{key}]"], end=starts[f"[{key}]"] + 3, references=(key,)) for key in "12"
        ),
        references=(
            Reference(key="1", start=end, end=end + 4, doi="10.1000/s1"),
            Reference(key="2", start=end + 5, end=end + 9),
        ),
    )  # fmt: skip
    mentions, values = [], {}
    names = {"4T1": "CELL_LINE", "RBCs": "CELL_TYPE", "PLGA": "CORE", "80": "SIZE", "HeLa": "CELL_LINE"}
    for name, label in {**names, "cisplatin": "DRUG"}.items():
        start = text.index(name)
        key = mention_id(ID, label, start, start + len(name))
        mentions.append(
            Mention(
                id=key, document_id=ID, label=label, start=start, end=start + len(name), text=name, name=name,
                score=0.8, method="lexicon:x@1", boxes=((3, 0.0, 0.0, 1.0, 1.0),),
            )
        )  # fmt: skip
        values[name] = value(name, evidence=(key,), score=0.8)
    size = values["80"].model_dump() | {"value": 80.0, "unit": "nm", "name": "80 nm"}
    one = record("1", {"membranes": [values["RBCs"], values["4T1"]], "cores": [values["PLGA"]]}, doi="10.1000/s1")
    one = Record.model_validate(one.model_dump() | {"sizes": [size]})
    two = record("2", {"membranes": [values["HeLa"]], "drugs": [values["cisplatin"]]})
    listed = [
        each.model_copy(update={"rows": (TableRow(table="Table 1", row=row, page=3),)})
        for row, each in enumerate((one, two), 1)
    ]
    return document, mentions, listed


def test_a_draft_holds_values_blanks_and_cells_nothing_was_recognised_in(tmp_path: Path) -> None:
    draft = build(*_review(), tmp_path)
    gold = load_gold(tmp_path)
    assert [v.text for v in gold.studies["1"]["membranes"]] == ["4T1", "RBCs"]  # in the order of the cell
    assert gold.studies["1"]["drugs"] == gold.studies["2"]["sizes"] == ()
    assert [v.name for v in gold.studies["1"]["sizes"]] == ["80 nm"]
    assert [v.text for v in gold.studies["2"]["cores"]] == ["gold nanothing"]
    assert (draft.studies, draft.values, draft.blanks, draft.unread) == (2, 7, 2, 1)
    assert gold.about.review == "10.1000/review"
    assert gold.about.title == 'A "review"'
    assert gold.by_doi == {"10.1000/s1": "1"}


def test_a_draft_passes_its_own_check_but_for_what_the_curator_must_settle(tmp_path: Path) -> None:
    build(*_review(), tmp_path)
    assert {problem.severity for problem in check(tmp_path)} == {"warning"}


def test_a_draft_says_how_sure_it_is_and_on_which_page(tmp_path: Path) -> None:
    build(*_review(), tmp_path)
    lines = (tmp_path / "gold.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == HEAD + ",confidence,page"
    assert next(line for line in lines if ",HeLa," in line).endswith(",0.80,3")
    assert next(line for line in lines if "nanothing" in line).endswith(",0.00,3")


def test_a_draft_never_overwrites_a_curators_work(tmp_path: Path) -> None:
    build(*_review(), tmp_path)
    with pytest.raises(GoldError, match="there already"):
        build(*_review(), tmp_path)


def test_a_document_without_a_study_table_gives_no_draft(tmp_path: Path) -> None:
    document, mentions, records = _review()
    with pytest.raises(GoldError, match="no table with studies"):
        build(document.model_copy(update={"tables": ()}), mentions, records, tmp_path)


def test_a_row_without_a_numbered_reference_is_named_as_its_record_is(tmp_path: Path) -> None:
    document, mentions, records = _review()
    (table,) = document.tables
    kept = [cell for cell in table.cells if cell.col < 4]
    document = document.model_copy(update={"tables": (table.model_copy(update={"cells": tuple(kept)}),)})
    records = [
        each.model_copy(update={"study": each.study.model_copy(update={"key": f"row {each.id}"})}) for each in records
    ]
    build(document, mentions, records, tmp_path)
    assert list(load_gold(tmp_path).studies) == ["row r1", "row r2"]


def test_an_author_and_a_year_need_not_be_the_studys_key(tmp_path: Path) -> None:
    assert check(_set(tmp_path, GOOD, TABLES.replace("[12]", "Hara et al. (2016)"))) == []


def test_a_combination_of_modalities_is_scored_as_its_parts() -> None:
    rows = [("1", "modalities", "chemo-photothermal therapy"), ("1", "modalities", "chemotherapy")]
    found = gold(rows).studies["1"]["modalities"]
    assert sorted((value.name, value.text) for value in found) == [
        ("chemotherapy", "chemotherapy"),
        ("photothermal therapy", "chemo-photothermal therapy"),
    ]


def test_what_no_cell_of_a_row_tells_is_of_the_row_as_a_whole(tmp_path: Path) -> None:
    around = '12,10.1000/s12,diseases,glioma,glioma,mesh:D005910,"Table 1, row 1"'
    assert check(_set(tmp_path, [*GOOD, around])) == []
    (problem,) = check(_set(tmp_path, [*GOOD, around.replace("row 1", "row 2")]))
    assert "names no cell" in problem.message


def _table(rows: list[list[str]], spans: dict[tuple[int, int], int], starts: dict[str, int]) -> Table:
    cells = [
        Cell(row=r, col=c, row_span=spans.get((r, c), 1), start=starts[text], end=starts[text] + len(text), text=text)
        for r, line in enumerate(rows)
        for c, text in enumerate(line)
        if text
    ]
    return Table(label="Table 1", caption="Coats", page=1, header_rows=1, cells=tuple(cells))


def test_each_row_of_merged_cells_is_of_its_own_study_and_what_stands_around_it_too(tmp_path: Path) -> None:
    grid = [["Membrane", "Core", "Ref."], ["4T1", "PLGA", "[1]"], ["", "gold", "[2]"]]
    text = "Coats against glioma\n" + "\n".join("\t".join(line) for line in grid)
    starts = {name: text.index(name) for line in grid for name in line if name}
    table = _table(grid, {(1, 0): 2}, starts)
    document = Document(id=ID, source="r.pdf", media_type="application/pdf", text=text, tables=(table,))
    labels = {"4T1": "CELL_LINE", "PLGA": "CORE", "gold": "CORE", "glioma": "DISEASE"}
    mentions = {
        name: Mention(
            id=mention_id(ID, label, text.index(name), 0), document_id=ID, label=label, start=text.index(name),
            end=text.index(name) + len(name), text=name, name=name, score=0.9, method="lexicon:x@1",
        )
        for name, label in labels.items()
    }  # fmt: skip
    values = {name: value(name, evidence=(mention.id,)) for name, mention in mentions.items()}
    records = [
        record(key, {"membranes": [values["4T1"]], "cores": [values[core]], "diseases": [values["glioma"]]}).model_copy(
            update={"rows": (TableRow(table="Table 1", row=int(key), page=1),)}
        )
        for key, core in (("1", "PLGA"), ("2", "gold"))
    ]
    build(document, mentions.values(), records, tmp_path)
    studies = load_gold(tmp_path).studies
    assert {key: {field: [v.text for v in vs] for field, vs in study.items()} for key, study in studies.items()} == {
        "1": {"membranes": ["4T1"], "cores": ["PLGA"], "diseases": ["glioma"]},
        "2": {"membranes": ["4T1"], "cores": ["gold"], "diseases": ["glioma"]},
    }
    assert {problem.severity for problem in check(tmp_path)} == {"warning"}
