"""A trained model's part: its entities are votes, and this is what a vote does to what lexicon and rules found.

A vote that agrees makes a finding surer. One for a gene speaks against a cell line that only its spelling suggests.
A disease, drug or cell line that the model alone has seen becomes a finding of its own, linked where the lexicon
knows the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import spacy
from pydantic import BaseModel, ConfigDict, Field
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import ModelError
from pipeline.linking import link
from pipeline.ner.rules.cells import CELLISH, is_cell_context
from pipeline.ner.rules.drugs import speaks_of_cargo
from pipeline.ner.state import Found, State, Vote, state_of
from pipeline.records import Label, Score

Meaning = Label | Literal["CELL", "GENE"]

UNSCORED = 0.85
"""What a model's entity counts that comes without a score: the precision such models publish."""


class Labels(BaseModel):
    """The file labels.json: per model, and for models it does not know, what a label means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    models: dict[str, dict[str, Meaning | None]]
    labels: dict[str, Meaning | None]


@cache
def _labels() -> Labels:
    return Labels.model_validate_json((Path(__file__).parent / "labels.json").read_text(encoding="utf-8"))


def meaning(model: str, label: str) -> Meaning | None:
    """What a model's label means here; None for a label that says nothing of ours.

    Args:
        model: the model's name in its meta.json, without the language; "" for entities of the pipeline's own.
        label: the label, as the model writes it.
    """
    file = _labels()
    known = file.models.get(model, file.labels)
    return known.get(label, known.get(label.upper()))


@Language.factory(
    "coatmine_model", requires=["doc.sents"], default_config={"model": None, "score": UNSCORED, "longest": 20_000}
)
class ModelVoter:
    """Turns the entities of ``model``, another spaCy model by name or path, into votes of ``score`` each.

    The model reads runs of whole sentences of at most ``longest`` characters.
    """

    def __init__(self, nlp: Language, name: str, model: str | None, score: float, longest: int) -> None:  # noqa: ARG002
        self.name = name
        self.model = _load(model) if model else None
        self.score = score
        self.longest = longest

    def __call__(self, doc: Doc) -> Doc:
        """Add the votes to the state."""
        if self.model is not None:
            state = state_of(doc)
            name = str(self.model.meta["name"])
            for begin, end in _runs(state, min(self.longest, self.model.max_length)):
                for span in self.model(doc.text[begin:end]).ents:
                    if meant := meaning(name, span.label_):
                        state.votes.append(
                            Vote(begin + span.start_char, begin + span.end_char, meant, self.score, name)
                        )
        return doc


def _load(model: str) -> Language:
    """A user's spaCy model.

    Raises:
        ModelError: there is none of this name or at this path, or it finds no entities.
    """
    try:
        nlp = spacy.load(Path(model) if Path(model).exists() else model)
    except OSError as error:
        raise ModelError(
            f"no spaCy model {model!r}: give the name of an installed one (see pip list) or a folder with config.cfg"
        ) from error
    if not any(hasattr(component, "labels") and component.labels for _, component in nlp.pipeline):
        raise ModelError(f"the spaCy model {model!r} has no component that finds entities")
    return nlp


def _runs(state: State, longest: int) -> Iterator[tuple[int, int]]:
    """Runs of whole sentences that a model can read at once."""
    begin = end = 0
    for _, stop in state.sentences:
        if stop - begin > longest and end > begin:
            yield begin, end
            begin = end
        end = stop
    if end > begin:
        yield begin, end


# --- what votes do ---------------------------------------------------------------------------------------------------


class Policy(BaseModel):
    """When a label that only a model saw becomes a finding: from this score on, with at least so many letters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: Score
    letters: int = Field(ge=1)


class Hearing(BaseModel):
    """When votes are heard: the section ``[components.vote.hearing]`` of config.cfg.

    Attributes:
        alone: by label, when a model's word alone makes a finding; labels that are not here need lexicon or rules.
        against_line: the score at which a vote for a gene outweighs a line's name that no cells stand beside.
        share: how much of a model's score a finding gets that the model alone has seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    alone: dict[Label, Policy] = Field(
        default={
            "DISEASE": Policy(score=0.8, letters=5),
            "DRUG": Policy(score=0.85, letters=5),
            "CELL_LINE": Policy(score=0.8, letters=2),
        }
    )
    against_line: Score = 0.9
    share: Score = 0.8


def count_votes(text: str, state: State, hearing: Hearing) -> None:
    """Let the votes change the state's findings, and say in each finding which voters stood with it."""
    for vote in state.votes:
        over = [f for f in state.found if f.start < vote.end and vote.start < f.end]
        for found in over:
            if _agrees(vote, found):
                found.votes = (*found.votes, f"{vote.voter}:{vote.score:.2f}")
                found.score = round(1 - (1 - found.score) * (1 - vote.score / 2), 4)
        if vote.label == "GENE" and vote.score >= hearing.against_line:
            state.found = [f for f in state.found if not (f in over and f.label == "CELL_LINE" and f.score < 0.9)]
        elif not over and (alone := _alone(vote, text, state, hearing)):
            state.found.append(alone)


def _agrees(vote: Vote, found: Found) -> bool:
    return vote.label == found.label or (vote.label == "CELL" and found.label in ("CELL_LINE", "CELL_TYPE"))


def _alone(vote: Vote, text: str, state: State, hearing: Hearing) -> Found | None:
    """The finding that a model's vote makes where lexicon and rules saw nothing, or None when it is not heard."""
    label: Label | None = next((known for known in hearing.alone if known == vote.label), None)
    if label is None or state.lexicon is None or vote.score < hearing.alone[label].score:
        return None
    surface = text[vote.start : vote.end]
    if sum(c.isalpha() for c in surface) < hearing.alone[label].letters or "\n" in surface:
        return None
    if _known_otherwise(vote, state) or not _heard(label, surface, vote, text, state):
        return None
    known = link(surface, label, state.lexicon)
    return Found(
        vote.start, vote.end, label, known.name if known else surface, round(vote.score * hearing.share, 4),
        "model", vote.voter, curie=known.curie if known else None, candidates=known.candidates if known else (),
        votes=(f"{vote.voter}:{vote.score:.2f}",),
    )  # fmt: skip


_OTHER = frozenset(("trap", "generic", "material", "form", "strain", "modality", "cell_type"))


def _known_otherwise(vote: Vote, state: State) -> bool:
    """Whether the lexicon knows something else, or something too general, at this place."""
    return any(
        hit.start < vote.end and vote.start < hit.end and any(e.type in _OTHER for e in hit.entries)
        for hit in state.hits
    )


def _heard(label: Label, surface: str, vote: Vote, text: str, state: State) -> bool:
    if label == "CELL_LINE":
        coded = any(c.isupper() for c in surface) and not surface.istitle()
        numbered = len(surface) > 2 and any(c.isdigit() for c in surface)
        known = numbered and state.lexicon is not None and bool(state.lexicon.lookup(surface, ("cell_line",)))
        near = CELLISH.search(text, *state.sentence(vote.start)) is not None
        return coded and surface not in state.abbreviations and ((known and near) or is_cell_context(text, vote.end))
    if sum(c.isupper() for c in surface) >= 2:
        return False  # abbreviations are the rules' to resolve
    if not (surface[0].isalpha() and surface[-1].isalnum()):
        return False
    if label == "DRUG":
        return speaks_of_cargo(text, *state.sentence(vote.start))
    if surface[0].isupper() and not (_DISEASE_END.search(surface) and _opens_sentence(vote.start, text, state)):
        return False  # a species, a place
    return not _ADJECTIVE.search(surface) and surface.rpartition(" ")[2].casefold() not in _VAGUE


def _opens_sentence(start: int, text: str, state: State) -> bool:
    """Whether a word owes its capital to its place: it opens a sentence, or is written small elsewhere."""
    begin, _ = state.sentence(start)
    word = text[start:].split(maxsplit=1)[0].strip(".,;:()")
    return begin == start or re.search(rf"\b{re.escape(word.lower())}\b", text) is not None


_DISEASE_END = re.compile(r"(?:oma|itis|osis|emia|pathy|penia|toxicity|megaly|disease|syndrome|cancer)s?$")
_ADJECTIVE = re.compile(r"^\w+(?:ic|[st]ive|al|ed|ese|ous|ing)$")
_VAGUE = frozenset(
    (
        "damage", "abnormality", "abnormalities", "complication", "complications", "dysfunction",
        "dysfunctions", "impairment", "impairments", "loss", "disturbance", "disturbances", "deficit",
        "deficits", "irritation", "perfusion", "movement", "cascade", "toxicities", "toxicity", "effects",
        "events", "symptoms", "changes", "reaction", "reactions", "memory", "lesions", "problems", "onset",
        "axons", "coagulation", "obstruction", "weakness", "instability", "malformations",
    )
)  # fmt: skip
"""Last words of phrases that tell of harm but name no disease."""
