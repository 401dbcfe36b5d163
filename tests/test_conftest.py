"""The ground the tests stand on: rolled back, apart, and closed to what was not asked for."""

import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from postal_service.storage.schema import CounterRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.clock import NOON, Clock
from tests.conftest import UnaskedDatabaseError
from tests.loopback import LeavesThisMachineError

ROOT = Path(__file__).parents[1]


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CounterRow)) or 0


def test_a_run_in_the_background_interrupts_its_programs_too() -> None:
    asked = "import signal, tests.conftest; print(signal.getsignal(signal.SIGINT).__name__)"

    told = subprocess.check_output(
        ["sh", "-c", """trap '' INT; exec "$0" -c "$1" """, sys.executable, asked],
        text=True,
        cwd=ROOT,
    )

    assert told.strip() == "default_int_handler"


@pytest.mark.parametrize("_again", [1, 2])
def test_what_a_test_records_is_gone_for_the_next(sessions: Sessions, _again: int) -> None:
    with transaction(sessions) as session:
        assert _count(session) == 0
        session.add(CounterRow(name="BH", next=1))

    with reading(sessions) as session:
        assert _count(session) == 1


@pytest.mark.parametrize("_again", [1, 2])
def test_what_a_test_commits_is_in_a_database_of_its_own(
    committed_sessions: Sessions, _again: int
) -> None:
    with transaction(committed_sessions) as session:
        session.add(CounterRow(name="BH", next=1))

    with reading(committed_sessions) as session:
        assert _count(session) == 1


def test_a_failed_block_inside_a_test_takes_back_only_itself(sessions: Sessions) -> None:
    with transaction(sessions) as session:
        session.add(CounterRow(name="kept", next=1))

    def fail() -> None:
        with transaction(sessions) as session:
            session.add(CounterRow(name="lost", next=1))
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    with reading(sessions) as session:
        assert session.scalars(select(CounterRow.name)).all() == ["kept"]


def test_a_test_that_asked_for_no_database_reaches_none(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'sly.db'}")

    with pytest.raises(UnaskedDatabaseError, match="asked for no database"):
        engine.connect()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("2001:db8::1", 443)])
def test_no_test_reaches_the_network(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET

    with socket.socket(family) as line, pytest.raises(LeavesThisMachineError):
        line.connect(address)
    with socket.socket(family) as line, pytest.raises(LeavesThisMachineError):
        line.connect_ex(address)


def test_no_test_asks_a_name_server() -> None:
    with pytest.raises(LeavesThisMachineError, match=r"road-server\.example"):
        socket.create_connection(("road-server.example", 80))


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1])).close()


def test_time_stands_still_until_it_is_moved(clock: Clock) -> None:
    assert clock() == clock() == NOON

    clock.forward(timedelta(minutes=10))

    assert clock() == NOON + timedelta(minutes=10)
