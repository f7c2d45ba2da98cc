"""Which entry of the reference list a name and a year point to ("Fu et al., 2019")."""

from __future__ import annotations

import re
import unicodedata

from pipeline.document import Document, Reference

_CITED = re.compile(
    r"(?P<name>(?:(?:de|van|von|der|di|da|la|le) )*[^\W\d_a-z\u00df-\u00ff][\w'\u2019-]+(?:[ -][A-Z][\w-]+)?)"
    r"(?:\s+(?P<others>et al\.?|and (?:co-?workers|colleagues|others))|\s+(?:and|&)\s+(?P<second>[^\W\d_][\w'-]+))?"
    r"[,\s]*[(\[]?(?P<year>(?:19|20)\d\d)?(?P<letter>(?<=\d)[a-z]\b)?"
)
_GROUP = re.compile(
    r"\b(?:[Tt]he\s+(?P<name>[A-Z][\w-]+)\s+(?:research\s+)?|(?P<its>[A-Z][\w-]+)['\u2019]s?\s+(?:research\s+)?)"
    r"(?:group|team|lab(?:oratory)?)\b"
    r"|\b(?:group|team|laborator(?:y|ies))\s+of\s+(?:Prof(?:essor|\.)?\s+)?(?:(?:[A-Z][\w-]*\.?\s+){0,2})(?P<of>[A-Z][\w-]+)"
)
_LABEL = re.compile(r"^\s*(?:\[\d+\]|\(?\d+[.)])?\s*")
_SURNAME = re.compile(r"[^\W\d_][^\W\d_'\u2019-]+(?:[-'\u2019][^\W\d_]+)*")


def cited_by_author(document: Document, text: str) -> list[str]:
    """The keys of the references cited in a text by author; ambiguous ones are left out.

    An author is cited with "et al.", a year, or as a group ("the Shu group"), named for its first or last author.
    """
    keys = []
    for match in _CITED.finditer(text):
        if match["others"] or match["year"]:
            fitting = [r for r in document.references if _fits(document, r, match)]
            if len(fitting) > 1 and match["letter"]:
                fitting = [r for r in fitting if match["year"] + match["letter"] in _printed(document, r)]
            if len(fitting) == 1:
                keys.append(fitting[0].key)
    for match in _GROUP.finditer(text):
        name = _bare(match["name"] or match["its"] or match["of"])
        if len(leading := [r for r in document.references if name in _leaders(document, r)]) == 1:
            keys.append(leading[0].key)
    return list(dict.fromkeys(keys))


def _leaders(document: Document, reference: Reference) -> tuple[str, ...]:
    """The folded surnames of a reference's first author and, where authors are listed, of the last."""
    first = _first_author(reference, _printed(document, reference))
    last = _SURNAME.search(reference.authors[-1]) if reference.authors else None
    return (first, _bare(last.group())) if last else (first,)


def _fits(document: Document, reference: Reference, cited: re.Match[str]) -> bool:
    """Whether a reference's first author, second author and year are those cited."""
    printed = _printed(document, reference)
    words = cited["name"].split()  # "Recently Fu" is Fu, "Garcia Lorca" is both
    if _first_author(reference, printed) not in (_bare(cited["name"]), _bare(words[0]), _bare(words[-1])):
        return False
    if cited["second"] and _bare(cited["second"]) not in _bare(printed):
        return False
    return cited["year"] is None or reference.year == int(cited["year"]) or cited["year"] in printed


def _first_author(reference: Reference, printed: str) -> str:
    """The folded surname of the first author: the first word of the entry that is no initial."""
    listed = reference.authors[0] if reference.authors else _LABEL.sub("", printed)
    surname = _SURNAME.search(listed)
    return _bare(surname.group()) if surname else ""


def _printed(document: Document, reference: Reference) -> str:
    return document.text[reference.start : reference.end]


def _bare(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in folded if c.isalpha())
