"""Check a folder of lexicons.

    python -m pipeline.linking.lint [FOLDER]
    python -m pipeline.linking.lint --identifiers

The first prints each problem with its file and line, and ends with exit code 1 if there is any; the second says how
many of the shipped concepts of each type have an identifier.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.linking.kinds import parent_problems
from pipeline.linking.lexicon import read_entries
from pipeline.linking.schema import TableLine, is_compiled, read_table
from pipeline.settings import models_dir

_UNLINKED = ("blocklist", "nonspecific")
"""Types of names that stand for nothing that a record holds."""


def problems(folder: Path) -> Iterator[str]:
    """Each problem of each lexicon in a folder, as ``file, line, name: problem``."""
    files = sorted(folder.glob("*.tsv"))
    if not files:
        yield f"{folder}: no lexicon (*.tsv) here"
    lines: list[TableLine] = []
    for path in files:
        table = list(read_table(path, compiled=is_compiled(path)))
        yield from (f"{line.place}: {problem}" for line in table for problem in line.problems)
        yield from _repeated(table)
        lines += table
    yield from parent_problems(lines)


def _repeated(table: Iterable[TableLine]) -> Iterator[str]:
    seen: set[tuple[str | None, ...]] = set()
    for line in table:
        for entry in line.entries:
            key = (entry.name, entry.curie, entry.type, entry.taxon, entry.preferred)
            if key in seen:
                yield f"{line.place}: {entry.name!r} stands twice"
            seen.add(key)


def coverage(folder: Path) -> dict[str, tuple[int, int]]:
    """Of each type of thing, how many a folder of lexicons has, and how many of these have an identifier."""
    linked: dict[str, dict[str, bool]] = defaultdict(dict)
    for path in sorted(folder.glob("*.tsv")):
        for entry in read_entries(path):
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
