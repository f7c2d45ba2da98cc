"""What a gold set's audit changes, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import GoldError
from pipeline.evaluation import AuditFinding, Gold, audited, load_audit, score
from pipeline.records import FieldName
from tests.evaluation.make import gold, record, value

WANTED = gold([("1", "diseases", "leukemia"), ("1", "membranes", "4T1"), ("1", "drugs", "")])


def _finding(action: str, text: str = "leukemia", field: FieldName = "diseases", **more: object) -> AuditFinding:
    known = {"study": "1", "field": field, "text": text, "kind": "narrower", "action": action, "reason": "said so"}
    return AuditFinding.model_validate(known | more)


def _f1(wanted: Gold, field: FieldName, *found: str) -> float | None:
    return score([record("1", {field: list(found)})], wanted).figure(field).f1


def test_accepted_names_and_identifiers_pass_beside_the_printed_ones() -> None:
    accepted = _finding("accept", name="acute myeloid leukemia", curies=("DOID:9119",))
    mended = audited(WANTED, [accepted])
    assert _f1(WANTED, "diseases", "acute myeloid leukemia") == 0
    assert _f1(mended, "diseases", "acute myeloid leukemia") == 1
    assert _f1(mended, "diseases", "leukemia") == 1
    by_identifier = record("1", {"diseases": [value("AML", curie="DOID:9119")]})
    assert score([by_identifier], mended).figure("diseases").f1 == 1


def test_an_optional_value_is_neither_won_nor_lost() -> None:
    mended = audited(WANTED, [_finding("optional", "4T1", "membranes")])
    for found in ([], ["4T1"]):
        figure = score([record("1", {"membranes": found})], mended).figure("membranes")
        assert (figure.tp, figure.fp, figure.fn) == (0, 0, 0)
    assert score([record("1", {"membranes": ["HeLa"]})], mended).figure("membranes").fp == 1


def test_an_optional_value_may_stand_in_a_blank_field() -> None:
    mended = audited(WANTED, [_finding("optional", "a peptide", "drugs")])
    assert _f1(mended, "drugs", "a peptide") is None
    assert score([record("1", {"drugs": ["a peptide", "paclitaxel"]})], mended).figure("drugs").fp == 1


def test_a_value_that_counts_is_paired_before_an_optional_one() -> None:
    both = gold([("1", "membranes", "4T1"), ("1", "membranes", "4T1-luc")])
    mended = audited(
        both, [_finding("optional", "4T1-luc", "membranes"), _finding("accept", "4T1", "membranes", name="x")]
    )
    mended = audited(mended, [_finding("accept", "4T1-luc", "membranes", name="4T1")])
    assert _f1(mended, "membranes", "4T1") == 1


def test_values_are_replaced_dropped_and_added() -> None:
    findings = [
        _finding("replace", name="lymphoma"),
        _finding("drop", "4T1", "membranes"),
        _finding("add", "HeLa", "membranes", name="HeLa"),
    ]
    mended = audited(WANTED, findings)
    assert _f1(mended, "diseases", "lymphoma") == 1
    assert _f1(mended, "membranes", "HeLa") == 1


def test_a_note_changes_nothing() -> None:
    assert audited(WANTED, [_finding("note")]).values == WANTED.values


@pytest.mark.parametrize(
    "finding",
    [_finding("drop", "lymphoma"), _finding("accept", "x", name="x"), _finding("add", field="sizes", name="x")],
)
def test_a_finding_about_nothing_is_an_error(finding: AuditFinding) -> None:
    with pytest.raises(GoldError, match="no such row"):
        audited(WANTED, [finding])


def test_a_malformed_audit_says_where(tmp_path: Path) -> None:
    head = "study,field,text,kind,action,name,curie,reason\n"
    (tmp_path / "audit.csv").write_text(head + "1,drugs,x,slip,accept,,,because\n", encoding="utf-8")
    with pytest.raises(GoldError, match=r"audit\.csv, line 2: .*accept needs a name"):
        load_audit(tmp_path)


def test_a_set_without_an_audit_has_no_findings(tmp_path: Path) -> None:
    assert load_audit(tmp_path) == []
