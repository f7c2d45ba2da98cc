"""Score recognition on the annotated passages of gold/passages.

python scripts/score_passages.py develop            figures on the part to develop on
python scripts/score_passages.py develop --errors   and every difference with its sentence
python scripts/score_passages.py report             figures on the part to report on
python scripts/score_passages.py unfamiliar         three pages of other subjects
python scripts/score_passages.py develop --without model --model NAME_OR_PATH
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pipeline.evaluation.mentions import LabelledSpan, score_mentions
from pipeline.ner import annotate, load
from pipeline.ner.annotated_text import AnnotatedMention, AnnotatedText, read_annotated_texts
from pipeline.ner.rules.animals import SPECIES
from pipeline.records import Mention
from pipeline.settings import gold_dir

PARTS = ("develop", "develop_2", "report", "report_2", "report_3", "report_4", "report_5", "unfamiliar", "unfamiliar_2")
Pair = tuple[AnnotatedText, AnnotatedMention, Mention]


def main() -> None:
    """Print the figures, and the differences when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--errors", action="store_true", help="list every difference")
    parser.add_argument("--model", help="a spaCy model whose entities take part in the vote")
    parser.add_argument("--without", action="append", default=[], help="leave a component of the pipeline out")
    parser.add_argument("--folder", type=Path, default=gold_dir() / "passages")
    args = parser.parse_args()
    nlp = load(args.model)
    passages = list(read_annotated_texts(args.folder / f"{args.part}.txt"))
    for part in args.without:
        nlp.remove_pipe(part)
    found = {p.id: [m for m in annotate(p.document(), nlp) if not is_species(m)] for p in passages}
    write(spans(passages, found))
    write(facts(passages, found))
    if args.errors:
        write(errors(passages, found))


def is_species(mention: Mention) -> bool:
    """Whether a mention names no more than mice or rats, which the passages do not mark."""
    return mention.method.startswith(f"rule:{SPECIES}@")


def write(lines: Iterable[str]) -> None:
    """Print lines."""
    sys.stdout.write("\n".join(lines) + "\n\n")


def spans(passages: list[AnnotatedText], found: dict[str, list[Mention]]) -> Iterable[str]:
    """Precision, recall and F1 per label, with boundaries exact (strict) and by overlap (type)."""
    gold = [LabelledSpan(p.id, m.start, m.end, m.label) for p in passages for m in p.marked]
    predicted = [LabelledSpan(p.id, m.start, m.end, m.label) for p in passages for m in found[p.id]]
    yield f"{'label':14}{'n':>5}{'P':>8}{'R':>8}{'F1':>8}{'F1 type':>9}"
    for label, figures in score_mentions(gold, predicted).items():
        strict, loose = figures["strict"], figures["type"]
        n = len(gold) if label == "all" else sum(s.label == label for s in gold)
        rates = (strict.precision, strict.recall, strict.f1, loose.f1)
        yield f"{label:14}{n:>5}" + "".join(f"{r:>8.3f}" if r is not None else f"{'-':>8}" for r in rates)


def pairs(passages: list[AnnotatedText], found: dict[str, list[Mention]]) -> list[Pair]:
    """Annotated and found mentions of the same range and label."""
    return [
        (passage, mark, mention)
        for passage in passages
        for mark in passage.marked
        for mention in found[passage.id]
        if (mark.start, mark.end, mark.label) == (mention.start, mention.end, mention.label)
    ]


def facts(passages: list[AnnotatedText], found: dict[str, list[Mention]]) -> Iterable[str]:
    """How often role, identifier and the rest are right, of mentions whose range and label are."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    unlinked: Counter[str] = Counter()
    for _, mark, mention in pairs(passages, found):
        for key, good in checks(mark, mention):
            total[key] += 1
            right[key] += good
        if mark.curie:
            unlinked[f"link {mark.label}"] += mention.curie is None
    yield f"{'fact':24}{'n':>5}{'right':>8}{'unlinked':>10}"
    for key in sorted(total):
        yield f"{key:24}{total[key]:>5}{right[key] / total[key]:>8.3f}" + (
            f"{unlinked[key]:>10}" if key.startswith("link") else ""
        )


def checks(mark: AnnotatedMention, mention: Mention) -> Iterable[tuple[str, bool]]:
    """Each fact that was annotated, and whether it was found."""
    if mark.role:
        yield f"role {mark.label}", mark.role == mention.role
    if mark.curie:
        yield f"link {mark.label}", mark.curie == mention.curie
    if mark.of and mention.size:
        yield "size coated/core", mark.of == mention.size.of
    if mark.name:
        yield f"name {mark.label}", mark.name.casefold() == mention.name.casefold()
    if mark.negated or mention.negated:
        yield "negated", mark.negated == mention.negated
    if mark.hypothetical or mention.hypothetical:
        yield "hypothetical", mark.hypothetical == mention.hypothetical


def errors(passages: list[AnnotatedText], found: dict[str, list[Mention]]) -> Iterable[str]:
    """Every missed, spurious and wrongly described mention."""
    for passage in passages:
        gold = {(m.start, m.end, m.label): m for m in passage.marked}
        seen = {(m.start, m.end, m.label): m for m in found[passage.id]}
        for key in sorted(gold.keys() | seen.keys()):
            around = passage.text[max(0, key[0] - 40) : key[1] + 40]
            what = f"{passage.id} {key[2]} {passage.text[key[0] : key[1]]!r}"
            if key not in seen:
                yield f"MISSED   {what}   ...{around}..."
            elif key not in gold:
                yield f"SPURIOUS {what} ({seen[key].method})   ...{around}..."
            else:
                wrong = [k for k, good in checks(gold[key], seen[key]) if not good]
                if wrong:
                    mention = seen[key]
                    stated = (mention.role, mention.curie, mention.name, mention.negated, mention.hypothetical)
                    yield f"WRONG    {what} {wrong}: {stated}, not {gold[key]}   ...{around}..."


if __name__ == "__main__":
    main()
