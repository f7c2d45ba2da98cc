from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nervaluate import Evaluator

from pipeline.evaluation import LabelledSpan, score_mentions
from pipeline.evaluation.mentions import SCHEMES, SpanFigure

LABELS = ["DRUG", "CORE"]


def _span(start: int, end: int, label: str = "DRUG", document: str = "d") -> LabelledSpan:
    return LabelledSpan(document, start, end, label)


def _counts(figure: SpanFigure) -> tuple[int, int, int, int, int]:
    return figure.correct, figure.incorrect, figure.partial, figure.missed, figure.spurious


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (_span(10, 20), {"strict", "exact", "partial", "type"}),
        (_span(10, 20, "CORE"), {"exact", "partial"}),
        (_span(12, 20), {"type"}),
        (_span(12, 20, "CORE"), set()),
        (_span(20, 25), set()),
        (_span(10, 20, document="e"), set()),
    ],
)
def test_each_scheme_forgives_what_it_says(found: LabelledSpan, right: set[str]) -> None:
    figures = score_mentions([_span(10, 20)], [found])["all"]
    assert {scheme for scheme in SCHEMES if figures[scheme].f1 == 1} == right


def test_a_partial_match_counts_half() -> None:
    figure = score_mentions([_span(10, 20), _span(30, 40)], [_span(12, 20)])["all"]["partial"]
    assert (figure.precision, figure.recall, figure.f1) == (0.5, 0.25, pytest.approx(1 / 3))


def test_one_span_cannot_answer_two_annotations() -> None:
    figure = score_mentions([_span(0, 4), _span(5, 9)], [_span(0, 9)])["all"]["type"]
    assert _counts(figure) == (1, 0, 0, 1, 0)


def test_the_pairing_does_not_depend_on_the_order_of_the_spans() -> None:
    gold, found = [_span(0, 9), _span(4, 12)], [_span(4, 12), _span(0, 9)]
    assert score_mentions(gold, found) == score_mentions(gold[::-1], found)
    assert score_mentions(gold, found)["all"]["strict"].f1 == 1


def test_nothing_annotated_and_nothing_found_has_no_rate() -> None:
    assert score_mentions([], [])["all"]["strict"].f1 is None


_SLOTS = st.lists(
    st.tuples(
        st.none() | st.tuples(st.integers(0, 3), st.integers(4, 8), st.sampled_from(LABELS)),
        st.none() | st.tuples(st.integers(0, 3), st.integers(4, 8), st.sampled_from(LABELS)),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_SLOTS, min_size=1, max_size=3))
def test_counts_agree_with_nervaluate(documents: list[list[tuple[tuple[int, int, str] | None, ...]]]) -> None:
    """Each slot of ten characters holds at most one span of either side, so that there is one way to pair them."""
    sides: tuple[list[LabelledSpan], list[LabelledSpan]] = ([], [])
    theirs: tuple[list[list[dict[str, object]]], list[list[dict[str, object]]]] = ([], [])
    for number, slots in enumerate(documents):
        for side in (0, 1):
            theirs[side].append([])
            for at, slot in enumerate(slots):
                if (span := slot[side]) is not None:
                    start, end, label = 10 * at + span[0], 10 * at + span[1], span[2]
                    sides[side].append(_span(start, end, label, str(number)))
                    theirs[side][-1].append({"start": start, "end": end - 1, "label": label})
    ours = score_mentions(*sides)
    reference = Evaluator(*theirs, tags=LABELS, loader="dict").evaluate()
    names = {"strict": "strict", "exact": "exact", "partial": "partial", "type": "ent_type"}
    for row, results in [("all", reference["overall"]), *reference["entities"].items()]:
        for scheme, name in names.items():
            figure, result = ours[row][scheme], results[name]
            expected = (result.correct, result.incorrect, result.partial, result.missed, result.spurious)
            assert _counts(figure) == expected, (row, scheme)
            assert (figure.precision or 0, figure.recall or 0, figure.f1 or 0) == (
                pytest.approx(result.precision),
                pytest.approx(result.recall),
                pytest.approx(result.f1),
            )
