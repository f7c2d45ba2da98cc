"""Footnotes of tables: the markers in cells, and what each says below the table."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import pairwise

from pipeline.readers.printed_text import PrintedText, script_runs

SYMBOLS = "*†‡§¶#‖∥"
MISREAD = r"[a-z0-9'\"*\u00ae\u00b0\u2019\u201d]"
"""What a raised small letter is read as that was not seen to be raised."""
EXPLAINED = re.compile(r"\W{0,2}([^\W_][\w@/+-]{1,14})\s*:")
MARKER = re.compile(rf"[a-zA-Z0-9]{{1,2}}|[{SYMBOLS}]{{1,4}}")


def table_notes(passage: PrintedText) -> dict[str, str]:
    """The notes below a table by their markers.

    A marker is raised, or a symbol, at the beginning of the passage or after the end of a note.
    """
    marks = []
    for start, end in _markers(passage):
        before = passage.text[:start].rstrip()
        if not before or before[-1] in ";.,)]:" or passage.text[start - 1] == "\n":
            marks.append((start, end))
    notes: dict[str, str] = {}
    for (start, end), (following, _) in pairwise([*marks, (len(passage.text), 0)]):
        stated = passage.text[end:following].strip().strip(";,").strip()
        for marker in re.split(r"[,\s]+", passage.text[start:end].strip()):
            if marker and stated:
                notes.setdefault(marker, stated.rstrip("."))
    return notes


def abbreviations(note: str) -> dict[str, str]:
    """What a note explains that reads "aPLGA: poly(lactic-co-glycolic acid); bRBCs: ...", its markers not raised.

    Returns:
        Each abbreviation, with and without its first letter, with that letter: its marker or a part of it.
    """
    found: dict[str, str] = {}
    for part in re.split(r"[;.]\s*|\n", note):
        if head := EXPLAINED.match(part):
            found.setdefault(head[1], "")
            if any(map(str.isupper, head[1][1:])):
                found[head[1][1:]] = head[1][0]
    return found


def plain_markers(cell: PrintedText, explained: Mapping[str, str]) -> list[tuple[int, int]]:
    """Where a recognised cell has the marker of a note that was read otherwise in the note, or as no raised one.

    That is a raised small letter, or a letter after an abbreviation that the notes explain: ``PLGAa``.

    Args:
        cell: the cell's text.
        explained: what :func:`abbreviations` gave. A plural s is a marker only where the note itself has it.
    """
    found = [
        (a, b) for a, b, mark in script_runs(cell.marks) if mark == "^" and b == a + 1 and cell.text[a].islower() and a
    ]
    for name, marker in explained.items():
        for place in re.finditer(rf"(?<![^\W_]){re.escape(name)}({MISREAD})(?!\w)", cell.text):
            if (place[1] != "s" or marker == "s") and name + place[1] not in explained:
                found.append(place.span(1))
    return sorted(set(found))


def _markers(passage: PrintedText) -> list[tuple[int, int]]:
    raised = [
        (s, e) for s, e, mark in script_runs(passage.marks) if mark == "^" and MARKER.fullmatch(passage.text[s:e])
    ]
    plain = [
        match.span()
        for match in re.finditer(rf"[{SYMBOLS}]{{1,4}}", passage.text)
        if passage.marks[match.start()] != "^"
    ]
    return sorted({*raised, *plain})


def unmarked(cell: PrintedText, known: Collection[str]) -> tuple[PrintedText, tuple[str, ...]]:
    """A cell without its footnote markers, and the markers.

    Args:
        cell: the cell's text.
        known: the markers that the table's notes explain.
    """
    ranges: list[tuple[int, int]] = []
    found: list[str] = []
    for start, end in _cell_markers(cell):
        markers = [part for part in re.split(r"[,\s]+", cell.text[start:end]) if part]
        resolved = [_resolved(marker, known) for marker in markers]
        if not resolved or None in resolved:
            continue
        found.extend(marker for marker in resolved if marker)
        before, after = cell.text[:start], cell.text[end:]
        spaced = after[:1] == " " and after[1:2] in {*",;.:/)-]", ""}
        hanging = not spaced and before[-1:] == " " and (not after or after[0] in " ,;.:/)-]")
        ranges.append((start - hanging, end + spaced))
    return cell.without(ranges).stripped(), tuple(dict.fromkeys(found))


def _resolved(marker: str, known: Collection[str]) -> str | None:
    """The note that a marker names; a raised capital I is the note l where there is no note I."""
    if marker in known:
        return marker
    twin = {"I": "l", "O": "o"}.get(marker)
    return twin if twin in known else None


def _cell_markers(cell: PrintedText) -> list[tuple[int, int]]:
    raised = [(s, e) for s, e, mark in script_runs(cell.marks) if mark == "^"]
    plain = [m.span() for m in re.finditer(rf"[{SYMBOLS}]+", cell.text) if cell.marks[m.start()] != "^"]
    return sorted({*raised, *plain})
