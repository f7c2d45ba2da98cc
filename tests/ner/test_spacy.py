"""The pipeline is a spaCy pipeline: entities, extensions, serialising, processes, rulers, saving, analysis."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from confection import Config
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from pipeline.errors import ModelError
from pipeline.ner import annotate, load
from pipeline.ner.extensions import OF_SPANS
from pipeline.ner.state import ModelVote, state_of
from pipeline.settings import models_dir

from .conftest import as_document

TEXT = (
    "Membranes of 4T1 cells were coated on PLGA nanoparticles loaded with doxorubicin. The particles were 115.2 nm in "
    "diameter. In 4T1 tumor-bearing BALB/c mice no sepsis was seen."
)


@pytest.fixture(scope="module")
def doc(nlp: Language) -> Doc:
    return nlp(TEXT)


def facts(doc: Doc) -> list[tuple[object, ...]]:
    """Everything that the pipeline says of a Doc, in plain values."""
    return [
        (span.start_char, span.end_char, span.label_, span.kb_id_, *(span._.get(name) for name in OF_SPANS))
        for group in (doc.ents, doc.spans["coatmine"])
        for span in group
    ]


def fresh() -> Language:
    """The shipped pipeline for a test that changes it."""
    return spacy.load(models_dir() / "coatmine")


def test_entities_are_the_longest_mentions_with_identifiers_and_spans_hold_all(doc: Doc) -> None:
    ents = {(e.text, e.label_, e.kb_id_) for e in doc.ents}
    assert ("4T1", "CELL_LINE", "cellosaurus:CVCL_0125") in ents
    assert ("doxorubicin", "DRUG", "CHEBI:28748") in ents
    model = next(e for e in doc.ents if e.label_ == "ANIMAL_MODEL")
    inner = [s for s in doc.spans["coatmine"] if model.start <= s.start and s.end <= model.end and s != model]
    assert [s.text for s in inner] == ["4T1"]
    assert set(doc.ents) <= set(doc.spans["coatmine"])


def test_what_is_said_of_a_mention_stands_on_the_extensions(doc: Doc) -> None:
    stated = {span.label_: span._ for span in doc.ents}
    assert stated["DRUG"].role == "cargo"
    assert stated["SIZE"].size["value"] == 115.2
    assert [m["name"] for m in stated["CORE"].core["materials"]] == ["PLGA"]
    assert stated["DISEASE"].negated
    assert not stated["DRUG"].negated
    assert stated["DRUG"].size is None
    assert stated["DRUG"].method.startswith("lexicon:")
    assert 0 < stated["DRUG"].score <= 1
    assert doc[:1]._.role == "unknown"


def test_a_user_may_correct_an_extension(nlp: Language) -> None:
    doc = nlp(TEXT)
    drug = next(e for e in doc.ents if e.label_ == "DRUG")
    drug._.role = "comparator"
    again = next(s for s in doc.spans["coatmine"] if s.label_ == "DRUG")
    assert again._.role == "comparator"


def test_mentions_and_spans_say_the_same(nlp: Language, doc: Doc) -> None:
    mentions = annotate(as_document(TEXT), nlp)
    spans = list(doc.spans["coatmine"])
    assert [(m.start, m.end, m.label, m.curie or "", m.role, m.negated) for m in mentions] == [
        (s.start_char, s.end_char, s.label_, s.kb_id_, s._.role, s._.negated) for s in spans
    ]


def test_a_doc_survives_bytes_and_docbin(doc: Doc) -> None:
    assert facts(Doc(Vocab()).from_bytes(doc.to_bytes())) == facts(doc)
    stored = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (read,) = DocBin().from_bytes(stored).get_docs(Vocab())
    assert facts(read) == facts(doc)


def test_a_doc_serialises_after_every_component(nlp: Language) -> None:
    doc = nlp.make_doc(TEXT)
    for _, component in nlp.pipeline:
        doc = component(doc)
        assert Doc(Vocab()).from_bytes(doc.to_bytes()).text == TEXT


def test_two_processes_say_what_one_says(nlp: Language, doc: Doc) -> None:
    for read in nlp.pipe([TEXT, TEXT], n_process=2, batch_size=1):
        assert facts(read) == facts(doc)


@pytest.mark.parametrize("factory", ["entity_ruler", "span_ruler", "future_entity_ruler"])
@pytest.mark.parametrize("place", [{"first": True}, {"before": "vote"}])
def test_a_ruler_before_the_vote_is_accepted(factory: str, place: dict[str, object]) -> None:
    nlp = fresh()
    ruler = nlp.add_pipe(factory, name="house", **place)  # type: ignore[arg-type]
    ruler.add_patterns(  # type: ignore[attr-defined]
        [
            {"label": "DRUG", "pattern": "sample seven"},
            {"label": "CORE", "pattern": "doxorubicin", "id": "odd"},
            {"label": "GRANT", "pattern": "grant 12"},
        ]
    )
    text = "Loaded with sample seven or doxorubicin under grant 12."
    found = {m.text: m for m in annotate(as_document(text), nlp)}
    assert found["sample seven"].label == "DRUG"
    assert found["sample seven"].method.startswith("rule:house@")
    assert found["doxorubicin"].label == "CORE"
    assert "grant 12" not in found
    ents = {(e.text, e.label_) for e in nlp(text).ents}
    assert ("sample seven", "DRUG") in ents
    assert ("grant 12", "GRANT") in ents


def test_a_ruler_behind_the_vote_does_as_spacy_says() -> None:
    nlp = fresh()
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "DRUG", "pattern": "sample seven"}])  # type: ignore[attr-defined]
    assert annotate(as_document("Sample seven is sample seven."), nlp) == []
    assert [e.text for e in nlp("It is sample seven.").ents] == ["sample seven"]


@pytest.mark.slow
def test_a_saved_pipeline_needs_no_other_data(tmp_path: Path) -> None:
    nlp = fresh()
    nlp.to_disk(tmp_path / "mine")
    code = (
        "import sys, spacy, pipeline.settings as s\n"
        "from pathlib import Path\n"
        "import pipeline.linking.lexicon as lexicon\n"
        "s.data_root = lambda: Path('nowhere')\n"
        "doc = spacy.load(sys.argv[1])(sys.argv[2])\n"
        "print([(e.text, e.label_, e.kb_id_, e._.role) for e in doc.ents])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "mine"), TEXT], capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == str([(e.text, e.label_, e.kb_id_, e._.role) for e in nlp(TEXT).ents]), run.stderr


def test_a_saved_lexicon_that_is_damaged_is_named(tmp_path: Path) -> None:
    fresh().to_disk(tmp_path / "mine")
    (tmp_path / "mine" / "lexicon" / "lexicon.tsv").write_text("nothing\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"lexicon\.tsv, line 1: the columns are nothing; needed are name and type"):
        spacy.load(tmp_path / "mine")


def test_a_lexicon_of_ones_own_replaces_the_shipped_one_and_goes_along(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "names.tsv").write_text(
        "name\tcurie\tpreferred\tstatus\ttype\ttaxon\tsource\tnote\nzyxolone\t\tzyxolone\tname\tdrug\t\town\t\n",
        encoding="utf-8",
    )
    nlp = spacy.load(models_dir() / "coatmine", config={"components": {"lexicon": {"folders": [str(own)]}}})
    nlp.to_disk(tmp_path / "mine")
    shutil.rmtree(own)
    text = "Particles were loaded with zyxolone and triptolide."
    for pipeline in (nlp, load(str(tmp_path / "mine"))):
        assert "zyxolone" in {m.text for m in annotate(as_document(text), pipeline)}


def _with_names(folder: Path, names: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    rows = "".join(f"{name}\tdrug\t{preferred}\n" for name, preferred in names.items())
    (folder / "names.tsv").write_text(f"name\ttype\tpreferred\n{rows}", encoding="utf-8")
    return folder


def _drugs(nlp: Language) -> set[tuple[str, str]]:
    text = "Mice were given zyxolone, wyxolone or vyxolone."
    return {(m.text, m.name) for m in annotate(as_document(text), nlp) if m.method == "lexicon:own@0.1.0"}


def test_a_saved_pipeline_takes_names_of_the_users_own_along_and_others_beside(tmp_path: Path) -> None:
    one = _with_names(tmp_path / "one", {"zyxolone": "Z"})
    other = _with_names(tmp_path / "other", {"wyxolone": "W"})
    saved = str(tmp_path / "mine")
    load(lexicon=one).to_disk(saved)
    load.cache_clear()
    assert _drugs(load(saved)) == {("zyxolone", "Z")}
    assert _drugs(load(saved, lexicon=other)) == {("zyxolone", "Z"), ("wyxolone", "W")}
    load.cache_clear()
    _with_names(one, {"zyxolone": "Y", "vyxolone": "V"})
    assert _drugs(load(saved, lexicon=one)) == {("zyxolone", "Y"), ("vyxolone", "V")}
    load.cache_clear()
    shutil.rmtree(one)
    assert _drugs(load(saved)) == {("zyxolone", "Z")}


def test_a_saved_pipeline_takes_rules_of_the_users_own_along_and_others_beside(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "own.toml").write_text(
            f'[[rule]]\nid = "own.{name}"\nabout = "DRUG"\nsets = "cargo"\npattern = "zorb{name} <DRUG+>"\n'
            f'reason = "A test."\nyes = ["They zorb{name} [doxorubicin|DRUG!]."]\nno = ["Hide [doxorubicin|DRUG]."]\n',
            encoding="utf-8",
        )
    saved = tmp_path / "mine"
    load(roles=tmp_path / "one").to_disk(saved, exclude=["lexicon"])
    load.cache_clear()

    def own(nlp: Language) -> set[str]:
        return set(nlp.get_pipe("roles").tagger.rules.own)  # type: ignore[attr-defined]

    assert own(load(str(saved))) == {"own.one"}
    both = load(str(saved), roles=tmp_path / "other")
    assert own(both) == {"own.one", "own.other"}
    both.to_disk(tmp_path / "both", exclude=["lexicon"])
    shutil.rmtree(tmp_path / "one")
    shutil.rmtree(tmp_path / "other")
    assert own(load(str(tmp_path / "both"))) == {"own.one", "own.other"}


def test_a_pipeline_goes_through_bytes(nlp: Language, doc: Doc) -> None:
    again = spacy.util.load_model_from_config(nlp.config).from_bytes(nlp.to_bytes())
    assert facts(again(TEXT)) == facts(doc)


def test_the_analysis_finds_no_fault_and_sees_a_gap(nlp: Language) -> None:
    analysis = nlp.analyze_pipes()
    assert not any(analysis["problems"].values())
    assert set(analysis["summary"]["spans"]["assigns"]) >= {"doc.ents", "doc.spans", "span._.role"}


@pytest.mark.parametrize(
    ("removed", "lacking", "whom"),
    [
        ("sentences", "doc.sents", ("abbreviations", "rules", "model", "roles")),
        ("abbreviations", "doc._.short_forms", ("rules",)),
        ("lexicon", "doc._.lexicon_hits", ("rules", "model", "vote")),
    ],
)
def test_the_analysis_says_who_lacks_what_a_component_gave(removed: str, lacking: str, whom: tuple[str, ...]) -> None:
    gap = fresh()
    gap.remove_pipe(removed)
    problems = gap.analyze_pipes()["problems"]
    assert {name for name, missing in problems.items() if lacking in missing} == set(whom)


def test_the_analysis_says_who_lacks_findings() -> None:
    gap = fresh()
    for name in ("rules", "vote", "roles"):
        gap.remove_pipe(name)
    assert "doc._.findings" in gap.analyze_pipes()["problems"]["spans"]


def test_what_the_components_assign_is_there_when_they_have_run(nlp: Language) -> None:
    doc = nlp.make_doc(TEXT)
    for name, component in nlp.pipeline:
        doc = component(doc)
        for attribute in nlp.get_pipe_meta(name).assigns:
            owner, _, key = attribute.partition("._.")
            if key and owner == "doc":
                assert doc._.get(key) is not None
                assert doc._.get(key) or name == "abbreviations", (name, attribute)


THRESHOLDS: dict[str, tuple[dict[str, object], str]] = {
    "abbreviations": ({"words": 1}, "They were made of zorbiquensate complex hydroxide (ZQOH)."),
    "rules": ({"limits": {"largest": 90.0}}, "The particles had a diameter of 115 nm."),
    "vote": ({"acceptance": {"window": 1}}, "Mice were treated with quensamide daily."),
    "roles": ({"decision": {"support": 1.0}}, "Particles were loaded with doxorubicin."),
}
"""By component a setting that differs from the usual one, and a text of which the pipeline then says something else."""


def _said(nlp: Language, text: str) -> object:
    doc = nlp.make_doc(text)
    if (at := text.find("quensamide")) >= 0:
        state_of(doc).votes.append(ModelVote(at, at + len("quensamide"), "DRUG", 0.9, "test"))
    doc = nlp(doc)
    return facts(doc), doc._.short_forms


@pytest.mark.parametrize("component", THRESHOLDS)
def test_a_threshold_in_the_config_changes_what_is_said_and_is_saved(tmp_path: Path, component: str) -> None:
    settings, text = THRESHOLDS[component]
    changed = spacy.load(models_dir() / "coatmine", config={"components": {component: settings}})
    assert _said(changed, text) != _said(fresh(), text)
    changed.to_disk(tmp_path / "mine", exclude=["lexicon"])
    assert _said(spacy.load(tmp_path / "mine"), text) == _said(changed, text)


def test_the_shipped_config_states_every_setting_with_its_default() -> None:
    written = Config().from_disk(models_dir() / "coatmine" / "config.cfg")["components"]
    for name, section in written.items():
        defaults = Language.get_factory_meta(section["factory"]).default_config
        if section["factory"].startswith("coatmine_"):
            assert {key: value for key, value in section.items() if key != "factory"} == dict(defaults), name


@pytest.mark.parametrize(
    ("component", "settings"),
    [
        ("abbreviations", {"words": 0}),
        ("rules", {"limits": {"sized": 0}}),
        ("rules", {"limits": {"nosuch": 1}}),
        ("vote", {"acceptance": {"share": 1.5}}),
        ("roles", {"decision": {"nosuch": 1.0}}),
    ],
)
def test_a_setting_that_cannot_be_is_refused(component: str, settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"nosuch|words|sized|share"):
        spacy.load(models_dir() / "coatmine", config={"components": {component: settings}})


def test_a_ruler_has_the_score_of_the_config() -> None:
    nlp = spacy.load(models_dir() / "coatmine", config={"components": {"vote": {"ruler_score": 0.5}}})
    nlp.add_pipe("span_ruler", before="vote").add_patterns([{"label": "DRUG", "pattern": "sample seven"}])  # type: ignore[attr-defined]
    (mention,) = annotate(as_document("They were given sample seven."), nlp)
    assert mention.score == 0.5
