"""The command that takes the pictures in docs/images takes all of them, and the pages show each."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import patient

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"


def test_every_picture_is_shown_on_a_page() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert set(re.findall(r"images/([\w-]+\.png)", pages)) == {path.name for path in IMAGES.glob("*.png")}


@pytest.mark.slow
def test_one_command_takes_them_all(tmp_path: Path) -> None:
    pytest.importorskip("playwright", reason="playwright is not installed")
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("Chromium is not installed (Debian and Ubuntu: apt-get install chromium)")
    command = [sys.executable, str(ROOT / "scripts" / "build_screenshots.py"), "--out", str(tmp_path)]
    subprocess.run(command, check=True, timeout=patient(240))
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in IMAGES.glob("*.png")}
