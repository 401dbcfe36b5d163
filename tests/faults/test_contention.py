"""Many hands reach for one package at the same moment: exactly one of them holds it afterwards."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from mobile_api.app import create_app
from postal_service.cli.serving import ONE_ADDRESS
from postal_service.demo.phone import Phone
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Capacity
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.refusals import Refusal
from postal_service.ledger import signing
from postal_service.projections import holdings, verdicts
from postal_service.services import handovers
from postal_service.storage.schema import SpendRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests import amounts
from tests.faults.post import Post, found, item_numbers
from tests.mobile_api.phones import collected, custody_of, line_to
from tests.services import world as w
from tests.services.in_hand import sealed

AT = w.MORNING + timedelta(minutes=10)


def at_once(acts: Sequence[Callable[[], None]]) -> None:
    """Run them in as many threads, and raise what any of them raised."""
    faults: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as fault:  # noqa: BLE001 - raised below, in the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def spends(post: Post, item: ItemId, parent: EventId) -> int:
    with reading(post.sessions) as session:
        asked = select(func.count()).select_from(SpendRow).filter_by(item=item, parent=parent)
        return session.scalar(asked) or 0


@pytest.mark.long
@pytest.mark.slow
def test_of_many_clerks_who_take_one_offer_exactly_one_holds_the_package(
    committed_url: str, committed_sessions: Sessions
) -> None:
    post = found(committed_url, committed_sessions, phones=0)
    with transaction(post.sessions) as session:
        world = post.world
        clerks = [
            w._staff(
                session, f"clerk{n}", w.DESK, Role.DESK_CLERK, w.DESK,
                {w.DESK: world.desk_clerk.path},
            )
            for n in range(amounts.HANDS)
        ]  # fmt: skip
        moved = sealed(session, world, amounts.ITEMS)
        parents = {each.item: each.custody for each in holdings.standings(session, moved).values()}
        batches = [
            handovers.offer(
                session, world.keys, [item], to_unit=w.DESK, by=world.counter, at=w.MORNING
            ).batch
            for item in moved
        ]
    won: list[tuple[str, Actor]] = []
    lost: list[BaseException] = []
    barrier = threading.Barrier(amounts.HANDS)

    def take_all(clerk: Actor) -> None:
        for batch in batches:
            barrier.wait(timeout=60)
            try:
                with transaction(post.sessions) as session:
                    handovers.take(
                        session, world.keys, batch, capacity=Capacity.DESK, reserved={},
                        by=clerk, at=AT,
                    )  # fmt: skip
            except (Refusal, IntegrityError) as refused:
                lost.append(refused)
            else:
                won.append((batch, clerk))

    at_once([lambda clerk=clerk: take_all(clerk) for clerk in clerks])  # type: ignore[misc]

    assert sorted(batch for batch, _ in won) == sorted(batches)
    assert len(lost) == amounts.ITEMS * (amounts.HANDS - 1)
    winner = dict(won)
    with reading(post.sessions) as session:
        standings = holdings.standings(session, moved)
    for item, batch in zip(moved, batches, strict=True):
        holder = standings[item].holder
        assert holder is not None
        assert holder.staff == winner[batch].staff
        assert spends(post, item, parents[item]) == 1


@pytest.mark.long
@pytest.mark.slow
def test_of_many_phones_that_countersigned_one_offer_exactly_one_holds_the_package(
    committed_url: str, committed_sessions: Sessions
) -> None:
    post = found(committed_url, committed_sessions, phones=amounts.HANDS + 1)
    app = create_app(post.runtime, ONE_ADDRESS)
    giver, *takers = post.phones
    for phone in post.phones:
        phone._transport = line_to(app)
    with transaction(post.sessions) as session:
        moved = item_numbers(session, amounts.ITEMS)
    parcels = [collected(giver, item, f"S{n}") for n, item in enumerate(moved)]
    key = ("ed25519", signing.public_bytes(giver._key))
    code, held = giver.offer_code(parcels), custody_of(giver, *moved)
    giver.sign_in()
    while giver.outbox:
        giver.send()
    claims: dict[ItemId, list[EventId]] = {item: [] for item in moved}
    for taker in takers:
        for item, claim in zip(moved, taker.take(code, parcels, held, key), strict=True):
            claims[item].append(claim)

    def upload(phone: Phone) -> None:
        phone.sign_in()
        barrier.wait(timeout=60)
        while phone.outbox:
            phone.send(phone.outbox[:3])

    barrier = threading.Barrier(amounts.HANDS)
    at_once([lambda phone=phone: upload(phone) for phone in takers])  # type: ignore[misc]

    with reading(post.sessions) as session:
        standings = holdings.standings(session, moved)
        odd = verdicts.of_events(session, [each for some in claims.values() for each in some])
    for item in moved:
        first = min(claims[item])  # of equals the lowest id, whoever was first on the line
        assert standings[item].custody == first
        assert [odd.get(each, "") for each in sorted(claims[item])] == [""] + ["conflict"] * (
            amounts.HANDS - 1
        )
        assert spends(post, item, held[item]) == 1
