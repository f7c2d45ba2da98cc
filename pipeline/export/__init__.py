"""Publishing a run: the spreadsheet, the report, databases, exchange formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.export.curated import published
from pipeline.export.formats import FORMATS, default_folder, export
from pipeline.export.frame import tidy
from pipeline.export.publish import Publication, publish, write_products
from pipeline.export.report import write_report
from pipeline.export.spreadsheet import write_records_csv
from pipeline.export.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.export.database import LoadSummary

__all__ = [
    "FORMATS",
    "Publication",
    "default_folder",
    "export",
    "load_database",
    "publish",
    "published",
    "tidy",
    "write_products",
    "write_records_csv",
    "write_report",
    "write_workbook",
]


def load_database(run_dir: Path | str, url: str) -> LoadSummary:
    """Load a run folder into a database; see :func:`pipeline.export.database.load_database`."""
    from pipeline.export import database  # SQLAlchemy takes half a second to import

    return database.load_database(run_dir, url)
