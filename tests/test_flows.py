"""The flows, run, served and deployed as a user does, with a server on loopback."""

from __future__ import annotations

import csv
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.main import get_command

from pipeline import run
from pipeline.cli import app
from pipeline.errors import StoreError, UnreachedError, UsageError
from pipeline.folder import RunFolder
from pipeline.settings import Settings
from tests.acquisition.internet import Internet
from tests.patience import patient
from tests.prefect_server import ONE_SERVER, await_, ended, httpx_answers
from tests.scripts import script
from tests.sockets import watched
from tests.test_resume import members
from tests.working_folder import write_decoys

ROOT = Path(__file__).resolve().parents[1]
FLOWS = str(ROOT / "flows.py")
PAPER = """Coated particles against breast cancer

Abstract

PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells. They slowed the growth of breast
cancer in female BALB/c mice.
"""
MORE = "\nThe mice were weighed each week, and blood was drawn on day seven.\n"
GOLD = """study,doi,field,text,name,curie,source
paper,,membranes,4T1,4T1,cellosaurus:CVCL_0125,Abstract
paper,,drugs,doxorubicin,doxorubicin,CHEBI:28748,Abstract
"""
EAGER = {"PREFECT_RUNNER_POLL_FREQUENCY": "2"}
"""Seconds between two questions for runs that are due; Prefect's own are 10."""
ABOUT = """title = "one paper"
license = "MIT"
"""


@pytest.mark.slow
def test_mine_reads_scores_publishes_and_shows_it_in_prefect_without_leaving_the_machine(tmp_path, prefect_home):
    """Nor does any of its processes, the server's among them, execute Python files of the working folder."""
    executed = write_decoys(tmp_path)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "paper.txt").write_text(PAPER)
    (tmp_path / "papers" / "empty.pdf").touch()
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "gold.csv").write_text(GOLD)
    (tmp_path / "gold" / "gold.toml").write_text(ABOUT)
    with watched(tmp_path / "hook", loopback=True) as env:
        result = subprocess.run(
            [sys.executable, FLOWS, "mine", "papers", "--out", "out", "--gold", "gold"],
            cwd=tmp_path,
            env={**env, "PREFECT_HOME": str(prefect_home)},
            capture_output=True,
            text=True,
            timeout=patient(240),
            check=False,
        )
    assert not executed.exists(), executed.read_text()
    assert result.returncode == 1, result.stderr  # one input failed, the other is delivered
    assert "not_a_document: empty.pdf" in result.stdout
    with (tmp_path / "out" / "records.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 1
    scores = json.loads((tmp_path / "out" / "scores" / "gold" / "scores.json").read_text())
    assert scores["scores"]
    assert "Against gold" in (tmp_path / "out" / "report.html").read_text()
    with sqlite3.connect(tmp_path / "out" / "coatmine.db") as database:
        assert database.execute("select count(*) from records").fetchone() == (1,)
    with sqlite3.connect(prefect_home / "prefect.db") as database:
        artifacts = dict(database.execute("select key, data from artifact").fetchall())
    assert json.loads(json.loads(artifacts["failed-documents"])) == [{"status": "not_a_document", "documents": 1}]
    assert "membranes" in artifacts["scores-gold"]


@pytest.mark.slow
def test_a_killed_flow_leaves_no_server_behind(tmp_path, prefect_home):
    (tmp_path / "paper.txt").write_text(PAPER + 3000 * MORE)  # long, so that it is killed at work
    env = {**os.environ, "PREFECT_HOME": str(prefect_home)}
    command = [sys.executable, FLOWS, "extract", "paper.txt", "--out", "out"]
    with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, start_new_session=True) as flow:
        await_(lambda: len(members(flow.pid)) > 2 or flow.poll() is not None)
        assert flow.poll() is None, "it was killed in the middle"
        flow.kill()
    await_(lambda: not members(flow.pid))


@pytest.mark.slow
@ONE_SERVER
def test_a_paper_dropped_into_a_served_folder_is_mined_once(server, tmp_path, sample):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    command = [sys.executable, FLOWS, "serve", "--watch", "inbox", "--out", "out", "--every", "4"]

    def looks() -> list[dict[str, Any]]:
        """The looks at the folder that are over."""
        (watch,) = [each["id"] for each in server.ask("flows") if each["name"] == "watch"] or [None]
        runs = server.ask("flow_runs")
        return [each for each in runs if each["flow_id"] == watch and each["state_type"] == "COMPLETED"]

    with ended(command, server.env | EAGER, tmp_path) as serving:
        await_(looks)
        assert not out.joinpath("records.csv").exists(), "nothing is in the folder yet"
        (inbox / "paper.pdf").write_bytes((sample / "pancreas-hybrid-plga.pdf").read_bytes())
        os.utime(inbox / "paper.pdf", (time.time() - 60,) * 2)  # as if it had been left alone for a minute
        await_((out / ".coatmine" / "watched.json").exists)
        mined = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
        before = len(looks())
        await_(lambda: len(looks()) > before + 1)
        assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == mined
        (outcome,) = [json.loads(line) for line in (out / "documents.jsonl").read_text().splitlines()]
        assert (outcome["source"], outcome["status"]) == ("inbox/paper.pdf", "ok")
        assert {each["key"] for each in server.ask("artifacts")} == {"failed-documents"}

        flows = {each["id"]: each["name"] for each in server.ask("flows")}
        served = {flows[each["flow_id"]]: each for each in server.ask("deployments") if each["name"] == "coatmine"}
        assert set(served) == {
            "mine", "extract", "build-gold", "evaluate", "publish", "acquire", "train", "watch", "watch-literature",
        }  # fmt: skip
        assert {"papers", "out", "channels"} <= set(served["extract"]["parameter_openapi_schema"]["properties"])
        (schedule,) = served["watch"]["schedules"]
        assert schedule["schedule"]["interval"] == 4
        serving.send_signal(signal.SIGTERM)
        serving.wait(patient(60))


@pytest.mark.slow
def test_after_a_server_and_its_run_were_killed_the_waiting_paper_is_mined_by_the_next(tmp_path, prefect_home):
    """No slot, no lock and no state of the killed ones stands in the way."""
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    papers = 12
    for number in range(papers):
        (inbox / f"{number:02}.txt").write_text(PAPER + f"\nThis is paper {number}.\n")
        os.utime(inbox / f"{number:02}.txt", (time.time() - 60,) * 2)
    (inbox / "long.txt").write_text(PAPER + 1500 * MORE)
    os.utime(inbox / "long.txt", (time.time() - 60,) * 2)  # the last, and still at work when the first is done
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    env |= {"PREFECT_HOME": str(prefect_home), **EAGER}
    command = [sys.executable, FLOWS, "serve", "--watch", "inbox", "--out", "out", "--every", "10", "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=tmp_path, env=env, start_new_session=True, **quiet) as first:
        await_(lambda: list((out / ".coatmine" / "outcome").rglob("*.gz")))
        for each in members(first.pid):
            os.kill(each, signal.SIGKILL)
    await_(lambda: not members(first.pid))
    assert not (out / "records.csv").exists(), "it was killed in the middle"
    made = {path: path.stat().st_mtime_ns for path in (out / ".coatmine").rglob("*.gz")}
    with ended(command, env, tmp_path):
        await_(lambda: httpx_answers(port))
        begun = time.monotonic()
        await_((out / ".coatmine" / "watched.json").exists)
        assert time.monotonic() - begun < patient(60)
    assert {path: path.stat().st_mtime_ns for path in made} == made, "nothing was made twice"
    outcomes = [json.loads(line) for line in (out / "documents.jsonl").read_text().splitlines()]
    assert [(each["status"], each["records"]) for each in outcomes] == [("ok", 1)] * (papers + 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["extract", "serve"])
def test_a_server_that_does_not_answer_is_said_in_a_sentence_at_once(tmp_path, name):
    (tmp_path / "paper.txt").write_text(PAPER)
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/api"
    arguments = ["paper.txt", "--out", "out"] if name == "extract" else []
    env = {**os.environ, "PREFECT_HOME": str(tmp_path / "prefect"), "PREFECT_API_URL": url}
    begun = time.monotonic()
    result = subprocess.run(
        [sys.executable, FLOWS, name, *arguments], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert time.monotonic() - begun < patient(30)
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert f"no Prefect server answers at {url}" in line
    assert "unset PREFECT_API_URL" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@ONE_SERVER
def test_everything_deploys_as_prefect_yaml_says(server):
    worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "coatmine", "--type", "process"]
    with ended(worker, server.env, ROOT):
        await_(lambda: "coatmine" in {pool["name"] for pool in server.ask("work_pools")})
    server.prefect("--no-prompt", "deploy", "--all")
    flows = {each["id"]: each["name"] for each in server.ask("flows")}
    deployed = {flows[d["flow_id"]]: d for d in server.ask("deployments") if d["work_pool_name"] == "coatmine"}
    assert set(deployed) == {
        "mine", "extract", "build-gold", "evaluate", "publish", "acquire", "train", "watch", "watch-literature",
    }  # fmt: skip
    (daily,) = deployed["watch-literature"]["schedules"]
    assert not daily["active"], "it asks others, so it is for the user to turn on"
    (schedule,) = deployed["watch"]["schedules"]
    assert schedule["active"]
    assert deployed["watch"]["parameters"] == {"folder": "inbox", "out": "out/watched"}


def test_prefects_own_command_sends_no_telemetry_from_this_folder(tmp_path):
    code = "from prefect.settings import get_current_settings as now; print(now().server.analytics_enabled)"
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    env["PREFECT_HOME"] = str(tmp_path)
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


@pytest.mark.slow
@ONE_SERVER
def test_wrong_parameters_are_refused_before_anything_runs(server, tmp_path):
    result = subprocess.run(
        [sys.executable, FLOWS, "extract", "papers", "--out", "out", "--channels", "tables"],
        cwd=tmp_path, env=server.env, capture_output=True, text=True, timeout=patient(240), check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert "channels" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def flows() -> ModuleType:
    return script("flows.py")


def test_a_watched_folder_is_mirrored_and_what_is_only_touched_is_no_fault(flows, tmp_path, monkeypatch):
    def extracted(papers: list[str], out: str, settings: Settings, **others: Any) -> run.Summary:
        return run.extract(papers, out, settings.model_copy(update={"jobs": 0}), **others)

    monkeypatch.setattr(flows, "_extract", extracted)
    monkeypatch.setattr(flows, "load", lambda *_: "loaded")
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()

    def look() -> list[str]:
        flows.watch.fn(str(inbox), str(out), settle=0)
        return sorted(Path(outcome.source).name for outcome in RunFolder(out).outcomes())

    (inbox / "a.txt").write_text(PAPER)
    (inbox / "b.txt").write_text(PAPER + "\nSaid again.\n")
    assert look() == ["a.txt", "b.txt"]
    (inbox / "a.txt").unlink()
    os.utime(inbox / "b.txt", (time.time() - 60,) * 2)
    assert look() == ["b.txt"]
    (inbox / "b.txt").unlink()
    (inbox / "c.txt").write_text(PAPER + "\nAnd once more.\n")
    assert look() == ["c.txt"]


def test_a_flow_takes_the_options_of_the_command(flows):
    options = {each.name for each in get_command(app).commands["extract"].params}
    for each in (flows.extract, flows.mine):
        assert options - set(each.parameters.properties) == {
            "paths", "force", "password", "log_format", "as_json",
        }  # fmt: skip


def test_the_password_of_locked_papers_is_taken_from_the_environment(flows, monkeypatch, tmp_path):
    monkeypatch.setenv("COATMINE_PASSWORD", "secret")
    monkeypatch.setattr(flows, "_artifact", lambda *_: None)
    given = []
    monkeypatch.setattr(run, "extract", lambda *all_given, **_: given.append(all_given[2]) or run.Summary(tmp_path))
    flows.extract.fn(["papers"], str(tmp_path))
    assert [settings.secret for settings in given] == ["secret"]


class Failed:
    """The state of a task that ended with an error."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def result(self, raise_on_failure: bool) -> BaseException:
        assert not raise_on_failure
        return self.error


def test_only_what_may_pass_is_tried_again(flows, tmp_path):
    def again(error: BaseException) -> bool:
        return flows._may_pass(None, None, Failed(error))

    (tmp_path / "records.jsonl").touch()
    (tmp_path / "mentions.jsonl").touch()
    (tmp_path / "documents.jsonl").touch()
    with pytest.raises(StoreError) as away:
        flows.load.fn(str(tmp_path), "postgresql://127.0.0.1:9/nobody")
    assert again(away.value)
    with pytest.raises(UsageError) as wrong:
        flows.load.fn(str(tmp_path), "nonesuch://x")
    assert not again(wrong.value)
    assert not again(StoreError("the run contradicts itself"))
    assert flows.load.retries == flows.download.retries == 2
    assert flows.work.retries == 0


def test_papers_that_could_not_be_asked_for_are_asked_for_again_and_at_last_reported(flows, tmp_path, monkeypatch):
    internet = Internet()
    settings = internet.settings(attempts=1, stall_seconds=1)
    internet.close()  # nobody answers
    monkeypatch.setenv("PREFECT__RUNTIME__TASK_RUN__RUN_COUNT", "1")
    with pytest.raises(UnreachedError, match="1 of 1 papers") as away:
        flows.download.fn(["10.1234/a"], str(tmp_path), settings)
    assert flows._may_pass(None, None, Failed(away.value))
    monkeypatch.setenv("PREFECT__RUNTIME__TASK_RUN__RUN_COUNT", "3")
    assert [paper.status for paper in flows.download.fn(["10.1234/a"], str(tmp_path), settings).papers] == ["failed"]
