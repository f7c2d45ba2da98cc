"""When a found value is the gold value: three matchings, from strict to lenient.

* exact: the printed strings are equal, folded as :func:`pipeline.records.fold` does.
* normalised: the same identifier, or the same name whatever its spelling (NP for nanoparticle, plural, hyphens), be it
  the vocabulary's label or what the field says in its place ("adipocyte" is Cell Ontology's "fat cell"); two
  different identifiers of one namespace are never the same thing. Sizes: equal value and unit. A core of one material
  has that material's identifier and name too. Animals: the same strain; where gold names no more than a species, or no
  more than a strain, that.
* relaxed: normalised, or a word in common that says what the thing is (a core's material, a strain). Sizes: within 5 %.

Values are assigned one to one within a study and field, so that as many pairs as possible match.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import numpy as np

from pipeline.evaluation.gold import GoldValue
from pipeline.linking import called, read_entries
from pipeline.records import CoreValue, FieldName, SizeValue, Value, fold
from pipeline.settings import models_dir

Matching = Literal["exact", "normalised", "relaxed"]
MATCHINGS: Final[tuple[Matching, ...]] = ("exact", "normalised", "relaxed")

_WORDS: Final = json.loads(files("pipeline.evaluation").joinpath("words.json").read_text(encoding="utf-8"))
_SPELLINGS: Final[dict[str, str]] = _WORDS["spellings"]
_TELLS_NOTHING: Final = frozenset(_WORDS["tells_nothing"])
"""Words that two names may share without being names of like things; what remains is the head or a material."""

_PARTICLE: Final = frozenset(_WORDS["particle"])
_STATE: Final = frozenset(_WORDS["state"])
"""What tells an animal's sex, age or what was done to it, and not its strain."""
_AGE_AND_SEX: Final = frozenset(_WORDS["age and sex"])
_DONE_TO: Final = re.compile(
    r"\S+(?:[ -](?:tumou?r|xenograft|cancer))?[ -](?:bearing|treated|induced|engrafted|infected|xenografted)\s",
    re.IGNORECASE,
)
_SPECIES_ALONE: Final = frozenset({"mouse", "rat", "rabbit", "pig", "hamster", "dog", "monkey"})

_WORD: Final = re.compile(r"[^\W_]+")
_SHORT: Final = 2
"""Abbreviations of so few letters mean too many things."""
_SPECIES: Final = "ncbitaxon"
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)(?:\s?[–-]\s?(\d+(?:\.\d+)?))?\s?(nm|[uµμ]m|Å)\b")
"""A size's name in a gold set: a number or a range, and a unit."""
_NANOMETRES: Final = {"nm": 1.0, "µm": 1000.0, "μm": 1000.0, "um": 1000.0, "å": 0.1}
_SIZE_TOLERANCE: Final = 0.05


@dataclass(slots=True)
class FoundValue:
    """A value as the scorer sees it: all variants of it that the records of a study hold in one field."""

    values: list[Value] = field(default_factory=list)

    @property
    def best(self) -> Value:
        """The variant with the highest score; the first of several."""
        return max(self.values, key=lambda value: value.score)


def collect(field_name: FieldName, values: Iterable[Value]) -> list[FoundValue]:
    """The distinct values among these: what two channels or formulations both say stands once.

    A size that is said to be the bare core's is left out, because gold sizes are those of the coated particle.
    """
    found: list[FoundValue] = []
    for value in values:
        if isinstance(value, SizeValue) and value.of == "core":
            continue
        group = next((f for f in found if any(_same(field_name, value, other) for other in f.values)), None)
        if group is None:
            found.append(group := FoundValue())
        group.values.append(value)
    return found


def matches(gold: GoldValue, found: FoundValue, matching: Matching) -> bool:
    """Whether any variant of the found value is the gold value in this matching."""
    return any(_TESTS[matching](gold, value) for value in found.values)


def assign(gold: Sequence[GoldValue], found: Sequence[FoundValue], matching: Matching) -> list[tuple[int, int]]:
    """Pairs of indices into ``gold`` and ``found``, one to one, as many as match."""
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

    if not gold or not found:
        return []
    fits = np.array([[matches(g, f, matching) for f in found] for g in gold], float)
    fits *= np.array([[0.5 if g.optional else 1.0] for g in gold])  # what counts is paired first
    rows, cols = linear_sum_assignment(fits, maximize=True)
    return [(int(r), int(c)) for r, c in zip(rows, cols, strict=True) if fits[r, c]]


def form(name: str, field_name: FieldName | None = None) -> str:
    """A name without what makes no difference: case, spaces, hyphens, plural, and the spelling of common words.

    Of a core, "nanoparticle" makes no difference either, unless nothing else is said: all of them are particles; nor
    does a material's formula or abbreviation in place of its name ("MnO2"). Of animals, sex, age and what was done to
    them make none, unless nothing but the species is left.
    """
    words = _words(name)
    if field_name == "cores":
        named = [word for word in words if word not in _PARTICLE] or words
        words = [_materials().get(word, word) for word in named]
    if field_name == "animal_models":
        bare = [word for word in _words(_DONE_TO.sub("", name)) if word not in _STATE]
        named = bare if not _SPECIES_ALONE.issuperset(bare) else [word for word in words if word not in _AGE_AND_SEX]
        words = named or words
    return "".join(words)


@cache
def _materials() -> dict[str, str]:
    """The form of a material's name by each word that is a formula or abbreviation of it and of no other."""
    meant: dict[str, set[str]] = defaultdict(set)
    for entry in read_entries(models_dir() / "lexicons" / "cores.tsv"):
        if entry.type == "material" and len(entry.name) > _SHORT and _WORD.fullmatch(entry.name):
            meant[_word(fold(entry.name))].add("".join(_words(entry.preferred)))
    return {word: names.pop() for word, names in meant.items() if len(names) == 1}


def _words(name: str) -> list[str]:
    return [_word(word) for word in _WORD.findall(fold(name))]


def _word(word: str) -> str:
    if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "is", "us")):
        word = word[:-1]
    return _SPELLINGS.get(word, word)


def is_size(name: str) -> bool:
    """Whether this is how a gold set names a size: a number or a range, and a unit."""
    return _SIZE.fullmatch(name) is not None


def _exact(gold: GoldValue, value: Value) -> bool:
    return fold(gold.text) == fold(value.text)


def _normalised(gold: GoldValue, value: Value) -> bool:
    if isinstance(value, SizeValue):
        return _sizes_agree(gold, value, 1e-6)
    accepted = {curie.lower() for curie in gold.curies}
    if _is_its_material(gold, value, accepted) or _is_of_its_species(gold, value) or _is_of_its_strain(gold, value):
        return True
    if value.curie and not value.curie.lower().startswith(_SPECIES):
        if value.curie.lower() in accepted:
            return True
        if _prefix(value.curie) in {_prefix(curie) for curie in accepted}:
            return False
    linked = value.curie and gold.field != "animal_models"  # gold names animals as printed, and links their species
    given = (value.name, *called(value.curie)) if linked else (value.name, value.text)  # it is what its name says
    return not _forms(gold.field, *_names(gold)).isdisjoint(_forms(gold.field, *given))


def _is_its_material(gold: GoldValue, value: Value, accepted: set[str]) -> bool:
    """Whether a core is of one material, and gold names that."""
    if not isinstance(value, CoreValue) or len(value.materials) != 1:
        return False
    material = value.materials[0]
    if material.curie and material.curie.lower() in accepted:
        return True
    return not _forms(gold.field, *_names(gold)).isdisjoint(_forms(gold.field, material.name))


def _is_of_its_species(gold: GoldValue, value: Value) -> bool:
    """Whether gold names no more than a species of animal, and the value is of that."""
    bare = set(_words(gold.name))
    return gold.field == "animal_models" and bare <= _SPECIES_ALONE and bare <= set(_words(value.name))


def _is_of_its_strain(gold: GoldValue, value: Value) -> bool:
    """Whether gold names no more than a strain ("BALB/c"), and the value is an animal of that."""
    bare = _words(gold.name)
    given = _words(value.name)
    if gold.field != "animal_models" or not _SPECIES_ALONE.isdisjoint(bare) or _SPECIES_ALONE.isdisjoint(given):
        return False
    return bare == [word for word in given if word not in _SPECIES_ALONE | _STATE]


def _relaxed(gold: GoldValue, value: Value) -> bool:
    if isinstance(value, SizeValue):
        return _sizes_agree(gold, value, _SIZE_TOLERANCE)
    if _normalised(gold, value):
        return True
    return not _telling(*_names(gold)).isdisjoint(_telling(value.text, value.name))


_TESTS: Final[dict[Matching, Callable[[GoldValue, Value], bool]]] = {
    "exact": _exact,
    "normalised": _normalised,
    "relaxed": _relaxed,
}


def _same(field_name: FieldName, one: Value, other: Value) -> bool:
    if isinstance(one, SizeValue) and isinstance(other, SizeValue):
        return _nanometres(one.value, one.unit) == _nanometres(other.value, other.unit)
    if field_name != "animal_models" and one.curie and other.curie:
        return one.curie.lower() == other.curie.lower()
    return not _forms(field_name, one.text, one.name).isdisjoint(_forms(field_name, other.text, other.name))


def _forms(field_name: FieldName, *names: str) -> set[str]:
    return {form(name, field_name) for name in names}


def _telling(*names: str) -> set[str]:
    return {word for name in names for word in _words(name) if len(word) > 1 and word not in _TELLS_NOTHING}


def _names(gold: GoldValue) -> tuple[str, ...]:
    return gold.text, gold.name, *gold.also


def _prefix(curie: str) -> str:
    return curie.partition(":")[0].lower()


def _sizes_agree(gold: GoldValue, value: SizeValue, tolerance: float) -> bool:
    stated = _SIZE.fullmatch(gold.name)
    if stated is None:
        return False
    low, high = float(stated[1]), float(stated[2] or stated[1])
    wanted = _nanometres((low + high) / 2, stated[3])
    return abs(_nanometres(value.value, value.unit) - wanted) <= tolerance * wanted


def _nanometres(value: float, unit: str) -> float:
    return round(value * _NANOMETRES.get(unit.strip().lower(), float("nan")), 6)
