"""How large a run's files are: python benchmarks/output_size.py [--records 1050].

Mines copies of the sample's papers (each with other bytes, so that none is known) for about so many records, and
prints the size of each product, of the report with its pictures, and what that makes for 100 records.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from math import ceil
from pathlib import Path

from throughput import copies

from pipeline import run
from pipeline.folder import RunFolder
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PRODUCTS = ("report.html", "report_files", "records.csv", "records.xlsx", "records.jsonl", "mentions.jsonl",
            "documents.jsonl", "documents")  # fmt: skip
REPORT = ("report.html", "report_files")


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; 0 where there is neither."""
    if path.is_dir():
        return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    return path.stat().st_size if path.is_file() else 0


def records(folder: Path) -> int:
    """How many records a run has."""
    return sum(1 for _ in RunFolder(folder).records())


def mine(papers: list[Path], wanted: int, scratch: Path, jobs: int) -> Path:
    """A run of as many copies as give so many records."""
    once = scratch / "once"
    run.extract(papers, once, Settings(jobs=jobs))
    number = ceil(len(papers) * wanted / records(once))
    run.extract([copies(papers, number, scratch / "papers")], scratch / "out", Settings(jobs=jobs))
    return scratch / "out"


def figures(folder: Path) -> list[str]:
    """A line for each product, the report as a whole, and both for 100 records."""
    number = records(folder)
    sizes = {name: size(folder / name) for name in PRODUCTS}
    report = sum(sizes[name] for name in REPORT)
    lines = [f"{number:,} records of {len(list((folder / 'documents').iterdir())):,} papers"]
    lines += [f"{name:<16} {_mb(each)}" for name, each in sizes.items()]
    lines.append(f"report and pictures {_mb(report)}, {_mb(report * 100 / number)} for 100 records")
    lines.append(
        f"everything          {_mb(sum(sizes.values()))}, {_mb(sum(sizes.values()) * 100 / number)} for 100 records"
    )
    return lines


def _mb(number: float) -> str:
    return f"{number / 1e6:6.2f} MB"


def main() -> None:
    """Mine and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1050, help="about how many")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus" / "sample")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    papers = sorted(options.corpus.glob("*.pdf"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = mine(papers, options.records, Path(scratch), options.jobs)
        sys.stdout.write("\n".join(figures(folder)) + "\n")


if __name__ == "__main__":
    main()
