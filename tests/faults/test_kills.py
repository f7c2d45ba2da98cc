"""A run that is killed at any point of any stage, and started again, ends byte for byte as one that nobody disturbed.

Kills are aimed by what the run has stored, not by the clock, so that each stage is hit on any machine;
benchmarks/kills.py kills more often.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import ner, run, stages
from pipeline.settings import Settings
from tests.patience import patient
from tests.prefect_server import ONE_SERVER, Server
from tests.scripts import ROOT, script
from tests.test_resume import members

kills = script("benchmarks/kills.py")
LONGEST = patient(300)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kills.write_papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def whole(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of an undisturbed run."""
    out = tmp_path_factory.mktemp("whole") / "out"
    run.extract([papers], out, Settings(jobs=0))
    return kills.tree(out)


@pytest.mark.slow
def test_extract_killed_in_the_middle_of_each_stage_ends_as_if_nothing_had_been(papers, whole, tmp_path, monkeypatch):
    nlp = ner.load(None)
    monkeypatch.setattr(stages.ner, "load", lambda *_: nlp)  # loaded once for all runs
    start = kills.in_fork(lambda out: run.extract([papers], out, Settings(jobs=0)))
    trial = kills.spread(18, 9, tmp_path, whole, start, LONGEST)
    assert set(trial.hit) == {*kills.STORED, "publish"}
    assert trial.is_clean, trial


@pytest.mark.slow
@ONE_SERVER
def test_a_flow_killed_at_work_leaves_no_child_and_ends_as_if_nothing_had_been(
    papers,
    whole,
    tmp_path,
    server: Server,
):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    def start(out: Path) -> object:
        command = [sys.executable, ROOT / "flows.py", "extract", str(papers), "--out", str(out)]
        flow = subprocess.Popen(command, env=server.env, start_new_session=True, **quiet)
        return kills.Started(flow.pid, lambda: flow.poll() is not None and not members(flow.pid))

    trial = kills.spread(4, 4, tmp_path, whole, start, LONGEST)
    assert trial.kills == 4
    assert trial.is_clean, trial


def test_a_run_that_differs_or_makes_anything_twice_is_seen():
    assert kills.Trial(ended=2, equal=2).is_clean
    assert not kills.Trial(ended=2, equal=1).is_clean
    assert not kills.Trial(ended=2, equal=2, made_twice=1).is_clean
    assert not kills.Trial().is_clean
