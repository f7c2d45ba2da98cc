"""What stands around names, as data."""

from __future__ import annotations

import pytest

from pipeline.errors import RulesError
from pipeline.roles import Context, check_recognition, part, shape, shipped_recognition
from pipeline.roles.contexts import load_recognition

HEAD = 'note = "of a test"\n'
CONTEXT = """
[class.kept]
note = "ways to keep cells"
verbs = ["culture", "passage"]
words = ["confluen*"]

[[context]]
id = "kept.behind"
place = "behind"
pattern = "()? (were|was) then? state:{kept.ed}"
reason = "Cells that are kept."
yes = ["[4T1] cells were cultured"]
"""


def recognition(tmp_path, *texts: str):
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.toml").write_text(HEAD + text)
    return load_recognition(tmp_path)


def test_every_shipped_context_and_shape_answers_its_examples():
    shipped = shipped_recognition()
    assert list(check_recognition(shipped)) == []
    assert shipped.rules
    assert shipped.shapes


@pytest.mark.parametrize("name", [name for name, rule in shipped_recognition().rules.items() if rule.place == "every"])
def test_a_context_is_found_wherever_it_stands_among_other_paragraphs(name):
    context = Context(name)
    rule = context.rule
    lines = [example.replace("[", "").replace("]", "") for example in (*rule.no, *rule.yes, *rule.no, *rule.yes)]
    text = "\n\n".join(["Nothing of the kind stands here.", *lines, "Nor does it here."])
    found = [match.span() for match in context.every(text)]
    assert found == [match.span() for match in context.regex.finditer(text)]
    assert found
    assert [match.span() for match in context.every(text, found[0][0])] == found
    assert [match.span() for match in context.every(text, found[1][0])] == found[1:]
    assert list(context.every(text, found[-1][1])) == []


def test_the_words_that_a_context_needs_are_those_that_stand_apart(tmp_path):
    made = CONTEXT.replace('"behind"', '"every"').replace("[4T1] cells were cultured", "[cells were cultured]")

    def needed(pattern: str):
        (tmp_path / "0.toml").write_text(HEAD + made.replace("()? (were|was) then? state:{kept.ed}", pattern))
        return load_recognition(tmp_path).needed_words("kept.behind")

    assert needed("*ase (was|were) {kept.ed}") == (frozenset({"was", "were"}), ())
    assert needed("*ase {kept}") is not None
    assert needed("*ase kept?") is None
    assert needed("*ase ~ kept") is None
    assert needed("kept ~ *ase") is None
    assert needed("*ase ~ - ~ kept*") == (frozenset(), ("kept",))


def test_no_word_stands_twice_in_a_class():
    shipped = shipped_recognition()
    for name in shipped.own:
        one = shipped.classes[name]
        made = (*one.forms["verb"], *one.forms["noun"])
        assert [word for word in one.words if one.words.count(word) > 1 or word in made] == [], name


def test_a_context_is_matched_right_behind_a_name_and_tells_its_parts(tmp_path):
    regex = recognition(tmp_path, CONTEXT.replace("[4T1] cells were", "[4T1] were")).regex("kept.behind")
    text = "RKO (colon) were then passaged"
    match = regex.match(text, 3)
    assert match is not None
    assert text[slice(*part(match, "state"))] == "passaged"
    assert part(match, "other") is None
    assert regex.match("RKO were then seen", 3) is None


def test_an_example_that_is_not_found_is_named(tmp_path):
    failures = list(check_recognition(recognition(tmp_path, CONTEXT)))
    assert [str(one) for one in failures] == ["context kept.behind: is not found: [4T1] cells were cultured"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CONTEXT + "colour = 1\n", "colour"),
        (CONTEXT.replace("{kept.ed}", "{kept.noun}"), "no form 'noun'"),
        (CONTEXT.replace("{kept.ed}", "<runes>"), "no shape 'runes'"),
        (CONTEXT.replace('"behind"', '"above"'), "place"),
        (CONTEXT.replace("class.kept", "class.coat"), "'coat' stands twice"),
        ("[", "not valid TOML"),
    ],
)
def test_what_a_file_cannot_have_is_refused_by_name(tmp_path, text, told):
    with pytest.raises(RulesError, match=told):
        list(check_recognition(recognition(tmp_path, text)))


def test_one_context_has_one_place(tmp_path):
    with pytest.raises(RulesError, match=r"1\.toml: (context 'kept.behind'|word class 'kept') stands twice"):
        recognition(tmp_path, CONTEXT, CONTEXT)


def test_a_name_in_front_is_looked_for_within_its_reach_and_not_across_paragraphs():
    before = Context("celltype.modified")
    assert before.before("metastatic breast", 11) is not None
    assert before.before("metastatic\n\nbreast", 12) is None
    assert shape("marker").fullmatch("CD8+")
