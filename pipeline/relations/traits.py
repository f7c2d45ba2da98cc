"""What can be seen of a mention in its sentence: the words around it and its own kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.records import Mention, fold
from pipeline.relations.roles import Tagged

_TOKEN: Final = re.compile(r"⟦\w\d+⟧|[^\W\d_]+|\d[\d.,]*|[^\w\s]")
_ENDING: Final = re.compile(r"(?<=\w{3})(?:ings?|ed|es|s|ly|ation|ations)$")
_NEAR: Final = 3
_FAR: Final = 10
_BOUNDS: Final = (10, 30, 60, 100, 160, 250, 400)
"""Nanometres between which sizes are told apart."""
_SIGNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("membrane", r"membrane|ghost|vesicle|envelope\b"),
        (
            "coat",
            r"coat|cloak|camoufl|wrap|disguis|envelop|shroud|mimick|mimetic|armou?r|dress|clad|hybrid|fus(?:ed|ion)|decorat",
        ),
        ("load", r"load|encapsul|carr(?:y|ie)|deliver|releas|entrap|incorporat|cargo|payload|conjugat"),
        ("free", r"\bfree\b|\balone\b|\bbare\b|\buncoated\b|\bnaked\b|\bcontrols?\b|compar|\bthan\b"),
        ("made", r"\b(?:prepar|fabricat|synthesi|construct|develop|design|engineer|formulat|produc)"),
        ("size", r"diameter|\bsizes?\b|\bDLS\b|hydrodynamic|light scattering"),
        ("tem", r"\bTEM\b|electron micro"),
        ("bearing", r"bearing|xenograft|inoculat|inject|orthotopic|implant"),
        ("uptake", r"uptake|internali|incubat|viabilit|cultur|\bMTT\b|cytotox|endocyt"),
        ("bought", r"purchas|obtained from|supplied by|\bInc\b|\bLtd\b|\bCo\.|Sigma|ATCC"),
        ("immune", r"\bresponses?\b|specific|activat|matur|\bprim(?:e|ing)|infiltrat|\bantigen|cytotoxic"),
        ("citing", r"et al\b|previous|reported|literature|for example|clinical"),
    )
)


def traits(tagged: Tagged, number: int) -> Iterator[str]:
    """The traits of the mention with this number in a tagged sentence.

    Args:
        tagged: the sentence.
        number: the mention's place in ``tagged.mentions``.
    """
    mention = tagged.mentions[number]
    yield from _own(mention)
    tokens = _TOKEN.findall(tagged.text)
    at = next((i for i, t in enumerate(tokens) if t.startswith("⟦") and t[2:-1] == str(number)), None)
    if at is None:
        return
    left = [_word(t) for t in reversed(tokens[max(0, at - _FAR) : at])]
    right = [_word(t) for t in tokens[at + 1 : at + 1 + _FAR]]
    for side, words in (("L", left), ("R", right)):
        padded = [*words, "^"]
        for distance, word in enumerate(padded[:_NEAR], start=1):
            yield f"{side}{distance}={word}"
        yield f"{side}12={' '.join(padded[:2])}"
        yield f"{side}123={' '.join(padded[:3])}"
        yield from sorted({f"{side}*={word}" for word in words if word.isalpha() or word[0] == "<"})
    for name, pattern in _SIGNS:
        if pattern.search(tagged.text):
            yield f"S={name}"


def _own(mention: Mention) -> Iterator[str]:
    yield f"linked={mention.curie is not None}"
    yield f"method={mention.method.partition(':')[0]}"
    match mention.label:
        case "SIZE" if mention.size is not None:
            bound = sum(mention.size.value >= limit for limit in _BOUNDS) if mention.size.unit == "nm" else "large"
            yield from (f"size={bound}", f"of={mention.size.of}", f"sd={mention.size.sd is not None}")
        case "CORE" if mention.core is not None:
            yield f"form={mention.core.form}"
            yield f"materials={min(len(mention.core.materials), 3)}"
            yield f"words={min(len(mention.text.split()), 4)}"
        case "CELL_LINE":
            yield "line"
        case "CELL_TYPE" | "MODALITY" | "DISEASE":
            yield f"name={fold(mention.name)}"
        case "ANIMAL_MODEL":
            yield f"words={min(len(mention.text.split()), 4)}"
        case _:
            pass


def _word(token: str) -> str:
    if token.startswith("⟦"):
        return f"<{token[1]}>"
    if token[0].isdigit():
        return "0"
    return _ENDING.sub("", token.lower())
