"""Check that the text holds the characters that the pages print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pipeline.document import Document

MOST_MISSING = 0.02  # share of a page's characters; markers that tables' cells give up for their notes are fewer


def missing(document: Document, printed: Mapping[int, int]) -> list[str]:
    """A warning for each page of which too many characters are not in the text.

    Args:
        document: what was read.
        printed: how many characters each page prints, white space and hyphens aside.
    """
    read: Counter[int] = Counter()
    for line in document.lines:
        read[line.page] += sum(char not in "- " for char in document.text[line.start : line.end])
    lost = {page: count - read[page] for page, count in printed.items()}
    return [
        f"Page {page}: {number} of {printed[page]} characters are not in the text; look at the page."
        for page, number in sorted(lost.items())
        if number > MOST_MISSING * printed[page]
    ]
