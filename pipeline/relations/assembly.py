"""``assemble``: run both channels, then make one record per study and formulation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.document import Document
from pipeline.linking import kinds_of_modalities, own_kinds
from pipeline.records import Mention, Record
from pipeline.relations import scorer
from pipeline.relations.attribution import Attribution
from pipeline.relations.consolidate import kinds_of_lines
from pipeline.relations.evidence import SELF, Collected, Evidence, MentionIndex
from pipeline.relations.figures import from_figures
from pipeline.relations.merge import merge, study_evidence
from pipeline.relations.names import own_names
from pipeline.relations.prose import from_prose
from pipeline.relations.tables import from_tables

VERSION: Final = "2"
_OWN: Final = 0.5
"""From this share on of its sentences, a document is read as telling of formulations of its own."""


def assemble(
    document: Document,
    mentions: Iterable[Mention],
    channels: Sequence[str] = ("table", "text"),
    made_by: dict[str, str] | None = None,
    lexicon: Path | None = None,
) -> list[Record]:
    """Make the records of a document: one per study and formulation, every value with its channel and evidence.

    Args:
        document: the document.
        mentions: its mentions, in any order.
        channels: where to look: ``table``, ``text`` or both.
        made_by: versions and settings, passed through to the records.
        lexicon: a folder with names of the user's own: what it says is a kind of what counts as the shipped kinds do.

    Returns:
        Records in the order in which the document first speaks of them, in tables, then in prose. Empty where no study
        has a coat and a particle or a cargo; :func:`silence` says why.
    """
    index = MentionIndex(mentions)
    with own_kinds(lexicon):
        return merge(document, collect(document, index, channels), kinds_of_lines(document, index), made_by or {})


def silence(
    document: Document,
    mentions: Iterable[Mention],
    channels: Sequence[str] = ("table", "text"),
    lexicon: Path | None = None,
) -> str:
    """Why a document gives no record, in one sentence; empty if it gives one. Arguments as for :func:`assemble`."""
    index = MentionIndex(mentions)
    with own_kinds(lexicon):
        every = study_evidence(collect(document, index, channels), kinds_of_lines(document, index))
    if any(not each.silent for each in every):
        return ""
    labels = {mention.label for mention in index}
    if not labels & {"CELL_LINE", "CELL_TYPE"}:
        return "no record: no cells are named, so no coat could be found"
    reasons = [each.silent for each in every if each.subject.study == SELF] or [each.silent for each in every]
    return f"no record: {reasons[0] if reasons else 'no study is reported'}"


def collect(document: Document, index: MentionIndex, channels: Sequence[str] = ("table", "text")) -> Collected:
    """What the channels find in a document, before anything is scored."""
    attribution = Attribution(document, index, scorer.weights().own)
    own = any(spoken.own >= _OWN for spoken in attribution.sentences)
    names = own_names(document) if own else []
    found = Collected()
    if "table" in channels:
        found.update(from_tables(document, index, names if own else None))
    if "text" in channels:
        found.update(from_prose(document, index, names, attribution))
        found.figures = from_figures(document, index, names, attribution)
        found.mentioned.update((each.subject, each.field) for each in found.figures)
    found.values = [e for e in found.values if not _retold(e, found.captions)]
    found.values = [part for evidence in found.values for part in parts_of(evidence)]
    return found


def _retold(evidence: Evidence, captions: Iterable[tuple[int, int]]) -> bool:
    """Whether prose takes for the paper's own work what the caption of a table of others' studies says."""
    mention, own = evidence.mention, evidence.channel == "text" and evidence.subject.study == SELF
    return own and any(start <= mention.start and mention.end <= end for start, end in captions)


def parts_of(evidence: Evidence) -> Iterator[Evidence]:
    """The evidence; one for each part of what a combination of modalities names at once."""
    mention = evidence.mention
    kinds = kinds_of_modalities()
    parts = kinds.parts_of(mention.name) if mention.label == "MODALITY" else ()
    if len(parts) < 2:
        yield evidence
        return
    for part in parts:
        curie = kinds.curie_of(part)
        yield replace(evidence, mention=mention.model_copy(update={"name": part, "curie": curie}))
