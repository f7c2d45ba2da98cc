"""The component that decides the role and polarity of every mention, once."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document import Block, Document
from pipeline.ner.saved import is_saved, path_in, read_stamps, stamp, write_stamps
from pipeline.ner.state import MentionCandidate, state_of, text_of
from pipeline.roles import (
    Features,
    Observed,
    RoleDecision,
    Seen,
    Tagger,
    Verdict,
    load_rules,
    load_weights,
    roles_dir,
    weights_file,
)
from pipeline.sections import opening_of, section_of
from pipeline.sentences import Range, sentence_at

_BASE = "shipped"
"""The folder of a saved pipeline that has what was shipped with it."""
SeenT = TypeVar("SeenT", bound=Seen)


@Language.factory(
    "coatmine_roles",
    assigns=["doc._.findings"],
    requires=["doc.sents", "doc._.findings"],
    default_config={"folders": None, "vouched": 0.7, "decision": RoleDecision().model_dump()},
)
class Roles:
    """Sets role, support, polarity and ``because`` of each finding, and says which supposed names stand.

    Those stand whose support reaches ``vouched`` at a place where a rule vouches for them.

    ``folders`` are folders with rules of the user's own (see docs/roles.md), beside the shipped ones. ``decision``
    says when rules and weights settle a role. A saved pipeline takes rules and weights along, and needs neither the
    folders nor the shipped ones again; given another folder, or one that has changed since, it has its rules as well.
    """

    def __init__(
        self,
        nlp: Language,  # noqa: ARG002 - spaCy passes it
        name: str,
        folders: Sequence[str] | None,
        vouched: float,
        decision: dict[str, Any],
    ) -> None:
        """Take the folders; rules and weights are read when the first text comes."""
        self.name = name
        self.folders = tuple(map(Path, folders or ()))
        self.base = roles_dir()
        self._stamps: list[str] = []
        self.vouched = vouched
        self.decision = RoleDecision.model_validate(decision)

    @cached_property
    def tagger(self) -> Tagger:
        """The rules and weights that decide."""
        if self.base == roles_dir():
            return Tagger(load_rules(*self.folders) if self.folders else None, decision=self.decision)
        rules, weights = load_rules(*self.folders, base=self.base), load_weights(self.base / weights_file().name)
        return Tagger(rules, weights, self.decision)

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002 - spaCy passes it
        """Save rules and weights as a folder: the shipped ones, and each folder of the user's own."""
        target = Path(path)
        for name, folder in ((_BASE, self.base), *((f"own{n}", own) for n, own in enumerate(self.folders, 1))):
            shutil.copytree(folder, target / name, dirs_exist_ok=True)
        known = self._stamps
        write_stamps(target, [*known, *(stamp(folder) for folder in self.folders[len(known) :])])

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Roles:  # noqa: ARG002 - spaCy passes it
        """Take the rules and weights that were saved, if any were; the shipped pipeline has none of its own.

        Raises:
            RulesError: a file that was saved is malformed.
        """
        saved = Path(path)
        if (saved / _BASE).is_dir():
            self.base = saved / _BASE
            copies = sorted(saved.glob("own*"), key=lambda copy: (len(copy.name), copy.name))
            stamps = read_stamps(saved)
            new = [folder for folder in self.folders if not is_saved(folder, stamps)]
            changed = {str(folder) for folder in new}
            kept = [(copy, each) for copy, each in zip(copies, stamps, strict=False) if path_in(each) not in changed]
            self._stamps = [each for _, each in kept]
            self.folders = (*(copy for copy, _ in kept), *new)
            self.__dict__.pop("tagger", None)
            _ = self.tagger  # read now: the folder may not stay
        return self

    def __call__(self, doc: Doc) -> Doc:
        """Decide on every finding of the Doc."""
        state = state_of(doc)
        for seen in observations(text_of(doc), state.document, state.sentences, state.found, self.tagger):
            for found, verdict in self.tagger.verdicts(seen):
                _take(found, verdict)
        vouched = {f.name for f in state.found if f.supposed and self._vouched(f)}
        for found in state.found:
            found.supposed = found.supposed and found.name not in vouched
        return doc

    def _vouched(self, found: MentionCandidate) -> bool:
        """Whether a rule's word makes a name of what is supposed."""
        return found.support >= self.vouched and not self.tagger.rules.vouching.isdisjoint(found.because)


def _take(found: MentionCandidate, verdict: Verdict) -> None:
    found.role = verdict.role
    found.support = verdict.support
    found.negated = verdict.negated
    found.hypothetical = verdict.hypothetical
    found.because = verdict.because
    if found.size is not None and found.role in ("coated", "core_size"):
        found.size = found.size.model_copy(update={"of": "core" if found.role == "core_size" else "coated"})


def surroundings(block: Block | None, opening: Block | None, features: Features) -> tuple[str, ...]:
    """What the place of a sentence says of its names: the section, and what the heading right above it speaks of.

    Args:
        block: the block that the sentence stands in; None where there is no document.
        opening: the block that stands for the abstract where none is marked.
        features: knows the word classes.
    """
    if block is None:
        return ("at=body",)
    heading = features.heading(block.section[-1]) if block.section else ()
    return (f"at={section_of(block, opening)}", *heading)


def observations(
    text: str, document: Document | None, sentences: Sequence[Range], names: Iterable[SeenT], tagger: Tagger
) -> Iterator[Observed[SeenT]]:
    """What the tagger sees of each sentence's names; those that lie within others are looked at apart.

    Args:
        text: the text.
        document: the document that it is of, where there is one: its sections count.
        sentences: the sentences, in the order of the text.
        names: the names.
        tagger: what decides.
    """
    opening = opening_of(document) if document is not None else None
    by_sentence: dict[Range, list[SeenT]] = defaultdict(list)
    for name in names:
        by_sentence[sentence_at(sentences, name.start) or (name.start, name.end)].append(name)
    for (start, end), some in sorted(by_sentence.items()):
        stop = max(end, *(name.end for name in some))
        block = document.block_at(start) if document is not None else None
        about = surroundings(block, opening, tagger.features)
        left = sorted(some, key=lambda n: (n.start, -n.end, n.label))
        while left:
            seen = tagger.observe(text, start, stop, left, about)
            yield seen
            done = {id(name) for name in seen.names}
            left = [name for name in left if id(name) not in done]


__all__ = ["Roles", "observations"]
