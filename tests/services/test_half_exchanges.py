"""An exchange that a phone told by halves is an alarm that names who must act, until it is whole or put right."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain.acts import Capacity, CorrectionKind, Counts, Leg, Receiver
from postal_service.domain.custody import Trouble
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.rewriting import Changes
from postal_service.domain.standing import Channel
from postal_service.projections import comparing, holdings, rebuild
from postal_service.services import (
    cases,
    corrections,
    exceptions,
    half_exchanges,
    return_envelopes,
    sight,
)
from postal_service.services.half_exchanges import HalfExchange
from postal_service.services.half_handovers import LIMIT
from postal_service.services.items import UnknownItem
from postal_service.storage.schema import ExchangeHalfRow
from tests.clock import NOON, Clock
from tests.mobile_api.phones import number
from tests.mobile_api.test_questions import listening, whole_tables
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import PAPERS, in_bag
from tests.services.phones import known_phone, upload
from tests.services.registrations import register, registration
from tests.services.world import World

LATE = timedelta(milliseconds=1)
XID = "01930000-0000-7000-8000-000000000001"


@dataclass
class Exchange:
    """A courier at a door: the result that he gives, and the envelope for what he takes back."""

    session: Session
    world: World
    giving: Phone
    taking: Phone
    result: ItemId
    envelope: ItemId
    secret: str

    def given(self, recovered: int, exchange: str = XID) -> EventId:
        act = acts.Deliver(
            receiver=Receiver.OWNER,
            proof=acts.CodeProof(rotation=1, secret=self.secret),
            counts=PAPERS,
            condition=acts.Condition.OK,
            exchange=exchange,
            recovered=recovered,
        )
        custody = holdings.standings(self.session, [self.result])[self.result].custody
        event = self.giving.tell(self.result, act, parent=custody)
        self.arrive(self.giving)
        return event

    def taken(self, originals: int, exchange: str = XID, certified: int = 0) -> EventId:
        act = acts.Accept(
            capacity=Capacity.COURIER,
            leg=Leg.RET,
            counts=Counts(originals=originals, certified=certified, photocopies=0),
            destination=w.DESK,
            exchange=exchange,
        )
        event = self.taking.tell(self.envelope, act, parent=NO_PARENT)
        self.arrive(self.taking)
        return event

    def arrive(self, phone: Phone) -> None:
        outcomes = upload(self.session, phone, phone.outbox)
        assert outcomes[-1].status.value == "accepted"

    def alarms(self, late: timedelta = LATE) -> tuple[HalfExchange, ...]:
        by, at = self.world.manager, NOON + LIMIT + late
        return half_exchanges.alarms(self.session, by=by, at=at).halves


@pytest.fixture
def exchange(session: Session, world: World, clock: Clock) -> Exchange:
    item, code = in_bag(session, world)
    return at_the_door(session, world, clock, item, code.secret)


def at_the_door(
    session: Session, world: World, clock: Clock, item: ItemId, secret: str
) -> Exchange:
    """The courier has two phones here, so that each half may come or not."""
    giving, taking = (known_phone(session, world.courier, clock) for _ in range(2))
    return Exchange(session, world, giving, taking, item, number(session, Leg.RET), secret)


def differing(session: Session) -> list[str]:
    """What the store says otherwise than the ledger; these tests' phones were never enrolled there."""
    return sorted(each for each in comparing.differing(session) if not each.startswith("device "))


def test_a_whole_exchange_is_no_alarm_in_whatever_order_it_came(
    session: Session, world: World, clock: Clock
) -> None:
    for order in permutations(("given", "taken")):
        item, code = in_bag(session, world)
        made = at_the_door(session, world, clock, item, code.secret)
        for half in order:
            getattr(made, half)(3, f"x-{order[0]}")
        assert made.alarms() == ()
    assert differing(session) == []


def test_originals_taken_back_and_held_by_nobody_name_the_courier_after_a_day(
    exchange: Exchange,
) -> None:
    exchange.given(3)

    assert exchange.alarms(late=timedelta()) == ()
    (half,) = exchange.alarms()
    assert (half.item, half.given, half.taken) == (exchange.result, 3, None)
    assert (half.staff, half.unit, half.since) == (
        exchange.world.courier.staff, w.OFFICE, NOON,
    )  # fmt: skip

    exchange.taken(3)
    assert exchange.alarms() == ()


def test_papers_without_the_delivery_they_were_taken_back_for_are_one_too(
    exchange: Exchange,
) -> None:
    exchange.taken(2)

    (half,) = exchange.alarms()
    assert (half.item, half.given, half.taken) == (exchange.envelope, None, 2)

    exchange.given(2)
    assert exchange.alarms() == ()


def test_halves_that_differ_stay_until_the_papers_are_counted_and_corrected(
    session: Session, world: World, exchange: Exchange
) -> None:
    exchange.given(3)
    taken = exchange.taken(1)
    (half,) = exchange.alarms()
    assert (half.item, half.given, half.taken) == (exchange.result, 3, 1)

    corrections.rewrite(
        session, world.keys, taken, Changes(counts=Counts(originals=3, certified=0, photocopies=0)),
        maker=world.courier.staff, why="đếm lại", by=world.manager, at=NOON,
    )  # fmt: skip

    assert exchange.alarms() == ()
    assert differing(session) == []


def test_nothing_taken_back_after_all_is_put_right_at_the_delivery(
    session: Session, world: World, exchange: Exchange
) -> None:
    delivered = exchange.given(3)

    corrections.rewrite(
        session, world.keys, delivered, Changes(recovered=0), maker=world.courier.staff,
        why="gõ nhầm", by=world.manager, at=NOON,
    )  # fmt: skip

    assert exchange.alarms() == ()
    standing = holdings.standings(session, [exchange.result])[exchange.result]
    assert standing.ended
    assert differing(session) == []


def put_right(exchange: Exchange, event: EventId, changes: Changes) -> None:
    corrections.rewrite(
        exchange.session, exchange.world.keys, event, changes,
        maker=exchange.world.courier.staff, why="đếm lại", by=exchange.world.manager, at=NOON,
    )  # fmt: skip


def test_certified_copies_told_as_originals_are_whole_once_the_delivery_is_put_right(
    session: Session, exchange: Exchange
) -> None:
    delivered = exchange.given(3)
    exchange.taken(0, certified=3)
    assert [(half.given, half.taken) for half in exchange.alarms()] == [(3, 0)]

    put_right(exchange, delivered, Changes(recovered=0))

    assert exchange.alarms() == ()
    assert differing(session) == []


@pytest.fixture
def licence(session: Session, world: World, clock: Clock) -> Exchange:
    """A new licence at the door, and the envelope that the office gave out for the old one."""
    received = register(
        session, world, registration(session, w.LICENCE, channel=Channel.DIRECT),
        by=world.desk_clerk,
    )  # fmt: skip
    made = journeys.ready(session, world, received, at=w.MORNING)
    journeys.with_courier(session, world, made, at=w.MORNING)
    envelope = return_envelopes.issue(
        session, made.item, service="BR", by=world.counter, at=w.MORNING
    )
    assert received.delivery_code is not None
    at_door = at_the_door(session, world, clock, made.item, received.delivery_code.secret)
    return replace(at_door, envelope=envelope.item)


def test_a_delivery_that_forgot_its_exchange_takes_that_of_its_envelope(
    session: Session, licence: Exchange
) -> None:
    delivered = licence.given(0, exchange="")
    licence.taken(3)
    assert [(half.given, half.taken) for half in licence.alarms()] == [(None, 3)]

    put_right(licence, delivered, Changes(recovered=3))

    assert licence.alarms() == ()
    assert differing(session) == []


def test_a_delivery_that_told_the_count_alone_takes_the_exchange_too(licence: Exchange) -> None:
    delivered = licence.given(3, exchange="")
    licence.taken(3)
    assert len(licence.alarms()) == 2

    put_right(licence, delivered, Changes())

    assert licence.alarms() == ()


def test_papers_that_came_after_the_delivery_was_put_right_are_joined_by_another_correction(
    session: Session, licence: Exchange
) -> None:
    put_right(licence, licence.given(3), Changes(recovered=0))
    licence.taken(0, certified=1)
    assert [(half.given, half.taken) for half in licence.alarms()] == [(None, 0)]

    put_right(licence, corrections.told_of(session, licence.result)[-1], Changes())

    assert licence.alarms() == ()


def test_another_correction_of_a_delivery_keeps_an_exchange_whose_papers_are_on_their_way(
    exchange: Exchange,
) -> None:
    delivered = exchange.given(0)

    put_right(exchange, delivered, Changes(condition=acts.Condition.WET))
    exchange.taken(0, certified=2)

    assert exchange.alarms() == ()


def test_a_corrected_half_leaves_the_other_one_alone(
    session: Session, world: World, exchange: Exchange
) -> None:
    exchange.given(1)
    taken = exchange.taken(1)
    corrections.correct(
        session, world.keys, taken, kind=CorrectionKind.DID_NOT_OCCUR, maker=world.courier.staff,
        why="không thu", by=world.manager, at=NOON,
    )  # fmt: skip

    (half,) = exchange.alarms()

    assert (half.item, half.given, half.taken) == (exchange.result, 1, None)


def test_papers_taken_back_without_any_name_for_it_are_never_whole(exchange: Exchange) -> None:
    exchange.given(3, exchange="")

    (half,) = exchange.alarms()

    assert (half.given, half.taken) == (3, None)


def test_certified_copies_alone_are_an_exchange_too(exchange: Exchange) -> None:
    exchange.given(0)
    assert [each.given for each in exchange.alarms()] == [0]


def test_one_name_for_two_envelopes_is_an_alarm(
    session: Session, clock: Clock, exchange: Exchange
) -> None:
    exchange.given(2)
    exchange.taken(2)
    exchange.envelope = number(session, Leg.RET)
    exchange.taken(2)

    (half,) = exchange.alarms()

    assert (half.given, half.taken) == (2, 4)


def test_a_delivery_that_does_not_count_is_no_half(
    session: Session, world: World, exchange: Exchange
) -> None:
    exchange.taken(1)
    exchange.secret = "Z" * 26
    act = acts.Deliver(
        receiver=Receiver.OWNER, proof=acts.CodeProof(rotation=1, secret="Z" * 26), counts=PAPERS,
        condition=acts.Condition.OK, exchange=XID, recovered=1,
    )  # fmt: skip
    custody = holdings.standings(session, [exchange.result])[exchange.result].custody
    exchange.giving.tell(exchange.result, act, parent=custody)
    (outcome,) = upload(session, exchange.giving, exchange.giving.outbox)
    assert outcome.verdict == "disputed"

    assert [each.taken for each in exchange.alarms()] == [1]


def test_another_office_is_not_told_and_the_couriers_own_is(
    session: Session, world: World, exchange: Exchange
) -> None:
    exchange.given(3)
    at = NOON + LIMIT + LATE
    for who, seen in (
        (world.counter, 1), (world.manager, 1), (world.far_counter, 0), (world.desk_clerk, 0),
        (world.administrator, 1),
    ):  # fmt: skip
        assert len(half_exchanges.alarms(session, by=who, at=at).halves) == seen


def test_a_rebuild_tells_the_halves_as_they_were_and_a_change_is_found(
    session: Session, exchange: Exchange
) -> None:
    exchange.given(3)
    exchange.taken(1)
    before = exchange.alarms()
    rebuild(session)
    session.expire_all()
    assert exchange.alarms() == before

    session.execute(update(ExchangeHalfRow).values(alone_at=""))
    found = differing(session)

    assert len(found) == 2
    assert all(each.startswith("exchange_half of ") for each in found)


# --- What was delivered in trouble -------------------------------------------------------------


@pytest.fixture
def in_trouble(session: Session, exchange: Exchange) -> Exchange:
    custody = holdings.standings(session, [exchange.result])[exchange.result].custody
    torn = acts.Damage(condition=acts.Condition.SEAL_BROKEN)
    exchange.giving.tell(exchange.result, torn, parent=custody)
    exchange.given(0, exchange="")
    return exchange


def test_what_was_delivered_in_trouble_is_listed_until_two_staff_settle_it(
    session: Session, world: World, in_trouble: Exchange
) -> None:
    for who in (world.counter, world.manager, world.administrator):
        assert cases.open_ones(session, by=who).cases == ()  # in one list only
        (standing,) = cases.ended(session, by=who).standings
        assert (standing.item, standing.troubles) == (
            in_trouble.result, frozenset({Trouble.SEAL}),
        )  # fmt: skip
    assert cases.ended(session, by=world.far_counter).standings == ()

    exceptions.settle(
        session, world.keys, in_trouble.result, witness=world.counter.staff, counts=PAPERS,
        why="đã hỏi công dân", by=world.manager, at=NOON,
    )  # fmt: skip

    assert cases.ended(session, by=world.manager).standings == ()
    assert holdings.standings(session, [in_trouble.result])[in_trouble.result].ended
    assert differing(session) == []


def test_whoever_delivered_it_sees_it_and_another_office_does_not(
    session: Session, world: World, in_trouble: Exchange
) -> None:
    assert sight.item(session, in_trouble.result, by=world.manager).ended
    with pytest.raises(UnknownItem):
        sight.item(session, in_trouble.result, by=world.far_counter)


def test_neither_list_reads_a_whole_table(
    session: Session, world: World, in_trouble: Exchange
) -> None:
    connection: Connection = session.connection()
    with listening(connection.engine) as asked:
        half_exchanges.alarms(session, by=world.manager, at=NOON + LIMIT + LATE)
        cases.ended(session, by=world.manager)
    told = {words: values for words, values in asked if words.startswith("SELECT")}
    assert len(told) >= 2
    for words, values in told.items():
        assert whole_tables(connection, words, values) == set()
