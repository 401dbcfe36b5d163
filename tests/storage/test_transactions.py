"""A transaction happens whole or not at all, also when many write at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from postal_service.storage.engine import open_engine
from postal_service.storage.schema import CounterRow
from postal_service.storage.transaction import Sessions, asking, reading, sessions_on, transaction

WRITERS = 8
WRITES = 20


class PowerCutError(Exception):
    """Something outside stops a use case half-way."""


def _names(sessions: Sessions) -> list[str]:
    with reading(sessions) as session:
        return list(session.scalars(select(CounterRow.name).order_by(CounterRow.name)))


def _add(sessions: Sessions, *names: str) -> None:
    with transaction(sessions) as session:
        session.add_all(CounterRow(name=name, next=0) for name in names)


def _take_a_number(sessions: Sessions) -> int:
    with transaction(sessions) as session:
        counter = session.scalars(select(CounterRow).with_for_update()).one()
        counter.next += 1
        return counter.next


def test_what_ends_is_kept(committed_sessions: Sessions) -> None:
    _add(committed_sessions, "BH", "BI")

    assert _names(committed_sessions) == ["BH", "BI"]


def test_what_is_cut_off_half_way_leaves_nothing(committed_sessions: Sessions) -> None:
    def be_cut_off() -> None:
        with transaction(committed_sessions) as session:
            session.add(CounterRow(name="BH", next=1))
            session.flush()
            raise PowerCutError

    with pytest.raises(PowerCutError):
        be_cut_off()

    assert _names(committed_sessions) == []


def test_a_refused_row_takes_the_whole_transaction_back(committed_sessions: Sessions) -> None:
    _add(committed_sessions, "BH")

    with pytest.raises(IntegrityError):
        _add(committed_sessions, "BI", "BH")

    assert _names(committed_sessions) == ["BH"]


def test_after_a_failure_the_next_writer_is_not_kept_waiting(
    committed_sessions: Sessions,
) -> None:
    for _ in range(3):
        with pytest.raises(IntegrityError):
            _add(committed_sessions, "BH", "BH")

    _add(committed_sessions, "BH")

    assert _names(committed_sessions) == ["BH"]


def test_reading_keeps_nothing_that_was_changed(committed_sessions: Sessions) -> None:
    with reading(committed_sessions) as session:
        session.add(CounterRow(name="BH", next=1))
        session.flush()

    assert _names(committed_sessions) == []


def test_a_reader_does_not_wait_for_a_writer_and_sees_what_was_before(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        session.add(CounterRow(name="BH", next=1))
        session.flush()

        assert _names(committed_sessions) == []

    assert _names(committed_sessions) == ["BH"]


def test_a_reader_sees_one_moment_however_many_questions_it_asks(
    committed_sessions: Sessions,
) -> None:
    count = select(func.count()).select_from(CounterRow)
    with reading(committed_sessions) as session:
        assert session.scalar(count) == 0
        _add(committed_sessions, "BH")

        assert session.scalar(count) == 0


def _in_threads(take: Callable[[int], int]) -> list[int]:
    with ThreadPoolExecutor(WRITERS) as threads:
        return sorted(threads.map(take, [each % WRITERS for each in range(WRITERS * WRITES)]))


def test_many_writers_at_once_all_get_through_and_no_number_is_given_twice(
    committed_sessions: Sessions,
) -> None:
    _add(committed_sessions, "BH")

    taken = _in_threads(lambda _: _take_a_number(committed_sessions))

    assert taken == list(range(1, WRITERS * WRITES + 1))


@pytest.fixture
def second_office(committed_url: str) -> Iterator[Engine]:
    """A second process's way to the same database: nothing is shared but the database."""
    engine = open_engine(committed_url)
    yield engine
    engine.dispose()


def test_writers_of_two_processes_do_not_find_the_database_locked(
    committed_sessions: Sessions, second_office: Engine
) -> None:
    _add(committed_sessions, "BH")
    offices = [committed_sessions, sessions_on(second_office)]

    taken = _in_threads(lambda writer: _take_a_number(offices[writer % 2]))

    assert taken == list(range(1, WRITERS * WRITES + 1))


def test_a_question_by_itself_is_answered_from_what_was_kept(committed_sessions: Sessions) -> None:
    def known() -> list[str]:
        with asking(committed_sessions) as session:
            return list(session.scalars(select(CounterRow.name)))

    with transaction(committed_sessions) as session:
        session.add(CounterRow(name="BH", next=1))
        session.flush()
        assert known() == []

    assert known() == ["BH"]
