"""Europe PMC's annotations: mentions quoted with the text before and after, since the platform has its own text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pipeline.document import Block, BlockKind
from pipeline.export.formats.papers import ExportedPaper, papers
from pipeline.export.formats.submission import checker
from pipeline.export.vocabularies import curie_url
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Label
from pipeline.sentences import sentence_at, sentences

_CONTEXT: Final = 20  # characters; as many as the platform's own annotations carry
_LINES: Final = 10_000  # the most documents that one file may have
_TYPES: Final[dict[Label, str]] = {
    "CELL_LINE": "Cell Lines",
    "CELL_TYPE": "Cells",
    "CORE": "Nanomaterials",
    "DRUG": "Chemicals",
    "MODALITY": "Treatments",
    "DISEASE": "Diseases",
    "ANIMAL_MODEL": "Organisms",
}
_SECTIONS: Final = {
    "introduction": "Introduction",
    "background": "Introduction",
    "method": "Methods",
    "materials": "Methods",
    "experimental": "Methods",
    "result": "Results",
    "discussion": "Discussion",
    "conclusion": "Conclusion",
    "outlook": "Conclusion",
    "acknowledg": "Acknowledgments",
    "abbreviation": "Abbreviations",
    "supplement": "Supplementary material",
    "supporting": "Supplementary material",
    "conflict": "Competing Interests",
    "competing": "Competing Interests",
}
_KINDS: Final[dict[BlockKind, str]] = {
    "title": "Title",
    "abstract": "Abstract",
    "caption": "Figure",
    "figure": "Figure",
    "table": "Table",
    "table_note": "Table",
    "reference": "References",
}


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write europepmc-N.jsonl: one line per paper, of its mentions that have an identifier.

    Raises:
        UsageError: jsonschema is not installed.
        StoreError: a line breaks a rule of the platform's.
    """
    lines: list[bytes] = []
    number = 0
    check = checker("europepmc")
    for paper in papers(folder):
        found = list(_annotations(paper))
        if found:
            line = {**_identified(paper), "provider": "coatmine", "anns": found}
            check(line)
            lines.append(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        if len(lines) == _LINES:
            number += 1
            yield _file(out, number, lines)
            lines = []
    if lines or not number:
        yield _file(out, number + 1, lines)


def _identified(paper: ExportedPaper) -> dict[str, str]:
    """How the platform names a paper: by its PMCID where the document states it, else by its DOI."""
    stated = paper.document.metadata
    return {"src": "PMC", "id": stated.pmcid} if stated.pmcid else {"src": "DOI", "id": stated.doi or paper.document.id}


def _file(out: Path, number: int, lines: list[bytes]) -> Path:
    path = out / f"europepmc-{number}.jsonl"
    write_atomically(path, lines)
    return path


def _annotations(paper: ExportedPaper) -> Iterator[dict[str, Any]]:
    text = paper.document.text
    ranges = sentences(paper.document)
    in_sentence: dict[tuple[int, int], int] = {}
    numbers = {each: number for number, each in enumerate(ranges, 1)}
    for mention in paper.mentions:
        place = sentence_at(ranges, mention.start)
        if mention.curie is None or mention.label not in _TYPES or place is None or mention.end > place[1]:
            continue
        in_sentence[place] = in_sentence.get(place, 0) + 1
        yield {
            "position": f"{numbers[place]}.{in_sentence[place]}",
            "prefix": text[max(place[0], mention.start - _CONTEXT) : mention.start],
            "exact": mention.text,
            "postfix": text[mention.end : min(place[1], mention.end + _CONTEXT)],
            "section": _section(paper.document.block_at(mention.start), text),
            "type": _TYPES[mention.label],
            "tags": [{"name": mention.name, "uri": curie_url(mention.curie)}],
        }


def _section(block: Block | None, text: str) -> str:
    """The platform's name for where a block stands: by what it is, else by the headings over it."""
    if block is None:
        return "Article"
    if block.kind == "caption" and text.startswith("Table", block.start):
        return "Table"
    if block.kind in _KINDS:
        return _KINDS[block.kind]
    for heading in reversed(block.section):
        for word, section in _SECTIONS.items():
            if word in heading.casefold():
                return section
    return "Article"
