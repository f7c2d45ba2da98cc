"""What a page prints stands in the text, once."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.document import Document, Page
from pipeline.errors import ReadError
from pipeline.readers import read
from pipeline.readers.pdf.conservation import missing
from tests.readers.rawpdf import WIDTH, bar, prose, rule, words, write
from tests.readers.troubles import TROUBLES

SAID = ["Membranes were isolated by lysis and fused with cores by extrusion, and the", "particles were washed twice."]


def characters(text: str) -> Counter[str]:
    """The characters of a text, those aside that come and go at the ends of lines."""
    plain = unicodedata.normalize("NFKC", text).replace("\ufffe", "-")
    return Counter(char for char in plain if not (char.isspace() or char in "-\u2010\x02\xad\u200b"))


def printed(path: Path) -> Counter[str]:
    """The characters on the pages that can be opened."""
    file = pypdfium2.PdfDocument(path)
    found: Counter[str] = Counter()
    for number in range(len(file)):
        try:
            text = file[number].get_textpage()
        except pypdfium2.PdfiumError:
            continue
        found += characters(text.get_text_range())
        text.close()
    file.close()
    return found


def box(top: float, rows: list[tuple[str, str]]) -> str:
    """A ruled box of labels and what they say."""
    drawn = "".join(rule(60, 360, top + 18 * place) for place in range(len(rows) + 1))
    sides = (bar(x, top, x + 0.5, top + 18 * len(rows)) + "f\n" for x in (60, 360))
    drawn += "".join(sides)
    stated = (
        words(70, top + 13 + 18 * place, a) + words(200, top + 13 + 18 * place, b) for place, (a, b) in enumerate(rows)
    )
    return drawn + "".join(stated)


def table(top: float, rows: list[list[str]]) -> str:
    """A table with a rule above and beneath each row."""
    drawn = "".join(rule(60, 360, top + 16 * place) for place in range(len(rows) + 1))
    cells = (
        words(66 + 75 * col, top + 12 + 16 * row, cell)
        for row, line in enumerate(rows)
        for col, cell in enumerate(line)
    )
    return drawn + "".join(cells)


def test_boxes_that_are_no_tables_keep_their_text(tmp_path: Path):
    one = box(
        140,
        [
            ("Coat", "4T1 cells"),
            ("Drug", "doxorubicin"),
            ("Width", "118 nm"),
            ("Animal", "BALB/c mice"),
            ("Route", "tail vein"),
        ],
    )
    two = box(
        140,
        [("Coat", "RAW 264.7"), ("Drug", "paclitaxel"), ("Width", "142 nm"), ("Animal", "C57BL/6"), ("Route", "oral")],
    )
    document = read(write(tmp_path / "boxes.pdf", [prose(60, 60, SAID) + one, prose(60, 60, SAID) + two]))
    for stated in ("4T1 cells", "118 nm", "RAW 264.7", "paclitaxel", "142 nm", "C57BL/6"):
        assert document.text.count(stated) == 1
    assert document.warnings == ()


def test_tables_without_captions_are_tables_each_for_itself(tmp_path: Path):
    head = ["Cell", "Core", "Drug", "Size"]
    rows = [
        ["4T1", "PLGA", "none", "110"],
        ["HeLa", "gold", "none", "95"],
        ["CT26", "silica", "none", "120"],
        ["B16", "PLGA", "none", "99"],
    ]
    other = [
        ["Dose", "Day", "Mice", "Alive"],
        ["10", "1", "8", "8"],
        ["20", "2", "8", "7"],
        ["30", "3", "8", "5"],
        ["40", "9", "8", "1"],
    ]
    page = prose(60, 60, SAID) + table(120, [head, *rows]) + prose(60, 240, SAID) + table(300, other)
    document = read(write(tmp_path / "tables.pdf", [page]))
    assert [(t.at(0, 0).text, t.rows) for t in document.tables if t.at(0, 0)] == [("Cell", 5), ("Dose", 5)]  # type: ignore[union-attr]


def test_a_watermark_is_text_of_its_own(tmp_path: Path):
    page = prose(60, 60, SAID * 6)
    slanted = "BT /F 40 Tf 0.7 0.7 -0.7 0.7 100 150 Tm (ACCEPTED MANUSCRIPT) Tj ET\n"
    document = read(write(tmp_path / "mark.pdf", [page + slanted]))
    (mark,) = [b for b in document.blocks if "ACCEPTED MANUSCRIPT" in document.text[b.start : b.end]]
    assert mark.kind == "other"
    (where,) = document.boxes(mark.start, mark.end)
    assert where.x1 - where.x0 > 150
    assert where.bottom - where.top > 150


def test_headings_repeated_on_a_table_s_further_pages_are_kept_as_running_heads(typeset: Callable[[str], Document]):
    head = "stroke: none, inset: 3pt, align: left, table.hline(), [*Cell*], [*Size*], table.hline(),"
    rows = ", ".join(f"[line {n}], [{100 + n}]" for n in range(9))
    document = typeset(
        f"*Table 6.* Long.\n\n#table(columns: (90pt, 90pt), {head} {rows}, table.hline())\n#pagebreak()\n"
        f"*Table 6.* (continued)\n\n#table(columns: (90pt, 90pt), {head} {rows}, table.hline())"
    )
    assert document.text.count("Size") == 2
    assert [document.text[b.start : b.end] for b in document.blocks if b.kind == "header"] == [
        "Table 6. (continued) Cell Size"
    ]


@pytest.mark.parametrize(
    "name", ["glioblastoma-silica", "lung-gadolinium-mri", "pancreas-hybrid-plga", "atherosclerosis-platelet"]
)
def test_sample_papers_lose_and_double_nothing(name: str, sample: Path):
    path = sample / f"{name}.pdf"
    on_page, in_text = printed(path), characters(read(path).text)
    assert (on_page - in_text).total() <= 0.005 * on_page.total()
    assert (in_text - on_page).total() <= 0.005 * on_page.total()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_wherever_is_kept(tmp_path: Path, data: st.DataObject):
    word = st.text("abcdefgKLMN123", min_size=3, max_size=9)
    content = ""
    for row in range(data.draw(st.integers(1, 14))):
        y = 40 + 36 * row
        for x in data.draw(st.lists(st.sampled_from([30, 150, 270]), unique=True)):
            content += words(x, y, data.draw(word), data.draw(st.sampled_from([7, 10, 14])))
        if data.draw(st.booleans()):
            content += rule(data.draw(st.sampled_from([20, 140])), WIDTH - 20, y + 6)
    path = write(tmp_path / "page.pdf", [content + words(30, 20, "Always")])
    document = read(path)
    assert characters(document.text) == printed(path)
    assert not [warning for warning in document.warnings if "are not in the text" in warning]


def test_a_page_that_loses_characters_is_warned_of():
    document = Document(
        id="sha256:" + "0" * 64,
        source="x.pdf",
        media_type="application/pdf",
        pages=(Page(number=1, width=1, height=1),),
        text="ab",
    )
    (warning,) = missing(document, {1: 100})
    assert "Page 1: 100 of 100" in warning


@pytest.mark.shared
@pytest.mark.slow
def test_publishers_papers_lose_nothing(shared: Path):
    for path in sorted((shared / "corpus" / "pdfs").glob("*.pdf"))[:6]:
        assert not [warning for warning in read(path).warnings if "are not in the text" in warning], path.name


@pytest.mark.parametrize("name", TROUBLES)
def test_golden_pages_lose_and_double_nothing(name: str, tmp_path: Path):
    path = write(tmp_path / "page.pdf", TROUBLES[name]())
    document = read(path)
    on_page, in_text = printed(path), characters(document.text)
    accents = 6 if name == "accents-drawn-after-their-lines" else 0  # two letters made of two characters each
    assert (on_page - in_text).total() + (in_text - on_page).total() <= accents
    assert not [warning for warning in document.warnings if "are not in the text" in warning]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_that_is_read_keeps_what_is_left_or_says_so(tmp_path: Path, data: st.DataObject):
    name = data.draw(
        st.sampled_from(["wrapped-cells", "table-over-three-pages", "watermark", "boxes-without-captions"])
    )
    path = write(tmp_path / "page.pdf", TROUBLES[name]())
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(20, len(content) - 1))] = data.draw(st.integers(32, 126))
    path.write_bytes(content)
    keeps_or_says_so(path)


@pytest.mark.shared
def test_hostile_files_keep_what_they_print_or_say_so(shared: Path):
    for path in sorted((shared / "corpus" / "hostile").glob("*.pdf")):
        if "bomb" not in path.name and "20000" not in path.name:
            keeps_or_says_so(path)


def keeps_or_says_so(path: Path) -> None:
    """A file is refused, or of each page more than a fiftieth of its characters is missing only with a warning."""
    try:
        document = read(path)
    except ReadError:
        return
    lost = (printed(path) - characters(document.text)).total()
    doubt = [warning for warning in document.warnings if "not in the text" in warning or "damaged" in warning]
    assert doubt or lost <= 0.02 * printed(path).total() + 1, path.name
