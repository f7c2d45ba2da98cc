"""How fast papers become records: python benchmarks/throughput.py [--docs].

Three measurements, each side by side in one run, because a machine's speed changes from one minute to the next: the
whole way from PDF to records beside stock pdfplumber that merely extracts words and tables; two workers beside one; and
a large corpus, made of copies with changed bytes, with its time and memory at each size. Prints the figures, and writes
them to throughput.json and a plot to throughput.svg; with --docs also into docs/, where no figure is typed by hand. All
of it takes about 15 minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pdfplumber

from pipeline.settings import Settings
from pipeline.stages import Stages

ROOT = Path(__file__).resolve().parents[1]
PAPER_PAGES = 12  # of a paper in the reckoning of a million
PAPER_MB = 2
PAPER_OBJECTS = 5  # results of three stages, the outcome, the document
MACHINES, WORKERS, BATCH = 16, 16, 50
_EXTRACT = [sys.executable, "-m", "pipeline.cli", "extract"]


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
    with tempfile.TemporaryDirectory() as out, Stages(Path(out), Settings(jobs=0), force=True) as stages:
        # the first time, it loads the model and starts the process that parses, once per worker
        pages = sum(stages.process(paper).outcome.pages for paper in papers)
        for _ in range(rounds):
            for paper in papers:
                for way, spent in ((stages.process, ours), (words_and_tables, stock)):
                    begun = time.perf_counter()
                    way(paper)
                    spent[paper].append(time.perf_counter() - begun)
    mine, theirs = (sum(min(each) for each in spent.values()) for spent in (ours, stock))
    return {
        "papers": len(papers), "pages": pages, "rounds": rounds, "coatmine": mine, "pdfplumber": theirs,
        "ratio": theirs / mine,
    }  # fmt: skip


def two_workers(corpus: Path, rounds: int) -> dict[str, Any]:
    """Seconds of the command on a folder with one worker and with two, taking turns, from its start to its end.

    The gain is that of the best round of each.
    """
    spent: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for jobs, seconds in spent.items():
            with tempfile.TemporaryDirectory() as out:
                command = [*_EXTRACT, str(corpus), "--out", out, "--jobs", str(jobs)]
                begun = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True)  # noqa: S603
                seconds.append(time.perf_counter() - begun)
    papers, one, two = len(list(corpus.iterdir())), min(spent[1]), min(spent[2])
    return {"papers": papers, "rounds": rounds, "one": one, "two": two, "gain": one / two}


def large_corpus(corpus: Path, out: Path, jobs: int) -> dict[str, Any]:
    """Time and memory of the command on a folder, all its processes together, as its papers become more."""
    points: list[tuple[int, float, float]] = []
    begun = time.perf_counter()
    with (
        tempfile.TemporaryFile() as answer,
        subprocess.Popen(  # noqa: S603
            [*_EXTRACT, str(corpus), "--out", str(out), "--jobs", str(jobs), "--log-format", "json", "--json"],
            stdout=answer,
            stderr=subprocess.PIPE,
        ) as command,
    ):
        assert command.stderr is not None  # noqa: S101 - a pipe
        with memory(command.pid) as now:
            for told in map(json.loads, command.stderr):
                done = told.get("done", 0)
                if done and done % max(1, told["total"] // 100) == 0:
                    points.append((done, time.perf_counter() - begun, now[0]))
                    _say("{} papers, {:.0f} s, {:.0f} MiB".format(*points[-1]))
            command.wait()
        took = time.perf_counter() - begun
        answer.seek(0)
        summary = json.load(answer)
    papers = len(summary["documents"])
    return {
        "papers": papers, "failed": summary["failed"], "pages": summary["pages"], "records": summary["records"],
        "jobs": jobs, "seconds": took, "papers_per_second": papers / took, "peak_mib": now[1],
        "store_bytes": sum(p.stat().st_size for p in (out / ".coatmine").rglob("*") if p.is_file()),
        "seconds_by_part": summary["seconds"], "points": points,
    }  # fmt: skip


@contextmanager
def memory(pid: int) -> Iterator[list[float]]:
    """[now, most]: the memory of a process and all below it, in MiB, pages counted once, twice a second."""
    figures, ended = [0.0, 0.0], threading.Event()

    def look() -> None:
        while not ended.wait(0.5):
            figures[0] = sum(_pss(each) for each in (pid, *_below(pid)))
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


def copies(papers: Sequence[Path], number: int, folder: Path) -> Path:
    """A folder of the papers over and over, each copy with other bytes (a comment after its end): none is known."""
    folder.mkdir()
    for count, paper in enumerate(islice(cycle(papers), number)):
        (folder / f"{count:06}-{paper.name}").write_bytes(paper.read_bytes() + f"\n% copy {count}\n".encode())
    return folder


def plot(points: Sequence[Sequence[float]]) -> str:
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


def measured(figures: dict[str, Any]) -> str:
    """The figures as a table."""
    sample, articles = figures["sample"], figures.get("articles")
    gain, large = figures["two_workers"], figures["large_corpus"]
    beside = "{coatmine:.1f} s; pdfplumber takes {pdfplumber:.1f} s, {ratio:.2f} times as long"
    tenth = max(1, len(large["points"]) // 10)
    early, late = (
        statistics.median(p[2] for p in part) for part in (large["points"][:tenth], large["points"][-tenth:])
    )
    rows = [
        (f"the sample's {sample['papers']} papers ({sample['pages']} pages), PDF to records, beside stock pdfplumber "
         "for words and tables alone", beside.format(**sample)),
    ]  # fmt: skip
    if articles:
        what = f"{articles['papers']} published articles ({articles['pages']} pages), likewise"
        rows += [(what, beside.format(**articles)), ("those, a page, one worker", f"{_page(figures):.2f} s")]
    rows += [
        (f"{gain['papers']:,} copies of the sample's papers, the whole command with one worker and with two",
         f"{gain['one']:.0f} s and {gain['two']:.0f} s: two are {gain['gain']:.2f} times as fast"),
        (f"{large['papers']:,} copies, {large['jobs']} workers",
         f"{large['seconds']:.0f} s, {large['papers_per_second']:.1f} papers a second, from start to end"),
        ("memory of that run, all its processes", f"{early:.0f} MiB in the first tenth of the papers, {late:.0f} MiB "
         f"in the last, {large['peak_mib']:.0f} MiB at most"),
        ("stage results kept", f"{_stored(large) / 1000:.0f} kB a page"),
    ]  # fmt: skip
    return _table(f"measured on {figures['cores']} cores", rows)


def reckoned(figures: dict[str, Any]) -> str:
    """What a million papers take, if they are as those that were measured."""
    large = figures["large_corpus"]
    paper, stored = _page(figures) * PAPER_PAGES, _stored(large) * PAPER_PAGES
    hours = paper * 1e6 / 3600
    worth = figures["two_workers"]["gain"] / 2
    worker = large["peak_mib"] / large["jobs"] / 1024
    rows = [
        (f"a paper of {PAPER_PAGES} pages", f"{paper:.1f} s of a worker, {stored / 1000:.0f} kB of stage results"),
        ("work", f"{hours:,.0f} worker-hours"),
        (f"{MACHINES} machines of {WORKERS} workers, each worth {worth:.2f} of one alone, as measured with two",
         f"{hours / MACHINES / WORKERS / worth:.1f} hours"),
        (f"memory of a machine of {WORKERS} workers", f"{worker:.1f} GiB a worker, {worker * WORKERS:.0f} GiB"),
        ("stage results", f"{stored / 1000:,.0f} GB in {PAPER_OBJECTS} million objects; papers of {PAPER_MB} MB are "
         f"{PAPER_MB} TB beside it"),
        (f"tasks of {BATCH} papers, three to a batch", f"{3 * 10**6 // BATCH:,}"),
    ]  # fmt: skip
    return _table("a million papers", rows)


def _page(figures: dict[str, Any]) -> float:
    """Seconds that one worker takes for a page: of published articles, where they were measured."""
    source = figures.get("articles") or figures["sample"]
    return float(source["coatmine"] / source["pages"])


def _stored(large: dict[str, Any]) -> float:
    return float(large["store_bytes"] / large["pages"])


def _table(head: str, rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join([f"| {head} | |", "| --- | --- |", *(f"| {what} | {figure} |" for what, figure in rows)])


def filled(page: str, figures: dict[str, Any]) -> str:
    """The page with the tables that stand between its marks made again."""
    for make in (measured, reckoned):
        first, last = f"<!-- {make.__name__} by benchmarks/throughput.py -->\n\n", "\n\n<!-- end -->"
        table = first + make(figures) + last
        found = re.search(re.escape(first) + ".*?" + re.escape(last), page, re.DOTALL)
        if found is None:
            raise SystemExit(f"docs/scaling.md has no place for what is {make.__name__}: {first.strip()}")
        page = page[: found.start()] + table + page[found.end() :]
    return page


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return round(value, 4) if isinstance(value, float) else value


def write(figures: dict[str, Any], folder: Path) -> None:
    """Write throughput.json and, if the large corpus was measured, throughput.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "throughput.json").write_text(json.dumps(figures) + "\n")
    if large := figures.get("large_corpus"):
        (folder / "throughput.svg").write_text(plot(large["points"]))
    _say(f"figures and plot in {folder}")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    articles = ROOT.parent / "shared" / "corpus" / "pdfs"
    parser.add_argument("--papers", type=Path, default=ROOT / "corpus" / "sample", help="folder with PDFs")
    parser.add_argument("--articles", type=Path, default=articles, help="folder with published PDFs, if there is one")
    parser.add_argument("--pairs", type=int, default=600, help="papers to compare workers with; 0: leave it out")
    parser.add_argument("--copies", type=int, default=2000, help="papers of the large corpus; 0: leave it out")
    parser.add_argument("--rounds", type=int, default=2, help="of the comparisons; 0: leave pdfplumber out")
    parser.add_argument("--jobs", type=int, default=2, help="workers for the large corpus")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "throughput")
    parser.add_argument("--docs", action="store_true", help="write the figures into docs/, too")
    options = parser.parse_args()
    if options.docs and not (options.rounds and options.pairs and options.copies):
        parser.error("--docs needs all measurements")
    papers, published = sorted(options.papers.glob("*.pdf")), sorted(options.articles.glob("*.pdf"))[:8]
    figures: dict[str, Any] = {"cores": len(os.sched_getaffinity(0))}
    with tempfile.TemporaryDirectory() as scratch:
        for name, some in (("sample", papers), ("articles", published)):
            if options.rounds and some:
                figures[name] = both = beside_pdfplumber(some, options.rounds)
                _say(
                    "{papers} papers: coatmine {coatmine:.2f} s to records, pdfplumber {pdfplumber:.2f} s for words "
                    "and tables: {ratio:.2f} times as long".format(**both)
                )
        if options.pairs:
            corpus = copies(papers, options.pairs, Path(scratch) / "pairs")
            figures["two_workers"] = gain = two_workers(corpus, max(1, options.rounds))
            _say(f"{gain['papers']} papers: two workers are {gain['gain']:.2f} times as fast as one")
        if options.copies:
            corpus = copies(papers, options.copies, Path(scratch) / "copies")
            figures["large_corpus"] = large = large_corpus(corpus, Path(scratch) / "run", options.jobs)
            _say(
                "{papers} papers in {seconds:.0f} s: {papers_per_second:.2f} a second, most memory {peak_mib:.0f} MiB "
                "with {jobs} workers".format(**large)
            )
    figures = _rounded(figures)
    write(figures, options.out)
    if options.docs:
        write(figures, ROOT / "docs")
        page = ROOT / "docs" / "scaling.md"
        page.write_text(filled(page.read_text(encoding="utf-8"), figures), encoding="utf-8")


def _say(message: str) -> None:
    print(message, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
