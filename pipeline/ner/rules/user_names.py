"""Names from the user's lexicon are mentions wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.linking import Entry
from pipeline.linking.linker import settle
from pipeline.linking.user_lexicon import SOURCE
from pipeline.ner.rules.cores import parse
from pipeline.ner.state import MentionCandidate, State
from pipeline.records import Label

_LABELS: dict[str, Label] = {
    "cell_line": "CELL_LINE", "cell_type": "CELL_TYPE", "drug": "DRUG", "material": "CORE", "modality": "MODALITY",
    "disease": "DISEASE",
}  # fmt: skip
"""What the types of names are labelled; a strain is part of an animal model's name, which its own rules find."""


def _is_enough(entry: Entry) -> bool:
    """Whether a name is a mention whatever stands beside it; "copper" and "cancer" need more words."""
    return entry.standalone != "no" and entry.subtype != "nonspecific"


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every place of a name that the user has given."""
    for hit in state.hits:
        entries = [e for e in hit.entries if e.source == SOURCE and e.type in _LABELS and _is_enough(e)]
        if not entries:
            continue
        link = settle(entries, text[hit.start : hit.end])
        label = _LABELS[entries[0].type]
        core = parse(text[hit.start : hit.end], state.lexicon) if label == "CORE" and state.lexicon else None
        yield MentionCandidate(
            hit.start, hit.end, label, link.name, 0.95, "lexicon", "own", curie=link.curie, candidates=link.candidates,
            caution=link.caution, taxon=link.taxon, core=core, priority=9,
        )  # fmt: skip
