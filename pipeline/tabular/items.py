"""Split a cell into values.

The separators differ by field: a slash joins two therapies but stands inside the name of a resistant cell line, an
"and" joins two cell lines but stands inside the description of one core.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipeline.document import Cell
from pipeline.records import FieldName

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CellItem:
    """One value in a cell: its range on ``Document.text`` and what stands there.

    ``full`` completes a member of a coordination with the head it shares with the others: in "PA/US imaging" the
    item "PA" is in full "PA imaging".
    """

    start: int
    end: int
    text: str
    full: str


_BLANK = re.compile(
    r"[\s\-\u2010-\u2015\u2212_./\\*?\u2026~\u2205\u00d8\u2300\u00d7\u25cb()\u2717\u2718]*"
    r"|\(?n\.?\s?[/.]?\s?[adrst]\.?\)?|nil|no|unknown|blank|nothing|empty|unloaded|untested|drug-free"
    r"|no (?:drug|cargo|payload|load)s?(?: loaded)?|\(?(?:not|none|non) ?(?:reported|stated|specified|given|available"
    r"|applicable|mentioned|determined|disclosed|known|loaded|tested|examined|studied|done|measured|used)?\)?",
    re.IGNORECASE,
)
_NO_ANIMAL = re.compile(
    r"(?:only )?(?:in|ex)[ -](?:vitro|silico|vivo|cellulo)(?: only| stud(?:y|ies)| experiments?|[:;,]? ?\W.*)?"
    r"|cells?(?: cultures?)?|no animals?|spheroids?|organoids?",
    re.IGNORECASE,
)
_DITTO = re.compile(
    r"[-\u2013\u2014]?\s?(?:[\"\u2033\u201c\u201d\u3003\u201e]|''|\u2032\u2032|\u2019\u2019|,,)\s?[-\u2013\u2014]?"
    r"|ditto|do\.|idem|id\.|ibid(?:em)?\.?|(?:the )?same(?: as above)?|(?:as|see) above|\u2191",
    re.IGNORECASE,
)
_TICK = re.compile(r"[\u2713\u2714\u221a\u2022\u25cf\u25a0\u25c6\u2611\u2612+]|[Yy]es")
_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|\[(?:[^\[\]]|\[[^\[\]]*\])*\]")
_CLOSE_COMMA = r"|(?<=[^\W\d_]{2}),(?=[^\W\d_]{2})"  # "HeLa,MCF-7", never "1,2-" or "N,N-"
_LIST = (
    r";|\n|\u2022"
    r"|,(?=\s)(?!\s(?:type|grade|stage|class|female|male|aged|\d+[\u2013-]\d+ weeks)\b)"  # not before a qualifier
    + _CLOSE_COMMA
)
_AND = r"\s(?:and|&|plus|\+|as well as|or)\s"
_SLASH = r"\s?/\s?"
_HYBRID = r"\s?(?:/|\+|\u2013|\u2014)\s?"

_SEPARATORS: dict[FieldName, re.Pattern[str]] = {
    "membranes": re.compile(rf"{_LIST}|{_AND}|{_HYBRID}"),
    "cores": re.compile(_LIST.replace(_CLOSE_COMMA, "")),  # "NaYF4:Yb,Er" is one
    "drugs": re.compile(rf"{_LIST}|{_AND}|{_SLASH}|\s?\+\s?"),
    "sizes": re.compile(rf"{_LIST}|{_AND}"),
    "diseases": re.compile(rf"{_LIST}|{_AND}|{_SLASH}"),
    "animal_models": re.compile(rf"{_LIST}|{_AND}"),
    "modalities": re.compile(rf"{_LIST}|{_AND}|{_SLASH}|\s?\+\s?"),
}
_ONLY_COMMA = re.compile(_LIST)
_OPENING = re.compile(r"(?:and|or|&|e\.g\.,?|i\.e\.,?|such as|including)\s+", re.IGNORECASE)

_COUNTS: Final = (("i", "ii", "iii", "iv", "v"), tuple("abcde"), tuple("12345"))
_MARK = re.compile(r"(?<![^\s;,/])(?:\((i{1,3}|iv|v|[a-eA-E]|[1-5])\)|(i{1,3}|iv|v|[a-eA-E]|[1-5])\))\s*(?=\S)")
"""How a cell counts its values: "(i) ...; (ii) ..."."""

_SUBLINE = re.compile(
    r"(?:adr|ddp|cis|cddp|mdr\d?|dox|taxol|tax|ptx|dx|vcr|5-?fu|tr|res|r|s|a0\d|gfp|egfp|luc2?|ova|tk|wt|neo|her2|neu)\b",
    re.IGNORECASE,
)
"""What follows the slash in the name of a resistant or engineered line ("MCF-7/ADR")."""
_CELLS = re.compile(
    r"\b(?:rbcs?|wbcs?|plts?|dcs?|nks?|ctls?|(?:bm|ad?|uc|h)?mscs?|a[ds]scs?|tams?|mdscs?|m[\u03c6\u03a6\u03d5]s?|pbmcs?"
    r"|cells?|\w+cytes?|platelets?|\w*phages?|neutrophils?|bacteri\w+|vesicles?|exosomes?|omvs?)$",
    re.IGNORECASE,
)
_NO_DRUG = re.compile(r"PD-?L1\b|\d|.$")
"""What follows the slash inside one drug's name ("anti-PD-1/PD-L1", "TLR7/8 agonist")."""
_DISEASE_HEAD = re.compile(
    r"(?:cancers?|carcinomas?|tumou?rs?|\w+(?:omas?|itis|emia|osis|opathy)|diseases?|syndrome|injury|infections?|stroke"
    r"|metastas[ie]s|diabetes|sepsis|infarction|ischemia)$",
    re.IGNORECASE,
)
_MODALITY_HEAD = re.compile(
    r"(?:\s+\S*(?:modal|mode)\S*)?\s+(imaging|therapy|therapies|treatment|vaccination|vaccine)$", re.I
)
_COMPLETE = re.compile(r"(?:[PS][DT]T|MRI|CT|PET|SPECT|therapy|therapies|imaging|vaccin\w+)$")
"""A modality that needs no head from its neighbour."""
_ANIMAL = re.compile(
    r"\b(?:mice|mouse|rats?|rabbits?|pigs?|swine|dogs?|monkeys?|macaques?|zebrafish|hamsters?|[A-Z]+[\w]*/\w+|C57\S*|ICR|SD|nude)\b"
)


def is_blank(text: str, field: str = "") -> bool:
    """Whether a cell says nothing: empty, a dash, "n/a", "NR", "not reported"; of an animal also "in vitro".

    Args:
        text: what the cell says.
        field: what its column holds.
    """
    if field == "animal_models" and _NO_ANIMAL.fullmatch(text.strip()) and not _ANIMAL.search(text):
        return True
    return _BLANK.fullmatch(text.strip()) is not None


def repeats(text: str) -> bool:
    """Whether a cell says no more than that what stands above holds for it too: ditto marks, "ibid.", "as above"."""
    return _DITTO.fullmatch(text.strip()) is not None


def is_mark(text: str) -> bool:
    """Whether a cell says yes to its heading: a tick, a dot, "yes"."""
    return _TICK.fullmatch(text.strip()) is not None


def items(cell: Cell, field: FieldName) -> list[CellItem]:
    """The values that a cell of a column of this field holds, in their order.

    Args:
        cell: the cell.
        field: what its column holds.

    Returns:
        Items with ranges on ``Document.text``; none for a blank cell.
    """
    if is_blank(cell.text, field):
        return []
    text = cell.text
    found = [part for a, b in _enumerated(text) for part in _separated(text, a, b, field)]
    ranges = [r for r in (_trimmed(text, a, b) for a, b in found) if not is_blank(text[r[0] : r[1]], field)]
    heads = _shared_heads(text, ranges, field)
    return [
        CellItem(cell.start + a, cell.start + b, text[a:b], _joined(text[a:b], head))
        for (a, b), head in zip(ranges, heads, strict=True)
    ]


def _enumerated(text: str) -> list[Range]:
    """The parts of a cell that counts its values: "(i) 138 (ii) 152"; the whole cell where it counts none."""
    marks = list(_MARK.finditer(text))
    counted = [(match[1] or match[2]).casefold() for match in marks]
    if (
        len(marks) < 2
        or text[: marks[0].start()].strip()
        or not any(counted == list(c[: len(counted)]) for c in _COUNTS)
    ):
        return [(0, len(text))]
    ends = [*(match.start() for match in marks[1:]), len(text)]
    return [(match.end(), end) for match, end in zip(marks, ends, strict=True)]


def _separated(text: str, start: int, stop: int, field: FieldName) -> list[Range]:
    """The parts of a range between the separators of a field, those in brackets left alone."""
    closed = [match.span() for match in _BRACKETS.finditer(text, start, stop)]
    found: list[Range] = []
    begin = start
    for match in _SEPARATORS[field].finditer(text, start, stop):
        inside = any(a <= match.start() < b for a, b in closed)
        if inside or not _separates(text, begin, match, field):
            continue
        found.append((begin, match.start()))
        begin = match.end()
    return [*found, (begin, stop)]


def _separates(text: str, begin: int, match: re.Match[str], field: FieldName) -> bool:
    """Whether this separator parts two values, or stands inside the name of one."""
    sign = match.group().strip()
    if _ONLY_COMMA.fullmatch(match.group()) or sign in (",", ";"):
        return True
    left, right = text[begin : match.start()].rstrip(), text[match.end() :]
    match field:
        case "membranes":
            return _CELLS.search(left) is not None if sign in "\u2013\u2014" else _SUBLINE.match(right) is None
        case "drugs":
            return _NO_DRUG.match(right) is None
        case "diseases":
            return _DISEASE_HEAD.search(left) is not None and not right.startswith("reperfusion")
        case "animal_models":
            return _ANIMAL.search(left) is not None and _ANIMAL.search(right) is not None
    return True


def _shared_heads(text: str, ranges: list[Range], field: FieldName) -> list[str]:
    """What each item shares with the last of its coordination: in "PA/US imaging" the head " imaging" of "PA"."""
    heads = [""] * len(ranges)
    if field != "modalities":
        return heads
    for i in range(len(ranges) - 2, -1, -1):
        own, after = text[slice(*ranges[i])], ranges[i + 1]
        if text[ranges[i][1] : after[0]].strip() not in ("/", "+", "and", "&"):
            continue
        shared = _MODALITY_HEAD.search(text[slice(*after)])
        head = heads[i + 1] or (" " + shared[1] if shared else "")
        if head and not _COMPLETE.search(own):
            heads[i] = head
    return heads


def _joined(text: str, head: str) -> str:
    """Join "PA" and " imaging"; "chemo-" and " therapy" give "chemotherapy"."""
    return text[:-1] + head.strip() if head and text.endswith("-") else text + head


def _trimmed(text: str, start: int, end: int) -> Range:
    """The range without white space, stray punctuation and an opening "such as"; nothing left of an "etc."."""
    while start < end and (text[start].isspace() or text[start] in ",;:"):
        start += 1
    if opening := _OPENING.match(text, start, end):
        start = opening.end()
    while start < end and (text[end - 1].isspace() or text[end - 1] in ",;:"):
        end -= 1
    return (start, start) if text[start:end] in ("etc", "etc.", "others", "so on") else (start, end)
