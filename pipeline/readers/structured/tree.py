"""An HTML tree as items. Nothing in it runs, and nothing is fetched: the parser knows no network and no entities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

from pipeline.document import BlockKind
from pipeline.readers.printed_text import PrintedText
from pipeline.readers.structured.formulas import formula
from pipeline.readers.structured.items import Flow, FlowItem, Grid, ItemKind, Link
from pipeline.readers.writing import CellDraft

DEEPEST = 150
"""Elements nested deeper than this are read as running text."""
MOST_COLUMNS, MOST_CELLS = 1000, 200_000
SILENT = frozenset({
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "applet", "canvas", "audio", "video",
    "button", "select", "option", "input", "textarea", "head", "link", "meta", "title", "dialog", "annotation",
    "annotation-xml", "map", "progress", "meter", "datalist",
})  # fmt: skip
"""Elements whose text is no text of the page."""
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "li", "main",
    "menu", "nav", "ol", "p", "pre", "section", "summary", "ul", "caption", "tbody", "thead", "tfoot", "tr", "td", "th",
})  # fmt: skip
STICKY = frozenset({"table_note", "reference"})
"""Roles of an element that hold for all in it, whatever its parts say."""
HEADINGS = {f"h{level}": level for level in range(1, 7)}


def parse(text: str | bytes, encoding: str | None = "utf-8") -> Any:
    """The tree of a page or of a part of one; None where there is nothing in it."""
    parser = lxml_html.HTMLParser(
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding=encoding
    )
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    try:
        return lxml_html.document_fromstring(data, parser=parser, ensure_head_body=True) if data.strip() else None
    except etree.ParserError:  # comments, and no more
        return None


def tag(element: Any) -> str:
    """An element's name in lower case, without a prefix; empty for what is none."""
    name = element.tag
    return name.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(name, str) else ""


def classes(element: Any) -> str:
    """An element's classes and id, for a look at what they say."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"


@dataclass(slots=True)
class _Open:
    """The item being gathered."""

    kind: ItemKind = "paragraph"
    level: int = 0
    role: BlockKind | None = None
    number: int | None = None
    anchors: list[str] = field(default_factory=list)


class Walker:
    """Walks a tree and collects its items.

    Args:
        breaks: a line end in the source is one of the text (Markdown), not white space (HTML).
    """

    def __init__(self, *, breaks: bool = False) -> None:
        self.breaks = breaks
        self.items: list[FlowItem] = []
        self.flow = Flow()
        self.open = _Open()
        self.bold = 0
        self.plain = 0
        self.numbers: dict[Any, int] = {}

    def walk(self, root: Any) -> list[FlowItem]:
        """The items of a tree, in its order."""
        self.children(root, " ", 0)
        self.end()
        return self.items

    def fresh(self) -> Walker:
        """A walker of the same kind for a part of the tree in which a line end is white space."""
        return type(self)(breaks=False)

    def role(self, element: Any) -> BlockKind | None:  # noqa: ARG002 (for those that know their mark-up)
        """The kind of block that the text in an element is, where its mark-up says so."""
        return None

    def skips(self, element: Any) -> bool:
        """Whether an element is left out, with all in it."""
        return tag(element) in SILENT

    def number(self, item: Any) -> int | None:
        """The number of an item in a numbered list."""
        parent = item.getparent()
        if parent is None or tag(parent) != "ol":
            return _count(item.get("value"))
        number = _count(item.get("value")) or self.numbers.get(parent) or _count(parent.get("start")) or 1
        self.numbers[parent] = number + 1
        return number

    # --- items

    def begin(self, kind: ItemKind = "paragraph", **stated: Any) -> None:
        """End the item being gathered, and begin another."""
        self.end()
        self.open = _Open(kind, **stated)

    def end(self) -> None:
        """End the item being gathered; one without text leaves only its anchors to the next."""
        passage, open_ = self.flow.passage(), self.open
        if passage.text:
            bold = self.bold > 0 and not self.plain
            self.items.append(
                FlowItem(
                    open_.kind, passage, open_.level, open_.role, open_.number, bold,
                    [link for link in self.flow.links if link[0] < link[1] <= len(passage.text)], open_.anchors,
                )
            )  # fmt: skip
            self.open = _Open(role=open_.role)
        elif open_.kind in ("paragraph", "heading"):
            self.open = _Open(role=open_.role, anchors=open_.anchors)
        self.flow = Flow()
        self.bold = self.plain = 0

    def text(self, text: str | None, mark: str, bold: bool = False) -> None:
        """Add text to the item being gathered."""
        if not text:
            return
        self.flow.add(text, mark, breaks=self.breaks)
        size = len(text.strip())
        if bold:
            self.bold += size
        else:
            self.plain += size

    # --- the tree

    def children(self, element: Any, mark: str, depth: int, bold: bool = False) -> None:
        """Walk what is in an element."""
        self.text(element.text, mark, bold)
        for child in element:
            if not self.skips(child):
                self.element(child, mark, depth + 1, bold)
            self.text(child.tail, mark, bold)

    def element(self, element: Any, mark: str, depth: int, bold: bool) -> None:
        """Walk one element."""
        name = tag(element)
        if not name:
            return
        if anchor := element.get("id") or element.get("name"):
            self.open.anchors.append(anchor)
        if depth > DEEPEST:
            self.text(" ".join(element.itertext()), mark, bold)
        elif name in HEADINGS:
            self.block(element, depth, "heading", level=HEADINGS[name])
        elif name == "table":
            self.table(element)
        elif name == "li":
            self.block(element, depth, "list_item", number=self.number(element))
        elif name in BLOCKS:
            self.block(element, depth, self.open.kind if self.open.kind == "list_item" else "paragraph")
        else:
            self.inline(element, name, mark, depth, bold)

    def block(self, element: Any, depth: int, kind: ItemKind, **stated: Any) -> None:
        """Walk an element that stands by itself."""
        outer = self.open
        role = outer.role if outer.role in STICKY else self.role(element) or outer.role
        fresh = kind == "list_item" and tag(element) != "li"
        number = stated.pop("number", outer.number if fresh and not self.flow.text else None)
        anchors = [] if self.flow.text else list(outer.anchors)
        if (anchor := element.get("id")) and anchor not in anchors:
            anchors.append(anchor)
        self.begin(kind, role=role, anchors=anchors, number=number, **stated)
        self.children(element, " ", depth)
        self.end()
        self.open = _Open("list_item" if outer.kind == "list_item" else "paragraph", role=outer.role)

    def inline(self, element: Any, name: str, mark: str, depth: int, bold: bool) -> None:
        """Walk an element within a line."""
        start = len(self.flow.text)
        match name:
            case "br":
                self.flow.feed()
            case "img" | "image" | "picture":
                self.image(element)
            case "wbr":
                pass
            case "math":
                self.math(element, mark)
            case "sup" | "sub":
                self.children(element, "^" if name == "sup" else "_", depth, bold)
            case _ if "math" in (element.get("class") or "").split():
                self.flow.extend(*formula("".join(element.itertext())))
                self.plain += 1
            case _:
                self.children(element, mark, depth, bold or name in ("b", "strong"))
        if name == "a" and (href := element.get("href")) and len(self.flow.text) > start:
            self.flow.links.append((start, len(self.flow.text), href))

    def image(self, element: Any) -> None:
        """A picture ends what stands before it."""
        kept = self.open
        self.end()
        self.items.append(FlowItem("image", PrintedText(), anchors=tuple(filter(None, [element.get("src")]))[:1]))
        self.open = _Open("paragraph", role=kept.role)

    def math(self, element: Any, mark: str) -> None:
        """A formula in MathML."""
        for text, script in _math(element, mark, 0):
            self.text(text, script)

    # --- tables

    def table(self, element: Any) -> None:
        """Add a table, with the caption and the foot that it holds."""
        self.end()
        grid = Grid([])
        for part in element:
            if tag(part) == "caption":
                grid.caption = self.inner(part)[0]
        grid.cells, grid.header_rows, grid.notes = self.cells(element)
        anchors = [i for i in (element.get("id"),) if i]
        stated = [cell for cell in grid.cells if cell.passage.text]
        if (
            len({cell.row for cell in stated}) < 2 or len({cell.col for cell in stated}) < 2
        ):  # a frame around pictures and their captions, or an equation
            self.items += [
                FlowItem("paragraph", cell.passage, links=[(a, b, str(to)) for a, b, to in cell.citations])
                for cell in stated
            ]
            return
        self.items.append(FlowItem("table", PrintedText(), anchors=anchors, grid=grid))

    def inner(self, element: Any) -> tuple[PrintedText, list[Link]]:
        """The text in an element as one line, with its links."""
        inner = self.fresh()
        inner.walk(element)
        flow = Flow()
        links: list[Link] = []
        for item in inner.items:
            if flow.text and item.text:
                flow.extend(" ", " ")
            at = len(flow.text)
            flow.extend(item.passage.text.replace("\n", " "), item.passage.marks)
            links.extend((at + start, at + end, to) for start, end, to in item.links)
        return flow.passage(), links

    def cells(self, table: Any) -> tuple[list[CellDraft], int, list[PrintedText]]:  # noqa: C901
        """The cells row by row, blank ones too; how many rows are headings; what stands in the table's foot."""
        found: dict[tuple[int, int], CellDraft] = {}
        taken: set[tuple[int, int]] = set()
        notes: list[PrintedText] = []
        header = number = 0
        rows = [row for row in _rows(table) if any(tag(cell) in ("td", "th") for cell in row)]
        for row in rows:
            own = [cell for cell in row if tag(cell) in ("td", "th")]
            parts = [self.inner(cell) for cell in own]
            if tag(row.getparent()) == "tfoot" and len([p for p, _ in parts if p.text]) <= 1:
                notes.extend(p for p, _ in parts if p.text)
                continue
            if tag(row.getparent()) == "thead" or (number == header and all(tag(cell) == "th" for cell in own)):
                header = number + 1
            col = 0
            for cell, (passage, links) in zip(own, parts, strict=True):
                while (number, col) in taken:
                    col += 1
                down, across = _span(cell, "rowspan", len(rows) - number), _span(cell, "colspan", MOST_COLUMNS)
                if len(taken) + down * across > MOST_CELLS:
                    return [found[place] for place in sorted(found)], header, notes
                found[number, col] = CellDraft(number, col, down, across, passage, citations=links)
                taken |= {(number + i, col + j) for i in range(down) for j in range(across)}
                col += across
            number += 1
        width = max((col for _, col in taken), default=-1) + 1
        if width * number <= MOST_CELLS:
            for place in ((r, c) for r in range(number) for c in range(width)):
                if place not in taken:
                    found[place] = CellDraft(*place, 1, 1, PrintedText())
        for draft in found.values():  # the foot's rows are none of the table's
            draft.row_span = min(draft.row_span, number - draft.row)
        return [found[place] for place in sorted(found)], header, notes


def _count(stated: str | None) -> int | None:
    """A whole number of up to four digits."""
    return int(stated) if stated and stated.isascii() and stated.isdigit() and len(stated) < 5 else None


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table, without those of tables in its cells."""
    for child in table:
        name = tag(child)
        if name == "tr":
            yield child
        elif name in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if tag(row) == "tr")


def _span(cell: Any, name: str, most: int) -> int:
    value = (cell.get(name) or "1").strip()
    if value == "0":
        return max(1, most)
    return max(1, min(int(value), most)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _math(element: Any, mark: str, depth: int) -> Iterator[tuple[str, str]]:  # noqa: C901 (one case for each element)
    """The characters of a formula in MathML, each run with its script mark."""
    name = tag(element)
    children = [child for child in element if tag(child)]
    if depth > DEEPEST or name in SILENT:
        return
    if name in ("mi", "mn", "mo", "mtext", "ms"):
        text = " ".join("".join(element.itertext()).split())
        text = text.replace("\u2061", "").replace("\u2062", "")
        yield (f" {text} " if name == "mo" and text in "=≈≤≥<>∼±×" and mark == " " and text else text), mark
    elif name == "mspace":
        yield " ", mark
    elif name in ("msup", "msub", "msubsup", "mmultiscripts") and children:
        marks = {"msup": "^", "msub": "_", "msubsup": "_^", "mmultiscripts": "_^_^"}[name]
        yield from _math(children[0], mark, depth + 1)
        for child, script in zip(children[1:], marks, strict=False):
            yield from _math(child, script if mark == " " else mark, depth + 1)
    elif name == "mfrac" and len(children) == 2:
        yield from _math(children[0], mark, depth + 1)
        yield "/", mark
        yield from _math(children[1], mark, depth + 1)
    elif children:
        for child in children:
            yield from _math(child, mark, depth + 1)
    elif element.get("alttext") and name == "math":
        text, marks = formula(element.get("alttext"))
        for char, script in zip(text, marks, strict=True):
            yield char, script
    elif element.text:
        yield element.text, mark
