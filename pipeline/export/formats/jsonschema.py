"""JSON Schema of a run's lines, from the models that write and read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from pipeline.document import Document
from pipeline.export.decisions import Decision
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Mention, Outcome, Record

MODELS: Final[dict[str, type[BaseModel]]] = {
    "record": Record,
    "mention": Mention,
    "outcome": Outcome,
    "document": Document,
    "decision": Decision,
}
"""What is described: a line of records.jsonl, mentions.jsonl, documents.jsonl and decisions.jsonl, and a Document."""


def write(folder: RunFolder, out: Path) -> Iterator[Path]:  # noqa: ARG001  (the same for every run)
    """Write NAME.schema.json for each kind of line."""
    for name in MODELS:
        path = out / f"{name}.schema.json"
        write_atomically(path, [json.dumps(schema(name), indent=1).encode() + b"\n"])
        yield path


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one of :data:`MODELS`, as written."""
    described = MODELS[name].model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
