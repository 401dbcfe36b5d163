"""A service that a command works on: opened from the environment, and closed behind it."""

from collections.abc import Iterator
from contextlib import contextmanager

from postal_service.runtime import Runtime, start
from postal_service.settings import NotConfiguredError, from_environment
from postal_service.storage.engine import open_engine
from postal_service.storage.migrate import pending
from postal_service.storage.transaction import sessions_on


@contextmanager
def opened() -> Iterator[Runtime]:
    """The service the environment names.

    Raises NotConfiguredError, also where tables are missing or old; NewerDatabaseError.
    """
    settings = from_environment()
    engine = open_engine(settings.database_url)
    try:
        runtime = start(settings, sessions=sessions_on(engine))
        if pending(engine):
            raise NotConfiguredError("The tables are not up to date: run `postal migrate` first.")
        yield runtime
    finally:
        engine.dispose()
