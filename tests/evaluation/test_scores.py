from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation import Gold, score
from pipeline.records import FieldName, Record
from tests.evaluation.make import gold, outcome, record, value


def _as_record(study: str, wanted: Gold) -> Record:
    return record(study, {field: [v.text for v in values] for field, values in wanted.studies[study].items()})


WANTED = gold(
    [
        ("1", "membranes", "4T1"),
        ("1", "membranes", "HeLa"),
        ("1", "drugs", "doxorubicin"),
        ("2", "membranes", "MCF-7"),
        ("2", "drugs", ""),
    ]
)


def test_a_perfect_prediction_scores_one_in_every_matching_and_total() -> None:
    scores = score([_as_record(study, WANTED) for study in WANTED.studies], WANTED)
    for rows in scores.figures.values():
        for figure in rows.values():
            assert (figure.precision, figure.recall, figure.f1) == (1, 1, 1)
            assert figure.f1_interval is not None
            assert (figure.f1_interval.low, figure.f1_interval.high) == (1, 1)
    assert scores.errors == ()
    assert scores.studies_found == 2


def test_an_empty_prediction_scores_zero_and_has_no_precision() -> None:
    figure = score([], WANTED).figure()
    assert (figure.precision, figure.recall, figure.f1) == (None, 0, 0)


def test_a_value_where_the_gold_is_blank_counts_against_precision() -> None:
    found = [_as_record("1", WANTED), record("2", {"membranes": ["MCF-7"], "drugs": ["paclitaxel"]})]
    scores = score(found, WANTED)
    assert (scores.figure("drugs").tp, scores.figure("drugs").fp, scores.figure("drugs").fn) == (1, 1, 0)
    assert [(e.kind, e.study, e.field, e.text) for e in scores.errors] == [("FP", "2", "drugs", "paclitaxel")]


def test_a_field_the_gold_does_not_cover_for_a_study_is_not_scored() -> None:
    wanted = gold([("1", "membranes", "4T1"), ("2", "sizes", "80 nm")])
    found = [record("1", {"membranes": ["4T1"], "modalities": ["chemotherapy"], "diseases": ["breast cancer"]})]
    assert score(found, wanted).figure().fp == 0


def test_a_channel_sees_only_its_own_values_and_both_see_each_once() -> None:
    wanted = gold([("1", "membranes", "4T1"), ("1", "membranes", "HeLa")])
    found = [record("1", {"membranes": [value("4T1"), value("4T1", channel="text"), value("HeLa", channel="text")]})]
    figures = {channel: score(found, wanted, channel).figure() for channel in ("table", "text", None)}
    assert {c: (f.tp, f.fp, f.fn) for c, f in figures.items()} == {
        "table": (1, 0, 1),
        "text": (2, 0, 0),
        None: (2, 0, 0),
    }


def test_the_same_value_cannot_satisfy_two_gold_values() -> None:
    wanted = gold([("1", "cores", "PLGA NPs"), ("1", "cores", "PLGA nanoparticle")])
    figure = score([record("1", {"cores": ["PLGA NPs"]})], wanted).figure()
    assert (figure.tp, figure.fn) == (1, 1)


def test_an_error_names_what_nearly_matched_and_where_to_look() -> None:
    wanted = gold([("1", "cores", "silica-gold NPs")])
    scores = score([record("1", {"cores": [value("silica", evidence=("m7",))]})], wanted)
    by_kind = {error.kind: error for error in scores.errors}
    assert by_kind["FN"].nearest == "silica"
    assert by_kind["FN"].source == "Table 1, row 1, column 1"
    assert (by_kind["FP"].nearest, by_kind["FP"].evidence) == ("silica-gold NPs", ("m7",))


def test_recall_of_stated_values_leaves_out_what_the_prose_does_not_say() -> None:
    given = gold([("1", "membranes", "4T1"), ("2", "membranes", "HeLa")], stated="yes")
    unsaid = gold([("3", "membranes", "MCF-7")], stated="no")
    wanted = given.model_copy(update={"values": given.values + unsaid.values})
    figure = score([record("1", {"membranes": ["4T1"]})], wanted).figure()
    assert (figure.stated, figure.stated_recall, figure.recall) == (2, 0.5, pytest.approx(1 / 3))


class TestWhichStudyARecordIsAbout:
    wanted = gold([("31", "membranes", "HepG2")], doi="10.1000/Study.31")

    def _is_found(self, found: Record, **about: str | None) -> bool:
        wanted = self.wanted
        outcomes = [outcome("in/paper.pdf", **about)] if about else []
        return score([found], wanted, outcomes=outcomes).studies_found == 1

    def test_by_doi_whatever_the_document_and_the_case(self) -> None:
        assert self._is_found(record("7", {}, doi="10.1000/STUDY.31"), doi="10.1000/other")

    def test_by_reference_number_in_the_review_itself(self) -> None:
        assert self._is_found(record("31", {}), doi="10.1000/REVIEW")
        assert self._is_found(record("31", {}), doi=None, title="A  Review")

    def test_not_by_reference_number_in_another_paper(self) -> None:
        assert not self._is_found(record("31", {}), doi="10.1000/other")
        assert not self._is_found(record("31", {}), doi=None, title="Another review")

    def test_not_by_reference_number_against_the_doi(self) -> None:
        assert not self._is_found(record("31", {}, doi="10.1000/study.32"), doi="10.1000/review")

    def test_a_paper_about_its_own_work_by_its_doi(self) -> None:
        assert self._is_found(record("self", {}), doi="10.1000/study.31")

    def test_a_source_paper_by_its_file_name(self) -> None:
        wanted = gold([("paper", "membranes", "HepG2")], review=None)
        assert score([record("self", {})], wanted, outcomes=[outcome("a/paper.pdf")]).studies_found == 1
        assert score([record("self", {})], wanted, outcomes=[outcome("a/other.pdf")]).studies_found == 0

    def test_a_study_of_one_of_several_reviews_by_file_name_and_number(self) -> None:
        wanted = gold([("passage/12", "membranes", "HepG2")], review=None)
        assert score([record("12", {})], wanted, outcomes=[outcome("passage.txt")]).studies_found == 1
        assert score([record("13", {})], wanted, outcomes=[outcome("passage.txt")]).outside == 1


_NAMES = ["4T1", "HeLa", "MCF-7", "HepG2", "RM-1", "C1498", "K7M2"]
_CELLS = st.lists(st.sampled_from(_NAMES), max_size=4, unique=True)
_STUDIES = st.lists(st.tuples(_CELLS, _CELLS, _CELLS, _CELLS), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(_STUDIES)
def test_figures_agree_with_counting_sets(studies: list[tuple[list[str], ...]]) -> None:
    """An independent computation: with names that match only themselves, counts are those of sets of triples."""
    fields: tuple[FieldName, ...] = ("membranes", "drugs")
    rows: list[tuple[str, FieldName, str]] = []
    found, truth = set(), set()
    records = []
    for number, (*lists,) in enumerate(studies):
        wanted, given_ = dict(zip(fields, lists[:2], strict=True)), dict(zip(fields, lists[2:], strict=True))
        for field in fields:
            rows += [(str(number), field, name) for name in wanted[field] or [""]]
            truth |= {(number, field, name) for name in wanted[field]}
            found |= {(number, field, name) for name in given_[field]}
        records.append(record(str(number), given_))
    scores = score(records, gold(rows), resamples=0)
    for row in (*fields, "micro"):
        mine = {t for t in found if row in ("micro", t[1])}
        wanted_ = {t for t in truth if row in ("micro", t[1])}
        hits = len(mine & wanted_)
        for matching in scores.figures:
            figure = scores.figure(row, matching)
            assert (figure.tp, figure.fp, figure.fn) == (hits, len(mine) - hits, len(wanted_) - hits)
            assert figure.precision == (pytest.approx(hits / len(mine)) if mine else None)
            assert figure.recall == (pytest.approx(hits / len(wanted_)) if wanted_ else None)
            both = len(mine) + len(wanted_)
            assert figure.f1 == (pytest.approx(2 * hits / both) if both else None)


def test_macro_is_the_mean_over_fields() -> None:
    found = [record("1", {"membranes": ["4T1"], "drugs": ["doxorubicin"]}), record("2", {"membranes": ["MCF-7"]})]
    scores = score(found, WANTED)
    assert scores.figure("macro").f1 == pytest.approx((0.8 + 1.0) / 2)


def test_intervals_are_those_of_resampled_studies() -> None:
    """Against a plain-Python bootstrap of its own random stream: percentiles agree within sampling error."""
    rows: list[tuple[str, FieldName, str]] = [(str(n), "membranes", "4T1") for n in range(30)]
    found = [record(str(n), {"membranes": ["4T1" if n % 3 else "HeLa"]}) for n in range(30)]
    interval = score(found, gold(rows)).figure("membranes").recall_interval
    rng = random.Random(1)
    draws = sorted(Counter(rng.randrange(30) % 3 > 0 for _ in range(30))[True] / 30 for _ in range(4000))
    assert interval is not None
    assert interval.low == pytest.approx(draws[100], abs=0.05)
    assert interval.high == pytest.approx(draws[3900], abs=0.05)


def test_a_repeated_scoring_gives_the_same_figures() -> None:
    found = [record("1", {"membranes": ["4T1"]}), record("2", {"membranes": ["HeLa"]})]
    wanted = gold([(str(n), "membranes", "4T1") for n in range(9)])
    assert score(found, wanted) == score(found, wanted)
