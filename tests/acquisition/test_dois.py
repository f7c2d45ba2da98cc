"""DOIs: how they are written, listed, and turned into file names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.acquisition import dois_from_manifest, dois_of_references, normalise_doi
from pipeline.acquisition.dois import file_stem
from pipeline.acquisition.files import licence_name
from pipeline.document import Document, Reference
from pipeline.errors import UsageError

ANY_DOI = st.from_regex(r"10\.[0-9]{4,9}/[!-~]+", fullmatch=True)


@pytest.mark.parametrize(
    "written",
    [
        "10.3762/bjnano.14.24",
        "https://doi.org/10.3762/BJNANO.14.24",
        "doi: 10.3762/bjnano.14.24.",
        " 10.3762/bjnano.14.24\n",
    ],
)
def test_one_doi_has_one_form(written):
    assert normalise_doi(written) == "10.3762/bjnano.14.24"


@pytest.mark.parametrize(
    "written", ["", "bjnano.14.24", "10.3762", "10.3762/", "10.3762/a b", "PMC123", "10.3762/a\x00b"]
)
def test_what_is_no_doi_is_refused(written):
    with pytest.raises(UsageError, match="not a DOI"):
        normalise_doi(written)


@given(ANY_DOI)
def test_a_file_name_stays_in_its_folder_and_short(doi):
    stem = file_stem(doi)
    assert stem.startswith("10.")
    assert not set(stem) & set('/\\:*?"<>|')
    assert len(stem) < 200


@given(ANY_DOI, ANY_DOI)
def test_two_dois_never_share_a_file_name(one, other):
    assert (file_stem(one.lower()) == file_stem(other.lower())) == (one.lower() == other.lower())


def test_dois_that_differ_only_in_what_file_names_cannot_hold():
    assert file_stem("10.1002/a/b") != file_stem("10.1002/a_b") != file_stem("10.1002/a:b")


def test_a_manifest_gives_its_column_doi(tmp_path):
    path = tmp_path / "manifest.csv"
    path.write_text('\ufeffreference,DOI,title\n1,10.1002/B,"two\nlines"\n2,,none\n3,10.1002/a,x\n4,10.1002/b,x\n')
    assert dois_from_manifest(path) == ["10.1002/b", "10.1002/a"]


def test_the_manifest_of_this_project_is_one():
    from tests.conftest import ROOT

    assert "10.3762/bjnano.14.24" in dois_from_manifest(ROOT / "corpus" / "manifest.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"reference,title\n1,x\n", "no column doi"),
        (b"", "no column doi"),
        (b"doi\n10.1002/a\nnonsense\n", "line 3.*not a DOI"),
        (b"doi\n\xff\xfe\n", "cannot be read"),
    ],
)
def test_a_manifest_that_is_none_says_what_to_do(tmp_path, content, message):
    path = tmp_path / "manifest.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=message) as caught:
        dois_from_manifest(path)
    assert str(path) in str(caught.value)


def test_a_missing_manifest_is_named(tmp_path):
    with pytest.raises(UsageError, match="nowhere"):
        dois_from_manifest(tmp_path / "nowhere.csv")


def test_a_reviews_references_give_their_dois():
    printed = ["10.1021/B", None, "not a doi", "https://doi.org/10.1021/a", "10.1021/b"]
    references = [Reference(key=str(n), start=0, end=0, doi=doi) for n, doi in enumerate(printed)]
    document = Document(
        id="sha256:" + "0" * 64, source="r.pdf", media_type="text/plain", text="", references=references
    )
    assert dois_of_references(document) == ["10.1021/b", "10.1021/a"]


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("cc by", "CC-BY"),
        ("CC BY-NC-ND", "CC-BY-NC-ND"),
        ("cc-by-nc-sa", "CC-BY-NC-SA"),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("CC0", "CC0-1.0"),
        ("http://creativecommons.org/licenses/by-nc/3.0/us/", "CC-BY-NC-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("publisher-specific-oa", "publisher-specific-oa"),
        ("", None),
        (None, None),
    ],
)
def test_licences_are_named_as_spdx_names_them_or_as_stated(stated, name):
    assert licence_name(stated) == name


@pytest.mark.parametrize("doi", ["10.1234/../../admin", "10.1234/a/./b", "https://doi.org/10.1234/../b"])
def test_a_doi_that_would_lead_to_another_page_of_a_service_is_refused_before_it_is_asked_for(doi):
    with pytest.raises(UsageError, match="is skipped"):
        normalise_doi(doi)
    assert normalise_doi("10.1234/s.1.a..b") == "10.1234/s.1.a..b"
