"""Names of public vocabularies as a feature: which words stand in a known name, and of what kind.

Only hashes of the names are kept, so 200,000 names take a few megabytes. A match is a hint to the model, never an
answer: "can", "lead" and "KB" are names too.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id

from pipeline.ner.training.corpora import Vocabulary

_MASK = (1 << 64) - 1
_LONGEST = 8  # words; longer names (systematic chemical ones) are told by their parts
_WIDEST = 60  # characters, likewise
_TRANSPARENT = frozenset("-–—‐‑/ ,'()[]")


def _step(state: int, word: int) -> int:
    return ((state ^ word) * 0x9E3779B97F4A7C15 + 0x1F83D9ABFB41BD6B) & _MASK


class Gazetteer:
    """A set of names, matched as word sequences, the longest first. Hyphens, slashes and brackets do not count.

    ``kinds`` numbers the kinds of names from 0. Kinds in ``exact`` are matched as written, others whatever the case.
    """

    def __init__(self, kinds: Sequence[str] = (), exact: Iterable[str] = ()) -> None:
        self.kinds = tuple(kinds)
        self.exact = frozenset(exact)
        self._codes: dict[int, int] = {}  # state -> bit per kind whose name ends here; 0 where names only pass through

    def __len__(self) -> int:
        return len(self._codes)

    def add(self, kind: str, words: Sequence[str]) -> None:
        """Add one name, given as the words the pipeline's tokeniser makes of it."""
        words = [w for w in words if w not in _TRANSPARENT]
        if not words or len(words) > _LONGEST or len("".join(words)) < 2:
            return
        exact = kind in self.exact
        state = int(exact)
        for word in words:
            state = _step(state, get_string_id(word if exact else word.lower()))
            self._codes.setdefault(state, 0)
        self._codes[state] |= 1 << self.kinds.index(kind)

    def features(self, words: Sequence[str]) -> NDArray[np.float32]:
        """One row a word, two columns a kind: the word begins, or goes on in, a known name of that kind."""
        found = np.zeros((len(words), 2 * len(self.kinds)), dtype="f")
        solid = [i for i, w in enumerate(words) if w not in _TRANSPARENT]
        self._mark(found, solid, [get_string_id(words[i].lower()) for i in solid], 0)
        if self.exact:
            self._mark(found, solid, [get_string_id(words[i]) for i in solid], 1)
        return found

    def _mark(self, found: NDArray[np.float32], solid: list[int], keys: list[int], state0: int) -> None:
        reach = [0] * len(self.kinds)  # per kind, the first word after the last match: matches of a kind do not overlap
        codes = self._codes
        for i in range(len(keys)):
            state = _step(state0, keys[i])
            code = codes.get(state)
            if code is None:
                continue
            ends = {}
            j = i
            while code is not None:
                for kind in _bits(code):
                    ends[kind] = j
                j += 1
                if j == len(keys):
                    break
                state = _step(state, keys[j])
                code = codes.get(state)
            for kind, end in ends.items():
                if i >= reach[kind]:
                    reach[kind] = end + 1
                    found[solid[i], 2 * kind] = 1
                    found[solid[i] + 1 : solid[end] + 1, 2 * kind + 1] = 1

    def to_arrays(self) -> dict[str, NDArray[np.uint64]]:
        """The states and codes, sorted, for storage."""
        states = np.array(sorted(self._codes), dtype="uint64")
        return {"states": states, "codes": np.array([self._codes[int(s)] for s in states], dtype="uint64")}

    def from_arrays(self, states: NDArray[np.uint64], codes: NDArray[np.uint64]) -> None:
        """Take what :meth:`to_arrays` gave."""
        self._codes = dict(zip(states.tolist(), codes.tolist(), strict=True))


def _bits(code: int) -> Iterator[int]:
    kind = 0
    while code:
        if code & 1:
            yield kind
        code >>= 1
        kind += 1


def read_names(vocabulary: Vocabulary, data: Path) -> Iterator[str]:
    """The names in a vocabulary's table."""
    path = data / vocabulary.path
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for row in csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if len(row) > vocabulary.column and not row[0].startswith("#"):
            name = row[vocabulary.column]
            yield name
            head, comma, rest = name.partition(", ")
            if comma and ", " not in rest:  # "Abscess, Apical", as thesauri sort it
                yield f"{rest} {head}"


def build(vocabularies: Sequence[Vocabulary], data: Path, tokenise: Callable[[str], Sequence[str]]) -> Gazetteer:
    """A gazetteer of all names of ``vocabularies``, cut into words by ``tokenise``."""
    kinds = list(dict.fromkeys(v.kind for v in vocabularies))
    gazetteer = Gazetteer(kinds, {v.kind for v in vocabularies if v.exact})
    for vocabulary in vocabularies:
        for name in read_names(vocabulary, data):
            if len(name) <= _WIDEST:
                gazetteer.add(vocabulary.kind, tokenise(name))
    return gazetteer
