"""What a second opinion weighs: cases counted on papers with gold, and the odds and probabilities that they give.

Each share is estimated by the rule of succession, (hits + 1) / (cases + 2), so that few cases weigh little and none
gives one half.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.errors import UsageError
from pipeline.settings import models_dir

HIGHEST_SCORE: Final = 0.99
_LOWEST_SCORE: Final = 0.01
Count = Annotated[int, Field(ge=0)]


class OpinionCounts(BaseModel):
    """How often a model's word on a value was right, by gold.

    Attributes:
        right: values of records that gold has, whatever the model said.
        named_right: of these, those that it named.
        opposed_right: of these, those that it gave another part or study, or to which it preferred another.
        wrong: values of records that gold does not have.
        named_wrong: of these, those that it named.
        opposed_wrong: of these, those that it opposed.
        alone: values that it added.
        alone_right: of these, those that gold has.
        contradicted: values that it added and to whose names the rules gave another part.
        contradicted_right: of these, those that gold has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    right: Count = 0
    named_right: Count = 0
    opposed_right: Count = 0
    wrong: Count = 0
    named_wrong: Count = 0
    opposed_wrong: Count = 0
    alone: Count = 0
    alone_right: Count = 0
    contradicted: Count = 0
    contradicted_right: Count = 0

    @model_validator(mode="after")
    def _parts_of_wholes(self) -> Self:
        wholes = {
            "right": self.named_right + self.opposed_right, "wrong": self.named_wrong + self.opposed_wrong,
            "alone": self.alone_right, "contradicted": self.contradicted_right,
        }  # fmt: skip
        for name, parts in wholes.items():
            if parts > getattr(self, name):
                raise ValueError(f"{name} is {getattr(self, name)} and its parts are {parts}")
        return self

    def __add__(self, other: OpinionCounts) -> OpinionCounts:
        """The cases of both."""
        return OpinionCounts(**{name: getattr(self, name) + getattr(other, name) for name in type(self).model_fields})

    @property
    def digest(self) -> str:
        """A short hash of the counts, by which a record names them."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:8]

    @property
    def agreement(self) -> float:
        """The log odds that a value gains where the model names it too; never below 0."""
        return max(0.0, math.log(_share(self.named_right, self.right) / _share(self.named_wrong, self.wrong)))

    @property
    def opposition(self) -> float:
        """The log odds that a value of prose loses where the model opposes it; never below 0."""
        return max(0.0, math.log(_share(self.opposed_wrong, self.wrong) / _share(self.opposed_right, self.right)))

    @property
    def added(self) -> float:
        """The probability of a value that only the model names."""
        return _share(self.alone_right, self.alone)

    @property
    def added_against_rules(self) -> float:
        """That of one to whose name the rules gave another part in its sentence."""
        return _share(self.contradicted_right, self.contradicted)

    def raised(self, score: float) -> float:
        """A score after the model named the value too."""
        return max(score, min(HIGHEST_SCORE, round(_shifted(score, self.agreement), 4)))

    def lowered(self, score: float) -> float:
        """A score after the model opposed the value."""
        return min(score, max(_LOWEST_SCORE, round(_shifted(score, -self.opposition), 4)))


class OpinionWeights(BaseModel):
    """The file calibration.json: counts by model, and those for models that were not counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str = ""
    default: OpinionCounts | None = None
    models: Mapping[str, OpinionCounts] = Field(default_factory=dict)


def weights_of(model: str, path: Path | None = None) -> OpinionCounts:
    """The counts for a model: from a file of the user's own, else the shipped ones.

    Raises:
        UsageError: the file is none of calibrations.
    """
    shipped = _read(models_dir() / "opinion" / "calibration.json")
    own = _read(path) if path else OpinionWeights()
    return own.models.get(model) or own.default or shipped.models.get(model) or shipped.default or OpinionCounts()


def _read(path: Path) -> OpinionWeights:
    try:
        return OpinionWeights.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError) as error:
        told = str(error).splitlines()
        raise UsageError(
            f"{path}: no calibration of a language model ({' '.join(told[:3])}); make one with `coatmine calibrate`"
        ) from error


def _share(hits: int, cases: int) -> float:
    return (hits + 1) / (cases + 2)


def _shifted(score: float, by: float) -> float:
    """A probability after its log odds were shifted."""
    odds = score / max(1.0 - score, 1e-9) * math.exp(by)
    return odds / (1.0 + odds)
