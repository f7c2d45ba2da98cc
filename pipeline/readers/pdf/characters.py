"""From a PDF page to glyphs: pdfium's characters with their places, folded to plain text characters."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from statistics import median
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.document import Direction
from pipeline.readers.folding import HYPHEN, LOWERED, RAISED, fold
from pipeline.readers.pdf.encodings import PI, PI_FONT, UNKNOWN, by_shape, from_font, from_private
from pipeline.readers.pdf.outlines import SUSPECT, sign_of
from pipeline.readers.pdf.settings import LAYOUT
from pipeline.readers.pdf.values import Frame, Gap, Glyph, ScriptMark, Style

SPACES = frozenset((0x09, 0x20, 0xA0, *range(0x2002, 0x200B), 0x202F, 0x3000))
LINE_ENDS = frozenset((0x0A, 0x0D))
ACCENTS = {
    "\u00b4": "\u0301", "`": "\u0300", "\u00a8": "\u0308", "\u02c6": "\u0302", "^": "\u0302", "\u02dc": "\u0303",
    "~": "\u0303", "\u02c7": "\u030c", "\u00b8": "\u0327", "\u00af": "\u0304", "\u02d8": "\u0306", "\u02d9": "\u0307",
    "\u00b0": "\u030a", "\u02dd": "\u030b", "\u02db": "\u0328",
}  # fmt: skip
APART = frozenset("\u00b4\u00a8\u02c6\u02dc\u02c7\u00b8\u02d8\u02d9\u00b0\u02dd\u02db")
"""Accents that mean nothing by themselves: one that is drawn after its line belongs to the letter it stands over."""
ROW = 12.0  # points of height in which the letters are looked for that an accent stands over
RINGED = frozenset("AaUu")  # letters over which the degree sign is a ring
BOLD_WEIGHT = 600
BOLD_NAME = re.compile(r"bold|black|heavy|\.B$|-Bd|Demi", re.IGNORECASE)
ASCENDING, LEVEL = frozenset("bdfhklABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), frozenset("acemnorsuvwxz")
TALL, LOW = 0.69, 0.45  # how high these letters stand above the baseline in the usual faces, in ems
TYPE3_SAMPLE = 400  # characters looked at to tell a nameless font's size
ASKEW, CLIPPED = -1, -2  # in the place of an angle: text that stands askew, text of which nothing is seen
SUBSET = re.compile(r"[A-Z]{6}\+")
FORCE_BOLD, ITALIC = 1 << 18, 1 << 6  # flags of a font descriptor (ISO 32000-1, table 123)

# Lean prototypes: pypdfium2's own check every argument, which costs as much as the call.
_unicode = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(pdfium.FPDFText_GetUnicode, ctypes.c_void_p).value or 0
)
_text_object = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(pdfium.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)
_loose_box = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(pdfium.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)


Shapes = dict[tuple[str, float], dict[tuple[int, int], tuple[str, ScriptMark]]]


@dataclass(slots=True)
class Slanted:
    """Text at an angle of its own, such as a watermark; ``box`` is ``(x0, y0, x1, y1)`` in the file's axes.

    ``last`` is the box of its last character.
    """

    text: str
    box: tuple[float, float, float, float]
    last: tuple[float, float, float, float]


@dataclass(slots=True)
class PageGlyphs:
    """The characters of a page, in the order of its content stream.

    ``upright`` holds those of text along the axes by its angle (0, 90, 180, 270, anticlockwise) in the file's own axes,
    each measured in the frame that :func:`frame_of` tells; ``slanted`` what stands askew.
    """

    upright: dict[int, list[Glyph]]
    slanted: list[Slanted]

    @property
    def count(self) -> int:
        """How many characters there are, white space and hyphens aside (those at line ends come and go)."""
        texts = chain(
            (glyph.text for found in self.upright.values() for glyph in found), (s.text for s in self.slanted)
        )
        return sum(sign not in "- " for text in texts for sign in text)


def glyphs(page: Any, forms: bool = False, shapes: Shapes | None = None) -> PageGlyphs:
    """The glyphs of a page.

    Args:
        page: a pypdfium2 page.
        forms: whether the page shows other pages or figures as forms; text that is clipped away there is left out.
        shapes: what is known of glyphs by font and size; pages of one file that share it are read faster.
    """
    return _PageText(page, forms, {} if shapes is None else shapes).read()


class _PageText:
    """One reading of one page; holds what its helpers share."""

    def __init__(self, page: Any, forms: bool, shapes: Shapes) -> None:
        self.page = page
        self.forms = forms
        self.left, self.bottom, self.right, self.top = page_box(page)
        self.fonts: dict[int | None, tuple[str, bool, bool]] = {}
        self.shapes = shapes
        self.sizes: dict[tuple[int | None, float], float] = {}
        self.styles: dict[tuple[float, float, str], Style] = {}
        self.found: defaultdict[int, list[Glyph]] = defaultdict(list)
        self.slanted: list[Slanted] = []
        self.sides = tuple(ctypes.c_double() for _ in range(4))  # one set for all calls

    def read(self) -> PageGlyphs:
        text_page = self.page.get_textpage()
        try:
            self._walk(text_page)
        finally:
            text_page.close()
        upright = {angle: with_accents(found) for angle, found in self.found.items() if found}
        return PageGlyphs(upright, self.slanted)

    def _walk(self, text_page: Any) -> None:  # noqa: C901, PLR0912, PLR0915 (the inner loop: a call costs as much as a step)
        """Ask for each character's code, text object and box; the rest is asked once for each object and each shape."""
        handle = ctypes.cast(text_page.raw, ctypes.c_void_p).value or 0
        rect = pdfium.FS_RECTF()
        place = ctypes.addressof(rect)  # plain integers: ctypes takes ten times as long over its own pointers
        current: int | None = None
        style: Style | None = None
        angle, high = 0, 0
        out: list[Glyph] = []
        shapes: dict[tuple[int, int], tuple[str, ScriptMark]] = {}
        gap: Gap = ""
        for index in range(pdfium.FPDFText_CountChars(text_page.raw)):
            code = _unicode(handle, index)
            if code in LINE_ENDS:
                gap = "hint"
                continue
            address = _text_object(handle, index)
            if address is None:
                gap = gap or "hint"
                continue
            if code in SPACES:
                gap = "space"
                continue
            if 0xD800 <= code < 0xE000:  # pdfium gives characters beyond U+FFFF in two halves
                if code < 0xDC00 or not high:
                    high = code
                    continue
                code, high = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00, 0
            if address != current:
                current = address
                angle, style = self._style(text_page, index, address)
                out = self.found[angle]
                if style is not None:
                    shapes = self.shapes.setdefault((style.font, style.size), {})
            if style is None:
                if angle == ASKEW:
                    self._slant(text_page, index, code, gap)
                gap = ""
                continue
            _loose_box(handle, index, place)
            if angle == 0:
                x0, x1 = rect.left - self.left, rect.right - self.left
            else:
                x0, x1 = self._along(angle, rect)
            key = code, int((x1 - x0) * 50)
            known = shapes.get(key)
            if known is None:
                known = self._known(text_page, index, code, angle, style)
                if known[1] == " ":  # raised and lowered figures may be equally wide
                    shapes[key] = known
            if out and x0 == out[-1].x0 and x1 == out[-1].x1 and style is out[-1].style:
                out[-1].text += known[0]  # a ligature's further letter, which pdfium reports in the same box
            else:
                out.append(Glyph(known[0], x0, x1, style, gap, known[1]))
            gap = ""

    def _slant(self, text_page: Any, index: int, code: int, gap: Gap) -> None:
        """Add a character of text that stands askew to its run; a space parts words, a leap begins another run."""
        left, right, low, high = (ctypes.c_double() for _ in range(4))
        pdfium.FPDFText_GetCharBox(text_page.raw, index, left, right, low, high)
        box = left.value, low.value, right.value, high.value
        char = _plain(chr(code)) if not 0xD800 <= code < 0xE000 else UNKNOWN
        last = self.slanted[-1] if self.slanted else None
        if last is None or not _near(last.last, box):  # the next label of an axis begins where none of this one ends
            self.slanted.append(Slanted(char, box, box))
            return
        last.last = box
        last.text += (" " if gap == "space" else "") + char
        last.box = (
            min(last.box[0], box[0]),
            min(last.box[1], box[1]),
            max(last.box[2], box[2]),
            max(last.box[3], box[3]),
        )

    def _along(self, angle: int, rect: Any) -> tuple[float, float]:
        match angle:
            case 90:
                return rect.bottom - self.bottom, rect.top - self.bottom
            case 180:
                return self.right - rect.right, self.right - rect.left
            case _:
                return self.top - rect.top, self.top - rect.bottom

    def _style(self, text_page: Any, index: int, address: int) -> tuple[int, Style | None]:
        """The angle and style of the text object at this address; no style where it stands askew or is clipped away."""
        if self.forms and is_clipped(ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)):
            return CLIPPED, None
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(text_page.raw, index, matrix)
        degrees = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
        angle = round(degrees / 90) % 4 * 90
        askew = abs((degrees - angle + 180) % 360 - 180)
        if askew > 5:  # a watermark, or a figure's slanted label
            return ASKEW, None
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(text_page.raw, index, x, y)
        size = pdfium.FPDFText_GetFontSize(text_page.raw, index) * math.hypot(matrix.c, matrix.d)
        font, bold, italic = self._font(address)
        if not font:
            size = self._drawn_size(text_page, index, address, angle, size)
        match angle:
            case 0:
                baseline = self.top - y.value
            case 90:
                baseline = x.value - self.left
            case 180:
                baseline = y.value - self.bottom
            case _:
                baseline = self.right - x.value
        key = round(baseline, 2), round(size, 2), font
        style = self.styles.get(key)
        if style is None:
            style = self.styles[key] = Style(key[0], key[1] or 1.0, font, bold, italic)
        return angle, style

    def _known(  # noqa: PLR0911 (one case after the other)
        self, text_page: Any, index: int, code: int, angle: int, style: Style
    ) -> tuple[str, ScriptMark]:
        """The character that a glyph stands for, and whether its drawing is raised or lowered on the baseline."""
        char = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else UNKNOWN
        if char == HYPHEN and pdfium.FPDFText_IsHyphen(text_page.raw, index) == 1:
            return fold(char), " "
        if char in RAISED or char in LOWERED:
            return fold(char), "^" if char in RAISED else "_"
        if 0xE000 <= code < 0xF900:
            return from_private(char), " "
        meant = self._meant(text_page, index, char, style.font)
        if meant is not None:
            return meant, " "
        if not (char == "\xbc" or code < 32 or 0x7F <= code < 0xA0 or (code < 0x7F and char.isalnum())):
            return _plain(char), " "
        box = self._tight(text_page, index, angle, style)
        if box is None:
            return _plain(char), " "
        width, height, bottom = box
        if char == "\xbc":
            return ("=" if height < 0.45 else char), " "
        if not char.isalnum():
            return by_shape(width, height, bottom), " "
        return char, _drawn_script(char, height, bottom)

    def _meant(self, text_page: Any, index: int, char: str, font: str) -> str | None:
        """What a character is by its font's name or by its drawing; None where neither tells."""
        meant = from_font(char, font)
        if meant != char:
            return meant
        if char in PI and char != "\xbc" and PI_FONT.search(font):
            return PI[char]
        if char not in SUSPECT:
            return None
        handle = _text_object(ctypes.cast(text_page.raw, ctypes.c_void_p).value or 0, index)
        drawn = pdfium.FPDFTextObj_GetFont(ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT)) if handle else None
        if drawn is None:
            return None
        known = self.shapes.setdefault(("signs of " + font, 0.0), {})  # whatever their size
        if (ord(char), 0) not in known:
            known[ord(char), 0] = sign_of(drawn, char) or "", " "
        return known[ord(char), 0][0] or None

    def _tight(self, text_page: Any, index: int, angle: int, style: Style) -> tuple[float, float, float] | None:
        """Width, height and foot above the baseline of a glyph's drawing, in ems; for upright text only."""
        left, right, low, high = self.sides
        if angle or not pdfium.FPDFText_GetCharBox(text_page.raw, index, left, right, low, high):
            return None
        base = self.top - style.baseline
        width, height = right.value - left.value, high.value - low.value
        return width / style.size, height / style.size, (low.value - base) / style.size

    def _drawn_size(self, text_page: Any, first: int, address: int, angle: int, stated: float) -> float:
        """The size of a font without a name (Type 3), which may be drawn in units of its own (dvips: of a pixel).

        Where the height of its letters and figures contradicts the stated size, they tell it.
        """
        key = _font_key(address), round(stated, 3)
        if key not in self.sizes:
            upright, tops = angle in (0, 180), []
            left, right, low, high = (ctypes.c_double() for _ in range(4))
            x, y = ctypes.c_double(), ctypes.c_double()
            for index in range(first, min(pdfium.FPDFText_CountChars(text_page.raw), first + TYPE3_SAMPLE)):
                char = chr(min(pdfium.FPDFText_GetUnicode(text_page.raw, index), 0xFFFF))
                handle = _text_object(ctypes.cast(text_page.raw, ctypes.c_void_p).value or 0, index)
                part = TALL if char in ASCENDING else LOW if char in LEVEL else 0.0
                if not part or handle is None or _font_key(handle) != key[0]:
                    continue
                pdfium.FPDFText_GetCharBox(text_page.raw, index, left, right, low, high)
                pdfium.FPDFText_GetCharOrigin(text_page.raw, index, x, y)
                ends = (
                    (low.value - y.value, high.value - y.value)
                    if upright
                    else (left.value - x.value, right.value - x.value)
                )
                tops.append(max(map(abs, ends)) / part)
            drawn = median(tops) if tops else stated
            self.sizes[key] = stated if drawn < 0.5 or 0.5 < stated / drawn < 2 else drawn
        return self.sizes[key]

    def _font(self, address: int) -> tuple[str, bool, bool]:
        key = _font_key(address)
        if key not in self.fonts:
            self.fonts[key] = _describe(pdfium.FPDFTextObj_GetFont(ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)))
        return self.fonts[key]


def _font_key(address: int) -> int | None:
    """What tells the font of the text object at this address from other fonts."""
    handle = pdfium.FPDFTextObj_GetFont(ctypes.cast(address, pdfium.FPDF_PAGEOBJECT))
    return ctypes.cast(handle, ctypes.c_void_p).value


def is_clipped(item: Any) -> bool:
    """Whether the clip path of an object leaves nothing of it to see."""
    clip = pdfium.FPDFPageObj_GetClipPath(item)
    paths = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
    if paths <= 0:
        return False
    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(item, *sides):
        return False
    x0, y0, x1, y1 = (side.value for side in sides)
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(paths):
        points = []
        for index in range(pdfium.FPDFClipPath_CountPathSegments(clip, path)):
            pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(clip, path, index), x, y)
            points.append((x.value, y.value))
        if points and not _meets((x0, y0, x1, y1), points):
            return True
    return False


def _meets(box: tuple[float, float, float, float], points: list[tuple[float, float]]) -> bool:
    """Whether a box reaches at least half a point into the extent of these points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(box[2], max(xs)) - max(box[0], min(xs)) > 0.5 and min(box[3], max(ys)) - max(box[1], min(ys)) > 0.5


def _near(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    """Whether a box stands as near another as the next letter of a slanted line does: within its own size."""
    reach = 1.2 * max(b[2] - b[0], b[3] - b[1], 1.0)
    return a[0] - reach < b[2] and b[0] < a[2] + reach and a[1] - reach < b[3] and b[1] < a[3] + reach


def _describe(font: Any) -> tuple[str, bool, bool]:
    """A font's name, and whether it is bold and italic."""
    if not font:
        return "", False, False
    length = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(max(1, length))
    pdfium.FPDFFont_GetBaseFontName(font, buffer, length)
    name = SUBSET.sub("", buffer.value.decode("utf8", "replace"))
    flags = pdfium.FPDFFont_GetFlags(font)
    folded = name.lower()
    heavy = pdfium.FPDFFont_GetWeight(font) >= BOLD_WEIGHT
    bold = heavy or bool(BOLD_NAME.search(name)) or bool(flags & FORCE_BOLD and flags > 0)
    italic = "italic" in folded or "oblique" in folded or name.endswith(".I") or bool(flags & ITALIC and flags > 0)
    return name, bold, italic


def _plain(char: str) -> str:
    """A character as the file maps it, save what is none."""
    return UNKNOWN if unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs") else fold(char)


def _drawn_script(char: str, height: float, bottom: float) -> ScriptMark:
    """Whether a letter or figure on the baseline is drawn raised or lowered.

    Faces with superior and inferior figures (OpenType ``sups``, ``subs``) have such glyphs. Lengths are in ems.
    """
    if not 0.05 < height <= 0.52:
        return " "
    if bottom > LAYOUT.superior_foot:
        return "^"
    return "_" if bottom < -LAYOUT.script_drop and (char.isdigit() or char.isupper()) else " "


def with_accents(found: list[Glyph]) -> list[Glyph]:
    """Glyphs with each accent that is drawn over a letter made one with it; TeX and others draw them apart."""
    if not any(glyph.text in ACCENTS for glyph in found):
        return found
    result: list[Glyph] = []
    pending: Glyph | None = None
    for glyph in found:
        if pending is not None and _accented(glyph, pending):
            glyph.gap = pending.gap or glyph.gap if glyph.gap != "space" else "space"
            pending = None
        elif pending is not None:
            result.append(pending)
            pending = None
        if glyph.text in ACCENTS:
            if result and _accented(result[-1], glyph):
                continue
            pending = glyph
        else:
            result.append(glyph)
    whole = [*result, pending] if pending is not None else result
    return _with_late_accents(whole)


def _with_late_accents(found: list[Glyph]) -> list[Glyph]:
    """Glyphs with the accents put on their letters that are drawn after the rest of the line."""
    if not any(glyph.text in APART for glyph in found):
        return found
    rows: defaultdict[int, list[Glyph]] = defaultdict(list)  # letters by height
    for glyph in found:
        if glyph.text.isalpha():
            rows[int(glyph.style.baseline / ROW)].append(glyph)
    left: list[Glyph] = []
    for glyph in found:
        if glyph.text not in APART:
            left.append(glyph)
            continue
        at = int(glyph.style.baseline / ROW)
        near = (letter for row in (at, at - 1, at + 1) for letter in rows.get(row, ()))
        bases = (letter for letter in near if letter.x0 - 1 < glyph.x1 and glyph.x0 < letter.x1 + 1)
        ringed = glyph.text == "\u00b0"
        if not any(_accented(letter, glyph) for letter in bases if not ringed or letter.text in RINGED):
            left.append(glyph)
    return left


def _accented(letter: Glyph, accent: Glyph) -> bool:
    """Put an accent on a letter if it stands over it; says whether it does."""
    middle = (accent.x0 + accent.x1) / 2
    near = abs(letter.style.baseline - accent.style.baseline) < 0.5 * letter.style.size
    if not near or not letter.x0 - 0.1 * letter.style.size < middle < letter.x1 + 0.1 * letter.style.size:
        return False
    base = {"\u0131": "i", "\u0237": "j"}.get(letter.text, letter.text)
    whole = unicodedata.normalize("NFC", base + ACCENTS[accent.text])
    if len(whole) != 1:
        return False
    letter.text = whole
    return True


def page_box(page: Any) -> tuple[float, float, float, float]:
    """The visible part of a page in the file's own axes: the crop box within the media box."""
    media, crop = page.get_mediabox(), page.get_cropbox()
    box = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    return box if box[2] > box[0] and box[3] > box[1] else media


def frame_of(page: Any, angle: int) -> Frame:
    """The frame of text at an angle (anticlockwise, in the file's axes) on a page, its rotation considered."""
    directions: dict[int, Direction] = {0: 0, 90: 90, 180: 180, 270: 270}
    width, height = page.get_size()
    return Frame(directions[(page.get_rotation() - angle) % 360], width, height)
