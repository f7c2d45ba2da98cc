"""What a curator decides: how it holds, how it is undone, and what a new run does to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.curation.session import RefusedError, Session
from pipeline.errors import UsageError
from pipeline.export import load_database
from pipeline.folder import RunFolder

from ..export.conftest import Found, source_paper, write_run
from ..export.databases import ask
from .conftest import Clock, finish

MakeSession = Callable[..., Session]


def verdicts(session: Session, key: str) -> dict[tuple[str, str], str]:
    return {(each.field, each.name): each.action for each in session.view(key).curated}


def test_the_most_doubtful_record_comes_first(session: Session, key: str) -> None:
    first, second = session.queue()
    assert first.record.id == key, "it has unlinked values, a caution and a field not found"
    assert first.doubt > second.doubt > 0


def test_the_next_record_is_one_that_is_not_finished(session: Session, key: str) -> None:
    other = session.queue()[1].record.id
    assert (session.after(key), session.after(other)) == (other, key)
    finish(session, key)
    assert session.after(other) is None


def test_table_and_text_are_decided_once(session: Session, key: str) -> None:
    assert [each.key for each in session.view(key).curated if each.field == "membranes"] == ["cellosaurus:CVCL_0031"]


def test_decisions_hold_and_are_undone_one_by_one(session: Session, key: str) -> None:
    session.accept(key, "drugs", "chebi:28748")
    session.reject(key, "drugs", "chebi:28748")
    session.correct(key, "cores", "hollow gold nanoparticles", "HAuNS", "x:1")
    assert verdicts(session, key)["drugs", "doxorubicin"] == "reject"
    assert verdicts(session, key)["cores", "HAuNS"] == "correct"
    session.undo(key)
    assert verdicts(session, key)["cores", "hollow gold nanoparticles"] == ""
    session.undo(key)
    assert verdicts(session, key)["drugs", "doxorubicin"] == "accept", "the decision before it holds again"
    session.undo(key)
    assert session.undo(key) == []
    assert len(session.log.all()) == 6, "nothing is ever taken off the log"


def test_a_selected_name_is_added_with_its_identifier(session: Session, key: str, found: Found) -> None:
    start = found[0].text.index("breast cancer")
    session.add(key, "modalities", "Chemotherapy", None, start, start + 6)
    (added,) = [each for each in session.view(key).curated if each.field == "modalities"]
    assert (added.name, added.curie) == ("Chemotherapy", "NCIT:C15632"), "the lexicons know exactly one"
    with pytest.raises(RefusedError, match="among the modalities already"):
        session.add(key, "modalities", "chemotherapy", None, start, start + 6)
    session.reject(key, "modalities", added.key)
    assert not [each for each in session.view(key).curated if each.field == "modalities"]
    session.add(key, "modalities", "chemotherapy", "-", start, start + 6)
    (added,) = [each for each in session.view(key).curated if each.field == "modalities"]
    assert added.curie is None, "a dash says that there is none"


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 3), (0, 10**6)])
def test_nothing_is_added_where_nothing_stands(session: Session, key: str, start: int, end: int) -> None:
    with pytest.raises(RefusedError, match="select the name"):
        session.add(key, "drugs", "x", None, start, end)


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda session, key: session.accept(key, "drugs", "no such"), "no such value"),
        (lambda session, key: session.accept(key, "membranes", "chebi:28748"), "no such value"),
        (lambda session, key: session.reject(key, "drugs", "no such"), "no such name"),
        (lambda session, key: session.correct(key, "drugs", "chebi:28748", " "), "right name"),
        (lambda session, key: session.correct(key, "drugs", "chebi:28748", "x", "not one"), "no identifier"),
        (
            lambda session, key: session.correct(key, "drugs", "chebi:28748", "x", "javascript:alert(1)"),
            "no identifier",
        ),
        (lambda session, key: session.explain(key, "drugs", "not_reported"), "not empty"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    session: Session, key: str, act: Callable[[Session, str], None], why: str
) -> None:
    with pytest.raises(RefusedError, match=why):
        act(session, key)
    assert session.log.all() == []


def test_finished_means_decided_explained_and_passed_over(tmp_path: Path, found: Found, clock: Clock) -> None:
    paper, mentions, (record,) = found
    fewer = record.model_copy(update={"drugs": (), "membranes": record.membranes[:1]})
    session = Session(write_run(tmp_path / "fewer", [(paper, mentions, [fewer])]), "ada", now=clock)
    key = record.id
    assert set(session.view(key).empty) == {"drugs", "animal_models", "modalities"}
    for each in session.view(key).curated:
        session.reject(key, each.field, each.key) if each.field == "sizes" else session.accept(
            key, each.field, each.key
        )
    assert set(session.view(key).empty) == {"drugs", "sizes", "animal_models", "modalities"}, (
        "emptied by rejecting, too"
    )
    for field in session.view(key).empty:
        assert not session.view(key).finished
        session.explain(key, field, "not_reported")
    assert [each.mention.name for each in session.view(key).unclaimed] == ["doxorubicin"], "MCF-7 is a value already"
    assert not session.view(key).finished, "a name that no value claims has not been looked at"
    session.reject_unclaimed(key)
    assert session.view(key).finished
    session.undo(key)
    assert len(session.view(key).unclaimed) == 1


def test_names_set_aside_together_are_undone_together(tmp_path: Path, found: Found, clock: Clock) -> None:
    paper, mentions, (record,) = found
    fewer = record.model_copy(update={"drugs": (), "cores": ()})
    session = Session(write_run(tmp_path / "fewer", [(paper, mentions, [fewer])]), "ada", now=clock)
    session.explain(record.id, "modalities", "not_found")
    session.reject_unclaimed(record.id)
    assert session.view(record.id).unclaimed == []
    assert len(session.undo(record.id)) == 2
    assert len(session.view(record.id).unclaimed) == 2
    assert session.view(record.id).empty["modalities"] is not None, "what was decided before stays"


def test_a_study_in_a_review_is_offered_what_stands_beside_its_evidence(
    tmp_path: Path, found: Found, clock: Clock
) -> None:
    paper, mentions, (record,) = found
    fewer = record.model_copy(update={"diseases": ()})
    session = Session(write_run(tmp_path / "fewer", [(paper, mentions, [fewer])]), "ada", now=clock)
    assert session.view(record.id).unclaimed == [], "breast cancer stands in another paragraph"
    own = fewer.model_copy(update={"study": fewer.study.model_copy(update={"key": "self"})})
    session = Session(write_run(tmp_path / "own", [(paper, mentions, [own])]), "ada", now=clock)
    assert [each.mention.name for each in session.view(record.id).unclaimed] == ["breast cancer"]


def test_a_paper_without_a_record_gets_one_to_fill_in(tmp_path: Path, found: Found, clock: Clock) -> None:
    paper, mentions, _ = found
    run = write_run(tmp_path / "bare", [(paper, mentions, [])])
    session = Session(run, "ada", now=clock)
    (item,) = session.queue()
    key = item.record.id
    coat = next(each for each in session.view(key).unclaimed if each.field == "membranes")
    start, end = coat.mention.start, coat.mention.end
    session.add(key, "membranes", coat.mention.name, coat.mention.curie, start, end)
    finish(session, key)
    assert session.finished(key)
    url = f"sqlite:///{tmp_path}/coats.db"
    load_database(run.path, url)
    assert ask(url, "SELECT source, name, review FROM curated_values") == [("review.pdf", "MCF-7", "add")]


def test_time_is_measured_and_pauses_are_not(session: Session, key: str, found: Found, clock: Clock) -> None:
    session.opened()
    clock.wait(30)
    session.accept(key, "drugs", "chebi:28748")
    clock.wait(7200)
    session.reject(key, "drugs", "chebi:28748")
    assert session.minutes() == {found[0].document.id: pytest.approx(5.5)}


def test_another_run_overwrites_no_decision(session: Session, key: str, run: RunFolder, found: Found) -> None:
    paper, mentions, (record,) = found
    session.accept(key, "drugs", "chebi:28748")
    session.reject(key, "sizes", "117 nm")
    later = record.model_copy(update={"drugs": (), "sizes": (), "cores": ()})
    write_run(run.path, [(paper, mentions, [later]), source_paper()])
    session.refresh()
    assert verdicts(session, key)["drugs", "doxorubicin"] == "accept", "it holds though the run no longer finds it"
    assert ("cores", "hollow gold nanoparticles") not in verdicts(session, key), "nobody had decided on it"
    assert ("sizes", "117 nm") not in verdicts(session, key), "what was rejected and is gone needs no word"
    (gone,) = [each for each in session.view(key).curated if each.gone]
    assert (gone.curie, gone.holds) == ("chebi:28748", True)


def test_decisions_on_a_record_that_a_run_lost_are_told(session: Session, key: str, run: RunFolder) -> None:
    session.accept(key, "drugs", "chebi:28748")
    write_run(run.path, [source_paper()])
    session.refresh()
    assert [each.name for each in session.lost()] == ["doxorubicin"]
    assert len(session.log.all()) == 1


def test_curators_do_not_see_one_another(session_of: MakeSession, key: str) -> None:
    ada, bob = session_of("ada"), session_of("bob")
    ada.reject(key, "drugs", "chebi:28748")
    assert verdicts(bob, key)["drugs", "doxorubicin"] == ""
    assert bob.undo(key) == []


@pytest.mark.parametrize("name", ["", "  ", "eve (adjudicator)"])
def test_a_curator_has_a_name(run: RunFolder, name: str) -> None:
    with pytest.raises(UsageError, match="--curator"):
        Session(run, name)


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="coatmine extract"):
        Session(RunFolder(tmp_path), "ada")


def test_decisions_reach_the_database(session: Session, key: str, run: RunFolder, tmp_path: Path) -> None:
    session.reject(key, "diseases", "mesh:D001943")
    session.accept(key, "drugs", "chebi:28748")
    url = f"sqlite:///{tmp_path}/coats.db"
    assert load_database(run.path, url).decisions == 2
    assert ask(url, "SELECT count(*) FROM curated_values WHERE field = 'diseases'") == [(0,)]
    assert ask(url, "SELECT name, review FROM curated_values WHERE field = 'drugs'") == [("doxorubicin", "accept")]


def test_what_is_added_is_not_decided_again_and_stays_an_addition(session: Session, key: str, found: Found) -> None:
    start = found[0].text.index("Mice")
    session.add(key, "animal_models", "mice", "-", start, start + 4)
    (added,) = [each for each in session.view(key).curated if each.field == "animal_models"]
    session.accept(key, *added.place)
    session.correct(key, *added.place, "nude mice", "-")
    (added,) = [each for each in session.view(key).curated if each.field == "animal_models"]
    assert (added.action, added.name, added.gone) == ("add", "nude mice", False)
    assert [decision.action for decision in session.log.all()] == ["add", "add"]


def test_a_record_about_something_else_is_done_in_one_decision(session: Session, key: str) -> None:
    session.accept(key, "membranes", "cellosaurus:CVCL_0031")
    session.not_about(key)
    view = session.view(key)
    assert view.finished
    assert {each.action for each in view.curated} == {"reject"}
    assert {decision.reason for decision in view.empty.values() if decision} == {"not_reported"}
    session.undo(key)
    assert {each.action for each in session.view(key).curated} == {"", "accept"}


def test_an_adjudicator_is_given_only_what_is_in_dispute(session_of: MakeSession, key: str) -> None:
    ada, bob = session_of("ada"), session_of("bob")
    bob.reject(key, "diseases", "mesh:D001943")
    for each in (ada, bob):
        finish(each, key)
    eve = session_of("eve", adjudicate=True)
    assert [item.record.id for item in eve.to_do()] == [key]
    assert eve.open_disputes(key) == {("diseases", "mesh:D001943")}
    assert not eve.finished(key)
    eve.reject(key, "diseases", "mesh:D001943")
    assert eve.finished(key)
    assert eve.after(key) is None


def test_how_many_values_were_right_as_they_were(session: Session, key: str) -> None:
    session.accept(key, "membranes", "cellosaurus:CVCL_0031")
    session.reject(key, "diseases", "mesh:D001943")
    assert session.unchanged() == (1, 2)


def test_papers_without_a_record_come_last(run: RunFolder, session_of: MakeSession, key: str) -> None:
    lines = (run.path / "records.jsonl").read_text().splitlines(keepends=True)
    (run.path / "records.jsonl").write_text("".join(line for line in lines if key not in line))
    items = session_of().queue()
    assert [item.blank for item in items] == [False, True]
    assert items[1].doubt > items[0].doubt, "however doubtful they are"
