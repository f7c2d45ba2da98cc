"""One paper after another: ask the services, bring the first open copy that is one, record what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from pipeline.acquisition.client import Client
from pipeline.acquisition.dois import file_stem
from pipeline.acquisition.errors import FetchError, Trouble
from pipeline.acquisition.files import Kind, identify, licence_name
from pipeline.acquisition.manifest import Manifest, Paper
from pipeline.acquisition.partial import Partial
from pipeline.acquisition.services import SERVICES, Copy, Inquiry, Work, crossref
from pipeline.acquisition.settings import AcquisitionSettings
from pipeline.errors import StoreError


async def bring_all(
    dois: list[str],
    folder: Path,
    manifest: Manifest,
    settings: AcquisitionSettings,
    progress: Callable[[Paper, int, int], None] | None,
) -> int:
    """Bring each paper that does not stand in the folder yet, some at a time; how many files are new.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    waiting = iter(dois)
    done = new = 0

    async def work() -> None:
        nonlocal done, new
        for doi in waiting:
            if (paper := manifest.standing(doi)) is None:
                paper = await _bring(Inquiry(client, settings, doi), folder)
                manifest.add(paper)
                new += paper.status == "acquired"
            done += 1
            if progress:
                progress(paper, done, len(dois))

    async with Client(settings) as client:
        await asyncio.gather(*(work() for _ in range(settings.at_once)))
    return new


_GRAVEST: tuple[Trouble, ...] = ("failed", "refused", "not_open")


async def _bring(inquiry: Inquiry, folder: Path) -> Paper:
    troubles: list[tuple[Trouble, str]] = []

    def unanswered(name: str, error: FetchError) -> None:
        troubles.append(("not_open" if error.status == "not_open" else "failed", f"{name}: {error}"))

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
                troubles.append((error.status, f"{name}: {error}"))
    status = min((status for status, _ in troubles), key=_GRAVEST.index)
    return Paper(doi=inquiry.doi, status=status, reason="; ".join(text for _, text in troubles), **about)


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


def _checked(path: Path, copy: Copy) -> Kind:
    try:
        kind = identify(path)
    except FetchError as error:
        raise FetchError(error.status, f"{error} ({copy.url})") from error
    if copy.md5:
        with path.open("rb") as stream:
            if file_digest(stream, "md5").hexdigest() != copy.md5:
                raise FetchError("refused", f"{copy.url} is not the file whose checksum {copy.source} states")
    return kind
