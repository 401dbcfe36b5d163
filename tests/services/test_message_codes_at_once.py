"""However many counters and doors send codes for one item at once, a day has three."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from postal_service.services import message_codes
from postal_service.services.message_codes import CODES_A_DAY, TooManyCodes
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import NOON
from tests.services.in_hand import result
from tests.services.world import build

AT_ONCE = 6


def test_codes_sent_at_the_same_moment_are_counted_one_after_the_other(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        item, _ = result(session, world)
    start = Barrier(AT_ONCE)

    def send(_: int) -> bool:
        start.wait(timeout=20)
        try:
            with transaction(committed_sessions) as session:
                message_codes.send(session, world.vault, item, phone="+84905123456", at=NOON)
        except TooManyCodes:
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as senders:
        assert sum(senders.map(send, range(AT_ONCE))) == CODES_A_DAY
