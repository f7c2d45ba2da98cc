r"""The pattern language of rules, compiled to regular expressions.

A pattern is a row of elements, separated by blanks; between two of them white space, hyphens and a bracket
without a name ("(DOX)") may stand.

=============  ======================================================================================
``word``       the word, whatever its case; ``word*`` any word that begins so
``{class}``    any word of a class of ``models/roles/classes.toml``; ``{coat.ed}`` its participles,
               ``{coat.ing}``, ``{coat.s}``, ``{coat.noun}`` and ``{coat.verb}`` (any form but nouns) likewise
``<CELL>``     a name of this label; ``<CELL+>`` one or more in a coordination; ``<CORE|DRUG>`` either;
               ``<ANY>`` of any label. ``<CELL!>`` marks the one that the rule is about, where several of
               its label stand in the pattern; ``<CELL*>`` all of the label from here to what follows, or to
               the end of the clause
``..3``        up to three words; no name and no punctuation
``**3``        up to three words, names or commas
``~``          nothing at all between its neighbours ("~" binds "M@" to the name behind it)
``(a|b c)``    one of these; ``?`` behind an element: it may be missing
``!(a|b c)``   none of these comes next
``^`` ``$``    where the sentence begins and ends; ``,`` ``:`` ``;`` themselves
=============  ======================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final, cast

from pipeline.records import Label

GROUPS: Final[dict[str, str]] = {
    "CELL": "C", "CORE": "N", "DRUG": "D", "MODALITY": "M", "DISEASE": "X", "ANIMAL": "A", "SIZE": "S",
}  # fmt: skip
"""The names of labels in patterns, and the letters by which a tag says its label. Lines and types of cells are CELL."""
LETTER: Final[dict[Label, str]] = {
    "CELL_LINE": "C", "CELL_TYPE": "C", "CORE": "N", "DRUG": "D", "MODALITY": "M", "DISEASE": "X", "ANIMAL_MODEL": "A",
    "SIZE": "S",
}  # fmt: skip

_REMARK: Final = r"(?:\s?\([^()⟦⟧]{0,60}\))?+"
_BETWEEN: Final = rf"{_REMARK}[\s-]++[\"'“‘]?+"
_CHARS: Final = r"(?:[^\s⟦⟧.;:,()-]|[.,](?=\d))"
_WORD: Final = rf"{_CHARS}++"
_ANY_WORD: Final = rf"(?:⟦\w\d+⟧{_CHARS}*+,?+|{_CHARS}++(?:⟦\w\d+⟧)?+,?+)"
_LINK: Final = (
    r"(?:\s?[,/+&–]\s?(?:(?:and|or|nor)\s)?"
    r"|\s(?:(?:and|or|nor|plus|as well as|together with|along with|or else)\s|(?=⟦))|-)"
)
_CLAUSE: Final = r"(?:(?!\s(?:whereas|while|whilst|but)\s)[^;]){0,300}?"
_INSIDE: Final = r"(?!\w+(?:ed|ing)\b|(?:into|in|to|by|on|at|for|with|was|were|is|are|then|but|while|whereas)\b)"
_MEMBERS: Final = 12
"""Names that a coordination has at most: without a bound, a list of a thousand would cost a million steps."""


class PatternError(ValueError):
    """A pattern that cannot be read; the message says where."""


Words = Callable[[str], tuple[str, ...]]
"""The words of a class, or of one form of it, by ``class`` or ``class.form``."""


@dataclass(frozen=True)
class Pattern:
    """A pattern that was read; its regular expression is compiled when a sentence first has what it needs.

    Attributes:
        source: its regular expression, over a sentence as :func:`searched` writes it.
        needs: for each element that must be there, the words or tags of which one must stand in the sentence:
            what :func:`tokens_of` finds. A sentence that lacks them need not be searched.
        targets: whether a name stands in it that the rule is about.
    """

    source: str
    needs: tuple[frozenset[str], ...]
    targets: bool

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled regular expression: hundreds of them would take a second."""
        return re.compile(self.source)

    def numbers(self, text: str, letters: str) -> Iterator[int]:
        """The numbers of the names with these letters that its matches in a :func:`searched` sentence speak of."""
        match = self.regex.search(text)
        while match:
            for part in match.groups():
                for kind, number in _NUMBER.findall(part or ""):
                    if kind in letters:
                        yield int(number)
            behind = match.end(match.lastindex) if match.lastindex else 0
            match = self.regex.search(text, max(behind, match.start() + 1))


_NUMBER: Final = re.compile(r"⟦(\w)(\d+)⟧")
_TOKEN: Final = re.compile(r"⟦\w|[^\W_]+|[^\s\w]")


def searched(text: str) -> str:
    """A tagged sentence as patterns are matched on it: in lower case, with a blank before its first word."""
    return " " + text.lower()


def tokens_of(text: str) -> frozenset[str]:
    """The words, tags and other tokens of a :func:`searched` sentence, for :attr:`Pattern.needs`."""
    return frozenset(_TOKEN.findall(text))


def compile_pattern(pattern: str, words: Words, about: str) -> Pattern:
    """The regular expression of a pattern, and what a sentence must have for it.

    Args:
        pattern: the pattern.
        words: gives the words of a class by its name.
        about: the letters of the labels that the rule is about; its names are captured.

    Raises:
        PatternError: the pattern has an element that means nothing.
    """
    compiler = _Compiler(pattern, words, about)
    return Pattern(compiler.whole(), tuple(compiler.needs), compiler.targets > 0)


@cache
def alternatives(words: tuple[str, ...], *, case: bool = False) -> str:
    """One regular expression for all of these words, by their common beginnings; a blank matches a hyphen as well.

    Args:
        words: the words.
        case: keep the case of their letters.
    """
    root: dict[str, object] = {}
    for word in words:
        node = root
        for char in word if case else word.lower():
            node = cast(dict[str, object], node.setdefault("-" if char == " " else char, {}))
        node[""] = None
    return _branch(root)


def _branch(node: Mapping[str, object]) -> str:
    branches = [
        (r"[\s-]" if char == "-" else re.escape(char)) + _branch(cast(Mapping[str, object], below))
        for char, below in sorted(node.items())
        if char
    ]
    if not branches:
        return ""
    inner = branches[0] if len(branches) == 1 and "" not in node else f"(?:{'|'.join(branches)})"
    return f"{inner}?" if "" in node else inner


def gap(kind: str, words: int, between: str, *, tight: bool) -> str:
    """The regular expression of a gap of up to so many words, ``..3`` or ``**3``, each with what stands between."""
    if kind == "**":
        return rf"(?:{_REMARK},?+{between}{_ANY_WORD}){{0,{words}}}?{_REMARK},?"
    begin, words = (f"(?:{_WORD})?", words - 1) if tight else ("", words)
    return rf"{begin}(?:{between}{_WORD}){{0,{words}}}?"


class _Compiler:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str, words: Words, about: str) -> None:
        self.pattern = pattern
        self.words = words
        self.about = about
        self.explicit = "!>" in pattern
        self.targets = 0
        self.needs: list[frozenset[str]] = []

    def whole(self) -> str:
        elements = list(split_row(self.pattern, " "))
        self.needs = [need for element in elements if (need := self.need(element))]
        return self.row(elements)

    def row(self, elements: list[str]) -> str:
        """The elements one behind the other, each with what may stand before it."""
        written, tight = "", True
        for element in elements:
            if element == "~":
                tight = True
            elif element.startswith("!("):
                written += f"(?!{_BETWEEN}{self.alone(element[1:])})"
            elif element in TOKENS:
                written += TOKENS[element]
                tight = False
            elif found := GAP_ELEMENT.fullmatch(element):
                written += gap(found[1], int(found[2]), _BETWEEN, tight=tight and bool(written))
                tight = False
            elif element.endswith("?") and len(element) > 1:
                written += self.optional(element.removesuffix("?"), first=not written, tight=tight)
                tight = tight and not written
            else:
                written += self.alone(element) if tight or _ALL.fullmatch(element) else _BETWEEN + self.alone(element)
                tight = False
        return written

    def optional(self, element: str, *, first: bool, tight: bool) -> str:
        """An element that may be missing; as the first it includes what stands behind it."""
        if first:
            return f"(?:{self.alone(element)}{_BETWEEN})?"
        if element in TOKENS:
            return f"(?:{TOKENS[element]})?"
        return f"(?:{'' if tight else _BETWEEN}{self.alone(element)})?"

    def alone(self, element: str) -> str:
        """An element without what stands before it."""
        if element.startswith("(") and element.endswith(")"):
            return self.either(list(split_row(element[1:-1], "|")))
        if name := CLASS_ELEMENT.fullmatch(element):
            return _words(self.words(name[1]))
        if tag := _TAG.fullmatch(element):
            return self.tag(tag[1], how=tag[2], marked=bool(tag[3]))
        if _PLAIN.fullmatch(element):
            word = element.removesuffix("*").lower()
            before = r"(?<!\w)" if word[0].isalnum() else ""
            behind = r"\w*" if element.endswith("*") else r"(?!\w)" if word[-1].isalnum() else ""
            return before + re.escape(word) + behind
        raise PatternError(f"pattern {self.pattern!r}: {element!r} means nothing; see docs/roles.md for what may stand")

    def either(self, options: list[str]) -> str:
        """One of several rows; those that are words, and the words of classes, are looked for all at once."""
        words: list[str] = []
        rows: list[str] = []
        for option in options:
            if name := CLASS_ELEMENT.fullmatch(option):
                words += self.words(name[1])
            elif _LITERAL.fullmatch(option):
                words.append(option)
            else:
                rows.append(self.row(list(split_row(option, " "))))
        return f"(?:{'|'.join([*([_words(words)] if words else []), *rows])})"

    def tag(self, names: str, *, how: str, marked: bool) -> str:
        if how == "*":
            self.targets += 1
            return f"({_CLAUSE})"
        letters = self.letters(names)
        one = rf"⟦[{letters.lower()}]\d+⟧"
        target = marked if self.explicit else any(letter in letters for letter in self.about)
        inner = one
        if how:
            noun = rf"{_INSIDE}{_WORD}"
            inner = rf"{one}(?:(?:[\s-]{noun}){{0,3}}?{_LINK}(?:{noun}[\s-]){{0,3}}?{one}){{0,{_MEMBERS}}}+"
        if not target:
            return f"(?:{inner})"
        self.targets += 1
        return f"({inner})"

    def letters(self, names: str) -> str:
        """The letters of a tag's labels."""
        if unknown := [n for n in names.split("|") if n not in GROUPS and n != "ANY"]:
            raise PatternError(f"pattern {self.pattern!r}: no label {unknown[0]!r}; known are ANY, {', '.join(GROUPS)}")
        if "ANY" in names.split("|"):
            return "".join(GROUPS.values())
        return "".join(GROUPS[name] for name in names.split("|"))

    def need(self, element: str) -> frozenset[str] | None:
        """The tokens of which one must stand in a sentence for this element; None where that is open."""
        if element.endswith("?") or element.startswith(("!(", "..", "**")):
            return None
        if name := CLASS_ELEMENT.fullmatch(element):
            return frozenset(_first_required(word) for word in self.words(name[1]))
        if tag := _TAG.fullmatch(element):
            return frozenset(f"⟦{letter.lower()}" for letter in self.letters(tag[1]))
        if element.startswith("("):
            found = [self.need_of_row(option) for option in split_row(element[1:-1], "|")]
            return None if None in found else frozenset().union(*cast("list[frozenset[str]]", found))
        return (
            frozenset({_first_required(element)}) if _PLAIN.fullmatch(element) and not element.endswith("*") else None
        )

    def need_of_row(self, row: str) -> frozenset[str] | None:
        """The tokens of which one must stand there for a row of elements: those of the first that has any."""
        return next((need for element in split_row(row, " ") if (need := self.need(element))), None)


GAP_ELEMENT: Final = re.compile(r"(\.\.|\*\*)(\d+)")
TOKENS: Final = {"^": "^", "$": r"[^\w⟦⟧]*$", ",": r"\s?,", ":": r"\s?:", ";": r"\s?;"}
"""Elements whose expression includes the gap before them."""
_ALL: Final = re.compile(r"<[A-Z][A-Z|]*\*>")
CLASS_ELEMENT: Final = re.compile(r"\{([a-z_.]+)\}")
_TAG: Final = re.compile(r"<([A-Z][A-Z|]*)([+*]?)(!?)>")
_PLAIN: Final = re.compile(r"[<>≤≥→@%]|[\w'’@&+/%=.-]+\*?")


_LITERAL: Final = re.compile(r"[^\W_][\w'’/-]*(?: [\w'’/-]+)*")


def _words(words: Iterable[str]) -> str:
    return rf"(?<![\w⟧])(?:{alternatives(tuple(words))})(?!\w)"


def _first_required(word: str) -> str:
    found = _TOKEN.search(word.lower())
    return found.group() if found else ""


def split_row(text: str, at: str) -> Iterator[str]:
    """The parts of a text between separators that stand outside all brackets and tags; blanks part as one."""
    closed = _BRACKETED.sub(lambda match: "x" * len(match.group()), text)
    while closed != (closed := _BRACKETED.sub(lambda match: "x" * len(match.group()), closed)):
        pass
    if set(closed) & set("(){}"):
        raise PatternError(f"pattern {text!r}: a bracket is not closed")
    begin = 0
    for end in (*(index for index, char in enumerate(closed) if char == at), len(text)):
        if part := text[begin:end].strip():
            yield part
        begin = end + 1


_BRACKETED: Final = re.compile(r"\([^(){}]*\)|\{[^(){}]*\}|<[A-Z][A-Z|]*[+*]?!?>")
