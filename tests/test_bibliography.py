"""Bibliographies: what each format says, and which entry a document is."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from pipeline.acquisition import dois_from_bibliography
from pipeline.bibliography import BibliographyEntry, described, read_bibliography
from pipeline.cli import app
from pipeline.document import Document, Metadata
from pipeline.errors import UsageError
from pipeline.inputs import discover

pytestmark = pytest.mark.usefixtures("in_process")

BIB = r"""
@string{jt = "Journal of Tales"}
@article{miro2019,
  title = {{Rods} of {Fe$_2$O$_3$} in coats of {M\"uller} cells},
  author = {Miro, Ada and Bo Quell}, year = 2019, journal = jt,
  doi = {https://doi.org/10.5555/A.1},
  file = {PDF:/home/x/Zotero/storage/AB12/Miro - 2019 - Rods.pdf:application/pdf;Page:C\:\\z\\page.html:text/html},
}
@article{broken, title =
@book{quell2020, title = "Second tale of the rods of gold", editor = "Quell, B.", date = {2020-05-01},
  journaltitle = {X}}
"""
RIS = """TY  - JOUR
TI  - Rods of Fe2O3 in coats of Müller cells
AU  - Miro, Ada
AU  - Quell, Bo
PY  - 2019/05/03
DO  - 10.5555/A.1
T2  - Journal of Tales
ID  - miro2019
ER  -
"""
CSL = json.dumps([{
    "id": "miro2019", "title": "Rods of Fe<sub>2</sub>O<sub>3</sub> in coats of Müller cells",
    "author": [{"family": "Miro", "given": "Ada"}, {"family": "Quell", "given": "Bo"}],
    "issued": {"date-parts": [[2019, 5, 3]]}, "container-title": "Journal of Tales", "DOI": "10.5555/A.1",
}])  # fmt: skip
CSV = (
    '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","File Attachments"\n'
    '"miro2019","journalArticle","2019","Miro, Ada; Quell, Bo","Rods of Fe2O3 in coats of Müller cells",'
    '"Journal of Tales","10.5555/A.1","/z/AB12/Miro - 2019 - Rods.pdf; /z/page.html"\n'
)
MIRO = (
    "miro2019",
    "Rods of Fe2O3 in coats of Müller cells",
    ("Ada Miro", "Bo Quell"),
    2019,
    "Journal of Tales",
    "10.5555/A.1",
)


@pytest.fixture
def write(tmp_path):
    def put(name: str, text: str):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return put


def document(**stated) -> Document:
    return Document(
        id="sha256:" + "0" * 64, source="a.pdf", media_type="application/pdf", text="", metadata=Metadata(**stated)
    )


@pytest.mark.parametrize(
    ("name", "text"), [("a.bib", BIB), ("a.ris", RIS), ("a.json", CSL), ("a.csv", CSV), ("a.bib", "\ufeff" + BIB)]
)
def test_what_each_format_says(write, name, text):
    entry = read_bibliography(write(name, text)).entries[0]
    assert (entry.citekey, entry.title, entry.authors, entry.year, entry.journal, entry.doi) == MIRO


def test_a_broken_entry_costs_itself(write):
    entries = read_bibliography(write("a.bib", BIB)).entries
    assert [entry.citekey for entry in entries] == ["miro2019", "quell2020"]
    assert (entries[1].authors, entries[1].year, entries[1].journal) == (("B. Quell",), 2020, "X")


def test_names_of_attached_files(write):
    assert read_bibliography(write("a.bib", BIB)).entries[0].files == ("Miro - 2019 - Rods.pdf", "page.html")
    assert read_bibliography(write("a.csv", CSV)).entries[0].files == ("Miro - 2019 - Rods.pdf", "page.html")


@pytest.mark.parametrize(
    ("stated", "file", "citekey"),
    [
        ({"doi": "10.5555/a.1"}, "x.pdf", "miro2019"),
        ({"title": "RodsofFe2O3 in coats of Muller cells"}, "x.pdf", "miro2019"),
        ({}, "miro - 2019 - rods.pdf", "miro2019"),
        ({"title": "Second tale of the rods of gold"}, "x.pdf", "quell2020"),
        ({"title": "Second tale"}, "x.pdf", None),
        ({"title": "Another tale of the rods of gold", "doi": "10.5555/other"}, "x.pdf", None),
    ],
)
def test_which_entry_a_document_is(write, stated, file, citekey):
    entry = read_bibliography(write("a.bib", BIB)).find(document(**stated), file)
    assert (entry.citekey if entry else None) == citekey


def test_the_bibliography_goes_before_what_the_document_states():
    made = described(document(title="rods OF", license="CC BY"), BibliographyEntry(title="Rods of gold", year=2019))
    assert (made.metadata.title, made.metadata.year, made.metadata.license) == ("Rods of gold", 2019, "CC BY")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.txt", "x", "a bibliography is one of .bib"),
        ("a.bib", "nothing here", "no entries found"),
        ("a.json", "{", "cannot be read as .json"),
        ("a.json", '[{"author": 3}]', "cannot be read as .json"),
        ("a.csv", "doi\n10.5555/a\n", "no columns Key and Title"),
        ("a.json", "[" * 100_000, "cannot be read as .json"),
    ],
)
def test_what_is_no_bibliography_is_told(write, name, text, says):
    with pytest.raises(UsageError, match=says):
        read_bibliography(write(name, text))


def test_a_bibliography_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_bibliography(tmp_path / "none.bib")


def test_dois_to_acquire(write):
    told: list[str] = []
    assert dois_from_bibliography(write("a.bib", BIB), told.append) == ["10.5555/a.1"]
    assert told == [f"1 of 2 entries in {write('a.bib', BIB)} have no DOI and are passed over"]
    with pytest.raises(UsageError, match="none of the 1 entries has a DOI"):
        dois_from_bibliography(write("b.bib", "@misc{a, title={A tale}}"))


@pytest.mark.slow
def test_a_run_with_a_bibliography(write, tmp_path):
    papers = tmp_path / "storage" / "AB12"
    papers.mkdir(parents=True)
    (papers / "Miro - 2019 - Rods.md").write_text(
        "# Rods of Fe2O3 in coats of Müller cells\n\n# Results\n\nRods were red.\n"
    )
    bare, out = tmp_path / "bare", tmp_path / "out"
    runner = CliRunner()
    assert runner.invoke(app, ["extract", str(papers.parent), "--out", str(bare)]).exit_code == 0
    bib = write("a.bib", BIB)
    stated = runner.invoke(app, ["extract", str(papers.parent), "--out", str(out), "--bibliography", str(bib)])
    assert stated.exit_code == 0, stated.output
    assert f"1 of 1 papers found in {bib}" in stated.output
    outcome = json.loads((out / "documents.jsonl").read_text())
    assert (outcome["citekey"], outcome["title"], tuple(outcome["authors"]), outcome["year"]) == MIRO[:4]
    assert outcome["journal"] == "Journal of Tales"
    assert json.loads((bare / "documents.jsonl").read_text())["citekey"] is None
    # the same folder without it, and with it again
    assert runner.invoke(app, ["extract", str(papers.parent), "--out", str(out)]).exit_code == 0
    assert json.loads((out / "documents.jsonl").read_text())["year"] is None
    wrong = runner.invoke(
        app, ["extract", str(papers.parent), "--out", str(out), "--bibliography", str(tmp_path / "no.bib")]
    )
    assert wrong.exit_code == 2


def test_what_lies_beside_papers_is_no_input(tmp_path):
    for name in ("A/paper.md", "A/README.md", "LICENSE.txt", "B/page.html", "B/page_files/frame.html", ".x/hidden.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [path.name for path in discover([tmp_path])] == ["paper.md", "page.html"]
    assert discover([tmp_path / "A" / "README.md"]) == [tmp_path / "A" / "README.md"]


def test_strings_of_bibtex_that_are_joined_are_one(tmp_path):
    path = tmp_path / "a.bib"
    path.write_text(
        '@string{jt = "Journal of Tales"}\n@article{a, title = {Rods of gold in coats}, journal = jt # " " # {Letters},'
        ' year = 2019}\n@article{b, title = {The $C# language} , journal = "A # B"}\n'
    )
    first, second = read_bibliography(path).entries
    assert first.journal == "Journal of Tales Letters"
    assert second.journal == "A # B"


def test_the_citekey_that_zotero_keeps_among_further_fields(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('"Key","Title","Extra"\n"A1","Rods of gold","PMID: 1\nCitation Key: miro19"\n"B2","Coats",""\n')
    assert [entry.citekey for entry in read_bibliography(path).entries] == ["miro19", "B2"]
