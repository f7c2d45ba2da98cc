"""A review in, its studies out: what the tables of a review state is found, cell by cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import evaluation, run
from pipeline.folder import RunFolder
from pipeline.records import FIELDS
from pipeline.settings import gold_dir

pytestmark = pytest.mark.usefixtures("in_process")

GOLD = gold_dir() / "lin2023"
LEAST = 0.95  # normalised F1 of every field, read from tables


def assert_read(review: Path, out: Path) -> None:
    summary = run.extract([review], out)
    assert [outcome.status for outcome in summary.outcomes] == ["ok"]
    gold = evaluation.load_gold(GOLD)
    found = {record.study.key: record.study.doi for record in RunFolder(out).records()}
    assert {key: found.get(key) for key in gold.studies} == {value.study: value.doi for value in gold.values}
    assert len(gold.studies) == 27
    scores = evaluation.evaluate(GOLD, out).scores
    thresholds = [evaluation.Threshold(row=field, channel="table", f1=LEAST) for field in FIELDS]
    assert evaluation.shortfalls(scores, thresholds) == []


def test_the_digest_of_the_review_gives_its_27_studies_with_their_dois(sample, tmp_path):
    assert_read(sample / "digest.pdf", tmp_path)


@pytest.mark.shared
@pytest.mark.slow
def test_the_review_gives_its_27_studies_with_their_dois(shared, tmp_path):
    assert_read(shared / "corpus" / "lin2023.pdf", tmp_path)


def test_the_blanks_of_the_drug_column_stay_blank(sample, tmp_path):
    run.extract([sample / "digest.pdf"], tmp_path)
    gold = evaluation.load_gold(GOLD)
    blank = {study for study, fields in gold.studies.items() if fields.get("drugs") == ()}
    assert blank
    records = {record.study.key: record for record in RunFolder(tmp_path).records()}
    for study in blank:
        assert [value for value in records[study].drugs if value.channel == "table"] == []
