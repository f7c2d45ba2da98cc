"""Parquet: records, mentions and documents as columns, nested as they are in the .jsonl files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from pipeline.document import Box
from pipeline.errors import StoreError, UsageError
from pipeline.export.curated import CuratedFolder
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Mention, Outcome, Record

_FILES: Final[dict[str, type[BaseModel]]] = {"records": Record, "mentions": Mention, "documents": Outcome}
_PLAIN: Final = {str: "VARCHAR", float: "DOUBLE", int: "BIGINT", bool: "BOOLEAN", Box: "DOUBLE[]"}


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write records.parquet, mentions.parquet and documents.parquet.

    Raises:
        UsageError: DuckDB, which writes them, is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise UsageError("--format parquet needs DuckDB; pip install 'coatmine[duckdb]'") from error
    for _ in folder.outcomes():  # says what is wrong with the folder in our words
        break
    try:
        for name, model in _FILES.items():
            path, part = out / f"{name}.parquet", out / f".{name}.parquet.partial"
            with _lines_of(folder, name) as source, _connected(duckdb) as connection:
                connection.execute(_statement(source, model, part))
            part.replace(path)
            yield path
    except (OSError, duckdb.Error) as error:
        raise StoreError(f"{out}: cannot be written ({error}); make room or choose another --out") from error


def _connected(duckdb: Any) -> Any:
    """A database in memory; with one thread the same rows give the same bytes."""
    return duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": False})


@contextmanager
def _lines_of(folder: RunFolder, name: str) -> Iterator[Path]:
    """The file with the run's lines: its own, or one with curators' decisions applied."""
    if not isinstance(folder, CuratedFolder):
        yield folder.path / f"{name}.jsonl"
        return
    lines: dict[str, Iterable[BaseModel]] = {
        "records": folder.records(),
        "mentions": folder.mentions(),
        "documents": folder.outcomes(),
    }
    with TemporaryDirectory(prefix="coatmine-") as where:
        path = Path(where) / f"{name}.jsonl"
        write_atomically(path, (line.model_dump_json().encode() + b"\n" for line in lines[name]))
        yield path


def _statement(source: Path, model: type[BaseModel], target: Path) -> str:
    columns = {name: column_type(field.annotation) for name, field in model.model_fields.items()}
    listed = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    read = f"read_json({_quoted(source)}, format = 'newline_delimited', columns = {{{listed}}})"
    return f"COPY (SELECT * FROM {read}) TO {_quoted(target)} (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def column_type(annotation: Any) -> str:
    """The SQL type of a field of ours: structs for models, lists for tuples, maps for dictionaries."""
    origin, inner = get_origin(annotation), [each for each in get_args(annotation) if each is not type(None)]
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if origin is Annotated or origin in {Union, UnionType}:
        return column_type(inner[0])
    if origin is Literal:
        return "VARCHAR"
    if origin is tuple:
        return f"{column_type(inner[0])}[]"
    if origin is dict:
        return "MAP(VARCHAR, VARCHAR)"
    fields = ", ".join(f'"{name}" {column_type(field.annotation)}' for name, field in annotation.model_fields.items())
    return f"STRUCT({fields})"
