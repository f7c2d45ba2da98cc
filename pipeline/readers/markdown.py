"""Markdown, as authors write it and as converters of PDFs do: MinerU, Marker, Docling, Nougat, Pandoc.

The text is parsed as CommonMark with pipe tables, footnotes, formulas and HTML within; what it says is read from the
tree that this makes, as that of a web page is. Before that, what CommonMark does not know is put in its words: rows of
tabs, LaTeX tables, other signs for formulas.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from pipeline.document import BlockKind, Document, Metadata
from pipeline.readers.citing import tidy_doi
from pipeline.readers.encoding import decoded
from pipeline.readers.structured.article import read_items
from pipeline.readers.structured.formulas import formula
from pipeline.readers.structured.items import FlowItem
from pipeline.readers.structured.rows import find_tables, html_table, outside_fences
from pipeline.readers.structured.tree import Walker, parse, tag
from pipeline.readers.writing import Source

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LATEX_TABLE = re.compile(r"\\begin\{tabular\*?\}(?:\{[^{}]*\})*(.*?)\\end\{tabular\*?\}", re.DOTALL)
LATEX_CAPTION = re.compile(
    r"\\(?:begin|end)\{table\*?\}(?:\[[^\]]*\])?|\\caption\{((?:[^{}]|\{[^{}]*\})*)\}|\\label\{[^{}]*\}"
)
RULE = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|cline\{[^}]*\}|cmidrule(?:\([^)]*\))?\{[^}]*\})")
SPANNING = re.compile(r"\s*\\multi(column|row)\{(\d{1,3})\}\{[^{}]*\}\{((?:[^{}]|\{[^{}]*\})*)\}\s*$")
PAGE_BREAK = re.compile(
    r"^\s*(?:\{\d+\}-{3,}|<!--\s*page[^>]*-->|\f|-{3,}\s*page\s*\d+\s*-{3,}|<div style=\"page-break[^>]*></div>)\s*$",
    re.IGNORECASE,
)
MISREAD_YEAR = re.compile(
    r"(?<![^\W_])(?=\w*\d)(?:19|2[0Oo])(?=[\dOo]*[Oo]|[Oo])[\dOo]{2}(?=[a-z]?(?![^\W_]))|(?<![^\W_])2[Oo]\d\d(?![^\W_])"
)
DOLLARS = re.compile(r"\$([^$\n]{1,400})\$")
ATTRIBUTES = re.compile(r"(?<=\S)\s*\{(?:[#.][^{}\s]+\s*)+\}\s*$")
"""What Pandoc notes at the end of a heading or caption: its name and classes."""
MATHS = (
    (re.compile(r"\\\((.+?)\\\)", re.DOTALL), "$"),
    (re.compile(r"(?<!\[)\\\[((?:(?!\]\().)+?)\\\](?!\])", re.DOTALL), "$"),
)


def read_markdown(data: bytes, source: Source) -> Document:
    """Read Markdown; a warning says where the encoding had to be guessed."""
    text, warning = decoded(data)
    stated, body = _front_matter(text)
    tree = parse(_engine().render(_prepared(body)))
    items = _Markdown(breaks=True).walk(tree) if tree is not None else []
    document = read_items([item for item in items if not _is_page_number(item)], source, stated, converted=True)
    return document.model_copy(update={"warnings": (*document.warnings, *([warning] if warning else []))})


class _Markdown(Walker):
    """The walk through what CommonMark made of the text."""

    def text(self, text: str | None, mark: str, bold: bool = False) -> None:
        """Add text; in a table that stands as HTML, dollars still enclose formulas."""
        if self.breaks or not text or "$" not in text:
            super().text(text, mark, bold)
            return
        for index, part in enumerate(DOLLARS.split(text)):
            if index % 2:
                self.flow.extend(*formula(part))
            else:
                super().text(part, mark, bold)

    def role(self, element: Any) -> BlockKind | None:
        return "footnote" if tag(element) == "section" and element.get("class") == "footnotes" else None

    def skips(self, element: Any) -> bool:
        return super().skips(element) or "footnote-backref" in (element.get("class") or "")


@cache
def _engine() -> MarkdownIt:
    """The CommonMark parser.

    Indented code is off, for papers have none and converters indent lines; so are definitions of links, for a line
    that begins with ``[1]:`` is an entry of the reference list.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.subscript import sub_plugin
    from mdit_py_plugins.superscript import superscript_plugin

    engine = MarkdownIt("commonmark", {"html": True}).enable("table").disable(["code", "reference"])
    engine.use(dollarmath_plugin, allow_labels=False, allow_space=True, allow_digits=True, renderer=_formula)
    return engine.use(footnote_plugin, inline=True, move_to_end=True).use(sub_plugin).use(superscript_plugin)


def _formula(latex: str, options: dict[str, Any]) -> str:  # noqa: ARG001 (the plugin passes both)
    return escape(latex)


def _prepared(text: str) -> str:
    """The text with what CommonMark does not know in words that it does."""
    text = LATEX_TABLE.sub(_latex_table, MISREAD_YEAR.sub(_year, text))
    text = LATEX_CAPTION.sub(lambda found: f"\n\n{found[1] or ''}\n\n", text)
    parts: list[str] = []
    for prose, lines in outside_fences(text.split("\n")):
        parts.extend(_with_tables(lines) if prose else lines)
    return "\n".join(parts)


def _with_tables(lines: list[str]) -> list[str]:
    """Lines outside of code, their tables of tabs written as HTML, their formulas in dollars, page breaks as blanks."""
    result: list[str] = []
    at = 0
    for start, end, rows in find_tables(lines):
        if "\t" not in "".join(lines[start:end]):
            continue  # CommonMark's own tables
        result += [_line(line) for line in lines[at:start]]
        result += ["", html_table(rows, _engine().renderInline), ""]
        at = end
    return [*result, *(_line(line) for line in lines[at:])]


def _line(line: str) -> str:
    if PAGE_BREAK.match(line):
        return ""
    line = ATTRIBUTES.sub("", line)
    for pattern, sign in MATHS:
        line = pattern.sub(lambda found, sign=sign: f"{sign}{found[1].strip()}{sign}", line)  # type: ignore[misc]
    return line


def _year(found: re.Match[str]) -> str:
    """A year in which a converter took the letter for the digit."""
    return found[0].replace("O", "0").replace("o", "0")


def _latex_table(found: re.Match[str]) -> str:
    """A LaTeX table as HTML."""
    rows = [row for row in RULE.sub("", found[1]).split(r"\\") if row.strip()]
    lines = []
    for row in rows:
        cells = []
        for cell in re.split(r"(?<!\\)&", row):
            spanning = SPANNING.match(cell)
            given = f' {"colspan" if spanning[1] == "column" else "rowspan"}="{spanning[2]}"' if spanning else ""
            text = _line((spanning[3] if spanning else cell).strip())
            cells.append(f"<td{given}>{_engine().renderInline(text)}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n\n" + f"<table>{''.join(lines)}</table>".replace("\n", " ") + "\n\n"


def _front_matter(text: str) -> tuple[Metadata, str]:
    """What a block of YAML at the beginning states, and the text after it."""
    block = re.match(r"\ufeff?\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*\n", text, re.DOTALL)
    if not block or len(block[1]) > 20_000 or not re.search(r"^[A-Za-z][\w-]*\s*:", block[1], re.MULTILINE):
        return Metadata(), text
    import yaml  # type: ignore[import-untyped]

    try:
        given = yaml.safe_load(block[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        return Metadata(), text
    return (_stated(given), text[block.end() :]) if isinstance(given, dict) else (Metadata(), text)


def _stated(given: dict[Any, Any]) -> Metadata:
    fields = {str(key).lower(): value for key, value in given.items() if isinstance(key, str)}
    people = fields.get("author", fields.get("authors"))
    listed = people if isinstance(people, list) else re.split(r"\s*;\s*|\s+and\s+", _text(people) or "")
    names = (_text(person.get("name") if isinstance(person, dict) else person) for person in listed)
    year = re.search(r"\b(?:19|20)\d\d\b", _text(fields.get("year")) or _text(fields.get("date")) or "")
    doi = re.search(r"10\.\d{4,9}/\S+", _text(fields.get("doi")) or "")
    return Metadata(
        title=_text(fields.get("title")), authors=tuple(name for name in names if name),
        year=int(year[0]) if year else None, journal=_text(fields.get("journal")),
        doi=tidy_doi(doi[0]) if doi else None, license=_text(fields.get("license")),
    )  # fmt: skip


def _text(value: Any) -> str | None:
    """A scalar as text; nothing else, for what YAML nests may unfold without end."""
    return " ".join(str(value).split()) or None if isinstance(value, str | int | date) else None


def _is_page_number(item: FlowItem) -> bool:
    return (
        item.kind == "paragraph"
        and re.fullmatch(r"(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?", item.text, re.I) is not None
    )
