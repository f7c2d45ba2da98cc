"""Count on papers with gold how often a language model's second opinion is right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from pipeline.errors import UsageError
from pipeline.evaluation import load_gold
from pipeline.evaluation.matching import FoundValue, assign, collect
from pipeline.evaluation.tally import by_study
from pipeline.folder import RunFolder, write_atomically
from pipeline.opinion import Opinion, OpinionCounts, OpinionWeights
from pipeline.records import FieldName, Record

Said = Literal["alone", "contradicted", "opposed", "named", ""]
_IN_ORDER: Final[tuple[Said, ...]] = ("contradicted", "alone", "opposed", "named", "")
"""Of a value that several records of a study have, what counts is the first of these."""
NOTE: Final = "Counted by `coatmine calibrate`: what a model's second opinion said of values, and what gold says."


def calibrate(run: Path, gold: Path, out: Path) -> OpinionWeights:
    """Count the cases of a run with opinions, by model, and write them as a calibration.

    Counts that stand in ``out`` already are kept, and these added to those of the same model.

    Args:
        run: the output folder of ``coatmine extract --llm``.
        gold: a gold set on the same papers.
        out: the file, for ``--llm-calibration``.

    Raises:
        UsageError: the run has no opinions, gold covers none of its records, or ``out`` is another file.
        GoldError: the gold set is malformed.
    """
    opinions = _opinions(run / "opinions.jsonl")
    folder = RunFolder(run)
    heard = [record for record in folder.records() if record.id in opinions]
    known = load_gold(gold)
    of_study, _ = by_study(heard, known, folder.outcomes())
    counts: dict[str, OpinionCounts] = defaultdict(OpinionCounts)
    for study, fields in known.studies.items():
        records = of_study.get(study, [])
        for field, wanted in fields.items():
            found = collect(field, (value for record in records for value in record.values(field)))
            met = {at: wanted[index].optional for index, at in assign(wanted, found, "normalised")}
            for at, value in enumerate(found):
                if not met.get(at, False):  # what gold calls optional is neither right nor wrong
                    model, said = _statement_on(field, value, records, opinions)
                    counts[model] += _case(said, right=at in met)
    if not counts:
        raise UsageError(f"{gold}: it has no study on which {run} has both a record and an opinion")
    weights = _added(out, counts)
    write_atomically(out, [weights.model_dump_json(indent=2, exclude_none=True).encode() + b"\n"])
    return weights


def _opinions(path: Path) -> dict[str, Opinion]:
    """The opinions that were given, by the id of the record."""
    try:
        told = [Opinion.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no opinions; run `coatmine extract --llm ADDRESS --llm-model NAME` first") from error
    except (OSError, ValidationError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); run `coatmine extract --llm` again") from error
    return {opinion.record_id: opinion for opinion in told if not opinion.message}


def _statement_on(
    field: FieldName, value: FoundValue, records: Iterable[Record], opinions: dict[str, Opinion]
) -> tuple[str, Said]:
    """Which model spoke of a value, and what it said of it."""
    told: list[tuple[str, Said]] = []
    for record in records:
        opinion = opinions[record.id]
        for one in value.values:
            if any(one is each for each in record.values(field)):
                told.append((opinion.model, _of(opinion, f"{field}: {one.name}")))
    return min(told, key=lambda each: _IN_ORDER.index(each[1]))


def _of(opinion: Opinion, value: str) -> Said:
    if value in opinion.contradicted:
        return "contradicted"
    if value in opinion.added:
        return "alone"
    if value in opinion.agreed:
        return "named"
    return "opposed" if value in {f"{each.field}: {each.name}" for each in opinion.opposed} else ""


def _case(said: Said, *, right: bool) -> OpinionCounts:
    """One case as counts."""
    if said in ("alone", "contradicted"):
        return OpinionCounts.model_validate({said: 1, f"{said}_right": int(right)})
    whole = "right" if right else "wrong"
    return OpinionCounts.model_validate({whole: 1, **({f"{said}_{whole}": 1} if said else {})})


def _added(out: Path, counts: dict[str, OpinionCounts]) -> OpinionWeights:
    """The counts of a file, if it is there, with these added."""
    try:
        before = OpinionWeights.model_validate_json(out.read_text(encoding="utf-8")) if out.exists() else None
    except (OSError, ValueError) as error:
        raise UsageError(f"{out}: a file that is no calibration stands there; give --out another name") from error
    models = dict(before.models) if before else {}
    models |= {name: models.get(name, OpinionCounts()) + count for name, count in counts.items()}
    return OpinionWeights(
        note=before.note if before else NOTE, default=before.default if before else None, models=models
    )


def as_text(weights: OpinionWeights) -> str:
    """The counts and what they give, for a person."""
    lines = []
    for name, counts in sorted(weights.models.items()):
        shown = ", ".join(f"{key} {value}" for key, value in counts.model_dump().items())
        lines += [
            f"{name}: {shown}",
            f"  agreement +{counts.agreement:.3f}, opposition -{counts.opposition:.3f} in log odds",
            f"  added {counts.added:.3f}, added against the rules {counts.added_against_rules:.3f}",
        ]
    return "\n".join(lines)
