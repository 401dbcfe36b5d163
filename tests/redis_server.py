"""A Redis of a test's own, without a disk."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import not_here

START_SECONDS = 30


@contextmanager
def redis_on(port: int, folder: Path) -> Iterator[None]:
    """Inside the block a Redis that knows nothing answers at this port; after it, it is dead."""
    program = shutil.which("redis-server")
    if program is None:
        not_here("no redis-server is installed")
    where = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))
    with subprocess.Popen([program, *where], stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield
        finally:
            server.kill()


def url_of(port: int) -> str:
    return f"redis://127.0.0.1:{port}/0"


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
