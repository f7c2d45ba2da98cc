"""Copies of marked texts with other names in the places of theirs."""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from pipeline.ner.training.corpus_formats import CorpusMark, CorpusText
from pipeline.records import Label

_PLACE = re.compile(r"\{[A9]\}")


class Others(BaseModel):
    """Which names stand in for a label's, and how often; see names.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: float = Field(ge=0, le=1)
    type: str
    pattern: str
    coded: float = Field(ge=0, le=1)
    codes: tuple[str, ...]


class Swaps(BaseModel):
    """The file names.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    copies: int = Field(ge=0)
    names: dict[Label, Others]

    @classmethod
    def read(cls, path: Path) -> Swaps:
        """Read the file."""
        return cls.model_validate(json.loads(path.read_text("utf-8")))

    def pools(self, rows: Iterable[str]) -> dict[str, list[str]]:
        """By label, the names among a lexicon's rows that may stand in."""
        wanted = {(others.type): (label, re.compile(others.pattern)) for label, others in self.names.items()}
        found: dict[str, list[str]] = {label: [] for label in self.names}
        for row in rows:
            name, _, _, _, kind, *_ = row.split("\t")
            if kind in wanted and wanted[kind][1].fullmatch(name):
                found[wanted[kind][0]].append(name)
        return found

    def of(
        self, passage: CorpusText, pools: Mapping[str, Sequence[str]], chance: random.Random
    ) -> Iterator[CorpusText]:
        """The passage, and its copies: in each, all occurrences of a name become the same other one."""
        yield passage
        for _ in range(self.copies):
            yield self._copy(passage, pools, chance)

    def _copy(self, passage: CorpusText, pools: Mapping[str, Sequence[str]], chance: random.Random) -> CorpusText:
        chosen: dict[tuple[str, str | None], str] = {}
        text, marks, last = "", list[CorpusMark](), 0
        for mark in passage.marks:
            surface = passage.text[mark.start : mark.end]
            key = (surface.casefold(), mark.label)
            if key not in chosen:
                chosen[key] = self._other(surface, mark.label, pools, chance)
            name = _cased(chosen[key], surface)
            text += passage.text[last : mark.start]
            marks.append(CorpusMark(len(text), len(text) + len(name), mark.label))
            text += name
            last = mark.end
        return replace(passage, text=text + passage.text[last:], marks=tuple(marks))

    def _other(self, surface: str, label: str | None, pools: Mapping[str, Sequence[str]], chance: random.Random) -> str:
        others = next((o for known, o in self.names.items() if known == label), None)
        if others is None or label is None or chance.random() >= others.share:
            return surface
        if others.codes and chance.random() < others.coded:
            return _filled(chance.choice(others.codes), chance)
        return chance.choice(pools[label]) if pools[label] else surface


def _filled(code: str, chance: random.Random) -> str:
    return _PLACE.sub(lambda m: chance.choice(string.ascii_uppercase if m[0] == "{A}" else string.digits), code)


def _cased(name: str, surface: str) -> str:
    """The name with a capital where the surface has one and both are ordinary words."""
    words = surface[:1].isupper() and surface[1:2].islower() and name[:2].islower()
    return name[:1].upper() + name[1:] if words else name
