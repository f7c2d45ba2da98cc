"""No command opens a connection: an audit hook in every process of a run refuses name look-ups and connections."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HOOK = """
import sys

def _refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        address = args[1] if event == "socket.connect" else args[0]
        if isinstance(address, (str, bytes)) and event == "socket.connect":
            return  # a Unix socket between our own processes
        with open(__file__ + ".log", "a") as log:
            log.write(f"{event} {args}\\n")
        raise RuntimeError(f"a connection was opened: {event} {args}")

sys.addaudithook(_refuse)
"""
ROOT = Path(__file__).resolve().parents[1]


def run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    hook = tmp_path / "hook" / "sitecustomize.py"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(hook.parent), str(ROOT)])}
    result = subprocess.run(
        [sys.executable, *arguments], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert not hook.with_suffix(".py.log").exists(), hook.with_suffix(".py.log").read_text()
    return result


def test_the_hook_sees_a_connection(tmp_path):
    code = "import socket; socket.create_connection(('127.0.0.1', 9))"
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    result = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert "a connection was opened" in result.stderr


def test_extract_and_load_open_no_connection(tmp_path, sample):
    paper = str(next(p for p in sorted(sample.glob("*.pdf"))))
    for arguments in (
        ["extract", paper, "--out", "out", "--jobs", "2"],
        ["load", "out", "--to", "sqlite:///coatmine.db"],
    ):
        result = run(tmp_path, "-m", "pipeline.cli", *arguments)
        assert result.returncode == 0, result.stderr
