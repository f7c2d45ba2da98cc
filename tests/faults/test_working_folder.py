"""Python files that lie beside the papers are neither imported nor executed, by no process that a run starts.

That a flow and its server execute none either, tests/test_flows.py says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import children
from pipeline.errors import ProcessError
from pipeline.readers import Reader
from tests.working_folder import write_decoys

PAPER = """Coated particles against breast cancer

Abstract

PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a paper, and modules of common names that leave a trace when they are executed."""
    write_decoys(tmp_path)
    (tmp_path / "paper.txt").write_text(PAPER)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        [Path(sys.executable).with_name("coatmine"), "extract", "paper.txt", "--out", "out", "--jobs", "1"],
        pytest.param(
            [Path(sys.executable).with_name("coatmine"), "extract", "paper.txt", "--out", "out", "--jobs", "2"],
            marks=pytest.mark.slow,
        ),
    ],
    ids=["one process", "workers"],
)
def test_what_lies_in_the_working_folder_is_not_executed(folder: Path, command: list[str | Path]):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert not (folder / "executed").exists(), (folder / "executed").read_text()
    assert done.returncode == 0, done.stderr
    (outcome,) = map(json.loads, (folder / "out" / "documents.jsonl").read_text().splitlines())
    assert (outcome["status"], outcome["records"]) == ("ok", 1)


def test_an_empty_entry_of_the_search_path_does_not_open_the_working_folder(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep)
    with Reader() as reader:
        assert reader.read("paper.txt").text.startswith("Coated particles")
    assert not (folder / "executed").exists()


def test_a_reading_process_that_does_not_start_is_no_fault_of_the_paper(folder, monkeypatch):
    broken = folder / "broken" / "pipeline"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('libpdfium.so is missing')")
    monkeypatch.setattr(children, "environment", lambda: {**os.environ, "PYTHONPATH": str(broken.parent)})
    with (
        Reader() as reader,
        pytest.raises(ProcessError, match=r"does not start \(ImportError: libpdfium.so is missing"),
    ):
        reader.read(folder / "paper.txt")
