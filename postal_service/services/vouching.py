"""Who can vouch for a delivery without the citizen's code: a manager over the office that delivers.

A phone may tell of it a week late, so what counts is the day on which it happened. The day on which
somebody was given a role is not kept; on which it was taken away, or he was dismissed, is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.wording_dates import VIETNAM
from postal_service.services import directory
from postal_service.services.staffing import Step
from postal_service.storage.schema import StaffChangeRow, StaffRow, UnitRow

Vouched = tuple[StaffId, UnitCode, date]  # by whom, for which office's delivery, on which day

_TOLD = (Step.DISMISSED.value, Step.TAKEN_BACK.value, Step.ROLE_TAKEN.value)


def able(session: Session, asked: Collection[Vouched]) -> frozenset[Vouched]:
    """Those of them by whoever was of the staff on that day, and a manager over that office."""
    if not asked:
        return frozenset()
    staff = {person for person, _, _ in asked}
    active = set(
        session.scalars(select(StaffRow.id).where(StaffRow.id.in_(staff), StaffRow.active))
    )
    over = {
        person: {grant.unit for grant in grants if grant.role is Role.MANAGER}
        for person, grants in directory.grants(session, staff).items()
    }
    changes = _changes(session, staff, since=_begins(min(day for _, _, day in asked)))
    taken = {_over(each) for of_one in changes.values() for each in of_one}
    units = {unit for _, unit, _ in asked}.union(taken, *over.values())
    paths = _paths(session, units)

    def was_able(person: StaffId, unit: UnitCode, day: date) -> bool:
        later = [each for each in changes.get(person, ()) if each.at >= _begins(day)]
        led = over.get(person, set()).union(map(_over, later))
        return _was_active(later, now=person in active) and any(
            paths[unit].startswith(paths[each]) for each in led if {each, unit} <= paths.keys()
        )

    return frozenset(each for each in asked if was_able(*each))


def _was_active(later: Sequence[StaffChangeRow], *, now: bool) -> bool:
    """Whether he was of the staff before these changes: whoever was dismissed had been until then."""
    steps = [each.step for each in later if each.step != Step.ROLE_TAKEN.value]
    return steps[0] == Step.DISMISSED.value if steps else now


def _over(change: StaffChangeRow) -> UnitCode:
    """The unit over which a manager's role was taken away; "" for any other change."""
    role, _, unit = change.about.partition(" ")
    return UnitCode(unit if role == Role.MANAGER.value else "")


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _changes(
    session: Session, staff: Collection[StaffId], *, since: datetime
) -> Mapping[StaffId, Sequence[StaffChangeRow]]:
    """What an administrator did to their accounts since then, in its order."""
    found: dict[StaffId, list[StaffChangeRow]] = defaultdict(list)
    rows = session.scalars(
        select(StaffChangeRow)
        .where(
            StaffChangeRow.staff.in_(staff),
            StaffChangeRow.at >= since,
            StaffChangeRow.step.in_(_TOLD),
        )
        .order_by(StaffChangeRow.id)
    )
    for row in rows:
        found[StaffId(row.staff)].append(row)
    return found


def _paths(session: Session, units: Collection[UnitCode]) -> dict[UnitCode, str]:
    rows = session.execute(select(UnitRow.code, UnitRow.path).where(UnitRow.code.in_(units)))
    return {UnitCode(code): path for code, path in rows}
