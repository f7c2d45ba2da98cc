"""What a paper costs grows as its length does: four times the text or the table never takes sixteen times as long."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import ner, relations
from pipeline.document import Table
from pipeline.export.rendering import Renderings
from pipeline.readers import read
from pipeline.tabular import upright

TIMES = 4
MOST = 2.5 * TIMES
"""By how much the time may grow; twice as steep as the text is a square already."""


def prose(size: int) -> str:
    """A text of so many sentences, each with names of its own in the middle."""
    told = (
        f"PLGA nanoparticles of batch {n} loaded with doxorubicin were coated with the membrane of 4T1 cells [{n}]. "
        f"They measured {80 + n % 90} nm and slowed the growth of breast cancer in BALB/c mice fed ad libitum.\n"
        for n in range(size)
    )
    return "# Coated particles\n\n## Results\n\n" + "\n".join(told)


def own(size: int) -> str:
    """A paper that says the same of its own work so many times."""
    told = "We loaded doxorubicin into PLGA nanoparticles and coated them with the membrane of 4T1 cells.\n"
    return "# Coated particles\n\n## Results\n\n" + "\n".join([told] * size)


def table(size: int) -> str:
    """A review's table of so many studies, with the references that it cites."""
    head = "# A review\n\nTable 1. Membrane-coated particles.\n\n| Membrane | Core | Drug | Size (nm) | Ref. |\n"
    rows = (f"| 4T1 | PLGA | doxorubicin | {80 + n % 90} | [{n}] |" for n in range(1, size + 1))
    references = (f"{n}. Li, A. On particles, part {n}. J. Made Up {n}, 2020." for n in range(1, size + 1))
    return "\n".join([f"{head}|---|---|---|---|---|", *rows, "", "## References", "", *references])


@pytest.mark.slow
@pytest.mark.parametrize(("made", "size"), [(prose, 80), (table, 120)], ids=["prose", "table"])
def test_the_time_for_a_paper_grows_as_its_length_does(tmp_path: Path, made: Callable[[int], str], size: int) -> None:
    nlp = ner.load(None)

    def seconds(name: str, text: str) -> float:
        path = tmp_path / f"{name}.md"
        path.write_text(text)
        document = read(path)
        begun = time.process_time()  # of this process alone: a busy machine changes it little
        mentions = ner.annotate(document, nlp)
        relations.assemble(document, mentions)
        assert len(mentions) > size
        return time.process_time() - begun

    seconds("warm", made(size))  # what is loaded and compiled once
    short = min(seconds(f"short{n}", made(size)) for n in range(2))
    assert seconds("long", made(TIMES * size)) < MOST * short


@pytest.mark.slow
def test_the_time_for_a_record_grows_as_its_evidence_does(tmp_path: Path) -> None:
    nlp = ner.load(None)

    def seconds(size: int) -> float:
        path = tmp_path / f"{size}.md"
        path.write_text(own(size))
        document = read(path)
        mentions = ner.annotate(document, nlp)
        begun = time.process_time()
        (record,) = relations.assemble(document, mentions)
        assert len(record.drugs[0].evidence) > 1
        return time.process_time() - begun

    seconds(20)
    assert seconds(TIMES * 300) < MOST * min(seconds(300) for _ in range(2))


@pytest.mark.slow
def test_the_time_to_show_where_values_stand_grows_as_their_table_does(tmp_path: Path) -> None:
    def seconds(size: int) -> float:
        path = tmp_path / f"{size}.md"
        path.write_text(table(size))
        document = read(path)
        begun = time.process_time()
        shown = Renderings()
        for cell in document.tables[0].cells:
            shown.ask(document, cell.start, cell.end)
        assert len(shown.shown) > size
        return time.process_time() - begun

    seconds(20)
    small, large = (min(seconds(size) for _ in range(3)) for size in (300, TIMES * 300))
    assert large < MOST * small


def test_a_table_that_is_turned_has_the_size_of_what_it_holds() -> None:
    texts = [["Study", "one", "two", "three"], ["Membrane", "4T1", "HeLa", "RBC"], ["Drug", "a", "b", "c"],
             ["Core", "PLGA", "gold", "silica"], ["Size (nm)", "90", "100", "110"]]  # fmt: skip
    cells = [
        {"row": row, "col": col, "start": 10 * row + col, "end": 10 * row + col + 1, "text": text}
        for row, line in enumerate(texts)
        for col, text in enumerate(line)
    ]
    lying = Table.model_validate({"label": "1", "caption": "", "page": 1, "header_rows": 1, "cells": cells})
    assert (lying.rows, lying.cols) == (5, 4)
    turned = upright(lying)
    assert (turned.rows, turned.cols) == (4, 5)
    assert turned.at(1, 1).text == "4T1"
    assert turned.at(3, 4).text == "110"
