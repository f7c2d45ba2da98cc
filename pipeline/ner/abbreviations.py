"""Abbreviations and what they stand for, wherever in the document they are defined.

Definitions in brackets are found by scispaCy's detector (Schwartz and Hearst, Pac Symp Biocomput 2003). Notes to
tables, captions and lists of abbreviations define with a colon, comma or equals sign instead; those are read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scispacy.abbreviation import AbbreviationDetector, filter_matches, find_abbreviation
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document import Document
from pipeline.ner.state import state_of

LONGEST = 60
"""Tokens that a bracket may hold to be looked at."""

_LISTED = re.compile(
    r"(?:^|[;,.]\s+|\s)(?P<short>[A-Z\u0370-\u03ff][\w\u0370-\u03ff/+-]{1,11}|[a-z]{1,3}[A-Z][\w/+-]{0,9})"
    r"\s?(?:[:=]|,(?=\s[a-z(]))\s?(?P<long>[^;:=\n]{3,90}?)(?=;|\.?\s*$|\.\s|,\s[\w/+-]{2,12}\s?[:=]|\n)"
)


def expands(short: str, long: str) -> bool:
    """Whether the letters of the short form stand in the long form, in order, the first at a word's beginning."""
    letters = [c for c in short.casefold().rstrip("s") if c.isalnum()]
    text = long.casefold()
    if len(letters) < 2 or not text:
        return False
    end = len(text)
    for index in range(len(letters) - 1, -1, -1):
        at = text.rfind(letters[index], 0, end)
        while at > 0 and index == 0 and text[at - 1].isalnum():
            at = text.rfind(letters[index], 0, at)
        if at < 0:
            return False
        end = at
    return not text[:end].strip(" (")


def listed(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of short and long form in a note such as "PLGA: poly(lactic acid); DOX, doxorubicin."."""
    for match in _LISTED.finditer(text):
        short, long = match["short"], match["long"].strip(" .,")
        if expands(short, long):
            yield short, long


class Abbreviations(AbbreviationDetector):  # type: ignore[misc]
    """scispaCy's detector over bracket pairs, in linear time, with its results kept for the whole document.

    The detector's own matcher pairs every opening bracket with every later closing one, which is quadratic on a
    whole paper; here each bracket is paired with its own.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Fill the state's abbreviations: short form to long form; the first definition counts."""
        state = state_of(doc)
        pairs: list[tuple[str, str]] = []
        for long_form, short_form in filter_matches(list(_brackets(doc)), doc):
            short, long = find_abbreviation(long_form, short_form)
            if long is not None and "\n" not in long.text:
                pairs.append((short.text, long.text))
        if state.document is not None:
            pairs += _noted(state.document)
        for short, long in pairs:
            state.abbreviations.setdefault(short, long)
        return doc


def _brackets(doc: Doc) -> Iterator[tuple[int, int, int]]:
    """Each innermost bracket's content as the detector's matcher reports it."""
    opened: list[int] = []
    for token in doc:
        if token.text == "(":
            opened.append(token.i)
        elif token.text == ")" and opened:
            start = opened.pop() + 1
            if 0 < token.i - start <= LONGEST:
                yield -1, start, token.i


def _noted(document: Document) -> Iterator[tuple[str, str]]:
    for table in document.tables:
        for marker, note in table.notes.items():
            yield from listed(note)
            if expands(marker, note):
                yield marker, note.strip(" .")
    for block in document.blocks:
        if block.kind in ("table_note", "footnote", "caption") or _is_list(block.section):
            yield from listed(document.text[block.start : block.end])


def _is_list(section: tuple[str, ...]) -> bool:
    return bool(section) and "abbreviation" in section[-1].casefold()


@Language.factory("coatmine_abbreviations")
def make_abbreviations(nlp: Language, name: str) -> Abbreviations:
    """The component that finds abbreviations."""
    return Abbreviations(nlp, name)
