"""Check a folder of lexicons.

    python -m pipeline.linking.lint [FOLDER]
    python -m pipeline.linking.lint --identifiers

The first prints each problem with its file and line, and ends with exit code 1 if there is any; the second says how
many of the shipped concepts of each type have an identifier.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.linking.lexicon import STATUSES, TYPES, Entry, parse, read_lines
from pipeline.linking.normalise import normalise
from pipeline.settings import models_dir

_CURIE = re.compile(
    r"cellosaurus:CVCL_\w{4}|CL:\d{7}|CHEBI:\d+|DOID:\d+|mesh:[CD]\d+|NCIT:C\d+|NCBITaxon:\d+|npo:\d+|pubchem\.compound:\d+"
    r"|unii:[A-Z0-9]{10}|efo:\d{7}"
)
"""Identifiers as the Bioregistry writes them, of the vocabularies that lexicons draw on."""
_PREFIXES = {
    "cell_line": ("cellosaurus",), "cell_type": ("CL", "NCBITaxon", "mesh"), "disease": ("DOID", "mesh"),
    "modality": ("NCIT", "mesh", "npo"), "strain": ("mesh", "efo"),
    "drug": ("CHEBI", "mesh", "pubchem.compound", "unii"), "chemical": ("CHEBI", "mesh", "pubchem.compound"),
    "species": ("NCBITaxon", "mesh"),
    "material": ("CHEBI", "mesh", "pubchem.compound", "npo"), "form": ("npo", "CHEBI", "mesh"),
    "particle": ("npo", "CHEBI"),
}  # fmt: skip
"""The vocabularies that a type's identifiers come from; other types have none."""
_UNLINKED = ("blocklist", "nonspecific")
"""Types of names that stand for nothing that a record holds."""


def problems(folder: Path) -> Iterator[str]:
    """Each problem of each lexicon in a folder, as ``file, line: problem``."""
    files = sorted(folder.glob("*.tsv"))
    if not files:
        yield f"{folder}: no lexicon (*.tsv) here"
    for path in files:
        try:
            yield from _file_problems(path)
        except ModelError as error:
            yield str(error)


def _file_problems(path: Path) -> Iterator[str]:
    seen: set[tuple[str, str | None, str, str]] = set()
    for number, line in enumerate(read_lines(path), start=2):
        try:
            entry = parse(line)
        except ModelError as error:
            yield f"{path.name}, line {number}: {error}"
            continue
        for problem in entry_problems(entry):
            yield f"{path.name}, line {number}, {entry.name!r}: {problem}"
        key = (entry.name, entry.curie, entry.type, entry.taxon)
        if key in seen:
            yield f"{path.name}, line {number}, {entry.name!r}: stands twice"
        seen.add(key)


def entry_problems(entry: Entry) -> Iterator[str]:
    """What is wrong with one entry."""
    if not normalise(entry.name):
        yield "the name has neither letter nor digit"
    if not entry.preferred:
        yield "no preferred name"
    if any(value != value.strip() for value in entry if value):
        yield "white space at an end"
    if entry.status not in STATUSES:
        yield f"status {entry.status!r} is none of {', '.join(STATUSES)}"
    if entry.type not in TYPES:
        yield f"type {entry.type!r} is none of {', '.join(TYPES)}"
    if entry.curie and not _CURIE.fullmatch(entry.curie):
        yield f"{entry.curie!r} is no identifier as the Bioregistry writes it"
    elif entry.curie and entry.curie.partition(":")[0] not in _PREFIXES.get(entry.type, ()):
        yield f"{entry.curie!r} is no identifier of a {entry.type}"
    if entry.taxon and not re.fullmatch(r"NCBITaxon:\d+", entry.taxon):
        yield f"taxon {entry.taxon!r} is no NCBI Taxonomy identifier"


def coverage(folder: Path) -> dict[str, tuple[int, int]]:
    """Of each type of thing, how many a folder of lexicons has, and how many of these have an identifier."""
    linked: dict[str, dict[str, bool]] = defaultdict(dict)
    for path in sorted(folder.glob("*.tsv")):
        for entry in map(parse, read_lines(path)):
            known = linked[entry.type].get(entry.preferred, False)
            linked[entry.type][entry.preferred] = known or entry.curie is not None
    return {kind: (len(concepts), sum(concepts.values())) for kind, concepts in sorted(linked.items())}


def main(arguments: list[str]) -> int:
    """Print the problems of the folder named, or of the shipped lexicons; 1 if there are any."""
    if arguments == ["--identifiers"]:
        for kind, (concepts, linked) in coverage(models_dir() / "lexicons").items():
            if kind not in _UNLINKED:
                sys.stdout.write(f"{kind:<10} {concepts:>6} concepts, {linked:>6} with an identifier\n")
        return 0
    found = list(problems(Path(arguments[0]) if arguments else models_dir() / "lexicons"))
    sys.stdout.write("".join(f"{problem}\n" for problem in found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
