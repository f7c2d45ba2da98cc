"""What stands around a mention: its role, negation and hypothesis, by the cues of cues.json."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.ner.rules.reagents import bought
from pipeline.ner.rules.words import words
from pipeline.ner.state import Found, State, state_of
from pipeline.records import Label, Role

REACH = 110
"""Characters to each side in which a cue counts."""

Sets = Role | Literal["negated", "hypothetical"]


class Cue(BaseModel):
    """Words beside a mention that say something of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sets: Sets
    side: Literal["left", "right"]
    labels: tuple[Label, ...]
    pattern: str
    note: str


class Cues(BaseModel):
    """The file cues.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    cues: tuple[Cue, ...]


Compiled = tuple[Sets, Literal["left", "right"], re.Pattern[str]]


@cache
def cues_for(label: Label) -> tuple[Compiled, ...]:
    """The cues that concern a label, in their order."""
    return tuple(
        (cue.sets, cue.side, re.compile(cue.pattern, re.IGNORECASE)) for cue in _all_cues() if label in cue.labels
    )


@cache
def _all_cues() -> tuple[Cue, ...]:
    path = Path(__file__).parent / "cues.json"
    return Cues.model_validate_json(path.read_text(encoding="utf-8")).cues


def said(found: Found, left: str, right: str) -> Iterable[Sets]:
    """What the words to the left and right of a finding say of it: its role first, if any."""
    role_known = False
    for sets, side, pattern in cues_for(found.label):
        flag = sets in ("negated", "hypothetical")
        if role_known and not flag:
            continue
        if pattern.search(left if side == "left" else right):
            role_known = role_known or not flag
            yield sets


_ANAESTHETICS = frozenset(words().drug.anaesthetics)
_BRANDS = frozenset(words().drug.brands)
"""Products as they are sold: what is given beside the paper's own."""
_TOOLS = frozenset(("label", "stain", "inducer"))
"""Kinds of drugs that papers work with and do not try: dyes, and what brings on a model's disease or stops a death."""


def annotate_context(text: str, state: State) -> None:
    """Set role, negation and hypothesis of every finding that has no role yet."""
    told: set[int] = set()
    for found in state.found:
        start, end = state.sentence(found.start)
        left = text[max(start, found.start - REACH) : found.start]
        right = text[found.end : min(end, found.end + REACH)].removeprefix(")")
        for sets in said(found, left, right):
            if sets == "negated":
                found.negated = True
            elif sets == "hypothetical":
                found.hypothetical = True
            else:
                told.add(id(found))
                if found.role == "unknown":
                    found.role = sets
        if found.label == "DRUG" and found.role == "unknown" and _serves(found, text, state):
            found.role = "reagent"
    _share_roles(text, state.found)
    drugs = [f for f in state.found if f.label == "DRUG" and f.role == "unknown" and id(f) not in told]
    _by_document(text, drugs, state)


def _serves(drug: Found, text: str, state: State) -> bool:
    """Whether a drug is one that papers only work with, or that was bought."""
    tool = drug.note in _TOOLS or drug.name.casefold() in _ANAESTHETICS or _LABELLED.match(drug.name) is not None
    return tool or bought(text, drug.start, state)


_LABELLED = re.compile(r"(?:FAM|FITC|TAMRA|ROX|Cy\d(?:\.\d)?|AF\d+)-")
"""A nucleic acid or the like with a dye on it, to be seen."""
_LOADED_NEXT = re.compile(
    r"\s*(?:It|(?:This|The) (?:drug|compound|dye|molecule|agent))\s(?:was|is)\s(?:\w+ly\s|then\s)?"
    r"(?:loaded|encapsulated|incorporated|entrapped|embedded|put|packed|packaged)\b"
)
"""The next sentence, where it says that the drug of the last was loaded."""
_ACTS = re.compile(
    r"(?:\s(?:gel|cream|ointment|tablets?|solution|treatment|therapy))?(?:\s\([^)]{1,20}\))?(?:,[^,.;]{1,50},)?"
    r"(?:\s(?:and|or)\s[\w-]+)?\s(?:had|gave|lost|worked|eased|reached|rescued"
    r"|bleached|failed|cleared|brought|provoked|caused|achieved|produced a|lowered|cured|needed|fell"
    r"|(?:was|were)\s(?:only\s|far\s|almost\s)?(?:slower|faster|less|more|weaker|stronger|inferior|ineffective|inactive"
    r"|not as|better|worse|poorer|milder))\b"
)
"""Behind a drug that does something of itself."""
_OPENS = re.compile(
    r"(?:^|\b(?:[Ww]hile|[Ww]hereas|[Bb]ut|[Cc]ontrast,|[Cc]omparison,|[Aa]nd|;))\s?(?:[\w-]+\s(?:and|or)\s)?$"
)


def _by_document(text: str, drugs: list[Found], state: State) -> None:
    """Give drugs of which their own sentences say nothing the role that the document speaks of.

    A drug that is loaded somewhere is the cargo throughout; one that is loaded nowhere and does something of itself,
    where others are loaded, is what these are compared with.
    """
    loaded = {f.name for f in state.found if f.label == "DRUG" and f.role == "cargo"}
    carriers = loaded or any(f.label == "CORE" for f in state.found)
    for drug in drugs:
        begin, end = state.sentence(drug.start)
        if text[drug.start : drug.end] in _BRANDS:
            drug.role = "comparator"
        elif drug.name in loaded or _LOADED_NEXT.match(text, end):
            drug.role = "cargo"
        elif carriers and _ACTS.match(text, drug.end) and _OPENS.search(text[begin : drug.start]):
            drug.role = "comparator"


_BRACKETED = re.compile(r"\s?\($")
_JOINED = re.compile(
    r"\)?\s*(?:,|and|or|/|,\s*and|&|plus|\+|nor)\s*(?:free |the |an? )?"
    r"(?:(?:[\w/-]+\s){0,2}(?:(?:ant)?agonist|inhibitor|\w*sensiti[sz]er|prodrug|drug|peptide|antigen|adjuvant|dye|antibiotic)\s)?$"
)


def _share_roles(text: str, found: list[Found]) -> None:
    """Give an abbreviation in brackets the role of the name before it, and members of a coordination one role."""
    named = [f for f in found if f.label in ("DRUG", "CELL_LINE", "CELL_TYPE")]
    for first, second in pairwise(named):
        between = text[first.end : second.start]
        same = first.label == second.label and first.name == second.name
        line_of = (first.label, second.label) == ("CELL_TYPE", "CELL_LINE")
        if _BRACKETED.fullmatch(between) and (same or line_of):
            _share(first, second)
    pairs = list(pairwise(named))
    for first, second in (*pairs, *reversed(pairs)):  # there and back: the last member may tell of all
        between = text[first.end : second.start]
        if first.label == second.label and len(between) < 45 and _JOINED.fullmatch(_plain(between)):
            _share(first, second)


def _plain(between: str) -> str:
    return re.sub(r"^\s*\([^)]{1,15}\)", "", between)


def _share(first: Found, second: Found) -> None:
    if second.role == "unknown":
        second.role = first.role
    elif first.role == "unknown":
        first.role = second.role


@Language.factory("coatmine_context", assigns=["doc._.findings"], requires=["doc._.findings", "doc.sents"])
class Context:
    """The component that sets roles, negation and hypothesis."""

    def __init__(self, nlp: Language, name: str) -> None:  # noqa: ARG002 - spaCy passes it
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Annotate every finding of the Doc."""
        annotate_context(doc.text, state_of(doc))
        return doc
