"""Which sentences of a review belong to which study."""

from __future__ import annotations

import pytest

from pipeline.relations.passages import stretches


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
