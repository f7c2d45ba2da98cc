"""Retractions, corrections and expressions of concern: notices.jsonl in a run's folder.

A line is one notice about one paper, as one service states it. ``coatmine watch`` writes the file. The table, the
report and the database show each notice on the study with its DOI.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from pipeline.document import Part, Printable
from pipeline.errors import UsageError
from pipeline.folder import write_atomically

FILE: Final = "notices.jsonl"
NoticeKind = Literal["retraction", "partial_retraction", "concern", "correction"]
LABELS: Final[dict[NoticeKind, str]] = {
    "retraction": "Retracted",
    "partial_retraction": "Retracted in part",
    "concern": "Expression of concern",
    "correction": "Corrected",
}
"""The kinds of notices, the most serious first, and what a paper with such a notice is called."""

_RESOLVERS: Final = ("https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:")


class Notice(Part):
    """What a service says has happened to a paper since it was published.

    Attributes:
        doi: the paper that the notice is about.
        kind: retraction, partial_retraction, concern or correction.
        notice: the notice's own DOI, or its address; None where the service names none.
        date: when it was published, as YYYY, YYYY-MM or YYYY-MM-DD; None where the service does not say.
        source: who says so: Crossref, Retraction Watch or Europe PMC.
    """

    doi: Annotated[str, Field(min_length=1)]
    kind: NoticeKind
    notice: Printable | None = None
    date: Annotated[str | None, Field(pattern=r"^\d{4}(-\d\d){0,2}$")] = None
    source: Printable

    def __str__(self) -> str:
        return _described(self.kind, [self])

    @property
    def key(self) -> str:
        """What makes two notices the same one: paper, kind, service, and the notice's DOI or address."""
        return " ".join((folded_doi(self.doi), self.kind, self.source, self.notice or ""))


Notices = Mapping[str, tuple[Notice, ...]]
"""Notices by the folded DOI of the paper that they are about."""


def folded_doi(doi: str) -> str:
    """A DOI as it is compared: without a resolver's address, in lower case."""
    folded = doi.strip().casefold()
    for address in _RESOLVERS:
        folded = folded.removeprefix(address)
    return folded


def read_notices(folder: Path) -> Notices:
    """The notices in a run's folder; none where it has no such file.

    Raises:
        UsageError: a line is no notice.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    found: dict[str, list[Notice]] = defaultdict(list)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                notice = Notice.model_validate_json(line)
            except ValidationError as error:
                what = error.errors(include_url=False)[0]["msg"]
                raise UsageError(f"{path}, line {number}: no notice ({what}); mend or remove that line") from error
            found[folded_doi(notice.doi)].append(notice)
    return {doi: tuple(notices) for doi, notices in found.items()}


def write_notices(folder: Path, notices: Iterable[Notice]) -> None:
    """Write a run's notices, each once, in the order of DOIs and of how serious they are.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    unique = {notice.key: notice for notice in notices}
    in_order = sorted(unique.values(), key=lambda each: (folded_doi(each.doi), _rank(each), each.key))
    write_atomically(folder / FILE, [each.model_dump_json().encode() + b"\n" for each in in_order])


def described(notices: Iterable[Notice]) -> list[str]:
    """What the notices about one paper come to, a text for each kind, the most serious first.

    >>> described([Notice(doi="10.1234/a", kind="retraction", date="2025-03", source="Crossref")])
    ['Retracted 2025-03 (Crossref)']
    """
    by_kind: dict[NoticeKind, list[Notice]] = defaultdict(list)
    for notice in sorted(notices, key=_rank):
        by_kind[notice.kind].append(notice)
    return [_described(kind, of_kind) for kind, of_kind in by_kind.items()]


def _described(kind: NoticeKind, notices: list[Notice]) -> str:
    date = max((notice.date for notice in notices if notice.date), default="")
    sources = ", ".join(dict.fromkeys(notice.source for notice in notices))
    return f"{LABELS[kind]}{' ' if date else ''}{date} ({sources})"


def _rank(notice: Notice) -> int:
    return list(LABELS).index(notice.kind)
