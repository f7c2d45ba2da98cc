"""The same made-up run as for exporting, on a curator's session."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.curation.session import Session
from pipeline.folder import RunFolder

from ..export.conftest import Found, review, source_paper, write_run


class Clock:
    """A clock that moves when told, and a little whenever it is read."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.wait(0.001)
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
def session_of(run: RunFolder, clock: Clock) -> Callable[..., Session]:
    """Desks of several curators over one run."""

    def make(curator: str = "ada", *, adjudicate: bool = False) -> Session:
        clock.wait(1)
        return Session(run, curator, adjudicate=adjudicate, now=clock)

    return make


@pytest.fixture
def session(session_of: Callable[..., Session]) -> Session:
    return session_of()


@pytest.fixture
def key(found: Found) -> str:
    """The record with the most to decide."""
    return found[2][0].id


def finish(session: Session, key: str) -> None:
    """Accept what is undecided, explain what is empty, and set aside the names that are left."""
    for each in session.view(key).curated:
        if each.decision is None:
            session.accept(key, each.field, each.key)
    for field, decision in session.view(key).empty.items():
        if decision is None:
            session.explain(key, field, "not_reported")
    session.reject_unclaimed(key)


def blank_pdf() -> bytes:
    """A page as large as the made-up papers'."""
    import pypdfium2

    pdf, data = pypdfium2.PdfDocument.new(), io.BytesIO()
    pdf.new_page(600, 800)
    pdf.save(data)
    return data.getvalue()
