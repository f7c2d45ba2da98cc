"""An installed wheel works from any folder."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.patience import patient

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_extracts_from_a_folder_elsewhere(wheel, tmp_path, sample):
    """The venv is empty but for the wheel and, by a .pth file, the dependencies that are installed here."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    subprocess.run(
        [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "install",
            "-q",
            "--offline",
            "--no-deps",
            "--python",
            str(home),
            str(wheel),
        ],
        check=True,
    )
    dependencies = dependencies_only(tmp_path / "dependencies")
    (Path(paths["purelib"]) / "dependencies.pth").write_text(f"{dependencies}\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(next(iter(sorted(sample.glob("*.pdf")))), elsewhere / "paper.pdf")
    result = subprocess.run(
        [str(home / "bin" / "coatmine"), "extract", "paper.pdf", "--out", "out"],
        cwd=elsewhere,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=patient(120),
        check=False,
    )
    assert result.returncode == 0, result.stderr
    with (elsewhere / "out" / "records.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.DictReader(stream))


def dependencies_only(folder: Path) -> Path:
    """The site-packages of this environment without coatmine itself."""
    folder.mkdir()
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if "coatmine" not in entry.name.lower() and entry.suffix != ".pth":
            (folder / entry.name).symlink_to(entry)
    return folder
