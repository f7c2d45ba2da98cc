"""Score the rules on roles on texts with every name marked: ``scripts/score_roles.py VOICE... [--errors]``.

A VOICE is a folder of texts as :mod:`pipeline.evaluation.voices` reads them. The rules see the marked names, so that
only what they say is measured, not recognition. Per role: how many of the rules' votes are right, and how many of the
names with that role have a vote for it. Per rule: what the names it speaks of really are.

``--errors`` lists every vote that is wrong with its sentence, ``--missed ROLE`` every name of a role without a vote
for it, ``--rule ID`` keeps to the rules whose id begins so. Texts without a coat are told apart, since a drug in a
lipid particle is loaded there as well and yet no value.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any, Final

from pipeline.evaluation.voices import Mark, MarkedText, read_voice, role_of
from pipeline.roles.rules import RuleSet, RuleVote, load_rules
from pipeline.roles.tagging import Tagged
from pipeline.sentences import split

FEW: Final = 5
"""A rule that fires less often than this has too few hits for its precision to mean anything."""


@dataclass(frozen=True, slots=True)
class TaggedName:
    """A name in its sentence, its true role, and the votes for it."""

    sentence: str
    mark: Mark
    surface: str
    role: str
    votes: tuple[RuleVote, ...]
    text_id: str

    def shown(self) -> str:
        """The sentence with the name in double brackets."""
        start = self.sentence.find("\x00")
        end = self.sentence.rfind("\x00")
        return f"{self.sentence[:start]}[[{self.sentence[start + 1 : end]}]]{self.sentence[end + 1 :]}"


def tagged_names(texts: Iterable[MarkedText], rules: RuleSet) -> Iterator[TaggedName]:
    """Every name of these texts with what the rules say of it."""
    for text in texts:
        for start, end in split(text.text):
            names: list[Any] = [m for m in text.marks if start <= m.start and m.end <= end]
            if not names:
                continue
            tagged: Tagged[Any] = rules.tagged(text.text, start, end, names)
            votes: dict[int, list[RuleVote]] = defaultdict(list)
            for vote in rules.votes(tagged):
                votes[vote.number].append(vote)
            for number, mark in enumerate(tagged.names):
                surface = text.text[mark.start : mark.end]
                marked = f"{text.text[start : mark.start]}\x00{surface}\x00{text.text[mark.end : end]}"
                yield TaggedName(marked, mark, surface, role_of(mark), tuple(votes[number]), text.id)


def by_role(tagged: Sequence[TaggedName]) -> Iterator[str]:
    """One line per role: precision and recall with the counts behind them."""
    right, voted, true = Counter[str](), Counter[str](), Counter[str]()
    for one in tagged:
        true[one.role] += 1
        for sets in {vote.sets for vote in one.votes}:
            voted[sets] += 1
            right[sets] += sets == one.role
    yield f"{'role':16}{'names':>7}{'votes':>7}{'P':>7}{'R':>7}"
    for role in sorted(true | voted):
        precision = right[role] / voted[role] if voted[role] else 0.0
        recall = right[role] / true[role] if true[role] else 0.0
        yield f"{role:16}{true[role]:7}{voted[role]:7}{precision:7.3f}{recall:7.3f}"


def by_rule(tagged: Sequence[TaggedName], rules: RuleSet) -> Iterator[str]:
    """One line per rule: how often it speaks, how often it is right, and what the others are."""
    hits: dict[str, Counter[str]] = defaultdict(Counter)
    for one in tagged:
        for vote in one.votes:
            hits[vote.rule][one.role] += 1
    for rule in rules.rules:
        counts = hits[rule.id]
        total = counts.total()
        share = f"{counts[rule.sets] / total:.2f}" if total else "-"
        flag = "!" if total >= FEW and counts[rule.sets] < 0.9 * total else " "
        others = ", ".join(f"{role} {n}" for role, n in counts.most_common() if role != rule.sets)
        yield f"{flag} {rule.id:36}{rule.sets:16}{total:5}{share:>6}  {others}"


def main() -> None:
    """Read the arguments, print the scores."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("voices", nargs="+", type=Path, metavar="VOICE", help="folders of marked texts")
    parser.add_argument("--roles", type=Path, help="a folder of further rules")
    parser.add_argument("--errors", action="store_true", help="list the wrong votes")
    parser.add_argument("--missed", metavar="ROLE", help="list the names of this role without a vote for it")
    parser.add_argument("--rule", default="", metavar="ID", help="keep to rules whose id begins so")
    parser.add_argument("--negatives", action="store_true", help="keep to the texts without a coat")
    given = parser.parse_args()
    rules = load_rules(*([given.roles] if given.roles else []))
    texts = [text for voice in given.voices for text in read_voice(voice)]
    texts = [text for text in texts if (text.kind == "negative") == given.negatives]
    list(tagged_names(texts, rules))  # patterns are compiled when they are first needed
    begin = process_time()
    tagged = list(tagged_names(texts, rules))
    spent = process_time() - begin
    words = sum(len(text.text.split()) for text in texts)
    timed = f"{spent / words * 5e6:.0f} ms for 5,000 words"
    write([*by_role(tagged), "", *by_rule(tagged, rules), ""])
    write([f"{len(texts)} texts, {words} words, {len(tagged)} names; {timed}"])
    if given.errors:
        write(errors(tagged, given.rule))
    if given.missed:
        write(missed(tagged, given.missed))


def errors(tagged: Sequence[TaggedName], prefix: str) -> Iterator[str]:
    """Every wrong vote of the rules whose id begins so."""
    for one in tagged:
        if wrong := [v.rule for v in one.votes if v.sets != one.role and v.rule.startswith(prefix)]:
            yield f"\n{', '.join(wrong)} but {one.role} ({one.text_id})\n  {one.shown()}"


def missed(tagged: Sequence[TaggedName], role: str) -> Iterator[str]:
    """Every name of a role without a vote for it."""
    for one in tagged:
        if one.role == role and all(v.sets != role for v in one.votes):
            votes = ", ".join(f"{v.sets} by {v.rule}" for v in one.votes) or "no vote"
            yield f"\n{one.mark.label}: {votes} ({one.text_id})\n  {one.shown()}"


def write(lines: Iterable[str]) -> None:
    """Print lines."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
