"""A loopback internet for each test, and a watch that nothing leaves the machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acquisition.internet import Internet

_LOCAL = ("127.0.0.1", "::1", "localhost")
_outside: list[tuple[str, Any]] = []


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple) and args[1][0] not in _LOCAL:
        _outside.append((event, args[1]))
    if event == "socket.getaddrinfo" and args[0] not in (*_LOCAL, None):
        _outside.append((event, args[0]))


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _nothing_leaves_the_machine() -> Iterator[None]:
    _outside.clear()
    yield
    assert _outside == []


@pytest.fixture
def internet() -> Iterator[Internet]:
    server = Internet()
    yield server
    server.close()
