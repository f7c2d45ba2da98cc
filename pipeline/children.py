"""Child processes for coatmine's own work, so that a document can harm only its own result.

A child runs a module of this package. It says "ready" once its imports are done, then takes requests on its standard
input and answers on its standard output, one at a time: a line of JSON that says how many bytes follow, then the bytes.
While it works it may tell that another part has begun, and the time for that part then counts again. A child limits its
own memory, ends when its parent does, and imports nothing from the folder it is started in.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from pipeline.errors import ProcessError

START_SECONDS = 300.0  # for a child's imports, on a machine that is very busy
_GRACE = 5.0  # seconds past a limit after which a child whose parent cannot end it ends itself
_FLOOR_MB = 64  # address space that a child needs for its own work
_READY = b"ready\n"

Head = dict[str, Any]
"""What stands in the line before the bytes of a request or an answer."""


class DiedError(Exception):
    """The child ended over a request.

    Attributes:
        code: its exit code; negative is the signal that ended it.
        late: whether it was ended for lack of time.
    """

    def __init__(self, code: int | None, late: bool) -> None:
        super().__init__(f"exit {code}")
        self.code = code
        self.late = late or code == -getattr(signal, "SIGALRM", 0)


class Child:
    """A process of coatmine's own; it starts with the first request, and again when one has ended it."""

    def __init__(self, module: str, purpose: str, environment: Mapping[str, str] | None = None) -> None:
        """Say what it runs, such as ``pipeline.readers.child``, and what it is for, as in "that reads papers"."""
        self._module = module
        self._purpose = purpose
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._stderr: IO[bytes] | None = None  # what the child says until it is ready
        self._lock = threading.Lock()
        self._ended = False

    @property
    def ready(self) -> bool:
        """Whether it runs and has answered before; if not, the next request finds a new process."""
        return self._ready and self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it if it does not run; it gets ready while the caller does something else.

        Raises:
            ProcessError: it was ended for good.
        """
        with self._lock:
            if self._ended:
                raise ProcessError(f"the process {self._purpose} was ended with its run")
            if self._process is not None and self._process.poll() is None:
                return
            self._close()
            self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
            # -P: what lies in the current folder (json.py, pipeline.py) is not imported, let alone executed
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                env={**environment(), **self._environment},
            )

    def ask(
        self,
        head: Head,
        body: bytes = b"",
        *,
        seconds: float | None = None,
        begun: Callable[[str], float | None] | None = None,
    ) -> tuple[Head, bytes]:
        """Send a request and wait for the answer.

        Args:
            head: the request, as JSON data.
            body: bytes that go with it.
            seconds: how long it may take; None: as long as it likes.
            begun: told when the child begins a part of the work; gives the seconds for that part.

        Raises:
            DiedError: the child died of it, or was ended because it was late.
            ProcessError: the child does not start.
        """
        process = self._running()
        deadline = _Deadline(process)
        try:
            deadline.set(seconds)
            _send(process.stdin, head, body)
            while answer := _receive(process.stdout):
                if "begun" not in answer[0]:
                    return answer
                deadline.set(begun(answer[0]["begun"]) if begun else None)
        except (OSError, ValueError):
            pass
        finally:
            deadline.set(None)
        self.close()
        raise DiedError(process.returncode, deadline.passed)

    def close(self) -> None:
        """End it, whatever it does; the next request starts another."""
        with self._lock:
            self._close()

    def end(self) -> None:
        """End it for good; may be called from another thread, whose request then fails."""
        with self._lock:
            self._ended = True
            self._close()

    def _close(self) -> None:
        process, self._process, self._ready = self._process, None, False
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, self._stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _running(self) -> subprocess.Popen[bytes]:
        self.start()
        process = self._process
        if process is None or process.stdout is None:
            raise ProcessError(f"the process {self._purpose} was ended with its run")
        if not self._ready:
            deadline = _Deadline(process)
            deadline.set(START_SECONDS)
            self._ready = process.stdout.readline() == _READY
            deadline.set(None)
            if not self._ready:
                raise self._stillborn()
        return process

    def _stillborn(self) -> ProcessError:
        reason = "it said nothing"
        with contextlib.suppress(OSError, ValueError):
            if self._stderr is not None:
                self._stderr.seek(0)
                lines = [line.strip() for line in self._stderr.read().decode(errors="replace").splitlines()]
                reason = next((line for line in reversed(lines) if line), reason)
        self.close()
        return ProcessError(
            f"the process {self._purpose} does not start ({reason}); is the installation whole, and is there memory?"
            " No paper is to blame: run again once it is repaired"
        )


class _Deadline:
    """Ends a process when its time is over; never one that has just answered."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.passed = False
        self._process = process
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def set(self, seconds: float | None) -> None:
        """From now on so many seconds; None: no limit."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(seconds, self._end) if seconds is not None else None
            if self._timer:
                self._timer.daemon = True
                self._timer.start()

    def _end(self) -> None:
        with self._lock:
            if self._timer is threading.current_thread():
                self.passed = True
                self._process.kill()


def environment() -> dict[str, str]:
    """The environment of a child that is to find this very package, and nothing in the folder it is started in."""
    root = str(Path(__file__).resolve().parents[1])
    known = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if Path(entry).is_absolute()]
    return os.environ | {"PYTHONPATH": os.pathsep.join([root, *known])}


class Parent:
    """The parent as its child sees it. Made first of all: what a library prints is then no answer."""

    def __init__(self) -> None:
        self._answers = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        self._requests: queue.SimpleQueue[tuple[Head, bytes]] = queue.SimpleQueue()

    def requests(self) -> Iterator[tuple[Head, bytes]]:
        """Say that this process is ready, and give what is asked of it; the process ends when its parent does."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the parent decides
        threading.Thread(target=self._listen, daemon=True).start()
        self._answers.write(_READY)
        self._answers.flush()
        with Path(os.devnull).open("wb") as nowhere:  # from here on only libraries talk, as long as they like
            os.dup2(nowhere.fileno(), 2)
            os.dup2(2, 1)
        while True:
            yield self._requests.get()

    def answer(self, head: Head, body: bytes = b"") -> None:
        """Answer the request."""
        _send(self._answers, head, body)

    def tell_begun(self, part: str) -> None:
        """Tell that another part of the work begins, whose time is its own."""
        _send(self._answers, {"begun": part}, b"")

    def _listen(self) -> None:
        while request := _receive(sys.stdin.buffer):
            self._requests.put(request)
        os._exit(1)


def _send(stream: IO[bytes] | None, head: Head, body: bytes) -> None:
    if stream is None:
        raise OSError("no stream")
    stream.write(json.dumps({**head, "bytes": len(body)}).encode() + b"\n")  # ASCII, whatever a file's name holds
    stream.write(body)
    stream.flush()


def _receive(stream: IO[bytes] | None) -> tuple[Head, bytes] | None:
    line = stream.readline() if stream else b""
    if not line.endswith(b"\n"):
        return None
    head = json.loads(line)
    body = stream.read(head["bytes"]) if stream else b""
    return (head, body) if len(body) == head["bytes"] else None


def memory_is_limited() -> bool:
    """Whether this system lets a process limit its memory: Linux does, Windows and macOS do not."""
    return _address_space() is not None


@contextlib.contextmanager
def within(seconds: float, megabytes: int) -> Iterator[None]:
    """Limit what this process does in the block: the memory that it adds, and its time.

    More memory is a :class:`MemoryError`; too much time ends the process, should its parent not do it before. Where
    the system knows no such limits, there are none (:func:`memory_is_limited`).
    """
    used = _address_space()
    _alarm(seconds + _GRACE)
    try:
        if used is None:
            yield
            return
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = used + max(megabytes, _FLOOR_MB) * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    finally:
        _alarm(0)


def _address_space() -> int | None:
    """The bytes of address space that this process has; None where the system neither tells nor limits it."""
    try:
        import resource

        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        return None


def _alarm(seconds: float) -> None:
    """End this process after so many seconds, whatever it does; 0 cancels."""
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
