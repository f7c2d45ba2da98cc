from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from pipeline.document import Box, Document
from pipeline.export import write_report
from pipeline.export.report import crops as drawing
from pipeline.export.report import plots
from pipeline.export.report.crops import Crops
from pipeline.folder import RunFolder
from pipeline.records import Outcome

from .conftest import review, source_paper

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m"


class Page(HTMLParser):
    """What a browser would find: tags with attributes, the text of scripts, the visible text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and data.strip():
            self.scripts[-1] += data
        else:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def unpacked(page: Page) -> dict[str, Any]:
    """The evidence, as the page's script unpacks it."""
    data: dict[str, Any] = json.loads(gzip.decompress(b64decode(page.scripts[0])))
    return data


def read(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def test_a_value_leads_to_its_sentence(run: RunFolder) -> None:
    page = read(write_report(run))
    (drug,) = [b for b in page.named("button") if b.get("data-curie") == "chebi:28748"]
    data = unpacked(page)
    found = data["evidence"][int(drug["data-evidence"] or "")]
    text = data["passages"][found["passage"]]["text"]
    assert text[found["start"] : found["end"]] == "Doxorubicin"
    assert text.endswith("(117 nm) [7].")
    assert found["pages"] == [1]
    assert drug["data-score"] == "0.90"


def test_what_was_not_read_says_why(run: RunFolder) -> None:
    assert "scan.pdf: no text; run OCR on it first" in read(write_report(run)).text


def test_nothing_is_fetched(run: RunFolder) -> None:
    page = read(write_report(run))
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "object", "embed"}
        assert "src" not in attributes or (attributes["src"] or "").startswith("data:")
    assert re.fullmatch(r"\w+_files", unpacked(page)["folder"]), "pictures stand beside the report"
    policy = next(m["content"] for m in page.named("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in (policy or "")
    assert "unsafe" not in (policy or "")


def test_text_of_a_paper_stays_text(make_run: Callable[..., RunFolder]) -> None:
    paper, mentions, (record,) = review()
    study = record.study.model_copy(update={"title": HOSTILE, "doi": '10.1/"><script>alert(2)</script>'})
    hostile = record.model_copy(update={"study": study, "formulation": HOSTILE})
    failed = Outcome(source=HOSTILE, status="damaged", message=HOSTILE)
    page = read(write_report(make_run((paper, mentions, [hostile]), extra=[failed])))
    assert len(page.named("script")) == 2, "our two scripts and no other"
    assert page.named("img") == []
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    for link in page.named("a"):
        assert re.match(r"https://doi\.org/|#", link["href"] or "")


def test_the_same_run_gives_the_same_bytes(run: RunFolder, tmp_path: Path) -> None:
    first = write_report(run, tmp_path / "a" / "report.html").read_bytes()
    assert first == write_report(run, tmp_path / "b" / "report.html").read_bytes()


@pytest.mark.parametrize("found", [[], [review()]])
def test_a_run_without_failures_or_without_records_has_a_report(
    make_run: Callable[..., RunFolder], found: list[object]
) -> None:
    page = read(write_report(make_run(*found)))
    assert "Not read" not in page.text
    assert ("No record was found" in page.text) == (not found)


def test_a_document_that_ends_the_drawing_costs_only_its_own_pictures(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(600, 800)
    pdf.save(good)
    bad.write_bytes(b"%PDF-1.4 nothing else")
    crops = Crops()
    paper = review()[0].document
    region = Box(1, 0, 0, 100, 50)
    for path in (good, bad, good, tmp_path / "gone.pdf"):
        data = path.read_bytes() if path.exists() else b"gone"
        crops.ask(paper.model_copy(update={"id": f"sha256:{sha256(data).hexdigest()}"}), path, [region])
    crops.draw(tmp_path / "pictures", 4)
    assert [name is not None for name in crops.names] == [True, False, True, False]
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {name for name in crops.names if name}


def test_a_changed_file_is_not_shown_as_evidence(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"another file by now")
    crops = Crops()
    crops.ask(review()[0].document, path, [Box(1, 0, 0, 100, 50)])
    crops.draw(tmp_path / "pictures", 1)
    assert crops.names == [None]


def test_places_that_overlap_share_a_picture() -> None:
    near, nearer, far, other_page = (
        Box(1, 50, 50, 250, 90), Box(1, 60, 60, 250, 100), Box(1, 50, 600, 250, 640), Box(2, 50, 50, 250, 90)
    )  # fmt: skip
    inside, outside = Box(1, 70, 60, 90, 80), Box(1, 300, 60, 390, 80)
    crops = Crops()
    places = crops.ask(review()[0].document, Path("gone.pdf"), [near, nearer, far, other_page], [inside, outside])
    assert places[near] == places[nearer] == places[inside]
    assert len({places[near], places[far], places[other_page]}) == 3
    assert outside not in places
    assert crops.boxes[places[near]] == Box(1, 50, 50, 250, 100)


@pytest.mark.slow
def test_the_number_of_processes_does_not_change_the_pictures(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "_TOGETHER", 2)
    monkeypatch.setattr(drawing, "_LEAST", 0)
    pages = [{"number": 1, "width": 600, "height": 800}]

    def drawn(jobs: int, budget: int) -> list[bytes | None]:
        monkeypatch.setattr(drawing, "_BYTES_A_RECORD", budget)
        crops = Crops()
        for path in sorted(sample.glob("*.pdf"))[:5]:
            identity = f"sha256:{sha256(path.read_bytes()).hexdigest()}"
            paper = Document.model_validate({**review()[0].document.model_dump(), "id": identity, "pages": pages})
            crops.ask(paper, path, [Box(1, 50, 50, 250, 150)])
        crops.draw(tmp_path / "pictures", 1, jobs)
        return [(tmp_path / "pictures" / name).read_bytes() if name else None for name in crops.names]

    everything = drawn(1, 10**9)
    assert None not in everything
    assert drawn(3, 10**9) == everything
    room_for_two = sum(len(image or b"") for image in everything[:2])
    assert drawn(3, room_for_two) == drawn(1, room_for_two) == [*everything[:2], None, None, None]
    assert len(list((tmp_path / "pictures").iterdir())) == 2, "what an earlier report had is gone"


def test_of_a_large_run_the_most_doubtful_records_are_shown_and_all_are_counted(
    make_run: Callable[..., RunFolder],
) -> None:
    paper, mentions, (record,) = source_paper()
    doubted = record.model_copy(
        update={"membranes": tuple(each.model_copy(update={"score": 0.1}) for each in record.membranes)}
    )
    failed = [Outcome(source=f"{number}.pdf", status="damaged", message=f"fault {number}") for number in range(3)]
    run = make_run(review(), (paper, mentions, [doubted]), extra=failed)
    text = " ".join(read(write_report(run, shown=1)).text.split())
    assert "On source.pdf" in text
    assert "A coated particle" not in text
    assert "These are the 1 records with the most doubtful values, of 2" in text
    assert "papers read2 not read3 records2 values on this page1" in text
    assert "1 of 3 are listed; documents.jsonl names all." in text
    assert "fault 0" in text
    assert "fault 1" not in text
    assert "with the most doubtful values" not in read(write_report(run)).text


def test_patterns_count_records(run: RunFolder) -> None:
    records = list(run.records())
    counted = plots.matrix("", records, "membranes", "cores")
    assert counted.counts == {("MCF-7", "gold"): 1}, "table and text count once; a core counts by its material"
    sizes = plots.sizes(records)
    assert [(bar.label, bar.count) for bar in sizes.bars] == [("0–50", 0), ("50–100", 0), ("100–150", 1)]
    assert sizes.note.endswith("median 117 nm")


def test_scores_stand_beside_the_records(run: RunFolder) -> None:
    figure = {"precision": 0.5, "recall": None, "f1": 0.666, "f1_interval": {"low": 0.4, "high": 0.8}}
    channel = {"channel": None, "audited": False, "figures": {"normalised": {"drugs": figure, "micro": figure}}}
    text = read(write_report(run, scores=[{"gold": "lin2023", "title": "A review", "scores": [channel]}])).text
    assert "Against lin2023" in text
    assert "[0.40–0.80]" in text
