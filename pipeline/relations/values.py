"""Whether a mention in a sentence is a value of the record of the study that the sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.document import Document
from pipeline.records import Mention, Role
from pipeline.relations.findings import MentionIndex
from pipeline.relations.roles import Part, roles

_GENERIC: Final = re.compile(
    r"(?:the )?(?:solid |malignant |primary |metastatic |homologous |human |various )?"
    r"(?:cancers?|tumou?rs?|neoplasms?|malignan\w+|diseases?|metastas[ie]s|nanoparticles?|nps?|particles?|nanocarriers?|drugs?|therap(?:y|ies)"
    r"|treatments?|mice|mouse|animals?|inflammation|cells?|cancer cells?|tumou?r cells?)",
    re.IGNORECASE,
)
_CLASS: Final = re.compile(
    r".*\b(?:diseases|disorders|malignancies|cancers|tumou?rs|neoplasms|conditions)", re.IGNORECASE
)
"""A class of diseases in the plural, which running text names for a section and a table for a study."""
_CELLS: Final = re.compile(r"[ -](?:cells?|cell lines?|membranes?|and \w+ membranes?)\b", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s(]*(?:cells?|cell lines?|lines?)?[\s(]*", re.IGNORECASE)
_PURE: Final = re.compile(r"crystals?\b|nanosuspension|prodrug|dimer|carrier-free|self-assembl", re.IGNORECASE)
_NO_CARGO: Final = re.compile(
    r"\b(?:which|that|who|whose|where|against|by|decorated|modified|functionali[sz]ed|built|based|linked|attached|labell?ed)\b",
    re.IGNORECASE,
)
"""Words between a comma and a drug that keep it from being what the sentence loads."""
_INDUCED: Final = re.compile(r"\binduced\b|^experimental\b", re.IGNORECASE)
_ASIDE: Final = 0.2
_MODEL: Final = 0.4  # "collagen-induced arthritis" stands for the disease that it imitates
_WITH_COAT: Final = 2.0
_STATED: Final = 1.0
_TAGGED: Final = 0.9  # the part was assigned by recognition alone, without a cue in the sentence
_IN_MAKING: Final = 0.6  # a drug without a cue, in the sentence that tells coat and core
_NEEDS_PART: Final[dict[str, Role]] = {"CELL_LINE": "membrane_source", "CELL_TYPE": "membrane_source", "DRUG": "cargo"}
_COMPARED: Final = frozenset({"CELL_LINE", "CELL_TYPE", "DRUG", "CORE", "SIZE"})
_OUT_BY_CUE: Final = frozenset({"hypothesis", "absent", "donor_animal", "description"})
_OUT: Final = frozenset({"comparator", "reagent", "test_cells"})


class Candidate(NamedTuple):
    """A mention that is a value of a study, with how sure that is (0 to 1) and how much it counts against others."""

    mention: Mention
    score: float
    weight: float


def values_in(document: Document, index: MentionIndex, start: int, end: int) -> Iterator[Candidate]:
    """The mentions in a sentence that are values of its study.

    A cell is a value only as the source of a coat, a drug only as cargo, a size only of the coated particle; what is
    negated, supposed or a mere comparison is none. A disease that only tells what cells are weighs little.
    """
    mentions = index.within(start, end)
    parts = roles(document.text, start, end, mentions) if mentions else {}
    making = any(part == "membrane_source" for part in parts.values()) and any(m.label == "CORE" for m in mentions)
    for mention in mentions:
        part = parts.get(mention.id)
        if mention.label == "DRUG" and part is None and _is_the_core(mention, mentions):
            part = "cargo"
        score = _score(mention, part)
        if not score and making and part is None and _may_be_cargo(document.text, start, mention):
            score = _IN_MAKING
        if mention.label == "DISEASE" and _CLASS.fullmatch(mention.text):
            score = 0.0
        if score:
            yield Candidate(mention, round(score * mention.score, 4), _weight(document.text, mention, part, mentions))


def _weight(text: str, mention: Mention, part: Part | None, around: Sequence[Mention]) -> float:
    """How much a value counts against others: less for what cells or models are called, more for a size with a coat."""
    if mention.label == "DISEASE":
        return _ASIDE if _tells_cells(text, mention, around) else _MODEL if _INDUCED.search(mention.text) else 1.0
    return _WITH_COAT if part == "coated_size" else 1.0


def _may_be_cargo(text: str, start: int, mention: Mention) -> bool:
    """Whether a drug of unknown role stands in the main clause of the sentence that begins at ``start``."""
    if mention.label != "DRUG" or mention.role != "unknown" or mention.negated or mention.hypothetical:
        return False
    clause = text[max(text.rfind(",", start, mention.start), start) : mention.start]
    return _NO_CARGO.search(clause) is None


def _is_the_core(drug: Mention, around: Sequence[Mention]) -> bool:
    """Whether the core is made of the drug: "paclitaxel nanocrystals"."""
    cores = (m for m in around if m.label == "CORE" and m.start <= drug.start and drug.end <= m.end)
    return any(_PURE.search(core.text) for core in cores)


def _tells_cells(text: str, mention: Mention, around: Sequence[Mention]) -> bool:
    """Whether a disease only tells what cells are: "4T1 breast cancer cells", "osteosarcoma (143B) membranes"."""
    cells = [m for m in around if m.label in ("CELL_LINE", "CELL_TYPE")]
    behind = any(m.end <= mention.start <= m.end + 2 for m in cells)
    before = any(mention.end <= m.start and _BETWEEN.fullmatch(text, mention.end, m.start) for m in cells)
    return behind or before or _CELLS.match(text, mention.end) is not None


def _score(mention: Mention, part: Part | None) -> float:
    if mention.negated or mention.hypothetical or part in _OUT_BY_CUE or _GENERIC.fullmatch(mention.name):
        return 0.0
    if mention.label in _COMPARED and part == "comparator":
        return 0.0
    if (needed := _NEEDS_PART.get(mention.label)) is not None:
        return _STATED if part == needed else _TAGGED if mention.role == needed else 0.0
    if mention.size is not None:
        core = part == "core_size" or (mention.size.of == "core" and part != "coated_size")
        return 0.0 if core else _STATED
    return 0.0 if mention.role in _OUT or mention.label == "SIZE" else _STATED
