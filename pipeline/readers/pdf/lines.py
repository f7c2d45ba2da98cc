"""From glyphs to lines: glyphs on one baseline, with the scripts that hang on it, parted into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.readers.pdf.settings import LAYOUT
from pipeline.readers.pdf.values import Glyph, Line, Style, Word

Run = list[Glyph]
UNITS = frozenset("mlLgMAsVW")  # what a micro sign stands before


def lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """The lines that these glyphs make, in the order of the content stream.

    Args:
        glyphs: glyphs of one direction in stream order.
    """
    strings = mended(strung(glyphs))
    for string in strings:
        _micro(string)
    made = [_line(string, order) for order, string in enumerate(strings)]
    return [line for line in made if line is not None]


def strung(glyphs: Sequence[Glyph]) -> list[Run]:
    """Glyphs that follow one another in the stream, on one baseline and without a wide gap, as strings."""
    strings: list[Run] = []
    current: Run = []
    base: Style | None = None
    for glyph in glyphs:
        if base is not None and glyph.style is current[-1].style:
            fits = -0.5 * base.size < glyph.x0 - current[-1].x1 < LAYOUT.line_gap * base.size
        else:
            fits = base is not None and _attaches(base, current[-1], glyph)
        if not fits:
            current = []
            strings.append(current)
            base = glyph.style
        elif base is not None and glyph.style.size > base.size / LAYOUT.script_size:
            base = glyph.style  # the string began with a script
        current.append(glyph)
    return strings


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


def mended(strings: list[Run]) -> list[Run]:
    """Join strings that stand side by side on one line but were drawn apart (scripts and words in another face)."""
    ends: dict[int, list[int]] = {}
    for index, string in enumerate(strings):
        ends.setdefault(round(string[0].style.baseline / 8), []).append(index)
    gone: set[int] = set()
    for index, string in enumerate(strings):
        if len(string) > 40 or index in gone:
            continue
        row = round(string[0].style.baseline / 8)
        for other in (o for key in (row - 1, row, row + 1) for o in ends.get(key, ())):
            if other != index and other not in gone and _touch(strings[other], string):
                host = strings[other]
                at = _place(host, string)
                if at is None:
                    continue
                host[at:at] = string
                gone.add(index)
                break
    return [string for index, string in enumerate(strings) if index not in gone]


def _touch(host: Run, string: Run) -> bool:
    """Whether a short string hangs on a host: its scripts, or words set close to it."""
    base = _base(host)
    own = _base(string)
    shift = abs(own.baseline - base.baseline)
    if own.size < LAYOUT.script_size * base.size:
        return shift < LAYOUT.script_reach * base.size
    return shift <= LAYOUT.same_baseline * min(base.size, own.size) and own.size <= base.size / LAYOUT.script_size


def _place(host: Run, string: Run) -> int | None:
    """Where in the host a string belongs by its place on the line; None where it is not next to it or covers it."""
    size = _base(host).size
    x0, x1 = string[0].x0, string[-1].x1
    close = 0.35 * size
    if x0 > host[-1].x1 - 0.3 * size:
        return len(host) if x0 - host[-1].x1 < close else None
    if x1 < host[0].x0 + 0.3 * size:
        return 0 if host[0].x0 - x1 < close else None
    for index in range(1, len(host)):
        if host[index - 1].x1 - 0.3 * size <= x0 and x1 <= host[index].x0 + 0.3 * size:
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


def _base(run: Run) -> Style:
    """The style of the line proper, not of its scripts: the one of most glyphs, among the larger sizes."""
    if all(glyph.style is run[0].style for glyph in run):
        return run[0].style
    counts = Counter(id(glyph.style) for glyph in run)
    styles = {id(glyph.style): glyph.style for glyph in run}
    largest = max(style.size for style in styles.values())
    plain = [key for key, style in styles.items() if style.size >= LAYOUT.script_size * largest]
    if sum(counts[key] for key in plain) * 4 < len(run):  # a drop capital
        plain = list(styles)
    by_place: Counter[tuple[float, float]] = Counter()
    for key in plain:
        by_place[round(styles[key].baseline, 1), round(styles[key].size, 1)] += counts[key]
    (baseline, size), _ = max(by_place.items(), key=lambda item: (item[1], item[0]))
    for key in plain:
        style = styles[key]
        if (round(style.baseline, 1), round(style.size, 1)) == (baseline, size):
            return style
    return run[0].style


def _line(run: Run, order: int) -> Line | None:
    base = _base(run)
    words: list[Word] = []
    part: Run = []
    for glyph in run:
        if part and _parts(part[-1], glyph, base):
            words.append(_word(part, base))
            part = []
        part.append(glyph)
    words.append(_word(part, base))
    words = [word for word in words if word.text]
    return Line(words, base.baseline, base.size, order) if words else None


def _parts(last: Glyph, glyph: Glyph, base: Style) -> bool:
    """Whether a space stands between two glyphs. A subscript belongs to what stands before it, space or not."""
    gap = glyph.x0 - last.x1
    size = base.size
    if mark(glyph, base) == "_" and gap < LAYOUT.cell_gap * size:
        return False
    least = {"space": LAYOUT.spaced_gap, "hint": LAYOUT.hinted_gap, "": LAYOUT.word_gap}[glyph.gap]
    return gap > least * size


def mark(glyph: Glyph, base: Style) -> str:
    """Whether a glyph is raised ("^"), lowered ("_") or neither (" ") on a line of this base."""
    style = glyph.style
    if style is base:
        return glyph.shape
    rise = base.baseline - style.baseline
    if style.size > LAYOUT.script_size * base.size:
        return glyph.shape
    if rise > LAYOUT.script_rise * base.size:
        return "^"
    return "_" if -rise > LAYOUT.script_drop * base.size else glyph.shape


def _word(part: Run, base: Style) -> Word:
    text = ""
    edges: list[float] = []
    marks = ""
    at = part[0].x0
    for glyph in part:
        folded = glyph.text
        if not folded:
            continue
        script = mark(glyph, base)
        x0, x1 = max(at, glyph.x0), max(at, glyph.x0, glyph.x1)
        if edges:
            edges[-1] = x0
        else:
            edges.append(x0)
        step = (x1 - x0) / len(folded)
        edges.extend(x0 + step * (place + 1) for place in range(len(folded)))
        text += folded
        marks += script * len(folded)
        at = x0 if glyph.x1 < x0 else min(x1, glyph.x1)
    plain = [glyph.style for glyph in part if mark(glyph, base) == " "] or [glyph.style for glyph in part]
    style = plain[0]
    styles = {id(glyph.style): glyph.style for glyph in part}.values()
    return Word(
        text, edges, marks, style.baseline, style.size, style.font,
        sum(s.bold for s in plain) * 2 > len(plain), sum(s.italic for s in plain) * 2 > len(plain),
        min(s.baseline - LAYOUT.ascent * s.size for s in styles),
        max(s.baseline + LAYOUT.descent * s.size for s in styles),
    )  # fmt: skip
