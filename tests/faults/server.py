"""The server that the tests end by force: both apps, as `postal serve` composes them, in a process of its own.

Its settings come from the environment as an operator's do. Only the rate limits are those of the
demo, because all phones of a test live at one address.
"""

import logging
import os
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

from postal_service.cli.serving import serve
from postal_service.runtime import start
from postal_service.settings import from_environment
from tests.faults.failing_disk import Disk, put_under_sqlite

DISK = "TEST_DISK"  # the file by which a test tells how the disk under the database fails


def serve_on(port: int, environment: Mapping[str, str]) -> None:
    """Serve until the process ends; `environment` goes before that of the tests."""
    if DISK in environment:
        put_under_sqlite(Disk(Path(environment[DISK])))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # more phones than threads is meant
    settings = from_environment({**os.environ, **environment})
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        serve(start(replace(settings, demo=True)), host="127.0.0.1", port=port)
