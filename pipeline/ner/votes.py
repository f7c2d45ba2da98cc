"""Votes of trained models, and how they change the candidates of lexicon and rules.

A vote that agrees makes a finding surer. One for a gene speaks against a cell line that only its spelling suggests.
What the model alone has seen becomes a finding of its own where something supports it, see
:mod:`pipeline.ner.acceptance`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import spacy
from pydantic import BaseModel, ConfigDict
from spacy.attrs import IDX
from spacy.language import Language
from spacy.tokens import Doc, Token

from pipeline.errors import ModelError
from pipeline.ner.acceptance import Acceptance, accepted, in_question, supposed
from pipeline.ner.state import MentionCandidate, ModelVote, State, state_of, text_of
from pipeline.ranges import Ranges
from pipeline.records import Label

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
    "coatmine_model",
    requires=["doc.sents", "doc._.lexicon_hits", "doc._.findings"],
    default_config={"ask": "ner", "model": None, "score": UNSCORED, "longest": 20_000},
)
class ModelVoter:
    """Turns the entities of trained models into votes of ``score`` each.

    ``ask`` names a component of this pipeline that is disabled in it and only asked about the sentences in which its
    word may count (:func:`pipeline.ner.acceptance.in_question`), which takes half of the time; enable it and it reads
    all.
    ``model`` is another spaCy model, by name or path; it reads runs of whole sentences of at most ``longest``
    characters.
    """

    def __init__(
        self, nlp: Language, name: str, ask: str | None, model: str | None, score: float, longest: int
    ) -> None:
        self.name = name
        self.nlp = nlp
        self.ask = ask
        self.model = _load(model) if model else None
        self.score = score
        self.longest = longest

    def __call__(self, doc: Doc) -> Doc:
        """Add the votes to the state."""
        state = state_of(doc)
        if self.ask in self.nlp.component_names and self.ask not in self.nlp.pipe_names:
            for start, end, label in _asked(doc, state, self.nlp.get_pipe(self.ask)):
                if meant := meaning("", label):
                    state.votes.append(ModelVote(start, end, meant, self.score, self.ask))
        if self.model is not None:
            name = str(self.model.meta["name"])
            for begin, end in _runs(state, min(self.longest, self.model.max_length)):
                for span in self.model(text_of(doc)[begin:end]).ents:
                    if meant := meaning(name, span.label_):
                        state.votes.append(
                            ModelVote(begin + span.start_char, begin + span.end_char, meant, self.score, name)
                        )
        return doc


def _asked(doc: Doc, state: State, component: Callable[[Doc], Doc]) -> Iterator[tuple[int, int, str]]:
    """Range and label of what a component finds in the sentences in question.

    They are read as Docs of their tokens, each of so many that memory does not grow with the text.
    """
    asked = np.array(list(in_question(text_of(doc), state)), dtype=np.uint64).reshape(-1, 2)
    tokens: list[Token] = []
    starts: set[int] = set()
    for first, last in np.searchsorted(doc.to_array([IDX]), asked).tolist():
        if tokens and len(tokens) + last - first > _MOST_TOKENS:
            yield from _entities(doc, tokens, starts, component)
            tokens, starts = [], set()
        if first < last:
            starts.add(len(tokens))
            tokens.extend(doc[first:last])
    if tokens:
        yield from _entities(doc, tokens, starts, component)


_MOST_TOKENS = 16_384
"""Tokens that a trained component reads at once: of a paper all; more would take 7 kB of memory each."""


def _entities(
    doc: Doc, tokens: Sequence[Token], starts: set[int], component: Callable[[Doc], Doc]
) -> Iterator[tuple[int, int, str]]:
    small = Doc(
        doc.vocab, words=[t.text for t in tokens], spaces=[bool(t.whitespace_) for t in tokens],
        sent_starts=[i in starts for i in range(len(tokens))],
    )  # fmt: skip
    for ent in component(small).ents:
        last_token = tokens[ent.end - 1]
        yield tokens[ent.start].idx, last_token.idx + len(last_token), ent.label_


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


def count_votes(text: str, state: State, acceptance: Acceptance) -> None:
    """Let the votes change the state's findings, and say in each finding which voters stood with it."""
    there = Ranges(state.found)
    gone: set[int] = set()
    for vote in state.votes:
        over = [found for found in there.over(vote.start, vote.end) if id(found) not in gone]
        for found in over:
            if _agrees(vote, found):
                found.votes = (*found.votes, f"{vote.voter}:{vote.score:.2f}")
                found.score = round(1 - (1 - found.score) * (1 - vote.score / 2), 4)
        if vote.label == "GENE" and vote.score >= acceptance.against_line:
            gone.update(
                id(found) for found in over if found.label == "CELL_LINE" and found.score < acceptance.sure_line
            )
        elif not over:
            alone = accepted(vote, text, state, acceptance)
            for one in [alone] if alone else supposed(vote, text, state, acceptance):
                if not there.over(one.start, one.end):
                    state.found.append(one)
                    there.add(one)
    state.found = [found for found in state.found if id(found) not in gone]


def _agrees(vote: ModelVote, found: MentionCandidate) -> bool:
    return vote.label == found.label or (vote.label == "CELL" and found.label in ("CELL_LINE", "CELL_TYPE"))
