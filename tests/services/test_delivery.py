"""Nobody delivers without a proof only the citizen can give; nothing goes back before two invitations."""

import json
import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import RoleNeeded
from postal_service.domain.acts import CodeProof, Counts, Leg, MessageProof, OverrideProof, Receiver
from postal_service.domain.attempts import DeliveryPolicy, Step, UnknownReason
from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.custody import State
from postal_service.domain.custody_rules import (
    ItemEnded,
    NotForDelivery,
    NotTheHolder,
    WitnessIsHimself,
    WrongDeliveryCode,
)
from postal_service.domain.ids import ItemId
from postal_service.services import calendars, delivery, message_codes, numbers
from postal_service.services.delivery import (
    InvitationTooEarly,
    NothingRecovered,
    Recovered,
    ReturnTooEarly,
)
from postal_service.services.message_codes import MessageCodeWrong, NoPhone, TooManyCodes
from postal_service.services.vault import open_sealed
from postal_service.storage.schema import OutboxRow
from tests.services.in_hand import events, result, sealed, standing
from tests.services.world import DESK, MORNING, World

POLICY = DeliveryPolicy()


@pytest.fixture
def calendar(session: Session, world: World) -> WorkingCalendar:
    return calendars.common(session, calendars.POST)


def test_the_citizens_code_ends_the_custody(session: Session, world: World) -> None:
    item, code = result(session, world)

    delivery.deliver(
        session, world.keys, item, receiver=Receiver.OWNER,
        proof=CodeProof(rotation=1, secret=code.secret), by=world.counter, at=MORNING,
    )  # fmt: skip

    found = standing(session, item)
    assert (found.state, found.holder) == (State.DELIVERED, None)


def test_a_wrong_code_moves_nothing(session: Session, world: World) -> None:
    item, _ = result(session, world)
    other = numbers.delivery_code(item, rotation=1)
    before = events(session)

    with pytest.raises(WrongDeliveryCode):
        delivery.deliver(
            session, world.keys, item, receiver=Receiver.OWNER,
            proof=CodeProof(rotation=1, secret=other.secret), by=world.counter, at=MORNING,
        )  # fmt: skip

    assert events(session) == before


def test_a_code_works_once(session: Session, world: World) -> None:
    item, code = result(session, world)
    proof = CodeProof(rotation=1, secret=code.secret)
    delivery.deliver(
        session,
        world.keys,
        item,
        receiver=Receiver.OWNER,
        proof=proof,
        by=world.counter,
        at=MORNING,
    )

    with pytest.raises(ItemEnded):
        delivery.deliver(
            session, world.keys, item, receiver=Receiver.OWNER, proof=proof, by=world.counter,
            at=MORNING,
        )  # fmt: skip


def test_a_new_code_replaces_a_lost_slip(session: Session, world: World) -> None:
    item, old = result(session, world)
    new = delivery.renew_code(
        session, world.keys, item, why="slip lost", by=world.counter, at=MORNING
    )

    assert (new.rotation, new.lock) == (2, standing(session, item).lock)
    with pytest.raises(WrongDeliveryCode):
        delivery.deliver(
            session, world.keys, item, receiver=Receiver.OWNER,
            proof=CodeProof(rotation=1, secret=old.secret), by=world.counter, at=MORNING,
        )  # fmt: skip
    delivery.deliver(
        session, world.keys, item, receiver=Receiver.OWNER,
        proof=CodeProof(rotation=2, secret=new.secret), by=world.counter, at=MORNING,
    )  # fmt: skip


def test_an_exchange_is_both_acts_or_neither(session: Session, world: World) -> None:
    item, code = result(session, world)
    back = numbers.item_number(session, "BH")
    proof = CodeProof(rotation=1, secret=code.secret)
    nothing = Counts(originals=0, certified=0, photocopies=0)
    with pytest.raises(NothingRecovered):
        delivery.deliver(
            session, world.keys, item, receiver=Receiver.OWNER, proof=proof,
            recovered=Recovered(item=back, counts=nothing), by=world.counter, at=MORNING,
        )  # fmt: skip
    assert standing(session, item).state is not State.DELIVERED

    done = delivery.deliver(
        session, world.keys, item, receiver=Receiver.OWNER, proof=proof,
        recovered=Recovered(item=back, counts=Counts(originals=1, certified=0, photocopies=0)),
        by=world.counter, at=MORNING,
    )  # fmt: skip

    old = standing(session, back)
    assert done.exchange
    assert (old.leg, old.destination) == (Leg.RET, DESK)
    assert old.holder is not None
    assert old.holder.staff == world.counter.staff


def test_a_dossier_on_its_way_in_is_not_for_delivery(session: Session, world: World) -> None:
    (item,) = sealed(session, world)

    with pytest.raises(NotForDelivery):
        delivery.deliver(
            session, world.keys, item, receiver=Receiver.OWNER,
            proof=MessageProof(reference="otp-1"), by=world.counter, at=MORNING,
        )  # fmt: skip


def test_an_override_takes_a_manager_and_another_witness(session: Session, world: World) -> None:
    item, _ = result(session, world)
    with pytest.raises(RoleNeeded):
        delivery.deliver(
            session, world.keys, item, receiver=Receiver.OWNER,
            proof=OverrideProof(witness=world.manager.staff), by=world.counter, at=MORNING,
        )  # fmt: skip
    with pytest.raises(WitnessIsHimself):
        delivery.deliver(
            session, world.keys, item, receiver=Receiver.OWNER,
            proof=OverrideProof(witness=world.manager.staff), by=world.manager, at=MORNING,
        )  # fmt: skip

    delivery.deliver(
        session, world.keys, item, receiver=Receiver.OWNER,
        proof=OverrideProof(witness=world.counter.staff), by=world.manager, at=MORNING,
    )  # fmt: skip

    assert standing(session, item).state is State.DELIVERED


def test_two_attempts_then_two_invitations_two_working_days_apart(
    session: Session, world: World, calendar: WorkingCalendar
) -> None:
    item, _ = result(session, world)
    for day in range(2):
        delivery.attempt(
            session, world.keys, item, reason="R01", by=world.counter,
            at=MORNING + timedelta(days=2 * day),
        )  # fmt: skip
    second = MORNING + timedelta(days=2)  # Wednesday: Tuesday is a day off

    first = delivery.invite(
        session, world.keys, item, policy=POLICY, calendar=calendar, by=world.counter, at=second
    )
    assert (first.step, first.not_before) == (Step.INVITE, date(2026, 11, 27))
    with pytest.raises(InvitationTooEarly):
        delivery.invite(
            session, world.keys, item, policy=POLICY, calendar=calendar, by=world.counter,
            at=second + timedelta(days=1),
        )  # fmt: skip
    with pytest.raises(ReturnTooEarly):
        delivery.send_back(
            session, world.keys, item, why="not collected", policy=POLICY, calendar=calendar,
            by=world.counter, at=second + timedelta(days=2),
        )  # fmt: skip
    held = delivery.invite(
        session, world.keys, item, policy=POLICY, calendar=calendar, by=world.counter,
        at=second + timedelta(days=2),
    )  # fmt: skip

    assert held.step is Step.HOLD
    assert held.until is not None
    found = standing(session, item)
    assert (found.state, found.invitations, found.attempts) == (State.HELD, 2, 2)
    after = MORNING + timedelta(days=25)
    delivery.send_back(
        session, world.keys, item, why="not collected", policy=POLICY, calendar=calendar,
        by=world.counter, at=after,
    )  # fmt: skip
    assert standing(session, item).state is State.GOING_BACK


def test_who_refuses_gets_no_invitation(
    session: Session, world: World, calendar: WorkingCalendar
) -> None:
    item, _ = result(session, world)
    delivery.attempt(session, world.keys, item, reason="R05", by=world.counter, at=MORNING)

    delivery.send_back(
        session, world.keys, item, why="refused", policy=POLICY, calendar=calendar,
        by=world.counter, at=MORNING,
    )  # fmt: skip

    assert standing(session, item).state is State.GOING_BACK


def test_an_attempt_needs_a_reason_of_the_list(session: Session, world: World) -> None:
    item, _ = result(session, world)
    for reason in ("R99", "", "đi vắng", "R01'--"):
        with pytest.raises(UnknownReason):
            delivery.attempt(session, world.keys, item, reason=reason, by=world.counter, at=MORNING)


def test_nobody_reports_an_attempt_for_another(session: Session, world: World) -> None:
    item, _ = result(session, world)

    with pytest.raises(NotTheHolder):
        delivery.attempt(session, world.keys, item, reason="R01", by=world.far_courier, at=MORNING)


def asked_for(
    session: Session, world: World, item: ItemId, *, phone: str = "+84905123456", at: datetime
) -> str:
    return message_codes.send(
        session, world.vault, item, phone=phone, can_send=True, by=world.counter, at=at
    )


def sent_code(session: Session, world: World) -> str:
    """What the citizen's phone shows: the only place where the code can be read."""
    row = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first()
    assert row is not None
    reference = message_codes.newest(session, ItemId(row.subject))
    sealed_text = open_sealed(world.vault.master, row.payload, f"outbox|{reference}|payload")
    found = re.search(r": (\d{6})\.", json.loads(sealed_text)["text"])
    assert found is not None
    return found.group(1)


def test_a_message_code_is_used_once(session: Session, world: World) -> None:
    item, _ = result(session, world)
    asked_for(session, world, item, at=MORNING)
    code = sent_code(session, world)
    reference = message_codes.count_try(session, item, at=MORNING)
    message_codes.redeem(session, world.vault, reference, code, at=MORNING)

    assert message_codes.redeemed(session, item, reference)
    with pytest.raises(MessageCodeWrong):
        message_codes.count_try(session, item, at=MORNING)


def test_five_tries_then_the_code_is_dead(session: Session, world: World) -> None:
    item, _ = result(session, world)
    asked_for(session, world, item, at=MORNING)
    right = sent_code(session, world)
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        reference = message_codes.count_try(session, item, at=MORNING)
        with pytest.raises(MessageCodeWrong):
            message_codes.redeem(session, world.vault, reference, wrong, at=MORNING)

    with pytest.raises(MessageCodeWrong):
        message_codes.count_try(session, item, at=MORNING)


def test_a_code_expires_after_ten_minutes(session: Session, world: World) -> None:
    item, _ = result(session, world)
    asked_for(session, world, item, at=MORNING)

    with pytest.raises(MessageCodeWrong):
        message_codes.count_try(session, item, at=MORNING + timedelta(minutes=10))


def test_a_newer_code_takes_the_place_of_one_that_was_not_sent_yet(
    session: Session, world: World
) -> None:
    item, _ = result(session, world)
    asked_for(session, world, item, at=MORNING)
    asked_for(session, world, item, at=MORNING + timedelta(minutes=1))
    rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    assert [(each.state, each.error, bool(each.payload)) for each in rows] == [
        ("expired", "replaced", False),
        ("waiting", "", True),
    ]


def test_three_codes_an_item_and_day(session: Session, world: World) -> None:
    item, _ = result(session, world)
    for minute in range(3):
        at = MORNING + timedelta(minutes=minute)
        asked_for(session, world, item, at=at)

    with pytest.raises(TooManyCodes):
        asked_for(session, world, item, at=MORNING + timedelta(minutes=3))
    with pytest.raises(NoPhone):
        asked_for(session, world, item, phone="", at=MORNING)
    with pytest.raises(NoPhone):  # a landline shows no message
        asked_for(session, world, item, phone="+842353852345", at=MORNING)
