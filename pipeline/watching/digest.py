"""Write a digest: digest.html, the feed digest.atom, on request digest.csv, and each with news into digests/."""

from __future__ import annotations

import codecs
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from jinja2 import Environment
from lxml import etree  # type: ignore[import-untyped]
from markupsafe import Markup

from pipeline.export.spreadsheet import COLUMNS, encoded
from pipeline.export.templates import environment, source_hash
from pipeline.export.text import cell, doi_url, plain, seen
from pipeline.export.workbook import TITLES
from pipeline.folder import write_atomically
from pipeline.notices import LABELS
from pipeline.settings import version
from pipeline.watching.news import WAITING_SHOWN, Digest
from pipeline.watching.state import FeedEntry, WatchState

PAGE: Final = "digest.html"
FEED: Final = "digest.atom"
TABLE: Final = "digest.csv"
EARLIER: Final = "digests"
_ENTRIES: Final = 30  # of the feed; digests/ keeps all
_LISTED: Final = 200  # studies and papers that a list of the page shows; digest.csv has all
_IN_FEED: Final = 20  # that an entry of the feed shows
_ATOM: Final = "http://www.w3.org/2005/Atom"
_HERE: Final = files("pipeline.watching")


def write_digest(folder: Path, state: WatchState, digest: Digest, *, csv: bool = False) -> list[Path]:
    """Write a digest's files into a watch's folder, and its entry into the feed; the paths.

    The page is written in any case; feed and digests/ change where there is news. The names and identifiers come from
    the time the look began, so that a look that was killed while it wrote replaces its own files.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    page = _page(digest, _body(digest, _LISTED))
    written = [folder / PAGE, folder / FEED]
    if digest.has_news:
        write_atomically(folder / EARLIER / f"{_stamp(digest.at)}.html", [page])
        entry = FeedEntry(at=digest.at, title=digest.headline, html=str(_body(digest, _IN_FEED)))
        state.feed = [entry, *(each for each in state.feed if each.at != digest.at)][:_ENTRIES]
    write_atomically(folder / PAGE, [page])
    write_atomically(folder / FEED, [feed(state)])
    if csv:
        write_atomically(folder / TABLE, _table(digest))
        written.append(folder / TABLE)
    else:
        (folder / TABLE).unlink(missing_ok=True)  # it would tell of an earlier look
    return written


def _body(digest: Digest, listed: int) -> Markup:
    body = _template("digest_body.html.jinja", digest=digest, listed=listed)
    return Markup(body)  # noqa: S704  (escaped by the template)


def _page(digest: Digest, body: Markup) -> bytes:
    style = _asset("digest.css")
    return _template(
        "digest.html.jinja",
        digest=digest,
        body=body,
        style=Markup(style),  # noqa: S704  (our own file)
        style_hash=source_hash(style),
        version=version(),
    ).encode()


def feed(state: WatchState) -> bytes:
    """The feed of a watch, in Atom (RFC 4287)."""
    name = f"coatmine watch {state.kind} {state.subject}"
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _child(root, "title", f"coatmine: {plain(_title(state))}")
    _child(root, "id", _urn(name))
    _child(root, "updated", _time(max((each.at for each in state.feed), default=state.begun)))
    _child(_child(root, "author"), "name", "coatmine")
    _child(root, "generator", "coatmine", version=version())
    for each in state.feed:
        entry = _child(root, "entry")
        _child(entry, "title", each.title)
        _child(entry, "id", _urn(f"{name} {_time(each.at)}"))
        _child(entry, "updated", _time(each.at))
        _child(entry, "link", href=f"{EARLIER}/{_stamp(each.at)}.html", rel="alternate", type="text/html")
        _child(entry, "content", each.html, type="html")
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return data


def _title(state: WatchState) -> str:
    """The review's title where it is known, else what is watched for."""
    review = state.papers.get(state.subject)
    return (review and review.title) or state.subject


def _child(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = None if text is None else seen(text)
    return child


def _urn(name: str) -> str:
    identifier: UUID = uuid5(NAMESPACE_URL, name)
    return identifier.urn


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else "1970-01-01T00:00:00+00:00"


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")


def _table(digest: Digest) -> list[bytes]:
    """One row per study: why it is told, what has changed, and its row of records.csv."""
    lines = [codecs.BOM_UTF8, encoded(("news", "changes", "undecided", *COLUMNS))]
    noticed = {each.doi for each in digest.notices}
    listed = {study.records for study in (*digest.new, *digest.changed)}
    for news, studies in (("new", digest.new), ("changed", digest.changed), ("notice", digest.noticed)):
        for study in studies:
            if news == "notice" and study.records in listed:
                continue
            why = "new, notice" if news == "new" and study.doi in noticed else news
            changes = cell("; ".join(map(str, study.changes)))
            lines.append(encoded((why, changes, str(study.undecided), *study.cells)))
    return lines


@cache
def _environment() -> Environment:
    made = environment(_HERE)
    made.globals.update(doi_url=doi_url, labels=LABELS, titles=TITLES, shown=WAITING_SHOWN)
    return made


def _template(name: str, **given: object) -> str:
    return _environment().get_template(name).render(**given)


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
