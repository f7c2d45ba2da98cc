"""How fast papers become records: python benchmarks/throughput.py [--papers DIR] [--copies N].

Three measurements on the PDFs of a folder, each side by side in one run, because a machine's speed changes from one
minute to the next: the whole way from PDF to records beside stock pdfplumber that merely extracts words and tables;
two workers beside one; and a large corpus, made of copies with changed bytes, with its time and memory at each size.
Prints the figures, and writes them to throughput.json and a plot to throughput.svg.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pdfplumber

from pipeline import run
from pipeline.records import Outcome
from pipeline.settings import Settings
from pipeline.stages import Stages

ROOT = Path(__file__).resolve().parents[1]


def words_and_tables(paper: Path) -> None:
    """What stock pdfplumber offers for reading, and no more."""
    with pdfplumber.open(paper) as pdf:
        for page in pdf.pages:
            page.extract_words()
            page.extract_tables()
            page.close()


def beside_pdfplumber(papers: Sequence[Path], rounds: int) -> dict[str, Any]:
    """Seconds for all papers, the best of the rounds for each, the two ways taking turns paper by paper."""
    ours: dict[Path, list[float]] = {paper: [] for paper in papers}
    stock: dict[Path, list[float]] = {paper: [] for paper in papers}
    with tempfile.TemporaryDirectory() as out, Stages(Path(out), Settings(jobs=1), force=True) as stages:
        stages.process(papers[0])  # loads the model and starts the process that parses, once per worker
        for _ in range(rounds):
            for paper in papers:
                for way, spent in ((stages.process, ours), (words_and_tables, stock)):
                    begun = time.perf_counter()
                    way(paper)
                    spent[paper].append(time.perf_counter() - begun)
    mine, theirs = (sum(min(each) for each in spent.values()) for spent in (ours, stock))
    return {"papers": len(papers), "rounds": rounds, "coatmine": mine, "pdfplumber": theirs, "ratio": theirs / mine}


def two_workers(corpus: Sequence[Path], rounds: int) -> dict[str, Any]:
    """Seconds for a corpus with one worker and with two, taking turns; starting up and writing outputs included."""
    spent: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for jobs, seconds in spent.items():
            with tempfile.TemporaryDirectory() as out:
                begun = time.perf_counter()
                run.extract(corpus, Path(out), Settings(jobs=jobs))
                seconds.append(time.perf_counter() - begun)
    gains = [one / two for one, two in zip(spent[1], spent[2], strict=True)]
    return {"papers": len(corpus), "one": spent[1], "two": spent[2], "gain": statistics.median(gains)}


def large_corpus(corpus: Sequence[Path], out: Path, jobs: int) -> dict[str, Any]:
    """Time and memory of one run as its documents become more; ``memory`` is that of all its processes, MiB."""
    points: list[tuple[int, float, float]] = []
    with memory() as now:
        begun = time.perf_counter()

        def note(_: Outcome, done: int, total: int) -> None:
            if done % max(1, total // 100) == 0:
                points.append((done, time.perf_counter() - begun, now[0]))
                _say("{} papers, {:.0f} s, {:.0f} MiB".format(*points[-1]))

        summary = run.extract(corpus, out, Settings(jobs=jobs), progress=note)
        took = time.perf_counter() - begun
    size = sum(p.stat().st_size for p in (out / ".coatmine").rglob("*") if p.is_file())
    output = sum(p.stat().st_size for p in out.glob("*.*"))
    return {
        "papers": summary.inputs, "failed": len(summary.failed), "pages": summary.pages, "records": summary.records,
        "jobs": jobs, "seconds": took, "papers_per_second": summary.inputs / took, "peak_mib": now[1],
        "input_bytes": sum(p.stat().st_size for p in corpus), "store_bytes": size, "output_bytes": output,
        "seconds_by_stage": summary.seconds, "points": points,
    }  # fmt: skip


@contextmanager
def memory() -> Iterator[list[float]]:
    """[now, most]: the memory of this process and all below it, in MiB, pages counted once, twice a second."""
    figures, ended = [0.0, 0.0], threading.Event()

    def look() -> None:
        while not ended.wait(0.5):
            figures[0] = sum(_pss(pid) for pid in (os.getpid(), *_below(os.getpid())))
            figures[1] = max(figures)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield figures
    finally:
        ended.set()
        thread.join()


def _below(pid: int) -> Iterator[int]:
    try:
        children = [int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in _words(task / "children")]
    except OSError:
        return
    for child in children:
        yield child
        yield from _below(child)


def _words(path: Path) -> list[str]:
    return path.read_text().split()


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def copies(papers: Sequence[Path], number: int, folder: Path) -> list[Path]:
    """The papers over and over, each copy with other bytes (a comment after its end), so that none is known."""
    made = []
    for count, paper in enumerate(islice(cycle(papers), number)):
        path = folder / f"{count:06}-{paper.name}"
        path.write_bytes(paper.read_bytes() + f"\n% copy {count}\n".encode())
        made.append(path)
    return made


def plot(points: Sequence[tuple[int, float, float]]) -> str:
    """Time and memory against the number of papers, as SVG."""
    width, height, left, top = 640, 300, 60, 30
    most = [max(point[axis] for point in points) or 1 for axis in range(3)]

    def line(axis: int, colour: str) -> str:
        spots = " ".join(
            f"{left + point[0] / most[0] * width:.1f},{top + height - point[axis] / most[axis] / 1.1 * height:.1f}"
            for point in points
        )
        return f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{spots}"/>'

    def text(x: float, y: float, what: str, anchor: str = "middle", colour: str = "#333") -> str:
        return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{what}</text>'

    marks = [part / 4 for part in range(5)]
    right, bottom = left + width, top + height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right + 70} {bottom + 50}" font-family="sans-serif" '
        'font-size="12"><title>Time and memory of a run against the number of papers</title>',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" stroke="#999"/>',
        line(1, "#0b6e99"),
        line(2, "#b5451b"),
        text(left, top - 10, "seconds", "middle", "#0b6e99"),
        text(right, top - 10, "memory, MiB", "middle", "#b5451b"),
        text(left + width / 2, bottom + 40, "papers"),
    ]
    for mark in marks:
        y = bottom - mark / 1.1 * height + 4
        parts.append(text(left + mark * width, bottom + 18, f"{mark * most[0]:.0f}"))
        parts.append(text(left - 6, y, f"{mark * most[1]:.0f}", "end", "#0b6e99"))
        parts.append(text(right + 6, y, f"{mark * most[2]:.0f}", "start", "#b5451b"))
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=Path, default=ROOT / "corpus" / "sample", help="folder with PDFs")
    parser.add_argument("--copies", type=int, default=2000, help="papers of the large corpus; 0: leave it out")
    parser.add_argument("--pairs", type=int, default=120, help="papers to compare workers with; 0: leave it out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="workers for the large corpus")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "throughput")
    options = parser.parse_args()
    papers = sorted(options.papers.glob("*.pdf"))
    options.out.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {"cores": len(os.sched_getaffinity(0))}
    with tempfile.TemporaryDirectory() as scratch:
        corpus = copies(papers, max(options.copies, options.pairs), Path(scratch))
        if options.rounds:
            figures["beside_pdfplumber"] = both = beside_pdfplumber(papers, options.rounds)
            _say("{papers} papers: coatmine {coatmine:.2f} s to records, pdfplumber {pdfplumber:.2f} s".format(**both))
            _say(f"  for words and tables: {both['ratio']:.2f} times as long")
        if options.pairs:
            figures["two_workers"] = gain = two_workers(corpus[: options.pairs], max(1, options.rounds))
            _say(f"{gain['papers']} papers: two workers are {gain['gain']:.2f} times as fast as one")
        if options.copies:
            folder = Path(scratch) / "run"
            figures["large_corpus"] = large = large_corpus(corpus[: options.copies], folder, options.jobs)
            _say("{papers} papers in {seconds:.0f} s: {papers_per_second:.2f} a second, ".format(**large))
            _say("  most memory {peak_mib:.0f} MiB with {jobs} workers".format(**large))
            (options.out / "throughput.svg").write_text(plot(large["points"]))
    (options.out / "throughput.json").write_text(json.dumps(figures, indent=1))
    _say(f"figures and plot in {options.out}")


def _say(message: str) -> None:
    print(message, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
