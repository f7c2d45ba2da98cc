# ruff: noqa: T201 (it prints what it measured)
"""Measure recognition: words a second on one core, start-up, memory over many documents, and the lexicons' own cost.

    python benchmarks/recognition.py [--documents N] [FILE ...]

Without files it takes the sample papers and, where they are there, the papers in ../shared. All is measured in
processes of their own, bound to one core, with CPU time (user and system), so that other work on the machine matters
little. Words are what stands between blanks in the whole document, the bibliography included.
"""

from __future__ import annotations

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def papers() -> list[Path]:
    """The sample papers, and those in ../shared where they are there."""
    return sorted(ROOT.glob("corpus/sample/*.pdf")) + sorted(ROOT.parent.glob("shared/corpus/pdfs/*.pdf"))


def resident() -> float:
    """This process's memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def start(_stored: Path, _count: int) -> None:
    """Print the CPU seconds that importing and loading the pipeline take, in a fresh process."""
    from pipeline.ner import load

    load()
    print(f"start-up: {time.process_time():.1f} s; {resident():.0f} MB with everything loaded")


def lexicons(_stored: Path, _count: int) -> None:
    """Print what loading all lexicons costs."""
    from pipeline.linking import shipped_lexicon

    before, begun = resident(), time.process_time()
    shipped_lexicon()
    print(f"lexicons: {time.process_time() - begun:.2f} s, {resident() - before:.0f} MB")


def speed(stored: Path, _count: int) -> None:
    """Print words a second for the whole pipeline, twice over, and each component's share of the time."""
    from pipeline.ner import annotate, load
    from pipeline.ner.state import state_of

    documents = pickle.loads(stored.read_bytes())  # noqa: S301 (written by main, below)
    words = sum(len(document.text.split()) for document in documents)
    nlp = load()
    for turn in ("first time", "again"):
        begun = time.process_time()
        for document in documents:
            annotate(document, nlp)
        print(f"speed, {turn}: {words / (time.process_time() - begun):,.0f} words a second ({words:,} words)")
    spent: Counter[str] = Counter()
    for document in documents:
        doc = nlp.make_doc(document.text)
        state_of(doc).document = document
        for name, component in nlp.pipeline:
            begun = time.process_time()
            doc = component(doc)
            spent[name] += time.process_time() - begun
    print("shares: " + ", ".join(f"{name} {part / spent.total():.0%}" for name, part in spent.most_common()))


def memory(stored: Path, count: int) -> None:
    """Print the process's memory while it annotates so many documents."""
    from pipeline.ner import annotate, load

    documents = pickle.loads(stored.read_bytes())  # noqa: S301 (written by main, below)
    nlp = load()
    for number in range(1, count + 1):
        annotate(documents[number % len(documents)], nlp)
        if number % (count // 4) == 0:
            print(f"memory: {resident():.0f} MB after {number} documents")


PARTS = {part.__name__: part for part in (start, lexicons, speed, memory)}


def main() -> None:
    """Read the papers, then measure each part in a process of its own on one core."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--documents", type=int, default=1000, help="documents to watch the memory over; 0: none")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        PARTS[options.part](options.files[0], options.documents)
        return
    from pipeline.readers import read

    core = str(min(os.sched_getaffinity(0)))
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with tempfile.NamedTemporaryFile() as stored:
        stored.write(pickle.dumps([read(path) for path in options.files or papers()]))
        stored.flush()
        for part in PARTS if options.documents else tuple(PARTS)[:-1]:
            command = [sys.executable, __file__, stored.name, "--part", part, "--documents", str(options.documents)]
            bound = ["taskset", "--cpu-list", core, *command]
            subprocess.run(bound, check=True, env={**os.environ, **single}, cwd=ROOT)  # noqa: S603 (this file itself)


if __name__ == "__main__":
    main()
