"""Rules on roles: how they are read, what is refused, how they weigh against one another, what a user adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import RulesError
from pipeline.roles.examples import check, unmark
from pipeline.roles.rules import RuleSet, WordClass, class_words, load_rules
from pipeline.roles.tagging import tag

CLASSES = """
[class.coat]
note = "to cover"
verbs = ["coat", "wrap(p)", "cover", "sheathe", "veil", "carry"]
ed = ["clad"]
nouns = ["coat", "mask", "body"]
words = ["membrane-coated"]
"""
RULE = """
[[rule]]
id = "mine.coat"
about = "CELL"
sets = "membrane_source"
pattern = "in the livery of <CELL+>"
reason = "We write so."
yes = ["cores in the livery of [4T1|CELL!]"]
no = ["cores in [4T1|CELL] cells"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.toml").write_text(RULE)
    return tmp_path


def votes(rules: RuleSet, sentence: str) -> set[tuple[str, str]]:
    """The names of a marked sentence with what the rules set on them."""
    text, names = unmark(sentence)
    tagged = tag(text, 0, len(text), names)
    found = ((tagged.names[vote.number], vote.sets) for vote in rules.votes(tagged))
    return {(text[name.start : name.end], sets) for name, sets in found}


def rules_of(folder: Path, text: str) -> RuleSet:
    (folder / "mine.toml").write_text(text)
    return load_rules(folder)


def test_regular_forms_are_made_of_a_verb():
    forms = WordClass(
        note="", verbs=("wrap(p)", "coat", "sheathe", "carry"), ed=("clad",), nouns=("body", "mask")
    ).forms
    assert set(forms["ed"]) == {"wrapped", "coated", "sheathed", "carried", "clad"}
    assert set(forms["ing"]) == {"wrapping", "coating", "sheathing", "carrying"}
    assert set(forms["s"]) == {"wraps", "coats", "sheathes", "carries"}
    assert set(forms["noun"]) == {"body", "bodies", "mask", "masks"}
    assert set(forms["verb"]) == {*forms["base"], *forms["s"], *forms["ed"], *forms["ing"]}


def test_a_users_folder_adds_a_rule(folder):
    sentence = "cores in the livery of [4T1|CELL]"
    rules = load_rules(folder)
    assert votes(rules, sentence) == {("4T1", "membrane_source")}
    assert votes(load_rules(), sentence) == set()
    assert rules.own == {"mine.coat"}
    assert not list(check(rules))


def test_a_users_class_adds_words_to_the_shipped_one(folder):
    (folder / "classes.toml").write_text('[class.coat]\nnote = "ours"\nverbs = ["enrobe"]\n')
    sentence = "[4T1|CELL] membrane-enrobed [gold|CORE]"
    assert ("4T1", "membrane_source") in votes(load_rules(folder), sentence)
    assert {"enrobed", "coated"} <= set(load_rules(folder).words("coat.ed"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("reason", "raison"), "mine.toml.*raison.*a rule has id"),
        (('sets = "membrane_source"', 'sets = "coat"'), "sets is one of membrane_source"),
        (('about = "CELL"', 'about = "TISSUE"'), "mine.coat.*no label 'TISSUE'"),
        (("livery of <CELL+>", "livery of"), "mine.coat.*no name that the rule is about"),
        (("livery of <CELL+>", "{livery} of <CELL+>"), "mine.coat.*no word class 'livery'"),
        (("livery of <CELL+>", "{coat.er} of <CELL+>"), "mine.coat.*no form 'er'"),
        (("livery of <CELL+>", "livery of <CELL"), "mine.coat.*means nothing"),
        (("mine.coat", "coat.cells-membrane"), "'coat.cells-membrane' is used twice"),
        (("mine.coat", "My Coat"), "mine.toml: rule.0.id"),
        (('yes = ["cores in the livery of [4T1|CELL!]"]', "yes = []"), "mine.toml: rule.0.yes"),
        (("[[rule]]", "[[rule]"), "mine.toml: not valid TOML"),
    ],
)
def test_what_a_rule_cannot_have_is_refused_and_named(folder, change, message):
    with pytest.raises(RulesError, match=message):
        rules_of(folder, RULE.replace(*change))


def test_a_folder_without_rules_is_refused_and_named(tmp_path):
    with pytest.raises(RulesError, match=f"{tmp_path.name}: no rules"):
        load_rules(tmp_path)


def test_the_check_finds_an_example_that_is_missed(folder):
    rules = rules_of(folder, RULE.replace("the livery of [4T1|CELL!]", "the colours of [4T1|CELL!]"))
    assert [(f.rule, f.problem) for f in check(rules)] == [("mine.coat", "does not find 4T1")]


def test_the_check_finds_an_example_that_is_found_though_it_must_not_be(folder):
    rules = rules_of(folder, RULE.replace("cores in [4T1|CELL] cells", "in the livery of [4T1|CELL]"))
    assert [(f.rule, f.problem) for f in check(rules)] == [("mine.coat", "finds 4T1 as well")]


def test_the_check_wants_a_marked_name_in_a_yes_example(folder):
    rules = rules_of(folder, RULE.replace("[4T1|CELL!]", "[4T1|CELL]"))
    assert [f.problem for f in check(rules)] == ["a `yes` example marks no name with !"]


def test_the_check_names_a_label_that_there_is_not(folder):
    rules = rules_of(folder, RULE.replace("[4T1|CELL!]", "[4T1|TISSUE!]"))
    with pytest.raises(RulesError, match="no label 'TISSUE'"):
        list(check(rules))


BARE = """
[[rule]]
id = "a.any"
about = "CELL"
sets = "membrane_source"
{more}
pattern = "<CELL+> membrane"
reason = "r"
yes = ["[4T1|CELL!] membrane"]

[[rule]]
id = "a.control"
about = "CELL"
sets = "comparator"
{other}
pattern = "<CELL+> **2 as control"
reason = "r"
yes = ["[4T1|CELL!] membrane as control"]
"""


@pytest.fixture
def alone(tmp_path, monkeypatch) -> Path:
    """A folder whose rules stand without the shipped ones."""
    monkeypatch.setattr("pipeline.roles.rules.roles_dir", lambda: tmp_path)
    (tmp_path / "classes.toml").write_text(CLASSES)
    return tmp_path


def bare(alone: Path, more: str = "", other: str = "") -> RuleSet:
    (alone / "a.toml").write_text(BARE.format(more=more, other=other))
    return load_rules()


def test_rules_that_do_not_give_way_both_speak(alone):
    both = {("4T1", "membrane_source"), ("4T1", "comparator")}
    assert votes(bare(alone), "[4T1|CELL] membrane as control") == both


def test_a_rule_gives_way_to_what_it_yields_to_and_on_that_name_only(alone):
    rules = bare(alone, more='yields = ["comparator"]')
    sentence = "[B16|CELL] membrane did; [4T1|CELL] membrane as control"
    assert votes(rules, sentence) == {("4T1", "comparator"), ("B16", "membrane_source")}


def test_a_rule_among_others_speaks_only_of_their_names(alone):
    rules = bare(alone, other='among = ["membrane_source"]')
    sentence = "[B16|CELL] cells as control; [4T1|CELL] membrane as control"
    assert votes(rules, sentence) == {("4T1", "comparator"), ("4T1", "membrane_source")}


def test_unless_with_a_name_takes_that_name_away(alone):
    rules = bare(alone, more='unless = "live <CELL>"')
    assert votes(rules, "live [4T1|CELL] membrane, [B16|CELL] membrane") == {("B16", "membrane_source")}


def test_unless_without_a_name_takes_the_sentence_away(alone):
    rules = bare(alone, more='unless = "alive"')
    assert votes(rules, "alive [4T1|CELL] membrane, [B16|CELL] membrane") == set()


def test_also_must_stand_in_the_sentence_whole(alone):
    rules = bare(alone, more='also = ["{coat}", "gold"]')
    assert votes(rules, "[4T1|CELL] membrane coats gold") == {("4T1", "membrane_source")}
    assert votes(rules, "[4T1|CELL] membrane coats silver") == set()


def test_a_sentence_without_names_has_no_votes(alone):
    assert votes(bare(alone), "A membrane as control.") == set()


def test_a_class_that_includes_another_has_its_words_form_by_form() -> None:
    classes = {
        "shed": WordClass(note="n", verbs=("shed(d)",), nouns=("vesicle",)),
        "skin": WordClass(note="n", nouns=("membrane",), words=("CMs",), includes=("shed",)),
    }
    assert class_words(classes, "skin.noun") == ("membrane", "membranes", "vesicle", "vesicles")
    assert {"CMs", "vesicles", "shedding"} <= set(class_words(classes, "skin"))
    assert class_words(classes, "skin.ing") == ("shedding",)
    around = {"one": WordClass(note="n", words=("a",), includes=("other",)),
              "other": WordClass(note="n", words=("b",), includes=("one",))}  # fmt: skip
    assert class_words(around, "one") == ("a", "b")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('includes = ["gone"]', "word class 'mine' includes 'gone', which is none"),
        ("", "word class 'mine' has no words: give it verbs, nouns or words"),
    ],
)
def test_a_class_without_words_or_with_one_that_is_none_is_refused(tmp_path: Path, entry: str, message: str) -> None:
    (tmp_path / "classes.toml").write_text(f'[class.mine]\nnote = "ours"\n{entry}\n', encoding="utf-8")
    with pytest.raises(RulesError, match=message):
        load_rules(tmp_path)
