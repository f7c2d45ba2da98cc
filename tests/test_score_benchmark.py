"""The script that makes the benchmark's table of results, and the table that stands in the docs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.evaluation.benchmark import Benchmark, load_benchmark, write_predictions
from pipeline.evaluation.benchmark.folder import benchmark_dir
from pipeline.evaluation.benchmark.shown import results
from pipeline.predictors import SYSTEMS
from tests.evaluation.test_benchmark import source, tiny, truth  # noqa: F401 - fixtures
from tests.scripts import ROOT, script

PAGE = ROOT / "docs" / "benchmark.md"
RESULTS = ROOT / "docs" / "benchmark.jsonl"


@pytest.fixture
def scoring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    module = script("scripts/score_benchmark.py")
    monkeypatch.setattr(module, "RESULTS", tmp_path / "results.jsonl")
    monkeypatch.setattr(module, "SUBMISSIONS", tmp_path / "submissions")
    (tmp_path / "submissions").mkdir()
    return module


def _rows(module: ModuleType) -> list[dict[str, object]]:
    return [json.loads(line) for line in module.RESULTS.read_text(encoding="utf-8").splitlines()]


def test_systems_and_submissions_stand_side_by_side(
    scoring: ModuleType,
    tiny: Benchmark,  # noqa: F811
    tmp_path: Path,
) -> None:
    right = truth(tiny)
    write_predictions(right.values(), scoring.SUBMISSIONS / "oracle.jsonl")
    write_predictions([right["pp-01"]], scoring.SUBMISSIONS / "elsewhere.jsonl")
    scores = scoring.score(tiny, "dev", {}, tmp_path / "out")
    assert list(scores) == [*SYSTEMS, "oracle"]
    assert sorted(path.stem for path in (tmp_path / "out" / "dev").iterdir()) == sorted(SYSTEMS)
    shown = results(scores)
    head, values = (next(line for line in shown.splitlines() if word in line) for word in ("oracle", "values of"))
    assert head.split() == [*SYSTEMS, "oracle"]
    assert values.rstrip().endswith("1.000 1.000–1.000")


def test_figures_are_kept_by_split_and_scorings_of_the_test_split_are_counted(
    scoring: ModuleType,
    tiny: Benchmark,  # noqa: F811
) -> None:
    right = truth(tiny)
    dev, test = ({"mine": scoring.score_predictions(tiny.documents, right, [split])[0]} for split in ("dev", "test"))
    scoring.keep(tiny, "test", test)
    scoring.keep(tiny, "test", test)
    scoring.keep(tiny, "dev", dev)
    assert [(row["split"], row["times"]) for row in _rows(scoring)] == [("dev", 0), ("test", 2)]
    later = Benchmark(tiny.name, "0.2", tiny.documents, tiny.root)
    scoring.keep(later, "test", test)
    assert [(row["version"], row["times"]) for row in _rows(scoring)] == [("0.1", 0), ("0.2", 1)]


@pytest.mark.parametrize("split", ["dev", "test", "real"])
def test_the_table_in_the_docs_holds_the_figures_that_are_kept(split: str) -> None:
    rows = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    kept = {row["system"]: row for row in rows if row["split"] == split}
    assert set(SYSTEMS) <= set(kept)
    assert {row["version"] for row in kept.values()} == {load_benchmark(benchmark_dir()).version}
    page = PAGE.read_text(encoding="utf-8")
    block = re.search(rf"\$ python scripts/score_benchmark\.py {split}.*?\n(.*?)```", page, re.DOTALL)
    assert block is not None
    values = next(line for line in block[1].splitlines() if line.startswith(" values of records"))
    shown = [float(number) for number in re.findall(r" (\d\.\d{3})(?= |$)", values)]
    assert shown == pytest.approx([row["values"]["all"]["f1"] for row in kept.values()], abs=6e-4)
