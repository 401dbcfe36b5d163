"""Plans as they are kept: versions of an office's day, their rounds, stops and what is handed over.

A published version never changes: whoever wants another day makes another version. Homes have no
coordinates here; they are opened from the dossiers when a map is drawn.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NewType

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain.ids import RoundId, StaffId, UnitCode
from postal_service.domain.refusals import OutOfDate, Unknown
from postal_service.domain.units import UnitNotEntered
from postal_service.domain.wording_dates import VIETNAM, short_moment
from postal_service.services import orders
from postal_service.services.orders import Kind, Order
from postal_service.services.planning import (
    Baseline,
    Fault,
    Left,
    Lock,
    Loosened,
    PlannedRound,
    PlannedStop,
    Sequences,
    Solved,
    unserved,
)
from postal_service.services.workdays import Workday
from postal_service.storage.schema import (
    PlanRow,
    RoundRow,
    RoundTourRow,
    StaffRow,
    StopItemRow,
    StopRow,
    UnitRow,
)

PlanId = NewType("PlanId", str)
PROPOSED, PUBLISHED, SUPERSEDED = "proposed", "published", "superseded"
DISCARDED: Final = "discarded"  # a proposal nobody wanted
ACKNOWLEDGED: Final = "acknowledged"
SHOWN: Final = (PUBLISHED, ACKNOWLEDGED)


class UnknownPlan(Unknown):
    """No such plan, or another office's."""

    code = "plan.unknown"


class PlanChanged(OutOfDate):
    """Somebody else changed the plan since this person saw it."""

    code = "plan.changed"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A plan's own facts. `tag` names exactly what a manager saw."""

    id: PlanId
    office: UnitCode
    day: date
    version: int
    edits: int
    state: str
    made_by: StaffId
    made_at: datetime
    edited_by: StaffId
    edited_at: datetime
    published_by: StaffId | None
    published_at: datetime | None
    seed: int
    budget_seconds: float
    metres: int
    seconds: int
    baseline: Baseline | None  # none: the search had no time for it
    roads: str  # a word of conditions.Roads; "" in plans of long ago
    cost: int
    lower_bound: int | None
    orders: str
    left: tuple[Left, ...]
    faults: tuple[Fault, ...]
    loosened: tuple[Loosened, ...]

    @property
    def above_bound_percent(self) -> int | None:
        """What any other plan of these orders saves at most, rounded up; None where unknown."""
        if not self.lower_bound or not self.cost:
            return None
        return -(-100 * (self.cost - self.lower_bound) // self.cost)

    @property
    def unserved(self) -> tuple[Left, ...]:
        """The places that nobody calls at."""
        return unserved(self.left)

    @property
    def tag(self) -> str:
        return f"v{self.version}.{self.edits}"


def row_of(session: Session, plan: PlanId) -> PlanRow:
    """The row that a use case changes, locked, as it is once it is. Raises UnknownPlan."""
    locked = select(PlanRow).filter_by(id=plan).with_for_update()
    # It may have been looked at before this waited for whoever had it.
    row = session.scalar(locked, execution_options={"populate_existing": True})
    if row is None:
        raise UnknownPlan(plan=plan)
    return row


def kept(row: PlanRow) -> Kept:
    return Kept(
        id=PlanId(row.id),
        office=UnitCode(row.office),
        day=row.day,
        version=row.version,
        edits=row.edits,
        state=row.state,
        made_by=StaffId(row.made_by),
        made_at=row.made_at,
        edited_by=StaffId(row.edited_by),
        edited_at=row.edited_at,
        published_by=StaffId(row.published_by) if row.published_by else None,
        published_at=row.published_at,
        seed=row.seed,
        budget_seconds=row.budget_seconds,
        metres=row.metres,
        seconds=row.seconds,
        baseline=_baseline(row),
        roads=row.roads or "",
        cost=row.cost,
        lower_bound=row.lower_bound,
        orders=row.orders,
        left=tuple(_left(each) for each in row.unserved if isinstance(each, dict)),
        faults=tuple(Fault(**each) for each in row.faults if isinstance(each, dict)),
        loosened=tuple(_loosened(each) for each in row.loosened or () if isinstance(each, dict)),
    )


def _baseline(row: PlanRow) -> Baseline | None:
    metres, seconds, left = row.baseline_metres, row.baseline_seconds, row.baseline_unserved
    if metres is None or seconds is None or left is None:
        return None
    return Baseline(metres=metres, seconds=seconds, left=left, longest=row.baseline_longest)


def versions(session: Session, office: UnitCode, day: date) -> list[Kept]:
    """Every plan of an office's day, newest first."""
    rows = session.scalars(
        select(PlanRow).filter_by(office=office, day=day).order_by(PlanRow.version.desc())
    )
    return [kept(row) for row in rows]


def newest(session: Session, office: UnitCode, day: date) -> Kept | None:
    """What a manager works on: the open proposal, or the published plan where there is none."""
    found = {each.state: each for each in reversed(versions(session, office, day))}
    return found.get(PROPOSED) or found.get(PUBLISHED)


def neighbours(session: Session, office: UnitCode, day: date) -> tuple[date | None, date | None]:
    """The nearest days before and after this one that have an open proposal or a published plan."""
    planned = select(func.max(PlanRow.day), func.min(PlanRow.day)).where(
        PlanRow.office == office, PlanRow.state.in_([PROPOSED, PUBLISHED])
    )
    before = session.execute(planned.where(PlanRow.day < day)).one()[0]
    after = session.execute(planned.where(PlanRow.day > day)).one()[1]
    return before, after


def refuse_if_stale(session: Session, row: PlanRow, tag: str) -> None:
    """Raises PlanChanged with both versions, who and when, unless `tag` is the plan as it is."""
    now = kept(row).tag
    if tag != now:
        who = session.get(StaffRow, row.edited_by)
        raise PlanChanged(
            yours=tag[:20],
            current=now,
            by=who.name if who else row.edited_by,
            at=short_moment(row.edited_at),
        )


def add(
    session: Session, workday: Workday, solved: Solved, *, made_by: StaffId, at: datetime
) -> PlanId:
    """Keep a proposal as the next version of its day; an older proposal gives way to it.

    Raises UnitNotEntered.
    """
    queue(session, workday.office)
    last = session.scalar(
        select(func.max(PlanRow.version)).filter_by(office=workday.office, day=workday.day)
    )
    for older in session.scalars(
        select(PlanRow).filter_by(office=workday.office, day=workday.day, state=PROPOSED)
    ):
        turn(session, older, SUPERSEDED)
    row = PlanRow(
        id=str(uuid7()),
        office=workday.office,
        day=workday.day,
        version=(last or 0) + 1,
        state=PROPOSED,
        made_by=made_by,
        made_at=at,
        published_by=None,
        published_at=None,
        seed=solved.seed,
        budget_seconds=solved.budget_seconds,
        edits=0,
        edited_by=made_by,
        edited_at=at,
        **_figures(workday, solved),
    )
    session.add(row)
    session.flush()
    _write_rounds(session, row, workday, solved.rounds)
    return PlanId(row.id)


def rewrite(
    session: Session, row: PlanRow, workday: Workday, solved: Solved, *, by: StaffId, at: datetime
) -> None:
    """Write a proposal anew after a change by hand."""
    for name, figure in _figures(workday, solved).items():
        setattr(row, name, figure)
    row.edits += 1
    row.edited_by, row.edited_at = by, at
    _write_rounds(session, row, workday, solved.rounds)


def queue(session: Session, office: UnitCode) -> None:
    """Whoever adds, changes, publishes or takes away a plan of an office waits here for the others.

    So no version is given twice, and no plan gives way that was published meanwhile. Raises
    UnitNotEntered.
    """
    # Not the whole lock: whoever enters anything that names the unit would wait for a planner.
    asked = select(UnitRow).filter_by(code=office).with_for_update(key_share=True)
    if session.scalar(asked) is None:
        raise UnitNotEntered(unit=office)


def turn(session: Session, row: PlanRow, state: str) -> None:
    """Give a plan and all of its rounds another state."""
    row.state = state
    for each in session.scalars(select(RoundRow).filter_by(plan=row.id)):
        each.state = state
    session.flush()


def made_way_for(session: Session, row: PlanRow) -> PlanRow | None:
    """The proposal that gave way to this one, with what was changed in it by hand; None if there was none."""
    before = session.scalar(
        select(PlanRow)
        .where(
            PlanRow.office == row.office,
            PlanRow.day == row.day,
            PlanRow.version < row.version,
            PlanRow.state != DISCARDED,
        )
        .order_by(PlanRow.version.desc())
        .limit(1)
    )
    if before is None or before.state != SUPERSEDED or before.published_at is not None:
        return None
    return before


def sequences(session: Session, plan: PlanId, workday: Workday) -> Sequences:
    """The calls of a plan by courier, named as the orders of the day are named now."""
    known = {order.key for order in workday.orders}
    midnight = _midnight(workday.day)
    found: dict[StaffId, list[PlannedStop]] = {}
    rows = session.execute(
        select(StopRow, RoundRow.courier)
        .join(RoundRow, RoundRow.id == StopRow.round)
        .where(RoundRow.plan == plan)
        .order_by(RoundRow.courier, StopRow.position)
    )
    for stop, courier in rows:
        found.setdefault(StaffId(courier), []).append(
            PlannedStop(
                order=_named_now(stop, courier, known),
                arrives=_seconds(stop.arrives_at, midnight),
                starts=_seconds(stop.starts_at, midnight),
                departs=_seconds(stop.departs_at, midnight),
                locked=Lock(stop.locked),
                tour=stop.tour,
            )
        )
    return {courier: tuple(stops) for courier, stops in found.items()}


def _named_now(stop: StopRow, courier: str, known: Collection[str]) -> str:
    called = orders.called(stop.kind, stop.unit, stop.dossier)
    # Once loaded, a call is bound to its courier and named with him; so is what he has collected.
    names = [f"{called}@{courier}"]
    if stop.kind == Kind.BRING and called not in known:
        names.append(f"{orders.called(Kind.DELIVER, stop.unit, None)}@{courier}")
    return next((name for name in names if name in known), called)


def _figures(workday: Workday, solved: Solved) -> dict[str, Any]:
    by_key = {order.key: order for order in workday.orders}
    baseline = solved.baseline
    return {
        "cost": solved.cost,
        "roads": solved.roads.value,
        "lower_bound": solved.lower_bound,
        "metres": solved.metres,
        "seconds": solved.seconds,
        "baseline_metres": baseline and baseline.metres,
        "baseline_seconds": baseline and baseline.seconds,
        "baseline_unserved": baseline and baseline.left,
        "baseline_longest": baseline and baseline.longest,
        "unserved": [_told(each, by_key.get(each.order)) for each in solved.left],
        "faults": [asdict(each) for each in solved.faults],
        "loosened": [asdict(each) for each in solved.loosened],
        "orders": workday.fingerprint,
    }


def _told(left: Left, order: Order | None) -> dict[str, object]:
    things = [] if order is None else [each.reference for each in order.references]
    return {**asdict(left), "references": things}


def _left(told: Mapping[str, Any]) -> Left:
    return Left(
        order=told["order"],
        reason=told["reason"],
        courier=told["courier"],
        misses_by_seconds=told["misses_by_seconds"],
        because=told.get("because", ""),  # plans of long ago say nothing of closures
    )


def _loosened(told: Mapping[str, Any]) -> Loosened:
    return Loosened(**{**told, "was": Lock(told["was"]), "left": Lock(told["left"])})


def _write_rounds(
    session: Session, plan: PlanRow, workday: Workday, rounds: Iterable[PlannedRound]
) -> None:
    """Write the rounds; a courier's round keeps its number through changes by hand."""
    rows = session.scalars(select(RoundRow).filter_by(plan=plan.id)).all()
    ids = {row.courier: row.id for row in rows}
    session.execute(delete(StopItemRow).where(StopItemRow.round.in_(ids.values())))
    session.execute(delete(StopRow).where(StopRow.round.in_(ids.values())))
    session.execute(delete(RoundTourRow).where(RoundTourRow.round.in_(ids.values())))
    session.execute(delete(RoundRow).where(RoundRow.plan == plan.id))
    by_key = {order.key: order for order in workday.orders}
    midnight = _midnight(workday.day)
    for each in rounds:
        number = RoundId(ids.get(each.courier) or str(uuid7()))
        session.add(
            RoundRow(
                id=number,
                plan=plan.id,
                office=workday.office,
                day=workday.day,
                courier=each.courier,
                state=PROPOSED,
                acknowledged_at=None,
                starts_at=midnight + timedelta(seconds=each.leaves),
                ends_at=midnight + timedelta(seconds=each.returns),
                metres=each.metres,
                seconds=each.seconds,
            )
        )
        session.flush()
        session.add_all(
            RoundTourRow(
                round=number,
                tour=tour,
                leaves_at=midnight + timedelta(seconds=times.leaves),
                returns_at=midnight + timedelta(seconds=times.returns),
            )
            for tour, times in enumerate(each.tours, start=1)
        )
        _write_stops(session, number, midnight, each.stops, by_key)
    session.flush()


def _write_stops(
    session: Session,
    number: RoundId,
    midnight: datetime,
    stops: Sequence[PlannedStop],
    by_key: Mapping[str, Order],
) -> None:
    for position, stop in enumerate(stops, start=1):
        order = by_key[stop.order]
        session.add(
            StopRow(
                round=number,
                position=position,
                tour=stop.tour,
                kind=order.kind.value,
                unit=order.unit,
                dossier=order.dossier,
                arrives_at=midnight + timedelta(seconds=stop.arrives),
                starts_at=midnight + timedelta(seconds=stop.starts),
                departs_at=midnight + timedelta(seconds=stop.departs),
                locked=stop.locked.value,
            )
        )
        session.add_all(
            StopItemRow(
                round=number, position=position, reference=each.reference, kind=each.kind.value
            )
            for each in order.references
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=VIETNAM)


def _seconds(moment: datetime, midnight: datetime) -> int:
    return round((moment - midnight).total_seconds())
