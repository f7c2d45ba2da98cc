"""eNanoMapper's Excel template for the physico-chemical characterisation "size", with the file that tells its parser.

``enanomapper.xlsx`` has one row per size in the columns of the NANoREG/eNanoMapper template (two rows of headings, data
from the third), behind them the parts of the particle that the template has no column for. ``enanomapper.json`` says
in the configuration of eNanoMapper's parser (github.com/enanomapper/nmdataparser) what stands in which column.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline.errors import UsageError
from pipeline.export.formats.composition import SAMPLE, Constituent, constituents, particle_name, sizes
from pipeline.export.formats.papers import ExportedPaper, papers, year_of
from pipeline.export.text import doi_url, plain
from pipeline.export.vocabularies import curie_url
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Record, SizeValue

COLUMNS: Final = (
    ("Sample", ("Replicate number", "ID", "Core", "CAS RN", "Vial number", "Owner", "Substance type",
                "Use of dispersant", "Dispersant reference", "Name", "Supplier")),
    ("Experiment", ("Operator", "Date of preparation", "Date of analysis", "Endpoint category", "Endpoint",
                    "SOP / guideline")),
    ("Size", ("Mean diameter (nm)", "Uncertainty", "Qualifier", "Measured particle", "As stated", "Reference",
              "Year of reference")),
)  # fmt: skip
"""The template's columns by group; the parts of the particle follow, a name and a link each."""
_FIXED: Final = tuple(name for _, names in COLUMNS for name in names)
_SHEET: Final = "size"
_PARTS: Final = {"core": "HAS_CORE", "coat": "HAS_COATING", "drug": "HAS_CONSTITUENT"}
"""What a part is called in the configuration; the first core has the template's own column."""
_NANOMETRES: Final = {"nm": 1.0, "µm": 1000.0, "μm": 1000.0, "um": 1000.0, "Å": 0.1, "mm": 1e6}
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # the same bytes each time
_LIMIT: Final = 1_048_574
"""Rows that a sheet of a spreadsheet program takes, less the headings."""

SheetRow = dict[str, str | float]


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write enanomapper.xlsx and enanomapper.json.

    Raises:
        UsageError: the run has more sizes than a sheet takes.
    """
    rows = [row for paper in papers(folder) for record in paper.records for row in _rows(paper, record)]
    if len(rows) > _LIMIT:
        raise UsageError(f"--format enanomapper: {len(rows)} rows, and a sheet takes {_LIMIT}; export smaller runs")
    parts = [name for kind in _PARTS for name in _part_columns(kind, rows)]
    table, configuration = out / "enanomapper.xlsx", out / "enanomapper.json"
    write_atomically(table, [_workbook(rows, parts)])
    yield table
    told = json.dumps(_configuration(parts), ensure_ascii=False, indent=1)
    write_atomically(configuration, [told.encode()])
    yield configuration


def _rows(paper: ExportedPaper, record: Record) -> Iterator[SheetRow]:
    """A row for each size; a record without one has a row of its parts alone."""
    title = record.study.title or paper.document.metadata.title or paper.stem
    about: SheetRow = {
        "ID": record.id,
        "Owner": "coatmine",
        "Substance type": (SAMPLE.curie or "").upper().replace(":", "_"),
        "Name": plain(particle_name(record)),
        "Endpoint category": "P-CHEM",
        "Endpoint": "PC_GRANULOMETRY_SECTION",
        "SOP / guideline": "not stated",
        "Reference": doi_url(record.study.doi or paper.document.metadata.doi) or plain(title),
        **dict(_composition(record)),
    }
    if year := year_of(paper, record):
        about["Year of reference"] = year
    found = [size for _, size in sizes(record)]
    for number, size in enumerate(found, 1):
        yield about | {"Replicate number": number} | _size(size)
    if not found:
        yield about


def _composition(record: Record) -> Iterator[tuple[str, str]]:
    numbers: Counter[str] = Counter()
    for part in constituents(record):
        numbers[part.kind.name] += 1
        name = _part_name(part.kind.name, numbers[part.kind.name])
        yield name, plain(part.name)
        if link := _link(part):
            yield f"{name} identifier", link


def _part_name(kind: str, number: int) -> str:
    return "Core" if (kind, number) == ("core", 1) else f"{kind.capitalize()} {number}"


def _link(part: Constituent) -> str:
    return curie_url(part.curie) if part.curie else ""


def _size(size: SizeValue) -> SheetRow:
    factor = _NANOMETRES.get(size.unit)
    told: SheetRow = {"Measured particle": size.of, "As stated": plain(size.text)}
    if factor is not None:
        told["Mean diameter (nm)"] = round(size.value * factor, 6)
    if size.approximate:
        told["Qualifier"] = "ca."
    return told


def _part_columns(kind: str, rows: Sequence[SheetRow]) -> Iterator[str]:
    """The columns of a kind's parts, as many as the particle with most of them needs; a link behind each name."""
    number = 1
    while any((name := _part_name(kind, number)) in row for row in rows):
        if name not in _FIXED:
            yield name
        yield f"{name} identifier"
        number += 1


def _workbook(rows: Sequence[SheetRow], parts: Sequence[str]) -> bytes:
    import xlsxwriter  # a tenth of a second to import

    data = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(data, options) as book:
        book.set_properties({"title": "Size of membrane-coated nanoparticles", "author": "coatmine", "created": _EPOCH})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#dbe5e8"})
        sheet = book.add_worksheet(_SHEET)
        names = (*_FIXED, *parts)
        column = 0
        for group, members in (*COLUMNS, *((("Composition", tuple(parts)),) if parts else ())):
            sheet.write_string(0, column, group, head)
            for name in members:
                sheet.write_string(1, column, name, head)
                sheet.set_column(column, column, max(10, min(len(name) + 2, 24)))
                column += 1
        for number, row in enumerate(rows, 2):
            for column, name in enumerate(names):
                value = row.get(name)
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write_number(number, column, value)
        sheet.freeze_panes(2, 2)
    return data.getvalue()


def _configuration(parts: Sequence[str]) -> dict[str, Any]:
    """What stands where, in the words of the parser's configuration."""
    from xlsxwriter.utility import xl_col_to_name

    columns = {name: {"COLUMN_INDEX": xl_col_to_name(at)} for at, name in enumerate((*_FIXED, *parts))}
    effect = {
        "ENDPOINT": _constant("PARTICLE SIZE"),
        "VALUE": columns["Mean diameter (nm)"],
        "UNIT": _constant("nm"),
        "ERR_VALUE": columns["Uncertainty"],
        "LO_QUALIFIER": columns["Qualifier"],
        "CONDITIONS": {"measured particle": columns["Measured particle"], "as stated": columns["As stated"]},
    }
    return {
        "TEMPLATE_INFO": {"NAME": "P-Chem. Size. Sheet: size", "VERSION": "01", "TYPE": 1},
        "DATA_ACCESS": {
            "ITERATION": "ROW_SINGLE",
            "SHEET_INDEX": 1,
            "START_ROW": 3,
            "START_HEADER_ROW": 1,
            "END_HEADER_ROW": 2,
            "ALLOW_EMPTY": True,
            "RECOGNITION": "BY_INDEX",
        },
        "SUBSTANCE_RECORD": {
            "PUBLIC_NAME": columns["Name"],
            "OWNER_NAME": columns["Owner"],
            "SUBSTANCE_TYPE": columns["Substance type"],
            "SUBSTANCE_NAME": columns["Name"],
            "EXTERNAL_IDENTIFIERS": [{"TYPE": _constant("coatmine record"), "ID": columns["ID"]}],
            "COMPOSITION": list(_told_parts(columns, parts)),
        },
        "PROTOCOL_APPLICATIONS": [
            {
                "PROTOCOL_TOP_CATEGORY": columns["Endpoint category"],
                "PROTOCOL_ENDPOINT": _constant("PARTICLE SIZE"),
                "PROTOCOL_CATEGORY_CODE": columns["Endpoint"],
                "PROTOCOL_GUIDELINE": {"guideline1": columns["SOP / guideline"]},
                "CITATION_TITLE": columns["Reference"],
                "CITATION_YEAR": columns["Year of reference"],
                "CITATION_OWNER": columns["Supplier"],
                "PARAMETERS": {
                    name: columns[name]
                    for name in ("Replicate number", "Vial number", "Use of dispersant", "Dispersant reference",
                                 "Operator", "Date of preparation", "Date of analysis")
                },
                "EFFECTS": [effect],
            }
        ],
    }  # fmt: skip


def _constant(text: str) -> dict[str, str]:
    return {"ITERATION": "JSON_VALUE", "JSON_VALUE": text}


def _told_parts(columns: dict[str, dict[str, str]], parts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The particle's parts: the parser takes a part's name and links from its properties, and knows no others."""
    for kind, relation in _PARTS.items():
        for name in ("Core", *parts):
            if name.split()[0].lower() == kind and not name.endswith(" identifier"):
                told = {"NAME": name, "identifier": f"{name} identifier", "CASRN": "CAS RN" if name == "Core" else ""}
                properties = {key: columns[column] for key, column in told.items() if column in columns}
                yield {"STRUCTURE_RELATION": relation, "PROPERTIES": properties}
