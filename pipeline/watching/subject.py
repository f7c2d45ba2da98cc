"""What is watched for: a query, or a review by its DOI or its file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline import readers
from pipeline.acquisition import dois_of_references, normalise_doi
from pipeline.errors import UsageError
from pipeline.watching.state import SubjectKind


@dataclass(frozen=True, slots=True)
class WatchSubject:
    """What a watch is about.

    Attributes:
        kind: query or review.
        text: the query, the review's DOI, or the name of its file where it states no DOI.
        doi: the review's.
        path: the review's file, if one was given.
        references: the DOIs that its reference list prints.
    """

    kind: SubjectKind
    text: str
    doi: str | None = None
    path: Path | None = None
    references: tuple[str, ...] = ()


def subject_of(about: str) -> WatchSubject:
    """A DOI is a review's, the path of a file that is there too; all else is a query.

    Raises:
        UsageError: nothing is given, or the name of a document that is not there.
        ReadError: the review's file cannot be read.
    """
    text = " ".join(about.split())
    if not text:
        raise UsageError("nothing to watch for: give a query, a review's DOI or a review's file")
    try:
        doi = normalise_doi(text)
        return WatchSubject("review", doi, doi)
    except UsageError:
        path = Path(about)
    if path.suffix.lower() not in readers.SUFFIXES:
        return WatchSubject("query", text)
    if path.is_file():
        return _of_file(path)
    if " " not in text:
        raise UsageError(f"{path}: does not exist; give the review's file, its DOI, or a query")
    return WatchSubject("query", text)


def _of_file(path: Path) -> WatchSubject:
    with readers.Reader() as reader:
        document = reader.read(path)
    try:
        doi = normalise_doi(document.metadata.doi or "")
    except UsageError:
        doi = None
    return WatchSubject("review", doi or path.name, doi, path, tuple(dois_of_references(document)))
