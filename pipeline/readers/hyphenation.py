"""Hyphens and addresses at the ends of lines, settled by the document's own vocabulary, the lexicons and word parts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipeline.settings import models_dir

OPEN_ADDRESS = re.compile(r"(?:https?://|doi\.org/|www\.|doi:\s?|\b10\.\d{4,9}/)\S*$", re.IGNORECASE)
REST = re.compile(r"[\w()/.-]*\d[\w()/.-]*")
"""What may be the rest of a DOI that a line's end cut: no space in it, and a figure."""
YEAR_OR_NUMBER = re.compile(r"(?:1[89]|20)\d\d\.?|\[?\d{1,3}[\].]?")
OTHER_LINKS = re.compile(r"\[(?:CrossRef|PubMed|PMC[^\]]*)\]")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LAST_PART = re.compile(r"([^\W_]+(?:-[^\W_]+)*)-$")
LEAST = 4  # letters of a word's part that can be a word of its own
LEXICONS = ("cores", "drugs", "diseases", "modalities", "cell_types", "nonspecific")
"""The tables of models/lexicons whose names are words; cell lines are codes."""
FIRST_PART = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class WordParts(BaseModel):
    """Parts of words and what they mean for a hyphen, from hyphens.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str
    parts: str

    def __contains__(self, part: str) -> bool:
        return part in self._known

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.parts.split())


class Hyphens(BaseModel):
    """Decides on a hyphen by the parts of the word, where the document itself does not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endings: WordParts
    prefixes: WordParts
    firsts: WordParts
    seconds: WordParts
    solids: WordParts


HYPHENS = Hyphens.model_validate_json((Path(__file__).parent / "hyphens.json").read_text("utf8"))


class Vocabulary:
    """How often a document writes each word; says whether a hyphen at a line's end belongs to the word."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Count the words of these lines, in reading order, save those that a line's end cuts."""
        self.counts: Counter[str] = Counter()
        cut = False
        for line in lines:
            text = line.lower()
            words = WORD.findall(text)
            if cut and words:
                del words[0]
            cut = text.endswith("-")
            if cut and words:
                words.pop()
            self.counts.update(words)
            self.counts.update(part for word in words if "-" in word for part in word.split("-"))

    def joins(self, before: str, after: str) -> bool:
        """Whether the hyphen between two parts of a word was set by the typesetter and goes."""
        left = LAST_PART.search(before)
        right = FIRST_PART.match(after)
        if not left or not right:
            return False
        a, b = left[1].lower(), right[0].lower()
        if not a[-1].isalpha() or not b[0].isalpha():
            return False
        solid, hyphened = self.counts[a + b], self.counts[f"{a}-{b}"]
        if solid or hyphened:
            return solid >= hyphened
        if right[0][0].isupper():
            return False
        by_name = _as_named(a, b)
        return by_name if by_name is not None else self._by_parts(a.rpartition("-")[2], b.partition("-")[0], b)

    def _by_parts(self, tail: str, head: str, whole: str) -> bool:
        """Whether two parts make a solid word, by what words end in and begin with."""
        if head in HYPHENS.firsts and head != whole:  # "lactic-co-glycolic"
            return False
        solid = tail + head in HYPHENS.solids or self.counts[tail + head] or tail in HYPHENS.prefixes
        if solid or head in HYPHENS.endings:
            return True
        if head in HYPHENS.seconds or tail in HYPHENS.firsts or len(tail) == 1:
            return False
        seen = 1 if head.endswith(("ing", "ed")) else 2
        return len(tail) < LEAST or len(head) < LEAST or self.counts[tail] < seen or self.counts[head] < seen


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """The words that the lexicons write solid, and the pairs of words that they write with a hyphen."""
    solid: set[str] = set()
    hyphened: set[str] = set()
    for table in LEXICONS:
        lines = (models_dir() / "lexicons" / f"{table}.tsv").read_text("utf8").lower().splitlines()[1:]
        for name in WORD.findall("\n".join(line.split("\t", 1)[0] for line in lines)):
            parts = name.split("-")
            solid.update(part for part in parts if len(part) > LEAST)
            hyphened.update(f"{a}-{b}" for a, b in pairwise(parts))
    return frozenset(solid), frozenset(hyphened)


def _as_named(a: str, b: str) -> bool | None:
    """Whether the lexicons write two parts solid; None where they write neither, or both."""
    solid, hyphened = _names()
    tail, head = a.rpartition("-")[2], b.partition("-")[0]
    found = tail + head in solid, f"{tail}-{head}" in hyphened
    return found[0] if found[0] != found[1] else None


def _goes_on(address: str, after: str) -> bool:
    """Whether an address goes on in the next line: by its last sign, or as all that stands there can be its rest."""
    if address[-1] in "/-_:=?&":
        return True
    rest = OTHER_LINKS.sub("", after).strip()
    if address[-1] == ".":
        return bool(REST.match(after)) and not after[:1].isupper()
    return REST.fullmatch(rest) is not None and not YEAR_OR_NUMBER.fullmatch(rest) and "/" in address


def seam(before: str, after: str, vocabulary: Vocabulary) -> tuple[int, str]:
    """How two lines join: how many characters the first loses at its end, and what stands between them."""
    address = OPEN_ADDRESS.search(before)
    if address and _goes_on(address[0], after):
        soft = before[-1] == "-" and before[-2:-1].isalpha() and after[:1].isalpha() and after[:1].islower()
        return (1, "") if soft else (0, "")
    if len(before) < 2 or before[-2].isspace():
        return 0, " "
    if before[-1] in "\u2013/" and ((before[-2].isdigit() and after[:1].isdigit()) or before[-1] == "/"):
        return 0, ""
    if before[-1] != "-":
        return 0, " "
    return (1, "") if vocabulary.joins(before, after) else (0, "")
