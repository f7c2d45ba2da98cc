"""Child processes where the system knows fewer limits, as Windows and macOS do."""

from __future__ import annotations

import subprocess
import sys

from pipeline import children
from pipeline.readers import Reader
from tests.scripts import ROOT


def test_where_memory_cannot_be_limited_no_message_speaks_of_a_limit_to_it(monkeypatch):
    dead = children.DiedError(-11, late=False)
    assert "MB" in Reader()._death("paper.pdf", dead).message
    monkeypatch.setattr(children, "_address_space", lambda: None)
    assert not children.memory_is_limited()
    with children.within(60, 1):
        bytearray(2**28)
    assert "MB" not in Reader()._death("paper.pdf", dead).message


def test_nothing_but_limits_is_lost_without_what_only_unix_has():
    code = (
        "import sys; sys.modules['fcntl'] = sys.modules['resource'] = None\n"
        "import pipeline.cli, pipeline.run, pipeline.stages, pipeline.curation, pipeline.children\n"
        "assert not pipeline.children.memory_is_limited()\n"
        "with pipeline.children.within(60, 1): pass"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
