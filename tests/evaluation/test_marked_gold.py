"""Keys and sizes as an author prints them, and as a document has them."""

import pytest

from pipeline.document import Reference
from pipeline.evaluation.voices import study_key, wanted

LISTED = (
    Reference(key="1", start=0, end=1, authors=("Abara C",), year=2021),
    Reference(key="2", start=1, end=2, authors=("Lindqvist M", "Rao P"), year=2019),
)


@pytest.mark.parametrize(
    ("ref", "key"),
    [
        (None, "self"),
        ("14", "14"),
        ("[14]", "14"),
        ("Lindqvist2019", "2"),
        ("Lindqvist and Rao (2019)", "2"),
        ("Abara et al., 2021", "1"),
        ("Abara et al. (2019)", "Abara2019"),
        ("Ferreira-Quist2021", "Ferreira-Quist2021"),
    ],
)
def test_a_printed_key_is_found_in_the_reference_list(ref, key):
    assert study_key(ref, LISTED) == key


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("118.4 ± 3.2 nm", "118.4 nm"),
        ("98–103 nm", "100.5 nm"),
        ("between 110 and 125 nm", "117.5 nm"),
        ("0.2 µm", "0.2 µm"),
    ],
)
def test_a_printed_size_has_the_name_that_a_record_gives_it(printed, name):
    (size,) = wanted({"sizes": [printed]}, [], "x")["sizes"]
    assert size.name == name
