"""Names of modules, classes and functions are the field's: one name for one thing (docs/glossary.md)."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [path for folder in ("pipeline", "coatmine", "scripts") for path in sorted((ROOT / folder).rglob("*.py"))]
REPLACED = re.compile(
    r"_?(?:judge\w*|traits?|Finding|Thing|genre\w*|squeeze\w*|traps?|generics|hands?|said|heard|hear|hearing|barred"
    r"|certain|bring\w*|wish|Trouble|desk|Passage|Place|Found|Cues)"
)
"""Names that standard terms have replaced, such as scorer, features, evidence, blocklist and curated."""


def defined(path: Path) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node


def test_no_replaced_name_is_left() -> None:
    names = [(path, node.name) for path in SOURCES for node in defined(path)] + [(path, path.stem) for path in SOURCES]
    left = [f"{path.relative_to(ROOT)}: {name}" for path, name in names if REPLACED.fullmatch(name)]
    assert not left


def test_a_public_class_has_a_name_of_its_own() -> None:
    classes = Counter(
        node.name
        for path in sorted((ROOT / "pipeline").rglob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert not {name for name, times in classes.items() if times > 1}
