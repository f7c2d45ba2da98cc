"""A benchmark of the field: texts with names and records, predictions as JSON Lines, and their scores."""

from pipeline.evaluation.benchmark.documents import SPLITS, BenchmarkDocument, Split, of_split, source_of
from pipeline.evaluation.benchmark.folder import (
    Benchmark,
    contents,
    is_released,
    load_benchmark,
    release_benchmark,
    verify,
    write_benchmark,
)
from pipeline.evaluation.benchmark.predictions import Prediction, read_predictions, schema, write_predictions
from pipeline.evaluation.benchmark.report import BenchmarkReport, evaluate, splits_of
from pipeline.evaluation.benchmark.scoring import SplitScores, compare_predictions, score_predictions
from pipeline.evaluation.benchmark.shown import contents_as_text

__all__ = [
    "SPLITS",
    "Benchmark",
    "BenchmarkDocument",
    "BenchmarkReport",
    "Prediction",
    "Split",
    "SplitScores",
    "compare_predictions",
    "contents",
    "contents_as_text",
    "evaluate",
    "is_released",
    "load_benchmark",
    "of_split",
    "read_predictions",
    "release_benchmark",
    "schema",
    "score_predictions",
    "source_of",
    "splits_of",
    "verify",
    "write_benchmark",
    "write_predictions",
]
