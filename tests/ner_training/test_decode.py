"""Decoding gives the spans that were put in, and only spans that can stand side by side."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.ner.training.decode import TAGS, decode, tags_of


@st.composite
def spans(draw):
    """A length and spans within it that do not overlap."""
    cuts = sorted(draw(st.sets(st.integers(0, 30), max_size=12)))
    pairs = [(a, b) for a, b in pairwise(cuts) if draw(st.booleans())]
    return 31, pairs


@given(spans())
def test_spans_come_back_from_their_tags(case):
    length, pairs = case
    sure = np.eye(len(TAGS), dtype="f")[tags_of(pairs, length)]
    assert [(f.start, f.end) for f in decode(sure)] == pairs
    assert all(f.score == pytest.approx(1.0) for f in decode(sure))


@given(arrays("float32", (17, len(TAGS)), elements=st.floats(2**-9, 1, width=32)))
def test_whatever_the_probabilities_spans_are_ordered_and_apart(raw):
    found = decode(raw / raw.sum(axis=1, keepdims=True))
    assert all(0 <= f.start < f.end <= 17 and 0 < f.score <= 1 for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_the_best_whole_sequence_wins_over_the_best_tag_of_each_token():
    # Alone, the second token would be I, which makes no sense at the end: B must be followed by its L.
    rows = np.array([[0.1, 0.8, 0.0, 0.0, 0.1], [0.05, 0.0, 0.5, 0.45, 0.0], [0.9, 0.1, 0.0, 0.0, 0.0]], dtype="f")
    assert [(f.start, f.end) for f in decode(rows)] == [(0, 2)]


def test_a_text_without_names_has_no_spans():
    assert decode(np.array([[1, 0, 0, 0, 0]] * 4, dtype="f")) == []
