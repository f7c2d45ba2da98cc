"""watch.json: what a watch knows from one look to the next. docs/watch.md describes the format."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from pipeline.acquisition import PaperStatus, Relation
from pipeline.errors import UsageError
from pipeline.folder import write_atomically
from pipeline.records import FieldName

STATE: Final = "watch.json"
SCHEMA: Final = "coatmine.watch/1"
SubjectKind = Literal["query", "review"]
WatchedStatus = Literal["waiting"] | PaperStatus


class StatePart(BaseModel):
    """Base of what stands in the state: strict about unknown fields."""

    model_config = ConfigDict(extra="forbid")


class WatchedPaper(StatePart):
    """A paper that was found.

    Attributes:
        doi: in lower case.
        title: as the service that found it has it.
        relation: why it is wanted: query, review, reference or citing.
        found: when it was first found.
        status: waiting (for a copy to be asked for), or as in papers/manifest.jsonl.
        tried: when a copy was last asked for.
        checked: when notices about it were last asked for, of all services.
        told: the status that the last digest told; None where none has told of it.
    """

    doi: str
    title: str = ""
    relation: Relation
    found: AwareDatetime
    status: WatchedStatus = "waiting"
    tried: AwareDatetime | None = None
    checked: AwareDatetime | None = None
    told: WatchedStatus | None = None


class StudyState(StatePart):
    """A row of records.csv as the last digest told it: its records' ids, and the values by field."""

    records: list[str]
    values: dict[FieldName, list[str]]


class FeedEntry(StatePart):
    """An entry of the feed: the time of its look, a headline, and the digest as HTML."""

    at: AwareDatetime
    title: str
    html: str


class WatchState(StatePart):
    """What a watch knows.

    Attributes:
        schema_name: the format.
        kind: whether a query or a review is watched.
        subject: the query, or the review's DOI (the name of its file where it states none).
        since: papers published before this day are left out.
        looks: looks that came to their end.
        begun: when the look began that is going on, or was killed; None between looks.
        asked: when the last search began that was answered in full.
        review_file: the name in ``papers`` of the review's file, where it was given as one.
        review_read: whether the review's own text has given its references.
        papers: the papers found, by DOI.
        passed_over: what was found and is not asked for, by identifier, with the reason.
        checked: when notices were last asked for about studies that only other papers tell of, by DOI.
        mined: what decides the run's records, as a hash: papers are mined again when it changes.
        shown: the notices and decisions that the run's products show, as a hash.
        studies: the studies as the last digest told them.
        notices: the retractions and corrections that were told, each as DOI and kind.
        feed: the entries of the feed, the newest first.
    """

    schema_name: Literal["coatmine.watch/1"] = Field(default=SCHEMA, alias="schema")
    kind: SubjectKind
    subject: Annotated[str, Field(min_length=1)]
    since: date | None = None
    looks: int = 0
    begun: AwareDatetime | None = None
    asked: AwareDatetime | None = None
    review_file: str | None = None
    review_read: bool = False
    papers: dict[str, WatchedPaper] = {}
    passed_over: dict[str, str] = {}
    checked: dict[str, datetime] = {}
    mined: str = ""
    shown: str = ""
    studies: list[StudyState] = []
    notices: list[str] = []
    feed: list[FeedEntry] = []

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    def save(self, folder: Path) -> None:
        """Write watch.json, whole or not at all.

        Raises:
            StoreError: the disk is full or the folder cannot be written.
        """
        write_atomically(folder / STATE, [self.model_dump_json(indent=1).encode() + b"\n"])


def load_state(folder: Path) -> WatchState | None:
    """The state of a folder; None where nothing was watched for.

    Raises:
        UsageError: the file is none that this version wrote.
    """
    path = folder / STATE
    if not path.is_file():
        return None
    try:
        return WatchState.model_validate_json(path.read_bytes())
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, fault["loc"]))
        raise UsageError(
            f"{path}: {where}: {fault['msg']}; restore the file, or move it away to start again (papers are kept)"
        ) from error
