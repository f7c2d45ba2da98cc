"""Explain the roles of a sentence's names: the pipeline's answer and the rules that matched."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pipeline.document import Block, Document
from pipeline.ner.annotate import annotate
from pipeline.records import Mention
from pipeline.roles.rules import Rule, RuleSet
from pipeline.sentences import sentence_at, sentences

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True, slots=True)
class Explained:
    """A name, as the pipeline annotates it, and the rules that speak of it.

    Attributes:
        mention: the name with its role and polarity.
        rules: the rules that fired on it, in their order.
    """

    mention: Mention
    rules: tuple[Rule, ...]

    def as_text(self) -> str:
        """A line for the name and one for each rule."""
        flags = [flag for flag in ("negated", "hypothetical") if getattr(self.mention, flag)]
        head = f"{self.mention.text} ({self.mention.label}): {', '.join([self.mention.role, *flags])}"
        stated = [f"    {rule.id} sets {rule.sets}: {rule.reason}" for rule in self.rules]
        return "\n".join([head, *(stated or ["    no rule speaks of it"])])

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        mention = self.mention
        return {
            "text": mention.text, "label": mention.label, "start": mention.start, "end": mention.end,
            "role": mention.role, "negated": mention.negated, "hypothetical": mention.hypothetical,
            "because": list(mention.because),
            "rules": [{"id": rule.id, "sets": rule.sets, "reason": rule.reason} for rule in self.rules],
        }  # fmt: skip


def explain(text: str, nlp: Language, rules: RuleSet) -> list[Explained]:
    """Every name in a sentence or a passage, in its order, with the rules that fired on it.

    Args:
        text: a sentence, or several.
        nlp: the recognition pipeline.
        rules: the rules that it decides with.
    """
    document = _document(text)
    mentions = annotate(document, nlp)
    ranges = sentences(document)
    by_id = {rule.id: rule for rule in rules.rules}
    fired: dict[str, tuple[Rule, ...]] = {}
    for start, end in ranges:
        tagged = rules.tagged(text, start, end, [m for m in mentions if sentence_at(ranges, m.start) == (start, end)])
        for vote in rules.votes(tagged):
            name = tagged.names[vote.number].id
            fired[name] = (*fired.get(name, ()), by_id[vote.rule])
    return [Explained(m, fired.get(m.id, ())) for m in sorted(mentions, key=lambda m: (m.start, -m.end))]


def _document(text: str) -> Document:
    digest = sha256(text.encode()).hexdigest()
    blocks = (Block(kind="paragraph", start=0, end=len(text)),) if text else ()
    return Document(id=f"sha256:{digest}", source="sentence", media_type="text/plain", text=text, blocks=blocks)
