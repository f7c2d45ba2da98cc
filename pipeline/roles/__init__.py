"""Roles of names in their sentences: rules as data, and a tagger learnt from marked text."""

from pipeline.roles.contexts import (
    Context,
    check_recognition,
    map_of,
    part,
    recognition_dir,
    restore_recognition,
    save_recognition,
    shape,
    shipped_recognition,
    words_of,
)
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
    "Context",
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
    "check_recognition",
    "load_rules",
    "load_weights",
    "map_of",
    "part",
    "recognition_dir",
    "restore_recognition",
    "roles_dir",
    "save_recognition",
    "shape",
    "shipped_recognition",
    "shipped_rules",
    "shipped_weights",
    "sigmoid",
    "tag",
    "unmark",
    "weights_file",
    "words_of",
]  # fmt: skip
