"""The type of a downloaded file, by its bytes: a host may call anything a PDF."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from pipeline.acquisition.errors import FetchError

_HEAD, _TAIL = 1024, 2048  # readers look for a PDF's marks in its first and last kilobyte, and some files add a little

_CC_ADDRESS = re.compile(r"creativecommons\.org/(?:licenses|publicdomain)/(by(?:-nc)?(?:-nd|-sa)?|zero)/(\d\.\d)")
_CC_NAME = re.compile(r"cc[ -](by(?:[ -]nc)?(?:[ -](?:nd|sa))?)(?:[ -](\d\.\d))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is, and the licence that it states itself."""

    suffix: str
    media_type: str
    licence: str | None = None


def identify(path: Path) -> FileKind:
    """Tell a whole PDF and a JATS article with its text from all else.

    Raises:
        FetchError: it is neither.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - _TAIL))
        tail = stream.read()
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _jats(path, head)
    if b"%PDF-" not in head:
        raise FetchError("refused", "what came is neither PDF nor JATS")
    if b"%%EOF" not in tail:
        raise FetchError("refused", "the PDF breaks off before its end")
    return FileKind(".pdf", "application/pdf")


def _jats(path: Path, head: bytes) -> FileKind:
    if re.search(rb"<!doctype html|<html", head, re.IGNORECASE):
        raise FetchError("refused", "a web page came in place of the paper")
    article = _Article()
    article.read(path)
    if article.root != "article" or not article.has_body:
        raise FetchError("refused", "the XML that came is not a JATS article with its text")
    return FileKind(".xml", "application/xml", article.licence)


@dataclass(slots=True)
class _Article:
    """What one pass over an XML file tells: its root, whether the text is there, the licence it links to."""

    root: str | None = None
    has_body: bool = False
    licence: str | None = None
    _in_licence: int = 0

    def read(self, path: Path) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._look_for_licence
        parser.EntityDeclHandler = self._refuse
        try:
            with path.open("rb") as stream:
                parser.ParseFile(stream)
        except expat.ExpatError as error:
            raise FetchError("refused", f"the XML that came is damaged ({error})") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.root = self.root or name
        self.has_body |= name == "body"
        self._in_licence += name == "license"
        self._look_for_licence(attributes.get("xlink:href", ""))

    def _end(self, name: str) -> None:
        self._in_licence -= name == "license"

    def _look_for_licence(self, text: str) -> None:
        if self._in_licence and self.licence is None and _CC_ADDRESS.search(text.lower()):
            self.licence = text

    def _refuse(self, *_: object) -> None:
        raise FetchError("refused", "the XML that came declares entities, as no article needs to")


def licence_name(stated: str | None) -> str | None:
    """A Creative Commons licence's SPDX identifier (less the version where none is stated); another one as stated.

    >>> licence_name("https://creativecommons.org/licenses/by-nc/4.0/"), licence_name("cc by"), licence_name("")
    ('CC-BY-NC-4.0', 'CC-BY', None)
    """
    stated = (stated or "").strip()
    if found := _CC_ADDRESS.search(stated.lower()):
        return "CC0-1.0" if found[1] == "zero" else f"CC-{found[1].upper()}-{found[2]}"
    if found := _CC_NAME.fullmatch(stated):
        return "-".join(["CC", found[1].upper().replace(" ", "-"), *([found[2]] if found[2] else [])])
    return "CC0-1.0" if stated.upper().replace(" ", "") in ("CC0", "CC-0") else stated or None
