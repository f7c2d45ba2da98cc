"""A chat server on loopback that answers as a test says, with each fault that real ones have."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ModelAnswer = Callable[["Chat", dict[str, Any]], None]
"""Answers one request, given its body."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: ModelAnswer) -> None:
        super().__init__(("127.0.0.1", 0), Chat)
        self.answer = answer
        self.requests: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.headers: list[dict[str, str]] = []
        self.ended = threading.Event()
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request, client_address):
        """The client hangs up on what is endless: nothing to tell."""


class Chat(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.requests.append(body)
            self.server.times.append(time.monotonic())
            self.server.headers.append(dict(self.headers))
        self.server.answer(self, body)

    def reply(self, body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def write(self, content: str, tokens: int = 100) -> None:
        """A chat completion with this content."""
        made = {"choices": [{"message": {"role": "assistant", "content": content}}], "usage": {"total_tokens": tokens}}
        self.reply(json.dumps(made).encode())

    def drip(self, chunk: bytes, pause: float) -> None:
        """Bytes without end, until the client hangs up or the test ends."""
        self.send_response(200)
        self.end_headers()
        while not self.server.ended.wait(pause):
            self.wfile.write(chunk)

    def log_message(self, *args: object) -> None:
        """Nothing is logged."""


def lines_of(body: dict[str, Any]) -> dict[int, str]:
    """The numbered lines of a request."""
    return {line["n"]: line["text"] for line in json.loads(body["messages"][1]["content"])["lines"]}


def says(*values: tuple[str, str, str]) -> ModelAnswer:
    """Answers with these fields, values and quotes; each in the line that holds the quote, if one does."""

    def answer(chat: Chat, body: dict[str, Any]) -> None:
        lines = lines_of(body)
        made = [
            {
                "field": field,
                "value": value,
                "sentence": next((n for n, text in lines.items() if quote in text), 1),
                "quote": quote,
            }
            for field, value, quote in values
        ]
        chat.write(json.dumps({"values": made}))

    return answer


@contextmanager
def serving(answer: ModelAnswer) -> Iterator[Server]:
    """The server; ended with the block."""
    server = Server(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
