"""The walk that docs/your-papers.md promises: its own commands, from a folder of PDFs to a curated PostgreSQL table."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import openpyxl
import pytest

from tests.patience import patient

from .export.databases import Postgres, server

httpx = pytest.importorskip("httpx", reason="httpx is not installed; it comes with the dependency group dev")

PAGE = Path(__file__).resolve().parents[1] / "docs" / "your-papers.md"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    yield from server()


def commands() -> list[str]:
    """The commands of the page's four steps as they stand there, without those that only show an option."""
    page = PAGE.read_text(encoding="utf-8").partition("## For other tools")[0]
    found = re.findall(r"^    (\S.*)$", page, re.MULTILINE)
    ours = [line for line in found if not line.startswith("sudo") and "~/" not in line]  # a library of the reader's own
    return [line for line in ours if not re.search(r"\s{2,}#", line)]


@pytest.mark.slow
def test_from_a_folder_of_pdfs_to_a_curated_table(sample: Path, tmp_path: Path, postgres: Postgres) -> None:
    (tmp_path / "papers").mkdir()
    for name in ("breast-macrophage-cus.pdf", "pancreas-hybrid-plga.pdf"):
        shutil.copy(sample / name, tmp_path / "papers")
    programs = [str(Path(sys.executable).parent), *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
    path = os.pathsep.join([*programs, os.environ["PATH"]])
    env = {**os.environ, "PATH": path, "PGHOST": str(postgres.folder), "PGUSER": "coats", "PYTHONUNBUFFERED": "1"}
    steps = commands()
    assert [step.split()[0] for step in steps] == [*["coatmine"] * 3, "createdb", "coatmine", "psql", "psql", "psql"]
    answers = []
    for step in steps:
        if step.startswith("coatmine review"):
            check(step, tmp_path, env)
            continue
        done = subprocess.run(["bash", "-c", step], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
        answers.append(done.stdout)
    assert re.search(
        r"breast-macrophage-cus\.pdf .*\| RAW 264\.7 +\| cellosaurus:CVCL_0493 +\| accept +\| ana", answers[-3]
    )
    assert "doxorubicin" not in answers[-3]
    table = list(csv.DictReader(io.StringIO((tmp_path / "curated.csv").read_text(encoding="utf-8"))))
    assert {row["review"] for row in table} == {"accept", "not reviewed"}
    assert not [row for row in table if row["name"] == "doxorubicin"], "what was rejected is gone"
    studies = list(csv.DictReader(io.StringIO((tmp_path / "studies.csv").read_text(encoding="utf-8"))))
    (coated,) = [row for row in studies if row["source"].endswith("breast-macrophage-cus.pdf")]
    assert (coated["membranes"], coated["decided"]) == ("RAW 264.7", "1")
    values = openpyxl.load_workbook(tmp_path / "results" / "records.xlsx")["Values"]
    head, *rows = values.iter_rows(values_only=True)
    mine = [dict(zip(head, row, strict=True)) for row in rows if row[0] == "breast-macrophage-cus.pdf"]
    assert "doxorubicin" not in {row["Value"] for row in mine}
    assert [(row["Decision"], row["Decided by"]) for row in mine if row["Value"] == "RAW 264.7"] == [("accept", "ana")]


def check(step: str, folder: Path, env: dict[str, str]) -> None:
    """Serve the app as the page says; accept a coat and reject a drug there, as a browser would; stop with Ctrl-C."""
    served = subprocess.Popen(step.split(), cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert served.stdout is not None
        address = re.search(r"(http://\S+?)/enter/\S+", served.stdout.readline())
        assert address
        with httpx.Client(base_url=address[1], headers={"origin": address[1]}, trust_env=False) as browser:
            assert browser.get(address[0]).status_code == 200
            links = re.findall(r'<a href="(/record/\w+)">Own study: M-CuS@DOX', browser.get("/").text)
            page = browser.get(links[0]).text
            for name, action in (("RAW 264.7", "accept"), ("doxorubicin", "reject")):
                stop = re.search(rf'data-stop="(\w+) ([^"]+)"[^>]*aria-label="{re.escape(name)}, undecided"', page)
                assert stop, name
                value = {"field": stop[1], "key": unescape(stop[2])}
                assert browser.post(f"{links[0]}/{action}", data=value).status_code == 303
    finally:
        served.send_signal(signal.SIGINT)
        served.wait(patient(60))  # it writes the products anew
