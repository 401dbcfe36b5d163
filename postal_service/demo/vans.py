"""The vans between post offices: bags are packed, leave, and are opened where they arrive."""

from dataclasses import dataclass
from datetime import datetime

from postal_service.demo import places
from postal_service.demo.clerks import Office
from postal_service.demo.stacks import at_counter, grouped, parts
from postal_service.domain.acts import Capacity
from postal_service.domain.custody import Standing
from postal_service.domain.ids import ItemId, UnitCode
from postal_service.services import items as items_service
from postal_service.services import transport
from postal_service.storage.transaction import reading, transaction


@dataclass
class Vans:
    """One run after the other; a bag is offered to the office it goes to before it leaves."""

    office: Office
    bags: int = 0

    def leave(self, *, run: str, at: datetime) -> int:
        """Pack what lies anywhere and belongs elsewhere; how many bags left."""
        packed = 0
        for unit in self.office.world.clerks:
            waiting = [
                each for each in at_counter(self.office.runtime, unit) if _next(each) != unit
            ]
            for destination, mine in grouped(waiting, _next):
                for part in parts([each.item for each in mine]):
                    self._bag(unit, destination, part, run=run, at=at)
                    packed += 1
        self.bags += packed
        return packed

    def arrive(self, *, at: datetime) -> list[ItemId]:
        """Every office takes the bags meant for it and opens them; what came out."""
        out: list[ItemId] = []
        office = self.office
        for unit in office.world.clerks:
            taken = office.take_offered([unit], at=at, givers=[Capacity.COUNTER])
            with reading(office.runtime.sessions) as session:
                found = items_service.standings(session, taken)
            bags = [each.item for each in found if each.is_bag]
            if not bags:
                continue
            clerk = office.clerk(unit)
            with transaction(office.runtime.sessions) as session:
                for bag in bags:
                    out += transport.arrive(session, office.runtime.keys, bag, by=clerk, at=at)
        return out

    def _bag(
        self, unit: UnitCode, destination: UnitCode, part: list[ItemId], *, run: str, at: datetime
    ) -> None:
        office = self.office
        keys, clerk = office.runtime.keys, office.clerk(unit)
        office.seals += 1
        with transaction(office.runtime.sessions) as session:
            bagged = transport.pack_bag(
                session,
                keys,
                part,
                destination=destination,
                seal=f"TT{office.seals:07d}",
                item_prefix=office.service,
                by=clerk,
                at=at,
            )
            transport.depart(session, keys, bagged.bag, run=run, by=clerk, at=at)
            transport.offer_bag(session, keys, bagged.bag, to_unit=destination, by=clerk, at=at)


def _next(standing: Standing) -> UnitCode:
    """The office where an item must lie next: the one that delivers it, or the one near its desk."""
    if standing.destination.startswith("DESK-"):
        return places.standing_in(standing.destination).code
    return standing.destination
