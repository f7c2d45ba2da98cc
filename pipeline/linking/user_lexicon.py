"""Lexicon tables written by the user: checked, and turned into rows of a lexicon.

A table is a ``*.tsv`` file, UTF-8, tab-separated, whose first line names its columns, in any order. ``name`` and
``type`` are needed; the others may be left out or empty:

========== =====================================================================================================
name       as texts write it; other spellings (case, hyphens, spaces, plural) are found by the matcher
type       one of :data:`USER_TYPES`
preferred  the name that a mention gets; the name itself, where nothing is given
identifier as the Bioregistry writes it: ``cellosaurus:CVCL_0125``, ``CHEBI:28748``, ``DOID:1612``
taxon      the species, as ``NCBITaxon:10090``
caution    why the identifier needs care
========== =====================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.linking.lexicon import Entry
from pipeline.linking.lint import entry_problems

USER_TYPES = (
    "cell_line", "cell_type", "drug", "material", "modality", "disease", "strain", "blocklist", "nonspecific",
)  # fmt: skip
"""What a name may be of; ``blocklist`` looks like a name and is none, ``nonspecific`` is too general to be a value."""
_NEEDED = ("name", "type")
USER_COLUMNS = (*_NEEDED, "preferred", "identifier", "taxon", "caution")
SOURCE = "own"
"""The source of the user's entries; they go before all others."""


def user_rows(folder: Path) -> list[str]:
    """The rows of every table in a folder, as a lexicon keeps them.

    Raises:
        UsageError: there is no table, or one is not as it should be; the message names each file, line and fault.
    """
    files = sorted(folder.glob("*.tsv")) if folder.is_dir() else []
    if not files:
        raise UsageError(f"{folder}: no table of names (*.tsv) here; see docs/add-a-name.md")
    rows: list[str] = []
    faults: list[str] = []
    for path in files:
        for entry, fault in _read(path):
            if entry is not None:
                rows.append("\t".join((entry.name, entry.curie or "", *entry[2:])))
            if fault:
                faults.append(fault)
    if faults:
        more = f"\n... and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise UsageError("\n".join(faults[:10]) + more)
    return rows


def _read(path: Path) -> Iterator[tuple[Entry | None, str]]:
    """Each entry of a table, or what is wrong with its line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        yield None, f"{path}: not UTF-8 ({error.reason} at byte {error.start}); save the table as UTF-8"
        return
    header = [cell.strip() for cell in lines[0].split("\t")] if lines else []
    unknown = [cell for cell in header if cell not in USER_COLUMNS]
    missing = [cell for cell in _NEEDED if cell not in header]
    if unknown or missing or len(set(header)) < len(header):
        yield (
            None,
            (
                f"{path}, line 1: the columns are {', '.join(header) or 'none'}; needed are name and type, allowed"
                f" beside them {', '.join(USER_COLUMNS[2:])}, parted by tabs"
            ),
        )
        return
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() and not line.startswith("#"):
            yield _entry(f"{path}, line {number}", header, line.split("\t"))


def _entry(place: str, header: list[str], cells: list[str]) -> tuple[Entry | None, str]:
    if len(cells) > len(header):
        return None, f"{place}: {len(cells)} cells under {len(header)} columns; is there a tab too many?"
    row = dict.fromkeys(USER_COLUMNS, "") | {k: v.strip() for k, v in zip(header, cells, strict=False)}
    if row["type"] not in USER_TYPES:
        return None, f"{place}, {row['name']!r}: type {row['type']!r} is none of {', '.join(USER_TYPES)}"
    use = f"caution: {row['caution']}" if row["caution"] else "alone" if row["type"] == "material" else ""
    preferred = row["preferred"] or row["name"]
    entry = Entry(row["name"], row["identifier"] or None, preferred, "name", row["type"], row["taxon"], SOURCE, use)
    faults = list(entry_problems(entry))
    return entry, f"{place}, {entry.name!r}: {'; '.join(faults)}" if faults else ""
