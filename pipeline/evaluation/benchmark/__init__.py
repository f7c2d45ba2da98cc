"""A benchmark of the field: texts with names and records, predictions as JSON Lines, and their scores."""

from pipeline.evaluation.benchmark.documents import SPLITS, BenchmarkDocument, Split, of_split, source_of
from pipeline.evaluation.benchmark.folder import Benchmark, is_released, load_benchmark, verify, write_benchmark
from pipeline.evaluation.benchmark.predictions import Prediction, read_predictions, schema, write_predictions
from pipeline.evaluation.benchmark.report import BenchmarkReport, evaluate, splits_of
from pipeline.evaluation.benchmark.scoring import SplitScores, score_predictions

__all__ = [
    "SPLITS",
    "Benchmark",
    "BenchmarkDocument",
    "BenchmarkReport",
    "Prediction",
    "Split",
    "SplitScores",
    "evaluate",
    "is_released",
    "load_benchmark",
    "of_split",
    "read_predictions",
    "schema",
    "score_predictions",
    "source_of",
    "splits_of",
    "verify",
    "write_benchmark",
    "write_predictions",
]
