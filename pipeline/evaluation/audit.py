"""audit.csv: slips and contradictions of a gold set's source, and the gold set with them taken into account."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from pipeline.document import Part
from pipeline.errors import GoldError
from pipeline.evaluation.gold import Gold, GoldValue, identifiers, read_rows
from pipeline.records import FieldName

AUDIT_CSV: Final = "audit.csv"
COLUMNS: Final = ("study", "field", "text", "kind", "action", "name", "curie", "reason")


class AuditFinding(Part):
    """A row of audit.csv.

    ``kind``: a ``slip`` of the pen, a ``contradiction`` between the source's own statements, a ``narrower`` or a
    ``wider`` statement elsewhere in it, or something ``unclear``. ``action``: ``note`` changes nothing; ``accept`` lets
    the name or the identifiers pass for the value as well; ``replace`` puts them in its place; ``drop`` takes the value
    out; ``add`` puts one in; ``optional`` neither counts the value when it is found nor misses it when it is not.
    """

    study: Annotated[str, Field(min_length=1)]
    field: FieldName
    text: Annotated[str, Field(min_length=1)]
    kind: Literal["slip", "contradiction", "narrower", "wider", "unclear"]
    action: Literal["note", "accept", "replace", "drop", "add", "optional"]
    name: str = ""
    curies: tuple[str, ...] = ()
    reason: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if self.action in ("accept", "replace", "add") and not self.name:
            raise ValueError(f"{self.action} needs a name")
        return self

    def is_about(self, value: GoldValue) -> bool:
        """Whether this is the gold row that the finding speaks of."""
        return (value.study, value.field, value.text) == (self.study, self.field, self.text)


def load_audit(folder: Path) -> list[AuditFinding]:
    """Read audit.csv; a gold set without one has no findings.

    Raises:
        GoldError: a row is malformed.
    """
    path = folder / AUDIT_CSV
    if not path.is_file():
        return []
    findings = []
    for line, row in read_rows(path, COLUMNS):
        known = {column: row[column] for column in COLUMNS if column != "curie"}
        try:
            findings.append(AuditFinding.model_validate({**known, "curies": identifiers(row["curie"])}))
        except ValidationError as error:
            what = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}" for e in error.errors())
            raise GoldError(f"{path}, line {line}: {what}") from error
    return findings


def audited(gold: Gold, findings: Iterable[AuditFinding]) -> Gold:
    """The gold set with the findings applied.

    Raises:
        GoldError: a finding speaks of a value or a field that the set does not have.
    """
    values = list(gold.values)
    for finding in findings:
        values = _apply(values, finding)
    return Gold(name=gold.name, about=gold.about, values=tuple(values), audited=True)


def _apply(values: list[GoldValue], finding: AuditFinding) -> list[GoldValue]:
    if finding.action == "note":
        return values
    index = next((i for i, value in enumerate(values) if finding.is_about(value)), None)
    if index is None or finding.action == "add":
        return [*values, _new(values, finding)]
    value = values[index]
    changed: dict[str, object]
    match finding.action:
        case "accept":
            changed = {"also": (*value.also, finding.name), "curies": (*value.curies, *finding.curies)}
        case "replace":
            changed = {"name": finding.name, "curies": finding.curies}
        case "optional":
            changed = {"optional": True}
        case _:  # dropped: the field stays covered
            changed = {"text": "", "name": "", "curies": (), "stated": ""}
    return [*values[:index], value.model_copy(update=changed), *values[index + 1 :]]


def _new(values: list[GoldValue], finding: AuditFinding) -> GoldValue:
    """A value that the gold set does not have, beside one of the same study and field."""
    beside = next((v for v in values if (v.study, v.field) == (finding.study, finding.field)), None)
    if beside is None or finding.action not in ("add", "optional"):
        what = f"{finding.action} {finding.text!r} in {finding.field} of study {finding.study}"
        raise GoldError(f"{AUDIT_CSV}: {what}: the gold set has no such row; correct the study, the field or the text")
    return beside.model_copy(
        update={
            "text": finding.text,
            "name": finding.name or finding.text,
            "curies": finding.curies,
            "stated": "",
            "optional": finding.action == "optional",
        }
    )
