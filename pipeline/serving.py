"""Find a Prefect server, or start one on loopback for as long as it is needed.

Nothing here imports Prefect; :func:`prepare` has to run before anything does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener, urlopen

from pipeline.errors import BusyError, ProcessError
from pipeline.folder import RunFolder

_QUIET: Final = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",  # what fails is told in a line of our own
}
_START_SECONDS: Final = 300.0  # on a machine that is very busy
_ANSWER_SECONDS: Final = 5.0


def prepare(home: Path) -> None:
    """Settings for Prefect, which reads them when it is imported: no telemetry, its state in ``home``.

    What the environment sets already stays. No process started from here on imports from the current folder.
    """
    for name, value in {**_QUIET, "PREFECT_HOME": str(home)}.items():
        os.environ.setdefault(name, value)
    os.environ["PYTHONSAFEPATH"] = "1"


@contextmanager
def server(known: str | None, port: int = 0, *, ui: bool = False) -> Iterator[str]:
    """The API of the server that the settings name, or of one that is started here and ended with us.

    Prefect would start one for a run by itself, but one for each process, and leave it behind when the run is killed.

    Args:
        known: the address that Prefect's settings give, if they do.
        port: of the server that is started; Port; 0 takes a free one.
        ui: whether it serves the pages, too.

    Raises:
        ProcessError: nobody answers at the known address, or the server does not start.
    """
    if known:
        if reason := _silence(known):
            raise ProcessError(
                f"no Prefect server answers at {known} ({reason}); start it, or unset PREFECT_API_URL so that a run"
                " starts its own"
            )
        yield known
        return
    port = port or _free_port()
    url = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-P", "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    started = subprocess.Popen(  # noqa: S603 - our own command
        command if ui else [*command, "--no-ui"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - a system call and no more
    )
    with started:
        try:
            _await(url, started)
            yield url
        finally:
            started.terminate()


class Client(Protocol):
    """What is needed of Prefect's client."""

    def request(self, method: Any, path: Any, *, json: Any) -> Any:
        """Ask the API; raises what the client raises where it answers with an error."""


def end_killed_runs(client: Client, flow: str, deployment: str, folder: Path) -> None:
    """Mark runs as ended that a killed server left as running in Prefect; else no later run of the folder would start.

    The lock on the folder shows whether a run is alive: the system releases it when the process that holds it ends.

    Args:
        client: for Prefect's API.
        flow: the flow's name.
        deployment: the name of its deployment, which takes one run at a time.
        folder: where its runs write.
    """
    named = {"flows": {"name": {"any_": [flow]}}, "deployments": {"name": {"any_": [deployment]}}}
    alive = {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}
    ended = {"type": "CRASHED", "name": "Crashed", "message": "killed; its folder is held by no process"}
    with suppress(BusyError), RunFolder(folder).locked():
        for each in client.request("POST", "/flow_runs/filter", json={**named, "flow_runs": alive}).json():
            client.request("POST", f"/flow_runs/{each['id']}/set_state", json={"state": ended, "force": True})
        for each in client.request("POST", "/deployments/filter", json=named).json():
            if limit := each["global_concurrency_limit"]:
                client.request("PATCH", f"/v2/concurrency_limits/{limit['id']}", json={"active_slots": 0})


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _end_with_parent() -> None:
    """Have the system end this process when its parent ends, however that comes about (Linux only)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _await(url: str, started: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if started.poll() is not None:
            raise ProcessError(f"the Prefect server ended at once; is something else at {url}? Try another --port")
        if not _silence(url, loopback=True):
            return
        time.sleep(0.2)
    raise ProcessError(f"the Prefect server does not answer at {url} within {_START_SECONDS:g} s")


def _silence(url: str, *, loopback: bool = False) -> str:
    """Why nobody answers there; empty where somebody does, if only to say that we may not in."""
    ask = build_opener(ProxyHandler({})).open if loopback else urlopen
    try:
        with ask(f"{url.rstrip('/')}/health", timeout=_ANSWER_SECONDS):
            return ""
    except HTTPError:
        return ""
    except (OSError, ValueError) as error:
        return str(getattr(error, "reason", error))
