"""A look that is stopped, anywhere, goes on with the next call, and tells what an unbroken one would have told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.watching import WatchState
from tests.patience import patient
from tests.watching.conftest import REVIEW, Look

NOW = datetime(2026, 3, 1, 2, tzinfo=UTC)
OUTPUTS = ("watch.json", "digest.html", "digest.atom", "digest.csv", "notices.jsonl", "records.jsonl", "records.csv")


class Stopped(BaseException):
    """What ends a look as a kill would."""


def outputs(folder: Path) -> dict[str, str]:
    """What a look tells, without the name of its folder and the times of files."""
    state = WatchState.model_validate_json((folder / "watch.json").read_bytes())
    state.mined = ""
    state.save(folder)
    made = {name: (folder / name).read_text(encoding="utf-8") for name in OUTPUTS}
    made |= {path.name: path.read_text() for path in (folder / "digests").iterdir()}
    return {name: text.replace(str(folder), "FOLDER") for name, text in made.items()}


@pytest.mark.slow
@pytest.mark.parametrize("written", [False, True], ids=["before it is written", "after it was written"])
def test_a_look_stopped_at_any_write_of_its_state_goes_on(
    services: Any, look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    services.day = 3

    def at(folder: Path) -> None:
        look(out=folder, csv=True, now=lambda: NOW)

    at(tmp_path / "whole")
    expected = outputs(tmp_path / "whole")
    save, stops = WatchState.save, 0

    def stopping(state: WatchState, folder: Path) -> None:
        nonlocal left
        left -= 1
        if left == 0 and not written:
            raise Stopped
        save(state, folder)
        if left == 0:
            raise Stopped

    for number in range(1, 20):
        left = number
        monkeypatch.setattr(WatchState, "save", stopping)
        try:
            at(tmp_path / "stopped")
        except Stopped:
            stops += 1
        else:
            break
    monkeypatch.undo()
    assert stops > 3, "each step writes the state"
    found = outputs(tmp_path / "stopped")
    if written:  # the last stop may have come when all was told, and the look after it had nothing new
        for name in ("watch.json", "digest.html", "digest.csv"):
            found[name] = expected[name]
    assert found == expected


@pytest.mark.slow
def test_a_killed_look_fetches_no_paper_twice_and_ends_as_an_unbroken_one(
    services: Any, look: Look, tmp_path: Path
) -> None:
    services.day = 3
    look(out=tmp_path / "whole")
    config, out = tmp_path / "demo.toml", tmp_path / "killed"
    config.write_text(services.config())
    command = [sys.executable, "-m", "pipeline.cli", "--config", str(config), "watch", REVIEW, "--out", str(out)]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*command, "--jobs", "1"], cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def killed_when(word: str, times: int) -> None:
        seen = 0

        def kill(path: str) -> None:
            nonlocal seen
            seen += word in path
            if seen == times:
                running.send_signal(signal.SIGKILL)
                running.wait()

        services.before = kill
        running = start()
        assert running.wait(patient(120)) == -signal.SIGKILL, word
        services.before = lambda _: None

    services.asked.clear()
    killed_when("CITES", 1)
    assert not out.joinpath("watch.json").exists()
    killed_when("fullTextXML", 3)
    running = start()
    until = time.monotonic() + patient(120)
    while not any(out.glob(".coatmine/annotate/*/*/*.gz")) and time.monotonic() < until:
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    killed_when("filter=doi", 1)
    assert not out.joinpath("digest.html").exists()
    assert start().wait(patient(120)) == 0

    fetched = [path for path in services.asked if "fullTextXML" in path]
    assert len(set(fetched)) == 6
    assert len(fetched) <= 6 + 3, "only what was on its way when it was killed is asked for again"
    for name in ("records.jsonl", "notices.jsonl"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    (entry,) = WatchState.model_validate_json((out / "watch.json").read_bytes()).feed
    assert entry.title == "6 new papers, 5 new studies, 2 retractions and corrections"
