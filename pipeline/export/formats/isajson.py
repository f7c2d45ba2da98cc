"""ISA-JSON 1.0: a file a paper, with a study for each study and its measured sizes as an assay.

Objects, names and links are those of the ISA model's JSON format (isa-specs.readthedocs.io/en/latest/isajson.html).
A record is a sample; its coat, core and drug, disease, animals and purpose are the sample's characteristics.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

from pipeline.document import Document
from pipeline.export.formats.composition import KINDS, PARTICLE_SIZE, SAMPLE, particle_name, sizes
from pipeline.export.formats.papers import ExportedPaper, papers
from pipeline.export.merge import merge
from pipeline.export.text import cell, file_stem, plain
from pipeline.export.vocabularies import curie_url, vocabularies
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import FieldName, Record, Value

_CATEGORIES: Final[dict[FieldName, str]] = {
    "membranes": "coat", "cores": "core", "drugs": "drug", "diseases": "disease", "animal_models": "animal model",
    "modalities": "modality",
}  # fmt: skip
"""What a field of a record is called among a sample's characteristics."""
_MATERIAL: Final = "material type"
_PREPARATION: Final = "sample preparation as the paper describes it"
_MEASUREMENT: Final = "size measurement as the paper describes it"
_COLUMNS: Final = ("sample", "value", "unit", "approximate", "measured particle", "as stated")

Node = dict[str, Any]


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write NAME.json, and for each study with sizes the data file that it names."""
    for paper in papers(folder):
        if not paper.records:
            continue
        studies: dict[str, list[Record]] = {}
        for record in paper.records:
            studies.setdefault(record.study.key, []).append(record)
        for key, records in studies.items():
            if any(sizes(record) for record in records):
                yield _data_file(out / _data_name(paper, key), records)
        path = out / f"{paper.stem}.json"
        whole = _investigation(paper, studies)
        write_atomically(path, [json.dumps(whole, ensure_ascii=False, indent=1).encode()])
        yield path


def _data_name(paper: ExportedPaper, key: str) -> str:
    return f"{paper.stem}_{file_stem(key)}_size.csv"


def _data_file(path: Path, records: Iterable[Record]) -> Path:
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(_COLUMNS)
    for record in records:
        for _, size in sizes(record):
            about = "yes" if size.approximate else "no"
            sheet.writerow([record.id, f"{size.value:g}", size.unit, about, size.of, cell(size.text)])
    write_atomically(path, [text.getvalue().encode()])
    return path


def _investigation(paper: ExportedPaper, studies: dict[str, list[Record]]) -> Node:
    metadata = paper.document.metadata
    publications = [_publication(metadata.doi, metadata.authors, metadata.title)]
    told = [_study(paper, key, records) for key, records in studies.items()]
    return {
        "identifier": paper.document.id,
        "title": plain(metadata.title or paper.stem),
        "description": "Records mined from the paper by coatmine",
        "submissionDate": "",
        "publicReleaseDate": "",
        "ontologySourceReferences": list(_ontologies(told)),
        "publications": publications,
        "people": [],
        "studies": told,
        "comments": [],
    }


def _ontologies(told: Iterable[Node]) -> Iterator[Node]:
    """The vocabularies whose terms stand in these studies."""
    known = vocabularies()
    for prefix in sorted(set(_sources(told)) - {""}):
        about = known.get(prefix)
        yield {
            "name": prefix,
            "file": about.homepage if about else "",
            "version": "",
            "description": about.title if about else "",
        }


def _sources(node: Any) -> Iterator[str]:
    match node:
        case {"termSource": str(source)}:
            yield source
        case dict():
            yield from chain.from_iterable(map(_sources, node.values()))
        case list():
            yield from chain.from_iterable(map(_sources, node))
        case _:
            pass


def _publication(doi: str | None, authors: Iterable[str], title: str | None) -> Node:
    return {
        "pubMedID": "",
        "doi": doi or "",
        "authorList": plain("; ".join(authors)),
        "title": plain(title or ""),
        "status": _term("published"),
    }


def _term(name: str, curie: str | None = None) -> Node:
    source, _, _ = (curie or "").partition(":")
    return {"annotationValue": plain(name), "termSource": source, "termAccession": curie_url(curie) if curie else ""}


def _study(paper: ExportedPaper, key: str, records: list[Record]) -> Node:
    study = records[0].study
    cited = paper.document.metadata if key == "self" else paper.document.reference(key)
    samples = [_sample(record) for record in records]
    measured = any(sizes(record) for record in records)
    return {
        "identifier": f"{paper.document.id}#{key}",
        "filename": f"s_{paper.stem}_{file_stem(key)}.txt",
        "title": plain(study.title or f"Study {key}"),
        "description": plain("; ".join(particle_name(record) for record in records)),
        "submissionDate": "",
        "publicReleaseDate": "",
        "publications": [_publication(study.doi, cited.authors if cited else (), study.title)],
        "people": [],
        "studyDesignDescriptors": [],
        "protocols": list(_protocols(measured)),
        "materials": {"sources": [_source(record) for record in records], "samples": samples, "otherMaterials": []},
        "processSequence": [_preparation(record) for record in records],
        "assays": [_assay(paper, key, records)] if measured else [],
        "factors": [],
        "characteristicCategories": list(_categories(records)),
        "unitCategories": [],
        "comments": list(_comments(paper.document, records)),
    }


def _comments(document: Document, records: Iterable[Record]) -> Iterator[Node]:
    yield {"name": "document", "value": document.id}
    for record in records:
        if record.formulation:
            yield {"name": f"formulation of {record.id}", "value": plain(record.formulation)}


def _id(kind: str, name: str) -> str:
    return f"#{kind}/{name.replace(' ', '_')}"


def _categories(records: Iterable[Record]) -> Iterator[Node]:
    """The characteristics that these records' samples have."""
    terms = {_CATEGORIES[field]: kind.term.curie for field, kind in KINDS.items()}
    used = {field for record in records for field in _CATEGORIES if record.values(field)}
    for name in (_MATERIAL, *(name for field, name in _CATEGORIES.items() if field in used)):
        kind = _term(name, terms.get(name))
        yield {"@id": _id("characteristic_category", name), "characteristicType": kind}


def _source(record: Record) -> Node:
    return {"@id": _id("source", record.id), "name": record.id, "characteristics": [_of_kind()]}


def _of_kind() -> Node:
    return _characteristic(_MATERIAL, _term(SAMPLE.name, SAMPLE.curie))


def _characteristic(category: str, value: Node) -> Node:
    return {"category": {"@id": _id("characteristic_category", category)}, "value": value}


def _sample(record: Record) -> Node:
    found = chain.from_iterable(
        ((_CATEGORIES[field], each.first) for each in merge(record.values(field))) for field in _CATEGORIES
    )
    return {
        "@id": _id("sample", record.id),
        "name": f"{record.id} sample",
        "characteristics": [_of_kind(), *(_characteristic(name, _value(value)) for name, value in found)],
        "factorValues": [],
        "derivesFrom": [{"@id": _id("source", record.id)}],
    }


def _value(value: Value) -> Node:
    """A value as a term; how sure it is stands in a comment."""
    return _term(value.name, value.curie) | {"comments": [{"name": "score", "value": f"{value.score:g}"}]}


def _protocols(measured: bool) -> Iterator[Node]:
    kinds = {_PREPARATION: "sample preparation", _MEASUREMENT: "measurement"}
    for name in (_PREPARATION, _MEASUREMENT) if measured else (_PREPARATION,):
        yield {
            "@id": _id("protocol", kinds[name]),
            "name": name,
            "protocolType": _term(kinds[name]),
            "description": "",
            "uri": "",
            "version": "",
            "parameters": [],
            "components": [],
        }


def _process(kind: str, protocol: str, record: Record, inputs: str, outputs: str) -> Node:
    return {
        "@id": _id("process", f"{kind} {record.id}"),
        "name": f"{kind} of {record.id}",
        "executesProtocol": {"@id": _id("protocol", protocol)},
        "parameterValues": [],
        "performer": "",
        "date": "",
        "inputs": [{"@id": inputs}],
        "outputs": [{"@id": outputs}],
        "comments": [],
    }


def _preparation(record: Record) -> Node:
    return _process("preparation", "sample preparation", record, _id("source", record.id), _id("sample", record.id))


def _assay(paper: ExportedPaper, key: str, records: Iterable[Record]) -> Node:
    measured = [record for record in records if sizes(record)]
    name = _data_name(paper, key)
    data: Node = {"@id": _id("data", name), "name": name, "type": "Derived Data File", "comments": []}
    ends = [(record, _id("sample", record.id)) for record in measured]
    return {
        "filename": f"a_{paper.stem}_{file_stem(key)}_size.txt",
        "measurementType": _term(PARTICLE_SIZE.name, PARTICLE_SIZE.curie),
        "technologyType": _term(""),
        "technologyPlatform": "",
        "dataFiles": [data],
        "materials": {"samples": [{"@id": sample} for _, sample in ends], "otherMaterials": []},
        "characteristicCategories": [],
        "unitCategories": [],
        "processSequence": [
            _process("measurement", "measurement", record, sample, _id("data", name)) for record, sample in ends
        ],
        "comments": [],
    }
