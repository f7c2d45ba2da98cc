"""From probabilities of tags to spans.

A label's tags are O (outside), B (begins), I (inside), L (last) and U (a span of one token). The best sequence that
makes sense (no I without a B before it, no B without its L) is found by dynamic programming, but only where the model
sees something at all: most of a text is O beyond doubt.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

TAGS = "OBILU"
_O, _B, _I, _L, _U = range(5)
_CLOSED = np.array([_O, _L, _U])  # tags after which no span is open
_OPEN = np.array([_B, _I])
_SURE = 0.97  # a token this surely outside separates; lower is faster, higher is nearer to the whole sequence's optimum


class Found(NamedTuple):
    """A span of tokens ``[start, end)`` and how sure the model is of it: the geometric mean over its tags."""

    start: int
    end: int
    score: float


def tags_of(spans: list[tuple[int, int]], length: int) -> NDArray[np.int64]:
    """The tag of each of ``length`` tokens, as a number into :data:`TAGS`, given spans that do not overlap."""
    tags = np.zeros(length, dtype="int64")
    for start, end in spans:
        if end - start == 1:
            tags[start] = _U
        else:
            tags[start], tags[start + 1 : end - 1], tags[end - 1] = _B, _I, _L
    return tags


def decode(probabilities: Floats) -> list[Found]:
    """The spans of one label, given each token's probabilities of the tags in :data:`TAGS` (one row a token)."""
    starts, lengths = _runs(probabilities[:, _O] < _SURE)
    if not len(starts):
        return []
    longest = int(lengths.max())
    index = np.minimum(starts[:, None] + np.arange(longest), len(probabilities) - 1)
    logs = np.log(np.maximum(probabilities[index], 1e-9))
    tags = _best(logs, lengths)
    return [
        span
        for row, log, start, n in zip(tags, logs, starts, lengths, strict=True)
        for span in _spans(row[:n].tolist(), log, int(start))
    ]


def _runs(active: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    edges = np.diff(np.concatenate([[0], active.astype("int8"), [0]]))
    starts = np.flatnonzero(edges == 1)
    return starts, np.flatnonzero(edges == -1) - starts


def _best(logs: Floats, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    rows, longest, _ = logs.shape
    after_closed, after_open = np.array([_O, _B, _U]), np.array([_I, _L])
    score = np.full((rows, 5), -np.inf)
    score[:, after_closed] = logs[:, 0, after_closed]
    back = np.zeros((rows, longest, 5), dtype="int64")
    last = score.copy()
    for t in range(1, longest):
        closed, opened = _CLOSED[score[:, _CLOSED].argmax(1)], _OPEN[score[:, _OPEN].argmax(1)]
        each = np.arange(rows)
        best_closed, best_open = score[each, closed], score[each, opened]
        back[:, t, after_closed], back[:, t, after_open] = closed[:, None], opened[:, None]
        score = np.empty_like(score)
        score[:, after_closed] = best_closed[:, None] + logs[:, t, after_closed]
        score[:, after_open] = best_open[:, None] + logs[:, t, after_open]
        last = np.where((lengths > t)[:, None], score, last)
    tags = np.zeros((rows, longest), dtype="int64")
    now = _CLOSED[last[:, _CLOSED].argmax(1)]
    for t in range(longest - 1, -1, -1):
        here = lengths > t
        tags[here, t] = now[here]
        now = np.where(here, back[np.arange(rows), t, now], now)
    return tags


def _spans(tags: list[int], logs: Floats, offset: int) -> list[Found]:
    spans, start = [], 0
    for i, tag in enumerate(tags):
        if tag in (_B, _U):
            start = i
        if tag in (_L, _U):
            mean = sum(float(logs[j, tags[j]]) for j in range(start, i + 1)) / (i + 1 - start)
            spans.append(Found(offset + start, offset + i + 1, float(np.exp(mean))))
    return spans
