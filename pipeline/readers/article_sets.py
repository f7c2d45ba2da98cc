"""XML files of several articles: each article is a document of its own, named ``FILE#NUMBER.xml``.

PubMed Central and Europe PMC answer with such sets. They are cut by their tags, in one pass and before anything parses
them; what holds the articles (name spaces, entities) goes round each, so that it stands as a file of its own.
"""

from __future__ import annotations

import mmap
import re
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

MEMBER = re.compile(r"(.+)#([1-9]\d*)(\.n?xml)", re.IGNORECASE | re.DOTALL)
TAG = re.compile(rb"<(/?)((?:[\w.-]+:)?[\w.-]+)(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*(/?)>")
ARTICLE = re.compile(rb"<(?:[\w.-]+:)?article[\s>]")
ARTICLE_END = re.compile(rb"<!--|<!\[CDATA\[|</(?:[\w.-]+:)?article\s*>")
CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
DOCTYPE = re.compile(rb"<!DOCTYPE[^\[<>]*(?:\[.*?\]\s*)?>", re.DOTALL)
HEAD = 65_536  # bytes within which the root element begins, and which a tag has at most

Bytes = bytes | mmap.mmap
Kind = Literal["open", "close", "empty"]


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, and where it begins and ends, in bytes."""

    start: int
    end: int
    name: bytes
    kind: Kind


@dataclass(frozen=True, slots=True)
class Member:
    """Where an article stands in a file, in bytes, and what goes before and after it."""

    start: int
    end: int
    before: bytes
    after: bytes


def members(path: Path) -> list[Path]:
    """What a file holds: itself, or its articles by name where it is a set of several.

    Files elsewhere than on this machine's disk are taken as they are.
    """
    if path.suffix.lower() not in (".xml", ".nxml"):
        return [path]
    try:
        found = _members(path, *_state(path))
    except OSError:  # told when it is read
        return [path]
    if len(found) < 2:
        return [path]
    return [path.with_name(f"{path.stem}#{number}{path.suffix}") for number in range(1, len(found) + 1)]


def set_of(path: Path) -> Path | None:
    """The file that holds the article that a path names; None where it names a file, or nothing."""
    match = MEMBER.fullmatch(path.name)
    if match is None or path.exists():
        return None
    file = path.with_name(match[1] + match[3])
    return file if file.is_file() else None


def article(path: Path) -> bytes | None:
    """The bytes of one article of a set as a file of its own; None where the path names none.

    Raises:
        OSError: the file cannot be read.
    """
    match, file = MEMBER.fullmatch(path.name), set_of(path)
    if match is None or file is None:
        return None
    found = _members(file, *_state(file))
    number = int(match[2])
    if not 1 < len(found) >= number:
        return None
    member = found[number - 1]
    with file.open("rb") as stream:
        stream.seek(member.start)
        return member.before + stream.read(member.end - member.start) + member.after


def _state(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns


@lru_cache(maxsize=8)
def _members(path: Path, size: int, changed: int) -> tuple[Member, ...]:
    """The articles of a file; size and time of change tell its states apart."""
    del changed
    if not size or not path.is_file():
        return ()
    with path.open("rb") as stream:
        root = _next_tag(stream.read(HEAD), 0)
        if root is None or _local(root.name) == b"article":
            return ()
        with closing(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)) as data:
            return tuple(cut(data))


def cut(data: Bytes) -> list[Member]:
    """The articles in the bytes of an XML file, by their outermost tags."""
    found: list[Member] = []
    if ARTICLE.search(data) is None:
        return found
    around: list[tuple[bytes, bytes]] = []  # the elements open at this place: name and start tag
    tag = _next_tag(data, 0)
    prolog = bytes(data[: tag.start]) if tag is not None and tag.start < HEAD else b""
    while tag is not None:
        end = tag.end
        if tag.kind == "close":
            while around and around.pop()[0] != tag.name:
                pass
        elif tag.kind == "open" and _local(tag.name) != b"article":
            around.append((tag.name, bytes(data[tag.start : end])))
        elif tag.kind == "open":
            end = _end_of_article(data, end)
            if not end:
                break
            before = prolog + b"".join(opened for _, opened in around)
            after = b"".join(b"</%s>" % name for name, _ in reversed(around))
            found.append(Member(tag.start, end, before, after))
        tag = _next_tag(data, end)
    return found


def _next_tag(data: Bytes, at: int) -> Tag | None:
    """The next tag outside of comments, instructions and declarations."""
    at = data.find(b"<", at)
    while at >= 0:
        mark = next((mark for mark in CLOSED_BY if data[at : at + len(mark)] == mark), None)
        if mark is not None:
            end = data.find(CLOSED_BY[mark], at + len(mark))
            at = data.find(b"<", end) if end >= 0 else -1
        elif (doctype := DOCTYPE.match(data, at, at + HEAD)) is not None:
            at = data.find(b"<", doctype.end())
        elif (tag := TAG.match(data, at, at + HEAD)) is not None:
            kind: Kind = "close" if tag[1] else "empty" if tag[3] else "open"
            return Tag(at, tag.end(), bytes(tag[2]), kind)
        else:
            at = data.find(b"<", at + 1)
    return None


def _end_of_article(data: Bytes, at: int) -> int:
    """Where the article ends whose start tag ends here; 0 where it does not."""
    while at >= 0 and (token := ARTICLE_END.search(data, at)) is not None:
        if token[0].startswith(b"</"):
            return token.end()
        at = data.find(CLOSED_BY[bytes(token[0])], token.end())
    return 0


def _local(name: bytes) -> bytes:
    return name.rpartition(b":")[2]
