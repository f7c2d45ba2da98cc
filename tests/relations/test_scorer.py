"""The two models: what is seen of a mention and of a thing, and that the shipped weights hold together."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline.relations.findings import Finding, Subject
from pipeline.relations.places import statements
from pipeline.relations.roles import tag
from pipeline.relations.traits import traits

from pipeline.records import FIELDS, Channel, Label, Mention, mention_id
from pipeline.relations import judge
from pipeline.relations.merge import judged

PROBABILITY = st.floats(0.0, 1.0)


def finding(score: float, place: str = "results", at: int = 0) -> Finding:
    mention = Mention(
        id=mention_id("d", "DRUG", at, at + 1), document_id="d", label="DRUG", start=at, end=at + 1, text="x", name="x",
        score=0.9, method="rule:marks@1",
    )  # fmt: skip
    return Finding(Subject("self"), mention, "text", score, place)


def test_the_shipped_weights_cover_every_field() -> None:
    shipped = judge.Weights.model_validate_json(judge.weights_file().read_text(encoding="utf-8"))
    assert set(shipped.mention) == set(FIELDS)
    assert all(shipped.mention[field] for field in FIELDS)
    for kind in ("own", "review"):
        assert set(shipped.value[kind]) == set(shipped.least[kind]) == set(FIELDS)
        assert all(0.1 < least < 0.9 for least in shipped.least[kind].values())


def test_the_shipped_weights_know_a_coat_from_cells_that_are_tested() -> None:
    shipped = judge.Weights.model_validate_json(judge.weights_file().read_text(encoding="utf-8"))
    coat = judge.evidence("membranes", ("bias", "part=membrane_source", "S=membrane", "S=coat", "at=abstract"), shipped)
    tested = judge.evidence("membranes", ("bias", "part=None", "role=test_cells", "S=uptake", "at=results"), shipped)
    assert coat > 0.5 > 0.1 > tested


def test_what_stands_around_a_mention_is_seen(paper) -> None:
    text = "PLGA was coated with membrane of {C:HeLa} cells [3]."
    document, mentions = paper.block("paragraph", text).done()
    seen = set(traits(tag(document.text, 0, len(document.text), mentions), 0))
    assert {"L1=of", "R1=cell", "L12=of membrane", "S=membrane", "S=coat", "line"} <= seen
    assert "S=free" not in seen


@given(PROBABILITY)
def test_a_probability_survives_log_odds(share: float) -> None:
    assert judge.sigmoid(judge.logit(share)) == pytest.approx(share, abs=0.003)


@given(st.lists(PROBABILITY, min_size=1, max_size=5), st.lists(PROBABILITY, min_size=1, max_size=5))
def test_signs_compare_a_thing_with_its_rivals(mine: list[float], other: list[float]) -> None:
    group, rival = [finding(s) for s in mine], [finding(s) for s in other]
    signs = judge.signs(group, [rival])
    assert 0.0 <= signs["share"] <= 1.0
    assert signs["leads"] == float(math.fsum(mine) >= math.fsum(other))
    assert signs == judge.signs(group[::-1], [rival[::-1]])


def test_a_thing_alone_has_no_rival() -> None:
    signs = judge.signs([finding(0.9, "title"), finding(0.5)], [])
    assert signs["share"] == signs["leads"] == 1.0
    assert signs["at title"] > signs["at results"] > 0.0


@pytest.mark.parametrize(("others", "given"), [([0.0], [False, True]), ([1.0], [True, True]), ([], [True])])
def test_what_only_tells_cells_is_none_beside_what_is_named_for_itself(others: list[float], given: list[bool]) -> None:
    sure = judge.Weights(
        note="all likely",
        mention={},
        value={"own": {"diseases": {"bias": 3.0}}},
        least={"own": {"diseases": 0.5}},
    )
    some = [([finding(0.9)], {"bias": 1.0, "only tells": tells}) for tells in (1.0, *others)]
    assert [yes for _, yes in judged(some, "diseases", sure)] == given


def test_a_sentence_has_the_place_of_its_section(paper) -> None:
    paper.block("title", "A coat.")
    paper.block("abstract", "It works.", "Abstract")
    paper.block("paragraph", "Others coated gold. Here we coat silver.", "1. Introduction")
    paper.block("paragraph", "Silver was boiled.", "2. Experimental", "2.1 Synthesis of silver")
    paper.block("paragraph", "It was hot.", "3. Results and discussion")
    paper.block("paragraph", "We thank all.", "Acknowledgements")
    document, _ = paper.done()
    places = [statement.place for statement in statements(document)]
    assert places == ["title", "abstract", "introduction", "aim", "making", "results"]


def named(label: Label, name: str, curie: str | None, channel: Channel = "text") -> Finding:
    mention = Mention(
        id=mention_id("d", label, 0, 1), document_id="d", label=label, start=0, end=1, text=name, name=name,
        curie=curie, score=0.9, method="rule:marks@1",
    )  # fmt: skip
    return Finding(Subject("3"), mention, channel, 0.9)


LIVER_CANCER = ("DISEASE", "liver cancer", "DOID:3571")
CARCINOMA = ("DISEASE", "hepatocellular carcinoma", "DOID:684")
STROKE = ("DISEASE", "stroke", "DOID:6713")


@pytest.mark.parametrize(
    ("said", "listed", "odds"),
    [
        (LIVER_CANCER, [], 0.0),
        (LIVER_CANCER, [LIVER_CANCER], 2.0),
        (STROKE, [LIVER_CANCER], -2.0),
        (STROKE, [LIVER_CANCER, STROKE], 2.0),
        (CARCINOMA, [LIVER_CANCER], 0.0),  # a kind of what is listed says more, and does not contradict
        (LIVER_CANCER, [CARCINOMA], -2.0),
    ],
)
def test_a_table_weighs_with_what_prose_says(said, listed, odds) -> None:
    even = judge.Weights(note="", mention={}, value={"review": {"diseases": {}}}, least={"review": {"diseases": 0.5}})
    some = [([named(*said)], {"only tells": 0.0})]
    ((probability, given),) = judged(some, "diseases", even, [named(*each, "table") for each in listed])
    assert judge.logit(probability) == pytest.approx(odds)
    assert given is (odds >= 0)


def test_signs_tell_kinds_of_a_thing_among_its_rivals() -> None:
    wide, narrow = [named("MODALITY", "phototherapy", None)], [named("MODALITY", "photothermal therapy", None)]
    assert (judge.signs(wide, [narrow])["narrower"], judge.signs(wide, [narrow])["wider"]) == (0.9, 0.0)
    assert (judge.signs(narrow, [wide])["narrower"], judge.signs(narrow, [wide])["wider"]) == (0.0, 0.9)
