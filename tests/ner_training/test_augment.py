"""However a passage is changed, its marks stand on names."""

import random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ner.training.augment import Templates, augment, cell, compounds, other_names, rewrite
from pipeline.ner.training.passages import Mark, Passage
from pipeline.settings import models_dir

TEXT = "HeLa cells took up zinc, and HeLa grew."
PASSAGE = Passage("1", "biored", TEXT, (Mark(0, 4, "CELL_LINE"), Mark(19, 23, "CHEMICAL"), Mark(29, 33, "CELL_LINE")))
NAMES = {"CELL_LINE": ["QQ-7"], "CHEMICAL": ["argon"], "DISEASE": ["gout"]}


def names(passage):
    return [(passage.text[m.start : m.end], m.label) for m in passage.marks]


def test_a_name_is_replaced_alike_throughout_a_passage():
    changed = other_names(PASSAGE, {"CELL_LINE": 1.0}, NAMES, random.Random(1))
    assert changed.text == "QQ-7 cells took up zinc, and QQ-7 grew."
    assert names(changed) == [("QQ-7", "CELL_LINE"), ("zinc", "CHEMICAL"), ("QQ-7", "CELL_LINE")]


def test_compounds_hang_on_names_without_joining_the_mark():
    changed = compounds(PASSAGE, {"CELL_LINE": ("-derived",)}, 1.0, random.Random(1))
    assert changed.text == "HeLa-derived cells took up zinc, and HeLa-derived grew."
    assert names(changed) == names(PASSAGE)


def test_a_cell_holds_names_of_the_passage_only():
    made = [cell(PASSAGE, random.Random(seed)) for seed in range(40)]
    assert any(len(p.marks) > 1 and p.text != TEXT for p in made)
    assert all(set(names(p)) <= set(names(PASSAGE)) for p in made)


@given(st.dictionaries(st.integers(0, 2), st.text(min_size=1, max_size=9)))
def test_rewriting_changes_names_and_nothing_between_them(texts):
    changed = rewrite(PASSAGE, texts)
    assert [n for n, _ in names(changed)] == [texts.get(i, n) for i, (n, _) in enumerate(names(PASSAGE))]
    bare = rewrite(changed, dict.fromkeys(range(3), ""))
    assert bare.text == " cells took up , and  grew."


@given(st.integers())
def test_shipped_templates_and_shares_give_marked_names(seed):
    templates = Templates.read(models_dir() / "training" / "templates.json")
    chance = random.Random(seed)
    for passage in (templates.passage(NAMES, chance), augment(PASSAGE, templates, NAMES, chance)):
        assert all(0 <= m.start < m.end <= len(passage.text) for m in passage.marks)
        assert all(passage.text[m.start : m.end].strip() == passage.text[m.start : m.end] for m in passage.marks)
