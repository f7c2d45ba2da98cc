"""The pattern language: what each element finds and what it does not."""

from __future__ import annotations

import pytest

from pipeline.roles.examples import unmark
from pipeline.roles.patterns import PatternError, compile_pattern, searched, tokens_of
from pipeline.roles.tagging import tag

WORDS = {
    "coat": ("coat", "coats", "coated", "coating"),
    "coat.ed": ("coated",),
    "membrane": ("membrane", "membranes", "cell membrane"),
}


def found(pattern: str, sentence: str, about: str = "C") -> set[str]:
    """The names that a pattern about these letters speaks of."""
    text, names = unmark(sentence)
    tagged = tag(text, 0, len(text), names)
    compiled = compile_pattern(pattern, WORDS.__getitem__, about)
    numbers = set(compiled.numbers(searched(tagged.text), about.lower()))
    return {text[tagged.names[n].start : tagged.names[n].end] for n in numbers}


@pytest.mark.parametrize(
    ("pattern", "sentence", "names"),
    [
        ("<CELL> cell", "a [4T1|CELL] cell", {"4T1"}),
        ("<CELL> cell", "a [4T1|CELL] CELL", {"4T1"}),
        ("<CELL> cell", "[4T1|CELL]-cell", {"4T1"}),
        ("<CELL> cell", "[4T1|CELL] (breast) cell", {"4T1"}),
        ("<CELL> cell", "a [4T1|CELL] cellular", set()),
        ("<CELL> cell*", "a [4T1|CELL] cellular", {"4T1"}),
        ("<CELL> cell", "a [4T1|CELL] tumour cell", set()),
        ("<CELL> {membrane}", "[4T1|CELL] membranes", {"4T1"}),
        ("<CELL> {membrane}", "[4T1|CELL] cell-membrane", {"4T1"}),
        ("<CELL> {membrane}", "[4T1|CELL] membranous", set()),
        ("<CELL> {coat.ed}", "[4T1|CELL]-coated", {"4T1"}),
        ("<CELL> {coat.ed}", "[4T1|CELL]-coating", set()),
        ("<CELL> ({coat.ed}|clad in|@)", "[4T1|CELL] clad in", {"4T1"}),
        ("<CELL> ({coat.ed}|clad in|@)", "[4T1|CELL] clad", set()),
        ("<CELL> tumour? cell", "[4T1|CELL] cell and [B16|CELL] tumour cell", {"4T1", "B16"}),
        ("the? <CELL> cell", "[4T1|CELL] cell", {"4T1"}),
        ("<CELL> ..2 cell", "[4T1|CELL] very old cell", {"4T1"}),
        ("<CELL> ..2 cell", "[4T1|CELL] very very old cell", set()),
        ("<CELL> ..2 cell", "[4T1|CELL], old cell", set()),
        ("<CELL> ..2 cell", "[4T1|CELL] and [B16|CELL] cell", {"B16"}),
        ("<CELL> ..2 mg", "[4T1|CELL] of 2.5 mg", {"4T1"}),
        ("<CELL> **3 cell", "[4T1|CELL], [B16|CELL] old cell", {"4T1", "B16"}),
        ("<CELL> **3 cell", "[4T1|CELL]; old cell", set()),
        ("of <CELL+>", "of [4T1|CELL], [B16|CELL] and [CT26|CELL]", {"4T1", "B16", "CT26"}),
        ("of <CELL+>", "of [4T1|CELL] cells and human [B16|CELL]", {"4T1", "B16"}),
        ("of <CELL+>", "of [4T1|CELL] coated with [B16|CELL]", {"4T1"}),
        ("of <CELL>", "of [4T1|CELL], [B16|CELL]", {"4T1"}),
        ("<CELL!> with <CELL>", "[4T1|CELL] with [B16|CELL]", {"4T1"}),
        ("<CORE|CELL> cell", "[gold|CORE] cell and [4T1|CELL] cell", {"4T1"}),
        ("<ANY> cell", "[gold|CORE] cell and [4T1|CELL] cell", {"4T1"}),
        ("<CELL> ~ @", "[4T1|CELL]@[gold|CORE]", {"4T1"}),
        ("<CELL> ~ @", "[4T1|CELL] @ [gold|CORE]", set()),
        ("@ ~ ..1 of <CELL>", "CM@PDA of [4T1|CELL]", {"4T1"}),
        ("^ <CELL>", "[4T1|CELL] and [B16|CELL]", {"4T1"}),
        ("^ in <CELL>", "In [4T1|CELL]", {"4T1"}),
        ("<CELL> $", "[4T1|CELL] and [B16|CELL].", {"B16"}),
        ("<CELL> , then", "[4T1|CELL], then", {"4T1"}),
        ("<CELL> : none", "[4T1|CELL]: none", {"4T1"}),
        ("<CELL> {membrane} !(potential|charge)", "[4T1|CELL] membrane potential", set()),
        ("<CELL> {membrane} !(potential|charge)", "[4T1|CELL] membrane", {"4T1"}),
        ("^ controls <CELL*> $", "Controls were [4T1|CELL] and, last, [B16|CELL].", {"4T1", "B16"}),
        ("^ controls <CELL*> $", "Controls were [4T1|CELL]; [B16|CELL] was not.", set()),
        ("^ <CELL*> served", "[4T1|CELL] and then [B16|CELL] served [A549|CELL]", {"4T1", "B16"}),
        ("^ <CELL*> served", "[4T1|CELL] did, whereas [B16|CELL] served", set()),
    ],
)
def test_an_element_finds_what_the_page_says(pattern, sentence, names):
    assert found(pattern, sentence) == names


def test_names_of_overlapping_matches_are_all_found():
    assert found("<CELL> **4 served", "[4T1|CELL] or [B16|CELL] served") == {"4T1", "B16"}


def test_only_names_of_the_rules_label_are_found():
    assert found("<DRUG|CORE+> alone", "[gold|CORE] and [DOX|DRUG] alone", about="D") == {"DOX"}


@pytest.mark.parametrize("pattern", ["<CELL> [a-z]", "<CELL> (open", "<TISSUE> cell", "<CELL> cell |", "<CELL>> x"])
def test_what_means_nothing_is_refused_with_the_pattern(pattern):
    with pytest.raises(PatternError, match="pattern"):
        compile_pattern(pattern, WORDS.__getitem__, "C")


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("{coat.ed} ..3 with <CELL+>", "coated with [4T1|CELL]"),
        ("<CELL> ({coat.ed}|clad|@)", "[4T1|CELL] @"),
        ("(in|under the) ..1 <CELL+>", "under the [4T1|CELL]"),
        ("^ <CELL*> served as {membrane}", "[4T1|CELL] served as cell membrane"),
        ("% of <CELL>", "5 % of [4T1|CELL]"),
        ("<CELL> tum* , $", "[4T1|CELL] tumour,"),
    ],
)
def test_a_sentence_that_matches_has_what_the_pattern_needs(pattern, sentence):
    text, names = unmark(sentence)
    tagged = searched(tag(text, 0, len(text), names).text)
    compiled = compile_pattern(pattern, WORDS.__getitem__, "C")
    assert list(compiled.numbers(tagged, "c"))
    assert compiled.needs
    assert all(need & tokens_of(tagged) for need in compiled.needs)


def test_a_sentence_without_the_needed_words_is_known_by_them():
    compiled = compile_pattern("{coat.ed} with <CELL>", WORDS.__getitem__, "C")
    assert not all(need & tokens_of(searched("bound to ⟦C0⟧ with care")) for need in compiled.needs)
