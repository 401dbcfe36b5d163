"""The disk is full at any byte of what an upload writes: nothing is half saved, and with room it goes on.

No file of the server's may grow beyond a limit (RLIMIT_FSIZE) that the test moves while it runs: the
write that crosses it ends short and the next is refused, in the middle of a page or between two.
PostgreSQL writes in processes of its own.
"""

import sys
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from postal_service.demo.phone import Phone, ServerSaidNoError
from postal_service.domain.ids import ItemId
from postal_service.storage.engine import forget_deleted
from postal_service.storage.transaction import transaction
from tests import amounts
from tests.faults.post import (
    Post,
    Server,
    carry_some,
    connected,
    item_numbers,
    verified,
    written,
)

PACKAGES = 2  # of one upload
DISKS_OF_A_SERVER = 10  # at the last of them it is killed as well
SEED = 20261130

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="the limit of another process is Linux's"),
]


@pytest.mark.slow
def test_a_batch_is_saved_whole_or_not_at_all_wherever_the_disk_is_full(
    post_on_sqlite: Post, committed_url: str, committed_engine: Engine, tmp_path: Path
) -> None:
    (phone,) = post_on_sqlite.phones
    random, server = Random(SEED), Server(committed_url)
    with transaction(post_on_sqlite.sessions) as session:
        items = item_numbers(session, PACKAGES * (amounts.FULL_DISKS + 1))
    needed, refusals = 0, 0
    for _ in range(amounts.FULL_DISKS // DISKS_OF_A_SERVER):
        server.start()  # the last one was killed while its disk was full
        try:
            with connected([phone], server.port):
                phone.sign_in()
                needed = needed or _bytes_of_an_upload(phone, items, committed_engine, tmp_path)
                for left in reversed(range(DISKS_OF_A_SERVER)):
                    _send_what_was_refused(phone)
                    carry_some(phone, items, PACKAGES)
                    forget_deleted(committed_engine, [])  # the journal begins anew
                    before = written(post_on_sqlite)
                    server.let_files_grow_to(random.randrange(needed))
                    refused = _is_refused(phone)
                    assert (written(post_on_sqlite) == before) is refused
                    refusals += refused
                    if left:
                        server.let_files_grow_to(None)
        finally:
            server.kill()
    # One upload writes a little more or less than another: the last bytes are not always missed.
    assert refusals > 0.9 * amounts.FULL_DISKS
    verdict = verified(post_on_sqlite, tmp_path)
    assert verdict.valid, verdict.broken


def _bytes_of_an_upload(phone: Phone, items: list[ItemId], engine: Engine, folder: Path) -> int:
    """How far SQLite's journal grows with one upload when it begins anew."""
    forget_deleted(engine, [])
    carry_some(phone, items, PACKAGES)
    phone.send()
    return (folder / "postal.db-wal").stat().st_size


def _send_what_was_refused(phone: Phone) -> None:
    """The very bytes, now that there is room."""
    assert {each["status"] for each in phone.send()} <= {"accepted"}


def _is_refused(phone: Phone) -> bool:
    """Whether the upload was refused: as a fault of the server, which can still be read."""
    sent = len(phone.outbox)
    try:
        phone.send()
    except ServerSaidNoError as refused:
        told = (refused.status, refused.code, len(phone.outbox))
    else:
        return False
    assert told == (500, "server.fault", sent)
    phone.pull()
    return True
