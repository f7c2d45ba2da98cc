"""Train the two small models that tell which mentions of a paper are values of its record.

python scripts/train_judge.py             writes models/judge/weights.json
python scripts/train_judge.py --across    writes nothing; each group of papers is judged by models that learnt from the
                                          other groups: papers of other hands, as every new paper is

The papers are those of SETS: texts that this project wrote, with gold. A mention is evidence where its thing is gold
for the study that the sentence speaks of, unless the sentence says otherwise of it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline import ner, readers
from pipeline.document import Document
from pipeline.evaluation import Gold, GoldValue, load_gold
from pipeline.evaluation.matching import Found, assign, matches
from pipeline.records import FIELDS, FieldName
from pipeline.relations import judge
from pipeline.relations.assembly import findings
from pipeline.relations.consolidate import KindsOfLines, kinds_of_lines, weight
from pipeline.relations.findings import SELF, Finding, MentionIndex, Subject
from pipeline.relations.merge import Thing, as_value, judged, things
from pipeline.sentences import Range, sentence_at, sentences
from pipeline.settings import gold_dir

SETS: Final = ("sample", "dev", "train")
_CORPUS: Final = Path(__file__).resolve().parent.parent / "corpus"
_FOLDS: Final = 6
"""Parts in which the papers are taken so that the second model learns from scores that the first one did not know."""
_RARE: Final = 4
"""A trait in fewer papers than this is left out."""
_FIRST: Final = 0.05
_SECOND: Final = 1.0
"""Inverse strengths of regularisation; ``--across`` gives the same to 0.005 between 0.05 and 0.15, and 0.3 and 1."""
_SMALL: Final = 0.01
_CONTRARY: Final = frozenset(
    f"part={part}" for part in ("comparator", "absent", "donor_animal", "core_size", "description")
)
_OF_COATS: Final = re.compile(
    r"membran|coat|cloak|camoufl|wrap|ghost|vesicle|envelop|disguis|mimick|mimetic|shroud|hybrid|fus(?:ed|ion)|source"
    r"|donor|armou?r|decorat|shell",
    re.IGNORECASE,
)
"""Cells are evidence of a coat only in a sentence with such a word."""
_SECTIONS: Final = frozenset(
    f"at={place}" for place in ("introduction", "making", "methods", "results", "discussion", "conclusion")
)
Table = dict[str, float]


@dataclass(slots=True)
class Study:
    """One study of a paper: what prose says of it, and what is gold.

    Attributes:
        name: as in the gold set.
        kind: ``own`` in a source paper, else ``review``.
        covered: the gold values of each field that the gold set covers.
        findings: the mentions that may be values.
        labels: for each finding 1 if it is evidence, 0 if not, -1 where that is not known.
        kinds: which type of cell each line is.
    """

    name: str
    kind: str
    covered: Mapping[FieldName, Sequence[GoldValue]]
    findings: list[Finding]
    labels: list[int]
    kinds: KindsOfLines


Paper = list[Study]


def main() -> None:
    """Train, or measure across groups of papers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--across", action="store_true", help="print figures on papers of other hands; write nothing")
    args = parser.parse_args()
    papers = [paper for name in SETS for paper in read(name)]
    if args.across:
        sys.stdout.writelines(f"{line}\n" for line in across(papers))
        return
    path = judge.weights_file()
    path.write_text(json.dumps(fit(papers).model_dump(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(f"{path}: from {len(papers)} papers with {sum(map(len, papers))} studies\n")


def read(name: str) -> Iterator[Paper]:
    """The studies of each paper of a set."""
    gold = load_gold(gold_dir() / name)
    for path in sorted((_CORPUS / name).iterdir()):
        if studies := list(_studies(path, gold)):
            yield studies


def _studies(path: Path, gold: Gold) -> Iterator[Study]:
    document = readers.read(path)
    index = MentionIndex(ner.annotate(document))
    spans = sentences(document)
    by_key: dict[str, dict[tuple[str, str, str], Finding]] = defaultdict(dict)
    for finding in findings(document, index, ("text",)).values:
        key = finding.subject.study  # several formulations are one study of the gold set
        by_key[key].setdefault(
            (finding.mention.id, finding.mention.name, finding.place), replace(finding, subject=Subject(key))
        )
    for key, some in by_key.items():
        name = path.stem if key == SELF else f"{path.stem}/{key}"
        if name in gold.studies:
            covered = gold.studies[name]
            found = list(some.values())
            labels = [_label(document, spans, covered, finding) for finding in found]
            kind = "own" if key == SELF else "review"
            yield Study(name, kind, covered, found, labels, kinds_of_lines(document, index))


def _label(
    document: Document, spans: Sequence[Range], covered: Mapping[FieldName, Sequence[GoldValue]], finding: Finding
) -> int:
    if finding.field not in covered:
        return -1
    value = Found([as_value([finding])])
    if not any(matches(gold, value, "normalised") for gold in covered[finding.field]):
        return 0
    sentence = document.text[slice(*(sentence_at(spans, finding.mention.start) or (0, 0)))]
    told = finding.field != "membranes" or _OF_COATS.search(sentence)
    return 1 if told and _CONTRARY.isdisjoint(finding.traits) else -1


def fit(papers: Sequence[Paper]) -> judge.Weights:
    """The weights learnt from these papers."""
    mention = first(papers)
    rescored: list[Paper] = [[] for _ in papers]
    for held in parts(len(papers)):
        inner = first([paper for i, paper in enumerate(papers) if i not in held])
        for i in held:
            rescored[i] = [rescore(study, inner) for study in papers[i]]
    value: dict[str, dict[str, Table]] = {"own": {}, "review": {}}
    least: dict[str, Table] = {"own": {}, "review": {}}
    for kind, field in product(("own", "review"), FIELDS):
        studies = [s for paper in rescored for s in paper if s.kind == kind and field in s.covered]
        value[kind][field], least[kind][field] = second(studies, field)
    return judge.Weights(note="by scripts/train_judge.py; see README.md", mention=mention, value=value, least=least)


def parts(n: int) -> list[set[int]]:
    """The numbers below n in parts of about one size, mixed, always the same."""
    order = np.random.default_rng(1).permutation(n)
    return [set(order[i::_FOLDS].tolist()) for i in range(_FOLDS)]


def first(papers: Sequence[Paper]) -> dict[str, Table]:
    """The first model: per field, the weight of each trait of a mention."""
    weights = {}
    for field in FIELDS:
        rows: list[frozenset[str]] = []
        labels: list[int] = []
        seen: dict[str, set[int]] = defaultdict(set)
        for number, study in ((n, study) for n, paper in enumerate(papers) for study in paper):
            for finding, label in zip(study.findings, study.labels, strict=True):
                if finding.field == field and label >= 0:
                    for traits in _versions(finding):
                        rows.append(traits)
                        labels.append(label)
                    for trait in rows[-1] | rows[-2]:
                        seen[trait].add(number)
        kept = {trait for trait, where in seen.items() if len(where) >= _RARE and trait != "bias"}
        weights[field] = _logistic([dict.fromkeys(sorted(row & kept), 1.0) for row in rows], labels, _FIRST / 2)[0]
    return weights


def _versions(finding: Finding) -> Iterator[frozenset[str]]:
    """A mention's traits, and those it has where the reader could not tell sections apart."""
    traits = frozenset(finding.traits)
    yield traits
    named = {trait for trait in traits if trait.split(" & ")[0] in _SECTIONS}
    yield (traits - named) | {re.sub("^at=[a-z]+", "at=body", trait) for trait in named}


def rescore(study: Study, mention: Mapping[str, Table]) -> Study:
    """The study with its findings scored anew."""

    def score(finding: Finding) -> float:
        total = sum(mention[finding.field].get(trait, 0.0) for trait in finding.traits)
        return round(judge.sigmoid(total) * finding.mention.score, 4)

    return replace(study, findings=[replace(finding, score=score(finding)) for finding in study.findings])


def second(studies: Sequence[Study], field: FieldName) -> tuple[Table, float]:
    """The second model: the weight of each sign of a thing, and the probability that gives the best F1."""
    rows: list[dict[str, float]] = []
    labels: list[int] = []
    missed = 0
    for study in studies:
        some = things(study.findings, field, study.kinds)
        right = _right(study.covered[field], some)
        rows += [signs for _, signs in some]
        labels += right
        missed += len(study.covered[field]) - sum(right)
    weights, probabilities = _logistic(rows, labels, _SECOND)
    return weights, _best(probabilities, np.array(labels), missed)


def _logistic(rows: Sequence[Mapping[str, float]], labels: Sequence[int], c: float) -> tuple[Table, Any]:
    """Weights of a logistic regression, the constant as "bias", and its probabilities for these rows."""
    vectors = DictVectorizer()
    x = vectors.fit_transform([{key: amount for key, amount in row.items() if key != "bias"} for row in [*rows, {}]])
    model = LogisticRegression(C=c, max_iter=5000).fit(x, [*labels, 0])  # what shows nothing is nothing
    named = zip(vectors.get_feature_names_out(), model.coef_[0], strict=True)
    weights = {"bias": float(model.intercept_[0])} | {key: float(w) for key, w in named if abs(w) >= _SMALL}
    return {key: round(w, 3) for key, w in weights.items()}, model.predict_proba(x)[:-1, 1]


def _right(wanted: Sequence[GoldValue], some: Sequence[Thing]) -> list[int]:
    """For each thing 1 if it is gold, each gold value once: of several that are one, the thing that weighs most."""
    order = sorted(range(len(some)), key=lambda index: -weight(some[index][0]))
    found = [Found([as_value(some[index][0])]) for index in order]
    met = {order[index] for _, index in assign(wanted, found, "normalised")}
    return [int(index in met) for index in range(len(some))]


def _best(probabilities: Any, labels: Any, missed: int) -> float:
    """Of the thresholds with about the best F1, the one nearest to that of a calibrated score."""
    total = labels.sum() + missed
    grid = np.linspace(0.25, 0.65, 41)
    given = probabilities[None, :] >= grid[:, None]
    f1 = 2 * (labels * given).sum(axis=1) / np.maximum(given.sum(axis=1) + total, 1)
    good = grid[f1 >= f1.max() - 0.005]
    return round(float(good[np.argmin(abs(good - 0.45))]), 2)


def across(papers: Sequence[Paper]) -> Iterator[str]:
    """Precision, recall and F1 by kind and field, and the recall that is possible with the mentions there are."""
    groups = [_hand(paper) for paper in papers]
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for hand in sorted(set(groups)):
        weights = fit([paper for paper, group in zip(papers, groups, strict=True) if group != hand])
        for study in (s for paper, group in zip(papers, groups, strict=True) if group == hand for s in paper):
            fresh = rescore(study, weights.mention)
            for field, wanted in study.covered.items():
                some = things(fresh.findings, field, fresh.kinds)
                verdicts = judged(some, field, weights)
                given = [thing for thing, (_, yes) in zip(some, verdicts, strict=True) if yes]
                counts[study.kind, field] += Counter(
                    found=len(given), right=sum(_right(wanted, given)), possible=sum(_right(wanted, some)),
                    wanted=len(wanted),
                )  # fmt: skip
    yield f"{len(papers)} papers of {len(set(groups))} hands, {sum(map(len, papers))} studies"
    for kind in ("own", "review"):
        for field in FIELDS:
            yield _line(kind, field, counts[kind, field])
        yield _line(kind, "micro", sum((counts[kind, field] for field in FIELDS), Counter()))


def _hand(paper: Paper) -> str:
    """Who wrote a paper: the prefix of its name, where it has one of two letters."""
    name = paper[0].name
    return name[:2] if name[2] == "-" else ""


def _line(kind: str, name: str, count: Mapping[str, int]) -> str:
    precision, recall = count["right"] / max(count["found"], 1), count["right"] / max(count["wanted"], 1)
    f1 = 2 * count["right"] / max(count["found"] + count["wanted"], 1)
    possible = count["possible"] / max(count["wanted"], 1)
    return (
        f"{kind:8}{name:15}{count['wanted']:5}  P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  possible {possible:.3f}"
    )


if __name__ == "__main__":
    main()
