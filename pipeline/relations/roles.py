"""What part a named thing plays in a sentence: the coat's source, the cargo, or only a comparison.

The sentence is rewritten with its mentions as tags ("⟦D1⟧-loaded ⟦N2⟧ with membrane from ⟦C3⟧ cells") and the patterns
of cues.json are tried on it: no parser is needed, and every decision can be read off one line of that file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from pipeline.records import Label, Mention, Role

_LETTER: Final[dict[Label, str]] = {
    "CELL_LINE": "C",
    "CELL_TYPE": "C",
    "CORE": "N",
    "DRUG": "D",
    "MODALITY": "M",
    "DISEASE": "X",
    "ANIMAL_MODEL": "A",
    "SIZE": "S",
}
_TAG = re.compile(r"⟦(\w)(\d+)⟧")
_ALONE_IN_BRACKETS = re.compile(r"[(\[](⟦\w\d+⟧)[)\]]")
"""A name in brackets behind another is written as its neighbour: "macrophages (RAW264.7)"."""
_WORD = r"(?:[^\s⟦⟧.;:,()]*+⟦\w\d+⟧[^\s⟦⟧.;:,()]*+|[^\s⟦⟧.;:,()]++|\([^()]*+\))"
_NOUN = rf"(?!\w+(?:ed|ing)\b|(?:into|in|to|by|on|at|for|was|were|is|are|then)\b){_WORD}"
"""A word that may stand inside a coordination of names."""
_OF = (
    r"(?:[ -]?(?:cells?['’]?s?|cancer|tumou?r|plasma|lines?|derived|hybrid|fused|source|whole|outer|biomimetic"
    r"|cytoplasmic"
    r"|(?:osteo|adeno)?(?:carcin|sarc|melan|gli|lymph|hepat|blast)\w*oma|leuk[ae]mia|⟦X\d+⟧|\([^()]*+\)))*+"
)


class Cues(BaseModel):
    """The file cues.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    speaks_of: Mapping[str, str]
    membrane_source: tuple[str, ...]
    cargo: tuple[str, ...]
    comparator: tuple[str, ...]
    coated_size: tuple[str, ...]
    core_size: tuple[str, ...]
    hypothesis: tuple[str, ...]
    absent: tuple[str, ...]
    donor_animal: tuple[str, ...]
    description: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence with tags for mentions, out of brackets where nothing else stands in them.

    Attributes:
        text: the sentence.
        mentions: the mentions that the tags' numbers point to.
    """

    text: str
    mentions: tuple[Mention, ...]


Part = Role | Literal["coated_size", "core_size", "hypothesis", "absent", "donor_animal", "description"]
"""What a sentence says of a mention: its role; of a size, what was measured; or that it is only supposed."""


def roles(text: str, start: int, end: int, mentions: Sequence[Mention]) -> dict[str, Part]:
    """The parts that a sentence gives to its mentions, by mention id; those it says nothing about are not in it.

    Args:
        text: the document's text.
        start: where the sentence begins.
        end: where it ends.
        mentions: the mentions in it.
    """
    tagged = tag(text, start, end, mentions)
    found: dict[str, Part] = {}
    there = {_LETTER[mention.label] for mention in tagged.mentions}
    for role, letters, patterns in _compiled():
        if there.isdisjoint(letters):
            continue
        for pattern in patterns:
            for match in pattern.finditer(tagged.text):
                part = match["t"] if "t" in pattern.groupindex else match.group()
                for kind, number in _TAG.findall(part):
                    if kind in letters:
                        found[tagged.mentions[int(number)].id] = role
    return found


def tag(text: str, start: int, end: int, mentions: Sequence[Mention]) -> Tagged:
    """The sentence ``text[start:end]`` with its outermost mentions written as tags."""
    chosen: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end, m.label)):
        if start <= mention.start and mention.end <= end and (not chosen or mention.start >= chosen[-1].end):
            chosen.append(mention)
    parts, at = [], start
    for number, mention in enumerate(chosen):
        parts += [text[at : mention.start], f"⟦{_LETTER[mention.label]}{number}⟧"]
        at = mention.end
    written = "".join([*parts, text[at:end]])
    return Tagged(_ALONE_IN_BRACKETS.sub(r"\1", written), tuple(chosen))


def _list_of(letter: str) -> str:
    """A pattern for one tag of this letter, or several in a coordination."""
    tag_ = rf"⟦{letter}\d+⟧"
    link = (
        r"(?:\s?[,/+&–]\s?(?:(?:and|or)\s)?|\s(?:and|or|plus|(?:as well as|together with|along with)(?: the)?)\s"
        r"|-|(?<=⟧)\s(?=⟦))"
    )
    return rf"(?P<t>{tag_}(?:(?:\s?{_NOUN}){{0,3}}?{link}(?:{_NOUN}\s?){{0,3}}?{tag_})*)"


@cache
def cues() -> Cues:
    """The cues of cues.json."""
    return Cues.model_validate_json((Path(__file__).parent / "cues.json").read_text(encoding="utf-8"))


@cache
def _compiled() -> tuple[tuple[Part, str, tuple[re.Pattern[str], ...]], ...]:
    """The cues with the kinds of names they speak of, in the order in which a later one overrules an earlier."""
    return (
        ("membrane_source", "C", tuple(map(_compile, cues().membrane_source))),
        ("cargo", "D", tuple(map(_compile, cues().cargo))),
        ("core_size", "S", tuple(map(_compile, cues().core_size))),
        ("coated_size", "S", tuple(map(_compile, cues().coated_size))),
        ("comparator", "CDNS", tuple(map(_compile, cues().comparator))),
        ("description", "N", tuple(map(_compile, cues().description))),
        ("absent", "CMXAD", tuple(map(_compile, cues().absent))),
        ("donor_animal", "A", tuple(map(_compile, cues().donor_animal))),
        ("hypothesis", "CDNSMXA", tuple(map(_compile, cues().hypothesis))),
    )


def _compile(cue: str) -> re.Pattern[str]:
    pattern = re.sub(r"<([CDNMXA])\+>", lambda m: _list_of(m[1]), cue)
    pattern = re.sub(r"<w(\d)>", rf"(?:\\s?{_WORD.replace(chr(92), chr(92) * 2)}){{0,\1}}?\\s?", pattern)
    return re.compile(pattern.replace("<of>", _OF).replace("<T>", r"⟦\w\d+⟧"), re.IGNORECASE)
