"""Two curators compared, and what holds in the end."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.curation.agreement import SettledValue, ac1, compare, kappa, overlap, settle
from pipeline.curation.output import write_curated
from pipeline.curation.session import Session
from pipeline.evaluation import check, load_gold

from ..export.conftest import Found
from .conftest import finish

MakeSession = Callable[..., Session]


def test_agreement_and_adjudication(session_of: MakeSession, key: str, tmp_path: Path) -> None:
    ada, bob = session_of("ada"), session_of("bob")
    bob.reject(key, "diseases", "mesh:D001943")
    finish(ada, key)
    assert compare(ada) == [], "bob has not finished"
    finish(bob, key)
    (found,) = compare(ada)
    assert (found.curators, found.records, found.values) == (("ada", "bob"), 1, 5)
    assert found.kappa == pytest.approx(0.0), "one always accepts: chance alone would agree as often"
    assert found.f1["drugs"] == 1.0
    assert found.f1["diseases"] == 0.0
    (dispute,) = found.disputes
    assert (dispute.name, dispute.settled) == ("breast cancer", "")
    assert dispute.verdicts == {"ada": "accept: breast cancer mesh:D001943", "bob": "reject"}
    before = write_curated(ada, tmp_path / "before")
    assert before.studies == 0
    assert any("ada and bob differ on 1 values" in line for line in before.left_out)
    adjudicated = session_of("eve", adjudicate=True)
    adjudicated.reject(key, "diseases", "mesh:D001943")
    assert compare(ada)[0].disputes[0].settled == "reject"
    settled = settle(adjudicated, key)
    assert isinstance(settled, SettledValue)
    assert "mesh:D001943" not in {each.curie for each in settled.values if each.holds}
    assert "chebi:28748" in {each.curie for each in settled.values if each.holds}, (
        "what they agree on needs no adjudicator"
    )
    assert write_curated(adjudicated, tmp_path / "after").studies == 1


def test_a_value_that_only_one_added_is_settled_by_adjudication(
    session_of: MakeSession, key: str, found: Found
) -> None:
    ada, bob = session_of("ada"), session_of("bob")
    start = found[0].text.index("Mice")
    ada.add(key, "animal_models", "mice", "-", start, start + 4)
    finish(ada, key)
    finish(bob, key)
    assert [(d.name, d.verdicts["bob"]) for d in compare(ada)[0].disputes] == [("mice", "")]
    adjudicated = session_of("eve", adjudicate=True)
    adjudicated.reject(key, "animal_models", "mice")
    assert isinstance(settle(ada, key), SettledValue)
    adjudicated.undo(key)
    adjudicated.add(key, "animal_models", "mice", "-", start, start + 4)
    settled = settle(ada, key)
    assert isinstance(settled, SettledValue)
    assert ("animal_models", "mice") in {each.place for each in settled.values if each.holds}


def test_a_field_is_blank_only_where_all_say_that_it_is_not_reported(session_of: MakeSession, key: str) -> None:
    ada, bob = session_of("ada"), session_of("bob")
    ada.explain(key, "modalities", "not_found")
    finish(ada, key)
    finish(bob, key)
    settled = settle(ada, key)
    assert isinstance(settled, SettledValue)
    assert settled.blank == ["animal_models"]


def test_what_is_settled_becomes_gold_and_training_data(session: Session, key: str, tmp_path: Path) -> None:
    session.reject(key, "diseases", "mesh:D001943")
    session.explain(key, "animal_models", "not_found")
    session.correct(key, "cores", "hollow gold nanoparticles", "HAuNS", "CHEBI:29287")
    finish(session, key)
    curated = write_curated(session, tmp_path)
    assert curated.studies == 1
    assert curated.left_out == ["source: not finished"]
    with (tmp_path / "gold.csv").open(newline="") as file:
        rows = {(row["study"], row["field"], row["text"], row["name"], row["curie"]) for row in csv.DictReader(file)}
    assert ("review/7", "cores", "hollow gold nanoparticles", "HAuNS", "CHEBI:29287") in rows
    assert ("review/7", "diseases", "", "", "") in rows, "a blank row: nothing may be found there"
    assert "animal_models" not in {field for _, field, *_ in rows}, "what could not be settled is not covered"
    examples = [json.loads(line) for line in (tmp_path / "training.jsonl").read_text().splitlines()]
    told, refused = (
        {(each["text"][s["start"] : s["end"]], s["label"]) for each in examples for s in each[kind]}
        for kind in ("spans", "refused")
    )
    assert {("Doxorubicin", "DRUG"), ("MCF-7", "CELL_LINE"), ("117 nm", "SIZE")} <= told
    assert refused == {("breast cancer", "DISEASE")}
    assert len({each["text"] for each in examples}) == len(examples), "a passage stands once"


def test_the_gold_set_is_one_to_the_evaluation(session: Session, key: str, tmp_path: Path) -> None:
    finish(session, key)
    write_curated(session, tmp_path / "set")
    gold = load_gold(tmp_path / "set")
    assert set(gold.studies) == {"review/7"}
    assert gold.studies["review/7"]["modalities"] == ()
    assert {value.name for value in gold.studies["review/7"]["drugs"]} == {"doxorubicin"}
    errors = [each.message for each in check(tmp_path / "set") if each.severity == "error"]
    assert [each for each in errors if "chebi:28748" not in each] == [], "the made-up run spells its prefix small"


def test_training_data_is_loaded_by_spacy(session: Session, key: str, tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    finish(session, key)
    write_curated(session, tmp_path)
    nlp = spacy.blank("en")
    for line in (tmp_path / "training.jsonl").read_text().splitlines():
        example = json.loads(line)
        doc = nlp.make_doc(example["text"])
        spans = [doc.char_span(s["start"], s["end"], label=s["label"]) for s in example["spans"]]
        assert spans
        assert all(spans)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=30))
def test_kappa_is_symmetric_and_at_most_one(pairs: list[tuple[str, str]]) -> None:
    value, mirrored = kappa(pairs), kappa([(b, a) for a, b in pairs])
    if value is None or mirrored is None:
        assert value is mirrored is None
        return
    assert value == pytest.approx(mirrored)
    assert value <= 1 + 1e-9
    if all(a == b for a, b in pairs):
        assert value == pytest.approx(1)


def test_kappa_of_a_worked_example() -> None:
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(pairs) == pytest.approx(0.4), "0.7 observed, 0.5 expected"


def test_overlap_counts_over_all_records() -> None:
    assert overlap([({"a", "b"}, {"b"}), (set(), {"c"})]) == pytest.approx(2 / 4)
    assert overlap([(set(), set())]) is None


def test_ac1_of_worked_examples() -> None:
    assert ac1([("accept", "accept")] * 9 + [("accept", "reject")]) == pytest.approx(0.895, abs=0.001)
    assert ac1([("accept", "accept")] * 5) == 1
    assert ac1([]) is None


def test_two_accepted_wordings_of_a_value_are_one_in_the_gold_set(
    tmp_path: Path, session_of: MakeSession, key: str, found: Found
) -> None:
    paper = found[0]
    session = session_of()
    start = paper.text.index("gold nanoparticles")
    session.add(key, "cores", "hollow gold nanoparticle", "-", start, start + len("gold nanoparticles"))
    session.correct(key, "sizes", "117 nm", "ca. 117 nm", "-")
    finish(session, key)
    write_curated(session, tmp_path)
    doubled = [
        problem for problem in check(tmp_path) if "stands in line" in problem.message or "size" in problem.message
    ]
    assert doubled == []
    rows = list(csv.DictReader((tmp_path / "gold.csv").open()))
    assert [row["name"] for row in rows if row["field"] == "cores"] == ["hollow gold nanoparticles"]
    assert [row["name"] for row in rows if row["field"] == "sizes"] == ["117 nm"]
    (work,) = csv.DictReader((tmp_path / "curation.csv").open())
    assert (work["curator"], work["records_finished"]) == ("ada", "1")
    assert (work["accepted_unchanged"], work["values_decided"]) == ("4", "5")
