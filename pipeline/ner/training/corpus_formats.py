"""Annotated passages, and the file formats in which public corpora carry them.

A reader yields :class:`CorpusText`: a text, and the marked ranges with the corpus's own type names.
Offsets are code points from the passage's start, ends excluded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

from pipeline.errors import UsageError

_PUBTATOR_TEXT = re.compile(r"^(\d+)\|([ta])\|(.*)$")


@dataclass(frozen=True, slots=True)
class CorpusMark:
    """A marked range of a passage and its type; no type where it is not known what stands there."""

    start: int
    end: int
    label: str | None


@dataclass(frozen=True, slots=True)
class CorpusText:
    """A text with one corpus's marks. ``id`` is the corpus's own identifier of the document it comes from."""

    id: str
    corpus: str
    text: str
    marks: tuple[CorpusMark, ...] = field(default=())


def flat(marks: list[CorpusMark]) -> tuple[CorpusMark, ...]:
    """Marks without overlaps: of two that overlap the longer stays, of equal ones the first."""
    kept: list[CorpusMark] = []
    for mark in sorted(set(marks), key=lambda m: (m.start - m.end, m.start, m.label or "")):
        if all(mark.end <= k.start or k.end <= mark.start for k in kept):
            kept.append(mark)
    return tuple(sorted(kept, key=lambda m: m.start))


def read_pubtator(corpus: str, path: Path) -> Iterator[CorpusText]:
    """PubTator files: title and abstract lines, then one tab-separated line per mention."""
    for block in path.read_text("utf-8").split("\n\n"):
        lines = block.strip("\n").split("\n")
        texts = [m for m in (_PUBTATOR_TEXT.match(line) for line in lines) if m]
        if not texts:
            continue
        text = " ".join(m[3] for m in texts)
        rows = [line.split("\t") for line in lines if not _PUBTATOR_TEXT.match(line)]
        marks = [CorpusMark(int(row[1]), int(row[2]), row[4].strip()) for row in rows if len(row) >= 6]
        yield CorpusText(texts[0][1], corpus, text, tuple(marks))


def read_brat(corpus: str, path: Path) -> Iterator[CorpusText]:
    """Folders of brat stand-off: NAME.txt beside NAME.ann. Discontinuous marks are left out."""
    for source in sorted(path.glob("*.txt")):
        rows = [line.split("\t") for line in source.with_suffix(".ann").read_text("utf-8").splitlines()]
        marks = [_brat_mark(row[1]) for row in rows if row[0].startswith("T") and ";" not in row[1]]
        yield CorpusText(source.stem, corpus, source.read_text("utf-8"), tuple(marks))


def _brat_mark(value: str) -> CorpusMark:
    label, start, end = value.split(" ")
    return CorpusMark(int(start), int(end), label)


def read_knowtator(corpus: str, path: Path) -> Iterator[CorpusText]:
    """CRAFT's layout: articles as text, each ontology's annotations in its own folder, both Knowtator formats.

    ``path`` is the corpus folder with ``#IDS`` appended, where IDS names the file that lists the split's articles.
    A mark's type is the ontology's folder name. Discontinuous marks are left out.
    """
    root, _, ids = str(path).partition("#")
    for name in (Path(root) / "articles" / "ids" / ids).read_text("utf-8").split():
        text = (Path(root) / "articles" / "txt" / f"{name}.txt").read_text("utf-8")
        marks = tuple(
            mark
            for file in sorted((Path(root) / "concept-annotation").glob(f"*/*/*/{name}*.xml"))
            for mark in _knowtator_marks(file)
        )
        yield CorpusText(name, corpus, text, marks)


def _knowtator_marks(path: Path) -> Iterator[CorpusMark]:
    label = path.parents[1].name
    for annotation in ElementTree.parse(path).iter("annotation"):  # noqa: S314  -- a corpus the user chose to train on
        spans = annotation.findall("span")
        if len(spans) == 1:
            yield CorpusMark(int(spans[0].get("start", 0)), int(spans[0].get("end", 0)), label)


def read_iob(corpus: str, path: Path) -> Iterator[CorpusText]:
    """Two-column IOB, one token a line, a blank line after each sentence; the tokens are joined by single spaces."""
    for number, block in enumerate(re.split(r"\n\s*\n", path.read_text("utf-8"))):
        rows = [line.split("\t") for line in block.split("\n") if "\t" in line]
        text, marks = "", list[CorpusMark]()
        for word, tag in rows:
            start = len(text) + bool(text)
            text = f"{text} {word}" if text else word
            if tag.startswith("B-"):
                marks.append(CorpusMark(start, len(text), tag[2:]))
            elif tag.startswith("I-") and marks:
                marks[-1] = replace(marks[-1], end=len(text))
        if text:
            yield CorpusText(f"{path.stem}-{number}", corpus, text, tuple(marks))


READERS: dict[str, Callable[[str, Path], Iterator[CorpusText]]] = {
    "pubtator": read_pubtator,
    "brat": read_brat,
    "knowtator": read_knowtator,
    "iob": read_iob,
}


def read(corpus: str, form: str, path: Path) -> list[CorpusText]:
    """All passages of a file or folder in one of the formats of :data:`READERS`.

    Raises:
        UsageError: there is no such file.
    """
    if not Path(str(path).partition("#")[0]).exists():
        raise UsageError(
            f"{path}: the corpus {corpus} is not there; give the folder that holds the corpora, or drop it"
        )
    return list(READERS[form](corpus, path))
