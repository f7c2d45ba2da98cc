"""Predictions for the benchmark: a line of JSON for each document, checked before anything is scored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError, field_validator

from pipeline.document import Part
from pipeline.errors import UsageError
from pipeline.evaluation.benchmark.documents import BenchmarkDocument, NameRole
from pipeline.folder import write_atomically
from pipeline.records import FieldName, Label, Term

SCHEMA: Final = "predictions.schema.json"
_SHOWN: Final = 20
"""Problems that are listed of one file; more of them seldom say more."""
_PLAIN: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "extra_forbidden": "is no key that belongs here; leave it out or spell it as the schema does",
    "tuple_type": "should be a list",
    "model_type": "should be an object in curly brackets",
    "string_type": "should be a string",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "int_parsing": "should be a whole number",
}
"""What is wrong with a value, by the kind of pydantic's error, in the words of JSON."""
_HELP: Final = f"docs/benchmark.md and {SCHEMA} say what a line holds"


class PredictedName(Part):
    """A name that a system found.

    Attributes:
        start: where it begins in the document's text, in code points from 0.
        end: where it ends.
        label: what it names.
        role: what part it plays; left out by a system that does not say.
        text: what stands there; may be left out. Where it is given, it is checked against the document.
    """

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    label: Label
    role: NameRole = "unknown"
    text: str | None = None


class PredictedValue(Part):
    """A value of a record.

    Attributes:
        text: as the document prints it.
        name: preferred name, where the system knows one.
        curie: identifier, where the system knows one.
        materials: of a core, what it is made of, where the system says.
    """

    text: Annotated[str, Field(min_length=1)]
    name: Annotated[str | None, Field(min_length=1)] = None
    curie: Annotated[str | None, Field(pattern=r"^[\w.-]+:\S+$")] = None
    materials: tuple[Term, ...] = ()


class PredictedRecord(Part):
    """What a system says of one study; a value may be given as a bare string, its text.

    Attributes:
        study: ``self`` for the document's own work, else the key by which the document cites it: a number ("14"), or
            first author and year ("Okafor 2021").
        doi: of the study; where the document cites by DOI it is enough.
    """

    study: Annotated[str, Field(min_length=1)] = "self"
    doi: str | None = None
    membranes: tuple[PredictedValue | str, ...] = ()
    cores: tuple[PredictedValue | str, ...] = ()
    drugs: tuple[PredictedValue | str, ...] = ()
    sizes: tuple[PredictedValue | str, ...] = ()
    diseases: tuple[PredictedValue | str, ...] = ()
    animal_models: tuple[PredictedValue | str, ...] = ()
    modalities: tuple[PredictedValue | str, ...] = ()

    @field_validator("membranes", "cores", "drugs", "sizes", "diseases", "animal_models", "modalities")
    @classmethod
    def _says_something(cls, values: tuple[PredictedValue | str, ...]) -> tuple[PredictedValue | str, ...]:
        if any(isinstance(value, str) and not value.strip() for value in values):
            raise ValueError("a value is an empty string; leave it out")
        return values

    def values(self, field: FieldName) -> tuple[PredictedValue, ...]:
        """The values of a field."""
        found: tuple[PredictedValue | str, ...] = getattr(self, field)
        return tuple(PredictedValue(text=value) if isinstance(value, str) else value for value in found)


class Prediction(Part):
    """A line of a file of predictions: what a system says of one document.

    Attributes:
        id: the document's id.
        mentions: every name it found; None of a system that finds records alone.
        records: its records; none for a document without a coated particle.
    """

    id: Annotated[str, Field(min_length=1)]
    mentions: tuple[PredictedName, ...] | None = None
    records: tuple[PredictedRecord, ...] = ()


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a line."""
    made = Prediction.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A line of predictions", **made}


def write_predictions(predictions: Iterable[Prediction], path: Path) -> None:
    """Write a file of predictions.

    Raises:
        StoreError: it cannot be written.
    """
    write_atomically(path, (_line(each) for each in predictions))


def _line(prediction: Prediction) -> bytes:
    plain = prediction.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(plain, ensure_ascii=False).encode() + b"\n"


def read_predictions(path: Path, documents: Sequence[BenchmarkDocument]) -> dict[str, Prediction]:
    """The predictions in a file, by the id of their document.

    Raises:
        UsageError: a line is not as it should be; the message names file and line of each problem and says what to do.
    """
    known = {document.id: document for document in documents}
    found: dict[str, Prediction] = {}
    lines: dict[str, int] = {}
    problems: list[str] = []
    for number, line in _lines(path):
        try:
            prediction = _parsed(line)
            _check(prediction, known, lines)
        except ValueError as error:
            problems.append(f"{path}, line {number}: {error}")
            continue
        found[prediction.id] = prediction
        lines[prediction.id] = number
    if problems:
        more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise UsageError("\n".join([*problems[:_SHOWN], *more, _HELP]))
    if not found:
        raise UsageError(f"{path}: holds no predictions; write a line of JSON for each document. {_HELP}")
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); name a file of predictions") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not in UTF-8 ({error}); save it so") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line


def _parsed(line: str) -> Prediction:
    try:
        given = json.loads(line)
        json.dumps(given, ensure_ascii=False).encode()
        return Prediction.model_validate(given)
    except UnicodeEncodeError as error:
        raise ValueError("holds half of a surrogate pair, which is no character; write characters as UTF-8") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"is no JSON ({error.msg} at column {error.colno}); write one object per line") from error
    except RecursionError as error:
        raise ValueError("is nested too deeply; a line holds one object as the schema says") from error
    except ValidationError as error:
        raise ValueError("; ".join(_told(error))) from error


def _told(error: ValidationError) -> Iterator[str]:
    """Each problem of a line once, where it stands and what is wrong."""
    seen: set[str] = set()
    for each in error.errors(include_url=False):
        where = ".".join(str(part) for part in each["loc"] if part not in ("str", "PredictedValue"))
        if where not in seen:
            seen.add(where)
            yield f"{where or 'the line'}: {_PLAIN.get(each['type'], each['msg'])}"


def _check(prediction: Prediction, known: Mapping[str, BenchmarkDocument], lines: Mapping[str, int]) -> None:
    if prediction.id in lines:
        raise ValueError(f"{prediction.id} stands in line {lines[prediction.id]} already; give each document one line")
    document = known.get(prediction.id)
    if document is None:
        near = get_close_matches(prediction.id, known, 1)
        meant = f" (nearest: {near[0]})" if near else ""
        raise ValueError(f"no document of the benchmark is called {prediction.id!r}{meant}; copy the ids of its files")
    if prediction.mentions and document.text is None:
        raise ValueError(f"{document.id} is a PDF, whose names are not marked; leave mentions out")
    seen: dict[tuple[int, int, Label], int] = {}
    for number, name in enumerate(prediction.mentions or ()):
        _check_name(f"mentions.{number}", name, document.text or "")
        key = (name.start, name.end, name.label)
        if key in seen:
            raise ValueError(f"mentions.{number}: is mentions.{seen[key]} again; give each name once")
        seen[key] = number


def _check_name(where: str, name: PredictedName, text: str) -> None:
    if not name.start < name.end <= len(text):
        raise ValueError(
            f"{where}: {name.start}-{name.end} is no range of a text of {len(text)} code points; start counts from 0, "
            "end is the first code point behind the name"
        )
    stands = text[name.start : name.end]
    if name.text is not None and name.text != stands:
        raise ValueError(
            f"{where}: at {name.start}-{name.end} stands {stands!r}, not {name.text!r}; count code points (not bytes) "
            "of the document's text as it is given, from 0"
        )
