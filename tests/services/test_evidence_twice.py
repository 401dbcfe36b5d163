"""A photo sent twice at the same moment is kept once, and neither try is a fault."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier

from postal_service.services import evidence
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import NOON
from tests.services.world import build

PHOTO = b"\xff\xd8\xff" + bytes(300_000)


def test_a_photo_sent_again_before_the_first_try_is_answered_is_kept_once(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
    start = Barrier(4)

    def send(_: int) -> bool:
        start.wait(timeout=20)
        with transaction(committed_sessions) as session:
            return evidence.keep(
                session, world.vault, sha256(PHOTO).hexdigest(), PHOTO,
                media_type="image/jpeg", by=world.courier, at=NOON,
            ).fresh  # fmt: skip

    with ThreadPoolExecutor(4) as phones:
        assert sorted(phones.map(send, range(4))) == [False, False, False, True]
