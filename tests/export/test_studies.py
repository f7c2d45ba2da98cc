"""One row per study: what several documents tell of a study is joined by its DOI, and nothing else is."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from pipeline.export import write_records_csv, write_report, write_workbook
from pipeline.export.report.content import gather
from pipeline.export.studies import overlap
from pipeline.folder import RunFolder
from pipeline.records import Record, Study, record_id

from .conftest import Found, overlapping_review, review, source_paper
from .test_report import read, unpacked

MakeRun = Callable[..., RunFolder]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def overlapping(make_run: MakeRun) -> RunFolder:
    return make_run(review(), source_paper(), overlapping_review())


def with_studies(found: Found, *studies: tuple[Study, str | None]) -> Found:
    """The same paper, its record once for each study and formulation."""
    paper, mentions, (record,) = found
    made = [
        record.model_copy(
            update={
                "id": record_id(paper.document.id, study.key, formulation), "study": study, "formulation": formulation
            }
        )
        for study, formulation in studies
    ]  # fmt: skip
    return paper, mentions, made


def test_a_study_in_two_reviews_is_one_row_of_the_sheet(overlapping: RunFolder) -> None:
    own, joined = rows(write_records_csv(overlapping))
    assert own["study"] == "self"
    assert (joined["study"], joined["source"]) == ("7; 31", "review.pdf; later.pdf")
    assert joined["record_id"] == "; ".join(each.id for each in overlapping.records() if each.study.key != "self")
    assert joined["membranes"] == "MCF-7", "what both say stands once"
    assert joined["drugs"] == "doxorubicin; paclitaxel"
    assert joined["differences"].startswith("drugs: doxorubicin (review.pdf), paclitaxel (later.pdf)")
    assert joined["title"] == "A coated particle", "what one list lacks, another gives"
    assert joined["table_rows"] == "later.pdf: Table 1, row 1"
    assert joined["pages"] == "review.pdf: 1 | later.pdf: 1"
    assert "[later.pdf p. 1] MCF-7 cells paclitaxel" in joined["sentences"]
    assert joined["missing"] == "animal_models: not found; modalities: not reported"


def test_a_record_says_which_row_of_which_table_it_came_from(make_run: MakeRun) -> None:
    (row,) = rows(write_records_csv(make_run(overlapping_review())))
    assert row["table_rows"] == "Table 1, row 1"


def test_the_workbook_joins_studies_and_keeps_the_single_records(overlapping: RunFolder) -> None:
    book = openpyxl.load_workbook(write_workbook(overlapping))
    studies, records = (list(book[name].iter_rows(values_only=True)) for name in ("Studies", "Records"))
    assert [row[1] for row in studies[1:]] == ["self", "7; 31"]
    assert [row[1] for row in records[1:]] == ["7", "self", "31"]
    assert studies[0] == records[0]


def test_the_report_shows_the_single_records_on_request(overlapping: RunFolder) -> None:
    page = read(write_report(overlapping))
    singles = [row for row in page.named("tr") if row.get("class") == "single"]
    assert len(singles) == 2
    assert all("hidden" in row for row in singles)
    assert "2 papers tell of it" in page.text
    assert "papers differ" in page.text
    (again,) = [b for b in page.named("button") if b.get("data-curie") == "chebi:45863" and b["data-evidence"]][:1]
    data = unpacked(page)
    passage = data["passages"][data["evidence"][int(again["data-evidence"] or "")]["passage"]]
    assert passage["source"] == "later.pdf"


def test_patterns_count_a_study_once(overlapping: RunFolder) -> None:
    content = gather(overlapping)
    assert (content.found["records"], content.found["rows"], content.joined) == (3, 2, 1)
    assert sorted(content.years) == [2019, 2023], "the study of the year 2019 is one study"
    (joined,) = [record for record in content.records if record.study.key != "self"]
    assert len(joined.drugs) == 2


def test_of_a_large_run_a_joined_row_is_shown_whole_or_not_at_all(overlapping: RunFolder) -> None:
    content = gather(overlapping, shown=1)
    (row,) = content.rows
    assert [single.about.study.key for single in row.singles] == ["7", "31"], "its least certain value is at .80"


def test_studies_without_a_doi_and_records_of_one_paper_are_never_joined(make_run: MakeRun) -> None:
    nameless = with_studies(review(), (Study(key="7"), None))
    other = with_studies(overlapping_review(), (Study(key="7"), None))
    assert not overlap(make_run(nameless, other)).row_of
    twice = with_studies(review(), (Study(key="7", doi="10.1/x"), "A"), (Study(key="7", doi="10.1/x"), "B"))
    assert not overlap(make_run(twice)).row_of


def test_a_review_joins_the_formulation_it_names_else_the_nearest(make_run: MakeRun) -> None:
    doi = "10.1/x"
    paper = with_studies(source_paper(), (Study(key="self", doi=doi), "bare"), (Study(key="self", doi=doi), "CM@Au"))
    named = with_studies(overlapping_review(), (Study(key="31", doi=doi), "cm@au"))
    run = make_run(paper, named)
    assert keys(run) == [{"31 cm@au", "self CM@Au"}, {"self bare"}]
    cited = with_studies(review(), (Study(key="7", doi=doi), "one"), (Study(key="9", doi=doi), "two"))
    emptied = cited[2][0].model_copy(update={"membranes": (), "drugs": ()})
    unnamed = with_studies(overlapping_review(), (Study(key="31", doi=doi), None))
    run = make_run((cited[0], cited[1], [emptied, cited[2][1]]), unnamed)
    assert keys(run) == [{"31 None", "9 two"}, {"7 one"}], "they share the coat"


def test_a_paper_about_itself_joins_the_review_that_cites_it_by_what_the_run_knows_of_it(make_run: MakeRun) -> None:
    paper, mentions, (record,) = source_paper()
    unstated: Record = record.model_copy(update={"study": Study(key="self")})  # the DOI is the document's own
    cited = with_studies(overlapping_review(), (Study(key="31", doi="10.1234/review"), None))
    assert keys(make_run((paper, mentions, [unstated]), cited)) == [{"self None", "31 None"}]


def keys(run: RunFolder) -> list[set[str]]:
    """The rows of a run, each as the studies and formulations that it joins."""
    shared = overlap(run)
    found: dict[object, set[str]] = {}
    for record in run.records():
        row = shared.row(record)
        found.setdefault(record.id if row is None else row, set()).add(f"{record.study.key} {record.formulation}")
    return sorted(found.values(), key=sorted)
