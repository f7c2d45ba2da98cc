"""What figures show makes values surer and gives a size where nothing else does; it makes no record, adds no name."""

from __future__ import annotations

from pipeline.records import Record
from pipeline.relations import assemble, silence

OWN = "{N:PLGA} particles were coated with {T:erythrocyte} membrane and loaded with {D:docetaxel}."


def source(paper, *said: str):
    paper.block("title", "Coated particles").block("abstract", said[0] if said else OWN)
    return paper


def score(record: Record, field: str, text: str) -> float:
    return next(value.score for value in record.values(field) if value.text == text)


def test_figures_alone_make_no_record(paper) -> None:
    source(paper, "Particles were made.").figure(
        "Figure 1. The coated particles.", "{T:erythrocyte} membrane-coated {N:PLGA} with {D:docetaxel}", "{S:118.4 nm}"
    )
    document, mentions = paper.done()
    assert assemble(document, mentions) == []
    assert silence(document, mentions)


def test_a_label_makes_a_value_of_prose_surer_and_is_shown_as_evidence(paper) -> None:
    (plain,) = assemble(*source(paper).done())
    (shown,) = assemble(*source(type(paper)()).figure("Figure 1. Sizes.", "{N:PLGA}", "{N:PLGA} bare").done())
    assert score(plain, "cores", "PLGA") < score(shown, "cores", "PLGA") < 1
    assert len(shown.cores[0].evidence) == 3
    assert score(plain, "drugs", "docetaxel") == score(shown, "drugs", "docetaxel")


def test_a_second_label_makes_it_no_surer(paper) -> None:
    once = assemble(*source(paper).figure("Figure 1. Sizes.", "{N:PLGA}").done())
    often = assemble(*source(type(paper)()).figure("Figure 1. Sizes.", *["{N:PLGA}"] * 20).done())
    assert score(once[0], "cores", "PLGA") == score(often[0], "cores", "PLGA")


def test_a_name_that_only_figures_show_is_no_value_and_no_rival(paper) -> None:
    plain = assemble(*source(paper).done())
    shown = assemble(*source(type(paper)()).figure("Figure 1. Groups.", "{D:cisplatin}", "{C:HeLa}").done())
    assert [v.text for v in shown[0].drugs] == ["docetaxel"]
    assert score(plain[0], "drugs", "docetaxel") == score(shown[0], "drugs", "docetaxel")


def test_a_size_that_only_a_figure_gives_is_a_value_of_little_certainty(paper) -> None:
    (told,) = assemble(*source(paper, OWN + " They measured {S:118.4 nm}.").done())
    (shown,) = assemble(*source(type(paper)()).figure("Figure 1. Sizes by DLS.", "coated {S:118.4 nm}").done())
    assert [size.value for size in shown.sizes] == [118.4]
    assert score(shown, "sizes", "118.4 nm") < score(told, "sizes", "118.4 nm")


def test_where_prose_gives_a_size_a_figure_adds_none_but_bears_out_the_same(paper) -> None:
    said = OWN + " They measured {S:118 nm}."
    (plain,) = assemble(*source(paper, said).done())
    (shown,) = assemble(*source(type(paper)(), said).figure("Figure 1. Sizes.", "{S:118.4 nm}", "{S:131.0 nm}").done())
    assert [size.value for size in shown.sizes] == [118]
    assert score(shown, "sizes", "118 nm") > score(plain, "sizes", "118 nm")


def test_a_core_s_size_and_a_row_of_sizes_are_none_of_the_coated_particle(paper) -> None:
    (core,) = assemble(*source(paper).figure("Figure 1. Sizes.", "bare {S?:96.3 nm}").done())
    row = [f"day {day} {{S:{118 + day}.4 nm}}" for day in range(1, 6)]
    (many,) = assemble(*source(type(paper)()).figure("Figure 1. Sizes over a week.", *row).done())
    assert core.sizes == many.sizes == ()
    assert core.missing["sizes"] == many.missing["sizes"] == "not_found"


def test_each_formulation_has_the_size_of_its_own_label(paper) -> None:
    source(
        paper,
        "{N:Gold cages} (BM@Au) and {N:polydopamine} (BM@PDA) were coated with {C:B16-F10} membrane.",
    ).figure("Figure 1. Sizes by DLS.", "BM@Au {S:63.1 nm}", "BM@PDA {S:137.2 nm}")
    sizes = {r.formulation: [s.value for s in r.sizes] for r in assemble(*paper.done())}
    assert sizes == {"BM@Au": [63.1], "BM@PDA": [137.2]}


def test_a_figure_speaks_of_the_study_that_its_caption_cites(paper) -> None:
    paper.block(
        "paragraph",
        "Li coated {N:PLGA} with {T:erythrocyte} membrane [3]. Wu coated {N:gold} with {C:HeLa} membrane [4].",
    )
    paper.figure("Figure 1. Sizes by DLS, from [4].", "{S:118.4 nm}")
    paper.figure("Figure 2. Sizes by DLS, from [3,4].", "{S:131.7 nm}")
    sizes = {r.study.key: [s.value for s in r.sizes] for r in assemble(*paper.done())}
    assert sizes == {"3": [], "4": [118.4]}
