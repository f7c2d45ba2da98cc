"""Known names are found as word sequences, whatever their case and hyphens, where their kind allows it."""

import numpy as np

from pipeline.ner.training.gazetteer import Gazetteer


def gazetteer():
    names = Gazetteer(["CELL_LINE", "DISEASE"], exact=["CELL_LINE"])
    names.add("CELL_LINE", ["B16", "-", "F10"])
    names.add("CELL_LINE", ["TEM"])
    names.add("DISEASE", ["breast", "cancer"])
    names.add("DISEASE", ["triple", "negative", "breast", "cancer"])
    return names


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


def test_stored_names_are_the_same_names():
    one, other = gazetteer(), Gazetteer(["CELL_LINE", "DISEASE"], exact=["CELL_LINE"])
    other.from_arrays(**one.to_arrays())
    words = ["TEM", "of", "triple", "-", "negative", "breast", "cancer", "B16"]
    assert np.array_equal(one.features(words), other.features(words))
