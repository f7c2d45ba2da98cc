"""Known names are found as word sequences, whatever their case and hyphens, where their kind allows it."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ner.training.gazetteer import Gazetteer

NAMES = [
    ("CELL_LINE", ["B16", "-", "F10"]),
    ("CELL_LINE", ["TEM"]),
    ("DISEASE", ["breast", "cancer"]),
    ("DISEASE", ["triple", "negative", "breast", "cancer"]),
]


def gazetteer():
    return Gazetteer.of(NAMES, ["CELL_LINE", "DISEASE"], ["CELL_LINE"])


def hits(words, names):
    """Per word, b or i for a hit's beginning or inside; line hits and disease hits apart."""
    rows = names.features(words)
    return ["".join("bi"[j] if row[2 * k + j] else "" for j in (0, 1)) or "." for k in (0, 1) for row in rows]


def test_hyphens_do_not_count():
    assert hits(["B16", "F10"], gazetteer())[:2] == ["b", "i"]
    assert hits(["B16", "-", "F10", "cells"], gazetteer())[:4] == ["b", "i", "i", "."]


def test_case_counts_only_where_it_should():
    assert hits(["tem"], gazetteer())[0] == "."
    assert hits(["Breast", "CANCER"], gazetteer())[2:] == ["b", "i"]


def test_the_longest_name_wins_and_a_prefix_alone_is_no_hit():
    assert hits(["triple", "negative", "breast", "cancer"], gazetteer())[4:] == ["b", "i", "i", "i"]
    assert hits(["triple", "negative"], gazetteer())[2:] == [".", "."]


def test_matches_of_a_kind_do_not_overlap():
    words = ["triple", "negative", "breast", "cancer", "breast", "cancer"]
    assert hits(words, gazetteer())[6:] == ["b", "i", "i", "i", "b", "i"]


def test_stored_names_are_the_same_names():
    one = gazetteer()
    other = Gazetteer.from_arrays(one.kinds, one.exact, one.to_arrays())
    words = ["TEM", "of", "triple", "-", "negative", "breast", "cancer", "B16"]
    assert (one.features(words) == other.features(words)).all()


def test_without_names_or_words_nothing_is_found():
    assert not Gazetteer(["DISEASE"]).features(["cancer"]).any()
    assert gazetteer().features([]).shape == (0, 4)


@given(st.lists(st.sampled_from(["triple", "negative", "breast", "cancer", "-", "TEM", "B16", "F10"])))
def test_names_are_found_wherever_they_stand(words):
    """Against the plain search: every word sequence of every name, at every place."""
    rows = gazetteer().features(words)
    for kind, name in NAMES:
        bare = [w for w in name if w != "-"]
        solid = [i for i, w in enumerate(words) if w != "-"]
        for k in range(len(solid) - len(bare) + 1):
            if [words[i] for i in solid[k : k + len(bare)]] == bare:
                column = ["CELL_LINE", "DISEASE"].index(kind)
                assert all(rows[i, 2 * column : 2 * column + 2].any() for i in solid[k : k + len(bare)])
