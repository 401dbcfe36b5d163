"""The disk fails at any write or flush: what was acknowledged is there, and nothing is half there.

SQLite, and the running server on a disk of `failing_disk.py`. PostgreSQL's own processes write its
files; what a kill of the server leaves there is tried by test_kill.py.
"""

import http.client
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from postal_service.demo.phone import Kept, Phone, ServerSaidNoError
from postal_service.domain.ids import ItemId
from postal_service.storage.transaction import transaction
from tests import amounts
from tests.faults.failing_disk import Disk, Fault, can_be_put_under
from tests.faults.post import (
    Post,
    Server,
    ServerEndedError,
    carry_some,
    connected,
    item_numbers,
    receipts_without_entry,
    sent_again,
    verified,
)
from tests.faults.server import DISK

FAULTS = [Fault.REFUSES_ONCE, Fault.REFUSES, Fault.LOSES_POWER]
MANY = (
    4_000  # writes and flushes; the log is copied into the database's file after some two thousand
)
FEW = 40  # so that the next fault meets what still recovers from the last one
MOST_AT_ONCE = 4  # packages of one upload
SEED = 20261201

pytestmark = [
    pytest.mark.long,
    pytest.mark.slow,
    pytest.mark.skipif(not can_be_put_under(), reason="this Python hides SQLite's functions"),
]


@dataclass
class Courier:
    """A courier who goes on working; every event he signed, for later."""

    phone: Phone
    items: list[ItemId]
    server: Server
    random: Random
    signed: list[Kept] = field(default_factory=list)
    refused: int = 0

    def work(self) -> None:
        """Some packages, and one upload, to whatever server is there."""
        how_many = self.random.randint(1, MOST_AT_ONCE)
        self.signed += carry_some(self.phone, self.items, how_many)
        self.upload()

    def upload(self) -> None:
        if not self.server.runs:
            self.server.kill()
            try:
                self.server.start()
            except ServerEndedError:  # the disk failed again
                return
        try:
            if not self.phone._token:
                self.phone.sign_in()
            self.phone.send()
        except ServerSaidNoError as said:
            if said.status == 401:
                self.phone._token = ""  # a quarter of an hour is over
                return
            assert said.status >= 500, said  # noqa: PT017 - anything else is a fault of ours
            self.refused += 1
        except (OSError, http.client.HTTPException):
            self.server.kill()  # it lost its power


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "disk")


@pytest.fixture
def courier(
    post_on_sqlite: Post, committed_url: str, committed_engine: Engine, disk: Disk
) -> Courier:
    with transaction(post_on_sqlite.sessions) as session:
        items = item_numbers(session, 200 + 100 * amounts.DISK_FAULTS)
    # A process that lives on would remember what the disk forgot.
    committed_engine.dispose()
    server = Server(committed_url, **{DISK: str(disk.path)})
    return Courier(post_on_sqlite.phones[0], items, server, Random(SEED))


def test_no_acknowledged_event_is_lost_wherever_the_disk_fails(
    post_on_sqlite: Post, courier: Courier, disk: Disk, tmp_path: Path
) -> None:
    random = Random(SEED)
    phone, server = courier.phone, courier.server
    met = dict.fromkeys(FAULTS, 0)
    with connected([phone], server.port):
        try:
            for _ in range(amounts.DISK_FAULTS):
                fault = random.choice(FAULTS)
                disk.fail(fault, after=random.randrange(random.choice([FEW, MANY])))
                while not disk.has_failed:
                    courier.work()
                met[fault] += 1
                disk.mend()
            while phone.outbox:
                courier.upload()
            assert phone.receipts.keys() == {kept.id for kept in courier.signed}
            assert receipts_without_entry(post_on_sqlite, phone) == []
            assert sent_again(phone, courier.signed) == {"duplicate"}
        finally:
            server.kill()
    assert min(met.values()) > amounts.DISK_FAULTS // 6
    assert courier.refused > amounts.DISK_FAULTS // 6
    verdict = verified(post_on_sqlite, tmp_path)
    assert verdict.valid, verdict.broken


def test_a_disk_that_lies_about_its_flush_is_found_out(
    post_on_sqlite: Post, courier: Courier, disk: Disk
) -> None:
    phone, server = courier.phone, courier.server
    with connected([phone], server.port):
        server.start()
        disk.lies = True
        try:
            courier.work()
            assert phone.receipts.keys() == {kept.id for kept in courier.signed}
            disk.fail(Fault.LOSES_POWER, after=0)
            courier.work()
        finally:
            server.kill()
    assert receipts_without_entry(post_on_sqlite, phone) == list(phone.receipts)
