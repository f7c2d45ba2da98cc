"""What an evaluation puts out."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from pipeline.document import Block, Document, Metadata, Page
from pipeline.errors import GoldError, UsageError
from pipeline.evaluation import evaluate
from pipeline.folder import RunFolder
from pipeline.records import Mention, Outcome, mention_id
from tests.evaluation.make import DOCUMENT, record, value

TEXT = "The first sentence. Particles were coated with =HeLa<script> membranes [31]. The last one."


@pytest.fixture
def gold_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "gold"
    folder.mkdir()
    rows = ['31,,membranes,HepG2,Hep-G2,cellosaurus:CVCL_0027,"Table 1, row 3, column 3"', "31,,drugs,,,,the abstract"]
    (folder / "gold.csv").write_text("study,doi,field,text,name,curie,source\n" + "\n".join(rows), encoding="utf-8")
    about = 'title = "A review"\nreview = "10.1000/review"\nlicense = "CC-BY-4.0"\n'
    (folder / "gold.toml").write_text(about, encoding="utf-8")
    return folder


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A run over one review that found a wrong membrane on its second page."""
    start = TEXT.index("=HeLa")
    end = start + len("=HeLa<script>")
    key = mention_id(DOCUMENT, "CELL_LINE", start, end)
    mention = Mention(
        id=key, document_id=DOCUMENT, label="CELL_LINE", start=start, end=end, text=TEXT[start:end], name="HeLa",
        score=0.5, method="model:x@1", boxes=((2, 1.0, 2.0, 3.0, 4.0),),
    )  # fmt: skip
    document = Document(
        id=DOCUMENT, source="in/review.pdf", media_type="application/pdf", text=TEXT,
        metadata=Metadata(doi="10.1000/review"), pages=(Page(number=1, width=9, height=9),),
        blocks=(Block(kind="paragraph", start=0, end=len(TEXT)),),
    )  # fmt: skip
    found = record("31", {"membranes": [value(TEXT[start:end], channel="text", evidence=(key,))]})
    found = found.model_copy(update={"made_by": {"coatmine": "1"}})
    outcome = Outcome(source="in/review.pdf", status="ok", document_id=DOCUMENT, doi="10.1000/review")
    folder = RunFolder(tmp_path / "run")
    folder.document_path(DOCUMENT).parent.mkdir(parents=True)
    folder.document_path(DOCUMENT).write_bytes(gzip.compress(document.to_json().encode()))
    for name, line in (("records", found), ("mentions", mention), ("documents", outcome)):
        (folder.path / f"{name}.jsonl").write_text(line.model_dump_json() + "\n", encoding="utf-8")
    return folder.path


def test_errors_csv_names_sentence_page_and_source_of_every_error(
    gold_folder: Path, run_folder: Path, tmp_path: Path
) -> None:
    evaluate(gold_folder, run_folder, tmp_path / "out")
    with (tmp_path / "out" / "errors.csv").open(encoding="utf-8-sig", newline="") as stream:
        errors = [row for row in csv.DictReader(stream) if row["channel"] == "text"]
    wrong = next(row for row in errors if row["kind"] == "FP")
    assert (wrong["page"], wrong["document"], wrong["field"], wrong["study"]) == (
        "2",
        "in/review.pdf",
        "membranes",
        "31",
    )
    assert wrong["sentence"] == "Particles were coated with =HeLa<script> membranes [31]."
    assert wrong["text"] == "'=HeLa<script>"  # a spreadsheet must not run it
    lost = next(row for row in errors if row["kind"] == "FN")
    assert (lost["text"], lost["source"]) == ("HepG2", "Table 1, row 3, column 3")


def test_scores_json_holds_each_channel_and_repeats_itself(gold_folder: Path, run_folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        evaluate(gold_folder, run_folder, tmp_path / name)
    first, second = ((tmp_path / name / "scores.json").read_bytes() for name in ("a", "b"))
    assert first == second
    scores = json.loads(first)["scores"]
    assert [each["channel"] for each in scores] == ["table", "text", None]
    assert json.loads(first)["made_by"] == {"coatmine": ["1"]}
    assert scores[1]["figures"]["normalised"]["membranes"]["fp"] == 1
    assert scores[0]["figures"]["normalised"]["membranes"]["fp"] == 0


def test_the_html_report_escapes_what_comes_from_a_paper(gold_folder: Path, run_folder: Path, tmp_path: Path) -> None:
    evaluate(gold_folder, run_folder, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "=HeLa&lt;script&gt;" in page
    assert "<script" not in page


def test_the_terminal_table_shows_the_channels_beside_each_other(gold_folder: Path, run_folder: Path) -> None:
    text = evaluate(gold_folder, run_folder).as_text(120)
    assert max(map(len, text.splitlines())) <= 120
    header = next(line for line in text.splitlines() if "table P" in line)
    assert "text P" in header
    assert "both P" in header
    assert any("membranes" in line and "0.000" in line for line in text.splitlines())


def test_on_a_narrow_terminal_the_channels_stand_below_each_other(gold_folder: Path, run_folder: Path) -> None:
    text = evaluate(gold_folder, run_folder).as_text(80)
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    headers = [line for line in text.splitlines() if " P " in line and "field" in line]
    assert [next(c for c in ("table", "text", "both") if c in line) for line in headers] == ["table", "text", "both"]


def test_a_folder_that_is_no_run_or_no_gold_set_says_so(gold_folder: Path, run_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"records\.jsonl"):
        evaluate(gold_folder, tmp_path / "nothing")
    with pytest.raises(GoldError, match=r"gold\.csv"):
        evaluate(tmp_path / "nothing", run_folder)


def test_a_run_is_set_against_others_by_their_names(gold_folder: Path, run_folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty run"
    empty.mkdir()
    for name in ("records", "mentions", "documents"):
        (empty / f"{name}.jsonl").write_text("", encoding="utf-8")
    report = evaluate(gold_folder, run_folder, tmp_path / "out", against=[empty])
    assert [error.kind for error in report.against["empty run"]["text"].lost] == ["FP"]
    assert report.against["empty run"]["table"].lost == ()
    assert "empty run" in report.as_text()
    assert "empty run" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_scores_are_given_on_the_gold_as_audited_too(gold_folder: Path, run_folder: Path, tmp_path: Path) -> None:
    head = "study,field,text,kind,action,name,curie,reason\n"
    accept = "31,membranes,HepG2,slip,accept,=HeLa<script>,,the prose says so\n"
    (gold_folder / "audit.csv").write_text(head + accept, encoding="utf-8")
    report = evaluate(gold_folder, run_folder, tmp_path / "out")
    assert [each.figure("membranes").tp for each in report.scores] == [0, 0, 0]
    assert [each.figure("membranes").tp for each in report.audited] == [0, 1, 1]
    scores = json.loads((tmp_path / "out" / "scores.json").read_bytes())["scores"]
    assert [(each["audited"], each["channel"]) for each in scores[3:]] == [
        (True, "table"),
        (True, "text"),
        (True, None),
    ]
