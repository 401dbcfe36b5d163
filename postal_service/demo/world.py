"""Write the demo's province into an empty store: units with their past, calendars, procedures, staff.

Everything goes through the services that an administrator uses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import event
from sqlalchemy.orm import Session

from postal_service.demo import places
from postal_service.demo.people import Registry
from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.couriers import CourierFacts, Permit, Vehicle
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.procedures import ProcedureVersion, version_from_reference
from postal_service.domain.units import SuccessionKind
from postal_service.reference import holidays
from postal_service.reference import procedures as shipped
from postal_service.reference.units import REFORM_DAY
from postal_service.services import calendars, courier_facts, directory, procedures
from postal_service.services.directory import NewUnit
from postal_service.storage.schema import UnitRow

FOUNDED = date(1997, 1, 1)  # when Quảng Nam became a province of its own
LAST_OF_THREE_TIERS = REFORM_DAY - timedelta(days=1)
YEAR = 2026
SOURCE = "shipped with the product"
NOT_ANNOUNCED = "demo: ngày nghỉ dự kiến, chưa có thông báo chính thức"
EXPECTED = tuple(
    holidays.HolidayRow(day=date(YEAR + 1, month, day), kind=holidays.DayKind.OFF, name=name)
    for month, day, name in (
        (1, 1, "Tết Dương lịch (dự kiến)"),
        *((2, day, "Tết Nguyên đán (dự kiến)") for day in range(5, 10)),
        (4, 16, "Giỗ Tổ Hùng Vương (dự kiến)"),
        (4, 30, "Ngày Chiến thắng (dự kiến)"),
        (5, 3, "Nghỉ bù Quốc tế Lao động (dự kiến)"),
        (9, 1, "Quốc khánh (dự kiến)"),
        (9, 2, "Quốc khánh (dự kiến)"),
        (11, 24, "Ngày Văn hóa Việt Nam (dự kiến)"),
    )
)
DESK_CLERKS = {places.CENTRE: 17}  # as many as took over the provincial centre in 2023
VAN_FROM = 4  # couriers at one office
BAG_GRAMS = 25_000
CASH_LIMIT_DONG = 5_000_000
PLAIN_PERMITS = frozenset({Permit.CASH})
MOUNTAIN_PERMITS = frozenset({Permit.CASH, Permit.MOUNTAIN_ROAD})
INSTALLER = Actor(
    staff=StaffId("installer"),
    unit=UnitCode("ROOT"),
    path="/",
    grants=(Grant(role=Role.ADMINISTRATOR, unit=UnitCode("ROOT"), path="/"),),
)


@dataclass(frozen=True, kw_only=True)
class World:
    """Who works where. Actors are as signed in at their own unit."""

    administrator: Actor
    auditor: Actor
    managers: dict[UnitCode, Actor]  # by area office and hub
    clerks: dict[UnitCode, tuple[Actor, ...]]  # by post office and hub
    couriers: dict[UnitCode, tuple[Actor, ...]]  # by post office
    desk_clerks: dict[UnitCode, tuple[Actor, ...]]  # by desk
    officers: dict[UnitCode, Actor]  # by agency
    versions: dict[str, ProcedureVersion]  # by procedure code
    logins: dict[StaffId, str]

    @property
    def everybody(self) -> Iterator[Actor]:
        """All staff."""
        yield from (self.administrator, self.auditor)
        for group in (self.clerks, self.couriers, self.desk_clerks):
            for actors in group.values():
                yield from actors
        yield from (*self.managers.values(), *self.officers.values())


def build(session: Session, chance: Random) -> World:
    """Write everything; nothing is committed. The same `chance`, the same world."""
    with _remembering(session):
        for unit in _units():
            directory.put_unit(session, unit, by=INSTALLER)
        _successions(session)
        _calendars(session)
        return _Hiring(session, chance).all(_procedures(session))


@contextmanager
def _remembering(session: Session) -> Iterator[None]:
    """Keep what was written at hand, so that entering a thousand rows does not read each of them back."""
    kept: list[object] = []

    def keep(_: Session, row: object) -> None:
        kept.append(row)

    for name in ("pending_to_persistent", "loaded_as_persistent"):
        event.listen(session, name, keep)
    try:
        yield
    finally:
        for name in ("pending_to_persistent", "loaded_as_persistent"):
            event.remove(session, name, keep)


def _units() -> Iterator[NewUnit]:
    yield _unit(places.OLD_PROVINCE, "Tỉnh Quảng Nam", "province", None, level="province",
                valid_from=FOUNDED, valid_to=LAST_OF_THREE_TIERS)  # fmt: skip
    yield from _former_units()
    yield _unit(places.PROVINCE, "Thành phố Đà Nẵng", "province", None, level="province")
    for number, row in enumerate(places.units(), start=1):
        code = UnitCode(row.gso_code)
        name = f"{row.level} {row.name}"
        at = (row.centre_lat, row.centre_lon)
        terrain = places.terrain(row)
        yield _unit(code, _headed(name), "commune", places.PROVINCE, at=at, terrain=terrain)
        yield _unit(places.agency(row), f"UBND {name}", "agency", code, terrain=terrain, at=at,
                    agency_id=f"H17.{100 + number}")  # fmt: skip
        yield _unit(places.desk(row), f"Trung tâm Phục vụ hành chính công {name}", "desk",
                    places.agency(row), serves=places.agency(row), at=_beside(at),
                    terrain=terrain)  # fmt: skip
    yield from _other_agencies()
    yield from _post()


def _former_units() -> Iterator[NewUnit]:
    for number, row in enumerate(places.districts(), start=1):
        code = UnitCode(f"QN-{number:02d}")
        ended = row.valid_to
        yield _unit(code, _headed(f"{row.kind} {row.name}"), "district", places.OLD_PROVINCE,
                    level="district", valid_from=FOUNDED, valid_to=ended,
                    at=(row.centre_lat, row.centre_lon))  # fmt: skip
        inside = [f for unit in places.units() for f in unit.formed_from if f.district == row.name]
        for part, former in enumerate(inside, start=1):
            yield _unit(UnitCode(f"{code}-{part:02d}"), former.name, "commune", code,
                        valid_from=FOUNDED, valid_to=LAST_OF_THREE_TIERS)  # fmt: skip


def _other_agencies() -> Iterator[NewUnit]:
    ward = UnitCode(places.seat("Tam Kỳ").gso_code)
    yield _unit(places.POLICE, "Công an thành phố", "agency", places.PROVINCE, level="province",
                agency_id="H17.10")  # fmt: skip
    yield _unit(places.CENTRE, "Trung tâm Phục vụ hành chính công thành phố (Tam Kỳ)", "desk",
                ward, level="province", serves=places.POLICE, at=(15.5697, 108.4795))  # fmt: skip
    for number, row in enumerate(places.districts(), start=1):
        seat = places.seat(row.name)
        agency, desk = places.branch(row.name), places.branch_desk(row.name)
        at = (seat.centre_lat, seat.centre_lon)
        yield _unit(agency, f"Chi nhánh Văn phòng Đăng ký đất đai {row.name}", "agency",
                    UnitCode(seat.gso_code), level="district", terrain=places.terrain(seat),
                    at=at, agency_id=f"H17.{20 + number}")  # fmt: skip
        yield _unit(desk, f"Chi nhánh Trung tâm Phục vụ hành chính công {row.name}", "desk",
                    agency, level="district", terrain=places.terrain(seat), serves=agency,
                    at=_beside(at, north=-0.002))  # fmt: skip


def _post() -> Iterator[NewUnit]:
    yield _unit(places.OPERATOR, "Bưu điện thành phố", "operator", places.PROVINCE,
                level="province", calendar=calendars.POST)  # fmt: skip
    yield _unit(places.HUB, "Trung tâm khai thác Tam Kỳ", "post_office", places.OPERATOR,
                calendar=calendars.POST, at=places.HUB_AT, terrain="town")  # fmt: skip
    for office in sorted(places.offices(), key=lambda each: not each.is_area):
        row = office.commune
        at = _beside((row.centre_lat, row.centre_lon), north=0.0015)
        yield _unit(office.code, office.name, "post_office",
                    places.OPERATOR if office.is_area else office.area,
                    serves=UnitCode(row.gso_code), calendar=calendars.POST, at=at,
                    terrain=places.terrain(row))  # fmt: skip


def _unit(
    code: UnitCode,
    name: str,
    kind: str,
    parent: UnitCode | None,
    *,
    level: str = "commune",
    valid_from: date = REFORM_DAY,
    valid_to: date | None = None,
    serves: UnitCode | None = None,
    calendar: str = calendars.AGENCY,
    at: tuple[float, float] | None = None,
    terrain: str = "delta",
    agency_id: str | None = None,
) -> NewUnit:
    lat, lon = at or (None, None)
    return NewUnit(
        code=code, name=name, kind=kind, level=level, parent=parent, valid_from=valid_from,
        valid_to=valid_to, lat=lat, lon=lon, address=name, serves=serves, calendar=calendar,
        terrain=terrain, agency_id=agency_id,
    )  # fmt: skip


def _headed(name: str) -> str:
    """A capital in front, and the others as the name has them."""
    return name[:1].upper() + name[1:]


def _beside(at: tuple[float, float], *, north: float = 0.0008) -> tuple[float, float]:
    """A little off the commune's centre point: two buildings do not stand in one place."""
    return round(at[0] + north, 5), round(at[1] + 0.0009, 5)


def _successions(session: Session) -> None:
    old, new = places.OLD_PROVINCE, places.PROVINCE
    merged, split = SuccessionKind.MERGED, SuccessionKind.SPLIT
    directory.succeed(session, old, new, on=REFORM_DAY, kind=merged, by=INSTALLER)
    names = [row.name for row in places.districts()]
    for number, row in enumerate(places.districts(), start=1):
        code = UnitCode(f"QN-{number:02d}")
        inside = [unit for unit in places.units() if unit.former_district == row.name]
        if row.successor:
            heir = UnitCode(f"QN-{names.index(row.successor) + 1:02d}")
            directory.succeed(session, code, heir, on=date(2025, 1, 1), kind=merged, by=INSTALLER)
        else:
            for unit in inside:
                heir = UnitCode(unit.gso_code)
                directory.succeed(session, code, heir, on=REFORM_DAY, kind=split, by=INSTALLER)
        formers = [former for unit in inside for former in unit.formed_from]
        for part, former in enumerate(formers, start=1):
            kind = SuccessionKind.RENAMED if former.unchanged else merged
            heir = UnitCode(former.successor_gso_code)
            was = UnitCode(f"{code}-{part:02d}")
            directory.succeed(session, was, heir, on=REFORM_DAY, kind=kind, by=INSTALLER)


def _calendars(session: Session) -> None:
    """2026 as announced, 2027 as a manager expects it; and the island, where the last boat closes the desk."""
    days = [row for row in holidays.holidays() if row.day.year == YEAR]
    for kind in (calendars.AGENCY, calendars.POST):
        calendars.import_year(session, kind, YEAR, days, source=SOURCE, by=INSTALLER)
        # Long terms reach into a year that is not announced yet; without days nobody could promise.
        calendars.import_year(session, kind, YEAR + 1, EXPECTED, source=NOT_ANNOUNCED, by=INSTALLER)
    island = next(each for each in places.offices() if each.commune.name == places.ISLAND)
    calendars.set_day(
        session,
        places.desk(island.commune),
        date(YEAR, 11, 23),
        hours="07:30-11:00",
        name="Chuyến tàu cuối trong ngày rời đảo lúc 11:00",
        note="demo",
        by=INSTALLER,
    )


def _procedures(session: Session) -> dict[str, ProcedureVersion]:
    versions = {row.code: version_from_reference(row) for row in shipped.procedures()}
    for version in versions.values():
        procedures.add_version(session, version, source=SOURCE, by=INSTALLER)
    return versions


class _Hiring:
    """Enters staff with names and pseudonyms drawn from one source of chance."""

    def __init__(self, session: Session, chance: Random) -> None:
        self._session, self._chance = session, chance
        self._people = Registry(chance)
        self._logins: dict[StaffId, str] = {}

    def all(self, versions: dict[str, ProcedureVersion]) -> World:
        """Everybody, in a fixed order."""
        areas = [office for office in places.offices() if office.is_area]
        administrator = self._hire("quantri", Role.ADMINISTRATOR, places.OPERATOR, places.PROVINCE)
        auditor = self._hire("kiemtra", Role.AUDITOR, places.OPERATOR, places.PROVINCE)
        managers = {each.code: self._one("truong", Role.MANAGER, each.code) for each in areas}
        managers[places.HUB] = self._one("truong", Role.MANAGER, places.HUB)
        clerks = {
            each.code: self._several("gdv", Role.POSTAL_CLERK, each.code, each.clerks)
            for each in places.offices()
        }
        clerks[places.HUB] = self._several("gdv", Role.POSTAL_CLERK, places.HUB, 3)
        couriers = {
            each.code: self._several("buuta", Role.COURIER, each.code, each.couriers)
            for each in places.offices()
        }
        self._ride(couriers)
        return World(
            administrator=administrator,
            auditor=auditor,
            managers=managers,
            clerks=clerks,
            couriers=couriers,
            desk_clerks=self._desks(),
            officers={code: self._one("canbo", Role.AGENCY, code) for code in _agencies()},
            versions=versions,
            logins=self._logins,
        )

    def _ride(self, couriers: dict[UnitCode, tuple[Actor, ...]]) -> None:
        """Made up: a van where many are at work, mountain permits where the mountains are, small purses."""
        for office in places.offices():
            mountain = places.terrain(office.commune) == "mountain"
            crew = couriers[office.code]
            for number, actor in enumerate(crew):
                has_van = number == 0 and len(crew) >= VAN_FROM
                facts = CourierFacts(
                    vehicle=Vehicle.VAN if has_van else Vehicle.MOTORBIKE,
                    permits=MOUNTAIN_PERMITS if mountain else PLAIN_PERMITS,
                    bag_grams=None if has_van else BAG_GRAMS,
                    cash_limit_dong=CASH_LIMIT_DONG,
                )
                courier_facts.put(self._session, actor.staff, facts, by=INSTALLER)

    def _desks(self) -> dict[UnitCode, tuple[Actor, ...]]:
        """A civil servant at each commune's desk beside one of the post; only the post at the others."""
        found: dict[UnitCode, tuple[Actor, ...]] = {}
        for code in map(places.desk_for, _agencies()):
            posted = DESK_CLERKS.get(code, 2 if code.startswith("DESK-DD") else 1)
            staff = self._several("motcua", Role.POSTAL_CLERK, code, posted)
            if posted == 1:
                staff = (self._one("motcua.cb", Role.DESK_CLERK, code), *staff)
            found[code] = staff
        return found

    def _several(self, word: str, role: Role, unit: UnitCode, count: int) -> tuple[Actor, ...]:
        return tuple(self._one(f"{word}{n}", role, unit) for n in range(1, count + 1))

    def _one(self, word: str, role: Role, unit: UnitCode) -> Actor:
        return self._hire(f"{word}.{unit.lower()}", role, unit, unit)

    def _hire(self, login: str, role: Role, unit: UnitCode, over: UnitCode) -> Actor:
        staff = StaffId(f"s{self._chance.getrandbits(48):012x}")
        phone = self._people.phone()
        name = self._people.name()
        directory.hire(
            self._session, login=login, name=name, phone=phone, by=INSTALLER, staff=staff
        )
        directory.grant(self._session, staff, role, over, by=INSTALLER)
        self._logins[staff] = login
        paths = {code: self._session.get_one(UnitRow, code).path for code in (unit, over)}
        grant = Grant(role=role, unit=over, path=paths[over])
        at_work = unit if paths[unit].startswith(paths[over]) else over
        return Actor(staff=staff, unit=at_work, path=paths[at_work], grants=(grant,))


def _agencies() -> list[UnitCode]:
    return [
        *(places.agency(row) for row in places.units()),
        places.POLICE,
        *(places.branch(row.name) for row in places.districts()),
    ]
