"""Pages that show text from papers: escaped, without characters that act, under a policy that names what may run."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources.abc import Traversable

from jinja2 import Environment, FunctionLoader, StrictUndefined

from pipeline.export.text import plain, seen


def environment(folder: Traversable) -> Environment:
    """An environment in which all that is put in is escaped, and a name that is not given is an error.

    Args:
        folder: where the templates are.
    """
    made = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["plain"] = plain
    return made


def source_hash(source: str) -> str:
    """How a content security policy names an inline style or script: only these bytes may act."""
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"
