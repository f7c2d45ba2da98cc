"""What an entry of a reference list says, in the styles of many journals; where in doubt, nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.document import Document
from pipeline.readers.citing import parse_entry

STYLES = [
    ("Quill A, Torrent B, de la Roe C: The making of coats. Proc Fict Sci 2012, 279(1747):4568–4573.",
     ("Quill A", "Torrent B", "de la Roe C"), "The making of coats", "Proc Fict Sci", 2012),
    ("1. Quill A, Torrent BC, et al. Coats on B. subtilis and L. plantarum. J Part. 2002;9:335–44.",
     ("Quill A", "Torrent BC"), "Coats on B. subtilis and L. plantarum", "J Part", 2002),
    ("Quill, A.; Torrent, B.C.; Roe, M. Coats of Cells: A Review. Crit. Rev. Part. Sci. 2014, 54, 340. [CrossRef]",
     ("Quill, A.", "Torrent, B.C.", "Roe, M."), "Coats of Cells: A Review", "Crit. Rev. Part. Sci.", 2014),
    ("P. K. Quill, S. Torrent and D. Roe, Nat. Rev. Part. 2019, 4, 269 – 285.",
     ("P. K. Quill", "S. Torrent", "D. Roe"), None, "Nat. Rev. Part.", 2019),
    ("A. K. Quill, B. Torrent, J. Fict. Soc. 1997, 144, 1188.",
     ("A. K. Quill", "B. Torrent"), None, "J. Fict. Soc.", 1997),
    ("Quill, K. K. Med. Princ. Pract. 2008, 17, 89.", ("Quill, K. K.",), None, "Med. Princ. Pract.", 2008),
    ("A. Quill, B. Torrent, Coating of particles with membranes, J. Control. Part. 12 (2020) 1–9.",
     ("A. Quill", "B. Torrent"), "Coating of particles with membranes", "J. Control. Part.", 2020),
    ("Quill, J., Torrent, Q., and Roe, Z. (2016a). Membrane-coated nanogels for delivery. Small Part. 41, 7084–7098.",
     ("Quill, J.", "Torrent, Q.", "Roe, Z."), "Membrane-coated nanogels for delivery", "Small Part", 2016),
    ("Quill, R. H., Hu, C.-M. J. & Roe, L. Particles disguised as cells. Expert Opin. Part. 12, 385–389 (2012).",
     ("Quill, R. H.", "Hu, C.-M. J.", "Roe, L."), "Particles disguised as cells", "Expert Opin. Part.", 2012),
    ("A. Quill and B. Torrent, “Coating of particles,” IEEE Trans. Part., vol. 12, no. 3, pp. 1-9, 2020.",
     ("A. Quill", "B. Torrent"), "Coating of particles", "IEEE Trans. Part.", 2020),
    ("Quill AB. Cyperus rotundus L. Ind. Part. Sci. 2009;12:7.", ("Quill AB",), "Cyperus rotundus L",
     "Ind. Part. Sci.", 2009),
    ("Quill, A.; Torrent, Z. Adv. Part. Mater. 2020, 30, 19.", ("Quill, A.", "Torrent, Z."), None,
     "Adv. Part. Mater.", 2020),
    ("Quill, A.; Torrent, J. Particles 2022, 18, 21.", ("Quill, A.", "Torrent, J."), None, "Particles", 2022),
    ("Quill, K. J. Part. Chem. 2022, 18, 21.", ("Quill, K.",), None, "J. Part. Chem.", 2022),
    ("Quill, S. J. Int. J. Part. 2020, 15, 57.", ("Quill, S. J.",), None, "Int. J. Part.", 2020),
    ("Quill, H. Am. J. Part. Res. 2022, 12, 10.", ("Quill, H.",), None, "Am. J. Part. Res.", 2022),
    ("Quill, W.-f.; Roe, A. Adv. Part. (Weinheim, Ger.) 2016, 28, 95.", ("Quill, W.-f.", "Roe, A."), None,
     "Adv. Part. (Weinheim, Ger.)", 2016),
    ("Quill, A.; Vieira de Roe, J. Proc. Natl. Acad. Part. U. S. A. 2021, 118, e20.",
     ("Quill, A.", "Vieira de Roe, J."), None, "Proc. Natl. Acad. Part. U. S. A.", 2021),
    ("Quill, A. Fict. Interdiscip. Rev.: Part. 2021, 13, e17.", ("Quill, A.",), None, "Fict. Interdiscip. Rev.: Part.",
     2021),
]  # fmt: skip


@pytest.mark.parametrize(("text", "authors", "title", "container", "year"), STYLES)
def test_the_parts_of_an_entry(
    text: str, authors: tuple[str, ...], title: str | None, container: str | None, year: int
):
    entry = parse_entry(text)
    assert (entry.authors, entry.title, entry.container, entry.year) == (authors, title, container, year)


@pytest.mark.parametrize(
    "text",
    [
        "World Fictional Organisation. Report on coats, 2019.",
        "See the note in the supporting information.",
        "12. www.example.org",
    ],
)
def test_where_the_shape_does_not_tell_nothing_is_said(text: str):
    entry = parse_entry(text)
    assert (entry.authors, entry.container) == ((), None)


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("doi:10.1038/s41565-021-00951-5.", "10.1038/s41565-021-00951-5"),
        ("doi:10.1038/s41565-021-", None),
        ("doi:10.1038/s41565", None),
        ("doi:10.1002/adma.201808510", "10.1002/adma.201808510"),
        ("doi:10.1002/adma.2018", None),
        ("doi:10.1021/acsnano.8b01234", "10.1021/acsnano.8b01234"),
        ("doi:10.1021/acsnano.18b01234", "10.1021/acsnano.18b01234"),
        ("doi:10.1021/acsnano.8b01", None),
        ("doi:10.1016/j.jconrel.2019.01.001", "10.1016/j.jconrel.2019.01.001"),
        ("(doi:10.1016/S0168-3659(99)00248-5).", "10.1016/S0168-3659(99)00248-5"),
        ("10.1002/(SICI)1097-0142(19960401)77:7<1356::AID-CNCR20>3.0.CO;2-#.",
         "10.1002/(SICI)1097-0142(19960401)77:7<1356::AID-CNCR20>3.0.CO;2-#"),
        ("doi:10.5555/coat-1", "10.5555/coat-1"),
    ],
)  # fmt: skip
def test_a_doi_that_looks_cut_is_left_out(text: str, doi: str | None):
    assert parse_entry(f"Quill A. Coats. J Part 2020;1:2. {text}").doi == doi


def test_what_stands_beneath_the_last_entry_is_no_part_of_it(typeset: Callable[[str], Document]):
    entries = "\n\n".join(f"{n}. Quill A, Roe B. A work named {n}. J Part 20{n + 10};{n}:1–9." for n in range(1, 8))
    stated = "Particles were coated by extrusion through membranes, and their size was measured before and after. " * 5
    document = typeset(
        f"= A title of some length about coats\n\n{stated}\n\n*References*\n\n#set par(spacing: 0.65em)\n{entries}\n\n"
        "#v(24pt)\nThe publisher stays neutral about claims in maps; 2020 was a year."
    )
    last = document.references[-1]
    assert document.text[last.start : last.end] == "7. Quill A, Roe B. A work named 7. J Part 2017;7:1–9."
    assert "stays neutral" in document.text
    assert (last.title, last.container, last.authors) == ("A work named 7", "J Part", ("Quill A", "Roe B"))
