"""PDFs of the papers with their evidence as real PDF highlights with notes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pipeline.errors import UsageError
from pipeline.export.facts import Fact, PaperFacts, Quote, RecordFacts, facts_of
from pipeline.export.formats.papers import papers
from pipeline.export.sources import source_of
from pipeline.export.text import plain
from pipeline.export.workbook import TITLES
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import FieldName

COLOURS: Final[dict[FieldName, tuple[int, int, int]]] = {
    "membranes": (255, 214, 102),
    "cores": (173, 216, 255),
    "drugs": (255, 179, 186),
    "sizes": (211, 211, 211),
    "diseases": (216, 191, 255),
    "animal_models": (190, 235, 178),
    "modalities": (255, 204, 170),
}
_SCRIPT: Final = str(Path(__file__).parents[1] / "highlighting.py")


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write NAME.pdf for each PDF with a record; a paper whose file has gone or changed is left out.

    Raises:
        UsageError: none of the papers can be highlighted.
    """
    left = []
    done = 0
    for paper in papers(folder):
        if not paper.records or paper.document.media_type != "application/pdf":
            continue
        path = source_of(folder, paper.extraction.outcome)
        data = highlighted(path, facts_of(paper.extraction, folder)) if path else b""
        if not data:
            left.append(paper.extraction.outcome.source)
            continue
        done += 1
        target = out / f"{paper.stem}.pdf"
        write_atomically(target, [data])
        yield target
    if left and not done:
        raise UsageError(
            f"{', '.join(map(plain, left[:5]))}: gone from where the run read them, changed since, or locked; go to "
            "the folder in which `coatmine extract` was run, put the files back, or run it again"
        )


def highlighted(path: Path, paper: PaperFacts) -> bytes:
    """The PDF with its evidence highlighted; empty where it cannot be opened."""
    work = {"path": str(path), "highlights": list(_highlights(paper))}
    child = subprocess.run(  # noqa: S603  (our own file)
        [sys.executable, "-P", _SCRIPT],
        input=json.dumps(work).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return child.stdout if child.returncode == 0 else b""


def _highlights(paper: PaperFacts) -> list[dict[str, Any]]:
    """A highlight for each mention and page, in the order of the pages."""
    notes: dict[str, list[str]] = defaultdict(list)
    first: dict[str, tuple[Fact, Quote]] = {}
    for about in paper.records:
        for fact in about.facts:
            for quote in fact.quotes:
                notes[quote.mention.id].append(_note(about, fact))
                first.setdefault(quote.mention.id, (fact, quote))
    found = []
    for key, (fact, quote) in first.items():
        for page in sorted({box.page for box in quote.mention.boxes}):
            boxes = [[box.x0, box.top, box.x1, box.bottom] for box in quote.mention.boxes if box.page == page]
            about_it = {"id": f"{key}-{page}", "page": page, "boxes": boxes, "colour": COLOURS[fact.field]}
            found.append({**about_it, "note": "\n".join(dict.fromkeys(notes[key]))})
    return sorted(found, key=lambda highlight: (highlight["page"], highlight["boxes"][0][1], highlight["id"]))


def _note(about: RecordFacts, fact: Fact) -> str:
    study = "own study" if about.study.key == "self" else f"study {about.study.key}"
    decided = f", {fact.merged.decision} ({fact.merged.decided_by})" if fact.merged.decision else ""
    name = f"{fact.label} ({fact.curie})" if fact.curie else fact.label
    return f"{TITLES[fact.field]}: {name}; score {fact.merged.score:.2f}{decided}; {study}"
