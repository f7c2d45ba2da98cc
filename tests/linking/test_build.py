"""The shipped lexicons are what the script makes of the official files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.linking.lint import problems
from pipeline.settings import models_dir

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.shared
@pytest.mark.slow
def test_building_again_gives_the_same_bytes(shared: Path, tmp_path: Path) -> None:
    script = ROOT / "scripts/build_lexicons.py"
    subprocess.run([sys.executable, script, shared / "data", "--out", tmp_path], check=True, capture_output=True)
    built = sorted(path.name for path in tmp_path.glob("*.tsv"))
    others = {"substances.tsv"}  # from packages, which are not at hand
    assert built == sorted({path.name for path in (models_dir() / "lexicons").glob("*.tsv")} - others)
    for name in built:
        assert (tmp_path / name).read_bytes() == (models_dir() / "lexicons" / name).read_bytes(), name


@pytest.mark.shared
@pytest.mark.slow
def test_the_full_set_is_clean(shared: Path, tmp_path: Path) -> None:
    script = ROOT / "scripts/build_lexicons.py"
    command = [sys.executable, script, shared / "data", "--full", "--out", tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    assert list(problems(tmp_path)) == []
