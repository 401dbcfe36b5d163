"""A service that a command works on: opened from the environment, and closed behind it."""

from collections.abc import Iterator
from contextlib import contextmanager

from postal_service.runtime import Runtime, start
from postal_service.settings import from_environment
from postal_service.storage.engine import open_engine
from postal_service.storage.transaction import sessions_on


@contextmanager
def opened() -> Iterator[Runtime]:
    """The service the environment names. Raises NotConfiguredError."""
    settings = from_environment()
    engine = open_engine(settings.database_url)
    try:
        yield start(settings, sessions=sessions_on(engine))
    finally:
        engine.dispose()
