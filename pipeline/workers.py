"""Run the stages over many documents in worker processes with limits."""

from __future__ import annotations

import math
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType
from typing import Protocol, Self

from pipeline import children, errors
from pipeline.document import printable
from pipeline.errors import Status
from pipeline.folder import place
from pipeline.records import Outcome
from pipeline.settings import Limits, Settings
from pipeline.stages import DOING, Done, Stage, Stages

_AHEAD = 4  # inputs handed out per worker: enough to keep each busy behind a slow one
_DOCUMENTS_PER_WORKER = 12  # with fewer, a second process would take longer to start than it saves
_MODULE = "pipeline.workers"  # what a worker process runs
_KILLED = -9  # by the system, when it is out of memory


class SubmittedBatch(Protocol):
    """Inputs that an engine is at work on."""

    def result(self) -> list[Done]:
        """The outcome of them, once they are done."""


def process(
    inputs: Sequence[Path], out: Path, settings: Settings, *, last: Stage = "assemble", force: bool = False
) -> Generator[Done, None, None]:
    """Take the inputs through the stages to the last, on as many processes as ``settings.jobs`` says, in order."""
    jobs = sensible_jobs(len(inputs)) if settings.jobs is None else settings.jobs
    with Workers(out, settings, jobs, force=force) as workers:
        yield from workers.process(inputs, last)


def sensible_jobs(inputs: int) -> int:
    """How many worker processes so many inputs are worth: the cores this process may use, or fewer."""
    return max(1, min(_cores(), math.ceil(inputs / _DOCUMENTS_PER_WORKER)))


def _cores() -> int:
    """The cores that this process may use; where the system does not tell (macOS), all there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Processes that hold the model and stay while there is work; with 0 jobs, this process, which nothing limits.

    Use it as a context manager, from one thread.
    """

    def __init__(self, out: Path, settings: Settings, jobs: int, *, force: bool = False) -> None:
        self._here = Stages(out, settings, force=force) if jobs == 0 else None
        self._ahead = jobs * _AHEAD
        self._workers = [Worker(out, settings, force=force) for _ in range(jobs)]
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(max(jobs, 1))  # each waits for a worker

    def __enter__(self) -> Self:
        if self._here:
            self._here.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, also what is under way."""
        if self._here:
            self._here.__exit__()
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.close()
        self._threads.shutdown()

    def process(self, inputs: Iterable[Path], last: Stage = "assemble") -> Iterator[Done]:
        """Take the inputs through the stages to the last; the results come in the order of the inputs."""
        if self._here:
            here = self._here
            return (here.process(path, last) for path in inputs)
        return self._spread(inputs, last)

    def _spread(self, inputs: Iterable[Path], last: Stage) -> Iterator[Done]:
        """Spread the inputs over the processes; few are handed out ahead, so that memory does not grow with them."""
        waiting = iter(inputs)
        running: deque[Future[Done]] = deque()
        try:
            while True:
                for path in islice(waiting, self._ahead - len(running)):
                    running.append(self._threads.submit(self._work, path, last))
                if not running:
                    return
                yield running.popleft().result()
        finally:  # not all results were wanted
            for future in running:
                future.cancel()

    def _work(self, path: Path, last: Stage) -> Done:
        worker = self._idle.get()
        try:
            return worker.process(path, last)
        finally:
            self._idle.put(worker)


class Worker:
    """A process that holds the model and takes one document at a time through the stages.

    A document that takes too long or too much memory ends with a status of its own, and a new process goes on.
    """

    def __init__(self, out: Path, settings: Settings, *, force: bool = False) -> None:
        self._limits = settings.limits
        # There is a worker for each core, so each keeps to one.
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        given = settings.model_dump(mode="json") | {"password": settings.secret}
        self._start = {"out": str(out), "settings": given, "force": force}
        self._child = children.Child(_MODULE, "that finds names and records", single)
        self._stage: Stage = "read"

    def close(self) -> None:
        """End the process; from then on it takes nothing more."""
        self._child.end()

    def process(self, path: Path, last: Stage = "assemble") -> Done:
        """Take one document through the stages.

        Raises:
            CoatmineError: no document is to blame, such as a model that cannot be loaded or a full disk.
        """
        try:
            try:
                return self._ask(path, last)
            except children.DiedError as death:
                if death.late or death.code != _KILLED:
                    raise
                return self._ask(path, last)  # the system was out of memory, and not need this document be the cause
        except children.DiedError as death:
            return Done(self._epitaph(path, death))

    def _ask(self, path: Path, last: Stage) -> Done:
        if not self._child.ready:
            self._child.ask(self._start)
        head, body = self._child.ask({"path": str(path), "last": last}, begun=self._begun)
        if "error" in head:
            raise getattr(errors, head["error"])(head["message"])
        outcome = Outcome.model_validate_json(body)
        if outcome.status == "too_large":
            self._child.close()  # what it could not allocate may have left it in a bad state
        return Done(outcome, head["keys"], head["seconds"])

    def _begun(self, part: str) -> float | None:
        """Note what the worker does now, and say how long it may take; reading has a process and a limit of its own."""
        self._stage = next(stage for stage in DOING if stage == part)
        return None if self._stage == "read" else self._limits.seconds

    def _epitaph(self, path: Path, death: children.DiedError) -> Outcome:
        name, doing = printable(str(path)), DOING[self._stage]
        status: Status = "failed"
        if death.late:
            status = "timed_out"
            message = (
                f"{name}: {doing} took longer than {self._limits.seconds:g} s; raise the limit (--limit seconds=N) or"
                " give the parts of a very long document as files of their own"
            )
        elif death.code == _KILLED:
            message = (
                f"{name}: the process was killed while {doing}, perhaps because memory ran out; try it with --jobs 1"
            )
        else:
            message = (
                f"{name}: {doing} ended the process (exit {death.code}); if more memory does not help"
                f" (--limit memory_mb={2 * self._limits.memory_mb}), please report it"
            )
        return Outcome(source=name, status=status, message=message)


def main() -> None:
    """Take through the stages what the parent asks for; runs in the worker."""
    parent = children.Parent()
    stages: Stages | None = None
    for asked, _ in parent.requests():
        try:
            if stages is None:
                stages = _started(parent, asked)
                parent.answer({})
                continue
            done = stages.process(place(asked["path"]), asked["last"])
        except errors.CoatmineError as error:
            parent.answer({"error": type(error).__name__, "message": str(error)})
        else:
            answer = {"keys": dict(done.keys), "seconds": dict(done.seconds)}
            parent.answer(answer, done.outcome.model_dump_json().encode())


def _leave_out_command_line() -> None:
    """Import spaCy without its command line, which is a third of the time; it is imported once it is asked for."""
    names = ("spacy.cli", "spacy.cli.info")
    sys.modules.update({name: ModuleType(name) for name in names})
    vars(sys.modules["spacy.cli.info"])["info"] = None
    try:
        import spacy  # noqa: F401
    finally:
        for name in names:
            del sys.modules[name]


def _started(parent: children.Parent, asked: children.Head) -> Stages:
    settings = Settings.model_validate(asked["settings"])
    _leave_out_command_line()

    def around(stage: Stage) -> AbstractContextManager[None]:
        parent.tell_begun(stage)
        return nullcontext() if stage == "read" else _limited(settings.limits)

    return Stages(place(asked["out"]), settings, force=asked["force"], around=around).__enter__()


@contextmanager
def _limited(limits: Limits) -> Iterator[None]:
    with children.within(limits.seconds, limits.memory_mb):
        yield


_resident: tuple[tuple[Path, Settings], Workers] | None = None
_guard = threading.RLock()


def on_residents(inputs: Iterable[Path], out: Path, settings: Settings) -> Iterator[Done]:
    """Like :func:`process` for an engine that hands out many small batches: the workers stay from call to call.

    There is one set of them in a process, for the last folder and settings; :func:`dismiss` lets them go.
    """
    global _resident  # noqa: PLW0603 - so that the model is loaded once, whatever the engine
    with _guard:
        if _resident is None or _resident[0] != (out, settings):
            dismiss()
            jobs = 1 if settings.jobs is None else settings.jobs
            _resident = (out, settings), Workers(out, settings, jobs).__enter__()
        yield from _resident[1].process(inputs)


def in_batches(
    inputs: Sequence[Path], size: int, submit: Callable[[list[str], int], SubmittedBatch], ahead: int
) -> Generator[Done, None, None]:
    """Hand the inputs to an engine, so many in a batch and few batches ahead, since more would only wait in memory.

    Args:
        inputs: what is to be taken through the stages.
        size: how many inputs are in a batch.
        submit: has the engine begin with a batch, told the number of its first input from 1.
        ahead: how many batches are under way.

    Yields:
        The outcome of the inputs, in their order.
    """
    starts = iter(range(0, len(inputs), size))
    running: deque[SubmittedBatch] = deque()
    while True:
        for start in islice(starts, ahead - len(running)):
            running.append(submit([str(path) for path in inputs[start : start + size]], start + 1))
        if not running:
            return
        yield from running.popleft().result()


def dismiss() -> None:
    """Let the workers of :func:`on_residents` go."""
    global _resident  # noqa: PLW0603
    with _guard:
        if _resident:
            _resident[1].close()
        _resident = None


if __name__ == "__main__":
    main()
