"""coatmine.toml gives defaults; the command line holds; a wrong name is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import doctor
from pipeline.cli import app
from pipeline.readers import read

pytestmark = pytest.mark.usefixtures("in_process")

PAPER = "A title\n\nAbstract\n\nPLGA nanoparticles with doxorubicin were coated with the membrane of 4T1 cells.\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("paper.txt").write_text(PAPER)
    return tmp_path


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_a_file_in_the_folder_gives_defaults_and_the_command_line_holds(here: Path) -> None:
    (here / "coatmine.toml").write_text("[read]\nout = 'made'\nformat = ['md']\n")
    assert call("read", "paper.txt")[0] == 0
    assert (here / "made" / "paper.md").is_file()
    assert call("read", "paper.txt", "--out", "other", "--format", "html")[0] == 0
    assert [path.name for path in (here / "other").iterdir()] == ["paper.html"]


def test_a_file_elsewhere_is_named(here: Path) -> None:
    (here / "mine.toml").write_text("[read]\nout = 'made'\n")
    assert call("--config", "mine.toml", "read", "paper.txt")[0] == 0
    assert (here / "made" / "paper.document.json").is_file()


@pytest.mark.parametrize(
    ("text", "told"),
    [("[extractt]\nout = 'x'", "extractt] is no command; there are"), ("[extract]\nouts = 'x'", "outs is no option"),
     ("[extract", "is not valid TOML"), ("out = 'x'", "out] is no command")],
)  # fmt: skip
def test_a_wrong_name_is_told(here: Path, text: str, told: str) -> None:
    (here / "coatmine.toml").write_text(text)
    code, output = call("read", "paper.txt", "--out", "made")
    assert code == 2
    assert told in output


def test_help_has_a_short_name() -> None:
    assert "Commands:" in call("-h")[1]
    code, output = call("export", "-h")
    assert code == 0
    assert "brat" in output


@pytest.mark.slow
def test_the_doctor_takes_a_page_through_it_all() -> None:
    code, output = call("doctor", "--json")
    told = {finding["what"]: finding["state"] for finding in json.loads(output)["findings"]}
    assert (code, told["one page"], told["Python"], told["extra review"]) == (0, "ok", "ok", "ok")


def test_the_doctors_page_is_a_pdf(here: Path) -> None:
    (here / "page.pdf").write_bytes(doctor.one_page(("One line", "and another")))
    assert read(here / "page.pdf").text.split() == ["One", "line", "and", "another"]
