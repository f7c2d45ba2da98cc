"""From mentions to records: studies by citation, roles, merging, and silence where no coat is told."""

from __future__ import annotations

import pytest

from pipeline.relations import assemble, merge, silence

HEAD = ["Membrane", "Core", "Drug", "Size (nm)", "Disease", "Ref."]


def review(paper):
    return paper.block("title", "A review of coated particles").table(
        HEAD,
        ["{C:HeLa}, {C:MCF-7}", "{N:PLGA}", "{D:DOX}", "{S:120}", "{X:cervical cancer}", "[3]"],
        ["{C:4T1}", "{N:gold}", "–", "", "unheard-of disease", "[4]"],
    )


def test_a_row_is_a_record_keyed_by_its_citation(paper, stated) -> None:
    records = assemble(*review(paper).done())
    assert [(r.study.key, r.study.doi) for r in records] == [("3", "10.5555/3"), ("4", "10.5555/4")]
    assert stated(records[0]) == {
        "membranes": ["HeLa", "MCF-7"],
        "cores": ["PLGA"],
        "drugs": ["DOX"],
        "sizes": ["120"],
        "diseases": ["cervical cancer"],
    }
    assert stated(records[1]) == {"membranes": ["4T1"], "cores": ["gold"]}
    assert records[1].missing == {
        "drugs": "not_reported",
        "sizes": "not_reported",
        "diseases": "not_found",
        "animal_models": "not_reported",
        "modalities": "not_reported",
    }


def test_prose_joins_the_row_of_the_study_it_cites(paper, stated) -> None:
    review(paper).block(
        "paragraph",
        "{N:Silica} is cheap. Wu et al. coated {N:PLGA} with membrane of {C:HeLa} cells [3]. It was loaded with {D:DOX}"
        " and given to {A:nude mice}, and {C?:KB} cells took it up. Others used {C:COS-7} membrane [5,6].",
    )
    first, second = assemble(*paper.done())
    assert stated(first, "text") == {
        "membranes": ["HeLa"],
        "cores": ["PLGA"],
        "drugs": ["DOX"],
        "animal_models": ["nude mice"],
    }
    assert stated(second, "text") == {}
    assert [v.channel for v in first.drugs] == ["table", "text"]
    assert first.drugs[0].key == first.drugs[1].key


def test_a_study_of_which_prose_names_the_coat_alone_is_only_cited(paper) -> None:
    review(paper).block("paragraph", "{T:Platelet} membranes were used, too [9].")
    document, mentions = paper.done()
    assert [r.study.key for r in assemble(document, mentions, ("text",))] == []


def test_channels_can_be_asked_for_alone(paper, stated) -> None:
    review(paper).block("paragraph", "In one study, {C:RAW264.7} membranes cloaked {N:silica} [9].")
    document, mentions = paper.done()
    assert [r.study.key for r in assemble(document, mentions, ("table",))] == ["3", "4"]
    assert [r.study.key for r in assemble(document, mentions, ("text",))] == ["9"]


def test_a_source_paper_is_one_study_of_its_own(paper, stated) -> None:
    paper.block("title", "{C:PANC-1} membrane-coated {N:PLGA} carries {D:gemcitabine}")
    paper.block(
        "abstract", "We treated {X:pancreatic cancer}. Particles measured {S:130 nm}. Free {D?:paclitaxel} did little."
    )
    paper.block("paragraph", "Coats of {C:4T1} membrane were described for {X:breast cancer} [1].", "Introduction")
    paper.block(
        "paragraph", "{C?:BxPC-3} and {C?:PANC-1} cells were cultured. {A:NOD/SCID mice} bore tumours.", "Methods"
    )
    (record,) = assemble(*paper.done(doi="10.5555/own", title="Own"))
    assert (record.study.key, record.study.doi) == ("self", "10.5555/own")
    assert stated(record) == {
        "membranes": ["PANC-1"],
        "cores": ["PLGA"],
        "drugs": ["gemcitabine"],
        "sizes": ["130 nm"],
        "diseases": ["pancreatic cancer"],
        "animal_models": ["NOD/SCID mice"],
    }


def off_topic(paper) -> None:
    paper.block("title", "{D:Cisplatin} in {X:ovarian cancer}")
    paper.block("abstract", "{C?:SKOV-3} cells were treated with {D:cisplatin} in {A:nude mice}.")
    paper.table(["Cell line", "Treatment"], ["{C?:SKOV-3}", "{D:cisplatin}"])
    paper.block("paragraph", "Liposomes loaded with {D:doxorubicin} treat {X:sarcoma} [2].", "Results")


def cells_without_a_particle(paper) -> None:
    paper.block("title", "A receptor in {C?:HEK 293} membranes")
    paper.block("abstract", "Membranes were isolated from {C:HEK 293} cells, and its ligand was released into buffer.")


def no_cells(paper) -> None:
    paper.block("title", "{N:Gold} rods").block("abstract", "{N:Gold} rods with {D:DOX} were {S:120 nm} long.")


def a_coat_that_is_denied(paper) -> None:
    paper.block("abstract", "{N:Gold} was not coated with {C!:HeLa} membrane.")


def a_coat_that_is_supposed(paper) -> None:
    paper.block("abstract", "{N:Gold} may one day be coated with {C~:HeLa} membrane.")


def cells_without_a_cue(paper) -> None:
    paper.block("abstract", "{N:Gold} coated with a membrane was given to {C?:HeLa} cells and to {C?:HeLa} tumours.")


def nothing(paper) -> None:
    paper.block("paragraph", "Blood is red.")


NO_CELLS, NO_CUE = "no cells are named, so no coat", "no cells are named with a cue that their membrane is the coat"


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (nothing, NO_CELLS),
        (no_cells, NO_CELLS),
        (off_topic, NO_CUE),
        (cells_without_a_cue, NO_CUE),
        (a_coat_that_is_denied, NO_CUE),
        (a_coat_that_is_supposed, NO_CUE),
        (cells_without_a_particle, "no particle or cargo is reported with the coat"),
    ],
)
def test_a_document_without_a_coat_makes_no_record_and_says_why(paper, write, why) -> None:
    write(paper)
    document, mentions = paper.done()
    assert assemble(document, mentions) == []
    assert silence(document, mentions).startswith(f"no record: {why}")


@pytest.mark.parametrize(("support", "records"), [(0.9, 1), (0.6, 0)])
def test_a_paper_whose_surest_coat_is_doubtful_is_silent(paper, support, records) -> None:
    paper.block("abstract", "{N:Gold} rods for {X:sarcoma} met the membrane of {C:HeLa} cells.")
    document, mentions = paper.done()
    mentions = [m.model_copy(update={"support": support}) if m.label == "CELL_LINE" else m for m in mentions]
    assert len(assemble(document, mentions)) == records


def test_a_document_with_a_record_is_not_silent(paper) -> None:
    assert silence(*review(paper).done()) == ""


def test_a_channel_that_is_not_asked_for_is_silent(paper) -> None:
    document, mentions = review(paper).done()
    assert assemble(document, mentions, ("text",)) == []
    assert silence(document, mentions, ("text",)).startswith("no record: ")


def test_what_a_paper_on_its_own_coat_retells_makes_no_record_of_the_cited_study(paper) -> None:
    paper.block("title", "{C:PANC-1} membrane on {N:PLGA}")
    paper.block("abstract", "{C:PANC-1} membrane covered {N:PLGA}.")
    paper.block("paragraph", "Wu et al. put {C:4T1} membrane on {N:gold} [1].", "Introduction")
    assert [record.study.key for record in assemble(*paper.done())] == ["self"]


def test_a_table_whose_shells_are_no_cells_makes_no_record(paper) -> None:
    paper.table(["Core", "Shell", "Size (nm)", "Ref."], ["{N:iron oxide}", "chitosan", "{S:90}", "[1]"])
    assert assemble(*paper.done()) == []


def test_a_value_that_is_denied_or_of_another_part_is_none(paper, stated) -> None:
    paper.block("abstract", "{C:KB} membrane covered {N:gold} with {D:DOX}. No {D!:PTX} and free {D?:cisplatin}.")
    paper.block("abstract", "It was {S:120 nm}, its core {S?:90 nm}. {X?:Stroke} is common; {X:gout} was treated.")
    (record,) = assemble(*paper.done())
    assert stated(record) == {
        "membranes": ["KB"], "cores": ["gold"], "drugs": ["DOX"], "sizes": ["120 nm"], "diseases": ["gout"],
    }  # fmt: skip


def test_what_the_text_seems_to_say_is_not_found_and_what_it_never_names_is_not_reported(paper) -> None:
    paper.block("abstract", "{C:KB} membrane covered {N:gold} against {X!:sepsis}, and {D?:DOX} was given alone.")
    (record,) = assemble(*paper.done())
    assert record.missing == {
        "drugs": "not_found", "sizes": "not_reported", "diseases": "not_found", "animal_models": "not_reported",
        "modalities": "not_reported",
    }  # fmt: skip


def test_the_order_of_mentions_changes_nothing(paper) -> None:
    document, mentions = review(paper).done()
    forward = [record.model_dump_json() for record in assemble(document, mentions, made_by={"coatmine": "1"})]
    assert forward == [
        record.model_dump_json() for record in assemble(document, mentions[::-1], made_by={"coatmine": "1"})
    ]
    assert all('"made_by":{"coatmine":"1"}' in record for record in forward)


def test_a_combination_of_modalities_stands_as_its_parts(paper, stated) -> None:
    paper.block("title", "A review of coated particles").table(
        ["Membrane", "Core", "Therapy", "Ref."], ["{C:HeLa}", "{N:gold}", "{M:chemo-photothermal therapy}", "[3]"]
    )
    (record,) = assemble(*paper.done())
    assert [(v.name, v.text) for v in record.modalities] == [
        ("chemotherapy", "chemo-photothermal therapy"),
        ("photothermal therapy", "chemo-photothermal therapy"),
    ]
    assert record.modalities[0].evidence == record.modalities[1].evidence


def test_a_combination_of_the_users_own_stands_as_its_parts(paper, tmp_path) -> None:
    (tmp_path / "mine.tsv").write_text(
        "name\ttype\tidentifier\tparent\nsonozorb therapy\tmodality\tNCIT:C999999\ttherapy\n"
        "chemo-sonozorb therapy\tmodality\t\tchemotherapy|sonozorb therapy\n",
        encoding="utf-8",
    )
    paper.block("title", "A review of coated particles").table(
        ["Membrane", "Core", "Therapy", "Ref."], ["{C:HeLa}", "{N:gold}", "{M:chemo-sonozorb therapy}", "[3]"]
    )
    document, mentions = paper.done()
    (record,) = assemble(document, mentions, lexicon=tmp_path)
    assert [(v.name, v.curie) for v in record.modalities] == [
        ("chemotherapy", "NCIT:C15632"),
        ("sonozorb therapy", "NCIT:C999999"),
    ]
    (record,) = assemble(document, mentions)
    assert [v.name for v in record.modalities] == ["chemo-sonozorb therapy"]


def test_a_strain_named_by_its_year_is_no_citation(paper, stated) -> None:
    paper.block("abstract", "{N:Gold} rods were coated with vesicles of {T:Escherichia coli Nissle 1917} membrane.")
    paper.block("abstract", "{A:BALB/c mice} with {X:colitis} took the coated rods well.")
    (record,) = assemble(*paper.done())
    assert record.study.key == "self"
    assert stated(record)["animal_models"] == ["BALB/c mice"]


@pytest.mark.parametrize(("support", "cores"), [(0.95, ["ZIF-8"]), (0.6, [])])
def test_names_that_rival_each_other_do_not_leave_a_field_empty(paper, stated, monkeypatch, support, cores) -> None:
    paper.block("title", "Coats of {C:HeLa} membrane on {N:PCN-224} and {N:ZIF-8} carry {D:sorafenib}")
    document, mentions = paper.done()
    mentions = [m.model_copy(update={"support": support}) if m.label == "CORE" else m for m in mentions]
    scored = merge.scored

    def doubtful(some, field, *rest):
        return [0.2, 0.3] if field == "cores" else scored(some, field, *rest)

    monkeypatch.setattr(merge, "scored", doubtful)
    assert [stated(record).get("cores", []) for record in assemble(document, mentions)] == [cores]
