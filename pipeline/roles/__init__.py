"""What part a name plays in its sentence: rules as data, and a tagger learnt from marked text, in one decision."""

from pipeline.roles.examples import Failure, check, unmark
from pipeline.roles.features import Features, Seen
from pipeline.roles.rules import Rule, RuleSet, RuleVote, WordClass, load_rules, roles_dir, shipped_rules
from pipeline.roles.tagger import (
    GROUP,
    MODEL,
    Observed,
    Tagger,
    TaggerWeights,
    Verdict,
    load_weights,
    shipped_weights,
    sigmoid,
    weights_file,
)
from pipeline.roles.tagging import Tagged, tag

__all__ = [
    "GROUP",
    "MODEL",
    "Failure",
    "Features",
    "Observed",
    "Rule",
    "RuleSet",
    "RuleVote",
    "Seen",
    "Tagged",
    "Tagger",
    "TaggerWeights",
    "Verdict",
    "WordClass",
    "check",
    "load_rules",
    "load_weights",
    "roles_dir",
    "shipped_rules",
    "shipped_weights",
    "sigmoid",
    "tag",
    "unmark",
    "weights_file",
]  # fmt: skip
