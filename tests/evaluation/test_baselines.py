"""The baselines: what they give to whom, and that they make run folders that can be scored."""

from __future__ import annotations

import gzip
from pathlib import Path

from pipeline.document import Block, Citation, Document, Reference
from pipeline.evaluation import derive, keep, nearest
from pipeline.folder import RunFolder
from pipeline.records import Label, Mention, Outcome, Record, SizeFacts, mention_id
from tests.evaluation.make import DOCUMENT

TEXT = "HeLa coats of 80 nm [1] and in later work 4T1 coats [2]. Doxorubicin alone.\nMCF-7 in the list\n"


def _document(cited: bool = True) -> Document:
    citations = [
        Citation(start=TEXT.index(f"[{key}]"), end=TEXT.index(f"[{key}]") + 3, references=(key,)) for key in "12"
    ]
    first = TEXT.index("\n")
    return Document(
        id=DOCUMENT, source="a.txt", media_type="text/plain", text=TEXT,
        blocks=(
            Block(kind="paragraph", start=0, end=first), Block(kind="reference", start=first + 1, end=len(TEXT) - 1),
        ),
        citations=tuple(citations) if cited else (),
        references=(Reference(key="1", start=0, end=1, doi="10.1000/a"), Reference(key="2", start=0, end=1)),
    )  # fmt: skip


def _mention(text: str, label: Label, method: str = "lexicon:x@1") -> Mention:
    start = TEXT.index(text)
    return Mention(
        id=mention_id(DOCUMENT, label, start, start + len(text)), document_id=DOCUMENT, label=label, start=start,
        end=start + len(text), text=text, name=text, score=0.9, method=method,
        size=SizeFacts(value=80) if label == "SIZE" else None,
    )  # fmt: skip


MENTIONS = [
    _mention("HeLa", "CELL_LINE"),
    _mention("80 nm", "SIZE", "rule:sizes@1"),
    _mention("4T1", "CELL_LINE", "model:tagger@1"),
    _mention("Doxorubicin", "DRUG"),
    _mention("MCF-7", "CELL_LINE"),
]


def _texts(record: Record) -> list[str]:
    return [value.text for _, value in record.items()]


def test_the_nearest_citation_gets_the_mention_and_the_bibliography_is_not_read() -> None:
    one, two = nearest(_document(), MENTIONS)
    assert (one.study.key, one.study.doi, _texts(one)) == ("1", "10.1000/a", ["HeLa", "80 nm"])
    assert (two.study.key, _texts(two)) == ("2", ["4T1", "Doxorubicin"])
    assert {value.channel for _, value in one.items()} == {"text"}
    assert one.sizes[0].value == 80


def test_a_paper_that_cites_nothing_is_about_its_own_work() -> None:
    (own,) = nearest(_document(cited=False), MENTIONS)
    assert own.study.key == "self"
    assert _texts(own) == ["HeLa", "4T1", "Doxorubicin", "80 nm"]


def test_a_kind_of_method_is_kept_with_what_the_tables_say() -> None:
    table = _mention("HeLa", "CELL_LINE", "rule:table@1")
    assert [m.text for m in keep([*MENTIONS, table], "model")] == ["4T1", "HeLa"]
    assert [m.text for m in keep([*MENTIONS, table], "rule")] == ["80 nm", "HeLa"]


def test_a_derived_run_can_be_read_like_any_other(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.document_path(DOCUMENT).parent.mkdir(parents=True)
    folder.document_path(DOCUMENT).write_bytes(gzip.compress(_document().to_json().encode()))
    lines = "".join(mention.model_dump_json() + "\n" for mention in MENTIONS)
    (folder.path / "mentions.jsonl").write_text(lines, encoding="utf-8")
    read = Outcome(source="a.txt", status="ok", document_id=DOCUMENT)
    again = read.model_copy(update={"source": "copy of a.txt"})
    failed = Outcome(source="b.txt", status="damaged")
    (folder.path / "documents.jsonl").write_text(
        "".join(o.model_dump_json() + "\n" for o in (read, again, failed)), encoding="utf-8"
    )
    made = derive(folder.path, tmp_path / "out", {"nearest": lambda d, m: (m, nearest(d, m))})
    derived = RunFolder(made["nearest"])
    assert [record.study.key for record in derived.records()] == ["1", "2"]
    assert list(derived.mentions()) == MENTIONS
    assert list(derived.outcomes()) == list(folder.outcomes())
    assert derived.document(DOCUMENT) == _document()
