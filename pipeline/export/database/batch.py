"""Number and buffer rows, and write them in the order of foreign keys."""

from __future__ import annotations

import json
from collections import defaultdict
from operator import itemgetter
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import JSON, Connection, Table, func, select

from pipeline.export.database import schema

if TYPE_CHECKING:
    import psycopg

ROWS_IN_MEMORY: Final = 100_000
_JSON_COLUMNS: Final = {
    table: tuple(column.name for column in table.c if isinstance(column.type, JSON))
    for table in schema.metadata.sorted_tables
}
_VALUES: Final = {table: itemgetter(*(column.name for column in table.c)) for table in schema.metadata.sorted_tables}

DatabaseRow = tuple[Any, ...]


class RowBatch:
    """Queues rows and writes them many at a time.

    Numbers go on from the highest in each table, which no one else changes while this transaction holds the lock.

    Attributes:
        written: how many rows have gone into each table.
        identifiers: the identifiers that the database holds or will hold.
        documents: the documents likewise.
        extractions: the extractions likewise, by digest, with their numbers.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: dict[Table, list[DatabaseRow]] = defaultdict(list)
        self._queued = 0
        self._last = {table: connection.scalar(select(func.max(table.c.id))) or 0 for table in schema.NUMBERED}
        self.written: dict[Table, int] = defaultdict(int)
        self.identifiers = set(connection.scalars(select(schema.identifiers.c.curie)))
        self.documents = set(connection.scalars(select(schema.documents.c.id)))
        known = select(schema.extractions.c.digest, schema.extractions.c.id)
        self.extractions: dict[str, int] = {row.digest: row.id for row in connection.execute(known)}

    def add(self, table: Table, **row: Any) -> int:
        """Queue a row, which names every column. Returns its number, 0 in a table that numbers no rows."""
        if table in self._last:
            self._last[table] += 1
            row["id"] = self._last[table]
        for name in _JSON_COLUMNS[table]:
            row[name] = json.dumps(row[name], ensure_ascii=False)
        # PostgreSQL can store every character but one
        self._rows[table].append(
            tuple([v.replace("\x00", "\ufffd") if type(v) is str and "\x00" in v else v for v in _VALUES[table](row)])
        )
        self._queued += 1
        return self._last.get(table, 0)

    def flush(self, *, unless_fewer_than: int = 0) -> None:
        """Write the queued rows, if there are at least so many."""
        if self._queued < unless_fewer_than:
            return
        for table in schema.metadata.sorted_tables:
            if rows := self._rows.pop(table, None):
                _WRITERS.get(self._connection.dialect.name, _insert)(self._connection, table, rows)
                self.written[table] += len(rows)
        self._queued = 0


def _columns(table: Table) -> str:
    return ", ".join(column.name for column in table.c)


def _insert(connection: Connection, table: Table, rows: list[DatabaseRow]) -> None:
    """SQLite's way: one prepared statement for all rows."""
    marks = ", ".join("?" for _ in table.c)
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({_columns(table)}) VALUES ({marks})", rows)  # noqa: S608


def _copy(connection: Connection, table: Table, rows: list[DatabaseRow]) -> None:
    """PostgreSQL's way: its COPY protocol."""
    psycopg = cast("psycopg.Connection", connection.connection.driver_connection)
    with psycopg.cursor() as cursor, cursor.copy(f"COPY {table.name} ({_columns(table)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _read_json(connection: Connection, table: Table, rows: list[DatabaseRow]) -> None:
    """DuckDB's way: it reads a file of JSON lines, many times faster than it takes rows one by one."""
    names = [column.name for column in table.c]
    kinds = {column.name: str(column.type.compile(connection.dialect)) for column in table.c}
    kinds.update(dict.fromkeys(_JSON_COLUMNS[table], "VARCHAR"))  # dumped already
    with NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(dict(zip(names, row, strict=True))) + "\n")
        file.flush()
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({_columns(table)}) SELECT {_columns(table)} "  # noqa: S608  (names of our own schema)
            f"FROM read_json('{file.name}', format = 'newline_delimited', columns = {kinds})"
        )


_WRITERS: Final = {"postgresql": _copy, "duckdb": _read_json}
