"""Two runs against each other, thresholds, calibration."""

from __future__ import annotations

import itertools

import pytest

from pipeline.errors import UsageError
from pipeline.evaluation import Gold, Tally, Threshold, compare, score, shortfalls, tally
from pipeline.evaluation.scores import calibrate
from pipeline.evaluation.tally import Assessed
from pipeline.records import Record
from tests.evaluation.make import gold, record


def _wanted(studies: int) -> Gold:
    return gold([(str(n), "membranes", "4T1") for n in range(studies)])


def _run(right: int, studies: int, wrong: str = "HeLa") -> list[Record]:
    return [record(str(n), {"membranes": ["4T1" if n < right else wrong]}) for n in range(studies)]


def _tally(right: int, studies: int = 10, wrong: str = "HeLa") -> Tally:
    return tally(_run(right, studies, wrong), _wanted(studies))


def test_a_run_against_itself_differs_in_nothing() -> None:
    comparison = compare(_tally(5), _tally(5))
    difference = comparison.differences["micro"]
    assert (difference.gain, difference.p) == (0, 1)
    assert difference.interval is not None
    assert (difference.interval.low, difference.interval.high) == (0, 0)
    assert comparison.won == comparison.lost == ()


def test_what_was_won_and_lost_is_named() -> None:
    comparison = compare(_tally(9), _tally(10, wrong="MCF-7"))
    assert [(error.kind, error.study, error.text) for error in comparison.won] == [
        ("FN", "9", "4T1"),
        ("FP", "9", "HeLa"),
    ]
    assert comparison.lost == ()
    assert compare(_tally(10), _tally(9)).lost == comparison.won


def test_a_clear_gain_is_beyond_chance_and_a_single_study_is_not() -> None:
    clear = compare(_tally(0), _tally(10)).differences["micro"]
    assert clear.gain == 1
    assert clear.p is not None
    assert clear.p < 0.01
    single = compare(_tally(5), _tally(6)).differences["micro"]
    assert single.p is not None
    assert single.p > 0.5


def test_p_is_that_of_all_swaps_counted_one_by_one() -> None:
    """Against the exact test: four studies differ, so sixteen ways to swap them."""
    one, other = _tally(3, 8), _tally(7, 8)
    gains = [sum(signs) for signs in itertools.product((-1, 1), repeat=4)]
    exact = sum(abs(gain) >= 4 for gain in gains) / len(gains)
    p = compare(one, other).differences["micro"].p
    assert p == pytest.approx(exact, abs=0.015)


def test_a_threshold_names_channel_field_and_figure() -> None:
    assert Threshold.parse("text.membranes=0.85") == Threshold(row="membranes", channel="text", f1=0.85)
    assert Threshold.parse("micro=1") == Threshold(row="micro", f1=1)


@pytest.mark.parametrize(
    "text", ["membranes", "membranes=2", "coats=0.5", "prose.drugs=0.5", "drugs=x", "=0.5", "drugs=nan"]
)
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no threshold"):
        Threshold.parse(text)


def test_a_threshold_that_is_not_reached_is_told_with_the_figure() -> None:
    scores = [score(_run(5, 10), _wanted(10), channel) for channel in ("table", None)]
    asked = [Threshold.parse(text) for text in ("membranes=0.5", "table.micro=0.6", "drugs=0.1")]
    lines = shortfalls(scores, asked)
    assert lines == [
        "table: micro has F1 0.500, 0.600 is asked for",
        "both: drugs is not scored, 0.100 is asked for",
    ]


def test_calibration_compares_scores_with_how_often_they_are_right() -> None:
    assessed = [Assessed("drugs", 0.95, right=n != 0) for n in range(10)] + [Assessed("drugs", 0.55, right=False)] * 10
    calibration = calibrate(assessed)
    high = calibration.bins[-1]
    assert (high.values, high.right) == (10, 0.9)
    assert high.mean_score == pytest.approx(0.95)
    assert calibration.error == pytest.approx((0.05 + 0.55) / 2)
    assert sum(each.values for each in calibration.bins) == 20


def test_nothing_found_has_no_calibration_error() -> None:
    assert calibrate([]).error is None
