"""The pipeline's components: factories that spaCy registers, each reading and filling the state of the Doc.

Importing this module registers the extensions of :mod:`pipeline.ner.extensions` as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
from spacy import util
from spacy.attrs import IDX, SENT_START
from spacy.language import Language
from spacy.pipeline import EntityRuler, SpanRuler
from spacy.tokens import Doc, Span, SpanGroup

from pipeline import sentences
from pipeline.linking import Lexicon, link, shipped_lexicon, user_rows
from pipeline.linking.schema import parse
from pipeline.linking.user_lexicon import SOURCE
from pipeline.ner import abbreviations, extensions, roles, saved, tokeniser
from pipeline.ner.acceptance import Acceptance
from pipeline.ner.appositions import unite
from pipeline.ner.limits import RuleLimits
from pipeline.ner.resolve import outside_formulations, resolve
from pipeline.ner.rules import RULES
from pipeline.ner.state import MentionCandidate, ModelVote, State, state_of, text_of
from pipeline.ner.votes import UNSCORED, count_votes, meaning
from pipeline.ranges import Ranges
from pipeline.records import Label
from pipeline.roles import restore_recognition, save_recognition

SPANS = "coatmine"
"""Where all finished mentions stand on a Doc: ``doc.spans["coatmine"]``; ``doc.ents`` has those that no other holds."""
_LABELS: frozenset[str] = frozenset(get_args(Label))

extensions.register()


@Language.factory("coatmine_sentences", assigns=["token.is_sent_start", "doc.sents"])
class Sentences:
    """Sentence boundaries, from the document's blocks where there is one."""

    def __init__(self, nlp: Language, name: str) -> None:  # noqa: ARG002 - spaCy passes it
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Set the state's sentences and the tokens' sentence starts."""
        state = state_of(doc)
        state.text = doc.text
        if state.document is not None:
            state.sentences = sentences.sentences(state.document)
        if not state.sentences:
            state.sentences = sentences.split(text_of(doc))
        starts = {start for start, _ in state.sentences}
        begins = np.where(np.isin(doc.to_array([IDX]), list(starts)), 1, -1).astype("int64")
        # one call: setting is_sent_start token by token is quadratic in the length of the text
        return doc.from_array([SENT_START], begins.astype("uint64"))  # type: ignore[arg-type]


@Language.factory("coatmine_lexicon", assigns=["doc._.lexicon_hits"], default_config={"folders": None, "own": None})
class LexiconMatcher:
    """Every place where a name of the lexicons stands.

    ``folders`` replaces the shipped lexicons; ``own`` is a folder of the user's own names, beside them.

    A pipeline that is saved takes its lexicon along, and needs neither the folders nor the shipped ones again. Given
    another ``own``, or one that has changed since, it has these names as well.
    """

    def __init__(self, nlp: Language, name: str, folders: Sequence[str] | None, own: str | None) -> None:  # noqa: ARG002
        self.name = name
        self.own = Path(own) if own else None
        self.folders = tuple(map(Path, folders or ()))
        self._loaded: Lexicon | None = None  # until it is wanted: what is saved with a pipeline goes before
        self._stamps: list[str] = []

    @property
    def lexicon(self) -> Lexicon:
        """The lexicon: saved with the pipeline, else of ``folders``, else the shipped one.

        Raises:
            ModelError: a folder holds no lexicon, or a table in it is malformed.
            UsageError: a table of the user's own is not as it should be.
        """
        if self._loaded is None:
            base = Lexicon.load(*self.folders) if self.folders else shipped_lexicon()
            self._loaded = base
            self._add_own(base)
        return self._loaded

    def _add_own(self, base: Lexicon) -> None:
        """Take a lexicon with the user's own names beside it, where it has not got them yet."""
        if self.own is None or saved.is_saved(self.own, self._stamps):
            return
        own = user_rows(self.own)
        if any(saved.path_in(each) == str(self.own) for each in self._stamps):  # what the folder held before goes
            base = Lexicon(row for row in base.rows() if parse(row).source != SOURCE)
            self._stamps = []
        self._loaded = Lexicon([*base.rows(), *own])
        self._stamps.append(saved.stamp(self.own))

    def use(self, lexicon: Lexicon) -> None:
        """Take this lexicon from now on."""
        self._loaded = lexicon

    def __call__(self, doc: Doc) -> Doc:
        """Fill the state's hits."""
        state = state_of(doc)
        state.lexicon = self.lexicon
        state.hits = list(self.lexicon.find(text_of(doc)))
        return doc

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002 - spaCy passes it
        """Save the lexicon as a folder with one table."""
        folder = util.ensure_path(path)
        folder.mkdir(exist_ok=True)
        self.lexicon.save(folder / "lexicon.tsv")
        saved.write_stamps(folder, self._stamps)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> LexiconMatcher:  # noqa: ARG002
        """Take the lexicon that was saved, if one was; the shipped pipeline has none of its own.

        Raises:
            ModelError: the saved table is malformed.
            UsageError: a table of the user's own is not as it should be.
        """
        folder = util.ensure_path(path)
        if folder.is_dir():
            self._loaded, self._stamps = Lexicon.load(folder), saved.read_stamps(folder)
            self._add_own(self._loaded)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002 - spaCy passes it
        """The lexicon's rows."""
        return "\n".join(self.lexicon.rows()).encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> LexiconMatcher:  # noqa: ARG002
        """Take the lexicon of these rows."""
        self._loaded = Lexicon(data.decode().split("\n"))
        return self


@Language.factory(
    "coatmine_rules",
    assigns=["doc._.findings"],
    requires=["doc.sents", "doc._.short_forms", "doc._.lexicon_hits"],
    default_config={"rules": list(RULES), "limits": RuleLimits().model_dump()},
)
class Rules:
    """The field's rules over lexicon hits and text. ``rules`` names those to use; ``limits`` how far they look."""

    def __init__(self, nlp: Language, name: str, rules: Sequence[str], limits: dict[str, Any]) -> None:  # noqa: ARG002
        self.name = name
        self.limits = RuleLimits.model_validate(limits)
        if unknown := set(rules) - set(RULES):
            raise ValueError(f"coatmine_rules: no rules called {sorted(unknown)}; known are {sorted(RULES)}")
        self.rules = tuple(rules)

    def __call__(self, doc: Doc) -> Doc:
        """Add each rule's findings to the state."""
        state, text = state_of(doc), text_of(doc)
        state.limits = self.limits
        for rule in self.rules:
            state.found.extend(RULES[rule](text, state))
        return doc

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002 - spaCy passes it
        """Save the contexts and shapes that the rules ask for."""
        folder = util.ensure_path(path)
        folder.mkdir(exist_ok=True)
        save_recognition(folder)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Rules:  # noqa: ARG002 - spaCy passes it
        """Take the contexts and shapes that were saved, if any were; the shipped pipeline has none of its own.

        Raises:
            RulesError: a file that was saved is malformed.
        """
        folder = util.ensure_path(path)
        if folder.is_dir():
            restore_recognition(folder)
        return self


@Language.factory(
    "coatmine_vote",
    assigns=["doc._.findings"],
    requires=["doc._.findings", "doc._.lexicon_hits"],
    default_config={"acceptance": Acceptance().model_dump(mode="json"), "ruler_score": 0.95},
)
class Vote:
    """Counts the votes of rulers and models, settles overlaps, and unites what brackets say is one thing.

    Patterns of an ``entity_ruler`` or ``span_ruler`` before this component that have one of our labels become
    findings, with the score ``ruler_score`` and before all others; other entities on the Doc, such as those of a
    trained ``ner``, are votes. ``acceptance`` says when a vote alone is accepted.
    """

    def __init__(self, nlp: Language, name: str, acceptance: dict[str, Any], ruler_score: float) -> None:
        self.name = name
        self.nlp = nlp
        self.acceptance = Acceptance.model_validate(acceptance)
        self.ruler_score = ruler_score

    def __call__(self, doc: Doc) -> Doc:
        """Reduce the state's findings to those that stand."""
        state = state_of(doc)
        ruled = [(name, span) for name, span in _ruled(self.nlp, self.name, doc) if span.label_ in _LABELS]
        own = [_of_ruler(name, span, self.ruler_score, state) for name, span in ruled]
        state.votes += _ballots(self.nlp, doc, {(span.start, span.end) for _, span in ruled})
        text, ruled_out = text_of(doc), Ranges(own)
        kept = outside_formulations(text, state.found)
        state.found = resolve([*own, *(f for f in kept if not ruled_out.over(f.start, f.end))])
        count_votes(text, state, self.acceptance)
        state.found = unite(text, resolve(state.found))
        return doc


def _ruled(nlp: Language, before: str, doc: Doc) -> Iterator[tuple[str, Span]]:
    """What the rulers in front of a component match, with the ruler's name.

    Their patterns are asked, since of an entity on the Doc nobody can tell any more who set it.
    """
    for name, pipe in nlp.pipeline:
        if name == before:
            return
        if isinstance(pipe, SpanRuler) and len(pipe):
            yield from ((name, span) for span in pipe.match(doc))
        elif isinstance(pipe, EntityRuler) and len(pipe):
            bare = doc.copy()
            bare.ents = ()  # a ruler says nothing where an entity stands already
            yield from ((name, Span(doc, ent.start, ent.end, label=ent.label_)) for ent in pipe(bare).ents)


def _of_ruler(name: str, span: Span, score: float, state: State) -> MentionCandidate:
    label: Label = next(known for known in get_args(Label) if known == span.label_)
    known = link(span.text, label, state.lexicon) if state.lexicon is not None else None
    return MentionCandidate(
        span.start_char, span.end_char, label, known.name if known else span.text, score, "rule", name,
        curie=known.curie if known else None, candidates=known.candidates if known else (),
        caution=known.caution if known else None, taxon=known.taxon if known else "", priority=_RULED,
    )  # fmt: skip


_RULED = 100
"""A priority above that of every rule: a user's pattern is the user's word."""


def _ballots(nlp: Language, doc: Doc, ruled: set[tuple[int, int]]) -> list[ModelVote]:
    """The entities on the Doc as votes, except for what a ruler set."""
    trained = [name for name, _ in nlp.pipeline if nlp.get_pipe_meta(name).factory in ("ner", "beam_ner")]
    voter = trained[0] if len(trained) == 1 else "ents"
    return [
        ModelVote(ent.start_char, ent.end_char, meant, UNSCORED, voter)
        for ent in doc.ents
        if (ent.start, ent.end) not in ruled and (meant := meaning("", ent.label_))
    ]


@Language.factory(
    "coatmine_spans",
    assigns=["doc.ents", "doc.spans", *(f"span._.{name}" for name in extensions.OF_SPANS)],
    requires=["doc._.findings"],
)
class Spans:
    """Shows what stands: ``doc.ents``, ``doc.spans["coatmine"]`` and the spans' extensions.

    What is only supposed is dropped. An entity of a user's own label stays in ``doc.ents`` where no mention overlaps
    it, if a ruler set it.
    """

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        self.nlp = nlp

    def __call__(self, doc: Doc) -> Doc:
        """Set entities, spans and extensions."""
        spans: list[Span] = []
        state = state_of(doc)
        state.found = [found for found in state.found if not found.supposed]
        for found in state.found:
            span = doc.char_span(
                found.start, found.end, label=found.label, kb_id=found.curie or "", alignment_mode="expand"
            )
            if span is not None:
                spans.append(span)
                extensions.keep(doc, span, found)
        others = [span for _, span in _ruled(self.nlp, self.name, doc) if span.label_ not in _LABELS]
        doc.spans[SPANS] = SpanGroup(doc, name=SPANS, spans=spans)
        doc.ents = util.filter_spans([*util.filter_spans(spans), *_clear_of(others, spans)])
        return doc


def _clear_of(others: Iterable[Span], spans: Sequence[Span]) -> Iterator[Span]:
    there = Ranges(spans)
    return (other for other in others if not there.over(other.start, other.end))


__all__ = [
    "SPANS",
    "LexiconMatcher",
    "Rules",
    "Sentences",
    "Spans",
    "Vote",
    "abbreviations",
    "roles",
    "tokeniser",
]
