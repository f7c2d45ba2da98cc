"""A model's entities take part in the vote: a user's spaCy model plugs in by its path, under scispaCy's labels."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from pipeline.errors import ModelError
from pipeline.ner import annotate, describe, load
from pipeline.ner.votes import meaning

from .conftest import as_document


def save_model(path: Path, patterns: dict[str, list[str]]) -> Path:
    """A small spaCy model that knows these names, with the name and labels of scispaCy's en_ner_bionlp13cg_md."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": name} for label, names in patterns.items() for name in names])  # type: ignore[attr-defined]
    nlp.meta.update(name="ner_bionlp13cg_md", version="0.5.4")
    nlp.to_disk(path)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    patterns = {
        "SIMPLE_CHEMICAL": ["doxorubicin", "zyxolone", "glucose"],
        "CANCER": ["quuxosis"],
        "ORGAN": ["liver"],
        "GENE_OR_GENE_PRODUCT": ["XKR4"],
    }
    return str(save_model(tmp_path_factory.mktemp("model"), patterns))


TEXT = "Loaded with doxorubicin and zyxolone for quuxosis; glucose in the liver."


def test_a_model_adds_what_it_alone_has_seen_and_says_so(model: str) -> None:
    found = {m.text: m for m in annotate(as_document(TEXT), load(model))}
    assert (found["zyxolone"].label, found["zyxolone"].curie) == ("DRUG", None)
    assert found["zyxolone"].method.startswith("model:")
    assert "ner_bionlp13cg_md:0.85" in found["zyxolone"].votes
    assert found["quuxosis"].label == "DISEASE"
    assert "liver" not in found


def test_a_model_that_agrees_makes_a_mention_surer_and_stands_by_it(model: str, nlp: spacy.language.Language) -> None:
    alone = next(m for m in annotate(as_document(TEXT), nlp) if m.text == "doxorubicin")
    both = next(m for m in annotate(as_document(TEXT), load(model)) if m.text == "doxorubicin")
    assert both.score > alone.score
    assert both.method.startswith("lexicon:")
    assert "ner_bionlp13cg_md:0.85" in both.votes


def test_a_chemical_too_general_for_a_drug_is_not_heard(model: str) -> None:
    assert "glucose" not in {m.text for m in annotate(as_document(TEXT), load(model))}


def test_the_run_names_the_model_that_voted(model: str) -> None:
    assert describe(load(model)).endswith(" + ner_bionlp13cg_md 0.5.4")


@pytest.mark.parametrize(
    ("name", "label", "meant"),
    [
        ("ner_bionlp13cg_md", "SIMPLE_CHEMICAL", "DRUG"),
        ("ner_bionlp13cg_md", "ORGAN", None),
        ("ner_jnlpba_md", "CELL_LINE", "CELL"),
        ("ner_bc5cdr_md", "DISEASE", "DISEASE"),
        ("core_sci_sm", "ENTITY", None),
        ("my_own_model", "Chemical", "DRUG"),
        ("my_own_model", "PLACE", None),
    ],
)
def test_labels_are_mapped_by_the_data_file(name: str, label: str, meant: str | None) -> None:
    assert meaning(name, label) == meant


def test_a_model_without_entities_is_refused(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "empty")
    with pytest.raises(ModelError, match="no component that finds entities"):
        load(str(tmp_path / "empty"))
