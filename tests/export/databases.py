"""Databases to test with: SQLite and DuckDB files, and a PostgreSQL server of our own on a local socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.patience import patient

_SERVER_USER = "postgres"


def _program(name: str) -> str | None:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(installed[-1]) if installed else shutil.which(name)


class Postgres:
    """A PostgreSQL server in a folder of its own, reached by a socket there and by nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._as = {"user": _SERVER_USER} if os.getuid() == 0 else {}  # the server refuses to run as root

    def start(self) -> None:
        if not (self.folder / "data").exists():
            self._run("initdb", "-D", self.folder / "data", "-U", "coats", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-o", options, "-l", self.folder / "log", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-m", "immediate", "stop")

    def _run(self, name: str, *arguments: str | Path) -> None:
        command = [_program(name) or name, *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=patient(60), **self._as)

    def create(self, name: str) -> str:
        """Make an empty database; its address."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://coats@/{name}?host={self.folder}"


def server() -> Iterator[Postgres]:
    """A running server; skips where PostgreSQL is not installed."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: uv sync with the extra `postgres`")
    if _program("initdb") is None or _program("pg_ctl") is None:
        pytest.skip("PostgreSQL is not installed (Debian and Ubuntu: apt-get install postgresql)")
    # under /tmp: a socket's path may have some hundred characters only
    folder = Path(tempfile.mkdtemp(prefix="coatmine-pg-", dir="/tmp"))
    if os.getuid() == 0:
        shutil.chown(folder, _SERVER_USER)
    postgres = Postgres(folder)
    postgres.start()
    try:
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(folder)


def ask(url: str, sql: str, **bound: Any) -> list[tuple[Any, ...]]:
    """The rows that answer a question."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(sql), bound)
        return [tuple(row) for row in result] if result.returns_rows else []
