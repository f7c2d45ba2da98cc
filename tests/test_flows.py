"""The flow `mine`, run as a user runs it, with the server that Prefect starts for it on loopback."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAPER = """Coated particles against breast cancer

Abstract

PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells. They slowed the growth of breast
cancer in female BALB/c mice.
"""
GOLD = """study,doi,field,text,name,curie,source
paper,,membranes,4T1,4T1,cellosaurus:CVCL_0125,Abstract
paper,,drugs,doxorubicin,doxorubicin,CHEBI:28748,Abstract
"""
ABOUT = """title = "one paper"
license = "MIT"
"""


@pytest.mark.slow
def test_mine_reads_scores_and_publishes(tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "paper.txt").write_text(PAPER)
    (tmp_path / "papers" / "empty.pdf").touch()
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "gold.csv").write_text(GOLD)
    (tmp_path / "gold" / "gold.toml").write_text(ABOUT)
    result = subprocess.run(
        [sys.executable, str(ROOT / "flows.py"), "mine", "papers", "--out", "out", "--gold", "gold"],
        cwd=tmp_path,
        env={**os.environ, "PREFECT_HOME": str(tmp_path / "prefect")},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert result.returncode == 1, result.stderr  # one input failed, the other is delivered
    assert "not_a_document: empty.pdf" in result.stdout
    with (tmp_path / "out" / "records.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 1
    scores = json.loads((tmp_path / "out" / "scores" / "gold" / "scores.json").read_text())
    assert scores["scores"]
    assert "Against gold" in (tmp_path / "out" / "report.html").read_text()
    with sqlite3.connect(tmp_path / "out" / "coatmine.db") as database:
        assert database.execute("select count(*) from records").fetchone() == (1,)
