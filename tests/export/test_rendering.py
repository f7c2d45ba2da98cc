"""A document without pages as it is shown: every character where its offset says, and nothing of the file's mark-up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.rendering import Renderings, render, render_around
from pipeline.readers.markdown import read_markdown
from pipeline.readers.writing import Source

PAPER = """# Rods in coats, and what they are

# Results

Rods of Fe<sub>2</sub>O<sub>3</sub> at 10<sup>3</sup> M \u202eglow &lt;script&gt;.

| Coat | Core | Ref. |
|---|---|---|
| RBC | gold | 1 |
| | silica | 2 |
| 4T1 | PLGA | 3 |
| HeLa | iron | 4 |
"""


@pytest.fixture(scope="module")
def paper():
    return read_markdown(PAPER.encode(), Source("p.md", "sha256:" + "0" * 64, "text/markdown"))


def words(shown) -> str:
    return "".join(run.text for run in shown.runs)


def table(shown) -> list[list[str]]:
    return [["".join(run.text for run in cell.runs) for cell in row] for row in shown.rows]


def test_all_blocks_in_their_order(paper):
    shown = render(paper)
    assert [each.kind for each in shown] == ["title", "heading", "paragraph", "table"]
    assert table(shown[3]) == [["Coat", "Core", "Ref."], ["RBC", "gold", "1"], ["silica", "2"], ["4T1", "PLGA", "3"],
                               ["HeLa", "iron", "4"]]  # fmt: skip
    assert [cell.is_heading for row in shown[3].rows for cell in row][:4] == [True, True, True, False]
    assert shown[3].rows[1][0].row_span == 2


def test_scripts_are_runs_and_marks_that_reorder_are_seen(paper):
    runs = render(paper)[2].runs
    assert [(run.text, run.script) for run in runs][:4] == [("Rods of Fe", ""), ("2", "sub"), ("O", ""), ("3", "sub")]
    assert "\u202e" not in words(render(paper)[2])


@given(st.data())
def test_every_run_stands_where_its_offset_says(paper, data):
    start = data.draw(st.integers(0, len(paper.text) - 1))
    end = data.draw(st.integers(start, len(paper.text)))
    for shown in render_around(paper, start, end):
        for run in shown.all_runs():
            assert len(run.text) == len(paper.text[run.start : run.start + len(run.text)])
            assert run.text.replace("\ufffd", "\u202e") == paper.text[run.start : run.start + len(run.text)]


def test_of_a_table_the_headings_and_the_rows_beside(paper):
    at = paper.text.index("PLGA")
    (shown,) = render_around(paper, at, at + 4)
    assert table(shown) == [["Coat", "Core", "Ref."], ["RBC", "gold", "1"], ["silica", "2"], ["4T1", "PLGA", "3"],
                            ["HeLa", "iron", "4"]]  # fmt: skip
    at = paper.text.index("iron")
    (shown,) = render_around(paper, at, at + 4)
    assert table(shown) == [["Coat", "Core", "Ref."], ["4T1", "PLGA", "3"], ["HeLa", "iron", "4"]]


def test_one_rendering_for_all_that_stands_in_it(paper):
    renderings = Renderings()
    gold = paper.text.index("gold")
    places = [renderings.ask(paper, at, at + 1) for at in (gold, gold + 1, paper.text.index("glow"))]
    assert places == [0, 0, 1]
    assert renderings.shown[1][0]["runs"][0] == (paper.blocks[2].start, "Rods of Fe", "")
