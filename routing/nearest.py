"""By how much a stop that is left out misses its window, or the shift, where it misses it least."""

from collections.abc import Callable
from dataclasses import dataclass

from routing.insertion import Draft, Insertion, TimeIsOver
from routing.plan import Reason
from routing.problem import Stop
from routing.relaxing import OVERTIME_SECONDS
from routing.steps import Blocked
from routing.terms import CourierId, Window


@dataclass(frozen=True)
class Ways:
    """Where a stop could be served without one constraint; `call` is the stop as it really is."""

    draft: Draft  # of the problem without the constraint
    stop: int
    call: Stop
    reason: Reason

    def nearest(self, *, over: Callable[[], bool]) -> tuple[int | None, CourierId | None]:
        """By how much the constraint is missed least, of the places where the stop would be served.

        No number where it is not this stop that misses something, or there was no time to see.
        """
        best: tuple[int, int] | None = None
        worth = int(self.draft.scheduler.arrays.unserved_cost[self.stop])
        try:
            for place in self.draft.insertions(self.stop, most=worth, over=over):
                misses = self._misses(place, None if best is None else best[0])
                if best is None or misses < best[0]:
                    best = misses, place.courier
        except TimeIsOver:
            return None, None
        if best is None or best[0] <= 0:  # it was the window of the shipment's other half
            return None, None
        return best[0], self.draft.problem.couriers[best[1]].id

    def _misses(self, place: Insertion, least: int | None) -> int:
        if self.reason is Reason.SHIFT:
            shift = self.draft.problem.couriers[place.courier].shift
            return place.route.returns_second - (shift.closes_second - OVERTIME_SECONDS)
        start = next(v.start_second for v in place.route.visits if v.stop == self.call.id)
        return min(self._misses_window(place, start, w, least) for w in self.call.windows)

    def _misses_window(
        self, place: Insertion, start: int, window: Window, least: int | None
    ) -> int:
        """Too late by so much at the earliest; or, when waiting there, too early at the latest."""
        low, high = start, window.opens_second
        if high <= low:
            return low - window.closes_second
        if least is not None:
            low = max(low, high - least)
            if low > start and not self._can_wait(place, low):
                return high - low + 1  # no nearer than another place
        while low < high:
            middle = (low + high + 1) // 2
            if self._can_wait(place, middle):
                low = middle
            else:
                high = middle - 1
        return window.opens_second - low

    def _can_wait(self, place: Insertion, second: int) -> bool:
        scheduler = self.draft.scheduler
        route = scheduler.route(place.courier, place.tours, not_before=(self.stop, second))
        return not isinstance(route, Blocked)
