"""The value scorer: a logistic model of how likely a candidate is a value; more evidence only raises it.

Every feature that grows with the candidate's own evidence has a weight that is not negative; those of other
candidates of its field have one that is not positive (``scripts/train_scorer.py`` fits the weights within these
bounds). So a stronger mention, a second one or a table cell never lowers a score. One threshold serves all fields and
documents of any length.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from pipeline.linking import Kinds, kinds_of_diseases, kinds_of_modalities
from pipeline.records import FieldName
from pipeline.relations.evidence import Evidence
from pipeline.roles import sigmoid
from pipeline.settings import models_dir

GIVEN: Final = 0.45
"""The probability from which a value is given, in every field."""
_CLIP: Final = 6.0
"""Log odds beyond which more makes no difference."""
RECORD: Final = 0.5
"""The probability from which a study makes a record."""
_THREE: Final = 3
_MANY: Final = 5
"""From so many studies on coats in one document further ones say no more of what it is about."""
_COUNTS: Final = 0.2
"""From this score on a mention counts as a further one."""
_COORDINATED: Final = 0.5
"""What coordinated mentions need to be values together."""
_APART: Final = 40
"""Characters between two members of a coordination at most."""
AGAINST: Final = frozenset({"rival", "rivals", "crowd", "narrower"})
"""Features that lower a candidate's score: other candidates of its field."""
FREE: Final = frozenset({"bias", "wider"})
"""Features whose weights have no bound: what they say does not grow with evidence."""


class ScorerWeights(BaseModel):
    """The file weights.json.

    Attributes:
        note: what it is and what made it.
        own: the weight of each feature by which a sentence reports the paper's own work.
        record: the weight of each feature by which a study is reported with a coat.
        value: per kind of study (own, cited) and field, the weight of each feature of a candidate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    own: Mapping[str, float]
    record: Mapping[str, float]
    value: Mapping[str, Mapping[str, Mapping[str, float]]]


def weights_file() -> Path:
    """Where the shipped weights are."""
    return models_dir() / "scorer" / "weights.json"


@cache
def weights() -> ScorerWeights:
    """The shipped weights."""
    return ScorerWeights.model_validate_json(weights_file().read_text(encoding="utf-8"))


def value(
    kind: str, field: FieldName, features: Mapping[str, float], model: ScorerWeights | None = None, beside: float = 0.0
) -> float:
    """How likely a candidate with these features is a value of the record, from 0 to 1; ``beside`` adds log odds."""
    table = (model or weights()).value[kind][field]
    return sigmoid(beside + math.fsum(table.get(name, 0.0) * amount for name, amount in features.items()))


def candidate_features(group: Sequence[Evidence], others: Iterable[Sequence[Evidence]]) -> dict[str, float]:
    """What the evidence of one candidate shows, beside that of the other candidates of its field.

    Args:
        group: the evidence of the candidate.
        others: that of each other candidate.
    """
    return next(features_of_field([group, *others]))


def features_of_field(groups: Iterable[Sequence[Evidence]]) -> Iterator[dict[str, float]]:
    """The features of each candidate of a field, in their order, beside its rivals; each is summed up once.

    What is coordinated with a candidate (the other parent of a hybrid) is no rival of it.
    """
    every = [_Candidate.of(group) for group in groups]
    partners = _partners(every)
    for number, candidate in enumerate(every):
        yield _features(candidate, [rival for n, rival in enumerate(every) if n not in partners[number]])


def _partners(every: Sequence[_Candidate]) -> list[set[int]]:
    """The candidates that each is coordinated with, and itself: members of a coordination have one support."""
    found = [{number} for number in range(len(every))]
    placed = [(evidence.mention, number) for number, candidate in enumerate(every) for evidence in candidate.group]
    for (one, first), (other, second) in pairwise(sorted(placed, key=lambda each: each[0].start)):
        if one.support == other.support >= _COORDINATED and other.start - one.end <= _APART:
            found[first].add(second)
            found[second].add(first)
    return found


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A candidate in figures: its mentions' scores, the greatest first, what they weigh together, and what it is."""

    group: Sequence[Evidence]
    scores: Sequence[float]
    mass: float
    best: float
    kind: tuple[Kinds, str] | None

    @classmethod
    def of(cls, group: Sequence[Evidence]) -> _Candidate:
        scores = sorted((evidence.score for evidence in group), reverse=True)
        return cls(group, scores, math.fsum(score * score for score in scores), scores[0], _key(group[0]))


def _features(own: _Candidate, rivals: Sequence[_Candidate]) -> dict[str, float]:
    """The features of a candidate; many faint mentions weigh little."""
    scores = own.scores
    most = max((rival.mass for rival in rivals), default=0.0)
    strongest = max((rival.best for rival in rivals), default=0.0)
    found = {"bias": 1.0}
    found["best"] = logit(scores[0]) + _CLIP
    found["second"] = logit(scores[1]) + _CLIP if len(scores) > 1 else 0.0
    found["number"] = math.log1p(sum(score >= _COUNTS for score in scores))
    found["together"] = logit(1.0 - math.prod(1.0 - score for score in scores)) + _CLIP
    found["share"] = own.mass / max(own.mass + math.fsum(rival.mass for rival in rivals), 1e-9)
    found["leads"] = float(own.mass >= most)
    found["strongest"] = float(scores[0] >= strongest)
    found["rival"] = logit(strongest) + _CLIP
    found["crowd"] = math.log1p(sum(len(rival.scores) for rival in rivals))
    found["rivals"] = math.log1p(sum(rival.best >= _COUNTS for rival in rivals))
    found["narrower"], found["wider"] = _kinds(own, rivals)
    for evidence in own.group:
        here = f"at {evidence.section}"
        found[here] = max(found.get(here, 0.0), evidence.score)
    return found


def record_features(
    membranes: Sequence[tuple[Sequence[Evidence], float]],
    cores: Sequence[float],
    drugs: Sequence[float],
    others: int = 0,
) -> dict[str, float]:
    """What a study shows of being one on coated particles.

    Args:
        membranes: the evidence of each candidate for a coat, with its probability.
        cores: the probabilities of the candidates for cores.
        drugs: likewise for drugs.
        others: how many other studies of the document are reported with a coat that has a cue.
    """
    coats = [(p, e) for group, p in membranes for e in group]
    found = {
        "bias": 1.0,
        "coat": max((p for p, _ in coats), default=0.0),
        "core": max(cores, default=0.0),
        "drug": max(drugs, default=0.0),
        "others": math.log1p(min(others, _MANY)),
        "mentions": math.log1p(math.fsum(p * e.score for p, e in coats)),
    }
    for cue in ("rule", "coat", "membrane", "particle"):
        found[f"by {cue}"] = max((p * e.score for p, e in coats if cue in e.cues), default=0.0)
    found["by all"] = max((p * e.score for p, e in coats if len(e.cues) > _THREE), default=0.0)
    return found


def record(features: Mapping[str, float], model: ScorerWeights | None = None) -> float:
    """How likely a study with these features is one on coated particles, from 0 to 1."""
    table = (model or weights()).record
    return sigmoid(math.fsum(table.get(name, 0.0) * amount for name, amount in features.items()))


def _kinds(own: _Candidate, rivals: Iterable[_Candidate]) -> tuple[float, float]:
    """How likely the best of the other candidates is that is a kind of this thing, and that this is a kind of."""
    narrower = wider = 0.0
    if own.kind is not None:
        kinds, name = own.kind
        for rival in rivals:
            if rival.kind is not None:
                narrower = max(narrower, rival.best * kinds.is_wider(name, rival.kind[1]))
                wider = max(wider, rival.best * kinds.is_wider(rival.kind[1], name))
    return narrower, wider


def _key(evidence: Evidence) -> tuple[Kinds, str] | None:
    """The hierarchy in which a mention's thing has a place, and what it goes by there."""
    mention = evidence.mention
    match mention.label:
        case "MODALITY":
            return kinds_of_modalities(), mention.name
        case "DISEASE" if mention.curie is not None:
            return kinds_of_diseases(), mention.curie
        case _:
            return None


def logit(share: float) -> float:
    """The log odds of a probability, clipped to ±6."""
    share = min(max(share, 1e-6), 1.0 - 1e-6)
    return min(max(math.log(share / (1.0 - share)), -_CLIP), _CLIP)
