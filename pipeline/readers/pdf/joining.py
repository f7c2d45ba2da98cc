"""From lines to passages: lines joined, hyphens at their ends settled by the document's own vocabulary."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.readers.passage import Passage, Stretch
from pipeline.readers.pdf.values import Line, Word

OPEN_ADDRESS = re.compile(r"(?:https?://|doi\.org/|www\.|doi:\s?|\b10\.\d{4,9}/)\S*$", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LAST_PART = re.compile(r"([^\W_]+(?:-[^\W_]+)*)-$")
FIRST_PART = re.compile(r"[^\W_]+(?:-[^\W_]+)*")

ENDINGS = frozenset(
    [
        "able",
        "al",
        "ally",
        "ance",
        "ance",
        "ation",
        "cal",
        "cation",
        "ed",
        "en",
        "ence",
        "ency",
        "ent",
        "er",
        "ers",
        "es",
        "ess",
        "fied",
        "ful",
        "fying",
        "ible",
        "ic",
        "ically",
        "ied",
        "ies",
        "ing",
        "ings",
        "ion",
        "ions",
        "ious",
        "ism",
        "ist",
        "ists",
        "ity",
        "ive",
        "ization",
        "ize",
        "ized",
        "izing",
        "less",
        "lity",
        "logical",
        "logy",
        "ly",
        "ment",
        "mental",
        "ments",
        "ness",
        "nance",
        "nol",
        "ology",
        "ous",
        "sion",
        "sions",
        "tion",
        "tional",
        "tions",
        "tive",
        "tively",
        "ture",
        "tures",
        "ty",
        "ular",
        "ulation",
    ]
)
"""What a word ends in and is never written with a hyphen before it."""
PREFIXES = frozenset(["poly"])
"""What is written solid with what follows."""
FIRSTS = frozenset(
    [
        "near",
        "self",
        "non",
        "cross",
        "well",
        "high",
        "low",
        "anti",
        "pre",
        "post",
        "semi",
        "half",
        "double",
        "single",
        "co",
        "ex",
        "two",
        "three",
    ]
)
"""First parts that keep their hyphen where the document does not write the word solid elsewhere."""
SECONDS = frozenset(
    [
        "based",
        "like",
        "coated",
        "derived",
        "dependent",
        "induced",
        "specific",
        "treated",
        "positive",
        "negative",
        "free",
        "loaded",
        "mediated",
        "associated",
        "related",
        "targeted",
        "targeting",
        "containing",
        "resistant",
        "responsive",
        "sensitive",
        "linked",
        "bound",
        "encapsulated",
        "functionalized",
        "modified",
        "conjugated",
        "labeled",
        "labelled",
        "assisted",
        "driven",
        "grade",
        "scale",
        "type",
        "shaped",
        "doped",
        "deficient",
    ]
)
"""Second parts of compounds that keep their hyphen."""


class Vocabulary:
    """How often a document writes each word; tells whether a hyphen at a line's end belongs to the word."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """Count the words of these lines, save those that a line's end cuts."""
        self.counts: Counter[str] = Counter()
        for line in lines:
            text = line.text.lower()
            words = WORD.findall(text)
            if text.endswith("-") and words:
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
        tail, head = a.rpartition("-")[2], b.partition("-")[0]
        if self.counts[tail + head] or head in ENDINGS or tail in PREFIXES:
            return True
        if head in SECONDS or tail in FIRSTS or len(tail) == 1:
            return False
        return not (len(tail) > 3 and len(head) > 3 and self.counts[tail] > 1 and self.counts[head] > 1)


def joined(lines: Sequence[Line], vocabulary: Vocabulary) -> Passage:
    """The lines as one passage."""
    passage = Passage()
    for line, follower in pairwise([*lines, None]):
        assert line is not None
        words = line.words
        cut, glue = 0, ""
        if follower is not None:
            cut, glue = seam(line.text, follower.text, vocabulary)
        _append(passage, words, line, cut)
        passage.text += glue
        passage.marks += " " * len(glue)
    return passage


def seam(before: str, after: str, vocabulary: Vocabulary) -> tuple[int, str]:
    """How two lines join: how many characters the first loses at its end, and what stands between them."""
    address = OPEN_ADDRESS.search(before)
    if address and address[0][-1] in "/-._:=?&":
        soft = before[-1] == "-" and before[-2:-1].isalpha() and after[:1].isalpha() and after[:1].islower()
        return (1, "") if soft else (0, "")
    if len(before) < 2 or before[-2].isspace():
        return 0, " "
    if before[-1] in "\u2013/" and ((before[-2].isdigit() and after[:1].isdigit()) or before[-1] == "/"):
        return 0, ""
    if before[-1] != "-":
        return 0, " "
    return (1, "") if vocabulary.joins(before, after) else (0, "")


def _append(passage: Passage, words: Sequence[Word], line: Line, cut: int) -> None:
    """Add a line's words, less the last ``cut`` characters, and where they stand."""
    text, marks = "", ""
    edges: list[float] = []
    for word in words:
        if edges:
            text += " "
            marks += " "
            edges.append(max(edges[-1], word.edges[0]))
            rest = word.edges[1:]
        else:
            edges.append(word.edges[0])
            rest = word.edges[1:]
        at = edges[-1]
        for edge in rest:
            at = max(at, edge)
            edges.append(at)
        text += word.text
        marks += word.marks
    if cut:
        text, marks, edges = text[:-cut], marks[:-cut], edges[:-cut]
    if not text:
        return
    start = len(passage.text)
    origin = edges[0]
    box = line.frame.to_page(origin, line.top, edges[-1], line.bottom)
    relative = [round(edge - origin, 2) for edge in edges]
    passage.stretches.append(Stretch(start, start + len(text), line.page, box, line.frame.direction, relative))
    passage.text += text
    passage.marks += marks
