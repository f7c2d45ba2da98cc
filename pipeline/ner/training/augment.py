"""Training passages made to look like what the corpora lack: full text, table cells, the field's compounds.

Every function takes a passage and a source of chance and gives a passage whose marks still stand on the right words.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipeline.ner.training.passages import Mark, Passage

Names = Mapping[str, Sequence[str]]
_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")


class Templates(BaseModel):
    """Sentences with slots, in the field's style, and what may fill them.

    A slot ``{NAME}`` is filled from ``words["NAME"]`` or from a vocabulary of that kind; ``{NAME:LABEL}`` marks the
    filling with a label of the head ``teaches``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    teaches: str
    sentences: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    tails: dict[str, tuple[str, ...]]
    shares: dict[str, float]

    @classmethod
    def read(cls, path: Path) -> Templates:
        """Read ``templates.json``."""
        return cls.model_validate(json.loads(path.read_text("utf-8")))

    def passage(self, names: Names, chance: random.Random) -> Passage:
        """One invented passage."""
        text, marks, last = "", list[Mark](), 0
        sentence = chance.choice(self.sentences)
        for slot in _SLOT.finditer(sentence):
            text += sentence[last : slot.start()]
            filling = chance.choice(self.words.get(slot[1]) or names[slot[1]])
            if slot[2]:
                marks.append(Mark(len(text), len(text) + len(filling), slot[2]))
            text += filling
            last = slot.end()
        return Passage("invented", self.teaches, text + sentence[last:], tuple(marks))


def rewrite(passage: Passage, texts: dict[int, str]) -> Passage:
    """The passage with the text of some marks (by position) replaced; all marks keep standing on their names."""
    out, marks, last = "", list[Mark](), 0
    for i, mark in enumerate(passage.marks):
        out += passage.text[last : mark.start]
        name = texts.get(i, passage.text[mark.start : mark.end])
        marks.append(Mark(len(out), len(out) + len(name), mark.label))
        out += name
        last = mark.end
    return replace(passage, text=out + passage.text[last:], marks=tuple(marks))


def other_names(passage: Passage, share: dict[str, float], names: Names, chance: random.Random) -> Passage:
    """Replace marked names by others of their kind: every occurrence of a name by the same other one."""
    other: dict[tuple[str, str], str] = {}
    for mark in passage.marks:
        key = (passage.text[mark.start : mark.end], mark.label)
        if key not in other and mark.label in share:
            swap = chance.random() < share[mark.label]
            other[key] = chance.choice(names[mark.label]) if swap else key[0]
    texts = {i: other.get((passage.text[m.start : m.end], m.label)) for i, m in enumerate(passage.marks)}
    return rewrite(passage, {i: text for i, text in texts.items() if text is not None})


def compounds(passage: Passage, tails: dict[str, tuple[str, ...]], share: float, chance: random.Random) -> Passage:
    """Hang "-loaded", "-coated" and the like on some names that stand before a space."""
    out, marks, last = "", list[Mark](), 0
    for mark in passage.marks:
        out += passage.text[last : mark.start]
        marks.append(Mark(len(out), len(out) + mark.end - mark.start, mark.label))
        out += passage.text[mark.start : mark.end]
        last = mark.end
        if mark.label in tails and passage.text[last : last + 1] == " " and chance.random() < share:
            out += chance.choice(tails[mark.label])
    return replace(passage, text=out + passage.text[last:], marks=tuple(marks))


def cell(passage: Passage, chance: random.Random) -> Passage:
    """A fragment as in a table's cell: a few of the passage's names, with commas or nothing between them."""
    picked = [m for m in passage.marks if chance.random() < 0.3][:4]
    between = chance.choice([", ", "; ", " ", " and ", "/", " + "])
    text, marks = "", list[Mark]()
    for mark in picked:
        text += between if text else ""
        marks.append(Mark(len(text), len(text) + mark.end - mark.start, mark.label))
        text += passage.text[mark.start : mark.end]
    return replace(passage, text=text, marks=tuple(marks)) if picked else passage


def other_case(passage: Passage, chance: random.Random) -> Passage:
    """All capitals, all small, or capitals at each word, as headings have them, if all lengths stay."""
    change: Callable[[str], str] = chance.choice([str.upper, str.lower, str.title])
    text = change(passage.text)
    return replace(passage, text=text) if len(text) == len(passage.text) else passage


def augment(passage: Passage, templates: Templates, names: Names, chance: random.Random) -> Passage:
    """Apply each kind of change with the share that ``templates.shares`` gives it (``swap_LABEL`` for other names)."""
    shares = templates.shares
    swaps = {k.removeprefix("swap_"): v for k, v in shares.items() if k.startswith("swap_")}
    passage = other_names(passage, swaps, names, chance)
    passage = compounds(passage, templates.tails, shares["compounds"], chance)
    if chance.random() < shares["cell"]:
        passage = cell(passage, chance)
    if chance.random() < shares["case"]:
        passage = other_case(passage, chance)
    return passage
