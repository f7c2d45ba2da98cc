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
from spacy.vocab import Vocab

from pipeline.document import Document
from pipeline.ner.state import State, state_of, text_of

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
    """scispaCy's detector, bracket by bracket, with its results kept for the whole document.

    The detector's own matcher pairs every opening bracket with every later closing one, which is quadratic on a
    whole paper, and it needs tokens that leave "IR-780" whole. So each bracket is shown to it with its own sentence,
    cut at white space. ``words`` before a bracket are those in which its long form can begin.
    """

    def __init__(self, nlp: Language, name: str, words: int) -> None:
        super().__init__(nlp, name)
        self.words = words

    def __call__(self, doc: Doc) -> Doc:
        """Fill the state's abbreviations: short form to long form; the first definition counts."""
        state = state_of(doc)
        text = text_of(doc)
        pairs = [p for start, end in _brackets(text) for p in self._defined(text, start, end, state, doc.vocab)]
        if state.document is not None:
            pairs += _noted(state.document)
        for short, long in pairs:
            state.abbreviations.setdefault(short, long)
        return doc

    def _defined(self, text: str, start: int, end: int, state: State, vocab: Vocab) -> Iterator[tuple[str, str]]:
        """The definition that the bracket ``[start, end)`` makes, if any."""
        begin, _ = state.sentence(start)
        before = text[begin:start].split()[-self.words :]
        inside = re.split(r"[;,]\s|\s[;,]", text[start + 1 : end - 1])[0].split()
        if not before or not inside:
            return
        if len(inside) == 1 and (long := _by_initials(text[begin:start], inside[0])):
            yield inside[0], long
            return
        words = [*_cut(before), "(", *_cut(inside), ")"]
        small = Doc(vocab, words=words)
        first = words.index("(", len(_cut(before)))
        for long_form, short_form in filter_matches([(-1, first + 1, len(words) - 1)], small):
            short, long = find_abbreviation(long_form, short_form)
            if long is not None and short.text not in long.text.replace("(", " ").replace(")", " ").split():
                yield _joined(short.text), _joined(long.text)
                return
        content = text[start + 1 : end - 1]
        if len(before[-1]) <= 8 and len(content) > len(before[-1]) + 4 and expands(before[-1], content):
            yield before[-1], content  # "PLGA (poly(lactic-co-glycolic acid))", too few words for the detector


def _by_initials(before: str, short: str) -> str | None:
    """The last words before a bracket, when their initials are the short form; hyphens part words too.

    The detector takes the shortest long form that will do: of "experimental autoimmune encephalomyelitis (EAE)" the
    last word alone.
    """
    letters = short.removesuffix("s").casefold()
    words = list(re.finditer(r"[^\s\-\u2010-\u2013/]+", before))[-len(letters) :]
    if len(letters) < 3 or not letters.isalpha() or "".join(w.group()[0] for w in words).casefold() != letters:
        return None
    return before[words[0].start() :].strip()


_BRACKET = re.compile(r"\((?:[^()\n]|\([^()\n]{0,40}\)){2,120}\)")
_EDGE = re.compile(r"^([(\[\u201c\"']*)(.*?)([,;:.\u201d\"']*)$", re.DOTALL)


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    """Brackets that may hold a definition, brackets within them included."""
    for match in _BRACKET.finditer(text):
        yield match.span()


def _cut(words: list[str]) -> list[str]:
    """Words without the punctuation at their edges, which the detector wants as tokens of their own."""
    return [part for word in words if (found := _EDGE.match(word)) for part in found.groups() if part]


def _joined(text: str) -> str:
    """A text of words with blanks between them, without those inside brackets and before punctuation."""
    for mark in ",;:.)":
        text = text.replace(f" {mark}", mark)
    return text.replace("( ", "(").strip()


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


@Language.factory(
    "coatmine_abbreviations",
    assigns=["doc._.short_forms"],
    requires=["doc.sents"],
    default_config={"words": 14},
)
def make_abbreviations(nlp: Language, name: str, words: int) -> Abbreviations:
    """The component that finds abbreviations.

    Raises:
        ValueError: ``words`` is less than one.
    """
    if words < 1:
        raise ValueError(f"coatmine_abbreviations: words is {words}; at least one word must be looked at")
    return Abbreviations(nlp, name, words)
