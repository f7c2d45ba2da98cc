"""docs/roles.md: its rule works, and it speaks of all that there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from pipeline.records import Role
from pipeline.roles.examples import check
from pipeline.roles.rules import Rule, load_rules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "roles.md"


@pytest.fixture(scope="module")
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_pages_rule_and_class_can_be_used_as_they_stand(text, tmp_path):
    for number, block in enumerate(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)):
        (tmp_path / f"{number}.toml").write_text(block)
    rules = load_rules(tmp_path)
    assert rules.own == {"mine.livery"}
    assert [str(failure) for failure in check(rules)] == []
    assert {"enrobed", "enrobing", "clothed"} <= set(rules.words("coat"))


def test_every_role_and_every_key_of_a_rule_is_spoken_of(text):
    spoken = set(re.findall(r"`([a-z_]+)`", text)) | set(re.findall(r"^([a-z]+) = ", text, re.MULTILINE))
    assert {*get_args(Role), *Rule.model_fields} - spoken == set()
