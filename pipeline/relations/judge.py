"""How likely a mention is evidence of a value, and a value to be right: two small logistic models, one on the other.

The first reads a mention's traits in its sentence, the second how the mentions of one thing are spread over the paper
and how the other candidates of its field stand. Their weights are data, made by ``scripts/train_judge.py`` from papers
with gold (see models/judge/README.md); every decision is a sum that can be written out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from pipeline.linking import Kinds, kinds_of_diseases, kinds_of_modalities
from pipeline.records import FieldName
from pipeline.relations.findings import Finding
from pipeline.settings import models_dir

_CLIP: Final = 6.0
"""Log odds beyond which more makes no difference."""
_ATTRIBUTES: Final = frozenset({"tells cells", "of a model", "class"})
"""Traits of a mention that only tells what cells or models are, or names a class."""
_NOTHING: Final = 1e-9


class Weights(BaseModel):
    """The file weights.json.

    Attributes:
        note: what it is and what made it.
        mention: per field, the weight of each trait.
        value: per kind of document (own, review) and field, the weight of each sign.
        least: likewise, the probability from which a value is given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    mention: Mapping[str, Mapping[str, float]]
    value: Mapping[str, Mapping[str, Mapping[str, float]]]
    least: Mapping[str, Mapping[str, float]]


def weights_file() -> Path:
    """Where the shipped weights are."""
    return models_dir() / "judge" / "weights.json"


@cache
def weights() -> Weights:
    """The shipped weights."""
    return Weights.model_validate_json(weights_file().read_text(encoding="utf-8"))


def evidence(field: FieldName, traits: Iterable[str], judge: Weights | None = None) -> float:
    """How likely a mention with these traits is evidence of a value, from 0 to 1."""
    table = (judge or weights()).mention[field]
    return sigmoid(sum(table.get(trait, 0.0) for trait in traits))


def value(
    kind: str, field: FieldName, signs: Mapping[str, float], judge: Weights | None = None, beside: float = 0.0
) -> float:
    """How likely a candidate with these signs is a value of the record, from 0 to 1; ``beside`` adds log odds."""
    table = (judge or weights()).value[kind][field]
    return sigmoid(beside + sum(table.get(sign, 0.0) * amount for sign, amount in signs.items()))


def signs(group: Sequence[Finding], others: Iterable[Sequence[Finding]]) -> dict[str, float]:
    """What the findings of one thing show, beside those of the other candidates of its field.

    Args:
        group: the findings of the thing.
        others: those of each other thing.
    """
    others = list(others)
    found = {"bias": 1.0}
    scores = sorted((finding.score for finding in group), reverse=True)
    rivals = [[finding.score for finding in other] for other in others]
    found["best"] = logit(scores[0])
    found["second"] = logit(scores[1]) if len(scores) > 1 else -_CLIP
    found["number"] = math.log1p(len(scores))
    found["mean"] = logit(math.fsum(scores) / len(scores))
    mass = math.fsum(scores)
    most = max(map(math.fsum, rivals), default=0.0)
    found["share"] = mass / max(math.fsum([mass, *map(math.fsum, rivals)]), _NOTHING)
    found["against most"] = mass / max(mass, most, _NOTHING)
    found["leads"] = float(mass >= most)
    found["rival"] = logit(max((max(rival) for rival in rivals), default=0.0))
    found["best above rival"] = found["best"] - found["rival"]
    found["rivals"] = math.log1p(len(rivals))
    found["narrower"], found["wider"] = _kinds(group, others)
    found["only tells"] = float(all(_ATTRIBUTES.intersection(finding.traits) for finding in group))
    found["only tells, rivals"] = found["only tells"] * (len(rivals) > 0)
    for finding in group:
        here = f"at {finding.place}"
        found[here] = max(found.get(here, 0.0), 0.3 + 0.7 * finding.score)
    return found


def _kinds(group: Sequence[Finding], others: Iterable[Sequence[Finding]]) -> tuple[float, float]:
    """How likely the best of the other candidates is that is a kind of this thing, and that this is a kind of."""
    narrower = wider = 0.0
    mine = _key(group[0])
    if mine is not None:
        kinds, name = mine
        for other in others:
            if (its := _key(other[0])) is not None:
                best = max(finding.score for finding in other)
                narrower = max(narrower, best * kinds.is_wider(name, its[1]))
                wider = max(wider, best * kinds.is_wider(its[1], name))
    return narrower, wider


def is_kind_of_one(finding: Finding, others: Iterable[Finding]) -> bool:
    """Whether a finding's thing is a kind of another's."""
    return _kinds([finding], [[other] for other in others])[1] > 0.0


def _key(finding: Finding) -> tuple[Kinds, str] | None:
    """The hierarchy in which a finding's thing has a place, and what it goes by there."""
    mention = finding.mention
    match mention.label:
        case "MODALITY":
            return kinds_of_modalities(), mention.name
        case "DISEASE" if mention.curie is not None:
            return kinds_of_diseases(), mention.curie
        case _:
            return None


def logit(share: float) -> float:
    """The log odds of a probability, clipped."""
    share = min(max(share, 1e-6), 1.0 - 1e-6)
    return min(max(math.log(share / (1.0 - share)), -_CLIP), _CLIP)


def sigmoid(total: float) -> float:
    """A probability from log odds."""
    return 1.0 / (1.0 + math.exp(-min(max(total, -30.0), 30.0)))
