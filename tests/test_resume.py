"""A run that is killed at any moment, or finds no room, and is started again ends as an unbroken one."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import run, stages
from pipeline.errors import StoreError, UsageError
from pipeline.folder import RunFolder
from pipeline.settings import Settings
from tests.patience import patient

ROOT = Path(__file__).resolve().parents[1]
OUTPUTS = ("records.jsonl", "records.csv", "mentions.jsonl", "documents.jsonl")
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
    (folder / "page.pdf").write_text("<!doctype html><html>Log in</html>")
    return folder


@pytest.fixture(scope="module")
def whole(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of an unbroken run."""
    out = tmp_path_factory.mktemp("whole")
    run.extract([papers], out, Settings(jobs=0))
    return out


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a run folder with its bytes, but for the report, which names the folder's own state."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_killed_run_takes_its_workers_along(papers, tmp_path):
    command = [sys.executable, "-m", "pipeline.cli", "extract", str(papers), "--out", str(tmp_path), "--jobs", "2"]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, start_new_session=True) as process:
        process.stderr.readline()  # the first paper is done, so the workers are up
        process.kill()
    until = time.monotonic() + patient(30)
    while (left := members(process.pid)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left


def members(session: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            fields = (each / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(each.name))
    return found


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.mark.slow
def test_without_room_a_run_says_so_and_what_was_written_stays_valid(papers, whole, tmp_path):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))  # the outputs are longer, single results are not

    command = [sys.executable, "-m", "pipeline.cli", "extract", str(papers), "--out", str(tmp_path), "--jobs", "1"]
    result = subprocess.run(
        command, env=environment(), preexec_fn=limit, capture_output=True, text=True, check=False, timeout=patient(120)
    )
    assert result.returncode == 2
    assert "cannot be written" in result.stderr
    assert "make room or choose another --out" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.rglob("*.unfinished"))
    made = {name: data for name, data in tree(tmp_path).items() if name.endswith(".gz")}
    assert made
    assert made.items() <= tree(whole).items()
    run.extract([papers], tmp_path, Settings(jobs=0))
    assert tree(tmp_path) == tree(whole)


def test_a_run_that_finds_no_room_leaves_the_outputs_of_the_one_before(papers, tmp_path, monkeypatch):
    run.extract([papers / "paper1.txt"], tmp_path, Settings(jobs=0))
    before = {name: (tmp_path / name).read_bytes() for name in OUTPUTS}
    monkeypatch.setattr(stages.Stages, "annotate", full)
    with pytest.raises(StoreError, match="No space left"):
        run.extract([papers], tmp_path, Settings(jobs=0))
    assert {name: (tmp_path / name).read_bytes() for name in OUTPUTS} == before


def full(*_: object) -> None:
    raise StoreError("No space left on device")


def test_the_second_run_on_a_folder_waits_if_it_is_told_to(papers, tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from pipeline.folder import RunFolder\n"
        "with RunFolder(Path(sys.argv[1])).locked(): print('held', flush=True); time.sleep(1)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UsageError, match="another run is writing here"):
            run.extract([papers], tmp_path, Settings(jobs=0))
        with RunFolder(tmp_path).locked(wait=60):
            assert other.poll() is not None or other.wait(patient(5)) == 0


def test_what_a_killed_run_left_half_written_is_swept_away(papers, whole, tmp_path):
    run.extract([papers], tmp_path, Settings(jobs=0))
    stored = next((tmp_path / ".coatmine").rglob("*.gz"))
    for partial in (stored, tmp_path / "records.jsonl", next((tmp_path / "documents").iterdir())):
        partial.with_name(partial.name + ".1.unfinished").write_bytes(b"half")
    run.extract([papers], tmp_path, Settings(jobs=0))
    assert tree(tmp_path) == tree(whole)


def test_results_of_older_code_go_but_for_the_last(papers, tmp_path, monkeypatch):
    out, paper = tmp_path / "out", papers / "paper1.txt"
    kept = []
    for version in ("a", "b", "c", "a"):
        monkeypatch.setattr(stages.relations, "VERSION", version)
        run.extract([paper], out, Settings(jobs=0))
        kept.append({p.name for p in (out / ".coatmine" / "assemble").iterdir()})
        assert len(list((out / ".coatmine" / "annotate").iterdir())) == 1
    assert [len(each) for each in kept] == [1, 2, 2, 2]
    assert len(kept[1] | kept[2]) == 3


def test_documents_that_are_no_longer_asked_for_go(papers, tmp_path):
    run.extract([papers], tmp_path, Settings(jobs=0))
    run.extract([papers / "paper1.txt"], tmp_path, Settings(jobs=0), replace=True)
    ids = [json.loads(line)["document_id"] for line in (tmp_path / "documents.jsonl").read_text().splitlines()]
    assert [RunFolder(tmp_path).document_path(i) for i in ids] == list((tmp_path / "documents").iterdir())


def test_a_refused_file_is_not_read_again_and_one_that_took_too_long_is(papers, tmp_path, monkeypatch):
    run.extract([papers / "page.pdf"], tmp_path, Settings(jobs=0))
    monkeypatch.setattr(stages.readers.Reader, "read", lambda *_: pytest.fail("read again"))
    summary = run.extract([papers / "page.pdf"], tmp_path, Settings(jobs=0))
    assert summary.reasons == {"not_a_document": 1}

    def slow(*_: object) -> None:
        calls.append(1)
        raise stages.ReadError("timed_out", "too slow")

    calls: list[int] = []
    monkeypatch.setattr(stages.readers.Reader, "read", slow)
    for _ in range(2):
        assert run.extract([papers / "paper1.txt"], tmp_path, Settings(jobs=0)).reasons == {"timed_out": 1}
    assert len(calls) == 2
