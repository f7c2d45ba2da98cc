"""The curation app: check a run's records beside their pages, value by value, on this machine only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["serve"]


def serve(
    run_dir: Path | str,
    curator: str,
    *,
    port: int = 0,
    adjudicate: bool = False,
    listen: str = "127.0.0.1",
    papers: Path | str | None = None,
    open_browser: bool = False,
) -> None:
    """Serve the curation app until interrupted; see :func:`pipeline.curation.server.serve`.

    Raises:
        UsageError: FastAPI or uvicorn is not installed, or as there.
    """
    from pipeline.errors import UsageError

    try:
        from pipeline.curation import server  # an extra, and it takes a while to import
    except ImportError as error:
        raise UsageError(f"{error}; install the app with `pip install 'coatmine[review]'`") from error
    server.serve(
        run_dir, curator, port=port, adjudicate=adjudicate, listen=listen, papers=papers, open_browser=open_browser
    )
