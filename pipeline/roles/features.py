"""Features of a name in its sentence: words and word classes around it, and the rules that matched."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Protocol, TypeVar

from pipeline.records import CoreFacts, SizeFacts, fold
from pipeline.roles.patterns import LETTER
from pipeline.roles.rules import RuleSet, RuleVote
from pipeline.roles.tagging import Name, Tagged

_TOKEN: Final = re.compile(r"⟦\w\d+⟧|[^\W\d_]+|\d[\d.,]*|[^\w\s]")
_ENDING: Final = re.compile(r"(?<=\w{3})(?:ings?|ed|es|s|ly|ation|ations)$")
_NEAR: Final = 3
"""Words to each side whose place counts."""
_FAR: Final = 10
"""Words to each side that count at all."""
_STEPS: Final = ((1, "1"), (3, "3"), (6, "6"), (12, "12"))
"""Distances in words to the nearest word of a class, and what they are called."""
_STEPS_OF_WORK: Final = ("coat", "fuse", "membrane", "load", "test", "give", "measure", "donate")
"""Word classes that show in a heading which step of the work the section describes."""
_PATH: Final = 12
"""Words between two names that may say how they stand to each other."""
_END: Final = 4
"""Letters at the end of a name that show its kind ("-mycin", "-toxicity")."""
_BOUNDS: Final = (10, 30, 60, 100, 160, 250, 400)
"""Nanometres between which sizes are told apart."""


class Seen(Name, Protocol):
    """A name as recognition gives it."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def curie(self) -> str | None: ...  # noqa: D102
    @property
    def size(self) -> SizeFacts | None: ...  # noqa: D102
    @property
    def core(self) -> CoreFacts | None: ...  # noqa: D102


SeenT = TypeVar("SeenT", bound=Seen)


class WordClasses:
    """The word classes of a rule set, to be looked up by token."""

    def __init__(self, rules: RuleSet) -> None:
        """Index the classes' words by their first token."""
        words: dict[str, set[str]] = defaultdict(set)
        self._rows: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in rules.classes:
            for word in rules.words(name):
                tokens = tuple(_TOKEN.findall(word.lower()))
                if len(tokens) == 1:
                    words[tokens[0]].add(name)
                elif tokens:
                    self._rows.setdefault(tokens[0], []).append((tokens, name))
        self._words = {word: tuple(sorted(names)) for word, names in words.items()}
        self.of_name = lru_cache(maxsize=1 << 14)(self._of_name)

    def of(self, tokens: Sequence[str]) -> list[tuple[str, ...]]:
        """For each token (in lower case) the classes of the words that begin there."""
        found: list[tuple[str, ...]] = []
        for index, token in enumerate(tokens):
            names = self._words.get(token, ())
            if rows := self._rows.get(token):
                longer = {name for row, name in rows if tuple(tokens[index : index + len(row)]) == row}
                names = tuple(sorted(longer.union(names))) if longer else names
            found.append(names)
        return found

    def _of_name(self, name: str) -> tuple[str, ...]:
        """The classes that a name as a whole is a word of: a dye, an inducer."""
        tokens = tuple(_TOKEN.findall(name.lower()))
        if len(tokens) == 1:
            return tuple(f"is={one}" for one in self._words.get(tokens[0], ()))
        rows = self._rows.get(tokens[0], ()) if tokens else ()
        return tuple(sorted({f"is={one}" for row, one in rows if row == tokens}))


@dataclass(slots=True)
class Sentence:
    """A tagged sentence in tokens."""

    tokens: list[str]
    words: list[str]
    classes: list[tuple[str, ...]]
    at: Mapping[int, int]

    @classmethod
    def of(cls, text: str, classes: WordClasses) -> Sentence:
        """Split a tagged sentence; ``at`` gives the token of each name's number."""
        tokens = _TOKEN.findall(text)
        at = {int(token[2:-1]): index for index, token in enumerate(tokens) if token[0] == "⟦"}
        return cls(tokens, list(map(_word, tokens)), classes.of([token.lower() for token in tokens]), at)


class Features:
    """Makes the features of names from a rule set."""

    def __init__(self, rules: RuleSet) -> None:
        """Take the rules whose votes and word classes are features."""
        self.rules = rules

    @cached_property
    def _classes(self) -> WordClasses:
        return WordClasses(self.rules)

    def heading(self, text: str) -> tuple[str, ...]:
        """The word classes in a heading that name a step of the work."""
        tokens = [token.lower() for token in _TOKEN.findall(text)]
        there = {name for names in self._classes.of(tokens) for name in names}
        return tuple(f"H={name}" for name in _STEPS_OF_WORK if name in there)

    def of_sentence(
        self, tagged: Tagged[SeenT], votes: Sequence[RuleVote], about: Sequence[str] = ()
    ) -> Iterator[tuple[str, ...]]:
        """The features of each name of a tagged sentence, in the order of their numbers.

        Args:
            tagged: the sentence.
            votes: what the rules say of its names.
            about: features of the sentence, such as the section where it stands.
        """
        sentence = Sentence.of(tagged.text, self._classes)
        speaks = sorted({f"S={name}" for names in sentence.classes for name in names})
        for number, name in enumerate(tagged.names):
            says = sorted({f"says={vote.sets}" for vote in votes if vote.number == number}) or ["says=nothing"]
            own = [vote.rule for vote in votes if vote.number == number]
            yield tuple(
                dict.fromkeys(
                    (
                        "bias", *says, *(f"rule={rule}" for rule in own), *about,
                        *(f"{first} & {second}" for first in about for second in says), *of_name(name),
                        *self._classes.of_name(name.name), *_beside_sizes(name, tagged.names),
                        *_around(sentence, number), *speaks,
                    )
                )
            )  # fmt: skip


def _around(sentence: Sentence, number: int) -> Iterator[str]:
    """The words, classes and names around a name."""
    at = sentence.at.get(number)
    if at is None:
        return
    left = range(at - 1, max(-1, at - 1 - _FAR), -1)
    right = range(at + 1, min(len(sentence.tokens), at + 1 + _FAR))
    for side, indices in (("L", left), ("R", right)):
        words = [sentence.words[index] for index in indices]
        padded = [*words, "^"]
        for distance, word in enumerate(padded[:_NEAR], start=1):
            yield f"{side}{distance}={word}"
        yield f"{side}12={' '.join(padded[:2])}"
        yield f"{side}123={' '.join(padded[:3])}"
        yield from [f"{side}*={word}" for word in sorted(set(words)) if word[0] == "<" or word.isalpha()]
        yield from _nearest(sentence, side, indices)
    kind = sentence.tokens[at][1]
    same = [n for n, index in sentence.at.items() if sentence.tokens[index][1] == kind]
    yield f"rank={min(same.index(number), 3)}/{min(len(same), 3)}"


def _nearest(sentence: Sentence, side: str, indices: Sequence[int]) -> list[str]:
    """How far the nearest word of each class is, and what stands between this and the next name of each label."""
    near: dict[str, int] = {}
    met: dict[str, str] = {}
    between: list[str] = []
    for distance, index in enumerate(indices[:_PATH], start=1):
        word = sentence.tokens[index]
        if word[0] == "⟦":
            if word[1] not in met:
                met[word[1]] = f"{side}<{word[1]}>:{','.join(between[:4])}"
            between.append(word[1])
            continue
        classes = sentence.classes[index]
        if classes:
            between.append(classes[0])
            for name in classes:
                near.setdefault(name, distance)
        elif word in ",;:":
            between.append(word)
    found = [*met.values()]
    for name, distance in near.items():
        found += (f"{side}:{name}@{_STEP_OF[distance]}", f"{side}:{name}")
    return found


_STEP_OF: Final = {d: next(called for limit, called in _STEPS if d <= limit) for d in range(1, _PATH + 1)}


def of_name(name: Seen) -> Iterator[str]:
    """What a name shows of itself."""
    yield f"linked={name.curie is not None}"
    match name.label:
        case "SIZE" if name.size is not None:
            bound = sum(name.size.value >= limit for limit in _BOUNDS) if name.size.unit == "nm" else "large"
            yield from (f"size={bound}", f"of={name.size.of}", f"sd={name.size.sd is not None}")
        case "CORE" if name.core is not None:
            yield f"form={name.core.form}"
            yield f"materials={min(len(name.core.materials), 3)}"
            yield f"words={min(len(name.name.split()), 4)}"
        case "CELL_LINE":
            yield "line"
        case "DISEASE" | "CELL_TYPE" | "MODALITY":
            yield f"name={fold(name.name)}"
            yield f"ends={fold(name.name)[-_END:]}"
        case "ANIMAL_MODEL":
            yield f"words={min(len(name.name.split()), 4)}"
        case "DRUG":
            yield from (f"name={fold(name.name)}", f"ends={fold(name.name)[-_END:]}")
        case _:
            pass


_COAT_ADDS: Final = (2.0, 50.0)
"""Nanometres that a membrane adds to the diameter of a particle, at least and at most."""


def _beside_sizes(name: Seen, names: Iterable[Seen]) -> Iterator[str]:
    """How a size stands to the others of its sentence: a coat makes a particle a little larger."""
    if name.size is None:
        return
    others = [o.size.value for o in names if o.size is not None and o is not name and o.size.unit == name.size.unit]
    least, most = _COAT_ADDS
    yield f"sizes={min(len(others), 2)}"
    if any(least <= name.size.value - other <= most for other in others):
        yield "a little larger"
    if any(least <= other - name.size.value <= most for other in others):
        yield "a little smaller"
    if others and name.size.value > max(others):
        yield "largest"


@lru_cache(maxsize=1 << 15)
def _word(token: str) -> str:
    """A token as a feature has it: names by their label, codes and numbers as such, words without their endings."""
    if token[0] == "⟦":
        return f"<{token[1]}>"
    if len(token) > 1 and token.isupper():
        return "CODE"
    if token[0].isdigit():
        return "0"
    return _ENDING.sub("", token.lower())


def lists(tagged: Tagged[SeenT]) -> Iterable[list[int]]:
    """The numbers of names of one label that stand in one coordination, for each coordination of two or more."""
    for match in _COORDINATION.finditer(tagged.text):
        numbers = [int(n) for n in _NUMBER.findall(match.group())]
        labels = {LETTER[tagged.names[n].label] for n in numbers}
        if len(labels) == 1 and labels != {LETTER["SIZE"]}:  # two sizes side by side are mostly of two things
            yield numbers


_NUMBER: Final = re.compile(r"⟦\w(\d+)⟧")
_COORDINATION: Final = re.compile(
    r"⟦(\w)\d+⟧(?:(?:[\s-][\w-]+)?(?:\s?[,/+&]\s?(?:(?:and|or)\s)?|\s(?:and|or|plus|as well as)\s|\s(?=⟦))"
    r"(?:(?:the|a|an)\s)?(?:[\w-]+\s){0,3}?⟦\1\d+⟧)+"
)
