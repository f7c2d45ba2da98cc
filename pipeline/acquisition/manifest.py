"""manifest.jsonl: the outcome of each paper that was asked for, one a line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import StoreError, UsageError
from pipeline.folder import write_atomically

NAME = "manifest.jsonl"

PaperStatus = Literal["acquired", "not_open", "refused", "failed"]
"""``acquired``: the file stands in the folder. ``not_open``: no service names an open copy. ``refused``: one is named,
and what came is not the paper. ``failed``: a service or host could not be reached; asking again may help."""


class Paper(BaseModel):
    """One paper: its open copy and where that came from, or why there is none.

    ``file`` is relative to the folder; ``sha256`` and ``size`` (bytes) are the file's; ``licence`` is what the file or
    else the service states, as an SPDX identifier where it is a Creative Commons licence with a version, and null
    where nothing is stated; ``version`` tells the published article from an accepted or submitted manuscript;
    ``reason`` says, for every status but ``acquired``, what each service answered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    doi: str
    status: PaperStatus
    file: str | None = None
    media_type: str | None = None
    size: int | None = None
    sha256: str | None = None
    licence: str | None = None
    version: str | None = None
    source: str | None = None
    url: str | None = None
    retrieved: datetime | None = None
    title: str | None = None
    journal: str | None = None
    year: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AcquisitionReport:
    """What was asked for, in that order, and how many of the files are new."""

    folder: Path
    papers: tuple[Paper, ...]
    new: int

    @property
    def missing(self) -> list[Paper]:
        """The papers of which no copy could be had."""
        return [paper for paper in self.papers if paper.status != "acquired"]

    def as_text(self) -> str:
        """What came, what did not and why, for a person."""
        here = [paper for paper in self.papers if paper.status == "acquired"]
        kinds = Counter("PDF" if paper.media_type == "application/pdf" else "JATS" for paper in here)
        counts = "".join(f", {count} {kind}" for kind, count in sorted(kinds.items()))
        lines = [f"{len(here)} of {len(self.papers)} papers in {self.folder} ({self.new} new{counts})"]
        if unstated := sum(paper.licence is None for paper in here):
            lines.append(f"{unstated} of them without a stated licence: take them as free to read, not to pass on")
        lines += [f"  {paper.status}: {paper.doi}: {paper.reason}" for paper in self.missing]
        return "\n".join([*lines, f"licences, sources and hashes in {self.folder / NAME}"])

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        papers = [paper.model_dump(mode="json") for paper in self.papers]
        return {"folder": str(self.folder), "new": self.new, "papers": papers}


class Manifest:
    """The manifest of a folder, appended to as papers come, so that a run that is killed loses no row.

    Raises:
        UsageError: the folder holds a file of this name that is something else.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._papers: dict[str, Paper] = {}
        data = self._path.read_bytes() if self._path.is_file() else b""
        whole, _, torn = data.rpartition(b"\n")
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                paper = Paper.model_validate_json(line)
            except ValidationError as error:
                message = f"{self._path}, line {number}: not written by acquire; choose another --out"
                raise UsageError(message) from error
            self._papers[paper.doi] = paper
        if torn:  # half a line of a run that was killed: a new one must not be joined to it
            self.tidy()

    def __getitem__(self, doi: str) -> Paper:
        return self._papers[doi]

    @property
    def standing_papers(self) -> list[Paper]:
        """The papers whose files stand in the folder, in the order of the DOIs."""
        papers = [self._papers[doi] for doi in sorted(self._papers)]
        return [paper for paper in papers if paper.file and (self._folder / paper.file).is_file()]

    def standing(self, doi: str) -> Paper | None:
        """The paper, if its file stands in the folder with the bytes that were recorded."""
        paper = self._papers.get(doi)
        if paper is None or paper.file is None:
            return None
        try:
            with (self._folder / paper.file).open("rb") as stream:
                return paper if file_digest(stream, "sha256").hexdigest() == paper.sha256 else None
        except OSError:
            return None

    def add(self, paper: Paper) -> None:
        """Record the outcome of a paper.

        Raises:
            StoreError: the disk is full or the folder cannot be written.
        """
        self._papers[paper.doi] = paper
        try:
            with self._path.open("ab") as stream:
                stream.write(_line(paper))
        except OSError as error:
            raise StoreError(f"{self._path}: cannot be written ({error.strerror})") from error

    def tidy(self) -> None:
        """Write the manifest again: each paper once, in the order of the DOIs, and no line that was left half written.

        Raises:
            StoreError: the disk is full or the folder cannot be written.
        """
        write_atomically(self._path, [_line(self._papers[doi]) for doi in sorted(self._papers)])


def _line(paper: Paper) -> bytes:
    return paper.model_dump_json().encode() + b"\n"
