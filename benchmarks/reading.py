# ruff: noqa: T201 (it prints what it measured)
"""Measure the PDF reader: speed and memory side by side with stock pdfplumber, and what each step is worth.

    python benchmarks/reading.py speed [FILE ...]
    python benchmarks/reading.py memory [FILE ...]
    python benchmarks/reading.py agreement --pdfs DIR --jats DIR
    python benchmarks/reading.py ablation --yardstick READING_SCORE.PY --pdfs DIR --jats DIR [--only NAME,...]

Without files, speed and memory take the sample papers and, where they are there, the papers in ../shared. Both readers
read the same file one after the other in one process, so that a busy machine slows both; times are CPU times.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.document import Document
from pipeline.readers import hyphenation, read
from pipeline.readers.pdf import characters, classify, lines, reading, references, table_bodies, table_headings

ROOT = Path(__file__).resolve().parents[1]


def stock(path: Path) -> None:
    """What a user of pdfplumber does to get the same: the words, the tables and the text of each page."""
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_words()
            page.extract_tables()
            page.extract_text()
            page.close()


def bare(path: Path) -> None:
    """The least that any reader on pdfium needs: each character with its box."""
    file = pypdfium2.PdfDocument(path)
    box = pdfium.FS_RECTF()
    for page in file:
        text = page.get_textpage()
        for index in range(pdfium.FPDFText_CountChars(text.raw)):
            pdfium.FPDFText_GetUnicode(text.raw, index)
            pdfium.FPDFText_GetLooseCharBox(text.raw, index, box)
        text.close()
        page.close()
    file.close()


READERS: dict[str, Callable[[Path], Any]] = {"coatmine": read, "pdfplumber": stock, "pdfium characters": bare}


def papers() -> list[Path]:
    """The sample papers, and those in ../shared where they are there."""
    return sorted(ROOT.glob("corpus/sample/*.pdf")) + sorted(ROOT.parent.glob("shared/corpus/pdfs/*.pdf"))


def timed(action: Callable[[Path], Any], path: Path) -> float:
    """CPU seconds of an action on a file."""
    start = time.process_time()
    action(path)
    return time.process_time() - start


def speed(paths: Sequence[Path]) -> None:
    """Print CPU milliseconds per page and how many times faster the reader is, file by file and in all."""
    read(paths[0])  # imports are not reading
    total = dict.fromkeys(READERS, 0.0)
    pages = 0
    print(f"{'file':38s} {'pages':>5s} " + " ".join(f"{name:>18s}" for name in READERS) + "  times faster")
    for path in paths:
        count = len(pypdfium2.PdfDocument(path))
        taken = {name: timed(action, path) for name, action in READERS.items()}
        row = " ".join(f"{1e3 * taken[name] / count:18.1f}" for name in READERS)
        print(f"{path.stem[:38]:38s} {count:5d} {row} {taken['pdfplumber'] / taken['coatmine']:13.1f}")
        pages += count
        for name in READERS:
            total[name] += taken[name]
    row = " ".join(f"{1e3 * total[name] / pages:18.1f}" for name in READERS)
    print(f"{'all, CPU ms per page':38s} {pages:5d} {row} {total['pdfplumber'] / total['coatmine']:13.1f}")


def memory(paths: Sequence[Path]) -> None:
    """Print the peak memory of a process that reads one file, and of one that reads them all three times."""
    print(f"{'file':38s} {'peak MB':>8s}")
    for path in paths:
        print(f"{path.stem[:38]:38s} {_peak([path]):8.0f}")
    print(f"{'all in a row':38s} {_peak(paths):8.0f}")
    print(f"{'all in a row, three times':38s} {_peak([*paths, *paths, *paths]):8.0f}")


def _peak(paths: Sequence[Path]) -> float:
    """The peak memory in MB of a fresh process that reads these files."""
    command = [sys.executable, __file__, "read", *map(str, paths)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 (this file itself)
    return float(done.stdout)


def read_all(paths: Sequence[Path]) -> None:
    """Read files and print this process's peak memory in MB."""
    for path in paths:
        read(path)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


@contextmanager
def without(target: ModuleType | type, name: str, replacement: Any) -> Iterator[None]:
    """Take a step out of the reader for a while."""
    with patch.object(target, name, replacement):
        yield


def _as_drawn(chunks: Sequence[Any], _size: float) -> list[Any]:
    """The order of the content stream, unmended."""
    return list(chunks)


def _beneath(_sheet: Any) -> int:
    """Every table stands below its caption."""
    return -1


ABLATIONS: dict[str, Callable[[], Any]] = {
    "whole": lambda: without(reading, "lines", reading.lines),
    "content-stream order alone": lambda: without(reading, "ordered", _as_drawn),
    "clipped text kept": lambda: without(characters, "is_clipped", lambda _item: False),
    "running heads and feet kept": lambda: without(reading, "furniture", lambda _sheets: {}),
    "line-end hyphens always joined": lambda: without(hyphenation.Vocabulary, "joins", lambda *_: True),
    "line-end hyphens always kept": lambda: without(hyphenation.Vocabulary, "joins", lambda *_: False),
    "strings drawn apart left apart": lambda: without(lines, "mended", lambda strings: strings),
    "accents left apart": lambda: without(characters, "with_accents", lambda found: found),
    "pi and symbol fonts as mapped": lambda: without(characters, "from_font", lambda char, _font: char),
    "paragraphs cut at columns and pages": lambda: without(reading, "continued", lambda flow: flow),
    "texts in pictures kept": lambda: without(classify, "is_fragment", lambda *_: False),
    "references cut at blocks, not numbers": lambda: without(references, "numbered", lambda _lines: []),
    "no headings over several columns": lambda: without(table_headings, "_centred", lambda *_: {}),
    "rows not told by their distances": lambda: without(table_bodies, "_wrap_pitch", lambda *_: 0.0),
    "table pages not joined": lambda: without(reading, "joined_parts", list),
    "tables only beneath captions": lambda: without(reading, "votes", _beneath),
}


def ablation(yardstick: Path, pdfs: Path, jats: Path, only: Sequence[str]) -> None:
    """Print the yardstick's figures with each step taken out in turn."""
    spec = importlib.util.spec_from_file_location("yardstick", yardstick)
    assert spec is not None  # noqa: S101
    assert spec.loader is not None  # noqa: S101
    yardstick = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(yardstick)
    gold = [(yardstick.parse(path), pdfs / f"{path.stem}.pdf") for path in sorted(jats.glob("*.xml"))]
    gold = [(root, path) for root, path in gold if path.exists() and (not only or path.stem in only)]
    print(f"{'':42s} words order clean cites tables found")
    for name, step in ABLATIONS.items():
        with step():
            rows = [yardstick.score(json.loads(read(path).to_json()), root) for root, path in gold]
        found = [score for row in rows for score in row["tables"]]
        figures = [
            mean(row[key] for row in rows if row[key] is not None) for key in ("words", "order", "clean", "cites")
        ]
        figures += [mean(found), mean(score > 0.8 for score in found)] if found else []
        print(f"{name:42s} " + " ".join(f"{figure:.3f}" for figure in figures), flush=True)


def agreement(pdfs: Path, jats: Path) -> None:
    """Print how far a paper's PDF and its JATS agree, paper by paper: what each reader finds of the other's."""
    print(f"{'paper':24s} title doi references ref.years ref.titles ref.journals citations sections table.cells")
    rows = []
    for path in sorted(jats.glob("*.xml")):
        if (pdfs / f"{path.stem}.pdf").exists():
            a, b = read(pdfs / f"{path.stem}.pdf"), read(path)
            rows.append(_agreed(a, b))
            print(f"{path.stem:24s} " + " ".join(f"{figure:.3f}" for figure in rows[-1]))
    print(f"{'mean':24s} " + " ".join(f"{mean(column):.3f}" for column in zip(*rows, strict=True)))


def _agreed(a: Document, b: Document) -> list[float]:
    """The figures of one pair; each but the first two is the F1 of two bags."""
    headings = [Counter(_plain(s) for k in x.blocks for s in k.section[-1:]) for x in (a, b)]
    cells = [Counter(_plain(c.text) for t in x.tables for c in t.cells if c.text) for x in (a, b)]
    return [
        float(_plain(a.metadata.title or "") == _plain(b.metadata.title or "")),
        float(a.metadata.doi == b.metadata.doi),
        _f1(*(Counter(r.key for r in x.references) for x in (a, b))),
        _f1(*(Counter((r.key, r.year) for r in x.references) for x in (a, b))),
        _f1(*(Counter(_plain(r.title) for r in x.references if r.title) for x in (a, b))),
        _f1(*(Counter(_plain(r.container) for r in x.references if r.container) for x in (a, b))),
        _f1(*(Counter(k for c in x.citations for k in c.references) for x in (a, b))),
        _f1(*(Counter(set(h)) for h in headings)),
        _f1(*cells),
    ]


def _plain(text: str) -> str:
    """A text without what typesetting may change."""
    return "".join(char for char in text.lower() if char.isalnum())


def _f1(a: Counter[Any], b: Counter[Any]) -> float:
    return 2 * (a & b).total() / max(1, a.total() + b.total()) if a or b else 1.0


def main() -> None:
    """Run one of the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "memory", "agreement", "ablation", "read"])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--yardstick", type=Path)
    parser.add_argument("--pdfs", type=Path)
    parser.add_argument("--jats", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    if given.what == "ablation":
        if not (given.yardstick and given.pdfs and given.jats):
            parser.error("ablation needs --yardstick, --pdfs and --jats")
        ablation(given.yardstick, given.pdfs, given.jats, [name for name in given.only.split(",") if name])
        return
    if given.what == "agreement":
        if not (given.pdfs and given.jats):
            parser.error("agreement needs --pdfs and --jats")
        agreement(given.pdfs, given.jats)
        return
    {"speed": speed, "memory": memory, "read": read_all}[given.what](given.files or papers())


if __name__ == "__main__":
    main()
