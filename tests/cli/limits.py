"""A disk with little room, for as long as a block runs."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

FOR_SQLITE_ITSELF = 40_960  # bytes; what its connections share of a store takes 32 KiB


@contextmanager
def little_room() -> Iterator[None]:
    """No file of this process can grow longer than SQLite's own small ones."""
    least, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FOR_SQLITE_ITSELF, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (least, most))
