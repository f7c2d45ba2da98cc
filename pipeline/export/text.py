"""Make text from papers harmless for where it is written (CSV, HTML, XML, terminals).

Nothing here changes what a value says; it takes away what a terminal, a spreadsheet or a link would act on.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final
from urllib.parse import quote

_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+")
"""Control characters (terminal escapes begin with one) and marks that hide or reorder what is shown."""

_ACTS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Of these what acts on more than itself: control characters except for tabs and line ends, and direction marks."""

_FORMULA: Final = re.compile(r"^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
"""How a cell begins that a spreadsheet would run (OWASP, CSV injection), full-width forms included."""


def seen(text: str) -> str:
    """The text as it may be shown, every offset kept: a sign in the place of each character that controls or reorders.

    Markup, which is our own, stays as it is.
    """
    return _ACTS.sub("\ufffd", text) if type(text) is str else text


def plain(text: str) -> str:
    """The text on one line, without control characters and direction overrides."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def cell(text: str) -> str:
    """The text as a spreadsheet's cell: on one line, and behind an apostrophe where it would run as a formula."""
    text = plain(text)
    return f"'{text}" if _FORMULA.match(text) else text


def doi_url(doi: str | None) -> str:
    """The address that resolves a DOI; empty where there is none."""
    return f"https://doi.org/{quote(doi, safe='/:;().-_')}" if doi else ""


def file_stem(source: str) -> str:
    """A file's name without folders and suffix, of safe characters only; never empty, never hidden."""
    stem = PurePath(source.replace("\\", "/")).stem
    return re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("._") or "document"
