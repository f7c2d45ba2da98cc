"""The same made-up run as for exporting, on a curator's desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.folder import RunFolder
from pipeline.review.desk import Desk

from ..export.conftest import Found, review, source_paper, write_run


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def found() -> Found:
    return review()


@pytest.fixture
def run(tmp_path: Path, found: Found) -> RunFolder:
    return write_run(tmp_path / "run", [found, source_paper()])


@pytest.fixture
def desk_of(run: RunFolder, clock: Clock) -> Callable[..., Desk]:
    """Desks of several curators over one run."""

    def make(curator: str = "ada", *, adjudicate: bool = False) -> Desk:
        clock.wait(1)
        return Desk(run, curator, adjudicate=adjudicate, now=clock)

    return make
