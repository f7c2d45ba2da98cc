"""Records against gold: scores with intervals, errors by name, and gold sets drafted and checked."""

from pipeline.evaluation.audit import AuditFinding, audited, load_audit
from pipeline.evaluation.baselines import Maker, derive, keep, nearest
from pipeline.evaluation.build import GoldDraft, build
from pipeline.evaluation.check import Problem, check
from pipeline.evaluation.compare import Comparison, Difference, compare
from pipeline.evaluation.gold import About, Gold, GoldValue, load_gold
from pipeline.evaluation.matching import MATCHINGS, Matching
from pipeline.evaluation.mentions import LabelledSpan, SpanFigure, score_mentions
from pipeline.evaluation.report import Report, evaluate
from pipeline.evaluation.scores import Calibration, Figure, Interval, Scores, score
from pipeline.evaluation.tally import Error, Tally, tally
from pipeline.evaluation.thresholds import Threshold, shortfalls

__all__ = [
    "MATCHINGS",
    "About",
    "AuditFinding",
    "Calibration",
    "Comparison",
    "Difference",
    "Error",
    "Figure",
    "Gold",
    "GoldDraft",
    "GoldValue",
    "Interval",
    "LabelledSpan",
    "Maker",
    "Matching",
    "Problem",
    "Report",
    "Scores",
    "SpanFigure",
    "Tally",
    "Threshold",
    "audited",
    "build",
    "check",
    "compare",
    "derive",
    "evaluate",
    "keep",
    "load_audit",
    "load_gold",
    "nearest",
    "score",
    "score_mentions",
    "shortfalls",
    "tally",
]
