"""A document that asks too much of recognition costs itself and nothing else, and is told why."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from pipeline import run, workers
from pipeline.errors import ProcessError
from pipeline.settings import Limits, Settings
from tests.faults.broken_worker import SECONDS
from tests.patience import patient

PAPER = """Coated particles against breast cancer

Abstract

PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells. {0}
"""
pytestmark = pytest.mark.slow
ENDS = {
    "abort": ("failed", "finding the names in it ended the process"),
    "backtrack": ("timed_out", "--limit seconds"),
    "eat": ("too_large", "--limit memory_mb"),
    "fall": ("failed", "perhaps because memory ran out"),
    "sleep": ("timed_out", "--limit seconds"),
}


@pytest.mark.parametrize(("jobs", "ways"), [(None, ("backtrack", "fall")), (2, tuple(ENDS))], ids=["default", "two"])
def test_each_way_to_break_recognition_has_a_status_and_advice_and_the_others_are_done(
    tmp_path, monkeypatch, jobs, ways
):
    monkeypatch.setattr(workers, "_MODULE", "tests.faults.broken_worker")
    papers = tmp_path / "papers"
    papers.mkdir()
    ends = {way: ENDS[way] for way in ways}
    for number, deed in enumerate(ends):
        (papers / f"{number}-{deed}.txt").write_text(PAPER.format(f"please {deed}"))
        (papers / f"{number}-good.txt").write_text(PAPER.format(number))
    settings = Settings(jobs=jobs, limits=Limits(seconds=patient(SECONDS), memory_mb=256))
    begun = time.monotonic()
    summary = run.extract([papers], tmp_path / "out", settings)
    assert time.monotonic() - begun < patient(90)
    outcomes = {Path(outcome.source).stem.partition("-")[2]: outcome for outcome in summary.failed}
    assert {name: outcome.status for name, outcome in outcomes.items()} == {name: end[0] for name, end in ends.items()}
    for name, (_, advice) in ends.items():
        assert advice in outcomes[name].message
        assert f"-{name}.txt" in outcomes[name].message
    assert [o.records for o in summary.outcomes if "good" in o.source] == [1] * len(ends)


def test_what_took_too_long_is_tried_again_with_a_larger_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_MODULE", "tests.faults.broken_worker")
    (tmp_path / "paper.txt").write_text(PAPER.format("please sleep"))
    short = Settings(limits=Limits(seconds=patient(SECONDS)))
    assert run.extract([tmp_path / "paper.txt"], tmp_path / "out", short).reasons == {"timed_out": 1}
    monkeypatch.undo()
    assert run.extract([tmp_path / "paper.txt"], tmp_path / "out", short).reasons == {}


def test_a_run_that_is_broken_off_ends_its_workers_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_MODULE", "tests.faults.broken_worker")
    (tmp_path / "a.txt").write_text(PAPER.format("please sleep"))
    (tmp_path / "b.txt").write_text(PAPER.format("please backtrack"))
    pool = workers.Workers(tmp_path / "out", Settings(), 2)
    done = pool.process([tmp_path / "a.txt", tmp_path / "b.txt"])

    def wait() -> None:
        with pytest.raises(ProcessError):
            next(done)

    waiting = threading.Thread(target=wait)
    waiting.start()
    until = time.monotonic() + patient(60)
    while any(worker._stage == "read" for worker in pool._workers):
        assert time.monotonic() < until
        time.sleep(0.1)
    begun = time.monotonic()
    pool.close()
    assert time.monotonic() - begun < patient(5)
    assert all(worker._child._process is None for worker in pool._workers)
    waiting.join(patient(5))
    assert not waiting.is_alive()
