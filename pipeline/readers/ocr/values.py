"""What recognition says of a page. Boxes are points from the top left of the page as displayed."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

Box = tuple[float, float, float, float]


class SeenWord(NamedTuple):
    """A word: its text, its box, how sure the engine is (0 to 1), and the number of the engine's line it stands in.

    ``marks`` has one for each character (``^`` raised, ``_`` lowered, a space), or is empty where all are plain.
    """

    text: str
    box: Box
    score: float
    line: int
    marks: str = ""


class Scan(BaseModel):
    """A page that was recognised: its words in the engine's order, and the ruled lines drawn on it.

    Boxes are those of the page turned straight; ``turned`` tells by how many degrees clockwise it was scanned.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[SeenWord, ...]
    rules: tuple[Box, ...] = ()
    turned: float = 0.0


Scans = dict[int, Scan]
"""Recognised pages by their numbers, from 1."""
