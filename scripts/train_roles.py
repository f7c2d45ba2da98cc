"""How the role tagger learns from marked texts, papers with gold and texts on other subjects (see train_scorer.py).

Marked texts (corpus/voices) say the role of every name. Papers with gold (corpus/sample, dev, train) say of a name
whether it is a value of the record. Texts on other subjects (../shared/data, where it is there) hold no coat, no
cargo and no core.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline import readers
from pipeline.document import Document
from pipeline.evaluation import GoldValue
from pipeline.evaluation.matching import FoundValue, matches
from pipeline.evaluation.voices import Mark, MarkedText
from pipeline.ner.roles import surroundings
from pipeline.records import BEARING, FIELD_OF, CoreValue, FieldName, Mention, Role, SizeValue, Value
from pipeline.roles import GROUP, Features, RuleSet, TaggerWeights, load_rules
from pipeline.sections import opening_of
from pipeline.sentences import sentence_at, sentences

ROOT: Final = Path(__file__).resolve().parent.parent
VOICES: Final = ROOT / "corpus" / "voices"
SETS: Final = ("sample", "dev", "train")
_SHARED: Final = ROOT.parent / "shared"
_OTHER_TEXTS: Final = 300
"""Abstracts of each corpus on other subjects to learn from."""
_ARTICLES: Final = 20
_STRENGTH: Final = 0.2
"""Inverse strength of regularisation."""
_RARE: Final = 3
"""A feature of fewer names than this is left out."""
_SMALL: Final = 0.01
_WEIGHT: Final = {"voice": 1.0, "paper": 0.1, "elsewhere": 0.25}
"""What an example counts by its kind: long papers say the same again and again."""
_ROLES: Final[Mapping[str, Role]] = {"none": "unknown", "template": "unknown", "negated": "unknown"}
_UNSAID: Final = frozenset({"DISEASE", "MODALITY", "ANIMAL"})
"""Groups of which texts on other subjects say nothing: their diseases are treated too."""


@dataclass(slots=True)
class Example:
    """A name in its sentence.

    Attributes:
        group: the labels that share a model.
        features: what is seen of it.
        bears: 1 if it plays the part that makes it a value, else 0; -1 where that is not known.
        role: its role; None where that is not known.
        kind: voice, paper or elsewhere.
        author: who wrote the text.
    """

    group: str
    features: tuple[str, ...]
    bears: int
    role: Role | None
    kind: str
    author: str


def say(lines: Iterable[str]) -> None:
    """Print lines."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def split_of(side: str) -> list[str]:
    """The voices that stand on a side of the split."""
    return list(tomllib.loads((VOICES / "splits.toml").read_text(encoding="utf-8"))[side])


def read_marked(text: MarkedText) -> Document:
    """The document that a reader makes of a marked text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{text.id}.txt"
        path.write_text(text.text, encoding="utf-8")
        return readers.read(path)


Labeller = Callable[[Mention, str, Sequence[str]], tuple[int, Role | None]]
"""Says of a mention, its group and its features whether it bears a value (-1: not known) and its role."""


def examples_of(
    document: Document, mentions: Iterable[Mention], kind: str, author: str, label: Labeller
) -> Iterator[Example]:
    """The names of a document as examples."""
    for mention, group, row in seen(document, mentions, load_rules_once()):
        bears, role = label(mention, group, row)
        if bears >= 0 and not (kind == "elsewhere" and group in _UNSAID):
            yield Example(group, row, bears, role, kind, author)


def marked_role(marks: Sequence[Mark]) -> Labeller:
    """Judges by the mark over a mention; one without a mark plays no part."""

    def label(mention: Mention, group: str, row: Sequence[str]) -> tuple[int, Role | None]:
        del row
        role = _marked(mention, group, marks)
        return int(role == BEARING[mention.label]), role

    return label


def paper_role(studies: Sequence[Mapping[FieldName, Sequence[GoldValue]]]) -> Labeller:
    """Judges by a paper's gold values: what is the same thing as one of them bears it."""

    def label(mention: Mention, group: str, row: Sequence[str]) -> tuple[int, Role | None]:
        del group
        field = FIELD_OF[mention.label]
        if not any(field in fields for fields in studies):
            return -1, None
        values = [value for fields in studies for value in fields.get(field, ())]
        bears = any(matches(value, FoundValue([as_value(mention)]), "normalised") for value in values)
        if bears and _contrary(row, mention):
            return -1, None
        return int(bears), BEARING[mention.label] if bears else None

    return label


def _marked(mention: Mention, group: str, marks: Sequence[Mark]) -> Role:
    """The role of the mark over a mention; of none where no mark is over it."""
    for mark in marks:
        if mark.start < mention.end and mention.start < mark.end and GROUP.get(mark.label) == group:  # type: ignore[call-overload]
            role = _ROLES.get(mark.role, mark.role)
            return "unknown" if mention.label == "SIZE" and role == "comparator" else role  # type: ignore[return-value]
    return "unknown"


def _contrary(row: Sequence[str], mention: Mention) -> bool:
    """Whether a sentence that names a value's thing speaks of something else: the line on which it is tried."""
    says = {feature.removeprefix("says=") for feature in row if feature.startswith("says=")}
    if mention.label in ("CELL_LINE", "CELL_TYPE"):
        return "membrane_source" not in says and "S=membrane" not in row and "S=coat" not in row
    return bool(says - {"nothing", "negated", "hypothetical", BEARING[mention.label]})


def elsewhere() -> Iterator[Document]:
    """Documents on other subjects: abstracts of BioRED and BC5CDR, articles of CRAFT, papers on drug carriers.

    None where ../shared is absent.
    """
    seen_before: set[str] = set()
    for corpus in ("biored", "bc5cdr"):
        path = _SHARED / "data" / corpus / "train.pubtator"
        for number, document in islice(pubtator(path) if path.exists() else (), _OTHER_TEXTS):
            if number not in seen_before:
                seen_before.add(number)
                yield document
    for path in sorted((_SHARED / "data" / "craft" / "articles").rglob("*.txt"))[:_ARTICLES]:
        yield readers.read(path)
    for path in sorted((_SHARED / "corpus" / "papers_md").glob("*.md")):
        yield readers.read(path)


def pubtator(path: Path) -> Iterator[tuple[str, Document]]:
    """The abstracts of a file in PubTator's format, with their PubMed identifiers."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line.split("|", 2) for line in block.splitlines() if line.count("|") >= 2]
        texts = [text for _, kind, text in lines if kind in ("t", "a")]
        if len(texts) == 2:
            yield lines[0][0], read_marked(MarkedText(lines[0][0], "negative", "\n\n".join(texts), (), ()))


def seen(
    document: Document, mentions: Iterable[Mention], rules: RuleSet
) -> Iterator[tuple[Mention, str, tuple[str, ...]]]:
    """Every outermost mention of a document's prose with the group of its label and its features."""
    features = _features(rules)
    opening = opening_of(document)
    spans = sentences(document)
    by_sentence: dict[tuple[int, int], list[Mention]] = defaultdict(list)
    for mention in mentions:
        block = document.block_at(mention.start)
        where = sentence_at(spans, mention.start)
        if where is not None and block is not None and block.kind != "table":
            by_sentence[where].append(mention)
    for (start, end), some in by_sentence.items():
        block = document.block_at(start)
        about = surroundings(block, opening, _features(rules))
        tagged = rules.tagged(document.text, start, max(end, *(m.end for m in some)), some)
        votes = rules.votes(tagged)
        for mention, row in zip(tagged.names, features.of_sentence(tagged, votes, about), strict=True):
            yield mention, GROUP[mention.label], row


@cache
def load_rules_once() -> RuleSet:
    """The shipped rules."""
    return load_rules()


@cache
def _features(rules: RuleSet) -> Features:
    return Features(rules)


def as_value(mention: Mention) -> Value:
    """The value that a mention alone would make."""
    common: dict[str, Any] = {
        "text": mention.text, "name": mention.name, "curie": mention.curie, "score": mention.score, "channel": "text",
        "evidence": (mention.id,),
    }  # fmt: skip
    if mention.size is not None:
        return SizeValue(**common, value=mention.size.value, unit=mention.size.unit, of="coated")
    if mention.core is not None:
        core = mention.core
        return CoreValue(**common, materials=core.materials, structure=core.structure, form=core.form)
    return Value(**common)


def fit(examples: Sequence[Example]) -> TaggerWeights:
    """The weights learnt from these examples."""
    support: dict[str, dict[str, float]] = {}
    other: dict[str, dict[str, dict[str, float]]] = {}
    for group in sorted(set(GROUP.values())):
        mine = [e for e in examples if e.group == group]
        kept = _kept(mine)
        rows = [_row(e, kept) for e in mine]
        support[group] = logistic(rows, [e.bears for e in mine], [_WEIGHT[e.kind] for e in mine], _STRENGTH)[1]
        marked = [e for e in mine if e.role is not None and not e.bears and e.kind == "voice"]
        roles = Counter(e.role for e in marked)
        marked = [e for e in marked if roles[e.role] >= _RARE]
        if len({e.role for e in marked}) > 1:
            rows = [_row(e, kept) for e in marked]
            other[group] = logistic(rows, [str(e.role) for e in marked], [1.0] * len(marked), _STRENGTH)
        elif marked:
            other[group] = {str(marked[0].role): {}}
    return TaggerWeights(note="by scripts/train_roles.py; see README.md", support=support, other=other)


def _kept(examples: Sequence[Example]) -> frozenset[str]:
    seen_in: dict[str, set[int]] = defaultdict(set)
    for number, example in enumerate(examples):
        for feature in example.features:
            seen_in[feature].add(number)
    return frozenset(feature for feature, where in seen_in.items() if len(where) >= _RARE and feature != "bias")


def _row(example: Example, kept: frozenset[str]) -> dict[str, float]:
    return {feature: 1.0 for feature in example.features if feature in kept}


def logistic(
    rows: Sequence[Mapping[str, float]], labels: Sequence[Any], weights: Sequence[float], strength: float
) -> dict[Any, dict[str, float]]:
    """Per label the weights of a logistic regression, the constant as "bias"."""
    vectors = DictVectorizer()
    x = vectors.fit_transform(rows)
    model = LogisticRegression(C=strength, max_iter=3000).fit(x, labels, sample_weight=weights)
    names = vectors.get_feature_names_out()
    found: dict[Any, dict[str, float]] = {}
    lines = (
        [(model.classes_[1], model.coef_[0], model.intercept_[0])]
        if len(model.classes_) == 2
        else list(zip(model.classes_, model.coef_, model.intercept_, strict=True))
    )
    for label, coefficients, constant in lines:
        table = {"bias": round(float(constant), 3)}
        table |= {n: round(float(w), 3) for n, w in zip(names, coefficients, strict=True) if abs(w) >= _SMALL}
        found[label.item() if hasattr(label, "item") else label] = table
    if len(model.classes_) == 2:
        found.setdefault(model.classes_[0].item() if hasattr(model.classes_[0], "item") else model.classes_[0], {})
    return found
