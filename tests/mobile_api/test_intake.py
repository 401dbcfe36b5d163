"""Many phones at once: one transaction for all that wait, each with its own answer, nobody starved."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from mobile_api.intake import Intake
from postal_service.demo.phone import Phone
from postal_service.ledger import reading
from postal_service.projections import holdings
from postal_service.services.examining import Batch, Sent, Sound, examine
from postal_service.services.recording import Signed
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import Clock
from tests.mobile_api.phones import collected, number
from tests.services.phones import known_phone, statuses
from tests.services.world import VAULT, World, build


def looked_at(session: Session, phone: Phone) -> Batch:
    sent = [Sent(each.body, each.signature) for each in phone.outbox]
    return examine(session, sent, uploader=phone.device)


@pytest.fixture
def world(committed_sessions: Sessions) -> World:
    with transaction(committed_sessions) as session:
        return build(session)


def phones_with_work(
    sessions: Sessions, world: World, clock: Clock, how_many: int
) -> list[tuple[Phone, Batch]]:
    with transaction(sessions) as session:
        ready = []
        for n in range(how_many):
            phone = known_phone(session, world.courier, clock)
            for m in range(3):
                collected(phone, number(session), f"S{n}-{m}")
            ready.append((phone, looked_at(session, phone)))
        return ready


def test_all_phones_get_their_own_answers_and_every_event_is_there(
    committed_sessions: Sessions, world: World, clock: Clock
) -> None:
    ready = phones_with_work(committed_sessions, world, clock, 12)
    intake = Intake(committed_sessions, clock, VAULT)
    together = Barrier(len(ready))

    def upload(batch: Batch) -> list[str]:
        together.wait()
        first = statuses(intake.submit(batch))
        again = statuses(intake.submit(batch))
        return first + again

    with ThreadPoolExecutor(len(ready)) as pool:
        answers = list(pool.map(upload, [batch for _, batch in ready]))

    assert answers == [["accepted"] * 6 + ["duplicate"] * 6] * 12
    with transaction(committed_sessions) as session:
        assert reading.size(session) == 72
        assert len(holdings.held_by_staff(session, world.courier.staff)) == 36


def test_a_batch_that_breaks_its_transaction_does_not_spoil_the_others(
    committed_sessions: Sessions, world: World, clock: Clock
) -> None:
    (_, good), (_, bad), (_, other) = phones_with_work(committed_sessions, world, clock, 3)
    sound = bad.examined[0]
    assert isinstance(sound, Sound)
    # A body the database cannot take: what no phone can send, a fault of ours could.
    broken = Signed(sound.event, "no bytes", sound.signed.signature)  # type: ignore[arg-type]
    spoilt = Batch(bad.uploader, (Sound(broken, sound.digest),))
    intake = Intake(committed_sessions, clock, VAULT)
    together = Barrier(3)

    def upload(batch: Batch) -> str:
        together.wait()
        try:
            return ",".join(sorted(set(statuses(intake.submit(batch)))))
        except Exception as fault:  # noqa: BLE001 - which one is the database's business
            return type(fault).__name__

    for _ in range(5):
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(upload, [good, spoilt, other]))
        assert answers[0] in {"accepted", "duplicate"}
        assert answers[2] in {"accepted", "duplicate"}
        assert answers[1] not in {"accepted", "duplicate"}

    with transaction(committed_sessions) as session:
        assert reading.size(session) == 12
    assert set(statuses(intake.submit(bad))) == {"accepted"}  # and the pen is free


def test_two_servers_append_without_losing_or_doubling(
    committed_sessions: Sessions, world: World, clock: Clock
) -> None:
    ready = phones_with_work(committed_sessions, world, clock, 8)
    one, two = Intake(committed_sessions, clock, VAULT), Intake(committed_sessions, clock, VAULT)

    def upload(turn: int) -> list[str]:
        intake = one if turn % 2 else two
        return statuses(intake.submit(ready[turn % len(ready)][1]))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(upload, range(16)))

    flat = [status for answer in answers for status in answer]
    assert flat.count("accepted") == flat.count("duplicate") == 48
    with transaction(committed_sessions) as session:
        assert [each.index for each in reading.everything(session)] == list(range(48))
