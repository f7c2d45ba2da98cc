"""The spaCy extensions on Doc and Span.

Of the spans in ``doc.ents`` and ``doc.spans["coatmine"]``:

================== ============ ==========================================================================
``span._.name``    ``str``      preferred name
``span._.score``   ``float``    how sure the pipeline is, 0 to 1
``span._.method``  ``str``      what found it, as ``kind:component``
``span._.role``    ``str``      what part it plays (:data:`pipeline.records.Role`)
``span._.support`` ``float``    how likely that part makes it a value of a record, 0 to 1
``span._.because`` ``list``     the rules that set role and polarity, or the model
``span._.negated`` ``bool``     whether its sentence denies it
``span._.hypothetical`` ``bool``  whether its sentence only considers it
``span._.votes``   ``list``     models that saw the same here, as ``model:score``
``span._.size``    ``dict``     of a size, the fields of :class:`pipeline.records.SizeFacts`, else None
``span._.core``    ``dict``     of a core, the fields of :class:`pipeline.records.CoreFacts`, else None
================== ============ ==========================================================================

They can be set as well. They are plain data in ``doc.user_data["coatmine"]``, by range and label, so that a Doc keeps
them through ``to_bytes``, ``DocBin(store_user_data=True)`` and ``nlp.pipe(n_process=2)``.

Of the Doc, while it is in the process that made it: ``doc._.short_forms`` (short form to long form),
``doc._.lexicon_hits`` and ``doc._.findings`` (what the pipeline's steps hand on, see :mod:`pipeline.ner.state`).
"""

from __future__ import annotations

from typing import Any

from spacy.tokens import Doc, Span

from pipeline.ner.state import MentionCandidate, state_of

KEY = "coatmine"
"""The key of the mentions' facts in ``doc.user_data``."""
OF_SPANS: dict[str, Any] = {
    "name": "", "score": 0.0, "method": "", "role": "unknown", "support": 0.0, "because": [], "negated": False,
    "hypothetical": False, "votes": [], "size": None, "core": None,
}  # fmt: skip
"""The span extensions and what they say of a span that is no mention."""
OF_DOCS = {"short_forms": "abbreviations", "lexicon_hits": "hits", "findings": "found"}
"""The Doc extensions and the part of the working state that each shows."""


def register() -> None:
    """Register the extensions; whatever had their names before gives way."""
    for name, default in OF_SPANS.items():
        Span.set_extension(name, getter=_getter(name, default), setter=_setter(name), force=True)
    for name, part in OF_DOCS.items():
        Doc.set_extension(name, getter=_shows(part), force=True)


def keep(doc: Doc, span: Span, found: MentionCandidate) -> None:
    """Keep a finding's facts as plain data on the Doc."""
    facts = {
        "name": found.name or span.text,
        "score": found.score,
        "method": f"{found.kind}:{found.component}",
        "role": found.role,
        "support": found.support,
        "because": list(found.because),
        "negated": found.negated,
        "hypothetical": found.hypothetical,
        "votes": list(found.votes),
        "size": found.size.model_dump(mode="json") if found.size else None,
        "core": found.core.model_dump(mode="json") if found.core else None,
    }
    doc.user_data.setdefault(KEY, {})[_place(span)] = facts


def _place(span: Span) -> str:
    return f"{span.start_char}-{span.end_char}-{span.label_}"


def _getter(name: str, default: Any) -> Any:
    def get(span: Span) -> Any:
        return _plain(span.doc.user_data.get(KEY, {}).get(_place(span), {}).get(name, default))

    return get


def _plain(value: Any) -> Any:
    """The value with lists where msgpack gives back tuples."""
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return {key: _plain(part) for key, part in value.items()} if isinstance(value, dict) else value


def _setter(name: str) -> Any:
    def put(span: Span, value: Any) -> None:
        span.doc.user_data.setdefault(KEY, {}).setdefault(_place(span), {})[name] = value

    return put


def _shows(part: str) -> Any:
    def get(doc: Doc) -> Any:
        return getattr(state_of(doc), part)

    return get
