"""What the law asks next of a result that came back: an invitation, or the way back to its agency."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.demo.clerks import Office
from postal_service.demo.stacks import grouped
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity
from postal_service.domain.attempts import Step
from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.ids import ItemId, UnitCode
from postal_service.domain.wording_dates import local
from postal_service.services import calendars, delivery, items, places
from postal_service.storage.transaction import transaction


def after_failures(
    office: Office, failed: Iterable[tuple[UnitCode, ItemId]], *, at: datetime
) -> Counter[Step]:
    """Follow up what could not be handed over, by the office that has it back; what was done."""
    done: Counter[Step] = Counter()
    for unit, mine in grouped(failed, lambda pair: pair[0]):
        clerk = office.clerk(unit)
        with transaction(office.runtime.sessions) as session:
            place = places.place(session, unit, day=local(at).date())
            calendar = calendars.of_unit(session, place)
            for _, item in mine:
                done.update(_next(session, office, item, calendar, clerk, at))
    return done


def _next(
    session: Session,
    office: Office,
    item: ItemId,
    calendar: WorkingCalendar,
    clerk: Actor,
    at: datetime,
) -> list[Step]:
    holder = items.standing(session, item).holder
    if holder is None or holder.unit != clerk.unit or holder.capacity is not Capacity.COUNTER:
        return []  # it is still on its way back
    keys, policy = office.runtime.keys, office.runtime.settings.delivery_policy
    step = delivery.next_step(session, item, policy=policy, calendar=calendar, at=at).step
    if step is Step.INVITE:
        delivery.invite(session, keys, item, policy=policy, calendar=calendar, by=clerk, at=at)
        return [step]
    if step is Step.RETURN:
        delivery.send_back(
            session, keys, item, why="Người nhận từ chối", policy=policy, calendar=calendar,
            by=clerk, at=at,
        )  # fmt: skip
        return [step]
    return []
