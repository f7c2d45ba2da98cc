"""What the model learns from: marks on tokens, unknown places left open, copies with other names, no text twice."""

import json
import random

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin

from pipeline.ner import load
from pipeline.ner.tokeniser import make_tokeniser
from pipeline.ner.training import CorpusMark, CorpusText, convert
from pipeline.ner.training.copies import Swaps
from pipeline.ner.training.corpora import Corpus, without
from pipeline.settings import models_dir

from .conftest import marked


@pytest.fixture(scope="module")
def make_doc():
    nlp = spacy.blank("en")
    nlp.tokenizer = make_tokeniser()(nlp)
    return nlp.make_doc


def tags(doc):
    return {token.text: token.ent_iob_ + (f"-{token.ent_type_}" if token.ent_type_ else "") for token in doc}


def test_what_is_not_known_teaches_neither_yes_nor_no(make_doc):
    passage = marked("We gave {zinc|DRUG} to {BALB|X} mice")
    passage = CorpusText(
        "1", "c", passage.text, (passage.marks[0], CorpusMark(*(passage.marks[1].start, passage.marks[1].end), None))
    )
    doc, lost = convert.as_doc(passage, [(passage.text.index("mice"), len(passage.text))], make_doc)
    assert tags(doc) == {"We": "O", "gave": "O", "zinc": "B-DRUG", "to": "O", "BALB": "", "mice": ""}
    assert lost == 0


def test_a_mark_that_cuts_a_token_is_counted_and_left_open(make_doc):
    doc, lost = convert.as_doc(CorpusText("1", "c", "pyrimidines", (CorpusMark(0, 10, "DRUG"),)), [], make_doc)
    assert (tags(doc), lost) == ({"pyrimidines": ""}, 1)


@given(st.lists(st.sampled_from(["<sub>", "</sub>", "<sup>", "</sup>", "Fe", "3", " ", "O"]), max_size=12), st.data())
def test_tags_go_and_marks_stay_on_their_words(parts, data):
    text = "".join(parts) + "{}"
    at = data.draw(st.integers(0, len(parts)))
    before, after = "".join(parts[:at]), "".join(parts[at:])
    text = before + "NAME" + after
    passage = convert.bare(CorpusText("1", "c", text, (CorpusMark(len(before), len(before) + 4, "CORE"),)))
    assert "<su" not in passage.text
    assert passage.text[passage.marks[0].start : passage.marks[0].end] == "NAME"


def test_in_a_copy_every_occurrence_of_a_name_becomes_the_same_other_one():
    swaps = Swaps.read(models_dir() / "training" / "names.json")
    pools = {"DRUG": ["florine"], "CELL_LINE": ["QX-7"], "DISEASE": ["odd fever"]}
    passage = marked("{Zinc|DRUG} and {zinc|DRUG} on {PLGA|CORE} in {HeLa|CELL_LINE}")
    first, *copies = swaps.of(passage, pools, random.Random(1))
    assert first == passage
    assert len(copies) == swaps.copies
    for copy in copies:
        one, two, core, _ = (copy.text[m.start : m.end] for m in copy.marks)
        assert one.casefold() == two.casefold()
        assert core == "PLGA"
    assert any(copy.text != passage.text for copy in copies)


def test_a_document_that_another_corpus_holds_is_dropped():
    abstract = (
        "A long enough abstract on the uptake of particles by cells of many kinds in culture, in mice and in men."
    )
    same = CorpusText("PMC1", "b", abstract.upper() + " It goes on.", ())
    assert (
        without([same, CorpusText("2", "b", "Another. " * 20, ())], [CorpusText("1", "a", abstract, ())])[0].id == "2"
    )
    assert without([CorpusText("1", "b", "x", ())], [CorpusText("1", "a", "y", ())]) == []


def test_where_a_corpus_leaves_ours_unmarked_is_left_open(make_doc, passages, recipe, tmp_path):
    corpus = {
        "name": "zinc", "form": "pubtator", "train": ["train.pubtator"], "dev": [], "test": [],
        "labels": {"Chemical": "DRUG"}, "learn": True, "source": "invented", "licence": "none",
    }  # fmt: skip
    assert Corpus.model_validate(corpus).marked == {"DRUG"}
    (tmp_path / "corpora.json").write_text(json.dumps({"corpora": [corpus]}))
    (tmp_path / "names.json").write_text((recipe / "names.json").read_text())
    (tmp_path / "train.pubtator").write_text("7|t|Zinc\n7|a|Zinc in HeLa cells.\n7\t0\t4\tZinc\tChemical\tX\n")
    sizes = convert.write(
        passages[:1], passages[1:3], tmp_path, tmp_path, tmp_path / "out", rules=load(), make_doc=make_doc, seed=0
    )
    docs = list(DocBin().from_disk(tmp_path / "out" / "train.spacy").get_docs(spacy.blank("en").vocab))
    (taught,) = (doc for doc in docs if "HeLa" in doc.text)
    assert tags(taught)["HeLa"] == ""
    assert tags(taught)["in"] == "O"
    assert sizes.train == len(docs)
    assert sizes.dev == 2
