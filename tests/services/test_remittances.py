"""What was taken for an agency is listed by the day of its payment, and only counted cash goes on from here."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import sleep

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.ids import UnitCode
from postal_service.domain.money import Line, Means, PaymentState
from postal_service.services import cash, charges, remittances
from postal_service.services.charges import BadReference, ChargeId, Due
from postal_service.services.reception import Received
from postal_service.services.remittances import Days, TillChanged
from postal_service.storage.schema import MoneyRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.services import world as w
from tests.services.registrations import register, registration
from tests.services.world import World, build

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


def shown(session: Session, by: Actor, line: Line = Line.STATE_FEE) -> str:
    """The mark of what a page shows of the list, or of a line of the till."""
    if line is Line.STATE_FEE:
        return remittances.fees_to_remit(session, w.AGENCY, TODAY, by=by).mark
    return remittances.till_to_empty(session, line, by=by).mark


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
        remittances.remit(session, w.AGENCY, days, shown="", reference="GNT 1", by=by, at=LATER)
    handed_in(session, world)
    assert [each.in_till_dong for each in remittances.agencies(session, days, by=by)] == [8_000]

    mark = shown(session, by)
    told = remittances.remit(
        session, w.AGENCY, days, shown=mark, reference="GNT 1", by=by, at=LATER
    )  # fmt: skip

    assert told == (1, 8_000)
    states = {each.state for each in remittances.whole(session, w.AGENCY, days, by=by)}
    assert states == {PaymentState.REMITTED, PaymentState.PAID}
    assert cash.till_of(session, w.OFFICE) == {Line.POSTAGE: 26_000}
    with pytest.raises(remittances.NothingToRemit):
        remittances.remit(session, w.AGENCY, days, shown=mark, reference="GNT 2", by=by, at=LATER)


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
            session, w.AGENCY, TODAY, shown=shown(session, world.manager), reference="GNT 1",
            by=getattr(world, who), at=LATER,
        )  # fmt: skip


def test_a_reference_that_is_too_long_remits_nothing(session: Session, world: World) -> None:
    paid(session, world)
    handed_in(session, world)
    with pytest.raises(BadReference):
        remittances.remit(
            session, w.AGENCY, TODAY, shown=shown(session, world.manager), reference="x" * 121,
            by=world.manager, at=LATER,
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

    told = remittances.empty_till(
        session, Line.POSTAGE, shown=shown(session, by, Line.POSTAGE), reference="GNT 1", by=by,
        at=LATER,
    )  # fmt: skip

    assert told == (2, 52_000)
    assert cash.till_of(session, w.OFFICE) == {Line.STATE_FEE: 16_000}
    for line, refusal in (
        (Line.POSTAGE, remittances.NothingToRemit),
        (Line.COLLECTED_FOR_OTHERS, remittances.NothingToRemit),
        (Line.STATE_FEE, remittances.FeesGoByAgency),
    ):
        with pytest.raises(refusal):
            remittances.empty_till(session, line, shown="", reference="GNT 2", by=by, at=LATER)
    with pytest.raises(RoleNeeded):
        remittances.empty_till(
            session, Line.POSTAGE, shown="", reference="1", by=world.counter, at=LATER
        )  # fmt: skip


def test_a_full_till_goes_on_in_parts(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remittances, "MOST_AT_ONCE", 1)
    paid(session, world)
    paid(session, world)
    handed_in(session, world)

    for left in (26_000, 0):
        step = remittances.till_to_empty(session, Line.POSTAGE, by=world.manager)
        assert (len(step.charges), step.dong, step.leaves_some) == (1, 26_000, left > 0)
        remittances.empty_till(
            session, Line.POSTAGE, shown=step.mark, reference="GNT 1", by=world.manager, at=LATER
        )  # fmt: skip
        assert cash.till_of(session, w.OFFICE).get(Line.POSTAGE, 0) == left


def test_what_is_counted_after_the_page_was_shown_is_told_with_the_next_receipt(
    session: Session, world: World
) -> None:
    paid(session, world)
    handed_in(session, world)
    by = world.manager
    mark, of_postage = shown(session, by), shown(session, by, Line.POSTAGE)
    paid(session, world)  # while he is at the bank
    paid(session, world)
    handed_in(session, world)

    told = remittances.remit(
        session, w.AGENCY, TODAY, shown=mark, reference="GNT 1", by=by, at=LATER
    )  # fmt: skip
    assert told == (1, 8_000)
    postage = remittances.empty_till(
        session, Line.POSTAGE, shown=of_postage, reference="GNT 2", by=by, at=LATER
    )  # fmt: skip
    assert postage == (1, 26_000)

    assert cash.till_of(session, w.OFFICE) == {Line.STATE_FEE: 16_000, Line.POSTAGE: 52_000}
    rest = remittances.fees_to_remit(session, w.AGENCY, TODAY, by=by)
    assert (len(rest.charges), rest.dong, rest.leaves_some) == (2, 16_000, False)


def test_more_fees_than_one_step_takes_are_told_in_steps_of_what_was_shown(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remittances, "MOST_AT_ONCE", 2)
    for _ in range(3):
        paid(session, world)
    handed_in(session, world)
    by = world.manager
    first = remittances.fees_to_remit(session, w.AGENCY, TODAY, by=by)
    assert (len(first.charges), first.dong, first.leaves_some) == (2, 16_000, True)
    paid(session, world)
    handed_in(session, world)

    told = remittances.remit(
        session, w.AGENCY, TODAY, shown=first.mark, reference="GNT 1", by=by, at=LATER
    )  # fmt: skip

    assert told == (2, 16_000)
    rest = remittances.fees_to_remit(session, w.AGENCY, TODAY, by=by)
    assert (len(rest.charges), rest.dong, rest.leaves_some) == (2, 16_000, False)


@pytest.mark.parametrize("mark", ["", "x", "-", "0-0", "9" * 30, "9" * 18 + "-x", "²-x", "-1-x"])
def test_a_mark_that_nobody_was_shown_tells_nothing(
    session: Session, world: World, mark: str
) -> None:
    paid(session, world)
    handed_in(session, world)
    before = cash.till_of(session, w.OFFICE)
    with pytest.raises(TillChanged):
        remittances.remit(
            session, w.AGENCY, TODAY, shown=mark, reference="GNT 1", by=world.manager, at=LATER
        )  # fmt: skip
    with pytest.raises(TillChanged):
        remittances.empty_till(
            session, Line.POSTAGE, shown=mark, reference="GNT 1", by=world.manager, at=LATER
        )  # fmt: skip
    assert cash.till_of(session, w.OFFICE) == before


def test_what_was_shown_and_given_back_or_told_meanwhile_is_out_of_date(
    session: Session, world: World
) -> None:
    for _ in range(2):
        paid(session, world)
    handed_in(session, world)
    by = world.manager
    mark, of_postage = shown(session, by), shown(session, by, Line.POSTAGE)
    for line in (Line.STATE_FEE, Line.POSTAGE):
        entry = session.scalars(
            cash.in_till(w.OFFICE).where(MoneyRow.line == line.value).order_by(MoneyRow.id)
        ).first()
        assert entry is not None
        charges.refund(session, ChargeId(entry.charge), basis="thu nhầm", by=by, at=LATER)

    with pytest.raises(TillChanged):
        remittances.remit(
            session, w.AGENCY, TODAY, shown=mark, reference="GNT 1", by=by, at=LATER
        )  # fmt: skip
    with pytest.raises(TillChanged):
        remittances.empty_till(
            session, Line.POSTAGE, shown=of_postage, reference="GNT 1", by=by, at=LATER
        )  # fmt: skip


def test_of_two_managers_at_once_the_second_tells_nothing(committed_sessions: Sessions) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        paid(session, world)
        handed_in(session, world)
        mark = shown(session, world.manager)

    def tell(session: Session) -> tuple[int, int]:
        return remittances.remit(
            session, w.AGENCY, TODAY, shown=mark, reference="GNT 1", by=world.manager, at=LATER
        )  # fmt: skip

    def second() -> tuple[int, int] | None:
        try:
            with transaction(committed_sessions) as session:
                return tell(session)
        except (TillChanged, remittances.NothingToRemit):
            return None

    with ThreadPoolExecutor(1) as other:
        with transaction(committed_sessions) as session:
            assert tell(session) == (1, 8_000)
            waiting = other.submit(second)
            sleep(0.5)  # the other one has asked, and waits
        assert waiting.result(timeout=60) is None
    with reading(committed_sessions) as session:
        told = session.scalars(select(MoneyRow.charge).filter_by(state="remitted")).all()
        assert len(told) == 1
