"""The studies that a stretch of text cites: by the document's citations, by author, or by a printed number."""

from __future__ import annotations

import re
from typing import Final

from pipeline.document import Document
from pipeline.relations.references import cited_by_author

_PRINTED: Final = re.compile(r"\[(\d{1,3}(?:\s?[,;\u2010-\u2015-]\s?\d{1,3})*)\]")
_RAISED: Final = re.compile(r"\d{1,3}(?:\s?[,\u2010-\u2015-]\s?\d{1,3})*")
_NAMED: Final = re.compile(
    r"(?<![\w-])(?!(?:In|Since|By|During|Until|From|After|Before|Of|Year|Copyright|January|February|March|April|May|June"
    r"|July|August|September|October|November|December)\b)(?P<name>[^\W\d_a-z][^\W\d_]*(?:['\u2019-][^\W\d_]+)*)"
    r"(?:\s+et al\.?|\s+(?:and|&)\s+[^\W\d_][\w'-]+)?(?:,\s*|\s+|(?=\())\(?(?P<year>(?:19[5-9]|20\d)\d)[a-z]?\)?(?!\w)"
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
        found += [(key, match.start(), match.end()) for key in _numbers(match[1])]
    for script in document.scripts:
        if script.kind == "superscript" and start <= script.start and script.end <= end:
            raised = text[script.start : script.end]
            if _RAISED.fullmatch(raised) and _cites(text, script.start):
                found += [(key, script.start, script.end) for key in _numbers(raised)]
    for match in _NAMED.finditer(text, start, end):
        found.append((match["name"].replace("\u2019", "'") + match["year"], match.start(), match.end()))
    return sorted(found, key=lambda f: (f[1], f[2]))


def _cites(text: str, at: int) -> bool:
    """Whether a raised number behind this offset cites: behind a word or a full stop, not behind a unit or a symbol."""
    word = re.search(r"[^\W\d_]+[.,;)]?$", text[max(0, at - 30) : at])
    return word is not None and (len(word.group()) > 2 or word.group()[-1] in ".,;)")


def _numbers(run: str) -> list[str]:
    """The numbers of a run, ranges expanded."""
    keys: list[str] = []
    for part in re.split(r"\s?[,;]\s?", run):
        ends = [int(n) for n in re.findall(r"\d+", part)]
        last = ends[-1] if ends[-1] - ends[0] < 30 else ends[0]
        keys += [str(n) for n in range(ends[0], last + 1)] if ends else []
    return keys
