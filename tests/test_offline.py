"""No command but `acquire` and `watch` opens a connection; an audit hook in every process of a run would refuse it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import patient
from tests.sockets import watched

ROOT = Path(__file__).resolve().parents[1]
IN_TURN = """
import shlex, sys
from pipeline.cli import app
for command in sys.argv[1:]:
    app(shlex.split(command), standalone_mode=False)
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1"])
def test_the_hook_sees_a_connection(tmp_path, host):
    code = f"import socket; socket.create_connection(({host!r}, 9), 1)"
    with pytest.raises(AssertionError, match=host), watched(tmp_path / "hook") as env:
        result = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert "a connection was opened" in result.stderr


def test_loopback_alone_can_be_allowed(tmp_path):
    code = "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())"
    with watched(tmp_path / "hook", loopback=True) as env:
        subprocess.run([sys.executable, "-c", code], env=env, check=True)
    code = "import socket; socket.getaddrinfo('example.org', 80)"
    with pytest.raises(AssertionError, match="example"), watched(tmp_path / "other", loopback=True) as env:
        subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)


@pytest.mark.slow
def test_no_command_opens_a_connection(tmp_path, sample):
    paper = sample / "pancreas-hybrid-plga.pdf"
    commands = [
        f"read {paper} --out read",
        f"annotate {paper} --out annotated",
        f"extract {paper} {sample} --out out --jobs 2",
        f"evaluate --gold {ROOT / 'gold' / 'sample'} --predictions out --out scores",
        f"gold build {sample / 'digest.pdf'} --out draft",
        f"gold check {ROOT / 'gold' / 'sample'}",
        "load out --to sqlite:///coatmine.db",
        *(f"export out --format {name}" for name in ("bioc", "pubtator", "brat", "parquet", "datapackage")),
    ]
    with watched(tmp_path / "hook") as env:
        result = subprocess.run(
            [sys.executable, "-c", IN_TURN, *commands],
            env=env, cwd=tmp_path, capture_output=True, text=True, timeout=patient(400), check=False,
        )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "out" / "export" / "datapackage").is_dir()
