"""Learn what makes records: the role tagger (models/roles/tagger.json), the value scorer (models/scorer/weights.json).

    python scripts/train_scorer.py             learn from all authors that stand on the side to learn from
    python scripts/train_scorer.py --across    print figures on authors that were left out in turn; write nothing
    python scripts/train_scorer.py --decide    learn, and print figures on the voices to decide on; write nothing

The scorer learns from supports that the tagger gives to authors it has not learnt from, and from each paper whole, as
title and abstract, and as single sections.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from scipy.optimize import minimize
from train_roles import (
    ROOT,
    SETS,
    VOICES,
    Example,
    elsewhere,
    examples_of,
    fit,
    load_rules_once,
    marked_role,
    paper_role,
    read_marked,
    say,
    split_of,
)

from pipeline import ner, readers
from pipeline.document import Document
from pipeline.evaluation import GoldValue, load_gold
from pipeline.evaluation.matching import FoundValue, assign
from pipeline.evaluation.voices import Mark, placed, read_voice, study_key, wanted
from pipeline.ner.roles import observations
from pipeline.records import FIELDS, FieldName, Mention
from pipeline.relations import scorer
from pipeline.relations.assembly import parts_of
from pipeline.relations.attribution import Attribution
from pipeline.relations.consolidate import KindsOfLines, kinds_of_lines, weight
from pipeline.relations.evidence import SELF, Evidence, MentionIndex, Subject
from pipeline.relations.merge import CandidateGroup, as_value, candidates, has_coat, kind_of, scored
from pipeline.relations.prose import from_prose
from pipeline.roles import Observed, Tagger, TaggerWeights
from pipeline.sections import section_of
from pipeline.sentences import sentences
from pipeline.settings import gold_dir

_FOLDS: Final = 5
_SPREAD: Final = 0.3
"""Inverse strength of the regularisation of the value scorer."""
Fields = Mapping[FieldName, Sequence[GoldValue]]


@dataclass(slots=True)
class Text:
    """A text to learn from.

    Attributes:
        author: who wrote it.
        kind: voice or paper.
        document: the text.
        mentions: its names.
        studies: what is gold of each study, by its key.
        marks: the marked names; empty in a paper.
        examples: its names as examples of roles.
        seen: what the tagger sees of its sentences, once it was asked.
    """

    author: str
    kind: str
    document: Document
    mentions: list[Mention]
    studies: Mapping[str, Fields]
    marks: Sequence[Mark] = ()
    examples: list[Example] = field(default_factory=list)
    seen: list[Observed[Mention]] = field(default_factory=list)


def main() -> None:
    """Learn, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--across", action="store_true", help="print figures on authors left out in turn")
    parser.add_argument("--decide", action="store_true", help="print figures on the voices to decide on")
    args = parser.parse_args()
    texts = [*of_voices(split_of("learn")), *of_papers(SETS)]
    texts += of_other_texts()
    if args.across:
        say(across(texts))
    elif args.decide:
        say(figures(list(of_voices(split_of("decide"))), *learn(texts)))
    else:
        tagger, values = learn(texts)
        _write(ROOT / "models" / "roles" / "tagger.json", tagger.model_dump())
        _write(ROOT / "models" / "scorer" / "weights.json", values.model_dump())
        say([f"learnt from {len(texts)} texts of {len({t.author for t in texts})} authors"])


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=0, sort_keys=True) + "\n", encoding="utf-8")


# --- what there is to learn from -------------------------------------------------------------------------------------


def of_voices(voices: Iterable[str]) -> Iterator[Text]:
    """The marked texts of these voices."""
    for voice in voices:
        for text in read_voice(VOICES / voice):
            document = read_marked(text)
            marks = placed(text.marks, text.text, document.text)
            mentions = ner.annotate(document)
            keys = [study_key(r.get("ref"), document.references) for r in text.records]
            studies = {k: wanted(r, mentions, text.id) for k, r in zip(keys, text.records, strict=True)}
            examples = list(examples_of(document, mentions, "voice", f"voice {voice}", marked_role(marks)))
            yield Text(f"voice {voice}", "voice", document, mentions, studies, marks, examples)


def of_papers(sets: Iterable[str]) -> Iterator[Text]:
    """The papers of these sets."""
    for name in sets:
        gold = load_gold(gold_dir() / name)
        for path in sorted((ROOT / "corpus" / name).iterdir()):
            mine = {
                study.partition("/")[2] or SELF: f
                for study, f in gold.studies.items()
                if study.partition("/")[0] == path.stem
            }
            if mine:
                document = readers.read(path)
                mentions = ner.annotate(document)
                author = f"{name} {path.stem[:2] if path.stem[2:3] == '-' else ''}"
                examples = list(examples_of(document, mentions, "paper", author, paper_role(list(mine.values()))))
                yield Text(author, "paper", document, mentions, mine, (), examples)


def of_other_texts() -> Iterator[Text]:
    """Texts on other subjects: none tells of a coat."""
    for number, document in enumerate(elsewhere()):
        mentions = ner.annotate(document)
        author = f"elsewhere {number % _FOLDS}"
        examples = list(examples_of(document, mentions, "elsewhere", author, lambda *_: (0, None)))
        yield Text(author, "elsewhere", document, mentions, {}, (), examples)


# --- learning --------------------------------------------------------------------------------------------------------


def learn(texts: Sequence[Text]) -> tuple[TaggerWeights, scorer.ScorerWeights]:
    """The tagger learnt from all texts, and the scorer from what taggers say of authors that they have not seen."""
    tagger = fit([e for t in texts for e in t.examples])
    own = fit_own([replace(t, mentions=rate(t, tagger)) for t in texts if t.kind != "elsewhere"])
    seen: list[Study] = []
    for held in folds(texts):
        unseen = fit([e for t in texts if t.author not in held for e in t.examples])
        seen += [study for t in texts if t.author in held for study in studies_of(t, unseen, own, versions=True)]
    values = {
        kind: {name: fit_values([s for s in seen if s.kind == kind], name) for name in FIELDS}
        for kind in ("own", "cited")
    }
    draft = scorer.ScorerWeights(note="by scripts/train_scorer.py; see README.md", own=own, record={}, value=values)
    return tagger, draft.model_copy(update={"record": fit_record(seen, draft)})


def fit_record(studies: Sequence[Study], weights: scorer.ScorerWeights) -> dict[str, float]:
    """The weight of each feature by which a study is told of with a coat: gold studies against texts without one."""
    rows, labels = [], []
    for study in studies:
        likely = {
            name: tuple(zip((g for g, _ in some), scored(some, name, weights), strict=True))
            for name in ("membranes", "cores", "drugs")
            if (some := candidates(study.evidence, name, study.kinds)) or True
        }
        cores, drugs = ([p for _, p in likely[name]] for name in ("cores", "drugs"))
        rows.append(scorer.record_features(likely["membranes"], cores, drugs, study.others))
        labels.append(int(bool(study.gold.get("membranes"))))
    names = sorted({feature for row in rows for feature in row})
    x = np.array([[row.get(n, 0.0) for n in names] for row in rows])
    return bounded(x, np.array(labels, float), np.array([study.counts for study in studies]), names)


def folds(texts: Sequence[Text]) -> list[set[str]]:
    """The authors in parts that have about as many of each kind of text, always the same."""
    parts: list[set[str]] = [set() for _ in range(_FOLDS)]
    at = 0
    for kind in ("voice", "paper", "elsewhere"):
        authors = sorted({t.author for t in texts if t.kind == kind})
        for number in np.random.default_rng(1).permutation(len(authors)):
            parts[at % _FOLDS].add(authors[number])
            at += 1
    return parts


def fit_own(texts: Sequence[Text]) -> dict[str, float]:
    """The weight of each sign that a sentence speaks of the paper's own work."""
    from train_roles import logistic

    rows: list[dict[str, float]] = []
    labels: list[int] = []
    weights: list[float] = []
    for text in texts:
        attribution = Attribution(text.document, MentionIndex(text.mentions), {})
        for statement, cites, features in attribution.features():
            label = _own(text, statement.start, statement.end, cites)
            if label is not None:
                rows.append(dict.fromkeys((s for s in features if s != "bias"), 1.0))
                labels.append(label)
                weights.append(1.0 if text.kind == "voice" else 0.1)
    return logistic(rows, labels, weights, 1.0)[1]


def _own(text: Text, start: int, end: int, cites: int) -> int | None:
    """Whether a sentence speaks of the paper's own work; None where that is not known."""
    if text.kind == "voice":
        studies = {m.study for m in text.marks if start <= m.start and m.end <= end} - {"-"}
        if studies:
            return int(SELF in studies)
        return None if SELF in text.studies or not text.studies else 0
    if SELF in text.studies:
        return 1 if cites == 0 else None
    return 0


@dataclass(slots=True)
class Study:
    """What prose says of a study, and what is gold.

    ``counts`` is its weight, which the parts of a paper share; ``others`` how many other studies of the document have a
    coat.
    """

    author: str
    kind: str
    gold: Fields
    evidence: list[Evidence]
    kinds: KindsOfLines
    counts: float = 1.0
    others: int = 0


def studies_of(text: Text, tagger: TaggerWeights, own: Mapping[str, float], *, versions: bool) -> Iterator[Study]:
    """The studies of a text, with evidence by these weights; of a paper also those of its parts."""
    rated = rate(text, tagger)
    parts = [(text.document, rated)]
    if versions and text.kind == "paper":
        parts = list(_versions(text.document, rated))
    for document, mentions in parts:
        index = MentionIndex(mentions)
        by_key: dict[str, list[Evidence]] = defaultdict(list)
        found = from_prose(document, index, [], Attribution(document, index, own))
        for evidence in (part for one in found.values for part in parts_of(one)):
            by_key[evidence.subject.study].append(evidence)
        kinds = kinds_of_lines(document, index)
        coated = {key for key, some in by_key.items() if has_coat(some)}
        counts = 1.0 if document is text.document else 0.5 / len(parts)
        for key, gold in text.studies.items():
            if by_key.get(key):
                yield Study(text.author, kind_of(Subject(key)), gold, by_key[key], kinds, counts, len(coated - {key}))
        if not text.studies:
            for key, some in by_key.items():
                yield Study(text.author, kind_of(Subject(key)), {}, some, kinds, counts, len(coated - {key}))


def _versions(document: Document, mentions: Sequence[Mention]) -> Iterator[tuple[Document, list[Mention]]]:
    """A paper whole, as title and abstract, and as single sections."""
    yield document, list(mentions)
    parts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for block in document.blocks:
        section = section_of(block)
        name = "head" if section in ("title", "abstract", "keywords") else (block.section[0] if block.section else "")
        if name:
            parts[name].append((block.start, block.end))
    for ranges in parts.values():
        some = [m for m in mentions if any(a <= m.start and m.end <= b for a, b in ranges)]
        if len(some) > 3:
            kept = tuple(b for b in document.blocks if any(a <= b.start and b.end <= c for a, c in ranges))
            part = document.model_copy(update={"blocks": kept})
            part.__dict__.pop("_block_starts", None)  # a copy takes cached properties along
            yield part, some


def rate(text: Text, weights: TaggerWeights) -> list[Mention]:
    """The mentions of a text with the roles and supports that these weights give."""
    tagger = Tagger(load_rules_once(), weights)
    found = [m for m in text.mentions if "column" in m.because]
    if not text.seen:
        prose = [m for m in text.mentions if "column" not in m.because]
        text.seen.extend(observations(text.document.text, text.document, sentences(text.document), prose, tagger))
    for seen in text.seen:
        for mention, verdict in tagger.verdicts(seen):
            size = mention.size
            if size is not None and verdict.role in ("coated", "core_size"):
                size = size.model_copy(update={"of": "core" if verdict.role == "core_size" else "coated"})
            found.append(mention.model_copy(update={**asdict(verdict), "size": size}))
    return found


def fit_values(studies: Sequence[Study], name: FieldName) -> dict[str, float]:
    """The weight of each feature of a candidate of a field, within the bounds of :mod:`pipeline.relations.scorer`."""
    rows: list[dict[str, float]] = []
    labels: list[int] = []
    counts: list[float] = []
    for study in studies:
        if name in study.gold:
            some = candidates(study.evidence, name, study.kinds)
            right, spare = _right(study.gold[name], some)
            for (_, features), good, optional in zip(some, right, spare, strict=True):
                if good or not optional:
                    rows.append(features)
                    labels.append(int(good))
                    counts.append(study.counts)
    names = sorted({feature for row in rows for feature in row})
    x = np.array([[row.get(n, 0.0) for n in names] for row in rows]) if rows else np.zeros((0, 0))
    return bounded(x, np.array(labels, float), np.array(counts), names)


def bounded(x: np.ndarray, y: np.ndarray, counts: np.ndarray, names: Sequence[str]) -> dict[str, float]:
    """A logistic regression with weights within bounds, by L-BFGS-B."""
    if not len(y) or len(set(y.tolist())) < 2:
        return {"bias": -2.0}
    penalty = np.array([0.0 if n == "bias" else 0.5 / _SPREAD for n in names])
    limits = [(None, None) if n in scorer.FREE else (None, 0.0) if n in scorer.AGAINST else (0.0, None) for n in names]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ w
        p = 1.0 / (1.0 + np.exp(-np.clip(z, -30, 30)))
        value = float(np.sum(counts * (np.logaddexp(0.0, z) - y * z)) + np.sum(penalty * w * w))
        return value, x.T @ (counts * (p - y)) + 2 * penalty * w

    best = minimize(loss, np.zeros(len(names)), jac=True, bounds=limits, method="L-BFGS-B", options={"maxiter": 500})
    return {n: round(float(w), 3) for n, w in zip(names, best.x, strict=True) if abs(w) >= 0.005 or n == "bias"}


def _right(gold: Sequence[GoldValue], some: Sequence[CandidateGroup]) -> tuple[list[bool], list[bool]]:
    """For each candidate whether it is gold, each gold value once, and whether it may be given or not."""
    order = sorted(range(len(some)), key=lambda index: -weight(some[index][0]))
    found = [FoundValue([as_value(some[index][0])]) for index in order]
    met = {order[f]: g for g, f in assign(gold, found, "normalised")}
    return (
        [i in met and not gold[met[i]].optional for i in range(len(some))],
        [i in met and gold[met[i]].optional for i in range(len(some))],
    )


# --- measuring -------------------------------------------------------------------------------------------------------


def across(texts: Sequence[Text]) -> Iterator[str]:
    """Figures on authors that were left out in turn, by groups of authors."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for held in folds(texts):
        weights = learn([t for t in texts if t.author not in held])
        count([t for t in texts if t.author in held], *weights, counts)
    yield from _table(counts)


def figures(texts: Sequence[Text], tagger: TaggerWeights, values: scorer.ScorerWeights) -> Iterator[str]:
    """Figures on these texts."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    count(texts, tagger, values, counts)
    yield from _table(counts)


def count(
    texts: Sequence[Text],
    tagger: TaggerWeights,
    values: scorer.ScorerWeights,
    counts: dict[tuple[str, str], Counter[str]],
) -> None:
    """Add what is found, right and wanted in these texts, by kind of study and field."""
    for text in texts:
        for study in studies_of(text, tagger, values.own, versions=False):
            if text.studies:
                for name, gold in study.gold.items():
                    some = candidates(study.evidence, name, study.kinds)
                    given = [c for c, p in zip(some, scored(some, name, values), strict=True) if p >= scorer.GIVEN]
                    right, spare = _right(gold, given)
                    must = [g for g in gold if not g.optional]
                    possible, _ = _right(gold, some)
                    counts[f"{text.kind} {study.kind}", name] += Counter(
                        found=len(given) - sum(spare), right=sum(right), wanted=len(must), possible=sum(possible)
                    )


def _table(counts: Mapping[tuple[str, str], Counter[str]]) -> Iterator[str]:
    for kind in sorted({kind for kind, _ in counts}):
        for name in FIELDS:
            yield _line(kind, name, counts.get((kind, name), Counter()))
        yield _line(kind, "micro", sum((c for (k, _), c in counts.items() if k == kind), Counter()))


def _line(kind: str, name: str, c: Mapping[str, int]) -> str:
    precision, recall = c["right"] / max(c["found"], 1), c["right"] / max(c["wanted"], 1)
    f1 = 2 * c["right"] / max(c["found"] + c["wanted"], 1)
    return (
        f"{kind:14}{name:15}{c['wanted']:5}  P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}"
        f"  possible {c['possible'] / max(c['wanted'], 1):.3f}"
    )


if __name__ == "__main__":
    main()
