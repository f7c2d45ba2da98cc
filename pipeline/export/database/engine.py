"""Reaching a database, and saying in plain words when it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from pipeline.errors import StoreError, UsageError


def open_engine(url: str) -> Engine:
    """An engine for a database address.

    Raises:
        UsageError: it is no address, or of a kind that nothing here speaks to.
    """
    try:
        engine = create_engine(make_url(url))
    except (ArgumentError, NoSuchModuleError) as error:
        raise UsageError(f"--to {url}: no database address; write one such as sqlite:///coatmine.db") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver would commit before a table is made
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA busy_timeout = 60000")


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once, so that a second loader waits instead of failing half-way."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def told(url: str) -> Iterator[None]:
    """Turn what a database raises into a message for the user; ``url`` is shown, so hide its password before."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise StoreError(
            f"{url}: nothing was loaded ({reason}); check the address and your rights there, then load again"
        ) from error
