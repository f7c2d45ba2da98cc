"""Lexicon tables written by the user: checked, and turned into rows of a lexicon.

They have the schema of all tables of names, :mod:`pipeline.linking.schema`; docs/add-a-name.md explains it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.errors import UsageError
from pipeline.linking.kinds import parent_problems
from pipeline.linking.schema import as_row, read_table

SOURCE: Final = "own"
"""The source of the user's entries, whatever a table says; they go before all others."""
_TOLD: Final = 10
"""Faults that a message names before it only counts the rest."""


def user_rows(folder: Path) -> list[str]:
    """The rows of every table in a folder, as a lexicon keeps them.

    Raises:
        UsageError: there is no table, or one is not as it should be; the message names each file, line and fault.
    """
    files = sorted(folder.glob("*.tsv")) if folder.is_dir() else []
    if not files:
        raise UsageError(f"{folder}: no table of names (*.tsv) here; see docs/add-a-name.md")
    lines = [line for path in files for line in read_table(path, SOURCE)]
    faults = [f"{line.place}: {'; '.join(line.problems)}" for line in lines if line.problems]
    faults += parent_problems(lines)
    if faults:
        more = f"\n... and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
        raise UsageError("\n".join(faults[:_TOLD]) + more)
    return [as_row(entry) for line in lines for entry in line.entries]
