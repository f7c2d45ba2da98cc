"""Evaluate a file of predictions on the benchmark: tables for a terminal, and scores.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pipeline.errors import UsageError
from pipeline.evaluation.benchmark import shown
from pipeline.evaluation.benchmark.documents import SPLITS, Split
from pipeline.evaluation.benchmark.folder import Benchmark, load_benchmark
from pipeline.evaluation.benchmark.predictions import read_predictions
from pipeline.evaluation.benchmark.scoring import SplitScores, compare_predictions, score_predictions
from pipeline.evaluation.compare import Difference
from pipeline.evaluation.scores import RESAMPLES, SEED
from pipeline.folder import write_atomically
from pipeline.settings import fingerprint, models_dir, version


@dataclass(frozen=True, slots=True)
class BenchmarkReport:
    """The scores of predictions on a benchmark.

    Attributes:
        benchmark: which.
        predictions: the file.
        scores: of each split that was scored.
        against: by the name of another file of predictions and by split, what these gain over it.
    """

    benchmark: Benchmark
    predictions: Path
    scores: tuple[SplitScores, ...]
    against: Mapping[str, Mapping[Split, Mapping[str, Difference]]]

    def as_text(self) -> str:
        """The tables for a terminal."""
        return f"{self.benchmark.title}\n\n{shown.as_text(self.scores, self.against)}"

    def as_dict(self) -> dict[str, Any]:
        """The scores as plain data, with what decides them besides the predictions."""
        return {
            "benchmark": self.benchmark.name,
            "version": self.benchmark.version,
            "released": self.benchmark.released,
            "predictions": self.predictions.name,
            "scorer": {"coatmine": version(), "lexicons": fingerprint(models_dir() / "lexicons")},
            "bootstrap": {"resamples": RESAMPLES, "seed": SEED},
            "splits": [each.model_dump(mode="json") for each in self.scores],
            "against": [
                {
                    "predictions": name,
                    "split": split,
                    "differences": {k: d.model_dump(mode="json") for k, d in rows.items()},
                }
                for name, splits in self.against.items()
                for split, rows in splits.items()
            ],
        }


def evaluate(
    folder: Path | str,
    predictions: Path | str,
    splits: Sequence[Split] = (),
    out: Path | str | None = None,
    against: Iterable[Path | str] = (),
) -> BenchmarkReport:
    """Score a file of predictions.

    Args:
        folder: the benchmark, as :func:`load_benchmark` takes it.
        predictions: JSON Lines, as predictions.schema.json says.
        splits: what to score; where none is named, each split of which the predictions speak.
        out: where scores.json goes; None writes nothing.
        against: predictions of other systems to compare with.

    Raises:
        GoldError: the benchmark cannot be read.
        UsageError: the predictions are not as they should be.
        StoreError: ``out`` cannot be written.
    """
    benchmark, path = load_benchmark(folder), Path(predictions)
    mine = read_predictions(path, benchmark.documents)
    scores = score_predictions(benchmark.documents, mine, splits)
    others = {str(other): read_predictions(Path(other), benchmark.documents) for other in against}
    gains = {
        name: {each.split: compare_predictions(benchmark.documents, other, mine, each.split) for each in scores}
        for name, other in others.items()
    }
    report = BenchmarkReport(benchmark, path, tuple(scores), gains)
    if out is not None:
        data = json.dumps(report.as_dict(), indent=1, ensure_ascii=False).encode() + b"\n"
        write_atomically(Path(out) / "scores.json", [data])
    return report


def splits_of(names: Iterable[str]) -> list[Split]:
    """The splits with these names.

    Raises:
        UsageError: there is no such split.
    """
    names = list(names)
    if unknown := [name for name in names if name not in SPLITS]:
        raise UsageError(f"--split {unknown[0]}: there is no such split; there are {', '.join(SPLITS)}")
    return [cast(Split, name) for name in dict.fromkeys(names)]
