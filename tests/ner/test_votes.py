"""A model's entities take part in the vote: a user's spaCy model plugs in by its path, under scispaCy's labels."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
import spacy
from spacy.pipeline import EntityRecognizer
from spacy.training import Example

from pipeline.errors import ModelError
from pipeline.ner import annotate, describe, load
from pipeline.ner.acceptance import Acceptance, in_question
from pipeline.ner.state import state_of
from pipeline.ner.votes import meaning
from pipeline.records import Label
from pipeline.settings import models_dir

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


def test_a_chemical_too_general_for_a_drug_is_not_accepted(model: str) -> None:
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


# --- the pipeline's own ner ------------------------------------------------------------------------------------------


def asked(tmp_path: Path, patterns: dict[str, list[str]]) -> spacy.language.Language:
    """The shipped pipeline with a ruler in place of its trained ner, which says just what a test wants."""
    nlp = spacy.load(models_dir() / "coatmine")
    nlp.remove_pipe("ner")
    ruler = nlp.add_pipe("span_ruler", name="ner", before="model", config={"annotate_ents": True})
    ruler.add_patterns([{"label": label, "pattern": name} for label, names in patterns.items() for name in names])  # type: ignore[attr-defined]
    nlp.disable_pipe("ner")
    return nlp


HEARD = [
    ("DRUG", "Particles were loaded with quelanib.", "quelanib"),
    ("DISEASE", "A quell injury was treated.", "quell injury"),
    ("CELL_LINE", "It passed through Calu-3 barriers.", "Calu-3"),
    ("MODALITY", "It was followed by quell imaging.", "quell imaging"),
]
UNHEARD = [
    ("DRUG", "The quelanib of this title is a word.", "quelanib"),
    ("DISEASE", "Mice with quell levels were treated.", "quell levels"),
    ("CELL_LINE", "The QQQ limit was loaded.", "QQQ"),
    ("CORE", "It was shown by qPCR in the loaded liver.", "qPCR"),
    ("SIZE", "Pores of 12 nm were loaded.", "12 nm"),
    ("MODALITY", "Loaded, the PET film was cut.", "PET"),
    ("MODALITY", "It was given by spoon and loaded.", "spoon"),
]


@pytest.mark.parametrize(("label", "text", "name"), HEARD)
def test_the_own_ner_is_accepted_where_something_supports_it(label: str, text: str, name: str, tmp_path: Path) -> None:
    nlp = asked(tmp_path, {label: [name]})
    found = {(m.text, m.label): m for m in annotate(as_document(text), nlp)}
    assert (name, label) in found
    assert found[name, label].votes == ("ner:0.85",)
    assert found[name, label].method.partition("@")[0] == "model:ner"


@pytest.mark.parametrize(("label", "text", "name"), UNHEARD)
def test_the_own_ner_is_not_accepted_without_support(label: str, text: str, name: str, tmp_path: Path) -> None:
    nlp = asked(tmp_path, {label: [name]})
    assert (name, label) not in {(m.text, m.label) for m in annotate(as_document(text), nlp)}


VOUCHED = [
    ("DRUG", "Silica carriers containing QX-417 were made. QX-417 lasted.", "QX-417", 2),
    ("DRUG", "PLGA nanoparticles enclosing quelamod were coated.", "quelamod", 1),
    ("CORE", "PLGA or QT-TPA was wrapped in platelet membrane.", "QT-TPA", 1),
    ("DRUG", "QX-417 was bought.", "QX-417", 0),
    ("DRUG", "PLGA nanoparticles containing quelish matter were made.", "quelish", 0),
    ("DRUG", "PLGA nanoparticles containing Quelfirm were made.", "Quelfirm", 0),
    ("DRUG", "The coated cluster (QMC) was large. PLGA nanoparticles containing QMC were made.", "QMC", 0),
    ("DRUG", "QN (the neutrophil coat) was loaded. PLGA nanoparticles containing QN were made.", "QN", 0),
]


@pytest.mark.parametrize(("label", "text", "name", "times"), VOUCHED)
def test_a_name_that_only_the_ner_has_seen_stands_where_a_rule_of_roles_vouches_for_it(
    label: str, text: str, name: str, times: int, tmp_path: Path
) -> None:
    nlp = asked(tmp_path, {label: [name]})
    assert [(m.text, m.label) for m in annotate(as_document(text), nlp) if m.text == name] == [(name, label)] * times


def test_how_much_support_a_name_needs_is_a_setting(tmp_path: Path) -> None:
    text = "Silica carriers containing QX-417 were made."
    nlp = asked(tmp_path, {"DRUG": ["QX-417"]})
    nlp.get_pipe("roles").vouched = 1.01  # type: ignore[attr-defined]
    assert "QX-417" not in {m.text for m in annotate(as_document(text), nlp)}


@pytest.mark.parametrize("without", ["a label", "roles"])
def test_nothing_is_supposed_without_a_label_or_the_component_on_roles(without: str, tmp_path: Path) -> None:
    nlp = asked(tmp_path, {"DRUG": ["QX-417"]})
    if without == "roles":
        nlp.disable_pipe("roles")
    else:
        nlp.get_pipe("vote").acceptance = Acceptance(alone={}, supposed={})  # type: ignore[attr-defined]
    found = annotate(as_document("PLGA carriers containing QX-417 were made."), nlp)
    assert [(m.text, m.label) for m in found] == [("PLGA", "CORE")]


def test_the_own_ner_reads_only_sentences_in_question(nlp: spacy.language.Language) -> None:
    text = "Nothing of interest stands here. Particles were loaded with quelanib. It rained."
    doc = nlp.make_doc(text)
    for name in ("sentences", "abbreviations", "lexicon", "rules"):
        doc = nlp.get_pipe(name)(doc)
    (only,) = in_question(text, state_of(doc))
    assert text[slice(*only)].strip() == "Particles were loaded with quelanib."


def test_a_ner_that_is_enabled_reads_everything_and_votes_once(tmp_path: Path) -> None:
    nlp = asked(tmp_path, {"DRUG": ["quelanib"]})
    nlp.enable_pipe("ner")
    nlp.get_pipe("ner").name = "ner"
    (found,) = annotate(as_document("Loaded with quelanib."), nlp)
    assert found.text == "quelanib"


def test_a_trained_ner_with_scispacys_labels_takes_part_when_it_is_added(tmp_path: Path) -> None:
    """As `nlp.add_pipe("ner", source=scispacy_model, name="bc5cdr", before="vote")`, with a model learnt here."""
    small = spacy.blank("en")
    small.vocab.strings.add("CHEMICAL")
    ner = small.add_pipe("ner")
    ner.add_label("CHEMICAL")  # type: ignore[attr-defined]
    texts = ["Loaded with zyxolone today.", "We saw zyxolone there.", "Nothing was loaded.", "It was zyxolone."]
    examples = [
        Example.from_dict(
            small.make_doc(text),
            {"entities": [(text.index("zyxolone"), text.index("zyxolone") + 8, "CHEMICAL")] if "zyx" in text else []},
        )
        for text in texts
    ]
    optimizer = small.initialize(lambda: examples)
    for _ in range(40):
        small.update(examples, sgd=optimizer)
    nlp = spacy.load(models_dir() / "coatmine", exclude=["ner"])
    nlp.add_pipe("ner", source=small, name="bc5cdr", before="vote")
    found = {m.text: m for m in annotate(as_document("Loaded with zyxolone today."), nlp)}
    assert found["zyxolone"].label == "DRUG"
    assert found["zyxolone"].votes == ("bc5cdr:0.85",)


def test_without_its_ner_the_pipeline_works(tmp_path: Path) -> None:
    nlp = spacy.load(models_dir() / "coatmine", exclude=["ner"])
    assert [m.text for m in annotate(as_document("Loaded with doxorubicin."), nlp)] == ["doxorubicin"]
    nlp.to_disk(tmp_path / "mine")
    assert [m.text for m in annotate(as_document("Loaded with doxorubicin."), load(str(tmp_path / "mine")))] == [
        "doxorubicin"
    ]


def test_the_shipped_ner_is_spacys_own() -> None:
    nlp = load()
    assert type(nlp.get_pipe("ner")) is EntityRecognizer
    assert nlp.get_pipe("ner").labels == tuple(sorted(get_args(Label)))
