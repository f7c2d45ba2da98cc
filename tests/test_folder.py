"""The run folder: results are there whole or not at all, and one run at a time writes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.folder import RunFolder, Store, link_atomically, write_atomically
from pipeline.records import Outcome


def test_a_stored_result_comes_back(tmp_path):
    store = Store(tmp_path)
    store.put("read", "ab12", b"text")
    assert store.get("read", "ab12") == b"text"
    assert store.get("annotate", "ab12") is None


def test_the_same_result_has_the_same_bytes_on_disk(tmp_path):
    first, second = Store(tmp_path / "1"), Store(tmp_path / "2")
    for store in (first, second):
        store.put("read", "ab12", b"text")
    assert first.path("read", "ab12").read_bytes() == second.path("read", "ab12").read_bytes()


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b", b"nonsense"])
def test_a_damaged_result_counts_as_not_there(tmp_path, damage):
    store = Store(tmp_path)
    store.put("read", "ab12", b"text")
    store.path("read", "ab12").write_bytes(damage)
    assert store.get("read", "ab12") is None


def test_a_result_cut_short_counts_as_not_there(tmp_path):
    store = Store(tmp_path)
    store.put("read", "ab12", b"a longer text" * 100)
    path = store.path("read", "ab12")
    path.write_bytes(path.read_bytes()[:-9])
    assert store.get("read", "ab12") is None


def test_a_write_that_fails_midway_leaves_the_old_file_and_no_rest(tmp_path):
    path = tmp_path / "records.jsonl"
    write_atomically(path, [b"old"])

    def chunks():
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="No space left"):
        write_atomically(path, chunks())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_replaces_what_was_there_and_leaves_no_rest(tmp_path):
    source, path = tmp_path / "source", tmp_path / "x" / "target"
    source.write_bytes(b"new")
    for _ in range(2):
        link_atomically(source, path)
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_second_run_on_the_same_folder_is_told_so(tmp_path):
    code = (
        "import sys; from pathlib import Path; from pipeline.folder import RunFolder\n"
        "with RunFolder(Path(sys.argv[1])).locked(): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UsageError, match="another run is writing here"), RunFolder(tmp_path).locked():
            pass
        other.communicate("")
    with RunFolder(tmp_path).locked():
        pass


def test_a_folder_that_is_no_run_says_how_to_make_one(tmp_path):
    with pytest.raises(UsageError, match=r"holds no records\.jsonl; make it with `coatmine extract"):
        list(RunFolder(tmp_path).records())


def test_a_line_that_is_no_outcome_is_named(tmp_path):
    good = Outcome(source="a.pdf", status="ok").model_dump_json()
    (tmp_path / "documents.jsonl").write_text(good + "\n{}\n")
    outcomes = RunFolder(tmp_path).outcomes()
    assert next(outcomes).source == "a.pdf"
    with pytest.raises(UsageError, match="line 2: not a Outcome"):
        next(outcomes)
