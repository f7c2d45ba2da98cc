"""docs/schema.md and docs/formats.md say all that there is, and nothing that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.export import FORMATS, load_database
from pipeline.export.database import schema
from pipeline.export.database.views import VIEWS
from pipeline.export.spreadsheet import COLUMNS
from pipeline.export.vocabularies import vocabularies
from pipeline.folder import RunFolder
from pipeline.records import FIELDS, CoreValue, Mention, Record, SizeValue, Value

from .databases import ask

DOCS = Path(__file__).resolve().parents[2] / "docs"


def first_cells(text: str) -> set[str]:
    """What stands in backticks in the first column of tables."""
    return {name for line in re.findall(r"^\|([^|]*)\|", text, re.MULTILINE) for name in re.findall(r"`([^`]+)`", line)}


def test_every_table_and_column_is_described() -> None:
    text = (DOCS / "schema.md").read_text(encoding="utf-8")
    head, *sections = re.split(r"^### ", text, flags=re.MULTILINE)
    described = {section.partition("\n")[0]: first_cells(section) for section in sections}
    assert described == {name: {column.name for column in table.c} for name, table in schema.metadata.tables.items()}
    assert set(VIEWS) <= first_cells(head)
    assert set(schema.COMMENTS) == {*described, *VIEWS}


def test_comments_in_the_database_are_those_of_the_docs() -> None:
    text = (DOCS / "schema.md").read_text(encoding="utf-8").replace("`", "").replace("\\", "")
    stated = [comment for comments in schema.COMMENTS.values() for comment in comments.values()]
    assert all(stated)
    flat = " ".join(text.split())
    assert [comment for comment in stated if " ".join(comment.split()) not in flat] == []


def test_the_questions_in_the_docs_can_be_asked(run: RunFolder, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/coats.db"
    load_database(run.path, url)
    (block,) = re.findall(r"```sql\n(.*?)```", (DOCS / "schema.md").read_text(encoding="utf-8"), re.DOTALL)
    questions = [question for question in block.split(";") if question.strip()]
    assert len(questions) == 4
    for question in questions:
        ask(url, question)


def test_every_prefix_is_described() -> None:
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w.]+)` \| .* \| `[\w.]+:(\w+)` \|$", text, re.MULTILINE))
    assert set(rows) == set(vocabularies())
    assert all(re.search(vocabularies()[prefix].pattern, identifier) for prefix, identifier in rows.items())


def test_every_format_is_described() -> None:
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^## `([a-z]+)`", text, re.MULTILINE))
    assert sections == set(FORMATS)


@pytest.mark.parametrize("names", [COLUMNS, [*FIELDS, "study.key", "study.doi", "study.title", "formulation"]])
def test_every_field_has_its_place(names: list[str]) -> None:
    mapped = first_cells((DOCS / "formats.md").read_text(encoding="utf-8"))
    assert set(names) <= mapped


def test_every_part_of_a_record_and_a_value_has_its_place() -> None:
    mapped = first_cells((DOCS / "formats.md").read_text(encoding="utf-8"))
    parts = {f"record.{name}" for name in Record.model_fields if name not in {*FIELDS, "study", "formulation"}}
    parts |= {f"value.{name}" for model in (Value, SizeValue, CoreValue) for name in model.model_fields}
    assert parts <= mapped


def test_every_part_of_a_mention_has_its_place() -> None:
    mapped = first_cells((DOCS / "formats.md").read_text(encoding="utf-8"))
    assert {f"mention.{name}" for name in Mention.model_fields} <= mapped
