"""Study tables: the meaning of columns, and where one value of a cell ends.

Both recognition (which names stand in a cell) and record assembly (which row is which study) ask here, so that they
agree. A table that does not look like a study table has no columns: nothing is read from it.
"""

from pipeline.tabular.columns import Column, ColumnField, Names, columns, is_bare_size, sizes_in_order, speaks_of_coats
from pipeline.tabular.items import CellItem, is_blank, is_mark, items
from pipeline.tabular.layout import upright
from pipeline.tabular.rows import StudyRow, rows
from pipeline.tabular.studies import StudyTable, bare, names_of, study_table, study_tables, typed_cells

__all__ = [
    "CellItem",
    "Column",
    "ColumnField",
    "Names",
    "StudyRow",
    "StudyTable",
    "bare",
    "columns",
    "is_bare_size",
    "is_blank",
    "is_mark",
    "items",
    "names_of",
    "rows",
    "sizes_in_order",
    "speaks_of_coats",
    "study_table",
    "study_tables",
    "typed_cells",
    "upright",
]
