"""From a Document to its Mentions.

spaCy takes more than a second to import, so that is left to the functions that need it: of a run with several workers,
the first process never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.document import Citation, Document
from pipeline.errors import ModelError
from pipeline.ranges import Ranges
from pipeline.records import Mention, mention_id
from pipeline.settings import models_dir

if TYPE_CHECKING:
    from spacy.language import Language

    from pipeline.ner.state import MentionCandidate

_NO_WORD = re.compile(r"\S{400,}")
"""A run of characters without a space that is no word."""
_KEPT_OUT = frozenset({"reference", "affiliation", "authors", "header", "footer"})
"""Kinds of blocks whose names are no mentions: the bibliography and who wrote it."""


@lru_cache(maxsize=2)
def load(model: str | None = None, roles: Path | None = None, lexicon: Path | None = None) -> Language:
    """The recognition pipeline.

    Args:
        model: None for the shipped pipeline. A coatmine pipeline saved elsewhere, by its folder, is loaded as it is;
            any other spaCy model (scispaCy's, say), by name or folder, takes part in the shipped pipeline's vote.
        roles: a folder with rules on roles of the user's own, beside the shipped ones.
        lexicon: a folder with names of the user's own, beside the shipped ones.

    Raises:
        ModelError: there is no such model, or it finds no entities.
    """
    shipped = models_dir() / "coatmine"
    own: dict[str, Any] = {"roles": {"folders": [str(roles)]}} if roles else {}
    if lexicon:
        own["lexicon"] = {"own": str(lexicon)}
    if model is None:
        return _load(shipped, {"components": own})
    config = Path(model) / "config.cfg"
    if config.is_file() and "coatmine_rules" in config.read_text(encoding="utf-8"):
        return _load(Path(model), {"components": own})
    return _load(shipped, {"components": {"model": {"model": model}, **own}})


def _load(path: Path, overrides: dict[str, Any]) -> Language:
    import spacy
    from thinc.api import NumpyOps, get_current_ops, use_ops

    from pipeline.ner import components  # noqa: F401 - registers the factories, whatever is installed

    on_cpu = type(get_current_ops()) is NumpyOps
    try:  # numpy's own matrix product takes half the time of BLIS's where that has no kernel for the processor
        with use_ops("numpy", use_blis=False) if on_cpu else nullcontext():
            return spacy.load(path, config=overrides)
    except OSError as error:
        raise ModelError(
            f"{path}: no spaCy pipeline here ({error}); reinstall coatmine or give --model a folder"
        ) from error


def describe(nlp: Language) -> str:
    """The pipeline's name and version, and those of a model that votes in it."""
    from pipeline.ner.votes import ModelVoter

    voters = [pipe.model.meta for _, pipe in nlp.pipeline if isinstance(pipe, ModelVoter) and pipe.model is not None]
    names = [nlp.meta, *voters]
    return " + ".join(f"{meta['name']} {meta['version']}" for meta in names)


def annotate(document: Document, nlp: Language | None = None) -> list[Mention]:
    """Find the names in a document: cell lines and types, cores, drugs, modalities, diseases, animal models, sizes.

    Args:
        document: the document.
        nlp: the pipeline, from :func:`load`; None for the shipped one.

    Returns:
        Mentions in the order of the text. The items of a study table's typed columns are mentions of the column's
        label; elsewhere no mention overlaps another, but an animal model may hold the line or disease it bears, and
        a core that is a drug's crystals the drug.
    """
    from pipeline.ner import figures, tables
    from pipeline.ner.resolve import resolve
    from pipeline.ner.state import state_of

    nlp = nlp or load()
    if not document.text.strip():
        return []
    nlp.max_length = max(nlp.max_length, len(document.text) + 1)
    doc = nlp.make_doc(_flow(document))
    state = state_of(doc)
    state.document = document
    doc = nlp(doc)
    state = state_of(doc)
    found = [one for one in state.found if "\t" not in document.text[one.start : one.end]]  # no name spans cells
    cells = list(tables.find(document, state))
    if cells:
        typed = Ranges(cells)
        found = resolve([*(f for f in found if not typed.holds(f.start, f.end)), *cells])
    version = str(nlp.meta["version"])
    return [_mention(document, one, version) for one in figures.marked(document, found)]


def _flow(document: Document) -> str:
    """The text as it is read: with line ends or blanks in place of what is kept out, so that offsets stay.

    Kept out are blocks that hold no mentions, citations that are raised at the end of a word ("PLGA3"), and runs of
    characters too long for a name or list of names (a sequence, encoded data), on which patterns would take a time
    quadratic in their length.
    """
    parts: list[str] = []
    at = 0
    for block in document.blocks:
        if block.kind in _KEPT_OUT and block.start >= at:
            parts += [document.text[at : block.start], "\n" * (block.end - block.start)]
            at = block.end
    flow = "".join(parts) + document.text[at:]
    flow = _without_raised(flow, document.citations)
    return _NO_WORD.sub(lambda run: ("\u00a6 " * len(run.group()))[: len(run.group())], flow)


def _without_raised(flow: str, citations: Iterable[Citation]) -> str:
    """The text with blanks in place of citations that stand right behind a letter or digit."""
    parts: list[str] = []
    at = 0
    for one in sorted(citations, key=lambda one: one.start):
        if one.start >= max(at, 1) and flow[one.start - 1].isalnum() and flow[one.start].isdigit():
            parts += [flow[at : one.start], " " * (one.end - one.start)]
            at = one.end
    return "".join([*parts, flow[at:]])


def _mention(document: Document, found: MentionCandidate, version: str) -> Mention:
    block = document.block_at(found.start)
    return Mention(
        id=mention_id(document.id, found.label, found.start, found.end),
        document_id=document.id,
        label=found.label,
        start=found.start,
        end=found.end,
        text=document.text[found.start : found.end],
        name=found.name or document.text[found.start : found.end],
        curie=found.curie,
        candidates=found.candidates,
        score=found.score,
        method=f"{found.kind}:{found.component}@{version}",
        negated=found.negated,
        hypothetical=found.hypothetical,
        role=found.role,
        support=found.support,
        because=found.because,
        section=block.section if block else (),
        boxes=tuple(document.boxes(found.start, found.end)),
        caution=found.caution,
        size=found.size,
        core=found.core,
        votes=found.votes,
    )
