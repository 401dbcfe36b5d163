"""Money: three lines that are never netted, and a purse that must be right line by line."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from postal_service.domain import attempts
from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.money import Line, Means, PaymentState, WithoutBasis, WrongStep
from postal_service.domain.standing import Money
from postal_service.services import cash, charges, dossiers, orders_reading, places
from postal_service.services.charges import ChargeId, Due
from postal_service.services.directory import UnknownStaff
from postal_service.storage.schema import DossierRow
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.registrations import register, registration
from tests.services.world import World

LATER = w.MORNING + timedelta(hours=2)


@pytest.fixture
def fee_and_postage(session: Session, world: World) -> tuple[ChargeId, ChargeId]:
    dues = (
        Due(line=Line.STATE_FEE, amount_dong=8_000),
        Due(line=Line.POSTAGE, amount_dong=26_000),
    )
    received = register(session, world, registration(session, dues=dues))
    fee, postage = charges.accounts(session, received.dossier)
    return fee.id, postage.id


def _pay(session: Session, charge: ChargeId, by: Actor, means: Means = Means.CASH) -> None:
    charges.pay(session, charge, means, reference="BL-1", by=by, at=LATER)


def _money(session: Session, charge: ChargeId) -> Money:
    return dossiers.load(session, charges.account(session, charge).dossier).money


def test_a_dossier_is_due_until_every_line_is_settled(
    session: Session, world: World, fee_and_postage: tuple[ChargeId, ChargeId]
) -> None:
    fee, postage = fee_and_postage
    assert _money(session, fee) is Money.DUE
    _pay(session, fee, world.counter)
    assert _money(session, fee) is Money.DUE
    charges.exempt(session, postage, basis="Hộ nghèo", by=world.counter, at=LATER)
    assert _money(session, fee) is Money.PAID


def test_a_stored_charge_of_nothing_leaves_its_dossier_as_if_it_were_not_there(
    session: Session, world: World
) -> None:
    received = register(session, world, registration(session, w.BUILDING, result_by_post=False))
    nothing = Due(line=Line.STATE_FEE, amount_dong=0)
    charge = charges.open_due(session, received.dossier, nothing, by=world.counter, at=LATER)

    assert _money(session, charge) is Money.NONE
    assert charges.owed(session, [received.dossier]) == {}
    charges.exempt(session, charge, basis="Hộ nghèo", by=world.counter, at=LATER)
    assert _money(session, charge) is Money.EXEMPT


def test_a_charge_of_nothing_keeps_no_courier_longer_at_a_door(
    session: Session, world: World
) -> None:
    [item] = d.results_at_office(session, world, d.homes(1))
    dossier = dossiers.of_items(session, [item])[item]
    [fee] = charges.accounts(session, dossier)
    charges.exempt(session, fee.id, basis="Hộ nghèo", by=world.counter, at=LATER)
    nothing = Due(line=Line.POSTAGE, amount_dong=0)
    charges.open_due(session, dossier, nothing, by=world.counter, at=LATER)
    row = session.get_one(DossierRow, dossier)
    row.money = Money.DUE.value  # as it was written before
    session.flush()

    office = places.place(session, w.OFFICE, day=d.DAY)
    [order] = orders_reading.of_the_day(
        session, world.vault, office, d.DAY, policy=attempts.STANDARD
    )

    assert (order.dossier, order.cash_dong) == (dossier, 0)
    assert order.service_seconds == orders_reading.DOOR_SECONDS


def test_what_is_paid_is_not_paid_again_nor_waived(
    session: Session, world: World, fee_and_postage: tuple[ChargeId, ChargeId]
) -> None:
    fee, _ = fee_and_postage
    _pay(session, fee, world.counter)
    with pytest.raises(WrongStep):
        _pay(session, fee, world.counter)
    with pytest.raises(WrongStep):
        charges.exempt(session, fee, basis="Hộ nghèo", by=world.counter, at=LATER)


def test_an_exemption_and_a_refund_name_their_reason(
    session: Session, world: World, fee_and_postage: tuple[ChargeId, ChargeId]
) -> None:
    fee, _ = fee_and_postage
    with pytest.raises(WithoutBasis):
        charges.exempt(session, fee, basis=" ", by=world.counter, at=LATER)
    _pay(session, fee, world.counter)
    with pytest.raises(WithoutBasis):
        charges.refund(session, fee, basis="", by=world.manager, at=LATER)
    with pytest.raises(RoleNeeded):
        charges.refund(session, fee, basis="Thu nhầm", by=world.counter, at=LATER)
    refunded = charges.refund(session, fee, basis="Thu nhầm", by=world.manager, at=LATER)
    assert refunded.charge.state is PaymentState.REFUNDED


def test_who_takes_no_money_takes_no_money(
    session: Session, world: World, fee_and_postage: tuple[ChargeId, ChargeId]
) -> None:
    with pytest.raises(RoleNeeded):
        _pay(session, fee_and_postage[0], world.auditor)
    with pytest.raises(charges.UnknownCharge):
        _pay(session, ChargeId("?"), world.counter)
    with pytest.raises(charges.BadReference):
        charges.pay(
            session, fee_and_postage[0], Means.CASH, reference="x" * 121, by=world.counter, at=LATER
        )


def test_a_courier_hands_in_what_he_took_line_by_line(
    session: Session, world: World, fee_and_postage: tuple[ChargeId, ChargeId]
) -> None:
    fee, postage = fee_and_postage
    _pay(session, fee, world.courier)
    _pay(session, postage, world.courier)
    held = cash.of(session, world.courier.staff)
    assert held.by_line == {Line.STATE_FEE: 8_000, Line.POSTAGE: 26_000}

    cash.hand_in(session, world.courier.staff, held.by_line, by=world.counter, at=LATER)
    assert cash.of(session, world.courier.staff).charges == ()
    assert charges.account(session, fee).charge.state is PaymentState.HANDED_IN
    assert cash.of(session, world.counter.staff).charges == ()  # the safe's, not hers


@pytest.mark.parametrize(
    "counted",
    [
        {},
        {Line.STATE_FEE: 8_000},
        {Line.STATE_FEE: 9_000, Line.POSTAGE: 25_000},  # the sum is right, the lines are not
        {Line.STATE_FEE: 8_000, Line.POSTAGE: 26_000, Line.COLLECTED_FOR_OTHERS: 1},
    ],
)
def test_a_surplus_of_one_line_never_fills_another(
    session: Session,
    world: World,
    fee_and_postage: tuple[ChargeId, ChargeId],
    counted: dict[Line, int],
) -> None:
    for charge in fee_and_postage:
        _pay(session, charge, world.courier)
    with pytest.raises(cash.CashDiffers):
        cash.hand_in(session, world.courier.staff, counted, by=world.counter, at=LATER)
    assert len(cash.of(session, world.courier.staff).charges) == 2


def test_nobody_hands_in_to_himself_or_nothing(session: Session, world: World) -> None:
    with pytest.raises(cash.TakesFromHimself):
        cash.hand_in(session, world.counter.staff, {}, by=world.counter, at=LATER)
    with pytest.raises(cash.NothingToHandIn):
        cash.hand_in(session, world.courier.staff, {}, by=world.counter, at=LATER)
    with pytest.raises(RoleNeeded):
        cash.hand_in(session, world.courier.staff, {}, by=world.courier, at=LATER)


def test_cash_is_remitted_after_it_was_handed_in_a_transfer_at_once(
    session: Session, world: World, fee_and_postage: tuple[ChargeId, ChargeId]
) -> None:
    fee, postage = fee_and_postage
    _pay(session, fee, world.counter)
    _pay(session, postage, world.counter, Means.TRANSFER_CODE)

    with pytest.raises(WrongStep):
        charges.remit(session, [postage, fee], reference="UNC-1", by=world.manager, at=LATER)
    # All or nothing: the transfer was not remitted either.
    assert charges.account(session, postage).charge.state is PaymentState.PAID
    cash.hand_in(
        session, world.counter.staff, {Line.STATE_FEE: 8_000}, by=world.second_counter, at=LATER
    )
    assert (
        charges.remit(session, [postage, fee], reference="UNC-1", by=world.manager, at=LATER) == 2
    )
    with pytest.raises(RoleNeeded):
        charges.remit(session, [fee], reference="UNC-1", by=world.counter, at=LATER)


def test_the_book_of_money_only_grows(
    session: Session, world: World, fee_and_postage: tuple[ChargeId, ChargeId]
) -> None:
    before = session.scalar(text("SELECT count(*) FROM money_entry"))
    _pay(session, fee_and_postage[0], world.counter)
    assert session.scalar(text("SELECT count(*) FROM money_entry")) == (before or 0) + 1
    with pytest.raises(DatabaseError):
        session.execute(text("UPDATE money_entry SET amount_dong = 0"))


def test_a_cashier_takes_no_cash_from_another_offices_staff(session: Session, world: World) -> None:
    with pytest.raises(UnknownStaff):
        cash.hand_in(session, world.far_courier.staff, {}, by=world.counter, at=LATER)
