"""Migrate a database to the schema of this version, with Alembic."""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from pipeline.errors import StoreError
from pipeline.export.database.schema import COMMENTS
from pipeline.export.database.views import ORDER, VIEWS, view_sql

_COMMENTING: Final = frozenset({"postgresql", "duckdb"})
_SCRIPTS: Final = "pipeline.export.database:migrations"


class DuckDB(PostgresqlImpl):
    """How Alembic writes DDL for DuckDB, which speaks PostgreSQL's."""

    __dialect__ = "duckdb"


def upgrade(connection: Connection, to: str = "head") -> None:
    """Make the tables, or migrate those of an earlier version, within the caller's transaction.

    A database that is up to date is left as it is. Views hold no data: a migration finds none in its way, and they
    are made again after it.

    Raises:
        StoreError: the database was made by a later version of coatmine.
    """
    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    found = MigrationContext.configure(connection).get_current_revision()
    if found == head:
        return
    if found not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise StoreError(
            f"this database has the schema {found}, made by a later coatmine than this one (which knows {head}), or by "
            "one before 0.1.0; upgrade coatmine, or load into another database"
        )
    for name in reversed(ORDER):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
    command.upgrade(config, to)
    for name in ORDER:
        connection.execute(text(f"CREATE VIEW {name} AS {view_sql(name, connection.dialect.name)}"))
    if connection.dialect.name in _COMMENTING:
        _comment(connection)


def _comment(connection: Connection) -> None:
    """Say in the database itself what its tables, columns and views mean."""
    for name, comments in COMMENTS.items():
        kind = "VIEW" if name in VIEWS else "TABLE"
        for column, comment in comments.items():
            what = f"COLUMN {name}.{column}" if column else f"{kind} {name}"
            stated = comment.replace("'", "''").replace(":", r"\:")
            connection.execute(text(f"COMMENT ON {what} IS '{stated}'"))
