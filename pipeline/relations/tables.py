"""The table channel: each row of a study table is a study, by the citation in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pipeline import tabular
from pipeline.document import Cell, Document
from pipeline.records import FIELD_OF, FIELDS, FieldName, Mention, Record, TableRow, fold
from pipeline.relations.captions import Shared, caption_of, names_hybrid, sources, told_of_all
from pipeline.relations.citations import numbers
from pipeline.relations.evidence import SELF, Collected, Evidence, MentionIndex, Subject, identity
from pipeline.relations.listing import listed_as
from pipeline.relations.references import cited_by_author, cited_by_identifier, is_doi
from pipeline.roles import Context
from pipeline.tabular import StudyRow, StudyTable, is_blank, is_mark, names_of, study_tables

_AT_END = re.compile(r"[(\[](\d{1,3})[)\]]$")
_OWN = Context("study.own-row")
_COATED = Context("table.coated")
_CELLULAR = Context("table.of-cells")
_UNITS: Final = frozenset(
    {"m", "cm", "dm", "km", "nm", "mm", "\u00b5m", "\u03bcm", "s", "h", "min", "g", "kg", "l", "ml"}
)
_REVIEW = Context("study.reviews")
_FEW_CITED: Final = 3
"""The number of works that one row may report; a row that cites more reports a class of them."""
_IN_WORDS: Final[tuple[FieldName, ...]] = ("animal_models", "modalities")
"""Fields that a column of findings in words may give for a study, if the table has no column for them."""


def from_tables(document: Document, mentions: MentionIndex, own_names: Sequence[str] | None) -> Collected:
    """What the study tables of a document say.

    Values in the caption, the heading rows and the text around a table apply to every row that does not give others.

    Args:
        document: the document.
        mentions: its mentions.
        own_names: in a paper that reports own work the names of its formulations; None elsewhere. In a table of
            which no row cites they alone are its studies, unless the title announces a review.
    """
    found = Collected()
    reviews = _announces_review(document)
    for table in _study_tables(document, mentions):
        if "membranes" in table.fields and not _of_cells(table, mentions):
            continue  # shells of another kind
        others = reviews or any(_cites(document, table, row) for row in table.rows)
        shared = told_of_all(document, table.table, mentions, review=others or own_names is None)
        reading = _Reading(document, mentions, table, shared, found)
        subjects = [
            (row, subject)
            for row in table.rows
            for subject in _subjects(document, table, row, own_names, others=others)
        ]
        listed = _listed(document, mentions, subjects)
        found.dois |= {key: doi for doi, key in listed.items()}
        if any(subject.study != SELF for _, subject in subjects) and (caption := caption_of(document, table.table)):
            found.captions.append(caption)
        for row, subject in subjects:
            reading.take(row, replace(subject, study=listed.get(subject.study, subject.study)))
    return found


def _listed(document: Document, mentions: MentionIndex, subjects: Iterable[tuple[StudyRow, Subject]]) -> dict[str, str]:
    """The entries of the reference list of which a table gives the DOI, by DOI, as far as they can be told."""
    by_doi = {
        subject.study: [m for cell in row.cells.values() for m in mentions.within(cell.start, cell.end)]
        for row, subject in subjects
        if is_doi(subject.study)
    }
    return listed_as(document, mentions, by_doi) if by_doi else {}


def rows_without_study(records: Iterable[Record]) -> list[str]:
    """A warning for each table of which rows cite no work, or none that could be settled."""
    by_table: dict[str, list[int]] = defaultdict(list)
    for record in records:
        for row in record.rows:
            if record.study.key.startswith(f"{row.table}: "):
                by_table[row.table].append(row.row)
    return [
        f"{table}: no entry of the reference list could be settled for row{'s' * (len(rows) > 1)} "
        f"{', '.join(map(str, sorted(rows)))}; their records have no DOI"
        for table, rows in by_table.items()
    ]


def _study_tables(document: Document, mentions: MentionIndex) -> Iterator[StudyTable]:
    return study_tables(document.tables, names_of((m.start, m.end, FIELD_OF[m.label]) for m in mentions))


def _of_cells(table: StudyTable, mentions: MentionIndex) -> bool:
    """Whether the columns of coats are of cells: their heading or caption says so, or they name known cells."""
    columns = [index for index, column in table.columns.items() if column.field == "membranes"]
    if any(_CELLULAR.within(table.columns[index].header) for index in columns) or _CELLULAR.within(table.table.caption):
        return True
    cells = (cell for row in table.rows for index, cell in row.cells.items() if index in columns)
    return any(m.curie and FIELD_OF[m.label] == "membranes" for c in cells for m in mentions.within(c.start, c.end))


@dataclass(slots=True)
class _Reading:
    """A table while its rows are read into evidence; ``shared`` is what its surroundings say of every row."""

    document: Document
    mentions: MentionIndex
    table: StudyTable
    shared: list[Shared]
    found: Collected
    stated: set[FieldName] = field(default_factory=set)

    def take(self, row: StudyRow, subject: Subject) -> None:
        """Read one row: its own cells first, then what heads it, then what holds for the whole table."""
        self.stated = set(self.table.fields)
        self._cells(row, subject)
        self._marked(row, subject)
        self._in_words(row, subject)
        self._add(subject, "membranes", [(m, m.score, "row") for m in self._coats_of_particles(row)])
        for cell, told in self.table.over(row):
            self._add(subject, told, [(m, m.score, "group") for m in self._class(cell, told)])
        for told in FIELDS:
            self._add(subject, told, [(s.mention, s.score, s.place) for s in self.shared if _field(s) == told])
        if "membranes" in self.stated or self._of_coated():
            self.found.rows.add(subject)
        self.found.table_rows.setdefault(subject, []).append(self._place(row))

    def _of_coated(self) -> bool:
        """Whether the table lists coated particles though a row's coat is not told: other rows' classes are coats.

        So are the rows of a table that cites, if its caption says that they are coated with membranes.
        """
        if any(told == "membranes" for _, told in self.table.groups.values()):
            return True
        cites = any(column.field == "reference" for column in self.table.columns.values())
        return cites and tabular.speaks_of_coats(self.table.table.caption)

    def _cells(self, row: StudyRow, subject: Subject) -> None:
        """The values in a row's cells; one that says something without a known name leaves its field unsettled."""
        for col, cell in row.cells.items():
            told = self.table.columns[col].field
            if told not in FIELDS or is_blank(cell.text, told):
                continue
            values = self._values(cell, told)
            for mention in values:
                self.found.values.append(Evidence(subject, mention, "table", mention.score))
            if not values:
                self.found.unsettled.add((subject, told))

    def _coats_of_particles(self, row: StudyRow) -> list[Mention]:
        """The coats that the cells of particles name, in a table without a column for them."""
        cells = [cell for col, cell in row.cells.items() if self.table.columns[col].field in ("cores", "formulation")]
        return [m for cell in cells for m in self._values(cell, "membranes") if m.role == "membrane_source"]

    def _marked(self, row: StudyRow, subject: Subject) -> None:
        """What the headings name to which ticks in a row's cells say yes, of fields that have no column."""
        heads = [
            head
            for col, cell in row.cells.items()
            if self.table.columns[col].field == "marks" and is_mark(cell.text)
            for number in range(self.table.head)
            if (head := self.table.table.at(number, col)) is not None and head.col == col
        ]
        for told in FIELDS:
            values = {m.id: m for head in heads for m in self._values(head, told)}
            self._add(subject, told, [(m, m.score, "row") for m in values.values()])

    def _in_words(self, row: StudyRow, subject: Subject) -> None:
        """What cells of findings tell of fields that have no column; a caption may tell of further modalities."""
        remarks = [cell for col, cell in row.cells.items() if self.table.columns[col].field == "remarks"]
        for told in _IN_WORDS:
            self._add(subject, told, [(m, m.score, "remarks") for cell in remarks for m in self._values(cell, told)])
        self.stated -= {"modalities"} - self.table.fields

    def _add(self, subject: Subject, told: FieldName, values: list[tuple[Mention, float, str]]) -> None:
        """Take what is said of a field of which nothing nearer to the row has spoken."""
        if values and told not in self.stated:
            self.stated.add(told)
            self.found.values += [Evidence(subject, m, "table", score, place) for m, score, place in values]

    def _values(self, cell: Cell, told: FieldName) -> list[Mention]:
        inside = self.mentions.within(cell.start, cell.end)
        return _outermost([m for m in inside if FIELD_OF[m.label] == told and not m.negated])

    def _class(self, cell: Cell, told: FieldName) -> list[Mention]:
        """What a class of rows is; of two coats that are not joined into one no row is known to have either."""
        values = self._values(cell, told)
        if told == "membranes":
            colon = cell.start + cell.text.rfind(":")  # "Blood cells: platelets" are platelets
            values = sources(self.document, [m for m in values if m.start > colon] or values)
        single = told != "membranes" or len({identity(m) for m in values}) < 2 or names_hybrid(cell.text)
        return values if single else []

    def _place(self, row: StudyRow) -> TableRow:
        """Where a row stands; its page is that of its first cell that is printed in it."""
        printed = self.table.table
        first = next((cell for cell in row.cells.values() if cell.row == row.index), None)
        boxes = self.document.boxes(first.start, first.end) if first else []
        return TableRow(
            table=self.table.name, row=self.table.number(row), page=boxes[0].page if boxes else printed.page
        )


def _field(shared: Shared) -> FieldName:
    return FIELD_OF[shared.mention.label]


def _outermost(mentions: list[Mention]) -> list[Mention]:
    """The mentions that lie in no other of them."""
    return [
        m
        for m in mentions
        if not any((o.start <= m.start and m.end <= o.end and (o.end - o.start) > (m.end - m.start)) for o in mentions)
    ]


def _subjects(
    document: Document, table: StudyTable, row: StudyRow, own_names: Sequence[str] | None, *, others: bool
) -> list[Subject]:
    """The studies a row is about, by its citation, its author and year, or its own label.

    What it says holds for each of a few that it cites; a row that cites many tells of a class, and of none alone.

    Args:
        document: the document.
        table: the table.
        row: the row.
        own_names: what the paper calls its own formulations, if it tells of any.
        others: whether the table lists the studies of others, so that a row that cites nothing is one, too.
    """
    by_field: dict[str, list[Cell]] = {}
    for col, cell in row.cells.items():
        by_field.setdefault(table.columns[col].field, []).append(cell)
    name = next((_AT_END.sub("", cell.text).strip() for cell in by_field.get("formulation", ())), None)
    named = [*by_field.get("reference", ()), *by_field.get("formulation", ()), *row.cells.values()]
    if any(_OWN.within(cell.text) for cell in named):
        return [_own(name or "", own_names or ()) or Subject(SELF, next(iter(own_names or ()), None))]
    if keys := _cited(document, table, row):
        return [Subject(key, name) for key in keys] if len(keys) <= _FEW_CITED else [Subject(",".join(keys), name)]
    if own_names is not None and not others:
        own = _own(name or "", own_names)
        return [own] if own else []
    return [Subject(f"{table.name}: {_row_label(table, row, named)}", name)]


def _cited(document: Document, table: StudyTable, row: StudyRow) -> list[str]:
    """The references that a row cites, or that the heading over it does."""
    own = _keys_in_column(document, table, row) or _keys_elsewhere(document, table, row)
    if own or any(column.field == "reference" for column in table.columns.values()):
        return own
    return next((keys for cell in reversed(row.groups) if len(keys := _keys_in(document, cell)) == 1), [])


def _cites(document: Document, table: StudyTable, row: StudyRow) -> bool:
    """Whether a row cites a work, be it one that can be settled or not."""
    return any(table.columns[col].field == "reference" for col in row.cells) or bool(_cited(document, table, row))


def _announces_review(document: Document) -> bool:
    titles = [document.text[block.start : block.end] for block in document.blocks if block.kind == "title"]
    return any(_REVIEW.within(title) for title in (document.metadata.title or "", *titles))


def _row_label(table: StudyTable, row: StudyRow, cells: Iterable[Cell]) -> str:
    """What tells a row without a citation from the others: the first of its cells that no other has, or its number."""
    return next((cell.text for cell in cells if fold(cell.text) in table.unique), f"row {table.number(row)}")


def _own(label: str, names: Sequence[str]) -> Subject | None:
    """The paper's own formulation that a row's label names; controls and bare cores are none."""
    for name in names:
        if fold(name) == fold(label):
            return Subject(SELF, name)
    if not names and _COATED.within(label) and "non-" not in label.casefold():
        return Subject(SELF)
    return None


def _keys_in_column(document: Document, table: StudyTable, row: StudyRow) -> list[str]:
    """The references that a row's cells of references cite, each once.

    An identifier settles it; one that the reference list does not print goes with the one entry that number or author
    point to, unless that has another DOI. Where a number and an author point to different works, none is taken.
    """
    cells = {col: cell for col, cell in row.cells.items() if table.columns[col].field == "reference"}
    year = next((c.text for col, c in row.cells.items() if _is_year(table.columns[col].header)), "")
    exact, numbered, authored = [], [], []
    for col, cell in cells.items():
        text = f"PMID {cell.text}" if _gives_pubmed(table.columns[col].header) else cell.text
        exact += cited_by_identifier(document, text)
        cited = [key for citation in document.citations_in(cell.start, cell.end) for key in citation.references]
        cited = cited or numbers(cell.text.strip(" ()[]"))
        if not cited and (bracketed := _AT_END.search(cell.text)) and document.reference(bracketed[1]):
            cited = [bracketed[1]]
        numbered += cited
        by_author = cited_by_author(document, cell.text)
        authored += by_author or (cited_by_author(document, f"{cell.text}, {year}") if year else [])
    if exact and not (entry := _entry_of(document, exact, numbered or authored)):
        return list(dict.fromkeys(exact))
    if exact:
        return [entry]
    if numbered and authored and not set(numbered) & set(authored):
        return []
    return list(dict.fromkeys(numbered or authored))


def _entry_of(document: Document, exact: Sequence[str], cited: Sequence[str]) -> str:
    """The one entry of the reference list that a row cites beside one identifier that the list does not print."""
    reference = document.reference(cited[0]) if len(set(cited)) == 1 else None
    if reference is None or len(set(exact)) != 1 or document.reference(exact[0]):
        return ""
    other = is_doi(exact[0]) and reference.doi is not None
    return "" if other else reference.key


def _is_year(header: str) -> bool:
    """Whether a column is of years of publication."""
    return header.strip(" .").casefold().removeprefix("pub").removeprefix("lication").strip() in ("year", "years")


def _gives_pubmed(header: str) -> bool:
    """Whether a column is of numbers in PubMed."""
    return any(name in header.casefold() for name in ("pmid", "pubmed"))


def _keys_elsewhere(document: Document, table: StudyTable, row: StudyRow) -> list[str]:
    """The references that a row without a cell of references cites; a running number cites none."""
    keys: dict[str, None] = {}
    for col, cell in row.cells.items():
        if table.columns[col].field not in ("number", "remarks", "reference"):
            keys.update(dict.fromkeys(_keys_in(document, cell)))
    return list(keys)


def _keys_in(document: Document, cell: Cell) -> list[str]:
    """The references that a cell cites, be it by number, by author or by a raised number."""
    cited = [key for citation in document.citations_in(cell.start, cell.end) for key in citation.references]
    if not cited and (bracketed := _AT_END.search(cell.text)) and document.reference(bracketed[1]):
        cited = [bracketed[1]]
    return cited or cited_by_author(document, cell.text) or _raised_at_end(document, cell)


def _raised_at_end(document: Document, cell: Cell) -> list[str]:
    """The entry of the reference list whose number stands raised at a cell's end, behind a word; no mark of a note."""
    for script in document.scripts:
        if script.kind == "superscript" and cell.start < script.start and script.end == cell.end:
            text = document.text[script.start : script.end]
            word = "".join(document.text[cell.start : script.start].split()[-1:]).casefold()
            behind_word = word.endswith((")", "]")) or any(char.isalpha() for char in word)
            if (
                behind_word
                and word not in _UNITS
                and text not in cell.notes
                and text.isdigit()
                and document.reference(text)
            ):
                return [text]
    return []
