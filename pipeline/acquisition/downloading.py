"""Ask the services for each paper, download the first open copy and record the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from pipeline.acquisition.client import HttpClient
from pipeline.acquisition.dois import file_stem
from pipeline.acquisition.errors import FailureReason, FetchError
from pipeline.acquisition.files import FileKind, identify, licence_name
from pipeline.acquisition.manifest import Manifest, Paper
from pipeline.acquisition.partial import Partial
from pipeline.acquisition.services import SERVICES, Copy, Inquiry, Work, crossref
from pipeline.acquisition.settings import AcquisitionSettings
from pipeline.errors import StoreError


async def download_all(
    dois: list[str],
    folder: Path,
    manifest: Manifest,
    settings: AcquisitionSettings,
    progress: Callable[[Paper, int, int], None] | None,
) -> int:
    """Download each paper that is not in the folder yet, some at a time; return how many files are new.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    waiting = iter(dois)
    done = new = 0

    async def work() -> None:
        nonlocal done, new
        for doi in waiting:
            if (paper := manifest.standing(doi)) is None:
                paper = await _download(Inquiry(client, settings, doi), folder)
                manifest.add(paper)
                new += paper.status == "acquired"
            done += 1
            if progress:
                progress(paper, done, len(dois))

    async with HttpClient(settings) as client:
        await asyncio.gather(*(work() for _ in range(settings.at_once)))
    return new


_MOST_SERIOUS: tuple[FailureReason, ...] = ("failed", "refused", "not_open")


async def _download(inquiry: Inquiry, folder: Path) -> Paper:
    failures: list[tuple[FailureReason, str]] = []

    def unanswered(name: str, error: FetchError) -> None:
        failures.append(("not_open" if error.status == "not_open" else "failed", f"{name}: {error}"))

    try:
        inquiry.work = await crossref(inquiry)
    except FetchError as error:
        unanswered("Crossref", error)
    about = _about(inquiry.work)
    for name, service in SERVICES:
        try:
            copies = await service(inquiry)
        except FetchError as error:
            unanswered(name, error)
            continue
        for copy in copies:
            try:
                return await _fetch(inquiry, copy, folder, about)
            except FetchError as error:
                failures.append((error.status, f"{name}: {error}"))
    status = min((status for status, _ in failures), key=_MOST_SERIOUS.index)
    return Paper(doi=inquiry.doi, status=status, reason="; ".join(text for _, text in failures), **about)


def _about(work: Work | None) -> dict[str, Any]:
    if work is None:
        return {}
    return {"title": next(iter(work.titles), None), "journal": next(iter(work.journals), None), "year": work.year}


async def _fetch(inquiry: Inquiry, copy: Copy, folder: Path, about: dict[str, Any]) -> Paper:
    stem = file_stem(inquiry.doi)
    partial = Partial(folder / stem)
    try:
        await inquiry.client.download(copy.url, partial)
        kind = _checked(partial.path, copy)
        with partial.path.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
            size = stream.tell()
        partial.finish(folder / f"{stem}{kind.suffix}")
    except FetchError as error:
        if error.status == "refused":
            partial.discard()
        raise
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot be written ({error.strerror}); make room or choose another --out"
        ) from error
    return Paper(
        doi=inquiry.doi,
        status="acquired",
        file=f"{stem}{kind.suffix}",
        media_type=kind.media_type,
        size=size,
        sha256=digest,
        licence=licence_name(kind.licence or copy.licence),
        version=copy.version,
        source=copy.source,
        url=copy.url,
        retrieved=datetime.now(UTC).replace(microsecond=0),
        **about,
    )


def _checked(path: Path, copy: Copy) -> FileKind:
    try:
        kind = identify(path)
    except FetchError as error:
        raise FetchError(error.status, f"{error} ({copy.url})") from error
    if copy.md5:
        with path.open("rb") as stream:
            if file_digest(stream, "md5").hexdigest() != copy.md5:
                raise FetchError("refused", f"{copy.url} is not the file whose checksum {copy.source} states")
    return kind
