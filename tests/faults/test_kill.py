"""The server is killed while phones upload: what it acknowledged is there when it comes back.

A kill does not test the disk; that the databases are set to survive a power cut is asserted when
the engine opens (tests/storage/test_engine.py).
"""

import http.client
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from postal_service.demo.phone import Kept, Phone, ServerSaidNoError
from postal_service.domain.ids import ItemId
from postal_service.storage.transaction import Sessions, transaction
from tests import amounts
from tests.faults.post import (
    ANSWER_SECONDS,
    Post,
    Server,
    carry_some,
    connected,
    found,
    item_numbers,
    receipts_without_entry,
    sent_again,
    verified,
)

PHONES = 4
ITEMS_EACH = 500 + 100 * amounts.KILLS
MOST_AT_ONCE = 4  # packages of one upload
MOST_SECONDS = 0.2  # from the first answer of a server to its end
SEED = 20261123


@dataclass
class Courier:
    """A courier who works whether there is a server or not; every event he signed, for later."""

    phone: Phone
    items: list[ItemId]
    random: Random
    signed: list[Kept] = field(default_factory=list)
    interrupted: int = 0
    fault: BaseException | None = None

    def work(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                how_many = self.random.randint(1, MOST_AT_ONCE)
                self.signed += carry_some(self.phone, self.items, how_many)
                self._send(stop)
        except BaseException as fault:  # noqa: BLE001 - told by the test, not lost with its thread
            self.fault = fault

    def _send(self, stop: threading.Event) -> None:
        """Send the same bytes until there is an answer."""
        while not stop.is_set():
            try:
                if not self.phone._token:
                    self.phone.sign_in()
                self.phone.send()
            except ConnectionRefusedError:
                time.sleep(0.02)
            except (OSError, http.client.HTTPException):
                self.interrupted += 1
            except ServerSaidNoError as refused:
                if refused.status == 401:
                    self.phone._token = ""  # a quarter of an hour is over
                    continue
                assert refused.status >= 500, refused  # noqa: PT017 - anything else is a fault of ours
                self.interrupted += 1
            else:
                return


@pytest.mark.long
@pytest.mark.slow
def test_what_a_killed_server_acknowledged_is_never_lost(
    committed_url: str, committed_sessions: Sessions, tmp_path: Path
) -> None:
    post = found(committed_url, committed_sessions, phones=PHONES)
    couriers = _couriers(post)
    server = Server(committed_url)
    with connected(post.phones, server.port):
        _killed_at_random_moments(server, couriers)
    # Nearly every kill strikes while some phone waits for an answer.
    assert sum(each.interrupted for each in couriers) > amounts.KILLS // 2

    server.start()
    try:
        with connected(post.phones, server.port):
            _send_the_rest(couriers)
            for each in couriers:
                assert each.phone.receipts.keys() == {kept.id for kept in each.signed}
                assert receipts_without_entry(post, each.phone) == []
                assert sent_again(each.phone, each.signed) == {"duplicate"}
    finally:
        server.kill()
    verdict = verified(post, tmp_path)
    assert verdict.valid, verdict.broken
    assert verdict.size > sum(len(each.signed) for each in couriers)


def _couriers(post: Post) -> list[Courier]:
    random = Random(SEED)
    with transaction(post.sessions) as session:
        return [
            Courier(
                phone,
                item_numbers(session, ITEMS_EACH, after=n * ITEMS_EACH),
                Random(random.random()),
            )
            for n, phone in enumerate(post.phones)
        ]


def _killed_at_random_moments(server: Server, couriers: list[Courier]) -> None:
    """Start the server and kill it while it works, again and again."""
    random, stop = Random(SEED), threading.Event()
    threads = [threading.Thread(target=each.work, args=(stop,)) for each in couriers]
    for thread in threads:
        thread.start()
    try:
        for _ in range(amounts.KILLS):
            before = _acknowledged(couriers)
            server.start()
            until = time.monotonic() + ANSWER_SECONDS
            while _acknowledged(couriers) == before:
                assert time.monotonic() < until, [each.fault for each in couriers]
                time.sleep(0.005)
            time.sleep(random.uniform(0, MOST_SECONDS))
            server.kill()
    finally:
        stop.set()
        server.kill()
        for thread in threads:
            thread.join()
    assert [each.fault for each in couriers if each.fault] == []


def _acknowledged(couriers: list[Courier]) -> int:
    return sum(len(each.phone.receipts) for each in couriers)


def _send_the_rest(couriers: list[Courier]) -> None:
    for each in couriers:
        each.phone.sign_in()
        while each.phone.outbox:
            each.phone.send()
