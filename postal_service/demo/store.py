"""A store of the demo's own, empty: a fresh SQLite file, or a PostgreSQL database in which nothing lies yet."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, inspect, make_url, select

from postal_service.storage.engine import open_engine
from postal_service.storage.migrate import upgrade
from postal_service.storage.schema import UnitRow

KEPT_BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite writes around its file


class NotEmptyError(RuntimeError):
    """The database holds something; the demo writes into an empty one only."""


@dataclass(frozen=True)
class Fresh:
    """An empty store with all tables. `replaced` is the older demo's file, if there was one."""

    replaced: Path | None


def make(url: str, folder: Path) -> Fresh:
    """Empty the demo's own SQLite file, or make sure the server's database is empty; make the tables.

    Raises NotEmptyError, or OSError where the file cannot be written.
    """
    parsed = make_url(url)
    replaced = None
    if parsed.get_backend_name() == "sqlite":
        replaced = _removed(Path(parsed.database or ""), folder)
    engine = open_engine(url)
    try:
        if replaced is None:
            _refuse_unless_empty(engine, parsed.render_as_string(hide_password=True))
        upgrade(engine)
    finally:
        engine.dispose()
    # What witnesses have seen belongs to the log that is no more.
    shutil.rmtree(folder / "witnesses", ignore_errors=True)
    for message in (folder / "messages").glob("*.json"):  # to citizens of the demo of before
        message.unlink()
    return Fresh(replaced)


def _removed(database: Path, folder: Path) -> Path | None:
    ours = folder.resolve() in database.resolve().parents
    if not ours or not database.exists():
        return None
    for ending in KEPT_BESIDE:
        database.with_name(database.name + ending).unlink(missing_ok=True)
    return database


def _refuse_unless_empty(engine: Engine, name: str) -> None:
    tables = set(inspect(engine).get_table_names()) - {"alembic_version"}
    if not tables:
        return
    ours = UnitRow.__tablename__ in tables
    with engine.connect() as connection:
        count = connection.scalar(select(func.count()).select_from(UnitRow)) if ours else None
    if count != 0:
        raise NotEmptyError(f"{name} is not empty; the demo wants a database of its own.")
