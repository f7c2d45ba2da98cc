"""The entry point: DOIs in, files and their manifest out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from pipeline.acquisition.dois import normalise_doi, unique
from pipeline.acquisition.manifest import AcquisitionReport, Manifest, Paper
from pipeline.acquisition.settings import AcquisitionSettings
from pipeline.errors import UsageError
from pipeline.folder import RunFolder

Progress = Callable[[Paper, int, int], None]
"""Called after each paper with the outcome of it, how many are done, and how many there are."""


def acquire(
    dois: Iterable[str], out: Path, settings: AcquisitionSettings | None = None, progress: Progress | None = None
) -> AcquisitionReport:
    """Download open-access copies of papers into a folder: JATS where there is one, else PDF.

    A paper whose file stands in the folder with the recorded bytes is not asked for again; a download that broke off
    goes on where it stopped.

    Args:
        dois: the papers.
        out: the folder; made if it is not there. manifest.jsonl in it records every paper that was ever asked for.
        settings: who asks, whom, how often; the defaults suit a person with some hundred papers.
        progress: called after each paper, from another thread.

    Raises:
        UsageError: there is no DOI, or something else among them; the extra ``acquire`` is not installed; another run
            is writing into the folder.
        StoreError: the disk is full or the folder cannot be written.
    """
    try:
        from anyio.from_thread import start_blocking_portal

        from pipeline.acquisition.downloading import download_all
    except ModuleNotFoundError as error:
        raise UsageError("acquiring papers needs an HTTP library; install it with coatmine[acquire]") from error
    wanted = unique(normalise_doi(doi) for doi in dois)
    if not wanted:
        raise UsageError("no DOI is given; name some, or a --manifest or --from that holds some")
    with RunFolder(out).locked():
        manifest = Manifest(out)
        with start_blocking_portal() as portal:  # a loop of its own: the caller, such as a notebook, may run one
            new = portal.call(download_all, wanted, out, manifest, settings or AcquisitionSettings(), progress)
        manifest.tidy()
    return AcquisitionReport(out, tuple(manifest[doi] for doi in wanted), new)
