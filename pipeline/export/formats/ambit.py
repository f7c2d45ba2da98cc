"""eNanoMapper's JSON (the AMBIT data model): a substance a record, its parts, and its sizes as a study."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from pipeline.export.formats.composition import PARTICLE_SIZE, SAMPLE, constituents, particle_name, sizes
from pipeline.export.formats.papers import ExportedPaper, papers, year_of
from pipeline.export.text import doi_url
from pipeline.export.vocabularies import curie_url
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Record

_OWNER: Final = "coatmine"
_RELATIONS: Final = {"core": "HAS_CORE", "coat": "HAS_COATING", "drug": "HAS_CONSTITUENT"}


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write substances.json."""
    path = out / "substances.json"
    substances = [_substance(paper, record) for paper in papers(folder) for record in paper.records]
    write_atomically(path, [json.dumps({"substance": substances}, ensure_ascii=False, indent=1).encode()])
    yield path


def _substance(paper: ExportedPaper, record: Record) -> dict[str, Any]:
    key = _uuid(record.id)
    return {
        "i5uuid": key,
        "ownerUUID": _uuid(_OWNER),
        "ownerName": _OWNER,
        "name": particle_name(record),
        "publicname": record.formulation or particle_name(record),
        "substanceType": _term(SAMPLE.curie),
        "externalIdentifiers": list(_identifiers(paper, record)),
        "composition": list(_composition(record)),
        "study": list(_studies(paper, record, key)),
    }


def _identifiers(paper: ExportedPaper, record: Record) -> Iterator[dict[str, str]]:
    yield {"type": "coatmine record", "id": record.id}
    if record.study.doi:
        yield {"type": "DOI", "id": record.study.doi}
    yield {"type": "coatmine document", "id": paper.document.id}


def _composition(record: Record) -> Iterator[dict[str, Any]]:
    for number, part in enumerate(constituents(record)):
        compound: dict[str, Any] = {"name": part.name}
        if part.curie:
            compound["URI"] = curie_url(part.curie)
        values = {"role": part.kind.name, "role term": _term(part.kind.term.curie)}
        if part.materials:
            values["materials"] = "; ".join(term.curie or term.name for term in part.materials)
        yield {
            "compositionUUID": _uuid(record.id, str(number)),
            "compositionName": particle_name(record),
            "component": {"compound": compound, "values": values},
            "relation": _RELATIONS[part.kind.name],
            "proportion": {"typical": {}, "real": {}},
            "hidden": False,
        }


def _studies(paper: ExportedPaper, record: Record, substance: str) -> Iterator[dict[str, Any]]:
    effects = [
        {
            "endpoint": PARTICLE_SIZE.name.upper(),
            "conditions": {"measured particle": size.of},
            "result": {
                "loValue": size.value,
                "unit": size.unit,
                **({"loQualifier": "ca."} if size.approximate else {}),
                "textValue": size.text,
            },
        }
        for _, size in sizes(record)
    ]
    if effects:
        title = record.study.title or paper.document.metadata.title or particle_name(record)
        yield {
            "uuid": _uuid(record.id, "size"),
            "owner": {"substance": {"uuid": substance}, "company": {"uuid": _uuid(_OWNER), "name": _OWNER}},
            "citation": {"title": doi_url(record.study.doi) or title, "owner": title, "year": year_of(paper, record)},
            "protocol": {
                "topcategory": "P-CHEM",
                "category": {"code": "PC_GRANULOMETRY_SECTION"},
                "endpoint": PARTICLE_SIZE.name.upper(),
                "guideline": ["not stated"],
            },
            "parameters": {},
            "effects": effects,
        }


def _term(curie: str | None) -> str:
    """A term as eNanoMapper's ontology names it."""
    return (curie or "").upper().replace(":", "_")


def _uuid(*parts: str) -> str:
    """The same for the same thing in every run, with the prefix that AMBIT asks of each source of data."""
    return f"CTMN-{uuid5(NAMESPACE_URL, ':'.join(('coatmine', *parts)))}"
