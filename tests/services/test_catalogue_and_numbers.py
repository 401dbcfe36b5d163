"""Calendars, procedures and numbers: what every reception leans on."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy.orm import Session

from postal_service.domain import procedures as domain
from postal_service.domain import s10
from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.calendar import BadHours, NoCalendar
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.procedures import Channel, Fee, FeeStatus, version_from_reference
from postal_service.domain.units import UnknownUnit
from postal_service.reference.holidays import DayKind, HolidayRow
from postal_service.reference.procedures import procedures as shipped_procedures
from postal_service.services import calendars, numbers, places, procedures
from postal_service.storage.schema import CounterRow
from postal_service.storage.transaction import Sessions, transaction
from tests.services import world as w
from tests.services.world import World

TODAY = w.MORNING.date()


def test_the_agency_rests_on_culture_day_and_the_year_after_is_unknown(
    session: Session, world: World
) -> None:
    agency = places.place(session, w.AGENCY, day=TODAY)
    calendar = calendars.of_unit(session, agency)

    assert not calendar.is_working_day(date(2026, 11, 24))
    assert calendar.is_working_day(date(2026, 1, 10))  # a Saturday worked for 2 January
    with pytest.raises(NoCalendar):
        calendar.is_working_day(date(2027, 1, 4))


def test_an_office_closed_by_flood_is_closed_alone(session: Session, world: World) -> None:
    calendars.set_day(
        session, w.AGENCY, TODAY, hours="", name="Lũ", note="", by=world.administrator
    )

    def works(code: str) -> bool:
        place = places.place(session, UnitCode(code), day=TODAY)
        return calendars.of_unit(session, place).is_working_day(TODAY)

    assert not works(w.AGENCY)
    assert works(w.FAR_AGENCY)


def test_an_announcement_entered_again_replaces_the_first(session: Session, world: World) -> None:
    day = HolidayRow(day=date(2026, 12, 31), kind=DayKind.OFF, name="Nghỉ bù")
    calendars.import_year(
        session, "agency", 2026, [day], source="công văn 2", by=world.administrator
    )
    calendar = calendars.common(session, "agency")

    assert not calendar.is_working_day(date(2026, 12, 31))
    assert calendar.is_working_day(date(2026, 11, 24))
    assert "công văn 2" in calendar.version


@pytest.mark.parametrize(
    ("kind", "year", "source", "refusal"),
    [
        ("bank", 2026, "x", calendars.UnknownCalendar),
        ("agency", 2027, "x", calendars.DayOfAnotherYear),
        ("agency", 2026, "  ", calendars.NoSource),
    ],
)
def test_a_bad_announcement_is_refused(
    session: Session, world: World, kind: str, year: int, source: str, refusal: type[Exception]
) -> None:
    day = HolidayRow(day=date(2026, 12, 31), kind=DayKind.OFF, name="Nghỉ bù")
    with pytest.raises(refusal):
        calendars.import_year(session, kind, year, [day], source=source, by=world.administrator)


def test_a_clerk_does_not_make_holidays(session: Session, world: World) -> None:
    with pytest.raises(RoleNeeded):
        calendars.import_year(session, "agency", 2026, [], source="x", by=world.counter)
    with pytest.raises(RoleNeeded):
        calendars.set_day(session, w.AGENCY, TODAY, hours="", name="", note="", by=world.manager)


@pytest.mark.parametrize("hours", ["25:00-26:00", "17:00-07:00", "x", "07:00-11:00,10:00-12:00"])
def test_impossible_hours_are_refused(session: Session, world: World, hours: str) -> None:
    with pytest.raises(BadHours):
        calendars.set_day(
            session, w.AGENCY, TODAY, hours=hours, name="", note="", by=world.administrator
        )


def test_a_version_is_stored_as_it_was_entered(session: Session, world: World) -> None:
    for row in shipped_procedures():
        if row.code in w.PROCEDURES:
            _, stored = procedures.version_on(session, row.code, TODAY)
            assert stored == version_from_reference(row)


def test_a_dossier_keeps_the_version_of_its_day(session: Session, world: World) -> None:
    _, old = procedures.version_on(session, w.EXTRACT, TODAY)
    new_law = date(2027, 3, 1)  # the law on civil status takes effect
    procedures.add_version(
        session,
        replace(old, valid_from=new_law, name="Tên mới"),
        source="Luật Hộ tịch 2026",
        by=world.administrator,
    )

    kept = procedures.version(session, world.procedures[w.EXTRACT])
    assert kept.name == old.name
    assert kept.valid_to == date(2027, 2, 28)
    assert procedures.version_on(session, w.EXTRACT, date(2027, 2, 28))[1].name == old.name
    assert procedures.version_on(session, w.EXTRACT, new_law)[1].name == "Tên mới"


def test_versions_do_not_overlap(session: Session, world: World) -> None:
    _, made = procedures.version_on(session, w.EXTRACT, TODAY)
    with pytest.raises(domain.OverlappingVersions):
        procedures.add_version(session, made, source="x", by=world.administrator)
    with pytest.raises(RoleNeeded):
        procedures.add_version(session, made, source="x", by=world.manager)


@pytest.mark.parametrize(
    ("code", "day", "refusal"),
    [
        ("9.999999", TODAY, procedures.UnknownProcedure),
        ("khai sinh", TODAY, domain.BadProcedureCode),
        ("", TODAY, domain.BadProcedureCode),
        (w.EXTRACT, date(2025, 6, 30), domain.NoVersion),
    ],
)
def test_an_unknown_procedure_or_day_is_refused(
    session: Session, world: World, code: str, day: date, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        procedures.version_on(session, code, day)
    with pytest.raises(procedures.UnknownProcedure):
        procedures.version(session, procedures.VersionId(10**6))


@pytest.mark.parametrize("query", ["trich luc ho tich", "TRÍCH LỤC", "2.000635", "hộ  tịch trích"])
def test_procedures_are_found_without_marks(session: Session, world: World, query: str) -> None:
    assert w.EXTRACT in [found.code for found in procedures.search(session, query, day=TODAY)]


@pytest.mark.parametrize("query", ["%", "_", "không có thủ tục này", "'; DROP TABLE x"])
def test_a_strange_query_finds_nothing(session: Session, world: World, query: str) -> None:
    assert procedures.search(session, query, day=TODAY) == []


def test_an_empty_query_lists_and_a_day_before_the_reform_has_none(
    session: Session, world: World
) -> None:
    assert len(procedures.search(session, "", day=TODAY)) == len(w.PROCEDURES)
    assert len(procedures.search(session, "", day=TODAY, limit=2)) == 2
    assert procedures.search(session, "", day=date(2024, 1, 1)) == []


def test_a_decided_fee_applies_from_its_day_and_to_its_channel(
    session: Session, world: World
) -> None:
    version = world.procedures[w.BUILDING]
    free_online = Fee(
        amount_dong=0,
        status=FeeStatus.PLACEHOLDER,
        source="Nghị quyết",
        channel=Channel.ONLINE,
        valid_from=date(2026, 8, 8),
    )
    procedures.confirm_fee(session, version, free_online, by=world.administrator, at=w.MORNING)

    made = procedures.version(session, version)
    assert made.fee_on(Channel.ONLINE, date(2026, 8, 8)).amount_dong == 0
    assert made.fee_on(Channel.ONLINE, date(2026, 8, 7)).amount_dong == 75_000
    assert made.fee_on(Channel.POST, date(2026, 8, 8)).status is FeeStatus.PLACEHOLDER
    with pytest.raises(RoleNeeded):
        procedures.confirm_fee(session, version, free_online, by=world.counter, at=w.MORNING)


def test_a_fee_that_comes_confirmed_is_confirmed_by_whoever_enters_it_if_he_is_known(
    session: Session, world: World
) -> None:
    shipped = {row.code: row for row in shipped_procedures()}
    made = version_from_reference(shipped[w.EXTRACT])
    sure = Fee(amount_dong=8_000, status=FeeStatus.CONFIRMED, source="NQ 3")
    doubtful = Fee(amount_dong=None, status=FeeStatus.PLACEHOLDER, source="", channel=Channel.POST)
    installer = replace(world.administrator, staff=StaffId("installer"))

    def entered(day: date, by: Actor, at: datetime | None) -> tuple[object, ...]:
        version = replace(made, valid_from=day, fees=(sure, doubtful))
        number = procedures.add_version(session, version, source="x", by=by, at=at)
        return procedures.confirmations(session, number)

    told = procedures.Confirmation(by=world.administrator.staff, at=w.MORNING)
    assert entered(date(2027, 1, 1), world.administrator, w.MORNING) == (told, None)
    assert entered(date(2027, 1, 2), installer, w.MORNING) == (None, None)
    assert entered(date(2027, 1, 3), world.administrator, None) == (None, None)


def test_item_numbers_follow_each_other_and_hold_their_check_digit(
    session: Session, world: World
) -> None:
    made = [numbers.item_number(session, "BH") for _ in range(3)]

    assert [s10.parse(each).serial for each in made] == ["00000000", "00000001", "00000002"]


def test_a_series_ends_rather_than_begin_again(session: Session, world: World) -> None:
    session.add(CounterRow(name="item:BH", next=numbers.SERIALS))
    session.flush()
    with pytest.raises(numbers.NumbersExhausted):
        numbers.item_number(session, "BH")


def test_dossier_serials_begin_anew_each_day_and_in_each_agency(
    session: Session, world: World
) -> None:
    near = places.agency(session, w.AGENCY, day=TODAY)
    far = places.agency(session, w.FAR_AGENCY, day=TODAY)

    assert numbers.dossier_number(session, near, day=TODAY) == "H17.132-261123-0001"
    assert numbers.dossier_number(session, near, day=TODAY) == "H17.132-261123-0002"
    assert numbers.dossier_number(session, far, day=TODAY) == "H17.145-261123-0001"
    tomorrow = TODAY + timedelta(days=1)
    assert numbers.dossier_number(session, near, day=tomorrow) == "H17.132-261124-0001"


def test_an_agency_without_its_id_gives_out_no_codes(session: Session, world: World) -> None:
    nameless = replace(places.agency(session, w.AGENCY, day=TODAY), agency_id=None)
    with pytest.raises(numbers.NoAgencyId):
        numbers.dossier_number(session, nameless, day=TODAY)


def test_a_number_that_was_rolled_back_is_given_out_again(committed_sessions: Sessions) -> None:
    with committed_sessions.writers() as session:
        assert numbers.take(session, "x") == 0
        session.rollback()  # the citizen changed her mind
    with transaction(committed_sessions) as session:
        assert numbers.take(session, "x") == 0


def test_counters_side_by_side_give_no_number_twice(committed_sessions: Sessions) -> None:
    taken: list[int] = []

    def clerk() -> None:
        for _ in range(10):
            with transaction(committed_sessions) as session:
                number = numbers.take(session, "x")
            taken.append(number)

    clerks = [Thread(target=clerk) for _ in range(4)]
    for each in clerks:
        each.start()
    for each in clerks:
        each.join()
    assert sorted(taken) == list(range(40))


def test_secrets_are_fresh_and_do_not_show_themselves() -> None:
    one, other = numbers.label(), numbers.label()
    assert one.token != other.token
    assert one.token not in repr(one)
    assert len(numbers.pin()) == numbers.PIN_LENGTH
    assert set(numbers.pin()) <= set(numbers.PIN_ALPHABET)


@pytest.mark.parametrize("code", ["", "AG-99999", "x" * 300])
def test_a_unit_that_is_not_there_is_unknown(session: Session, world: World, code: str) -> None:
    with pytest.raises(UnknownUnit):
        places.place(session, UnitCode(code), day=TODAY)


def test_a_unit_is_unknown_before_it_stood(session: Session, world: World) -> None:
    with pytest.raises(UnknownUnit):
        places.place(session, w.AGENCY, day=date(2025, 6, 30))


def test_desks_and_offices_are_found_by_whom_they_serve(session: Session, world: World) -> None:
    assert places.desk_of(session, w.AGENCY, day=TODAY).code == w.DESK
    assert places.office_serving(session, w.FAR_COMMUNE, day=TODAY).code == w.FAR_OFFICE
    with pytest.raises(places.NoOfficeServes):
        places.office_serving(session, w.PROVINCE, day=TODAY)
    with pytest.raises(places.NotAnAgency):
        places.agency(session, w.OFFICE, day=TODAY)
