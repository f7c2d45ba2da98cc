"""The annotated passages are well formed, and recognition does not fall behind on those it is developed on."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.errors import GoldError
from pipeline.evaluation.mentions import LabelledSpan, score_mentions
from pipeline.ner import annotate
from pipeline.ner.annotated_text import AnnotatedMention, parse_annotated_text, read_annotated_texts
from pipeline.settings import gold_dir

FOLDER = gold_dir() / "passages"


def test_a_mark_is_read_with_its_facts() -> None:
    passage = parse_annotated_text("p", "Of {4T1|CELL_LINE|membrane_source|cellosaurus:CVCL_0125|negated} cells.")
    assert passage.text == "Of 4T1 cells."
    assert passage.marked == [
        AnnotatedMention(3, 6, "CELL_LINE", role="membrane_source", curie="cellosaurus:CVCL_0125", negated=True)
    ]


def test_marks_nest() -> None:
    passage = parse_annotated_text("p", "{{4T1|CELL_LINE} tumor-bearing mice|ANIMAL_MODEL}")
    assert [(m.start, m.end, m.label) for m in passage.marked] == [(0, 22, "ANIMAL_MODEL"), (0, 3, "CELL_LINE")]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{4T1|LINE}", "'LINE' is no label"),
        ("{4T1|CELL_LINE|often}", "'often'"),
        ("{4T1", "not closed"),
        ("4T1}", "not opened"),
    ],
)
def test_a_slip_in_a_mark_is_named(text: str, complaint: str) -> None:
    with pytest.raises(GoldError, match=f"passage p: .*{complaint}"):
        parse_annotated_text("p", text)


def test_the_parts_are_two_thirds_and_one_third_and_cover_every_label_and_role() -> None:
    develop, report = (list(read_annotated_texts(FOLDER / f"{part}.txt")) for part in ("develop", "report"))
    assert len(develop) + len(report) >= 60
    assert len(develop) == 2 * len(report)
    assert not {p.text for p in develop} & {p.text for p in report}
    for part in (develop, report):
        assert len({m.label for p in part for m in p.marked}) == 8
        assert {"membrane_source", "test_cells", "cargo", "comparator", "reagent"} <= {
            m.role for p in part for m in p.marked
        }


def test_recognition_on_the_part_to_develop_on_stays_where_it_was(nlp: Language) -> None:
    passages = list(read_annotated_texts(FOLDER / "develop.txt"))
    gold = [LabelledSpan(p.id, m.start, m.end, m.label) for p in passages for m in p.marked]
    found = [LabelledSpan(p.id, m.start, m.end, m.label) for p in passages for m in annotate(p.document(), nlp)]
    for label, figures in score_mentions(gold, found).items():
        f1 = figures["strict"].f1
        assert f1 is not None
        assert f1 >= 0.95, label


@pytest.mark.parametrize("part", ["report_3", "unfamiliar", "unfamiliar_2"])
def test_recognition_on_other_texts_stays_where_it_was(nlp: Language, part: str) -> None:
    passages = list(read_annotated_texts(FOLDER / f"{part}.txt"))
    gold = [LabelledSpan(p.id, m.start, m.end, m.label) for p in passages for m in p.marked]
    found = [LabelledSpan(p.id, m.start, m.end, m.label) for p in passages for m in annotate(p.document(), nlp)]
    f1 = score_mentions(gold, found)["all"]["strict"].f1
    assert f1 is not None
    assert f1 >= 0.925
