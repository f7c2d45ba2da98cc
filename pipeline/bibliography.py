"""Read bibliographies (BibTeX, RIS, CSL JSON, Zotero's CSV) and find the entry of a document.

An entry belongs to a document by its DOI, else by its title (letters and digits only, for converters lose the rest),
else by the name of the file that the reference manager attached.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any, Final
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict

from pipeline.document import Document, Metadata
from pipeline.errors import UsageError

_DOI: Final = re.compile(r"10\.\d{4,9}/[^\s\"<>{}]+")
_YEAR: Final = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_LETTERS: Final = 20  # that a title has at least which identifies a paper
_LONG: Final = 45  # letters after which one title may be the beginning of the other, which has a subtitle
_LARGEST_MB: Final = 200
_STRING: Final = re.compile(r"@string\s*[{(]\s*([\w:.+/-]+)\s*=\s*[\"{]([^\"{}]*)[\"}]", re.IGNORECASE)
_PART: Final = re.compile(r"\"[^\"{}]*\"|\{[^{}]*\}|[\w:.+/-]+")
_JOINED: Final = re.compile(rf"(=\s*)((?:{_PART.pattern})(?:\s*#\s*(?:{_PART.pattern}))+)(?=\s*[,}})])")


class BibliographyEntry(BaseModel):
    """What a bibliography says of one work. Authors are names as read aloud; ``files`` are names of attached files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    citekey: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str | None = None
    doi: str | None = None
    files: tuple[str, ...] = ()


class Bibliography:
    """Entries, and the search for the one that a document is."""

    def __init__(self, entries: Iterable[BibliographyEntry]) -> None:
        """Take the entries in their order; of several that fit alike the first counts."""
        self.entries = tuple(entries)

    @cached_property
    def digest(self) -> str:
        """A hash of the bibliography's contents."""
        return sha256("\n".join(entry.model_dump_json() for entry in self.entries).encode()).hexdigest()

    def find(self, document: Document, file_name: str) -> BibliographyEntry | None:
        """The entry of a document.

        Args:
            document: what states a DOI or a title, or neither.
            file_name: the name of its file.
        """
        stated = document.metadata
        if stated.doi and (entry := self._by_doi.get(stated.doi.lower())):
            return entry
        letters = _letters(stated.title or "")
        if len(letters) >= _LETTERS and (entry := self._by_title.get(letters) or self._by_beginning(letters)):
            return entry
        return self._by_file.get(file_name.casefold())

    @cached_property
    def _by_doi(self) -> dict[str, BibliographyEntry]:
        return _first((entry.doi.lower(), entry) for entry in self.entries if entry.doi)

    @cached_property
    def _by_title(self) -> dict[str, BibliographyEntry]:
        return _first((_letters(e.title), e) for e in self.entries if e.title and len(_letters(e.title)) >= _LETTERS)

    @cached_property
    def _by_file(self) -> dict[str, BibliographyEntry]:
        return _first((name.casefold(), entry) for entry in self.entries for name in entry.files)

    def _by_beginning(self, letters: str) -> BibliographyEntry | None:
        """The entry whose title begins with this one or is its beginning, where both are long and no other does."""
        if len(letters) < _LONG:
            return None
        found = [
            entry
            for title, entry in self._by_title.items()
            if len(title) >= _LONG and (title.startswith(letters) or letters.startswith(title))
        ]
        return found[0] if len(found) == 1 else None


def described(document: Document, entry: BibliographyEntry) -> Document:
    """The document with what the bibliography says of it; what that leaves open stays as the document states it."""
    stated = {name: getattr(entry, name) for name in ("title", "authors", "year", "journal", "doi")}
    known = {name: value for name, value in stated.items() if value}
    return document.model_copy(update={"metadata": Metadata(**{**document.metadata.model_dump(), **known})})


def read_bibliography(path: Path) -> Bibliography:
    """Read a .bib, .ris, .json (CSL) or .csv (Zotero) file.

    Raises:
        UsageError: the file cannot be read, is of another kind, or holds no entries.
    """
    readers: dict[str, Callable[[str], Iterable[BibliographyEntry]]] = {
        ".bib": _bibtex, ".bibtex": _bibtex, ".ris": _ris, ".json": _csl, ".csljson": _csl, ".csv": _zotero,
    }  # fmt: skip
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UsageError(f"{path}: a bibliography is one of {', '.join(readers)}; export it as BibTeX, RIS or CSL JSON")
    try:
        if path.stat().st_size > _LARGEST_MB * 1_000_000:
            raise UsageError(f"{path}: has more than {_LARGEST_MB} MB; export only the papers that you need")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text(encoding="cp1252", errors="replace")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    try:
        entries = [entry for entry in reader(text) if entry.title or entry.doi or entry.files]
    except (ValueError, TypeError, KeyError, AttributeError, csv.Error, RecursionError) as error:
        raise UsageError(f"{path}: cannot be read as {path.suffix} ({error}); export it again") from error
    if not entries:
        raise UsageError(f"{path}: no entries found; export it again as BibTeX, RIS, CSL JSON or Zotero's CSV")
    return Bibliography(entries)


# --- formats


def _bibtex(text: str) -> Iterator[BibliographyEntry]:
    from bibtexparser import middlewares
    from bibtexparser.entrypoint import parse_string

    logging.getLogger("bibtexparser").setLevel(logging.ERROR)
    library = parse_string(_joined_strings(text), append_middleware=[middlewares.SeparateCoAuthors()])
    for block in library.entries:
        stated = {field.key.lower(): field.value for field in block.fields}
        people = stated.get("author") or stated.get("editor") or []
        yield BibliographyEntry(
            citekey=block.key or None,
            title=_plain(stated.get("title")),
            authors=tuple(_aloud(_plain(name) or "") for name in (people if isinstance(people, list) else [people])),
            year=_year(stated.get("year"), stated.get("date")),
            journal=_plain(stated.get("journal") or stated.get("journaltitle") or stated.get("booktitle")),
            doi=_doi(stated.get("doi"), stated.get("url")),
            files=_bibtex_files(str(stated.get("file") or "")),
        )


def _joined_strings(text: str) -> str:
    """BibTeX with the strings that ``#`` joins as one, which the library does not do."""
    named = {name.lower(): value for name, value in _STRING.findall(text)}

    def whole(found: re.Match[str]) -> str:
        parts = [part.strip() for part in _PART.findall(found[2])]
        values = [part[1:-1] if part[0] in '"{' else named.get(part.lower(), part) for part in parts]
        return f"{found[1]}{{{''.join(values)}}}"

    return _JOINED.sub(whole, text)


def _bibtex_files(stated: str) -> tuple[str, ...]:
    """The names in a field ``file``: paths, or ``description:path:type`` as JabRef and Zotero write them."""
    names = []
    for part in re.split(r"(?<!\\);", stated):
        pieces = re.split(r"(?<!\\):", part)
        path = ":".join(pieces[1:-1]) if len(pieces) > 2 else part
        names.append(_file_name(re.sub(r"\\([:;\\])", r"\1", path)))
    return tuple(name for name in names if name)


def _ris(text: str) -> Iterator[BibliographyEntry]:
    import rispy  # type: ignore[import-untyped]

    for stated in rispy.loads(text):
        attached = [value for key, value in stated.items() if key.startswith("file_attachments")]
        files = [name for value in attached for name in (value if isinstance(value, list) else [value])]
        yield BibliographyEntry(
            citekey=_plain(stated.get("id")),
            title=_plain(stated.get("title") or stated.get("primary_title")),
            authors=tuple(_aloud(name) for name in stated.get("authors") or stated.get("first_authors") or []),
            year=_year(stated.get("year"), stated.get("publication_year"), stated.get("date")),
            journal=_plain(
                stated.get("journal_name") or stated.get("secondary_title") or stated.get("alternate_title3")
            ),
            doi=_doi(stated.get("doi"), *(stated.get("urls") or [])),
            files=tuple(filter(None, map(_file_name, files))),
        )


def _csl(text: str) -> Iterator[BibliographyEntry]:
    data = json.loads(text)
    for stated in data if isinstance(data, list) else data.get("items", []):
        people = [
            f"{each.get('given', '')} {each.get('family', '')}".strip() or each.get("literal", "")
            for each in stated.get("author", [])
        ]
        date = stated.get("issued") or {}
        parts = (date.get("date-parts") or [[None]])[0][0] if isinstance(date, dict) else date
        journal = stated.get("container-title")
        yield BibliographyEntry(
            citekey=_plain(stated.get("citation-key") or stated.get("id")),
            title=_plain(stated.get("title")),
            authors=tuple(name for name in people if name),
            year=_year(parts, date.get("raw") if isinstance(date, dict) else None),
            journal=_plain(journal[0] if isinstance(journal, list) and journal else journal),
            doi=_doi(stated.get("DOI"), stated.get("URL")),
        )


def _zotero(text: str) -> Iterator[BibliographyEntry]:
    csv.field_size_limit(10_000_000)
    rows = csv.DictReader(io.StringIO(text))
    if not {"Key", "Title"} <= set(rows.fieldnames or ()):
        raise ValueError("no columns Key and Title as in Zotero's export")
    for stated in rows:
        yield BibliographyEntry(
            citekey=_plain(stated.get("Citation Key") or _noted_key(stated.get("Extra")) or stated.get("Key")),
            title=_plain(stated.get("Title")),
            authors=tuple(_aloud(name) for name in re.split(r"\s*;\s*", stated.get("Author") or "") if name),
            year=_year(stated.get("Publication Year"), stated.get("Date")),
            journal=_plain(stated.get("Publication Title")),
            doi=_doi(stated.get("DOI"), stated.get("Url"), stated.get("Extra")),
            files=tuple(filter(None, map(_file_name, (stated.get("File Attachments") or "").split(";")))),
        )


def _noted_key(extra: str | None) -> str | None:
    """The citekey that Better BibTeX notes among an item's further fields."""
    noted = re.search(r"^\s*citation key:\s*(\S+)", extra or "", re.IGNORECASE | re.MULTILINE)
    return noted[1] if noted else None


# --- values


def _plain(value: Any) -> str | None:
    """A value on one line, without the macros, braces and dollars of LaTeX."""
    if value is None or isinstance(value, list | dict):
        return None
    value = _latex().latex_to_text(value) if isinstance(value, str) and "\\" in value else value
    text = re.sub(r"\$([^$]*)\$", lambda formula: re.sub(r"[_^{}\\]", "", formula[1]), str(value))
    return " ".join(re.sub(r"</?(?:i|b|sub|sup|span)\b[^>]*>|[{}]", "", text).split()) or None


@cache
def _latex() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="verbatim", keep_comments=True)


def _aloud(name: str) -> str:
    """A person's name as it is read aloud."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}".strip() if comma else name.strip()


def _year(*stated: Any) -> int | None:
    return next((int(found[1]) for value in stated if value and (found := _YEAR.search(str(value)))), None)


def _doi(*stated: Any) -> str | None:
    found = next(
        (m[0] for value in stated if value and (m := _DOI.search(unquote(str(value)).replace("\\_", "_")))), None
    )
    return found.rstrip(".,;") if found else None


def _file_name(path: str) -> str:
    path = path.strip()
    return PureWindowsPath(path).name if "\\" in path else PurePath(path).name


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if char.isalnum())


def _first(pairs: Iterable[tuple[str, BibliographyEntry]]) -> dict[str, BibliographyEntry]:
    found: dict[str, BibliographyEntry] = {}
    for key, entry in pairs:
        found.setdefault(key, entry)
    return found
