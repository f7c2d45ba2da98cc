"""A card says what was measured, by a count that was made by hand once."""

import json
import shutil

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Span

from pipeline.ner.training import recogniser, write_card
from pipeline.ner.training.corpora import Relabel, Scheme
from pipeline.ner.training.measure import Marks, measure, unreachable
from pipeline.ner.training.passages import Mark, Passage


@Language.factory("fixed_spans")
class Fixed:
    """A recogniser that always gives the same spans."""

    def __init__(self, nlp, name, spans: list):
        self.spans = spans
        self.heads = {"c": ["LINE", "STRAIN", "DRUG"]}
        self.labels = ("LINE",)
        self.every_head = False

    def __call__(self, doc):
        for key in ("c", recogniser.SPANS):
            doc.spans[key] = [Span(doc, *span) for span in self.spans]
        return doc


@pytest.fixture
def scheme():
    return Scheme(
        name="c", form="iob", train=(), dev=(), test=(), labels={"L": "LINE", "D": "DRUG"},
        relabel=(Relabel(label="LINE", pattern="BALB", to="STRAIN"),), source="invented", licence="none",
    )  # fmt: skip


def test_counts_are_strict_and_per_label(scheme):
    marks = (Mark(0, 4, "LINE"), Mark(9, 13, "STRAIN"), Mark(19, 23, "DRUG"))
    passage = Passage("1", "c", "HeLa and BALB took zinc twice", marks)
    spans = [(0, 1, "LINE"), (2, 3, "LINE"), (4, 6, "DRUG")]  # right; a strain called a line; one word too many
    nlp = spacy.blank("en")
    nlp.add_pipe("fixed_spans", name=recogniser.FACTORY, config={"spans": spans})
    scores = measure(nlp, scheme, [passage])
    own = scores["c"]
    assert own["LINE"] == Marks(right=2, found=2, there=2)  # the strain is a line again, as in the corpus
    assert own["DRUG"] == Marks(right=0, found=1, there=1)
    assert own["ALL"].f1 == pytest.approx(2 / 3)
    assert set(scores[recogniser.SPANS]) == {"LINE", "ALL"}


def test_marks_inside_a_token_are_counted():
    passage = Passage("1", "c", "polyovular and zinc", (Mark(4, 10, "X"), Mark(15, 19, "X")))
    assert unreachable(spacy.blank("en"), [passage]) == 0.5


def test_the_card_carries_the_measured_figures(trained, corpora, recipe, tmp_path):
    model = shutil.copytree(trained[0], tmp_path / "model")
    card = write_card(model, corpora, recipe=recipe).read_text()
    assert "On the test splits" in card
    schemes = json.loads((recipe / "schemes.json").read_text())
    assert all(f"| {head['name']} | CHEMICAL | " in card for head in schemes["heads"])
    assert "60 updates" in card
    assert "{{" not in card
