"""The front door: every name is there, loaded when it is used, and typed as where it lives."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import coatmine

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", coatmine.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(coatmine, name) is not None
    assert name in dir(coatmine)


def test_what_type_checkers_see_is_what_is_loaded() -> None:
    tree = ast.parse((ROOT / "coatmine" / "__init__.py").read_text())
    seen = {
        alias.asname or alias.name: f"{node.module}:{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipeline.")
        for alias in node.names
        if alias.asname
    }
    assert seen == coatmine._HOMES
    for home in seen.values():
        module, _, name = home.partition(":")
        assert hasattr(importlib.import_module(module), name)


def test_importing_it_loads_nothing_else() -> None:
    code = (
        "import sys, coatmine; print(sorted(m for m in sys.modules if m.startswith(('pipeline', 'spacy', 'pandas'))))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_wrong_name_lists_the_right_ones() -> None:
    with pytest.raises(AttributeError, match=r"it has .*extract"):
        coatmine.mine  # noqa: B018
