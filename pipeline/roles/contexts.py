"""What stands around names, and what names look like: contexts and shapes as data, in files of models/recognition.

A context is a pattern of :mod:`pipeline.roles.patterns` on plain text: the rules that find names ask whether it stands
behind a name, before it, in its sentence, or is the whole of it, and by some patterns names are found. The word classes
are those of ``models/roles/classes.toml`` and more of the same kind. What differs from patterns on tagged sentences:

==============  =====================================================================================
``word*``       any word that begins so; ``*word`` any that ends so. The words of a class may be of either kind
``<shape>``     what a shape of ``shapes.toml`` matches, such as ``<code>``; the case of its letters counts
``()``          a bracket behind a name: "(DOX)"
``(a|b c)*3``   up to three of these, one behind the other; ``{class}*3`` likewise
``&(a|b c)``    one of these comes next, and is no part of the match
``part:...``    the element is a part of the match by this name: ``code:<code>``
==============  =====================================================================================

Between two elements white space or a hyphen must stand, or nothing where ``~`` does.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import RulesError
from pipeline.roles.examples import Failure
from pipeline.roles.patterns import (
    CLASS_ELEMENT,
    GAP_ELEMENT,
    TOKENS,
    PatternError,
    alternatives,
    gap,
    split_row,
)
from pipeline.roles.rules import CLASSES, WordClass, class_words, read_toml, roles_dir
from pipeline.settings import models_dir

Item = TypeVar("Item")
Place = Literal["behind", "before", "within", "whole", "every"]


class Shape(BaseModel):
    """How names of one kind are written.

    Attributes:
        note: what is written so.
        pattern: a regular expression, in which ``<shape>`` and ``{class}`` stand for others.
        yes: what it matches whole.
        no: what it does not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    pattern: str
    yes: Annotated[tuple[str, ...], Field(min_length=1)]
    no: tuple[str, ...] = ()


class ContextRule(BaseModel):
    """What may stand around a name.

    Attributes:
        id: unique; the code that asks for the context has it.
        place: where it is looked for: right ``behind`` a name, right ``before`` it, ``within`` its sentence, as the
            ``whole`` of it; or ``every`` place of a text, where the pattern is of the names themselves.
        pattern: one pattern or several, of which one must match.
        case: whether the case of letters counts.
        reach: how many characters before a name are looked at.
        reason: what it tells.
        yes: examples in which it is found, with the name in square brackets; for ``every``, what is found.
        no: examples in which it is not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9.-]*$")]
    place: Place
    pattern: tuple[str, ...] | str
    case: bool = False
    reach: int = Field(default=60, gt=0)
    reason: str
    yes: Annotated[tuple[str, ...], Field(min_length=1)]
    no: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns."""
        return (self.pattern,) if isinstance(self.pattern, str) else self.pattern


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    classes: Mapping[str, WordClass] = Field(default_factory=dict, alias="class")
    shapes: Mapping[str, Shape] = Field(default_factory=dict, alias="shape")
    maps: Mapping[str, Mapping[str, str]] = Field(default_factory=dict, alias="map")
    context: tuple[ContextRule, ...] = ()


class Recognition:
    """The word classes, shapes, maps and contexts of a folder; ``own`` names the classes that it adds."""

    def __init__(self, folder: Path, classes: Mapping[str, WordClass]) -> None:
        """Read the files of a folder; ``classes`` are those that rules on roles have.

        Raises:
            RulesError: a file is not as it should be, or something stands twice; the message names the file.
        """
        self.classes = dict(classes)
        self.own: set[str] = set()
        self.shapes: dict[str, Shape] = {}
        self.maps: dict[str, Mapping[str, str]] = {}
        self.rules: dict[str, ContextRule] = {}
        for path in sorted(folder.glob("*.toml")):
            file = _read(path)
            _add(path, "word class", self.classes, file.classes)
            self.own |= set(file.classes)
            _add(path, "shape", self.shapes, file.shapes)
            _add(path, "map", self.maps, file.maps)
            for rule in file.context:
                _add(path, "context", self.rules, {rule.id: rule})

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a class or of one form of it, or those that a map has (``map.NAME``).

        Raises:
            PatternError: there is none.
        """
        kind, _, mapped = name.partition(".")
        if kind == "map" and mapped in self.maps:
            return tuple(self.maps[mapped])
        return class_words(self.classes, name)

    def shape(self, name: str) -> str:
        """The regular expression of a shape, with those that it is made of.

        Raises:
            PatternError: there is no such shape.
        """
        if name not in self.shapes:
            raise PatternError(f"no shape {name!r}; known are {', '.join(sorted(self.shapes))}")

        def other(match: re.Match[str]) -> str:
            if match["shape"]:
                return f"(?:{self.shape(match['shape'])})"
            return f"(?:{'|'.join(_one(word) for word in _longest_first(self.words(match['words'])))})"

        return _WITHIN_SHAPE.sub(other, self.shapes[name].pattern)

    def regex(self, name: str) -> re.Pattern[str]:
        """The compiled regular expression of a context.

        Raises:
            RulesError: there is no such context, or its pattern cannot be read.
        """
        if name not in self.rules:
            raise RulesError(f"no context {name!r} in {recognition_dir()}")
        rule = self.rules[name]
        try:
            compiler = _Compiler(self, case=rule.case)
            written = "|".join(compiler.whole(pattern, rule.place) for pattern in rule.patterns)
            end = "$" if rule.place == "before" else ""
            return re.compile(f"(?:{written}){end}", 0 if rule.case else re.IGNORECASE)
        except (PatternError, re.error) as error:
            raise RulesError(f"context {name!r}: {error}") from error

    def first_words(self, name: str) -> tuple[frozenset[str], tuple[str, ...]] | None:
        """The words, in lower case, with which a context's matches begin, and beginnings of such; None if open."""
        words: set[str] = set()
        for pattern in self.rules[name].patterns:
            found = self._first_of_row(pattern)
            if found is None:
                return None
            words |= found
        return _split(words)

    def needed_words(self, name: str) -> tuple[frozenset[str], tuple[str, ...]] | None:
        """Words, in lower case, one of which each match of a context has, and beginnings of such; None if it has none.

        What ``~`` joins to its neighbour is no word of the text, unless a hyphen is between them.
        """
        words: set[str] = set()
        for pattern in self.rules[name].patterns:
            row = ["", "", *split_row(pattern, " "), "", ""]
            alone = [
                each
                for n, each in enumerate(row[2:-2], start=2)
                if not each.startswith(("!(", "&("))
                and not _may_be_missing(each)[1]
                and (row[n - 1] != "~" or row[n - 2] == "-")
                and (row[n + 1] != "~" or row[n + 2] == "-")
            ]
            there = [found for each in alone if (found := self._first_of(each))]
            if not there:
                return None
            words |= min(there, key=len)
        return _split(words)

    def _first_of_row(self, row: str) -> set[str] | None:
        """The words with which a row's matches begin, those that only begin so with an asterisk; None if it is open."""
        found: set[str] = set()
        for element in split_row(row, " "):
            if element.startswith(("!(", "&(")):
                continue
            bare, missing = _may_be_missing(element)
            words = self._first_of(bare)
            if words is None:
                return None
            found |= words
            if not missing:
                return found
        return None

    def _first_of(self, element: str) -> set[str] | None:
        if named := _PART.fullmatch(element):
            element = named[2]
        if element.startswith("(") and element.endswith(")") and element != "()":
            rows = [self._first_of_row(row) for row in split_row(element[1:-1], "|")]
            return None if None in rows else set[str]().union(*(row for row in rows if row))
        if name := CLASS_ELEMENT.fullmatch(element):
            several = [_first_word(word) for word in self.words(name[1])]
            return None if None in several else {word for word in several if word}
        word = _first_word(element)
        return {word} if word else None


def _may_be_missing(element: str) -> tuple[str, bool]:
    """An element without the sign that says so, and whether it may be missing."""
    bare, _, count = element.rpartition("*")
    if bare and count.isdigit():
        return bare, True
    return (element[:-1], True) if element.endswith("?") and len(element) > 1 else (element, False)


def _split(words: set[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Words, and the beginnings of words that end with an asterisk."""
    begins = tuple(sorted(word[:-1] for word in words if word.endswith("*")))
    return frozenset(word for word in words if not word.endswith("*")), begins


def _first_word(written: str) -> str | None:
    """The first word of a name or element, in lower case; None where it does not begin with one as it stands."""
    found = _WORD_OF_TEXT.match(written)
    if found is None:
        return None
    whole = found.end() < len(written) and written[found.end()] == "*"
    return found.group().lower() + ("*" if whole else "")


class Context:
    """A context by its id, ready to be asked for; it is compiled when it first is."""

    def __init__(self, name: str) -> None:
        """Take the id, of a context in models/recognition."""
        self.name = name

    @cached_property
    def rule(self) -> ContextRule:
        """What stands in the file."""
        return shipped_recognition().rules[self.name]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled regular expression."""
        return shipped_recognition().regex(self.name)

    @cached_property
    def _reach(self) -> int:
        return self.rule.reach

    def behind(self, text: str, at: int, stop: int | None = None) -> re.Match[str] | None:
        """The match that begins at an offset, where a name ends, and goes at most to ``stop``."""
        return self.regex.match(text, at, len(text) if stop is None else stop)

    def before(self, text: str, at: int, begin: int = 0) -> re.Match[str] | None:
        """The match that ends at an offset, where a name begins, and starts from ``begin`` on within its reach."""
        return self.regex.search(text, max(begin, at - self._reach), at)

    def within(self, text: str, begin: int = 0, stop: int | None = None) -> re.Match[str] | None:
        """The first match in ``[begin, stop)``."""
        return self.regex.search(text, begin, len(text) if stop is None else stop)

    def whole(self, text: str) -> re.Match[str] | None:
        """The match of all of a text."""
        return self.regex.fullmatch(text)

    @cached_property
    def _first(self) -> tuple[frozenset[str], tuple[str, ...]] | None:
        return shipped_recognition().first_words(self.name)

    @cached_property
    def _needed(self) -> tuple[frozenset[str], tuple[str, ...]] | None:
        return shipped_recognition().needed_words(self.name)

    def every(self, text: str, begin: int = 0, stop: int | None = None) -> Iterator[re.Match[str]]:
        """All matches in ``[begin, stop)``.

        A pattern that begins with words is tried only where one stands; one that needs words elsewhere is looked for
        only in paragraphs that have one.
        """
        stop = len(text) if stop is None else stop
        if self._first is None:
            for first, last in self._stretches(text, begin, stop):
                yield from self.regex.finditer(text, first, last)
            return
        at = begin
        starts = _words_in(text).starts(*self._first)
        for start in starts[bisect_left(starts, begin) : bisect_left(starts, stop)]:
            if at <= start and (match := self.regex.match(text, start, stop)):
                yield match
                at = max(match.end(), start + 1)

    def _stretches(self, text: str, begin: int, stop: int) -> Iterator[tuple[int, int]]:
        """The paragraphs of ``[begin, stop)`` in which a match may stand."""
        if self._needed is None:
            yield begin, stop
            return
        done = begin
        for at in _words_in(text).starts(*self._needed):
            if done <= at < stop:
                first = text.rfind(_BLANK_LINE, done, at)
                last = text.find(_BLANK_LINE, at, stop)
                first, done = (done if first < 0 else first), (stop if last < 0 else last)
                yield first, done


_BLANK_LINE: Final = "\n\n"


class _WordsOfText:
    """Where the words of a text begin."""

    def __init__(self, text: str) -> None:
        self._places: dict[str, list[int]] = defaultdict(list)
        for match in _WORD_OF_TEXT.finditer(text):
            self._places[match.group().lower()].append(match.start())
        self._starts: dict[tuple[frozenset[str], tuple[str, ...]], list[int]] = {}

    def starts(self, words: frozenset[str], begins: tuple[str, ...]) -> list[int]:
        """Where these words (in lower case), or words that begin so, stand."""
        known = self._starts.get((words, begins))
        if known is None:
            there = [word for word in words if word in self._places]
            if begins:
                there += [word for word in self._places if word.startswith(begins) and word not in words]
            known = self._starts[words, begins] = sorted(at for word in there for at in self._places[word])
        return known


@lru_cache(maxsize=2)
def _words_in(text: str) -> _WordsOfText:
    return _WordsOfText(text)


_WORD_OF_TEXT: Final = re.compile(r"\w+")


def part(match: re.Match[str], name: str) -> tuple[int, int] | None:
    """The range of a part of a match by its name, whichever pattern of the context has matched; None without it."""
    for group, number in match.re.groupindex.items():
        if group.partition("__")[0] == name and match.start(number) >= 0:
            return match.span(number)
    return None


def shape(name: str) -> re.Pattern[str]:
    """The compiled regular expression of a shipped shape."""
    return _compiled_shape(name)


@cache
def _compiled_shape(name: str) -> re.Pattern[str]:
    return re.compile(shipped_recognition().shape(name))


def words_of(name: str) -> frozenset[str]:
    """The words of a shipped class, as they are written."""
    return frozenset(shipped_recognition().words(name))


@cache
def endings_of(name: str) -> tuple[str, ...]:
    """The endings that a shipped class has as words with a wildcard (``*oma``), as they are written."""
    return tuple(word[1:] for word in shipped_recognition().words(name) if word.startswith("*"))


def words_within(text: str, begin: int, stop: int) -> Iterator[re.Match[str]]:
    """The words of ``text[begin:stop]``: its runs of letters, digits and underscores."""
    return _WORD_OF_TEXT.finditer(text, begin, stop)


def map_of(name: str) -> Mapping[str, str]:
    """A shipped map: what words stand for."""
    return shipped_recognition().maps[name]


def recognition_dir() -> Path:
    """Where the shipped contexts and shapes are."""
    return models_dir() / "recognition"


@cache
def shipped_recognition() -> Recognition:
    """The contexts and shapes that are shipped; where a package has none, those of a saved pipeline that was loaded."""
    if _SAVED and not recognition_dir().is_dir():
        return _SAVED[-1]
    return load_recognition(recognition_dir())


_SAVED: Final[list[Recognition]] = []


def save_recognition(folder: Path) -> None:
    """Copy contexts, shapes and word classes into a folder, for a pipeline that is to work without the package's."""
    target = folder / recognition_dir().name
    shutil.copytree(recognition_dir(), target, dirs_exist_ok=True)
    shutil.copy(roles_dir() / CLASSES, folder / CLASSES)


def restore_recognition(folder: Path) -> None:
    """Load what :func:`save_recognition` saved, for use if the package's own files are missing.

    Raises:
        RulesError: a file that was saved is malformed.
    """
    _SAVED.append(load_recognition(folder / recognition_dir().name, folder / CLASSES))


def load_recognition(folder: Path, classes: Path | None = None) -> Recognition:
    """The contexts and shapes of a folder, with the word classes of the shipped rules on roles or of another file.

    Raises:
        RulesError: a file is not as it should be.
    """
    return Recognition(folder, read_toml(classes or roles_dir() / CLASSES).classes)


# --- examples --------------------------------------------------------------------------------------------------------

_NAME: Final = re.compile(r"\[([^][]*)\]")


def check_recognition(recognition: Recognition) -> Iterator[Failure]:
    """Every example that its context or shape answers otherwise than it says."""
    for name, one in recognition.shapes.items():
        pattern = re.compile(recognition.shape(name))
        for examples, expected in ((one.yes, True), (one.no, False)):
            for example in examples:
                if (pattern.fullmatch(example) is not None) != expected:
                    yield Failure(f"shape {name}", example, "does not match" if expected else "matches")
    for name, rule in recognition.rules.items():
        regex = recognition.regex(name)
        for examples, expected in ((rule.yes, True), (rule.no, False)):
            for example in examples:
                if _answer(rule, regex, example) != expected:
                    yield Failure(f"context {name}", example, "is not found" if expected else "is found")


def _answer(rule: ContextRule, regex: re.Pattern[str], example: str) -> bool:
    """Whether an example's context is found: for ``every``, just what is marked, or anything where nothing is."""
    marks = [(m.start() - 2 * n, m.end() - 2 * n - 2) for n, m in enumerate(_NAME.finditer(example))]
    text = _NAME.sub(r"\1", example)
    if rule.place == "every":
        found = [match.span() for match in regex.finditer(text)]
        return found == marks if marks else bool(found)
    if rule.place == "within":
        return regex.search(text) is not None
    start, end = marks[0] if marks else (0, len(text))
    match rule.place:
        case "behind":
            return regex.match(text, end) is not None
        case "before":
            return regex.search(text, max(0, start - rule.reach), start) is not None
    return regex.fullmatch(text, start, end) is not None


# --- from patterns to regular expressions ----------------------------------------------------------------------------

_AHEAD: Final = {"!": "!", "&": "="}
_BETWEEN: Final = r"(?:(?!\n\n)[\s\u2010\u2011-])++"
"""White space or a hyphen, but no end of a paragraph."""
_WITHIN_SHAPE: Final = re.compile(r"(?<![P?(])<(?P<shape>[a-z_]+)>|\{(?P<words>[a-z_]+(?:\.[a-z]+)?)\}")
_SHAPE: Final = re.compile(r"<([a-z_]+)>")
_PART: Final = re.compile(r"([a-z]+):(\S.*)", re.DOTALL)
_OFTEN: Final = re.compile(r"(.+[)}>])\*(\d+)", re.DOTALL)
_MISSING: Final = re.compile(r"(?:.\?|\*\d+)$")
"""The end of an element that may be missing: as the first it brings what stands behind it."""
_LITERAL: Final = re.compile(r"[^\W_][\w'’/-]*(?: [^\W_][\w'’/-]*)*")
_WORD: Final = re.compile(r"\*?[\w'’@&+/%=.~≈≤≥×±µμ\u2010-\u2015⁺²α-ωΑ-Ω-]+\*?|[<>]")


class _Compiler:
    """Reads patterns from left to right."""

    def __init__(self, recognition: Recognition, *, case: bool) -> None:
        self.recognition = recognition
        self.case = case
        self.parts = 0

    def whole(self, pattern: str, place: Place) -> str:
        """A pattern, with what stands between it and the name."""
        elements = list(split_row(pattern, " "))
        tied = place == "before" and elements[-1] == "~"
        written = self.row(elements[: -1 if tied else None], opens=place != "behind")
        return written if place != "before" or tied else written + _BETWEEN

    def row(self, elements: list[str], *, opens: bool = True, tied: bool = False) -> str:
        """Elements one behind the other.

        Args:
            elements: the elements.
            opens: nothing has to stand before the first.
            tied: the first goes on right behind a word.
        """
        written, tight = "", opens
        if tied:
            opens = False
        for element in elements:
            if element == "~":
                tight = True
            elif element.startswith(("!(", "&(")):
                next_to = self.either(element[1:], tied=tight and bool(written))
                written += f"(?{_AHEAD[element[0]]}{'' if tight else _BETWEEN}{next_to})"
            else:
                first = opens and tight
                written += self.element(
                    element, opens=first, before="" if tight else _BETWEEN, tied=tight and not first
                )
                opens = tight = first and _MISSING.search(element) is not None
        return written

    def element(self, element: str, *, opens: bool, before: str, tied: bool) -> str:
        """One element with what stands before it, or behind it where it opens the row and may be missing."""
        if token := TOKENS.get(element.removesuffix("?")):
            return f"(?:{token})?" if element.endswith("?") and len(element) > 1 else token
        if found := GAP_ELEMENT.fullmatch(element):
            return gap(found[1], int(found[2]), _BETWEEN, tight=not before)
        if element.startswith("()"):
            return rf"(?:\s?\([^()]{{1,40}}\)){element[2:]}"
        count = ""
        if often := _OFTEN.fullmatch(element):
            element, count = often[1], f"{{0,{often[2]}}}"
        elif element.endswith("?"):
            element, count = element.removesuffix("?"), "?"
        one = self.named(element, tied=tied)
        if not count:
            return before + one
        return f"(?:{one}{_BETWEEN}){count}" if opens else f"(?:{before}{one}){count}"

    def named(self, element: str, *, tied: bool) -> str:
        """An element, as a part by its name where it has one."""
        if found := _PART.fullmatch(element):
            self.parts += 1
            return f"(?P<{found[1]}__{self.parts}>{self.alone(found[2], tied=tied)})"
        return self.alone(element, tied=tied)

    def alone(self, element: str, *, tied: bool) -> str:
        """An element without what stands before it."""
        if element.startswith("(") and element.endswith(")"):
            return self.either(element, tied=tied)
        if name := CLASS_ELEMENT.fullmatch(element):
            return self.any_of(self.recognition.words(name[1]), tied=tied)
        if name := _SHAPE.fullmatch(element):
            return f"(?-i:{self.recognition.shape(name[1])})"
        if _WORD.fullmatch(element):
            return self.any_of((element,), tied=tied)
        raise PatternError(f"{element!r} means nothing; see docs/roles.md for what may stand")

    def either(self, group: str, *, tied: bool) -> str:
        """One of several rows; those that are words, and the words of classes, are looked for all at once."""
        words: list[str] = []
        rows: list[str] = []
        for one in split_row(group[1:-1], "|"):
            if name := CLASS_ELEMENT.fullmatch(one):
                words += self.recognition.words(name[1])
            elif _LITERAL.fullmatch(one) or _WORD.fullmatch(one):
                words.append(one)
            else:
                rows.append(self.row(list(split_row(one, " ")), tied=tied))
        return f"(?:{'|'.join([*([self.any_of(tuple(words), tied=tied)] if words else []), *rows])})"

    def any_of(self, words: tuple[str, ...], *, tied: bool) -> str:
        """Any of these words, those with a wildcard apart."""
        whole, begins, ends, others = [], [], [], []
        for word in words:
            if not (word.strip("*")[:1].isalnum() and word.strip("*")[-1:].isalnum()):
                others.append(word)
            elif word.startswith("*"):
                ends.append(word)
            elif word.endswith("*"):
                begins.append(word[:-1])
            else:
                whole.append(word)
        begin = "" if tied else r"(?<!\w)"
        parts = []
        if whole:
            parts.append(rf"{begin}{self.trie(whole)}(?!\w)")
        if begins:
            parts.append(rf"{begin}{self.trie(begins)}\w*")
        parts += [_one(word, tied=tied) for word in (*ends, *others)]
        return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"

    def trie(self, words: list[str]) -> str:
        return f"(?:{alternatives(tuple(words), case=self.case)})"


def _one(word: str, *, tied: bool = False) -> str:
    """A word as a regular expression: with its wildcards, and not within a longer word."""
    bare = word.strip("*")
    before = r"\w*" if word.startswith("*") else r"(?<!\w)" if bare[:1].isalnum() and not tied else ""
    behind = r"\w*" if word.endswith("*") else r"(?!\w)" if bare[-1:].isalnum() else ""
    return before + re.escape(bare).replace(r"\ ", r"[\s-]") + behind


def _longest_first(words: tuple[str, ...]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


# --- reading ---------------------------------------------------------------------------------------------------------


def _read(path: Path) -> _File:
    try:
        with path.open("rb") as file:
            return _File.model_validate(tomllib.load(file))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: not valid TOML ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise RulesError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _add(path: Path, kind: str, known: dict[str, Item], new: Mapping[str, Item]) -> None:
    for name, one in new.items():
        if name in known:
            raise RulesError(f"{path}: {kind} {name!r} stands twice: each has one place")
        known[name] = one
