"""Publishing a run: the spreadsheet, the report, databases, exchange formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.export.formats import FORMATS, export
from pipeline.export.frame import tidy
from pipeline.export.report import write_report
from pipeline.export.spreadsheet import write_records_csv

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.export.database import LoadSummary

__all__ = ["FORMATS", "export", "load_database", "tidy", "write_records_csv", "write_report"]


def load_database(run_dir: Path | str, url: str) -> LoadSummary:
    """Load a run folder into a database; see :func:`pipeline.export.database.load_database`."""
    from pipeline.export import database  # SQLAlchemy takes half a second to import

    return database.load_database(run_dir, url)
