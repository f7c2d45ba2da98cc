"""The table channel: each row of a study table is a study, keyed by the citation in its Ref. cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.document import Cell, Document, Table
from pipeline.records import FIELD_OF, FIELDS, Mention, fold
from pipeline.relations.evidence import SELF, Collected, Evidence, MentionIndex, Subject
from pipeline.relations.references import cited_by_author
from pipeline.tabular import Column, Row, columns, rows, upright

_NUMBERS = re.compile(r"\d{1,3}")
_ONLY_NUMBERS = re.compile(r"[\[(]?\s*\d{1,3}(?:\s?[,;\u2010-\u2015-]\s?\d{1,3})*\s*[\])]?")
_AT_END = re.compile(r"[(\[](\d{1,3})[)\]]$")
_OWN = re.compile(r"\b(?:this|our|present|current) (?:work|study|paper|article)\b", re.IGNORECASE)
_COATED = re.compile(r"(?<!un)(?<!non-)(?:coated|camouflaged|cloaked|wrapped)\b", re.IGNORECASE)


def from_tables(
    document: Document, mentions: MentionIndex, own_names: Sequence[str] | None, *, coats: bool
) -> Collected:
    """What the study tables of a document say.

    Args:
        document: the document.
        mentions: its mentions.
        own_names: in a source paper the names of its formulations, of which a row without a citation may be; None in
            a review, where such a row is a study by its label.
        coats: whether the document is about membrane coats; if not, a table's own coats must be known cells.
    """
    found = Collected()
    for printed in document.tables:
        table = upright(printed)
        kinds = columns(table)
        if not kinds:
            continue
        membranes = any(column.field == "membranes" for column in kinds.values())
        if membranes and not coats and not _of_cells(table, kinds, mentions):
            continue  # shells of another kind
        for row in rows(table):
            subject = _subject(document, table, row, kinds, own_names)
            if subject is None:
                continue
            if membranes:
                found.rows.add(subject)
            _read_row(row, kinds, subject, mentions, found)
    return found


def lists_coats(document: Document, mentions: MentionIndex) -> bool:
    """Whether a table of the document has a column of membranes that names known cells."""
    return any(_of_cells(table, columns(table), mentions) for table in map(upright, document.tables))


def _of_cells(table: Table, kinds: dict[int, Column], mentions: MentionIndex) -> bool:
    """Whether the columns of membranes name known cells."""
    columns_ = [index for index, column in kinds.items() if column.field == "membranes"]
    cells = (cell for cell in table.cells if cell.col in columns_)
    return any(m.curie and FIELD_OF[m.label] == "membranes" for c in cells for m in mentions.within(c.start, c.end))


def _read_row(row: Row, kinds: dict[int, Column], subject: Subject, mentions: MentionIndex, found: Collected) -> None:
    """The values in a row's cells; a cell that says something without a known name leaves its field unsettled."""
    for col, cell in row.cells.items():
        field = kinds[col].field
        if field not in FIELDS:
            continue
        values = [m for m in mentions.within(cell.start, cell.end) if FIELD_OF[m.label] == field and not m.negated]
        for mention in _outermost(values):
            found.values.append(Evidence(subject, mention, "table", mention.score))
        if not values:
            found.unsettled.add((subject, field))


def _outermost(mentions: list[Mention]) -> list[Mention]:
    """The mentions that lie in no other of them."""
    return [
        m
        for m in mentions
        if not any((o.start <= m.start and m.end <= o.end and (o.end - o.start) > (m.end - m.start)) for o in mentions)
    ]


def _subject(
    document: Document, table: Table, row: Row, kinds: dict[int, Column], own_names: Sequence[str] | None
) -> Subject | None:
    """The study a row is about, by its citation, its author and year, or its own label."""
    by_field: dict[str, list[Cell]] = {}
    for col, cell in row.cells.items():
        by_field.setdefault(kinds[col].field, []).append(cell)
    name = next((_AT_END.sub("", cell.text).strip() for cell in by_field.get("formulation", ())), None)
    named = [*by_field.get("reference", ()), *by_field.get("formulation", ()), *row.cells.values()]
    if any(_OWN.search(cell.text) for cell in named):
        return _own(name or "", own_names or ()) or Subject(SELF, next(iter(own_names or ()), None))
    keys = _keys(document, by_field.get("reference", ()), column=True) or _keys(
        document, row.cells.values(), column=False
    )
    if keys:
        return Subject(",".join(keys), name)
    if own_names is not None:
        return _own(name or "", own_names)
    label = next((cell.text for cell in named), f"row {row.index}")
    return Subject(f"{table.label}: {label}", name)


def _own(label: str, names: Sequence[str]) -> Subject | None:
    """The paper's own formulation that a row's label names; controls and bare cores are none."""
    for name in names:
        if fold(name) == fold(label):
            return Subject(SELF, name)
    if not names and _COATED.search(label):
        return Subject(SELF)
    return None


def _keys(document: Document, cells: Iterable[Cell], *, column: bool) -> list[str]:
    """The references that these cells cite, each once.

    Args:
        document: the document.
        cells: the cells to look in.
        column: whether they are those of a column of references, in which a bare number is a citation.
    """
    keys: dict[str, None] = {}
    for cell in cells:
        cited = [key for citation in document.citations_in(cell.start, cell.end) for key in citation.references]
        if not cited and column and _ONLY_NUMBERS.fullmatch(cell.text.strip()):
            cited = _NUMBERS.findall(cell.text)
        if not cited and (bracketed := _AT_END.search(cell.text)) and document.reference(bracketed[1]):
            cited = [bracketed[1]]
        keys.update(dict.fromkeys(cited or cited_by_author(document, cell.text)))
    return list(keys)
