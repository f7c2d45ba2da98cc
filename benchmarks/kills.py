"""Kill runs at moments spread over all of their stages, and see whether they end as undisturbed ones.

    python benchmarks/kills.py [extract] [flow] --kills 40

Each kill (SIGKILL) is aimed by what the run has stored, not by the clock, so that each stage is hit on any machine: at
the n-th paper read, the n-th annotated, and so on, and while the outputs are written. A killed run is started again,
and its folder is compared, byte for byte, with that of an undisturbed run. Runs are forks of this process, which has
loaded the model once; that a flow killed as a command leaves no process behind, tests/faults/test_kills.py says.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from unittest import mock

import typer

ROOT = Path(__file__).resolve().parents[1]
PAPERS = 8
STORED = ("read", "annotate", "assemble", "outcome")
"""What a run stores of each paper, in this order."""
PAPER = """Coated nanoparticles number {0}

Abstract

PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells. The coated particles were 1{0:02}
nm in diameter and slowed the growth of breast cancer in female BALB/c mice.
"""
Aim = tuple[str, int]
"""What has been stored how often when the run is killed; or ``publish``, while the outputs are written."""


@dataclass(frozen=True)
class Started:
    """A run: its process, and whether it and all that it started are over."""

    pid: int
    is_over: Callable[[], bool]


@dataclass
class Trial:
    """How often runs were killed, by what they had just stored, and how many ended as an undisturbed one."""

    hit: Counter[str] = field(default_factory=Counter)
    ended: int = 0
    equal: int = 0
    made_twice: int = 0

    @property
    def kills(self) -> int:
        """How often a run was killed."""
        return self.hit.total()

    @property
    def is_clean(self) -> bool:
        """Whether no kill can be told from the results."""
        return self.equal == self.ended > 0 and not self.made_twice


def write_papers(folder: Path) -> Path:
    """Put some short papers into the folder."""
    folder.mkdir(exist_ok=True)
    for number in range(PAPERS):
        (folder / f"paper{number}.txt").write_text(PAPER.format(number))
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a run's folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def aims(each: int) -> Iterator[Sequence[Aim]]:
    """Where a run is killed, so often each: at the n-th result, each kind in its turn, and while it publishes."""
    for shift in count():
        of_all = [*((STORED[(n + shift) % len(STORED)], n) for n in range(1, PAPERS + 1)), ("publish", 1)]
        yield from (of_all[first : first + each] for first in range(0, len(of_all), each))


def spread(
    kills: int, each: int, folder: Path, whole: dict[str, bytes], start: Callable[[Path], Started], longest: float
) -> Trial:
    """Kill runs that often in all, and compare what each ends with with the files of an undisturbed one.

    Args:
        kills: how often runs are killed.
        each: how often one of them is, at most, before it is left to end.
        folder: where the runs' folders are made.
        whole: the files of an undisturbed run.
        start: starts a run into a folder, or goes on with it.
        longest: seconds after which a run that comes to nothing is an error.

    Raises:
        TimeoutError: a run neither reached its aim nor ended.
    """
    trial = Trial()
    for number, some in enumerate(aims(each)):
        out = folder / f"out{number}"
        for aim in some:
            if trial.kills < kills and _killed(start(out), lambda aim=aim, out=out: _reached(out, aim), longest):
                trial.hit[aim[0]] += 1
        stored = _stored(out)
        last = start(out)
        _await(last.is_over, longest)
        trial.made_twice += sum(_stored(out).get(path) != made for path, made in stored.items())
        trial.ended += 1
        trial.equal += tree(out) == whole
        if trial.kills >= kills:
            return trial
    raise AssertionError("there is always another run")


def _killed(run: Started, reached: Callable[[], bool], longest: float) -> bool:
    """Kill a run once it has come so far; false if it ended before. What it started has to end by itself."""
    _await(lambda: reached() or run.is_over(), longest, pause=0.001)
    if alive := not run.is_over():
        os.kill(run.pid, signal.SIGKILL)
    _await(run.is_over, longest)
    return alive


def _reached(out: Path, aim: Aim) -> bool:
    part, number = aim
    if part == "publish":
        return (out / "records.jsonl").exists()
    return sum(1 for _ in (out / ".coatmine" / part).rglob("*.gz")) >= number


def _stored(out: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (out / ".coatmine").rglob("*.gz")}


def _await(what: Callable[[], bool], longest: float, pause: float = 0.05) -> None:
    until = time.monotonic() + longest
    while not what():
        if time.monotonic() > until:
            raise TimeoutError(f"nothing came of a run in {longest:g} s")
        time.sleep(pause)


def in_fork(work: Callable[[Path], object]) -> Callable[[Path], Started]:
    """Runs as forks of this process: what is loaded here need not be loaded again."""
    fork = multiprocessing.get_context("fork")

    def body(out: Path) -> None:
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - the process ends with it
        work(out)
        os._exit(0)

    def start(out: Path) -> Started:
        child = fork.Process(target=body, args=(out,))
        child.start()
        return Started(child.pid or 0, lambda: not child.is_alive())

    return start


def main(
    kinds: Annotated[list[str] | None, typer.Argument(metavar="[extract] [flow]", help="Default: both.")] = None,
    kills: Annotated[int, typer.Option("--kills", min=1, help="How often each is killed.")] = 40,
) -> None:
    """Kill extract and the flow at moments spread over all stages; exit code 1 if a result differs."""
    sys.path.insert(0, str(ROOT))
    import flows  # before anything: it settles what Prefect reads when it is imported
    from pipeline import ner, run, serving, stages, workers
    from pipeline.settings import Settings

    nlp, clean = ner.load(None), True
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(stages.ner, "load", return_value=nlp))
        stack.enter_context(mock.patch.object(workers, "sensible_jobs", return_value=0))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="coatmine-kills-")))
        papers = write_papers(folder / "papers")
        run.extract([papers], folder / "whole", Settings())
        works: dict[str, Callable[[Path], object]] = {
            "extract": lambda out: run.extract([papers], out, Settings()),
            "flow": lambda out: flows.run_at(url, flows.extract, papers=[str(papers)], out=str(out)),
        }
        wanted = kinds or list(works)
        url = stack.enter_context(serving.server(None)) if "flow" in wanted else ""
        for kind in wanted:
            (folder / kind).mkdir()
            begun = time.monotonic()
            trial = spread(kills, 1, folder / kind, tree(folder / "whole"), in_fork(works[kind]), 600)
            clean &= trial.is_clean
            told = {"kills": trial.kills, "at": dict(trial.hit), "runs": trial.ended, "equal": trial.equal}
            typer.echo(json.dumps({kind: {**told, "seconds": round(time.monotonic() - begun)}}))
    raise typer.Exit(not clean)


if __name__ == "__main__":
    typer.run(main)
