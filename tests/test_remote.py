"""Beyond one machine: papers and runs on an S3 server, and a Dask cluster that loses a worker. Both on loopback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline import run
from pipeline.cli import app
from pipeline.errors import UsageError
from pipeline.folder import RunFolder, place, write_atomically
from pipeline.settings import Settings
from tests.patience import patient

pytestmark = pytest.mark.usefixtures("in_process")

ROOT = Path(__file__).resolve().parents[1]
OUTPUTS = ("records.jsonl", "mentions.jsonl", "records.csv", "documents.jsonl")
PAPER = """Coated nanoparticles number {0}

Abstract

PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells. The coated particles were 1{0:02}
nm in diameter and slowed the growth of breast cancer in female BALB/c mice.
"""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    for number in range(8):
        (folder / f"paper{number}.txt").write_text(PAPER.format(number))
    (folder / "empty.pdf").touch()
    return folder


@pytest.fixture(scope="module")
def whole(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run on this machine."""
    out = tmp_path_factory.mktemp("whole")
    run.extract([papers], out, Settings(jobs=0))
    return out


@pytest.fixture(scope="module")
def s3(papers: Path) -> Iterator[Any]:
    """A bucket on a server on loopback, with the papers in it."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        bucket: Any = place("s3://bucket")
        bucket.fs.mkdir("bucket")
        bucket.fs.put(str(papers) + "/", "bucket/papers/", recursive=True)
        yield bucket
    server.stop()


@pytest.mark.slow
def test_a_run_from_s3_to_s3_gives_the_bytes_of_a_local_one(s3, papers, whole):
    out = place("s3://bucket/run")
    given = ["extract", "s3://bucket/papers", "--out", "s3://bucket/run", "--jobs", "1"]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 1, result.stderr
    assert "8 of 9 documents read" in result.stdout
    assert "failed: 1 not_a_document" in result.stdout
    for name in OUTPUTS:
        there = (out / name).read_bytes().replace(b"s3://bucket/papers", str(papers).encode())
        assert there == (whole / name).read_bytes(), name
    assert not (out / ".coatmine" / "lock").exists()
    record = next(iter(RunFolder(out).records()))
    assert RunFolder(out).document(record.document_id) == RunFolder(whole).document(record.document_id)


@pytest.mark.slow
def test_a_second_run_on_the_same_s3_folder_is_told_who_holds_it(s3, papers):
    out = RunFolder(place("s3://bucket/held"))
    with out.locked(), pytest.raises(UsageError, match=f"process {os.getpid()} of"), out.locked():
        pass
    with out.locked():
        pass


@pytest.mark.slow
def test_a_write_to_s3_that_fails_midway_leaves_the_old_object(s3):
    path = place("s3://bucket/file")
    write_atomically(path, [b"old"])

    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_atomically(path, chunks())
    assert path.read_bytes() == b"old"


def test_an_unknown_file_system_says_what_to_install():
    result = CliRunner().invoke(app, ["extract", "paper.pdf", "--out", "nowhere://x"])
    assert result.exit_code == 2
    assert re.search(r"nowhere://x: .*coatmine\[s3\]", result.stderr)


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_midway_loses_no_paper(papers, whole, tmp_path, prefect_home):
    pytest.importorskip("prefect_dask")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PREFECT_HOME": str(prefect_home)}
    file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [*dask, *arguments, "--scheduler-file", str(file)]
        return stack.enter_context(Ended(subprocess.Popen(command, env=env, cwd=tmp_path, stderr=subprocess.DEVNULL)))

    with ExitStack() as stack:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        await_(file.exists)
        worker = ["worker", "--host", "127.0.0.1", "--no-nanny", "--nthreads", "1", "--no-dashboard"]
        doomed, _ = start(*worker), start(*worker)

        address = json.loads(file.read_text())["address"]
        out = tmp_path / "out"
        command = [sys.executable, str(ROOT / "flows.py"), "extract", str(papers), "--out", str(out)]
        flow = subprocess.Popen(
            [*command, "--dask", address, "--batch", "1"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        stack.enter_context(Ended(flow))
        await_(lambda: len(list((out / ".coatmine").glob("assemble/*/*/*.gz"))) >= 2 or flow.poll() is not None)
        doomed.kill()
        stated = flow.communicate(timeout=patient(400))[0].decode()
    assert flow.returncode == 1, stated  # one of the papers is empty
    for name in OUTPUTS:
        assert (out / name).read_bytes() == (whole / name).read_bytes(), name


class Ended:
    """A process that does not outlive the test."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def __enter__(self) -> subprocess.Popen[bytes]:
        return self._process

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()  # so that a flow ends its server, too
        try:
            self._process.wait(patient(10))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def await_(what: Any) -> None:
    until = time.monotonic() + patient(400)
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)
