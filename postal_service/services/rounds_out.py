"""The rounds of an office that are out or will be: whom a counter loads and for whom it prints. Reading only.

Couriers, hours and figures; who lives at the doors stands on the run list alone, whose reading is logged.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.attempts import STANDARD, DeliveryPolicy
from postal_service.domain.ids import ItemId, RoundId, StaffId
from postal_service.domain.wording_dates import local
from postal_service.services import (
    directory,
    plans,
    return_envelopes,
    round_loading,
    round_pages,
    round_progress,
    round_tours,
)
from postal_service.services.round_progress import Progress
from postal_service.services.round_tours import Tour
from postal_service.services.run_lists import PRINTING
from postal_service.storage.schema import RoundRow

LISTED: Final = 200


@dataclass(frozen=True, kw_only=True)
class TourOut:
    """A tour of which so many items still lie at the counter."""

    number: int
    leaves_at: datetime
    to_load: int
    envelopes: int  # of those to load, so many have an empty envelope go along


@dataclass(frozen=True, kw_only=True)
class RoundOut:
    """One courier's round of a day. `letter` is what the manager's page and the run list call it."""

    id: RoundId
    letter: str
    day: date
    courier: StaffId
    name: str
    acknowledged_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    metres: int
    progress: Progress
    tours: tuple[TourOut, ...]


def from_today(
    session: Session, *, policy: DeliveryPolicy = STANDARD, by: Actor, at: datetime
) -> dict[date, tuple[RoundOut, ...]]:
    """The published rounds of the actor's unit from today on, day by day. Raises RoleNeeded."""
    by.need(*PRINTING)
    rows = session.scalars(
        select(RoundRow)
        .where(
            RoundRow.office == by.unit,
            RoundRow.day >= local(at).date(),
            RoundRow.state.in_(plans.SHOWN),
        )
        .order_by(RoundRow.day, RoundRow.courier, RoundRow.id)
        .limit(LISTED)
    ).all()
    ids = [RoundId(row.id) for row in rows]
    ridden = round_tours.of_rounds(session, ids)
    progress = round_progress.of_rounds(session, ids)
    waiting = round_loading.to_load_of(session, ids, policy=policy)
    lying = [item for tours in waiting.values() for items in tours.values() for item in items]
    exchanged = return_envelopes.of(session, lying).keys()
    names = directory.names(session, [StaffId(row.courier) for row in rows])
    found: dict[date, list[RoundOut]] = {}
    for row in rows:
        of_day = found.setdefault(row.day, [])
        of_day.append(
            RoundOut(
                id=RoundId(row.id),
                letter=round_pages.letter_of(len(of_day)),
                day=row.day,
                courier=StaffId(row.courier),
                name=names.get(StaffId(row.courier), row.courier),
                acknowledged_at=row.acknowledged_at,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                metres=row.metres,
                progress=progress[RoundId(row.id)],
                tours=_tours(ridden[RoundId(row.id)], waiting[RoundId(row.id)], exchanged),
            )
        )
    return {day: tuple(rounds) for day, rounds in found.items()}


def _tours(
    ridden: Sequence[Tour],
    waiting: Mapping[int, Sequence[ItemId]],
    exchanged: Collection[ItemId],
) -> tuple[TourOut, ...]:
    return tuple(
        TourOut(
            number=tour.number,
            leaves_at=tour.leaves_at,
            to_load=len(waiting.get(tour.number, ())),
            envelopes=sum(item in exchanged for item in waiting.get(tour.number, ())),
        )
        for tour in ridden
    )
