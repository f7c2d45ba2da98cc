"""What curators decide about a run's values: an append-only log, decisions.jsonl in the run's folder."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, Self

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from pipeline.document import Part
from pipeline.errors import UsageError
from pipeline.folder import RunFolder
from pipeline.records import FieldName, Missing

Action = Literal["accept", "correct", "reject", "add", "empty", "undo"]
FILE = "decisions.jsonl"
_log = logging.getLogger(__name__)
ADJUDICATOR = " (adjudicator)"
"""Ends the name of a curator who settles what others disagree on."""


class Decision(Part):
    """One decision, never changed: a change of mind is a new line, and undoing is one that names what it undoes.

    ``document_id``, ``record_id``, ``field`` and ``key`` (a value's :attr:`~pipeline.records.Value.key`) stay the
    same from run to run, so that a decision outlives the run it was made on. ``correct`` and ``add`` carry the right
    ``name`` and ``curie``; ``empty`` says why a field holds nothing (``reason``); ``start`` and ``end`` are where
    the text supports an added value, as offsets on ``Document.text``.
    """

    id: str = Field(min_length=1)
    document_id: str
    record_id: str
    field: FieldName
    key: str | None = None
    action: Action
    name: str | None = None
    curie: str | None = None
    reason: Missing | None = None
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, ge=0)
    curator: str = Field(min_length=1)
    at: AwareDatetime
    undoes: str | None = None
    seconds: float | None = Field(default=None, ge=0, description="time spent on it, as the curation app measured it")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "accept": ("key",),
            "correct": ("key", "name"),
            "reject": ("key",),
            "add": ("key", "name"),
            "empty": ("reason",),
            "undo": ("undoes",),
        }
        for name in needed[self.action]:
            if getattr(self, name) is None:
                raise ValueError(f"{self.action} needs {name}")
        for name, value in self:
            if isinstance(value, str) and "\x00" in value:  # which no database takes as text
                raise ValueError(f"{name} holds a NUL character")
        return self


def read_decisions(folder: RunFolder) -> Iterator[Decision]:
    """The decisions in a run's folder, oldest first; none before the first decision.

    A last line that was cut short was never acknowledged: it is skipped, with a warning.

    Raises:
        UsageError: a whole line is no decision.
    """
    path = folder.path / FILE
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                say_cut_short(path)
                return
            try:
                yield Decision.model_validate_json(line)
            except ValidationError as error:
                what = error.errors(include_url=False)[0]["msg"]
                raise UsageError(f"{path}, line {number}: no decision ({what}); restore or remove that line") from error


def say_cut_short(path: Path) -> None:
    """Warn of a last line without an end: its writer was killed before the decision was confirmed to the curator."""
    _log.warning("%s: the last line is cut short and not counted; the decision it began has to be taken again", path)


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that hold: those not undone, and of several on the same thing the last, in order."""
    log = list(decisions)
    undone = {decision.undoes for decision in log if decision.action == "undo"}
    latest: dict[tuple[str, str, str | None, str], Decision] = {}
    for decision in log:
        if decision.action != "undo" and decision.id not in undone:
            place = (decision.record_id, decision.field, decision.key, decision.curator)
            latest.pop(place, None)
            latest[place] = decision
    return list(latest.values())
