"""Rows on their way into the database: numbered, kept until there are many, written in the order of foreign keys."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from sqlalchemy import Connection, Table, func, insert, select

from pipeline.export.database import schema

ROWS_IN_MEMORY: Final = 50_000


class Batch:
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
        self._rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._queued = 0
        self._last = {table: self._highest(table) for table in schema.NUMBERED}
        self.written: dict[Table, int] = defaultdict(int)
        self.identifiers = set(connection.scalars(select(schema.identifiers.c.curie)))
        self.documents = set(connection.scalars(select(schema.documents.c.id)))
        known = select(schema.extractions.c.digest, schema.extractions.c.id)
        self.extractions: dict[str, int] = {digest: number for digest, number in connection.execute(known)}  # noqa: C416  (a Row is no pair to mypy)

    def _highest(self, table: Table) -> int:
        return self._connection.scalar(select(func.max(table.c.id))) or 0

    def add(self, table: Table, **row: Any) -> int:
        """Queue a row. Returns its number, which is 0 in a table that numbers no rows."""
        if table in self._last:
            self._last[table] += 1
            row["id"] = self._last[table]
        self._rows[table].append(row)
        self._queued += 1
        return self._last.get(table, 0)

    def flush(self, *, unless_fewer_than: int = 0) -> None:
        """Write the queued rows, if there are at least so many."""
        if self._queued < unless_fewer_than:
            return
        for table in schema.metadata.sorted_tables:
            if rows := self._rows.pop(table, None):
                self._connection.execute(insert(table), rows)
                self.written[table] += len(rows)
        self._queued = 0
