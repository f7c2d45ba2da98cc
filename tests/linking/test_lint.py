"""The shipped lexicons are clean, and the lint sees what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.linking.lexicon import COLUMNS
from pipeline.linking.lint import main, problems
from pipeline.settings import models_dir


def test_the_shipped_lexicons_are_clean() -> None:
    assert list(problems(models_dir() / "lexicons")) == []


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (("HeLa", "CVCL_0030", "HeLa", "name", "cell_line", "", "x", ""), "no identifier as the Bioregistry writes it"),
        (("HeLa", "DOID:1612", "HeLa", "name", "cell_line", "", "x", ""), "no identifier of a cell_line"),
        (("HeLa ", "", "HeLa", "name", "cell_line", "", "x", ""), "white space"),
        (("HeLa", "", "HeLa", "good", "cell_line", "", "x", ""), "status 'good'"),
        (("HeLa", "", "HeLa", "name", "line", "", "x", ""), "type 'line'"),
        (("HeLa", "", "", "name", "cell_line", "", "x", ""), "no preferred name"),
        (("--", "", "x", "name", "cell_line", "", "x", ""), "neither letter nor digit"),
        (("HeLa", "", "HeLa", "name", "cell_line", "9606", "x", ""), "taxon '9606'"),
        (("HeLa", ""), "2 columns"),
    ],
)
def test_each_kind_of_slip_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: tuple[str, ...], complaint: str
) -> None:
    (tmp_path / "lines.tsv").write_text("\t".join(COLUMNS) + "\n" + "\t".join(row) + "\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "lines.tsv, line 2" in printed
    assert complaint in printed
