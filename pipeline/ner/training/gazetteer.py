"""Names of public vocabularies as a feature: which words stand in a known name, and of what kind.

Only hashes of the names are kept, so 200,000 names take a few megabytes. A match is a hint to the model, never an
answer: "can", "lead" and "KB" are names too.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id

from pipeline.ner.training.corpora import Vocabulary

_LONGEST = 8  # words; longer names (systematic chemical ones) are told by their parts
_WIDEST = 60  # characters, likewise
_TRANSPARENT = frozenset("-–—‐‑/ ,'()[]")
_FACTOR, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x1F83D9ABFB41BD6B)

Ints = NDArray[np.uint64]
Halves = NDArray[np.uint32]
Codes = NDArray[np.uint8]


def _step(state: Ints, word: Ints) -> Ints:
    """The state of a name that goes on with a word; arithmetic is modulo 2**64."""
    return (state ^ word) * _FACTOR + _SHIFT


def _half(state: Ints) -> Halves:
    return (state >> np.uint64(32)).astype("uint32")


class Gazetteer:
    """A set of names, matched as word sequences, the longest first. Hyphens, slashes and brackets do not count.

    A name is a chain of states, one a word, each the hash of the one before and the word. What is kept is the upper
    half of each state, sorted, and a bit per kind whose name ends there: some two lookups in ten thousand are wrong.

    Args:
        kinds: the kinds of names, at most 8.
        exact: those of ``kinds`` that are matched as written; others whatever the case.
        states: upper halves, sorted.
        codes: of each state, the bits of the kinds.
    """

    def __init__(
        self,
        kinds: Sequence[str] = (),
        exact: Iterable[str] = (),
        states: Halves | None = None,
        codes: Codes | None = None,
    ) -> None:
        self.kinds = tuple(kinds)
        self.exact = frozenset(exact)
        self.states: Halves = np.zeros(0, dtype="uint32") if states is None else states
        self.codes: Codes = np.zeros(0, dtype="uint8") if codes is None else codes

    @classmethod
    def of(cls, names: Iterable[tuple[str, Sequence[str]]], kinds: Sequence[str], exact: Iterable[str]) -> Gazetteer:
        """A gazetteer of names given as (kind, the words that the pipeline's tokeniser makes of the name)."""
        made = cls(kinds, exact)
        codes: dict[int, int] = {}
        for kind, words in names:
            solid = [w for w in words if w not in _TRANSPARENT]
            if not solid or len(solid) > _LONGEST or len("".join(solid)) < 2:
                continue
            state = np.array([kind in made.exact], dtype="uint64")
            for key in _keys(solid, exact=kind in made.exact):
                state = _step(state, key)
                half = int(_half(state)[0])
                codes.setdefault(half, 0)
            codes[half] |= 1 << made.kinds.index(kind)
        made.states = np.array(sorted(codes), dtype="uint32")
        made.codes = np.array([codes[half] for half in sorted(codes)], dtype="uint8")
        return made

    def to_arrays(self) -> dict[str, Any]:
        """What :meth:`from_arrays` takes: the gaps between the states pack better than the states."""
        return {"gaps": np.diff(self.states, prepend=np.uint32(0)), "codes": self.codes}

    @classmethod
    def from_arrays(cls, kinds: Sequence[str], exact: Iterable[str], arrays: Mapping[str, Any]) -> Gazetteer:
        """The gazetteer whose :meth:`to_arrays` gave ``arrays``."""
        return cls(kinds, exact, np.cumsum(arrays["gaps"], dtype="uint32"), arrays["codes"])

    def features(self, words: Sequence[str]) -> NDArray[np.float32]:
        """One row a word, two columns a kind: the word begins, or goes on in, a known name of that kind."""
        found = np.zeros((len(words), 2 * len(self.kinds)), dtype="f")
        solid = np.array([i for i, w in enumerate(words) if w not in _TRANSPARENT], dtype="int64")
        if not len(self.states) or not len(solid):
            return found
        for exact in (False, True) if self.exact else (False,):
            ends = self._ends(_keys([words[i] for i in solid], exact=exact), exact=exact)
            for kind in range(len(self.kinds)):
                reach = 0  # matches of a kind do not overlap: the leftmost has the words
                for start in np.flatnonzero(ends[:, kind] >= 0):
                    if start >= reach:
                        reach = ends[start, kind] + 1
                        found[solid[start], 2 * kind] = 1
                        found[solid[start] + 1 : solid[reach - 1] + 1, 2 * kind + 1] = 1
        return found

    def _ends(self, keys: Ints, *, exact: bool) -> NDArray[np.int64]:
        """For each word and kind the last word of the longest name that begins there, or -1."""
        ends = np.full((len(keys), len(self.kinds)), -1, dtype="int64")
        starts = np.arange(len(keys))
        state = np.full(len(keys), int(exact), dtype="uint64")
        for length in range(_LONGEST):
            inside = starts + length < len(keys)
            starts, state = starts[inside], state[inside]
            state = _step(state, keys[starts + length])
            half = _half(state)
            at = np.minimum(np.searchsorted(self.states, half), len(self.states) - 1)
            known = self.states[at] == half
            starts, state, codes = starts[known], state[known], self.codes[at[known]]
            for kind in range(len(self.kinds)):
                ending = starts[(codes >> np.uint8(kind)) & 1 == 1]
                ends[ending, kind] = ending + length
        return ends


def _keys(words: Sequence[str], *, exact: bool) -> Ints:
    return np.array([get_string_id(w if exact else w.lower()) for w in words], dtype="uint64")


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
    names = (
        (vocabulary.kind, tokenise(name))
        for vocabulary in vocabularies
        for name in read_names(vocabulary, data)
        if len(name) <= _WIDEST
    )
    return Gazetteer.of(names, kinds, {v.kind for v in vocabularies if v.exact})
