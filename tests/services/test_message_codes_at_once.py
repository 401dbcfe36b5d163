"""However many counters and doors ask for a code for one item at once, its citizen gets one message."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from postal_service.services import message_codes
from postal_service.storage.schema import OutboxRow
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import NOON
from tests.services.in_hand import result
from tests.services.world import build

AT_ONCE = 6


def test_codes_asked_for_at_the_same_moment_are_one_code(committed_sessions: Sessions) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        item, _ = result(session, world)
    start = Barrier(AT_ONCE)

    def send(_: int) -> str:
        start.wait(timeout=20)
        with transaction(committed_sessions) as session:
            return message_codes.send(
                session, world.vault, item, phone="+84905123456", can_send=True, by=world.counter,
                at=NOON,
            )  # fmt: skip

    with ThreadPoolExecutor(AT_ONCE) as senders:
        references = set(senders.map(send, range(AT_ONCE)))
    with transaction(committed_sessions) as session:
        sent = list(session.scalars(select(OutboxRow.subject).where(OutboxRow.kind == "sms")))

    assert len(references) == 1
    assert sent == [item]
