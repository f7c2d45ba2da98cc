"""Which label each size of a list has: "95 nm (PDA), 97 nm (PDA-Cur) and 118 nm (M2-PDA-Cur)".

A tagged sentence gets a clause for each size that has a label, " ;; ⟦S2⟧ = M2-PDA-Cur composed", on which rules can be
written like any other. ``composed`` stands behind a label whose code holds the code of another label, or an at sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_RUN: Final = re.compile(r"⟦S\d+⟧(?:,\s(?:and\s)?⟦S\d+⟧|,?\sand\s⟦S\d+⟧)+")
_PARTED: Final = re.compile(r",\s(?:and\s)?|\sand\s")
_NUMBER: Final = re.compile(r"⟦S(\d+)⟧")
_TAG: Final = re.compile(r"⟦\w(\d+)⟧")
_CODE: Final = re.compile(r"[\w@/⊂+-]*[A-Z\d@⊂][\w@/⊂+-]*")
_PARTS: Final = re.compile(r"[@/⊂+-]")


def with_labels(text: str, surfaces: Sequence[str]) -> str:
    """A tagged sentence with a clause for the label of each size of a list; as it is where it has one size at most.

    Args:
        text: the sentence, with its names written as tags.
        surfaces: the names as they are printed.
    """
    if text.count("⟦S") < 2:
        return text
    found: dict[int, str] = {}
    for number, label in _labels(text):
        found.setdefault(number, label.strip())
    codes = {number: _code(_TAG.sub(lambda tag: surfaces[int(tag[1])], label)) for number, label in found.items()}
    return text + "".join(
        f" ;; ⟦S{number}⟧ = {label}{' composed' if _is_composed(number, codes) else ''}"
        for number, label in found.items()
    )


def _labels(text: str) -> Iterator[tuple[int, str]]:
    from pipeline.roles.contexts import shape  # which reads the rules that ask for labels

    for run in _RUN.finditer(text):
        yield from _in_rows(text, run)
    for name in ("label_behind", "label_listed", "label_stated"):
        for match in shape(name).finditer(text):
            yield int(match["size"]), next(text for part, text in match.groupdict().items() if text and part != "size")


def _in_rows(text: str, run: re.Match[str]) -> Iterator[tuple[int, str]]:
    """The labels of a row of sizes that a row of as many names goes with: "A, B and C measured 95, 97 and 118 nm"."""
    sizes = [int(number) for number in _NUMBER.findall(run.group())]
    from pipeline.roles.contexts import shape

    behind, before = shape("label_row_behind"), shape("label_row_before")
    for row in (behind.match(text, run.end()), before.search(text, 0, run.start())):
        labels = _PARTED.split(row["row"]) if row else []
        if len(labels) == len(sizes):
            yield from zip(sizes, labels, strict=True)
            return


def _code(label: str) -> str:
    """The code that a label is or ends with, without the ending of its plural; empty if there is none."""
    codes = [code for code in _CODE.findall(label) if any(c.isupper() for c in code)]
    return codes[-1].removesuffix("s") if codes else ""


def _is_composed(number: int, codes: dict[int, str]) -> bool:
    """Whether a code is made of another label's code and something more, and no other label's code holds it whole."""
    own = codes[number]
    others = [code for other, code in codes.items() if other != number and code and code != own]
    if not own or any(_holds(other, own) for other in others):
        return False
    return "@" in own or "⊂" in own or any(_holds(own, other) for other in others)


def _holds(whole: str, piece: str) -> bool:
    """Whether the parts of a code hold those of another, in their order."""
    every, wanted = _PARTS.split(whole), _PARTS.split(piece)
    return len(every) > len(wanted) and any(
        every[at : at + len(wanted)] == wanted for at in range(len(every) - len(wanted) + 1)
    )
