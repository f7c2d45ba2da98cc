"""Scores predictions on the benchmark: names, their roles, records, and false records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from pipeline.document import Part
from pipeline.evaluation.benchmark.documents import (
    SPLITS,
    BenchmarkDocument,
    Kind,
    Split,
    of_split,
    study_name,
)  # fmt: skip
from pipeline.evaluation.benchmark.predictions import PredictedRecord, PredictedValue, Prediction
from pipeline.evaluation.benchmark.rates import Counts, Rate, difference_of, rate_of, summed
from pipeline.evaluation.compare import Difference
from pipeline.evaluation.gold import GoldValue
from pipeline.evaluation.matching import FoundValue, assign, collect, form
from pipeline.evaluation.mentions import LabelledSpan, Scheme, score_mentions
from pipeline.evaluation.voices import head_of, size_name
from pipeline.linking import kinds_of_modalities, shipped_lexicon
from pipeline.records import FIELDS, CoreValue, FieldName, SizeValue, Value, size_of

ALL: Final = "all"
_SCHEMES: Final[tuple[Literal["strict", "partial"], ...]] = ("strict", "partial")
_NO_ROLE: Final = "unknown"
_TYPES: Final[Mapping[FieldName, tuple[str, ...]]] = {
    "membranes": ("cell_line", "cell_type"), "cores": ("material", "particle", "form"), "drugs": ("drug", "chemical"),
    "diseases": ("disease",), "animal_models": ("strain", "species"), "modalities": ("modality",),
}  # fmt: skip
"""The types of the lexicons' entries that name a field's values."""
_SURE: Final = {"score": 1.0, "channel": "text", "evidence": ("prediction",)}


class SplitScores(Part):
    """How predictions stand on one split.

    Attributes:
        split: which.
        documents: how many it has.
        answered: how many the predictions speak of; the others count as if nothing had been found in them.
        mentions: by kind of text and label, in the strict and the partial scheme; None where no line has mentions.
        roles: by kind of text and role, the names found with boundaries and role right; None where no name has one.
        role_accuracy: by kind of text, of the names found with boundaries and label the share with the right role, as
            precision.
        values: by kind of text and field, the values of the records.
        records: by kind of text, the studies for which there is a record.
        false_records: of the texts without a coated particle those that are given a record, as precision.
    """

    split: Split
    documents: int
    answered: int
    mentions: dict[str, dict[str, dict[Literal["strict", "partial"], Rate]]] | None
    roles: dict[str, dict[str, Rate]] | None
    role_accuracy: dict[str, Rate] | None
    values: dict[str, dict[str, Rate]]
    records: dict[str, Rate]
    false_records: Rate


@dataclass(slots=True)
class _Counted:
    """What was counted in one document."""

    kind: Kind
    names: dict[tuple[str, Scheme], Counts] = field(default_factory=dict)
    roles: dict[str, Counts] = field(default_factory=dict)
    same_role: Counts = (0, 0, 0)
    values: dict[FieldName, Counts] = field(default_factory=dict)
    records: Counts = (0, 0, 0)


def _in_field(name: FieldName) -> Callable[[_Counted], Counts]:
    return lambda counted: counted.values.get(name, _NONE)


_NONE: Final[Counts] = (0, 0, 0)
_COMPARED: Final[Mapping[str, Callable[[_Counted], Counts]]] = {
    "values": lambda counted: summed(counted.values.values()),
    **{name: _in_field(name) for name in FIELDS},
    "names, strict": lambda counted: counted.names.get((ALL, "strict"), _NONE),
    "names, partial": lambda counted: counted.names.get((ALL, "partial"), _NONE),
    "names with their role": lambda counted: counted.roles.get(ALL, _NONE),
}
"""What two systems are compared in, and the counts of a document behind it."""


def score_predictions(
    documents: Iterable[BenchmarkDocument], predictions: Mapping[str, Prediction], splits: Sequence[Split] = ()
) -> list[SplitScores]:
    """Score predictions on splits: those named, else each of which the predictions speak."""
    documents = list(documents)
    chosen = splits or [s for s in SPLITS if any(d.id in predictions for d in of_split(documents, s))]
    return [_of_split(split, of_split(documents, split), predictions) for split in chosen]


def compare_predictions(
    documents: Iterable[BenchmarkDocument],
    before: Mapping[str, Prediction],
    after: Mapping[str, Prediction],
    split: Split,
) -> dict[str, Difference]:
    """What a second system gains over a first on a split: in values, by field, in names, and in names with roles."""
    some = of_split(documents, split)
    one, other = ([_counted(d, given.get(d.id, Prediction(id=d.id))) for d in some] for given in (before, after))
    return {name: difference_of(list(map(of, one)), list(map(of, other))) for name, of in _COMPARED.items()}


def _of_split(
    split: Split, documents: Sequence[BenchmarkDocument], predictions: Mapping[str, Prediction]
) -> SplitScores:
    given = [predictions.get(document.id, Prediction(id=document.id)) for document in documents]
    with_names = any(each.mentions is not None for each in given)
    with_roles = any(name.role != _NO_ROLE for each in given for name in each.mentions or ())
    counted = [_counted(document, each) for document, each in zip(documents, given, strict=True)]
    coated = [each for each in counted if each.kind != "negative"]
    marked = [c for c, document in zip(counted, documents, strict=True) if document.mentions is not None]
    silent = [each for each in counted if each.kind == "negative"]
    return SplitScores(
        split=split,
        documents=len(documents),
        answered=sum(document.id in predictions for document in documents),
        mentions={kind: _names(some) for kind, some in _by_kind(marked).items()} if with_names else None,
        roles={kind: _roles(some) for kind, some in _by_kind(marked).items()} if with_roles else None,
        role_accuracy={kind: rate_of([c.same_role for c in some]) for kind, some in _by_kind(marked).items()}
        if with_roles
        else None,
        values={kind: _values(some) for kind, some in _by_kind(coated).items()},
        records={kind: rate_of([c.records for c in some]) for kind, some in _by_kind(coated).items()},
        false_records=rate_of([(float(c.records[1] > 0), 1.0, 1.0) for c in silent]),
    )


def _by_kind(counted: Sequence[_Counted]) -> dict[str, list[_Counted]]:
    found: dict[str, list[_Counted]] = {ALL: list(counted)}
    for each in counted:
        found.setdefault(each.kind, []).append(each)
    return found


def _names(counted: Sequence[_Counted]) -> dict[str, dict[Literal["strict", "partial"], Rate]]:
    labels = sorted(
        {label for each in counted for label, _ in each.names} | {ALL}, key=lambda name: (name != ALL, name)
    )
    return {
        label: {scheme: rate_of([c.names.get((label, scheme), (0, 0, 0)) for c in counted]) for scheme in _SCHEMES}
        for label in labels
    }


def _roles(counted: Sequence[_Counted]) -> dict[str, Rate]:
    roles = sorted({role for each in counted for role in each.roles} | {ALL}, key=lambda name: (name != ALL, name))
    return {role: rate_of([c.roles.get(role, (0, 0, 0)) for c in counted]) for role in roles}


def _values(counted: Sequence[_Counted]) -> dict[str, Rate]:
    found = {ALL: rate_of([summed(c.values.values()) for c in counted])}
    return found | {name: rate_of([c.values.get(name, (0, 0, 0)) for c in counted]) for name in FIELDS}


def _counted(document: BenchmarkDocument, prediction: Prediction) -> _Counted:
    counted = _Counted(document.kind)
    if document.mentions is not None:
        _count_names(counted, document, prediction)
    _count_records(counted, document, prediction)
    return counted


def _count_names(counted: _Counted, document: BenchmarkDocument, prediction: Prediction) -> None:
    true = document.mentions or ()
    given = [name for name in prediction.mentions or () if document.is_scored(name.start)]
    schemes = score_mentions(
        [LabelledSpan(document.id, n.start, n.end, n.label) for n in true],
        [LabelledSpan(document.id, n.start, n.end, n.label) for n in given],
    )
    for label, figures in schemes.items():
        for scheme in _SCHEMES:
            figure = figures[scheme]
            counted.names[label, scheme] = (figure.right, figure.found, figure.annotated)
    by_role = score_mentions(
        [LabelledSpan(document.id, n.start, n.end, n.role) for n in true if n.role != _NO_ROLE],
        [LabelledSpan(document.id, n.start, n.end, n.role) for n in given if n.role != _NO_ROLE],
    )
    counted.roles = {role: (f["strict"].right, f["strict"].found, f["strict"].annotated) for role, f in by_role.items()}
    roles = {(n.start, n.end, n.label): n.role for n in true}
    same = [roles[key] == n.role for n in given if (key := (n.start, n.end, n.label)) in roles]
    counted.same_role = (sum(same), len(same), len(same))


def _count_records(counted: _Counted, document: BenchmarkDocument, prediction: Prediction) -> None:
    given: dict[str, list[PredictedRecord]] = defaultdict(list)
    for record in prediction.records:
        study = document.by_doi.get((record.doi or "").lower()) or study_name(record.study)
        if document.closed or study in document.studies:
            given[study].append(record)
    met = sum(study in given for study in document.studies)
    counted.records = (met, len(given), len(document.studies))
    if document.kind == "negative":
        return
    for name in FIELDS:
        parts = [_of_field(name, fields.get(name), given.get(study, ())) for study, fields in document.studies.items()]
        wrong = [records for study, records in given.items() if study not in document.studies]
        parts += [_of_field(name, (), records) for records in wrong]
        counted.values[name] = summed(parts)


def _of_field(name: FieldName, true: Sequence[GoldValue] | None, records: Sequence[PredictedRecord]) -> Counts:
    """What is right, found and wanted of a study's field; nothing where it is not covered."""
    if true is None:
        return (0, 0, 0)
    wanted = [value.model_copy(update={"also": (*value.also, *_synonyms(value))}) for value in true]
    values = [value for record in records for each in record.values(name) for value in _found(name, each)]
    found = _merged(name, wanted, collect(name, values))
    if not any(value.curies for value in true):  # nobody looked identifiers up: names are compared
        found = [FoundValue([v.model_copy(update={"curie": None}) for v in each.values]) for each in found]
    pairs = assign(wanted, found, "normalised")
    spare = sum(wanted[index].optional for index, _ in pairs)
    return (len(pairs) - spare, len(found) - spare, sum(not value.optional for value in wanted))


def _synonyms(value: GoldValue) -> Iterator[str]:
    """Further names by which a true value is met: those of the lexicons, and the name without "cell" or "particle"."""
    for name in dict.fromkeys((value.text, value.name, *value.also)):
        if value.field in ("membranes", "cores"):
            yield head_of(name)
        if value.field != "sizes":
            yield from _preferred(name, value.field)


def _preferred(name: str, field_name: FieldName) -> list[str]:
    """What the lexicons prefer to call a name of this field's kind; "photothermal" alone names the therapy."""
    lexicon, types = shipped_lexicon(), _TYPES[field_name]
    found = lexicon.lookup(name, types)
    if not found and field_name == "modalities":
        found = lexicon.lookup(f"{name} therapy", types)
    return list(dict.fromkeys(entry.preferred for entry in found))


def _found(name: FieldName, given: PredictedValue) -> list[Value]:
    """A predicted value as the matching knows it: of a combination of modalities each part."""
    base = {"text": given.text, "curie": given.curie, **_SURE}
    if name == "sizes":
        printed = given.name or given.text
        stated = size_of(size_name(printed) or printed)
        number, unit = (stated.value, stated.unit) if stated else (-1.0, "nm")
        return [SizeValue.model_validate({**base, "name": printed, "value": number, "unit": unit})]
    called = given.name or _own_name(name, given.text)
    if name == "cores":
        return [CoreValue.model_validate({**base, "name": called, "materials": given.materials})]
    parts = kinds_of_modalities().parts_of(called) if name == "modalities" else ()
    if len(parts) > 1:
        return [Value.model_validate({**base, "name": part, "text": part, "curie": None}) for part in parts]
    return [Value.model_validate({**base, "name": called})]


def _own_name(name: FieldName, printed: str) -> str:
    """The name of a value that is given as printed: the lexicons' if they know but one, else without its kind."""
    preferred = _preferred(printed, name)
    if len(preferred) == 1:
        return preferred[0]
    return (head_of(printed) if name in ("membranes", "cores") else "") or printed


def _merged(name: FieldName, wanted: Sequence[GoldValue], found: Sequence[FoundValue]) -> list[FoundValue]:
    """Found values of which the document says that they are the same thing stand once."""
    groups: dict[int, FoundValue] = {}
    kept: list[FoundValue] = []
    for each in found:
        forms = {form(text, name) for value in each.values for text in (value.text, value.name)}
        same = next(
            (i for i, value in enumerate(wanted) if value.also and not forms.isdisjoint(_forms(name, value))), None
        )
        if same is not None and same in groups:
            groups[same].values += each.values
            continue
        kept.append(each)
        if same is not None:
            groups[same] = each
    return kept


def _forms(name: FieldName, value: GoldValue) -> set[str]:
    return {form(text, name) for text in (value.text, value.name, *value.also)}
