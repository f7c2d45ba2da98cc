r"""The little language in which a rule says what stands around a name, compiled to a regular expression.

A pattern is a row of elements, parted by blanks; between two of them white space, hyphens and a bracket
without a name ("(DOX)") may stand.

=============  ======================================================================================
``word``       the word, whatever its case; ``word*`` any word that begins so
``{class}``    any word of a class of ``models/roles/classes.toml``; ``{coat.ed}`` its participles,
               ``{coat.ing}``, ``{coat.s}``, ``{coat.noun}`` and ``{coat.verb}`` (any form but nouns) likewise
``<CELL>``     a name of this label; ``<CELL+>`` one or more in a coordination; ``<CORE|DRUG>`` either;
               ``<ANY>`` of any label. ``<CELL!>`` marks the one that the rule is about, where several of
               its label stand in the pattern
``..3``        up to three words; no name and no punctuation
``**3``        up to three words, names or commas
``~``          nothing at all between its neighbours ("~" binds "M@" to the name behind it)
``(a|b c)``    one of these; ``?`` behind an element: it may be missing
``^`` ``$``    where the sentence begins and ends; ``,`` ``:`` ``;`` themselves
=============  ======================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from pipeline.records import Label

GROUPS: Final[dict[str, str]] = {
    "CELL": "C", "CORE": "N", "DRUG": "D", "MODALITY": "M", "DISEASE": "X", "ANIMAL": "A", "SIZE": "S",
}  # fmt: skip
"""The names of labels in patterns, and the letters by which a tag says its label. Lines and types of cells are CELL."""
LETTER: Final[dict[Label, str]] = {
    "CELL_LINE": "C", "CELL_TYPE": "C", "CORE": "N", "DRUG": "D", "MODALITY": "M", "DISEASE": "X", "ANIMAL_MODEL": "A",
    "SIZE": "S",
}  # fmt: skip

_BETWEEN: Final = r"(?:\s?\([^()⟦⟧]{0,60}\))?+[\s-]++[\"'“‘]?+"
_WORD: Final = r"[^\s⟦⟧.;:,()-]++"
_ANY_WORD: Final = r"(?:⟦\w\d+⟧[^\s⟦⟧.;:,()-]*+,?+|[^\s⟦⟧.;:,()-]++(?:⟦\w\d+⟧)?+,?+)"
_LINK: Final = (
    r"(?:\s?[,/+&–]\s?(?:(?:and|or)\s)?|\s(?:and|or|plus|as well as|together with|along with|or else)\s|-|\s(?=⟦))"
)
_INSIDE: Final = r"(?!\w+(?:ed|ing)\b|(?:into|in|to|by|on|at|for|with|was|were|is|are|then|but|while|whereas)\b)"
_TOKEN: Final = re.compile(r"\s+")


class PatternError(ValueError):
    """A pattern that cannot be read; the message says where."""


Words = Callable[[str], str]
"""The alternatives of a word class, as a regular expression."""


def compile_pattern(pattern: str, words: Words, about: str) -> re.Pattern[str]:
    """The regular expression of a pattern, over sentences as :func:`pipeline.roles.tagging.tag` writes them.

    Args:
        pattern: the pattern.
        words: gives the regular expression of a word class by its name.
        about: the letter of the label that the rule is about; its names are in groups called ``t0``, ``t1``, ...

    Raises:
        PatternError: the pattern has an element that means nothing.
    """
    return re.compile(_Compiler(pattern, words, about).whole(), re.IGNORECASE)


class _Compiler:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str, words: Words, about: str) -> None:
        self.pattern = pattern
        self.words = words
        self.about = about
        self.explicit = "!>" in pattern
        self.targets = 0

    def whole(self) -> str:
        return self.row(list(_split(self.pattern, " ")))

    def row(self, elements: list[str]) -> str:
        """The elements one behind the other, each with what may stand before it."""
        written, tight, first = "", False, True
        for element in elements:
            if element == "~":
                tight = True
                continue
            optional = element.endswith("?") and len(element) > 1
            piece, glued = self.element(element.removesuffix("?") if optional else element)
            between = "" if first or tight or glued else _BETWEEN
            written += f"(?:{between}{piece})?" if optional else between + piece
            if first and optional:  # what follows an optional first element needs no gap of its own
                written = f"(?:{piece}{_BETWEEN})?"
                tight = True
                first = False
                continue
            first = tight = False
        return written

    def element(self, element: str) -> tuple[str, bool]:
        """One element, and whether it brings what stands before it."""
        if element in ("^", "$"):
            return (r"^\W*" if element == "^" else r"\W*$"), True
        if element in (",", ":", ";"):
            return rf"\s?{element}", True
        if gap := re.fullmatch(r"\.\.(\d+)", element):
            return rf"(?:{_BETWEEN}{_WORD}){{0,{gap[1]}}}?", True
        if gap := re.fullmatch(r"\*\*(\d+)", element):
            return rf"(?:{_BETWEEN}{_ANY_WORD}){{0,{gap[1]}}}?,?", True
        if element.startswith("(") and element.endswith(")"):
            options = [self.row(list(_split(option, " "))) for option in _split(element[1:-1], "|")]
            return f"(?:{'|'.join(options)})", False
        if name := re.fullmatch(r"\{([a-z_.]+)\}", element):
            return rf"(?<![\w⟧])(?:{self.words(name[1])})(?!\w)", False
        if tag := re.fullmatch(r"<([A-Z|]+)(\+?)(!?)>", element):
            return self.tag(tag[1], listed=bool(tag[2]), marked=bool(tag[3])), False
        if re.fullmatch(r"[\w'’@&+/%=.<>≤≥@→\u0370-\u03ff-]+\*?", element):
            stem = element.endswith("*")
            return rf"(?<!\w){re.escape(element.removesuffix('*'))}" + (r"\w*" if stem else r"(?!\w)"), False
        raise PatternError(f"pattern {self.pattern!r}: {element!r} means nothing; see docs/roles.md for what may stand")

    def tag(self, names: str, *, listed: bool, marked: bool) -> str:
        if unknown := [n for n in names.split("|") if n not in GROUPS and n != "ANY"]:
            raise PatternError(f"pattern {self.pattern!r}: no label {unknown[0]!r}; known are ANY, {', '.join(GROUPS)}")
        letters = "CNDMXAS" if "ANY" in names.split("|") else "".join(GROUPS[n] for n in names.split("|"))
        one = rf"⟦[{letters}]\d+⟧"
        target = marked if self.explicit else any(letter in letters for letter in self.about)
        inner = one
        if listed:
            noun = rf"{_INSIDE}{_WORD}"
            inner = rf"{one}(?:(?:[\s-]{noun}){{0,3}}?{_LINK}(?:{noun}[\s-]){{0,3}}?{one})*+"
        if not target:
            return f"(?:{inner})"
        self.targets += 1
        return f"(?P<t{self.targets}>{inner})"


def _split(text: str, at: str) -> Iterator[str]:
    """The parts of a text between separators that stand outside all brackets; blanks part as one."""
    depth, begin = 0, 0
    for index, char in enumerate(text):
        if char in "({":
            depth += 1
        elif char in ")}":
            depth -= 1
        elif char == at and depth == 0:
            if text[begin:index].strip():
                yield text[begin:index].strip()
            begin = index + 1
    if depth:
        raise PatternError(f"pattern {text!r}: a bracket is not closed")
    if text[begin:].strip():
        yield text[begin:].strip()
