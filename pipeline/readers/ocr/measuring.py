"""What the picture itself tells of recognised words: how the page is turned, baselines, sizes, raised characters.

An engine's boxes are rough: their heights follow the letters of a line, and a raised figure is a character like any
other. Ink is exact to a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from pipeline.readers.ocr.values import Box, SeenWord
from pipeline.readers.spacing import english

MOST_TURNED: Final = 3.0  # degrees to either side; a page turned further is a picture more often than a page
STEP: Final = 0.05  # degrees
STRIPS: Final = 48
LEAST_TURNED: Final = 0.04  # degrees; a page turned by less is as good as straight
INK: Final = 0.35
"""How far from the paper's grey to the ink's a pixel must be to be dark; thin strokes are paler than thick ones."""
DARKEST: Final = 0.05  # per cent of the pixels; a page may hold a few words only
FAINT: Final = 90.0  # grey levels between paper and ink; a page with fewer holds no print
NARROW, WIDE = frozenset("iljtfrI.,:;'|!()[]1-"), frozenset("mwMWQGOD@%&")
ASCENDING: Final = frozenset("bdfhkl()[]{}|/")
X_HEIGHT, CAPITAL = 0.46, 0.70
"""Heights of small letters and of capitals, figures and brackets, in ems."""
ABOVE, BELOW = 0.95, 0.30
"""What a word's box holds above and below its baseline, in ems."""
RAISED, LOWERED = 0.16, 0.07
"""How far above or below the baseline a raised or lowered character ends, in ems."""
SMALL: Final = 0.85
"""Share of a character's common height that a raised one has at most."""
LEAST_HEIGHT, NARROWEST = 0.35, 0.3
"""Shares of a character's common height and width that a raised one has at least; less is a part of a letter."""
HIGH_SIGN: Final = 0.40  # ems above the baseline; a dash that stands higher is raised
HIGH: Final = frozenset("'\"`^~*\u00b0\u2018\u2019\u201c\u201d\u2032\u2033")
RULED: Final = 0.8
"""Share of a row of pixels that is ink where a ruled line runs; no line of text has as much."""
SPACE, TIGHT = 0.25, 0.06
"""What stands between two words and between two letters where a line tells neither, in ems."""
STOPS: Final = frozenset(".,;:()[]{}|/")
SIGNS: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212=\u00b7\u2022:+\u00b1\u00d7\u2248\u2192<>")
HANGING: Final = frozenset(
    "gjpqyQJ,;()[]{}|/@_$&\u00a7\u03b2\u03b3\u03b6\u03b7\u03bc\u00b5\u03be\u03c1\u03c6\u03c7\u03c8\u2020\u2021"
)
MOST_TOGETHER: Final = 4  # letters that touch
STRAY: Final = 12  # pieces of ink beyond twice the letters, from which a line is no text


def dark_pixels(picture: Any) -> Any:
    """Which pixels are ink: darker than the page's paper by a good part of what its ink is."""
    grey = picture.min(axis=2)
    paper, ink = float(np.median(grey[::3, ::3])), float(np.percentile(grey[::3, ::3], DARKEST))
    return grey < (paper - INK * (paper - ink) if paper - ink > FAINT else 0)


def turned(dark: Any) -> float:
    """By how many degrees a page is turned clockwise: the angle at which its lines are sharpest."""
    height, width = dark.shape
    strip = max(1, width // STRIPS)
    if width < 200 or height < 50:
        return 0.0
    strips = np.add.reduceat(dark.astype(np.int32), np.arange(0, width, strip), axis=1)
    middles = np.arange(strips.shape[1]) * strip + strip / 2 - width / 2
    angles = np.arange(-MOST_TURNED, MOST_TURNED + STEP / 2, STEP)
    sharpness = [_sharpness(strips, np.round(middles * np.tan(np.radians(angle))).astype(int)) for angle in angles]
    best, straight = int(np.argmax(sharpness)), int(len(angles) // 2)
    if sharpness[best] < 1.02 * sharpness[straight]:
        return 0.0
    return round(float(angles[best]), 2)


def _sharpness(strips: Any, shifts: Any) -> float:
    profile = np.zeros(strips.shape[0], dtype=np.int64)
    for column, shift in enumerate(shifts):
        profile += np.roll(strips[:, column], -shift)
    return float(np.square(np.diff(profile)).sum())


def straightened(picture: Any, angle: float) -> Any:
    """The picture turned back about its middle."""
    from PIL import Image

    paper = int(np.median(picture[::3, ::3]))
    image = Image.fromarray(picture).rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=(paper,) * 3)
    return np.ascontiguousarray(np.asarray(image))


@dataclass(slots=True)
class _Piece:
    """Ink without a white column in it, in pixels, or the part of such that is one of several letters that touch.

    ``left`` and ``right`` tell whether white follows on that side.
    """

    x0: int
    x1: int
    top: int
    bottom: int
    left: bool = True
    right: bool = True

    @property
    def whole(self) -> bool:
        """Whether it touches nothing."""
        return self.left and self.right


def measured(dark: Any, words: Sequence[SeenWord]) -> list[SeenWord]:
    """The words with boxes that stand on their baselines, as high as their type is large, and with marks of scripts."""
    lines: dict[int, list[SeenWord]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    return [word for line in lines.values() for word in _measured(dark, sorted(line, key=lambda w: w.box[0]))]


def _measured(dark: Any, line: Sequence[SeenWord]) -> list[SeenWord]:
    text = "".join(word.text for word in line)
    if not any(char.isalnum() for char in text):
        return list(line)
    box = _around(line, dark.shape)
    ink = _unruled(dark[box[1] : box[3], box[0] : box[2]])
    found = _baseline(ink, text)
    if found is None:
        return list(line)
    base, exact, size = found
    pieces = _pieces(ink, base, size)
    taken = _aligned(ink, _letters(line, box[0], size), pieces, size)
    heights = box[1] + exact - ABOVE * size, box[1] + exact + BELOW * size
    result, at = [], 0
    for word in _split_up(line, taken, box[0], size):
        own = taken[at : at + len(word.text)]
        at += len(word.text)
        marks = "".join(
            _mark(char, piece, base, size) if piece else " " for char, piece in zip(word.text, own, strict=True)
        )
        x0, x1 = _extent(word, own, box[0], 0.6 * size)
        whole = [piece is not None and piece.whole for piece in own]
        upright = x0, heights[0], x1, heights[1]
        result.append(word._replace(box=upright, marks=_settled(word.text, marks, whole) if marks.strip() else ""))
    return result


def _split_up(line: Sequence[SeenWord], taken: Sequence[_Piece | None], left: int, size: float) -> list[SeenWord]:
    """The words of a line, split where the ink leaves a space that the engine missed, and joined where it leaves none.

    Args:
        line: the engine's words.
        taken: the ink of each character.
        left: where the ink begins on the page.
        size: of the type.
    """
    starts = {sum(len(word.text) for word in line[:number]) for number in range(1, len(line))}
    gaps = {n: b.x0 - a.x1 for n, (a, b) in enumerate(pairwise(taken), 1) if a and b and a.right and b.left}
    spaces, inner = [gaps[n] for n in gaps if n in starts], [gaps[n] for n in gaps if n not in starts]
    space = float(np.median(spaces)) if len(spaces) > 2 else SPACE * size
    letters = float(np.median(inner)) if len(inner) > 2 else TIGHT * size
    if letters > 2 * TIGHT * size:  # spaced letters
        return list(line)
    least = max(0.65 * SPACE * size, 0.6 * space, letters + 0.12 * size)
    text = "".join(word.text for word in line)
    figures = {n for n in gaps if text[n - 1 : n + 1].isdigit()}  # a figure 1 stands in a wide white
    cut = {n for n in gaps if n not in starts and gaps[n] >= (2 * least if n in figures else least)}
    glued = {
        n for n in starts & set(gaps) if gaps[n] <= min(TIGHT * size, 0.3 * space) and text[n - 1 : n + 1].isalpha()
    }
    owners = [word for word in line for _ in word.text]
    bounds = [0, *sorted((starts | cut) - glued), len(text)]
    found = []
    for a, b in pairwise(bounds):
        first, last = owners[a], owners[b - 1]
        begin, end = taken[a], taken[b - 1]
        x0 = left + begin.x0 if begin and a in cut else first.box[0]
        x1 = left + end.x1 if end and b in cut else last.box[2]
        box = (float(x0), first.box[1], float(x1), last.box[3])
        found.append(SeenWord(text[a:b], box, min(first.score, last.score), first.line))
    return found


def _unruled(ink: Any) -> Any:
    """The ink of a line without ruled lines above or below it."""
    ruled = ink.mean(axis=1) > RULED
    if not ruled.any():
        return ink
    ink = ink.copy()
    ink[ruled] = False
    return ink


def _around(line: Sequence[SeenWord], shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box around a line with a little more on each side, within the picture."""
    height = max(word.box[3] for word in line) - min(word.box[1] for word in line)
    more = int(max(2, 0.12 * height))
    return (
        max(0, int(min(word.box[0] for word in line)) - more),
        max(0, int(min(word.box[1] for word in line)) - more // 2),
        min(shape[1], int(max(word.box[2] for word in line)) + more + 1),
        min(shape[0], int(max(word.box[3] for word in line)) + more + 1),
    )


def _baseline(ink: Any, text: str) -> tuple[int, float, float] | None:
    """Where most letters end, as a row and exactly, and the size of the type, in pixels; None where nothing stands."""
    profile = ink.sum(axis=1).astype(int)
    height = len(profile)
    if height < 8 or not profile.any():
        return None
    around = np.concatenate(([0, 0], profile, [0, 0, 0]))
    fall = around[1:-3] + around[2:-2] - around[3:-1] - around[4:]  # at each row: it and the one above, less two below
    low = int(0.45 * height)
    base = low + int(np.argmax(fall[low : height + 1]))
    tall = any(char.isupper() or char.isdigit() or char in ASCENDING for char in text)
    full = profile[: base + 1].max(initial=0)
    top = base
    while top > 0 and profile[top - 1] >= max(1, 0.02 * full):
        top -= 1
    size = (base + 1 - top) / (CAPITAL if tall else X_HEIGHT)
    near = np.arange(max(0, base - 2), min(len(fall), base + 3))
    weights = np.maximum(fall[near], 0).astype(float) ** 2
    exact = float((near * weights).sum() / weights.sum()) + 1 if weights.any() else base + 1.0
    return (base + 1, exact, size) if base > 2 and size >= 6 else None


def _pieces(ink: Any, base: int, size: float) -> list[_Piece]:
    """The pieces of ink from left to right."""
    first, last = max(0, round(base - ABOVE * size)), round(base + BELOW * size)
    part = ink[first:last]
    filled = np.concatenate(([False], part.any(axis=0), [False])).astype(np.int8)
    steps = np.diff(filled)
    found = []
    for x0, x1 in zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True):
        rows = np.flatnonzero(part[:, x0:x1].any(axis=1))
        if part[:, x0:x1].sum() > max(2, 0.004 * size * size):  # less is a speck
            found.append(_Piece(int(x0), int(x1), first + int(rows[0]), first + int(rows[-1]) + 1))
    return found


@dataclass(frozen=True, slots=True)
class _Letter:
    """A character of a line: how wide it is about and where its middle is, in ems, and the number of its word."""

    width: float
    middle: float
    word: int


def _letters(line: Sequence[SeenWord], left: int, size: float) -> list[_Letter]:
    """The characters of a line where its words' boxes let expect them."""
    found = []
    for number, word in enumerate(line):
        widths = [_width(char) for char in word.text]
        step = (word.box[2] - word.box[0]) / size / sum(widths)
        x = (word.box[0] - left) / size
        usual = min(1.5, max(0.6, step))
        for width in widths:
            found.append(_Letter(usual * width, x + step * width / 2, number))
            x += step * width
    return found


def _width(char: str) -> float:
    return 0.28 if char in NARROW else 0.78 if char in WIDE or char.isupper() else 0.5


def _aligned(ink: Any, letters: Sequence[_Letter], pieces: Sequence[_Piece], size: float) -> list[_Piece | None]:
    """For each character the piece of ink that is it; None where it cannot be told.

    The cheapest way to give all pieces to all characters in order, where letters of a word may touch and a letter may
    be broken; what it costs is by how much widths and places differ from those that the letters have.
    """
    count, parts = len(letters), len(pieces)
    taken: list[_Piece | None] = [None] * count
    if not count or not parts or parts > 2 * count + STRAY or count > MOST_TOGETHER * parts:
        return taken
    spans = [(piece.x0 / size, piece.x1 / size) for piece in pieces]
    costs: list[dict[int, float]] = [{} for _ in range(parts + 1)]
    came: dict[tuple[int, int], tuple[int, int]] = {}
    costs[0][0] = 0.0
    for p in range(parts):
        for c, here in costs[p].items():
            for many, together in _moves(p, c, parts, count):
                if together > 1 and letters[c].word != letters[c + together - 1].word:
                    continue
                price = here + _price(letters[c : c + together], spans[p][0], spans[p + many - 1][1], many)
                after = costs[p + many]
                if price < after.get(c + together, float("inf")) and price < 0.5 * (c + together) + 3:
                    after[c + together] = price
                    came[p + many, c + together] = p, c
    at = parts, count
    if costs[parts].get(count, float("inf")) > 0.25 * count + 0.5:
        return taken
    while at != (0, 0):
        before = came[at]
        if at[0] - before[0] == 1:
            taken[before[1] : at[1]] = _shared(ink, pieces[before[0]], letters[before[1] : at[1]])
        at = before
    return taken


def _shared(ink: Any, piece: _Piece, letters: Sequence[_Letter]) -> list[_Piece | None]:
    """A piece of ink as the letters that touch in it, its width shared out among them."""
    if len(letters) < 2:
        return [piece] * len(letters)
    total = sum(letter.width for letter in letters)
    found: list[_Piece | None] = []
    x = float(piece.x0)
    for number, letter in enumerate(letters):
        step = (piece.x1 - piece.x0) * letter.width / total
        x0, x1 = round(x + 0.15 * step), round(x + 0.85 * step)
        rows = np.flatnonzero(ink[piece.top : piece.bottom, x0:x1].any(axis=1))
        first, last = number == 0, number + 1 == len(letters)
        x0, x1 = piece.x0 if first else x0, piece.x1 if last else x1
        ends = (piece.top + int(rows[0]), piece.top + int(rows[-1]) + 1) if len(rows) else None
        found.append(_Piece(x0, x1, *ends, first, last) if ends else None)
        x += step
    return found


def _price(letters: Sequence[_Letter], x0: float, x1: float, many: int) -> float:
    """What it costs to take ink between these places, in ems, for these letters: none, one, or several that touch."""
    if not letters:
        return 0.3 + x1 - x0
    width = sum(letter.width for letter in letters)
    middle = (letters[0].middle + letters[-1].middle) / 2
    return abs(x1 - x0 - width) + 0.4 * abs((x0 + x1) / 2 - middle) + 0.12 * (many - 1 + len(letters) - 1)


def _moves(p: int, c: int, parts: int, count: int) -> list[tuple[int, int]]:
    """How many pieces and characters may go together next."""
    moves = [(1, together) for together in range(min(MOST_TOGETHER, count - c) + 1)]
    return moves + ([(2, 1)] if p + 2 <= parts and c < count else [])


def _mark(char: str, piece: _Piece, base: int, size: float) -> str:
    """Whether a character is raised or lowered; a space where neither."""
    above, below = (base - piece.bottom) / size, (piece.bottom - base) / size
    if char in HIGH or char in STOPS:
        return " "
    if char in SIGNS:
        return "^" if above > HIGH_SIGN else " "
    tall = char.isdigit() or char.isupper() or char in ASCENDING
    height = (piece.bottom - piece.top) / size
    usual = CAPITAL if tall else X_HEIGHT
    if above > RAISED and (base - piece.top) / size > X_HEIGHT and height < SMALL * usual:
        whole = piece.x1 - piece.x0 > NARROWEST * size * _width(char) and height > LEAST_HEIGHT * usual
        return "^" if whole else " "
    low = piece.whole and char not in HANGING and char.isalnum()
    return "_" if low and below > LOWERED and height < 0.9 * usual else " "


def _settled(text: str, marks: str, whole: Sequence[bool]) -> str:
    """The marks of a word's characters: a sign between two raised ones is raised, a letter between plain ones plain.

    Of letters that touch others only those at an end of a word are taken for raised, and none of a common word.
    """
    settled = list(marks)
    bare = text.strip(".,;:()[]")
    common = bare.lower() in english() and (bare[1:].islower() or not bare[1:])
    for index, mark in enumerate(marks):
        end = index == 0 or index + 1 == len(text) or not text[index + 1].isalnum()
        sure = whole[index] or (end and len(text) > 1 and not text[index].isupper())
        if mark == "^" and text[index].isalpha() and (common or not sure):
            settled[index] = " "
    for index, mark in enumerate(marks):  # a lowered figure belongs to a formula
        formula = index > 0 and (text[index - 1].isalpha() or text[index - 1] == ")" or settled[index - 1] == "_")
        if mark == "_" and text[index].isdigit() and not formula:
            settled[index] = " "
    for index in range(1, len(text) - 1):
        before, after = settled[index - 1], settled[index + 1]
        if settled[index] == " " and not text[index].isalnum() and before == after == "^":
            settled[index] = "^"
        elif settled[index] == "^" and before == after == " " and text[index + 1].isalpha():
            settled[index] = " "
    return "".join(settled)


def _extent(word: SeenWord, own: Sequence[_Piece | None], left: int, most: float) -> tuple[float, float]:
    """Where a word begins and ends: with the ink of its first and last letters where these are known."""
    x0, x1 = word.box[0], word.box[2]
    if own[0] and own[0].left and abs(left + own[0].x0 - x0) < most:
        x0 = float(left + own[0].x0)
    if own[-1] and own[-1].right and abs(left + own[-1].x1 - x1) < most:
        x1 = float(left + own[-1].x1)
    return (x0, x1) if x1 > x0 else (word.box[0], word.box[2])


def page_box(box: Box, angle: float, width: float, height: float) -> Box:
    """A box of the straightened page on the page as it was scanned, its middle turned about the page's.

    Args:
        box: in any unit.
        angle: by how many degrees the page is turned clockwise.
        width: of the page, in that unit.
        height: of the page.
    """
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    x, y = (box[0] + box[2]) / 2 - width / 2, (box[1] + box[3]) / 2 - height / 2
    dx, dy = cos * x - sin * y - x, sin * x + cos * y - y
    return float(box[0] + dx), float(box[1] + dy), float(box[2] + dx), float(box[3] + dy)
