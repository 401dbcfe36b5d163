"""Whatever is sent twice, in another order, late or in part: the same is true in the end.

Many mornings arrive together, each by a schedule of its own, as the uploads of many phones do; the
same mornings then arrive again by other schedules. `schedule(n)` tells the n-th one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain.acts import Condition
from postal_service.domain.ids import ItemId, RoundId
from postal_service.ledger import reading
from postal_service.projections import holdings, rebuild
from postal_service.services.examining import Batch, Sent, Sound, examine
from postal_service.services.syncing import receive
from postal_service.storage.schema import HoldingRow, SpendRow, VerdictRow
from tests import amounts
from tests.clock import NOON, Clock
from tests.mobile_api.phones import collected, number
from tests.services.phones import hand_over, known_phone, statuses
from tests.services.world import VAULT, World

TOGETHER = 25  # mornings
MOST_BATCHES, MOST_EVENTS = 6, 8  # before the phones send everything

EVERY_ANSWER = {"accepted", "duplicate", "conflict", "held"}  # but that it is kept apart

Truth = dict[ItemId, object]


@dataclass(frozen=True)
class Morning:
    """Everything three phones signed, each event looked at once."""

    phones: tuple[Phone, ...]
    outboxes: tuple[tuple[Sound, ...], ...]

    @property
    def events(self) -> list[Sound]:
        return [each for outbox in self.outboxes for each in outbox]


@pytest.mark.long
def test_every_schedule_of_batches_ends_in_the_same_truth(
    session: Session, world: World, clock: Clock
) -> None:
    mornings = [a_morning(session, world, clock, n) for n in range(TOGETHER)]
    with taken_back(session):
        arrive(session, [in_order(each) for each in mornings])
        expected = truth(session)
    assert len(expected) == 4 * TOGETHER

    for first in range(0, amounts.SCHEDULES, TOGETHER):
        schedules = [schedule(each, first + n) for n, each in enumerate(mornings)]
        with taken_back(session):
            assert arrive(session, schedules) == EVERY_ANSWER
            assert_same(truth(session), expected, mornings, first)
            assert reading.size(session) == sum(len(each.events) for each in mornings)
            rebuild(session)
            assert_same(truth(session), expected, mornings, first)


def a_morning(session: Session, world: World, clock: Clock, number_of_it: int) -> Morning:
    """Three couriers with a promise made twice and a word too many."""
    phones = tuple(
        known_phone(session, courier, clock)
        for courier in (world.courier, world.far_courier, world.second_counter)
    )
    giver, receiver, third = phones
    parcels = [collected(giver, number(session), f"M{number_of_it}-{n}") for n in range(4)]
    before = dict(giver.custody)
    hand_over(giver, receiver, parcels[:3])
    giver.custody = before
    hand_over(giver, third, parcels[2:])  # the third package was promised twice
    hand_over(receiver, third, parcels[:1])
    third.tell(parcels[0].item, acts.Out(round=RoundId("r1")))
    third.tell(parcels[0].item, acts.Damage(condition=Condition.WET))
    receiver.tell(parcels[1].item, acts.Lost(why=""))
    giver.tell(parcels[1].item, acts.Postpone(why=""))  # no longer his to say
    hand_over(third, giver, parcels[3:])
    return Morning(phones, tuple(_examined(session, phone) for phone in phones))


def _examined(session: Session, phone: Phone) -> tuple[Sound, ...]:
    sent = [Sent(each.body, each.signature) for each in phone.outbox]
    examined = examine(session, sent, uploader=phone.device).examined
    assert all(isinstance(each, Sound) for each in examined)
    return tuple(each for each in examined if isinstance(each, Sound))


def in_order(morning: Morning) -> list[Batch]:
    return [
        Batch(phone.device, outbox)
        for phone, outbox in zip(morning.phones, morning.outboxes, strict=True)
    ]


def schedule(morning: Morning, number_of_it: int) -> list[Batch]:
    """Some batches of anything through any phone; then each phone sends all that it keeps."""
    random = Random(number_of_it)
    events = morning.events
    early = [
        Batch(
            random.choice(morning.phones).device,
            tuple(random.choices(events, k=random.randint(1, MOST_EVENTS))),
        )
        for _ in range(random.randint(0, MOST_BATCHES))
    ]
    late = [
        Batch(batch.uploader, tuple(random.sample(batch.examined, len(batch.examined))))
        for batch in in_order(morning)
    ]
    return early + random.sample(late, len(late))


def arrive(session: Session, schedules: Sequence[Sequence[Batch]]) -> set[str]:
    """The first batches of all mornings together, then the second ones, to the last: the answers."""
    answers: set[str] = set()
    for turn in range(max(map(len, schedules))):
        batches = [each[turn] for each in schedules if turn < len(each)]
        for outcomes in receive(session, VAULT, batches, at=NOON):
            answers.update(statuses(outcomes))
    return answers


def truth(session: Session) -> Truth:
    """Of each item where it is, which custody was spent, and which of its events do not count."""
    spent, odd = defaultdict(set), defaultdict(set)
    for spend in session.scalars(select(SpendRow)):
        spent[spend.item].add((spend.parent, spend.event_id))
    for verdict in session.scalars(select(VerdictRow)):
        odd[verdict.item].add((verdict.event_id, verdict.verdict))
    rows = session.scalars(select(HoldingRow)).all()
    return {
        ItemId(row.item): (holdings.standing_of(row), spent[row.item], odd[row.item])
        for row in rows
    }


def assert_same(found: Truth, expected: Truth, mornings: Sequence[Morning], first: int) -> None:
    wrong = [
        first + n
        for n, morning in enumerate(mornings)
        if any(found.get(each.event.item) != expected[each.event.item] for each in morning.events)
    ]
    assert wrong == [], "schedules"


@contextmanager
def taken_back(session: Session) -> Iterator[None]:
    """What happens inside did not happen."""
    inside = session.begin_nested()
    try:
        yield
    finally:
        inside.rollback()
        session.expire_all()
