"""Rows of study tables of many shapes, each keyed to its study."""

from __future__ import annotations

import pytest

from pipeline.document import Reference, Script
from pipeline.relations import assemble, rows_without_study
from pipeline.relations.listing import _fits


def keys(records) -> list[str]:
    return [record.study.key for record in records]


def test_numbers_in_a_reference_column_are_keys_without_a_reference_list(paper) -> None:
    paper.block("title", "Review").table(["Membrane", "Core", "Ref."], ["{C:HeLa}", "{N:PLGA}", "11"])
    (record,) = assemble(*paper.done())
    assert (record.study.key, record.study.doi) == ("11", None)


def test_author_and_year_find_their_reference(paper) -> None:
    paper.block("title", "Review").table(
        ["Study", "Membrane", "Core"],
        ["Lund et al. (2023)", "{C:HeLa}", "{N:PLGA}"],
        ["Hara and Stone (2016)", "{C:KB}", "{N:gold}"],
        ["Nobody (1999)", "{C:4T1}", "{N:silica}"],
    )
    records = assemble(*paper.done({"1": ("Hara, Y., Stone, D.", 2016), "2": ("Lund, E.", 2023)}))
    assert keys(records) == ["2", "1", "Table 1: Nobody (1999)"]


def test_a_citation_behind_the_name_of_the_formulation_is_the_key(paper) -> None:
    paper.block("title", "Review").table(
        ["Formulation", "Cell type", "Nanocarrier"], ["GM-MOF (2)", "{C:MKN45}", "{N:MIL-101}"]
    )
    (record,) = assemble(*paper.done({"2": ("Wu, X.", 2020)}))
    assert (record.study.key, record.study.doi, record.formulation) == ("2", "10.5555/2", "GM-MOF")


def test_two_tables_are_joined_by_reference(paper, stated) -> None:
    paper.block("title", "Review")
    paper.table(["Ref.", "Coat", "Core material"], ["[11]", "{C:HeLa}", "{N:PLGA}"], ["[12]", "{C:KB}", "{N:gold}"])
    paper.table(["Ref.", "Diameter (nm)", "Tumor type"], ["[12]", "{S:48}", "{X:oral cancer}"])
    first, second = assemble(*paper.done())
    assert stated(first) == {"membranes": ["HeLa"], "cores": ["PLGA"]}
    assert stated(second) == {"membranes": ["KB"], "cores": ["gold"], "sizes": ["48"], "diseases": ["oral cancer"]}


def test_a_table_without_particles_that_cites_the_same_works_tells_more_of_them(paper, stated) -> None:
    paper.block("title", "Review")
    paper.table(["Ref.", "Coat", "Core"], ["[11]", "{C:HeLa}", "{N:PLGA}"], ["[12]", "{C:KB}", "{N:gold}"])
    paper.table(["Ref.", "Indication", "Model"], ["[12]", "{X:stroke}", "{A:rats}"], ["[11]", "{X:glioma}", "{A:mice}"])
    paper.table(["Ref.", "Indication", "Model"], ["[21]", "{X:sepsis}", "{A:pigs}"], ["[12]", "{X:gout}", "{A:dogs}"])
    first, second = assemble(*paper.done())
    assert (stated(first)["diseases"], stated(first)["animal_models"]) == (["glioma"], ["mice"])
    assert (stated(second)["diseases"], stated(second)["animal_models"]) == (["stroke"], ["rats"])


def test_cells_that_label_their_parts_are_columns(paper, stated) -> None:
    paper.block("title", "Review").table(
        ["Ref.", "Carrier", "Use"],
        [
            "[11]",
            "Membrane: {C:HeLa} Core: {N:PLGA} Cargo: {D:DOX}",
            "Disease: {X:cervical cancer}; Animal: {A:nude mice}",
        ],
        ["[12]", "Membrane: {C:KB} Core: {N:gold}", "Disease: {X:oral cancer}; Animal: {A:BALB/c mice}"],
    )
    first, second = assemble(*paper.done())
    assert stated(first) == {
        "membranes": ["HeLa"],
        "cores": ["PLGA"],
        "drugs": ["DOX"],
        "diseases": ["cervical cancer"],
        "animal_models": ["nude mice"],
    }
    assert stated(second)["membranes"] == ["KB"]


def test_rows_that_tell_of_a_study_in_words_are_read_as_prose(paper, stated) -> None:
    paper.block("title", "Review").table(
        ["Ref.", "What was made", "What came of it"],
        [
            "[11]",
            "{N:PLGA} was coated with {C:HeLa} membranes and loaded with {D:DOX}",
            "It cured {X:cervical cancer} in mice",
        ],
        ["[12]", "{N:Gold} was coated with {C:KB} membranes", "It did not last, and nobody knows why"],
    )
    first, second = assemble(*paper.done())
    assert stated(first, "text") == {
        "membranes": ["HeLa"], "cores": ["PLGA"], "drugs": ["DOX"], "diseases": ["cervical cancer"],
    }  # fmt: skip
    assert stated(second, "text") == {"membranes": ["KB"], "cores": ["Gold"]}


def test_a_turned_table_has_one_study_per_column(paper, stated) -> None:
    paper.block("title", "Review").table(
        ["Reference", "[2]", "[3]"],
        ["Membrane source", "{C:U-87 MG}", "{T:platelets}"],
        ["Core", "{N:gelatin}", "{N:PLGA}"],
        ["Cargo", "{D:cisplatin}", "—"],
    )
    records = assemble(*paper.done())
    assert [stated(record) for record in records] == [
        {"membranes": ["U-87 MG"], "cores": ["gelatin"], "drugs": ["cisplatin"]},
        {"membranes": ["platelets"], "cores": ["PLGA"]},
    ]


def test_merged_cells_hold_for_all_their_rows(paper, stated) -> None:
    paper.block("title", "Review").table(
        ["Membrane", "Particle", None, "Ref."],
        [None, "Core", "Drug", None],
        ["{C:4T1}", "{N:ZIF-8}", "{D:DOX}", "[1]"],
        [None, "{N:gold}", None, "[2]"],
        header_rows=2,
        spans={(0, 0): (2, 1), (0, 1): (1, 2), (0, 3): (2, 1), (2, 0): (2, 1), (2, 2): (2, 1)},
    )
    first, second = assemble(*paper.done())
    assert stated(first) == {"membranes": ["4T1"], "cores": ["ZIF-8"], "drugs": ["DOX"]}
    assert stated(second) == {"membranes": ["4T1"], "cores": ["gold"], "drugs": ["DOX"]}


def test_a_row_that_cites_a_few_works_holds_for_each(paper, stated) -> None:
    paper.block("title", "Review").table(["Membrane", "Core", "Ref."], ["{C:4T1}", "{N:ZIF-8}", "[1,2]"])
    records = assemble(*paper.done())
    assert keys(records) == ["1", "2"]
    assert [stated(record) for record in records] == [{"membranes": ["4T1"], "cores": ["ZIF-8"]}] * 2


def test_a_row_that_cites_many_works_is_one_joint_record(paper) -> None:
    paper.block("title", "Review").table(["Membrane", "Core", "Ref."], ["{C:4T1}", "{N:ZIF-8}", "[1-4]"])
    (record,) = assemble(*paper.done())
    assert (record.study.key, record.study.doi) == ("1,2,3,4", None)


def test_a_comparison_with_the_literature_keeps_this_work_apart(paper) -> None:
    paper.block("title", "{C:HeLa} membrane-coated {N:PLGA}").block("paragraph", "We did it.", "Methods")
    paper.table(
        ["Formulation", "Membrane", "Core", "Ref."],
        ["HM-P", "{C:HeLa}", "{N:PLGA}", "This work"],
        ["KM-G", "{C:KB}", "{N:gold}", "[1]"],
    )
    assert sorted(keys(assemble(*paper.done()))) == ["1", "self"]


def test_controls_in_the_table_of_a_source_paper_are_left_out(paper, stated) -> None:
    paper.block("title", "{C:CT26} membrane for {N:PLGA}")
    paper.block("abstract", "Here we coated {N:PLGA} with {C:CT26} membrane (CM@PLGA).")
    paper.block("paragraph", "CM@PLGA was made by us: we coated {N:PLGA} with {C:CT26} membrane.", "Methods")
    paper.table(["Sample", "Diameter (nm)"], ["PLGA", "{S:96}"], ["CM vesicles", "{S:171}"], ["CM@PLGA", "{S:118}"])
    document, mentions = paper.done()
    roles = {"CELL_LINE": "membrane_source", "CORE": "core", "SIZE": "coated"}
    (record,) = assemble(document, [m.model_copy(update={"role": roles[m.label], "support": 0.95}) for m in mentions])
    assert record.formulation == "CM@PLGA"
    assert stated(record, "table") == {"sizes": ["118"]}


def listed(records) -> list[tuple[str, list[str], list[str]]]:
    return [(r.study.key, [v.text for v in r.membranes], [v.text for v in r.diseases]) for r in records]


def test_the_caption_tells_the_coat_of_rows_without_one(paper) -> None:
    paper.block("title", "Review").block(
        "caption", "Table 1. Carriers cloaked with {T:platelet} membrane in {X:stroke}."
    )
    paper.table(
        ["Core", "Cargo", "Size (nm)", "Ref."],
        ["{N:PLGA}", "{D:heparin}", "{S:90}", "[1]"],
        ["{N:silica}", "–", "{S:120}", "[2]"],
        caption="Table 1. Carriers cloaked with platelet membrane in stroke.",
    )
    records = assemble(*paper.done())
    assert listed(records) == [("1", ["platelet"], ["stroke"]), ("2", ["platelet"], ["stroke"])]
    assert all(value.channel == "table" for record in records for _, value in record.items())


def test_a_column_speaks_before_the_caption(paper) -> None:
    paper.block("title", "Review").block("caption", "Table 1. {T:Platelet}-coated particles against {X:cancer}.")
    paper.table(
        ["Core", "Cargo", "Disease", "Ref."],
        ["{N:PLGA}", "{D:heparin}", "{X:glioma}", "[1]"],
        ["{N:silica}", "{D:DOX}", "–", "[2]"],
        caption="Table 1. Platelet-coated particles against cancer.",
    )
    assert listed(assemble(*paper.done())) == [("1", ["Platelet"], ["glioma"]), ("2", ["Platelet"], [])]


def test_a_caption_that_names_two_coats_tells_neither_unless_they_are_one(paper) -> None:
    grid = (["Core", "Cargo", "Size (nm)", "Ref."], ["{N:PLGA}", "{D:heparin}", "{S:90}", "[1]"])
    paper.block("title", "Membrane coats. Review")
    paper.block("caption", "Table 1. {T:Platelet} or {C:HeLa} coats.")
    paper.table(*grid, caption="Table 1. Platelet or HeLa coats.")
    assert assemble(*paper.done()) == []


def test_the_parents_of_a_hybrid_in_the_caption_are_both_coats(paper) -> None:
    paper.block("title", "Review").block("caption", "Table 1. Coats fused of {T:platelet} and {C:HeLa} membrane.")
    paper.table(
        ["Core", "Cargo", "Size (nm)", "Ref."],
        ["{N:PLGA}", "{D:heparin}", "{S:90}", "[1]"],
        caption="Table 1. Coats fused of platelet and HeLa membrane.",
    )
    assert listed(assemble(*paper.done())) == [("1", ["platelet", "HeLa"], [])]


def test_the_sentence_that_refers_to_a_table_tells_its_coat_and_of_two_tables_each_its_own(paper) -> None:
    head = ["Core", "Cargo", "Size (nm)", "Ref."]
    paper.block("title", "Review")
    paper.block("paragraph", "Table 1 lists {T:platelet}-coated carriers, Table 2 those with {C:HeLa} membrane.")
    paper.table(head, ["{N:PLGA}", "{D:heparin}", "{S:90}", "[1]"], caption="Table 1")
    paper.table(head, ["{N:gold}", "{D:DOX}", "{S:60}", "[2]"], caption="Table 2")
    paper.tables[0] = paper.tables[0].model_copy(update={"label": "Table 1"})
    paper.tables[1] = paper.tables[1].model_copy(update={"label": "Table 2"})
    assert listed(assemble(*paper.done())) == [("1", ["platelet"], []), ("2", ["HeLa"], [])]


def test_heading_rows_tell_the_coat_of_the_rows_below_and_classes_tell_nothing(paper) -> None:
    paper.block("title", "Review")
    paper.table(
        ["Core", "Cargo", "Size (nm)", "Ref."],
        ["{T:Platelets} (n = 2)", None, None, None],
        ["{N:PLGA}", "{D:heparin}", "{S:90}", "[1]"],
        ["{N:silica}", "–", "{S:120}", "[2]"],
        ["Neutrophils", None, None, None],
        ["{N:gold}", "{D:DOX}", "{S:60}", "[3]"],
        ["Others", None, None, None],
        ["{N:MIL-101}", "{D:DOX}", "{S:160}", "[4]"],
        spans={(1, 0): (1, 4), (4, 0): (1, 4), (6, 0): (1, 4)},
    )
    document, mentions = paper.done()
    first, second, *others = listed(assemble(document, mentions))
    assert (first, second) == (("1", ["Platelets"], []), ("2", ["Platelets"], []))
    assert others == [("3", [], []), ("4", [], [])]  # listed among coated particles; which coat was not told


def test_a_running_number_is_no_citation(paper) -> None:
    paper.block("title", "Review").table(
        ["No.", "Membrane", "Core"], ["1", "{C:HeLa}", "{N:PLGA}"], ["2", "{C:KB}", "{N:gold}"]
    )
    records = assemble(*paper.done({"1": ("Wu, X.", 2020), "2": ("Lund, E.", 2023)}))
    assert [(r.study.key, r.study.doi) for r in records] == [("Table 1: 1", None), ("Table 1: 2", None)]


def test_a_doi_is_the_studys_whether_the_list_has_it_or_not(paper) -> None:
    paper.block("title", "Review").table(
        ["Membrane", "Core", "DOI"],
        ["{C:HeLa}", "{N:PLGA}", "https://doi.org/10.5555/2."],
        ["{C:KB}", "{N:gold}", "10.5555/s41565- 018-0373-6"],
        ["{C:4T1}", "{N:silica}", "10.5555/s41565-"],
    )
    records = assemble(*paper.done({"1": ("Wu, X.", 2020), "2": ("Lund, E.", 2023)}))
    assert [(r.study.key, r.study.doi) for r in records] == [
        ("2", "10.5555/2"),
        ("10.5555/s41565-018-0373-6", "10.5555/s41565-018-0373-6"),
        ("Table 1: 10.5555/s41565-", None),
    ]


def test_author_and_year_may_stand_in_two_columns(paper) -> None:
    paper.block("title", "Review").table(
        ["Author", "Year", "Membrane", "Core"],
        ["Lund", "2023", "{C:HeLa}", "{N:PLGA}"],
        ["Lund", "2021", "{C:KB}", "{N:gold}"],
    )
    assert keys(assemble(*paper.done({"1": ("Lund, Y.", 2021), "2": ("Lund, E.", 2023)}))) == ["2", "1"]


def test_where_number_and_author_disagree_none_is_taken(paper) -> None:
    paper.block("title", "Review").table(["Ref.", "Membrane", "Core"], ["Lund et al. [1]", "{C:HeLa}", "{N:PLGA}"])
    (record,) = assemble(*paper.done({"1": ("Wu, X.", 2020), "2": ("Lund, E.", 2023)}))
    assert record.study.doi is None
    (warning,) = rows_without_study([record])
    assert warning.startswith("Table 1: ")
    assert "row 1;" in warning


def test_rows_without_a_reference_that_share_a_cell_stay_apart(paper) -> None:
    paper.block("title", "Review").table(
        ["Membrane", "Core", "Cargo"],
        ["{C:HeLa}", "{N:PLGA}", "{D:DOX}"],
        [None, "{N:gold}", "{D:DOX}"],
        spans={(1, 0): (2, 1)},
    )
    first, second = assemble(*paper.done())
    assert [r.study.key for r in (first, second)] == ["Table 1: PLGA", "Table 1: gold"]
    assert [str(row) for r in (first, second) for row in r.rows] == ["Table 1, row 1", "Table 1, row 2"]


def test_findings_in_words_tell_the_animal_where_no_column_does(paper, stated) -> None:
    paper.block("title", "Review").table(
        ["Membrane", "Core", "Key findings", "Ref."],
        ["{C:HeLa}", "{N:PLGA}", "Growth of {X:glioma} stopped in {A:nude mice} after {M:PTT}", "[1]"],
    )
    (record,) = assemble(*paper.done())
    assert stated(record) == {
        "membranes": ["HeLa"],
        "cores": ["PLGA"],
        "animal_models": ["nude mice"],
        "modalities": ["PTT"],
    }


def test_a_doi_that_the_list_lacks_joins_the_prose_that_tells_the_same_of_one_work(paper) -> None:
    paper.block("title", "Review").table(
        ["Membrane", "Core", "Cargo", "Size (nm)", "DOI"],
        ["{C:HeLa}", "{N:PLGA}", "{D:DOX}", "{S:90}", "10.1016/j.jconrel.2021.04.069"],
        ["{C:KB}", "{N:gold}", "{D:heparin}", "{S:61}", "10.1016/j.jconrel.2021.04.070"],
        ["{C:KB}", "{N:silica}", "{D:heparin}", "{S:70}", "10.1016/j.jconrel.2020.04.071"],
    )
    paper.block(
        "paragraph", "{N:PLGA} in {C:HeLa} membrane freed its {D:DOX} [1]. The {C:KB} coat bore {D:heparin} [2]."
    )
    document, mentions = paper.done({"1": ("Wu, X.", 2021), "2": ("Lund, E.", 2021)})
    bare = [each.model_copy(update={"doi": None}) for each in document.references]
    records = assemble(document.model_copy(update={"references": tuple(bare)}), mentions, ("table",))
    assert [(r.study.key, r.study.doi) for r in records] == [
        ("1", "10.1016/j.jconrel.2021.04.069"),
        ("10.1016/j.jconrel.2021.04.070", "10.1016/j.jconrel.2021.04.070"),
        ("10.1016/j.jconrel.2020.04.071", "10.1016/j.jconrel.2020.04.071"),
    ]


@pytest.mark.parametrize(
    ("doi", "printed", "fits"),
    [
        ("10.1016/j.jconrel.2021.04.069", "Wu X. Coats. J. Controlled Release 2021, 14, 995.", 2),
        ("10.1126/sciadv.abc8549", "Wu X. Coats. Sci. Adv. 2021, 43, 5981.", 1),
        ("10.1039/c7nr01498k", "Wu X. Coats. Nanoscale 2021, 39, 4280.", 0),
        ("10.1016/j.jconrel.2020.04.069", "Wu X. Coats. J. Controlled Release 2021, 14, 995.", None),
    ],
)
def test_a_doi_speaks_of_year_and_journal(paper, doi: str, printed: str, fits: int | None) -> None:
    document, _ = paper.block("reference", printed).done()
    reference = Reference(key="1", start=0, end=len(printed), year=2021)
    assert _fits(document, doi, reference) == fits


def test_an_entry_of_several_dois_gives_none(paper) -> None:
    paper.block("title", "Review").table(["Membrane", "Core", "Ref."], ["{C:HeLa}", "{N:PLGA}", "[1]"])
    paper.block("reference", "Wu X. doi:10.5555/a Lund E. doi:10.5555/b")
    document, mentions = paper.done()
    start = document.text.index("Wu X.")
    reference = Reference(key="1", start=start, end=len(document.text) - 1, doi="10.5555/a")
    document = document.model_copy(update={"references": (reference,)})
    (record,) = assemble(document, mentions)
    assert (record.study.key, record.study.doi) == ("1", None)


def test_a_class_of_two_coats_tells_neither_but_of_a_hybrid_both(paper) -> None:
    paper.block("title", "Review").table(
        ["Core", "Cargo", "Size (nm)", "Ref."],
        ["{T:Platelets} and {T:neutrophils}", None, None, None],
        ["{N:PLGA}", "{D:heparin}", "{S:90}", "[1]"],
        ["{T:Platelet}\u2013{C:HeLa} hybrid", None, None, None],
        ["{N:silica}", "–", "{S:120}", "[2]"],
        spans={(1, 0): (1, 4), (3, 0): (1, 4)},
    )
    assert listed(assemble(*paper.done())) == [("1", [], []), ("2", ["Platelet", "HeLa"], [])]


def test_a_range_of_bare_numbers_is_all_of_them(paper) -> None:
    paper.block("title", "Review").table(["Membrane", "Core", "Ref."], ["{C:HeLa}", "{N:PLGA}", "4\u20136, 9"])
    (record,) = assemble(*paper.done())
    assert record.study.key == "4,5,6,9"
    assert rows_without_study([record]) == []


def test_headings_from_the_innermost_and_at_last_the_title_tell_the_coat(paper) -> None:
    grid = (["Core", "Cargo", "Size (nm)", "Ref."], ["{N:PLGA}", "{D:heparin}", "{S:90}", "[1]"])
    paper.block("title", "{T:Platelet} coats. A review")
    paper.block("heading", "{C:HeLa} membrane coats").block("heading", "Oncology", "HeLa membrane coats")
    paper.block("caption", "Table 1. Works.", "HeLa membrane coats", "Oncology").table(*grid, caption="Table 1. Works.")
    assert listed(assemble(*paper.done())) == [("1", ["HeLa"], [])]


def test_the_title_tells_the_coat_where_nothing_nearer_does(paper) -> None:
    grid = (["Core", "Cargo", "Size (nm)", "Ref."], ["{N:PLGA}", "{D:heparin}", "{S:90}", "[1]"])
    paper.block("title", "{T:Platelet} coats. A review").table(*grid)
    assert listed(assemble(*paper.done())) == [("1", ["Platelet"], [])]


def test_a_doi_that_looks_cut_is_not_given(paper) -> None:
    paper.block("title", "Review").table(["Membrane", "Core", "Ref."], ["{C:HeLa}", "{N:PLGA}", "[1]"])
    document, mentions = paper.done({"1": ("Wu, X.", 2021)})
    cut = document.references[0].model_copy(update={"doi": "10.1038/s"})
    (record,) = assemble(document.model_copy(update={"references": (cut,)}), mentions)
    assert record.study.doi is None


def test_a_row_between_known_ones_is_the_one_entry_between_theirs(paper) -> None:
    lines = ["HeLa", "KB", "4T1", "A549", "U87", "B16"]
    rows = [
        [f"{{C:{line}}}", "{N:PLGA}", f"{{D:drug {n}}}", f"{{S:{n}0}}", f"10.1016/j.actbio.2021.0{n}.001"]
        for n, line in enumerate(lines, 1)
    ]
    paper.block("title", "Review").table(["Membrane", "Core", "Cargo", "Size (nm)", "DOI"], *rows)
    told = [f"{{C:{line}}} bore {{D:drug {n}}} [{n}]." for n, line in enumerate(lines, 1) if n != 3]
    paper.block("paragraph", " ".join(told))
    document, mentions = paper.done({str(n): ("Wu, X.", 2021) for n in range(1, 7)})
    bare = tuple(each.model_copy(update={"doi": None}) for each in document.references)
    records = assemble(document.model_copy(update={"references": bare}), mentions, ("table",))
    assert keys(records) == ["1", "2", "3", "4", "5", "6"]
    assert [r.study.doi for r in records] == [f"10.1016/j.actbio.2021.0{n}.001" for n in range(1, 7)]


def test_a_row_that_cites_what_cannot_be_settled_is_a_study_in_a_paper_of_own_work_too(paper) -> None:
    paper.block("title", "{C:HeLa} membrane-coated {N:PLGA}")
    paper.block("abstract", "Here we coated {N:PLGA} with {C:HeLa} membrane.")
    paper.table(["Membrane", "Core", "Ref."], ["{C:KB}", "{N:gold}", "Nobody (1999)"], ["{C:4T1}", "{N:silica}", "[1]"])
    records = assemble(*paper.done(), ("table",))
    assert keys(records) == ["Table 1: Nobody (1999)", "1"]


def test_the_caption_of_a_table_of_others_studies_tells_of_no_own_work(paper) -> None:
    paper.block("title", "Coats. A review")
    paper.block("caption", "Table 1. {N:PLGA} coated with {T:platelet} membrane.")
    paper.table(
        ["Core", "Cargo", "Size (nm)", "Ref."],
        ["{N:PLGA}", "{D:heparin}", "{S:90}", "[1]"],
        caption="Table 1. PLGA coated with platelet membrane.",
    )
    document, mentions = paper.done()
    roles = {"CELL_TYPE": "membrane_source", "CORE": "core"}
    sure = [m.model_copy(update={"role": roles.get(m.label, m.role), "support": 0.95}) for m in mentions]
    assert listed(assemble(document, sure)) == [("1", ["platelet"], [])]


@pytest.mark.parametrize(("cell", "number", "key"), [("{N:MnO2}", "2", "2"), ("{N:PLGA}", "1", "1"), ("8 cm", "2", "")])
def test_a_number_raised_behind_a_word_of_a_cell_cites_where_no_column_does(
    paper, cell: str, number: str, key: str
) -> None:
    paper.block("title", "Review").table(["Membrane", "Core", "Drug"], ["{C:HeLa}", f"{cell}{number}", "{D:DOX}"])
    document, mentions = paper.done({"1": ("Hara, Y.", 2016), "2": ("Lund, E.", 2023)})
    (raised,) = [each for each in document.tables[0].cells if (each.row, each.col) == (1, 1)]
    script = Script(start=raised.end - 1, end=raised.end, kind="superscript")
    (record,) = assemble(document.model_copy(update={"scripts": (script,)}), mentions)
    assert record.study.key == (key or "Table 1: HeLa")


def test_ticks_tell_what_their_headings_name(paper, stated) -> None:
    paper.block("title", "Review").table(
        ["Membrane", "Core", "{M:PTT}", "{M:PDT}", "Ref."],
        ["{C:HeLa}", "{N:PLGA}", "✓", "", "[1]"],
        ["{C:KB}", "{N:gold}", "✓", "✓", "[2]"],
    )
    first, second = assemble(*paper.done())
    assert stated(first)["modalities"] == ["PTT"]
    assert sorted(stated(second)["modalities"]) == ["PDT", "PTT"]


def test_rows_that_cite_nothing_stand_under_the_work_that_the_row_over_them_cites(paper) -> None:
    paper.block("title", "Review").table(
        ["Membrane", "Core", "Drug"],
        ["Lund et al. [1]", "", ""],
        ["{C:HeLa}", "{N:PLGA}", "{D:DOX}"],
        ["Hara et al. [2]", "", ""],
        ["{C:KB}", "{N:gold}", "{D:PTX}"],
    )
    assert keys(assemble(*paper.done())) == ["1", "2"]


def test_a_citation_over_rows_is_not_theirs_where_others_cite_for_themselves(paper) -> None:
    paper.block("title", "Review").table(
        ["Membrane", "Core", "Ref."],
        ["Cancer cells, see also [9]", "", ""],
        ["{C:HeLa}", "{N:PLGA}", "[1]"],
        ["{C:KB}", "{N:gold}", ""],
    )
    assert keys(assemble(*paper.done())) == ["1", "Table 1: KB"]


def test_a_row_over_rows_that_names_a_type_and_its_line_gives_one_coat(paper, stated) -> None:
    paper.block("title", "Review").table(
        ["Core", "Drug", "Ref."],
        ["{T:Macrophage} ({C:RAW264.7})", "", ""],
        ["{N:PLGA}", "{D:DOX}", "[1]"],
    )
    (record,) = assemble(*paper.done())
    assert stated(record)["membranes"] == ["RAW264.7"]


def test_of_a_general_name_and_a_colon_what_stands_behind_it_is_the_coat(paper, stated) -> None:
    paper.block("title", "Review").table(
        ["Core", "Drug", "Ref."], ["{T:Blood cells}: {T:platelets}", "", ""], ["{N:PLGA}", "{D:DOX}", "[1]"]
    )
    (record,) = assemble(*paper.done())
    assert stated(record)["membranes"] == ["platelets"]


def test_a_heading_that_names_a_table_tells_its_coat(paper, stated) -> None:
    paper.block("title", "Review").block("heading", "Carriers in {T:platelet} coats (Table 1)")
    paper.table(["Core", "Drug", "Ref."], ["{N:PLGA}", "{D:DOX}", "[1]"], caption="Carriers")
    (record,) = assemble(*paper.done())
    assert stated(record)["membranes"] == ["platelet"]


def test_rows_of_a_table_of_coated_particles_are_records_without_a_coat_too(paper, stated) -> None:
    table = (["Core", "Drug", "Ref."], ["{N:PLGA}", "{D:DOX}", "[1]"])
    paper.block("title", "Review").table(*table, caption="Cell membrane-coated carriers by core.")
    paper.table(*table, caption="Polymer carriers by core.")
    assert [stated(record) for record in assemble(*paper.done())] == [{"cores": ["PLGA"], "drugs": ["DOX"]}]


@pytest.mark.parametrize(("work", "key"), [("Wu (2021)", "2"), ("Li (2019)", "PMID:39900127"), ("", "PMID:39900127")])
def test_an_identifier_that_the_list_lacks_goes_with_the_entry_cited_beside_it(paper, work, key) -> None:
    heads = ["Author (year)", "Membrane", "Core", "PMID"]
    paper.block("title", "Review").table(heads, [work, "{C:HeLa}", "{N:PLGA}", "39900127"])
    (record,) = assemble(*paper.done({"1": ("Li, Y.", 2020), "2": ("Wu, X.", 2021)}))
    assert record.study.key == key
