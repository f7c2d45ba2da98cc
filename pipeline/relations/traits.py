"""What can be seen of a mention in its sentence: the words around it and its own kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from pipeline.records import Mention, fold
from pipeline.relations.roles import Tagged, cues

_TOKEN: Final = re.compile(r"⟦\w\d+⟧|[^\W\d_]+|\d[\d.,]*|[^\w\s]")
_ENDING: Final = re.compile(r"(?<=\w{3})(?:ings?|ed|es|s|ly|ation|ations)$")
_END: Final = 4
"""Letters at the end of a name that tell its kind ("-mycin", "-toxicity")."""
_NEAR: Final = 3
_FAR: Final = 10
_BOUNDS: Final = (10, 30, 60, 100, 160, 250, 400)
"""Nanometres between which sizes are told apart."""


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
    yield from _signs(tagged.text)


@lru_cache(maxsize=8)
def _signs(sentence: str) -> tuple[str, ...]:
    """What the words of a sentence speak of, whichever of its mentions is looked at."""
    return tuple(f"S={name}" for name, pattern in _patterns() if pattern.search(sentence))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in cues().speaks_of.items())


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
        case "DISEASE":
            yield f"name={fold(mention.name)}"
            yield f"ends={fold(mention.name)[-_END:]}"
        case "CELL_TYPE" | "MODALITY":
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
