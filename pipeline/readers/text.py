"""Plain text: the title is the first line, whatever follows; ``#`` before a heading is understood.

A blank line ends a paragraph, and so does a line's end where lines are not wrapped at a common width. Lines that are,
as ``pdftotext`` and e-mail write them, are joined again, hyphens at their ends settled as those of a PDF are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.document import BlockKind, Document, Metadata
from pipeline.readers.citing import REFERENCE_LIST, find_doi
from pipeline.readers.encoding import decoded
from pipeline.readers.hyphenation import Vocabulary, seam
from pipeline.readers.markup import unmarked_text
from pipeline.readers.printed_text import PrintedText
from pipeline.readers.sections import MAIN_SECTION
from pipeline.readers.structured.items import Grid
from pipeline.readers.structured.tabular_text import is_markdown, text_and_tables, write_table
from pipeline.readers.writing import Source, Writer

HEADING = re.compile(r"(#{1,6})\s+(.+)")
ENTRY = re.compile(r"[-*\u2022]\s+|(?=(?:\[\d{1,3}\]|\d{1,3}\.)\s*[^\W\d])")
BULLET = re.compile(r"[-*\u2022\u25cf\u25aa\u2013]\s+\S")
ITEM = re.compile(BULLET.pattern + r"|\(?(?:\d{1,2}|[a-z])[.)]\s+\S")
ABSTRACT = re.compile(r"abstract|summary", re.IGNORECASE)
RUN_IN = re.compile(r"(?:abstract|summary)\s?[:.\u2013\u2014]\s", re.IGNORECASE)
"""How an abstract begins that has its heading in the same line."""
YEAR = re.compile(r"\b(?:19|20)\d\d[a-z]?\b")
ENDED = re.compile(r"[.!?:][\])\u201d\"'\u2019]*$")
WIDEST = 140  # characters; a longer line is a paragraph that no program wrapped
FULL = 0.7  # share of the width that a wrapped line fills at least, save a paragraph's last
LONGEST_TITLE = 600  # characters; a longer first line is a text without a title


def read_text(data: bytes, source: Source) -> Document:
    """Read plain text; a warning says where the encoding had to be guessed."""
    writer = Writer(source)
    text, warning = decoded(data)
    if is_markdown(text):
        from pipeline.readers.markdown import read_markdown

        return read_markdown(data, source)
    if warning:
        writer.warnings.append(warning)
    lines = _lines(re.sub("\u00ad[ \t]*\n[ \t\f]*", "", text))
    vocabulary = Vocabulary(line.text for line in lines)
    first = next((index for index, line in enumerate(lines) if line.text), len(lines))
    title: str | None = None
    if first < len(lines) and len(lines[first].text) <= LONGEST_TITLE:
        line = _bare(lines[first])
        title, lines = line.text, lines[first + 1 :]
        writer.block("title", line)
    _write(lines, writer, vocabulary)
    return writer.finish(Metadata(title=title, doi=find_doi("".join(writer.parts[:20]))))


def passage(text: str) -> PrintedText:
    """Plain text as a passage."""
    return PrintedText(text, " " * len(text))


def _lines(text: str) -> list[PrintedText]:
    """The lines of a text without mark-up and without white space at their ends; a new page is no new paragraph."""
    whole = unmarked_text(re.sub(r"\n*\f", "\n", text))
    bounds = [0, *(match.end() for match in re.finditer("\n", whole.text)), len(whole.text)]
    return [_line(whole.keeping([(a, b)])) for a, b in pairwise(bounds)]


def _line(line: PrintedText) -> PrintedText:
    """A line without white space at its ends; tabs stay where they part the cells of a table's row."""
    bare = line.stripped()
    if "\t" not in bare.text:
        return bare
    size = len(line.text.rstrip("\n "))
    return line.keeping([(0, size)])


def _bare(line: PrintedText) -> PrintedText:
    """A heading's line without the signs that mark it."""
    found = HEADING.fullmatch(line.text)
    if not found:
        return line
    name = found[2].strip(" *#")
    start = line.text.index(name, found.start(2))
    return line.keeping([(start, start + len(name))])


def _write(lines: Sequence[PrintedText], writer: Writer, vocabulary: Vocabulary) -> None:
    """Write what follows the title."""
    kind = ""
    for part in _parts(lines):
        text = part[0].text
        heading = HEADING.fullmatch(text)
        if len(part) == 1 and (heading or _names_section(text)):
            bare = _bare(part[0])
            writer.heading(bare, len(heading[1]) if heading else 1)
            kind = _section_kind(bare.text)
        elif kind == "reference":
            for entry in _entries(part):
                writer.reference(joined(entry, vocabulary))
        else:
            for piece in text_and_tables(part):
                if isinstance(piece, Grid):
                    write_table(piece, writer)
                    continue
                for group in _paragraphs([line.stripped() for line in piece]):
                    writer.block(_kind(group[0].text, kind), joined(group, vocabulary))


def _kind(text: str, section: str) -> BlockKind:
    """What a paragraph is that begins so, in a section of this kind."""
    if section == "abstract" or RUN_IN.match(text):
        return "abstract"
    return "list_item" if BULLET.match(text) else "paragraph"


def _parts(lines: Sequence[PrintedText]) -> Iterator[list[PrintedText]]:
    """Lines by what blank lines and headings part."""
    part: list[PrintedText] = []
    for line in lines:
        heading = HEADING.fullmatch(line.text) or _names_section(line.text)
        if part and (heading or not line.text):
            yield part
            part = []
        if heading:
            yield [line]
        elif line.text:
            part.append(line)
    if part:
        yield part


def _names_section(text: str) -> bool:
    return any(name.fullmatch(text) for name in (REFERENCE_LIST, ABSTRACT, MAIN_SECTION))


def _section_kind(heading: str) -> str:
    if REFERENCE_LIST.fullmatch(heading):
        return "reference"
    return "abstract" if ABSTRACT.fullmatch(heading) else ""


def _paragraphs(part: Sequence[PrintedText]) -> list[list[PrintedText]]:
    """The paragraphs among lines that no blank line parts."""
    width = max((len(line.text) for line in part if len(line.text) <= WIDEST), default=0)
    groups = [[part[0]]]
    for last, line in pairwise(part):
        if _goes_on(last.text, line.text, width):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _goes_on(last: str, line: str, width: int) -> bool:
    """Whether a line carries on the paragraph of the one before it."""
    if len(last) > WIDEST or len(line) > WIDEST or ITEM.match(line) or "\t" in last or "\t" in line:
        return False
    if line[:1].islower() or last.endswith(("-", ",", ";")):
        return True
    full = len(last) >= FULL * width or len(last) + 1 + len(line.split(maxsplit=1)[0]) > width
    return full or (not ENDED.search(last) and not _label(last))


def _label(line: str) -> bool:
    """Whether a line is short as a name or a heading is."""
    return len(line.split()) < 6 and line[:1].isupper()


def _entries(part: Sequence[PrintedText]) -> list[list[PrintedText]]:
    """The entries of a reference list: each begins with its number, or on a line of its own where none is printed."""
    starts = [ENTRY.match(line.text) for line in part]
    if not any(starts):  # without numbers, lines that each have a year are entries
        return [[line] for line in part] if all(YEAR.search(line.text) for line in part) else [list(part)]
    entries: list[list[PrintedText]] = []
    for line, begins in zip(part, starts, strict=True):
        if begins or not entries:
            entries.append([line.keeping([(begins.end() if begins else 0, len(line.text))])])
        else:
            entries[-1].append(line)
    return entries


def joined(lines: Sequence[PrintedText], vocabulary: Vocabulary) -> PrintedText:
    """Lines as one passage, hyphens at their ends settled."""
    whole = PrintedText()
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        cut, glue = seam(line.text, following.text, vocabulary) if following else (0, "")
        end = len(line.text) - cut
        whole.text += line.text[:end] + glue
        whole.marks += line.marks[:end] + " " * len(glue)
    return whole
