"""Learn the role tagger (models/roles/tagger.json) from marked texts, papers with gold and texts on other subjects.

    python scripts/train_roles.py             learn and write the weights
    python scripts/train_roles.py --measure   learn without the voices to decide on, and print figures on them

Marked texts (corpus/voices) say the role of every name. Papers with gold (corpus/sample, dev, train) say of a name
whether it is a value of the record. Texts on other subjects (../shared/data, where it is there) hold no coat, no
cargo and no core.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline import ner, readers
from pipeline.document import Document
from pipeline.evaluation import load_gold
from pipeline.evaluation.matching import Found, matches
from pipeline.evaluation.voices import MarkedText, Mark, placed, read_voice
from pipeline.records import BEARING, FIELD_OF, CoreValue, Mention, Role, SizeValue, Value
from pipeline.roles import GROUP, Features, RuleSet, Weights, load_rules, roles_dir, sigmoid, tag
from pipeline.sections import opening_of, section_of
from pipeline.sentences import sentence_at, sentences
from pipeline.settings import gold_dir

ROOT: Final = Path(__file__).resolve().parent.parent
VOICES: Final = ROOT / "corpus" / "voices"
SETS: Final = ("sample", "dev", "train")
_ELSEWHERE: Final = ROOT.parent / "shared" / "data"
_OTHER_TEXTS: Final = 250
"""Abstracts on other subjects to learn from."""
_STRENGTH: Final = 0.03
"""Inverse strength of regularisation."""
_RARE: Final = 3
"""A feature of fewer names than this is left out."""
_SMALL: Final = 0.01
_WEIGHT: Final = {"voice": 1.0, "paper": 0.25, "elsewhere": 0.25}
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


def main() -> None:
    """Learn, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", action="store_true", help="print figures on the voices to decide on")
    args = parser.parse_args()
    rules = load_rules()
    learn, decide = split_of("learn"), split_of("decide")
    examples = [*of_voices(learn, rules), *of_papers(SETS, rules), *of_other_texts(rules)]
    if args.measure:
        say(measure(fit(examples), list(of_voices(decide, rules))))
        return
    path = roles_dir() / "tagger.json"
    path.write_text(json.dumps(fit(examples).model_dump(), indent=0, sort_keys=True) + "\n", encoding="utf-8")
    say([f"{path.relative_to(ROOT)}: from {len(examples)} names", str(Counter(e.kind for e in examples))])


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


def of_voices(voices: Iterable[str], rules: RuleSet) -> Iterator[Example]:
    """Every name that recognition finds in the marked texts of these voices, with the role that its mark says."""
    for voice in voices:
        for text in read_voice(VOICES / voice):
            document = read_marked(text)
            marks = placed(text.marks, text.text, document.text)
            for mention, group, row in seen(document, rules):
                role = _marked(mention, group, marks)
                bears = int(role == BEARING[mention.label])
                yield Example(group, row, bears, role, "voice", f"voice {voice}")


def _marked(mention: Mention, group: str, marks: Sequence[Mark]) -> Role:
    """The role of the mark over a mention; of none where no mark is over it."""
    for mark in marks:
        if mark.start < mention.end and mention.start < mark.end and GROUP.get(mark.label) == group:  # type: ignore[call-overload]
            role = _ROLES.get(mark.role, mark.role)
            return "unknown" if mention.label == "SIZE" and role == "comparator" else role  # type: ignore[return-value]
    return "unknown"


def of_papers(sets: Iterable[str], rules: RuleSet) -> Iterator[Example]:
    """Every name in the papers of these sets; it bears a value where a gold value of the paper is the same thing."""
    for name in sets:
        gold = load_gold(gold_dir() / name)
        for path in sorted((ROOT / "corpus" / name).iterdir()):
            studies = [fields for study, fields in gold.studies.items() if study.partition("/")[0] == path.stem]
            if not studies:
                continue
            for mention, group, row in seen(readers.read(path), rules):
                field = FIELD_OF[mention.label]
                wanted = [value for fields in studies for value in fields.get(field, ())]
                bears = int(any(matches(value, Found([as_value(mention)]), "normalised") for value in wanted))
                if not any(field in fields for fields in studies) or (bears and _contrary(row, mention)):
                    bears = -1
                if bears >= 0:
                    role = BEARING[mention.label] if bears else None
                    yield Example(group, row, bears, role, "paper", f"{name} {path.stem[:2] if path.stem[2:3] == '-' else ''}")


def _contrary(row: Sequence[str], mention: Mention) -> bool:
    """Whether a sentence that names a value's thing speaks of something else: the line on which it is tried."""
    says = {feature.removeprefix("says=") for feature in row if feature.startswith("says=")}
    if mention.label in ("CELL_LINE", "CELL_TYPE"):
        return "membrane_source" not in says and "S=membrane" not in row and "S=coat" not in row
    return bool(says - {"nothing", "negated", "hypothetical", BEARING[mention.label]})


def of_other_texts(rules: RuleSet) -> Iterator[Example]:
    """Names in abstracts on other subjects: none of them is a coat, a cargo, a core or a size of a coated particle."""
    for document in elsewhere():
        for _, group, row in seen(document, rules):
            if group not in _UNSAID:
                yield Example(group, row, 0, None, "elsewhere", "elsewhere")


def elsewhere() -> Iterator[Document]:
    """Abstracts of BioRED's training part as documents; none where ../shared is absent."""
    path = _ELSEWHERE / "biored" / "train.pubtator"
    if not path.exists():
        return
    blocks = path.read_text(encoding="utf-8").split("\n\n")[:_OTHER_TEXTS]
    for block in blocks:
        lines = [line.split("|", 2)[2] for line in block.splitlines() if line.count("|") >= 2 and line.split("|")[1] in "ta"]
        if len(lines) == 2:
            yield read_marked(MarkedText("elsewhere", "negative", "\n\n".join(lines), (), ()))


def seen(document: Document, rules: RuleSet) -> Iterator[tuple[Mention, str, tuple[str, ...]]]:
    """Every outermost mention of a document's prose with the group of its label and its features."""
    features = _features(rules)
    opening = opening_of(document)
    spans = sentences(document)
    by_sentence: dict[tuple[int, int], list[Mention]] = defaultdict(list)
    for mention in ner.annotate(document):
        block = document.block_at(mention.start)
        where = sentence_at(spans, mention.start)
        if where is not None and block is not None and block.kind != "table":
            by_sentence[where].append(mention)
    for (start, end), some in by_sentence.items():
        block = document.block_at(start)
        about = (f"at={section_of(block, opening)}",) if block is not None else ("at=body",)
        tagged = tag(document.text, start, max(end, *(m.end for m in some)), some)
        votes = rules.votes(tagged)
        for mention, row in zip(tagged.names, features.of_sentence(tagged, votes, about), strict=True):
            yield mention, GROUP[mention.label], row


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


def fit(examples: Sequence[Example]) -> Weights:
    """The weights learnt from these examples."""
    support: dict[str, dict[str, float]] = {}
    other: dict[str, dict[str, dict[str, float]]] = {}
    for group in sorted(set(GROUP.values())):
        mine = [e for e in examples if e.group == group]
        kept = _kept(mine)
        rows = [_row(e, kept) for e in mine]
        support[group] = _logistic(rows, [e.bears for e in mine], [_WEIGHT[e.kind] for e in mine])[1]
        marked = [e for e in mine if e.role is not None and not e.bears and e.kind == "voice"]
        roles = Counter(e.role for e in marked)
        marked = [e for e in marked if roles[e.role] >= _RARE]
        if len({e.role for e in marked}) > 1:
            rows = [_row(e, kept) for e in marked]
            other[group] = _logistic(rows, [str(e.role) for e in marked], [1.0] * len(marked))
        elif marked:
            other[group] = {str(marked[0].role): {}}
    return Weights(note="by scripts/train_roles.py; see README.md", support=support, other=other)


def _kept(examples: Sequence[Example]) -> frozenset[str]:
    seen_in: dict[str, set[int]] = defaultdict(set)
    for number, example in enumerate(examples):
        for feature in example.features:
            seen_in[feature].add(number)
    return frozenset(feature for feature, where in seen_in.items() if len(where) >= _RARE and feature != "bias")


def _row(example: Example, kept: frozenset[str]) -> dict[str, float]:
    return {feature: 1.0 for feature in example.features if feature in kept}


def _logistic(rows: Sequence[Mapping[str, float]], labels: Sequence[Any], weights: Sequence[float]) -> dict[Any, dict[str, float]]:
    """Per label the weights of a logistic regression, the constant as "bias"."""
    vectors = DictVectorizer()
    x = vectors.fit_transform(rows)
    model = LogisticRegression(C=_STRENGTH, max_iter=3000).fit(x, labels, sample_weight=weights)
    names = vectors.get_feature_names_out()
    found: dict[Any, dict[str, float]] = {}
    lines = [(model.classes_[1], model.coef_[0], model.intercept_[0])] if len(model.classes_) == 2 else list(
        zip(model.classes_, model.coef_, model.intercept_, strict=True)
    )
    for label, coefficients, constant in lines:
        table = {"bias": round(float(constant), 3)}
        table |= {n: round(float(w), 3) for n, w in zip(names, coefficients, strict=True) if abs(w) >= _SMALL}
        found[label.item() if hasattr(label, "item") else label] = table
    if len(model.classes_) == 2:
        found.setdefault(model.classes_[0].item() if hasattr(model.classes_[0], "item") else model.classes_[0], {})
    return found


def measure(weights: Weights, examples: Sequence[Example]) -> Iterator[str]:
    """Precision, recall and F1 of bearing a value per group, at a half and at the best threshold, and of all roles."""
    for group in sorted(set(GROUP.values())):
        mine = [e for e in examples if e.group == group]
        table = weights.support[group]
        scored = [(sigmoid(sum(table.get(f, 0.0) for f in e.features)), e.bears, e) for e in mine]
        at = {t: _f1([s >= t for s, _, _ in scored], [b for _, b, _ in scored]) for t in (0.3, 0.4, 0.5, 0.6)}
        right = 0
        for score, _, e in scored:
            tables = weights.other.get(group, {})
            role = BEARING[_label(group)] if score >= 0.5 else max(
                tables, key=lambda r: sum(tables[r].get(f, 0.0) for f in e.features), default="unknown"
            )
            right += role == e.role
        yield f"{group:9}{len(mine):5}  " + "  ".join(f"{t}: P {p:.3f} R {r:.3f} F {f:.3f}" for t, (p, r, f) in at.items()) + f"  roles right {right / max(len(mine), 1):.3f}"


def _label(group: str) -> Any:
    return next(label for label, name in GROUP.items() if name == group)


def _f1(given: Sequence[bool], wanted: Sequence[int]) -> tuple[float, float, float]:
    right = sum(g and w for g, w in zip(given, wanted, strict=True))
    p, r = right / max(sum(given), 1), right / max(sum(wanted), 1)
    return p, r, 2 * p * r / max(p + r, 1e-9)


if __name__ == "__main__":
    main()
