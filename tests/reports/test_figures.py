"""What a head reads is what happened: small worlds, counted by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from postal_service.domain.acts import CodeProof, Leg, Receiver
from postal_service.domain.custody import State
from postal_service.domain.ids import UnitCode
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import VIETNAM
from postal_service.reports import BadPeriod, Period, Report, make, tables
from postal_service.reports.held import Held
from postal_service.services import administrative, delivery, handovers
from tests.clock import Clock
from tests.reports import rows
from tests.services import signed_phones
from tests.services import world as w
from tests.services.in_hand import result
from tests.services.journeys import received
from tests.services.phones import known_phone
from tests.services.world import World

NOVEMBER = Period(first=date(2026, 11, 1), last=date(2026, 11, 30))
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=VIETNAM)


def at(day: int, hour: int = 9, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=VIETNAM)


def report(
    session: Session, world: World, unit: UnitCode = w.PROVINCE, period: Period = NOVEMBER
) -> Report:
    rows.write_ledger(session)
    return make(session, unit, period, by=world.auditor, at=NOW)


def test_dossiers_are_late_on_time_or_overdue_by_the_national_formula(
    session: Session, world: World
) -> None:
    due = at(10)
    rows.dossier(session, world, received=at(2), state="resolved", due=due, settled=at(9))
    rows.dossier(session, world, received=at(2), state="returned", due=due, settled=at(9))
    rows.dossier(
        session, world, received=at(30, month=10), state="resolved", due=due, settled=at(11)
    )
    rows.dossier(session, world, received=at(2), due=at(20))  # open, past its date
    rows.dossier(session, world, received=at(2), due=at(25))  # open, has time
    rows.dossier(session, world, received=at(2), due=at(20), state="supplement")  # clock stands
    rows.dossier(session, world, received=None, state="posted")  # the agency has it not yet
    rows.dossier(
        session, world, received=at(2, month=10), state="resolved", settled=at(3, month=10)
    )

    found = report(session, world).total.dossiers

    assert (found.received, found.settled) == (5, 3)
    assert (found.on_time, found.late, found.overdue) == (2, 1, 1)
    assert found.on_time_share == Fraction(2, 4)


def test_what_was_settled_since_was_overdue_at_the_end_of_its_month(
    session: Session, world: World
) -> None:
    rows.dossier(
        session,
        world,
        received=at(5, month=10),
        due=at(20, month=10),
        settled=at(3),
        state="resolved",
    )
    october = Period(first=date(2026, 10, 1), last=date(2026, 10, 31))

    assert report(session, world, period=october).total.dossiers.overdue == 1
    assert report(session, world).total.dossiers.overdue == 0
    assert report(session, world).total.dossiers.late == 1


def test_the_posts_share_is_of_what_came_in_and_of_what_was_settled(
    session: Session, world: World
) -> None:
    rows.dossier(session, world, received=at(2), helped=w.OFFICE, channel="online")
    rows.dossier(session, world, received=at(2), channel="post")
    rows.dossier(session, world, received=at(2))
    rows.dossier(session, world, received=at(2), settled=at(3), state="resolved", home=True)

    found = report(session, world).total.dossiers

    assert found.in_by_post_share == Fraction(2, 4)
    assert found.out_by_post_share == Fraction(1, 1)


def test_a_day_belongs_to_its_midnights_in_viet_nam(session: Session, world: World) -> None:
    rows.dossier(session, world, received=datetime(2026, 11, 2, 23, 59, tzinfo=VIETNAM))
    rows.dossier(session, world, received=datetime(2026, 11, 3, 0, 0, tzinfo=VIETNAM))
    second = Period(first=date(2026, 11, 2), last=date(2026, 11, 2))

    assert report(session, world, period=second).total.dossiers.received == 1


def test_procedures_are_told_by_tier_whatever_their_version(session: Session, world: World) -> None:
    for code in (w.EXTRACT, w.EXTRACT, w.LICENCE):
        rows.dossier(session, world, procedure=code, received=at(2))

    found = {each.code: each for each in report(session, world).procedures}

    assert {code: each.dossiers.received for code, each in found.items()} == {
        w.EXTRACT: 2,
        w.LICENCE: 1,
    }
    assert found[w.LICENCE].tier != found[w.EXTRACT].tier


def test_a_result_is_at_first_later_or_failed_by_its_first_try(
    session: Session, world: World
) -> None:
    done, out = State.DELIVERED, Leg.OUT
    first, tried = ("accept", at(2)), ("attempt", at(3))
    rows.item(session, leg=out, state=done, told=[first, ("deliver", at(3))])
    rows.item(session, leg=out, state=done, told=[first, tried, ("deliver", at(4))], attempts=1)
    # A flood is no attempt: delivered at the first one that counts.
    rows.item(session, leg=out, state=done, told=[first, tried, ("deliver", at(4))])
    back = [first, tried, ("handover", at(9))]
    rows.item(session, leg=out, state=State.RETURNED, told=back, attempts=2)
    rows.item(session, leg=out, state=State.HELD, told=[first, tried], attempts=1)
    rows.item(session, leg=out, state=State.WITH_COURIER, told=[first])
    # An attempt in conflict with another phone's does not count.
    rows.item(session, leg=out, state=done, told=[first, tried], attempts=1, void=(1,))

    found = report(session, world).total.deliveries

    assert (found.at_first, found.later, found.failed, found.returned) == (2, 1, 2, 1)
    assert found.first_attempt_share == Fraction(2, 5)


def test_a_result_first_tried_in_october_is_told_in_october(session: Session, world: World) -> None:
    rows.item(
        session, leg=Leg.OUT, state=State.DELIVERED, attempts=1,
        told=[("accept", at(1, month=10)), ("attempt", at(2, month=10)), ("deliver", at(2))],
    )  # fmt: skip
    october = Period(first=date(2026, 10, 1), last=date(2026, 10, 31))

    assert report(session, world).total.deliveries.tried == 0
    assert report(session, world, period=october).total.deliveries.later == 1


def test_nine_in_ten_is_a_time_that_occurred(session: Session, world: World) -> None:
    for hours in range(1, 12):  # 1 … 11 hours: nine of ten had come after the tenth, at 10 hours
        rows.item(
            session, leg=Leg.IN, state=State.WITH_AGENCY,
            told=[("accept", at(2, 7)), ("handover", at(2, 7) + timedelta(hours=hours))],
        )  # fmt: skip
    rows.item(session, leg=Leg.IN, state=State.WITH_COURIER, told=[("accept", at(2)), ("handover", at(3))], holder="s-courier", unit=w.OFFICE)  # fmt: skip

    found = report(session, world)

    assert found.total.legs.inward.ended == 11
    assert found.total.legs.inward.average_hours == 6
    assert found.nine_in_ten_hours == {Leg.IN: 10}


def test_items_are_held_by_somebody_and_for_some_time(session: Session, world: World) -> None:
    for since in (NOW - timedelta(hours=23), NOW - timedelta(days=2), NOW - timedelta(days=9)):
        rows.item(session, leg=Leg.IN, state=State.SEALED, told=[("accept", since)], holder="s-counter", unit=w.OFFICE)  # fmt: skip
    arrived = {"leg": Leg.IN, "state": State.WITH_AGENCY, "holder": "s-desk-clerk", "unit": w.DESK}
    rows.item(session, told=[("accept", at(2)), ("handover", at(3))], **arrived)  # type: ignore[arg-type]
    rows.item(session, leg=Leg.BAG, state=State.SEALED, told=[("accept", at(2))], holder="s-counter", unit=w.OFFICE)  # fmt: skip

    found = report(session, world)

    held = found.total.held
    assert (held.under_a_day, held.up_to_three_days, held.longer) == (1, 1, 1)
    (holder,) = found.holders
    assert (holder.name, holder.unit, holder.held) == ("Nhân viên counter", w.OFFICE, held)
    assert holder.oldest_since == NOW - timedelta(days=9)


def test_what_a_courier_holds_is_as_old_as_it_can_be_and_not_as_his_phone_says(
    session: Session, world: World
) -> None:
    for courier, claims in (
        (world.courier, NOW - timedelta(days=40)),
        (world.far_courier, NOW - timedelta(hours=2)),
    ):
        item, _ = result(session, world)
        handovers.offer(
            session, world.keys, [item], to_unit=courier.unit, to_staff=courier.staff,
            by=world.counter, at=w.MORNING,
        )  # fmt: skip
        phone = known_phone(session, courier, Clock(claims))
        signed_phones.take(session, phone, [item], at=NOW - timedelta(hours=1))

    told = report(session, world)

    assert told.total.held == Held(under_a_day=2)
    assert [(each.staff, each.oldest_since, each.is_estimated) for each in told.holders] == [
        (world.courier.staff, w.MORNING + timedelta(minutes=1), True),
        (world.far_courier.staff, NOW - timedelta(hours=2), False),
    ]
    oldest = [row[-1] for row in tables.holders(told, "vi").rows]
    assert oldest == ["09:01 23/11/2026 (ước tính)", "10:00 23/11/2026"]


def test_only_a_running_clock_is_a_risk(session: Session, world: World) -> None:
    for due in (NOW - timedelta(hours=1), NOW + timedelta(hours=47), NOW + timedelta(hours=49)):
        rows.dossier(session, world, received=at(2), due=due)
    rows.dossier(session, world, received=at(2), due=at(20), state="financial_duty")

    found = report(session, world).total.risks

    assert (found.past_date, found.due_soon) == (1, 1)


def test_cash_is_outstanding_until_it_is_handed_in_line_by_line(
    session: Session, world: World
) -> None:
    of = rows.dossier(session, world, received=at(2))
    rows.money(session, of, "due", "paid", dong=26_000, unit=w.OFFICE)
    rows.money(session, of, "due", "paid", dong=8_000, unit=w.OFFICE, line="state_fee")
    rows.money(session, of, "due", "paid", "handed_in", dong=1_000, unit=w.OFFICE)
    rows.money(session, of, "due", "paid", dong=2_000, unit=w.OFFICE, method="qr")
    rows.money(session, of, "due", dong=4_000, unit=w.OFFICE)

    found = report(session, world).total.cash

    assert (found.charges, found.postage_dong, found.state_fee_dong) == (2, 26_000, 8_000)
    assert found.collected_for_others_dong == 0


def test_kilometres_are_of_rounds_that_were_published(session: Session, world: World) -> None:
    rows.planned(session, office=w.OFFICE, day=date(2026, 11, 1), metres=41_200)
    rows.planned(session, office=w.OFFICE, day=date(2026, 11, 30), metres=800, state="acknowledged")
    rows.planned(session, office=w.OFFICE, day=date(2026, 11, 30), metres=7, state="superseded")
    rows.planned(session, office=w.OFFICE, day=date(2026, 12, 1), metres=9)

    found = report(session, world).total.rounds

    assert found.rounds == 2
    assert found.kilometres == 42


def test_nothing_has_no_share(session: Session, world: World) -> None:
    found = report(session, world)

    assert found.total.dossiers.on_time_share is None
    assert found.total.deliveries.first_attempt_share is None
    assert found.total.legs.of(Leg.OUT).average_hours is None
    assert (found.parts, found.procedures, found.holders) == ((), (), ())


def test_what_the_services_did_is_what_the_report_tells(session: Session, world: World) -> None:
    dossier = received(session, world)
    administrative.resolve(session, dossier.dossier, by=world.officer, at=w.MORNING)
    number, code = result(session, world)
    delivery.deliver(
        session, world.keys, number, receiver=Receiver.OWNER,
        proof=CodeProof(rotation=1, secret=code.secret), by=world.counter,
        at=w.MORNING + timedelta(hours=2),
    )  # fmt: skip

    found = make(session, w.PROVINCE, NOVEMBER, by=world.auditor, at=NOW).total

    assert (found.dossiers.received, found.dossiers.on_time) == (1, 1)
    assert (found.dossiers.received_by_post, found.dossiers.settled_home) == (1, 1)
    assert found.deliveries.at_first == 1
    assert found.legs.outward.average_hours == 2
    # From the counter to the desk: 6 minutes after it was sealed at 8:40, ten after it was taken in.
    assert found.legs.inward.average_hours == Fraction(16, 60)


def test_a_stranger_to_a_unit_is_told_that_there_is_none(session: Session, world: World) -> None:
    with pytest.raises(UnknownUnit):
        make(session, w.FAR_OFFICE, NOVEMBER, by=world.manager, at=NOW)
    with pytest.raises(UnknownUnit):
        make(session, UnitCode("nowhere"), NOVEMBER, by=world.auditor, at=NOW)
    with pytest.raises(UnknownUnit):
        make(session, w.OFFICE, NOVEMBER, by=world.counter, at=NOW)
    assert make(session, w.OFFICE, NOVEMBER, by=world.manager, at=NOW).above == []


def test_the_way_up_ends_where_a_persons_sight_ends(session: Session, world: World) -> None:
    found = report(session, world, w.OFFICE)

    assert [code for code, _ in found.above] == [w.PROVINCE, w.OPERATOR]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 2), date(2026, 11, 1)),
        (date(2020, 1, 1), date(2026, 1, 1)),
        (date(1, 1, 1), date(1, 1, 2)),
        (date(9999, 12, 30), date(9999, 12, 31)),
    ],
)
def test_a_period_that_cannot_be_is_refused(first: date, last: date) -> None:
    with pytest.raises(BadPeriod):
        Period(first=first, last=last)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    asked: list[str] = []

    def statement(_c: object, _cursor: object, words: str, *_: object) -> None:
        asked.append(words)

    event.listen(engine, "before_cursor_execute", statement)
    yield asked
    event.remove(engine, "before_cursor_execute", statement)


def test_a_report_asks_as_much_of_a_large_office_as_of_a_small_one(
    session: Session, world: World, engine: Engine
) -> None:
    with counted(engine) as small:
        report(session, world)
    for day in range(1, 23):
        of = rows.dossier(session, world, received=at(day), desk=w.FAR_DESK if day % 2 else w.DESK)
        rows.money(session, of, "due", "paid", dong=1, unit=w.OFFICE)
        rows.planned(session, office=w.FAR_OFFICE, day=date(2026, 11, day), metres=1)
    with counted(engine) as large:
        report(session, world)

    assert len(large) <= len(small)
    assert len(large) < 25
