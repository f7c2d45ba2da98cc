from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.export import load_database
from pipeline.folder import RunFolder
from pipeline.review.agreement import compare, kappa, overlap
from pipeline.review.desk import Desk, RefusedError
from pipeline.review.output import write_curated

from ..export.conftest import Found, source_paper, write_run
from ..export.databases import ask
from .conftest import Clock

MakeDesk = Callable[..., Desk]


@pytest.fixture
def desk(desk_of: MakeDesk) -> Desk:
    return desk_of()


@pytest.fixture
def key(found: Found) -> str:
    return found[2][0].id


def verdicts(desk: Desk, key: str) -> dict[tuple[str, str], str]:
    return {(each.field, each.name): each.decision.action if each.decision else "" for each in desk.judged(key)}


def accept_all(desk: Desk, key: str) -> None:
    for each in desk.judged(key):
        if each.decision is None:
            desk.decide(key, action="accept", field=each.field, key=each.key)
    for field in desk.empty(key):
        desk.decide(key, action="empty", field=field, reason="not_reported")


def test_the_most_doubtful_record_comes_first(desk: Desk, key: str) -> None:
    first, second = desk.queue()
    assert first.record.id == key, "it has unlinked values, a caution and a field not found"
    assert first.doubt > second.doubt > 0


def test_table_and_text_are_judged_once(desk: Desk, key: str) -> None:
    assert [each.key for each in desk.judged(key) if each.field == "membranes"] == ["cellosaurus:CVCL_0031"]


def test_decisions_hold_and_are_undone_one_by_one(desk: Desk, key: str) -> None:
    desk.decide(key, action="accept", field="drugs", key="chebi:28748")
    desk.decide(key, action="reject", field="drugs", key="chebi:28748")
    desk.decide(key, action="correct", field="cores", key="hollow gold nanoparticles", name="HAuNS", curie="x:1")
    assert verdicts(desk, key)["drugs", "doxorubicin"] == "reject"
    assert verdicts(desk, key)["cores", "HAuNS"] == "correct"
    desk.undo(key)
    assert verdicts(desk, key)["cores", "hollow gold nanoparticles"] == ""
    desk.undo(key)
    assert verdicts(desk, key)["drugs", "doxorubicin"] == "accept", "the decision before it holds again"
    desk.undo(key)
    assert desk.undo(key) is None
    assert len(desk.log()) == 6, "nothing is ever taken off the log"


def test_a_selected_name_is_added_with_its_identifier(desk: Desk, key: str, found: Found) -> None:
    text = found[0].text
    start = text.index("breast cancer")
    desk.add(key, "modalities", "Chemotherapy", None, start, start + 6)
    (added,) = [each for each in desk.judged(key) if each.field == "modalities"]
    assert (added.name, added.curie) == ("Chemotherapy", "NCIT:C15632"), "the lexicons know exactly one"
    with pytest.raises(RefusedError, match="among the modalities already"):
        desk.add(key, "modalities", "chemotherapy", None, start, start + 6)
    desk.decide(key, action="reject", field="modalities", key=added.key)
    assert not [each for each in desk.judged(key) if each.field == "modalities"]


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 3), (0, 10**6)])
def test_nothing_is_added_where_nothing_stands(desk: Desk, key: str, start: int, end: int) -> None:
    with pytest.raises(RefusedError, match="select the name"):
        desk.add(key, "drugs", "x", None, start, end)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"action": "accept", "field": "drugs", "key": "no such"}, "no such value"),
        ({"action": "correct", "field": "drugs", "key": "chebi:28748"}, "needs name"),
        ({"action": "empty", "field": "drugs", "reason": "not_reported"}, "not empty"),
        ({"action": "accept", "field": "colour", "key": "x"}, "membranes"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(desk: Desk, key: str, what: dict[str, str], why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        desk.decide(key, **what)
    assert desk.log() == []


def test_done_means_every_value_decided_and_every_empty_field_explained(desk: Desk, key: str) -> None:
    assert set(desk.empty(key)) == {"animal_models", "modalities"}
    for each in desk.judged(key):
        desk.decide(key, action="reject" if each.field == "drugs" else "accept", field=each.field, key=each.key)
    assert not desk.is_done(key)
    assert set(desk.empty(key)) == {"drugs", "animal_models", "modalities"}, "a field emptied by rejecting counts"
    for field in desk.empty(key):
        desk.decide(key, action="empty", field=field, reason="not_reported")
    assert desk.is_done(key)


def test_unclaimed_names_are_offered(tmp_path: Path, found: Found, clock: Clock) -> None:
    paper, mentions, (record,) = found
    fewer = record.model_copy(update={"drugs": (), "membranes": record.membranes[:1]})
    desk = Desk(write_run(tmp_path / "fewer", [(paper, mentions, [fewer])]), "ada", now=clock)
    assert [mention.name for mention in desk.unclaimed(record.id)] == ["doxorubicin"], "MCF-7 is a value already"


def test_time_is_measured_and_pauses_are_not(desk: Desk, key: str, found: Found, clock: Clock) -> None:
    desk.opened()
    clock.wait(30)
    desk.decide(key, action="accept", field="drugs", key="chebi:28748")
    clock.wait(7200)
    desk.decide(key, action="reject", field="drugs", key="chebi:28748")
    assert desk.minutes() == {found[0].document.id: 5.5}


def test_another_run_overwrites_no_decision(desk: Desk, key: str, run: RunFolder, found: Found, clock: Clock) -> None:
    desk.decide(key, action="accept", field="drugs", key="chebi:28748")
    write_run(run.path, [found, source_paper()])
    assert verdicts(Desk(run, "ada", now=clock), key)["drugs", "doxorubicin"] == "accept"


def test_curators_do_not_see_one_another(desk_of: MakeDesk, key: str) -> None:
    ada, bob = desk_of("ada"), desk_of("bob")
    ada.decide(key, action="reject", field="drugs", key="chebi:28748")
    assert verdicts(bob, key)["drugs", "doxorubicin"] == ""
    assert bob.undo(key) is None


@pytest.mark.parametrize("name", ["", "  ", "eve (adjudicator)"])
def test_a_curator_has_a_name(run: RunFolder, name: str) -> None:
    with pytest.raises(UsageError, match="--curator"):
        Desk(run, name)


def test_agreement_and_adjudication(desk_of: MakeDesk, key: str, tmp_path: Path) -> None:
    ada, bob = desk_of("ada"), desk_of("bob")
    bob.decide(key, action="reject", field="diseases", key="mesh:D001943")
    accept_all(ada, key)
    records = [item.record for item in ada.queue()]
    assert compare(records, ada.log()) == [], "bob has not finished"
    accept_all(bob, key)
    (found,) = compare(records, ada.log())
    assert (found.curators, found.records, found.values) == (("ada", "bob"), 1, 5)
    assert found.kappa == pytest.approx(0.0), "one always accepts: chance alone would agree as often"
    assert found.f1["drugs"] == 1.0
    assert found.f1["diseases"] == 0.0
    assert [(d.name, d.verdicts) for d in found.disputes] == [("breast cancer", {"ada": "accept", "bob": "reject"})]
    before = write_curated(ada, tmp_path / "before")
    assert before.records == 0
    assert any("ada and bob disagree" in line for line in before.left_out)
    judge = desk_of("eve", adjudicate=True)
    accept_all(judge, key)
    assert write_curated(judge, tmp_path / "after").records == 1


def test_what_is_finished_becomes_gold_and_training_data(desk: Desk, key: str, tmp_path: Path) -> None:
    desk.decide(key, action="reject", field="diseases", key="mesh:D001943")
    desk.decide(key, action="correct", field="cores", key="hollow gold nanoparticles", name="HAuNS", curie="x:1")
    accept_all(desk, key)
    curated = write_curated(desk, tmp_path)
    assert curated.records == 1
    assert curated.left_out == ["source.pdf, study self: not finished"]
    with (tmp_path / "gold.csv").open(newline="") as file:
        rows = {(row["field"], row["text"], row["name"], row["curie"]) for row in csv.DictReader(file)}
    assert ("cores", "hollow gold nanoparticles", "HAuNS", "x:1") in rows
    assert ("diseases", "", "", "") in rows, "a blank row: nothing may be found there"
    examples = [json.loads(line) for line in (tmp_path / "training.jsonl").read_text().splitlines()]
    told = {(example["text"][a:b], label) for example in examples for a, b, label in example["spans"]}
    refused = {(example["text"][a:b], label) for example in examples for a, b, label in example["refused"]}
    assert ("Doxorubicin", "DRUG") in told
    assert refused == {("breast cancer", "DISEASE")}


def test_gold_is_read_by_the_evaluation(desk: Desk, key: str, tmp_path: Path) -> None:
    from pipeline.evaluation.gold import GoldValue

    accept_all(desk, key)
    write_curated(desk, tmp_path)
    with (tmp_path / "gold.csv").open(newline="") as file:
        header = csv.DictReader(file).fieldnames
    assert set(header or ()) <= {*GoldValue.model_fields, "curie"}


def test_decisions_reach_the_database(desk: Desk, key: str, run: RunFolder, tmp_path: Path) -> None:
    desk.decide(key, action="reject", field="diseases", key="mesh:D001943")
    url = f"sqlite:///{tmp_path}/coats.db"
    assert load_database(run.path, url).decisions == 1
    assert ask(url, "SELECT count(*) FROM curated_values WHERE field = 'diseases'") == [(0,)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=30))
def test_kappa_is_symmetric_and_at_most_one(pairs: list[tuple[str, str]]) -> None:
    value = kappa(pairs)
    assert value == pytest.approx(kappa([(b, a) for a, b in pairs])) if value is not None else True
    assert value is None or value <= 1 + 1e-9
    if pairs and all(a == b for a, b in pairs) and len({a for a, _ in pairs}) > 1:
        assert value == pytest.approx(1)


def test_kappa_of_a_worked_example() -> None:
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(pairs) == pytest.approx(0.4), "0.7 observed, 0.5 expected"


def test_overlap_counts_over_all_records() -> None:
    assert overlap([({"a", "b"}, {"b"}), (set(), {"c"})]) == pytest.approx(2 / 4)
    assert overlap([(set(), set())]) is None
