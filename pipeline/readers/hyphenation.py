"""Hyphens and addresses at the ends of lines, settled by the document's own vocabulary."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

OPEN_ADDRESS = re.compile(r"(?:https?://|doi\.org/|www\.|doi:\s?|\b10\.\d{4,9}/)\S*$", re.IGNORECASE)
REST = re.compile(r"[\w()/.-]*\d[\w()/.-]*")
"""What may be the rest of a DOI that a line's end cut: no space in it, and a figure."""
YEAR_OR_NUMBER = re.compile(r"(?:1[89]|20)\d\d\.?|\[?\d{1,3}[\].]?")
OTHER_LINKS = re.compile(r"\[(?:CrossRef|PubMed|PMC[^\]]*)\]")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LAST_PART = re.compile(r"([^\W_]+(?:-[^\W_]+)*)-$")
FIRST_PART = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class WordParts(BaseModel):
    """Parts of words with what they tell, as they stand in hyphens.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str
    parts: str

    def __contains__(self, part: str) -> bool:
        return part in self._known

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.parts.split())


class Hyphens(BaseModel):
    """What parts of words tell about a hyphen between them where the document itself does not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endings: WordParts
    prefixes: WordParts
    firsts: WordParts
    seconds: WordParts


HYPHENS = Hyphens.model_validate_json((Path(__file__).parent / "hyphens.json").read_text("utf8"))


class Vocabulary:
    """How often a document writes each word; tells whether a hyphen at a line's end belongs to the word."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Count the words of these lines, save those that a line's end cuts."""
        self.counts: Counter[str] = Counter()
        for line in lines:
            text = line.lower()
            words = WORD.findall(text)
            if text.endswith("-") and words:
                words.pop()
            self.counts.update(words)
            self.counts.update(part for word in words if "-" in word for part in word.split("-"))

    def joins(self, before: str, after: str) -> bool:  # noqa: PLR0911 (one question after the other)
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
        tail, head = a.rpartition("-")[2], b.partition("-")[0]
        if head in HYPHENS.firsts and head != b:  # "lactic-co-glycolic"
            return False
        if self.counts[tail + head] or head in HYPHENS.endings or tail in HYPHENS.prefixes:
            return True
        if head in HYPHENS.seconds or tail in HYPHENS.firsts or len(tail) == 1:
            return False
        return not (len(tail) > 3 and len(head) > 3 and self.counts[tail] > 1 and self.counts[head] > 1)


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
