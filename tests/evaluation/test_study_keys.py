"""The key of a study as an author prints it, and as a document has it."""

import pytest

from pipeline.document import Reference
from pipeline.evaluation.voices import study_key

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
