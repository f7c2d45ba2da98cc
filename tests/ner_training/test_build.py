"""Training learns from corpora that mark different things, and writes a pipeline that spaCy loads."""

import re
import shutil

import numpy as np
import pytest
import spacy

from pipeline.errors import UsageError
from pipeline.ner.training import layers, measure, recogniser, train
from pipeline.ner.training.corpora import Schemes, split_corpora, without
from pipeline.ner.training.passages import Passage

TEXT = "We gave zintol to QX-7 cells. We gave florine to Varo 3 cells."


def spans(doc):
    return [(s.start, s.end, s.label_) for s in doc.spans[recogniser.SPANS]]


def test_a_trained_pipeline_loads_and_finds_what_it_learnt(trained):
    doc = spacy.load(trained[0])(TEXT)
    assert [(e.text, e.label_) for e in doc.ents] == [
        ("zintol", "CHEMICAL"), ("QX-7", "CELL_LINE"), ("florine", "CHEMICAL"), ("Varo 3", "CELL_LINE"),
    ]  # fmt: skip
    group = doc.spans[recogniser.SPANS]
    assert len(group.attrs["scores"]) == len(group) == 4
    assert all(0 < score <= 1 for score in group.attrs["scores"])


def test_a_corpus_that_does_not_mark_a_kind_does_not_teach_its_absence(trained, corpora, recipe):
    # Half of the passages hold lines without marking them; the head that marks lines must not have learnt from those.
    nlp = spacy.load(trained[0])
    scheme = Schemes.read(recipe / "schemes.json").heads[0]
    scores = measure.measure(nlp, scheme, scheme.load(corpora, "test"))[recogniser.SPANS]
    assert scores["CELL_LINE"].recall > 0.9
    assert scores["ALL"].f1 > 0.9


def test_the_card_beside_a_model_still_to_be_decided_on_is_of_the_development_splits(trained):
    assert "On the dev splits" in (trained[0] / "README.md").read_text()


def test_progress_is_reported_per_head(trained):
    assert "both" in trained[1][-1]
    assert "drugs" in trained[1][-1]


def test_texts_come_out_the_same_alone_and_in_a_batch(trained):
    nlp = spacy.load(trained[0])
    texts = [TEXT, "", "RB-22", TEXT + " Nothing else."]
    batch = [spans(doc) for doc in nlp.pipe(texts)]
    alone = [spans(nlp(text)) for text in texts]
    assert batch == alone


def test_a_long_text_read_by_stretches_comes_out_as_if_read_whole(trained, monkeypatch):
    nlp = spacy.load(trained[0])
    pipe = recogniser.of(nlp)
    doc = nlp.make_doc(" ".join([TEXT] * 20))
    whole = pipe.predict([doc])[0]
    monkeypatch.setattr(layers, "_STRETCH", 7)
    assert np.abs(pipe.predict([doc])[0] - whole).max() < 1e-4


def test_a_pipeline_comes_back_from_bytes_as_it_was(trained):
    nlp = spacy.load(trained[0])
    other = spacy.blank("en", config=nlp.config).from_bytes(nlp.to_bytes())
    assert spans(other(TEXT)) == spans(nlp(TEXT)) != []


def test_entities_of_earlier_components_stay(trained):
    nlp = spacy.load(trained[0])
    nlp.add_pipe("entity_ruler", first=True).add_patterns([{"label": "DRUG", "pattern": "zintol"}])
    doc = nlp(TEXT)
    assert doc.ents[0].label_ == "DRUG"
    assert doc.spans[recogniser.SPANS][0].label_ == "CHEMICAL"


def test_the_same_seed_gives_the_same_model(corpora, recipe, tmp_path):
    weights = []
    for name in "ab":
        train(corpora, tmp_path / name, recipe=recipe, steps=3, final=True)
        weights.append((tmp_path / name / recogniser.FACTORY / "weights.npz").read_bytes())
    assert weights[0] == weights[1]


def test_no_document_is_in_two_splits(corpora, recipe, tmp_path):
    shared = tmp_path / "corpora"
    shutil.copytree(corpora, shared)
    copied = (shared / "both.test").read_text().split("\n\n")[0]
    with (shared / "drugs.train").open("a") as file:
        file.write("\n\n" + re.sub(r"(?m)^\d+", "99", copied))  # another identifier, the same text
    training, dev = split_corpora(Schemes.read(recipe / "schemes.json"), shared, final=False)
    title = copied.split("|t|")[1].split("\n")[0]
    assert not any(title in p.text for p in [*training, *dev])
    assert len(training) == 120


def test_a_document_is_told_by_its_identifier_too():
    one, other = Passage("1", "a", "short"), Passage("2", "b", "short")
    assert without([one, other], [Passage("1", "c", "something else")]) == [other]


def test_a_recipe_without_its_files_is_refused(corpora, tmp_path):
    with pytest.raises(UsageError, match=r"config\.cfg.*a recipe is a folder with"):
        train(corpora, tmp_path / "out", recipe=tmp_path)
