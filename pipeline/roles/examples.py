"""Marked sentences, as in the examples of rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pipeline.errors import RulesError
from pipeline.records import Label
from pipeline.roles.patterns import GROUPS, LETTER
from pipeline.roles.rules import Rule, RuleSet

_MARK: Final = re.compile(r"\[(?P<text>[^\[\]|]+)\|(?P<label>[A-Z]+)(?P<meant>!?)\]")


class ExampleName(NamedTuple):
    """A name in an example: ``[start, end)`` in the sentence without marks, its label, whether a rule must find it."""

    start: int
    end: int
    label: Label
    meant: bool


class Failure(NamedTuple):
    """An example that a rule does not answer as it should."""

    rule: str
    example: str
    problem: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.problem}: {self.example}"


def unmark(example: str) -> tuple[str, list[ExampleName]]:
    """The sentence of an example and the names in it.

    Raises:
        RulesError: a mark has a label that there is not.
    """
    names: list[ExampleName] = []
    parts: list[str] = []
    at = size = 0
    for match in _MARK.finditer(example):
        if match["label"] not in GROUPS:
            raise RulesError(f"example {example!r}: no label {match['label']!r}; known are {', '.join(GROUPS)}")
        between = example[at : match.start()]
        size += len(between)
        names.append(ExampleName(size, size + len(match["text"]), _label(match["label"]), bool(match["meant"])))
        parts += [between, match["text"]]
        size += len(match["text"])
        at = match.end()
    return "".join([*parts, example[at:]]), names


def _label(group: str) -> Label:
    return next(label for label, letter in LETTER.items() if letter == GROUPS[group])


def check(rules: RuleSet) -> Iterator[Failure]:
    """Every example that its rule answers otherwise than it says."""
    for rule in rules.rules:
        for example in rule.yes:
            yield from _failures(rules, rule, example, expected=True)
        for example in rule.no:
            yield from _failures(rules, rule, example, expected=False)


def _failures(rules: RuleSet, rule: Rule, example: str, *, expected: bool) -> Iterator[Failure]:
    sentence, names = unmark(example)
    meant = {number for number, name in enumerate(names) if name.meant}
    if expected and not meant:
        yield Failure(rule.id, example, "a `yes` example marks no name with !")
        return
    tagged = rules.tagged(sentence, 0, len(sentence), names)
    found = {vote.number for vote in rules.votes(tagged) if vote.rule == rule.id}
    if expected:
        missed = [names[n] for n in sorted(meant - found)]
        extra = [names[n] for n in sorted(found - meant)]
    else:
        missed, extra = [], [names[n] for n in sorted(found)]
    if missed:
        yield Failure(rule.id, example, f"does not find {', '.join(sentence[n.start : n.end] for n in missed)}")
    if extra:
        yield Failure(rule.id, example, f"finds {', '.join(sentence[n.start : n.end] for n in extra)} as well")
