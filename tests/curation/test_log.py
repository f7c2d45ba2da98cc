"""The log of decisions: what was acknowledged stays, whatever happens to the writer."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.curation.log import DecisionLog
from pipeline.errors import StoreError, UsageError
from pipeline.export.decisions import Decision, read_decisions
from pipeline.folder import RunFolder

from .conftest import Session


def decision(number: int, note: str = "x") -> Decision:
    return Decision(
        id=str(number), document_id="d", record_id=f"r{number % 2}", field="drugs", key=note, action="reject",
        curator="ada", at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def test_two_logs_on_one_folder_see_each_other(tmp_path: Path) -> None:
    one, other = DecisionLog(RunFolder(tmp_path)), DecisionLog(RunFolder(tmp_path))
    assert one.all() == []
    one.append([decision(0)])
    other.append([decision(1), decision(2)])
    assert [d.id for d in one.all()] == [d.id for d in other.all()] == ["0", "1", "2"]
    assert [d.id for d in one.of("r0")] == ["0", "2"]


@given(
    kept=st.lists(st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=8), max_size=4),
    cut=st.integers(min_value=1, max_value=400),
)
def test_a_line_that_was_cut_short_is_no_decision(
    tmp_path_factory: pytest.TempPathFactory, kept: list[str], cut: int
) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("log"))
    path = folder.path / "decisions.jsonl"
    DecisionLog(folder).append([decision(number, note) for number, note in enumerate(kept)])
    with path.open("ab") as file:
        file.write(decision(99).model_dump_json().encode()[:cut])
    log = DecisionLog(folder)
    assert [d.key for d in log.all()] == kept, "a killed writer's half line is not read"
    log.append([decision(100)])
    assert [d.id for d in read_decisions(folder)] == [*map(str, range(len(kept))), "100"], "and the next one mends it"


def test_every_reader_passes_over_a_line_that_was_cut_short_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = RunFolder(tmp_path)
    DecisionLog(folder).append([decision(0)])
    with (tmp_path / "decisions.jsonl").open("ab") as file:
        file.write(decision(1).model_dump_json().encode()[:-20])
    readers: list[Callable[[], list[Decision]]] = [DecisionLog(folder).all, lambda: list(read_decisions(folder))]
    for read in readers:
        caplog.clear()
        assert [d.id for d in read()] == ["0"]
        assert "the last line is cut short" in caplog.text


def test_a_decision_with_a_nul_is_refused_for_no_database_would_take_it() -> None:
    with pytest.raises(ValidationError, match="key holds a NUL"):
        decision(0, "x\x00y")


def test_what_cannot_be_kept_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = DecisionLog(RunFolder(tmp_path))
    log.append([decision(0)])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="not kept"):
        log.append([decision(1)])
    monkeypatch.undo()
    assert [d.id for d in log.all()] == ["0"]


def test_a_line_that_is_no_decision_is_named(tmp_path: Path) -> None:
    log = DecisionLog(RunFolder(tmp_path))
    log.append([decision(0)])
    with (tmp_path / "decisions.jsonl").open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(UsageError, match="line 2"):
        log.all()


def test_a_log_put_back_from_a_copy_is_read_anew(tmp_path: Path) -> None:
    log = DecisionLog(RunFolder(tmp_path))
    path = tmp_path / "decisions.jsonl"
    log.append([decision(0)])
    copy = path.read_bytes()
    log.append([decision(1)])
    assert len(log.all()) == 2
    path.unlink()
    assert log.all() == []
    path.write_bytes(copy)
    assert [d.id for d in log.all()] == ["0"]


def test_a_session_refuses_a_damaged_log(session_of: Callable[..., Session], run: RunFolder) -> None:
    (run.path / "decisions.jsonl").write_text("nonsense\n")
    with pytest.raises(UsageError, match="line 1"):
        session_of()
