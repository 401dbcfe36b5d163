"""Of two who decide about one thing at the same moment, the second decides on what the first has done."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, Counts, Leg, Receiver
from postal_service.domain.codes import DeliveryCode
from postal_service.domain.custody import State
from postal_service.domain.custody_rules import WithAgencyAlready
from postal_service.domain.identity import Entitlement
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.money import Line, Means, WrongStep
from postal_service.domain.procedures import PaperCount
from postal_service.domain.standing import Administrative
from postal_service.services import (
    administrative,
    cash,
    charges,
    delivery,
    dossiers,
    handovers,
    items,
    results,
    supplements,
)
from postal_service.services.administrative import SupplementReason
from postal_service.services.cash import NothingToHandIn
from postal_service.services.charges import ChargeId, Due
from postal_service.services.reception import Received
from postal_service.services.results import AlreadyOnItsWay, NotResolved
from postal_service.services.supplements import NothingWasAsked
from postal_service.storage.schema import MoneyRow
from postal_service.storage.transaction import Sessions, transaction
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import result
from tests.services.registrations import SERVICE, register, registration
from tests.services.world import MORNING, World, build

SOON = 0.7  # seconds in which the second has read what it can and waits for the first
PAPER = "Giấy tờ làm căn cứ thay đổi, cải chính"


def second_of_two(
    sessions: Sessions, first: Callable[[Session], None], second: Callable[[Session], None]
) -> None:
    """What becomes of the second, which begins before the first has committed."""

    def alone() -> None:
        with transaction(sessions) as session:
            second(session)

    with ThreadPoolExecutor(1) as other:
        with transaction(sessions) as session:
            first(session)
            session.flush()
            begun = other.submit(alone)
            wait([begun], timeout=SOON)
        begun.result(timeout=60)


def test_of_two_clerks_who_renew_one_code_each_prints_a_slip_that_was_good(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        item, _ = result(session, world)
    codes: list[DeliveryCode] = []

    def renew(session: Session) -> None:
        codes.append(
            delivery.renew_code(
                session, world.keys, item, why="mất phiếu", by=world.counter, at=MORNING
            )
        )

    second_of_two(committed_sessions, renew, renew)

    with transaction(committed_sessions) as session:
        standing = items.standing(session, item)
    assert [code.rotation for code in codes] == [2, 3]
    assert (standing.rotation, standing.lock) == (3, codes[1].lock)


def test_what_the_desk_has_just_taken_is_withdrawn_through_the_agency_alone(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        posted = register(session, world, registration(session))
        assert posted.item is not None
        item = posted.item
        journeys.seal(session, world, item, by=world.counter, at=MORNING)
        batch = handovers.offer(
            session, world.keys, [item], to_unit=w.DESK, by=world.counter, at=MORNING
        ).batch

    def take(session: Session) -> None:
        handovers.take(
            session, world.keys, batch, capacity=Capacity.DESK, reserved={}, by=world.desk_clerk,
            at=MORNING,
        )  # fmt: skip

    def withdraw(session: Session) -> None:
        administrative.withdraw(
            session, world.keys, posted.dossier, why="Đổi ý", by=world.counter, at=MORNING
        )

    with pytest.raises(WithAgencyAlready):
        second_of_two(committed_sessions, take, withdraw)

    with transaction(committed_sessions) as session:
        standing = items.standing(session, item)
        assert (standing.state, standing.withdrawn) == (State.WITH_AGENCY, False)
        assert _state(session, posted.dossier) is Administrative.POSTED


@dataclass(frozen=True)
class Resolved:
    """A result that lies at the desk and may go either way."""

    world: World
    dossier: DossierId
    result: ItemId

    def give(self, session: Session) -> None:
        results.give_at_desk(
            session, self.world.vault, self.dossier,
            entitlement=Entitlement(receiver=Receiver.OWNER), by=self.world.desk_clerk,
            at=_later(2),
        )  # fmt: skip

    def send(self, session: Session) -> None:
        results.register_ready(
            session, self.world.keys, self.dossier, journeys.ONE_PAPER, by=self.world.desk_clerk,
            at=_later(2),
        )  # fmt: skip


@pytest.fixture
def resolved(committed_sessions: Sessions) -> Resolved:
    with transaction(committed_sessions) as session:
        world = build(session)
        received = journeys.received(session, world)
        administrative.resolve(session, received.dossier, by=world.desk_clerk, at=_later(1))
        assert received.result_item is not None
        return Resolved(world, received.dossier, received.result_item)


def test_what_is_just_put_into_an_envelope_is_not_given_over_the_desk(
    committed_sessions: Sessions, resolved: Resolved
) -> None:
    with pytest.raises(AlreadyOnItsWay):
        second_of_two(committed_sessions, resolved.send, resolved.give)

    with transaction(committed_sessions) as session:
        assert _state(session, resolved.dossier) is Administrative.RESOLVED


def test_what_is_just_given_over_the_desk_gets_no_envelope(
    committed_sessions: Sessions, resolved: Resolved
) -> None:
    with pytest.raises(NotResolved):
        second_of_two(committed_sessions, resolved.give, resolved.send)

    with transaction(committed_sessions) as session:
        assert _state(session, resolved.dossier) is Administrative.RETURNED
        made = [each.item for each in dossiers.items_of(session, resolved.dossier)]
        assert resolved.result not in made


@dataclass(frozen=True)
class Waiting:
    """A dossier whose agency waits for a paper."""

    world: World
    received: Received

    def take(self, session: Session) -> None:
        paper = PaperCount(name=PAPER, originals=0, certified=1, photocopies=0)
        supplements.accept(
            session, self.world.keys, self.received.code, [paper], service=SERVICE,
            by=self.world.counter, at=_later(2),
        )  # fmt: skip

    def has_it(self, session: Session) -> None:
        administrative.supplement_received(
            session, self.received.dossier, by=self.world.desk_clerk, at=_later(2)
        )


@pytest.fixture
def waiting(committed_sessions: Sessions) -> Waiting:
    with transaction(committed_sessions) as session:
        world = build(session)
        received = journeys.received(session, world, w.CORRECTION)
        administrative.request_supplement(
            session, received.dossier, [PAPER], reason=SupplementReason.MISSING, by=world.officer,
            at=_later(1),
        )  # fmt: skip
        return Waiting(world, received)


def test_nothing_is_sent_after_what_the_desk_has_just_received(
    committed_sessions: Sessions, waiting: Waiting
) -> None:
    with pytest.raises(NothingWasAsked):
        second_of_two(committed_sessions, waiting.has_it, waiting.take)

    with transaction(committed_sessions) as session:
        made = dossiers.items_of(session, waiting.received.dossier)
        assert Leg.SUP not in [each.leg for each in made]


def test_of_supplements_taken_at_once_every_paper_is_counted(
    committed_sessions: Sessions, waiting: Waiting
) -> None:
    dossier = waiting.received.dossier
    with transaction(committed_sessions) as session:
        before = _counted(session, dossier)

    second_of_two(committed_sessions, waiting.take, waiting.take)

    with transaction(committed_sessions) as session:
        assert _counted(session, dossier).certified == before.certified + 2


Step = Callable[["Owed", Session], None]


@dataclass(frozen=True)
class Owed:
    """A fee that is due, and what a cashier may tell of it."""

    world: World
    fee: ChargeId

    def pay(self, session: Session) -> None:
        charges.pay(
            session, self.fee, Means.CASH, reference="", by=self.world.counter, at=_later(1)
        )  # fmt: skip

    def exempt(self, session: Session) -> None:
        charges.exempt(session, self.fee, basis="Hộ nghèo", by=self.world.manager, at=_later(1))

    def refund(self, session: Session) -> None:
        charges.refund(session, self.fee, basis="Thu nhầm", by=self.world.manager, at=_later(2))

    def hand_in(self, session: Session) -> None:
        counted = {Line.STATE_FEE: 8_000}
        cash.hand_in(
            session, self.world.counter.staff, counted, by=self.world.second_counter, at=_later(2)
        )  # fmt: skip


@pytest.fixture
def owed(committed_sessions: Sessions) -> Owed:
    with transaction(committed_sessions) as session:
        world = build(session)
        due = Due(line=Line.STATE_FEE, amount_dong=8_000)
        received = register(session, world, registration(session, dues=(due,)))
        (fee,) = charges.accounts(session, received.dossier)
        return Owed(world, fee.id)


@pytest.mark.parametrize(
    ("before", "first", "second", "entered"),
    [
        ((), Owed.pay, Owed.pay, ["due", "paid"]),
        ((), Owed.exempt, Owed.pay, ["due", "exempt"]),
        ((), Owed.pay, Owed.exempt, ["due", "paid"]),
        ((), Owed.exempt, Owed.exempt, ["due", "exempt"]),
        ((Owed.pay,), Owed.refund, Owed.refund, ["due", "paid", "refunded"]),
    ],
)
def test_money_is_taken_waived_and_given_back_once(
    committed_sessions: Sessions,
    owed: Owed,
    before: Sequence[Step],
    first: Step,
    second: Step,
    entered: list[str],
) -> None:
    with transaction(committed_sessions) as session:
        for step in before:
            step(owed, session)

    with pytest.raises(WrongStep):
        second_of_two(committed_sessions, partial(first, owed), partial(second, owed))

    assert _entered(committed_sessions, owed.fee) == entered


def test_what_is_just_given_back_is_not_counted_into_the_till(
    committed_sessions: Sessions, owed: Owed
) -> None:
    with transaction(committed_sessions) as session:
        owed.pay(session)

    with pytest.raises(NothingToHandIn):
        second_of_two(committed_sessions, owed.refund, owed.hand_in)

    assert _entered(committed_sessions, owed.fee) == ["due", "paid", "refunded"]


def test_who_counts_a_purse_waits_for_its_dossiers_in_the_order_of_all_others(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        due = Due(line=Line.STATE_FEE, amount_dong=8_000)
        made = [
            register(session, world, registration(session, dues=(due,))).dossier for _ in range(2)
        ]
        first, second = sorted(made)
        for dossier in (second, first):  # the purse's own order is the other one
            (fee,) = charges.accounts(session, dossier)
            Owed(world, fee.id).pay(session)

    def count() -> None:
        with transaction(committed_sessions) as session:
            cash.hand_in(
                session, world.counter.staff, {Line.STATE_FEE: 16_000}, by=world.second_counter,
                at=_later(2),
            )  # fmt: skip

    with ThreadPoolExecutor(1) as other:
        with transaction(committed_sessions) as session:
            dossiers.row_of(session, first)
            begun = other.submit(count)
            wait([begun], timeout=SOON)
            dossiers.row_of(session, second)
        begun.result(timeout=60)

    with transaction(committed_sessions) as session:
        assert cash.till_of(session, w.OFFICE) == {Line.STATE_FEE: 16_000}


def _entered(sessions: Sessions, charge: ChargeId) -> list[str]:
    """Every step of a charge, the oldest first."""
    with transaction(sessions) as session:
        states = select(MoneyRow.state).filter_by(charge=charge).order_by(MoneyRow.id)
        return list(session.scalars(states))


def _later(hours: int) -> datetime:
    return MORNING + timedelta(hours=hours)


def _state(session: Session, dossier: DossierId) -> Administrative:
    return dossiers.load(session, dossier).administrative


def _counted(session: Session, dossier: DossierId) -> Counts:
    listed = {paper.name: paper.counts for paper in dossiers.papers(session, dossier)}
    return listed[PAPER]
