"""A unit's last day is a day of its life, everywhere alike; its successor's first is the day after."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from postal_service.domain.ids import UnitCode
from postal_service.domain.units import SuccessionKind, UnknownUnit
from postal_service.domain.wording_dates import VIETNAM
from postal_service.reports import subtree
from postal_service.services import access, directory, overview, places
from postal_service.services.directory import NewUnit, UnitDatesCrossed
from postal_service.services.importing import gazetteer
from postal_service.services.places import NoOfficeServes
from postal_service.storage.schema import UnitRow
from tests.services import world as w
from tests.services.world import World

LAST = date(2026, 11, 25)
AFTER = LAST + timedelta(days=1)
NEW = NewUnit(
    code=UnitCode("562000"), name="Bưu cục Mới", kind="post_office", level="commune",
    parent=w.OPERATOR, valid_from=AFTER, serves=w.COMMUNE, calendar="post",
)  # fmt: skip


@pytest.fixture
def world(session: Session, world: World) -> World:
    """OFFICE becomes NEW: its last day is LAST."""
    directory.put_unit(session, NEW, by=world.administrator)
    directory.succeed(
        session, w.OFFICE, NEW.code, on=AFTER, kind=SuccessionKind.RENAMED, by=world.administrator
    )
    return world


@pytest.mark.usefixtures("world")
def test_the_office_that_serves_changes_overnight(session: Session) -> None:
    assert session.get_one(UnitRow, w.OFFICE).valid_to == LAST
    assert places.office_serving(session, w.COMMUNE, day=LAST).code == w.OFFICE
    assert places.office_serving(session, w.COMMUNE, day=AFTER).code == NEW.code
    assert places.place(session, w.OFFICE, day=LAST).code == w.OFFICE
    with pytest.raises(UnknownUnit) as refused:
        places.place(session, w.OFFICE, day=AFTER)
    assert refused.value.facts == {"unit": w.OFFICE, "day": f"{AFTER:%d/%m/%Y}"}
    assert directory.successors(session, w.OFFICE, day=LAST) == [w.OFFICE]
    assert directory.successors(session, w.OFFICE, day=AFTER) == [NEW.code]


@pytest.mark.usefixtures("world")
def test_lists_hold_it_to_its_last_day(session: Session) -> None:
    def listed(day: date) -> bool:
        return w.OFFICE in overview.units_of_kind(session, ["post_office"], day=day)

    assert listed(LAST)
    assert not listed(AFTER)


@pytest.mark.usefixtures("world")
def test_a_file_is_read_by_the_same_days(session: Session) -> None:
    book = gazetteer.load(session)

    assert book.followed(w.OFFICE, day=LAST) == {w.OFFICE}
    assert book.followed(w.OFFICE, day=AFTER) == {NEW.code}


def test_who_works_there_works_to_the_last_midnight_in_viet_nam(
    session: Session, world: World
) -> None:
    token = access.open_session(
        session, world.manager.staff, at=datetime(2026, 11, 25, 23, 50, tzinfo=VIETNAM)
    )
    at_work = datetime(2026, 11, 25, 23, 59, tzinfo=VIETNAM)

    assert access.actor_of(session, token, at=at_work).actor.unit == w.OFFICE
    with pytest.raises(access.NoRole):
        access.actor_of(session, token, at=at_work + timedelta(minutes=1))


def test_what_stands_above_all_is_asked_by_the_same_days(session: Session, world: World) -> None:
    directory.put_unit(
        session, replace(NEW, code=UnitCode("OLD"), parent=None, valid_from=w.SINCE, valid_to=LAST),
        by=world.administrator,
    )  # fmt: skip

    assert "OLD" in subtree.tops(session, day=LAST)
    assert "OLD" not in subtree.tops(session, day=AFTER)


def test_a_unit_of_one_day_stands_and_one_of_none_is_refused(
    session: Session, world: World
) -> None:
    by = world.administrator
    one = replace(NEW, code=UnitCode("ONE"), valid_from=LAST, valid_to=LAST, serves=w.FAR_COMMUNE)
    directory.put_unit(session, one, by=by)

    assert places.place(session, one.code, day=LAST).code == one.code
    with pytest.raises(UnitDatesCrossed):
        directory.put_unit(session, replace(one, valid_to=LAST - timedelta(days=1)), by=by)
    with pytest.raises(UnitDatesCrossed):
        directory.succeed(session, one.code, w.OFFICE, on=LAST, kind=SuccessionKind.MERGED, by=by)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(UnitRow).where(UnitRow.code == one.code).values(valid_to=date(2000, 1, 1))
        )


@pytest.mark.usefixtures("world")
def test_an_area_without_an_office_says_so(session: Session) -> None:
    session.get_one(UnitRow, NEW.code).valid_to = AFTER
    session.flush()

    assert places.office_serving(session, w.COMMUNE, day=AFTER).code == NEW.code
    with pytest.raises(NoOfficeServes):
        places.office_serving(session, w.COMMUNE, day=AFTER + timedelta(days=1))
