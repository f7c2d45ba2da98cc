"""Word manuscripts: what a reader of the final version sees is read, and no archive can do harm."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from pipeline.document import Document
from pipeline.errors import ReadError
from pipeline.readers import Reader, read
from pipeline.readers.docx import read_docx
from pipeline.readers.writing import Source

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def word(body: str, *, start: str = "", **parts: str) -> bytes:
    """A Word document with this body, and with footnotes or endnotes."""
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        overrides = "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="{MAIN}.{kind}+xml"/>'
            for name, kind in (("document", "document.main"), ("styles", "styles"), *((n, n) for n in parts))
        )
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f"{overrides}</Types>",
        )
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        link = f'<Relationship Id="r0" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/>'
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{package}">{link}</Relationships>')
        links = "".join(
            f'<Relationship Id="r{i}" Type="{RELATIONS}/{name}" Target="{name}.xml"/>'
            for i, name in enumerate(("styles", *parts))
        )
        archive.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{package}">{links}</Relationships>')
        styles = '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
        archive.writestr("word/styles.xml", f"<w:styles {NAMES}>{styles}</w:styles>")
        archive.writestr("word/document.xml", f"{start}<w:document {NAMES}><w:body>{body}</w:body></w:document>")
        for name, inner in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {NAMES}>{inner}</w:{name}>")
    return made.getvalue()


def text(words: str, more: str = "") -> str:
    return f'<w:r><w:rPr>{more}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def paragraph(*runs: str, style: str = "") -> str:
    stated = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{stated}{''.join(runs)}</w:p>"


TITLE = paragraph(text("Rods of gold in coats of platelets"), style="H1")
HEAD = TITLE + paragraph(text("Introduction"), style="H1")


def document(data: bytes) -> Document:
    return read_docx(data, Source("paper.docx", "sha256:" + "0" * 64, "application/x"))


def kinds(found: Document, kind: str) -> list[str]:
    return [found.text[block.start : block.end] for block in found.blocks if block.kind == kind]


def scripts(found: Document) -> list[tuple[str, str]]:
    return [(found.text[script.start : script.end], script.kind) for script in found.scripts]


def grid(table) -> list[list[str]]:
    return [[table.at(row, col).text for col in range(table.cols)] for row in range(table.rows)]


@pytest.fixture
def manuscript(tmp_path):
    """A manuscript as python-docx writes it."""
    made = docx.Document()
    made.add_heading("Rods of gold in coats of platelets", 0)
    made.add_paragraph("Ada Miro, Bo Quell")
    made.add_heading("Abstract", 1)
    made.add_paragraph("Rods were coated.")
    made.add_heading("Results", 1)
    made.add_heading("Sizes", 2)
    line = made.add_paragraph("Coats hide particles [1,2]. H")
    line.add_run("2").font.subscript = True
    line.add_run("O at 10")
    line.add_run("-3").font.superscript = True
    made.add_paragraph("Table 1. Coats.", style="Caption")
    table = made.add_table(4, 3)
    rows = [["Coat", "Core", "Size (nm)"], ["RBC", "gold", "80"], ["", "PLGA", "90"], ["4T1", "silica", "100"]]
    for row, cells in enumerate(rows):
        for col, words in enumerate(cells):
            table.cell(row, col).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    made.add_heading("References", 1)
    made.add_paragraph("Miro A. Coats. J Tales. 2019;1:1-9.", style="List Number")
    made.add_paragraph("Quell B. More. J Tales. 2020;2:2-9. doi:10.5555/b.2", style="List Number")
    path = tmp_path / "paper.docx"
    made.save(path)
    return path


def test_a_manuscript(manuscript):
    found = read(manuscript)
    assert found.metadata.title == "Rods of gold in coats of platelets"
    assert found.metadata.authors == ("Ada Miro", "Bo Quell")
    assert kinds(found, "abstract") == ["Rods were coated."]
    assert scripts(found) == [("2", "subscript"), ("-3", "superscript")]
    line = next(b for b in found.blocks if "H2O" in found.text[b.start : b.end])
    assert line.section == ("Results", "Sizes")
    (table,) = found.tables
    assert table.caption == "Table 1. Coats."
    assert grid(table) == [["Coat", "Core", "Size (nm)"], ["RBC", "gold", "80"], ["RBC", "PLGA", "90"],
                           ["4T1", "silica", "100"]]  # fmt: skip
    assert [(r.key, r.doi, r.year) for r in found.references] == [("1", None, 2019), ("2", "10.5555/b.2", 2020)]
    assert [c.references for c in found.citations] == [("1", "2")]


def test_changes_are_read_as_the_final_version_has_them():
    body = paragraph(
        text("Rods of "), f"<w:ins>{text('gold ')}</w:ins>", "<w:del><w:r><w:delText>lead </w:delText></w:r></w:del>",
        text("secret ", "<w:vanish/>"), f"<w:moveFrom>{text('moved ')}</w:moveFrom>", text("stay."),
    )  # fmt: skip
    assert kinds(document(word(HEAD + body)), "paragraph") == ["Rods of gold stay."]


def test_a_field_is_what_it_shows():
    body = paragraph(
        text("Shown "), '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
        "<w:r><w:instrText>ADDIN ZOTERO_ITEM</w:instrText></w:r>", text("[3]"),
        f'<w:fldSimple w:instr="REF x">{text(" here")}</w:fldSimple>',
    )  # fmt: skip
    assert kinds(document(word(HEAD + body)), "paragraph") == ["Shown [3] here"]


def test_symbols_and_equations():
    body = paragraph(
        text("IFN-"), '<w:r><w:sym w:font="Symbol" w:char="F067"/></w:r>', text(" at 5 \uf06dm, "),
        "<m:oMath><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>",
    )  # fmt: skip
    found = document(word(HEAD + body))
    assert kinds(found, "paragraph") == ["IFN-γ at 5 μm, c2"]
    assert scripts(found) == [("2", "superscript")]


def test_footnotes_follow_and_are_cited():
    note = f'<w:footnote w:id="2">{paragraph(text("A note of ours."))}</w:footnote>'
    body = paragraph(text("Rods"), '<w:r><w:footnoteReference w:id="2"/></w:r>', text(" stay."))
    found = document(word(HEAD + body, footnotes=note))
    assert kinds(found, "footnote") == ["A note of ours."]
    assert kinds(found, "paragraph") == ["Rods1 stay."]


def test_endnotes_with_years_are_the_references():
    notes = "".join(
        f'<w:endnote w:id="{i}">{paragraph(text(f"Miro A. Tale {i}. J Tales 20{10 + i}, 1."))}</w:endnote>'
        for i in (2, 3)
    )
    cites = "".join(f'<w:r><w:endnoteReference w:id="{i}"/></w:r>' for i in (3, 2))
    found = document(word(HEAD + paragraph(text("Rods stay"), cites, text(".")), endnotes=notes))
    assert [(r.key, r.year) for r in found.references] == [("1", 2013), ("2", 2012)]
    assert [c.references for c in found.citations] == [("1",), ("2",)]


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{paragraph(text('Figure 1. Rods in a box.'))}</w:txbxContent>"
    body = paragraph(
        text("Text."), "<w:r><mc:AlternateContent><mc:Choice Requires='wps'>",
        f"<w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
    )  # fmt: skip
    assert kinds(document(word(HEAD + body)), "caption") == ["Figure 1. Rods in a box."]


def test_a_repeated_heading_row_says_how_many_rows_are_headings():
    def row(*cells: str, head: bool = False) -> str:
        stated = "<w:trPr><w:tblHeader/></w:trPr>" if head else ""
        return f"<w:tr>{stated}{''.join(f'<w:tc>{paragraph(text(cell))}</w:tc>' for cell in cells)}</w:tr>"

    body = (
        "<w:tbl>" + row("a coat", "core", head=True) + row("kind", "kind", head=True) + row("RBC", "gold") + "</w:tbl>"
    )
    assert document(word(HEAD + body)).tables[0].header_rows == 2


ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "bbbb">]>'


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (word("")[:300], "damaged"),
        (word(HEAD)[:-30], "damaged"),
        (word("<w:p"), "damaged"),
        (word(""), "not_a_document"),
        (word("<w:tbl>" * 300), "damaged"),
    ],
)
def test_bad_documents_end_in_a_message(tmp_path, data, status):
    path = tmp_path / "bad.docx"
    path.write_bytes(data)
    with pytest.raises(ReadError) as error:
        read(path)
    assert error.value.status == status
    assert "bad.docx" in error.value.message


def test_no_entity_is_read():
    found = document(word(HEAD + paragraph(text("A &a; and &b;.")), start=ENTITY))
    assert "root:" not in found.text
    assert "bbbb" not in found.text


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path):
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 160_000_000)
    path = tmp_path / "bomb.docx"
    path.write_bytes(made.getvalue())
    with pytest.raises(ReadError, match="unpacks to 160 MB") as error:
        read(path)
    assert error.value.status == "too_large"


def test_deep_nesting_is_read_or_left_out():
    deep = "<w:tbl><w:tr><w:tc>" * 60 + paragraph(text("deep")) + "</w:tc></w:tr></w:tbl>" * 60
    assert document(word(HEAD + paragraph(text("Text.")) + deep)).text


def test_the_child_reads_word(manuscript):
    with Reader() as reader:
        assert reader.read(manuscript) == read(manuscript)


def written(write) -> Document:
    """A manuscript as python-docx makes it."""
    made = docx.Document()
    write(made)
    made.save(stream := io.BytesIO())
    return read_docx(stream.getvalue(), Source("paper.docx", "sha256:" + "0" * 64, ""))


def fill(table, *rows: str) -> None:
    for cells, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, row.split("|"), strict=True):
            cell.text = text


def test_tables_cite_in_brackets_where_the_prose_raises_its_numbers():
    def write(made):
        made.add_heading("Coats of leukocytes for lipids", 0)
        made.add_heading("Introduction", 1)
        said = made.add_paragraph("Cells hide particles")
        said.add_run("1,2").font.superscript = True
        said.add_run(". H")
        said.add_run("2").font.subscript = True
        said.add_run("O ends.")
        made.add_paragraph("Table 1. Coats.")
        fill(made.add_table(3, 2), "Coat|Ref.", "RBC|[1]", "THP-1|[1,2]")
        made.add_heading("References", 1)
        for entry in ("1. Hu, A. Coats. J. Tales 2011, 1, 1.", "2. Li, B. Cores. J. Tales 2012, 2, 2."):
            made.add_paragraph(entry)

    found = written(write)
    assert [(found.text[c.start : c.end], c.references) for c in found.citations] == [
        ("1,2", ("1", "2")), ("[1]", ("1",)), ("[1,2]", ("1", "2")),
    ]  # fmt: skip


def test_a_table_that_sets_things_side_by_side_is_no_table():
    def write(made):
        made.add_heading("Vesicles of yeasts on silica", 0)
        frame = made.add_table(1, 2)
        frame.cell(0, 0).text = "What stands on the left."
        fill(frame.cell(0, 1).add_table(2, 2), "Coat|Size", "OMV|140 nm")
        made.add_paragraph("Table 1: Wide things")
        fill(made.add_table(2, 2), "Core|Drug", "silica|DOX")

    found = written(write)
    assert [[cell.text for cell in table.cells] for table in found.tables] == [
        ["Coat", "Size", "OMV", "140 nm"], ["Core", "Drug", "silica", "DOX"],
    ]  # fmt: skip
    assert [table.caption for table in found.tables] == ["", "Table 1: Wide things"]
    assert "What stands on the left." in [found.text[b.start : b.end] for b in found.blocks if b.kind != "table"]
