"""A watch over all processes of a command: none may look up a name or open a connection that leaves this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_HOOK = """
import os, sys

_OURS = ("127.0.0.1", "::1", "localhost", None) if {loopback} else ()

def _refuse(event, args):
    if event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        return
    address = args[0] if event == "socket.getaddrinfo" else args[1]
    if isinstance(address, (str, bytes)) and event != "socket.getaddrinfo":
        return  # a Unix socket between our own processes
    host = address[0] if isinstance(address, tuple) else address
    if _OURS and (host.decode() if isinstance(host, bytes) else host) in _OURS:
        return
    with open({log!r}, "a") as log:
        log.write(f"{{event}} {{address}}\\n")
    raise RuntimeError(f"a connection was opened: {{event}} {{address}}")

sys.addaudithook(_refuse)
"""


@contextmanager
def watched(folder: Path, *, loopback: bool = False) -> Iterator[dict[str, str]]:
    """The environment for commands to be watched; when the block ends, none may have opened a connection.

    Args:
        folder: an empty folder of the test's own.
        loopback: whether connections to this machine itself are allowed.
    """
    folder.mkdir()
    log = folder / "sockets.log"
    (folder / "sitecustomize.py").write_text(_HOOK.format(loopback=loopback, log=str(log)))
    yield {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    assert not log.exists(), log.read_text()
