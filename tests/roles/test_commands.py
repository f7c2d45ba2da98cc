"""`coatmine roles check` and `coatmine roles explain`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from tests.roles.test_rules import RULE

SENTENCE = "PLGA nanoparticles loaded with doxorubicin wore 4T1 cell membrane; free doxorubicin served as control."


def call(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def own(tmp_path):
    (tmp_path / "mine.toml").write_text(RULE)
    return tmp_path


def test_check_passes_on_what_is_shipped():
    result = call("roles", "check", "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["failures"] == []
    assert told["rules"] > 0
    assert told["examples"] > told["rules"]


def test_check_fails_on_an_example_of_ones_own_that_fails(own):
    (own / "mine.toml").write_text(RULE.replace("the livery of [4T1|CELL!]", "the colours of [4T1|CELL!]"))
    result = call("roles", "check", "--roles", own)
    assert result.exit_code == 1
    assert "mine.coat: does not find 4T1: cores in the colours of" in result.stdout


@pytest.mark.parametrize("command", [("roles", "check"), ("roles", "explain", "x"), ("extract", "x", "--out", "y")])
def test_a_fault_in_ones_own_rules_is_told_with_the_file(own, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (own / "mine.toml").write_text("[[rule]\n")
    result = call(*command, "--roles", own)
    assert result.exit_code == 2
    assert "mine.toml: not valid TOML" in result.stderr


def test_explain_shows_names_roles_and_reasons():
    result = call("roles", "explain", SENTENCE)
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    names = [line for line in lines if not line.startswith(" ")]
    assert names == [
        "PLGA (CORE): core", "doxorubicin (DRUG): cargo", "4T1 (CELL_LINE): membrane_source",
        "doxorubicin (DRUG): comparator",
    ]  # fmt: skip
    assert any("coat.cells-membrane sets membrane_source: What carries" in line for line in lines)


def test_explain_as_json_has_offsets_and_rules():
    told = json.loads(call("roles", "explain", SENTENCE, "--json").stdout)
    line = next(name for name in told if name["label"] == "CELL_LINE")
    assert SENTENCE[line["start"] : line["end"]] == "4T1"
    assert {"id": "coat.cells-membrane", "sets": "membrane_source"}.items() <= line["rules"][0].items()


def test_explain_says_so_where_there_is_nothing():
    assert "no names in it" in call("roles", "explain", "Nothing stands here.").stdout
