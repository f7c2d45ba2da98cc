"""A loopback internet for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acquisition.internet import Internet


@pytest.fixture
def internet() -> Iterator[Internet]:
    server = Internet()
    yield server
    server.close()
