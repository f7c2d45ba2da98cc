"""Names of the user's own: what a table may hold, what is said of one that is wrong, and that its names are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.document import Block, Document
from pipeline.errors import UsageError
from pipeline.linking import user_rows
from pipeline.ner import annotate, load


def _table(folder: Path, text: str) -> Path:
    (folder / "mine.tsv").write_text(text, encoding="utf-8")
    return folder


def test_names_are_found_whatever_stands_around_them_and_keep_their_identifiers(tmp_path: Path) -> None:
    names = (
        "type\tname\tpreferred\tidentifier\tcaution\n# ours\ndrug\tXQ-1172\tquensatib\tCHEBI:28748\tnot doxorubicin\n"
    )
    folder = _table(
        tmp_path, names + "cell_line\tQuux\ncell_type\tzorb cell\nmaterial\tpoly(blorb)\ndisease\tblorbism\n"
    )
    text = "Quux and zorb cells met XQ-1172 in poly(blorb) against blorbism."
    block = Block(kind="paragraph", start=0, end=len(text))
    document = Document(id="sha256:" + "0" * 64, source="t", media_type="text/plain", text=text, blocks=(block,))
    found = {m.text: (m.label, m.name, m.curie, m.caution) for m in annotate(document, load(lexicon=folder))}
    assert found == {
        "Quux": ("CELL_LINE", "Quux", None, None),
        "zorb cells": ("CELL_TYPE", "zorb cell", None, None),
        "XQ-1172": ("DRUG", "quensatib", "CHEBI:28748", "not doxorubicin"),
        "poly(blorb)": ("CORE", "poly(blorb)", None, None),
        "blorbism": ("DISEASE", "blorbism", None, None),
    }
    assert not [m for m in annotate(document) if m.text in ("Quux", "XQ-1172", "zorb cells")]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("name\ttype\nX-1\tdrog\n", r"mine.tsv, line 2, 'X-1': type 'drog' is none of cell_line"),
        ("name\ttype\nX-1\tdrug\tmore\n", r"line 2: 3 cells under 2 columns"),
        ("name\tkind\nX-1\tdrug\n", r"line 1: the columns are name, kind; needed are name and type"),
        ("name\ttype\tidentifier\nX-1\tdrug\tDOID:1\n", r"line 2, 'X-1': 'DOID:1' is no identifier of a drug"),
        ("name\ttype\n--\tdrug\n", r"neither letter nor digit"),
        ("name\ttype\nTG2\tstrain\n", r"line 2, 'TG2': a strain needs its species as taxon"),
        ("name\ttype\tparent\nX\tdisease\tzorb\n", r"line 2, 'X': parent 'zorb' is no disease's preferred name"),
        ("name\ttype\tsynonyms\nX-1\tdrug\t--\n", r"line 2, 'X-1': the name has neither letter nor digit"),
        ("", r"the columns are none"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_its_line(tmp_path: Path, table: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        user_rows(_table(tmp_path, table))


def test_what_needs_more_words_is_no_mention_alone(tmp_path: Path) -> None:
    table = "name\ttype\tsubtype\tstandalone\nblorbium\tmaterial\t\tno\n"
    table += "zorbism\tdisease\tnonspecific\nquensium\tmaterial\n"
    text = "Blorbium, quensium and zorbism were described."
    block = Block(kind="paragraph", start=0, end=len(text))
    document = Document(id="sha256:" + "0" * 64, source="t", media_type="text/plain", text=text, blocks=(block,))
    found = annotate(document, load(lexicon=_table(tmp_path, table)))
    assert [(m.text, m.label) for m in found] == [("quensium", "CORE")]


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no table of names"):
        user_rows(tmp_path)
