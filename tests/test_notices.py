"""Notices about papers are kept in a file, told in words, and shown on every study with that DOI."""

from __future__ import annotations

import pytest

from pipeline.errors import UsageError
from pipeline.notices import FILE, Notice, described, folded_doi, read_notices, write_notices


def test_notices_are_written_once_each_and_read_back_by_doi(tmp_path):
    first = Notice(doi="10.5555/B", kind="correction", source="Crossref", date="2025-01-02", notice="10.5555/n")
    second = Notice(doi="https://doi.org/10.5555/b", kind="retraction", source="Europe PMC")
    third = Notice(doi="10.5555/a", kind="concern", source="Crossref")
    write_notices(tmp_path, [first, second, third, first])
    assert read_notices(tmp_path) == {"10.5555/a": (third,), "10.5555/b": (second, first)}
    before = (tmp_path / FILE).read_bytes()
    write_notices(tmp_path, [third, second, first])
    assert (tmp_path / FILE).read_bytes() == before


def test_a_folder_without_notices_has_none(tmp_path):
    assert read_notices(tmp_path) == {}


@pytest.mark.parametrize("line", ["{}", "no json", '{"doi": "10.5555/a", "kind": "gone", "source": "me"}'])
def test_a_line_that_is_no_notice_is_named(tmp_path, line):
    good = Notice(doi="10.5555/a", kind="retraction", source="Crossref").model_dump_json()
    (tmp_path / FILE).write_text(f"{good}\n{line}\n")
    with pytest.raises(UsageError, match=r"notices\.jsonl, line 2: no notice .*; mend or remove"):
        read_notices(tmp_path)


def test_what_several_services_say_is_told_once_with_the_latest_date():
    def notice(kind: str, source: str, date: str | None = None) -> Notice:
        return Notice.model_validate({"doi": "10.5555/a", "kind": kind, "source": source, "date": date})

    told = described([
        notice("correction", "Crossref", "2024"),
        notice("retraction", "Crossref", "2025-03-09"),
        notice("retraction", "Retraction Watch", "2025-03"),
        notice("retraction", "Europe PMC"),
    ])  # fmt: skip
    assert told == ["Retracted 2025-03-09 (Crossref, Retraction Watch, Europe PMC)", "Corrected 2024 (Crossref)"]


def test_a_doi_is_compared_without_its_resolver_and_case():
    assert {folded_doi(doi) for doi in ("10.1/A", " https://doi.org/10.1/a", "doi:10.1/a")} == {"10.1/a"}
