"""A document as an article to read, in Markdown or HTML: its text block by block, tables as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from pipeline.document import Document
from pipeline.export.rendering import Rendering, Run, ShownCell, render

LABELS: Final = " · "
"""What parts the labels of a figure."""
_LEFT_OUT: Final = frozenset({"header", "footer"})
_MARKS: Final = re.compile(r"([\\`*_\[\]<>|~])")
_STARTS: Final = re.compile(r"^(\s*\d*)([-+#>]|(?<=\d)[.)](?=\s))")
"""How a paragraph begins that Markdown would take for something else."""
_DEEPEST: Final = 6
_STYLE: Final = (
    ":root { color-scheme: light dark } body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; "
    "font: 1rem/1.55 Georgia, serif } table { border-collapse: collapse; font-size: .9em } "
    "th, td { border: 1px solid #999; padding: .2rem .5rem; text-align: left; vertical-align: top } "
    ".tables { overflow-x: auto } .caption, .figure, .reference, .footnote, .table_note { font-size: .9em }"
)


def to_markdown(document: Document) -> str:
    """The document in GitHub's Markdown; running heads and feet are left out.

    A merged cell stands in its first place and leaves the others empty, for Markdown has no merged cells.
    """
    return "\n\n".join(filter(None, (_markdown(block) for block in render(document)))) + "\n"


def _markdown(block: Rendering) -> str:
    if block.kind in _LEFT_OUT:
        return ""
    if block.rows:
        return "\n".join(_markdown_rows(block))
    text = "".join(_marked(run) for run in _on_one_line(block)).strip()
    begun = {
        "title": "# ",
        "heading": "#" * min(block.level + 1, _DEEPEST) + " ",
        "list_item": "- ",
    }.get(block.kind, "")
    return text and (begun + text if begun else _STARTS.sub(r"\1\\\2", text))


def _on_one_line(block: Rendering) -> list[Run]:
    """A block's runs; the labels of a figure one behind the other."""
    if block.kind != "figure":
        return list(block.runs)
    return [run._replace(text=run.text.replace("\n", LABELS)) for run in block.runs]


def _marked(run: Run) -> str:
    text = _MARKS.sub(r"\\\1", re.sub(r"\s+", " ", run.text))
    return f"<{run.script}>{text}</{run.script}>" if run.script else text


def _markdown_rows(block: Rendering) -> Iterator[str]:
    grid = _grid(block)
    width = max(map(len, grid))
    for number, row in enumerate(grid):
        yield f"| {' | '.join([*row, *[''] * (width - len(row))])} |"
        if number == 0:
            yield f"|{' --- |' * width}"


def _grid(block: Rendering) -> list[list[str]]:
    """The cells' words at their places; below and right of a merged cell's first place stands nothing."""
    rows: list[dict[int, str]] = [{} for _ in block.rows]
    for number, cells in enumerate(block.rows):
        at = 0
        for cell in cells:
            while at in rows[number]:
                at += 1
            for down in range(min(cell.row_span, len(rows) - number)):
                rows[number + down].update(dict.fromkeys(range(at, at + cell.col_span), ""))
            rows[number][at] = "".join(_marked(run) for run in cell.runs).strip()
            at += cell.col_span
    return [[row.get(at, "") for at in range(max(row, default=-1) + 1)] for row in rows]


def to_html(document: Document) -> str:
    """The document as one page that fetches nothing and runs nothing; running heads and feet are left out."""
    title = escape(document.metadata.title or document.source)
    body = "\n".join(filter(None, (_html(block) for block in render(document))))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="generator" content="coatmine">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _html(block: Rendering) -> str:
    if block.kind in _LEFT_OUT:
        return ""
    if block.rows:
        rows = "".join(f"<tr>{''.join(map(_html_cell, row))}</tr>\n" for row in block.rows)
        return f'<div class="tables"><table>\n{rows}</table></div>'
    text = _html_runs(_on_one_line(block))
    if block.kind == "title":
        return f"<h1>{text}</h1>"
    if block.kind == "heading":
        level = min(block.level + 1, _DEEPEST)
        return f"<h{level}>{text}</h{level}>"
    return f'<p class="{block.kind}">{text}</p>'


def _html_cell(cell: ShownCell) -> str:
    name = "th" if cell.is_heading else "td"
    wide = {"rowspan": cell.row_span, "colspan": cell.col_span}
    spans = "".join(f' {key}="{count}"' for key, count in wide.items() if count > 1)
    return f"<{name}{spans}>{_html_runs(cell.runs)}</{name}>"


def _html_runs(runs: list[Run]) -> str:
    return "".join(
        f"<{run.script}>{escape(run.text)}</{run.script}>" if run.script else escape(run.text) for run in runs
    )
