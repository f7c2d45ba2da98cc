"""Authors, title and container of an entry of a reference list.

Journals write entries in a few orders; each part is told by its shape, and left out where that is in doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

UPPER = r"[^\W\d_a-z]"
PARTICLE = (
    r"(?:(?:[Vv]an|[Vv]on|[Dd]e|[Dd]el|[Dd]ella|[Dd]i|[Dd]a|[Dd]os|[Dd]u|[Ll]a|[Ll]e|[Ee]l|al|bin|ben|ter|ten|den|der"
    r"|St\.?)[ -])*"
)
SURNAME = (
    rf"{PARTICLE}{UPPER}[^\W\d_'\u2019-]*(?:['\u2019-][^\W\d_]+)*"
    rf"(?: (?!and\b|et\b){PARTICLE}{UPPER}[^\W\d_]+(?:-[^\W\d_]+)*){{0,2}}"
)
DOTTED = rf"{UPPER}[a-z]?\.(?:[ \u2010-]?-?{UPPER}[a-z]?\.|[\u2010-][a-z]\.){{0,4}}"
SUFFIX = r"(?:,? (?:Jr|Sr|II|III|2nd|3rd)\.?)?"
SEPARATOR = r"(?:\s*[,;]\s*(?:and\s|&\s?)?|\s+and\s+|\s*&\s*)"
ET_AL = r"(?:\s*[,;]?\s*(?:et\s+al\b\.?|and\s+others|\.{3}|\u2026))?"
NAMES = {
    "surname, initials": rf"{SURNAME}, ?{DOTTED}{SUFFIX}",
    "surname initials": rf"{SURNAME} {UPPER}{{1,4}}(?:-{UPPER})?\b(?!\.{UPPER}){SUFFIX}",
    "initials surname": rf"{DOTTED} ?{SURNAME}{SUFFIX}",
}
LISTS = [re.compile(rf"({name}(?:{SEPARATOR}{name})*){ET_AL}") for name in NAMES.values()]
LAST_KIND = len(LISTS) - 1
EACH = [re.compile(name) for name in NAMES.values()]
YEAR_FIRST = re.compile(r"\s*[.,:;]?\s*\(?((?:1[89]|20)\d\d)[a-z]?\)?\s*[.,:;]?\s*")
LOCATOR = re.compile(
    r"[\s,.;]*(?:"
    r"\(?\b(?:1[89]|20)\d\d[a-z]?\)?(?=\s*[;,.:)]|\s*$|\s+\d)"  # a year that something follows
    r"|(?:\bvol(?:ume)?\.?\s*)?\b\d{1,4}\s?\((?:(?:1[89]|20)\d\d|[\w\s/-]{1,12})\)"  # volume (year) or (issue)
    r"|\b\d{1,4}\s*[,:]\s*[A-Za-z]?\d+"  # volume, page
    r"|\bvol(?:ume)?\.?\s*\d+"
    r")"
)
QUOTED = re.compile(r"[\"\u201c\u2018]\s*(.{8,400}?)[,.]?\s*[\"\u201d\u2019](?=[\s,.]|$)")
SENTENCE = re.compile(r"(?<=[a-z\d)\]\u201d\u2019][.?!])\s+(?=[^\W\d_])|(?<=[A-Z][A-Z][.?!])\s+(?=[^\W\d_])")
ABBREVIATED = re.compile(r"[A-Z][a-z]{0,6}\.\s*$")
COMMA = re.compile(r"(?<=,)\s+(?=[^\W\d_])")
JOURNAL = re.compile(r"(?<=\.)\s((?:(?:Am|Br)\. )?[JZ]|Am|Br)\.$")
"""How initials end, after the name's own, that may be the beginning of a journal's name."""
PLACE = re.compile(r"\s*\([^()]*\)")
"""Where a journal appears, which tells it from another of its name: "Adv. Mater. (Weinheim, Ger.)"."""
CONNECTOR = frozenset(
    ("of", "and", "in", "for", "the", "de", "et", "on", "der", "und", "la", "le", "a", "an", "to", "&", "y", "e")
)
ADDRESS = re.compile(
    r"(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)?\b10\.\d{4,9}/\S+|https?://\S+|\[(?:CrossRef|PubMed|PMC[^\]]*)\]"
)
LONGEST_CONTAINER = 9  # words
IN_BOOK = re.compile(r"\s*\bIn:?\s+(?=[^\W\d_a-z])")


@dataclass(slots=True)
class Parts:
    """The parts of an entry; empty where its text is unclear."""

    authors: tuple[str, ...] = ()
    title: str | None = None
    container: str | None = None


def parts_of(text: str) -> Parts:
    """The parts of an entry's text, which has lost its number."""
    text = re.sub(r"\s+", " ", ADDRESS.sub(" ", text)).strip()
    authors, rest, kind = _authors(text)
    if not authors:
        return Parts()
    if kind == LAST_KIND and rest.startswith(".") and len(authors) > 1:
        journal_name = _before_locator(authors[-1] + rest)
        if journal_name and _is_container(journal_name):  # "J. Electrochem" was no person
            return Parts(authors[:-1], None, _as_container(journal_name))
    dated = YEAR_FIRST.match(rest)
    rest = rest[dated.end() :] if dated else rest.lstrip(" .,:;")
    title, container = _title_and_container(rest, by_commas=kind == LAST_KIND)
    journal = JOURNAL.search(authors[-1])
    ours = journal is None or (len(journal[1]) == 1 and " J. " in f" {container} ")  # "Park, S. J. Int. J. Nanomed."
    if journal and not ours and container and not title and not dated:  # "Jain, K. J. Mater. Chem.": the J. is its own
        authors = (*authors[:-1], authors[-1][: journal.start()])
        container = f"{journal[1]}. {container}"
    return Parts(authors, title, container)


def _authors(text: str) -> tuple[tuple[str, ...], str, int]:
    """The authors at the beginning of an entry, what follows them, and the kind of the names."""
    best: re.Match[str] | None = None
    kind = 0
    for index, shape in enumerate(LISTS):
        found = shape.match(text)
        if found and (best is None or found.end() > best.end()):
            best, kind = found, index
    if best is None or (best.end() < len(text) and text[best.end()].isalnum()):
        return (), text, kind
    names = tuple(name[0].strip(" ,;") for name in EACH[kind].finditer(best[1]))
    return names, text[best.end() :], kind


def _title_and_container(rest: str, by_commas: bool) -> tuple[str | None, str | None]:
    """Title and journal in what follows the authors; styles that set initials first part them by a comma."""
    quoted = QUOTED.match(rest)
    if quoted:
        return _as_title(quoted[1]), _as_container(_before_locator(rest[quoted.end() :].lstrip(" ,.")))
    head = _before_locator(rest)
    if head is None:
        return None, None
    book = IN_BOOK.search(head)
    if book and book.start():
        return _as_title(head[: book.start()]), _as_container(head[book.end() :])
    if _is_container(head):
        return None, _as_container(head)
    for bounds in (COMMA, SENTENCE) if by_commas else (SENTENCE, COMMA):
        for boundary in bounds.finditer(head):
            if _is_container(head[boundary.end() :]):
                at = _before_abbreviations(head, boundary.end())
                return _as_title(head[:at]), _as_container(head[at:].strip())
    first = None if by_commas else SENTENCE.search(head)
    return (_as_title(head[: first.start()]) if first else None), None


def _before_abbreviations(head: str, at: int) -> int:
    """Where a journal's name begins that goes on at a place: further left if abbreviated words stand before it."""
    while (found := ABBREVIATED.search(head[:at])) and head[: found.start()].rstrip().endswith("."):
        at = found.start()
    return at


def _before_locator(text: str) -> str | None:
    """What stands before year, volume and pages; None where there are none."""
    for found in LOCATOR.finditer(text):
        stop = "." if text[found.start() : found.start() + 1] == "." else ""
        head = text[: found.start()].strip() + stop
        if re.search(r"[^\W\d_]{2}", head) and _ends_name(head):
            return head
    return None


def _ends_name(head: str) -> bool:
    """Whether a text may end in a journal's name: its last words are capitalised."""
    last = head.rpartition(" ")[2].strip("(").rstrip(".,")
    return last[:1].isupper() or not last[-1:].isalpha()


def _is_container(text: str) -> bool:
    """Whether a text reads as a journal's name: few words, each with a capital or a particle, or all in one."""
    text = PLACE.sub("", text)
    words = text.strip(" .,").split()
    if not 1 <= len(words) <= LONGEST_CONTAINER or not words[0][:1].isupper() or re.search(r"[?!;]|[^.](?:, |:)", text):
        return False
    plain = [word.strip("().,:&-") for word in words]
    named = all(not word or word[0].isupper() or word.lower() in CONNECTOR or word.isdigit() for word in plain)
    return named and len(text) > 2 and plain[-1] not in CONNECTOR


def _as_title(text: str) -> str | None:
    title = text.strip(' .,;\u201c\u201d"')
    if re.search(r"\bet al$", title):
        return None
    return title if len(title) > 8 and len(title.split()) > 1 and re.search(r"[a-z]{3}", title) else None


def _as_container(text: str | None) -> str | None:
    name = (text or "").strip(" ,;:")
    name = name if re.search(r"\b[^\W\d_]{1,12}\.$", name) and "." in name[:-1] else name.rstrip(".")
    return name if name and _is_container(name) else None
