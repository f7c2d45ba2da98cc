"""Labels: what the vocabularies themselves call what the lexicons name, and where the project keeps a name of its own.

``models/lexicons/official/labels.tsv`` has a row for each curated concept with an identifier, and for each compiled one
whose vocabulary calls it otherwise. The label is the preferred name, unless ``kept`` says why it is not.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.errors import ModelError
from pipeline.settings import models_dir

COLUMNS: Final = ("identifier", "name", "label", "kept", "source")


class LabelRow(NamedTuple):
    """A concept's name and its vocabulary's label.

    Attributes:
        identifier: the concept's.
        name: what the curated list, or else the compiler, calls it.
        label: what the vocabulary calls it; empty where no source at hand says.
        kept: why the name and not the label is the preferred one; empty where the label is.
        source: where the label was looked up.
    """

    identifier: str
    name: str
    label: str
    kept: str
    source: str


def labels_file() -> Path:
    """Where the shipped labels stand."""
    return models_dir() / "lexicons" / "official" / "labels.tsv"


def read_labels(path: Path | None = None) -> list[LabelRow]:
    """The rows of a table of labels, the shipped one if none is given.

    Raises:
        ModelError: the table does not have the columns :data:`COLUMNS`.
    """
    path = path or labels_file()
    with path.open(encoding="utf-8", newline="") as lines:
        table = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(next(table, ())) != COLUMNS:
            raise ModelError(f"{path}: the columns are not {', '.join(COLUMNS)}; build it with scripts/build_labels.py")
        return [LabelRow(*row) for row in table]


def called(curie: str | None) -> frozenset[str]:
    """What a concept is called by its vocabulary and by the curated lists, where these differ; else nothing."""
    return _called().get(curie or "", frozenset())


@cache
def _called() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in read_labels():
        if row.label and not same_words(row.label, row.name):
            found[row.identifier] |= {row.label, row.name}
    return {identifier: frozenset(names) for identifier, names in found.items()}


def same_words(one: str, other: str) -> bool:
    """Whether two names differ in nothing but case, number, marks and, if one is a heading, the order of words.

    MeSH writes headings in the plural, and with the noun first ("Lymphocytes, Tumor-Infiltrating").
    """
    turned = ("," in one or "," in other) and sorted(_words(one)) == sorted(_words(other))
    return turned or compared(one) == compared(other)


def compared(name: str) -> str:
    """A name without case, number and marks, as names are compared."""
    return "".join(_words(name))


_PLURALS: Final = ((r"ies$", "y"), (r"(?<=[sxz])es$|(?<=[cs]h)es$", ""), (r"(?<![siu])s$", ""))


def _words(name: str) -> list[str]:
    return [_singular(word) for word in re.findall(r"[^\W_]+", name.casefold())]


def _singular(word: str) -> str:
    for plural, singular in _PLURALS if len(word) > 2 else ():
        if re.search(plural, word):
            return re.sub(plural, singular, word)
    return word
