"""References and the citations that point to them, in running text; shared by the readers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pipeline.readers.entry import parts_of

REFERENCE_LIST = re.compile(
    r"(?:\d+\.?\s*)?(?:(?:notes\s+and\s+|list\s+of\s+|selected\s+)?references?(?:\s+(?:and\s+notes|cited|list))?|bibliography"
    r"|literature(?:\s+cited)?|works\s+cited|cited\s+literature)\s*:?",
    re.IGNORECASE,
)
DOI = re.compile(
    r"\b10\.\d{4,9}/(?:\(SICI\)\d{4}-\d{3}[\dXx][^\s\"\u201c\u201d]+|[^\s\"<>\u201c\u201d]+)", re.IGNORECASE
)
"""A DOI; one made of a serial item's identifier (SICI) has angle brackets within."""
SHAPES = [
    (re.compile(begins, re.IGNORECASE), re.compile(shape, re.IGNORECASE))
    for begins, shape in (
        (r"10\.1038/s\d", r"10\.1038/s\d{5}-\d{2,4}-\d{3,6}-[\dxw]"),
        (
            r"10\.(?:1007|1186)/s\d",
            r"10\.(?:1007|1186)/s\d{5}-\d{2,4}-\d{3,6}-[\dxwyz]|10\.1007/s\d{9,12}|10\.1186/s\d+(?:-\d+)*",
        ),
        (r"10\.1016/j\.", r"10\.1016/j\.[a-z]+\.\d{4}\.(?:\d{2}\.\d{3}|\d{5,6})"),
        (r"10\.1021/acs", r"10\.1021/acs\.?[a-z]+\.\d{1,2}[a-z]\d{5}|10\.1021/acs[a-z]+\d+"),
        (r"10\.1002/(?:adma|adfm|smll|anie|advs|adhm)\.", r"10\.1002/[a-z]+\.(?:19|20)\d{7}"),
        (r"10\.3390/[a-z]", r"10\.3390/[a-z]+\d{6,12}"),
        (r"10\.1371/journal\.", r"10\.1371/journal\.p[a-z]{3}\.\d{7}"),
    )
]
"""How DOIs of some publishers begin, and what they look like when they are whole."""
YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
PRINTED_NUMBER = re.compile(r"[\[(]?(\d{1,3})(?:[\])]\.?|\.)?\s*(?=\D)")
_ONE = r"\d{1,3}[a-z]?"
BRACKETED = re.compile(rf"\[\s*({_ONE}(?:\s*(?:[,;]|[-\u2010-\u2015\u2212]|and|to)\s*(?:{_ONE}|[a-z]\b))*)\s*\]")
PARENTHESISED = re.compile(rf"\(\s*({_ONE}(?:\s*(?:[,;]|[-\u2010-\u2015\u2212])\s*{_ONE})*)\s*\)")
NAME = r"(?!(?:and|et|in|by|of|see|with|from|the)\b)[^\W\d_][^\W\d_'\u2019-]*(?:[-'\u2019][^\W\d_]+)*"
CITED_YEAR = re.compile(r"(?<![\d.])((?:1[89]|20)\d\d)([a-z]?)\b")
BEFORE_YEAR = re.compile(
    rf"((?:{NAME}\s){{0,3}}{NAME})(?:,?\s+et\s+al\.?|\s+(?:and|&)\s+((?:{NAME}\s){{0,2}}{NAME}))?[\s,(]*$"
)
VARIABLE = re.compile(r"(?:^|[^\w])[^\W\d_]$")
"""A letter by itself, such as the t of "t[1]" and the X of a raised 2: what follows is an index or a power."""
LONGEST_RANGE = 60
Found = tuple[int, int, tuple[str, ...]]


@dataclass(slots=True)
class ParsedReference:
    """What a reference says. ``number`` is the printed one."""

    number: str | None = None
    doi: str | None = None
    year: int | None = None
    authors: tuple[str, ...] = ()
    title: str | None = None
    container: str | None = None


def find_doi(text: str) -> str | None:
    """The first DOI in a text, without the punctuation that ends a sentence."""
    found = DOI.search(text)
    return tidy_doi(found[0]) if found else None


def whole_doi(text: str) -> str | None:
    """The first DOI in a text unless it looks cut: by its last sign, or by the shape that its publisher's DOIs have."""
    doi = find_doi(text)
    if not doi or doi[-1] in "-/_(" or doi.count("(") > doi.count(")"):
        return None
    return None if any(begins.match(doi) and not shape.fullmatch(doi) for begins, shape in SHAPES) else doi


def tidy_doi(doi: str) -> str:
    """A DOI without trailing punctuation, and without a closing bracket that nothing in it opened."""
    doi = doi.rstrip(".,;:'\u2019")
    while doi and doi[-1] in ")]}" and doi.count(doi[-1]) > doi.count("([{"[")]}".index(doi[-1])]):
        doi = doi[:-1].rstrip(".,;:")
    return doi


def expand(inner: str, keys: Collection[str]) -> tuple[str, ...]:
    """The reference keys that the inside of a citation names, ranges expanded; empty where one of them is unknown."""
    found: list[str] = []
    for part in re.split(r"[,;]|\band\b", inner):
        ends = [end.strip().rstrip("abcdefghij") for end in re.split(r"[-\u2010-\u2015\u2212]|\bto\b", part)]
        if ends == [""] and found:  # the b of 5a,b
            continue
        if not all(end.isdigit() for end in ends) or len(ends) > 2:
            return ()
        first, last = int(ends[0]), int(ends[-1])
        if last < first or last - first > LONGEST_RANGE:
            return ()
        found.extend(str(number) for number in range(first, last + 1))
    unique = tuple(dict.fromkeys(found))
    return unique if all(key in keys for key in unique) else ()


def bracketed(text: str, keys: Collection[str], style: re.Pattern[str] = BRACKETED) -> list[Found]:
    """The bracketed citations of a text, such as ``[34-36]``: ``(start, end, keys)``."""
    found = []
    for match in style.finditer(text):
        cited = expand(match[1], keys)
        if cited and not VARIABLE.search(text, max(0, match.start() - 2), match.start()):
            found.append((match.start(), match.end(), cited))
    return found


def superscripted(text: str, runs: Iterable[tuple[int, int, str]], keys: Collection[str]) -> list[Found]:
    """The citations among raised characters, such as ``cells¹²``; exponents and isotopes are not among them.

    Args:
        text: the text of a block.
        runs: its raised and lowered runs, ``(start, end, mark)``.
        keys: the keys of the references.
    """
    found = []
    for start, end, mark in runs:
        inner = text[start:end].strip(" ,")
        if mark != "^" or not inner[:1].isdigit():
            continue
        if end < len(text) and text[end].isalpha():  # an isotope: 64Cu
            continue
        before = text[:start].rstrip()
        unit = re.search(r"(?:^|[\s(/\u00b7])(?:[munpkMcd]?[mgslLMJWVKN]|\d|[xX\u00d7]\s?10|10)$", before)
        if unit or (inner in ("2", "3") and VARIABLE.search(before)):
            continue
        cited = expand(inner, keys)
        if cited:
            found.append((start, end, cited))
    return found


@dataclass(frozen=True, slots=True)
class Dated:
    """A reference as author-year citations name it: folded surnames of its first two authors, year, letter."""

    key: str
    first: str
    second: str
    year: str
    letter: str


def dated(key: str, text: str, authors: Sequence[str], year: int | None) -> Dated | None:
    """How author-year citations name a reference; None where its author or year is unknown."""
    names = authors or [re.split(r"[,.]", text, maxsplit=1)[0]]
    surnames = [surname(name) for name in names[:2]]
    if not year or not surnames[0]:
        return None
    letter = re.search(rf"{year}([a-z])\b", text)
    return Dated(key, surnames[0], surnames[1] if len(surnames) > 1 else "", str(year), letter[1] if letter else "")


def surname(name: str) -> str:
    """The folded surname in ``Surname II``, ``Surname, I.`` or ``I. Surname``."""
    before = name.partition(",")[0]
    words = [word for word in re.findall(r"[^\W\d_][\w'\u2019-]*\.?", before) if not word.endswith(".")]
    plain = [word for word in words if not (word.isupper() and len(word) < 4)] or words
    return _folded(" ".join(plain))


def _folded(name: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKD", name.lower()).split())
    return re.sub(r"[^a-z ]", "", plain).strip()


def author_year(text: str, references: Sequence[Dated]) -> list[Found]:
    """The author-year citations of a text, such as ``Singh et al., 2006, 2009``: ``(start, end, keys)``."""
    by_year: dict[str, list[Dated]] = {}
    for reference in references:
        by_year.setdefault(reference.year, []).append(reference)
    found: list[Found] = []
    last: tuple[int, str, str] | None = None  # where the last one ended, and the names in it
    for match in CITED_YEAR.finditer(text):
        if match[1] not in by_year:
            continue
        if last and re.fullmatch(r"[\s,;&]*(?:and\s*)?", text[last[0] : match.start()]):
            place, names, second = None, last[1], last[2]
        else:
            before = BEFORE_YEAR.search(text, max(0, match.start() - 120), match.start())
            if not before:
                continue
            place, names, second = before, _folded(before[1]), _folded(before[2] or "")
        named = _named(by_year[match[1]], names, second, match[2])
        if named:
            start = match.start() if place is None else _surname_start(place, named)
            found.append((start, match.end(), (named.key,)))
            last = match.end(), names, second
    return found


def _surname_start(before: re.Match[str], named: Dated) -> int:
    """Where the surname begins among the words before a year."""
    words = list(re.finditer(r"\S+", before[1]))
    return before.start(1) + words[-min(len(words), len(named.first.split()))].start()


def _named(candidates: Sequence[Dated], names: str, second: str, letter: str) -> Dated | None:
    """The reference of one year that these names mean."""
    fits = [c for c in candidates if names == c.first or names.endswith(" " + c.first) or c.first.endswith(" " + names)]
    if len(fits) > 1 and second:
        fits = [c for c in fits if c.second == second] or fits
    if len(fits) > 1 and letter:
        fits = [c for c in fits if c.letter == letter] or fits
    return fits[0] if len(fits) == 1 else None


def parse_entry(text: str) -> ParsedReference:
    """Read the entry of a reference list."""
    entry = ParsedReference(doi=whole_doi(text))
    number = PRINTED_NUMBER.match(text)
    if number:
        entry.number = number[1]
        text = text[number.end() :]
    years = [int(year) for year in YEAR.findall(DOI.sub(" ", text))]
    if years:
        entry.year = years[0] if len(set(years)) == 1 else _likely_year(text, years)
    parts = parts_of(text)
    entry.authors, entry.title, entry.container = parts.authors, parts.title, parts.container
    return entry


def _likely_year(text: str, years: Sequence[int]) -> int:
    """The year of publication: the one in brackets, else one that is no page number beside a volume."""
    inside = re.search(r"\((1[89]\d\d|20\d\d)[a-z]?\)", text)
    if inside:
        return int(inside[1])
    set_apart = re.search(r"(?<=[\s.;])(1[89]\d\d|20\d\d)(?=[,;.]\s|;|$)", text)
    return int(set_apart[1]) if set_apart else years[0]
