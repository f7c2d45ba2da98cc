"""The stages over many documents: in this process, or spread over worker processes."""

from __future__ import annotations

import math
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path

from pipeline.records import Outcome
from pipeline.settings import Settings
from pipeline.stages import Done, Stage, Stages

_AHEAD = 4  # inputs handed out per worker: enough to keep each busy behind a slow one
_DOCUMENTS_PER_WORKER = 12  # with fewer, a second process would take longer to start than it saves


def process(
    inputs: list[Path], out: Path, settings: Settings, *, last: Stage = "assemble", force: bool = False
) -> Iterator[Done]:
    """Take the inputs through the stages to the last, on as many processes as ``settings.jobs`` says, in order."""
    jobs = settings.jobs or min(os.cpu_count() or 1, math.ceil(len(inputs) / _DOCUMENTS_PER_WORKER))
    if jobs == 1:
        with Stages(out, settings, force=force) as stages:
            for path in inputs:
                yield stages.process(path, last)
        return
    yield from _on_workers(inputs, jobs, partial(_work, last=last), (out, settings, force))


def _on_workers(
    inputs: list[Path], jobs: int, work: Callable[[Path], Done], start: tuple[Path, Settings, bool]
) -> Iterator[Done]:
    """Spread the inputs over worker processes; the results come in the order of the inputs.

    Only a few inputs are handed out ahead, so that memory does not grow with their number. When a worker dies (the
    system was out of memory, say) the inputs under way are done again one by one, and only the culprit fails.
    """
    waiting = iter(inputs)
    running: deque[tuple[Path, Future[Done]]] = deque()
    with ExitStack() as stack:
        pool = stack.enter_context(_pool(jobs, start))
        while True:
            for path in islice(waiting, jobs * _AHEAD - len(running)):
                running.append((path, pool.submit(work, path)))
            if not running:
                return
            path, future = running.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                stack.close()
                for each in (path, *(path for path, _ in running)):
                    yield _alone(each, work, start)
                running.clear()
                pool = stack.enter_context(_pool(jobs, start))


def _alone(path: Path, work: Callable[[Path], Done], start: tuple[Path, Settings, bool]) -> Done:
    try:
        with _pool(1, start) as pool:
            return pool.submit(work, path).result()
    except BrokenProcessPool:
        message = f"{path}: the process that worked on it was killed, perhaps for want of memory; try it with --jobs 1"
        return Done(Outcome(source=str(path), status="failed", message=message))


def _pool(jobs: int, start: tuple[Path, Settings, bool]) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork of a process with threads (spaCy's, Prefect's) can hang.
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _start_worker, start)


_worker: Stages | None = None


def _start_worker(out: Path, settings: Settings, force: bool) -> None:
    global _worker  # noqa: PLW0603 - one per worker process, so that the model is loaded once
    _worker = Stages(out, settings, force=force).__enter__()


def _work(path: Path, last: Stage) -> Done:
    assert _worker is not None  # noqa: S101 - set by the pool's initialiser
    return _worker.process(path, last)
