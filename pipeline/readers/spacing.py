"""Spaces that a converter or recognition lost: ``thesizeofmicelles`` is four words, ``PDT,imaging`` two.

A run of letters is split where it is no word of English and none of the document's own, and its parts all are. What
may be a compound or a chemical's name stays whole unless the document writes its parts as words of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from math import log
from typing import Final

WORD: Final = re.compile(r"[^\W\d_]+")
SHORTEST, LONGEST = 6, 160
"""Letters that a run has which may be split."""
LONGEST_WORD: Final = 28
SHORTEST_PART: Final = 4
"""Letters that a word has which is no function word."""
LONG: Final = 14
"""Letters that a run has at least whose words need not stand elsewhere in the document."""
COMMON: Final = 100_000
"""Frequency in the list from which an English word may be a part that the document itself writes nowhere else."""
_FUNCTION = (
    "of in to by on at is as or an be it we the and for was are has had its not can all with were from that this these"
    " those their than then into onto also have been which when after before between during through both such while"
    " using via"
)
_FIRSTS, _LASTS = "in to by on at is as or an be it we all not can", "in on at is as or an be it all its can"
FUNCTION: Final = frozenset(_FUNCTION.split())
SHORT_FIRSTS, SHORT_LASTS = frozenset(_FIRSTS.split()), frozenset(_LASTS.split())
"""Function words that begin many other words, and that many end with."""
ARTICLE: Final = frozenset({"the", "and", "for", "with", "from", "this", "that"})
"""Function words that in a run of nothing but such are words of their own."""
LATIN: Final = frozenset({"vitro", "vivo"})
COMBINING: Final = re.compile(
    r"(?:o|yl|oxy|poly|anti|multi|semi|tri|ethyl|amine|imine|hyper|inter|super|ultra|^(?:over|under|post|down|fore|self|trans|counter))$"
)
"""How the first part of a compound ends that is written as one word: hydro-, methyl-, poly-, over-."""
MISSING: Final = re.compile(
    r"(?<=[^\W_]{2}|[-\u2010-\u2013]\d|\w\)|\w\])[,;](?=[^\W\d_]{2})"  # after a comma, not in N,N- or 1,2-
    r"|(?<=[^\W\d_A-Z]{3})[.](?=[A-Z][a-z]+\b)(?![A-Z][a-z]+[./@])"  # after a sentence
    r"|\b(?:of|and|the|with|for|by|in|from)(?=[A-Z]{2,}(?![a-z]))|\b(?:of|and|the|with|for|from|onto)(?=\d?[A-Z])"
    r"|[)](?=(?:and|of|in|with|for|was|were|is|are|to|by|on|at|from|as|or|the|that|which)\b)"
)
"""What a space is missing after."""
ADDRESS: Final = re.compile(r"\S*(?:://|www\.|@|\b10\.\d{4})\S*")


@cache
def english() -> Mapping[str, int]:
    """English words with how often they are used."""
    text = (resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    return {word: int(count) for word, _, count in (line.partition(" ") for line in text.splitlines()) if count}


class Spacing:
    """Finds the places in a document's texts where a space is missing.

    Args:
        texts: all running text of the document.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Count the words of the texts, and which follow one another."""
        self.words: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()
        for text in texts:
            found = [(word[0].lower(), word.span()) for word in WORD.finditer(text)]
            self.words.update(word for word, _ in found)
            self.pairs.update((a, b) for (a, one), (b, two) in pairwise(found) if text[one[1] : two[0]] == " ")
        self._total = sum(self.words.values())
        self._known: dict[str, tuple[int, ...]] = {}

    def missing(self, text: str) -> list[int]:
        """The offsets in a text before which a space is missing, in order."""
        addresses = [found.span() for found in ADDRESS.finditer(text)]
        places = {found.end() for found in MISSING.finditer(text)}
        for run in WORD.finditer(text):
            if SHORTEST <= len(run[0]) <= LONGEST:
                places.update(run.start() + at for at in self._cuts(run[0]))
        return sorted(at for at in places if not any(start < at < end for start, end in addresses))

    def _cuts(self, run: str) -> tuple[int, ...]:
        word = run.lower()
        key = run if run.isupper() else word
        if key not in self._known:
            parts = self._parts(word) if len(word) == len(run) else []
            fits = len(parts) > 1 and self._are_words(word, parts, capitals=run.isupper())
            ends = [sum(map(len, parts[: n + 1])) for n in range(len(parts) - 1)]
            self._known[key] = tuple(ends) if fits else ()
        return self._known[key]

    def _parts(self, run: str) -> list[str]:
        """The run as the most likely words; as one where it is a word, or not all of it is words."""
        if run in english() or run in FUNCTION:
            return []
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(run) + 1):
            costs = (
                (best[start][0] + self._cost(run[start:end], run), start)
                for start in range(max(0, end - LONGEST_WORD), end)
            )
            best.append(min(costs))
        parts: list[str] = []
        end = len(run)
        if best[end][0] == float("inf"):
            return []
        while end:
            start = best[end][1]
            parts.insert(0, run[start:end])
            end = start
        return parts

    def _cost(self, part: str, run: str) -> float:
        """How unlikely a word is; infinite for what is none."""
        if part in FUNCTION:
            return log(300)
        if len(part) < SHORTEST_PART - 1 or part == run:
            return float("inf")
        own, common = self.words[part], english().get(part, 0) if len(part) >= SHORTEST_PART else 0
        if not own and common < COMMON:
            return float("inf")
        return log(self._total * 40 / own) + (own == 1) if own else log(3e12 / common)

    def _are_words(self, run: str, parts: Sequence[str], *, capitals: bool) -> bool:
        """Whether the parts are words that ran together, not those of a compound."""
        solid = self.words[run]
        apart = min(self.pairs[pair] for pair in pairwise(parts))
        if apart and apart >= solid:
            return True
        if any(COMBINING.search(part) for part in parts[:-1] if part not in FUNCTION | LATIN) or solid > 2:
            return False
        small = [part in FUNCTION for part in parts]
        if (capitals and not any(small)) or (all(small) and not ARTICLE.intersection(parts)):
            return False
        if len(parts) > 2:
            return all(self.words[part] for part in parts) or (any(small) and len(run) >= LONG)
        if any(small):
            return self._stands_beside(parts[small[0]], parts[not small[0]] in (SHORT_FIRSTS, SHORT_LASTS)[small[1]])
        return solid == 1 and all(self.words[part] > (len(part) < SHORTEST_PART) for part in parts)

    def _stands_beside(self, part: str, short: bool) -> bool:
        """Whether a word ran together with a function word; with one that words have in them only where it is usual."""
        return self.words[part] > 1 or (not short and (self.words[part] == 1 or len(part) > SHORTEST_PART))


def spaced(text: str, marks: str, places: Sequence[int]) -> tuple[str, str]:
    """A text and the marks of its characters with spaces at these offsets."""
    bounds = [0, *places, len(text)]
    return (
        " ".join(text[a:b] for a, b in pairwise(bounds)),
        " ".join(marks[a:b] for a, b in pairwise(bounds)),
    )


def moved(offset: int, places: Sequence[int], *, end: bool = False) -> int:
    """Where an offset of a text is once spaces stand at these places; that of an end stays before one set there."""
    return offset + sum(place < offset or (place == offset and not end) for place in places)
