"""Look places up: a unit as it stands on a day, the desk of an agency, the office that serves an address."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.units import UnitNotEntered, UnknownUnit
from postal_service.domain.wording_dates import local, short_date
from postal_service.storage.schema import UnitRow

DESK, AGENCY, POST_OFFICE, COMMUNE = "desk", "agency", "post_office", "commune"


class NoOfficeServes(RuleBroken):
    """No post office is entered as serving this commune or ward."""

    code = "place.no_office_serves"


class NotAnAgency(RuleBroken):
    code = "place.not_an_agency"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A unit as a use case needs it. `serves` is a desk's agency, an office's commune."""

    code: UnitCode
    name: str
    kind: str
    path: str
    serves: UnitCode | None
    calendar: str
    terrain: str
    agency_id: str | None


def workplace(session: Session, *, by: Actor, at: datetime) -> Place:
    """The unit this person works for, as it stands on that day in Vietnam. Raises UnknownUnit."""
    return place(session, by.unit, day=local(at).date())


def place(session: Session, code: UnitCode, *, day: date) -> Place:
    """The unit on that day. Raises UnknownUnit where it did not stand then."""
    row = session.get(UnitRow, code)
    if row is None or not _stands(row, day):
        raise UnknownUnit(unit=code, day=short_date(day))
    return place_of(row)


def path_of(session: Session, code: UnitCode) -> str:
    """Where a unit stands in the organisation, whatever the day. Raises UnitNotEntered."""
    path = session.scalar(select(UnitRow.path).filter_by(code=code))
    if path is None:
        raise UnitNotEntered(unit=code)
    return path


def agency(session: Session, code: UnitCode, *, day: date) -> Place:
    """A competent agency on that day. Raises UnknownUnit or NotAnAgency."""
    found = place(session, code, day=day)
    if found.kind != AGENCY:
        raise NotAnAgency(unit=code)
    return found


def desk_of(session: Session, agency_code: UnitCode, *, day: date) -> Place:
    """The one-stop desk that takes for an agency; the agency itself where it has none.

    Raises UnknownUnit.
    """
    found = _serving(session, DESK, agency_code, day)
    return found or place(session, agency_code, day=day)


def office_serving(session: Session, commune: UnitCode, *, day: date) -> Place:
    """The post office that delivers in a commune or ward. Raises NoOfficeServes."""
    found = _serving(session, POST_OFFICE, commune, day)
    if found is None:
        raise NoOfficeServes(unit=commune)
    return found


def _serving(session: Session, kind: str, served: UnitCode, day: date) -> Place | None:
    rows = session.scalars(
        select(UnitRow).filter_by(kind=kind, serves=served).order_by(UnitRow.code)
    )
    return next((place_of(row) for row in rows if _stands(row, day)), None)


def _stands(row: UnitRow, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def place_of(row: UnitRow) -> Place:
    """A row as a place, whatever the day."""
    return Place(
        code=UnitCode(row.code),
        name=row.name,
        kind=row.kind,
        path=row.path,
        serves=UnitCode(row.serves) if row.serves else None,
        calendar=row.calendar,
        terrain=row.terrain,
        agency_id=row.agency_id,
    )
