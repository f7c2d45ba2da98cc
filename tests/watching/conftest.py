"""Services on loopback for each test, and looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import Settings
from pipeline.watching import WatchReport, WatchSettings, watch
from tests.scripts import script

REVIEW = "10.5555/invented.100"
Look = Callable[..., WatchReport]


@pytest.fixture
def services() -> Iterator[Any]:
    """What publishes invented papers day by day."""
    served = script("scripts/loopback_services.py").LoopbackServices()
    yield served
    served.close()


@pytest.fixture
def look(services: Any, tmp_path: Path) -> Look:
    """A look, each a day after the one before it, without worker processes."""
    days = iter(range(1000))

    def at_once(about: str = REVIEW, **others: Any) -> WatchReport:
        day = next(days)
        given = {
            "settings": WatchSettings.given(services.settings, "reader@lab.example"),
            "mining": Settings(jobs=0),
            "now": lambda: datetime(2026, 3, 1, 2, tzinfo=UTC) + timedelta(days=day),
        }
        return watch(about, **{"out": tmp_path / "living", **given, **others})

    return at_once
