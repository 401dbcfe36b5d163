"""Seals, bags' contents and devices are told by the ledger too: a change is named, and a rebuild puts it right."""

import os
from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain.acts import CorrectionKind
from postal_service.domain.ids import DeviceId, ItemId
from postal_service.domain.rewriting import Changes
from postal_service.ledger import reading, signing
from postal_service.projections import comparing
from postal_service.services import corrections, devices, enrolling, sealing, transport
from postal_service.services.recording import SealUsed
from postal_service.storage.schema import (
    BagContentRow,
    DeviceRow,
    HoldingRow,
    SealReuseRow,
    SealRow,
)
from tests.clock import NOON, Clock
from tests.mobile_api.phones import collected, number
from tests.questions import questions
from tests.services.in_hand import sealed, standing
from tests.services.phones import no_line, statuses, upload
from tests.services.world import FAR_OFFICE, MORNING, World

TABLES = (SealRow, SealReuseRow, BagContentRow, DeviceRow, HoldingRow)


@pytest.fixture
def phone(session: Session, world: World, clock: Clock) -> Phone:
    """A courier's phone that its head has confirmed."""
    phone = Phone(no_line, clock)
    enrolling.confirm(
        session, world.keys, *presented(session, world, phone), by=world.manager, at=NOON
    )
    return phone


def presented(session: Session, world: World, phone: Phone) -> tuple[DeviceId, str]:
    """A phone that waits for its head; its number and its six characters."""
    code = enrolling.issue_code(
        session, world.courier.staff, entropy=os.urandom(17), by=world.manager, at=NOON
    ).code
    public = signing.public_bytes(phone._key)
    message = enrolling.enrolment_message(code, "ed25519", public)
    shown = enrolling.present_key(
        session,
        code,
        algorithm="ed25519",
        public_key=public,
        proof=signing.sign_message(phone._key, message),
        at=NOON,
    )
    phone.enrolled(shown.id, shown.staff, shown.unit)
    return shown.id, shown.fingerprint


def differing(session: Session) -> list[str]:
    session.flush()
    return sorted(comparing.differing(session))


def tables(session: Session) -> list[list[tuple[object, ...]]]:
    session.expire_all()
    return [
        sorted((tuple(row) for row in session.execute(select(kind.__table__))), key=repr)
        for kind in TABLES
    ]


def put_right(session: Session, before: list[list[tuple[object, ...]]]) -> None:
    """After a rebuild everything is as it was, and nothing differs."""
    projections.rebuild(session)
    assert differing(session) == []
    assert tables(session) == before


# --- Seals -----------------------------------------------------------------------------------------


def _lost_seal(session: Session, item: ItemId) -> None:
    session.execute(delete(SealRow).filter_by(item=item))


def _seal_of_another(session: Session, item: ItemId) -> None:
    session.execute(update(SealRow).filter_by(item=item).values(item="ZZ000000005VN"))


def _seal_by_another_event(session: Session, item: ItemId) -> None:
    session.execute(update(SealRow).filter_by(item=item).values(event_id="nothing"))


@pytest.mark.parametrize("change", [_lost_seal, _seal_of_another, _seal_by_another_event])
def test_a_changed_seal_is_named_and_told_anew(
    session: Session, world: World, change: Callable[[Session, ItemId], None]
) -> None:
    item, _ = sealed(session, world, 2)
    serial, before = standing(session, item).seal, tables(session)
    change(session, item)

    assert differing(session) == [f"seal of {serial}"]

    put_right(session, before)
    with pytest.raises(SealUsed):
        sealing.free(session, serial)


def test_a_serial_that_nobody_told_is_named(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    before = tables(session)
    session.execute(insert(SealRow).values(serial="S-NEVER", item=item, event_id="nothing"))

    assert differing(session) == ["seal of S-NEVER"]
    put_right(session, before)


def test_who_told_a_used_serial_is_named_and_told_anew(
    session: Session, world: World, phone: Phone
) -> None:
    (first,) = sealed(session, world)
    second = collected(phone, number(session), standing(session, first).seal).item
    assert statuses(upload(session, phone, phone.outbox)) == ["accepted"] * 2
    before = tables(session)
    event = session.scalars(select(SealReuseRow.event_id)).one()
    session.execute(delete(SealReuseRow))

    assert differing(session) == [f"holding of {second}", f"seal_reuse of {event}"]
    put_right(session, before)


def test_corrected_serials_are_told_anew_as_they_are(
    session: Session, world: World, phone: Phone
) -> None:
    # given a serial that passes on to its heir, one that is free, and one that was put right twice
    first, other, third = sealed(session, world, 3)
    collected(phone, number(session), standing(session, first).seal)
    upload(session, phone, phone.outbox)

    def right(item: ItemId, seal: str) -> None:
        event = next(
            each
            for each in reversed(corrections.told_of(session, item))
            if isinstance(_act(session, item, each), acts.Pack)
        )
        corrections.rewrite(
            session, world.keys, event, Changes(seal=seal), maker=world.counter.staff, why="",
            by=world.manager, at=MORNING,
        )  # fmt: skip

    right(first, "NP-1")
    corrections.correct(
        session, world.keys, corrections.told_of(session, other)[-1],
        kind=CorrectionKind.DID_NOT_OCCUR, maker=world.counter.staff, why="", by=world.manager,
        at=MORNING,
    )  # fmt: skip
    right(third, "NP-2")
    right(third, "NP-3")

    assert differing(session) == []
    put_right(session, tables(session))


def _act(session: Session, item: ItemId, event: str) -> acts.Act:
    return next(
        each.event.act for each in reading.entries_of(session, item) if each.event.id == event
    )


# --- Bags ------------------------------------------------------------------------------------------


def bagged(session: Session, world: World, count: int = 2) -> transport.Bagged:
    return transport.pack_bag(
        session, world.keys, sealed(session, world, count), destination=FAR_OFFICE, seal="TUI-1",
        item_prefix="BT", by=world.counter, at=MORNING,
    )  # fmt: skip


def test_what_was_taken_off_a_bag_s_list_is_named_and_put_back(
    session: Session, world: World
) -> None:
    made = bagged(session, world)
    before = tables(session)
    session.execute(delete(BagContentRow).filter_by(item=made.items[0]))

    assert differing(session) == [f"bag_content of {made.items[0]}"]
    put_right(session, before)


def test_what_was_put_on_a_bag_s_list_is_named_and_taken_off(
    session: Session, world: World
) -> None:
    made = bagged(session, world)
    (stranger,) = sealed(session, world)
    before = tables(session)
    session.execute(insert(BagContentRow).values(bag=made.bag, item=stranger))

    assert differing(session) == [f"bag_content of {stranger}"]
    put_right(session, before)


def test_a_phone_puts_nothing_on_the_list_of_a_sealed_bag(
    session: Session, world: World, phone: Phone
) -> None:
    made = bagged(session, world)
    parcel = collected(phone, number(session), "S-PHONE")
    phone.tell(parcel.item, acts.Bag(bag=made.bag))
    assert statuses(upload(session, phone, phone.outbox)) == ["accepted"] * 3

    assert differing(session) == []
    put_right(session, tables(session))


# --- Devices ---------------------------------------------------------------------------------------


def revoked(session: Session, world: World, phone: Phone) -> None:
    devices.revoke(session, world.keys, phone.device, why="lost", by=world.manager, at=NOON)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "active"),
        ("unit", "zzz"),
        ("staff", "s-counter"),
        ("kind", "office"),
        ("algorithm", "p256"),
        ("public_key", bytes(32)),
        ("revoked_at", None),
    ],
)
def test_a_changed_device_is_named_and_put_right(
    session: Session, world: World, phone: Phone, column: str, value: object
) -> None:
    revoked(session, world, phone)
    assert differing(session) == []
    before = tables(session)
    session.execute(update(DeviceRow).filter_by(id=phone.device).values({column: value}))

    assert differing(session) == [f"device {phone.device} ({column})"]
    put_right(session, before)


def test_a_lost_phone_is_made_anew_and_its_chain_goes_on(
    session: Session, world: World, phone: Phone
) -> None:
    collected(phone, number(session), "S-1")
    upload(session, phone, phone.outbox)
    before = tables(session)
    session.execute(delete(DeviceRow).filter_by(id=phone.device))

    assert differing(session) == [f"device {phone.device}"]
    put_right(session, before)


def test_a_lost_office_is_named_and_not_made_without_its_key(
    session: Session, world: World
) -> None:
    sealed(session, world)
    office = session.scalars(select(DeviceRow.id).filter_by(kind="office", unit=world.counter.unit))
    gone = office.one()
    session.execute(delete(DeviceRow).filter_by(id=gone))
    session.expire_all()

    projections.rebuild(session)

    # Another key takes its place at the next act; that the old one is gone stays true.
    assert differing(session) == [f"device {gone}"]
    sealed(session, world)
    assert differing(session) == [f"device {gone}"]


def test_a_phone_that_waits_or_was_turned_away_is_no_difference(
    session: Session, world: World, clock: Clock
) -> None:
    presented(session, world, Phone(no_line, clock))
    turned_away = Phone(no_line, clock)
    presented(session, world, turned_away)
    revoked(session, world, turned_away)

    assert differing(session) == []
    put_right(session, tables(session))


def test_a_phone_that_nobody_confirmed_is_not_active(
    session: Session, world: World, clock: Clock
) -> None:
    waiting = Phone(no_line, clock)
    presented(session, world, waiting)
    session.execute(update(DeviceRow).filter_by(id=waiting.device).values(status="active"))

    assert differing(session) == [f"device {waiting.device} (status)"]
    projections.rebuild(session)
    assert differing(session) == []
    assert session.scalars(select(DeviceRow.status).filter_by(id=waiting.device)).one() == "revoked"


# --- All of them -----------------------------------------------------------------------------------


def test_more_of_everything_asks_no_more(session: Session, world: World) -> None:
    bagged(session, world, 2)
    few = questions(session, lambda: differing(session))
    sealed(session, world, 30)

    assert questions(session, lambda: differing(session)) == few
