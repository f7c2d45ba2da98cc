"""RO-Crate 1.1: a description of a run's folder that archives read: its files, papers, licence and software."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from pipeline.export.decisions import read_decisions
from pipeline.export.formats.papers import papers
from pipeline.export.text import doi_url, plain
from pipeline.folder import RunFolder, write_atomically
from pipeline.settings import version

NAME: Final = "ro-crate-metadata.json"
_FILES: Final = {
    "records.csv": "records, one a row",
    "records.xlsx": "records as a workbook, with evidence",
    "report.html": "the records to look at",
    "records.jsonl": "records as the run found them",
    "mentions.jsonl": "names found in the papers",
    "documents.jsonl": "what became of each input",
    "decisions.jsonl": "what curators decided",
}


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write ro-crate-metadata.json; in the run's folder it makes a crate of it."""
    path = out / NAME
    graph = list(_graph(folder))
    document = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    write_atomically(path, [json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"])
    yield path


def _graph(folder: RunFolder) -> Iterator[dict[str, Any]]:
    files = [name for name in _FILES if (folder.path / name).is_file()]
    sources = list(_sources(folder))
    curators = list(_curators(folder))
    yield {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": "Membrane-coated nanoparticles: records mined from papers",
        "description": "Facts found in the papers listed, whose texts stay under their own licences.",
        "license": {"@id": "https://creativecommons.org/publicdomain/zero/1.0/"},
        "datePublished": _day(folder),
        "hasPart": _refer(files),
        "mentions": {"@id": "#run"},
        "isBasedOn": _refer(each["@id"] for each in sources),
        **({"author": _refer(each["@id"] for each in curators)} if curators else {}),
    }
    yield from curators
    for name in files:
        kind = "application/x-ndjson" if name.endswith(".jsonl") else mimetypes.guess_type(name)[0]
        size = str((folder.path / name).stat().st_size)
        yield {"@id": name, "@type": "File", "name": name, "description": _FILES[name], "encodingFormat": kind,
               "contentSize": size}  # fmt: skip
    yield from sources
    yield {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "Mining the papers",
        "instrument": {"@id": "#coatmine"},
        "object": _refer(each["@id"] for each in sources),
        "result": _refer(files),
    }
    yield {"@id": "#coatmine", "@type": "SoftwareApplication", "name": "coatmine", "version": version()}
    yield {"@id": "https://creativecommons.org/publicdomain/zero/1.0/", "@type": "CreativeWork", "name": "CC0 1.0"}


def _refer(names: Iterable[str]) -> list[dict[str, str]] | dict[str, str]:
    """What points to other entities of the crate; a list of one is written as that one."""
    some = [{"@id": name} for name in names]
    return some[0] if len(some) == 1 else some


def _day(folder: RunFolder) -> str:
    """The day on which the run's records were written, in UTC."""
    written = (folder.path / "records.jsonl").stat().st_mtime
    return datetime.fromtimestamp(written, UTC).date().isoformat()


def _curators(folder: RunFolder) -> Iterator[dict[str, Any]]:
    """Who decided on the records, in the order of their names."""
    for name in sorted({decision.curator for decision in read_decisions(folder)}):
        yield {"@id": f"#curator-{quote(name, safe='')}", "@type": "Person", "name": plain(name)}


def _sources(folder: RunFolder) -> Iterator[dict[str, Any]]:
    """The papers that were read, by DOI where they state one."""
    seen = set()
    for paper in papers(folder):
        metadata = paper.document.metadata
        name = doi_url(metadata.doi) or f"urn:{paper.document.id}"
        if name not in seen:
            seen.add(name)
            about = {"@id": name, "@type": "ScholarlyArticle", "name": plain(metadata.title or paper.stem)}
            yield {**about, **({"license": plain(metadata.license)} if metadata.license else {})}
