"""Folders of a user's own that a saved pipeline has copied: which of those that its settings name are in it already."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.settings import fingerprint

STAMPS = "folders.txt"
"""The file beside what was saved that has a line for each folder of the user's own: its digest and its path."""


def stamp(folder: Path) -> str:
    """What tells a folder's present content."""
    return f"{fingerprint(folder)} {folder}"


def write_stamps(saved: Path, stamps: Sequence[str]) -> None:
    """Say which folders of the user's own were saved; nothing where there are none."""
    if stamps:
        (saved / STAMPS).write_text("".join(f"{each}\n" for each in stamps), encoding="utf-8", newline="\n")
    else:
        (saved / STAMPS).unlink(missing_ok=True)


def read_stamps(saved: Path) -> list[str]:
    """The folders of the user's own that were saved."""
    path = saved / STAMPS
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def path_in(stamp_: str) -> str:
    """The folder's path in what was said of it."""
    return stamp_.partition(" ")[2]


def is_saved(folder: Path, stamps: Sequence[str]) -> bool:
    """Whether what a pipeline saved of a folder is still what the folder holds, or all that is left of it."""
    known = [each for each in stamps if path_in(each) == str(folder)]
    return bool(known) and (not folder.is_dir() or stamp(folder) in known)
