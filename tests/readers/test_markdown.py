"""Markdown as authors and converters write it: what becomes of headings, tables, formulas, references and slips."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.readers import read
from pipeline.readers.markdown import read_markdown
from pipeline.readers.structured.formulas import formula
from pipeline.readers.text import read_text
from pipeline.readers.writing import Source

PLAIN = """# Coats of platelets for gold

Ada Miro<sup>1</sup>, Bo Quell<sup>\\*2</sup> and Cy Rand<sup>1</sup>

<sup>1</sup>Institute of Invented Science, Nowhere; <sup>2</sup>Department of Tales, Elsewhere

https://doi.org/10.5555/coat.01

**Published:** 3 May 2021

### **Abstract**

Platelet membranes were coated on gold nanorods.

**Keywords:** platelets; gold

# 1 Introduction

Coats hide particles [1,2]. They carry H<sub>2</sub>O<sub>2</sub> away [3], which was told before in much longer and

older papers [1].

#### 1.1 Aim

We aim at x.

# 2 Methods

Gold was made.

# References

- Miro, A.; Quell, B. *J. Tales* **2019**, *1*, 1-9. doi:10.5555/a.1
- Quell, B. *J. Tales* **2020**, *2*, 2-9.
- 3. Rand, C. *J. Tales* **2020**, *3*, 3-9. [CrossRef](http://dx.doi.org/10.5555/c.3)
"""


def document(text: str) -> Document:
    return read_markdown(text.encode(), Source("paper.md", "sha256:" + "0" * 64, "text/markdown"))


def kinds(read: Document, kind: str) -> list[str]:
    return [read.text[block.start : block.end] for block in read.blocks if block.kind == kind]


def scripts(read: Document) -> list[tuple[str, str]]:
    return [(read.text[script.start : script.end], script.kind) for script in read.scripts]


def grid(table) -> list[list[str]]:
    return [
        [cell.text if (cell := table.at(row, col)) else "" for col in range(table.cols)] for row in range(table.rows)
    ]


def test_front_matter_sections_and_references_of_a_plain_paper():
    read = document(PLAIN)
    assert read.metadata.title == "Coats of platelets for gold"
    assert read.metadata.authors == ("Ada Miro", "Bo Quell", "Cy Rand")
    assert (read.metadata.doi, read.metadata.year) == ("10.5555/coat.01", 2021)
    assert kinds(read, "abstract") == ["Platelet membranes were coated on gold nanorods."]
    assert kinds(read, "keywords") == ["Keywords: platelets; gold"]
    aim = next(block for block in read.blocks if read.text[block.start : block.end] == "We aim at x.")
    assert aim.section == ("1 Introduction", "1.1 Aim")
    assert [(r.key, r.doi, r.year) for r in read.references] == [
        ("1", "10.5555/a.1", 2019), ("2", None, 2020), ("3", "10.5555/c.3", 2020),
    ]  # fmt: skip
    assert [c.references for c in read.citations] == [("1", "2"), ("3",), ("1",)]


def test_a_paragraph_cut_by_a_page_is_whole_again():
    assert any("longer and older papers" in text for text in kinds(document(PLAIN), "paragraph"))


def test_lowered_characters_are_characters_with_a_script():
    read = document(PLAIN)
    assert "H2O2" in read.text
    assert scripts(read).count(("2", "subscript")) == 2


@pytest.mark.parametrize(
    ("latex", "text", "marks"),
    [
        (r"J i ^ { + }", "Ji+", "  ^"),
        (r"1 0 ^ { - 3 } ~ \mathrm { m g }", "10-3 mg", "  ^^   "),
        (r"\mathrm { H } _ { 2 } \mathrm { O } _ { 2 }", "H2O2", " _ _"),
        (r"_2", "2", "_"),
        (r"5 . 1 \pm 0 . 3 ~ \mathrm{nm}", "5.1 ± 0.3 nm", " " * 12),
        (r"9 2 . 5 4 \%", "92.54%", " " * 6),
        (r"\text{a b}", "a b", "   "),
        (r"\frac{1}{2}", "1/2", "   "),
        (r"\varepsilon", "ε", " "),
        ("{" * 500 + "x", "x", " "),
    ],
)
def test_a_formula_is_the_characters_it_stands_for(latex, text, marks):
    assert formula(latex) == (text, marks)


def test_formulas_within_text():
    read = document(
        "# Title of a paper\n\nThe dose of $1 0 ~ \\mathrm { m g }$ of H$_2$O$_2$ cost \\$5, and \\(\\alpha\\) fell."
    )
    assert "The dose of 10 mg of H2O2 cost $5, and α fell." in read.text


PIPES = """# Coats in a table of bars

Table 1. Coats and cores.

| Membrane | Core | Size (nm) | Ref. |
|----------|------|-----------|------|
| 4T1 | PLGA<sup>a</sup> | 120 | [1] |
| HeLa | gold | 80 | [2] |

<sup>a</sup>PLGA: poly(lactic-*co*-glycolic acid).

Text goes on.
"""


def test_a_pipe_table_with_its_caption_and_notes():
    read = document(PIPES)
    (table,) = read.tables
    assert (table.label, table.caption, table.header_rows) == ("Table 1", "Table 1. Coats and cores.", 1)
    assert grid(table)[1] == ["4T1", "PLGA", "120", "[1]"]
    assert table.notes == {"a": "PLGA: poly(lactic-co-glycolic acid)"}
    assert [block.kind for block in read.blocks] == ["title", "caption", "table", "table_note", "paragraph"]


TABS = """# Coats in a table of tabs

See Table 1 for all.

\t0 1\t9 '\tQ\t
Kind of disease\t<b>8</b> Z\tCell membrane\tCore
solid tumors\tbreast cancer\t4T1\tPLGA
\tliver cancer\tHepG2\tsilica
\tmelanoma\tB16\tgold
blood\tleukemia\tC1498\tPLGA

Text goes on.
"""


@pytest.mark.parametrize("reader", ["markdown", "text"])
def test_rows_of_tabs_are_a_table_whose_head_the_converter_spoilt(reader):
    text = TABS if reader == "markdown" else TABS.replace("<b>", "").replace("</b>", "").replace("# ", "")
    source = Source("paper.txt", "sha256:" + "0" * 64, "text/plain")
    read = document(text) if reader == "markdown" else read_text(text.encode(), source)
    (table,) = read.tables
    assert grid(table)[0] == ["Kind of disease", "Kind of disease", "Cell membrane", "Core"]
    assert [row[0] for row in grid(table)[1:]] == ["solid tumors"] * 3 + ["blood"]
    assert table.header_rows == 1
    assert "8 Z" in kinds(read, "other")  # what was misread is kept, but is no heading
    assert kinds(read, "paragraph") == ["See Table 1 for all.", "Text goes on."]


def test_a_table_in_html_with_spans():
    read = document(
        '# Coats in a table of HTML\n\n<html><body><table><tr><td rowspan="2">Coat</td><td colspan="2">Size</td></tr>'
        "<tr><td>nm</td><td>PDI</td></tr><tr><td>RBC</td><td>$1 2 0 \\pm 3$</td><td>0.1</td></tr></table>"
        "</body></html>\n\nTable 1. Sizes of coats.\n"
    )
    (table,) = read.tables
    assert grid(table) == [["Coat", "Size", "Size"], ["Coat", "nm", "PDI"], ["RBC", "120 ± 3", "0.1"]]
    assert (table.header_rows, table.caption) == (2, "Table 1. Sizes of coats.")


def test_a_table_in_latex():
    read = document(
        "# Coats in a table of LaTeX\n\n\\begin{table}\n\\begin{tabular}{l l} \\hline Coat & Core \\\\ \\hline"
        " RBC & \\(\\gamma\\)-Fe$_2$O$_3$ \\\\ \\multicolumn{2}{c}{none} \\\\ \\end{tabular}\n"
        "\\caption{Table 1: Coats.}\n\\end{table}\n"
    )
    (table,) = read.tables
    assert grid(table) == [["Coat", "Core"], ["RBC", "γ-Fe2O3"], ["none", "none"]]
    assert table.caption == "Table 1: Coats."


def test_a_table_in_code_is_no_table():
    assert not document("# A title of some length\n\n```\na\tb\nc\td\n```\n").tables


RUN_TOGETHER = """# RESEARCHARTICLE

# Micelles of invented polymers

Text with the year 2O12 and imaging.1-3 The rest follows from micelles,4,5 as was shown.

# Notesand references

1 A. Miro and B. Quell, J. Tales, 2019, 1, 1-9. 2 B. Quell, J. Tales, 2O12, 2, 2-9.
3 C. Rand, J. Tales, 2013,
3, 3-9.

# ARTICLE

4 D. Sol, J. Tales, 2014, 4, 4-9.
5 E. Tor, J. Tales, 2015, 5, 5-9.
6 F. Ulm, J. Tales, 2016, 6, 6-9.
7 G. Vik, J. Tales, 2017, 7, 7-9.
"""


def test_slips_of_converters():
    read = document(RUN_TOGETHER)
    assert read.metadata.title == "Micelles of invented polymers"
    assert [reference.key for reference in read.references] == list("1234567")
    assert read.references[1].year == 2012  # a letter read for the digit
    assert read.text[read.references[2].start : read.references[2].end].endswith("2013, 3, 3-9.")
    assert [citation.references for citation in read.citations] == [("1", "2", "3"), ("4", "5")]


def test_entries_that_ran_into_an_item_of_a_numbered_list():
    read = document(
        "# A review of tales of coats\n\n# Introduction\n\nTales [1,3].\n\n# References\n\n"
        "1. Miro, A. J. Tales 2019, 1, 1-9.\n2. Quell, B. J. Tales 2020, 2, 2-9. 3. Rand, C. J. Tales 2021, 3, 3-9.\n"
    )
    assert [reference.key for reference in read.references] == ["1", "2", "3"]
    assert [citation.references for citation in read.citations] == [("1", "3")]


def test_a_list_by_author_and_year():
    read = document(
        "# A review of tales of coats\n\n# Introduction\n\nCoats were told of (Miro et al., 2019) and sung.\n\n"
        "# References\n\n"
        "Miro A, Quell B, Sol D. (2019). A tale. J Tales 1:1-9.  \nRand C, Tor E. (2020). A song. J Tales 2:2-9.\n"
    )
    assert [(r.key, r.year) for r in read.references] == [("1", 2019), ("2", 2020)]
    assert [citation.references for citation in read.citations] == [("1",)]


def test_footnotes_are_cited_by_their_links():
    read = document(
        "# A title of some length\n\n# Introduction\n\nCoats hide.[^1]\n\n[^1]: Miro, A. J. Tales 2019, 1.\n"
    )
    assert "Miro, A. J. Tales 2019, 1." in read.text


def test_yaml_at_the_beginning_states_what_the_paper_is():
    read = document(
        "---\ntitle: A stated title\nauthor:\n  - Ada Miro\n  - name: Bo Quell\n"
        "doi: 10.5555/y.1\ndate: 2020-05-01\n---\n\nText.\n"
    )
    assert read.metadata.title == "A stated title"
    assert read.metadata.authors == ("Ada Miro", "Bo Quell")
    assert (read.metadata.doi, read.metadata.year) == ("10.5555/y.1", 2020)


def test_yaml_that_unfolds_without_end_is_not_unfolded():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert document(f"---\n{bomb}title: *i\n---\n\n# A title of some length\n\nText.\n").metadata.title is not None


def test_page_breaks_and_page_numbers_are_no_text():
    read = document("# A title of some length\n\n# Introduction\n\nOne.\n\n{3}------------\n\n12\n\nTwo.\n")
    assert kinds(read, "paragraph") == ["One.", "Two."]


def test_a_running_head_names_no_section():
    read = document(
        "# A title of some length\n\n# Results\n\nOne.\n\n# ARTICLE\n\nTwo.\n\n"
        "# ARTICLE\n\nThree.\n\n# ARTICLE\n\nFour.\n"
    )
    assert all(block.section == ("Results",) for block in read.blocks if block.kind == "paragraph")


MARKER = r"""<span id="page-0-0"></span>**REVIEW**

# **Coats for lungs and what they hide**

Coats hide [\[1\]](#page-1-0) and carry [\[1](#page-1-0)[,2\]](#page-1-1), and \[x^2\] is a square.

| Membrane<br>source | Ref. |
|---|---|
| A549 | [\[2\]](#page-1-1) |
| RBC | [\[1\]](#page-1-0) |

## **References**

- <span id="page-1-0"></span>1. Hu, A. Hiding. *J. Tales* **2011**, *1*, 1.
 [\[CrossRef\]](https://doi.org/10.5555/a1) [\[PubMed\]](x)
- <span id="page-1-1"></span>2. Li, B. Carrying. *J. Tales* **2015**, *2*, 3-8.
"""


def test_escaped_brackets_of_links_are_no_formulas():
    read = document(MARKER)
    assert "Coats hide [1] and carry [1,2], and x2 is a square." in read.text
    assert [(r.key, r.doi) for r in read.references] == [("1", "10.5555/a1"), ("2", None)]
    assert [c.references for c in read.citations] == [("1",), ("1",), ("2",), ("2",), ("1",)]
    assert grid(read.tables[0]) == [["Membrane source", "Ref."], ["A549", "[2]"], ["RBC", "[1]"]]


def test_headings_written_out_in_each_column_they_span_are_one():
    read = document(
        "## Sizes of coats\n\nTable 1 Sizes\n\n| Particle | Particle | Size | Size | Ref. |\n|---|---|---|---|---|\n"
        "| Coat | Core | bare | coated | Ref. |\n| RBC | gold | 80 | 90 | 1 |\n| RBC | PLGA | 100 | 110 | 2 |\n"
    )
    (table,) = read.tables
    assert (table.header_rows, table.at(0, 1).col_span, table.at(1, 4).row_span) == (2, 2, 2)
    assert grid(table)[1:3] == [["Coat", "Core", "bare", "coated", "Ref."], ["RBC", "gold", "80", "90", "1"]]


def test_a_journal_over_the_kind_of_article_is_no_title():
    read = document(
        "# Advances in Tales\n\n# PAPER\n\n# Coats for mice\n\nAda Miro and Bo Quell\n\n# Results\n\nNone.\n"
    )
    assert (read.metadata.title, read.metadata.authors) == ("Coats for mice", ("Ada Miro", "Bo Quell"))


def test_raised_numbers_with_a_space_before_them_cite():
    entries = "".join(f"- {n} Sol A. Tale {n}. J Tales. 201{n}; 1: 1-9.\n" for n in range(1, 7))
    read = document(
        "## Coats of platelets\n\n## Introduction\n\nCoats fail often. 1-3 Membranes help much, 4 as Fig. 2 Shows"
        " for all. 5\n\n"
        f"## References\n\n{entries}"
    )
    assert [c.references for c in read.citations] == [("1", "2", "3"), ("4",), ("5",)]


def test_headings_of_one_level_stand_beneath_the_section_that_has_parts():
    heads = "Introduction", "Materials and methods", "Cells", "Particles", "Results", "Size", "Conclusion", "Notes"
    read = document("# A title of some length\n\n" + "".join(f"# {head}\n\nOf {head}.\n\n" for head in heads))
    assert [block.section for block in read.blocks if block.kind == "paragraph"] == [
        ("Introduction",), ("Materials and methods",), ("Materials and methods", "Cells"),
        ("Materials and methods", "Particles"), ("Results",), ("Results", "Size"), ("Conclusion",), ("Notes",),
    ]  # fmt: skip


def test_headings_of_a_review_stand_beside_one_another():
    heads = "Introduction", "Coats of platelets", "Coats of red cells", "Conclusion"
    read = document("# A title of some length\n\n" + "".join(f"## {head}\n\nOf {head}.\n\n" for head in heads))
    assert [block.section for block in read.blocks if block.kind == "paragraph"] == [(head,) for head in heads]


def test_text_that_is_markdown_is_read_as_such(tmp_path):
    path = tmp_path / "paper.txt"
    path.write_text(PLAIN)
    assert read(path).model_copy(update={"source": "", "media_type": ""}) == document(PLAIN).model_copy(
        update={"source": "", "media_type": "", "id": read(path).id}
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([
    "# ", "\n\n", "\n", "| a | b |\n|---|---|\n", "a\tb\nc\td\n", "$x_{1", "$$", "[1]", "<table><td>", "</table>",
    "<sup>1</sup>", "# References\n\n", "1. A. B. 2019\n", "- ", "```\n", "text of words", "![](x.png)",
    "\\begin{tabular}a&b\\\\c\\end{tabular}",
    "<div>", "---\na: b\n---\n", "[^1]", "[^1]: note", "<!--", "&amp;", "\x00", "^", "~", "Table 1. X",
]), max_size=40))  # fmt: skip
def test_no_markdown_breaks_the_reader(parts):
    document("".join(parts))


@pytest.mark.shared
def test_the_review_as_converted(shared_path):
    for suffix in (".md", ".txt"):
        path = shared_path(suffix)
        found = read(path)
        assert [t.rows - t.header_rows for t in found.tables] == [10, 17]
        assert len(found.references) == 125


@pytest.fixture
def shared_path(shared: Path, tmp_path: Path):
    def copy(suffix: str) -> Path:
        target = tmp_path / f"lin2023{suffix}"
        target.write_bytes((shared / "corpus" / "lin2023.txt").read_bytes())
        return target

    return copy
