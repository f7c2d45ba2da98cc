"""Group evidence that names the same thing: "PLGA", "PLGA cores" and "PLGA nanoparticles" are one core."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from pipeline.document import Document
from pipeline.records import FieldName, Mention, fold
from pipeline.relations.evidence import Evidence, MentionIndex, identity
from pipeline.roles import Context, words_of

KindsOfLines = Mapping[Hashable, set[Hashable]]
"""The lines that are of a type of cell, by the identity of the type."""
Groups = dict[Hashable, list[Evidence]]
"""Evidence by the thing that they name; the first evidence of a group names it."""

_SAME: Final = {"nps": "nanoparticle", "np": "nanoparticle", "mouse": "mice", "tumour": "tumor", "core": "nanoparticle"}
_EMPTY: Final = frozenset(
    {"the", "of", "a", "an", "cell", "male", "female", "bearing", "tumor", "with", "old", "in", "based"}
)

_BEARING: Final = re.compile(r"\S+(?:[ -](?:tumou?r|xenograft|cancer))?[ -](?:bearing|engrafted)\s", re.IGNORECASE)
_NUCLEIC: Final = Context("name.nucleic-acid")
"""Drugs that are named more or less specifically: "siRNA" and "PD-L1 siRNA". Others have one name."""
_COATED: Final = Context("name.with-coat")
_VESICLE: Final = Context("name.vesicle-alone")
_SHED_BY: Final = Context("name.shed-by")
_OFTEN: Final = 0.2
_AS_LIKELY: Final = 0.7
"""A line is meant by its type only if its own best mention has at least this share of the type's score."""
_MAY_BE: Final = 0.25
"""A fuller name of no more than this share of the score of a shorter one is of another thing: the animals that gave
cells are not those that were treated."""
_KINDS: Final = Path(__file__).parent / "kinds.json"
_CANCER_CELL: Final = "CL:0001064"
"""Malignant cell, by the Cell Ontology: what coats named by a disease or as cancer cells are."""
_ANY_FORM: Final = frozenset({"nanoparticle", "nanocrystal"})
"""Forms that do not distinguish cores: all have one of them."""

Shares = Mapping[str, float]
"""What each name weighs in a group, by the folded name."""
Choice = Callable[[Evidence, Shares], tuple[float, ...]]
"""How well evidence names its group: the greatest names it."""


def consolidate(groups: Groups, field: FieldName) -> Groups:
    """Join the groups that name one thing at different depth, and let the fitting depth name it.

    Of cores, nucleic acids and animals the fullest name stays, of cells and diseases the fullest that is not told only
    in passing.
    """
    if field not in _CHOICE:
        return groups
    tokens = {key: _tokens(some) for key, some in groups.items()}
    joined: Groups = {}
    home: dict[Hashable, Hashable] = {}
    for key in sorted(groups, key=lambda k: (-len(tokens[k]), -weight(groups[k]), str(k))):
        fuller = [
            other
            for other in joined
            if tokens[key] and tokens[key] <= tokens[other] and _told(groups[other], groups[key], _MAY_BE)
        ]
        home[key] = max(fuller, key=lambda k: (weight(groups[k]), str(k)), default=key)
        joined.setdefault(home[key], [])
    for key in groups:
        joined[home[key]] += groups[key]
    return {key: _best_named_first(some, _CHOICE[field]) for key, some in joined.items()}


def _best_named_first(group: list[Evidence], choose: Choice) -> list[Evidence]:
    """The evidence of a group in the order in which it names the group best."""
    shares: dict[str, float] = defaultdict(float)
    for evidence in group:
        shares[fold(evidence.mention.name)] += evidence.score
    return sorted(group, key=lambda e: (*(-n for n in choose(e, shares)), e.mention.start))


def kinds_of_lines(document: Document, index: MentionIndex) -> KindsOfLines:
    """Which type of cell each line is: by kinds.json, or as the document says by setting one behind the other.

    "RAW 264.7 macrophages", "macrophages (RAW264.7)". A line of which neither says a type of healthy cells is one of
    cancer cells. Vesicles that say nothing of their source ("OMVs") are a type too, of the cells that shed them.
    """
    kinds: dict[Hashable, set[Hashable]] = defaultdict(set)
    cells = [mention for mention in index if mention.label in ("CELL_LINE", "CELL_TYPE")]
    for known in {mention.curie for mention in cells if mention.curie in _known_kinds()}:
        for type_of_cell in _known_kinds()[known]:
            kinds[type_of_cell].add(known)
    for first, second in pairwise(cells):
        if first.label != second.label and document.text[first.end : second.start].strip(" (-") == "":
            line, kind = (first, second) if first.label == "CELL_LINE" else (second, first)
            kinds[identity(kind)].add(identity(line))
        elif _VESICLE.whole(first.name) and _sheds(document, first, second):
            kinds[identity(first)].add(identity(second))
    healthy = {line for kind, lines in kinds.items() if kind != _CANCER_CELL for line in lines}
    kinds[_CANCER_CELL] |= {identity(m) for m in cells if m.label == "CELL_LINE"} - healthy
    return kinds


def _sheds(document: Document, vesicle: Mention, cells: Mention) -> bool:
    """Whether the cells named next are those that a vesicle comes from, and give the coat."""
    near = _VESICLE.whole(cells.name) is None and cells.role == "membrane_source" and cells.start > vesicle.end
    begin = vesicle.end + document.text.startswith(")", vesicle.end)
    return near and _SHED_BY.behind(document.text, begin, cells.start) is not None


def without_kinds(groups: Groups, kinds: KindsOfLines) -> Groups:
    """The groups without types of cells of which a line is named: what was said of the type is evidence of the line."""
    kept = dict(groups)
    for key in groups:
        lines = [line for line in groups if line in kinds.get(key, ()) and _told(groups[line], groups[key])]
        if len(lines) == 1:
            kept[lines[0]] = [*kept[lines[0]], *kept.pop(key)]
    return kept


def _told(one: list[Evidence], kind: list[Evidence], share: float = _AS_LIKELY) -> bool:
    """Whether a thing may be meant where its kind is named: by what is said of itself it is about as likely a value."""
    return max(evidence.score for evidence in one) >= share * max(evidence.score for evidence in kind)


@cache
def _known_kinds() -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = json.loads(_KINDS.read_text(encoding="utf-8"))["kinds"]
    return kinds


def weight(group: list[Evidence]) -> float:
    """How much a group of evidence weighs."""
    return sum(evidence.score for evidence in group)


def _depth(evidence: Evidence, shares: Shares) -> tuple[float, ...]:
    """Fuller names first, but none that takes in a coat, a tumour or an explanation; then linked, long, weighty."""
    name = evidence.mention.name
    clean = _COATED.within(name) is None and " (" not in name
    linked = evidence.mention.curie is not None
    return float(clean), len(_tokens([evidence])), float(linked), len(name.split()), shares[fold(name)]


def _told_depth(evidence: Evidence, shares: Shares) -> tuple[float, ...]:
    """The fuller name first, unless it is only mentioned in passing."""
    often = shares[fold(evidence.mention.name)] >= _OFTEN * sum(shares.values())
    return (float(often), *_depth(evidence, shares))


_CHOICE: Final[dict[FieldName, Choice]] = {
    "membranes": _told_depth,
    "cores": _depth,
    "drugs": _depth,
    "diseases": _told_depth,
    "animal_models": _depth,
}


_WORDS: Final = re.compile(r"[^\W_]+")


def _singular(word: str) -> str:
    """A word without the s of its plural; short words and those in -ss keep it."""
    before = word[-4:-1]
    plural = word.endswith("s") and len(before) == 3 and before.isalpha() and "s" not in before
    return word[:-1] if plural else word


def _tokens(group: list[Evidence]) -> frozenset[str]:
    """The words of a thing's name that tell it from others; a cell line's name is one word."""
    mention = group[0].mention
    if mention.label == "CELL_LINE":
        return frozenset({mention.curie or fold(mention.name)})
    if mention.label == "DRUG" and not _NUCLEIC.within(mention.name):
        return frozenset({str(identity(mention))})
    if mention.core is not None and (mention.core.materials or mention.core.form):
        materials = {word for term in mention.core.materials for word in _WORDS.findall(fold(term.name))}
        form = {mention.core.form} - _ANY_FORM - {None} if mention.core.form else set()
        return frozenset({*materials, *map(fold, mention.core.structure), *form})
    name = _BEARING.sub("", mention.name) if mention.label == "ANIMAL_MODEL" else mention.name
    if mention.label == "ANIMAL_MODEL":
        name = " ".join(word for word in name.split() if not word.islower() or word in words_of("strain_word"))
    words = _WORDS.findall(fold(name))
    return frozenset(_SAME.get(word, word) for word in map(_singular, words)) - _EMPTY
