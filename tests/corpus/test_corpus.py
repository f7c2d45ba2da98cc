import csv
import re
from pathlib import Path

import pypdfium2
import pytest

from pipeline.evaluation import check, load_gold
from pipeline.readers import read
from pipeline.records import FIELDS
from tests.scripts import script

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
GOLD_OF = {name: name for name in ("sample", "dev", "train", "heldout", "heldout_3", "tables")} | {
    f"tables/{half}": f"tables_{half}" for half in ("open", "kept", "open_2", "kept_2", "open_3", "kept_3")
}
"""Which gold set holds what is true of the papers of a folder; the digest is scored against gold/lin2023."""
UNOPENED = frozenset({"tables/kept", "tables/kept_2", "tables/kept_3"})
PAPERS = [
    pytest.param(pdf, id=str(pdf.relative_to(CORPUS).with_suffix(""))) for pdf in sorted(CORPUS.glob("*/**/*.pdf"))
]


def printed(pdf: Path | bytes) -> str:
    """The text of a PDF without white space and hyphens, so that line ends make no difference."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    return normalise(text)


def text_of(paper: Path) -> str:
    """A paper's text as :func:`printed` gives it, and its source, where no cell stands between another's lines."""
    if paper.suffix != ".pdf":
        return normalise(f"{read(paper).text} {read(paper).metadata.doi}")
    source = CORPUS / "sources" / paper.relative_to(CORPUS).with_suffix(".typ")
    return printed(paper) + normalise(source.read_text(encoding="utf-8"))


def normalise(text: str) -> str:
    return re.sub("[\\s\u00ad\u0002\ufffe\u2010-]", "", text).casefold()


def papers_of(folder: str) -> list[Path]:
    """The papers of a folder, those of folders in it left out."""
    return [paper for paper in (CORPUS / folder).iterdir() if paper.is_file()]


@pytest.fixture(scope="module")
def build():
    pytest.importorskip("typst", reason="typst (a development dependency) typesets the sample papers")
    return script("scripts/build_corpus.py")


def test_every_pdf_has_a_source_and_every_source_its_pdf(build):
    assert [target for _, target in build.sources()] == sorted(CORPUS.glob("*/**/*.pdf"))


@pytest.mark.parametrize("pdf", PAPERS)
def test_a_pdf_is_what_its_source_gives(build, pdf):
    made = build.typeset(CORPUS / "sources" / pdf.relative_to(CORPUS).with_suffix(".typ"))

    # Another release of typst may pack the same page otherwise; the words must be the same.
    assert made == pdf.read_bytes() or printed(made) == printed(pdf)


def test_typesetting_twice_gives_the_same_bytes(build):
    source, _ = next(build.sources())

    assert build.typeset(source) == build.typeset(source)


@pytest.mark.parametrize("name", sorted(GOLD_OF.values()))
def test_gold_of_the_papers_has_no_faults(name):
    assert [problem for problem in check(ROOT / "gold" / name) if problem.severity == "error"] == []


@pytest.mark.parametrize("folder", sorted(GOLD_OF.keys() - UNOPENED))
def test_gold_values_stand_in_their_paper(folder):
    gold = load_gold(ROOT / "gold" / GOLD_OF[folder])

    texts = {paper.stem: text_of(paper) for paper in papers_of(folder)}
    for value in gold.values:
        text = texts[value.study.partition("/")[0]]
        assert normalise(value.text) in text, f"{value.study}: {value.text}"
        assert value.doi is None or normalise(value.doi) in text, f"{value.study}: {value.doi}"


@pytest.mark.parametrize("folder", sorted(UNOPENED))
def test_gold_values_of_unopened_papers_stand_in_them_but_for_shared_words(folder):
    gold = load_gold(ROOT / "gold" / GOLD_OF[folder])

    texts = {paper.stem: text_of(paper) for paper in papers_of(folder)}
    absent = sum(normalise(value.text) not in texts[value.study.partition("/")[0]] for value in gold.values)
    assert absent <= 0.01 * len(gold.values), "some are not printed; which is not said, as nobody is to look"


@pytest.mark.parametrize("folder", sorted(GOLD_OF))
def test_every_paper_has_gold(folder):
    gold = load_gold(ROOT / "gold" / GOLD_OF[folder])

    papers = {paper.stem for paper in papers_of(folder)} - {"digest"}
    assert {study.partition("/")[0] for study in gold.studies} == papers


@pytest.mark.parametrize(
    "folder", sorted(folder for folder in GOLD_OF if folder != "train" and not folder.startswith("tables"))
)
def test_gold_on_prose_covers_every_field_of_a_paper(folder):
    gold = load_gold(ROOT / "gold" / GOLD_OF[folder])

    papers = {study: fields for study, fields in gold.studies.items() if "/" not in study}
    assert {study for study, fields in papers.items() if fields.keys() != set(FIELDS)} == set()


def test_invented_studies_have_test_dois_only():
    for folder, name in GOLD_OF.items():
        for value in load_gold(ROOT / "gold" / name).values:
            assert value.doi is None or value.doi.startswith("10.5555/"), f"{folder}: {value.doi}"


def test_the_manifest_lists_the_papers_of_the_review_that_the_digest_cites():
    with (CORPUS / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    review = [row for row in rows if row["role"] == "review"]
    studies = {row["reference"]: row["doi"] for row in rows if row["role"] == "study"}

    gold = load_gold(ROOT / "gold" / "lin2023")
    assert [row["doi"] for row in review] == [gold.about.review]
    assert studies == {value.study: value.doi for value in gold.values}
    digest = printed(CORPUS / "sample" / "digest.pdf")
    assert all(normalise(f"{key}.") in digest and normalise(f"doi:{doi}") in digest for key, doi in studies.items())
