"""Which sentences of a review belong to which study."""

from __future__ import annotations

import pytest

from pipeline.relations.stretches import stretches


@pytest.fixture
def owned(paper):
    """The sentences of a paper by study, its paragraphs given as marked-up text; ``coats`` names cells of coats."""

    def read(*paragraphs: str, kind: str = "paragraph", authors=None, coats=()) -> dict[str, list[str]]:
        for text in paragraphs:
            paper.block(kind, text)
        document, _ = paper.done(authors)

        def coat(start: int, end: int) -> frozenset:
            return frozenset(name for name in coats if f"{name} membrane" in document.text[start:end])

        found: dict[str, list[str]] = {}
        for stretch in stretches(document, coat):
            found.setdefault(stretch.study, []).extend(document.text[p.start : p.end] for p in stretch.passages)
        return found

    return read


def test_a_stretch_goes_on_until_the_next_study(owned) -> None:
    text = "Wu et al. coated gold [3]. The rods were warm. They stayed long. Li et al. coated silica [4]. It was cold."
    assert owned(text) == {
        "3": ["Wu et al. coated gold [3].", "The rods were warm.", "They stayed long."],
        "4": ["Li et al. coated silica [4].", "It was cold."],
    }


def test_an_introduction_waits_for_its_citation(owned) -> None:
    text = "Gold is old [3]. In another study, silica was coated. It was loaded. The mice lived [4]."
    assert owned(text)["4"] == ["In another study, silica was coated.", "It was loaded.", "The mice lived [4]."]


def test_a_sentence_that_announces_a_study_begins_it(owned) -> None:
    text = (
        "Wu et al. coated gold [3]. The third study is new [4]. It used silica. "
        "A different path was old [5]. They aged."
    )
    assert owned(text) == {
        "3": ["Wu et al. coated gold [3]."],
        "4": ["The third study is new [4].", "It used silica."],
        "5": ["A different path was old [5].", "They aged."],
    }


def test_another_coat_opens_another_study(owned) -> None:
    text = "Gold wore a HeLa membrane [3]. It was warm. Silica was given a KB membrane. It was cold [4]."
    assert owned(text, coats=("HeLa", "KB")) == {
        "3": ["Gold wore a HeLa membrane [3].", "It was warm."],
        "4": ["Silica was given a KB membrane.", "It was cold [4]."],
    }


@pytest.mark.parametrize("general", ["In summary, coats help.", "Many coats are known.", "Coats help [1,2]."])
def test_general_remarks_and_shared_facts_belong_to_none(owned, general) -> None:
    found = owned(f"Gold was coated [3]. {general} Mice are small.")
    assert found == {"3": ["Gold was coated [3]."]}


def test_a_citation_in_passing_does_not_end_a_stretch(owned) -> None:
    found = owned("Gold was coated [3]. CD47 tells macrophages to wait [9]. These rods were thus spared.")
    assert found["3"] == ["Gold was coated [3].", "These rods were thus spared."]


def test_several_citations_part_a_sentence(owned) -> None:
    found = owned("HeLa membrane covered gold [3], and KB membrane covered silica [4].")
    assert found == {"3": ["HeLa membrane covered gold [3]"], "4": [", and KB membrane covered silica [4]"]}


def test_only_a_word_that_points_back_carries_a_stretch_into_the_next_paragraph(owned) -> None:
    found = owned("Gold was coated [3].", "These biomimetic rods were warm. So it went.", "Blood is red.")
    assert found == {"3": ["Gold was coated [3].", "These biomimetic rods were warm.", "So it went."]}


def test_a_figure_speaks_of_the_study_it_was_taken_from(owned) -> None:
    found = owned("Figure 2. Rods in a tumour. The coat is HeLa. Adapted from [3].", kind="caption")
    assert found == {"3": ["Figure 2.", "Rods in a tumour.", "The coat is HeLa.", "Adapted from [3]."]}


def test_a_name_stands_for_a_citation(owned) -> None:
    found = owned("In the work of Fu et al., gold was coated.", authors={"7": ("Fu, L.", 2022), "8": ("Wu, X.", 2021)})
    assert found == {"7": ["In the work of Fu et al., gold was coated."]}


def test_a_sentence_that_points_back_takes_in_the_one_before_it(owned) -> None:
    found = owned("Oral cancer lies near the surface. The core, in this case, was gold [3].")
    assert found == {"3": ["Oral cancer lies near the surface.", "The core, in this case, was gold [3]."]}


@pytest.mark.parametrize(
    "name", ["the Fu group", "The Fu research group", "Fu's laboratory", "the group of Lin Fu", "the team of Prof. Fu"]
)
def test_a_group_is_named_for_an_author(owned, name) -> None:
    text = f"Gold was coated in work of {name}."
    assert owned(text, authors={"7": ("Fu, L.", 2022), "8": ("Wu, X.", 2021)}) == {"7": [text]}


def test_a_group_that_several_references_may_mean_is_none(owned) -> None:
    assert owned("Gold was coated by the Fu group.", authors={"7": ("Fu, L.", 2022), "8": ("Fu, X.", 2021)}) == {}


def test_a_fact_cited_first_is_no_study_and_what_follows_is_the_one_cited_next(owned) -> None:
    text = "Gout hurts [3]. Gold wore a HeLa membrane. It was warm. No harm was seen [4]."
    assert owned(text, coats=("HeLa",)) == {
        "3": ["Gout hurts [3]."],
        "4": ["Gold wore a HeLa membrane.", "It was warm.", "No harm was seen [4]."],
    }


def test_what_no_other_study_claims_is_that_of_the_one_cited_first(owned) -> None:
    found = owned("Gout hurts [3]. Gold wore a HeLa membrane. It was warm.", coats=("HeLa",))
    assert found == {"3": ["Gout hurts [3].", "Gold wore a HeLa membrane.", "It was warm."]}


def test_a_sentence_that_points_back_takes_the_coat_told_before_it(owned) -> None:
    text = "Coats help [3]. Gold wore a HeLa membrane. Moreover, these rods were warm [4]."
    assert owned(text, coats=("HeLa",))["4"] == ["Gold wore a HeLa membrane.", "Moreover, these rods were warm [4]."]


@pytest.mark.parametrize("other", ["worked less well than", "was the control for", "was tried instead of"])
def test_another_coat_to_compare_with_opens_no_study(owned, other) -> None:
    text = f"Gold wore a HeLa membrane [3]. KB membrane {other} it. It was cold."
    assert len(owned(text, coats=("HeLa", "KB"))["3"]) == 3


def test_the_second_of_two_waits_for_its_citation(owned) -> None:
    found = owned("In the first [3], gold was coated. It was warm. In the second it was cold. The rods lived [4].")
    assert found["4"] == ["In the second it was cold.", "The rods lived [4]."]


@pytest.mark.parametrize(
    "opening",
    [
        "A second laboratory looked at gout.",
        "The third concerns light.",
        "A separate study turned to gout.",
    ],
)
def test_a_study_is_introduced_by_an_ordinal_or_another_laboratory(owned, opening) -> None:
    text = f"Wu et al. coated gold [3]. The rods were warm. {opening} Its liposomes were loaded [4]."
    assert owned(text)["4"] == [opening, "Its liposomes were loaded [4]."]


def test_a_group_that_is_cited_for_its_path_is_spoken_of_next(owned) -> None:
    text = "Wu et al. coated gold [3]. A different path was taken by the group of Li [4]. They coated silica."
    assert owned(text)["4"] == ["A different path was taken by the group of Li [4].", "They coated silica."]


def test_strains_and_dates_are_no_author_and_year(owned) -> None:
    text = "Vesicles of VNP20009 were coated. In 2020 they were loaded. Rats of SD2013a lived. Li (2021) coated gold."
    assert set(owned(text)) == {"Li2021"}
