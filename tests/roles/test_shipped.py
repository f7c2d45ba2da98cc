"""The shipped rules: their examples, the words they stand on, what they cost."""

from __future__ import annotations

import random
from collections import Counter
from time import process_time
from typing import get_args

import pytest

from pipeline.records import Role
from pipeline.roles.examples import check, unmark
from pipeline.roles.patterns import searched
from pipeline.roles.rules import shipped_rules
from pipeline.roles.tagging import tag

ENOUGH = 350


@pytest.fixture(scope="module")
def rules():
    return shipped_rules()


def test_every_rule_answers_its_examples(rules):
    assert [str(failure) for failure in check(rules)] == []


def test_every_rule_has_sentences_that_it_must_find_and_one_that_it_must_not(rules):
    assert [rule.id for rule in rules.rules if len(rule.yes) < 1 or not rule.no] == []
    assert sum(len(rule.yes) + len(rule.no) for rule in rules.rules) >= ENOUGH


def test_a_no_example_has_a_name_that_the_rule_might_find(rules):
    """One without a name of the rule's label could never fail."""
    blind = []
    for rule in rules.rules:
        labels = {rule.about} if isinstance(rule.about, str) else set(rule.about)
        blind += [(rule.id, text) for text in rule.no if not any(f"|{label}]" in text for label in labels)]
    assert blind == []


def test_no_example_stands_twice_in_a_rule(rules):
    assert [rule.id for rule in rules.rules if max(Counter((*rule.yes, *rule.no)).values()) > 1] == []


def test_every_role_has_rules(rules):
    assert {*get_args(Role), "negated", "hypothetical"} == {rule.sets for rule in rules.rules}


def test_every_word_class_is_used_or_says_what_for(rules):
    assert all(words.note for words in rules.classes.values())


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "[PLGA|CORE] bearing [DOX|DRUG] was surrounded by [leukemia cell|CELL] membrane",
            "core cargo membrane_source",
        ),
        ("A layer of [T cell|CELL] membrane was deposited on [silica|CORE].", "membrane_source core"),
        ("[CuS|CORE] jacketed in [B16|CELL] membrane held [SN-38|DRUG]", "core membrane_source cargo"),
        ("[gold|CORE] in vesicles shed by [E. coli|CELL]", "core membrane_source"),
        ("[RBC|CELL]-[4T1|CELL] hybrid membrane was stretched over [PCN|CORE]", "membrane_source membrane_source core"),
        ("free [DOX|DRUG] and bare [PLGA|CORE] served as controls", "comparator comparator"),
        ("[RAW264.7|CELL] cells took up less of the coated particles", "test_cells"),
        ("Blood was drawn from [rats|ANIMAL].", "donor"),
        ("In [nude mice|ANIMAL] with [glioma|DISEASE] the coat helped.", "model target"),
        ("The diameter rose from [98 nm|SIZE] to [115 nm|SIZE] after cloaking.", "core_size coated"),
        ("Membranes were labelled with [DiI|DRUG].", "reagent"),
        ("coated [CuS|CORE] for [photothermal therapy|MODALITY] of [melanoma|DISEASE]", "core purpose target"),
        ("Tumour volume was measured by [MRI|MODALITY].", "measured_by"),
        ("The drug causes [neuropathy|DISEASE].", "background"),
        ("[PLGA|CORE] particles were coated with [HeLa|CELL] cell membrane.", "core membrane_source"),
        ("hidden under [MCF-7|CELL] vesicles", "membrane_source"),
        ("[paclitaxel|DRUG] in an [S180|CELL] coat", "cargo membrane_source"),
        ("cores jacketed by homologous [tumour cell|CELL] membrane", "membrane_source"),
    ],
)
def test_ways_of_speaking(rules, sentence, expected):
    text, names = unmark(sentence)
    tagged = tag(text, 0, len(text), names)
    stated: dict[int, set[str]] = {number: set() for number in range(len(names))}
    for vote in rules.votes(tagged):
        stated[vote.number].add(vote.sets)
    assert [stated[n] for n in range(len(names))] == [{role} for role in expected.split()]


def test_members_of_a_coordination_have_one_role(rules):
    text, names = unmark("cores loaded with [A|DRUG], [B|DRUG], the inhibitor [C|DRUG] and [D|DRUG]")
    votes = rules.votes(tag(text, 0, len(text), names))
    assert {vote.number for vote in votes if vote.sets == "cargo"} == {0, 1, 2, 3}


def _mixed(rules, size: int, seed: int) -> str:
    """Words of all classes and names, at random."""
    chosen = random.Random(seed)
    words = sorted({word for words in rules.classes.values() for word in words.forms[""]})
    pieces = []
    for number in range(size):
        kind = chosen.choice("CNDMXAS")
        pieces.append(
            f"⟦{kind}{number}⟧" if chosen.random() < 0.3 else chosen.choice([*words, "the", "of", "with", ","])
        )
    return " ".join(pieces)


def _shapes(rules, size: int) -> dict[str, str]:
    names = [f"⟦{'CNDMXAS'[n % 7]}{n}⟧" for n in range(size)]
    return {
        "one word": "x" * 10 * size,
        "hyphens": "a-" * 5 * size + "⟦C0⟧",
        "blanks": " " * 10 * size + "⟦C0⟧",
        "commas": "," * 10 * size,
        "brackets": "(" * 5 * size + "⟦C0⟧" + ")" * 5 * size,
        "notes": "(a) " * 3 * size + "⟦D0⟧",
        "list": ", ".join(names),
        "coordination": " and ".join(names),
        "one label": ", ".join(f"⟦C{n}⟧" for n in range(size)),
        "membranes": "⟦C0⟧ " + "cell membrane " * 2 * size,
        "loads": "loaded with " * 2 * size + "⟦D0⟧",
        "words of all classes": _mixed(rules, size, seed=1),
    }


def _seconds(rules, text: str) -> float:
    """Processor time of all patterns, also those that a look at the words would spare."""
    text = searched(text)
    begin = process_time()
    for one in rules._compiled:
        for pattern, _ in (*one.patterns, *one.also, *one.unless):
            list(pattern.numbers(text, one.letters))
            pattern.regex.search(text)
    return process_time() - begin


@pytest.mark.slow
@pytest.mark.parametrize("shape", sorted(_shapes(shipped_rules(), 1)))
def test_time_grows_with_the_length_of_a_sentence(rules, shape):
    short, long = (_shapes(rules, size)[shape] for size in (500, 2000))
    shorter = min(_seconds(rules, short) for _ in range(2))
    longer = min(_seconds(rules, long) for _ in range(2))
    assert longer < 10 * shorter + 0.1, f"{shape}: {shorter:.3f} s, four times the length {longer:.3f} s"
    assert longer < 5


def test_no_pattern_is_slow_by_itself(rules):
    text = searched(_mixed(rules, 2000, seed=2))
    slow = {}
    for one in rules._compiled:
        begin = process_time()
        for pattern, _ in one.patterns:
            list(pattern.numbers(text, one.letters))
        slow[one.rule.id] = process_time() - begin
    worst = max(slow, key=lambda rule: slow[rule])
    assert slow[worst] < 0.5, f"{worst} takes {slow[worst]:.2f} s for 2,000 words"


def test_the_whole_set_is_fast_on_a_paper(rules):
    """A paper of 5,000 words takes about 60 ms; the bound leaves room for a busy machine."""
    sentence = (
        "[PLGA|CORE] cores that held [doxorubicin|DRUG] were cloaked with [4T1|CELL] membrane, had [118 nm|SIZE] and"
        " killed [MCF-7|CELL] cells better than free [DOX|DRUG] in [BALB/c mice|ANIMAL] with [breast cancer|DISEASE]."
    )
    text, names = unmark(sentence)
    tagged = tag(text, 0, len(text), names)
    plain = tag("The suspension was stirred at room temperature for another two hours in the dark.", 0, 80, [])
    begin = process_time()
    for _ in range(100):
        rules.votes(tagged)
        rules.votes(plain)
    assert process_time() - begin < 1.5
