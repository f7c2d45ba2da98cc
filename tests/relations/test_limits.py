"""A limit is no measured size."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import ner, relations
from pipeline.readers import read


@pytest.mark.parametrize(
    ("told", "sizes"),
    [("131 nm", ["131 nm"]), ("127 ± 4 nm", ["127 ± 4 nm"]), ("< 200 nm", []), ("below 200 nm", [])],
)
def test_a_size_that_is_only_a_limit_is_no_value(tmp_path: Path, told: str, sizes: list[str]) -> None:
    path = tmp_path / "paper.txt"
    path.write_text(
        "Coated particles\n\nPLGA nanoparticles were loaded with doxorubicin and coated with 4T1 cell membrane. "
        f"The diameter of the coated particles was {told} by light scattering.\n"
    )
    document = read(path)
    (record,) = relations.assemble(document, ner.annotate(document))
    assert [value.text for value in record.sizes] == sizes
