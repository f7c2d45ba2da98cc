"""Names are found in all their spellings, whole words only, and each hit says what it may be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ModelError
from pipeline.linking import Lexicon, shipped_lexicon
from pipeline.linking.normalise import normalise, normalise_with_offsets, same_shape
from pipeline.linking.schema import COLUMNS


def row(name: str, kind: str = "cell_line", curie: str = "cellosaurus:CVCL_0159", preferred: str = "") -> str:
    return "\t".join((name, curie, preferred or name, "name", kind, "", "curated", ""))


LEXICON = Lexicon(
    [
        row("B16-F10"),
        row("RAW 264.7", curie="cellosaurus:CVCL_0493"),
        row("HeLa", curie="cellosaurus:CVCL_0030"),
        row("breast cancer", "disease", "DOID:1612"),
        row("MIL-100(Fe)", "material", ""),
        row("TNF-α", "blocklist", ""),
        row("ICG", "drug", "CHEBI:31696", "indocyanine green"),
    ]
)


def names(text: str) -> list[tuple[str, str]]:
    return [(text[h.start : h.end], h.entries[0].name) for h in LEXICON.find(text)]


@pytest.mark.parametrize("spelling", ["B16-F10", "B16F10", "B16 F10", "B16/F10", "B16\u2011F10"])
def test_spellings_of_one_line_are_one_name(spelling: str) -> None:
    assert ("B16-F10" in {name for _, name in names(f"in {spelling} cells")}) is True


@pytest.mark.parametrize(
    "text",
    ["XB16-F10", "B16-F100", "MyHeLa", "HeLas2", "B16. F10", "icg", "hela", "breastcancer", "breast, cancer"],
)
def test_what_is_no_spelling_is_not_found(text: str) -> None:
    assert names(f"in {text} cells") == []


def test_a_full_stop_belongs_to_the_name_only_where_the_name_has_it() -> None:
    assert names("RAW264.7 cells") == [("RAW264.7", "RAW 264.7")]


def test_a_plural_belongs_to_the_hit() -> None:
    assert names("two breast cancers") == [("breast cancers", "breast cancer")]


def test_a_bracket_that_the_name_opened_belongs_to_the_hit() -> None:
    assert names("of MIL-100(Fe) and") == [("MIL-100(Fe)", "MIL-100(Fe)")]


def test_a_greek_letter_and_its_name_are_one() -> None:
    assert {found for found, _ in names("TNF-α, TNF-alpha")} == {"TNF-α", "TNF-alpha"}


def test_lookup_takes_the_whole_string_and_the_wanted_types() -> None:
    assert [e.curie for e in LEXICON.lookup("B16 F10")] == ["cellosaurus:CVCL_0159"]
    assert LEXICON.lookup("B16-F10 cells") == []
    assert [e.curie for e in LEXICON.lookup("breast cancers")] == ["DOID:1612"]
    assert LEXICON.lookup("ICG", ("cell_line",)) == []


@given(st.text(max_size=200))
def test_every_hit_is_a_range_of_the_text_that_spells_its_entries(text: str) -> None:
    for hit in LEXICON.find(text):
        surface = text[hit.start : hit.end]
        assert 0 <= hit.start < hit.end <= len(text)
        assert all(normalise(surface).startswith(normalise(e.name)) for e in hit.entries)


@given(st.text(max_size=80), st.sampled_from(["B16-F10", "HeLa", "breast cancer"]), st.text(max_size=80))
def test_a_planted_name_is_found_where_it_stands(before: str, name: str, after: str) -> None:
    text = f"{before} {name} {after}"
    start = len(before) + 1
    assert any(h.start == start and text[start : start + len(name)] == name for h in LEXICON.find(text))


@given(st.text(max_size=120))
def test_normalised_text_leads_back_to_the_characters_it_came_from(text: str) -> None:
    normalised, offsets = normalise_with_offsets(text)
    assert normalised == normalise(text)
    assert len(offsets) == len(normalised)
    assert list(offsets) == sorted(offsets)
    assert all(c in normalise(text[o]) for c, o in zip(normalised, offsets, strict=True))


@given(st.text(min_size=1, max_size=40))
def test_a_name_is_a_spelling_of_itself(name: str) -> None:
    assert same_shape(name, name)


def test_a_file_with_another_header_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lines.tsv").write_text("name\tid\nHeLa\tx\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"lines\.tsv, line 1: the columns are name, id; needed are name and type"):
        Lexicon.load(tmp_path)


def test_a_row_with_too_few_columns_is_named(tmp_path: Path) -> None:
    (tmp_path / "lines.tsv").write_text("\t".join(COLUMNS) + "\nHeLa\tx\n", encoding="utf-8")
    with pytest.raises(ModelError, match="HeLa"):
        Lexicon.load(tmp_path).lookup("HeLa")


def test_a_folder_without_lexicons_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=re.escape(str(tmp_path))):
        Lexicon.load(tmp_path)


def test_the_shipped_lexicons_know_the_lines_of_the_field() -> None:
    lexicon = shipped_lexicon()
    for name, accession in {"4T1": "CVCL_0125", "RAW264.7": "CVCL_0493", "MDA-MB-231": "CVCL_0062"}.items():
        assert f"cellosaurus:{accession}" in {e.curie for e in lexicon.lookup(name, ("cell_line",))}


def test_case_tells_abbreviations_apart_but_not_a_line_written_like_a_name() -> None:
    lexicon = shipped_lexicon()
    assert lexicon.lookup("DCNP", ("material",))
    assert not lexicon.lookup("DcNP", ("material",))
    assert {e.preferred for e in lexicon.lookup("Cal-27", ("cell_line",))} == {"CAL-27"}


@pytest.mark.parametrize(
    ("one", "other", "type_"),
    [
        ("androgen deprivation therapy", "dopamine replacement therapy", "modality"),
        ("anti-TNF therapy", "cytokine therapy", "modality"),
        ("psychotherapy", "physiotherapy", "modality"),
        ("adjuvant chemotherapy", "maintenance therapy", "modality"),
        ("CT angiography", "MR venography", "modality"),
        ("MIL-101(Fe)", "MIL-101", "material"),
        ("organogel", "hydrogel", "form"),
    ],
)
def test_different_things_are_no_synonyms(one: str, other: str, type_: str) -> None:
    names = [{entry.preferred for entry in shipped_lexicon().lookup(name, (type_,))} for name in (one, other)]
    assert all(names)
    assert names[0].isdisjoint(names[1])
