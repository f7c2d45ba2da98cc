"""Which ranges stand at a place."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ranges import Ranges


class Stretch(NamedTuple):
    """A range."""

    start: int
    end: int


stretches = st.builds(lambda start, size: Stretch(start, start + size), st.integers(0, 60), st.integers(1, 20))


@given(st.lists(stretches), st.lists(stretches), stretches)
def test_what_stands_over_a_place_is_what_a_look_at_each_finds(at_once, later, asked):
    ranges = Ranges(at_once)
    for each in later:
        ranges.add(each)
    known = [*at_once, *later]
    over = [each for each in known if each.start < asked.end and asked.start < each.end]
    assert sorted(ranges.over(*asked)) == sorted(over)
    assert ranges.holds(*asked) == any(each.start <= asked.start and asked.end <= each.end for each in known)


def test_nothing_stands_anywhere_where_there_is_nothing():
    assert Ranges[Stretch]().over(0, 10) == []
    assert not Ranges[Stretch]().holds(0, 1)
