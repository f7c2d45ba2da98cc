"""The front door: what a notebook or a script needs of coatmine. Each name is loaded when it is first used.

    >>> import coatmine
    >>> document = coatmine.read("paper.pdf")
    >>> records = coatmine.assemble(document, coatmine.annotate(document))

The code lives in the package ``pipeline``, whose other names may change between versions; these do not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pipeline.document import Document as Document
    from pipeline.evaluation import evaluate as evaluate
    from pipeline.export import load_database as load
    from pipeline.export import publish as publish
    from pipeline.export import tidy as tidy
    from pipeline.ner import annotate as annotate
    from pipeline.readers import read as read
    from pipeline.records import Mention as Mention
    from pipeline.records import Record as Record
    from pipeline.records import Value as Value
    from pipeline.relations import assemble as assemble
    from pipeline.run import extract as extract
    from pipeline.settings import Settings as Settings

    __version__: str

_HOMES: Final = {
    "Document": "pipeline.document:Document",
    "Mention": "pipeline.records:Mention",
    "Record": "pipeline.records:Record",
    "Settings": "pipeline.settings:Settings",
    "Value": "pipeline.records:Value",
    "annotate": "pipeline.ner:annotate",
    "assemble": "pipeline.relations:assemble",
    "evaluate": "pipeline.evaluation:evaluate",
    "extract": "pipeline.run:extract",
    "load": "pipeline.export:load_database",
    "publish": "pipeline.export:publish",
    "read": "pipeline.readers:read",
    "tidy": "pipeline.export:tidy",
}

__all__ = [
    "Document",
    "Mention",
    "Record",
    "Settings",
    "Value",
    "__version__",
    "annotate",
    "assemble",
    "evaluate",
    "extract",
    "load",
    "publish",
    "read",
    "tidy",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from pipeline.settings import version

        return version()
    if name not in _HOMES:
        raise AttributeError(f"module 'coatmine' has no attribute {name!r}; it has {', '.join(__all__)}")
    module, _, attribute = _HOMES[name].partition(":")
    found = getattr(import_module(module), attribute)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
