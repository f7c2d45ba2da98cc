"""Values of a run as people read them; the table, the spreadsheet and the report share this module.

A fact is a value as it is shown: what table and text both state once, a size with its "ca." and what was measured, the
score that is the value's own, and the sentences or table rows that support it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from pipeline.document import Document, Metadata, Reference
from pipeline.export.evidence_context import EvidenceContexts, one_line
from pipeline.export.merge import Merged, difference, wordings
from pipeline.export.runs import Extraction, extractions
from pipeline.export.text import doi_url, plain
from pipeline.export.vocabularies import curie_url
from pipeline.folder import RunFolder
from pipeline.notices import Notice, Notices, described, folded_doi, read_notices
from pipeline.records import FIELDS, CoreValue, FieldName, Mention, Outcome, Record, SizeValue, Term
from pipeline.sentences import Range

_COMMA: Final = re.compile(r"\s*,\s*")
_FAMILY: Final = r"(?:(?:van|von|de|der|den|di|da|del|la|le|ter|ten|El|Al)[ -])*[^\W\d_][\w'\u2019-]+"
_INITIALS: Final = r"(?:[^\W\d_a-z]\.?[ -]?){1,4}"
_AUTHOR: Final = re.compile(
    rf"(?:{_INITIALS}(?<=[. ])\s?(?P<last>{_FAMILY})|(?P<first>{_FAMILY}),?\s{_INITIALS})"
    r"(?=[,;.(]|\sand\s|\s&|\set al|\s\()"
    r"(?:[,;]?\s*(?:and\s|&\s)?)?"
)
_NUMBER: Final = re.compile(r"^\W*\d+\W+")
_ET_AL: Final = re.compile(r"\W*(?:et al|and others|\u2026)")
_PARTICLES: Final = frozenset({"von", "van", "de", "der", "den", "di", "da", "del", "la", "le", "ter", "ten"})


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What is known of a study: from the review's reference list, or of a paper's own study from itself.

    Attributes:
        key: the reference number, or ``self``.
        url: the address that resolves the DOI; empty where there is none.
        first_author: the family name.
        notices: retractions and corrections of it, the most serious first.
    """

    key: str
    doi: str
    url: str
    title: str
    authors: tuple[str, ...]
    first_author: str
    year: int | None
    journal: str
    notices: tuple[Notice, ...] = ()

    @property
    def notice(self) -> str:
        """What has happened to it since it was published, such as "Retracted 2025-03-01 (Crossref)"; else empty."""
        return "; ".join(map(plain, described(self.notices)))

    @property
    def citation(self) -> str:
        """The study in a few words, such as "Li et al. 2021, ACS Nano"; empty where nothing is known of it."""
        people = self.first_author + (" et al." if self.first_author and len(self.authors) > 1 else "")
        head = " ".join(filter(None, (people, str(self.year or ""))))
        return ", ".join(filter(None, (head, self.journal)))


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage that bears a value out.

    Attributes:
        mention: the mention's id.
        before, words, after: the sentence or table row on one line, with the mention in the middle.
        where: the table and row, the figure in which, or the headings under which it stands.
        page: from 1; None in a format without pages.
        range: where the passage stands, as offsets on the document's text.
    """

    mention: Mention
    before: str
    words: str
    after: str
    where: str
    page: int | None
    range: Range

    @property
    def text(self) -> str:
        """The whole passage."""
        return f"{self.before}{self.words}{self.after}".strip()


@dataclass(frozen=True, slots=True)
class Fact:
    """A value as it is shown.

    Attributes:
        label: its name; of a size with "ca." and, if it is the bare core's, that it is.
        wording: whether it seems to be the value before it in other words.
        quotes: what supports it; the passage that tells most of the record first.
    """

    field: FieldName
    merged: Merged
    label: str
    wording: bool
    quotes: tuple[Quote, ...]

    @property
    def name(self) -> str:
        """The preferred name."""
        return plain(self.merged.first.name)

    @property
    def curie(self) -> str | None:
        """The public identifier."""
        return self.merged.first.curie

    @property
    def care(self) -> str:
        """Why it needs care: what its identifier needs, and what a second opinion holds against it."""
        doubts = (f"Second opinion, {doubt}" for doubt in self.merged.doubts)
        return "; ".join(filter(None, (self.merged.caution, *doubts)))

    @property
    def url(self) -> str:
        """The address that resolves the identifier; empty where there is none."""
        return curie_url(self.curie) if self.curie else ""

    @property
    def size(self) -> SizeValue | None:
        """The value as a size, if it is one."""
        return self.merged.first if isinstance(self.merged.first, SizeValue) else None

    @property
    def materials(self) -> tuple[Term, ...]:
        """What a core is made of."""
        return self.merged.first.materials if isinstance(self.merged.first, CoreValue) else ()

    @property
    def structure(self) -> tuple[str, ...]:
        """How a core is built, such as hollow."""
        return self.merged.first.structure if isinstance(self.merged.first, CoreValue) else ()

    @property
    def form(self) -> str:
        """What kind of particle a core is, such as liposome."""
        return (self.merged.first.form or "") if isinstance(self.merged.first, CoreValue) else ""


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """A record as it is shown: one study and formulation, as one document or several describe it.

    Attributes:
        record: the record; of a joined one all values together, under the id of the first.
        outcome: the document, or the first of them.
        differ: fields of which table and text, or of a joined one the documents, do not say the same; what each says.
        sources: of a joined one what each document tells; else empty.
    """

    record: Record
    outcome: Outcome
    study: StudyFacts
    fields: dict[FieldName, list[Fact]]
    differ: dict[FieldName, str]
    sources: tuple[RecordFacts, ...] = ()

    @property
    def facts(self) -> Iterator[Fact]:
        """All values, in the order of the fields."""
        return (fact for facts in self.fields.values() for fact in facts)

    @property
    def score(self) -> float | None:
        """The score of the least certain value; None where there is no value."""
        return min((fact.merged.score for fact in self.facts), default=None)

    @property
    def singles(self) -> tuple[RecordFacts, ...]:
        """The record of each document; the record itself where it is one document's."""
        return self.sources or (self,)

    @property
    def source(self) -> str:
        """The file's name; of a joined record all names."""
        return "; ".join(file_name(about.outcome) for about in self.singles)

    @property
    def table_rows(self) -> str:
        """Which rows of which tables the record was read from; empty where it stands on prose alone."""
        return "; ".join(plain(str(row)) for row in self.record.rows)

    @property
    def missing(self) -> dict[FieldName, str]:
        """Why fields are empty, in words."""
        return {name: reason.replace("_", " ") for name, reason in self.record.missing.items()}


@dataclass(slots=True)
class PaperFacts:
    """An input with its records as they are shown; ``document`` is there if there are any."""

    extraction: Extraction
    document: Document | None = None
    records: list[RecordFacts] = field(default_factory=list)


def file_name(outcome: Outcome) -> str:
    """An input's name without its folders."""
    return plain(Path(outcome.source).name)


def paper_facts(folder: RunFolder) -> Iterator[PaperFacts]:
    """The run's inputs in order, each with its records as they are shown; one document in memory at a time."""
    notices = read_notices(folder.path)
    for extraction in extractions(folder):
        yield facts_of(extraction, folder, notices)


def facts_of(extraction: Extraction, folder: RunFolder, notices: Notices | None = None) -> PaperFacts:
    """An input's records as they are shown.

    Args:
        extraction: the input, and what was found in it.
        folder: the run.
        notices: the notices about studies, which are shown on them; by default none.
    """
    document = folder.document(extraction.records[0].document_id) if extraction.records else None
    if document is None:
        return PaperFacts(extraction)
    mentions = {mention.id: mention for mention in extraction.mentions}
    quotes = Quotes(document)
    records = [_record(each, extraction.outcome, quotes, mentions) for each in extraction.records]
    return PaperFacts(extraction, document, [_with_notices(each, notices) for each in records] if notices else records)


def _with_notices(about: RecordFacts, notices: Notices) -> RecordFacts:
    found = notices.get(folded_doi(about.study.doi), ())
    return replace(about, study=replace(about.study, notices=found)) if found else about


class Quotes:
    """Finds the passages of one document, each once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._passages = EvidenceContexts(document)
        self._rows = {
            cell.start: f"{table.label or 'Table'}, row {cell.row - table.header_rows + 1}"
            for table in document.tables
            for cell in table.cells
        }
        self._starts = sorted(self._rows)

    def of(self, mention: Mention) -> Quote:
        """The passage around a mention."""
        start, end = self._passages.around(mention.start, mention.end)
        pages = sorted({box.page for box in mention.boxes})
        return Quote(
            mention=mention,
            before=one_line(self._passages.text(start, mention.start)),
            words=one_line(mention.text),
            after=one_line(self._passages.text(mention.end, end)),
            where=self._where(mention),
            page=pages[0] if pages else None,
            range=(start, end),
        )

    def _where(self, mention: Mention) -> str:
        block = self.document.block_at(mention.start)
        if block is not None and block.kind == "table":
            at = bisect_right(self._starts, mention.start) - 1
            if at >= 0:
                return plain(self._rows[self._starts[at]])
        figure = self.document.figure_at(mention.start)
        if figure is not None:
            return plain(f"within {figure.label or 'a figure'}")
        return plain(" › ".join(mention.section))


def _record(record: Record, outcome: Outcome, quotes: Quotes, mentions: dict[str, Mention]) -> RecordFacts:
    fields: dict[FieldName, list[Fact]] = {}
    differ: dict[FieldName, str] = {}
    told = _told(record, quotes, mentions)
    for name in FIELDS:
        groups = wordings(record.values(name))
        fields[name] = [
            Fact(name, each, label_of(each), at > 0, _quotes(each, quotes, mentions, told))
            for group in groups
            for at, each in enumerate(group)
        ]
        if stated := difference(groups):
            differ[name] = f"{', '.join(stated['table'])} (table), {', '.join(stated['text'])} (text)"
    return RecordFacts(record, outcome, study_facts(record, quotes.document), fields, differ)


def _told(record: Record, quotes: Quotes, mentions: dict[str, Mention]) -> dict[str, int]:
    """How many fields of the record each passage tells of."""
    told: dict[str, set[FieldName]] = defaultdict(set)
    for name, value in record.items():
        for key in value.evidence:
            if key in mentions:
                told[quotes.of(mentions[key]).text].add(name)
    return {text: len(names) for text, names in told.items()}


def _quotes(merged: Merged, quotes: Quotes, mentions: dict[str, Mention], told: dict[str, int]) -> tuple[Quote, ...]:
    found = [quotes.of(mentions[key]) for key in merged.evidence if key in mentions]
    return tuple(sorted(found, key=lambda quote: (-told[quote.text], quote.mention.start)))


def label_of(merged: Merged) -> str:
    """A value as it is shown: its name; of a size with "ca." and, if it is the bare core's, that it is."""
    name = plain(merged.first.name)
    if not isinstance(merged.first, SizeValue):
        return name
    about = "" if not merged.first.approximate or name[:1] in "~≈" or name.startswith("ca.") else "ca. "
    return f"{about}{name}{' (core)' if merged.first.of == 'core' else ''}"


def study_facts(record: Record, document: Document) -> StudyFacts:
    """What the document says of a record's study."""
    study = record.study
    told: Metadata | Reference | None = document.metadata if study.key == "self" else document.reference(study.key)
    authors = tuple(plain(name) for name in told.authors) if told else ()
    if isinstance(told, Reference) and not authors:
        authors = authors_of(document.text[told.start : told.end])
    journal = (told.journal if isinstance(told, Metadata) else told.container) if told else None
    doi = study.doi or (told.doi if told else None)
    return StudyFacts(
        key=study.key,
        doi=doi or "",
        url=doi_url(doi),
        title=plain(study.title or (told.title if told else None) or ""),
        authors=authors,
        first_author=family_name(authors[0]) if authors else "",
        year=told.year if told else None,
        journal=plain(journal or ""),
    )


def family_name(author: str) -> str:
    """An author's family name, whether it stands first ("Li, Y.", "Li Y") or last ("Ying Li")."""
    name = author.strip().rstrip("*†‡1234567890, ")
    if "," in name:
        return _COMMA.split(name)[0]
    words = name.split()
    if len(words) > 1 and _initials(words[-1]):
        return " ".join(word for word in words if not _initials(word))
    while len(words) > 2 and words[-1].casefold().rstrip(".") in {"jr", "sr", "ii", "iii"}:
        words.pop()
    kept = words[-1:]
    for word in reversed(words[:-1]):
        if word.casefold() not in _PARTICLES:
            break
        kept.insert(0, word)
    return " ".join(kept)


def authors_of(entry: str) -> tuple[str, ...]:
    """The authors that an entry of a reference list begins with, family names only; "et al." counts as one more."""
    text = _NUMBER.sub("", plain(entry))
    names = []
    while match := _AUTHOR.match(text):
        names.append(match["last"] or match["first"])
        text = text[match.end() :]
    return (*names, "et al.") if names and _ET_AL.match(text) else tuple(names)


def _initials(word: str) -> bool:
    letters = word.replace(".", "").replace("-", "")
    return bool(letters) and len(letters) <= 3 and letters.isupper()


def passages_of(facts: Iterable[Fact]) -> list[Quote]:
    """The passages that support some values, each once, in the order of the text."""
    found: dict[str, Quote] = {}
    for quote in sorted((quote for fact in facts for quote in fact.quotes), key=lambda quote: quote.mention.start):
        found.setdefault(quote.text, quote)
    return list(found.values())
