"""What long papers cost: python benchmarks/long_papers.py [TEXT...].

Makes long texts from the project's own papers (prose of so many bytes, a review's table of so many studies with 5,000
references), mines each in an empty folder, and prints the CPU seconds of all processes together, the time by
stage, and the most memory that one of them had.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain, cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REFERENCES = 5000
TEXTS = {"prose-400kB": 400_000, "prose-1MB": 1_000_000, "table-1000": 1000, "table-3000": 3000}
COATS = ("4T1", "HeLa", "B16-F10", "RAW264.7", "red blood cells", "platelets", "MCF-7", "neutrophils")
CORES = ("PLGA", "mesoporous silica", "gold nanorods", "liposomes", "ZIF-8", "Fe3O4", "chitosan")
DRUGS = ("doxorubicin", "paclitaxel", "curcumin", "cisplatin", "sorafenib")


def prose(size: int) -> str:
    """Paragraphs of the papers that weights were learnt from, until there are so many bytes."""
    papers = sorted((ROOT / "corpus" / "train").glob("*.txt"))
    lines = chain.from_iterable(paper.read_text(encoding="utf-8").splitlines() for paper in papers)
    paragraphs = [line for line in lines if len(line) > 200]
    return "A thesis on coated particles\n\nAbstract\n\n" + "\n\n".join(_up_to(cycle(paragraphs), size)) + "\n"


def _up_to(paragraphs: Iterator[str], size: int) -> Iterator[str]:
    while size > 0:
        paragraph = next(paragraphs)
        size -= len(paragraph.encode()) + 2
        yield paragraph


def table(studies: int) -> str:
    """A review of one table with so many studies, and its reference list."""
    rows = zip(range(1, studies + 1), cycle(COATS), cycle(CORES), cycle(DRUGS), strict=False)
    lines = [f"| {coat} | {core} | {drug} | {80 + n % 90} | [{n}] |" for n, coat, core, drug in rows]
    listed = (f"{n}. Li, A. On particles, part {n}. J. Made Up {n}, 2020." for n in range(1, REFERENCES + 1))
    head = "# A review of coated particles\n\nTable 1. Membrane-coated particles.\n\n"
    columns = "| Membrane | Core | Drug | Size (nm) | Ref. |\n|---|---|---|---|---|\n"
    return head + columns + "\n".join(lines) + "\n\n## References\n\n" + "\n".join(listed) + "\n"


def mined(path: Path) -> str:
    """What mining a text cost, in lines."""
    with tempfile.TemporaryDirectory() as out, (path.parent / "said.txt").open("w+", encoding="utf-8") as said:
        command = [sys.executable, "-m", "pipeline.cli", "extract", str(path), "--out", out]
        with subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT) as process:  # noqa: S603 (this program itself)
            _, _, cost = os.wait4(process.pid, 0)
            process.returncode = 0  # it was waited for
        said.seek(0)
        lines = said.read().splitlines()
    stages = [line for line in lines if line.startswith("time by stage")]
    first = next(line for line in lines if line.startswith("[1/1]")).partition(": ")[2]
    return "\n".join(
        [f"{path.stem}: {cost.ru_utime + cost.ru_stime:.1f} s of CPU, {cost.ru_maxrss // 1024} MB; {first}", *stages]
    )


def main() -> None:
    """Mine long texts one after the other, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="*", metavar="TEXT", choices=[*TEXTS, []], help=", ".join(TEXTS))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in args.texts or TEXTS:
            kind, made = (".txt", prose) if name.startswith("prose") else (".md", table)
            path = Path(folder) / f"{name}{kind}"
            path.write_text(made(TEXTS[name]), encoding="utf-8")
            sys.stdout.write(f"{mined(path)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
