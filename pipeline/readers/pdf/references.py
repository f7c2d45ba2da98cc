"""The reference list: its lines split into entries, and found where no heading announces it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.readers.citing import YEAR
from pipeline.readers.pdf.blocks import BlockDraft
from pipeline.readers.pdf.values import TextLine

NUMBER = re.compile(r"(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})\.?)(?=\s|[A-Z]|$)")
FIRST = re.compile(r"\[1\]|\(1\)|1[.\s]")
AUTHOR = re.compile(
    r"[^\W\d_][\w'\u2019-]+(?: [^\W\d_][\w'\u2019-]+)?,? (?:(?:[A-Z]\.[ -]?)+|[A-Z]{1,3})(?=[,;&(\s]|$)"
)
CLOSED = re.compile(r"(?:\d[.)]?|\bdoi\S+|10\.\d{4,}/\S+|\[(?:CrossRef|PubMed)\])\s*$", re.IGNORECASE)
STATEMENT = re.compile(
    r"(?:\u00a9|\(c\)\s|copyright\b|publisher['\u2019]s note"
    r"|(?:manuscript )?(?:received|revised|accepted|published)\b.{0,30}\d{4}"
    r"|cite this|how to cite|please cite|this (?:article|is an open)|open access|disclaimer|correspondence|submit your"
    r"|sample availability|conflicts? of interest|competing interests|supporting information)",
    re.IGNORECASE,
)
"""How begins what publishers set below a reference list."""
FEWEST = 5  # entries that make a list
LONGEST_GAP = 3  # numbers that may be missing at an end of a list that leaves none out elsewhere


def entries(flow: Sequence[BlockDraft]) -> list[BlockDraft]:
    """The blocks, those of the reference list split into one block for each entry."""
    result: list[BlockDraft] = []
    run: list[BlockDraft] = []
    for draft in flow:
        if draft.kind == "reference":
            run.append(draft)
        elif draft.kind in ("heading", "paragraph", "title"):
            result.extend(_split_up(run))
            run = []
            result.append(draft)
        else:  # what floats between entries goes before them
            result.append(draft)
    return [*result, *_split_up(run)]


def _split_up(run: Sequence[BlockDraft]) -> list[BlockDraft]:
    lines = [line for draft in run for line in draft.lines]
    starts = numbered(lines)
    if starts and (len(starts) >= FEWEST or starts[0] == 0):
        bounds = [*starts, len(lines)]
        parts = [lines[a:b] for a, b in pairwise(bounds)]
        head = [BlockDraft("other", lines[: starts[0]])] if starts[0] else []
        return [*head, *_ended([BlockDraft("reference", part) for part in parts], lines)]
    return _ended(_hanging(run), lines)


def _ended(parts: list[BlockDraft], lines: Sequence[TextLine]) -> list[BlockDraft]:
    """The entries, what stands below the last one set apart: statements of the publisher, the paper's own data."""
    if not parts:
        return parts
    steps = [b.baseline - a.baseline for a, b in pairwise(lines) if b.page == a.page and b.baseline > a.baseline]
    usual = median(steps) if steps else 12.0
    last = parts[-1]
    for index, (a, b) in enumerate(pairwise(last.lines), 1):
        if _ends_between(a, b, usual):
            rest = BlockDraft("other", last.lines[index:])
            return [*parts[:-1], BlockDraft("reference", last.lines[:index]), rest]
    return parts


def _ends_between(a: TextLine, b: TextLine, usual: float) -> bool:
    """Whether a reference list ends between two lines of what was taken for its last entry."""
    if STATEMENT.match(b.text) or abs(a.size - b.size) > 0.06 * a.size:
        return True
    elsewhere = b.page != a.page or b.baseline < a.baseline
    if elsewhere:
        return CLOSED.search(a.text) is not None
    return b.baseline - a.baseline > 1.4 * usual and b.baseline - a.baseline > 1.5 * a.size


def numbered(lines: Sequence[TextLine]) -> list[int]:
    """The places of the lines that begin numbered entries: the longest run of rising numbers.

    A list may leave numbers out (a selection keeps those of the whole), so a step of more than one is allowed; a
    number at either end that is further off than any step within the list is a stray, such as a volume.
    """
    found = [
        (index, int(match[1] or match[2] or match[3]))
        for index, line in enumerate(lines)
        if (match := NUMBER.match(line.text)) and _outset(lines, index)
    ]
    return [index for index, _ in _without_strays(_longest_rise(found))]


def _longest_rise(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence with rising numbers; of several the one with the smallest numbers."""
    ends: list[int] = []  # ends[k]: position in `found` of the smallest number that ends a rise of k + 1
    before: list[int | None] = []
    for position, (_, number) in enumerate(found):
        length = bisect_left(ends, number, key=lambda end: found[end][1])
        before.append(ends[length - 1] if length else None)
        ends[length : length + 1] = [position]
    chain: list[tuple[int, int]] = []
    at = ends[-1] if ends else None
    while at is not None:
        chain.append(found[at])
        at = before[at]
    return chain[::-1]


def _without_strays(chain: list[tuple[int, int]]) -> list[tuple[int, int]]:
    while len(chain) > 2:
        steps = [b[1] - a[1] for a, b in pairwise(chain)]
        if steps[-1] > max(LONGEST_GAP, *steps[:-1]):
            chain = chain[:-1]
        elif steps[0] > max(LONGEST_GAP, *steps[1:]):
            chain = chain[1:]
        else:
            break
    return chain


def _outset(lines: Sequence[TextLine], index: int) -> bool:
    """Whether a line begins at the left of its column: no line near it begins further left by more than a figure."""
    line = lines[index]
    near = [
        x
        for x in lines[max(0, index - 4) : index + 5]
        if x.page == line.page and min(x.x1, line.x1) > max(x.x0, line.x0)
    ]
    return line.x0 < min(x.x0 for x in near) + 1.2 * line.size


def _hanging(run: Sequence[BlockDraft]) -> list[BlockDraft]:
    """Entries without numbers: where lines are indented, each begins at the left of its column; else with its block."""
    first = {id(draft.lines[0]) for draft in run}
    result: list[BlockDraft] = []
    for column in _columns([line for draft in run for line in draft.lines]):
        left = min(line.x0 for line in column)
        indented = [line.x0 - left > 0.5 * line.size for line in column]
        for line, inner in zip(column, indented, strict=True):
            begins = not inner if any(indented) else id(line) in first or _opens(line, result)
            dated = not result or YEAR.search(result[-1].text) is not None
            if begins and dated and line.text[:1].isupper():
                result.append(BlockDraft("reference", [line]))
            elif result:
                result[-1].lines.append(line)
            else:
                result.append(BlockDraft("reference", [line]))
    return result


def _opens(line: TextLine, result: Sequence[BlockDraft]) -> bool:
    """Whether a line that nothing sets off begins an entry: with an author, where the one before it is at its end."""
    return bool(result and AUTHOR.match(line.text) and CLOSED.search(result[-1].text))


def _columns(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Lines by the column they stand in: another begins where the next line stands higher, or on another page."""
    found: list[list[TextLine]] = []
    for line in lines:
        last = found[-1][-1] if found else None
        if last is None or line.page != last.page or line.top < last.top - 0.3 * line.size:
            found.append([])
        found[-1].append(line)
    return found


def unannounced(flow: Sequence[BlockDraft]) -> None:
    """Mark the entries of a reference list that has no heading: numbered lines with years near the document's end."""
    if any(draft.kind == "reference" for draft in flow):
        return
    tail = [draft for draft in flow[len(flow) // 2 :] if draft.kind in ("paragraph", "other", "footnote", "list_item")]
    lines = [(line, draft) for draft in tail for line in draft.lines]
    firsts = [i for i, (line, _) in enumerate(lines) if FIRST.match(line.text)]
    runs = [(len(numbered([line for line, _ in lines[first:]])), first) for first in firsts]
    count, first = max(runs, default=(0, 0))
    marked = {id(draft): draft for _, draft in lines[first:]}.values()
    if count >= FEWEST and sum(bool(YEAR.search(draft.text)) for draft in marked) > len(marked) / 3:
        for draft in marked:
            draft.kind = "reference"
