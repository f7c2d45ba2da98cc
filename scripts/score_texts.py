"""Score records on marked short texts (corpus/voices), by kind of text, field and author.

    python scripts/score_texts.py report        the voices that nobody learnt from or looked at
    python scripts/score_texts.py decide        those that choices were made on
    python scripts/score_texts.py learn         those that weights were learnt from
    python scripts/score_texts.py papers        whole papers (corpus/papers) by an author that nobody learnt from

A value is right when it is the record's in the normalised matching; what an author calls optional counts for nothing.
Intervals are 95 % by bootstrap over texts. Texts without a coat count by the records that they give: none is right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from train_roles import ROOT, VOICES, read_marked, split_of

from pipeline import ner, readers, relations
from pipeline.document import Document
from pipeline.evaluation.benchmark.rates import Counts, rate_of, summed
from pipeline.evaluation.matching import assign, collect
from pipeline.evaluation.voices import MarkedText, read_voice, study_key, wanted
from pipeline.records import FIELDS, Record

PAPERS: Final = ROOT / "corpus" / "papers"


@dataclass(slots=True)
class Outcome:
    """The outcome of a text: counts per field, records wanted and found, and whether one was given without a coat."""

    text: MarkedText
    fields: dict[str, Counts] = field(default_factory=dict)
    wanted: int = 0
    found: int = 0
    alarm: bool = False

    @property
    def all(self) -> Counts:
        """Counts over all fields."""
        return summed(self.fields.values())


def main() -> None:
    """Score a side of the split."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("side", choices=("learn", "decide", "fresh", "report", "papers"))
    parser.add_argument("--errors", action="store_true", help="list what is missed and what is wrong")
    args = parser.parse_args()
    texts = papers() if args.side == "papers" else voices(split_of(args.side))
    outcomes = [score(text, document, args.errors) for text, document in texts]
    sys.stdout.writelines(f"{line}\n" for line in table(outcomes))


def voices(names: Iterable[str]) -> Iterator[tuple[MarkedText, Document]]:
    """The marked texts of these voices, as they are read."""
    for name in names:
        for text in read_voice(VOICES / name):
            yield text, read_marked(text)


def papers() -> Iterator[tuple[MarkedText, Document]]:
    """The papers of corpus/papers, each with its records beside it.

    A paper with work of its own gives a record of that; what it says of others is left to their own papers.
    """
    for path in sorted(PAPERS.glob("*.md")):
        document = readers.read(path)
        records = tuple(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        own = tuple(record for record in records if record["ref"] is None)
        yield MarkedText(path.stem, "paper" if own else "review", document.text, (), own or records), document


def score(text: MarkedText, document: Document, errors: bool) -> Outcome:
    """Mine a text and hold its records against the author's."""
    mentions = ner.annotate(document)
    records = {record.study.key: record for record in relations.assemble(document, mentions)}
    outcome = Outcome(text, wanted=len(text.records), alarm=not text.records and bool(records))
    totals: dict[str, list[Counts]] = defaultdict(list)
    for one in text.records:
        record = records.get(study_key(one.get("ref"), document.references))
        outcome.found += record is not None
        for name, gold in wanted(one, mentions, text.id).items():
            found = collect(name, record.values(name)) if record else []
            pairs = assign(gold, found, "normalised")
            right = sum(not gold[g].optional for g, _ in pairs)
            totals[name].append((right, len(found) - (len(pairs) - right), sum(not g.optional for g in gold)))
            if errors:
                met, got = {g for g, _ in pairs}, {f for _, f in pairs}
                missed = [g.text for i, g in enumerate(gold) if not g.optional and i not in met]
                _list(text, name, missed, [f.best.text for i, f in enumerate(found) if i not in got])
    outcome.fields = {name: summed(some) for name, some in totals.items()}
    if errors and outcome.alarm:
        sys.stdout.write(f"{text.id}: a record without a coat: {[_coats(r) for r in records.values()]}\n")
    return outcome


def _coats(record: Record) -> list[str]:
    return [value.text for value in record.membranes]


def _list(text: MarkedText, name: str, missed: Sequence[str], wrong: Sequence[str]) -> None:
    if missed or wrong:
        sys.stdout.write(f"{text.id} {name}: missed {missed} wrong {wrong}\n")


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Figures by kind of text, by field, by voice and over all."""
    yield f"{'':16}{'texts':>6}{'values':>8}{'P':>7}{'R':>7}{'F1':>7}  interval"
    kinds = list(dict.fromkeys(o.text.kind for o in outcomes if o.text.records))
    for kind in kinds:
        yield _line(f"kind {kind}", [o for o in outcomes if o.text.kind == kind], lambda o: o.all)
    for name in FIELDS:
        yield _line(name, outcomes, lambda o, name=name: o.fields.get(name, (0, 0, 0)))
    for voice in dict.fromkeys(o.text.voice for o in outcomes):
        yield _line(f"voice {voice}", [o for o in outcomes if o.text.voice == voice], lambda o: o.all)
    yield _line("all", outcomes, lambda o: o.all)
    negatives = [o for o in outcomes if not o.text.records]
    yield (
        f"records: {sum(o.found for o in outcomes)} of {sum(o.wanted for o in outcomes)}; "
        f"{sum(o.alarm for o in negatives)} of {len(negatives)} texts without a coat give one"
    )


def _line(name: str, outcomes: Sequence[Outcome], of: Callable[[Outcome], Counts]) -> str:
    rate = rate_of([of(o) for o in outcomes if o.text.records])
    figures = "".join(f"{each or 0:7.3f}" for each in (rate.precision, rate.recall, rate.f1))
    between = rate.f1_interval
    spread = f"  {between.low:.3f}–{between.high:.3f}" if between else ""
    return f"{name:16}{rate.documents:6}{rate.wanted:8.0f}{figures}{spread}"


if __name__ == "__main__":
    main()
