"""How long a test waits: a machine that is busy is slow, not wrong."""

from __future__ import annotations

import os

PATIENCE = float(os.environ.get("COATMINE_TEST_PATIENCE", "1"))
"""By what every time limit of the tests is multiplied; set it to 10 on a machine under heavy load."""


def patient(seconds: float) -> float:
    """The seconds that a test may take on this machine."""
    return seconds * PATIENCE
