"""The entry of the reference list that a name and year ("Fu et al., 2019"), a DOI or a PMID point to."""

from __future__ import annotations

import re
import unicodedata

from pipeline.document import Document, Reference
from pipeline.records import Study
from pipeline.roles import words_within

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
_SURNAME = re.compile(r"[^\W\d_][^\W\d_'\u2019-]+(?:[-'\u2019][^\W\d_]+)*")


_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_GOES_ON = re.compile(r"(?=[^\s,;]*\d)[\w./():;<>+#-]+(?=\s|$)")
_PMID = re.compile(r"\bPMID:?\s*(\d{5,8})\b|pubmed\.ncbi\.nlm\.nih\.gov/(\d{5,8})\b", re.IGNORECASE)


def study_of(document: Document, key: str, doi: str | None = None) -> Study:
    """A cited study: by its entry in the reference list, else by the DOI that is its key.

    Args:
        document: the document.
        key: the study's key.
        doi: its DOI, where a table gives it and the list does not.
    """
    reference = document.reference(key)
    if reference is not None:
        unsure = _run_together(document, reference) or _looks_cut(reference.doi or "")
        own = None if unsure else reference.doi
        return Study(key=key, doi=doi or own, title=reference.title)
    return Study(key=key, doi=key if is_doi(key) else None)


def is_doi(key: str) -> bool:
    """Whether a study's key is a DOI, because no entry of the reference list has it."""
    return _DOI.fullmatch(key) is not None


def cited_by_identifier(document: Document, text: str) -> list[str]:
    """The keys of the studies that a text names by DOI, address or PMID.

    A study that is in the reference list goes by its key there, another by its DOI or "PMID:" and the number. A DOI
    that was broken over lines is joined; one that looks cut is left out.
    """
    keys = []
    for doi in _dois(text):
        listed = [r.key for r in document.references if r.doi and r.doi.casefold() == doi.casefold()]
        if not listed and not _looks_cut(doi):
            keys.append(doi)
        elif len(listed) == 1:
            keys += listed
    for match in _PMID.finditer(text):
        number = match[1] or match[2]
        listed = [r.key for r in document.references if _has_word(document, r, number)]
        keys.append(listed[0] if len(listed) == 1 else f"PMID:{number}")
    return list(dict.fromkeys(keys))


def _has_word(document: Document, reference: Reference, number: str) -> bool:
    return any(word.group() == number for word in words_within(document.text, reference.start, reference.end))


def _looks_cut(doi: str) -> bool:
    """Whether a DOI ends where a line broke it: with a sign, or with one or two letters behind its last slash."""
    last = doi.rpartition("/")[2]
    return doi.endswith(("-", "/", ".", "_", "(")) or (len(last) < 3 and last.isalpha() and last.islower())


def _dois(text: str) -> list[str]:
    """The DOIs in a text, each joined with what follows a break within it."""
    found = []
    for match in _DOI.finditer(text):
        doi, at = match.group(), match.end()
        while not doi.endswith((",", ";")):
            begin = len(text) - len(text[at:].lstrip())
            more = _DOI_GOES_ON.match(text, begin) if begin > at else None
            if more is None or more.group().startswith(("10.", "http", "(", "[")):
                break
            doi, at = doi + more.group(), more.end()
        found.append(_trimmed(doi))
    return found


def _trimmed(doi: str) -> str:
    """A DOI without the punctuation behind it; a bracket stays where it was opened within the DOI."""
    doi = doi.rstrip(".,;:")
    while doi.endswith((")", "]")) and doi.count(doi[-1]) > doi.count("(" if doi[-1] == ")" else "["):
        doi = doi[:-1].rstrip(".,;:")
    return doi


def cited_by_author(document: Document, text: str) -> list[str]:
    """The keys of the references cited in a text by author; ambiguous ones are left out.

    An author is cited with "et al.", a year, or as a group ("the Shu group"), named for its first or last author.
    """
    keys = []
    for match in _CITED.finditer(text):
        if match["others"] or match["year"]:
            fitting = [r for r in document.references if _fits(document, r, match) and not _run_together(document, r)]
            if len(fitting) > 1 and match["letter"]:
                fitting = [r for r in fitting if match["year"] + match["letter"] in _printed(document, r)]
            if len(fitting) == 1:
                keys.append(fitting[0].key)
    for match in _GROUP.finditer(text):
        name = _bare(match["name"] or match["its"] or match["of"])
        if len(leading := [r for r in document.references if name in _leaders(document, r)]) == 1:
            keys.append(leading[0].key)
    return list(dict.fromkeys(keys))


def _run_together(document: Document, reference: Reference) -> bool:
    """Whether an entry holds the DOIs of several works, so that none is its own for sure."""
    return len({doi.casefold() for doi in _dois(_printed(document, reference))}) > 1


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
    listed = reference.authors[0] if reference.authors else printed
    surname = _SURNAME.search(listed)
    return _bare(surname.group()) if surname else ""


def _printed(document: Document, reference: Reference) -> str:
    return document.text[reference.start : reference.end]


def _bare(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in folded if c.isalpha())
