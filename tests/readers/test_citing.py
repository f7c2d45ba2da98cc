"""References and citations in running text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.citing import Dated, author_year, bracketed, expand, find_doi, parse_entry, superscripted

KEYS = {str(number) for number in range(1, 100)}


def test_ranges_and_lists_are_expanded():
    text = "shown before [34-36], [1,2] and [5a,b; 9]"
    assert [cited for _, _, cited in bracketed(text, KEYS)] == [("34", "35", "36"), ("1", "2"), ("5", "9")]


@given(first=st.integers(1, 99), length=st.integers(0, 59))
def test_a_range_cites_all_that_lies_between(first: int, length: int):
    keys = {str(number) for number in range(1, 200)}
    assert expand(f"{first}\u2013{first + length}", keys) == tuple(str(n) for n in range(first, first + length + 1))


def test_brackets_around_other_numbers_are_no_citations():
    assert bracketed("the interval [0, 1] and the year [2019]", KEYS) == []


@pytest.mark.parametrize(
    ("before", "raised", "after"), [("cm", "2", ""), ("10", "8", " cells"), ("", "64", "Cu"), ("kg m", "3", "")]
)
def test_exponents_and_isotopes_are_no_citations(before: str, raised: str, after: str):
    text = before + raised + after
    assert superscripted(text, [(len(before), len(before) + len(raised), "^")], KEYS) == []


def test_raised_numbers_after_words_are_citations():
    assert superscripted("of the cells12,13", [(12, 17, "^")], KEYS) == [(12, 17, ("12", "13"))]


def test_author_year_citations_find_their_reference_by_first_author_and_year():
    references = [
        Dated("1", "ben khedher", "tounsi", "2017", ""), Dated("2", "singh", "batish", "2006", ""),
        Dated("3", "singh", "kaur", "2009", ""), Dated("4", "lund", "", "2023", "a"),
        Dated("5", "lund", "", "2023", "b"),
    ]  # fmt: skip
    text = "so (Ben Khedher et al., 2017; Singh et al., 2006, 2009), and Lund et al. (2023b) agree; nobody in 2017."
    found = [(text[start:end], keys) for start, end, keys in author_year(text, references)]
    assert found == [
        ("Ben Khedher et al., 2017", ("1",)), ("Singh et al., 2006", ("2",)), ("2009", ("3",)),
        ("Lund et al. (2023b", ("5",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("doi:10.1021/acsami.7b17022.", "10.1021/acsami.7b17022"),
        ("(https://doi.org/10.1016/S0963-9969(00)00052-1)", "10.1016/S0963-9969(00)00052-1"),
        ("no identifier, 10.5 mg", None),
    ],
)
def test_a_doi_ends_where_it_ends(text: str, doi: str | None):
    assert find_doi(text) == doi


def test_an_entry_is_read():
    entry = parse_entry(
        "12. Peng, J.; Yang, Q. ACS Appl. Mater. Interfaces 2017, 9, 44410–44422. doi:10.1021/acsami.7b17022"
    )
    assert (entry.number, entry.year, entry.doi) == ("12", 2017, "10.1021/acsami.7b17022")
    assert entry.authors == ("Peng, J.", "Yang, Q.")


def test_author_year_citations_are_found_in_the_cells_of_a_table():
    references = [Dated("2", "hara", "stone", "2016", ""), Dated("6", "okoye", "", "2022", "")]
    found = author_year("Study\tSource\nHara and Stone (2016)\tred\tICR mice\nOkoye (2022)\tneutrophils", references)
    assert [keys for _, _, keys in found] == [("2",), ("6",)]


def test_indices_and_powers_are_no_citations():
    keys = {"1", "2", "3"}
    assert bracketed("at t[1] as said [3]", keys) == [(16, 19, ("3",))]
    assert superscripted("X2 was 3.1", [(1, 2, "^")], keys) == []
    assert superscripted("the cells2 were", [(9, 10, "^")], keys) == [(9, 10, ("2",))]


def test_works_of_one_author_and_year_that_no_letter_tells_apart_are_not_guessed():
    works = [
        Dated("1", "gao", "li", "2016", ""),
        Dated("2", "gao", "kim", "2016", ""),
        Dated("3", "gao", "roe", "2018", ""),
    ]
    cited = author_year("Gao et al., 2016; Gao et al., 2018; Gao and Kim (2016)", works)
    assert [keys for _, _, keys in cited] == [("3",), ("2",)]
