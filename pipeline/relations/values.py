"""Whether a mention in a sentence is a value of the record of the study that the sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.document import Document
from pipeline.records import Mention, Role
from pipeline.relations.findings import MentionIndex
from pipeline.relations.roles import roles

_GENERIC: Final = re.compile(
    r"(?:the )?(?:solid |malignant |primary |metastatic |homologous |human |various )?"
    r"(?:cancers?|tumou?rs?|neoplasms?|malignan\w+|diseases?|metastas[ie]s|nanoparticles?|nps?|particles?|nanocarriers?|drugs?|therap(?:y|ies)"
    r"|treatments?|mice|mouse|animals?|inflammation|cells?|cancer cells?|tumou?r cells?)",
    re.IGNORECASE,
)
_STATED: Final = 1.0
_TAGGED: Final = 0.9  # the part was assigned by recognition alone, without a cue in the sentence
_NEEDS_PART: Final[dict[str, Role]] = {"CELL_LINE": "membrane_source", "CELL_TYPE": "membrane_source", "DRUG": "cargo"}
_COMPARED: Final = frozenset({"CELL_LINE", "CELL_TYPE", "DRUG", "CORE", "SIZE"})
_OUT: Final = frozenset({"comparator", "reagent", "test_cells"})


def values_in(document: Document, index: MentionIndex, start: int, end: int) -> Iterator[tuple[Mention, float]]:
    """The mentions in a sentence that are values of its study, each with how sure that is, from 0 to 1.

    A cell is a value only as the source of a coat, a drug only as cargo, a size only of the coated particle; what is
    negated, supposed or a mere comparison is none.
    """
    mentions = index.within(start, end)
    parts = roles(document.text, start, end, mentions) if mentions else {}
    for mention in mentions:
        score = _score(mention, parts.get(mention.id))
        if score:
            yield mention, round(score * mention.score, 4)


def _score(mention: Mention, part: Role | None) -> float:
    if mention.negated or mention.hypothetical or _GENERIC.fullmatch(mention.name):
        return 0.0
    if mention.label in _COMPARED and part == "comparator":
        return 0.0
    if (needed := _NEEDS_PART.get(mention.label)) is not None:
        return _STATED if part == needed else _TAGGED if mention.role == needed else 0.0
    if mention.role in _OUT or (mention.label == "SIZE" and (mention.size is None or mention.size.of == "core")):
        return 0.0
    return _STATED


def speaks_of(mentions: Sequence[Mention]) -> set[str]:
    """The labels of these mentions: what a passage seems to speak of, whether or not it could be settled."""
    return {mention.label for mention in mentions if not mention.negated}
