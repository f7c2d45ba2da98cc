"""What a table says by its layout: columns by heading and content, values in a cell, rows, silence elsewhere."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Cell, Table
from pipeline.records import FIELDS
from pipeline.tabular import bare, columns, is_blank, items, names_of, rows, study_table, typed_cells, upright
from pipeline.tabular.columns import check_headings, heading_rules

HEADINGS = {
    "membranes": [
        "Cell membrane",
        "Cell membrane types",
        "Membrane source",
        "Source cell",
        "Source of membrane",
        "Coat",
        "Bacterial source",
        "Wrapping",
        "Outer layer",
        "Envelope",
        "Cellular origin",
    ],
    "cores": [
        "Core",
        "Core nanoparticle",
        "Nanocarrier",
        "Inner core",
        "NP type",
        "Template",
        "Interior",
        "Type of nanoparticles",
    ],
    "drugs": [
        "Drug",
        "Cargo",
        "Payload",
        "Loaded drug",
        "Therapeutic agent",
        "Biotherapeutic",
        "Second agent",
        "Load",
        "Medicine",
        "Guest",
    ],
    "sizes": [
        "Size (nm)",
        "Particle size/nm",
        "Diameter, nm",
        "Hydrodynamic diameter [nm]",
        "Z-average",
        "d.nm",
        "Ø (nm)",
        "Dh",
        "nm",
        "Mean diam. (nm)",
    ],
    "diseases": [
        "Disease",
        "Types of disease",
        "Indication",
        "Tumour type",
        "Cancer type",
        "Ailment",
        "Clinical setting",
    ],
    "animal_models": ["In vivo animal model", "Model", "Animal model", "Mouse strain", "Host", "Tested in"],
    "modalities": ["Application", "Therapy", "Treatment", "Therapeutic application", "Modality"],
    "reference": ["Ref.", "References", "Refs", "Author (year)", "DOI", "PMID", "Ref. No.", "Cit.", "Lit."],
    "number": ["No.", "#", "Entry"],
    "remarks": ["Outcome", "Key findings", "Main result"],
    "formulation": ["Formulation", "Nanoplatform", "Membrane-coated NPs"],
    "other": ["Zeta potential (mV)", "Loading efficiency", "Sample size", "Target cells", "Coating method", "PDI"],
}


def table(
    *grid: list[str],
    caption: str = "",
    header_rows: int = 1,
    spans: dict[tuple[int, int], tuple[int, int]] | None = None,
) -> Table:
    """A table from its rows of texts; ``spans`` gives (row_span, col_span) by place; None leaves a place uncovered."""
    spans = spans or {}
    cells, at = [], 10
    for r, line in enumerate(grid):
        for c, text in enumerate(line):
            if text is None:
                continue
            down, across = spans.get((r, c), (1, 1))
            cells.append(Cell(row=r, col=c, row_span=down, col_span=across, start=at, end=at + len(text), text=text))
            at += len(text) + 1
    return Table(label="Table 1", caption=caption, page=1, header_rows=header_rows, cells=tuple(cells))


def fields(t: Table) -> list[str]:
    return [column.field for column in columns(t).values()]


def values(text: str, field: str) -> list[str]:
    return [item.text for item in items(Cell(row=1, col=0, start=3, end=3 + len(text), text=text), field)]


@pytest.mark.parametrize(("field", "heading"), [(f, h) for f, hs in HEADINGS.items() for h in hs])
def test_a_heading_names_its_field(field: str, heading: str) -> None:
    others = [h for f, h in (("membranes", "Membrane"), ("cores", "Core"), ("drugs", "Drug")) if f != field]
    t = table([heading, *others], ["x", *"y" * len(others)])
    assert columns(t)[0].field == field


def test_the_unit_stands_in_the_heading() -> None:
    t = table(["Membrane", "Particle size/nm", "Diameter (µm)"], ["HeLa", "120", "0.1"])
    assert [column.unit for column in columns(t).values()] == [None, "nm", "µm"]


@pytest.mark.parametrize(
    "t",
    [
        table(["Gene", "Function", "Ref."], ["TP53", "repair", "[1]"]),
        table(["Characteristic", "Treatment", "Control"], ["Age", "51", "52"]),
        table(["Cell line", "Treatment", "IC50"], ["HeLa", "DOX", "3"]),
        table(["Membrane protein", "Disease", "Drug"], ["CFTR", "cystic fibrosis", "ivacaftor"]),
        table(["Study", "Sample size", "Disease", "Treatment"], ["A", "30", "asthma", "placebo"]),
        table(["Species", "Size (mm)", "Source"], ["mouse", "3", "farm"]),
    ],
)
def test_other_tables_are_left_alone(t: Table) -> None:
    assert columns(t) == {}
    assert study_table(t) is None


def test_under_a_shared_heading_the_specific_column_holds_the_values() -> None:
    t = table(
        ["Membrane", "Core", "Types of disease", None, "Ref."],
        ["HeLa", "PLGA", "tumour", "cervical cancer", "[1]"],
        ["4T1", "silica", None, "breast cancer", "[2]"],
        ["RBC", "gold", "inflammation", "arthritis", "[3]"],
        spans={(0, 2): (1, 2), (1, 2): (2, 1)},
    )
    assert fields(t) == ["membranes", "cores", "group", "diseases", "reference"]


def test_content_speaks_where_the_heading_is_silent() -> None:
    t = table(["Membrane", "Core", "", "No."], ["HeLa", "PLGA", "120 nm", "[3]"], ["4T1", "gold", "95 nm", "[4,5]"])
    assert fields(t) == ["membranes", "cores", "sizes", "reference"]


def test_a_doubtful_heading_gives_way_to_a_sure_one() -> None:
    t = table(["Membrane source", "Cell type", "Core"], ["HeLa", "KB", "PLGA"])
    assert fields(t) == ["membranes", "other", "cores"]


def test_a_turned_table_is_read_along_its_rows() -> None:
    t = table(
        ["", "Study A", "Study B"],
        ["Membrane", "HeLa", "4T1"],
        ["Core", "PLGA", "silica"],
        ["Size (nm)", "120", "–"],
        ["Ref.", "[1]", "[2]"],
    )
    assert [(cell.text, column.field) for cell, column in typed_cells(study_table(t)) if column.field in FIELDS] == [
        ("HeLa", "membranes"), ("PLGA", "cores"), ("120", "sizes"), ("4T1", "membranes"), ("silica", "cores"),
    ]  # fmt: skip
    assert upright(upright(t)) == upright(t)


def test_rows_inherit_merged_cells_and_group_rows_and_skip_repeated_headings() -> None:
    t = table(
        ["Membrane", "Core", "Ref."],
        ["Cancer therapy", None, None],
        ["HeLa", "PLGA", "[1]"],
        [None, "gold", "[2]"],
        ["Membrane", "Core", "Ref."],
        ["4T1", "n/a", "[3]"],
        spans={(1, 0): (1, 3), (2, 0): (2, 1)},
    )
    found = [({c: cell.text for c, cell in row.cells.items()}, [group.text for group in row.groups]) for row in rows(t)]
    assert found == [
        ({0: "HeLa", 1: "PLGA", 2: "[1]"}, ["Cancer therapy"]),
        ({0: "HeLa", 1: "gold", 2: "[2]"}, ["Cancer therapy"]),
        ({0: "4T1", 2: "[3]"}, ["Cancer therapy"]),
    ]
    assert sum(cell.text == "HeLa" for cell, _ in typed_cells(study_table(t))) == 1


def test_an_empty_place_inherits_only_where_blanks_are_marked_and_cells_merged() -> None:
    grid = (
        ["Membrane", "Core", "Drug", "Size (nm)"],
        ["4T1", "gold", "DOX", "90"],
        [None, "silica", "–", ""],
        ["HeLa", "PLGA", "", ""],
    )

    def texts(t: Table) -> list[dict[int, str]]:
        return [{c: cell.text for c, cell in row.cells.items()} for row in rows(t)]

    assert texts(table(*grid, spans={(1, 0): (2, 1)}))[1:] == [
        {0: "4T1", 1: "silica", 3: "90"},
        {0: "HeLa", 1: "PLGA", 3: "90"},
    ]
    unmarked = tuple([text if text != "–" else "" for text in line] for line in grid)
    assert texts(table(*unmarked, spans={(1, 0): (2, 1)}))[1:] == [{0: "4T1", 1: "silica"}, {0: "HeLa", 1: "PLGA"}]


@pytest.mark.parametrize("text", ["", " ", "-", "–", "—", "_", "n/a", "N/A", "N.A.", "NR", "not reported", "/", "..."])
def test_blank_cells_say_nothing(text: str) -> None:
    assert is_blank(text)
    assert values(text, "drugs") == []


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("membranes", "HCT-116, MCF-7, HeLa", ["HCT-116", "MCF-7", "HeLa"]),
        ("membranes", "RBC/MCF-7", ["RBC", "MCF-7"]),
        ("membranes", "4T1 and red blood cells", ["4T1", "red blood cells"]),
        ("membranes", "MCF-7/ADR", ["MCF-7/ADR"]),
        ("cores", "poly(caprolactone) and pluronic copolymer F68", ["poly(caprolactone) and pluronic copolymer F68"]),
        ("cores", "lipid (soy, egg) NPs", ["lipid (soy, egg) NPs"]),
        ("cores", "1,2-distearoyl-sn-glycero-3-PE", ["1,2-distearoyl-sn-glycero-3-PE"]),
        ("cores", "Fe3O4; silica", ["Fe3O4", "silica"]),
        ("drugs", "indomethacin, gamabufotalin", ["indomethacin", "gamabufotalin"]),
        ("drugs", "DOX/ICG", ["DOX", "ICG"]),
        ("drugs", "anti-PD-1/PD-L1 antibody", ["anti-PD-1/PD-L1 antibody"]),
        ("diseases", "melanoma, liver cancer, TC-1 tumor", ["melanoma", "liver cancer", "TC-1 tumor"]),
        ("diseases", "head and neck cancer", ["head and neck cancer"]),
        ("diseases", "melanoma and lung cancer", ["melanoma", "lung cancer"]),
        ("diseases", "ischemia/reperfusion injury", ["ischemia/reperfusion injury"]),
        ("animal_models", "BALB/c mice, nude mice", ["BALB/c mice", "nude mice"]),
        ("animal_models", "male and female MRL/lpr mice", ["male and female MRL/lpr mice"]),
        ("modalities", "PDT, chemotherapy and others, etc.", ["PDT", "chemotherapy"]),
        ("sizes", "110.5 ± 3.2; 1,200", ["110.5 ± 3.2", "1,200"]),
    ],
)
def test_several_values_in_a_cell_are_parted_and_names_are_not(field: str, text: str, expected: list[str]) -> None:
    assert values(text, field) == expected


def test_members_of_a_coordination_share_its_head() -> None:
    text = "PA/US/photothermal multimodal imaging, PTT"
    found = items(Cell(row=1, col=0, start=0, end=len(text), text=text), "modalities")
    assert [item.full for item in found] == ["PA imaging", "US imaging", "photothermal multimodal imaging", "PTT"]


@given(
    st.sampled_from(FIELDS),
    st.lists(
        st.sampled_from(["HeLa", "MCF-7", "/", ", ", " and ", "(a, b)", "; ", "-", "1,2", "etc.", "PDT", " ", "µ"]),
        max_size=12,
    ).map("".join),
)
def test_items_are_ordered_ranges_that_hold_their_text(field, text) -> None:
    found = items(Cell(row=1, col=0, start=7, end=7 + len(text), text=text), field)
    at = 7
    for item in found:
        assert at <= item.start < item.end <= 7 + len(text)
        assert text[item.start - 7 : item.end - 7] == item.text
        assert item.text == item.text.strip()
        at = item.end


@pytest.mark.parametrize(
    ("heading", "cells", "field"),
    [
        ("Application", ["Breast cancer", "Glioma", "HIV infection"], "diseases"),
        ("Target", ["Breast cancer", "Sepsis", "Pneumonia infection"], "diseases"),
        ("Target", ["CD44", "EGFR", "integrin"], "other"),
        ("Disease", ["PTT", "chemotherapy", "photodynamic therapy"], "modalities"),
        ("Freight", ["4T1-bearing mice", "rats", "nude mice"], "animal_models"),
        ("Application", ["PTT", "cancer therapy", "MRI"], "modalities"),
    ],
)
def test_contents_win_over_a_heading_that_they_contradict(heading: str, cells: list[str], field: str) -> None:
    t = table(["Membrane", "Core", heading], *(["HeLa", "PLGA", cell] for cell in cells))
    assert columns(t)[2].field == field


def test_names_in_the_cells_settle_a_heading_that_says_nothing_known() -> None:
    t = table(["Membrane", "Size (nm)", "Freight"], ["HeLa", "90", "abc"], ["KB", "80", "efg"], ["4T1", "70", "?"])
    spans = [(cell.start, cell.end, "drugs") for cell in t.cells if cell.col == 2 and cell.row]
    assert columns(t)[2].field == "other"
    assert columns(t, names_of(spans))[2].field == "drugs"


def test_bare_numbers_from_one_on_are_the_rows_own() -> None:
    rows_ = [["1", "HeLa", "PLGA"], ["2", "KB", "gold"]]
    assert fields(table(["No.", "Membrane", "Core"], *rows_))[0] == "number"
    assert fields(table(["Study", "Membrane", "Core"], *rows_))[0] == "number"
    assert fields(table(["Ref.", "Membrane", "Core"], *rows_))[0] == "reference"
    assert fields(table(["No.", "Membrane", "Core"], *([f"[{n}]", *rest] for n, *rest in rows_)))[0] == "reference"


def test_heading_rows_nest_and_give_way_to_their_kind() -> None:
    t = table(
        ["Core", "Drug", "Size (nm)", "Ref."],
        ["Cancer", None, None, None],
        ["Platelets (n = 1)", None, None, None],
        ["PLGA", "DOX", "90", "[1]"],
        ["Erythrocytes", None, None, None],
        ["gold", "DOX", "80", "[2]"],
        ["Stroke", None, None, None],
        ["silica", "DOX", "70", "[3]"],
        spans={(r, 0): (1, 4) for r in (1, 2, 4, 6)},
    )
    found = study_table(t)
    assert found is not None
    told = [[(cell.text, field) for cell, field in found.over(row)] for row in found.rows]
    assert told == [
        [("Platelets (n = 1)", "membranes"), ("Cancer", "diseases")],
        [("Erythrocytes", "membranes"), ("Cancer", "diseases")],
        [("Stroke", "diseases")],
    ]


@pytest.mark.parametrize("text", ["In vitro", "in vitro only", "cells", "–"])
def test_no_animal_is_a_blank(text: str) -> None:
    assert values(text, "animal_models") == []
    assert is_blank(text, "animal_models")


def test_a_heading_row_may_run_over_into_the_next_columns_and_stand_in_the_middle() -> None:
    t = table(
        ["Core", "Drug", "Size (nm)", "Animal", "Ref."],
        ["Hybrid of platelets and", "4T1", "", "", ""],
        ["PLGA", "DOX", "90", "mice", "[1]"],
        ["", "", "Neutrophils", "", ""],
        ["gold", "DOX", "80", "rats", "[2]"],
    )
    assert [[group.text for group in row.groups] for row in rows(t)] == [
        ["Hybrid of platelets and 4T1"],
        ["Neutrophils"],
    ]


def test_a_class_beside_its_values_is_no_value() -> None:
    t = table(
        ["Disease class", "Disease", "Membrane", "Core"],
        ["Degenerative", "ALS", "HeLa", "PLGA"],
        ["Vascular", "stroke", "4T1", "gold"],
    )
    assert fields(t) == ["group", "diseases", "membranes", "cores"]


@pytest.mark.parametrize("heading", ["Authors, year", "Author/Year", "Year, author", "First author (year)", "Authors"])
def test_authors_and_years_are_references(heading: str) -> None:
    assert fields(table([heading, "Membrane", "Core"], ["x", "HeLa", "PLGA"]))[0] == "reference"


def test_two_columns_of_a_kind_are_both() -> None:
    t = table(["Cell 1", "Cell 2", "Core", "Drug 1", "Second drug"], ["RBC", "4T1", "PLGA", "DOX", "ICG"])
    assert fields(t) == ["membranes", "membranes", "cores", "drugs", "drugs"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A. Platelets (n = 4)", "Platelets"),
        ("3.1 Stroke [12]", "Stroke"),
        ("E. coli", "E. coli"),
        ("(b) Glioma", "Glioma"),
    ],
)
def test_a_heading_row_is_named_without_its_numbers(text: str, name: str) -> None:
    cell = bare(Cell(row=1, col=0, start=7, end=7 + len(text), text=text))
    assert (cell.text, cell.end - cell.start, text[cell.start - 7 : cell.end - 7]) == (name, len(name), name)


def test_a_size_before_coating_gives_way_to_that_after_it() -> None:
    t = table(["Membrane", "Core", "Bare size (nm)", "Final size (nm)"], ["HeLa", "PLGA", "90", "112"])
    assert fields(t)[2:] == ["other", "sizes"]
    alone = table(["Membrane", "Core", "Core size (nm)"], ["HeLa", "PLGA", "90"])
    assert fields(alone)[2] == "sizes"


def test_a_heading_with_a_unit_of_length_over_numbers_gives_sizes() -> None:
    t = table(["Coat", "Core", "Core → coated, nm"], ["HeLa", "PLGA", "61 → 79"], ["KB", "gold", "12 → 34"])
    assert fields(t)[2] == "sizes"


def test_bare_numbers_at_the_end_cite_where_no_other_column_does() -> None:
    body = [["HeLa", "PLGA", "12"], ["KB", "gold", "7"], ["4T1", "silica", "31"]]
    assert fields(table(["Membrane", "Core", "Source"], *body))[2] == "reference"
    bracketed = [[coat, core, f"({number})"] for coat, core, number in body]
    assert fields(table(["Core", "Drug", "Source"], *bracketed))[2] == "reference"
    assert fields(table(["Membrane", "Core", "Dose (mg)"], *body))[2] == "other"
    assert fields(table(["Ref.", "Membrane", "Core", "Days"], *(["[1]", *row] for row in body)))[3] == "other"


def test_a_table_of_four_fields_needs_no_column_for_the_coat() -> None:
    t = table(["Code", "Particle", "Drug", "Size (nm)", "Cancer"], ["A", "PLGA", "DOX", "90", "glioma"])
    assert fields(t) == ["formulation", "cores", "drugs", "sizes", "diseases"]


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("membranes", "PLT–BT-474", ["PLT", "BT-474"]),
        ("membranes", "MΦ–GL261", ["MΦ", "GL261"]),
        ("membranes", "MCF–7", ["MCF–7"]),
        ("cores", "NaYF4:Yb,Er", ["NaYF4:Yb,Er"]),
    ],
)
def test_a_dash_parts_a_hybrid_and_a_close_comma_no_core(field: str, text: str, expected: list[str]) -> None:
    assert values(text, field) == expected


def test_every_rule_on_headings_answers_its_own_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_headings() == []
    rules = list(heading_rules())
    at = next(number for number, rule in enumerate(rules) if "Payload" in rule.yes)
    rules[at] = rules[at].model_copy(update={"yes": ("Ref.",), "no": ("Drug",)})
    monkeypatch.setattr(sys.modules["pipeline.tabular.columns"], "heading_rules", lambda: tuple(rules))
    assert check_headings() == [
        f"rule {at + 1} (drugs): 'Ref.' is named by rule 1 (reference)",
        f"rule {at + 1} (drugs): it names 'Drug'",
    ]


@pytest.mark.parametrize(
    ("text", "field", "told"),
    [
        ("(i) 138 (ii) 152", "sizes", ["138", "152"]),
        ("(i) gold nanostars; (ii) gold nanorods", "cores", ["gold nanostars", "gold nanorods"]),
        ("a) platelets b) neutrophils", "membranes", ["platelets", "neutrophils"]),
        ("1) DOX, 2) PTX", "drugs", ["DOX", "PTX"]),
        ("(ii) DOX", "drugs", ["(ii) DOX"]),
        ("2-(4-chlorophenyl) amine", "drugs", ["2-(4-chlorophenyl) amine"]),
    ],
)
def test_a_cell_may_count_its_values(text: str, field: str, told: list[str]) -> None:
    assert values(text, field) == told


@pytest.mark.parametrize("text", ["∅", "×", "(none)", "no drug", "not loaded", "n.t.", "empty"])
def test_signs_and_words_for_nothing_are_blank(text: str) -> None:
    assert is_blank(text, "drugs")


def test_in_vitro_with_what_was_used_is_no_animal_and_an_animal_beside_it_is() -> None:
    assert values("in vitro (whole blood)", "animal_models") == []
    assert values("in vitro; BALB/c mice", "animal_models") == ["BALB/c mice"]


@pytest.mark.parametrize("mark", ["″", '"', "”", "''", "ditto", "ibid.", "as above", "– ” –"])
def test_what_a_ditto_mark_repeats_holds_for_its_row(mark: str) -> None:
    t = table(["Coat", "Core", "Ref."], ["4T1", "PLGA", "[1]"], [mark, "gold", "[2]"], [mark, "silica", mark])
    told = [[cell.text for cell in row.cells.values()] for row in study_table(t).rows]
    assert told == [["4T1", "PLGA", "[1]"], ["4T1", "gold", "[2]"], ["4T1", "silica", "[2]"]]


def test_ticks_say_yes_to_their_heading() -> None:
    t = table(["Coat", "Core", "PTT", "PDT"], ["4T1", "PLGA", "✓", ""], ["HeLa", "gold", "–", "✓"])
    assert fields(t) == ["membranes", "cores", "marks", "marks"]


def test_a_letter_is_no_tick() -> None:
    assert fields(table(["Coat", "Core", "Imaging"], ["4T1", "PLGA", "x"], ["HeLa", "gold", "x"]))[2] == "modalities"


def test_names_that_were_recognised_contradict_a_heading() -> None:
    t = table(["Coat", "Core", "Application"], ["4T1", "PLGA", "TB"], ["HeLa", "gold", "OP"], ["KB", "silica", "MI"])
    known = names_of((c.start, c.end, "diseases") for c in t.cells if c.text in ("TB", "OP", "MI"))
    assert columns(t, known)[2].field == "diseases"
    assert columns(t)[2].field == "modalities"


@pytest.mark.parametrize(
    ("heading", "cells", "fields_told", "parts"),
    [
        ("Membrane/core", ["4T1/PLGA", "HeLa/gold"], ["membranes", "cores"], ["4T1", "PLGA", "HeLa", "gold"]),
        ("Core (size)", ["PLGA (110 nm)", "gold (60)"], ["cores", "sizes"], ["PLGA", "110 nm", "gold", "60"]),
        (
            "Disease; model",
            ["glioma; nude mice", "stroke; SD rats"],
            ["diseases", "animal_models"],
            ["glioma", "nude mice", "stroke", "SD rats"],
        ),
        (
            "Size (nm) / ζ potential (mV)",
            ["110 / −20", "95 / −8"],
            ["sizes", "other"],
            ["110", "−20", "95", "−8"],
        ),
    ],
)
def test_a_column_of_two_fields_is_two(
    heading: str, cells: list[str], fields_told: list[str], parts: list[str]
) -> None:
    t = table([heading, "Drug", "Coat", "Core"], *([cell, "DOX", "KB", "silica"] for cell in cells))
    found = study_table(t)
    assert found is not None
    assert [found.columns[n].field for n in (0, 1)] == fields_told
    told = [cell for row in found.rows for col, cell in row.cells.items() if col < 2]
    assert [cell.text for cell in told] == parts
    original = {cell.start: cell.text for cell in t.cells}
    assert all(
        any(s <= c.start and c.text == text[c.start - s :][: len(c.text)] for s, text in original.items()) for c in told
    )


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Cell source (species)", ["4T1 (mouse)", "HeLa (human)"]),  # the donor of the coat is no test animal
        ("Disease/animal model", ["4T1 tumour-bearing mice", "glioma-bearing rats"]),
        ("Author/year", ["Li/2019", "Wu/2020"]),
        ("Core/shell size (nm)", ["80/100", "70/95"]),
        ("Size before/after coating (nm)", ["80/100", "70/95"]),
        ("Drug/cargo", ["DOX/PTX", "ICG/DOX"]),
    ],
)
def test_other_columns_stay_whole(heading: str, cells: list[str]) -> None:
    found = study_table(table([heading, "Core", "Coat"], *([cell, "gold", "KB"] for cell in cells)))
    assert found is not None
    assert len(found.columns) == 3


def test_halves_of_a_table_side_by_side_are_one() -> None:
    head = ["Coat", "Core", "Ref."]
    t = table(head * 2, ["4T1", "PLGA", "[1]", "HeLa", "gold", "[3]"], ["KB", "silica", "[2]", "", "", ""])
    found = study_table(t)
    assert found is not None
    told = [[cell.text for cell in row.cells.values()] for row in found.rows]
    assert told == [["4T1", "PLGA", "[1]"], ["KB", "silica", "[2]"], ["HeLa", "gold", "[3]"]]


def test_a_column_source_of_bare_numbers_leaves_the_coats_to_another() -> None:
    t = table(
        ["Bacterial or cell source", "Core", "Drug", "Source"],
        ["4T1", "PLGA", "DOX", "3"],
        ["HeLa", "gold", "PTX", "5"],
    )
    t2 = table(["Origin of it", "Core", "Drug", "Source"], *([f"{n} cells", "gold", "DOX", n] for n in ("4", "7", "9")))
    assert fields(t)[0] == "membranes"
    assert [fields(t2)[n] for n in (0, 3)] == ["membranes", "reference"]
