"""What of an office's holdings could go out on a day: at its counter, with its couriers, on its way here."""

from typing import Final

from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, Leg
from postal_service.domain.custody import Standing, State, lies_in
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.projections import holdings
from postal_service.services import closed_bags

AT_COUNTER: Final = (
    State.SEALED,
    State.AT_ORIGIN_OFFICE,
    State.AT_DESTINATION_OFFICE,
    State.RESULT_TAKEN,
    State.UNDELIVERED,
    State.GOING_BACK,
)
WITH_COURIER: Final = (State.WITH_COURIER, State.GOING_BACK)


def carried(session: Session, office: UnitCode) -> list[tuple[Standing, StaffId]]:
    """What lies at the counter, and what this office's couriers have; with whose it is then."""
    found: list[tuple[Standing, StaffId]] = []
    after = ""
    states = {*AT_COUNTER, *WITH_COURIER}
    while page := holdings.held_at_unit(session, office, states, after):
        after = page[-1].item
        lying = closed_bags.as_they_lie(session, page)
        found += [(each, _bound(each)) for each in lying if _is_free(each, office)]
    return found


def arriving(session: Session, office: UnitCode) -> list[Standing]:
    """What is on its way to this office in a bag that has left for it."""
    found: list[Standing] = []
    after = ""
    while page := holdings.travelling_to(session, office, after):
        after = page[-1].item
        bags = holdings.standings(session, {each.bag for each in page})
        found += [
            each
            for each in page
            if (bag := bags.get(each.bag)) is not None
            and bag.run
            and bag.destination == office
            and lies_in(each, bag)
            and each.seal
            and not each.frozen
            and not each.withdrawn
        ]
    return found


def _is_free(standing: Standing, office: UnitCode) -> bool:
    """Sealed, in nobody else's business: to be carried out today."""
    holder = standing.holder
    if holder is None or not standing.seal or standing.frozen or standing.bag:
        return False
    if standing.withdrawn or standing.is_bag:
        return False
    if holder.capacity is Capacity.COURIER:
        # Who has an open offer to the counter is bringing it back.
        in_hand = standing.state in WITH_COURIER or is_from_a_door(standing)
        return in_hand and standing.offered is None
    if standing.offered is None:
        return standing.state in AT_COUNTER
    return standing.offered.to_unit == office and bool(standing.offered.to_staff)


def is_from_a_door(standing: Standing) -> bool:
    """Sealed at a home's door, and still with the courier who did so."""
    holder = standing.holder
    at_the_door = standing.state is State.SEALED and standing.leg is Leg.IN
    return at_the_door and holder is not None and holder.capacity is Capacity.COURIER


def is_on_its_way(standing: Standing) -> bool:
    """A courier has it, or it changes hands: his phone may know no other delivery code than the one before."""
    holder = standing.holder
    with_courier = holder is not None and holder.capacity is Capacity.COURIER
    return with_courier or standing.offered is not None


def _bound(standing: Standing) -> StaffId:
    holder, offered = standing.holder, standing.offered
    if holder is not None and holder.capacity is Capacity.COURIER:
        return holder.staff
    return offered.to_staff if offered is not None else StaffId("")
