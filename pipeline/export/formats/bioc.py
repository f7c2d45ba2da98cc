"""BioC, as XML and as JSON: blocks as passages, mentions as annotations, records as relations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from pipeline.document import Block
from pipeline.export.formats.papers import ExportedPaper, papers, xml_text
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Mention, Record

SOURCE = "coatmine"
KEY = "coatmine.key"
"""The file that says what the infons mean, named by the collection as BioC asks; docs/formats.md is it."""
_COLLECTION = {"offsets": "code points"}


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write coatmine.bioc.xml and coatmine.bioc.json."""
    xml, as_json = out / "coatmine.bioc.xml", out / "coatmine.bioc.json"
    write_atomically(xml, _xml(folder))
    yield xml
    write_atomically(as_json, _json(folder))
    yield as_json


def _document(paper: ExportedPaper) -> dict[str, Any]:
    """The paper in BioC's terms; offsets are code points on the document's text."""
    metadata = paper.document.metadata
    about = {"doi": metadata.doi, "title": metadata.title, "license": metadata.license, "journal": metadata.journal}
    rest = list(paper.mentions)
    passages = []
    text = paper.document.text
    for block in paper.document.blocks or (Block(start=0, end=len(text), kind="other"),):
        inside = [m for m in rest if block.start <= m.start and m.end <= block.end]
        rest = [m for m in rest if not (block.start <= m.start and m.end <= block.end)]
        passages.append(_passage(text, block, inside))
    return {
        "id": paper.document.id,
        "infons": _given({**about, "source": paper.extraction.outcome.source, "year": metadata.year}),
        "passages": passages,
        "annotations": [_annotation(mention) for mention in rest],
        "relations": [_relation(record) for record in paper.records],
    }


def _passage(text: str, block: Block, mentions: list[Mention]) -> dict[str, Any]:
    return {
        "offset": block.start,
        "infons": _given({"type": block.kind, "section": " > ".join(block.section)}),
        "text": text[block.start : block.end],
        "sentences": [],
        "annotations": [_annotation(mention) for mention in mentions],
        "relations": [],
    }


def _annotation(mention: Mention) -> dict[str, Any]:
    facts = {
        "type": mention.label,
        "identifier": mention.curie,
        "name": mention.name,
        "score": mention.score,
        "method": mention.method,
        "votes": ", ".join(mention.votes),
        "role": None if mention.role == "unknown" else mention.role,
        "negated": mention.negated or None,
        "hypothetical": mention.hypothetical or None,
        "page": mention.boxes[0].page if mention.boxes else None,
    }
    return {
        "id": mention.id,
        "infons": _given(facts),
        "text": mention.text,
        "locations": [{"offset": mention.start, "length": mention.end - mention.start}],
    }


def _relation(record: Record) -> dict[str, Any]:
    study = record.study
    decided = [f"{value.name}: {value.decision} ({value.decided_by})" for _, value in record.items() if value.decision]
    facts = {
        "type": "record",
        "study": study.key,
        "doi": study.doi,
        "formulation": record.formulation,
        "rows": "; ".join(map(str, record.rows)),
        "decisions": "; ".join(dict.fromkeys(decided)),
    }
    nodes = dict.fromkeys((key, field) for field, value in record.items() for key in value.evidence)
    return {
        "id": record.id,
        "infons": _given(facts),
        "nodes": [{"refid": key, "role": field} for key, field in nodes],
    }


def _given(facts: dict[str, Any]) -> dict[str, str]:
    """The facts that are there, as text: BioC's infons know nothing else."""
    return {name: str(value) for name, value in facts.items() if value not in {None, ""}}


def _json(folder: RunFolder) -> Iterator[bytes]:
    head = json.dumps({"source": SOURCE, "date": "", "key": KEY, "version": "1.0", "infons": _COLLECTION})
    yield head.removesuffix("}").encode() + b', "documents": ['
    for number, paper in enumerate(papers(folder)):
        yield (b",\n" if number else b"\n") + json.dumps(_document(paper), ensure_ascii=False).encode()
    yield b"\n]}\n"


def _xml(folder: RunFolder) -> Iterator[bytes]:
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE collection SYSTEM "BioC.dtd">\n'
    yield f"<collection><source>{SOURCE}</source><date></date><key>{KEY}</key>\n".encode()
    yield "".join(f'<infon key="{name}">{value}</infon>\n' for name, value in _COLLECTION.items()).encode()
    for paper in papers(folder):
        yield ET.tostring(_element("document", _document(paper)), encoding="unicode").encode() + b"\n"
    yield b"</collection>\n"


def _element(tag: str, part: dict[str, Any]) -> ET.Element:
    """An element of BioC.dtd: id first, then infons, offset, text, and what it holds."""
    element = ET.Element(tag)
    if tag == "document":
        ET.SubElement(element, "id").text = part["id"]
    elif "id" in part:
        element.set("id", part["id"])
    for name, value in part["infons"].items():
        ET.SubElement(element, "infon", key=name).text = xml_text(value)
    if "offset" in part:
        ET.SubElement(element, "offset").text = str(part["offset"])
    locations = [ET.Element("location", {name: str(at[name]) for name in at}) for at in part.get("locations", ())]
    element.extend(locations)
    if "text" in part:
        ET.SubElement(element, "text").text = xml_text(part["text"])
    element.extend(ET.Element("node", node) for node in part.get("nodes", ()))
    for kind in ("passage", "annotation", "relation"):
        element.extend(_element(kind, each) for each in part.get(f"{kind}s", ()))
    return element
