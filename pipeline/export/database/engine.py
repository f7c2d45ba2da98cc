"""Connect to a database, and explain its errors in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from pipeline.errors import StoreError, UsageError

_DRIVERS: Final = {
    "sqlite": ("sqlite", ""),
    "postgresql": ("postgresql+psycopg", "postgres"),
    "postgres": ("postgresql+psycopg", "postgres"),
    "duckdb": ("duckdb", "duckdb"),
}
"""For each kind of database the driver that we test with, and the extra that installs it."""
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    # nothing here may open a connection elsewhere, and DuckDB would fetch what it lacks
    "duckdb": {"config": {"autoinstall_known_extensions": False}},
}

_LOCK: Final = 0x0C0A_7111
"""PostgreSQL's advisory lock that loaders take, an arbitrary number of ours."""


def open_engine(url: str) -> Engine:
    """An engine for a database address.

    Raises:
        UsageError: it is no address, of a kind that nothing here speaks to, or its driver is not installed.
    """
    try:
        address = make_url(url)
        driver, extra = _DRIVERS[address.drivername.partition("+")[0]]
    except (ArgumentError, KeyError) as error:
        kinds = "sqlite:///coatmine.db, postgresql://user@host/name or duckdb:///coatmine.duckdb"
        raise UsageError(f"--to {url}: no address of a database that can be loaded; write {kinds}") from error
    try:
        engine = create_engine(
            address.set(drivername=driver), poolclass=NullPool, connect_args=_OPTIONS.get(driver, {})
        )
    except (ImportError, NoSuchModuleError) as error:
        raise UsageError(f"--to {url}: the driver is missing; pip install 'coatmine[{extra}]'") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver would commit before a table is made
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA busy_timeout = 600000")


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once, so that a second loader waits instead of failing half-way."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def lock(connection: Connection) -> None:
    """Let one loader at a time into this database, until its transaction ends.

    SQLite gave the lock when the transaction began; DuckDB lets one process in at a time by itself.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn what a database or its driver raises into a message for the user, without the password."""
    url = engine.url.render_as_string(hide_password=True)
    try:
        yield
    except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise StoreError(
            f"{url}: nothing was loaded ({reason}); check the address and your rights there, then load again"
        ) from error
