"""The mentions of a sentence that may be values of the study it speaks of, and how likely each is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.document import Document
from pipeline.records import FIELD_OF, Mention
from pipeline.relations import judge
from pipeline.relations.findings import MentionIndex
from pipeline.relations.roles import Part, roles, tag
from pipeline.relations.traits import traits

_GENERIC: Final = re.compile(
    r"(?:the )?(?:solid |malignant |primary |metastatic |homologous |human |various )?"
    r"(?:cancers?|tumou?rs?|neoplasms?|malignan\w+|diseases?|metastas[ie]s|nanoparticles?|nps?|particles?|nanocarriers?|drugs?|therap(?:y|ies)"
    r"|treatments?|animals?|inflammation|cells?|cancer cells?|tumou?r cells?)",
    re.IGNORECASE,
)
_CLASSES: Final = {
    "DISEASE": re.compile(
        r".*\b(?:diseases|disorders|malignancies|cancers|tumou?rs|neoplasms|conditions)", re.IGNORECASE
    ),
    "DRUG": re.compile(
        r".*\b(?:agents?|drugs?|inhibitors?|agonists?|antagonists?|sensiti[sz]ers?|antibiotics?|antibod(?:y|ies)"
        r"|therapeutics?|adjuvants?|cytokines?|enzymes?|oligonucleotides?|dyes?)",
        re.IGNORECASE,
    ),
}
"""Classes of diseases and drugs, which running text more often names for a section than for a study."""
_CELLS: Final = re.compile(r"[ -](?:cells?|cell lines?|membranes?|and \w+ membranes?)\b", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s(]*(?:cells?|cell lines?|lines?)?[\s(]*", re.IGNORECASE)
_NEXT: Final = 3  # characters between neighbours, such as " (" before an abbreviation
_PURE: Final = re.compile(r"crystals?\b|nanosuspension|prodrug|dimer|carrier-free|self-assembl", re.IGNORECASE)


class Candidate(NamedTuple):
    """A mention that may be a value of a study.

    Attributes:
        mention: the mention.
        score: how likely it is evidence of a value, from 0 to 1.
        traits: what that was told from.
    """

    mention: Mention
    score: float
    traits: tuple[str, ...]


def candidates_in(
    document: Document,
    index: MentionIndex,
    start: int,
    end: int,
    about: Sequence[str] = (),
) -> Iterator[Candidate]:
    """The mentions in a sentence that may be values of its study; what has no name of its own ("the tumour") is none.

    Args:
        document: the document.
        index: its mentions.
        start: where the sentence begins.
        end: where it ends.
        about: traits of the sentence, such as the place where it stands.
    """
    mentions = index.within(start, end)
    if not mentions:
        return
    parts = roles(document.text, start, end, mentions)
    tagged = tag(document.text, start, end, mentions)
    numbers = {mention.id: number for number, mention in enumerate(tagged.mentions)}
    for mention in mentions:
        if _GENERIC.fullmatch(mention.name):
            continue
        part = parts.get(mention.id)
        seen = [*_seen(document.text, mention, part, mentions), *about]
        if mention.id in numbers:
            seen += traits(tagged, numbers[mention.id])
        crossed = [f"{trait} & {first}" for trait in about for first in seen[:2]]
        everything = ("bias", *seen, *crossed)
        score = judge.evidence(FIELD_OF[mention.label], everything)
        yield Candidate(mention, round(score * mention.score, 4), everything)


def sources_in(document: Document, index: MentionIndex, start: int, end: int) -> list[Mention]:
    """The cells from which a sentence says, by the cues, that a coat came."""
    mentions = index.within(start, end)
    parts = roles(document.text, start, end, mentions) if mentions else {}
    return [m for m in mentions if parts.get(m.id, m.role) == "membrane_source" and not (m.negated or m.hypothetical)]


def _seen(text: str, mention: Mention, part: Part | None, around: Sequence[Mention]) -> Iterator[str]:
    """What the cues say of a mention, what recognition says, and whether it only tells what another one is."""
    yield f"part={part}"
    yield f"role={mention.role}"
    if mention.label == "DRUG" and _is_the_core(mention, around):
        yield "is the core"
    if mention.negated:
        yield "negated"
    if mention.hypothetical:
        yield "hypothetical"
    if (of_its_kind := _CLASSES.get(mention.label)) is not None and of_its_kind.fullmatch(mention.text):
        yield "class"
    if mention.label == "DISEASE" and any(m.label == "ANIMAL_MODEL" and _touch(m, mention) for m in around):
        yield "of a model"
    if mention.label == "DISEASE" and _tells_cells(text, mention, around):
        yield "tells cells"


def _touch(one: Mention, other: Mention) -> bool:
    """Whether two mentions overlap or stand next to each other."""
    return one.start <= other.end + _NEXT and other.start <= one.end + _NEXT


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
