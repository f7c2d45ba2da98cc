"""The benchmark of throughput measures what it says, and its figures in docs/ are those that it wrote."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from tests.scripts import script

ROOT = Path(__file__).resolve().parents[1]
FIGURES = {
    "cores": 2,
    "sample": {"papers": 7, "pages": 13, "coatmine": 1.0, "pdfplumber": 1.5, "ratio": 1.5},
    "two_workers": {"papers": 600, "one": 95.0, "two": 50.0, "gain": 1.9},
    "large_corpus": {
        "papers": 2000, "jobs": 2, "seconds": 200.0, "papers_per_second": 10.0, "peak_mib": 600.0, "pages": 3700,
        "store_bytes": 74_000_000, "points": [[20, 2.0, 500.0], [200, 20.0, 510.0], [2000, 200.0, 520.0]],
    },
}  # fmt: skip


@pytest.fixture
def throughput() -> ModuleType:
    return script("benchmarks/throughput.py")


def test_the_figures_in_the_docs_are_those_that_were_measured(throughput):
    docs = ROOT / "docs"
    figures = json.loads((docs / "throughput.json").read_text())
    page = (docs / "scaling.md").read_text(encoding="utf-8")
    assert throughput.filled(page, figures) == page
    assert throughput.plot(figures["large_corpus"]["points"]) == (docs / "throughput.svg").read_text()


def test_a_million_papers_are_reckoned_from_the_figures(throughput):
    measured, reckoned = throughput.measured(FIGURES), throughput.reckoned(FIGURES)
    assert "1.0 s; pdfplumber takes 1.5 s, 1.50 times as long" in measured
    assert "95 s and 50 s: two are 1.90 times as fast" in measured
    assert "500 MiB in the first tenth of the papers, 520 MiB in the last, 600 MiB at most" in measured
    assert "| 256 worker-hours |" in reckoned  # 1e6 papers of 12 pages at 1/13 s a page
    assert "| 1.1 hours |" in reckoned
    assert "| 240 GB in 5 million objects" in reckoned  # 20 kB a page


@pytest.mark.slow
def test_a_large_corpus_is_measured_as_it_grows(throughput, sample, tmp_path):
    paper = sample / "pancreas-hybrid-plga.pdf"
    corpus = throughput.copies([paper], 3, tmp_path / "corpus")
    assert len({path.read_bytes() for path in corpus.iterdir()}) == 3
    figures = throughput.large_corpus(corpus, tmp_path / "run", 1)
    assert (figures["papers"], figures["failed"]) == (3, {})
    assert [point[0] for point in figures["points"]] == [1, 2, 3]
    assert figures["peak_mib"] > 100  # the model alone is more
    assert figures["store_bytes"] > 0
