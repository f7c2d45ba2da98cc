"""The baselines: what they give to whom, and that they make run folders that can be scored."""

from __future__ import annotations

import gzip
from pathlib import Path

from pipeline.document import Block, Citation, Document, Reference
from pipeline.evaluation import derive, keep, nearest
from pipeline.evaluation.baselines import every, from_dictionary, in_roles, nearest_to_core
from pipeline.folder import RunFolder
from pipeline.linking import shipped_lexicon
from pipeline.records import CoreFacts, Label, Mention, Outcome, Record, Role, SizeFacts, mention_id
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


def _role(mention: Mention, role: Role) -> Mention:
    return mention.model_copy(update={"role": role})


def test_names_in_the_roles_of_values_are_values_where_a_coat_and_a_cargo_meet() -> None:
    hela, size, four, drug, listed = MENTIONS
    coat, cargo = _role(four, "membrane_source"), _role(drug, "cargo")
    (record,) = in_roles(_document(), [_role(hela, "test_cells"), _role(size, "coated"), coat, cargo, listed])
    assert (record.study.key, _texts(record)) == ("2", ["4T1", "Doxorubicin"])
    assert in_roles(_document(), [coat]) == []
    assert in_roles(_document(), [coat, cargo.model_copy(update={"negated": True})]) == []


def test_without_roles_every_name_outside_the_bibliography_is_a_value() -> None:
    (record,) = every(_document(cited=False), MENTIONS)
    assert (record.study.key, _texts(record)) == ("self", ["HeLa", "4T1", "Doxorubicin", "80 nm"])


def test_a_core_gets_the_nearest_name_of_every_other_kind() -> None:
    core = _mention("coats [2]", "CORE").model_copy(update={"core": CoreFacts()})
    (record,) = nearest_to_core(_document(), [*MENTIONS, core])
    assert record.study.key == "2"
    assert _texts(record) == ["4T1", "coats [2]", "Doxorubicin", "80 nm"]


def test_the_dictionary_finds_the_longest_names_and_lengths_and_joins_what_stands_together() -> None:
    text = "DOX in PLGA nanoparticles of 98.5 ± 2 nm and 0.2 µm for breast cancer of BALB/c mice; TEM, 5 nmol."
    document = Document(
        id=DOCUMENT, source="a.txt", media_type="text/plain", text=text,
        blocks=(Block(kind="paragraph", start=0, end=len(text)),),
    )  # fmt: skip
    found = from_dictionary(document, shipped_lexicon())
    assert [(m.text, m.label) for m in found] == [
        ("DOX", "DRUG"), ("PLGA nanoparticles", "CORE"), ("98.5 ± 2 nm", "SIZE"), ("0.2 µm", "SIZE"),
        ("breast cancer", "DISEASE"), ("BALB/c mice", "ANIMAL_MODEL"),
    ]  # fmt: skip
    assert [(m.size.value, m.size.unit) for m in found if m.size] == [(98.5, "nm"), (0.2, "µm")]
    assert found[0].name == "doxorubicin"
