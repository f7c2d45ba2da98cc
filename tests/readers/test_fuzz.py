"""A short fuzz run: whatever bytes a file of each kind has, it ends in a Document or in a message."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.bibliography import read_bibliography
from pipeline.document import Document
from pipeline.errors import ReadError, UsageError
from pipeline.readers import parse

SAMPLE = Path(__file__).parents[2] / "corpus" / "sample"
BIB = (
    b'@article{a, title = {Rods of {gold} in M\\"uller cells}, author = {Miro, Ada}, doi = {10.5555/a}, year = 2019}\n'
    * 3
)
RIS = b"TY  - JOUR\nTI  - Rods of gold in coats\nAU  - Miro, A.\nPY  - 2019\nDO  - 10.5555/a\nER  - \n" * 3
CSL = b'[{"id": "a", "title": "Rods", "author": [{"family": "Miro"}], "issued": {"date-parts": [[2019]]}}]'
TEXT = (
    b"Rods of gold in coats\n\nAbstract\nCoats hide par-\nticles [1].\n\nTable 1. Coats\n"
    b"Coat\tCore\nRBC\tgold\n4T1\tPLGA\n"
    b"\nReferences\n1. Miro A. Coats. 2019.\n2. Quell B. Cores. 2020.\n"
)
JATS = (
    b"<?xml version='1.0'?><article><front><article-meta><title-group><article-title>Rods of gold</article-title>"
    b"</title-group><abstract><p>Coats hide <sup>a</sup>rods.</p></abstract></article-meta></front><body><sec><title>"
    b"Methods</title><p>So <xref ref-type='bibr' rid='b1'>1</xref>.</p><table-wrap><label>Table 1</label><table><tr>"
    b"<th>Coat</th><th>Core</th></tr><tr><td>RBC</td><td>gold</td></tr></table></table-wrap></sec></body><back>"
    b"<ref-list><ref id='b1'><mixed-citation>Miro A. 2019.</mixed-citation></ref></ref-list></back></article>"
)
CSV = b'"Key","Title","Author","DOI"\n"a","Rods of gold","Miro, Ada; Quell, Bo","10.5555/a"\n'


@cache
def seed(kind: str) -> bytes:
    """A good file of this kind."""
    if kind == ".docx":
        made = docx.Document()
        made.add_heading("Rods of gold in coats", 0)
        made.add_paragraph("Coats hide particles [1].")
        table = made.add_table(2, 2)
        table.cell(0, 0).merge(table.cell(1, 0)).text = "RBC"
        made.add_paragraph("Miro A. Coats. 2019.", style="List Number")
        made.save(stream := io.BytesIO())
        return stream.getvalue()
    if kind == ".txt":
        return TEXT
    if kind == ".xml":
        return JATS
    return next(SAMPLE.glob(f"*{kind}")).read_bytes()


@st.composite
def spoilt(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes with a few places overwritten, taken out, or doubled."""
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        size = draw(st.sampled_from([1, 2, 8, 64, 1000]))
        new = draw(st.one_of(st.binary(max_size=8), st.just(data[at : at + size] * 2), st.just(b"")))
        data = data[:at] + new + data[at + size :]
    return data


def outcome(name: str, data: bytes) -> None:
    refused: ReadError | None = None
    try:
        assert isinstance(parse(name, data), Document)
    except ReadError as error:
        refused = error
    if refused is not None:
        assert name in refused.message
        assert refused.status in ("not_a_document", "damaged", "too_large", "encrypted", "no_text_layer")


@pytest.mark.parametrize("kind", [".md", ".html", ".docx", ".txt", ".xml"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_spoilt_files_end_in_a_document_or_a_message(kind, data):
    outcome(f"paper{kind}", data.draw(spoilt(seed(kind))))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_word_document_with_a_spoilt_part_ends_in_a_document_or_a_message(data):
    with zipfile.ZipFile(io.BytesIO(seed(".docx"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from([n for n in parts if n.endswith((".xml", ".rels"))]))
    parts[name] = data.draw(spoilt(parts[name]))
    with zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    outcome("paper.docx", made.getvalue())


@pytest.mark.parametrize(("kind", "good"), [(".bib", BIB), (".ris", RIS), (".json", CSL), (".csv", CSV)])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_spoilt_bibliographies_end_in_entries_or_a_message(kind, good, data, tmp_path_factory):
    path = tmp_path_factory.mktemp("bib") / f"a{kind}"
    path.write_bytes(data.draw(spoilt(good)))
    stated = str(path)
    try:
        assert read_bibliography(path).entries
    except UsageError as error:
        stated = str(error)
    assert str(path) in stated
