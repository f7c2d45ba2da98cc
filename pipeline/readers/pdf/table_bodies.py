"""Tables: group printed rows into the table's rows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from pipeline.readers.pdf.rows import GOES_ON, rows_by_blocks
from pipeline.readers.pdf.settings import LAYOUT
from pipeline.readers.pdf.table_parts import Level, Placed, begins_low
from pipeline.readers.pdf.values import Word


def grouped(placed: Sequence[Placed], dividers: Sequence[float], width: int, ruled: bool) -> list[Level]:
    """The rows of a table's body: a wrapped cell's further lines join their first.

    Args:
        placed: the printed rows.
        dividers: the heights of the rules across the table.
        width: how many columns it has.
        ruled: whether rules or shades set off its cells or rows, so that there is one row between two of them.
    """
    bands = _bands(placed, dividers)
    if _one_row_each(bands, placed) or (ruled and len(bands) > 2 and not any(map(_lists_values, bands))):
        return [_merge(band) for band in bands]
    rows: list[Level] = []
    close = _wrap_pitch(placed, dividers)
    for band in bands:
        told = rows_by_blocks([item.cells for item in band], close)
        made = told if told is not None else list(map(_merge, _by_distance(band, close, width)))
        rows.extend(_with_label(made) if len(bands) > 1 else made)
    return rows


def _with_label(rows: list[Level]) -> list[Level]:
    """The rows between two rules, a single label that stands lower than the first, centred on them, over all."""
    labelled = [row for row in rows if (0, 0) in row]
    if len(rows) > 1 and len(labelled) == 1 and labelled[0] is not rows[0]:
        label = labelled[0].pop((0, 0))
        rows[0][0, 0] = label
        for row in rows[1:]:
            row[0, 0] = []
    return rows


def with_centred(rows: list[Level], width: int) -> list[Level]:
    """The rows, what stands alone between two of them made a cell that both share: it is centred on those it covers."""
    alone = [number for number in range(1, len(rows) - 1) if _stands_between(rows, number, width)]
    if not alone:
        return rows
    columns = sorted({first for number in alone for (first, _), lines in rows[number].items() if lines})
    kept = [row for number, row in enumerate(rows) if number not in alone]
    for col in columns:
        owners: list[tuple[float, list[list[Word]]]] = []
        at = -1
        for number, row in enumerate(rows):
            at += number not in alone
            if lines := row.get((col, col)):
                place = at + 0.5 * (number in alone)
                last = owners[-1] if owners else None
                if last is not None and place - last[0] <= 1 and GOES_ON.match(lines[0][0].text):
                    owners[-1] = ((last[0] + place) / 2, [*last[1], *lines])
                else:
                    owners.append((place, lines))
        for start, end, lines in _tiled(owners, len(kept)):
            for number in range(start, end):
                kept[number][col, col] = lines if number == start else []
    return kept


def _stands_between(rows: Sequence[Level], number: int, width: int) -> bool:
    """Whether a row is a cell or two, one at least beyond the first column, where its neighbours are blank.

    A label in the first column may have been moved to the first of its rows before.
    """
    row = [span for span, lines in rows[number].items() if lines]
    few = 3 * len(row) <= width and all(first == last for first, last in row) and any(first > 0 for first, _ in row)
    sides = (rows[number - 1], rows[number + 1])
    return few and all(2 * len(side) >= width and not any(side.get(span) for span in row) for side in sides)


def _tiled(owners: Sequence[tuple[float, list[list[Word]]]], rows: int) -> Iterator[tuple[int, int, list[list[Word]]]]:
    """The rows ``[start, end)`` of each cell of a column so that each is centred on its rows and none is left over.

    Where they cannot be shared out so, a cell between two rows has these two.
    """
    start = 0
    found = []
    for place, lines in owners:
        end = round(2 * place) - start + 1
        if end <= place or end > rows:
            break
        found.append((start, end, lines))
        start = end
    if start == rows and len(found) == len(owners):
        yield from found
        return
    for place, lines in owners:
        yield int(place), int(place + 1.5), lines


def _by_distance(band: Sequence[Placed], close: float, width: int) -> list[list[Placed]]:
    """The printed rows of a band by the distances between them and by what they say."""
    groups: list[list[Placed]] = []
    for item in band:
        if groups and _wraps(groups[-1], item, close, width):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _bands(placed: Sequence[Placed], dividers: Sequence[float]) -> list[list[Placed]]:
    """Printed rows by the rules between which they stand."""
    found: dict[int, list[Placed]] = {}
    for item in placed:
        found.setdefault(bisect_left(dividers, item.row.baseline - 0.2 * item.row.words[0].size), []).append(item)
    return [found[key] for key in sorted(found)]


def _one_row_each(bands: Sequence[list[Placed]], placed: Sequence[Placed]) -> bool:
    """Whether the table is ruled row by row: bands of several lines whose columns do not share their baselines."""
    if len(bands) < 3:
        return False
    if len(bands) > 0.75 * len(placed):
        return True
    several = [band for band in bands if len(band) > 1]
    if any(_lists_values(band) for band in several):
        return False
    loose = sum(any(len(item.columns) < len(_all_columns(band)) for item in band) for band in several)
    singles = sum(len(band) == 1 for band in bands)
    deepest = max(len(band) for band in bands)
    return loose == len(several) and (singles + loose) == len(bands) and deepest < 8 and len(bands) > 0.2 * len(placed)


def _lists_values(band: Sequence[Placed]) -> bool:
    """Whether some column of a band holds numbers or citations line by line: values do not wrap."""
    for col in _all_columns(band):
        texts = [text for text in (_text(item, col) for item in band) if text]
        if len(texts) > 1 and all(re.fullmatch(r"\[?[\d.,\u2013-]+\]?", text) for text in texts):
            return True
    return False


def _all_columns(band: Sequence[Placed]) -> set[int]:
    return {col for item in band for col in item.columns}


def _wrap_pitch(placed: Sequence[Placed], dividers: Sequence[float]) -> float:
    """The distance of baselines up to which lines belong to one row; 0 where distances do not tell.

    Rows are often set apart by a little more than the lines of a wrapped cell. That is what the distances say if the
    lines that would be joined hold fewer cells than those that begin rows.
    """
    steps = []
    for a, b in pairwise(placed):
        if not any(a.row.baseline < y < b.row.baseline for y in dividers):
            steps.append((b.row.baseline - a.row.baseline, len(a.columns), len(b.columns)))
    steps = [step for step in steps if step[0] > LAYOUT.centred_step * placed[0].row.words[0].size]
    if len(steps) < 2:
        return 0.0
    pitches = sorted(step for step, _, _ in steps)
    least = pitches[len(pitches) // 20]
    jumps = [(b / a, (a + b) / 2) for a, b in pairwise(pitches) if a >= 0.97 * least and b <= 2.6 * least]
    ratio, limit = max(jumps, default=(1.0, 0.0))
    if ratio < 1.07:
        return 0.0
    joined = [(after, before) for step, before, after in steps if step < limit]
    apart = [after for step, _, after in steps if step >= limit]
    if not apart or not joined:
        return 0.0
    fewer = sum(after < max(2, before) or after < median(apart) for after, before in joined)
    return limit if fewer > 0.8 * len(joined) else 0.0


def _wraps(group: Sequence[Placed], item: Placed, close: float, width: int) -> bool:
    """Whether a printed row carries on the cells of the row before it."""
    last = group[-1]
    step = item.row.baseline - last.row.baseline
    size = item.row.words[0].size
    if step < LAYOUT.centred_step * size:
        return True
    if close:
        return step < close
    if step > 1.75 * size:
        return False
    above = _all_columns(group)
    if not item.columns <= above:
        return False
    if 0 in item.columns:
        alone = item.columns == {0}
        return alone and (_unfinished(last, 0) or _starts_low(item, 0)) and width > 1
    few = len(item.columns) <= max(1, (width - 1) // 2)
    return few and all(_carries_on(last, item, col) for col in item.columns)


def _carries_on(last: Placed, item: Placed, col: int) -> bool:
    text = _text(item, col)
    return not re.fullmatch(r"[\d.,±%<>()\s–-]+", text) or _unfinished(last, col)


def _unfinished(item: Placed, col: int) -> bool:
    return _text(item, col).endswith(("-", ",", "/", "and", "of", "(", "+", "with", "in", "the", "&"))


def _starts_low(item: Placed, col: int) -> bool:
    return begins_low(_text(item, col))


def _text(item: Placed, col: int) -> str:
    return " ".join(word.text for span, words in item.cells.items() if span[0] <= col <= span[1] for word in words)


def _merge(group: Sequence[Placed]) -> Level:
    merged: Level = {}
    for item in group:
        for span, words in item.cells.items():
            owner = next((key for key in merged if key[0] <= span[1] and span[0] <= key[1]), span)
            merged.setdefault(owner, []).append(words)
    return merged
