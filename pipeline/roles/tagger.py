"""The role tagger: how likely a name is a value, and which role it has else (two logistic models).

Their weights are data, learnt by ``scripts/train_scorer.py`` from marked texts and papers with gold (see
models/roles/README.md); what the rules say is among their features, so every decision is a sum that can be written out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Generic, cast

from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import RulesError
from pipeline.records import BEARING, Label, Role, Score
from pipeline.roles.features import Features, Seen, SeenT, lists
from pipeline.roles.rules import RuleSet, RuleVote, roles_dir, shipped_rules

GROUP: Final[dict[Label, str]] = {
    "CELL_LINE": "CELL", "CELL_TYPE": "CELL", "CORE": "CORE", "DRUG": "DRUG", "MODALITY": "MODALITY",
    "DISEASE": "DISEASE", "ANIMAL_MODEL": "ANIMAL", "SIZE": "SIZE",
}  # fmt: skip
"""The labels that share a model."""
MODEL: Final = "model"
"""The entry of ``because`` if no rule sets what the model decides."""
_CLIP: Final = 30.0


class RoleDecision(BaseModel):
    """When rules and model settle a role: the section ``[components.roles.decision]`` of config.cfg.

    Attributes:
        support: the probability from which a name bears a value.
        own_rule: log odds that a user's own rule adds for or against.
        sure: log odds beyond which the model is sure, whatever the rules say.
        doubt: log odds below which rules do not lift a name: what a sentence compares and denies is told in many ways.
        least_for: log odds that an unsure name has at least where all rules that fire say that it bears a value.
        most_against: log odds that it has at most where they say that it does not.
        most_without_part: log odds that it has at most where they say that it plays no part at all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    support: Score = 0.5
    own_rule: float = Field(default=6.0, ge=0)
    sure: float = Field(default=1.6, ge=0)
    doubt: float = -0.8
    least_for: float = 0.2
    most_against: float = -0.5
    most_without_part: float = -1.0


class TaggerWeights(BaseModel):
    """The file tagger.json.

    Attributes:
        note: what it is and what made it.
        support: per group of labels, the weight of each feature of a name that is a value.
        other: per group and role, the weight of each feature of a name that plays another part.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    support: Mapping[str, Mapping[str, float]]
    other: Mapping[str, Mapping[str, Mapping[str, float]]]


@cache
def weights_file() -> Path:
    """Where the shipped weights are."""
    return roles_dir() / "tagger.json"


def load_weights(path: Path) -> TaggerWeights:
    """The weights in a file.

    Raises:
        RulesError: there is no such file, or it has other keys.
    """
    try:
        return TaggerWeights.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RulesError(f"{path}: no weights of the role tagger ({error}); `make scorer` learns them again") from error


@cache
def shipped_weights() -> TaggerWeights:
    """The shipped weights."""
    return load_weights(weights_file())


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided of a name.

    Attributes:
        role: its role.
        support: how likely it plays the part that makes it a value, from 0 to 1.
        negated: whether it is said not to be.
        hypothetical: whether it is only supposed.
        because: the ids of the rules that say so, or ``model``.
    """

    role: Role
    support: float
    negated: bool
    hypothetical: bool
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observed(Generic[SeenT]):
    """What is seen of a sentence's outermost names: what rules say, their features, and which stand in one list."""

    names: tuple[SeenT, ...]
    votes: tuple[RuleVote, ...]
    rows: tuple[tuple[str, ...], ...]
    lists: tuple[tuple[int, ...], ...]


class Tagger:
    """Decides on the names of a sentence, from rules and weights."""

    def __init__(
        self, rules: RuleSet | None = None, weights: TaggerWeights | None = None, decision: RoleDecision | None = None
    ) -> None:
        """Take the shipped rules and weights and the usual thresholds where none are given."""
        self.rules = rules or shipped_rules()
        self.weights = weights or shipped_weights()
        self.decision = decision or RoleDecision()
        self.features = Features(self.rules)

    def decide(
        self, text: str, start: int, end: int, names: Sequence[SeenT], about: Sequence[str] = ()
    ) -> list[tuple[SeenT, Verdict]]:
        """The verdict on each outermost name of the sentence ``text[start:end]``.

        Args:
            text: the document's text.
            start: where the sentence begins.
            end: where it ends.
            names: the names in it.
            about: features of the sentence, such as the section where it stands.
        """
        return self.verdicts(self.observe(text, start, end, names, about))

    def observe(
        self, text: str, start: int, end: int, names: Sequence[SeenT], about: Sequence[str] = ()
    ) -> Observed[SeenT]:
        """What is seen of a sentence's names, before any weight is laid on it; arguments as for :meth:`decide`."""
        tagged = self.rules.tagged(text, start, end, names)
        votes = self.rules.votes(tagged) if tagged.names else []
        rows = tuple(self.features.of_sentence(tagged, votes, about))
        return Observed(tagged.names, tuple(votes), rows, tuple(map(tuple, lists(tagged))))

    def verdicts(self, seen: Observed[SeenT]) -> list[tuple[SeenT, Verdict]]:
        """The verdict on each name of an observed sentence."""
        own_rule = self.decision.own_rule
        odds = [self._odds(name, row) for name, row in zip(seen.names, seen.rows, strict=True)]
        for vote in seen.votes:
            if vote.rule in self.rules.own and vote.sets not in ("negated", "hypothetical"):
                bears = vote.sets == BEARING[seen.names[vote.number].label]
                odds[vote.number] += own_rule if bears else -own_rule
        odds = together([self._with_rules(number, total, seen) for number, total in enumerate(odds)], seen.lists)
        return [
            (name, self._verdict(name, odds[number], seen.rows[number], [v for v in seen.votes if v.number == number]))
            for number, name in enumerate(seen.names)
        ]

    def _with_rules(self, number: int, odds: float, seen: Observed[SeenT]) -> float:
        """Log odds by which a name bears a value; rules that agree settle what the model is not sure of."""
        bearing, limits = BEARING[seen.names[number].label], self.decision
        says = {v.sets for v in seen.votes if v.number == number} - {"negated", "hypothetical"}
        if not says or abs(odds) > limits.sure:
            return odds
        if says == {bearing}:
            return max(odds, limits.least_for) if odds > limits.doubt else odds
        most = limits.most_without_part if says == {"unknown"} else limits.most_against
        return min(odds, most) if bearing not in says else odds

    def _odds(self, name: Seen, row: Iterable[str]) -> float:
        return _total(self.weights.support[GROUP[name.label]], row)

    def _verdict(self, name: Seen, odds: float, row: Sequence[str], votes: Sequence[RuleVote]) -> Verdict:
        support = sigmoid(odds)
        own = next(
            (v.sets for v in votes if v.rule in self.rules.own and v.sets not in ("negated", "hypothetical")), None
        )
        role: Role = BEARING[name.label] if support >= self.decision.support else self._other(name, row, votes)
        if own is not None:
            role = own  # type: ignore[assignment]
        because = tuple(v.rule for v in votes if v.sets in (role, "negated", "hypothetical"))
        if not any(v.sets == role for v in votes):
            because = (*because, MODEL)
        sets = {v.sets for v in votes}
        return Verdict(role, round(support, 4), "negated" in sets, "hypothetical" in sets, because)

    def _other(self, name: Seen, row: Sequence[str], votes: Sequence[RuleVote]) -> Role:
        """The part that a name plays which bears no value: the one that most rules name, else the likeliest."""
        others = {"negated", "hypothetical", "unknown", BEARING[name.label]}
        stated = Counter(v.sets for v in votes if v.sets not in others)
        if stated:
            return cast(Role, stated.most_common(1)[0][0])
        tables = self.weights.other.get(GROUP[name.label], {})
        found = max(tables, key=lambda role: _total(tables[role], row), default="unknown")
        return cast(Role, found)


def _total(weights: Mapping[str, float], row: Iterable[str]) -> float:
    """The sum of the weights that features have."""
    return math.fsum(filter(None, map(weights.get, row)))


def together(odds: Sequence[float], lists_: Iterable[Sequence[int]]) -> list[float]:
    """Log odds in which the members of a coordination stand or fall together: each has their mean."""
    found = list(odds)
    for numbers in lists_:
        mean = math.fsum(odds[n] for n in numbers) / len(numbers)
        for n in numbers:
            found[n] = mean
    return found


def sigmoid(total: float) -> float:
    """A probability from log odds."""
    return 1.0 / (1.0 + math.exp(-min(max(total, -_CLIP), _CLIP)))
