"""Steps of PDF reading by themselves, on plain values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.readers.pdf.blocks import BlockDraft
from pipeline.readers.pdf.furniture import furniture
from pipeline.readers.pdf.lines import lines
from pipeline.readers.pdf.order import Chunk, chunks, ordered
from pipeline.readers.pdf.references import entries
from pipeline.readers.pdf.values import Frame, Glyph, Sheet, Style, TextLine, Word


def glyphs(text: str, x: float, style: Style) -> list[Glyph]:
    """Glyphs of half an em each; a space is a gap."""
    made: list[Glyph] = []
    for char in text:
        if char != " ":
            made.append(Glyph(char, x, x + style.size / 2, style, "space" if made and made[-1].x1 < x else ""))
        x += style.size / 2
    return made


def column(words: str, x: float, top: float, order: int) -> list[TextLine]:
    """Lines of text in a column, ten points apart."""
    made = []
    for place, text in enumerate(words.split()):
        y = top + 10 * place
        word = Word(text, [x, x + 100], " " * len(text), y, 9, "F", False, False, y - 7, y + 2)
        made.append(TextLine([word], y, 9, order + place))
    return made


def test_a_script_that_is_drawn_later_joins_its_line():
    base, small = Style(100, 10, "F", False, False), Style(96, 6, "F", False, False)
    drawn = glyphs("H", 0, base) + glyphs("O was added", 8, base)
    found = lines([*drawn, *glyphs("more text", 0, Style(112, 10, "F", False, False)), *glyphs("2", 5, small)])
    assert [line.text for line in found] == ["H2O was added", "more text"]
    assert found[0].words[0].marks == " ^ "


@given(st.lists(st.floats(0, 400), min_size=1, max_size=30), st.integers(6, 14))
def test_a_words_edges_rise_however_its_glyphs_overlap(places: list[float], size: int):
    style = Style(50, size, "F", False, False)
    for line in lines([Glyph("fi", x, x + size / 2, style) for x in places]):
        for word in line.words:
            assert len(word.edges) == len(word.text) + 1 == len(word.marks) + 1
            assert word.edges == sorted(word.edges)


def test_columns_drawn_in_the_wrong_order_are_read_left_to_right():
    head = column("title", 20, 20, 40)
    right, left = column("three four", 130, 60, 0), column("one two", 20, 60, 10)
    found = ordered(chunks([*right, *left, *head]), 9)
    assert [line.text for chunk in found for line in chunk.lines] == ["title", "one", "two", "three", "four"]


def test_what_stands_across_both_columns_parts_them():
    wide = TextLine([Word("across", [20, 230], " " * 6, 100, 9, "F", False, False, 93, 102)], 100, 9, 30)
    parts = [column("one two", 20, 60, 0), column("five six", 20, 120, 10), column("three four", 130, 60, 20), [wide],
             column("seven eight", 130, 120, 40)]  # fmt: skip
    found = ordered([Chunk(part) for part in parts], 9)
    text = [line.text for chunk in found for line in chunk.lines]
    assert text == ["one", "two", "three", "four", "across", "five", "six", "seven", "eight"]


def test_tables_above_their_captions_are_told_by_all_captions_of_a_paper(typeset: Callable[[str], Document]):
    def table(name: str) -> str:
        return f"#table(columns: (80pt, 80pt), align: left, stroke: 0.5pt, [Name], [Size], [{name}], [1], [x], [2])\n"

    words = "Words between the tables.\n\n"
    one, two, three = table("first"), table("second"), table("third")
    document = typeset(f"{words}{one}*Table 1.* One.\n\n{two}*Table 2.* Two.\n\n{words}{three}*Table 3.* Three.\n")
    assert [(t.caption, t.at(1, 0).text) for t in document.tables if t.at(1, 0)] == [  # type: ignore[union-attr]
        ("Table 1. One.", "first"), ("Table 2. Two.", "second"), ("Table 3. Three.", "third"),
    ]  # fmt: skip


def test_entries_that_nothing_sets_off_begin_with_their_authors():
    texts = [
        "Aas, I., Gill, D. (2019) Under cover. Heat 3, 200-213.",
        "Castillo, R. (2020) Rods for two images, a title that goes on",
        "Today in the next line. Contrast 9, 11. doi:10.5555/x.1",
        "Gill, D. (2023) Does it matter? Crit. 11, 1-4.",
    ]
    made = []
    for place, text in enumerate(texts):
        word = Word(text, [0, 100], " " * len(text), 10 * place, 9, "F", False, False, 10 * place - 7, 10 * place + 2)
        made.append(TextLine([word], 10 * place, 9, place))
    found = entries([BlockDraft("reference", made)])
    assert [len(draft.lines) for draft in found] == [1, 2, 1]


def test_the_repeated_caption_of_a_table_is_no_running_head():
    def sheet(page: int) -> Sheet:
        stated = [("J. Part. 2020", 20.0), (f"Table 1 Some particles (continued {page})", 40.0), ("Cell line", 55.0)]
        made = []
        for order, (text, y) in enumerate(stated):
            word = Word(text, [20, 200], " " * len(text), y, 9, "F", False, False, y - 7, y + 2)
            made.append(TextLine([word], y, 9, order, page))
        return Sheet(page, Frame(0, 400, 600), made)

    sheets = [sheet(1), sheet(2)]
    found = furniture(sheets)
    assert [line.text for s in sheets for line in s.lines if id(line) in found] == ["J. Part. 2020"] * 2


PI = "Universal-Math"


@pytest.mark.parametrize(
    ("drawn", "font", "read"),
    [("p \\10", PI, "p <10"), ("p [10", PI, "p >10"), ("2.0 910", PI, "2.0 ×10"), ("7 9", "Helvetica", "7 9")],
)
def test_signs_of_a_pi_font_without_encoding_are_written_as_they_are_drawn(drawn: str, font: str, read: str):
    plain, other = Style(100, 10, "Helvetica-Bold", False, False), Style(100, 10, font, False, False)
    made = glyphs(drawn, 0, plain)
    place = max(drawn.replace(" ", "").rfind(sign) for sign in "\\[9")
    made[place].style = other
    (line,) = lines(made)
    assert line.text == read


def test_the_prime_of_tex_s_symbol_font_is_no_nought():
    plain, raised = Style(100, 10, "URWPalladioL-Roma", False, False), Style(96, 7, "CMSY10", False, False)
    made = [*glyphs("44.0", 0, plain), Glyph("0", 20, 22, raised)]
    (line,) = lines(made)
    assert line.text == "44.0\u2032"


def test_the_thin_space_between_a_value_and_its_unit_parts_them():
    style = Style(100, 10, "F", False, False)
    made = [*glyphs("grown for 6", 0, style), *glyphs("h at once", 56, style)]
    assert [line.text for line in lines(made)] == ["grown for 6 h at once"]
    made = [*glyphs("of the 4", 0, style), *glyphs("T1 cells", 41, style)]
    assert [line.text for line in lines(made)] == ["of the 4T1 cells"]


def test_a_narrow_gap_before_italics_is_a_space_where_one_is_suspected():
    plain, slanted = Style(100, 10, "F", False, False), Style(100, 10, "I", False, True)
    made = [*glyphs("of", 0, plain), *glyphs("Leonurus", 10.6, slanted)]
    made[2].gap = "hint"
    assert [line.text for line in lines(made)] == ["of Leonurus"]
    made[2].gap = ""
    assert [line.text for line in lines(made)] == ["ofLeonurus"]


def test_words_within_a_subscript_are_parted():
    base, low = Style(100, 10, "F", False, False), Style(103, 6, "F", False, False)
    made = [*glyphs("OD", 0, base), *glyphs("oil", 10, low), *glyphs("only", 21, low), *glyphs("is", 36, base)]
    made[5].gap = made[9].gap = "space"
    (line,) = lines(made)
    assert line.text == "ODoil only is"
