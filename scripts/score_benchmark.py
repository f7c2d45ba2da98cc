"""The benchmark's table of results: baselines, the pipeline, and what others sent in.

    python scripts/score_benchmark.py dev
    python scripts/score_benchmark.py test                                  each run is counted
    python scripts/score_benchmark.py real --file lin2023=PATH              the review is not in the repository

Predictions go to out/benchmark/SPLIT/SYSTEM.jsonl. benchmarks/submissions/NAME.jsonl holds what others sent in; it is
scored beside them. The figures are printed and kept in docs/benchmark.jsonl, a line
for each split and system.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from pipeline import predictors
from pipeline.errors import CoatmineError
from pipeline.evaluation.benchmark import (
    SPLITS,
    Benchmark,
    Prediction,
    Split,
    SplitScores,
    load_benchmark,
    of_split,
    read_predictions,
    score_predictions,
    write_predictions,
)  # fmt: skip
from pipeline.evaluation.benchmark.shown import results
from pipeline.settings import version

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "gold" / "benchmark"
SUBMISSIONS: Final = ROOT / "benchmarks" / "submissions"
COUNTED: Final = "test"
"""The split that nobody opens, of which every scoring is counted."""
RESULTS: Final = ROOT / "docs" / "benchmark.jsonl"


def main() -> None:
    """Predict, score, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("split", choices=SPLITS)
    parser.add_argument(
        "--file", action="append", default=[], metavar="ID=PATH", help="a document that is elsewhere, or a folder"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "benchmark", help="where predictions go")
    args = parser.parse_args()
    try:
        benchmark = load_benchmark(FOLDER)
        scores = score(benchmark, args.split, predictors.files_of(args.file), args.out)
        times = keep(benchmark, args.split, scores)
    except CoatmineError as error:
        sys.exit(str(error))
    counted = f"scorings of version {benchmark.version}, with this one: {times}\n" if args.split == COUNTED else ""
    sys.stdout.write(f"{results(scores)}\n{counted}")


def score(benchmark: Benchmark, split: Split, files: dict[str, Path], out: Path) -> dict[str, SplitScores]:
    """The scores of each system on a split."""
    documents = of_split(benchmark.documents, split)
    made = predictors.predict(benchmark, documents, list(predictors.SYSTEMS), files, say)
    for name, predictions in made.items():
        write_predictions(predictions, out / split / f"{name}.jsonl")
    given: dict[str, dict[str, Prediction]] = {name: {p.id: p for p in found} for name, found in made.items()}
    for path in sorted(SUBMISSIONS.glob("*.jsonl")):
        sent = read_predictions(path, benchmark.documents)
        if any(document.id in sent for document in documents):
            given[path.stem] = sent
    return {name: score_predictions(documents, found, [split])[0] for name, found in given.items()}


def say(message: str) -> None:
    """Say what is left out."""
    sys.stderr.write(f"{message}\n")


def keep(benchmark: Benchmark, split: Split, scores: dict[str, SplitScores]) -> int:
    """Keep the figures of a split beside those of the others; how often it was scored in this version."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.is_file() else []
    kept: list[dict[str, Any]] = [json.loads(line) for line in lines]
    before = (row["times"] for row in kept if row["split"] == split and row["version"] == benchmark.version)
    times = max(before, default=0) + (split == COUNTED)
    head = {"split": split, "benchmark": benchmark.name, "version": benchmark.version, "coatmine": version()}
    kept = [row for row in kept if row["split"] != split]
    kept += [{**head, "times": times, "system": name, **figures(each)} for name, each in scores.items()]
    kept.sort(key=lambda row: SPLITS.index(row["split"]))
    RESULTS.write_text("".join(f"{json.dumps(row)}\n" for row in kept), encoding="utf-8")
    return times


def figures(scores: SplitScores) -> dict[str, Any]:
    """Scores in total, and records by kind of text."""
    plain = short(scores.model_dump(mode="json"))
    kinds = {kind: fields["all"] for kind, fields in plain["values"].items() if kind != "all"}
    return {
        "documents": scores.documents,
        "answered": scores.answered,
        "values": plain["values"]["all"],
        "values_by_kind": kinds,
        "records": plain["records"]["all"],
        "false_records": plain["false_records"],
        "mentions": plain["mentions"] and plain["mentions"].get("all"),
        "roles": plain["roles"] and plain["roles"].get("all"),
        "role_accuracy": plain["role_accuracy"] and plain["role_accuracy"].get("all"),
    }


def short(value: Any) -> Any:
    """Scores with six decimals, and of the intervals that of F1."""
    if isinstance(value, dict):
        left_out = ("precision_interval", "recall_interval")
        return {key: short(each) for key, each in value.items() if key not in left_out}
    return round(value, 6) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
