"""Receivers who have moved: a clerk compares what a courier heard at the door, sends the result on, and it is planned there.

The courier's phone has told the address by itself (phone.py); what a clerk does is on the desk's page.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from postal_service.demo.browser import Browser
from postal_service.demo.clerks import Office
from postal_service.demo.couriers import Courier
from postal_service.demo.day import Door
from postal_service.demo.phone import Transport
from postal_service.demo.stacks import grouped
from postal_service.domain.ids import ItemId, UnitCode
from postal_service.services import calendars, items, places, proposals
from postal_service.services.proposals import Wish
from postal_service.services.workdays import NothingToPlan
from postal_service.storage.transaction import reading

DESK: Final = "/desk"
COMPARISON: Final = re.compile(r"/particulars/[^/]+/\d+")
FORWARDING: Final = re.compile(r"/items/(\w+)/forward")
WHY: Final = "Người nhận đã chuyển chỗ ở, đã gọi xác nhận"
VAN_ARRIVES_SECOND: Final = 7 * 3600


class NotSentOnError(RuntimeError):
    """The page did not take what it had asked for."""


@dataclass
class Moved:
    """Clerks who look at the desk's page; what they compared, sent on, and what is planned where it went."""

    office: Office
    transport: Transport
    compared: int = 0
    planned: int = 0
    forwarded: list[ItemId] = field(default_factory=list)

    def send_on(self, couriers: Iterable[Courier], *, at: datetime) -> None:
        """At each office to which a courier brought such a result back and told where it goes."""
        told = [
            courier.office.code
            for courier in couriers
            for item, event in courier.failures
            if self.office.slips.of_item[item].door is Door.MOVED
            and event in courier.phone.receipts
        ]
        for unit, _ in grouped(told, lambda unit: unit):
            clerk = self.office.browser(self.transport, unit, at=at)
            for path in _links(clerk, COMPARISON):
                _do(clerk, path, {"verdict": "right"})
                self.compared += 1
            for path in _links(clerk, FORWARDING):
                _do(clerk, path, {"why": WHY})
                self.forwarded += [ItemId(item) for item in FORWARDING.findall(path)]

    def plan(self, *, at: datetime, today: date) -> None:
        """Whether the office where each of them lives now has it in its next working day."""
        for unit, mine in grouped(self.forwarded, self._bound_for):
            self.planned += len(self._next_day(unit, today, at).intersection(mine))

    def _bound_for(self, item: ItemId) -> UnitCode:
        with reading(self.office.runtime.sessions) as session:
            return items.standing(session, item).destination

    def _next_day(self, unit: UnitCode, today: date, at: datetime) -> set[str]:
        """What is brought to homes on the next working day of an office, if the van comes first."""
        runtime = self.office.runtime
        with reading(runtime.sessions) as session:
            calendar = calendars.of_unit(session, places.place(session, unit, day=today))
            conditions = replace(
                runtime.settings.conditions, van_arrives={unit: VAN_ARRIVES_SECOND}
            )
            wish = Wish(office=unit, day=calendar.next_working_day(today))
            try:
                task = proposals.read(session, runtime.vault, wish, at=at, conditions=conditions)
            except NothingToPlan:
                return set()
        return {each.reference for order in task.workday.orders for each in order.references}


def _links(clerk: Browser, wanted: re.Pattern[str]) -> list[str]:
    found = dict.fromkeys(clerk.open(DESK).links)
    return [link for link in found if wanted.fullmatch(link)]


def _do(clerk: Browser, path: str, fields: dict[str, str]) -> None:
    if clerk.send(clerk.open(path), path, fields) is not None:
        raise NotSentOnError(path)
