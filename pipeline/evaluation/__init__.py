"""Records against gold: scores with intervals, errors by name, and gold sets drafted and checked."""

from pipeline.evaluation.build import Draft, build
from pipeline.evaluation.check import Problem, check
from pipeline.evaluation.gold import About, Gold, GoldValue, load_gold
from pipeline.evaluation.matching import MATCHINGS, Matching
from pipeline.evaluation.mentions import LabelledSpan, SpanFigure, score_mentions
from pipeline.evaluation.report import Report, evaluate
from pipeline.evaluation.scores import Error, Figure, Interval, Scores, score

__all__ = [
    "MATCHINGS",
    "About",
    "Draft",
    "Error",
    "Figure",
    "Gold",
    "GoldValue",
    "Interval",
    "LabelledSpan",
    "Matching",
    "Problem",
    "Report",
    "Scores",
    "SpanFigure",
    "build",
    "check",
    "evaluate",
    "load_gold",
    "score",
    "score_mentions",
]
