"""Reading in a child process, so that a hostile file costs itself and nothing else.

The child says "ready" once it has started, then takes requests on its standard input and answers on its standard
output, each a line of JSON that says how many bytes follow. It limits its own memory, and the time for each file even
if its parent is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from pipeline.document import Document
from pipeline.errors import ProcessError, ReadError
from pipeline.settings import Limits

GRACE = 5.0  # seconds past the limit after which an orphaned child ends itself
START_SECONDS = 300.0  # for the child's imports, on a machine that is very busy
FLOOR_MB = 64  # address space that a child needs for its own work


class Reader:
    """Reads files in a child process under limits on time and memory; starts a new one when one dies.

    Use it as a context manager; it reads one file at a time.
    """

    def __init__(self, limits: Limits | None = None, password: str | None = None) -> None:
        """Set the limits, and the password to try on locked files. The child starts with the first file."""
        self.limits = limits or Limits()
        self.password = password
        self._child: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._said: IO[bytes] | None = None  # what the child says until it is ready

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: str | Path) -> Document:
        """Read one file.

        Raises:
            ReadError: the file could not be read within the limits; the next one can.
            ProcessError: the child process does not start.
        """
        request = {"path": str(path), "password": self.password, "limits": self.limits.model_dump()}
        child = self._running()
        late = threading.Event()
        timer = threading.Timer(self.limits.seconds, _end, (child, late))
        timer.start()
        try:
            answer = _ask(child, json.dumps(request).encode())
        except (OSError, ValueError):
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            self.close()
            raise self._death(Path(path).name, child.returncode, late.is_set())
        head, body = answer
        if "status" in head:
            raise ReadError(head["status"], head["message"])
        return Document.from_json(body)

    def start(self) -> None:
        """Start the child if none runs; it gets ready while the caller does something else."""
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
            # -P: what lies in the current folder (json.py, pipeline.py) is never imported, let alone executed
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "pipeline.readers.child"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, env=_environment(),
            )  # fmt: skip

    def close(self) -> None:
        """End the child."""
        child, self._child, self._ready = self._child, None, False
        if child is None:
            return
        with contextlib.suppress(OSError):
            child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout, self._said):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _running(self) -> subprocess.Popen[bytes]:
        self.start()
        child = self._child
        assert child is not None  # noqa: S101 - it was started
        if not self._ready and child.stdout is not None:
            timer = threading.Timer(START_SECONDS, child.kill)  # its imports are not part of any file's time
            timer.start()
            self._ready = child.stdout.readline() == b"ready\n"
            timer.cancel()
            if not self._ready:
                raise self._stillborn()
        return child

    def _stillborn(self) -> ProcessError:
        said = self._said
        lines = [] if said is None or said.seek(0) else said.read().decode(errors="replace").split("\n")
        reason = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        self.close()
        return ProcessError(
            f"the process that reads papers does not start ({reason}); is the installation whole, and is there memory?"
            " No paper was harmed: run again once it is mended"
        )

    def _death(self, name: str, code: int | None, late: bool) -> ReadError:
        if late or code == -getattr(signal, "SIGALRM", 0):
            return ReadError(
                "timed_out",
                f"{name} was not read within {self.limits.seconds:g} s: it may be malicious or very long;"
                " raise the time limit if you trust it.",
            )
        return ReadError(
            "failed",
            f"{name} ended the process that read it (exit {code}): it is malformed, or needs more than"
            f" {self.limits.memory_mb} MB; repair it (qpdf, mutool) or raise the memory limit if you trust it.",
        )


def _environment() -> dict[str, str]:
    """The environment of a child that is to find this very package, and nothing in the folder it is started in."""
    root = str(Path(__file__).resolve().parents[2])
    known = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if Path(entry).is_absolute()]
    return os.environ | {"PYTHONPATH": os.pathsep.join([root, *known])}


def _end(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()


def _ask(child: subprocess.Popen[bytes], request: bytes) -> tuple[dict[str, Any], bytes] | None:
    """Send a request and wait for the answer; None where the child died over it."""
    if child.stdin is None or child.stdout is None:
        return None
    _send(child.stdin, request)
    return _receive(child.stdout)


def _send(stream: IO[bytes], body: bytes, **head: str) -> None:
    stream.write(json.dumps({**head, "bytes": len(body)}).encode() + b"\n")
    stream.write(body)
    stream.flush()


def _receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    head = json.loads(line)
    body = stream.read(head["bytes"])
    return (head, body) if len(body) == head["bytes"] else None


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until there are no more; runs in the child."""
    limited = False
    while (request := _receive(requests)) is not None:
        asked = json.loads(request[1])
        limits = Limits(**asked["limits"])
        if not limited:
            _limit_memory(limits.memory_mb)
            limited = True
        _alarm(limits.seconds + GRACE)
        try:
            body = _read(asked["path"], limits, asked["password"]).to_json().encode()
        except ReadError as error:
            _send(answers, b"", status=error.status, message=error.message)
        else:
            _send(answers, body)
        _alarm(0)


def _read(path: str, limits: Limits, password: str | None) -> Document:
    from pipeline.readers import read

    name = Path(path).name
    try:
        return read(path, limits=limits, password=password)
    except MemoryError:
        raise ReadError(
            "too_large",
            f"{name} needs more than {limits.memory_mb} MB to read: raise the memory limit if you trust it.",
        ) from None
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(
            "failed", f"{name} could not be read ({type(error).__name__}: {error}): please report it."
        ) from error


def _limit_memory(megabytes: int) -> None:
    """Let this process add no more than this to its address space, where the system can limit it."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):
        return
    most = pages * resource.getpagesize() + max(megabytes, FLOOR_MB) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _alarm(seconds: float) -> None:
    """End this process after so many seconds, whatever it does; 0 cancels."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def main() -> None:
    """Serve on standard input and output; what a library prints goes nowhere."""
    import pipeline.readers.pdf.reading  # noqa: F401  # loaded before memory is limited

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the imports print is no answer
    answers.write(b"ready\n")
    answers.flush()
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)  # from here on only libraries talk, as long as they like
        os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
