"""A small organisation for the tests of the services: one province, two communes, two offices.

Everything is made the way the service makes it; the calendar of 2026 is the announced one, and
no other year is known.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.procedures import ProcedureVersion, version_from_reference
from postal_service.domain.text import search_key
from postal_service.domain.wording_dates import VIETNAM
from postal_service.reference import holidays as shipped_holidays
from postal_service.reference import procedures as shipped_procedures
from postal_service.services import calendars, procedures
from postal_service.services.office_events import OfficeKeys
from postal_service.services.vault import Vault
from postal_service.storage.schema import RoleRow, StaffRow, UnitRow

VAULT = Vault(master=bytes(range(32)), index=bytes(range(32, 64)))

# A working Monday before a day off: 24 November 2026 is Vietnam Cultural Day.
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
AFTER_CUT = datetime(2026, 11, 23, 15, 30, tzinfo=VIETNAM)

SINCE = date(2025, 7, 1)
PROVINCE = UnitCode("H17")
COMMUNE = UnitCode("20341")  # phường Tam Kỳ
FAR_COMMUNE = UnitCode("20791")  # xã Thăng Bình
AGENCY = UnitCode("AG-20341")
DESK = UnitCode("DESK-20341")
FAR_AGENCY = UnitCode("AG-20791")
FAR_DESK = UnitCode("DESK-20791")
OPERATOR = UnitCode("POST")
OFFICE = UnitCode("560000")  # delivers in COMMUNE
FAR_OFFICE = UnitCode("561700")  # delivers in FAR_COMMUNE

EXTRACT = "2.000635"  # copy of a civil-status extract: same day, by post both ways
MARRIAGE = "1.000894"  # both must be present: no post either way
LICENCE = "3.000347"  # result by post only; the old licence is collected at the door
CORRECTION = "1.004859"  # an original goes in that must come back
LAND = "1.013831"  # the clock stops for the tax
BUILDING = "1.013225"  # fifteen calendar days; two originals of one paper
PROCEDURES = (EXTRACT, MARRIAGE, LICENCE, CORRECTION, LAND, BUILDING)


@dataclass(frozen=True, kw_only=True)
class World:
    """Who is there. Units are constants of this module; actors are signed-in people."""

    keys: OfficeKeys
    procedures: dict[str, procedures.VersionId]
    courier: Actor
    far_courier: Actor
    counter: Actor  # counter clerk at OFFICE
    second_counter: Actor
    far_counter: Actor
    desk_clerk: Actor  # at DESK
    second_desk_clerk: Actor
    far_desk_clerk: Actor
    officer: Actor  # of AGENCY
    manager: Actor  # of OFFICE
    auditor: Actor
    administrator: Actor

    @property
    def vault(self) -> Vault:
        return self.keys.vault


def build(session: Session) -> World:
    """Write the organisation and answer who is in it. Nothing is committed."""
    paths = _units(session)
    people = {
        name: _staff(session, name, unit, role, over, paths)
        for name, unit, role, over in (
            ("administrator", OPERATOR, Role.ADMINISTRATOR, PROVINCE),
            ("auditor", OPERATOR, Role.AUDITOR, PROVINCE),
            ("manager", OFFICE, Role.MANAGER, OFFICE),
            ("courier", OFFICE, Role.COURIER, OFFICE),
            ("far_courier", FAR_OFFICE, Role.COURIER, FAR_OFFICE),
            ("counter", OFFICE, Role.POSTAL_CLERK, OFFICE),
            ("second_counter", OFFICE, Role.POSTAL_CLERK, OFFICE),
            ("far_counter", FAR_OFFICE, Role.POSTAL_CLERK, FAR_OFFICE),
            ("desk_clerk", DESK, Role.DESK_CLERK, DESK),
            ("second_desk_clerk", DESK, Role.DESK_CLERK, DESK),
            ("far_desk_clerk", FAR_DESK, Role.DESK_CLERK, FAR_DESK),
            ("officer", AGENCY, Role.AGENCY, AGENCY),
        )
    }
    by = people["administrator"]
    enter_calendar(session, 2026, by=by)
    return World(
        keys=OfficeKeys(
            vault=VAULT,
            root=Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96))),
        ),
        procedures=_procedures(session, by),
        **people,
    )


def enter_calendar(session: Session, year: int, *, by: Actor) -> None:
    """Enter the shipped announcement of a year for agencies and post."""
    days = [row for row in shipped_holidays.holidays() if row.day.year == year]
    for kind in (calendars.AGENCY, calendars.POST):
        calendars.import_year(session, kind, year, days, source="shipped", by=by)


def _units(session: Session) -> dict[UnitCode, str]:
    paths: dict[UnitCode, str] = {}

    def put(
        code: UnitCode,
        name: str,
        kind: str,
        parent: UnitCode | None,
        *,
        level: str = "commune",
        serves: UnitCode | None = None,
        calendar: str = calendars.AGENCY,
        at: tuple[float, float] | None = None,
        agency_id: str | None = None,
    ) -> None:
        paths[code] = f"{paths[parent] if parent else '/'}{code}/"
        session.add(
            UnitRow(
                code=code, name=name, search_name=search_key(name), kind=kind, level=level,
                parent=parent, path=paths[code], valid_from=SINCE, valid_to=None,
                lat=at[0] if at else None, lon=at[1] if at else None, address=name, serves=serves,
                calendar=calendar, terrain="delta", agency_id=agency_id,
            )
        )  # fmt: skip
        session.flush()

    put(PROVINCE, "Thành phố Đà Nẵng", "province", None, level="province")
    put(COMMUNE, "Phường Tam Kỳ", "commune", PROVINCE, at=(15.5581, 108.479))
    put(FAR_COMMUNE, "Xã Thăng Bình", "commune", PROVINCE, at=(15.740, 108.357))
    put(AGENCY, "UBND phường Tam Kỳ", "agency", COMMUNE, agency_id="H17.132")
    put(FAR_AGENCY, "UBND xã Thăng Bình", "agency", FAR_COMMUNE, agency_id="H17.145")
    put(DESK, "Trung tâm Phục vụ hành chính công phường Tam Kỳ", "desk", AGENCY,
        serves=AGENCY, at=(15.5590, 108.480))  # fmt: skip
    put(FAR_DESK, "Trung tâm Phục vụ hành chính công xã Thăng Bình", "desk", FAR_AGENCY,
        serves=FAR_AGENCY, at=(15.741, 108.358))  # fmt: skip
    post = calendars.POST
    put(OPERATOR, "Bưu điện thành phố", "operator", PROVINCE, level="province", calendar=post)
    put(OFFICE, "Bưu cục Tam Kỳ", "post_office", OPERATOR,
        serves=COMMUNE, calendar=post, at=(15.5700, 108.4740))  # fmt: skip
    put(FAR_OFFICE, "Bưu cục Hà Lam", "post_office", OPERATOR,
        serves=FAR_COMMUNE, calendar=post, at=(15.7400, 108.3570))  # fmt: skip
    return paths


def _staff(
    session: Session,
    name: str,
    unit: UnitCode,
    role: Role,
    over: UnitCode,
    paths: dict[UnitCode, str],
) -> Actor:
    staff = StaffId(f"s-{name.replace('_', '-')}")
    session.add(
        StaffRow(
            id=staff, login=name, name=f"Nhân viên {name}", search_name=f"nhan vien {name}",
            phone="+84905000000", password_hash="", totp_secret=None, badge=f"B-{name}",
            active=True, failed_sign_ins=0, locked_until=None,
        )
    )  # fmt: skip
    session.flush()
    session.add(RoleRow(staff=staff, role=role.value, unit=over))
    session.flush()
    grant = Grant(role=role, unit=over, path=paths[over])
    return Actor(staff=staff, unit=unit, path=paths[unit], grants=(grant,))


def far_administrator(session: Session) -> str:
    """The login of an administrator over FAR_COMMUNE alone."""
    paths = {UnitCode(row.code): row.path for row in session.scalars(select(UnitRow))}
    _staff(session, "far_administrator", FAR_DESK, Role.ADMINISTRATOR, FAR_COMMUNE, paths)
    return "far_administrator"


def _procedures(session: Session, by: Actor) -> dict[str, procedures.VersionId]:
    return {
        code: procedures.add_version(session, version, source="shipped", by=by)
        for code, version in _shipped_versions().items()
    }


@cache
def _shipped_versions() -> dict[str, ProcedureVersion]:
    """Read once; every test builds a world."""
    shipped = {row.code: row for row in shipped_procedures.procedures()}
    return {code: version_from_reference(shipped[code]) for code in PROCEDURES}
