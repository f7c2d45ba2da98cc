"""Which encoding the bytes of a text file are in."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

MARKED = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
"""Byte order marks; those of UTF-32 come first, for one of them begins as one of UTF-16 does."""
WESTERN = "cp1252"
LATIN = [WESTERN, "mac_roman"]
LEGACY = [*LATIN, "cp1250", "cp1251", "gb18030", "shift_jis", "big5", "euc_kr"]
"""Encodings of one or two bytes a character that editors still write."""
FOREIGN = 0.12  # share of bytes beyond ASCII from which a text may be in another script: signs and accents make less
ZEROS = 0.2  # share of zero bytes at even or odd places from which bytes are UTF-16: one in two where all is ASCII


def decoded(data: bytes) -> tuple[str, str | None]:
    """The text of a file, with ``LF`` at line ends, and a warning where its encoding had to be guessed."""
    text, encoding = _decoded(data)
    warning = None
    if encoding:
        warning = f"Not UTF-8: read as {encoding}, which is a guess; save the file as UTF-8 if characters are wrong."
    return text.replace("\r\n", "\n").replace("\r", "\n"), warning


def _decoded(data: bytes) -> tuple[str, str | None]:
    for mark, encoding in MARKED:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), None
    wide = _wide(data)
    if wide:
        return data.decode(wide, "replace"), wide
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        encoding = _legacy(data)
        return data.decode(encoding, "replace"), encoding


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark, told by the zero bytes that spaces and Latin letters have there."""
    start = data[:4000]
    half = max(1, len(start) // 2)
    low, high = start[1::2].count(0) / half, start[0::2].count(0) / half
    if max(low, high) < ZEROS or min(low, high) > ZEROS / 4:
        return None
    return "utf-16-le" if low > high else "utf-16-be"


def _legacy(data: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8; the Western one where another is no likelier."""
    foreign = sum(byte > 0x7F for byte in data) > FOREIGN * len(data)
    likely = list(from_bytes(data, cp_isolation=LEGACY if foreign else LATIN, enable_fallback=False))
    western = next((match for match in likely if match.encoding == WESTERN), None)
    if not likely or (western and western.chaos <= likely[0].chaos):
        return WESTERN
    return likely[0].encoding
