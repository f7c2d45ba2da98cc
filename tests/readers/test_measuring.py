"""What the ink of a scanned page tells: its turn, baselines, spaces between words, raised and lowered characters."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.readers.notes import abbreviations, plain_markers
from pipeline.readers.ocr import Scan, SeenWord
from pipeline.readers.ocr.measuring import dark_pixels, measured, page_box, straightened, turned
from pipeline.readers.ocr.wording import respaced
from pipeline.readers.pdf.scanned import scanned_glyphs, tilted
from pipeline.readers.pdf.values import Frame
from pipeline.readers.printed_text import PrintedText

SIZE = 24  # pixels of an em
BASE = 60


def drawn(*parts: tuple[str, float, int], noise: float = 18) -> np.ndarray:
    """A picture of a line: its parts one after another, each with its rise above the baseline and its size."""
    made = Image.new("L", (700, 120), 255)
    pen, x = ImageDraw.Draw(made), 40.0
    for text, rise, size in parts:
        font = ImageFont.load_default(size=size)
        pen.text((x, BASE - rise), text, font=font, fill=20, anchor="ls")
        x += font.getlength(text)
    grey = np.asarray(made, dtype=float) + np.random.default_rng(1).normal(0, noise, (120, 700))
    return np.stack([np.clip(grey, 0, 255).astype(np.uint8)] * 3, axis=-1)


def width(*parts: tuple[str, float, int]) -> float:
    return sum(ImageFont.load_default(size=size).getlength(text) for text, _, size in parts)


def words(text: str, *parts: tuple[str, float, int]) -> list[SeenWord]:
    """What an engine sees: one word, in a box that is a little too high."""
    return [SeenWord(text, (40.0, BASE - 24.0, 40.0 + width(*parts), BASE + 9.0), 0.9, 0)]


@pytest.mark.parametrize("angle", [-1.7, -0.3, 0.0, 0.8])
def test_a_turned_page_is_told_and_turned_back(angle):
    page = Image.new("RGB", (900, 600), "white")
    for number in range(18):
        line = "Membranes of platelets cover rods of gold, " * (1 + number % 2)
        ImageDraw.Draw(page).text((60, 30 + 30 * number), line, font=ImageFont.load_default(size=18), fill=0)
    seen = np.asarray(page.rotate(-angle, fillcolor="white", resample=Image.Resampling.BICUBIC))
    assert turned(dark_pixels(seen)) == pytest.approx(angle, abs=0.1)
    assert abs(turned(dark_pixels(straightened(seen, angle)))) <= 0.1


def test_boxes_are_turned_back_about_the_middle_of_the_page():
    x0, top, x1, bottom = page_box((90, 45, 110, 55), 90, 100, 100)
    assert (x0, top, x1, bottom) == pytest.approx((40, 95, 60, 105))
    frame = tilted(Frame(0, 600, 800), Scan(words=(), turned=1.0))
    assert frame.to_page(500, 400, 510, 410)[1] > 403
    assert tilted(Frame(0, 600, 800), Scan(words=())).to_page(5, 4, 6, 5) == (5, 4, 6, 5)


def test_baseline_and_size_are_those_of_the_ink():
    parts = (("platelet membranes", 0, SIZE),)
    (first, second) = measured(dark_pixels(drawn(*parts)), words("plateletmembranes", *parts))
    assert [first.text, second.text] == ["platelet", "membranes"]  # the ink leaves a space
    height = first.box[3] - first.box[1]
    assert height == pytest.approx(1.25 * SIZE, rel=0.15)
    assert first.box[3] - 0.30 / 1.25 * height == pytest.approx(BASE, abs=1.5)


@pytest.mark.parametrize(
    ("parts", "marks"),
    [
        ((("PLGA", 0, SIZE), ("a", 9, 15)), "    ^"),
        ((("HMnO", 0, SIZE), ("2", -4, 15)), "    _"),
        ((("10", 0, SIZE), ("-3", 10, 15)), "  ^^"),
        ((("membranes", 0, SIZE),), ""),
        ((("cancer", 0, SIZE),), ""),
        ((("264.7", 0, SIZE),), ""),
        ((("(type)", 0, SIZE),), ""),
    ],
)
def test_raised_and_lowered_characters(parts, marks):
    text = "".join(part for part, _, _ in parts)
    (found,) = measured(dark_pixels(drawn(*parts)), words(text, *parts))
    assert (found.text, found.marks) == (text, marks)


def test_a_ruled_line_beneath_moves_no_baseline():
    parts = (("therapy", 0, SIZE),)
    picture = drawn(*parts)
    picture[BASE + 8 : BASE + 11] = 0
    (found,) = measured(dark_pixels(picture), words("therapy", *parts))
    assert found.box[3] - 0.24 * (found.box[3] - found.box[1]) == pytest.approx(BASE, abs=2)


def test_marks_reach_the_glyphs_and_a_raised_dash_is_a_minus():
    glyphs = scanned_glyphs(Scan(words=(SeenWord("10-3", (0, 0, 20, 10), 0.9, 0, "  ^^"),)))
    assert [(glyph.text, glyph.shape) for glyph in glyphs] == [("1", " "), ("0", " "), ("\u2212", "^"), ("3", "^")]


def test_lines_side_by_side_stand_on_one_baseline():
    row = [SeenWord("gold", (60, 50.0, 90, 60), 1, 0), SeenWord("120", (200, 50.4, 220, 60.6), 1, 1)]
    assert len({glyph.style.baseline for glyph in scanned_glyphs(Scan(words=tuple(row)))}) == 1


def test_words_of_a_page_that_ran_together_are_parted_by_those_of_another():
    def page(*texts: str) -> Scan:
        return Scan(words=tuple(SeenWord(text, (0, 0, 10.0 * len(text), 10), 1, n) for n, text in enumerate(texts)))

    found = respaced({1: page("the", "platelets"), 2: page("theplatelets", "erythrocyte")})
    assert [(word.text, word.box[0]) for word in found[2].words] == [("the", 0), ("platelets", 30), ("erythrocyte", 0)]


NOTES = "aPLGA: poly(lactic-co-glycolic acid); bSDT: sonodynamic therapy. DC: dendritic cell; sPTT: heat"


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        ("PLGAa", "PLGA"), ("SDTh, imaging", "SDT, imaging"), ("Fe-SDT8 and SDT'", "Fe-SDT and SDT"), ("DCs", "DCs"),
        ("PTTs", "PTT"), ("PLGAs", "PLGAs"), ("SDT1990", "SDT1990"), ("aPLGA", "aPLGA"),
    ],
)  # fmt: skip
def test_markers_that_lost_their_raising_go_from_abbreviations_that_notes_explain(cell, left):
    text = PrintedText(cell, " " * len(cell))
    assert text.without(plain_markers(text, abbreviations(NOTES))).text == left


def test_a_raised_letter_is_a_marker_whatever_the_notes_say():
    text = PrintedText("ratsd", "    ^")
    assert text.without(plain_markers(text, {})).text == "rats"
