"""Citations that lost their raising: ``imaging.1-3 The design`` cites the first three references."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pipeline.readers.citing import bracketed, expand, superscripted
from pipeline.readers.printed_text import PrintedText, script_runs
from pipeline.readers.structured.entries import entries
from pipeline.readers.structured.items import FlowItem

UNIT = r"(?!\s*(?:min|h|hours?|s|d|days?|weeks?|m[LlgMm]|[\u00b5\u03bcnck]?[mg]|%|\u00b0|rpm|mol|eV|k?V|W)\b)"
AFTER = r"(?:(?<=[^\W\d_]{3}[.,;])|(?<=[^\W\d_]{3}[.,;] )(?<!Fig[.] )(?<!Tab[.] )(?<!Ref[.] )(?<!Eqs[.] ))"
"""After the mark of a sentence, or with a space between, as some converters write what was raised."""
LOWERED = re.compile(
    rf"{AFTER}(\d{{1,3}}(?:\s?[,\u2013-]\s?\d{{1,3}})*){UNIT}(?=\s+[^\W\d_(]|\s*$|[A-Z][a-z]|\s[A-Z(])"
)
AUTHOR_YEAR = re.compile(r"et al\.?,? \(?(?:19|20)\d\d")
SHARE = 0.3
"""Of the references that must be cited so before any number counts as a citation."""


def raise_citations(items: Sequence[FlowItem]) -> None:
    """Mark as raised the numbers that stand after the marks of sentences, where they cite much of a numbered list.

    Nothing changes where the text cites otherwise: in brackets, raised, or by author and year.
    """
    keys = {str(position) for position, _ in enumerate(entries(i for i in items if i.role == "reference"), 1)}
    prose = [item for item in items if item.kind != "table" and item.role in (None, "abstract", "caption")]
    if len(keys) < 5 or _cites_otherwise(prose, keys):
        return
    found = [(item, [m.span(1) for m in LOWERED.finditer(item.text)]) for item in prose]
    cited: set[str] = set()
    places: list[tuple[FlowItem, list[tuple[int, int]]]] = []
    for item, spans in found:
        known = [(a, b, to) for a, b in spans if (to := expand(item.text[a:b], keys))]
        cited.update(key for _, _, to in known for key in to)
        places.append((item, [(a, b) for a, b, _ in known]))
    if len(cited) < SHARE * len(keys):
        return
    for item, spans in places:
        item.passage = _raised(item.passage, spans)


def _cites_otherwise(prose: Sequence[FlowItem], keys: Collection[str]) -> bool:
    """Whether brackets or raised numbers cite a share of the list already, or names with years do."""
    reached: set[str] = set()
    years = 0
    for item in prose:
        found = [*bracketed(item.text, keys), *superscripted(item.text, script_runs(item.passage.marks), keys)]
        reached.update(key for _, _, to in found for key in to)
        years += len(AUTHOR_YEAR.findall(item.text))
    return len(reached) >= SHARE * len(keys) or years > len(keys) / 4


def _raised(passage: PrintedText, spans: Sequence[tuple[int, int]]) -> PrintedText:
    marks = list(passage.marks)
    for start, end in spans:
        marks[start:end] = "^" * (end - start)
    return PrintedText(passage.text, "".join(marks), passage.stretches)
