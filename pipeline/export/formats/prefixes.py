"""What the prefixes of identifiers stand for, for tools that expand and compress them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.export.vocabularies import vocabularies
from pipeline.folder import RunFolder, write_atomically


def write(folder: RunFolder, out: Path) -> Iterator[Path]:  # noqa: ARG001  (the same for every run)
    """Write prefixes.epm.json (an extended prefix map) and context.jsonld."""
    known = vocabularies().values()
    records = [
        {
            "prefix": each.prefix,
            "uri_prefix": each.uri_prefix,
            "prefix_synonyms": [each.registry] if each.registry != each.prefix else [],
            "pattern": each.pattern,
        }
        for each in known
    ]
    context = {"@context": {each.prefix: {"@id": each.uri_prefix, "@prefix": True} for each in known}}
    for name, content in (("prefixes.epm.json", records), ("context.jsonld", context)):
        path = out / name
        write_atomically(path, [json.dumps(content, indent=1).encode() + b"\n"])
        yield path
