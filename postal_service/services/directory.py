"""Who and where: units with their dates and successors, staff and their roles.

A unit is never deleted: it gets the day it ended and, where there is one, its successor. A dossier
keeps the units of its own date.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain import desk_codes
from postal_service.domain.actors import SHARED, Actor, Grant, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.domain.text import search_key, tidy
from postal_service.domain.units import SuccessionKind, UnitInCircle, UnitNotEntered
from postal_service.services import numbers, places
from postal_service.storage.schema import RoleRow, StaffRow, SuccessionRow, UnitRow

PAGE = 200
OVERSEEING = (Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR)


class UnknownStaff(Unknown):
    code = "staff.unknown"


class LoginTaken(RuleBroken):
    code = "staff.login_taken"


class UnitDatesCrossed(RuleBroken):
    code = "unit.dates_crossed"


@dataclass(frozen=True, kw_only=True)
class NewUnit:
    """A unit as it is entered. `serves`: a desk's agency, a post office's commune."""

    code: UnitCode
    name: str
    kind: str
    level: str
    parent: UnitCode | None
    valid_from: date
    valid_to: date | None = None  # the last day
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    serves: UnitCode | None = None
    calendar: str = "agency"
    terrain: str = "delta"
    agency_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """A member of staff as others see him."""

    staff: StaffId
    login: str
    name: str
    badge: str
    active: bool


def put_unit(session: Session, unit: NewUnit, *, by: Actor) -> None:
    """Enter a unit, or write over what is entered under its code.

    Raises RoleNeeded unless `by` administers it as it is entered, the parent that it gets and, but for
    a post office, the unit that it begins to serve; UnitNotEntered for its parent, UnitInCircle,
    UnitDatesCrossed.
    """
    by.need(Role.ADMINISTRATOR)
    if unit.valid_to is not None and unit.valid_to < unit.valid_from:
        raise UnitDatesCrossed(unit=unit.code)
    parent = session.get(UnitRow, unit.parent) if unit.parent else None
    if unit.parent and parent is None:
        raise UnitNotEntered(unit=unit.parent)
    path = f"{parent.path if parent else '/'}{unit.code}/"
    if path.count(f"/{unit.code}/") > 1:
        raise UnitInCircle(unit=unit.code)
    row = session.get(UnitRow, unit.code)
    moved = row is not None and row.path != path
    _refuse_unless_his(session, unit, row, parent, by)
    if row is None:
        row = UnitRow(code=unit.code)
        session.add(row)
    old_path = row.path if moved else ""
    row.name, row.search_name = unit.name, search_key(unit.name)
    row.kind, row.level, row.parent, row.path = unit.kind, unit.level, unit.parent, path
    row.valid_from, row.valid_to = unit.valid_from, unit.valid_to
    row.lat, row.lon, row.address = unit.lat, unit.lon, unit.address
    row.serves, row.calendar, row.terrain = unit.serves, unit.calendar, unit.terrain
    row.agency_id = unit.agency_id
    session.flush()
    if moved:
        _move_subtree(session, old_path, path)


def _refuse_unless_his(
    session: Session, unit: NewUnit, row: UnitRow | None, parent: UnitRow | None, by: Actor
) -> None:
    if row is not None:
        by.need_to_administer(row.path, unit.code)
    if row is None or row.parent != unit.parent:
        by.need_to_administer(parent.path if parent else SHARED, unit.parent)
    served_so = row is not None and (row.kind, row.serves) == (unit.kind, unit.serves)
    # What an office delivers in is the post's to say, and no commune lies under the post.
    if unit.serves and not served_so and unit.kind != places.POST_OFFICE:
        served = session.get(UnitRow, unit.serves)
        if served is not None:
            by.need_to_administer(served.path, unit.serves)


def _move_subtree(session: Session, old: str, new: str) -> None:
    below = select(UnitRow).where(UnitRow.path.startswith(old, autoescape=True))
    for row in session.scalars(below).all():
        row.path = new + row.path.removeprefix(old)
    session.flush()


def succeed(
    session: Session,
    old: UnitCode,
    new: UnitCode,
    *,
    on: date,
    kind: SuccessionKind,
    by: Actor,
) -> None:
    """Say that one unit became another on a day: the first of the new one; the old one's last is before it.

    Raises RoleNeeded unless `by` administers both, UnitNotEntered, UnitInCircle for a unit that would
    follow itself, or UnitDatesCrossed where the old one had not begun by then.
    """
    by.need(Role.ADMINISTRATOR)
    if old == new:
        raise UnitInCircle(unit=old)
    ended, began = session.get(UnitRow, old), session.get(UnitRow, new)
    if ended is None or began is None:
        raise UnitNotEntered(unit=old if ended is None else new)
    by.need_to_administer(ended.path, old)
    by.need_to_administer(began.path, new)
    last = on - timedelta(days=1)
    if last < ended.valid_from:
        raise UnitDatesCrossed(unit=old)
    ended.valid_to = last
    session.merge(SuccessionRow(old=old, new=new, on=on, kind=kind.value))
    session.flush()


def successors(session: Session, code: UnitCode, *, day: date) -> list[UnitCode]:
    """What a unit has become by that day; itself while it stands. Raises UnitNotEntered."""
    row = session.get(UnitRow, code)
    if row is None:
        raise UnitNotEntered(unit=code)
    if row.valid_to is None or day <= row.valid_to:
        return [code]
    next_ones = session.scalars(
        select(SuccessionRow.new)
        .where(SuccessionRow.old == code, SuccessionRow.on <= day)
        .order_by(SuccessionRow.new)
    ).all()
    return [each for new in next_ones for each in successors(session, UnitCode(new), day=day)]


def unit(session: Session, code: UnitCode, *, by: Actor) -> UnitRow:
    """A unit inside what the actor may look into. Raises UnitNotEntered for all others."""
    row = session.get(UnitRow, code)
    if row is None or not any(row.path.startswith(scope) for scope in by.scopes):
        raise UnitNotEntered(unit=code)
    return row


def hire(
    session: Session,
    *,
    login: str,
    name: str,
    phone: str = "",
    by: Actor,
    staff: StaffId | None = None,
) -> Colleague:
    """Enter a member of staff, who cannot sign in until a password is set.

    Events will know only the pseudonym. Raises RoleNeeded, LoginTaken.
    """
    by.need(Role.ADMINISTRATOR)
    login = tidy(login).lower()  # as it is looked for when he signs in
    if session.scalar(select(StaffRow.id).where(StaffRow.login == login)):
        raise LoginTaken(login=login)
    row = StaffRow(
        id=staff or f"s{uuid7().hex[-12:]}",
        login=login,
        name=name,
        search_name=search_key(name),
        phone=phone,
        password_hash="",
        totp_secret=None,
        badge=desk_codes.desk_code(numbers.take(session, "badge", first=1)),
        active=True,
        failed_sign_ins=0,
        locked_until=None,
    )
    session.add(row)
    session.flush()
    return _colleague(row)


def grant(session: Session, staff: StaffId, role: Role, over: UnitCode, *, by: Actor) -> None:
    """Give a role over a unit and all below it. Raises RoleNeeded, UnknownStaff, UnitNotEntered."""
    row = session.get(UnitRow, over)
    if row is None:
        raise UnitNotEntered(unit=over)
    by.need(Role.ADMINISTRATOR, path=row.path)
    if session.get(StaffRow, staff) is None:
        raise UnknownStaff(staff=staff)
    session.merge(RoleRow(staff=staff, role=role.value, unit=over))
    session.flush()


def revoke(session: Session, staff: StaffId, role: Role, over: UnitCode, *, by: Actor) -> None:
    """Take a role away. Raises RoleNeeded, UnknownStaff when it was not given."""
    row = session.get(RoleRow, (staff, role.value, over))
    if row is None:
        raise UnknownStaff(staff=staff)
    by.need(Role.ADMINISTRATOR, path=session.get_one(UnitRow, over).path)
    session.delete(row)
    session.flush()


def dismiss(session: Session, staff: StaffId, *, by: Actor) -> None:
    """He can no longer sign in; what he signed stays. Raises RoleNeeded, UnknownStaff."""
    by.need(Role.ADMINISTRATOR)
    row = session.get(StaffRow, staff)
    if row is None:
        raise UnknownStaff(staff=staff)
    row.active = False
    session.flush()


def actor(session: Session, staff: StaffId, unit_code: UnitCode | None = None) -> Actor:
    """The member of staff at work for a unit: the one asked for, else the first of his roles.

    Raises UnknownStaff when he is not active or has no role that covers the unit.
    """
    row = session.get(StaffRow, staff)
    if row is None or not row.active:
        raise UnknownStaff(staff=staff)
    given = tuple(grants(session, [staff])[staff])
    if not given:
        raise UnknownStaff(staff=staff)
    if unit_code is None:
        return Actor(staff=staff, unit=given[0].unit, path=given[0].path, grants=given)
    place = session.get(UnitRow, unit_code)
    if place is None or not any(place.path.startswith(each.path) for each in given):
        raise UnknownStaff(staff=staff)
    return Actor(staff=staff, unit=unit_code, path=place.path, grants=given)


def below(by: Actor, roles: Collection[Role]) -> ColumnElement[bool]:
    """Of UnitRow: the units where `by` has one of these roles, and all under them."""
    paths = sorted({grant.path for grant in by.grants if grant.role in roles})
    return or_(false(), *(UnitRow.path.startswith(path, autoescape=True) for path in paths))


def watched(by: Actor) -> Select[str]:
    """The codes of the unit where `by` works and of those he oversees: whose troubles he hears of."""
    return select(UnitRow.code).where(or_(UnitRow.code == by.unit, below(by, OVERSEEING)))


def under(by: Actor, roles: Collection[Role]) -> Select[str]:
    """Whoever has a role over a unit below one where `by` has one of these roles."""
    return select(RoleRow.staff).join(UnitRow, UnitRow.code == RoleRow.unit).where(below(by, roles))


def stands_over(by: Actor, given: Iterable[Grant], *roles: Role) -> bool:
    """Whether `by` has one of these roles over every unit where these grants are."""
    return all(by.may(*roles, path=each.path) for each in given)


def grants(session: Session, staff: Iterable[StaffId]) -> Mapping[StaffId, list[Grant]]:
    """The roles that these people have, by unit; none for whoever has none."""
    rows = session.execute(
        select(RoleRow.staff, RoleRow.role, UnitRow.code, UnitRow.path)
        .join(UnitRow, UnitRow.code == RoleRow.unit)
        .where(RoleRow.staff.in_(set(staff)))
        .order_by(UnitRow.path, RoleRow.role)
    )
    found: dict[StaffId, list[Grant]] = defaultdict(list)
    for person, role, code, path in rows:
        found[StaffId(person)].append(Grant(role=Role(role), unit=UnitCode(code), path=path))
    return found


def colleague_by_badge(session: Session, badge: str) -> Colleague:
    """Whose badge was scanned.

    Raises UnknownStaff, or WrongCheckCharacters where the scan or the hand changed it.
    """
    row = session.scalar(select(StaffRow).where(StaffRow.badge == badge, StaffRow.active))
    if row is None:
        with suppress(desk_codes.NotADeskCode, desk_codes.InputMethodIsOn):
            desk_codes.read_desk_code(badge)
        raise UnknownStaff(staff=badge)
    return _colleague(row)


def works_under(session: Session, staff: StaffId, path: str) -> bool:
    """Whether he is of the staff now, with a role at the unit of this path or below it."""
    asked = (
        select(RoleRow.staff)
        .join(UnitRow, UnitRow.code == RoleRow.unit)
        .join(StaffRow, StaffRow.id == RoleRow.staff)
        .where(RoleRow.staff == staff, StaffRow.active)
        .where(UnitRow.path.startswith(path, autoescape=True))
        .limit(1)
    )
    return session.scalar(asked) is not None


def colleagues(session: Session, over: UnitCode, role: Role) -> list[Colleague]:
    """Who has this role at this unit, by name."""
    rows = session.scalars(
        select(StaffRow)
        .join(RoleRow, RoleRow.staff == StaffRow.id)
        .where(RoleRow.unit == over, RoleRow.role == role.value, StaffRow.active)
        .order_by(StaffRow.name, StaffRow.id)
    )
    return [_colleague(row) for row in rows]


def login_of(session: Session, staff: StaffId) -> str:
    """By what a member of staff signs in. Raises UnknownStaff."""
    login = session.scalar(select(StaffRow.login).filter_by(id=staff))
    if login is None:
        raise UnknownStaff(staff=staff[:40])
    return login


def names(session: Session, staff: Iterable[StaffId]) -> dict[StaffId, str]:
    """The names behind pseudonyms, for pages of staff; never for the public."""
    rows = session.execute(select(StaffRow.id, StaffRow.name).where(StaffRow.id.in_(set(staff))))
    return {StaffId(key): name for key, name in rows}


def _colleague(row: StaffRow) -> Colleague:
    return Colleague(
        staff=StaffId(row.id), login=row.login, name=row.name, badge=row.badge, active=row.active
    )
