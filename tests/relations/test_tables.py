"""Rows of study tables of many shapes, each keyed to its study."""

from __future__ import annotations

from pipeline.relations import assemble


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


def test_two_tables_are_joined_by_reference(paper, said) -> None:
    paper.block("title", "Review")
    paper.table(["Ref.", "Coat", "Core material"], ["[11]", "{C:HeLa}", "{N:PLGA}"], ["[12]", "{C:KB}", "{N:gold}"])
    paper.table(["Ref.", "Diameter (nm)", "Tumor type"], ["[12]", "{S:48}", "{X:oral cancer}"])
    first, second = assemble(*paper.done())
    assert said(first) == {"membranes": ["HeLa"], "cores": ["PLGA"]}
    assert said(second) == {"membranes": ["KB"], "cores": ["gold"], "sizes": ["48"], "diseases": ["oral cancer"]}


def test_a_turned_table_has_one_study_per_column(paper, said) -> None:
    paper.block("title", "Review").table(
        ["Reference", "[2]", "[3]"],
        ["Membrane source", "{C:U-87 MG}", "{T:platelets}"],
        ["Core", "{N:gelatin}", "{N:PLGA}"],
        ["Cargo", "{D:cisplatin}", "—"],
    )
    records = assemble(*paper.done())
    assert [said(record) for record in records] == [
        {"membranes": ["U-87 MG"], "cores": ["gelatin"], "drugs": ["cisplatin"]},
        {"membranes": ["platelets"], "cores": ["PLGA"]},
    ]


def test_merged_cells_hold_for_all_their_rows(paper, said) -> None:
    paper.block("title", "Review").table(
        ["Membrane", "Particle", None, "Ref."],
        [None, "Core", "Drug", None],
        ["{C:4T1}", "{N:ZIF-8}", "{D:DOX}", "[1]"],
        [None, "{N:gold}", None, "[2]"],
        header_rows=2,
        spans={(0, 0): (2, 1), (0, 1): (1, 2), (0, 3): (2, 1), (2, 0): (2, 1), (2, 2): (2, 1)},
    )
    first, second = assemble(*paper.done())
    assert said(first) == {"membranes": ["4T1"], "cores": ["ZIF-8"], "drugs": ["DOX"]}
    assert said(second) == {"membranes": ["4T1"], "cores": ["gold"], "drugs": ["DOX"]}


def test_several_references_in_a_row_are_one_joint_record(paper) -> None:
    paper.block("title", "Review").table(["Membrane", "Core", "Ref."], ["{C:4T1}", "{N:ZIF-8}", "[1,2]"])
    (record,) = assemble(*paper.done())
    assert (record.study.key, record.study.doi) == ("1,2", None)


def test_a_comparison_with_the_literature_keeps_this_work_apart(paper) -> None:
    paper.block("title", "{C:HeLa} membrane-coated {N:PLGA}").block("paragraph", "We did it.", "Methods")
    paper.table(
        ["Formulation", "Membrane", "Core", "Ref."],
        ["HM-P", "{C:HeLa}", "{N:PLGA}", "This work"],
        ["KM-G", "{C:KB}", "{N:gold}", "[1]"],
    )
    assert sorted(keys(assemble(*paper.done()))) == ["1", "self"]


def test_controls_in_the_table_of_a_source_paper_are_left_out(paper, said) -> None:
    paper.block("title", "{C:CT26} membrane for {N:PLGA}")
    paper.block("abstract", "The product, CM@PLGA, was coated with {C:CT26} membrane.")
    paper.block("paragraph", "Cells were grown.", "Methods")
    paper.table(["Sample", "Diameter (nm)"], ["PLGA", "{S:96}"], ["CM vesicles", "{S:171}"], ["CM@PLGA", "{S:118}"])
    (record,) = assemble(*paper.done())
    assert record.formulation == "CM@PLGA"
    assert said(record, "table") == {"sizes": ["118"]}
