"""From mentions to records: studies by citation, roles, merging, and silence where no coat is spoken of."""

from __future__ import annotations

from pipeline.relations import assemble

HEAD = ["Membrane", "Core", "Drug", "Size (nm)", "Disease", "Ref."]


def review(paper):
    return paper.block("title", "A review of coated particles").table(
        HEAD,
        ["{C:HeLa}, {C:MCF-7}", "{N:PLGA}", "{D:DOX}", "{S:120}", "{X:cervical cancer}", "[3]"],
        ["{C:4T1}", "{N:gold}", "–", "", "unheard-of disease", "[4]"],
    )


def test_a_row_is_a_record_keyed_by_its_citation(paper, said) -> None:
    records = assemble(*review(paper).done())
    assert [(r.study.key, r.study.doi) for r in records] == [("3", "10.5555/3"), ("4", "10.5555/4")]
    assert said(records[0]) == {
        "membranes": ["HeLa", "MCF-7"],
        "cores": ["PLGA"],
        "drugs": ["DOX"],
        "sizes": ["120"],
        "diseases": ["cervical cancer"],
    }
    assert said(records[1]) == {"membranes": ["4T1"], "cores": ["gold"]}
    assert records[1].missing == {
        "drugs": "not_reported",
        "sizes": "not_reported",
        "diseases": "not_found",
        "animal_models": "not_reported",
        "modalities": "not_reported",
    }


def test_prose_joins_the_row_of_the_study_it_cites(paper, said) -> None:
    review(paper).block(
        "paragraph",
        "{N:Silica} is cheap. Wu et al. coated {N:PLGA} with membrane of {C:HeLa} cells [3]. It was loaded with {D:DOX}"
        " and given to {A:nude mice}, and {C:KB} cells took it up. Others used {C:COS-7} membrane [5,6].",
    )
    first, second = assemble(*paper.done())
    assert said(first, "text") == {
        "membranes": ["HeLa"],
        "cores": ["PLGA"],
        "drugs": ["DOX"],
        "animal_models": ["nude mice"],
    }
    assert said(second, "text") == {}
    assert [v.channel for v in first.drugs] == ["table", "text"]
    assert first.drugs[0].key == first.drugs[1].key


def test_a_study_of_which_prose_names_the_coat_alone_is_only_cited(paper) -> None:
    review(paper).block("paragraph", "{T:Platelet} membranes were used, too [9].")
    document, mentions = paper.done()
    assert [r.study.key for r in assemble(document, mentions, ("text",))] == []


def test_channels_can_be_asked_for_alone(paper, said) -> None:
    review(paper).block("paragraph", "In one study, {C:RAW264.7} membranes cloaked {N:silica} [9].")
    document, mentions = paper.done()
    assert [r.study.key for r in assemble(document, mentions, ("table",))] == ["3", "4"]
    assert [r.study.key for r in assemble(document, mentions, ("text",))] == ["9"]


def test_a_source_paper_is_one_study_of_its_own(paper, said) -> None:
    paper.block("title", "{C:PANC-1} membrane-coated {N:PLGA} carries {D:gemcitabine}")
    paper.block(
        "abstract", "We treated {X:pancreatic cancer}. Particles measured {S:130 nm}. Free {D:paclitaxel} did little."
    )
    paper.block("paragraph", "Coats of {C:4T1} membrane were described for {X:breast cancer} [1].", "Introduction")
    paper.block(
        "paragraph", "{C:BxPC-3} and {C:PANC-1} cells were cultured. {A:NOD/SCID mice} bore tumours.", "Methods"
    )
    (record,) = assemble(*paper.done(doi="10.5555/own", title="Own"))
    assert (record.study.key, record.study.doi) == ("self", "10.5555/own")
    assert said(record) == {
        "membranes": ["PANC-1"],
        "cores": ["PLGA"],
        "drugs": ["gemcitabine"],
        "sizes": ["130 nm"],
        "diseases": ["pancreatic cancer"],
        "animal_models": ["NOD/SCID mice"],
    }


def test_papers_of_another_subject_make_no_record(paper) -> None:
    paper.block("title", "{D:Cisplatin} in {X:ovarian cancer}")
    paper.block("abstract", "{C:SKOV-3} cells were treated with {D:cisplatin} in {A:nude mice}.")
    paper.table(["Cell line", "Treatment"], ["{C:SKOV-3}", "{D:cisplatin}"])
    paper.block("paragraph", "Liposomes loaded with {D:doxorubicin} treat {X:sarcoma} [2].", "Results")
    assert assemble(*paper.done()) == []


def test_membranes_of_cells_that_coat_nothing_make_no_record(paper) -> None:
    paper.block("title", "A receptor in {C:HEK 293} membranes")
    paper.block(
        "abstract", "Membranes were isolated from {C:HEK 293} cells, and {D:naloxone} was released into buffer."
    )
    paper.block("paragraph", "The {C:HEK 293} membrane bound {D:naloxone}. Liposomes were {S:120 nm} wide.", "Results")
    assert assemble(*paper.done()) == []


def test_shells_that_are_no_cells_make_no_record(paper) -> None:
    document, mentions = paper.table(
        ["Core", "Shell", "Size (nm)", "Ref."], ["{N:iron oxide}", "{C:chitosan}", "{S:90}", "[1]"]
    ).done()
    unlinked = [m.model_copy(update={"curie": None}) for m in mentions]
    assert assemble(document, unlinked) == []


def test_the_order_of_mentions_changes_nothing(paper) -> None:
    document, mentions = review(paper).done()
    forward = [record.model_dump_json() for record in assemble(document, mentions, made_by={"coatmine": "1"})]
    assert forward == [
        record.model_dump_json() for record in assemble(document, mentions[::-1], made_by={"coatmine": "1"})
    ]
    assert all('"made_by":{"coatmine":"1"}' in record for record in forward)


def test_a_combination_of_modalities_stands_as_its_parts(paper, said) -> None:
    paper.block("title", "A review of coated particles").table(
        ["Membrane", "Core", "Therapy", "Ref."], ["{C:HeLa}", "{N:gold}", "{M:chemo-photothermal therapy}", "[3]"]
    )
    (record,) = assemble(*paper.done())
    assert [(v.name, v.text) for v in record.modalities] == [
        ("chemotherapy", "chemo-photothermal therapy"),
        ("photothermal therapy", "chemo-photothermal therapy"),
    ]
    assert record.modalities[0].evidence == record.modalities[1].evidence
