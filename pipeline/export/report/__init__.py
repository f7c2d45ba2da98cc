"""report.html: the records of a run in one file that needs no network."""

from pipeline.export.report.page import write_report

__all__ = ["write_report"]
