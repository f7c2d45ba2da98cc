"""The value scorer: more evidence only raises a score, and what a table lists weighs with what prose says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import BEARING, FIELD_OF, FIELDS, Channel, FieldName, Label, Mention, mention_id
from pipeline.relations import scorer
from pipeline.relations.evidence import Evidence, Subject
from pipeline.relations.merge import scored
from pipeline.roles import sigmoid
from pipeline.sections import statements

SHIPPED = scorer.ScorerWeights.model_validate_json(scorer.weights_file().read_text(encoding="utf-8"))
LABELS_OF: dict[FieldName, list[Label]] = {f: [label for label in FIELD_OF if FIELD_OF[label] == f] for f in FIELDS}
KINDS = ("own", "cited")
PLACES = {
    "own": ("title", "abstract", "aim", "introduction", "methods", "results", "caption", "body"),
    "cited": ("stretch", "lead", "topic", "heading"),
}
EVERY = st.sampled_from(sorted({place for places in PLACES.values() for place in places}))
PROBABILITY = st.floats(0.0, 1.0)


def evidence(label: Label, score: float, section: str = "results", name: str = "x", at: int = 0) -> Evidence:
    mention = Mention(
        id=mention_id("d", label, at, at + 1), document_id="d", label=label, start=at, end=at + 1, text=name, name=name,
        score=0.9, method="rule:marks@1", role=BEARING[label],
    )  # fmt: skip
    return Evidence(Subject("self"), mention, "text", score, section)


GROUP = st.lists(st.tuples(PROBABILITY, EVERY), min_size=1, max_size=5)


def as_group(pairs: list[tuple[float, str]], label: Label = "DRUG", name: str = "x") -> list[Evidence]:
    return [evidence(label, score, place, name, at) for at, (score, place) in enumerate(pairs)]


def probability(kind: str, field: FieldName, group, others) -> float:
    return scorer.value(kind, field, scorer.candidate_features(group, others), SHIPPED)


# --- more evidence only raises ---------------------------------------------------------------------------------------


@given(
    kind=st.sampled_from(KINDS),
    field=st.sampled_from(FIELDS),
    mine=GROUP,
    more=st.tuples(PROBABILITY, EVERY),
    other=GROUP,
)
def test_a_further_mention_never_lowers_a_score(kind, field, mine, more, other) -> None:
    label, rival = LABELS_OF[field][0], [as_group(other, LABELS_OF[field][0], "y")]
    before = probability(kind, field, as_group(mine, label), rival)
    after = probability(kind, field, as_group([*mine, more], label), rival)
    assert after >= before - 1e-9


@given(
    kind=st.sampled_from(KINDS),
    field=st.sampled_from(FIELDS),
    mine=GROUP,
    which=st.integers(0, 4),
    stronger=PROBABILITY,
    other=GROUP,
)
def test_a_stronger_mention_never_lowers_a_score(kind, field, mine, which, stronger, other) -> None:
    label, rival = LABELS_OF[field][0], [as_group(other, LABELS_OF[field][0], "y")]
    score, place = mine[which % len(mine)]
    raised = list(mine)
    raised[which % len(mine)] = (max(score, stronger), place)
    before = probability(kind, field, as_group(mine, label), rival)
    assert probability(kind, field, as_group(raised, label), rival) >= before - 1e-9


@given(
    kind=st.sampled_from(KINDS),
    field=st.sampled_from(FIELDS),
    mine=GROUP,
    other=GROUP,
    more=st.tuples(PROBABILITY, EVERY),
)
def test_evidence_for_another_candidate_never_raises_a_score(kind, field, mine, other, more) -> None:
    label = LABELS_OF[field][0]
    group = as_group(mine, label)
    before = probability(kind, field, group, [as_group(other, label, "y")])
    assert probability(kind, field, group, [as_group([*other, more], label, "y")]) <= before + 1e-9


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", FIELDS)
def test_the_shipped_weights_keep_to_their_bounds(kind: str, field: FieldName) -> None:
    table = SHIPPED.value[kind][field]
    assert [n for n, w in table.items() if n not in scorer.FREE and n not in scorer.AGAINST and w < 0] == []
    assert [n for n in scorer.AGAINST if table.get(n, 0.0) > 0] == []
    assert any(weight > 0 for name, weight in table.items() if name != "bias")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("kind", KINDS)
def test_one_sure_mention_is_enough_and_a_faint_one_is_not(kind: str, field: FieldName) -> None:
    sure, faint = (as_group([(score, PLACES[kind][0])], LABELS_OF[field][0]) for score in (0.99, 0.03))
    assert probability(kind, field, sure, []) > probability(kind, field, faint, [])
    if kind == "cited":
        assert probability(kind, field, sure, []) >= scorer.GIVEN


# --- features --------------------------------------------------------------------------------------------------------


@given(PROBABILITY)
def test_a_probability_survives_log_odds(share: float) -> None:
    assert sigmoid(scorer.logit(share)) == pytest.approx(share, abs=0.003)


@given(GROUP, GROUP)
def test_features_compare_a_candidate_with_its_rivals_in_whatever_order(mine, other) -> None:
    group, rival = as_group(mine), as_group(other, name="y")
    found = scorer.candidate_features(group, [rival])
    assert 0.0 <= found["share"] <= 1.0
    mass = [math.fsum(score * score for score, _ in pairs) for pairs in (mine, other)]
    assert found["leads"] == float(mass[0] >= mass[1])
    assert found == scorer.candidate_features(group[::-1], [rival[::-1]])


def test_a_candidate_alone_has_no_rival() -> None:
    found = scorer.candidate_features(as_group([(0.9, "title"), (0.5, "results")]), [])
    assert found["share"] == found["leads"] == found["strongest"] == 1.0
    assert found["rival"] == found["rivals"] == 0.0
    assert found["at title"] > found["at results"] > 0.0


def named(label: Label, name: str, curie: str | None, channel: Channel = "text") -> Evidence:
    mention = Mention(
        id=mention_id("d", label, 0, 1), document_id="d", label=label, start=0, end=1, text=name, name=name,
        curie=curie, score=0.9, method="rule:marks@1",
    )  # fmt: skip
    return Evidence(Subject("3"), mention, channel, 0.9)


LIVER_CANCER = ("DISEASE", "liver cancer", "DOID:3571")
STROKE = ("DISEASE", "stroke", "DOID:6713")


@pytest.mark.parametrize(
    ("stated", "listed", "odds"),
    [
        (LIVER_CANCER, [], 0.0),
        (LIVER_CANCER, [LIVER_CANCER], 2.0),
        (STROKE, [LIVER_CANCER], -4.0),
        (STROKE, [LIVER_CANCER, STROKE], 2.0),
    ],
)
def test_a_table_weighs_with_what_prose_says(stated, listed, odds) -> None:
    even = scorer.ScorerWeights(note="", own={}, record={}, value={"cited": {"diseases": {}}})
    (found,) = scored([([named(*stated)], {})], "diseases", even, [named(*each, "table") for each in listed])
    assert scorer.logit(found) == pytest.approx(odds)


def test_features_tell_kinds_of_a_thing_among_its_rivals() -> None:
    wide, narrow = [named("MODALITY", "phototherapy", None)], [named("MODALITY", "photothermal therapy", None)]
    of_wide, of_narrow = scorer.candidate_features(wide, [narrow]), scorer.candidate_features(narrow, [wide])
    assert (of_wide["narrower"], of_wide["wider"]) == (0.9, 0.0)
    assert (of_narrow["narrower"], of_narrow["wider"]) == (0.0, 0.9)


def test_the_shipped_weights_cover_every_kind_and_field() -> None:
    assert {kind: set(SHIPPED.value[kind]) for kind in SHIPPED.value} == {kind: set(FIELDS) for kind in KINDS}
    assert SHIPPED.own
    assert "bias" in SHIPPED.record


def test_a_sentence_has_the_place_of_its_section(paper) -> None:
    paper.block("title", "A coat.")
    paper.block("abstract", "It works.", "Abstract")
    paper.block("paragraph", "Others coated gold. Here we coat silver.", "1. Introduction")
    paper.block("paragraph", "Silver was boiled.", "2. Experimental", "2.1 Synthesis of silver")
    paper.block("paragraph", "It was hot.", "3. Results and discussion")
    paper.block("paragraph", "We thank all.", "Acknowledgements")
    document, _ = paper.done()
    assert [statement.section for statement in statements(document)] == [
        "title", "abstract", "introduction", "aim", "making", "results",
    ]  # fmt: skip
