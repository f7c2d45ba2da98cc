"""A run that is killed at any point of any stage, and started again, ends byte for byte as one that nobody disturbed.

Kills are aimed by what the run has stored, not by the clock, so that each stage is hit on any machine.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import ner, run, stages
from pipeline.settings import Settings
from tests.patience import patient
from tests.test_flows import FLOWS, Server, await_, server  # noqa: F401  (a fixture)
from tests.test_resume import members, tree

KILLS = int(os.environ.get("COATMINE_KILLS", "18"))
"""How many times a run is killed; more by the environment variable."""
FLOW_KILLS = int(os.environ.get("COATMINE_KILLS", "4"))
PAPERS = 8
PARTS = ("read", "annotate", "assemble", "outcome")
PAPER = """Coated nanoparticles number {0}

Abstract

PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells. The coated particles were 1{0:02}
nm in diameter and slowed the growth of breast cancer in female BALB/c mice.
"""
Aim = tuple[str, int]
Started = tuple[int, Callable[[], bool]]
"""A process's number, and whether it and all that it started are over."""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    for number in range(PAPERS):
        (folder / f"paper{number}.txt").write_text(PAPER.format(number))
    return folder


@pytest.fixture(scope="module")
def whole(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of an undisturbed run."""
    out = tmp_path_factory.mktemp("whole") / "out"
    run.extract([papers], out, Settings(jobs=0))
    return tree(out)


def rounds() -> Iterator[list[Aim]]:
    """For each run, where to kill it: at the n-th result of a part, each part in its turn, and while it publishes."""
    shift = 0
    while True:
        yield [*((PARTS[(number + shift) % len(PARTS)], number) for number in range(1, PAPERS + 1)), ("publish", 1)]
        shift += 1


def reached(out: Path, aim: Aim) -> bool:
    part, number = aim
    if part == "publish":
        return (out / "records.jsonl").exists()
    return sum(1 for _ in (out / ".coatmine" / part).rglob("*.gz")) >= number


def kill_at(aims: list[Aim], out: Path, start: Callable[[], Started]) -> int:
    """Start a run again and again, each time killing it at the next aim; how often it was killed.

    Only the process that was started is killed: those that it started have to end by themselves.
    """
    kills = 0
    for aim in aims:
        pid, is_over = start()
        until = time.monotonic() + patient(300)
        while not reached(out, aim) and not is_over():
            assert time.monotonic() < until
            time.sleep(0.001)
        if not is_over():
            os.kill(pid, signal.SIGKILL)
            kills += 1
        await_(is_over)
    return kills


def extract_in_a_fork(papers: Path, out: Path) -> None:
    """What a run does, in a process that has the model loaded already, so that it can be killed often."""
    run.extract([papers], out, Settings(jobs=0))
    os._exit(0)


@pytest.mark.slow
def test_extract_killed_in_the_middle_of_each_stage_ends_as_if_nothing_had_been(papers, whole, tmp_path, monkeypatch):
    nlp = ner.load(None)
    monkeypatch.setattr(stages.ner, "load", lambda *_: nlp)  # loaded once for all runs
    fork = multiprocessing.get_context("fork")
    kills = 0
    for number, aims in enumerate(rounds()):
        out = tmp_path / f"out{number}"

        def start(out: Path = out) -> Started:
            child = fork.Process(target=extract_in_a_fork, args=(papers, out))
            child.start()
            return child.pid, lambda: not child.is_alive()

        kills += kill_at(aims[: KILLS - kills], out, start)
        stored = {path: path.stat().st_mtime_ns for path in (out / ".coatmine").rglob("*.gz")}
        await_(start()[1])
        assert {path: path.stat().st_mtime_ns for path in stored} == stored, "what was stored is not made again"
        assert tree(out) == whole
        if kills >= KILLS:
            return


@pytest.mark.slow
def test_a_flow_killed_in_the_middle_of_each_stage_leaves_no_child_and_ends_as_if_nothing_had_been(
    papers,
    whole,
    tmp_path,
    server: Server,  # noqa: F811
):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    kills = 0
    for number, aims in enumerate(rounds()):
        out = tmp_path / f"out{number}"

        def start(out: Path = out) -> Started:
            command = [sys.executable, FLOWS, "extract", str(papers), "--out", str(out)]
            flow = subprocess.Popen(command, env=server.env, start_new_session=True, **quiet)
            return flow.pid, lambda: flow.poll() is not None and not members(flow.pid)

        few = aims[number % 2 :: 2] if FLOW_KILLS < PAPERS else aims
        kills += kill_at(few[: FLOW_KILLS - kills], out, start)
        await_(start()[1])
        assert tree(out) == whole
        if kills >= FLOW_KILLS:
            return
