"""``assemble``: the channels in a row, then one record per study and formulation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline.document import Document
from pipeline.linking import kinds_of_modalities, shipped_lexicon
from pipeline.records import Mention, Record
from pipeline.relations.consolidate import kinds_of_lines
from pipeline.relations.findings import Finding, Findings, MentionIndex
from pipeline.relations.genre import reports_own_work, speaks_of_coats
from pipeline.relations.merge import merge
from pipeline.relations.names import own_names
from pipeline.relations.own import from_own_work
from pipeline.relations.review import from_review
from pipeline.relations.tables import from_tables, lists_coats

VERSION: Final = "1"


def assemble(
    document: Document,
    mentions: Iterable[Mention],
    channels: Sequence[str] = ("table", "text"),
    made_by: dict[str, str] | None = None,
) -> list[Record]:
    """The records of a document: one per study and formulation, every value with its channel and evidence.

    Args:
        document: the document.
        mentions: its mentions, in any order.
        channels: where to look: ``table``, ``text`` or both.
        made_by: versions and settings, passed through to the records.

    Returns:
        Records in the order in which the document first speaks of them in a table, then in prose. None for a paper
        that is not about membrane-coated particles.
    """
    index = MentionIndex(mentions)
    return merge(document, findings(document, index, channels), kinds_of_lines(document, index), made_by or {})


def findings(document: Document, index: MentionIndex, channels: Sequence[str] = ("table", "text")) -> Findings:
    """What the channels find in a document, before anything is judged."""
    own_work = reports_own_work(document)
    names = own_names(document) if own_work else []
    coats = speaks_of_coats(document, index) or lists_coats(document, index)
    found = Findings()
    if "table" in channels:
        found.update(from_tables(document, index, names if own_work else None, coats=coats))
    if "text" in channels and coats:
        found.update(from_own_work(document, index, names) if own_work else from_review(document, index))
    found.values = [part for finding in found.values for part in _parts(finding)]
    return found


def _parts(finding: Finding) -> Iterator[Finding]:
    """The finding; one for each part of what a combination of modalities names at once."""
    mention = finding.mention
    parts = kinds_of_modalities().parts_of(mention.name) if mention.label == "MODALITY" else ()
    if len(parts) < 2:
        yield finding
        return
    for part in parts:
        curie = next((entry.curie for entry in shipped_lexicon().lookup(part, ("modality",))), None)
        yield replace(finding, mention=mention.model_copy(update={"name": part, "curie": curie}))
