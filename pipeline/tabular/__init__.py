"""What a study table says by its layout: which column holds what, and where one value of a cell ends.

Both recognition (which names stand in a cell) and record assembly (which row is which study) ask here, so that they
agree. A table that does not look like a study table has no columns: nothing is read from it.
"""

from pipeline.tabular.columns import Column, ColumnField, columns
from pipeline.tabular.items import Item, is_blank, items
from pipeline.tabular.rows import Row, rows, typed_cells, upright

__all__ = ["Column", "ColumnField", "Item", "Row", "columns", "is_blank", "items", "rows", "typed_cells", "upright"]
