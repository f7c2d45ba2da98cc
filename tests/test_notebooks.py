"""The notebooks in docs/ run from the first cell to the last, in the folder of the clone."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_process")]


def cells(path: Path) -> list[str]:
    """The code of a notebook, cell by cell; its outputs are left out of the repository."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    return ["".join(cell["source"]) for cell in code]


def test_there_is_one() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_known: Callable[[Path], None]
) -> None:
    (tmp_path / "corpus").symlink_to(ROOT / "corpus")
    sample_known(tmp_path / "out" / "notebook")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for source in cells(path):
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, str(path), "exec"), names)
        if isinstance(last, ast.Expr):
            shown.append(eval(compile(ast.Expression(last.value), str(path), "eval"), names))
    tables = [each for each in shown if hasattr(each, "shape")]
    assert tables
    assert all(rows and columns for rows, columns in (table.shape for table in tables)), "no table is empty"
