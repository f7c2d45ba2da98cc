"""Items into a Document: front matter, sections, tables, references, citations; the same rules for all formats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline.document import BlockKind, Citation, Document, Metadata
from pipeline.readers.citing import LONGEST_RANGE, ParsedReference, find_doi
from pipeline.readers.figure_labels import label_of
from pipeline.readers.hyphenation import Vocabulary, seam
from pipeline.readers.printed_text import PrintedText
from pipeline.readers.spacing import Spacing, moved, spaced
from pipeline.readers.structured import front
from pipeline.readers.structured.entries import entries, mark_references, read_entry
from pipeline.readers.structured.headings import ABSTRACT, ARTICLE_TYPES, BACK, SECTIONS, normalised
from pipeline.readers.structured.items import FlowItem, Link, one_line, plain
from pipeline.readers.structured.raised import raise_citations
from pipeline.readers.structured.tables import attach, draft, is_table_caption, join_labels, mark_captions
from pipeline.readers.writing import CellDraft, FigureDraft, Source, Writer

NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})(?:\.|:)?\s*(?=[^\W\d])")
LONGEST_HEADING = 300
UNSPACED = frozenset({"reference", "authors", "affiliation", "other", "header"})
"""Roles of items whose words are not split: names, addresses and codes."""
PARENT = re.compile(r"(?:materials|methods?|experimental|results?)")
"""How the names of sections begin that have parts with headings of their own."""
FULL_STOP = re.compile(r"[.!?:;\u2026]['\"\u201d\u2019)\]]*$")
DASH = re.compile(r"\s*[\])]?\s*[-\u2010-\u2015\u2212]\s*[\[(]?\s*")


def read_items(
    items: Sequence[FlowItem], source: Source, stated: Metadata | None = None, *, converted: bool = False
) -> Document:
    """The document that these items make.

    Args:
        items: in reading order.
        source: where they come from.
        stated: what the format's own fields say of the document; its text fills what they leave open.
        converted: whether a program may have made the text of a PDF, and lost spaces.
    """
    flow = [item for item in items if item.kind in ("table", "image") or item.text]
    _running_heads(flow)
    _headings(flow)
    _levels(flow)
    title = front.find_title(flow)
    if title is not None:
        flow[title].role = "title"
    mark_references(flow)
    mark_captions(flow)
    front.mark_front(flow, title)
    if converted:
        _set_spaces(flow)
    flow = attach(join_labels(flow))
    raise_citations(flow)
    flow = _mended([item for item in flow if item.kind != "image"])
    return _Writing(flow, source).document(stated or Metadata())


# --- headings


def _running_heads(items: Sequence[FlowItem]) -> None:
    """A heading that comes again and again names no section: it stood at the top of the pages."""
    counts = Counter(normalised(item.text) for item in items if item.kind == "heading")
    for item in items:
        letters = normalised(item.text)
        if item.kind == "heading" and counts[letters] > (2 if letters in ARTICLE_TYPES else 4):
            item.kind, item.role = "paragraph", "header"


def _headings(items: Sequence[FlowItem]) -> None:
    """A line all in bold is a heading; what is too long for one is none."""
    for item in items:
        text = item.text
        if item.kind == "heading" and (len(text) > LONGEST_HEADING or not normalised(text)):
            item.kind = "paragraph"
        elif item.kind == "paragraph" and item.role is None and item.bold and "\n" not in text and len(text) < 150:
            if text[-1] not in ".;," or normalised(text) in SECTIONS:
                item.kind = "heading"
        elif item.kind == "paragraph" and item.role is None and len(text) < 40 and normalised(text) in ABSTRACT:
            item.kind, item.level = "heading", 1
        if item.kind == "heading":
            item.passage = one_line(item.passage)


def _levels(items: Sequence[FlowItem]) -> None:
    """Where headings are numbered, their numbers say their level: converters often do not."""
    heads = [item for item in items if item.kind == "heading"]
    numbers = {id(item): found[1] for item in heads if (found := NUMBERED.match(item.text))}
    levels = [item.level for item in heads]
    deepest = max(levels, default=1)
    for item in heads:
        number = numbers.get(id(item))
        if number and len(numbers) > 2:
            item.level = 1 + number.strip(".").count(".")
        elif normalised(NUMBERED.sub("", item.text)) in SECTIONS:
            item.level = 1
        elif not item.level:
            item.level = deepest + 1
        elif len(numbers) > 2:
            item.level = min(item.level, 4)
    if len(numbers) <= 2:
        _unnumbered(heads, levels)


def _unnumbered(heads: Sequence[FlowItem], levels: Sequence[int]) -> None:
    """The levels of headings without numbers: those that the format gives, from 1 on below the title.

    Where it gives them all the same, as converters do, what follows the heading of methods or results stands below
    it, up to the next heading that every paper has.
    """
    below = [level for level in levels[1:] if level]
    if not below:
        return
    flat, least, parent = len(set(below)) == 1, min(below), False
    for item, given in zip(heads[1:], levels[1:], strict=True):
        name = normalised(item.text)
        if name in SECTIONS or name in BACK:
            item.level, parent = 1, name in SECTIONS and PARENT.match(name) is not None
        elif flat and given:
            item.level = 2 if parent else 1
        elif given:
            item.level = given - least + 1


# --- paragraphs


def _mended(items: Sequence[FlowItem]) -> list[FlowItem]:
    """The items with paragraphs whole again that a page's end, a figure or a table cuts in two."""
    words = Vocabulary(item.text for item in items)
    found: list[FlowItem] = []
    open_: FlowItem | None = None
    for item in items:
        if item.kind == "paragraph" and item.role in (None, "abstract"):
            if open_ is not None and item.role in (None, open_.role) and _goes_on(open_.text, item.text):
                _append(open_, item, words)
                continue
            open_ = item
        elif item.role not in ("caption", "table_note") and item.kind != "table":
            open_ = None
        found.append(item)
    return found


def _goes_on(before: str, after: str) -> bool:
    """Whether the first paragraph ends within a sentence that the second one goes on with."""
    if len(before) < 60 or FULL_STOP.search(before):
        return False
    return after[0].islower() or (before[-1] in ",-(" and after[0].isalnum())


def _append(first: FlowItem, second: FlowItem, words: Vocabulary) -> None:
    cut, gap = seam(first.text, second.text, words)
    kept = first.passage.keeping([(0, len(first.passage) - cut)])
    at = len(kept) + len(gap)
    first.passage = PrintedText(
        kept.text + gap + second.passage.text, kept.marks + " " * len(gap) + second.passage.marks, []
    )
    first.links.extend((at + a, at + b, to) for a, b, to in second.links)


# --- spaces


def _set_spaces(items: Sequence[FlowItem]) -> None:
    """Part words that run together; references and front matter stay as they are."""
    texts = [item for item in items if item.role not in UNSPACED and item.kind not in ("table", "image")]
    cells = [cell for item in items if item.grid is not None for cell in item.grid.cells]
    spacing = Spacing([*(item.text for item in texts), *(cell.passage.text for cell in cells)])
    for item in texts:
        item.passage, item.links = _with_spaces(item.passage, item.links, spacing.missing(item.text))
    for cell in cells:
        places = spacing.missing(cell.passage.text)
        cell.passage, cell.citations = _with_spaces(cell.passage, list(cell.citations), places)


def _with_spaces(passage: PrintedText, links: list[Any], places: Sequence[int]) -> tuple[PrintedText, list[Any]]:
    if not places:
        return passage, links
    text, marks = spaced(passage.text, passage.marks, places)
    shifted = [(moved(a, places), moved(b, places, end=True), to) for a, b, to in links]
    return PrintedText(text, marks), shifted


# --- writing


class _Writing:
    """Items on their way into a Document."""

    def __init__(self, items: Sequence[FlowItem], source: Source) -> None:
        self.items = items
        self.writer = Writer(source)
        self.drafts = entries(item for item in items if item.role == "reference")
        self.entries: list[ParsedReference] = []
        self.keys: dict[str, str] = {}
        taken: set[str] = set()
        for position, one in enumerate(self.drafts, 1):
            entry = read_entry(one, taken, position)
            self.entries.append(entry)
            self.keys.update((anchor, entry.number or "") for anchor in one.anchors)
        self.tables = 0
        self.captioned = any(i.grid is not None and is_table_caption(i.grid.caption.text) for i in items)
        self.listed = False

    def document(self, stated: Metadata) -> Document:
        """Write all items."""
        for item in self.items:
            self._write(item)
        return self._cited(self._metadata(stated))

    def _write(self, item: FlowItem) -> None:
        if item.kind == "table":
            self._table(item)
        elif item.role == "reference":
            if not self.listed:
                self.listed = True
                self._references()
        elif item.kind == "heading" and item.role is None:
            self.writer.heading(item.passage, max(1, item.level))
        else:
            kind: BlockKind = item.role or ("list_item" if item.kind == "list_item" else "paragraph")
            passage = one_line(item.passage)
            start, _ = self.writer.block(kind, passage)
            self._cite(item.links, item.text, start)
            if kind == "caption":
                self.writer.figure(FigureDraft(label_of(passage.text), passage.text, 1, list(item.shown)))

    def _references(self) -> None:
        for one, entry in zip(self.drafts, self.entries, strict=True):
            self.writer.reference(one.passage, entry)

    def _table(self, item: FlowItem) -> None:
        grid = item.grid
        if grid is None:
            return
        self.tables += 1
        made = draft(grid, 0 if self.captioned else self.tables)
        if grid.caption.text:
            self.writer.block("caption", grid.caption)
        for noise in grid.noise:
            self.writer.block("other", plain(noise))
        if made is None:
            return
        made.cells = [self._linked(cell) for cell in made.cells]
        self.writer.table(made)
        for note in (n for n in grid.notes if not any(i.role == "table_note" and i.text == n.text for i in self.items)):
            self.writer.block("table_note", note)

    def _linked(self, cell: CellDraft) -> CellDraft:
        """A cell whose links are citations."""
        links = [(a, b, str(to)) for a, b, to in cell.citations]
        cell.citations = self._citations(links, cell.passage.text)
        return cell

    def _cite(self, links: Sequence[Link], text: str, start: int) -> None:
        for a, b, keys in self._citations(links, text):
            self.writer.cite(start + a, start + b, keys)

    def _citations(self, links: Sequence[Link], text: str) -> list[tuple[int, int, list[str]]]:
        """The links that point to references; two with a dash between them cite what lies between, too."""
        found: list[tuple[int, int, list[str]]] = []
        for a, b, to in links:
            key = self.keys.get(to.rpartition("#")[2]) if "#" in to else None
            if key is None or b > len(text):
                continue
            keys = [key]
            if found and DASH.fullmatch(text[found[-1][1] : a]):
                keys = [*_between(found[-1][2][-1], key), key]
            found.append((a, b, keys))
        return found

    def _cited(self, metadata: Metadata) -> Document:
        """The document with the citations that links mark, or, where the text itself shows more, with those."""
        linked = sorted(self.writer.citations, key=lambda citation: citation.start)
        self.writer.citations = []
        document = self.writer.finish(metadata)
        if not linked or _reached(document.citations) > _reached(linked):
            return document
        return document.model_copy(update={"citations": tuple(linked)})

    # --- metadata

    def _metadata(self, stated: Metadata) -> Metadata:
        by: dict[str, list[FlowItem]] = {}
        for item in self.items:
            if item.role in ("title", "authors", "affiliation", "other", "keywords"):
                by.setdefault(item.role, []).append(item)
        title = stated.title or next((item.text.replace("\n", " ") for item in by.get("title", [])), None)
        people = stated.authors or tuple(n for item in by.get("authors", []) for n in front.authors(item.passage))
        around = [item.text for role in ("other", "authors", "affiliation") for item in by.get(role, [])]
        doi = stated.doi or next((found for text in around if (found := find_doi(text))), None)
        return stated.model_copy(
            update={"title": title, "authors": people, "doi": doi, "year": stated.year or front.year(around)}
        )


def _between(first: str, last: str) -> list[str]:
    if first.isdigit() and last.isdigit() and int(first) < int(last) < int(first) + LONGEST_RANGE:
        return [str(number) for number in range(int(first) + 1, int(last))]
    return []


def _reached(citations: Sequence[Citation]) -> int:
    return len({key for citation in citations for key in citation.references})
