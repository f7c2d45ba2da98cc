"""The studies that a stretch of text cites: by the document's citations, by author, or by a printed number."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final

from pipeline.document import Document
from pipeline.relations.references import cited_by_author

_RUN: Final = re.compile(r"\d{1,3}(?:\s?[,;\u2010-\u2015-]\s?\d{1,3})*")
"""Numbers and ranges of numbers, one behind the other."""
_PRINTED: Final = re.compile(rf"\[({_RUN.pattern})\]")
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015", "-"))
_NAME: Final = r"[^\W\d_a-z][^\W\d_]*(?:['\u2019-](?!s\b)[^\W\d_]+)*"
_GROUP: Final = r"(?:['\u2019]s)?\s+(?:group|team|lab|laboratory)"
_YEAR: Final = r"(?:19[5-9]|20\d)\d"
_NAMED: Final = re.compile(
    r"(?<![\w-])(?!(?:In|Since|By|During|Until|From|After|Before|Of|Year|Copyright|January|February|March|April|May|June"
    rf"|July|August|September|October|November|December)\b)(?P<name>{_NAME})"
    rf"(?:(?:\s+et al\.?|{_GROUP})(?:\s+in(?=\s))?|(?:,\s+{_NAME}){{0,4}},?\s+(?:and|&)\s+[^\W\d_][\w'-]+)?"
    rf"(?:,\s*|\s+|(?=\())\(?(?P<year>{_YEAR})[a-z]?\)?(?!\w)"
    rf"|\bIn (?P<first>{_YEAR}),\s+(?P<then>{_NAME})(?=\s+et al|\s+and\s+(?:co-?workers|colleagues)|{_GROUP})"
)
"""An author and a year; no study of particles is from before 1950 ("Escherichia coli Nissle 1917")."""


def cited(document: Document, start: int, end: int) -> list[str]:
    """The studies cited in a sentence, each once: by citation, by author, else as printed where no list is there."""
    keys = [key for citation in document.citations_in(start, end) for key in citation.references]
    if not keys and document.references:
        keys = cited_by_author(document, document.text[start:end])
    if not keys and not document.references:
        keys = [key for key, _, _ in printed(document, start, end)]
    return list(dict.fromkeys(keys))


def citation_ranges(document: Document, start: int, end: int) -> list[tuple[tuple[str, ...], int, int]]:
    """The citations of a sentence in the order of the text: what each cites, and its range."""
    some = [(c.references, c.start, c.end) for c in document.citations_in(start, end)]
    if some or document.references:
        return some
    grouped: dict[tuple[int, int], list[str]] = {}
    for key, begin, stop in printed(document, start, end):
        grouped.setdefault((begin, stop), []).append(key)
    return [(tuple(keys), begin, stop) for (begin, stop), keys in grouped.items()]


def printed(document: Document, start: int, end: int) -> list[tuple[str, int, int]]:
    """Citations of a document without a reference list, as they are printed: the key and its range.

    A number in brackets or raised is the key; an author and a year are written as one word ("Li2020").
    """
    text = document.text
    found: list[tuple[str, int, int]] = []
    for match in _PRINTED.finditer(text, start, end):
        found += [(key, match.start(), match.end()) for key in numbers(match[1])]
    for script in document.scripts:
        if script.kind == "superscript" and start <= script.start and script.end <= end:
            raised = text[script.start : script.end]
            if _cites(text, script.start):
                found += [(key, script.start, script.end) for key in numbers(raised)]
    for match in _NAMED.finditer(text, start, end):
        name, year = match["name"] or match["then"], match["year"] or match["first"]
        found.append((name.replace("\u2019", "'") + year, match.start(), match.end()))
    return sorted(found, key=lambda f: (f[1], f[2]))


def _cites(text: str, at: int) -> bool:
    """Whether a raised number behind this offset cites: behind a word or a full stop, not behind a unit or a symbol."""
    bare = text[: at - 1] if text[at - 1 : at] in (".", ",", ";", ")") else text[:at]
    letters = len(list(takewhile(str.isalpha, reversed(bare[-30:]))))
    return letters > 2 or (letters > 0 and len(bare) < at)


def numbers(run: str) -> list[str]:
    """The numbers of a run, ranges expanded: "2, 4-6" is 2, 4, 5 and 6; none if it is anything else."""
    if not _RUN.fullmatch(run):
        return []
    keys: list[str] = []
    for part in run.replace(";", ",").split(","):
        ends = [int(number) for number in part.translate(_DASHES).split("-")]
        last = ends[-1] if ends[-1] - ends[0] < 30 else ends[0]
        keys += [str(number) for number in range(ends[0], last + 1)]
    return keys
