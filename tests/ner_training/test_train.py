"""`coatmine train`: marked texts in, a stock spaCy ner that finds names never seen, and a card with its figures."""

import json
import re

import pytest
import spacy
from spacy.pipeline import EntityRecognizer
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import UsageError
from pipeline.ner.training import train
from pipeline.ner.training.card import measure

from .conftest import marked


@pytest.fixture(scope="module")
def model(passages, recipe, tmp_path_factory):
    return train(passages[:30], passages[30:], tmp_path_factory.mktemp("out"), recipe=recipe)


@pytest.mark.slow
def test_what_was_trained_is_spacys_own_ner(model):
    nlp = spacy.load(model)
    assert nlp.pipe_names == ["ner"]
    assert type(nlp.get_pipe("ner")) is EntityRecognizer


def test_a_name_never_seen_is_found_by_what_stands_around_it(model):
    doc = spacy.load(model)("Particles were loaded with lantine and given to KZ-4 cells.")
    assert {(e.text, e.label_) for e in doc.ents} == {("lantine", "DRUG"), ("KZ-4", "CELL_LINE")}


def test_the_card_says_what_measuring_says(model, passages):
    card = (model / "README.md").read_text()
    total = next(row for row in measure(spacy.load(model), passages[30:]) if row.label == "ALL")
    assert re.search(
        rf"\| ALL \| {total.there} \| {total.precision:.3f} \| {total.recall:.3f} \| {total.f1:.3f} \|", card
    )
    assert total.f1 > 0.9


def test_the_command_reads_folders_of_marked_texts(recipe, tmp_path):
    for folder in ("ab", "cd"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{folder}-01.txt").write_text(
            "kind: abstract\nOn {{florine|DRUG|cargo|self}}\n\n"
            "We gave {{florine|DRUG|cargo|self}} in H<sub>2</sub>O.\n---\n" + json.dumps({"ref": None}) + "\n"
        )
    arguments = [
        "train",
        "--out",
        str(tmp_path / "out"),
        "--marked",
        str(tmp_path / "ab"),
        "--dev",
        str(tmp_path / "cd"),
    ]
    result = CliRunner().invoke(app, [*arguments, "--recipe", str(recipe), "--steps", "2"])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "model-best" / "README.md").is_file()


def test_nothing_to_choose_by_is_said(passages, recipe, tmp_path):
    with pytest.raises(UsageError, match="no marked texts"):
        train(passages, [], tmp_path, recipe=recipe)


def test_an_incomplete_recipe_is_named(passages, tmp_path):
    with pytest.raises(UsageError, match=r"config\.cfg: not found"):
        train(passages, passages, tmp_path / "out", recipe=tmp_path)


def test_measuring_asks_for_both_ends_and_the_label():
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(
        [{"label": "DRUG", "pattern": "zinc"}, {"label": "DRUG", "pattern": "gold"}]
    )
    rows = {row.label: row for row in measure(nlp, [marked("{zinc|DRUG} or {gold|CORE} or {iron oxide|CORE}")])}
    assert (rows["DRUG"].right, rows["DRUG"].found, rows["DRUG"].there) == (1, 2, 1)
    assert (rows["CORE"].right, rows["CORE"].found, rows["CORE"].there) == (0, 0, 2)
    assert rows["ALL"].f1 == pytest.approx(2 / 5)
