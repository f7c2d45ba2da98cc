from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export import write_records_csv
from pipeline.export.text import cell
from pipeline.folder import RunFolder
from pipeline.notices import Notice, NoticeKind, write_notices

from .conftest import contradicting_review

KINDS: tuple[tuple[NoticeKind, str], ...] = (("correction", "Crossref"), ("retraction", "=1"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_one_row_a_record_with_merged_values_and_links(run: RunFolder) -> None:
    first, second = rows(write_records_csv(run))
    assert first["study"] == "7"
    assert first["doi"] == "https://doi.org/10.1234/seven"
    assert first["membranes"] == "MCF-7", "what table and text both say stands once"
    assert first["membranes_ids"] == "cellosaurus:CVCL_0031"
    assert first["channels"] == "table, text"
    assert first["missing"] == "animal_models: not found; modalities: not reported"
    assert first["cautions"] == "breast cancer: named for the cell line only"
    assert first["pages"] == "1"
    assert (second["study"], second["membranes"], second["drugs"]) == ("self", "erythrocyte", "")


def test_what_table_and_text_do_not_both_say_is_told(make_run: Callable[..., RunFolder]) -> None:
    (row,) = rows(write_records_csv(make_run(contradicting_review())))
    assert row["cores"] == "PLGA; hollow gold nanoparticles"
    assert row["differences"] == "cores: PLGA (table), hollow gold nanoparticles (text)"


def test_opens_as_utf8_in_spreadsheets(run: RunFolder) -> None:
    assert write_records_csv(run).read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_same_run_gives_the_same_bytes(run: RunFolder, tmp_path: Path) -> None:
    first = write_records_csv(run, tmp_path / "a.csv").read_bytes()
    assert first == write_records_csv(run, tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "  =cmd|' /C calc'!A0", "\t=1", "\r\n=1", "\uff1d1+1", "|calc", "\x1b=1"]
)
def test_a_formula_is_defused(text: str) -> None:
    assert cell(text).startswith("'")


@given(st.text())
def test_no_cell_runs_or_controls_anything(text: str) -> None:
    written = cell(text)
    assert not written or written[0] not in "=+-@|%\t\r\n"
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in written)


@given(st.from_regex(r"[A-Za-z0-9αβγµ′(),. ]+", fullmatch=True))
def test_the_fields_own_names_come_through(text: str) -> None:
    assert cell(text) == " ".join(text.split())


def test_a_study_that_was_retracted_or_corrected_says_so(run: RunFolder) -> None:
    about = {"doi": "10.1234/SEVEN", "date": "2025-03"}
    stated = [Notice(kind=kind, source=source, **about) for kind, source in KINDS]
    write_notices(run.path, stated)
    told = {row["doi"]: row["notices"] for row in rows(write_records_csv(run))}
    assert told.pop("https://doi.org/10.1234/seven") == "Retracted 2025-03 (=1); Corrected 2025-03 (Crossref)"
    assert set(told.values()) == {""}, "and no other does"
