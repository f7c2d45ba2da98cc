"""The relational schema: tables, constraints and indexes. docs/schema.md says what each column means."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Final, get_args

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from pipeline.errors import Status
from pipeline.export.decisions import Action
from pipeline.notices import NoticeKind
from pipeline.records import FIELDS, Channel, Label, Missing

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")  # there an INTEGER key is the row's own number


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def _number() -> Column[int]:
    """A key that the loader gives out, under its lock."""
    return Column("id", _NUMBER, primary_key=True, autoincrement=False)


def _part_of(table: str, *, name: str | None = None, key: bool = False, null: bool = False) -> Column[int]:
    return Column(name or f"{table.rstrip('s')}_id", ForeignKey(f"{table}.id"), primary_key=key, nullable=null)


def _position() -> Column[int]:
    return Column("position", Integer, primary_key=True, autoincrement=False)


def _curie() -> Column[str]:
    return Column("curie", Text, ForeignKey("identifiers.curie"))


runs = Table(
    "runs",
    metadata,
    _number(),
    Column("digest", Text, nullable=False, unique=True),
    Column("folder", Text, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
)
documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
)
extractions = Table(
    "extractions",
    metadata,
    _number(),
    Column("digest", Text, nullable=False, unique=True),
    Column("document_id", Text, ForeignKey("documents.id"), nullable=False, index=True),
    Column("title", Text),
    Column("doi", Text, index=True),
    Column("journal", Text),
    Column("year", Integer),
    Column("license", Text),
    Column("pages", Integer, nullable=False),
)
inputs = Table(
    "inputs",
    metadata,
    _part_of("runs", key=True),
    _position(),
    Column("source", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("document_id", Text, ForeignKey("documents.id"), index=True),
    _part_of("extractions", null=True),
    Column("warnings", JSON, nullable=False),
    _one_of("status", get_args(Status)),
    Index(None, "extraction_id"),
)
identifiers = Table(
    "identifiers",
    metadata,
    Column("curie", Text, primary_key=True),
    Column("prefix", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
)
studies = Table(
    "studies",
    metadata,
    _number(),
    _part_of("extractions"),
    Column("key", Text, nullable=False),
    Column("doi", Text, index=True),
    Column("title", Text),
    Column("first_author", Text),
    Column("authors", JSON, nullable=False),
    Column("year", Integer),
    Column("journal", Text),
    UniqueConstraint("extraction_id", "key"),
)
records = Table(
    "records",
    metadata,
    _number(),
    _part_of("extractions"),
    Column("study_id", ForeignKey("studies.id"), nullable=False, index=True),
    Column("key", Text, nullable=False, index=True),
    Column("formulation", Text),
    Column("table_rows", JSON, nullable=False),
    Column("made_by", JSON, nullable=False),
    UniqueConstraint("extraction_id", "key"),
)
missing = Table(
    "missing",
    metadata,
    _part_of("records", key=True),
    Column("field", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    _one_of("field", FIELDS),
    _one_of("reason", get_args(Missing)),
)
field_values = Table(
    "field_values",
    metadata,
    _number(),
    _part_of("records"),
    Column("field", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("name", Text, nullable=False),
    _curie(),
    Column("key", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("channel", Text, nullable=False),
    Column("caution", Text),
    Column("size_value", Double),
    Column("size_unit", Text),
    Column("size_approximate", Boolean),
    Column("size_of", Text),
    Column("core_form", Text),
    _one_of("field", FIELDS),
    _one_of("channel", get_args(Channel)),
    _one_of("size_of", ("coated", "core")),
    CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    CheckConstraint("(field = 'sizes') = (size_value IS NOT NULL)", name="size"),
    UniqueConstraint("record_id", "field", "position"),
    Index(None, "field", "key"),
    Index(None, "curie"),
)
core_materials = Table(
    "core_materials",
    metadata,
    _part_of("field_values", name="value_id", key=True),
    _position(),
    Column("name", Text, nullable=False),
    _curie(),
    Index(None, "curie"),
)
core_structures = Table(
    "core_structures",
    metadata,
    _part_of("field_values", name="value_id", key=True),
    _position(),
    Column("structure", Text, nullable=False),
)
passages = Table(
    "passages",
    metadata,
    _number(),
    _part_of("extractions"),
    Column("start_offset", Integer, nullable=False),
    Column("end_offset", Integer, nullable=False),
    Column("text", Text, nullable=False),
    CheckConstraint("start_offset <= end_offset", name="range"),
    UniqueConstraint("extraction_id", "start_offset", "end_offset"),
)
mentions = Table(
    "mentions",
    metadata,
    _number(),
    _part_of("extractions"),
    Column("key", Text, nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("start_offset", Integer, nullable=False),
    Column("end_offset", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("name", Text, nullable=False),
    _curie(),
    Column("score", Double, nullable=False),
    Column("method", Text, nullable=False),
    Column("negated", Boolean, nullable=False),
    Column("hypothetical", Boolean, nullable=False),
    Column("role", Text, nullable=False),
    Column("because", JSON, nullable=False),
    Column("section", JSON, nullable=False),
    Column("caution", Text),
    _part_of("passages", null=True),
    Column("votes", JSON, nullable=False),
    _one_of("label", get_args(Label)),
    CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    CheckConstraint("start_offset <= end_offset", name="range"),
    UniqueConstraint("extraction_id", "key"),
    Index(None, "curie"),
    Index(None, "passage_id"),
)
candidates = Table(
    "candidates",
    metadata,
    _part_of("mentions", key=True),
    _position(),
    Column("name", Text, nullable=False),
    _curie(),
    Index(None, "curie"),
)
boxes = Table(
    "boxes",
    metadata,
    _part_of("mentions", key=True),
    _position(),
    Column("page", Integer, nullable=False),
    Column("x0", Double, nullable=False),
    Column("top", Double, nullable=False),
    Column("x1", Double, nullable=False),
    Column("bottom", Double, nullable=False),
    CheckConstraint("page >= 1", name="page"),
)
evidence = Table(
    "evidence",
    metadata,
    _part_of("field_values", name="value_id", key=True),
    _position(),
    _part_of("mentions"),
    Index(None, "mention_id"),
)
# What curators decided stands apart from what runs found: a load never touches a row that is there, and the keys are
# those that stay the same from run to run.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document_id", Text, ForeignKey("documents.id"), nullable=False),
    Column("record_key", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("value_key", Text),
    Column("action", Text, nullable=False),
    Column("name", Text),
    Column("curie", Text),
    Column("reason", Text),
    Column("curator", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("undoes", Text),
    Column("start_offset", Integer),
    Column("end_offset", Integer),
    Column("size_value", Double),
    Column("size_unit", Text),
    Column("size_approximate", Boolean),
    Column("seconds", Double),
    _one_of("field", FIELDS),
    _one_of("action", get_args(Action)),
    _one_of("reason", get_args(Missing)),
    Index(None, "document_id", "record_key", "field", "value_key"),
)

# What has happened to papers since, by DOI: a notice is added and never changed or removed.
notices = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("doi", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("notice", Text),
    Column("stated_date", Text),
    Column("source", Text, nullable=False),
    _one_of("kind", get_args(NoticeKind)),
)

COMMENTS: Final[dict[str, dict[str, str]]] = json.loads(
    (files("pipeline.export.database") / "comments.json").read_text(encoding="utf-8")
)
"""What each column means, and under an empty name each table and view itself; as in docs/schema.md."""

for _table in metadata.sorted_tables:
    _table.comment = COMMENTS[_table.name][""]
    for _column in _table.c:
        _column.comment = COMMENTS[_table.name][_column.name]

NUMBERED: Final = tuple(table for table in metadata.sorted_tables if "id" in table.c and table.c.id.type is _NUMBER)
"""The tables whose rows the loader numbers."""
