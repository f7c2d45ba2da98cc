"""Which entry of the reference list a name and a year point to ("Fu et al., 2019")."""

from __future__ import annotations

import re
import unicodedata

from pipeline.document import Document, Reference

_CITED = re.compile(
    r"(?P<name>[^\W\d_][\w'\u2019-]+(?:[ -][A-Z][\w-]+)?)(?:\s+(?P<others>et al\.?)|\s+(?:and|&)\s+[^\W\d_][\w'-]+)?"
    r"[,\s]*[(\[]?(?P<year>(?:19|20)\d\d)?"
)


def cited_by_author(document: Document, text: str) -> list[str]:
    """The keys of the references cited in a text by author, with "et al." or a year; ambiguous ones are left out."""
    keys = []
    for match in _CITED.finditer(text):
        if not (match["others"] or match["year"]):
            continue
        year = int(match["year"]) if match["year"] else None
        fitting = [
            r.key for r in document.references if _first_author(r) == _bare(match["name"]) and year in (None, r.year)
        ]
        if len(fitting) == 1:
            keys += fitting
    return keys


def _first_author(reference: Reference) -> str:
    """The folded surname of the first author: the longest word of the name that is no run of initials."""
    if not reference.authors:
        return ""
    words = [w for w in re.split(r"[\s,]+", reference.authors[0]) if not re.fullmatch(r"(?:[A-Z]\.?-?){1,3}", w)]
    return _bare(max(words, key=len, default=""))


def _bare(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in folded if c.isalpha())
