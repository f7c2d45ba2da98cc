from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.export import write_report
from pipeline.folder import RunFolder
from pipeline.records import Outcome

from .conftest import review

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


def read(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def test_a_value_leads_to_its_sentence(run: RunFolder) -> None:
    page = read(write_report(run))
    (drug,) = [b for b in page.named("button") if b.get("data-curie") == "chebi:28748"]
    evidence = json.loads(page.scripts[0])["evidence"]
    found = evidence[int(drug["data-evidence"] or "")]
    assert (found["before"], found["mention"]) == ("", "Doxorubicin")
    assert found["after"].endswith("(117 nm) [7].")
    assert found["pages"] == [1]


def test_what_was_not_read_says_why(run: RunFolder) -> None:
    assert "scan.pdf: no text; run OCR on it first" in read(write_report(run)).text


def test_nothing_is_fetched(run: RunFolder) -> None:
    page = read(write_report(run))
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "object", "embed"}
        assert "src" not in attributes or (attributes["src"] or "").startswith("data:")
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
    assert write_report(run, tmp_path / "a.html").read_bytes() == write_report(run, tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize("found", [[], [review()]])
def test_a_run_without_failures_or_without_records_has_a_report(
    make_run: Callable[..., RunFolder], found: list[object]
) -> None:
    page = read(write_report(make_run(*found)))
    assert "Not read" not in page.text
    assert ("No record was found" in page.text) == (not found)
