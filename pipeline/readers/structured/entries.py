"""The reference list among items: where it stands, and its entries one by one.

Converters leave a list in many shapes: items, lines of one paragraph, lines run together, numbers with and without
brackets, half of it before its heading, some of it without its numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import unquote

from pipeline.readers.citing import DOI, YEAR, ParsedReference, parse_entry, tidy_doi
from pipeline.readers.printed_text import PrintedText
from pipeline.readers.structured.headings import LIST_NAMES, normalised
from pipeline.readers.structured.items import FlowItem, Link, joined, lines

FIRST = re.compile(
    r"[\W_]{0,2}?[\[(]?(\d{1,3})(?:[\])]\s*[.:]?|[.:])?\s*(?=[^\W\d]|[\"'\u2018\u201c(]\s*[^\W\d])", re.UNICODE
)
"""A number, in brackets, with a full stop or bare, before a word."""
BRACKETED_FIRST = re.compile(r"\[(\d{1,3})\]\s*[.:]?\s*")
FEWEST = 4
LONGEST_GAP = 8
"""How many numbers may be missing between an entry and the next one."""
LETTERED_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d[a-z]?(?!\d)")


@dataclass(slots=True)
class EntryDraft:
    """An entry of a reference list before it is read."""

    passage: PrintedText
    number: int | None = None
    links: list[Link] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)

    def extend(self, passage: PrintedText, links: Iterable[Link] = ()) -> None:
        """Add the next line of the entry."""
        at = len(self.passage) + 1
        self.passage = joined(self.passage, passage)
        self.links.extend((at + a, at + b, to) for a, b, to in links)


def names_list(item: FlowItem) -> bool:
    """Whether an item is the heading of a reference list."""
    return item.kind in ("heading", "paragraph") and len(item.text) < 60 and normalised(item.text) in LIST_NAMES


def mark_references(items: Sequence[FlowItem]) -> None:
    """Give the reference list its role: what stands under its heading, and what reads like its entries."""
    if not any(item.role == "reference" for item in items):
        heads = [i for i, item in enumerate(items) if names_list(item)]
        for head in heads[-1:]:
            for item in items[head + 1 :]:
                if item.kind == "heading":
                    break
                if item.kind in ("paragraph", "list_item"):
                    item.role = "reference"
        _keep_entries(items)
        _strays(items)


def _keep_entries(items: Sequence[FlowItem]) -> None:
    """At the end of the list: what no entry is (a note on the licence, the publisher's remarks) is no part of it."""
    marked = [item for item in items if item.role == "reference"]
    listed = [item for item in marked if item.kind == "list_item"]
    if len(listed) < FEWEST or len(listed) * 2 < len(marked):
        return
    last = next(i for i in reversed(range(len(marked))) if marked[i].kind == "list_item")
    for item in marked[last + 1 :]:
        if not YEAR.search(item.text):
            item.role = None


def _strays(items: Sequence[FlowItem]) -> None:
    """Paragraphs elsewhere in the second half whose lines are numbered entries: columns read in the wrong order."""
    half = len(items) // 2
    pool = [item for item in items[half:] if item.role is None and item.kind in ("paragraph", "list_item")]
    known = [n for item in items if item.role == "reference" for n in _numbers(item)]
    for item in pool:
        numbers = _numbers(item)
        dated = sum(bool(YEAR.search(line.text)) for _, line in lines(item.passage))
        steps = sum(0 < b - a <= LONGEST_GAP for a, b in pairwise(numbers))
        if (len(numbers) >= FEWEST and dated >= len(numbers) / 2 and steps >= (len(numbers) - 1) * 0.7) or (
            known and numbers and dated and _continues(numbers, known) and not _is_prose(item.text)
        ):
            item.role = "reference"
        known += numbers if item.role == "reference" else []


def _continues(numbers: Sequence[int], known: Sequence[int]) -> bool:
    return any(0 < numbers[0] - k <= 2 for k in known) and numbers[0] not in known


def _is_prose(text: str) -> bool:
    words = text.split()
    return len(words) > 12 and sum(w in ("the", "was", "were", "is", "of", "that") for w in words) > len(words) / 8


def _numbers(item: FlowItem) -> list[int]:
    if item.number is not None:
        return [item.number]
    return [int(found[1]) for _, line in lines(item.passage) if (found := FIRST.match(line.text))]


def entries(items: Iterable[FlowItem]) -> list[EntryDraft]:
    """The entries that these items hold, in their order."""
    marked = list(items)
    found: list[EntryDraft] = []
    numbered = _is_numbered(marked)
    for item in marked:
        for position, (at, line) in enumerate(lines(item.passage)):
            size = len(line)
            links = [(a - at, b - at, to) for a, b, to in item.links if at <= a < b <= at + size]
            own = item.kind == "list_item" and position == 0
            number = _first_number(line, found, numbered) if not own else item.number or _printed(line, found)
            begins = own or number is not None or not found
            if not begins and not numbered:
                begins = _begins_unnumbered(line.text, found[-1].passage.text, single=position == 0)
            if begins:
                found.append(EntryDraft(line, number, links, list(item.anchors) if position == 0 else []))
            else:
                found[-1].extend(line, links)
    return [part for draft in found for part in (_split_up(draft) if numbered else [draft])]


def _is_numbered(items: Sequence[FlowItem]) -> bool:
    """Whether the entries carry numbers: most lines, or items, begin with one that ascends."""
    counted = [item.number for item in items if item.number is not None]
    if len(counted) > 1 and len(counted) * 2 > len(items):
        return True
    starts = [FIRST.match(line.text) for item in items for _, line in lines(item.passage)]
    numbers = [int(start[1]) for start in starts if start]
    ascending = sum(0 < b - a <= LONGEST_GAP for a, b in pairwise(numbers))
    many = len(numbers) * 3 >= len(starts) or ascending >= FEWEST
    return len(numbers) >= 2 and ascending >= (len(numbers) - 1) / 2 and many


def _first_number(line: PrintedText, found: Sequence[EntryDraft], numbered: bool) -> int | None:
    """The number with which a line begins an entry, if it does."""
    first = FIRST.match(line.text)
    if not numbered or not first:
        return None
    number, last = int(first[1]), next((d.number for d in reversed(found) if d.number is not None), None)
    if BRACKETED_FIRST.match(line.text) or last is None:
        return number
    return number if 0 < number - last <= LONGEST_GAP else None


def _printed(line: PrintedText, found: Sequence[EntryDraft]) -> int | None:
    """The number printed in a list item, where it is what its place in the list lets expect."""
    first = FIRST.match(line.text)
    if not first:
        return None
    number = int(first[1])
    return number if abs(number - len(found) - 1) <= LONGEST_GAP else None


def _begins_unnumbered(line: str, before: str, *, single: bool) -> bool:
    """Whether a line of a list without numbers begins an entry: with a capital, after an entry that has its year."""
    if not (line[:1].isupper() or (line[:2].isalpha() and single)):
        return False
    return LETTERED_YEAR.search(before) is not None and LETTERED_YEAR.search(line) is not None


def _split_up(draft: EntryDraft) -> list[EntryDraft]:
    """An entry into which the next ones ran: each begins with the number that follows, after the end of the last."""
    found = [draft]
    while (number := found[-1].number) is not None:
        last = found[-1]
        place = _next_number(last.passage.text, number)
        if place is None:
            break
        start = place.start(1)
        links = [(a - start, b - start, to) for a, b, to in last.links if a >= start]
        last.links = [link for link in last.links if link[1] <= place.start()]
        rest = last.passage.keeping([(start, len(last.passage))])
        last.passage = last.passage.keeping([(0, place.start())])
        found.append(EntryDraft(rest, int(place[2]), links))
    return found


def _next_number(text: str, number: int) -> re.Match[str] | None:
    """Where in an entry the next one begins: its number bare or in brackets, or in brackets one of the next few."""
    places = []
    for step in (1, 2, 3):
        n = number + step
        forms = rf"(?:\[{n}\]|\({n}\))" if step > 1 else rf"(?:\[{n}\]|\({n}\)|{n}\.?)"
        pattern = rf"(?<=[.;,)\]\d])\s+((?=[\[(]?({n})){forms})\s?(?=[A-Z\u00c0-\u00dd(][^\W\d_]*[.,\s-])"
        places += [m for m in re.finditer(pattern, text) if YEAR.search(text[: m.start()])][:1]
    return min(places, key=lambda place: place.start(), default=None)


def read_entry(draft: EntryDraft, taken: set[str], position: int) -> ParsedReference:
    """What an entry says; its key is its printed number, or its position where that is missing or taken."""
    entry = parse_entry(draft.passage.text)
    number = str(draft.number) if draft.number is not None else entry.number
    if draft.number is None and number is not None and abs(int(number) - position) > LONGEST_GAP:
        number = None
    if number is None or number in taken:
        number = str(position)
        while number in taken:
            position += 1
            number = str(position)
    entry.number = number
    if not entry.doi:
        linked = (tidy_doi(m[0]) for _, _, to in draft.links if (m := DOI.search(unquote(to))))
        entry.doi = next(linked, None)
    taken.add(number)
    return entry
