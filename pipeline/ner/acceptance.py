"""When a model's vote alone is accepted: which support lexicon, form or document must give.

A model that has learnt from little text marks much that is no name. Where rules and lexicon saw nothing, its vote
counts only with support: the lexicon knows the name as such a thing, the words have the form of one, or what stands
around them speaks of one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pipeline.linking import Lexicon, link
from pipeline.ner.rules.cells import is_cell_context
from pipeline.ner.rules.drugs import speaks_of_cargo
from pipeline.ner.rules.surfaces import occurrences, singular
from pipeline.ner.state import MentionCandidate, ModelVote, State
from pipeline.records import Label, Score
from pipeline.roles import Context, endings_of, words_of, words_within


class Policy(BaseModel):
    """When a label that only a model saw becomes a finding: from this score on, with at least so many letters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: Score
    letters: int = Field(ge=0)


class Acceptance(BaseModel):
    """When votes are accepted: the section ``[components.vote.acceptance]`` of config.cfg.

    Attributes:
        alone: by label, when a model's word alone makes a finding; labels that are not here need lexicon or rules.
        supposed: by label, the score from which a model's word supposes a name, which stands if a rule on roles
            vouches for it; of labels that are not here nothing is supposed.
        against_line: the score at which a vote for a gene outweighs a line's name that no cells stand beside.
        sure_line: the score from which a line's name stands whatever votes for a gene say.
        share: how much of a model's score a finding gets that the model alone has seen.
        window: characters to either side, within the sentence, in which a word of loading or treatment must stand for a
            drug that no lexicon has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    alone: dict[Label, Policy] = Field(
        default={
            "CELL_LINE": Policy(score=0.8, letters=2),
            "DISEASE": Policy(score=0.8, letters=5),
            "DRUG": Policy(score=0.8, letters=5),
            "MODALITY": Policy(score=0.8, letters=6),
        }
    )
    supposed: dict[Label, Score] = Field(default={"CORE": 0.8, "DRUG": 0.8})
    against_line: Score = 0.9
    sure_line: Score = 0.9
    share: Score = 0.8
    window: int = Field(default=60, ge=0)


def accepted(vote: ModelVote, text: str, state: State, acceptance: Acceptance) -> MentionCandidate | None:
    """The finding that a model's vote makes where lexicon and rules saw nothing, or None when it is not accepted."""
    label: Label | None = next((known for known in acceptance.alone if known == vote.label), None)
    if label is None or state.lexicon is None or vote.score < acceptance.alone[label].score:
        return None
    surface = text[vote.start : vote.end]
    if sum(c.isalpha() for c in surface) < acceptance.alone[label].letters or "\n" in surface:
        return None
    if _known_otherwise(label, vote, state):
        return None
    return _CHECKS[label](vote, text, state, acceptance) if label in _CHECKS else None


def supposed(vote: ModelVote, text: str, state: State, acceptance: Acceptance) -> list[MentionCandidate]:
    """What a model alone takes for such a name, wherever it stands: it stays if a rule on roles vouches for it."""
    label: Label | None = next((known for known in acceptance.supposed if known == vote.label), None)
    if label is None or state.lexicon is None or vote.score < acceptance.supposed[label]:
        return []
    if not _may_be_name(vote, text, state) or _known_otherwise(label, vote, state):
        return []
    name = text[vote.start : vote.end]
    places = list(occurrences(text, name, before="@/-", behind="@-"))
    if f"@{name}" in text or any(_MADE_HERE.before(text, s) or _EXPLAINED.behind(text, e) for s, e in places):
        return []
    found = replace(_found(label, vote, name, state.lexicon, acceptance), supposed=True)
    short = (short for short, long in state.abbreviations.items() if long.casefold() == name.casefold())
    shortened = [at for each in short for at in occurrences(text, each, before="@/-", behind="@-")]
    return [
        *(found.moved(start, end) for start, end in places),
        *(replace(found, start=start, end=end, kind="abbreviation") for start, end in shortened),
    ]


def _may_be_name(vote: ModelVote, text: str, state: State) -> bool:
    """Whether it is a code or the last word of its noun phrase, and neither a supplier's name nor an abbreviation."""
    name = text[vote.start : vote.end]
    coded = sum(c.isupper() or c.isdigit() for c in name) > 1
    if "\n" in name or name in state.abbreviations or not any(c.isalpha() for c in name):
        return False
    if not coded and (
        name.casefold().endswith(endings_of("no_drug_ending"))
        or (name[0].isupper() and not _opens_sentence(vote.start, text, state))
    ):
        return False
    behind = next(words_within(text, vote.end, len(text)), None)
    apart = behind is not None and text[vote.end : behind.start()].isspace()
    return behind is None or not apart or behind.group() in words_of("behind_noun")


_MADE_HERE, _EXPLAINED = Context("vote.made-here"), Context("vote.made-here-behind")


def in_question(text: str, state: State) -> Iterator[tuple[int, int]]:
    """The sentences in which a model's vote may count: something in them supports a name that is not found yet."""
    taken = np.zeros(len(text) + 1, dtype=bool)
    for one in state.found:
        taken[one.start : one.end] = True
    for hit in state.hits:
        if all(e.type in _GENERAL for e in hit.entries):
            taken[hit.start : hit.end] = True
    open_hits = sorted(
        hit.start
        for hit in state.hits
        if not taken[hit.start : hit.end].any() and any(e.type in _OPEN for e in hit.entries)
    )
    for start, end in state.sentences:
        at = bisect_left(open_hits, start)
        if (
            (at < len(open_hits) and open_hits[at] < end)
            or speaks_of_cargo(text, start, end)
            or _LOADS.within(text, start, end)
            or any(not taken[first:last].any() for first, last in _supports(text, start, end))
        ):
            yield start, end


_LOADS = Context("vote.loads")
_GENERAL = frozenset(("blocklist", "nonspecific"))
_OPEN = frozenset(("cell_line", "modality"))
"""Types of the lexicon's names that rules leave alone for lack of context."""
_OTHER = frozenset(("material", "form", "strain", "modality", "cell_type"))
_OWN: dict[Label, frozenset[str]] = {
    "MODALITY": frozenset(("modality",)),
}


def _known_otherwise(label: Label, vote: ModelVote, state: State) -> bool:
    """Whether the lexicon knows something else at this place, or something too general in all of it."""
    other = _OTHER - _OWN.get(label, frozenset())
    for hit in state.hits_over(vote.start, vote.end):
        covers = hit.start <= vote.start and vote.end <= hit.end
        if any(e.type in other or (covers and e.type in _GENERAL) for e in hit.entries):
            return True
    return False


def _found(label: Label, vote: ModelVote, surface: str, lexicon: Lexicon, acceptance: Acceptance) -> MentionCandidate:
    known = link(surface, label, lexicon)
    return MentionCandidate(
        vote.start, vote.end, label, known.name if known else surface, round(vote.score * acceptance.share, 4),
        "model", vote.voter, curie=known.curie if known else None, candidates=known.candidates if known else (),
        caution=known.caution if known else None, taxon=known.taxon if known else "",
        votes=(f"{vote.voter}:{vote.score:.2f}",),
    )  # fmt: skip


def _line(vote: ModelVote, text: str, state: State, acceptance: Acceptance) -> MentionCandidate | None:
    surface = text[vote.start : vote.end]
    coded = any(c.isupper() for c in surface) and (any(c.isdigit() for c in surface) or not surface.istitle())
    if not coded or surface in state.abbreviations or state.lexicon is None:
        return None
    known = len(surface) > 2 and bool(state.lexicon.lookup(surface, ("cell_line",)))
    return (
        _found("CELL_LINE", vote, surface, state.lexicon, acceptance)
        if known or is_cell_context(text, vote.end)
        else None
    )


def _modality(vote: ModelVote, text: str, state: State, acceptance: Acceptance) -> MentionCandidate | None:
    surface = text[vote.start : vote.end]
    assert state.lexicon is not None  # noqa: S101 - accepted() has checked it
    named = surface.casefold().endswith(endings_of("modality_ending")) and not _NO_MODALITY.within(surface)
    known = named or (" " in surface and state.lexicon.lookup(surface, ("modality",)))
    return _found("MODALITY", vote, surface, state.lexicon, acceptance) if known else None


def _drug(vote: ModelVote, text: str, state: State, acceptance: Acceptance) -> MentionCandidate | None:
    surface = text[vote.start : vote.end]
    begin, end = state.sentence(vote.start)
    near = max(begin, vote.start - acceptance.window), min(end, vote.end + acceptance.window)
    if (
        not _is_word(surface)
        or not surface.endswith(endings_of("drug_ending"))
        or surface.casefold().endswith(endings_of("no_drug_ending"))
        or not speaks_of_cargo(text, *near)
    ):
        return None
    assert state.lexicon is not None  # noqa: S101 - accepted() has checked it
    return _found("DRUG", vote, surface, state.lexicon, acceptance)


def _disease(vote: ModelVote, text: str, state: State, acceptance: Acceptance) -> MentionCandidate | None:
    surface = text[vote.start : vote.end]
    if (
        not _is_word(surface)
        or not _ends(surface, "disease_ending")
        or surface.casefold().endswith(endings_of("no_disease_ending"))
    ):
        return None
    if _ends(surface, "general_disease"):
        return None  # "candidate cancer": what kind it is, lexicon and rules know
    if surface[0].isupper() and not _opens_sentence(vote.start, text, state):
        return None  # a species, a place
    assert state.lexicon is not None  # noqa: S101 - accepted() has checked it
    return _found("DISEASE", vote, surface, state.lexicon, acceptance)


_CHECKS: dict[Label, Callable[[ModelVote, str, State, Acceptance], MentionCandidate | None]] = {
    "CELL_LINE": _line,
    "DISEASE": _disease,
    "DRUG": _drug,
    "MODALITY": _modality,
}


def _is_word(surface: str) -> bool:
    """Whether it is written in words; abbreviations are the rules' to resolve."""
    return sum(c.isupper() for c in surface) < 2 and surface[0].isalpha() and surface[-1].isalnum()


def _opens_sentence(start: int, text: str, state: State) -> bool:
    """Whether a word owes its capital to its place: it opens a sentence, or is written small elsewhere."""
    begin, _ = state.sentence(start)
    word = text[start:].split(maxsplit=1)[0].strip(".,;:()")
    return begin == start or next(occurrences(text, word.lower()), None) is not None


_NO_MODALITY = Context("vote.no-modality")


def _ends(surface: str, kind: str) -> bool:
    """Whether a name, or its singular, ends as a class of endings says, whatever its case."""
    folded = surface.casefold()
    return folded.endswith(endings_of(kind)) or singular(folded).endswith(endings_of(kind))


@cache
def _supporting() -> tuple[str, ...]:
    """How the last words of diseases and modalities end."""
    diseases = endings_of("disease_ending")
    return (*diseases, *(f"{end}s" for end in diseases), *endings_of("modality_ending"))


def _supports(text: str, begin: int, stop: int) -> Iterator[tuple[int, int]]:
    """Where words stand that a disease or modality may end with, or a size's unit."""
    for word in words_within(text, begin, stop):
        written = word.group().lower()
        if written.endswith(_supporting()) or (written.endswith("nm") and _behind_number(text, begin, word)):
            yield word.span()


def _behind_number(text: str, begin: int, unit: re.Match[str]) -> bool:
    """Whether a unit, or the word that ends with it, follows a number."""
    before = unit.group()[:-2] or text[max(begin, unit.start() - 2) : unit.start()].rstrip()
    return before[-1:].isdigit()
