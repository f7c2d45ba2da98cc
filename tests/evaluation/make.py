"""Gold sets and records for the tests, in as few words as they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.evaluation import About, Gold, GoldValue
from pipeline.records import CoreValue, FieldName, Outcome, Record, SizeValue, Study, Value

DOCUMENT = "sha256:" + "0" * 64


def gold(rows: Sequence[tuple[str, FieldName, str]], review: str | None = "10.1000/review", **more: Any) -> Gold:
    """A gold set of (study, field, text) rows; an empty text is a blank."""
    values = [
        GoldValue(study=study, field=field, text=text, name=text, source="Table 1, row 1, column 1", **more)
        for study, field, text in rows
    ]
    about = About(title="A review", review=review, license="CC-BY-4.0")
    return Gold(name="made", about=about, values=tuple(values))


def value(text: str, *, name: str | None = None, curie: str | None = None, **more: Any) -> Value:
    return Value(
        **{"text": text, "name": name or text, "curie": curie, "score": 0.9, "channel": "table", "evidence": ("m1",)}
        | more
    )


def size(number: float, unit: str = "nm", **more: Any) -> SizeValue:
    text = f"{number:g} {unit}"
    return SizeValue(
        text=text, name=text, score=0.9, channel="table", evidence=("m1",), value=number, unit=unit, **more
    )


def record(
    study: str, fields: Mapping[FieldName, Sequence[Value | str]], doi: str | None = None, document_id: str = DOCUMENT
) -> Record:
    """A record of one study; a bare string is a value with that text and name."""
    kinds = {"cores": CoreValue, "sizes": SizeValue}
    filled = {
        field: tuple(
            kinds.get(field, Value).model_validate((value(v) if isinstance(v, str) else v).model_dump()) for v in values
        )
        for field, values in fields.items()
    }
    return Record(id=f"r{study}", document_id=document_id, study=Study(key=study, doi=doi), **filled)  # type: ignore[arg-type]


def outcome(source: str, *, doi: str | None = None, title: str | None = None, document_id: str = DOCUMENT) -> Outcome:
    return Outcome(source=source, status="ok", document_id=document_id, doi=doi, title=title)
