"""The log of decisions: read as it grows, and appended to so that what was acknowledged stays."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from threading import Lock
from typing import BinaryIO, Final

from filelock import FileLock
from pydantic import ValidationError

from pipeline.errors import StoreError, UsageError
from pipeline.export.decisions import FILE, Decision, say_cut_short
from pipeline.folder import WORK, RunFolder

_CHUNK: Final = 1 << 16


class DecisionLog:
    """decisions.jsonl of a run folder. Several processes may append to it at once; nothing is ever taken off."""

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.path / FILE
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._read_to = 0
        self._inode = 0
        self._all: list[Decision] = []
        self._by_record: dict[str, list[Decision]] = defaultdict(list)

    def all(self) -> list[Decision]:
        """The decisions of all curators, oldest first.

        Raises:
            UsageError: a line is no decision.
        """
        with self._lock:
            self._catch_up()
            return list(self._all)

    def of(self, record_id: str) -> list[Decision]:
        """The decisions on a record, oldest first.

        Raises:
            UsageError: a line is no decision.
        """
        with self._lock:
            self._catch_up()
            return list(self._by_record.get(record_id, ()))

    def append(self, decisions: Sequence[Decision]) -> None:
        """Put decisions on the log, all of them or none; they are on the disk when this returns.

        Raises:
            StoreError: the log cannot be written.
        """
        lines = b"".join(decision.model_dump_json().encode() + b"\n" for decision in decisions)
        try:
            work = self._path.parent / WORK
            work.mkdir(exist_ok=True)
            with FileLock(work / f"{FILE}.lock"), self._path.open("a+b") as file:
                whole = _whole(file)
                file.truncate(whole)
                try:
                    file.write(lines)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    os.ftruncate(file.fileno(), whole)
                    raise
        except OSError as error:
            message = f"{self._path}: the decision was not kept ({error.strerror}); make room and try again"
            raise StoreError(message) from error

    def _catch_up(self) -> None:
        """Read what was appended since; a line that is still being written waits."""
        try:
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                if status.st_ino != self._inode or status.st_size < self._read_to:
                    self._forget()
                    self._inode = status.st_ino
                file.seek(self._read_to)
                data = file.read()
        except FileNotFoundError:
            self._forget()
            return
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data) and not self._all:  # said once, when the log is opened
            say_cut_short(self._path)
        for line in whole.splitlines():
            try:
                decision = Decision.model_validate_json(line)
            except ValidationError as error:
                what = error.errors(include_url=False)[0]["msg"]
                where = f"{self._path}, line {len(self._all) + 1}"
                raise UsageError(f"{where}: no decision ({what}); restore or remove that line") from error
            self._read_to += len(line) + 1
            self._all.append(decision)
            self._by_record[decision.record_id].append(decision)


def _whole(file: BinaryIO) -> int:
    """How far the file holds whole lines: what a process was killed in the midst of writing was never acknowledged."""
    end = file.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - _CHUNK)
        file.seek(start)
        at = file.read(end - start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0
