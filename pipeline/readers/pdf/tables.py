"""Tables: make cells of a region's rules and lines.

Three steps: printed rows are split by gutters into columns; printed rows are grouped into the table's rows; cells
cover what stands blank beside or below them where the table means that.
"""

from __future__ import annotations

from pipeline.readers.pdf.grid import gutters, table_rows
from pipeline.readers.pdf.regions import Region
from pipeline.readers.pdf.table_bodies import grouped, with_centred
from pipeline.readers.pdf.table_cells import broken_rules, filled_cells, merged_below
from pipeline.readers.pdf.table_columns import by_columns, telling, with_headed, with_sparse, with_vertical_rules
from pipeline.readers.pdf.table_headings import header_levels
from pipeline.readers.pdf.table_heads import header_end, label_of_rows, opens_plain
from pipeline.readers.pdf.table_parts import Placed, gridded, rules_across


def fill(region: Region) -> None:
    """Fill in a region's cells and count its header rows."""
    rows = table_rows(region.lines)
    dividers = rules_across(region)
    split = header_end(rows, dividers)
    body = [row for row in rows if row.baseline > split]
    head = [row for row in rows if row.baseline <= split]
    told = with_sparse(with_headed(gutters(telling(rows, body)), head, body), head, body)
    inner = with_vertical_rules(told, region, rows)
    header = header_levels(region, head, inner)
    plain = opens_plain(body)
    placed = [Placed(row, label_of_rows(row, region, inner, plain=plain) or by_columns(row, inner)) for row in body]
    broken = broken_rules(region, split)
    between = sorted({*dividers, *broken})
    groups = with_centred(grouped(placed, between, len(inner) + 1, region.striped or gridded(region)), len(inner) + 1)
    region.header_rows = len(header)
    region.cells = filled_cells([*header, *groups], len(inner) + 1, len(header))
    if broken:
        region.cells = merged_below(region, broken, inner)
    for cell in region.cells:
        cell.page, cell.frame = region.lines[0].page, region.lines[0].frame
