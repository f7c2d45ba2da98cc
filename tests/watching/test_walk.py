"""What docs/watch.md walks through, typed as it stands there."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.patience import patient

ROOT = Path(__file__).resolve().parents[2]
MEANS = {
    "python": [sys.executable],
    "coatmine": [sys.executable, "-m", "pipeline.cli"],
    "scripts/loopback_services.py": [str(ROOT / "scripts" / "loopback_services.py")],
}


@pytest.mark.slow
def test_three_days_on_loopback(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "watch.md").read_text(encoding="utf-8")
    section = page.partition("## Try it without a network")[2].partition("\n## ")[0]
    serve, *steps = [shlex.split(line) for line in re.findall(r"^ {4}(.*)$", section, re.MULTILINE)]
    assert len(steps) == 5
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def command(words: list[str]) -> list[str]:
        meant = [part for word in words for part in MEANS.get(word, [word])]
        return [*meant, "--port", str(port)] if "loopback_services.py" in " ".join(words) else meant

    headlines = []
    with subprocess.Popen(command(serve), cwd=tmp_path, stdout=subprocess.PIPE) as serving:
        try:
            until = time.monotonic() + patient(30)
            while not (tmp_path / "demo.toml").exists() and time.monotonic() < until:
                time.sleep(0.05)
            for step in steps:
                done = subprocess.run(
                    command(step), cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True,
                    text=True, timeout=patient(120), check=False,
                )  # fmt: skip
                assert done.returncode == 0, done.stderr
                headlines += re.findall(r"short review: (.*)", done.stdout)
        finally:
            serving.terminate()
    assert headlines == [
        "3 new papers, 1 paper without an open copy, 3 new studies",
        "1 new paper, 1 new study, 1 retraction or correction",
        "2 new papers, 1 new study, 1 changed study, 1 retraction or correction",
    ]
    table = page.partition("## What you get")[2].partition("\n## ")[0]
    for name in re.findall(r"^\| `([\w./]+)` \|", table, re.MULTILINE):
        assert (tmp_path / "demo" / name).exists(), name
