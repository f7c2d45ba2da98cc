"""JATS, the XML in which publishers deposit articles: structure, tables, citations and references as marked up.

The XML is parsed without network, document type or entity expansion, so that no file can make the parser fetch or
multiply anything; entities of the JATS character sets are looked up by name.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from pipeline.document import BlockKind, Document, Metadata
from pipeline.errors import ReadError
from pipeline.readers.citing import LONGEST_RANGE, ParsedReference, parse_entry, tidy_doi
from pipeline.readers.folding import fold_marked
from pipeline.readers.notes import table_notes, unmarked
from pipeline.readers.printed_text import PrintedText
from pipeline.readers.writing import CellDraft, Source, TableDraft, Writer

SILENT = frozenset(
    {"tex-math", "graphic", "inline-graphic", "media", "object-id", "label", "disp-formula-group", "permissions", "fn"}
)
"""Elements within a paragraph whose text is not read with it."""
FLOATS = frozenset(
    {
        "table-wrap",
        "table-wrap-group",
        "fig",
        "fig-group",
        "boxed-text",
        "list",
        "def-list",
        "disp-quote",
        "supplementary-material",
    }
)
IN_CELLS = frozenset({"list", "def-list", "disp-quote", "boxed-text"})
"""Those that stand in a table's cells as part of their text."""
BLOCKS = FLOATS | {"p", "sec", "title", "disp-formula", "ref-list", "fn-group", "sec-group"}
"""Elements that make blocks of their own, so that what holds them is a part of the article and no phrase."""
SPACED = frozenset(
    {"element-citation", "nlm-citation", "citation", "person-group", "name", "contrib", "date", "collab", "string-date"}
)
"""Elements whose parts stand beside one another without a space in the file."""
META = frozenset({"front", "front-stub", "body", "back", "floats-group", "sub-article", "response"})
"""The parts of an article."""
DOI_ADDRESS = re.compile(r"https?://(?:dx\.)?doi\.org/(10\.\d{4,9}/\S+)", re.IGNORECASE)
DASH = re.compile(r"\s*[\])]?\s*[-\u2010-\u2015\u2212]\s*[\[(]?\s*")


@dataclass(slots=True)
class JatsFlow:
    """Text being gathered, white space collapsed, with the citations in it: ``(start, end, ids)``."""

    text: str = ""
    marks: str = ""
    citations: list[tuple[int, int, list[str]]] = field(default_factory=list)

    def end_line(self) -> None:
        """End a line, as between the items of a list in a cell."""
        kept = self.text.rstrip()
        if kept and not self.text.endswith("\n"):
            self.text, self.marks = kept + "\n", self.marks[: len(kept)] + " "

    def add(self, text: str, mark: str = " ") -> None:
        """Add text at the end."""
        text, marks = fold_marked(re.sub(r"\s+", " ", text), mark)
        if text.startswith(" ") and (not self.text or self.text[-1] in " \n"):
            text, marks = text[1:], marks[1:]
        self.text += text
        self.marks += marks

    def passage(self) -> PrintedText:
        """The text without a space at its end."""
        size = len(self.text.rstrip())
        return PrintedText(self.text[:size], self.marks[:size])


def read_jats(data: bytes, source: Source) -> Document:
    """Read an article in JATS.

    Raises:
        ReadError: the XML is malformed, or is not an article.
    """
    name = Path(source.path).name
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReadError("damaged", f"{name} is malformed XML ({error.msg}): download it again.") from error
    document = _Article(_only_article(root, name), source).read()
    if not document.text.strip():
        raise ReadError("no_text_layer", f"{name} holds no text, only data about an article: download the full text.")
    return document


def _only_article(root: Any, name: str) -> Any:
    """The article of a file."""
    named = [root] if _tag(root) == "article" else [e for e in root.iter() if _tag(e) == "article"]
    articles = [e for e in named if not _elsevier(e) and any(_tag(child) in META for child in e)]
    if not articles and any(map(_elsevier, [root, *named])):
        raise ReadError(
            "not_a_document",
            f"{name} is Elsevier's own XML, which is not read: download the PDF, or the JATS that PubMed Central has.",
        )
    if not articles:
        raise ReadError(
            "not_a_document", f"{name} is XML but no JATS article (its root is <{_tag(root)}>): convert it to JATS."
        )
    if len(articles) > 1:
        raise ReadError(
            "not_a_document",
            f"{name} holds {len(articles)} articles: give it to `coatmine extract`, which takes each for itself, or"
            f" name one ({Path(name).stem}#1{Path(name).suffix}).",
        )
    return articles[0]


def _elsevier(element: Any) -> bool:
    return isinstance(element.tag, str) and "elsevier.com/xml" in element.tag


def _tag(element: Any) -> str:
    """An element's name without its namespace; empty for comments, instructions and entities."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(element: Any, *tags: str) -> Iterator[Any]:
    return (found for found in element.iter() if _tag(found) in tags)


def _first(element: Any, *tags: str) -> Any:
    return next(_all(element, *tags), None)


def _plain(element: Any) -> str:
    """The text of an element, white space collapsed."""
    if element is None:
        return ""
    flow = JatsFlow()
    _gather(element, flow, " ", {})
    return flow.passage().text


def _gather(
    element: Any, flow: JatsFlow, mark: str, keys: dict[str, str], skip: frozenset[str] = SILENT, cell: bool = False
) -> None:
    """Add the text of an element to a flow, its scripts marked and its citations noted.

    Args:
        element: whose text it is.
        flow: where the text goes.
        mark: the script mark of the text around.
        keys: the keys of the references by their ids in the file.
        skip: elements whose text is left out.
        cell: whether lists and paragraphs within are part of the text, a line each, as in a table's cell.
    """
    flow.add(element.text or "", mark)
    spaced = _tag(element) in SPACED
    for child in element:
        tag = _tag(child)
        if isinstance(child, etree._Entity):
            flow.add(html.entities.html5.get(child.name + ";", ""), mark)
        elif tag == "xref" and child.get("ref-type") == "bibr":
            start = len(flow.text)
            _gather(child, flow, mark, keys, skip, cell)
            cited = [keys[i] for i in (child.get("rid") or "").split() if i in keys]
            if cited and len(flow.text) > start:
                flow.citations.append((start, len(flow.text), cited))
        elif tag == "break":
            flow.end_line() if cell else flow.add(" ")
        elif tag and tag not in skip and (tag not in FLOATS or (cell and tag in IN_CELLS)):
            _part(child, flow, {"sup": "^", "sub": "_"}.get(tag, mark), keys, skip, cell)
        flow.add((" " if tag == "label" else "") + (child.tail or "") + (" " if spaced else ""), mark)


def _part(child: Any, flow: JatsFlow, mark: str, keys: dict[str, str], skip: frozenset[str], cell: bool) -> None:
    """Add an element within a text: paragraphs and items of lists are set off from what stands before."""
    if _tag(child) in ("p", "list-item", "def-item", "list", "def-list"):
        flow.end_line() if cell else flow.add(" ")
    _gather(child, flow, mark, keys, skip, cell)


class _Article:
    """One article on its way into a Document."""

    def __init__(self, root: Any, source: Source) -> None:
        self.root = root
        self.writer = Writer(source)
        self.refs = [ref for part in _all(root, "ref-list") for ref in part if _tag(ref) == "ref"]
        self.keys: dict[str, str] = {}
        self.keys_of_refs: dict[Any, str] = {}
        taken: set[str] = set()
        for position, ref in enumerate(self.refs, 1):
            label = next((_plain(child) for child in ref if _tag(child) == "label"), "")
            number = re.fullmatch(r"\W*(\d{1,4})\W*", label)
            key = number[1] if number and number[1] not in taken else str(position)
            taken.add(key)
            self.keys[ref.get("id") or f"#{position}"] = key
            self.keys_of_refs[ref] = key

    def read(self) -> Document:
        metadata = self._front()
        for part in ("body", "floats-group", "back"):
            element = next((child for child in self.root if _tag(child) == part), None)
            if element is not None:
                self._children(element, 1)
        return self.writer.finish(metadata)

    # --- front matter

    def _front(self) -> Metadata:
        meta = _first(self.root, "article-meta")
        if meta is None:
            return Metadata()
        title = _plain(_first(meta, "article-title"))
        authors = [_name(name) for contrib in _all(meta, "contrib") for name in _all(contrib, "name")][:500]
        doi = next((_plain(e) for e in _all(meta, "article-id") if e.get("pub-id-type") == "doi"), "")
        pmcid = next((_plain(e) for e in _all(meta, "article-id") if e.get("pub-id-type") in ("pmc", "pmcid")), "")
        years = [int(y) for y in (_plain(e) for d in _all(meta, "pub-date") for e in _all(d, "year")) if y.isdigit()]
        license_ = _first(meta, "license")
        if title:
            self._block("title", title)
        if authors:
            self._block("authors", ", ".join(authors))
        for abstract in (e for e in meta if _tag(e) in ("abstract", "trans-abstract")):
            self._abstract(abstract)
        for group in (e for e in meta if _tag(e) == "kwd-group"):
            words = [_plain(word) for word in _all(group, "kwd")]
            if words:
                self._block("keywords", "; ".join(words))
        self.writer.section.clear()
        return Metadata(
            title=title or None, authors=tuple(authors), doi=tidy_doi(doi) or None,
            journal=_plain(_first(self.root, "journal-title")) or None, year=min(years, default=None),
            license=_license(license_), pmcid=f"PMC{pmcid.upper().removeprefix('PMC')}" if pmcid else None,
        )  # fmt: skip

    def _abstract(self, abstract: Any) -> None:
        head = next((child for child in abstract if _tag(child) == "title"), None)
        self.writer.heading(_passage(_plain(head) or "Abstract"), 1)
        for paragraph in _all(abstract, "p", "title"):
            if paragraph is head:
                continue
            if _tag(paragraph) == "title":
                self.writer.heading(_passage(_plain(paragraph)), 2)
            else:
                self._paragraph(paragraph, "abstract")

    def _block(self, kind: BlockKind, text: str) -> None:
        self.writer.block(kind, _passage(text))

    # --- body

    def _children(self, element: Any, level: int) -> None:
        """Write what stands in a section, the body or the back matter."""
        for child in element:
            self._element(child, level)

    def _element(self, child: Any, level: int) -> None:  # noqa: C901, PLR0912 (one case for each kind)
        match _tag(child):
            case "sec" | "app" | "ack" | "app-group" | "glossary" | "notes" | "bio":
                depth = level + 1 if any(_tag(c) == "title" for c in child) else level
                self._children(child, depth)
            case "title":
                label = next((_plain(c) for c in child.getparent() if _tag(c) == "label"), "")
                text = _plain(child)
                if text:
                    self.writer.heading(_passage(f"{label} {text}".strip()), max(1, level - 1))
            case "p" | "disp-quote" | "disp-formula":
                self._paragraph(child, "paragraph")
            case "list" | "def-list":
                for item in _all(child, "list-item", "def-item"):
                    self._paragraph(item, "list_item")
            case "table-wrap":
                self._table(child)
            case "fig" | "supplementary-material":
                self._caption(child)
            case "ref-list":
                self._references(child, level)
            case "fn":
                self._paragraph(child, "footnote")
            case "label" | "object-id" | "permissions" | "caption" | "":
                pass
            case _ if any(_tag(part) in BLOCKS for part in child.iter() if part is not child):
                self._children(child, level + any(_tag(c) == "title" for c in child))
            case tag if tag not in SILENT:
                self._paragraph(child, "paragraph")

    def _paragraph(self, element: Any, kind: BlockKind) -> None:
        """Write a paragraph; what floats in it follows."""
        flow = JatsFlow()
        _gather(element, flow, " ", self.keys)
        self._flow(kind, flow)
        for child in element:
            if _tag(child) in FLOATS and _tag(element) not in ("list-item", "def-item"):
                self._element(child, 1 + len(self.writer.section))
            elif _tag(child) == "p" and _tag(element) in ("boxed-text",):
                self._paragraph(child, kind)

    def _flow(self, kind: BlockKind, flow: JatsFlow) -> None:
        passage = flow.passage()
        if not passage.text:
            return
        start, _ = self.writer.block(kind, passage)
        self._cite(flow, start)

    def _cite(self, flow: JatsFlow, start: int) -> None:
        """Note the citations of a flow; two with a dash between them cite what lies between, too."""
        last: tuple[int, list[str]] | None = None
        for a, b, cited in flow.citations:
            if last and DASH.fullmatch(flow.text[last[0] : a]):
                self.writer.cite(start + a, start + b, [*_between(last[1][-1], cited[0]), *cited])
            else:
                self.writer.cite(start + a, start + b, cited)
            last = b, cited

    def _caption(self, element: Any) -> None:
        label = next((_plain(child) for child in element if _tag(child) == "label"), "")
        flow = JatsFlow()
        flow.add(f"{label} " if label else "")
        caption = next((child for child in element if _tag(child) == "caption"), None)
        if caption is not None:
            _gather(caption, flow, " ", self.keys)
        self._flow("caption", flow)

    # --- tables

    def _table(self, wrap: Any) -> None:
        self._caption(wrap)
        label = next((_plain(child) for child in wrap if _tag(child) == "label"), "").rstrip(".:")
        caption = " ".join(
            part for part in (label, _plain(next((c for c in wrap if _tag(c) == "caption"), None))) if part
        )
        notes = self._notes(wrap)
        written = False
        for table in _all(wrap, "table"):
            cells, header = _cells(table, self.keys, notes)
            if cells:
                self.writer.table(TableDraft(label, caption, 1, header, cells, notes))
                written = True
        if not written and _first(wrap, "graphic") is not None:
            self.writer.warnings.append(f"{label or 'A table'} is a picture: its cells were not read; look at the PDF.")
        for foot in _all(wrap, "table-wrap-foot"):
            for note in [*_all(foot, "fn")] or [*_all(foot, "p")]:
                flow = JatsFlow()
                _gather(note, flow, " ", self.keys, SILENT - {"label", "fn"})
                self._flow("table_note", flow)

    def _notes(self, wrap: Any) -> dict[str, str]:
        """The notes below a table by their markers."""
        notes: dict[str, str] = {}
        for foot in _all(wrap, "table-wrap-foot"):
            for note in _all(foot, "fn"):
                marker = next((_plain(child) for child in note if _tag(child) == "label"), "")
                text = _plain(note)
                if marker and text:
                    notes.setdefault(marker.strip("() ."), text)
            if not notes:
                flow = JatsFlow()
                _gather(foot, flow, " ", {}, frozenset())
                notes = table_notes(flow.passage())
        return notes

    # --- references

    def _references(self, ref_list: Any, level: int) -> None:
        title = next((_plain(child) for child in ref_list if _tag(child) == "title"), "")
        self.writer.heading(_passage(title or "References"), max(1, level - 1) if title else 1)
        for ref in ref_list:
            if _tag(ref) == "ref":
                flow = JatsFlow()
                _gather(ref, flow, " ", {}, SILENT - {"label"})
                key = self.keys_of_refs.get(ref)
                if flow.passage().text and key:
                    self.writer.reference(flow.passage(), _entry(ref, key, flow.text))
            elif _tag(ref) == "ref-list":
                self._references(ref, level)


def _passage(text: str) -> PrintedText:
    return PrintedText(text, " " * len(text))


def _name(name: Any) -> str:
    """A person's name as it is read aloud."""
    given, family = _plain(_first(name, "given-names")), _plain(_first(name, "surname"))
    return f"{given} {family}".strip()


def _license(element: Any) -> str | None:
    """A licence's address, else its text."""
    if element is None:
        return None
    links = [value for part in element.iter() for key, value in part.attrib.items() if key.endswith("href")]
    return next((link for link in links if "creativecommons" in link), None) or _plain(element)[:200] or None


def _between(first: str, last: str) -> list[str]:
    if first.isdigit() and last.isdigit() and int(first) < int(last) < int(first) + LONGEST_RANGE:
        return [str(number) for number in range(int(first) + 1, int(last))]
    return []


def _entry(ref: Any, key: str, text: str) -> ParsedReference:
    """What a reference's mark-up says, and where it does not, its text."""
    read = parse_entry(text)
    doi = next((_plain(e) for e in _all(ref, "pub-id") if e.get("pub-id-type") == "doi"), "") or _linked_doi(ref)
    year = re.search(r"\d{4}", _plain(_first(ref, "year")))
    people = [f"{_plain(_first(n, 'surname'))} {_plain(_first(n, 'given-names'))}".strip() for n in _all(ref, "name")]
    return ParsedReference(
        number=key, doi=tidy_doi(doi) if doi else read.doi, year=int(year[0]) if year else read.year,
        authors=tuple(people) or read.authors, title=_plain(_first(ref, "article-title", "chapter-title")) or None,
        container=_plain(_first(ref, "source")) or None,
    )  # fmt: skip


def _linked_doi(ref: Any) -> str:
    """The DOI in the address of a reference's link."""
    links = (
        value for part in _all(ref, "ext-link", "uri") for name, value in part.attrib.items() if name.endswith("href")
    )
    found = next((match for link in links if (match := DOI_ADDRESS.match(unquote(link)))), None)
    return found[1] if found else ""


def _cells(table: Any, keys: dict[str, str], notes: dict[str, str]) -> tuple[list[CellDraft], int]:
    """The cells of a table row by row, blank ones too, and how many rows are headings; OASIS tables as well."""
    found: dict[tuple[int, int], CellDraft] = {}
    taken: set[tuple[int, int]] = set()
    header = 0
    rows = list(_all(table, "tr", "row"))
    names = [spec.get("colname") or "" for spec in _all(table, "colspec")]
    for number, row in enumerate(rows):
        header = number + 1 if _tag(row.getparent()) == "thead" else header
        col = 0
        for cell in (child for child in row if _tag(child) in ("td", "th", "entry")):
            col = _named(cell.get("namest") or cell.get("colname"), names, col)
            while (number, col) in taken:
                col += 1
            down, across = _spans(cell, names, len(rows) - number)
            flow = JatsFlow()
            _gather(cell, flow, " ", keys, cell=True)
            passage, markers = unmarked(flow.passage(), notes)
            cited = flow.citations if not markers else []  # without its markers the cell's text has moved
            found[number, col] = CellDraft(number, col, down, across, passage, markers, cited)
            taken |= {(number + i, col + j) for i in range(down) for j in range(across)}
            col += across
    width = max((col for _, col in taken), default=-1) + 1
    for place in ((r, c) for r in range(len(rows)) for c in range(width)):
        if place not in taken:
            found[place] = CellDraft(*place, 1, 1, PrintedText())
    return [found[place] for place in sorted(found)], header


def _named(name: str | None, names: list[str], otherwise: int) -> int:
    """The column of a name that an OASIS table gives it."""
    return names.index(name) if name and name in names else otherwise


def _spans(cell: Any, names: list[str], rows: int) -> tuple[int, int]:
    """How many rows and columns a cell covers."""
    if _tag(cell) != "entry":
        return _span(cell, "rowspan", rows), _span(cell, "colspan", 1000)
    more = cell.get("morerows") or "0"
    first, last = _named(cell.get("namest"), names, 0), _named(cell.get("nameend"), names, 0)
    return min(int(more) + 1 if more.isdigit() else 1, rows), max(1, last - first + 1)


def _span(cell: Any, name: str, most: int) -> int:
    value = cell.get(name) or "1"
    return max(1, min(int(value), most)) if value.isdigit() else 1
