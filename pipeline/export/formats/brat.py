"""brat standoff: NAME.txt and NAME.ann, with the configuration that brat needs to show them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

from pipeline.export.formats.papers import ExportedPaper, papers, unbroken
from pipeline.export.text import plain, seen
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Label, Mention, Role

_CONFIGURATION: Final = """\
[entities]
{labels}
[relations]
[events]
[attributes]
Negated Arg:<ENTITY>
Hypothetical Arg:<ENTITY>
Role Arg:<ENTITY>, Value:{roles}
"""


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write a pair of files a paper, and annotation.conf."""
    configuration = _CONFIGURATION.format(labels="\n".join(get_args(Label)), roles="|".join(get_args(Role)))
    yield _file(out / "annotation.conf", configuration)
    for paper in papers(folder):
        yield _file(out / f"{paper.stem}.txt", seen(paper.document.text))
        yield _file(out / f"{paper.stem}.ann", "".join(f"{line}\n" for line in _lines(paper)))


def _file(path: Path, text: str) -> Path:
    write_atomically(path, [text.encode()])
    return path


def _lines(paper: ExportedPaper) -> Iterator[str]:
    attributes = 0
    for number, mention in enumerate(paper.mentions, 1):
        yield f"T{number}\t{mention.label} {_ranges(mention)}\t{unbroken(seen(mention.text))}"
        if mention.curie:
            yield f"N{number}\tReference T{number} {mention.curie}\t{plain(mention.name)}"
        for attribute in _attributes(mention):
            attributes += 1
            name, _, value = attribute.partition(" ")
            yield f"A{attributes}\t{name} T{number} {value}".rstrip()


def _ranges(mention: Mention) -> str:
    """The mention's range, in pieces that cross no line: brat shows line by line."""
    pieces = re.finditer(r"[^\n]+", mention.text)
    return ";".join(f"{mention.start + piece.start()} {mention.start + piece.end()}" for piece in pieces)


def _attributes(mention: Mention) -> list[str]:
    found = [name for name, holds in (("Negated", mention.negated), ("Hypothetical", mention.hypothetical)) if holds]
    return [*found, f"Role {mention.role}"] if mention.role != "unknown" else found
