"""A load that breaks leaves the old state or the new one, and doing it again completes it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from pipeline.errors import StoreError
from pipeline.export import load_database
from pipeline.export.database import rows
from pipeline.export.database.batch import RowBatch
from pipeline.folder import RunFolder
from tests.patience import patient

from .conftest import review, source_paper
from .databases import Postgres, ask

pytestmark = pytest.mark.slow

_STOPS_MIDWAY = """
import sys, time
from pathlib import Path
from pipeline.export import load_database
from pipeline.export.database import rows
from pipeline.export.database.batch import RowBatch
rows.ROWS_IN_MEMORY = 1
flush = RowBatch.flush
def stop(self, **how):
    flush(self, **how)
    Path(sys.argv[3]).touch()
    time.sleep(60)
RowBatch.flush = stop
load_database(sys.argv[1], sys.argv[2])
"""


@pytest.fixture
def old(make_run: Callable[..., RunFolder], url: str) -> list[tuple[object, ...]]:
    """What a database holds after a first, whole load."""
    load_database(make_run(source_paper()).path, url)
    return records(url)


def records(url: str) -> list[tuple[object, ...]]:
    return sorted(ask(url, "SELECT key, formulation FROM records"))


def midway(monkeypatch: pytest.MonkeyPatch, action: Callable[[], None]) -> None:
    """Let something happen after the first rows were written."""
    monkeypatch.setattr(rows, "ROWS_IN_MEMORY", 1)
    flush = RowBatch.flush

    def flush_then_act(self: RowBatch, **how: int) -> None:
        flush(self, **how)
        action()

    monkeypatch.setattr(RowBatch, "flush", flush_then_act)


def test_a_killed_process(make_run: Callable[..., RunFolder], old: object, url: str, tmp_path: Path) -> None:
    run, marker = make_run(review(), source_paper()), tmp_path / "midway"
    child = subprocess.Popen([sys.executable, "-c", _STOPS_MIDWAY, str(run.path), url, str(marker)])
    deadline = time.monotonic() + patient(30)
    while not marker.exists():
        assert child.poll() is None, "it ended before it was half-way"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert records(url) == old
    assert load_database(run.path, url).records == 1
    assert len(records(url)) == 2


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("broken", ["connection", "server"])
def test_a_lost_connection(
    make_run: Callable[..., RunFolder],
    old: object,
    url: str,
    postgres: Postgres,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    def cut() -> None:
        if broken == "server":
            postgres.stop()
            postgres.start()
        else:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            ask(url, f"{others} AND pid <> pg_backend_pid()")

    run = make_run(review(), source_paper())
    with monkeypatch.context() as patch:
        midway(patch, cut)
        with pytest.raises(StoreError, match="nothing was loaded"):
            load_database(run.path, url)
    assert records(url) == old
    assert load_database(run.path, url).records == 1
    assert len(records(url)) == 2


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_two_loaders_at_once_do_no_harm(
    make_run: Callable[..., RunFolder], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second begins while the first is half-way, waits for it, and finds the work done."""
    run, other = make_run(review()), make_run(source_paper())
    second: list[object] = []
    threads = [Thread(target=lambda path=each.path: second.append(load_database(path, url))) for each in (run, other)]

    def begin_second() -> None:
        while threads and not threads[0].is_alive() and not second:
            for thread in threads:
                thread.start()
            time.sleep(0.3)

    with monkeypatch.context() as patch:
        midway(patch, begin_second)
        first = load_database(run.path, url)
        for thread in threads:
            thread.join(patient(30))
    assert first.records == 1
    assert sorted(summary.records for summary in second) == [0, 1], "the same run again, and another one"
    assert len(records(url)) == 2
    assert ask(url, "SELECT count(*) FROM runs") == [(2,)]


@pytest.mark.parametrize("url", ["duckdb"], indirect=True)
def test_a_database_in_use_is_named(make_run: Callable[..., RunFolder], url: str, tmp_path: Path, old: object) -> None:
    run, marker = make_run(review()), tmp_path / "midway"
    child = subprocess.Popen([sys.executable, "-c", _STOPS_MIDWAY, str(run.path), url, str(marker)])
    try:
        while not marker.exists():
            time.sleep(0.02)
        with pytest.raises(StoreError, match="nothing was loaded"):
            load_database(run.path, url)
    finally:
        child.kill()
        child.wait()


def test_a_run_that_changes_while_it_is_loaded(
    make_run: Callable[..., RunFolder], old: object, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(review(), source_paper())

    def overwrite() -> None:
        (run.path / "records.jsonl").write_text((run.path / "records.jsonl").read_text() + "\n")

    with monkeypatch.context() as patch:
        midway(patch, overwrite)
        with pytest.raises(Exception, match=r"changed while it was loaded|not a Record"):
            load_database(run.path, url)
    assert records(url) == old
