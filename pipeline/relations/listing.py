"""Match table rows that give a DOI with entries of a reference list without DOIs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import Final

from pipeline.document import Document, Reference
from pipeline.records import FIELD_OF, Mention
from pipeline.relations.evidence import MentionIndex, identity
from pipeline.sentences import split

_TELLING: Final = frozenset({"paragraph", "list_item", "abstract"})
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_JOURNAL = re.compile(r"(?:^|[/.])([a-z]{4,})(?=[.\d]|$)")
_RARE: Final = 2
"""What a value weighs that only one row of the table has; others weigh one."""
_ENOUGH: Final = 4
_AHEAD: Final = 2
"""By how much the best entry must be ahead of the second."""
_FOLLOWING: Final = 4
"""So many known rows show whether a table follows the list."""


def listed_as(document: Document, index: MentionIndex, rows: Mapping[str, list[Mention]]) -> dict[str, str]:
    """The keys of the entries that are the works with these DOIs, where the list itself gives no DOI.

    What prose says where it cites one work alone is held against what the work's row says; a year or a journal in the
    DOI must not contradict the entry. A DOI for which no entry is clearly ahead, or that shares its entry with
    another, is left out.

    Args:
        document: the document.
        index: its mentions.
        rows: by DOI the mentions in the row of the work.
    """
    told = _told(document, index)
    without = [r for r in document.references if r.doi is None and r.key in told]
    count = Counter(each for mentions in rows.values() for each in {identity(m) for m in mentions})
    found = {}
    for doi, mentions in rows.items():
        identities = {identity(m) for m in mentions if FIELD_OF[m.label] != "animal_models"}
        points = {}
        for reference in without:
            shared = identities & told[reference.key]
            stated = _fits(document, doi, reference)
            if shared and stated is not None:
                points[reference.key] = sum(_RARE if count[each] == 1 else 1 for each in shared) + stated
        first, second = (*sorted(points, key=lambda key: -points[key]), "", "")[:2]
        if points.get(first, 0) >= _ENOUGH and points[first] - points.get(second, 0) >= _AHEAD:
            found[doi] = first
    taken = Counter(found.values())
    sure = {doi: key for doi, key in found.items() if taken[key] == 1}
    return sure | _between(document, list(rows), sure)


def _between(document: Document, dois: list[str], sure: Mapping[str, str]) -> dict[str, str]:
    """The entries of rows between known ones, where the rows follow the list and it has just one entry there."""
    order = {reference.key: number for number, reference in enumerate(document.references)}
    known = [order[sure[doi]] for doi in dois if doi in sure]
    if len(known) < _FOLLOWING or known != sorted(known):
        return {}
    found = {}
    for before, doi, after in zip(dois, dois[1:], dois[2:], strict=False):
        if doi in sure or before not in sure or after not in sure:
            continue
        gap = document.references[order[sure[before]] + 1 : order[sure[after]]]
        if len(gap) == 1 and gap[0].doi is None and _fits(document, doi, gap[0]) is not None:
            found[doi] = gap[0].key
    return found


def _told(document: Document, index: MentionIndex) -> dict[str, set[Hashable]]:
    """By key what the sentences name that cite this work alone, with those that lead to them."""
    told: dict[str, set[Hashable]] = defaultdict(set)
    for start, end, key in _sentences(document):
        told[key] |= {identity(m) for m in index.within(start, end)}
    return told


def _sentences(document: Document) -> Iterator[tuple[int, int, str]]:
    """The stretches that end with the citation of one work: a sentence and those before it that cite nothing."""
    for block in document.blocks:
        if block.kind not in _TELLING:
            continue
        begin = block.start
        for start, end in split(document.text, block.start, block.end):
            keys = {key for citation in document.citations_in(start, end) for key in citation.references}
            if len(keys) == 1:
                yield begin, end, keys.pop()
            if keys or document.citations_in(start, end):
                begin = end


def _fits(document: Document, doi: str, reference: Reference) -> int | None:
    """How many of year and journal in a DOI are those of an entry; None where the year contradicts it."""
    suffix = doi.partition("/")[2].casefold()
    printed = document.text[reference.start : reference.end]
    years = set(_YEAR.findall(suffix))
    if years and reference.year and str(reference.year) not in years:
        return None
    words = "".join(c if c.isalpha() else " " for c in reference.container or printed).casefold().split()
    codes = _JOURNAL.findall(suffix)
    named = any(_abbreviates(code, words[at:]) for code in codes for at in range(len(words)))
    return bool(years and reference.year) + named


def _abbreviates(code: str, words: list[str]) -> bool:
    """Whether a code is made of the beginnings of these words in their order: "jconrel", J. Controlled Release."""
    if not code:
        return True
    if not words:
        return False
    lengths = range(min(len(code), len(words[0])), 0, -1)
    return any(code[:n] == words[0][:n] and _abbreviates(code[n:], words[1:]) for n in lengths)
