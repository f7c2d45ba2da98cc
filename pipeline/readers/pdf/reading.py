"""All steps of PDF reading: bytes to a Document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Any

import pypdfium2 as pdfium

from pipeline.document import Document, Page
from pipeline.errors import ReadError
from pipeline.readers.hyphenation import Vocabulary
from pipeline.readers.notes import abbreviations, plain_markers, table_notes, unmarked
from pipeline.readers.ocr.values import Scan, Scans
from pipeline.readers.pdf.blocks import BlockDraft, Body, drafts, measure
from pipeline.readers.pdf.characters import Shapes, Slanted, frame_of, glyphs, page_box
from pipeline.readers.pdf.classify import (
    adjacent_titles,
    classify,
    continued,
    figure_labels,
    foot_texts,
    picture_texts,
    whole_captions,
)
from pipeline.readers.pdf.conservation import missing
from pipeline.readers.pdf.doubts import doubts
from pipeline.readers.pdf.drawing import drawn, in_frame, turned
from pipeline.readers.pdf.encodings import UNKNOWN
from pipeline.readers.pdf.figures import figures
from pipeline.readers.pdf.furniture import furniture
from pipeline.readers.pdf.joining import joined
from pipeline.readers.pdf.lines import lines
from pipeline.readers.pdf.metadata import metadata
from pipeline.readers.pdf.numbering import put_aside
from pipeline.readers.pdf.order import Chunk, chunks, ordered, with_tables
from pipeline.readers.pdf.references import entries, unannounced
from pipeline.readers.pdf.regions import Region, regions, uncaptioned, votes
from pipeline.readers.pdf.rotated import take_rotated
from pipeline.readers.pdf.scanned import RECOGNISED, scanned_glyphs, scanned_rules, tilted
from pipeline.readers.pdf.table_pages import is_grid, joined_parts, printed
from pipeline.readers.pdf.tables import fill
from pipeline.readers.pdf.trust import distrusted
from pipeline.readers.pdf.values import FigureRegion, RuledLine, Sheet, TextLine, Word
from pipeline.readers.printed_text import PrintedText
from pipeline.readers.writing import CellDraft, FigureDraft, Source, TableDraft, Writer
from pipeline.settings import Limits

LEADER = re.compile(r"(?:[._\u00b7\u2026-]\s?){8,}")
MOST_USELESS = 0.9  # share of a document's text from which wrong letters leave nothing of use
LEAST_LEADER = 60.0  # points; a shorter row of dots leaves words out


def read_pdf(
    data: bytes, source: Source, limits: Limits, password: str | None = None, scans: Scans | None = None
) -> Document:
    """Read a PDF.

    Args:
        data: the file's bytes.
        source: where they come from.
        limits: how many pages it may have.
        password: what opens it if it is locked.
        scans: what recognition says of its pages without text.

    Raises:
        ReadError: it is locked, damaged, too long, or has no text.
    """
    name = Path(source.path).name
    file = _opened(data, name, password)
    try:
        if len(file) > limits.pages:
            raise ReadError(
                "too_large", f"{name} has {len(file)} pages, more than {limits.pages}: split it or raise the limit."
            )
        sheets, pages, printed, warnings = _sheets(file, name, scans or {})
        stated = _stated(file)
    finally:
        file.close()
    if not any(sheet.lines or sheet.aside for sheet in sheets):
        raise ReadError(
            "no_text_layer",
            f"{name} holds no text, only pictures or blank pages: "
            + ("nothing on them could be recognised." if scans is not None else _advice(name)),
        )
    if seen := [page.number for page in pages if page.recognised]:
        warnings.append(
            f"{'Page' if len(seen) == 1 else 'Pages'} {', '.join(map(str, seen))}: recognised from a picture, so check"
            " names and numbers against it."
        )
    warnings.extend(_untrusted(sheets, name))
    document = _written(sheets, Writer(source, pages, warnings), stated)
    return document.model_copy(update={"warnings": (*document.warnings, *missing(document, printed))})


def _advice(name: str) -> str:
    """What to do about a scan, with the very command."""
    return f"read it with --ocr, or run `ocrmypdf {quote(name)} {quote(f'{Path(name).stem}-ocr.pdf')}` and read that."


def _stated(file: Any) -> dict[str, str]:
    """What the file's properties say of it; one that is no text, such as a title cut in a character, says nothing."""
    stated = {}
    for key in file.METADATA_KEYS:
        with suppress(UnicodeDecodeError):
            stated[key] = file.get_metadata_value(key)
    return stated


def _untrusted(sheets: Sequence[Sheet], name: str) -> list[str]:
    """A warning for the pages whose text cannot be trusted.

    Raises:
        ReadError: no page's text can.
    """
    pages: dict[int, str] = {}
    faces: dict[tuple[int, str], str] = {}  # text of one font, by page
    for line in (line for sheet in sheets for line in sheet.lines):
        pages[line.page] = pages.get(line.page, "") + line.text + "\n"
        if line.pure:
            faces[line.page, line.font] = faces.get((line.page, line.font), "") + line.text + "\n"
    bad = sorted({*distrusted(pages), *(page for page, _ in distrusted(faces, single=True))})
    if not bad:
        return []
    cure = "run optical character recognition on it (such as `ocrmypdf --force-ocr IN.pdf OUT.pdf`, or `--ocr` here)"
    if sum(len(pages[page]) for page in bad) > MOST_USELESS * sum(map(len, pages.values())):
        raise ReadError(
            "no_text_layer", f"{name} has fonts that map glyphs to wrong letters, so it holds no text: {cure}."
        )
    told = ", ".join(map(str, bad[:10])) + (" and others" if len(bad) > 10 else "")
    return [f"Page {told}: fonts map glyphs to wrong letters, so the text cannot be trusted; {cure}."]


def _opened(data: bytes, name: str, password: str | None) -> Any:
    try:
        return pdfium.PdfDocument(data, password=password)
    except pdfium.PdfiumError as error:
        given = str(error).lower()
        if "password" in given:
            hint = "the password given does not open it; give the right one" if password else "give its password"
            raise ReadError("encrypted", f"{name} is encrypted: {hint}, or save an unlocked copy.") from error
        if "security" in given:
            raise ReadError(
                "encrypted", f"{name} is encrypted by a scheme that is not supported: save an unlocked copy."
            ) from error
        raise ReadError(
            "damaged",
            f"{name} cannot be opened as a PDF: {_fault(data)}; download it again or repair it (qpdf, mutool).",
        ) from error


def _fault(data: bytes) -> str:
    """What is wrong with bytes that pdfium does not open."""
    stated = re.search(rb"/Linearized\b[^>]*/L\s+(\d+)", data[:2048])
    if stated and int(stated[1]) > len(data):
        return f"only {len(data)} of its {int(stated[1])} bytes are there"
    if b"%%EOF" not in data[-2048:]:
        return "its end is missing"
    if re.search(rb"/Type\s*/Pages\b", data) and re.search(rb"/Count\s+0\b", data):
        return "it has no pages"
    return "its structure is broken"


def _sheets(file: Any, name: str, scans: Scans) -> tuple[list[Sheet], list[Page], dict[int, int], list[str]]:
    """The pages' text, one sheet for each direction of text on a page, the main direction first.

    With them come the pages, how many characters are printed on each, and warnings.
    """
    sheets: list[Sheet] = []
    printed: dict[int, int] = {}
    pages: list[Page] = []
    warnings: list[str] = []
    known: Shapes = {}
    for number in range(1, len(file) + 1):
        try:
            page = file[number - 1]
        except pdfium.PdfiumError:
            warnings.append(f"Page {number} is damaged and was left out.")
            continue
        try:
            width, height = page.get_size()
            scan = scans.get(number)
            pages.append(
                Page(number=number, width=max(width, 1), height=max(height, 1), recognised=scan is not None)
            )  # fmt: skip
            if scan is not None:
                found, printed[number] = _scanned_sheets(page, number, scan), 0
            else:
                found, printed[number] = _page_sheets(page, number, known)
            sheets.extend(found)
        finally:
            page.close()
    if not pages:
        raise ReadError(
            "damaged", f"{name} has no page that can be read: download it again or repair it (qpdf, mutool)."
        )
    return sheets, pages, printed, warnings


def _page_sheets(page: Any, number: int, known: Shapes) -> tuple[list[Sheet], int]:
    """The sheets of a page, and how many characters are printed on it."""
    shapes = drawn(page)
    found = glyphs(page, bool(shapes.forms), known)
    if not found.upright:
        found.upright = {0: []} if found.slanted else {}
    frames = {angle: frame_of(page, angle) for angle in found.upright}
    main = max(found.upright, key=lambda angle: len(found.upright[angle]), default=0)
    if found.upright and main != page.get_rotation():  # pdfium orders lines well only where most of the text is upright
        page.set_rotation(main)
        found = glyphs(page, bool(shapes.forms), known)
    sheets: list[Sheet] = []
    for angle in sorted(found.upright, key=lambda angle: -len(found.upright[angle])):
        made = lines(found.upright[angle])
        slanted = [] if sheets else [_slanted_line(text, page, angle) for text in found.slanted]
        for line in [*made, *slanted]:
            line.page, line.frame = number, frames[angle]
        rules, strips, images = turned(shapes, page, angle)
        leaders = [line for line in made if LEADER.fullmatch(line.text) and line.x1 - line.x0 > LEAST_LEADER]
        rules.extend(RuledLine(line.x0, line.baseline, line.x1, line.baseline) for line in leaders)
        left = {id(line) for line in leaders}
        made = [line for line in made if id(line) not in left]
        sheet = Sheet(number, frames[angle], made, rules, strips, images, [*slanted, *leaders])
        sheet.drawings = partial(shapes.seen, angle, page_box(page))
        sheets.append(sheet)
    return sheets, found.count


def _scanned_sheets(page: Any, number: int, scan: Scan) -> list[Sheet]:
    """The sheet of a page that was recognised, as it is displayed."""
    frame = tilted(frame_of(page, page.get_rotation()), scan)
    made = lines(scanned_glyphs(scan))
    for line in made:
        line.page, line.frame = number, frame
    return [Sheet(number, frame, made, scanned_rules(scan))]


def _slanted_line(text: Slanted, page: Any, angle: int) -> TextLine:
    """Text that stands askew as a line of the box around it, in the reading frame of text at this angle."""
    box = in_frame(text.box, angle, page_box(page))
    parts = text.text.split() or [UNKNOWN]
    size = sum(map(len, parts)) + len(parts) - 1
    step = (box.x1 - box.x0) / size
    words: list[Word] = []
    at = 0
    for part in parts:
        edges = [box.x0 + step * place for place in range(at, at + len(part) + 1)]
        words.append(Word(part, edges, " " * len(part), box.bottom, 1.0, "", False, False, box.top, box.bottom))
        at += len(part) + 1
    return TextLine(words, box.bottom, 1.0, 0)


def _written(sheets: Sequence[Sheet], writer: Writer, stated: dict[str, str]) -> Document:
    put_aside(sheets)
    everything = [line for sheet in sheets for line in sheet.lines]
    vocabulary = Vocabulary(line.text for line in everything)
    flow = _blocks(sheets, measure(everything), stated.get("Title", ""))
    title = stated.get("Title") or None
    for draft in flow:
        if draft.region is not None:
            writer.table(_table(draft.region, vocabulary))
            name = f"{draft.region.label or 'A table'} on page {draft.region.lines[0].page}"
            writer.warnings.extend(f"{name} is doubtful: {why}; look at the page." for why in doubts(draft.region))
            continue
        if draft.figure is not None:
            writer.figure(_figure(draft.figure, vocabulary))
            continue
        passage = joined(draft.lines, vocabulary).stripped()
        if not passage.text:
            continue
        match draft.kind:
            case "heading":
                writer.heading(passage, draft.level)
            case "reference":
                writer.reference(passage)
            case kind:
                writer.block(kind, passage)
                title = passage.text if kind == "title" else title
    return writer.finish(metadata(flow, title))


def _table(region: Region, vocabulary: Vocabulary) -> TableDraft:
    notes = table_notes(joined(region.notes, vocabulary)) if region.notes else {}
    recognised = region.lines[0].font == RECOGNISED  # there what is raised often stands on the line
    explained = abbreviations(joined(region.notes, vocabulary).text) if region.notes and recognised else {}
    cells = []
    for cell in region.cells:
        passage, markers = unmarked(joined(printed(cell), vocabulary), notes) if cell.lines else (PrintedText(), ())
        passage = passage.without(plain_markers(passage, explained)) if region.notes and recognised else passage
        cells.append(CellDraft(cell.row, cell.col, cell.row_span, cell.col_span, passage, markers))
    caption = joined(region.caption, vocabulary).text
    return TableDraft(region.label, caption, region.lines[0].page, region.header_rows, cells, notes)


def _figure(shown: FigureRegion, vocabulary: Vocabulary) -> FigureDraft:
    texts = [joined(text, vocabulary).stripped() for text in shown.texts]
    page = shown.texts[0][0].page
    return FigureDraft(shown.label, joined(shown.caption, vocabulary).text, page, [text for text in texts if text.text])


def _blocks(sheets: Sequence[Sheet], body: Body, stated_title: str) -> list[BlockDraft]:
    """The blocks of a document in reading order, classified."""
    running = furniture(sheets)
    for sheet in sheets:
        sheet.body_size = body.size
    heads = [[BlockDraft(running[id(line)], [line]) for line in sheet.lines if id(line) in running] for sheet in sheets]
    for sheet in sheets:
        sheet.lines = [line for line in sheet.lines if id(line) not in running]
    tables = _tables(sheets)
    shown = figures(sheets, tables, body)
    flow: list[BlockDraft] = []
    main: dict[int, int] = {}  # lines in the main direction, by page
    for sheet, head, own in zip(sheets, heads, tables, strict=True):
        minor = len(sheet.lines) < main.setdefault(sheet.page, len(sheet.lines)) / 3
        placed = ordered(with_tables(chunks(sheet.lines, body.pitch), own), body.size)
        parts = [draft for chunk in placed for draft in _drafts(chunk, body)]
        plain = [draft for draft in parts if draft.kind == "paragraph"]
        picture_texts(plain, sheet)
        figure_labels(plain)
        foot_texts(plain, body)
        if minor:
            for draft in plain:
                draft.kind = "other"
        flow.extend([*head, *parts, *_aside(sheet)])
    classify(flow, body, stated_title)
    unannounced(flow)
    return _with_figures(continued(entries(whole_captions(adjacent_titles(flow)))), shown)


def _with_figures(flow: Sequence[BlockDraft], shown: Sequence[FigureRegion]) -> list[BlockDraft]:
    """The blocks, each figure's text behind its caption."""
    by_caption = {id(figure.caption[0]): figure for figure in shown}
    found: list[BlockDraft] = []
    for draft in flow:
        found.append(draft)
        for figure in filter(None, (by_caption.get(id(line)) for line in draft.lines)):
            figure.caption = draft.lines
            found.append(BlockDraft("figure", [line for text in figure.texts for line in text], figure=figure))
    return found


def _aside(sheet: Sheet) -> list[BlockDraft]:
    """What stands aside on a page: each text for itself, numbers and dots together."""
    texts = [BlockDraft("other", [line]) for line in sheet.aside if re.search(r"[^\W\d_]", line.text)]
    signs = [line for line in sheet.aside if not re.search(r"[^\W\d_]", line.text)]
    return [*texts, BlockDraft("other", signs)] if signs else texts


def _tables(sheets: Sequence[Sheet]) -> list[list[Region]]:
    """The tables of each sheet, filled; a table over several pages stands where it begins."""
    above = sum(votes(sheet) for sheet in sheets) > 0
    found = [[*regions(sheet, above), *uncaptioned(sheet)] for sheet in sheets]
    for sheet, own in zip(sheets, found, strict=True):
        if own:
            take_rotated(sheet, [s for s in sheets if s.page == sheet.page and s is not sheet], own)
        for region in own:
            fill(region)
    joined_parts([region for own in found for region in own], not above)
    for sheet, own in zip(sheets, found, strict=True):
        for region in own:
            if not (region.label or region.merged or is_grid(region)):  # a box, not a table: its text is the page's
                sheet.lines = sorted([*sheet.lines, *region.lines, *region.notes], key=lambda line: line.order)
    kept = [[r for r in own if not r.merged and (r.label or is_grid(r))] for own in found]
    return [sorted(own, key=lambda region: region.box[1]) for own in kept]


def _drafts(chunk: Chunk, body: Body) -> list[BlockDraft]:
    """The blocks of a chunk; a table's are its caption, its cells and its notes."""
    table = chunk.region
    if table is None:
        return drafts(chunk.lines, body)
    parts = [
        BlockDraft("caption", table.caption),
        BlockDraft("table", table.lines, table),
        BlockDraft("table_note", table.notes),
    ]
    return [part for part in [*parts, BlockDraft("header", table.repeated)] if part.lines]
