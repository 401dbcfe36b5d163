"""A gateway for text messages on this machine: it answers what a test tells it to, and keeps what it heard."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token-of-the-gateway"
HANGS, CLOSES, DRIPS = 0, 1, 2  # instead of a status


@dataclass(frozen=True)
class Heard:
    """One request."""

    path: str
    headers: dict[str, str]
    told: dict[str, Any]

    @property
    def key(self) -> str:
        return self.headers["Idempotency-Key"]


@dataclass(frozen=True)
class Say:
    """An answer. `body` is what a careless gateway repeats."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"


class SmsGateway(ThreadingHTTPServer):
    """Answers 200, but for what stands in `answers`, which is used up first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.heard: list[Heard] = []
        self.answers: list[Say] = []
        self.is_over = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.is_asked = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/messages?from=BUUDIEN"


class _Answering(BaseHTTPRequestHandler):
    server: SmsGateway

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append(Heard(self.path, dict(self.headers.items()), told))
        answer = self.server.answers.pop(0) if self.server.answers else Say()
        self.server.is_asked.set()
        self.server.may_answer.wait(20)
        with suppress(OSError):  # who asked may have gone
            self._say(answer)

    def _say(self, answer: Say) -> None:
        if answer.status == HANGS:
            self.server.is_over.wait(20)
        elif answer.status == DRIPS:
            for byte in b"HTTP/1.0 200 OK\r\nServer: " + b"x" * 1_000:
                if self.server.is_over.wait(0.05):
                    return
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
        elif answer.status != CLOSES:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output is for its faults."""


@contextmanager
def sms_gateway() -> Iterator[SmsGateway]:
    """A gateway that listens while the block runs."""
    server = SmsGateway()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.may_answer.set()
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
