"""Rules on roles: word classes and rules in TOML files, validated when they are read.

``classes.toml`` holds the word classes, each once; every other ``*.toml`` of the folder holds rules. A rule says what a
way of speaking sets on the names in it: their role, or that they are negated or only supposed.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import RulesError
from pipeline.records import Role
from pipeline.roles.labels import with_labels
from pipeline.roles.patterns import GROUPS, Pattern, PatternError, alternatives, compile_pattern, searched, tokens_of
from pipeline.roles.tagging import NameT, Tagged, tag
from pipeline.settings import models_dir

CLASSES: Final = "classes.toml"
Sets = Role | Literal["negated", "hypothetical"]
"""What a rule can set."""


class WordClass(BaseModel):
    """Words that mean much the same in this field.

    Attributes:
        note: what they have in common.
        verbs: verbs in their base form; regular forms are made. "wrap(p)" doubles the letter, as in "wrapped".
        ed: further participles and past forms ("clad", "hidden").
        ing: further present participles.
        nouns: nouns in the singular; plurals are made.
        words: other words and word rows, as they stand.
        includes: other classes, whose words are words of this one too, form by form.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    verbs: tuple[str, ...] = ()
    ed: tuple[str, ...] = ()
    ing: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()

    @cached_property
    def forms(self) -> Mapping[str, tuple[str, ...]]:
        """Its own words by form: ``base``, ``s``, ``ed``, ``ing``, ``noun``, ``verb``, and ``""`` for all."""
        base, s, ed, ing = [], [], list(self.ed), list(self.ing)
        for verb in self.verbs:
            stem, double = (verb[:-3], verb[-2]) if verb.endswith(")") else (verb, "")
            base.append(stem)
            s.append(_plural(stem))
            ed.append(_past(stem, double))
            ing.append(_present(stem, double))
        noun = [form for one in self.nouns for form in (one, _plural(one))]
        verb_forms = (*base, *s, *ed, *ing)
        return {
            "base": tuple(base), "s": tuple(s), "ed": tuple(ed), "ing": tuple(ing), "noun": tuple(noun),
            "verb": verb_forms, "": (*verb_forms, *noun, *self.words),
        }  # fmt: skip


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if _changes_y(word) else word + "s"


def _changes_y(word: str) -> bool:
    return word.endswith("y") and not word.endswith(("ay", "ey", "iy", "oy", "uy"))


def _past(stem: str, double: str) -> str:
    if stem.endswith("e"):
        return stem + "d"
    return stem[:-1] + "ied" if _changes_y(stem) else stem + double + "ed"


def _present(stem: str, double: str) -> str:
    return stem[:-1] + "ing" if stem.endswith("e") and not stem.endswith("ee") else stem + double + "ing"


class Rule(BaseModel):
    """One way of speaking, and what it says of the names in it.

    Attributes:
        id: unique; listed in a mention's ``because``.
        about: the label of the names it says something of.
        sets: their role, ``negated`` or ``hypothetical``.
        pattern: see :mod:`pipeline.roles.patterns`.
        named: a word class of which the name itself must have a word; empty for any name.
        also: a pattern that must match in the same sentence too; of several, all.
        unless: patterns that take names away from the rule: those that they speak of, or all of the sentence where
            such a pattern has no name that the rule is about.
        yields: what other rules may set on the same name that this rule gives way to.
        among: the rule applies only to names on which another rule sets one of these.
        vouches: whether its word is enough for a name that no lexicon has and that only a trained model has seen.
        reason: why this is so, or where it is taken from.
        yes: sentences with names as ``[4T1|CELL]``; those that the rule must find as ``[4T1|CELL!]``.
        no: sentences in which it must find none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    about: tuple[str, ...] | str
    sets: Sets
    pattern: tuple[str, ...] | str
    named: str = ""
    also: tuple[str, ...] | str = ()
    unless: tuple[str, ...] | str = ()
    yields: tuple[Sets, ...] = ()
    among: tuple[Sets, ...] = ()
    vouches: bool = False
    reason: str
    yes: Annotated[tuple[str, ...], Field(min_length=1)]
    no: tuple[str, ...] = ()

    @property
    def letters(self) -> str:
        """The letters of the labels that it is about."""
        return "".join(GROUPS[name] for name in _several(self.about))


class RulesFile(BaseModel):
    """The contents of one file of rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str = ""
    rule: tuple[Rule, ...] = ()
    classes: Mapping[str, WordClass] = Field(default_factory=dict, alias="class")


class RuleVote(NamedTuple):
    """What a rule says: of the name with this number in a tagged sentence, by the rule with this id."""

    number: int
    sets: Sets
    rule: str


_Needing = tuple[Pattern, int]
"""A pattern, and the bits of what a sentence must have for it."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    letters: str
    patterns: tuple[_Needing, ...]
    named: re.Pattern[str] | None
    also: tuple[_Needing, ...]
    unless: tuple[_Needing, ...]

    def kept(self, found: set[int], text: str, there: int, surfaces: Sequence[str]) -> list[int]:
        """The names of those its patterns found of which the rule says something, in their order.

        Args:
            found: the numbers of the names.
            text: the sentence in lower case.
            there: the bits of what the sentence has.
            surfaces: the names as they are printed.
        """
        if self.named is not None:
            found = {number for number in found if self.named.search(surfaces[number])}
        if not found or not all(not needed & ~there and p.regex.search(text) for p, needed in self.also):
            return []
        for p, needed in self.unless:
            if needed & ~there:
                continue
            if p.targets:
                found -= set(p.numbers(text, self.letters))
            elif p.regex.search(text):
                return []
        return sorted(found)


class RuleSet:
    """Word classes and rules, ready to be tried on sentences."""

    def __init__(self, rules: Sequence[Rule], classes: Mapping[str, WordClass], *, own: Iterable[str] = ()) -> None:
        """Take the rules in their order; ``own`` names those that a user added, which outweigh the trained model.

        Raises:
            RulesError: two rules have one id, a pattern cannot be read, or a class has no words or includes an unknown
                one.
        """
        self.rules = tuple(rules)
        self.classes = dict(classes)
        self.own = frozenset(own)
        self.vouching = frozenset(rule.id for rule in self.rules if rule.vouches)
        self._by_id: dict[str, Rule] = {}
        for rule in self.rules:
            if self._by_id.setdefault(rule.id, rule) is not rule:
                raise RulesError(f"rule {rule.id!r} is used twice: give each rule its own id")
        for name in self.classes:
            self._check(name)
        self._by_word_class: dict[str, re.Pattern[str]] = {}
        self._needs: dict[frozenset[str], int] = {}
        self._bits: dict[str, int] = {}
        self._compiled = [self._compile(rule) for rule in self.rules]
        self._flat = [(number, *pattern) for number, one in enumerate(self._compiled) for pattern in one.patterns]
        self._by_token, self._of_any = _index([pattern for _, pattern, _ in self._flat])

    def _check(self, name: str) -> None:
        try:
            every = included_classes(self.classes, name)
        except PatternError as error:
            raise RulesError(str(error)) from error
        if not any(self.classes[each].forms[""] for each in every):
            raise RulesError(f"word class {name!r} has no words: give it verbs, nouns or words")

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a class (``coat``) or of one form of it (``coat.ed``).

        Raises:
            PatternError: there is no such class, or it has no such form.
        """
        return class_words(self.classes, name)

    def _compile(self, rule: Rule) -> _Compiled:
        try:
            about = rule.letters
            patterns, also, unless = (
                tuple(self._pattern(p, about) for p in _several(given))
                for given in (rule.pattern, rule.also, rule.unless)
            )
            named = self.speaks_of(rule.named) if rule.named else None
        except KeyError as error:
            raise RulesError(f"rule {rule.id!r}: no label {error}; known are {', '.join(GROUPS)}") from error
        except PatternError as error:
            raise RulesError(f"rule {rule.id!r}: {error}") from error
        for pattern, (compiled, _) in zip(_several(rule.pattern), patterns, strict=True):
            if not compiled.targets:
                raise RulesError(f"rule {rule.id!r}: pattern {pattern!r} has no name that the rule is about")
        return _Compiled(rule, about.lower(), patterns, named, also, unless)

    def _pattern(self, pattern: str, about: str) -> tuple[Pattern, int]:
        """A pattern with the bits of the tokens that it needs."""
        compiled = compile_pattern(pattern, self.words, about)
        needed = 0
        for need in compiled.needs:
            bit = self._needs.setdefault(need, 1 << len(self._needs))
            for token in need:
                self._bits[token] = self._bits.get(token, 0) | bit
            needed |= bit
        return compiled, needed

    def tagged(self, text: str, start: int, end: int, names: Sequence[NameT]) -> Tagged[NameT]:
        """The sentence ``text[start:end]`` as the rules read it: see :func:`pipeline.roles.tagging.tag`."""
        return tag(text, start, end, names, self._tail)

    def _tail(self, surface: str) -> int:
        """How many characters at the end of a name say which part of its cells is meant: vesicles, ghosts."""
        if self.speaks_of("membrane").fullmatch(surface):
            return 0  # vesicles of whatever cells
        match = self._ends_in_vesicles.search(surface)
        return len(match.group()) if match else 0

    @cached_property
    def _ends_in_vesicles(self) -> re.Pattern[str]:
        membranes = ("membrane", "membranes", "M", "Ms")  # "hiPS-CMs" are cells
        words = tuple(word for word in self.words("membrane") if not word.endswith(membranes))
        return re.compile(rf"(?<=\w)[\s-](?:{alternatives(words)})$", re.IGNORECASE)

    def votes(self, tagged: Tagged[NameT]) -> list[RuleVote]:
        """What the rules say of the names of a tagged sentence, each rule at most once of each name."""
        text = searched(with_labels(tagged.text, tagged.surfaces))
        if "⟦" not in text:
            return []
        there, possible = 0, set(self._of_any)
        for token in tokens_of(text):
            there |= self._bits.get(token, 0)
            possible.update(self._by_token.get(token, ()))
        absent = ~there
        matched: dict[int, set[int]] = {}
        for number, pattern, needed in map(self._flat.__getitem__, sorted(possible)):
            if not needed & absent and (names := set(pattern.numbers(text, self._compiled[number].letters))):
                matched.setdefault(number, set()).update(names)
        found = [
            RuleVote(name, one.rule.sets, one.rule.id)
            for one, names in ((self._compiled[number], names) for number, names in matched.items())
            for name in one.kept(names, text, there, tagged.surfaces)
        ]
        return self._weighed(found)

    def _weighed(self, votes: list[RuleVote]) -> list[RuleVote]:
        """The votes without those whose rules need another's or give way to it."""
        stated: dict[int, set[str]] = {}
        for vote in votes:
            rule = self._by_id[vote.rule]
            if not rule.among:
                stated.setdefault(vote.number, set()).add(vote.sets)
        votes = [v for v in votes if not (r := self._by_id[v.rule]).among or stated.get(v.number, set()) & set(r.among)]
        for vote in votes:
            stated[vote.number].add(vote.sets)
        return [v for v in votes if stated[v.number].isdisjoint(self._by_id[v.rule].yields)]

    def speaks_of(self, name: str) -> re.Pattern[str]:
        """The regular expression that finds the words of a class, whatever their case."""
        if name not in self._by_word_class:
            self._by_word_class[name] = re.compile(rf"(?<!\w)(?:{alternatives(self.words(name))})(?!\w)", re.IGNORECASE)
        return self._by_word_class[name]


def _index(patterns: Sequence[Pattern]) -> tuple[Mapping[str, Sequence[int]], Sequence[int]]:
    """The patterns, by their numbers, that may match a sentence with a token, and those that may match any."""
    by_token: dict[str, list[int]] = defaultdict(list)
    of_any: list[int] = []
    for number, pattern in enumerate(patterns):
        rarest = min(pattern.needs, key=_how_common, default=None)
        if rarest is None:
            of_any.append(number)
        else:
            for token in rarest:
                by_token[token].append(number)
    return by_token, of_any


def _how_common(need: frozenset[str]) -> tuple[bool, int]:
    """How many sentences have one of these tokens, roughly: every one has tags, and many tokens are more likely."""
    return any(token.startswith("⟦") for token in need), len(need)


FORMS: Final = ("base", "s", "ed", "ing", "noun", "verb", "")
"""The forms of a class that a pattern may name."""


def class_words(classes: Mapping[str, WordClass], name: str) -> tuple[str, ...]:
    """The words of one of these classes (``coat``) or of one form of it (``coat.ed``).

    Raises:
        PatternError: there is no such class, or it has no such form.
    """
    base, _, form = name.partition(".")
    if base not in classes:
        raise PatternError(f"no word class {base!r}; known are {', '.join(sorted(classes))}")
    every = [classes[each] for each in included_classes(classes, base)]
    found = tuple(dict.fromkeys(word for one in every for word in one.forms.get(form, ())))
    if not found:
        raise PatternError(f"word class {base!r} has no form {form!r}: use {', '.join(f for f in FORMS if f)}")
    return found


def included_classes(classes: Mapping[str, WordClass], name: str) -> list[str]:
    """A class and those that it includes, also through others, each once.

    Raises:
        PatternError: one includes a class that there is not.
    """
    found = [name]
    for each in found:
        for other in classes[each].includes:
            if other not in classes:
                raise PatternError(
                    f"word class {each!r} includes {other!r}, which is none; known are {', '.join(sorted(classes))}"
                )
            if other not in found:
                found.append(other)
    return found


def _several(value: tuple[str, ...] | str) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def roles_dir() -> Path:
    """Where the shipped rules and the tagger's weights are."""
    return models_dir() / "roles"


@cache
def shipped_rules() -> RuleSet:
    """The rules that are shipped."""
    return load_rules()


def load_rules(*folders: Path, base: Path | None = None) -> RuleSet:
    """The shipped rules, and those of folders of a user's own, whose classes add to the shipped ones.

    Args:
        folders: folders of a user's own.
        base: a folder in place of the shipped rules', such as a copy of them.

    Raises:
        RulesError: a folder has no rules, or a file has something that a rule cannot have; the message names the file.
    """
    rules: list[Rule] = []
    classes: dict[str, WordClass] = {}
    own: list[str] = []
    base = base or roles_dir()
    for folder in (base, *folders):
        files = sorted(folder.glob("*.toml"), key=lambda p: (p.name != CLASSES, p.name))
        if not files:
            raise RulesError(f"{folder}: no rules (*.toml) here; see docs/roles.md for how one is written")
        for path in files:
            content = read_toml(path)
            rules += content.rule
            own += [rule.id for rule in content.rule] if folder != base else []
            for name, words in content.classes.items():
                classes[name] = _joined(classes[name], words) if name in classes else words
    return RuleSet(rules, classes, own=own)


def _joined(one: WordClass, other: WordClass) -> WordClass:
    kinds = ("verbs", "ed", "ing", "nouns", "words", "includes")
    return one.model_copy(update={kind: (*getattr(one, kind), *getattr(other, kind)) for kind in kinds})


def read_toml(path: Path) -> RulesFile:
    """The word classes and rules of a file.

    Raises:
        RulesError: it is no TOML, or has something that a rule cannot have.
    """
    try:
        with path.open("rb") as file:
            return RulesFile.model_validate(tomllib.load(file))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: not valid TOML ({error})") from error
    except ValidationError as error:
        raise RulesError(f"{path}: {_first(error)}") from error


def _first(error: ValidationError) -> str:
    """The first thing wrong with a file, in words: a key that there is not before one that is lacking."""
    one = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in one["loc"] if part != "function-wrap")
    allowed = ", ".join(Rule.model_fields)
    hint = f" (a rule has {allowed})" if one["type"] == "extra_forbidden" else ""
    if "sets" in one["loc"]:
        hint = f" (sets is one of {', '.join(_roles())})"
    return f"{where}: {one['msg']}{hint}"


def _roles() -> Iterator[str]:
    for part in get_args(Sets):
        yield from get_args(part) if get_args(part) else (str(part),)
