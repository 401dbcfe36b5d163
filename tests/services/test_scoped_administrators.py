"""An administrator of one part changes that part: neither another's units nor what all share."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.actors import SHARED, Actor, Grant, OverAllNeeded, Role, RoleNeeded
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.procedures import Channel
from postal_service.domain.units import SuccessionKind
from postal_service.services import calendars, directory, procedures
from postal_service.services.directory import NewUnit
from postal_service.services.procedures import Decision
from postal_service.storage.schema import UnitRow
from tests.services import world as w
from tests.services.world import World

DAY = w.MORNING.date()
FIRST = date(2026, 12, 1)


@pytest.fixture
def far(session: Session, world: World) -> Actor:
    """An administrator over FAR_COMMUNE alone."""
    w.far_administrator(session)
    return directory.actor(session, StaffId("s-far-administrator"), w.FAR_DESK)


def as_entered(session: Session, code: UnitCode) -> NewUnit:
    row = session.get_one(UnitRow, code)
    return NewUnit(
        code=code, name=row.name, kind=row.kind, level=row.level,
        parent=UnitCode(row.parent) if row.parent else None, valid_from=row.valid_from,
        serves=UnitCode(row.serves) if row.serves else None, calendar=row.calendar,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        (w.AGENCY, {"parent": w.FAR_COMMUNE}),  # with all that lies under it
        (w.AGENCY, {"name": "UBND khác"}),
        (w.COMMUNE, {}),
        (w.PROVINCE, {}),
        (w.FAR_AGENCY, {"parent": w.COMMUNE}),
        (w.FAR_AGENCY, {"parent": None}),
        (w.FAR_DESK, {"serves": w.AGENCY}),
    ],
)
def test_another_unit_is_neither_changed_nor_drawn_under_his(
    session: Session, far: Actor, code: UnitCode, changes: dict[str, UnitCode]
) -> None:
    before = session.get_one(UnitRow, code).path
    with pytest.raises(RoleNeeded):
        directory.put_unit(session, replace(as_entered(session, code), **changes), by=far)  # type: ignore[arg-type]
    assert session.get_one(UnitRow, code).path == before


def test_what_is_his_he_changes(session: Session, far: Actor, world: World) -> None:
    named = replace(as_entered(session, w.FAR_COMMUNE), name="Xã Mới")
    directory.put_unit(session, named, by=far)
    below = replace(as_entered(session, w.FAR_AGENCY), code=UnitCode("AG-2"), parent=w.FAR_AGENCY)
    directory.put_unit(session, below, by=far)
    assert session.get_one(UnitRow, w.FAR_COMMUNE).name == "Xã Mới"
    assert far.administers(session.get_one(UnitRow, "AG-2").path)
    kind = SuccessionKind.RENAMED
    directory.succeed(session, w.FAR_AGENCY, below.code, on=FIRST, kind=kind, by=far)
    assert directory.successors(session, w.FAR_AGENCY, day=FIRST) == ["AG-2"]
    # The desk of another's agency, once that has entered it so, is still his to rename.
    directory.put_unit(
        session, replace(as_entered(session, w.FAR_DESK), serves=w.AGENCY), by=world.administrator
    )
    kept = replace(as_entered(session, w.FAR_DESK), name="Một cửa")
    directory.put_unit(session, kept, by=far)
    assert session.get_one(UnitRow, w.FAR_DESK).name == "Một cửa"


@pytest.mark.parametrize(
    ("old", "new"), [(w.AGENCY, w.FAR_AGENCY), (w.FAR_AGENCY, w.AGENCY), (w.AGENCY, w.DESK)]
)
def test_no_foreign_unit_ends_or_follows(
    session: Session, far: Actor, old: UnitCode, new: UnitCode
) -> None:
    with pytest.raises(RoleNeeded):
        directory.succeed(session, old, new, on=FIRST, kind=SuccessionKind.MERGED, by=far)
    assert session.get_one(UnitRow, old).valid_to is None


def test_common_days_are_not_his_and_his_agencys_are(session: Session, far: Actor) -> None:
    for calendar in ("agency", "post"):
        with pytest.raises(OverAllNeeded):
            calendars.import_year(session, calendar, 2026, [], source="x", by=far)
        with pytest.raises(OverAllNeeded):
            calendars.set_day(session, calendar, DAY, hours="", name="", note="", by=far)
    with pytest.raises(RoleNeeded):
        calendars.set_day(session, w.AGENCY, DAY, hours="", name="", note="", by=far)
    with pytest.raises(RoleNeeded):
        calendars.import_year(session, w.AGENCY, 2026, [], source="x", by=far)
    calendars.set_day(session, w.FAR_AGENCY, DAY, hours="", name="Lũ", note="", by=far)
    assert calendars.day_of(session, w.FAR_AGENCY, DAY) is not None
    assert calendars.day_of(session, w.AGENCY, DAY) is None


def test_procedures_and_fees_are_not_his(session: Session, far: Actor, world: World) -> None:
    number = world.procedures[w.BUILDING]
    made = procedures.version(session, number)
    with pytest.raises(OverAllNeeded):
        procedures.add_version(
            session, replace(made, valid_from=FIRST), source="x", by=far, at=w.MORNING
        )
    with pytest.raises(OverAllNeeded):
        procedures.decide_fee(
            session, number, channel=Channel.COUNTER, amount_dong=1, valid_from=FIRST,
            decision=Decision(number="1/NQ", decided_on=DAY), by=far, at=w.MORNING,
        )  # fmt: skip
    assert procedures.version(session, number) == made


@pytest.mark.parametrize(
    ("path", "over_all"),
    [("/", True), ("/H17/", True), ("/H17/POST/", False), ("/H17/20341/", False)],
)
def test_who_is_over_a_unit_that_lies_under_none_is_over_all(path: str, over_all: bool) -> None:
    def who(role: Role) -> Actor:
        grant = Grant(role=role, unit=UnitCode("x"), path=path)
        return Actor(staff=StaffId("s"), unit=UnitCode("x"), path=path, grants=(grant,))

    assert who(Role.ADMINISTRATOR).administers(SHARED) is over_all
    assert who(Role.ADMINISTRATOR).administers("/49-AM/") is over_all
    assert who(Role.ADMINISTRATOR).administers(path)
    assert not who(Role.MANAGER).administers(path)
