"""The thresholds of PDF reading, each with its reason. Lengths are in ems (multiples of the font size)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """How far apart things may stand and still belong together."""

    word_gap: float = 0.12
    """A gap that parts words where the file holds no space: measured on 20 papers, letters of a word stand closer than
    0.1 em, words further apart than 0.12."""
    thin_gap: float = 0.07
    """The thin space that some journals set between a value and its unit, at least."""
    slanted_gap: float = 0.05
    """A gap that parts words where italics begin or end and pdfium suspects a space: slanted letters lean into it."""
    hinted_gap: float = 0.09
    """The same where pdfium suspects a space."""
    spaced_gap: float = 0.04
    """The same where the file holds a space; one narrower than this is left over from kerning."""
    line_gap: float = 1.1
    """A gap that parts a line: justified lines rarely stretch a space beyond 1 em, gutters start there."""
    same_baseline: float = 0.2
    """Baselines this near are one line; TeX's accents and small caps shift less."""
    script_size: float = 0.88
    """Scripts are set at 0.58 to 0.8 of the size; small capitals at 0.8, but on the baseline."""
    script_rise: float = 0.12
    """A superscript's least rise above the baseline."""
    script_drop: float = 0.06
    """A subscript's least drop below the baseline (TeX lowers by 0.15, Word by 0.08)."""
    script_reach: float = 0.75
    """The farthest a script may stand from its line's baseline."""
    superior_foot: float = 0.18
    """How high a superior glyph's foot stands at least: even its descenders keep clear of the baseline."""
    ascent: float = 0.78
    """Height of the box drawn above the baseline: covers ascenders of the usual faces."""
    descent: float = 0.22
    """Depth of the box drawn below the baseline: covers descenders of the usual faces."""
    cell_gap: float = 0.45
    """A gap that parts cells in a table's line, at least; word spaces in tables are not stretched."""
    gutter_tolerance: float = 0.07
    """The share of rows that may have ink in the gap between two columns: overlong cells, headings within the body."""
    touching_cells: float = 0.2
    """The share of rows whose cells may nearly touch across a gutter; where more do, the gap is chance."""
    centred_step: float = 0.8
    """Baselines nearer than this are no two lines of one cell: cells of differing height are centred on each other."""
    furniture_zone: float = 0.12
    """Running heads and feet stand within this share of the page's height from its edge."""


LAYOUT = Layout()
