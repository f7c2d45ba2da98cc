"""Evidence to records: one record per study and formulation, one value per channel and thing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.document import Document
from pipeline.records import (
    FIELDS,
    Channel,
    CoreValue,
    FieldName,
    Missing,
    Record,
    SizeFacts,
    SizeValue,
    Study,
    Value,
    fold,
    record_id,
)
from pipeline.relations import scorer
from pipeline.relations.consolidate import Groups, KindsOfLines, consolidate, without_kinds
from pipeline.relations.evidence import SELF, Collected, Evidence, Subject, identity
from pipeline.relations.references import study_of
from pipeline.roles import shipped_rules

_CHANNELS: Final[tuple[Channel, ...]] = ("table", "text")
_HIGHEST_SCORE: Final = 0.99  # no number of repetitions makes a value certain
_FAINT: Final = 0.03
"""A mention that is less likely than this to speak for a value is no candidate."""
_SEEMS: Final = 0.15
"""From this probability the text seems to speak of a field, even if no value could be settled."""
_LISTED: Final = 2.0
"""Log odds by which a value of prose is likelier if a table lists it."""
_NOT_LISTED: Final = -4.0
"""Log odds by which it is less likely if a table lists others only: prose adds what is as sure as a cell."""
_BEARS_OUT: Final = 0.2
"""A mention that is less likely than this is not shown as evidence."""
_CUE: Final = 0.4
"""A coat needs a mention that is at least so likely to be one where it stands."""
_OWN_COAT: Final = 0.7
"""How likely the mentions together must make a document's own coat: it is told more often than one that is cited."""
_AMONG_COATS: Final = 0.12
"""What is enough for a cue in a document that tells of the coats of other studies."""
_MEASURED: Final = 0.3
"""A size needs a mention that is at least so likely to be the particle's: a limit is none, however lone it stands."""
_SHOWN: Final = 0.25
"""What the surest label of a figure takes of the doubt that is left of a value, at most."""
_MOST_SHOWN: Final = 2
"""A figure that gives more sizes of one formulation shows how they change with time or in other media."""
_SURE: Final = 0.8
"""A field is not left empty where a mention is so likely to be a value."""
_NEARLY: Final = 0.25
"""The share of the surest mention's score from which a full name is shown rather than an abbreviation."""
_RETOLD: Final = 0.5
"""A paper with work of its own whose coats make up this share or more of all only retells the studies it cites."""


@dataclass(frozen=True, slots=True)
class StudyEvidence:
    """The evidence of one study, grouped by field, before it is a record.

    Attributes:
        subject: the study.
        fields: what it gives in each field.
        silent: why it is no record; empty if it is one.
    """

    subject: Subject
    fields: dict[FieldName, _Field]
    silent: str


def study_evidence(found: Collected, kinds: KindsOfLines) -> list[StudyEvidence]:
    """The evidence of each subject, in the order of the first evidence, tables first.

    A subject makes a record if a table of coated particles lists it, or if prose tells a coat with a cue of its own and
    a particle or a cargo.
    """
    by_subject: dict[Subject, list[Evidence]] = defaultdict(list)
    for evidence in found.values:
        by_subject[evidence.subject].append(evidence)
    shown: dict[Subject, list[Evidence]] = defaultdict(list)
    for evidence in found.figures:
        shown[evidence.subject].append(evidence)
    subjects = sorted(
        by_subject.keys() | found.rows, key=lambda s: (_first(by_subject.get(s, ())), s.study, s.formulation or "")
    )
    coated = {subject for subject, some in by_subject.items() if has_coat(some)} | found.rows
    told: dict[Subject, tuple[dict[FieldName, _Field], str]] = {}
    for subject in subjects:
        some = by_subject.get(subject, [])
        fields = {field: _Field.of(some, field, kinds) for field in FIELDS}
        silent = "" if subject in found.rows else _silence(subject, some, fields, found, len(coated - {subject}))
        told[subject] = fields, silent
    reports = any(subject.study == SELF and not silent for subject, (_, silent) in told.items())
    retells = reports and _retells(by_subject)
    every = []
    for subject in subjects:
        some = by_subject.get(subject, [])
        fields, silent = told[subject]
        if not silent and retells and subject.study != SELF and subject not in found.rows:
            silent = "it is only cited by a paper that reports its own coated particles"
        if not silent and subject in shown:  # what figures show makes no record, so it counts only now
            fields = {field: _Field.of(some, field, kinds, shown[subject]) for field in FIELDS}
        every.append(StudyEvidence(subject, fields, silent))
    return every


def _silence(
    subject: Subject, some: Sequence[Evidence], fields: dict[FieldName, _Field], found: Collected, others: int
) -> str:
    """Why the prose on a subject is not enough for a record; empty if it is."""
    ids = {i for value in fields["membranes"].values for i in value.evidence}
    least = _AMONG_COATS if others > 1 else _CUE
    if not any(_is_cue(e, least) for e in some if e.mention.id in ids):
        return "no cells are named with a cue that their membrane is the coat"
    doubt = math.prod(1.0 - e.mention.support for e in some if e.mention.id in ids)
    if subject.study == SELF and 1.0 - doubt < _OWN_COAT:
        return "the cells whose membrane is named are hardly the source of a coat"
    covers = subject.study == SELF and any({"coat", "rule"} <= e.cues for e in some)
    if not (covers or fields["cores"].values or fields["drugs"].values or subject in found.particles):
        return "no particle or cargo is reported with the coat"
    if scorer.record(features_of(fields, others)) < scorer.RECORD:
        return "the evidence that the cells are the coat of a particle is too weak"
    return ""


def has_coat(some: Iterable[Evidence]) -> bool:
    """Whether prose names a coat with a cue."""
    return any(e.field == "membranes" and e.channel == "text" and _is_cue(e, _CUE) for e in some)


def _is_cue(evidence: Evidence, least: float) -> bool:
    """Whether a mention of cells has a cue of its own that their membrane is a coat; of a vesicle, that it covers."""
    mention, cues = evidence.mention, evidence.cues
    if mention.negated or mention.hypothetical or not (mention.support >= least or "rule" in cues):
        return False
    if shipped_rules().speaks_of("vesicle").search(mention.text):
        return "particle" in cues or "coat" in cues
    return "membrane" in cues or "coat" in cues or least < _CUE


def features_of(fields: Mapping[FieldName, _Field], others: int) -> dict[str, float]:
    """The features of a study's prose by which it is one on coated particles."""
    cores, drugs = ([p for _, p in fields[name].likely] for name in ("cores", "drugs"))
    return scorer.record_features(fields["membranes"].likely, cores, drugs, others)


def _retells(by_subject: Mapping[Subject, Sequence[Evidence]]) -> bool:
    """Whether the document's coats are mostly those of its own work."""
    mass = {
        own: math.fsum(
            e.score
            for subject, some in by_subject.items()
            if (subject.study == SELF) is own
            for e in some
            if e.field == "membranes" and e.channel == "text"
        )
        for own in (True, False)
    }
    return mass[True] > 0 and mass[True] >= _RETOLD * (mass[True] + mass[False])


def merge(document: Document, found: Collected, kinds: KindsOfLines, made_by: dict[str, str]) -> list[Record]:
    """The records that the evidence makes, in the order of their first evidence, tables first.

    Args:
        document: the document.
        found: what the channels found.
        kinds: which type of cell each line is, where the document says so.
        made_by: versions and settings, passed through.
    """
    return [_record(document, each, found, made_by) for each in study_evidence(found, kinds) if not each.silent]


def _first(evidence: Iterable[Evidence]) -> tuple[int, int]:
    """Where a subject is first met: rows of tables come before prose."""
    return min(((_CHANNELS.index(f.channel), f.mention.start) for f in evidence), default=(len(_CHANNELS), 0))


def _record(document: Document, each: StudyEvidence, found: Collected, made_by: dict[str, str]) -> Record:
    subject = each.subject
    missing: dict[FieldName, Missing] = {
        field: "not_found"
        if one.seems or (subject, field) in found.unsettled or (subject, field) in found.mentioned
        else "not_reported"
        for field, one in each.fields.items()
        if not one.values
    }
    return Record.model_validate(
        {
            "id": record_id(document.id, subject.study, subject.formulation),
            "document_id": document.id,
            "study": _study(document, subject.study, found.dois.get(subject.study)),
            "formulation": subject.formulation,
            **{field: one.values for field, one in each.fields.items()},
            "rows": sorted(set(found.table_rows.get(subject, ())), key=lambda row: (row.page, row.table, row.row)),
            "missing": missing,
            "made_by": made_by,
        }
    )


def _study(document: Document, key: str, doi: str | None) -> Study:
    """The study with what the document says of it: its reference, or for its own work its own head."""
    if key == SELF:
        return Study(key=key, doi=document.metadata.doi, title=document.metadata.title)
    return study_of(document, key, doi)


CandidateGroup = tuple[list[Evidence], dict[str, float]]
"""The evidence of one thing, and its features."""


@dataclass(frozen=True, slots=True)
class _Field:
    """What a record gives in a field, and whether the text seems to say more than could be settled."""

    values: tuple[Value, ...]
    seems: bool
    likely: tuple[tuple[list[Evidence], float], ...] = ()

    @classmethod
    def of(
        cls, some: Sequence[Evidence], field: FieldName, kinds: KindsOfLines, shown: Sequence[Evidence] = ()
    ) -> _Field:
        """The values of a field: per channel, in the order in which they are first named.

        Args:
            some: what tables and prose say of a study.
            field: the field.
            kinds: which type of cell each line is.
            shown: what figures show of it besides.
        """
        shown = [each for each in shown if each.field == field]
        cells = _by_identity(e for e in some if e.field == field and e.channel == "table")
        table = [_value(group, "table", None) for group in cells.values()]
        listed = [e for group in cells.values() for e in group]
        found = candidates(some, field, kinds)
        likely = [
            _surer(probability, _showing(group, shown))
            for (group, _), probability in zip(found, scored(found, field, scorer.weights(), listed), strict=True)
        ]
        given = [
            (group, p)
            for (group, _), p in zip(found, likely, strict=True)
            if p >= scorer.GIVEN and (field != "sizes" or any(e.score >= _MEASURED for e in group))
        ]
        if not given and not cells:
            given = _surest(zip(found, likely, strict=True))
        if field == "sizes" and not given and not cells:
            given = _sizes_shown(shown)
        named = {identity(group[0].mention) for group, _ in given} | set(cells)
        text = [
            _value(group, "text", probability, _showing(group, shown))
            for group, probability in given
            if not named & kinds.get(identity(group[0].mention), set())  # the type of a line that is named itself
        ]
        seems = any(probability >= _SEEMS for probability in likely)
        told = tuple((group, p) for (group, _), p in zip(found, likely, strict=True))
        return cls((*_ordered(table), *_ordered(text)), seems, told)


def _showing(group: Sequence[Evidence], shown: Sequence[Evidence]) -> list[Evidence]:
    """Of what figures show, what names the thing of a group; a size also where prose gives it in fewer digits."""
    known = {identity(evidence.mention) for evidence in group}
    sizes = [evidence.mention.size for evidence in group if evidence.mention.size is not None]
    return [
        each
        for each in shown
        if each not in group
        and (identity(each.mention) in known or any(_is_rounded(size, each.mention.size) for size in sizes))
    ]


def _is_rounded(size: SizeFacts, shown: SizeFacts | None) -> bool:
    """Whether a size in whole numbers is one that a figure gives with its decimals."""
    alike = shown is not None and (shown.unit, shown.of) == (size.unit, size.of)
    return alike and shown is not None and size.value == round(shown.value) and shown.low is None


def _surer(probability: float, shown: Sequence[Evidence]) -> float:
    """The probability of a value that figures show as well: the surest label counts, however many there are."""
    return 1.0 - (1.0 - probability) * (1.0 - _SHOWN * max((each.score for each in shown), default=0.0))


def _surest(some: Iterable[tuple[CandidateGroup, float]]) -> list[tuple[list[Evidence], float]]:
    """Of candidates that only stand in each other's way, the likeliest, if one of its mentions is sure."""
    sure = [(group, p) for (group, _), p in some if max(e.score for e in group) >= _SURE]
    return sorted(sure, key=lambda each: -each[1])[:1]


def _sizes_shown(shown: Sequence[Evidence]) -> list[tuple[list[Evidence], float]]:
    """The coated particle's sizes that only figures give, surest first of each; none where a figure gives many."""
    coated = [e for e in shown if e.mention.role == "coated" and e.mention.size is not None and e.score >= _MEASURED]
    groups = _by_identity(coated)
    if len(groups) > _MOST_SHOWN:
        return []
    return [
        (group, scorer.GIVEN + (1 - scorer.GIVEN) * _SHOWN * max(e.score for e in group)) for group in groups.values()
    ]


def candidates(some: Iterable[Evidence], field: FieldName, kinds: KindsOfLines) -> list[CandidateGroup]:
    """What prose names as candidates for a field of a subject: the evidence of each thing, and its features."""
    stated = [e for e in some if e.field == field and e.channel == "text" and e.score >= _FAINT]
    telling = [e for e in stated if not _is_bare(e)]
    stated = telling or stated
    groups = without_kinds(consolidate(_by_identity(stated), field), kinds)
    return list(zip(groups.values(), scorer.features_of_field(groups.values()), strict=True))


def _is_bare(evidence: Evidence) -> bool:
    """Whether evidence names particles of no material, which may be those that other evidence names."""
    core = evidence.mention.core
    return core is not None and not core.materials and not core.structure and core.form in ("nanoparticle", None)


def scored(
    some: Sequence[CandidateGroup], field: FieldName, weights: scorer.ScorerWeights, listed: Sequence[Evidence] = ()
) -> list[float]:
    """For each candidate how likely it is a value.

    What a table lists for the same field of the same study counts for what prose says too, and against what it says
    beside that.
    """
    return [
        scorer.value(kind_of(group[0].subject), field, features, weights, _beside(group, listed))
        for group, features in some
    ]


def kind_of(subject: Subject) -> str:
    """The kind of study, which selects the weights: ``own`` or ``cited``."""
    return "own" if subject.study == SELF else "cited"


def _beside(group: Sequence[Evidence], listed: Sequence[Evidence]) -> float:
    """The log odds that what a table lists adds to those of what prose says."""
    if not listed:
        return 0.0
    cells = {identity(evidence.mention) for evidence in listed}
    return _LISTED if any(identity(evidence.mention) in cells for evidence in group) else _NOT_LISTED


def _by_identity(evidence: Iterable[Evidence]) -> Groups:
    groups: Groups = defaultdict(list)
    for each in evidence:
        groups[identity(each.mention)].append(each)
    return groups


def _ordered(values: Iterable[tuple[tuple[int, int], Value]]) -> Iterator[Value]:
    """Values in the order in which the text first names them."""
    return (value for _, value in sorted(values, key=lambda pair: pair[0]))


def as_value(group: Sequence[Evidence]) -> Value:
    """The value that the evidence of one thing in prose make."""
    return _value(group, "text", None)[1]


def _telling(some: Sequence[Evidence]) -> Evidence:
    """The surest evidence; of those that are nearly as sure one that is no abbreviation."""
    surest = max(some, key=lambda f: (f.score, -f.mention.start))
    full = [f for f in some if f.score >= _NEARLY * surest.score and not f.mention.method.startswith("abbreviation")]
    return max(full, key=lambda f: (f.score, -f.mention.start), default=surest)


def _value(
    group: Sequence[Evidence], channel: Channel, probability: float | None, shown: Sequence[Evidence] = ()
) -> tuple[tuple[int, int], Value]:
    """One value from the evidence of one thing, with where it is first named: the best mention names it.

    What figures show of it stands last among its evidence. In a table the score is that of the cells' mentions
    together; in prose it is the probability that was scored.
    """
    name = fold(group[0].mention.name)
    best = _telling([f for f in group if fold(f.mention.name) == name]).mention
    bearing = sorted((f for f in group if f.score >= _BEARS_OUT or f.mention is best), key=lambda f: f.mention.start)
    score = 1.0 - math.prod(1.0 - f.score for f in group) if probability is None else probability
    first = bearing[0].mention
    beside = [f for f in shown if f.score >= _BEARS_OUT]
    common = {
        "text": best.text,
        "name": best.name,
        "curie": best.curie,
        "score": round(min(_HIGHEST_SCORE, score), 4),
        "channel": channel,
        "evidence": tuple(dict.fromkeys(f.mention.id for f in (*bearing, *beside))),
        "caution": best.caution,
    }
    at = (first.start, first.end)
    if best.size is not None:
        size = best.size
        return at, SizeValue(**common, value=size.value, unit=size.unit, approximate=size.approximate, of=size.of)
    if best.label == "CORE":
        core = best.core
        facts = {"materials": core.materials, "structure": core.structure, "form": core.form} if core else {}
        return at, CoreValue(**common, **facts)
    return at, Value(**common)
