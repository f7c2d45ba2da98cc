"""Word manuscripts: paragraphs by their styles, tables with merged cells, raised text, notes, reference lists.

What a reader of the final version sees is read: insertions are text, deletions and hidden text are not, a field is what
it shows.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipeline.document import BlockKind, Document
from pipeline.errors import ReadError
from pipeline.readers.citing import YEAR
from pipeline.readers.printed_text import PrintedText
from pipeline.readers.structured.article import read_items
from pipeline.readers.structured.items import Flow, FlowItem, Grid, ItemKind
from pipeline.readers.writing import CellDraft, Source

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
UNPACKED_MB: Final = 400
"""A document that unpacks to more is a bomb; pictures count too."""
LARGEST_PART_MB: Final = 150
DEEPEST: Final = 40
MOST_CELLS: Final = 100_000
ROLES: Final[tuple[tuple[re.Pattern[str], BlockKind], ...]] = (
    (re.compile(r"title|titel|titre|t[ií]tulo"), "title"),
    (re.compile(r"authors?(?: names?)?|author list|byline"), "authors"),
    (re.compile(r"affiliations?|author affiliations?|address"), "affiliation"),
    (re.compile(r"abstract(?: text)?|summary"), "abstract"),
    (re.compile(r"key ?words?"), "keywords"),
    (re.compile(r"caption|(?:figure|table)(?: (?:caption|legend|title))"), "caption"),
    (re.compile(r"(?:endnote )?bibliography|references?(?: list| text)?|literature|bib(?:liography)?\d*"), "reference"),
    (re.compile(r"(?:footnote|endnote) text"), "footnote"),
    (re.compile(r"table (?:foot)?notes?"), "table_note"),
)
"""Names of styles, in lower case, of Word itself and of publishers' templates."""
SYMBOL: Final = dict(
    zip(
        range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True,
    )
) | dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)) | {
    0xA2: "′", 0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±",
    0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xC5: "⊕",
    0xC4: "⊗", 0xD0: "∠", 0xD1: "∇", 0xD6: "√", 0xD7: "⋅", 0xE5: "∑", 0xF2: "∫",
}  # fmt: skip
"""Adobe's Symbol encoding, in which Word writes Greek letters as private characters."""


def read_docx(data: bytes, source: Source) -> Document:
    """Read a Word document.

    Raises:
        ReadError: it is damaged, unpacks to more than it may, or holds no text.
    """
    import docx
    from lxml import etree  # type: ignore[import-untyped]

    name = Path(source.path).name
    _check_size(name, data)
    try:
        opened = docx.Document(io.BytesIO(data))
    except Exception as error:  # whatever a spoilt archive makes of zipfile, zlib, lxml or python-docx
        raise _damaged(name, error) from error
    try:
        items = _Word(opened).items()
    except (KeyError, ValueError, AttributeError, etree.LxmlError) as error:  # a part that is missing or malformed
        raise _damaged(name, error) from error
    if not any(item.text or item.grid for item in items):
        raise ReadError("not_a_document", f"{name} holds no text (pictures only?): make a PDF of it and use --ocr.")
    return read_items(items, source)


def _damaged(name: str, error: Exception) -> ReadError:
    stated = type(error).__name__
    return ReadError("damaged", f"{name} is a damaged Word document ({stated}): open it in Word and save it again.")


def _check_size(name: str, data: bytes) -> None:
    """Refuse an archive that unpacks to far more than a paper holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = [entry.file_size for entry in archive.infolist()]
    except zipfile.BadZipFile as error:
        raise ReadError("damaged", f"{name} is a damaged Word document ({error}): download it again.") from error
    if sum(sizes) > UNPACKED_MB * 1_000_000 or max(sizes, default=0) > LARGEST_PART_MB * 1_000_000:
        raise ReadError(
            "too_large", f"{name} unpacks to {sum(sizes) / 1e6:.0f} MB: it is malicious, or holds pictures to remove."
        )


@dataclass(slots=True)
class _Style:
    """What a style says: its name in lower case, its level as a heading, and how it sets characters."""

    name: str = ""
    level: int | None = None
    bold: bool = False
    script: str = " "
    hidden: bool = False


@dataclass(slots=True)
class _Line:
    """A paragraph being gathered."""

    flow: Flow = field(default_factory=Flow)
    bold: int = 0
    plain: int = 0
    boxes: list[Any] = field(default_factory=list)  # text boxes that are anchored in it


class _Word:
    """The walk through a Word document."""

    def __init__(self, opened: Any) -> None:
        self.body = opened.element.body
        self.styles = {s.get(f"{W}styleId"): s for s in opened.styles.element.iter(f"{W}style")}
        self.style = cache(self._style)
        self.numbers = _Numbers(_part(opened, "numbering"))
        self.notes = {kind: _part(opened, f"{kind}s") for kind in ("footnote", "endnote")}
        self.cited: dict[str, list[str]] = {"footnote": [], "endnote": []}
        self.found: list[FlowItem] = []

    def items(self) -> list[FlowItem]:
        """The items of the document, its notes at the end."""
        self._blocks(self.body, 0)
        for kind in ("footnote", "endnote"):
            self._write_notes(kind)
        return self.found

    # --- blocks

    def _blocks(self, parent: Any, depth: int) -> None:
        if depth > DEEPEST:
            return
        for element in parent:
            if element.tag == f"{W}p":
                self._paragraph(element, depth)
            elif element.tag == f"{W}tbl":
                self._block_table(element, depth)
            elif element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}smartTag"):
                self._blocks(element, depth + 1)

    def _block_table(self, element: Any, depth: int) -> None:
        """Add a table; one that only sets things side by side is read cell by cell."""
        framed = [cell for row in _rows(element) for cell in _cells(row)]
        if not any(cell.find(f".//{W}tbl") is not None for cell in framed):
            grid = self._table(element, depth)
            filled = [cell for cell in grid.cells if cell.passage.text]
            if len({cell.row for cell in filled}) > 1 and len({cell.col for cell in filled}) > 1:
                self.found.append(FlowItem("table", PrintedText(), grid=grid))
                return
        for cell in framed[:MOST_CELLS]:
            self._blocks(cell, depth + 1)

    def _paragraph(self, element: Any, depth: int, role: BlockKind | None = None) -> None:
        style = self.style(_value(element, "pPr", "pStyle"))
        line = _Line()
        self._runs(element, line, style, depth)
        passage = line.flow.passage()
        number = self.numbers.next(element, self.styles.get(_value(element, "pPr", "pStyle")))
        if passage.text:
            self.found.append(self._item(element, passage, style, number, line, role))
        for box in line.boxes:
            self._blocks(box, depth + 1)

    def _item(
        self, element: Any, passage: PrintedText, style: _Style, number: int | None, line: _Line, role: BlockKind | None
    ) -> FlowItem:
        role = role or next((kind for pattern, kind in ROLES if pattern.fullmatch(style.name)), None)
        level = _value(element, "pPr", "outlineLvl")
        depth = int(level) + 1 if level and level.isdigit() and int(level) < 9 else style.level
        kind: ItemKind = "list_item" if number is not None else "paragraph"
        if role == "title":
            kind, depth = "heading", 1
        elif depth is not None and role is None:
            kind = "heading"
        return FlowItem(
            kind, passage, depth or 0, role, number or None, line.bold > 0 and not line.plain, line.flow.links
        )  # fmt: skip

    # --- runs

    def _runs(self, parent: Any, line: _Line, style: _Style, depth: int) -> None:
        """Gather the text of a paragraph, or of what stands in it."""
        if depth > DEEPEST:
            return
        for element in parent:
            tag = element.tag
            if tag == f"{W}r":
                self._run(element, line, style)
            elif tag in (f"{M}oMath", f"{M}oMathPara"):
                for text, mark in _math(element, " ", 0):
                    line.flow.add(text, mark)
                    line.plain += 1
            elif tag == f"{MC}AlternateContent":
                chosen = next((c for c in element if c.tag == f"{MC}Choice"), None)
                self._runs(element if chosen is None else chosen, line, style, depth + 1)
            elif tag not in (f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{MC}Fallback"):
                self._runs(element, line, style, depth + 1)

    def _run(self, run: Any, line: _Line, paragraph: _Style) -> None:
        properties = run.find(f"{W}rPr")
        style = self.style(_value(run, "rPr", "rStyle"))
        if style.hidden or _is_on(properties, "vanish"):
            return
        align = _value(run, "rPr", "vertAlign")
        mark = {"superscript": "^", "subscript": "_", "baseline": " "}.get(align or "", style.script)
        bold = paragraph.bold or style.bold
        bold = _is_on(properties, "b") if properties is not None and properties.find(f"{W}b") is not None else bold
        for element in run:
            self._piece(element, line, mark, bold)

    def _piece(self, element: Any, line: _Line, mark: str, bold: bool) -> None:
        """Gather one piece of a run: text, a break, a symbol, a note's mark, a text box."""
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        text = ""
        if tag == "t":
            text = "".join(_symbol(char) for char in element.text or "")
        elif tag in ("tab", "ptab"):
            text = " "
        elif tag in ("br", "cr"):
            line.flow.feed()
        elif tag == "noBreakHyphen":
            text = "-"
        elif tag == "sym":
            text = _symbol_of(element)
        elif tag in ("footnoteReference", "endnoteReference"):
            self._note_mark(tag.removesuffix("Reference"), element.get(f"{W}id") or "", line)
        elif tag in ("drawing", "pict", "object", "AlternateContent"):
            line.boxes += [box for box in element.iter(f"{W}txbxContent") if not _in_fallback(box, element)]
        if text:
            line.flow.add(text, mark)
            size = len(text.strip())
            line.bold, line.plain = line.bold + size * bold, line.plain + size * (not bold)

    def _note_mark(self, kind: str, key: str, line: _Line) -> None:
        cited = self.cited[kind]
        if key not in cited:
            cited.append(key)
        start = len(line.flow.text)
        line.flow.add(str(cited.index(key) + 1), "^")
        line.flow.links.append((start, len(line.flow.text), f"#{kind}-{key}"))

    # --- notes

    def _write_notes(self, kind: str) -> None:
        """The notes that are cited, in order; where there is no reference list, notes with years are one."""
        part = self.notes[kind]
        if part is None or not self.cited[kind]:
            return
        bodies = {note.get(f"{W}id"): note for note in part.iter(f"{W}{kind}")}
        first = len(self.found)
        for number, key in enumerate(self.cited[kind], 1):
            if (note := bodies.get(key)) is None:
                continue
            lines = _Line()
            for paragraph in note.iter(f"{W}p"):
                if lines.flow.text:
                    lines.flow.add(" ")
                self._runs(paragraph, lines, _Style(), 1)
            passage = lines.flow.passage()
            if passage.text:
                self.found.append(
                    FlowItem("list_item", passage, role="footnote", number=number, anchors=[f"{kind}-{key}"])
                )
        notes = self.found[first:]
        dated = sum(YEAR.search(note.text) is not None for note in notes)
        if dated * 2 > len(notes) and not any(item.role == "reference" for item in self.found):
            for note in notes:
                note.role = "reference"

    # --- tables

    def _table(self, table: Any, depth: int) -> Grid:
        cells: dict[tuple[int, int], CellDraft] = {}
        open_: dict[int, CellDraft] = {}
        header = 0
        rows = list(_rows(table))
        for number, row in enumerate(rows):
            if number == header and row.find(f"{W}trPr/{W}tblHeader") is not None:
                header = number + 1
            col = int(_value(row, "trPr", "gridBefore") or 0)
            for cell in _cells(row):
                across = max(1, min(int(_value(cell, "tcPr", "gridSpan") or 1), 1000))
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None and merge.get(f"{W}val", "continue") == "continue" and col in open_:
                    open_[col].row_span += 1
                else:
                    draft = CellDraft(number, col, 1, across, self._cell(cell, depth))
                    cells[number, col] = draft
                    open_.pop(col, None)
                    if merge is not None:
                        open_[col] = draft
                col += across
            if len(cells) > MOST_CELLS:
                break
        _fill(cells, len(rows))
        return Grid([cells[place] for place in sorted(cells)], header)

    def _cell(self, cell: Any, depth: int) -> PrintedText:
        """The text of a cell as one line; a table within it is read as text."""
        line = _Line()
        if depth <= DEEPEST:
            for paragraph in cell.iter(f"{W}p"):
                if line.flow.text:
                    line.flow.extend(" ", " ")
                self._runs(paragraph, line, _Style(), depth + 1)
        passage = line.flow.passage()
        return PrintedText(passage.text.replace("\n", " "), passage.marks)

    # --- styles

    def _style(self, key: str | None, depth: int = 0) -> _Style:
        """What a style says, with what it takes from those that it is based on."""
        element = self.styles.get(key)
        if element is None or depth > 10:
            return _Style()
        based = self._style(_value(element, "basedOn"), depth + 1)
        name = (_value(element, "name") or "").lower()
        heading = re.fullmatch(r"heading (\d)", name)
        outline = _value(element, "pPr", "outlineLvl")
        level = int(heading[1]) if heading else int(outline) + 1 if outline and outline in "012345678" else based.level
        properties = element.find(f"{W}rPr")
        own = properties is not None and properties.find(f"{W}b") is not None
        align = {"superscript": "^", "subscript": "_"}.get(_value(element, "rPr", "vertAlign") or "", based.script)
        named = name if any(pattern.fullmatch(name) for pattern, _ in ROLES) or heading else based.name or name
        return _Style(
            named, level, _is_on(properties, "b") if own else based.bold, align,
            _is_on(properties, "vanish") or based.hidden,
        )  # fmt: skip


class _Numbers:
    """The numbers that Word gives to the paragraphs of lists."""

    def __init__(self, part: Any) -> None:
        self.formats: dict[tuple[str, str], tuple[str, int]] = {}
        self.counts: dict[tuple[str, str], int] = {}
        if part is None:
            return
        abstract = {a.get(f"{W}abstractNumId"): a for a in part.iter(f"{W}abstractNum")}
        for num in part.iter(f"{W}num"):
            base = abstract.get(_value(num, "abstractNumId"))
            for level in () if base is None else base.iter(f"{W}lvl"):
                start = _value(level, "start") or "1"
                self.formats[num.get(f"{W}numId"), level.get(f"{W}ilvl")] = (
                    _value(level, "numFmt") or "", int(start) if start.isdigit() else 1,
                )  # fmt: skip

    def next(self, paragraph: Any, style: Any) -> int | None:
        """The number of a paragraph in a list: 0 where its marks are no numbers; None where it is in none."""
        holder = paragraph if paragraph.find(f"{W}pPr/{W}numPr") is not None else style
        if holder is None or holder.find(f"{W}pPr/{W}numPr") is None:
            return None
        key = _value(holder, "pPr", "numPr", "numId") or "", _value(holder, "pPr", "numPr", "ilvl") or "0"
        if key[0] == "0":
            return None
        form, start = self.formats.get(key, ("", 1))
        if form != "decimal":
            return 0
        self.counts[key] = self.counts.get(key, start - 1) + 1
        return self.counts[key]


def _part(opened: Any, name: str) -> Any:
    """The root of one of the document's parts by its kind; None where it has none."""
    from lxml import etree

    for relation in opened.part.rels.values():
        if relation.reltype.endswith(f"/{name}") and not relation.is_external:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
            return etree.fromstring(relation.target_part.blob, parser)
    return None


def _value(element: Any, *path: str) -> str | None:
    """The ``w:val`` of what stands at a path below an element."""
    found = element.find("/".join(f"{W}{name}" for name in path))
    return None if found is None else found.get(f"{W}val")


def _is_on(properties: Any, name: str) -> bool:
    found = None if properties is None else properties.find(f"{W}{name}")
    return found is not None and found.get(f"{W}val", "true") not in ("0", "false", "off")


def _in_fallback(box: Any, outer: Any) -> bool:
    """Whether a text box stands in the second version that Word keeps for older programs."""
    for ancestor in box.iterancestors():
        if ancestor.tag == f"{MC}Fallback":
            return True
        if ancestor is outer:
            return False
    return False


def _rows(table: Any) -> Iterator[Any]:
    for element in table:
        if element.tag == f"{W}tr":
            yield element
        elif element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"):
            yield from _rows(element)


def _cells(row: Any) -> Iterator[Any]:
    for element in row:
        if element.tag == f"{W}tc":
            yield element
        elif element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml"):
            yield from _cells(element)


def _fill(cells: dict[tuple[int, int], CellDraft], rows: int) -> None:
    """Blank cells where a row is shorter than the others."""
    taken = {
        (row, col)
        for cell in cells.values()
        for row in range(cell.row, cell.row + cell.row_span)
        for col in range(cell.col, cell.col + cell.col_span)
    }
    width = max((col for _, col in taken), default=-1) + 1
    if width * rows <= MOST_CELLS:
        for place in ((row, col) for row in range(rows) for col in range(width)):
            if place not in taken:
                cells[place] = CellDraft(*place, 1, 1, PrintedText())


def _symbol(char: str) -> str:
    """A private character of the Symbol font as the character that it shows."""
    return SYMBOL.get(ord(char) - 0xF000, "") if "\uf020" <= char <= "\uf0ff" else char


def _symbol_of(element: Any) -> str:
    """What ``w:sym`` shows; a sign of a picture font is nothing."""
    try:
        code = int(element.get(f"{W}char") or "", 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF:
        symbolic = "symbol" in (element.get(f"{W}font") or "").lower()
        return SYMBOL.get(code - 0xF000, chr(code - 0xF000) if 0xF020 <= code < 0xF07F else "") if symbolic else ""
    return chr(code) if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


def _math(element: Any, mark: str, depth: int) -> Iterator[tuple[str, str]]:
    """The characters of an equation, each run with its script mark."""
    if depth > DEEPEST:
        return
    tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if tag == "t":
        yield element.text or "", mark
    elif tag in ("sSup", "sSub", "sSubSup"):
        for child in element:
            name = child.tag.rpartition("}")[2]
            inner = {"sup": "^", "sub": "_"}.get(name, mark) if mark == " " else mark
            yield from _math(child, inner, depth + 1)
    elif tag == "f":
        for position, child in enumerate(c for c in element if c.tag.rpartition("}")[2] in ("num", "den")):
            if position:
                yield "/", mark
            yield from _math(child, mark, depth + 1)
    else:
        for child in element:
            yield from _math(child, mark, depth + 1)
