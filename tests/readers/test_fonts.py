"""Fonts of odd kinds: drawn in pixels, or mapped to the wrong letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.document import Document
from pipeline.readers import read
from tests.readers.rawpdf import HEIGHT, write

SAID = "Membranes of cells were coated onto cores"


def pixel_font(path: Path, unit: float, size: float = 10.0) -> Document:
    """A page in a Type 3 font of square letters, whose units are pixels of ``unit`` points, as dvips writes them."""
    wide = 0.5 * size / unit
    letters = sorted(set(SAID.replace(" ", "")))
    heights = {char: (0.7 if char in "Mbdfhkl" else 0.45) * size / unit for char in letters}
    drawings = [
        b"%.2f 0 0 0 %.2f %.2f d1 0 0 %.2f %.2f re f" % (wide, 0.8 * wide, heights[char], 0.8 * wide, heights[char])
        for char in letters
    ]
    streams = [b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing) for drawing in drawings]
    procedures = b" ".join(b"/%c %d 0 R" % (char.encode(), 5 + place) for place, char in enumerate(letters))
    names = b" ".join(b"%d /%c" % (ord(char), char.encode()) for char in letters)
    widths = b" ".join(b"%.2f" % (wide if code > 32 else wide / 2) for code in range(32, 127))
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontMatrix [1 0 0 1 0 0] /FontBBox [0 0 0 0] /CharProcs << %s >>"
        b" /Encoding << /Type /Encoding /Differences [%s] >> /FirstChar 32 /LastChar 126 /Widths [%s] >>"
        % (procedures, names, widths)
    )
    shown = "".join(f"BT /T {unit} Tf 1 0 0 1 40 {HEIGHT - 60 - 12 * row} Tm ({SAID}) Tj ET\n" for row in range(6))
    return read(write(path, [shown], {"T": font}, streams))


@pytest.mark.parametrize("unit", [0.24, 0.12, 0.04, 1.0])
def test_a_font_drawn_in_pixels_is_read(tmp_path: Path, unit: float):
    document = pixel_font(tmp_path / "pixels.pdf", unit)
    assert document.text.replace("\n", " ").count(SAID) == 6
    assert all(5 < line.bottom - line.top < 20 for line in document.lines)
