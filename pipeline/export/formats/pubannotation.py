"""PubAnnotation JSON: a file a paper with its text, mentions as denotations, records as relations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.export.formats.papers import ExportedPaper, papers
from pipeline.export.vocabularies import vocabularies
from pipeline.folder import RunFolder, write_atomically


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write NAME.json for each paper."""
    for paper in papers(folder):
        path = out / f"{paper.stem}.json"
        write_atomically(path, [json.dumps(_paper(paper), ensure_ascii=False, indent=1).encode()])
        yield path


def _paper(paper: ExportedPaper) -> dict[str, Any]:
    numbers = {mention.id: f"T{number}" for number, mention in enumerate(paper.mentions, 1)}
    prefixes = {mention.curie.partition(":")[0] for mention in paper.mentions if mention.curie}
    return {
        "sourcedb": "DOI" if paper.document.metadata.doi else "coatmine",
        "sourceid": paper.document.metadata.doi or paper.document.id,
        "text": paper.document.text,
        "denotations": [
            {"id": numbers[m.id], "span": {"begin": m.start, "end": m.end}, "obj": m.label} for m in paper.mentions
        ],
        "attributes": list(_attributes(paper, numbers)),
        "relations": list(_relations(paper, numbers)),
        "namespaces": [
            {"prefix": each.prefix, "uri": each.uri_prefix}
            for each in vocabularies().values()
            if each.prefix in prefixes
        ],
    }


def _attributes(paper: ExportedPaper, numbers: dict[str, str]) -> Iterator[dict[str, Any]]:
    count = 0
    for mention in paper.mentions:
        facts = {
            "identifier": mention.curie,
            "role": None if mention.role == "unknown" else mention.role,
            "negated": mention.negated or None,
            "hypothetical": mention.hypothetical or None,
        }
        for name, value in facts.items():
            if value is not None:
                count += 1
                yield {"id": f"A{count}", "pred": name, "subj": numbers[mention.id], "obj": value}


def _relations(paper: ExportedPaper, numbers: dict[str, str]) -> Iterator[dict[str, str]]:
    """A record as a star: from the first mention of its first value to those of the others."""
    count = 0
    for record in paper.records:
        stated = [(field, numbers[key]) for field, value in record.items() for key in value.evidence if key in numbers]
        seen: set[tuple[str, str]] = set()
        for field, number in stated[1:]:
            if number != stated[0][1] and (field, number) not in seen:
                seen.add((field, number))
                count += 1
                yield {"id": f"R{count}", "pred": f"{field} of {record.id}", "subj": number, "obj": stated[0][1]}
