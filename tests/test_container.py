"""The container's files name what there is: files that the build may see, extras, commands and their options."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml
from typer.main import get_command

from pipeline.cli import app

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _copied() -> Iterator[str]:
    for line in DOCKERFILE.splitlines():
        if line.startswith("COPY "):
            yield from line.split()[1:-1]


def test_what_is_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    copied = set(_copied())
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


def test_what_the_wheel_is_made_of_is_copied() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    project = PROJECT["project"]
    needed = {*wheel["packages"], *wheel["force-include"], project["readme"], *project["license-files"]}
    assert needed | {"pyproject.toml"} <= set(_copied())


def test_the_extras_that_are_installed_exist() -> None:
    (extras,) = re.findall(r"'\.\[([\w,-]+)\]'", DOCKERFILE)
    assert set(extras.split(",")) <= set(PROJECT["project"]["optional-dependencies"])
    python = re.search(r"FROM python:3\.(\d+)", DOCKERFILE)
    assert python is not None
    assert int(python[1]) in (11, 12)


def test_compose_waits_for_a_healthy_database_and_stays_on_this_machine() -> None:
    told = yaml.safe_load(COMPOSE)
    services = told["services"]
    assert services["coatmine"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["database"]["healthcheck"]["test"][0] == "CMD-SHELL"
    assert all(port.startswith("127.0.0.1:") for port in services["coatmine"]["ports"])
    assert {volume.partition(":")[0] for volume in services["database"]["volumes"]} <= set(told["volumes"])


def test_the_commands_in_its_first_lines_are_commands() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    lines = re.findall(r"#\s+docker compose run (?:--[\w-]+ )*coatmine (.+)", COMPOSE)
    assert len(lines) >= 3
    for line in lines:
        name, *arguments = shlex.split(line)
        options = {option for each in commands[name].params for option in each.opts}
        assert {each for each in arguments if each.startswith("--")} <= options, line
    told = yaml.safe_load(COMPOSE)["services"]["database"]["environment"]
    address = f"postgresql://{told['POSTGRES_USER']}:{told['POSTGRES_PASSWORD']}@database/{told['POSTGRES_DB']}"
    assert address in COMPOSE
