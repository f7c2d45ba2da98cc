"""A run as a table for a notebook: a row per value, tied to its record, paper and page."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline import export
from pipeline.errors import UsageError
from pipeline.export.frame import COLUMNS
from pipeline.records import FIELDS


def test_every_value_has_a_row(run):
    frame = export.tidy(run.path)
    assert list(frame.columns) == list(COLUMNS)
    records = list(run.records())
    assert len(frame) == sum(len(record.values(field)) for record in records for field in FIELDS)
    for record in records:
        names = [value.name for _, value in record.items()]
        assert frame.loc[frame["record_id"] == record.id, "name"].tolist() == names


def test_a_size_has_its_number_and_others_have_none(run):
    frame = export.tidy(run.path)
    sizes = frame[frame["field"] == "sizes"]
    assert (117.0, "nm") in set(zip(sizes["value"], sizes["unit"], strict=True))
    assert frame.loc[frame["field"] != "sizes", "value"].isna().all()


def test_a_run_without_records_is_an_empty_table(make_run, tmp_path):
    for name in ("records.jsonl", "mentions.jsonl", "documents.jsonl"):
        (tmp_path / name).touch()
    frame = export.tidy(tmp_path)
    assert isinstance(frame, pd.DataFrame)
    assert frame.empty


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"holds no \w+\.jsonl"):
        export.tidy(tmp_path)
