"""A saved article page: PMC, publishers' pages, arXiv's HTML and ar5iv, and pages of no known kind.

The article is read and not the furniture of the site: where the page marks its article up, from there; else from what
readability takes for the main content. No script runs and nothing is fetched.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.document import BlockKind, Document, Metadata
from pipeline.errors import ReadError
from pipeline.readers.citing import find_doi, tidy_doi
from pipeline.readers.encoding import decoded
from pipeline.readers.figure_labels import NUMBERS
from pipeline.readers.page_marks import MARKS
from pipeline.readers.printed_text import PrintedText
from pipeline.readers.structured.article import read_items
from pipeline.readers.structured.headings import normalised
from pipeline.readers.structured.items import FlowItem, joined, plain
from pipeline.readers.structured.tree import Walker, classes, parse, tag
from pipeline.readers.writing import Source

CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
FEWEST_LETTERS, FEWEST_BESIDE_LOGIN = 200, 2000
"""Letters in the paragraphs of a page that may be an article; and of one that asks for a password."""
SHARE = 0.6
"""Of a page's running text that the element must hold which is taken for the article."""

DOI_LINK = re.compile(r"^https?://\S*10\.\d{4,9}/\S+")
EMPTY_BRACKETS = re.compile(r"\s*(?:\[[\s,;|]*\]|\([\s,;|]*\))")
FEWEST_ENTRIES = 2
KEPT_WHOLE = frozenset({"body", "article", "main", "p", "a", "sup", "table", "td", "th", "tr", "li", "cite"})
"""Elements that are no furniture, whatever their classes say."""


def read_html(data: bytes, source: Source) -> Document:
    """Read a saved article page.

    Raises:
        ReadError: the page holds no article.
    """
    text, warning = _text(data)
    tree = parse(text)
    name = Path(source.path).name
    least = FEWEST_BESIDE_LOGIN if tree is not None and tree.xpath("//input[@type='password']") else FEWEST_LETTERS
    if tree is None or _letters(tree) < least:
        raise ReadError(
            "not_a_document",
            f"{name} holds no article (a login, consent or error page, or one that a script fills in): save the page"
            " with the article in view, as HTML or PDF.",
        )
    stated = _stated(tree)
    items = _Page(stated.title).walk(_article(tree, text))
    document = read_items(items, source, stated)
    return document.model_copy(update={"warnings": (*document.warnings, *([warning] if warning else []))})


def _text(data: bytes) -> tuple[str, str | None]:
    """The page's text, in the encoding that it states, and a warning where that had to be guessed."""
    if not data.isascii():  # a browser saves as UTF-8, whatever the page itself says
        with suppress(UnicodeDecodeError):
            return data.decode("utf-8-sig"), None
    given = CHARSET.search(data[:4096])
    if given and not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            encoding = codecs.lookup(given[1].decode("ascii")).name
            return data.decode("cp1252" if encoding == "iso8859-1" else encoding, "replace"), None
        except (LookupError, UnicodeDecodeError):
            pass
    return decoded(data)


def _letters(element: Any) -> int:
    """How many characters of running text an element holds."""
    return sum(len("".join(p.itertext()).strip()) for p in element.iter() if _runs(p))


def _runs(element: Any) -> bool:
    """Whether an element is a paragraph, or a division that holds text of its own."""
    name = tag(element)
    return name == "p" or (
        name in ("div", "li", "td", "section", "article", "body") and len((element.text or "").strip()) > 60
    )


def _article(tree: Any, text: str) -> Any:
    """The element that holds the article."""
    whole = _letters(tree)
    for path in MARKS.articles:
        found = max(tree.xpath(path), key=_letters, default=None)
        if found is not None and _letters(found) >= SHARE * whole:
            return found
    if tree.xpath("count(//p)") < 3:
        return tree
    return _main_content(tree, text)


def _main_content(tree: Any, text: str) -> Any:
    """The smallest element with all the paragraphs that readability takes for the main content.

    Its own result is not read: it drops tables and lists with the furniture.
    """
    from readability import Document as Readability  # type: ignore[import-untyped]

    try:
        main = parse(Readability(text).summary(html_partial=True))
    except Exception:  # it knows pages, not all that may come; the whole page is read then
        return tree
    taken = {_words(e) for e in (() if main is None else main.iter("p", "td", "li", "h1", "h2", "h3")) if _words(e)}
    chains = [[e, *e.iterancestors()][::-1] for e in tree.iter("p", "td", "li", "h1", "h2", "h3") if _words(e) in taken]
    common = tree
    for level in zip(*chains, strict=False):
        if any(e is not level[0] for e in level):
            break
        common = level[0]
    return common if chains and _letters(common) >= SHARE * _letters(tree) else tree


def _words(element: Any) -> str:
    """The text of an element as one line, where it is long enough to tell it from another's."""
    text = " ".join("".join(element.itertext()).split())
    return text if len(text) > 25 else ""


class _Page(Walker):
    """The walk through a page.

    Args:
        title: what the page states to be the article's title.
    """

    def __init__(self, title: str | None = None, *, listing: bool = False) -> None:
        super().__init__()
        self.title = normalised(title) if title else None
        self.listing = listing  # within a reference list
        self.titled = False
        self.footnotes: list[FlowItem] = []

    def fresh(self) -> Walker:
        """A walker for a part of the page that becomes one line."""
        return _Page(listing=self.listing)

    def end(self) -> None:
        """End the item being gathered; the footnotes that stand within it follow it."""
        super().end()
        self.items += self.footnotes
        self.footnotes = []

    def inline(self, element: Any, name: str, mark: str, depth: int, bold: bool) -> None:
        """Walk an element within a line; a footnote's text that stands at its mark is none of the line."""
        if "ltx_note_outer" in (element.get("class") or ""):
            passage, links = self.inner(element)
            self.footnotes.append(FlowItem("paragraph", passage, role="footnote", links=links))
            return
        if "ltx_author_notes" in (element.get("class") or ""):
            passage, links = self.inner(element)
            self.footnotes.append(FlowItem("paragraph", passage, role="affiliation", links=links))
            return
        super().inline(element, name, mark, depth, bold)
        given = element.get("class") or ""
        if "ltx_personname" in given:
            self.flow.extend(", ", "  ")
        elif MARKS.reference_label.search(given):
            self.flow.extend(" ", " ")

    def skips(self, element: Any) -> bool:
        """Leave out what the site put around the article, and what a reader of the page does not see."""
        if super().skips(element):
            return True
        name = tag(element)
        if name in ("nav", "footer") or element.get("hidden") is not None:
            return True
        if element.get("aria-hidden") == "true" or re.search(r"display\s*:\s*none", element.get("style") or ""):
            return name != "math"
        added = MARKS.reference_link if self.listing else MARKS.page_link
        if name == "a" and added.fullmatch("".join(element.itertext())):
            self._keep_address(element)
            return True
        return name not in KEPT_WHOLE and MARKS.is_furniture(classes(element))

    def _keep_address(self, element: Any) -> None:
        """A link that a site adds to a reference is no text of it, but its DOI is the reference's."""
        size = len(self.flow.text.rstrip())
        if self.listing and size:
            self.flow.links.append((size - 1, size, element.get("href") or ""))

    def role(self, element: Any) -> BlockKind | None:
        """What the classes of the common sites say, and the elements of HTML themselves."""
        name = tag(element)
        if name in ("figcaption", "caption"):
            return "caption"
        given = classes(element)
        return MARKS.role(given) if given.strip() else None

    def element(self, element: Any, mark: str, depth: int, bold: bool) -> None:
        """Walk one element; a reference list entry by entry."""
        entries = [] if self.listing else _entries(element)
        if entries:
            self.end()
            self._list(element, entries)
            return
        super().element(element, mark, depth, bold)
        last = self.items[-1] if self.items else None
        if last is not None and last.kind == "heading" and not self.titled:
            letters = normalised(last.text)
            if last.role == "title" or (last.level == 1 and (self.title is None or letters == self.title)):
                last.role, self.titled = "title", True

    def block(self, element: Any, depth: int, kind: Any, **given: Any) -> None:
        """Walk an element that stands by itself; the heading of an abstract is a heading."""
        before = len(self.items)
        super().block(element, depth, kind, **given)
        for item in self.items[before:]:
            if item.kind == "heading" and item.role not in (None, "title"):
                item.role = None if item.role != "caption" else "caption"
                item.kind = "heading" if item.role is None else "paragraph"
        captions = (
            [item for item in self.items[before:] if item.role == "caption"] if tag(element) == "figcaption" else []
        )
        for item in captions[:1]:
            item.shown = _drawn_texts(element)

    def _list(self, element: Any, entries: list[Any]) -> None:
        """A reference list: what stands before its entries, then each as one item with its anchors."""
        first = entries[0]
        for heading in element.iter("h1", "h2", "h3", "h4", "h5", "h6"):
            if not any(heading is inner for inner in first.iter()) and (
                text := " ".join("".join(heading.itertext()).split())
            ):
                self.items.append(FlowItem("heading", plain(text), level=int(tag(heading)[1])))
                break
        else:
            if not self.items or self.items[-1].kind != "heading":
                self.items.append(FlowItem("heading", plain("References"), level=1))
        outer, self.listing = self.listing, True
        for entry in entries:
            passage, links = self.inner(entry)
            gone = [found.span() for found in EMPTY_BRACKETS.finditer(passage.text)]  # that held the site's links
            links = [(a, b, to) for a, b, to in links if not gone or to.startswith("http")]
            passage = passage.without(gone)
            beside = (e.get("href") or "" for e in entry.iter("a"))  # a site's links may stand in a part of their own
            links = [
                (0, 1, to) for to in dict.fromkeys([*(to for _, _, to in links), *filter(DOI_LINK.search, beside)])
            ]
            anchors = [i for e in entry.iter() if isinstance(e.tag, str) and (i := e.get("id") or e.get("name"))]
            if passage.text:
                self.items.append(
                    FlowItem(
                        "list_item", passage, role="reference", number=self.number(entry), links=links, anchors=anchors
                    )
                )
        self.listing = outer


def _drawn_texts(caption: Any) -> list[PrintedText]:
    """The texts in the drawings (SVG) of the figure that a caption belongs to, ticks of an axis as one."""
    figure = next(caption.iterancestors("figure"), None)
    found: list[PrintedText] = []
    for element in () if figure is None else figure.iter("text"):
        around = [element, *element.iterancestors()]
        if "svg" not in map(tag, around) or any(map(_is_unseen, around)):
            continue
        text = plain(" ".join(" ".join(element.itertext()).split()))
        if found and NUMBERS.fullmatch(text.text) and NUMBERS.fullmatch(found[-1].text):
            found[-1] = joined(found[-1], text)
        elif text.text:
            found.append(text)
    return found


def _is_unseen(element: Any) -> bool:
    """Whether an element of a drawing is not shown."""
    style = f"{element.get('style') or ''};display:{element.get('display') or ''}"
    return tag(element) in ("defs", "symbol", "clippath") or re.search(r"display\s*:\s*none", style) is not None


def _entries(element: Any) -> list[Any]:
    """The entries of a reference list, if an element is one."""
    name = tag(element)
    if name not in ("ol", "ul", "div", "section", "dl", "table", "tbody") or not MARKS.reference_list.search(
        f"{classes(element)} {element.get('role') or ''}"
    ):
        return []
    items = [e for e in element.iter("li") if "".join(e.itertext()).strip()]
    outer = [
        e for e in items if not any(a is not e and tag(a) == "li" and _within(a, element) for a in e.iterancestors())
    ]
    if len(outer) >= FEWEST_ENTRIES:
        return outer
    blocks = [
        e
        for e in element.iter("div", "p", "dd", "tr")
        if MARKS.reference_entry.search(classes(e)) and "".join(e.itertext()).strip()
    ]
    outer = [e for e in blocks if not any(a in blocks for a in e.iterancestors())]
    if len(outer) >= FEWEST_ENTRIES:
        return outer
    paragraphs = [e for e in element.iter("p", "dd") if "".join(e.itertext()).strip()]
    return paragraphs if len(paragraphs) >= FEWEST_ENTRIES else []


def _within(inner: Any, outer: Any) -> bool:
    return any(a is outer for a in inner.iterancestors())


def _stated(tree: Any) -> Metadata:
    """What the page's own fields state: Highwire's, Dublin Core's, PRISM's."""
    given: dict[str, list[str]] = {}
    for name, content in _fields(tree):
        given.setdefault(name, []).append(content)

    def first(*names: str) -> str | None:
        return next((value for name in names for value in given.get(name, ())), None)

    doi = find_doi(first("citation_doi", "dc.identifier", "prism.doi", "bepress_citation_doi") or "")
    year = re.search(
        r"\b(?:19|20)\d\d\b",
        first("citation_publication_date", "citation_date", "citation_online_date", "citation_year", "dc.date") or "",
    )
    people = given.get("citation_author") or given.get("dc.creator") or given.get("dc.contributor") or []
    return Metadata(
        title=first("citation_title", "dc.title", "prism.title"), authors=tuple(dict.fromkeys(map(_spoken, people))),
        doi=tidy_doi(doi) if doi else None, journal=first("citation_journal_title", "prism.publicationname"),
        year=int(year[0]) if year else None, license=_license(tree),
    )  # fmt: skip


def _fields(tree: Any) -> Iterator[tuple[str, str]]:
    for meta in tree.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        content = " ".join((meta.get("content") or "").split())
        if name and content:
            yield name.replace("dcterms.", "dc."), content


def _spoken(name: str) -> str:
    """A person's name as it is read aloud."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}".strip() if comma else name


def _license(tree: Any) -> str | None:
    links = (e.get("href") or "" for e in tree.iter("a", "link"))
    return next((link for link in links if "creativecommons.org/licenses" in link), None)
