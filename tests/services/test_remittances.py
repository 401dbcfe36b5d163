"""What was taken for an agency is listed by the day of its payment, and only counted cash goes on from here."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.ids import UnitCode
from postal_service.domain.money import Line, Means, PaymentState
from postal_service.services import cash, charges, remittances
from postal_service.services.charges import BadReference, Due
from postal_service.services.reception import Received
from postal_service.services.remittances import Days
from tests.services import world as w
from tests.services.registrations import register, registration
from tests.services.world import World

TODAY = Days(since=w.MORNING - timedelta(hours=9), until=w.MORNING + timedelta(hours=15))
LATER = w.MORNING + timedelta(hours=2)


def paid(
    session: Session,
    world: World,
    *,
    agency: UnitCode = w.AGENCY,
    means: Means = Means.CASH,
    by: Actor | None = None,
    basis: str = "",
    at: datetime = w.MORNING,
) -> Received:
    """A dossier whose fee and postage were paid at once."""
    dues = (
        Due(line=Line.STATE_FEE, amount_dong=8_000, paid_by=means, basis=basis),
        Due(line=Line.POSTAGE, amount_dong=26_000, paid_by=means),
    )
    return register(session, world, registration(session, agency=agency, dues=dues), by=by, at=at)


def handed_in(session: Session, world: World) -> None:
    held = cash.of(session, world.counter.staff)
    cash.hand_in(
        session, world.counter.staff, held.by_line, by=world.second_counter, at=LATER
    )  # fmt: skip


def test_each_agency_has_its_own_list_and_postage_is_on_none(
    session: Session, world: World
) -> None:
    mine = paid(session, world)
    paid(session, world, agency=w.FAR_AGENCY)

    found = remittances.agencies(session, TODAY, by=world.manager)

    assert {(each.agency, each.count, each.dong) for each in found} == {
        (w.AGENCY, 1, 8_000),
        (w.FAR_AGENCY, 1, 8_000),
    }
    (fee,), following = remittances.fees(session, w.AGENCY, TODAY, by=world.manager)
    assert (fee.dossier_code, fee.procedure_code, fee.amount_dong) == (mine.code, w.EXTRACT, 8_000)
    assert (fee.state, fee.means, following) == (PaymentState.PAID, Means.CASH, 0)
    assert fee.source  # the catalogue's


def test_the_decision_that_a_clerk_named_stands_before_the_catalogues(
    session: Session, world: World
) -> None:
    paid(session, world, basis="Nghị quyết 5")

    (fee,), _ = remittances.fees(session, w.AGENCY, TODAY, by=world.manager)

    assert fee.source == "Nghị quyết 5"


def test_only_counted_cash_is_remitted_and_only_once(session: Session, world: World) -> None:
    paid(session, world)
    paid(session, world, means=Means.TRANSFER_CODE)
    days, by = TODAY, world.manager
    with pytest.raises(remittances.NothingToRemit):
        remittances.remit(session, w.AGENCY, days, reference="GNT 1", by=by, at=LATER)
    handed_in(session, world)
    assert [each.in_till_dong for each in remittances.agencies(session, days, by=by)] == [8_000]

    told = remittances.remit(session, w.AGENCY, days, reference="GNT 1", by=by, at=LATER)

    assert told == (1, 8_000)
    states = {each.state for each in remittances.whole(session, w.AGENCY, days, by=by)}
    assert states == {PaymentState.REMITTED, PaymentState.PAID}
    assert cash.till_of(session, w.OFFICE) == {Line.POSTAGE: 26_000}
    with pytest.raises(remittances.NothingToRemit):
        remittances.remit(session, w.AGENCY, days, reference="GNT 2", by=by, at=LATER)


def test_what_was_given_back_is_not_listed(session: Session, world: World) -> None:
    made = paid(session, world)
    fee = next(
        each
        for each in charges.accounts(session, made.dossier)
        if each.charge.line is Line.STATE_FEE
    )
    charges.refund(session, fee.id, basis="thu nhầm", by=world.manager, at=LATER)

    assert remittances.agencies(session, TODAY, by=world.manager) == []


def test_another_days_fees_and_another_offices_are_not_on_the_list(
    session: Session, world: World
) -> None:
    paid(session, world)
    tomorrow = Days(since=TODAY.until, until=TODAY.until + timedelta(days=1))

    assert remittances.agencies(session, tomorrow, by=world.manager) == []
    assert remittances.agencies(session, TODAY, by=world.far_counter) == []
    assert remittances.fees(session, w.AGENCY, TODAY, by=world.far_counter) == ([], 0)
    assert len(remittances.agencies(session, TODAY, by=world.auditor)) == 1


@pytest.mark.parametrize("who", ["courier", "desk_clerk", "officer", "administrator"])
def test_who_has_nothing_to_do_with_cash_sees_no_list(
    session: Session, world: World, who: str
) -> None:
    by = getattr(world, who)
    with pytest.raises(RoleNeeded):
        remittances.agencies(session, TODAY, by=by)
    with pytest.raises(RoleNeeded):
        remittances.whole(session, w.AGENCY, TODAY, by=by)


@pytest.mark.parametrize("who", ["counter", "auditor", "courier", "administrator"])
def test_only_a_manager_tells_that_money_went_on(session: Session, world: World, who: str) -> None:
    paid(session, world)
    handed_in(session, world)
    with pytest.raises(RoleNeeded):
        remittances.remit(
            session, w.AGENCY, TODAY, reference="GNT 1", by=getattr(world, who), at=LATER
        )  # fmt: skip


def test_a_reference_that_is_too_long_remits_nothing(session: Session, world: World) -> None:
    paid(session, world)
    handed_in(session, world)
    with pytest.raises(BadReference):
        remittances.remit(
            session, w.AGENCY, TODAY, reference="x" * 121, by=world.manager, at=LATER
        )  # fmt: skip


def test_a_list_goes_on_page_by_page_and_a_paper_says_when_it_is_too_long(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        paid(session, world)
    by = world.manager

    first, following = remittances.fees(session, w.AGENCY, TODAY, by=by, most=2)
    rest, end = remittances.fees(session, w.AGENCY, TODAY, by=by, after=following, most=2)

    assert (len(first), len(rest), end) == (2, 1, 0)
    monkeypatch.setattr(remittances, "MOST_PRINTED", 2)
    with pytest.raises(remittances.TooManyFees):
        remittances.whole(session, w.AGENCY, TODAY, by=by)


def test_the_tills_postage_goes_on_whole_and_the_fees_do_not_go_with_it(
    session: Session, world: World
) -> None:
    paid(session, world)
    paid(session, world)
    handed_in(session, world)
    by = world.manager

    told = remittances.empty_till(session, Line.POSTAGE, reference="GNT 1", by=by, at=LATER)

    assert told == (2, 52_000)
    assert cash.till_of(session, w.OFFICE) == {Line.STATE_FEE: 16_000}
    for line, refusal in (
        (Line.POSTAGE, remittances.NothingToRemit),
        (Line.COLLECTED_FOR_OTHERS, remittances.NothingToRemit),
        (Line.STATE_FEE, remittances.FeesGoByAgency),
    ):
        with pytest.raises(refusal):
            remittances.empty_till(session, line, reference="GNT 2", by=by, at=LATER)
    with pytest.raises(RoleNeeded):
        remittances.empty_till(session, Line.POSTAGE, reference="1", by=world.counter, at=LATER)


def test_a_full_till_goes_on_in_parts(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remittances, "MOST_AT_ONCE", 1)
    paid(session, world)
    paid(session, world)
    handed_in(session, world)

    for left in (26_000, 0):
        remittances.empty_till(
            session, Line.POSTAGE, reference="GNT 1", by=world.manager, at=LATER
        )  # fmt: skip
        assert cash.till_of(session, w.OFFICE).get(Line.POSTAGE, 0) == left
