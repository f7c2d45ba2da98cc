"""The stages over many documents: in this process, or spread over worker processes."""

from __future__ import annotations

import math
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Self

from pipeline.records import Outcome
from pipeline.settings import Settings
from pipeline.stages import Done, Stage, Stages

_AHEAD = 4  # inputs handed out per worker: enough to keep each busy behind a slow one
_DOCUMENTS_PER_WORKER = 12  # with fewer, a second process would take longer to start than it saves


def process(
    inputs: Sequence[Path], out: Path, settings: Settings, *, last: Stage = "assemble", force: bool = False
) -> Generator[Done, None, None]:
    """Take the inputs through the stages to the last, on as many processes as ``settings.jobs`` says, in order."""
    with Workers(out, settings, settings.jobs or sensible_jobs(len(inputs)), force=force) as workers:
        yield from workers.process(inputs, last)


def sensible_jobs(inputs: int) -> int:
    """How many worker processes so many inputs are worth: the cores this process may use, or fewer."""
    return max(1, min(_cores(), math.ceil(inputs / _DOCUMENTS_PER_WORKER)))


def _cores() -> int:
    """The cores that this process may use; where the system does not tell (macOS), all there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Processes that hold the model and stay while there is work; with one job, this process.

    Use it as a context manager, from one thread.
    """

    def __init__(self, out: Path, settings: Settings, jobs: int, *, force: bool = False) -> None:
        self._jobs = jobs
        self._start = (out, settings, force)
        self._stack = ExitStack()
        self._pool: ProcessPoolExecutor | None = None
        self._stages: Stages | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the processes go, once what is under way is done."""
        self._stack.close()
        self._pool = self._stages = None

    def process(self, inputs: Iterable[Path], last: Stage = "assemble") -> Iterator[Done]:
        """Take the inputs through the stages to the last; the results come in the order of the inputs."""
        if self._jobs > 1:
            return self._spread(inputs, partial(_work, last=last))
        if self._stages is None:
            out, settings, force = self._start
            self._stages = self._stack.enter_context(Stages(out, settings, force=force))
        stages = self._stages
        return (stages.process(path, last) for path in inputs)

    def _spread(self, inputs: Iterable[Path], work: Callable[[Path], Done]) -> Iterator[Done]:
        """Spread the inputs over the processes.

        Only a few inputs are handed out ahead, so that memory does not grow with their number. When a worker dies (the
        system was out of memory, say) the inputs under way are done again one by one, and only the culprit fails.
        """
        waiting = iter(inputs)
        running: deque[tuple[Path, Future[Done]]] = deque()
        try:
            while True:
                for path in islice(waiting, self._jobs * _AHEAD - len(running)):
                    running.append((path, self._submit(work, path)))
                if not running:
                    return
                path, future = running.popleft()
                try:
                    yield future.result()
                except BrokenProcessPool:
                    self.close()
                    for each in (path, *(path for path, _ in running)):
                        yield self._alone(each, work)
                    running.clear()
        finally:  # not all results were wanted
            for _, future in running:
                future.cancel()

    def _submit(self, work: Callable[[Path], Done], path: Path) -> Future[Done]:
        if self._pool is None:
            self._pool = self._stack.enter_context(_pool(self._jobs, self._start))
        try:
            return self._pool.submit(work, path)
        except BrokenProcessPool as error:  # a worker died since; its turn comes after those before it
            future: Future[Done] = Future()
            future.set_exception(error)
            return future

    def _alone(self, path: Path, work: Callable[[Path], Done]) -> Done:
        try:
            with _pool(1, self._start) as pool:
                return pool.submit(work, path).result()
        except BrokenProcessPool:
            message = (
                f"{path}: the process that worked on it was killed, perhaps for want of memory; try it with --jobs 1"
            )
            return Done(Outcome(source=str(path), status="failed", message=message))


def _pool(jobs: int, start: tuple[Path, Settings, bool]) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork of a process with threads (spaCy's, Prefect's) can hang. A spawned Python would import
    # from the current folder before anything else, and so execute a json.py that lies beside the papers.
    os.environ["PYTHONSAFEPATH"] = "1"
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _start_worker, start)


_worker: Stages | None = None


def _start_worker(out: Path, settings: Settings, force: bool) -> None:
    global _worker  # noqa: PLW0603 - one per worker process, so that the model is loaded once
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # there is a worker for each core; numpy, not loaded yet, reads it
    _worker = Stages(out, settings, force=force).__enter__()


def _end_with_parent() -> None:
    """A run that is killed takes its workers along: they would wait for work for ever."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _work(path: Path, last: Stage) -> Done:
    assert _worker is not None  # noqa: S101 - set by the pool's initialiser
    return _worker.process(path, last)


_resident: tuple[tuple[Path, Settings], Workers] | None = None
_guard = threading.RLock()


def on_residents(inputs: Iterable[Path], out: Path, settings: Settings, last: Stage) -> Iterator[Done]:
    """Like :func:`process` for an engine that hands out many small batches: the workers stay from call to call.

    There is one set of them in a process, for the last folder and settings; :func:`dismiss` lets them go.
    """
    global _resident  # noqa: PLW0603 - so that the model is loaded once, whatever the engine
    with _guard:
        if _resident is None or _resident[0] != (out, settings):
            dismiss()
            _resident = (out, settings), Workers(out, settings, settings.jobs or 1)
        yield from _resident[1].process(inputs, last)


def dismiss() -> None:
    """Let the workers of :func:`on_residents` go."""
    global _resident  # noqa: PLW0603
    with _guard:
        if _resident:
            _resident[1].close()
        _resident = None
