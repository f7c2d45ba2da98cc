"""The curation app: a run's records beside their pages, decided value by value, on this machine only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["serve"]


def serve(run_dir: Path | str, curator: str, *, port: int = 0, adjudicate: bool = False) -> None:
    """Serve the curation app until interrupted; see :func:`pipeline.review.server.serve`."""
    from pipeline.review import server  # FastAPI is an extra, and takes a while to import

    server.serve(run_dir, curator, port=port, adjudicate=adjudicate)
