"""Records in a relational database: the schema, and loading a run into it."""

from pipeline.export.database.load import LoadSummary, load_database

__all__ = ["LoadSummary", "load_database"]
