"""From glyphs to lines: glyphs on one baseline, with the scripts that hang on it, split into words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pipeline.readers.pdf.settings import LAYOUT
from pipeline.readers.pdf.values import Glyph, Style, TextLine, Word

Run = list[Glyph]
SLIPS = {"\\": "<", "[": ">", "9": "\u00d7", "0": "\u2032", "\u25e6": "\u00b0"}
TEX_SYMBOLS = re.compile(r"CMSY\d|MTSY|TeX_CM_Maths_Symbols", re.IGNORECASE)
TRACKED = 5  # letters in a row, each with a space around it, that make a spaced word rather than a list
UNITS = frozenset("mlLgMAsVW")  # what a micro sign stands before


@dataclass(slots=True)
class String:
    """Glyphs of one printed line, left to right, and the style of the line proper."""

    glyphs: list[Glyph]
    base: Style


def lines(glyphs: Sequence[Glyph]) -> list[TextLine]:
    """The lines that these glyphs make, in the order of the content stream.

    Args:
        glyphs: glyphs of one direction in stream order.
    """
    made = [_line(string, order) for order, string in enumerate(mended(strung(glyphs)))]
    return [line for line in made if line is not None]


def strung(glyphs: Sequence[Glyph]) -> list[String]:
    """Glyphs that follow one another in the stream, on one baseline and without a wide gap, as strings."""
    runs: list[Run] = []
    current: Run = []
    base: Style | None = None
    last: Glyph | None = None
    for glyph in glyphs:
        if last is None or base is None:
            fits = False
        elif glyph.style is last.style:
            fits = -0.5 * base.size < glyph.x0 - last.x1 < LAYOUT.line_gap * base.size
        else:
            fits = _attaches(base, last, glyph)
        if not fits:
            current = []
            runs.append(current)
            base = glyph.style
        elif base is not None and glyph.style.size > base.size / LAYOUT.script_size:
            base = glyph.style  # the string began with a script
        current.append(glyph)
        last = glyph
    return [String(run, _base(run)) for run in runs]


def _attaches(base: Style, last: Glyph, glyph: Glyph) -> bool:
    """Whether a glyph of another style stands on the same line and near enough."""
    size = max(base.size, glyph.style.size)
    if not -0.5 * size < glyph.x0 - last.x1 < LAYOUT.line_gap * size:
        return False
    shift = abs(glyph.style.baseline - base.baseline)
    if shift <= LAYOUT.same_baseline * min(base.size, glyph.style.size):
        return True
    ratio = min(base.size, glyph.style.size) / size
    return ratio < LAYOUT.script_size and shift < LAYOUT.script_reach * size


def mended(strings: list[String]) -> list[String]:
    """Join strings that stand side by side on one line but were drawn apart (scripts and words in another face)."""
    rows: dict[int, list[int]] = {}
    for index, string in enumerate(strings):
        rows.setdefault(round(string.base.baseline / 8), []).append(index)
    gone: set[int] = set()
    for index, string in enumerate(strings):
        if len(string.glyphs) > 40:
            continue
        row = round(string.base.baseline / 8)
        for other in (o for key in (row - 1, row, row + 1) for o in rows.get(key, ())):
            if other == index or other in gone or not _touch(strings[other], string):
                continue
            at = _place(strings[other], string)
            if at is not None:
                strings[other].glyphs[at:at] = string.glyphs
                gone.add(index)
                break
    return [string for index, string in enumerate(strings) if index not in gone]


def _touch(host: String, string: String) -> bool:
    """Whether a short string hangs on a host: its scripts, or words set close to it."""
    shift = abs(string.base.baseline - host.base.baseline)
    size, own = host.base.size, string.base.size
    if own < LAYOUT.script_size * size:
        return shift < LAYOUT.script_reach * size
    return shift <= LAYOUT.same_baseline * min(size, own) and own <= size / LAYOUT.script_size


def _place(host: String, string: String) -> int | None:
    """Where in the host a string belongs by its place on the line; None where it is not next to it or covers it."""
    size, inside = host.base.size, host.glyphs
    x0, x1 = string.glyphs[0].x0, string.glyphs[-1].x1
    close, lap = 0.35 * size, 0.3 * size
    if x0 > inside[-1].x1 - lap:
        return len(inside) if x0 - inside[-1].x1 < close else None
    if x1 < inside[0].x0 + lap:
        return 0 if inside[0].x0 - x1 < close else None
    for index in range(1, len(inside)):
        if inside[index - 1].x1 - lap <= x0 and x1 <= inside[index].x0 + lap:
            return index
    return None


def _micro(run: Run) -> None:
    """Write the micro sign where a nameless font draws it at the code of m, before a unit in the font of the text.

    The typesetting system whose fonts are called Adv... drops their encodings, so that "5 \u03bcm" comes out as "5 mm".
    """
    for index, glyph in enumerate(run[:-1]):
        after = run[index + 1]
        if (
            glyph.text != "m"
            or after.text not in UNITS
            or after.gap == "space"
            or not glyph.style.font.startswith("Adv")
        ):
            continue
        before = run[index - 1] if index else None
        alone = after.style.font != glyph.style.font and (before is None or before.style.font != glyph.style.font)
        if alone and (before is None or glyph.gap or before.text.isdigit() or before.text in "([/"):
            glyph.text = "\u03bc"


def _signs(run: Run) -> None:
    """Write the signs that pi fonts without an encoding give out as other characters, told by what stands beside them.

    Springer's older fonts show "<" at the code of the backslash, ">" at that of "[", the times sign at that of 9;
    TeX's symbol font shows the prime at that of 0.
    """
    for index, glyph in enumerate(run):
        slip = SLIPS.get(glyph.text)
        if slip is None or glyph.style.font == "":
            continue
        before = run[index - 1] if index else None
        after = run[index + 1] if index + 1 < len(run) else None
        if TEX_SYMBOLS.search(glyph.style.font):
            glyph.text = slip if glyph.text in "0\u25e6" else glyph.text
        elif glyph.text in "\\[9" and after is not None and after.text.isdigit() and _alone(before, glyph, after):
            power = glyph.text != "9" or (before is not None and before.text.isdigit() and glyph.gap == "space")
            glyph.text = slip if power else glyph.text


def _alone(before: Glyph | None, glyph: Glyph, after: Glyph) -> bool:
    """Whether a glyph stands between others in a font of another family."""
    family = _family_name(glyph.style.font)
    return family != _family_name(after.style.font) and (before is None or family != _family_name(before.style.font))


def _family_name(font: str) -> str:
    return re.split(r"[-,]|(?<=[a-z])(?=Bold|Ital|Obli|Roman|Regular)", font, maxsplit=1)[0]


def _base(run: Run) -> Style:
    """The style of the line proper, not of its scripts: the one of most glyphs, among the larger sizes."""
    first = run[0].style
    counts: dict[Style, int] = {}
    for glyph in run:
        counts[glyph.style] = counts.get(glyph.style, 0) + 1
    if len(counts) == 1:
        return first
    largest = max(style.size for style in counts)
    plain = [style for style in counts if style.size >= LAYOUT.script_size * largest]
    if sum(counts[style] for style in plain) * 4 < len(run):  # a drop capital
        plain = list(counts)
    places: Counter[tuple[float, float]] = Counter()
    for style in plain:
        places[style.baseline, style.size] += counts[style]
    commonest = max(places, key=lambda place: (places[place], place))
    return next(style for style in plain if (style.baseline, style.size) == commonest)


def _line(string: String, order: int) -> TextLine | None:
    """A string's words as a line; None where it has no characters."""
    run, base = string.glyphs, string.base
    _micro(run)
    _signs(run)
    least = {
        "space": LAYOUT.spaced_gap * base.size,
        "hint": LAYOUT.hinted_gap * base.size,
        "": LAYOUT.word_gap * base.size,
    }
    thinnest = min(LAYOUT.slanted_gap, LAYOUT.thin_gap) * base.size
    words: list[Word] = []
    start = 0
    for index in range(1, len(run)):
        glyph = run[index]
        gap = glyph.x0 - run[index - 1].x1
        wide = gap > least[glyph.gap] or (gap > thinnest and _is_thin_space(run, index, gap, base))
        if wide and not _hangs(run, index, base):
            words.append(_word(run[start:index], base))
            start = index
    words.append(_word(run[start:], base))
    words = untracked([word for word in words if word.text])
    return TextLine(words, base.baseline, base.size, order) if words else None


def _is_thin_space(run: Run, index: int, gap: float, base: Style) -> bool:
    """Whether a narrow gap is a space: between a value and its unit, or where italics begin or end."""
    last, glyph = run[index - 1], run[index]
    if last.style.italic != glyph.style.italic:
        letters = last.text[-1:].isalpha() and glyph.text[:1].isalpha()
        return letters and glyph.gap == "hint" and gap > LAYOUT.slanted_gap * base.size
    if gap <= LAYOUT.thin_gap * base.size or glyph.style is not last.style:
        return False
    if not (last.text[-1:].isdigit() and glyph.text[:1].islower()):
        return False
    near = [b.x0 - a.x1 for a, b in pairwise(run[max(0, index - 12) : index + 12]) if not b.gap and b is not glyph]
    return len(near) > 3 and gap > 2 * max(0.0, median(near)) + LAYOUT.spaced_gap * base.size


def untracked(words: list[Word]) -> list[Word]:
    """Words set with spaces between their letters ("T A B L E 1") as words; a wider gap parts two of them."""
    result: list[Word] = []
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and _single(words[end]) and words[end].size == words[start].size:
            end += 1
        result.extend(_tracked(words[start:end]) if end - start >= TRACKED else words[start : max(end, start + 1)])
        start = max(end, start + 1)
    return result


def _single(word: Word) -> bool:
    return len(word.text) == 1 and word.text.isalpha()


def _tracked(letters: Sequence[Word]) -> list[Word]:
    """Letters as words, where the gaps between them are even; as they are where not."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(letters)]
    usual = median(gaps)
    within = [gap for gap in gaps if gap < 1.6 * usual]
    if usual > 0.9 * letters[0].size or max(within) > 2 * max(min(within), 0.02 * letters[0].size):
        return list(letters)
    result = [letters[0]]
    for gap, letter in zip(gaps, letters[1:], strict=True):
        if gap < 1.6 * usual:
            result[-1] = replace(
                result[-1], text=result[-1].text + letter.text, marks=result[-1].marks + letter.marks,
                edges=[*result[-1].edges[:-1], letter.x0, letter.x1],
            )  # fmt: skip
        else:
            result.append(letter)
    return result


def _hangs(run: Run, index: int, base: Style) -> bool:
    """Whether a glyph belongs to what stands before it, space or not: a subscript does, unless that is one too."""
    last, glyph = run[index - 1], run[index]
    gap = glyph.x0 - last.x1
    if gap >= LAYOUT.cell_gap * base.size or mark(glyph, base) != "_":
        return False
    return mark(last, base) != "_" or gap < LAYOUT.word_gap * base.size or glyph.gap != "space"


def mark(glyph: Glyph, base: Style) -> str:
    """Whether a glyph is raised ("^"), lowered ("_") or neither (" ") on a line of this base."""
    style = glyph.style
    if style is base or style.size > LAYOUT.script_size * base.size:
        return glyph.shape
    rise = base.baseline - style.baseline
    if rise > LAYOUT.script_rise * base.size:
        return "^"
    return "_" if -rise > LAYOUT.script_drop * base.size else glyph.shape


def _word(part: Run, base: Style) -> Word:
    """Glyphs without a gap as a word, its characters' edges rising from left to right."""
    edges: list[float] = []
    at = part[0].x0
    for glyph in part:
        at = max(at, glyph.x0)
        edges.append(at)
        if len(glyph.text) != 1:  # a ligature's letters share its width
            _widen(edges, glyph)
            at = edges[-1] if edges else at
    edges.append(max(at, part[-1].x1))
    text = "".join([glyph.text for glyph in part])
    style = part[0].style
    if all(glyph.style is style for glyph in part) and style is base:
        marks = "".join([glyph.shape * len(glyph.text) for glyph in part])
        lowest = highest = style
    else:
        marks = "".join([mark(glyph, base) * len(glyph.text) for glyph in part])
        style = next((glyph.style for glyph in part if mark(glyph, base) == " "), style)
        lowest = max((glyph.style for glyph in part), key=lambda s: s.baseline + LAYOUT.descent * s.size)
        highest = min((glyph.style for glyph in part), key=lambda s: s.baseline - LAYOUT.ascent * s.size)
    return Word(
        text, edges, marks, style.baseline, style.size, style.font, style.bold, style.italic,
        highest.baseline - LAYOUT.ascent * highest.size, lowest.baseline + LAYOUT.descent * lowest.size,
    )  # fmt: skip


def _widen(edges: list[float], glyph: Glyph) -> None:
    """Give the last edge's glyph an edge for each of its characters, none if it has none."""
    x0 = edges.pop()
    step = max(0.0, glyph.x1 - x0) / max(1, len(glyph.text))
    edges.extend(x0 + step * place for place in range(len(glyph.text)))
