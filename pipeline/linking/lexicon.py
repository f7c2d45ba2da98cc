"""Lexicons: names with identifiers, kept as tables (:mod:`pipeline.linking.schema`), found in text by Aho-Corasick."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick

from pipeline.errors import ModelError
from pipeline.linking.normalise import normalise, normalise_with_offsets, same_shape
from pipeline.linking.schema import COLUMNS, Entry, as_row, compiled_rows, is_compiled, parse, read_table
from pipeline.settings import models_dir


class Hit(NamedTuple):
    """A stretch ``[start, end)`` of a text that is spelled like these entries' names."""

    start: int
    end: int
    entries: tuple[Entry, ...]


def rows_of(path: Path) -> Iterator[str]:
    """The rows of one table, unparsed.

    Raises:
        ModelError: a table written by hand is not as it should be; the message names line and fault.
    """
    if is_compiled(path):
        yield from compiled_rows(path)
        return
    for line in read_table(path):
        if line.problems:
            raise ModelError(f"{line.place}: {'; '.join(line.problems)}")
        yield from map(as_row, line.entries)


def read_entries(path: Path) -> Iterator[Entry]:
    """The entries of one table.

    Raises:
        ModelError: the table is not as it should be.
    """
    return map(parse, rows_of(path))


class Lexicon:
    """Entries by the normalised form of their names, with an automaton over all of them.

    Rows stay unparsed until their name turns up in a text: most never do, and a hundred thousand parsed rows would
    cost more than the automaton.
    """

    def __init__(self, rows: Iterable[str]) -> None:
        groups: dict[str, str] = {}
        for row in rows:
            if key := normalise(row.partition("\t")[0]):
                groups[key] = f"{groups[key]}\n{row}" if key in groups else row
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for number, key in enumerate(groups):
            self._automaton.add_word(key, number)
        self._automaton.make_automaton()
        self._lengths = array("H", map(len, groups))
        self._rows = list(groups.values())
        self._parsed: dict[int, tuple[Entry, ...]] = {}

    @classmethod
    def load(cls, *folders: Path) -> Lexicon:
        """Read every ``*.tsv`` of these folders by name, a blocklist last.

        Raises:
            ModelError: a folder holds no lexicon, or a file is malformed.
        """
        files: list[Path] = []
        for folder in folders:
            found = sorted(folder.glob("*.tsv"), key=lambda path: (path.stem == "blocklist", path.name))
            if not found:
                raise ModelError(f"{folder}: no lexicon (*.tsv) here; build them with scripts/build_lexicons.py")
            files += found
        return cls(row for path in files for row in rows_of(path))

    def rows(self) -> Iterator[str]:
        """The rows that make this lexicon again."""
        for group in self._rows:
            yield from group.split("\n")

    def save(self, path: Path) -> None:
        """Write the rows as one table."""
        with path.open("w", encoding="utf-8", newline="\n") as table:
            table.writelines(f"{line}\n" for line in ("\t".join(COLUMNS), *self.rows()))

    def lookup(self, name: str, types: Iterable[str] = ()) -> list[Entry]:
        """The entries that this whole string, or its singular, is a spelling of.

        Args:
            name: the string.
            types: the types of entries wanted; any, when none is given.
        """
        wanted = frozenset(types)
        for form in (name, name[:-1]) if name.endswith("s") else (name,):
            number = self._automaton.get(normalise(form), -1)
            entries = self._entries(number) if number >= 0 else ()
            if found := [e for e in entries if (not wanted or e.type in wanted) and fits(form, e)]:
                return found
        return []

    def find(self, text: str) -> Iterator[Hit]:
        """Every place in a text where a whole-word spelling of a name stands, overlaps included.

        A plural ``s`` after the name belongs to the hit. Which of several overlapping or ambiguous hits is meant is
        the caller's to decide.
        """
        normalised, offsets = normalise_with_offsets(text)
        last = len(normalised) - 1
        for stop, number in self._automaton.iter(normalised) if normalised else ():
            first = stop - self._lengths[number] + 1
            start, end = offsets[first], offsets[stop] + 1
            if (first and offsets[first - 1] >= start - 1) or (stop < last and offsets[stop + 1] == end - 1):
                continue
            if stop < last and offsets[stop + 1] == end:
                if text[end] != "s" or (end + 1 < len(text) and text[end + 1].isalnum()):
                    continue
                plural = end + 1
            else:
                plural = end
            if entries := tuple(e for e in self._entries(number) if fits(text[start:end], e)):
                yield Hit(start, _closed(text, start, plural), entries)

    def _entries(self, number: int) -> tuple[Entry, ...]:
        found = self._parsed.get(number)
        if found is None:
            found = self._parsed[number] = tuple(map(parse, self._rows[number].split("\n")))
        return found


def _closed(text: str, start: int, end: int) -> int:
    """The end of a name with the bracket that it opened, as in "MIL-100(Fe)"."""
    if end < len(text) and text[end] in ")]" and text.count("(", start, end) > text.count(")", start, end):
        return end + 1
    return end


def fits(surface: str, entry: Entry) -> bool:
    """Whether a surface with an entry's normalised form is a spelling of its name, in shape and case."""
    if surface == entry.name:
        return True
    if entry.status == "abbreviation" and entry.name.isalpha() and entry.name.isupper() and not surface.isupper():
        return surface.rstrip("s").isupper()  # "DcNP" is no "DCNP"
    return _case_fits(surface, entry.name) and same_shape(surface, entry.name)


def _case_fits(surface: str, name: str) -> bool:
    """Case is free in ordinary words; acronyms and code names must be written as such."""
    letters = "".join(c for c in name if c.isalpha())
    ours = "".join(c for c in surface if c.isalpha())
    if ours == letters or not letters:
        return True
    if len(letters) != len(ours):  # a Greek letter against its name
        return True
    if _is_word(name):
        return ours[1:].islower() or ours.isupper() or _is_title(surface)
    if len(letters) <= 3:
        coded = len(letters) > 1 and any(c.isdigit() for c in name)
        return coded and (ours == letters.upper() or (len(letters) == 3 and ours.istitle()))  # "CAL-27", "Cal-27"
    return ours.lower() != ours or any(c.isdigit() for c in name)


def _is_word(name: str) -> bool:
    """Whether a name is written in ordinary words: lower case except for initials."""
    letters = [c for c in name if c.isalpha()]
    if len(letters) <= 3:
        return False
    words = name.replace("-", " ").split()
    return all(word[1:].islower() or not word[1:] or not any(c.isalpha() for c in word[1:]) for word in words) and any(
        sum(c.isalpha() for c in word) > 3 for word in words
    )


def _is_title(surface: str) -> bool:
    words = surface.replace("-", " ").replace("/", " ").split()
    return all(not word[1:] or word[1:].islower() or not word[1:].isalpha() for word in words)


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> Lexicon:
    return Lexicon.load(folder)


def shipped_lexicon() -> Lexicon:
    """The lexicons under ``models/lexicons``, loaded once per process."""
    return _loaded(models_dir() / "lexicons")
