"""A worker whose recognition does to the process what a document's text says."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from pipeline import stages, workers

SECONDS = 3.0
"""The time limit to run it under, before patience."""


def sleep() -> None:
    time.sleep(1000)


def backtrack() -> None:
    """No other thread of the process gets a turn while an expression is matched."""
    re.match(r"(a|aa)+$", "a" * 200 + "b")


def eat() -> None:
    hoard = []
    while True:
        hoard.append(bytearray(2**26))


def abort() -> None:
    os.abort()


def fall() -> None:
    """As the system ends a process when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


DEEDS: dict[str, Callable[[], None]] = {each.__name__: each for each in (sleep, backtrack, eat, abort, fall)}


WHOLE = stages.ner.annotate


def annotate(document: Any, nlp: Any) -> Any:
    for name, deed in DEEDS.items():
        if f"please {name}" in document.text:
            deed()
    return WHOLE(document, nlp)


def main() -> None:
    stages.ner.annotate = annotate
    workers.main()


if __name__ == "__main__":
    sys.exit(main())
