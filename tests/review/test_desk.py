"""What a curator decides: how it holds, how it is undone, and what a new run does to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.export import load_database
from pipeline.folder import RunFolder
from pipeline.review.desk import Desk, RefusedError

from ..export.conftest import Found, source_paper, write_run
from ..export.databases import ask
from .conftest import Clock, finish

MakeDesk = Callable[..., Desk]


def verdicts(desk: Desk, key: str) -> dict[tuple[str, str], str]:
    return {(each.field, each.name): each.action for each in desk.view(key).judged}


def test_the_most_doubtful_record_comes_first(desk: Desk, key: str) -> None:
    first, second = desk.queue()
    assert first.record.id == key, "it has unlinked values, a caution and a field not found"
    assert first.doubt > second.doubt > 0


def test_the_next_record_is_one_that_is_not_finished(desk: Desk, key: str) -> None:
    other = desk.queue()[1].record.id
    assert (desk.after(key), desk.after(other)) == (other, key)
    finish(desk, key)
    assert desk.after(other) is None


def test_table_and_text_are_judged_once(desk: Desk, key: str) -> None:
    assert [each.key for each in desk.view(key).judged if each.field == "membranes"] == ["cellosaurus:CVCL_0031"]


def test_decisions_hold_and_are_undone_one_by_one(desk: Desk, key: str) -> None:
    desk.accept(key, "drugs", "chebi:28748")
    desk.reject(key, "drugs", "chebi:28748")
    desk.correct(key, "cores", "hollow gold nanoparticles", "HAuNS", "x:1")
    assert verdicts(desk, key)["drugs", "doxorubicin"] == "reject"
    assert verdicts(desk, key)["cores", "HAuNS"] == "correct"
    desk.undo(key)
    assert verdicts(desk, key)["cores", "hollow gold nanoparticles"] == ""
    desk.undo(key)
    assert verdicts(desk, key)["drugs", "doxorubicin"] == "accept", "the decision before it holds again"
    desk.undo(key)
    assert desk.undo(key) == []
    assert len(desk.log.all()) == 6, "nothing is ever taken off the log"


def test_a_selected_name_is_added_with_its_identifier(desk: Desk, key: str, found: Found) -> None:
    start = found[0].text.index("breast cancer")
    desk.add(key, "modalities", "Chemotherapy", None, start, start + 6)
    (added,) = [each for each in desk.view(key).judged if each.field == "modalities"]
    assert (added.name, added.curie) == ("Chemotherapy", "NCIT:C15632"), "the lexicons know exactly one"
    with pytest.raises(RefusedError, match="among the modalities already"):
        desk.add(key, "modalities", "chemotherapy", None, start, start + 6)
    desk.reject(key, "modalities", added.key)
    assert not [each for each in desk.view(key).judged if each.field == "modalities"]
    desk.add(key, "modalities", "chemotherapy", "-", start, start + 6)
    (added,) = [each for each in desk.view(key).judged if each.field == "modalities"]
    assert added.curie is None, "a dash says that there is none"


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 3), (0, 10**6)])
def test_nothing_is_added_where_nothing_stands(desk: Desk, key: str, start: int, end: int) -> None:
    with pytest.raises(RefusedError, match="select the name"):
        desk.add(key, "drugs", "x", None, start, end)


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda desk, key: desk.accept(key, "drugs", "no such"), "no such value"),
        (lambda desk, key: desk.accept(key, "membranes", "chebi:28748"), "no such value"),
        (lambda desk, key: desk.reject(key, "drugs", "no such"), "no such name"),
        (lambda desk, key: desk.correct(key, "drugs", "chebi:28748", " "), "right name"),
        (lambda desk, key: desk.correct(key, "drugs", "chebi:28748", "x", "not one"), "no identifier"),
        (lambda desk, key: desk.correct(key, "drugs", "chebi:28748", "x", "javascript:alert(1)"), "no identifier"),
        (lambda desk, key: desk.explain(key, "drugs", "not_reported"), "not empty"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    desk: Desk, key: str, act: Callable[[Desk, str], None], why: str
) -> None:
    with pytest.raises(RefusedError, match=why):
        act(desk, key)
    assert desk.log.all() == []


def test_finished_means_decided_explained_and_passed_over(tmp_path: Path, found: Found, clock: Clock) -> None:
    paper, mentions, (record,) = found
    fewer = record.model_copy(update={"drugs": (), "membranes": record.membranes[:1]})
    desk = Desk(write_run(tmp_path / "fewer", [(paper, mentions, [fewer])]), "ada", now=clock)
    key = record.id
    assert set(desk.view(key).empty) == {"drugs", "animal_models", "modalities"}
    for each in desk.view(key).judged:
        desk.reject(key, each.field, each.key) if each.field == "sizes" else desk.accept(key, each.field, each.key)
    assert set(desk.view(key).empty) == {"drugs", "sizes", "animal_models", "modalities"}, "emptied by rejecting, too"
    for field in desk.view(key).empty:
        assert not desk.view(key).finished
        desk.explain(key, field, "not_reported")
    assert [each.mention.name for each in desk.view(key).unclaimed] == ["doxorubicin"], "MCF-7 is a value already"
    assert not desk.view(key).finished, "a name that no value claims has not been looked at"
    desk.reject_unclaimed(key)
    assert desk.view(key).finished
    desk.undo(key)
    assert len(desk.view(key).unclaimed) == 1


def test_names_set_aside_together_are_undone_together(tmp_path: Path, found: Found, clock: Clock) -> None:
    paper, mentions, (record,) = found
    fewer = record.model_copy(update={"drugs": (), "cores": ()})
    desk = Desk(write_run(tmp_path / "fewer", [(paper, mentions, [fewer])]), "ada", now=clock)
    desk.explain(record.id, "modalities", "not_found")
    desk.reject_unclaimed(record.id)
    assert desk.view(record.id).unclaimed == []
    assert len(desk.undo(record.id)) == 2
    assert len(desk.view(record.id).unclaimed) == 2
    assert desk.view(record.id).empty["modalities"] is not None, "what was decided before stays"


def test_a_study_in_a_review_is_offered_what_stands_beside_its_evidence(
    tmp_path: Path, found: Found, clock: Clock
) -> None:
    paper, mentions, (record,) = found
    fewer = record.model_copy(update={"diseases": ()})
    desk = Desk(write_run(tmp_path / "fewer", [(paper, mentions, [fewer])]), "ada", now=clock)
    assert desk.view(record.id).unclaimed == [], "breast cancer stands in another paragraph"
    own = fewer.model_copy(update={"study": fewer.study.model_copy(update={"key": "self"})})
    desk = Desk(write_run(tmp_path / "own", [(paper, mentions, [own])]), "ada", now=clock)
    assert [each.mention.name for each in desk.view(record.id).unclaimed] == ["breast cancer"]


def test_a_paper_without_a_record_gets_one_to_fill_in(tmp_path: Path, found: Found, clock: Clock) -> None:
    paper, mentions, _ = found
    run = write_run(tmp_path / "bare", [(paper, mentions, [])])
    desk = Desk(run, "ada", now=clock)
    (item,) = desk.queue()
    key = item.record.id
    coat = next(each for each in desk.view(key).unclaimed if each.field == "membranes")
    start, end = coat.mention.start, coat.mention.end
    desk.add(key, "membranes", coat.mention.name, coat.mention.curie, start, end)
    finish(desk, key)
    assert desk.finished(key)
    url = f"sqlite:///{tmp_path}/coats.db"
    load_database(run.path, url)
    assert ask(url, "SELECT source, name, review FROM curated_values") == [("review.pdf", "MCF-7", "add")]


def test_time_is_measured_and_pauses_are_not(desk: Desk, key: str, found: Found, clock: Clock) -> None:
    desk.opened()
    clock.wait(30)
    desk.accept(key, "drugs", "chebi:28748")
    clock.wait(7200)
    desk.reject(key, "drugs", "chebi:28748")
    assert desk.minutes() == {found[0].document.id: pytest.approx(5.5)}


def test_another_run_overwrites_no_decision(desk: Desk, key: str, run: RunFolder, found: Found) -> None:
    paper, mentions, (record,) = found
    desk.accept(key, "drugs", "chebi:28748")
    desk.reject(key, "sizes", "117 nm")
    later = record.model_copy(update={"drugs": (), "sizes": (), "cores": ()})
    write_run(run.path, [(paper, mentions, [later]), source_paper()])
    desk.refresh()
    assert verdicts(desk, key)["drugs", "doxorubicin"] == "accept", "it holds though the run no longer finds it"
    assert ("cores", "hollow gold nanoparticles") not in verdicts(desk, key), "nobody had decided on it"
    assert ("sizes", "117 nm") not in verdicts(desk, key), "what was rejected and is gone needs no word"
    (gone,) = [each for each in desk.view(key).judged if each.gone]
    assert (gone.curie, gone.holds) == ("chebi:28748", True)


def test_decisions_on_a_record_that_a_run_lost_are_told(desk: Desk, key: str, run: RunFolder) -> None:
    desk.accept(key, "drugs", "chebi:28748")
    write_run(run.path, [source_paper()])
    desk.refresh()
    assert [each.name for each in desk.lost()] == ["doxorubicin"]
    assert len(desk.log.all()) == 1


def test_curators_do_not_see_one_another(desk_of: MakeDesk, key: str) -> None:
    ada, bob = desk_of("ada"), desk_of("bob")
    ada.reject(key, "drugs", "chebi:28748")
    assert verdicts(bob, key)["drugs", "doxorubicin"] == ""
    assert bob.undo(key) == []


@pytest.mark.parametrize("name", ["", "  ", "eve (adjudicator)"])
def test_a_curator_has_a_name(run: RunFolder, name: str) -> None:
    with pytest.raises(UsageError, match="--curator"):
        Desk(run, name)


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="coatmine extract"):
        Desk(RunFolder(tmp_path), "ada")


def test_decisions_reach_the_database(desk: Desk, key: str, run: RunFolder, tmp_path: Path) -> None:
    desk.reject(key, "diseases", "mesh:D001943")
    desk.accept(key, "drugs", "chebi:28748")
    url = f"sqlite:///{tmp_path}/coats.db"
    assert load_database(run.path, url).decisions == 2
    assert ask(url, "SELECT count(*) FROM curated_values WHERE field = 'diseases'") == [(0,)]
    assert ask(url, "SELECT name, review FROM curated_values WHERE field = 'drugs'") == [("doxorubicin", "accept")]
