"""How many worker processes a run has, and how an engine is handed its batches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pipeline import workers
from pipeline.records import Outcome
from pipeline.stages import Done
from tests.patience import patient


def test_where_the_system_tells_no_affinity_all_cores_are_taken(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert workers.sensible_jobs(1000) == 3
    assert workers.sensible_jobs(7) == 1


class Begun:
    """A batch that is done when it is asked for."""

    def __init__(self, papers: list[str], log: list[str]) -> None:
        self.papers = papers
        self.log = log
        log.append(f"begun {' '.join(papers)}")

    def result(self) -> list[Done]:
        self.log.append(f"asked {' '.join(self.papers)}")
        return [Done(Outcome(source=paper, status="ok")) for paper in self.papers]


def test_batches_are_handed_out_few_ahead_and_their_results_come_in_order():
    log: list[str] = []
    firsts: list[int] = []

    def submit(papers: list[str], first: int) -> Begun:
        firsts.append(first)
        return Begun(papers, log)

    done = list(workers.in_batches([Path(name) for name in "abcdefg"], 2, submit, 2))
    assert [each.outcome.source for each in done] == list("abcdefg")
    assert firsts == [1, 3, 5, 7]
    assert log == ["begun a b", "begun c d", "asked a b", "begun e f", "asked c d", "begun g", "asked e f", "asked g"]


def test_a_worker_imports_spacy_without_its_command_line_which_can_be_had_still():
    code = (
        "import sys\nfrom pipeline import workers\nworkers._leave_out_command_line()\n"
        "from pipeline import ner\nassert ner.annotate is not None and ner.load() is not None\n"
        "assert not {'spacy.cli', 'weasel', 'requests'} & set(sys.modules)\n"
        "import spacy.cli\nassert callable(spacy.cli.download)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=patient(60))
