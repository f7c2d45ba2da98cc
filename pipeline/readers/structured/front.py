"""What stands before a paper's body: its title, authors, addresses, abstract and keywords."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.document import BlockKind
from pipeline.readers.printed_text import PrintedText, script_runs
from pipeline.readers.structured.headings import ABSTRACT, ARTICLE_TYPES, FRONT, LIST_NAMES, SECTIONS, normalised
from pipeline.readers.structured.items import FlowItem

RUN_IN_ABSTRACT = re.compile(r"(?i:abstract|summary)\s?[:.\u2013\u2014-]\s*|(?:ABSTRACT|SUMMARY)\s+(?=[^\W\d_a-z])")
KEYWORDS = re.compile(r"(?:key\s?-?words?|index terms)\s?(?:[:.\u2013\u2014-]\s*|$)", re.IGNORECASE)
ADDRESS = re.compile(
    r"universit|institut|department|departamento|school of|hospital|college|laborator|\bcent(?:er|re)\b|facult|academy|"
    r"@|e-?mail|correspond|orcid|\b[A-Z]{2,3}\s?\d{4,6}\b|\bP\.?\s?R\.?\s?China\b|ltd\b|inc\.",
    re.IGNORECASE,
)
NAME = re.compile(
    r"(?:[^\W\d_a-z][^\W\d_]*\.?(?:[-'\u2019 ]|(?<=\.)))+"
    r"(?:(?:van|von|de|da|di|del|der|la|le|al|el|bin|ter|ten|dos)\s)*[^\W\d_a-z][^\W\d_]+(?:[-'\u2019][^\W\d_]+)*"
)
SENTENCE = re.compile(r"\b(?:is|are|was|were|has|have|been|that|which|this|we|our|can|published|received|accepted)\b")
YEAR = re.compile(
    r"(?:published|online|available|accepted|\u00a9|copyright)\D{0,40}?(?:\d{1,2}\s+)?(?:[A-Z][a-z]+\s+)?((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
TELLS = re.compile(r"\W*\w+(?: \w+){4,} (?:is|are|was|were)\b")
LONG = 350
"""Characters that an abstract has at least, and an address or a footnote rarely."""
SHORT = 120
"""Characters of the shortest abstract that is told by its sentences alone."""
MOST_FRONT = 40


def find_title(items: Sequence[FlowItem]) -> int | None:
    """Which item is the title; None where none is one.

    The first heading that names neither a kind of article nor a section; where the first heading does, what stands
    before it.
    """
    marked = next((i for i, item in enumerate(items) if item.role == "title"), None)
    if marked is not None:
        return marked
    texts = [i for i, item in enumerate(items[:MOST_FRONT]) if item.kind in ("heading", "paragraph") and not item.role]
    for at in texts:
        item, letters = items[at], normalised(re.sub(r"^[\d.\s]+", "", items[at].text))
        if item.kind == "heading":
            if letters in ARTICLE_TYPES:
                continue
            if letters in SECTIONS:
                break
            return _after_label(items, at) or at
    early = (i for i in texts if not _is_label(items[i]))
    first = next(early, None)
    if first is None:
        return None
    item = items[first]
    whole = item.text.split("\n")[0]
    short = item.kind == "paragraph" and len(whole) < LONG and normalised(whole) not in SECTIONS
    return first if short and not whole.endswith((".", ";")) else None


def _after_label(items: Sequence[FlowItem], first: int) -> int | None:
    """The heading after a kind of article, where both follow a first heading at once: that is the journal's name."""
    heads = [(i, item) for i, item in enumerate(items[first : first + 8], first) if item.kind != "image"]
    if len(heads) < 3 or any(item.kind != "heading" for _, item in heads[:3]):
        return None
    labels, title = normalised(heads[1][1].text), normalised(heads[2][1].text)
    return heads[2][0] if labels in ARTICLE_TYPES and title not in SECTIONS | ARTICLE_TYPES else None


def _is_label(item: FlowItem) -> bool:
    letters = normalised(item.text)
    return letters in ARTICLE_TYPES or len(letters) < 8 or bool(re.match(r"https?:|doi", item.text, re.IGNORECASE))


def mark_front(items: list[FlowItem], title: int | None) -> None:
    """Give the items before the body their roles: authors, affiliation, abstract, keywords, other."""
    for item in items[: title or 0]:
        if item.role is None and item.kind in ("paragraph", "heading", "list_item"):
            item.kind, item.role = "paragraph", "other"
    for item in items[:MOST_FRONT]:
        given = KEYWORDS.match(item.text)
        if item.kind == "heading" and given and len(item.text) > given.end() + 3:
            item.kind, item.role = "paragraph", "keywords"
    start = 0 if title is None else title + 1
    end, headed = _body(items, start)
    _mark_between(items[start:end], _Front(named=title is not None, stated=_states_abstract(items)))
    if not headed:
        _release(items[start:end])


@dataclass(slots=True)
class _Front:
    """What was found before the body: a title, the abstract (or where it is stated), the authors, the last heading."""

    named: bool
    stated: bool
    authors: bool = False
    under: str = ""


def _mark_between(items: Sequence[FlowItem], front: _Front) -> None:
    """Give roles to what stands between the title and the body."""
    front.authors = any(item.role == "authors" for item in items)
    for item in items:
        if item.kind == "heading":
            front.under = normalised(item.text)
            if front.under in ARTICLE_TYPES and item.role is None:
                item.kind, item.role = "paragraph", "other"
        elif item.role is None and item.kind in ("paragraph", "list_item"):
            item.role = _front_role(item, front)
            front.stated = front.stated or item.role == "abstract"
            front.authors = front.authors or item.role == "authors"


def _release(items: Sequence[FlowItem]) -> None:
    """What no heading parts from the body, after the last item that is known for front matter, belongs to the body."""
    for item in reversed(items):
        if item.role in ("authors", "affiliation", "keywords", "abstract"):
            return
        if item.role == "other":
            item.role = None


def _front_role(item: FlowItem, front: _Front) -> BlockKind | None:
    text = item.text
    if KEYWORDS.match(text) or front.under in ("keywords", "keyword", "indexterms"):
        return "keywords"
    if front.under in ABSTRACT or RUN_IN_ABSTRACT.match(text):
        return "abstract"
    if front.named and not front.authors and is_byline(item.passage):
        return "authors"
    if not front.stated and _reads_like_abstract(text):
        return "abstract"
    if ADDRESS.search(text) and len(text) < 4 * LONG and not TELLS.match(text):
        return "affiliation"
    return "other" if len(text) < LONG else None


def _reads_like_abstract(text: str) -> bool:
    """Whether a paragraph is long enough for an abstract, or has sentences and no address."""
    if len(text) >= LONG and not ADDRESS.search(text[:150]):
        return True
    return len(text) >= SHORT and len(SENTENCE.findall(text)) > 1 and not ADDRESS.search(text)


def _states_abstract(items: Sequence[FlowItem]) -> bool:
    return any(
        normalised(item.text) in ABSTRACT or RUN_IN_ABSTRACT.match(item.text) is not None or item.role == "abstract"
        for item in items[:MOST_FRONT]
    )


def _body(items: Sequence[FlowItem], start: int) -> tuple[int, bool]:
    """Where the body begins, and whether a heading says so; else after the first paragraph of some length."""
    for at in range(start, min(len(items), start + MOST_FRONT)):
        item = items[at]
        letters = normalised(item.text)
        if item.kind == "table" or (item.kind == "heading" and letters in LIST_NAMES):
            break
        if item.kind == "heading" and letters not in FRONT:
            return at, True
    else:
        at = min(len(items), start + MOST_FRONT)
    long = [i for i in range(start, at) if len(items[i].text) >= LONG]
    return (long[0] + 1 if long else at), False


def is_byline(passage: PrintedText) -> bool:
    """Whether a passage is, or begins with, a list of persons."""
    text = names_only(passage)
    parts = [part for part in _parts(text) if part]
    if not parts or SENTENCE.search(" ".join(text.split()[:40])):
        return False
    names = [_name(part) for part in parts]
    words = len(re.findall(r"[^\W\d_]{2,}", text))
    named = sum(len(name.split()) for name in names if name)
    if sum(bool(name) for name in names[:5]) >= min(3, len(parts)) and sum(map(bool, names)) > 1:
        return names[0] is not None
    return names[0] is not None and named >= 0.7 * words


def names_only(passage: PrintedText) -> str:
    """The text without its raised characters and symbols."""
    raised = [(s, e) for s, e, mark in script_runs(passage.marks) if mark == "^"]
    kept = (
        "".join(
            "," if any(s <= i < e for s, e in raised) else char
            for i, char in enumerate(passage.text.replace("\n", ", "))
        )
        if "\n" not in passage.text
        else passage.text.replace("\n", ", ")
    )
    return re.sub(r"[*\u2020\u2021\u00a7\u00b6#$\u2016\\]|\d+", ",", kept)


def authors(passage: PrintedText) -> tuple[str, ...]:
    """The persons in a byline; what follows them (addresses that ran into it) is none."""
    found: list[str] = []
    missed = 0
    for part in _parts(names_only(passage)):
        name = _name(part)
        missed = 0 if name else missed + bool(part)
        if missed > 2 or (part and not name and ADDRESS.search(part)):
            break
        if name:
            found.append(name)
    return tuple(dict.fromkeys(found))


def _parts(text: str) -> list[str]:
    """What commas, "and" and the like part, without the letters of addresses that lost their raising."""
    parts = re.split(r"[,;]|\band\b|&|\s[\u00b7\u2022|]\s", text)
    return [
        re.sub(r"^(?:[a-z]{1,3}\s+)+(?=[^\W\d_a-z])", "", " ".join(part.split()).strip(" .'\u2019\"")) for part in parts
    ]


def _name(part: str) -> str | None:
    """The name of a person, if a part is one."""
    whole = NAME.fullmatch(part)
    words = part.split()
    known = normalised(part) in SECTIONS or ADDRESS.search(part)
    return part if whole and 2 <= len(words) <= 6 and not known else None


def year(texts: Sequence[str]) -> int | None:
    """The year in which the front matter says that the paper came out."""
    for text in texts:
        if given := YEAR.search(text):
            return int(given[1])
    return None
