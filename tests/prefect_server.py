"""A Prefect server on loopback, one for all tests that take the fixture ``server``; and processes that are ended."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.patience import patient
from tests.sockets import watched

ROOT = Path(__file__).resolve().parents[1]
ONE_SERVER = pytest.mark.xdist_group("server")
"""Those that take the fixture ``server`` run one after another in one process, so that one server is started."""


class Server:
    """A Prefect server on loopback."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.env = {
            **env, "PREFECT_HOME": str(folder), "PREFECT_API_URL": self.url, "DO_NOT_TRACK": "1",
        }  # fmt: skip

    def ask(self, path: str) -> Any:
        return httpx.post(f"{self.url}/{path}/filter", json={}, timeout=patient(30)).raise_for_status().json()

    def prefect(self, *arguments: str) -> None:
        result = subprocess.run(
            [sys.executable, "-m", "prefect", *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True,
            timeout=patient(240), check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stdout + result.stderr

    def answers(self) -> bool:
        return httpx_answers(self.port)


@pytest.fixture(scope="session")
def migrated(once: Callable[..., Path]) -> Path:
    """A home with Prefect's empty database, which takes a server seconds to make."""

    def upgrade(home: Path) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        env |= {"PREFECT_HOME": str(home), "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
        command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"]
        subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True, timeout=patient(240))

    return once("prefect-home", upgrade)


@pytest.fixture
def prefect_home(migrated: Path, tmp_path: Path) -> Path:
    """A home of the test's own for the server that a flow starts."""
    return Path(shutil.copytree(migrated, tmp_path / "prefect"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Server]:
    """A server of which, like of all that is started with its ``env``, no connection leaves the machine."""
    folder = Path(shutil.copytree(migrated, tmp_path_factory.mktemp("prefect"), dirs_exist_ok=True))
    with watched(folder / "hook", loopback=True) as env:
        server = Server(folder, env)
        command = ["server", "start", "--no-ui", "--host", "127.0.0.1", "--port", str(server.port)]
        with ended([sys.executable, "-m", "prefect", *command], server.env, ROOT) as process:
            await_(lambda: server.answers() or process.poll() is not None)
            yield server


@contextmanager
def ended(command: list[str], env: dict[str, str], cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does not outlive the block."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=env, cwd=cwd, stdout=quiet, stderr=quiet) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(patient(30))
            except subprocess.TimeoutExpired:
                process.kill()


def await_(what: Callable[[], Any]) -> None:
    until = time.monotonic() + patient(240)
    while not what():
        assert time.monotonic() < until
        time.sleep(0.3)


def httpx_answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/health", timeout=2).is_success
    except httpx.HTTPError:
        return False
