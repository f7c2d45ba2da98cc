"""What platforms take that no reader can stand in for is held against their rules before it is written.

The rules are JSON Schemas in ``submission.json``, from the platforms' guides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from pipeline.errors import StoreError, UsageError


def checker(name: str) -> Callable[[Mapping[str, Any]], None]:
    """What refuses an entry that the platform would refuse.

    Args:
        name: a format with rules in ``submission.json``.

    Returns:
        A function that raises StoreError, with the place in the entry and the rule, where one is broken.

    Raises:
        UsageError: jsonschema, which reads the rules, is not installed.
    """
    try:
        from jsonschema import Draft202012Validator
    except ImportError as error:
        raise UsageError(f"--format {name} needs jsonschema; pip install 'coatmine[submission]'") from error
    rules = json.loads((files("pipeline.export.formats") / "submission.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(rules[name])

    def check(entry: Mapping[str, Any]) -> None:
        for problem in validator.iter_errors(entry):
            place = "/".join(map(str, problem.absolute_path)) or "the entry"
            raise StoreError(f"--format {name}: {place}: {problem.message}; correct it in the app, then export again")

    return check
