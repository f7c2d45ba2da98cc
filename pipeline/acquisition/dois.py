"""DOIs: how one is written, and where lists of them come from."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from pipeline.bibliography import read_bibliography
from pipeline.document import Document
from pipeline.errors import UsageError

_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\x00-\x20\x7f]+")
_PLAIN_NAME = re.compile(r"10\.\d+/[a-z0-9.()-]{1,100}")


def normalise_doi(text: str) -> str:
    """A DOI in the form in which two are compared: without a resolver's address, in lower case.

    Raises:
        UsageError: the text is not a DOI, or one that would lead to another page of the services that are asked.
    """
    doi = _PREFIX.sub("", text.strip()).rstrip(".,;").lower()
    if not _DOI.fullmatch(doi):
        raise UsageError(f"{text!r} is not a DOI; one looks like 10.3762/bjnano.14.24")
    if not {".", ".."}.isdisjoint(doi.split("/")):
        raise UsageError(f"{text!r} is skipped: the dots between its slashes would change the address")
    return doi


def dois_from_manifest(path: Path) -> list[str]:
    """The DOIs in the column ``doi`` of a CSV file, each once, in the file's order; rows without one are skipped.

    Raises:
        UsageError: the file cannot be read, has no such column, or holds something else than a DOI there.
    """
    found = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = csv.DictReader(stream)
            column = next((name for name in rows.fieldnames or () if name.strip().lower() == "doi"), None)
            if column is None:
                raise UsageError(f"{path}: no column doi; name it in the first line")
            for row in rows:
                if not (row[column] or "").strip():
                    continue
                try:
                    found.append(normalise_doi(row[column]))
                except UsageError as error:
                    raise UsageError(f"{path}, line {rows.line_num}: {error}") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: cannot be read as a CSV file in UTF-8 ({error})") from error
    return unique(found)


def dois_from_bibliography(path: Path, tell: Callable[[str], None] = lambda _: None) -> list[str]:
    """The DOIs in a .bib, .ris, CSL .json or Zotero .csv file, each once, in the file's order.

    Args:
        path: the file.
        tell: told how many entries have no DOI, and are skipped.

    Raises:
        UsageError: the file cannot be read, or no entry has a DOI.
    """
    entries = read_bibliography(path).entries
    found = []
    for entry in entries:
        with suppress(UsageError):
            found.append(normalise_doi(entry.doi or ""))
    if not found:
        raise UsageError(f"{path}: none of the {len(entries)} entries has a DOI; add them, or name DOIs")
    if missing := len(entries) - len(found):
        tell(f"{missing} of {len(entries)} entries in {path} have no DOI and are passed over")
    return unique(found)


def dois_of_references(document: Document) -> list[str]:
    """The DOIs that a document's reference list prints, each once, in the list's order.

    An entry without a DOI, or with one that is garbled, is skipped.
    """
    found = []
    for reference in document.references:
        with suppress(UsageError):
            found.append(normalise_doi(reference.doi or ""))
    return unique(found)


def unique(dois: Iterable[str]) -> list[str]:
    """Each DOI once, where it first stood."""
    return list(dict.fromkeys(dois))


def file_stem(doi: str) -> str:
    """A file name for a DOI, never that of another: characters that file systems refuse cost it a suffix."""
    if _PLAIN_NAME.fullmatch(doi):
        return doi.replace("/", "_")
    return f"{re.sub('[^a-z0-9.-]', '_', doi)[:100]}-{sha256(doi.encode()).hexdigest()[:8]}"
