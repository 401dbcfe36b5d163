"""Two who import the same things at once: the second sees what the first saved, or is told its row; neither breaks."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Timer
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from postal_service.domain.wording import sentence
from postal_service.services import import_jobs, importing
from postal_service.services.importing import (
    ImportReport,
    Kind,
    Mode,
    Outcome,
    Overtaken,
    Preview,
    RowsRefused,
    Rules,
    Source,
    Spool,
)
from postal_service.services.job_runner import Context, Runner
from postal_service.services.jobs import JobState
from postal_service.storage.engine import open_engine
from postal_service.storage.schema import DossierRow
from postal_service.storage.transaction import Sessions, reading, sessions_on, transaction
from tests.clock import Clock
from tests.services.importing.files import AT, SAMPLES, row, saved
from tests.services.importing.test_bad_office_files import good
from tests.services.importing.writing import write_csv
from tests.services.world import World, build

OTHERWISE = {
    Kind.DOSSIERS: {"Ngày hẹn trả": "18/11/2026 17:00"},
    Kind.UNITS: {"Tên đơn vị": "Xã Khác"},
    Kind.OFFICES: {"Tên bưu cục": "Bưu cục Khác"},
    Kind.STAFF: {"Họ tên": "Trần Văn Khác"},
    Kind.PROCEDURES: {"Lĩnh vực": "Đất đai"},
    Kind.CALENDAR: {"Tên": "Nghỉ khác"},
}


@dataclass
class Post:
    """One process that imports: its own connections to the store that another one has too."""

    sessions: Sessions
    engine: Engine
    world: World
    tries: int = 0
    impatient: bool = False
    began: Event = field(default_factory=Event)

    def rules(self, kind: Kind, *, good_rows_alone: bool = False) -> Rules:
        return Rules(kind=kind, mode=Mode.CREATE, good_rows_alone=good_rows_alone)

    @property
    def common(self) -> dict[str, Any]:
        return {"service": "BH", "by": self.world.administrator, "at": AT}

    def look(self, path: Path, rules: Rules, spool: Spool) -> Preview:
        with reading(self.sessions) as session:
            return importing.preview(
                session, self.world.vault, Source(path=path), rules, spool=spool, **self.common
            )

    def save(
        self, path: Path, rules: Rules, checked: Preview | None = None, spool: Spool | None = None
    ) -> ImportReport:
        def once() -> ImportReport:
            self.tries += 1
            with transaction(self.sessions) as session:
                self.began.set()
                self.have_little_patience(session)
                return importing.run(
                    session, self.world.vault, Source(path=path), rules, checked=checked,
                    spool=spool, **self.common,
                )  # fmt: skip

        return importing.once_more(once)

    def have_little_patience(self, session: Session) -> None:
        if self.impatient and self.engine.dialect.name == "postgresql":
            session.execute(text("SET LOCAL lock_timeout = 50"))  # milliseconds

    def wait_for_one_who_waits(self, other: "Post") -> None:
        """Until the other one waits for this one's end; whoever waits for SQLite cannot be seen."""
        if self.engine.dialect.name == "sqlite":
            return
        assert other.began.wait(timeout=30)
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        until = monotonic() + 60
        while monotonic() < until:
            with self.engine.connect() as connection:
                if connection.execute(waiting).scalar_one():
                    return
            sleep(0.02)
        raise AssertionError("Nobody waited.")


@pytest.fixture
def two(committed_url: str) -> Iterator[tuple[Post, Post]]:
    engines = [open_engine(committed_url) for _ in range(2)]
    here, there = (sessions_on(engine) for engine in engines)
    with transaction(here) as session:
        world = build(session)
    yield Post(here, engines[0], world), Post(there, engines[1], world)
    for engine in engines:
        engine.dispose()


def rows_of(kind: Kind) -> list[dict[str, Any]]:
    made: Callable[[int], dict[str, Any]] = (
        row if kind is Kind.DOSSIERS else lambda n: good(kind, n)
    )
    return [dict(made(n)) for n in (1, 2, 3)]


def overtaken(
    two: tuple[Post, Post], first: Path, second: Path, rules: Rules
) -> tuple[ImportReport, ImportReport]:
    """The first file is written and committed while the second, looked at before, is being saved."""
    faster, slower = two
    wrote = Event()

    def write() -> ImportReport:
        with transaction(faster.sessions) as session:
            done = importing.run(
                session, faster.world.vault, Source(path=first), rules, **faster.common
            )
            wrote.set()
            faster.wait_for_one_who_waits(slower)
        return done

    with Spool() as spool, ThreadPoolExecutor(1) as thread:
        checked = slower.look(second, rules, spool)
        writing = thread.submit(write)
        assert wrote.wait(timeout=30)
        try:
            report = slower.save(second, rules, checked, spool)
        finally:
            done = writing.result(timeout=60)
    return done, report


@pytest.mark.parametrize("kind", list(Kind))
def test_what_another_saved_alike_in_between_is_left_as_it_is(
    two: tuple[Post, Post], tmp_path: Path, kind: Kind
) -> None:
    rows = rows_of(kind)
    first, second = write_csv(tmp_path / "a.csv", rows[:2]), write_csv(tmp_path / "b.csv", rows)

    done, report = overtaken(two, first, second, two[0].rules(kind))

    assert saved(done) == (2, 0, 0, 0)
    assert saved(report) == (1, 0, 2, 0)
    # Files of an organisation wait for each other before they look; of dossiers, when they write.
    run_into = kind is Kind.DOSSIERS and two[0].engine.dialect.name == "postgresql"
    assert two[1].tries == (2 if run_into else 1)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_another_saved_otherwise_refuses_all_and_names_the_row(
    two: tuple[Post, Post], tmp_path: Path, kind: Kind
) -> None:
    rows = rows_of(kind)
    first = write_csv(tmp_path / "a.csv", [rows[1]])
    second = write_csv(tmp_path / "b.csv", [rows[0], rows[1] | OTHERWISE[kind], rows[2]])

    with pytest.raises(RowsRefused) as refused:
        overtaken(two, first, second, two[0].rules(kind))

    assert refused.value.facts == {"count": 1, "row": "3"}
    with Spool() as spool:  # nothing of the second file was saved
        assert saved(two[0].look(second, two[0].rules(kind), spool)) == (2, 0, 0, 1)


def test_good_rows_alone_are_saved_without_the_one_another_saved_otherwise(
    two: tuple[Post, Post], tmp_path: Path
) -> None:
    rows = rows_of(Kind.DOSSIERS)
    first = write_csv(tmp_path / "a.csv", [rows[1]])
    second = write_csv(tmp_path / "b.csv", [rows[0], rows[1] | OTHERWISE[Kind.DOSSIERS], rows[2]])

    _, report = overtaken(two, first, second, two[0].rules(Kind.DOSSIERS, good_rows_alone=True))

    assert saved(report) == (2, 0, 0, 1)
    assert [(each.row, each.code) for each in report.errors] == [(3, "import.there_and_different")]
    with reading(two[0].sessions) as session:
        assert len(session.scalars(select(DossierRow.code)).all()) == 3


@pytest.mark.parametrize("kind", [Kind.DOSSIERS, Kind.UNITS])
def test_who_is_kept_waiting_twice_is_told_that_somebody_else_saves(
    two: tuple[Post, Post], tmp_path: Path, kind: Kind
) -> None:
    faster, slower = two
    path, rules = write_csv(tmp_path / "a.csv", rows_of(kind)), faster.rules(kind)
    slower.impatient = True
    if slower.engine.dialect.name == "sqlite":
        event.listen(slower.engine, "connect", _wait_no_longer)
        slower.engine.dispose()

    with Spool() as spool:
        checked = slower.look(path, rules, spool)
        with transaction(faster.sessions) as session:
            importing.run(session, faster.world.vault, Source(path=path), rules, **faster.common)
            with pytest.raises(Overtaken) as refused:
                slower.save(path, rules, checked, spool)

    assert slower.tries == 2
    assert "chưa lưu gì" in sentence(refused.value.code, refused.value.facts)
    assert saved(slower.save(path, rules)) == (0, 0, 3, 0)  # and then he is let in


def _wait_no_longer(connection: DBAPIConnection, _record: object) -> None:
    connection.cursor().execute("PRAGMA busy_timeout = 50")  # milliseconds


def test_two_who_wait_for_each_other_both_end_and_nothing_is_lost(
    two: tuple[Post, Post], tmp_path: Path
) -> None:
    """Each writes the dossier that the other writes next: PostgreSQL lets one of them go."""
    one, other = row(1), row(2)
    rules = two[0].rules(Kind.DOSSIERS)
    alone = [write_csv(tmp_path / f"{n}.csv", [told]) for n, told in enumerate((one, other))]
    faster, slower = two
    wrote = Event()

    def write() -> bool:
        with transaction(faster.sessions) as session:
            for path in reversed(alone):
                importing.run(
                    session, faster.world.vault, Source(path=path), rules, **faster.common
                )
                wrote.set()
                if path is alone[1]:
                    faster.wait_for_one_who_waits(slower)
        return True

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        assert wrote.wait(timeout=30)
        report = slower.save(write_csv(tmp_path / "both.csv", [one, other]), rules)
        fault = writing.exception(timeout=60)

    assert fault is None or isinstance(fault, Overtaken)
    expected = Outcome.CREATED if fault else Outcome.UNCHANGED
    assert report.counts[expected] == 2
    with reading(two[0].sessions) as session:
        assert len(session.scalars(select(DossierRow.code)).all()) == 2


def test_a_job_saves_what_was_looked_at_though_another_holds_the_store_for_a_while(
    two: tuple[Post, Post],
) -> None:
    faster, slower = two
    world, clock = slower.world, Clock(AT)
    if slower.engine.dialect.name == "sqlite":
        event.listen(slower.engine, "connect", _wait_a_second)
        slower.engine.dispose()
    kinds = import_jobs.kinds(world.vault, service="BH")

    def save(context: Context) -> Mapping[str, object]:
        other = faster.sessions.writers()
        other.execute(select(DossierRow.id).with_for_update())  # SQLite: nobody else writes
        letting_go = Timer(1.3, other.close)
        letting_go.start()
        try:
            return kinds[import_jobs.SAVE](context)
        finally:
            letting_go.join()

    runner = Runner(slower.sessions, clock=clock, kinds={**kinds, import_jobs.SAVE: save})
    wish = import_jobs.Wish(kind=Kind.DOSSIERS, mode=Mode.CREATE)
    with (SAMPLES / "dossiers.csv").open("rb") as content, transaction(slower.sessions) as session:
        looked = import_jobs.ask_for_look(
            session, world.vault, "d.csv", content, wish, by=world.administrator, at=AT
        )
    assert runner.run_one()
    with transaction(slower.sessions) as session:
        asked = import_jobs.ask_for_save(session, looked.id, by=world.administrator, at=AT)
    assert runner.run_one()

    with transaction(slower.sessions) as session:
        done = import_jobs.watch(session, asked.id, by=world.administrator)
        assert (done.state, done.message) == (JobState.DONE, "")
        assert import_jobs.found(done).saved
        assert len(session.scalars(select(DossierRow.code)).all()) == 5


def _wait_a_second(connection: DBAPIConnection, _record: object) -> None:
    connection.cursor().execute("PRAGMA busy_timeout = 1000")  # milliseconds
