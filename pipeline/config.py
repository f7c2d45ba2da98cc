"""coatmine.toml: default options of the commands.

    [extract]
    out = "results"
    jobs = 2

    [review]
    curator = "ana"

What is given on the command line holds, then what stands in the environment, then the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from pipeline.errors import UsageError

FILE = Path("coatmine.toml")
"""Looked for in the current folder."""


class Parameter(Protocol):
    """What is read of an argument or an option of Click's."""

    @property
    def name(self) -> str | None:
        """As the function that is called takes it."""

    @property
    def opts(self) -> list[str]:
        """As they are typed, such as ``--out``."""


class Command(Protocol):
    """What is read of a command of Click's, be it Click itself or the copy that Typer brings; a group has commands."""

    @property
    def params(self) -> Sequence[Parameter]:
        """Its arguments and options."""


def defaults(command: Command, path: Path | None) -> dict[str, Any]:
    """The defaults that a file gives, as Click takes them; none where there is no file.

    Args:
        command: the root command, whose commands and options the file may name.
        path: the file; by default :data:`FILE`, if it is there.

    Raises:
        UsageError: the file cannot be read, or names a command or an option that there is not.
    """
    if path is None and not FILE.is_file():
        return {}
    path = path or FILE
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: is not valid TOML ({error}); correct that line") from error
    return _of_group(command, given, str(path))


def _of_group(command: Command, given: dict[str, Any], where: str) -> dict[str, Any]:
    commands: dict[str, Command] = getattr(command, "commands", {})
    found: dict[str, Any] = {}
    for name, options in given.items():
        if name not in commands or not isinstance(options, dict):
            raise UsageError(f"{where}: [{name}] is no command; there are {', '.join(sorted(commands))}")
        inner = commands[name]
        place = f"{where}, [{name}]"
        found[name] = (
            _of_group(inner, options, place) if hasattr(inner, "commands") else _options(inner, options, place)
        )
    return found


def _options(command: Command, given: dict[str, Any], where: str) -> dict[str, Any]:
    known = {name.lstrip("-"): each.name for each in command.params for name in each.opts if name.startswith("--")}
    if wrong := [name for name in given if name.replace("_", "-") not in known]:
        raise UsageError(f"{where}: {wrong[0]} is no option; there are {', '.join(sorted(known))}")
    return {str(known[name.replace("_", "-")]): value for name, value in given.items()}
