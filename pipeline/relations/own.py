"""The text channel for a source paper: one study, "self".

Every mention in its prose is a candidate, with the place where it stands; what becomes of them is decided when all are
seen. A paper that compares several formulations of its own by name has a record for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Final

from pipeline.document import Document
from pipeline.records import FIELD_OF, FieldName, Mention
from pipeline.relations.findings import SELF, Finding, Findings, MentionIndex, Subject, identity
from pipeline.relations.names import Occurrence, occurrences
from pipeline.relations.places import statements
from pipeline.relations.values import candidates_in

_BRACKET: Final = 30  # characters between a bracket and a formulation's name in it
_LINKED: Final[frozenset[FieldName]] = frozenset({"membranes", "cores", "drugs", "sizes"})
"""Fields in which formulations of one paper differ; diseases, animals and modalities are those of the paper."""


def from_own_work(document: Document, index: MentionIndex, names: Sequence[str]) -> Findings:
    """What a source paper says of its own formulations.

    Args:
        document: the document.
        index: its mentions.
        names: what it calls them, the chief one first.
    """
    uses = occurrences(document, names)
    found = Findings()
    by_thing: dict[tuple[FieldName, Hashable], list[tuple[Finding, frozenset[str]]]] = defaultdict(list)
    everyone = frozenset(names)
    for here in statements(document):
        named = [use for use in uses if here.start <= use.start and use.end <= here.end]
        about = (f"at={here.place}", f"cites={min(here.cites, 2)}", f"first={here.index == 0}", f"named={bool(named)}")
        for mention, score, traits in candidates_in(document, index, here.start, here.end, about):
            if any(use.start <= mention.start and mention.end <= use.end for use in named):
                continue  # part of a formulation's name
            field = FIELD_OF[mention.label]
            linked = _owners_here(document.text, mention, named, everyone)
            finding = Finding(Subject(SELF), mention, "text", score, here.place, traits)
            by_thing[field, identity(mention)].append((finding, linked))
    for (field, _), some in by_thing.items():
        owners = _owners([linked for _, linked in some], everyone, field)
        for subject in _subjects(names):
            if subject.formulation is None or subject.formulation in owners:
                found.values += [replace(finding, subject=subject) for finding, _ in some]
    found.coated |= set(_subjects(names))
    return found


def _subjects(names: Sequence[str]) -> list[Subject]:
    return [Subject(SELF, name) for name in names] or [Subject(SELF)]


def _owners_here(text: str, mention: Mention, uses: Sequence[Occurrence], everyone: frozenset[str]) -> frozenset[str]:
    """The formulations to which a sentence that uses these names gives a value.

    A sentence that uses one name speaks of that. Of several, a name in brackets owns what stands before it and in the
    brackets, another what follows it; a coat that such a sentence tells is that of all.
    """
    field = FIELD_OF[mention.label]
    if not uses or field not in _LINKED:
        return everyone
    if len({use.name for use in uses}) == 1:
        return frozenset({uses[0].name})
    if field == "membranes":
        return everyone
    at = mention.start
    for index, use in enumerate(uses):
        opened = text.rfind("(", 0, use.start)
        bracketed = opened > text.rfind(")", 0, use.start) and use.start - opened < _BRACKET
        begin = (uses[index - 1].end if index else 0) if bracketed else use.end
        after = text.find(")", use.end) if bracketed else uses[index + 1].start if index + 1 < len(uses) else len(text)
        if begin <= at < after:
            return frozenset({use.name})
    return everyone


def _owners(links: Sequence[frozenset[str]], everyone: frozenset[str], field: FieldName) -> frozenset[str]:
    """The formulations that a thing belongs to: those it is linked to by name, else all of them."""
    named = [linked for linked in links if linked != everyone]
    return frozenset().union(*named) if named and field in _LINKED else everyone
