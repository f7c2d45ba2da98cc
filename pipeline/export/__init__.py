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
    """Load a run folder into a database. Loading the same run again changes nothing.

    Args:
        run_dir: the folder that ``coatmine extract`` wrote.
        url: address of the database, such as ``sqlite:///coats.db`` or ``postgresql://user:password@host/name``.

    Returns:
        How many documents, records, values and mentions were added.

    Raises:
        UsageError: the run cannot be read, or there is no such kind of database.
        StoreError: the database cannot be reached or written; nothing was loaded.
    """
    from pipeline.export import database  # SQLAlchemy takes half a second to import

    return database.load_database(run_dir, url)
