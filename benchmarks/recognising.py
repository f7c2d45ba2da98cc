"""Scans: seconds a page, word recall, and records of papers rasterised with noise against those of the originals.

    python benchmarks/recognising.py [FOLDER] [--pages N]

Each page of the papers (by default the sample's) becomes a picture of 200 dots per inch, a little turned and with the
noise of a copier; a PDF of those pictures is read with --ocr. What is told at the end is F1 of the values against those
that the original papers give.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from pipeline import readers, run
from pipeline.document import Document
from pipeline.folder import RunFolder
from pipeline.records import FIELDS
from pipeline.settings import Limits, Settings

SAMPLE = Path(__file__).parents[1] / "corpus" / "sample"
DPI = 200
ANGLE = 0.3  # degrees
NOISE = 18.0  # standard deviation in grey levels
LIMITS = Limits(seconds=600)


def scanned(paper: Path, target: Path) -> int:
    """Write a scan of a paper; how many pages it has."""
    random = np.random.default_rng(1)
    file = pdfium.PdfDocument(paper)
    pictures = []
    for page in file:
        picture = page.render(scale=DPI / 72, grayscale=True).to_pil().rotate(ANGLE, fillcolor=255)
        grey = np.asarray(picture, dtype=float) + random.normal(0, NOISE, (picture.height, picture.width))
        pictures.append(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)))
    pictures[0].save(target, save_all=True, append_images=pictures[1:], resolution=DPI, quality=80)
    return len(pictures)


def words(document: Document) -> Counter[str]:
    """How often each word stands in a document."""
    return Counter(re.findall(r"[^\W_]{2,}", document.text.lower()))


def values(folder: Path) -> dict[str, set[tuple[str, str]]]:
    """The values of each paper of a run, by its file's name."""
    names = {outcome.document_id: Path(outcome.source).stem for outcome in RunFolder(folder).outcomes()}
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in names.values()}
    for record in RunFolder(folder).records():
        for field in FIELDS:
            found[names[record.document_id]] |= {(field, value.name.lower()) for value in record.values(field)}
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--papers", type=int, default=100)
    asked = parser.parse_args()
    papers = sorted(asked.folder.glob("*.pdf"))[: asked.papers]
    with tempfile.TemporaryDirectory() as place:
        scans, out = Path(place) / "scans", Path(place) / "out"
        scans.mkdir()
        pages = sum(scanned(paper, scans / paper.name) for paper in papers)
        begun = time.perf_counter()
        recall = []
        with readers.Reader(LIMITS, ocr=True) as reader:
            for paper in papers:
                there, read = words(readers.read(paper)), words(reader.read(scans / paper.name))
                recall.append((there & read).total() / max(1, there.total()))
        seconds = time.perf_counter() - begun
        run.extract(papers, out / "print")
        run.extract([scans], out / "scans", Settings(ocr=True, limits=LIMITS))
        before, after = values(out / "print"), values(out / "scans")
        same = sum(len(before[name] & after.get(name, set())) for name in before)
        told, there = sum(map(len, after.values())), sum(map(len, before.values()))
    print(f"{len(papers)} papers, {pages} pages: {seconds / pages:.1f} s a page, word recall {np.mean(recall):.3f}")  # noqa: T201
    print(f"values: P {same / max(1, told):.3f} R {same / max(1, there):.3f} F1 {2 * same / max(1, told + there):.3f}")  # noqa: T201


if __name__ == "__main__":
    main()
