"""Put stops into routes one at a time, each where it costs least; moves nothing that is there."""

import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from routing.costs import route_cost
from routing.days import Orders, Scheduler, Tours
from routing.plan import Route
from routing.problem import StopKind
from routing.sifting import Candidate, Rank, Sieve
from routing.steps import Blocked

# To build a plan places are ranked by travel alone; so many of the cheapest are timed exactly.
TIMED_CANDIDATES = 12


@dataclass(frozen=True, kw_only=True)
class Insertion:
    """One way to serve a stop (with its other half): the courier's new tours and the extra cost."""

    courier: int
    tours: Tours
    route: Route
    extra_cost: int


class TimeIsOver(Exception):  # noqa: N818 - named as the clerk says it
    """Not every place could be looked at, so nothing is known of the places there are."""


class Draft:
    """Routes under construction; every courier's tours can be timed at any moment."""

    def __init__(self, scheduler: Scheduler, orders: Orders | None = None) -> None:
        self.scheduler = scheduler
        self.problem = scheduler.problem
        self.tours: list[Tours] = list(orders or ((),) * len(self.problem.couriers))
        self.holder = {
            stop: courier
            for courier, tours in enumerate(self.tours)
            for tour in tours
            for stop in tour
        }
        self._known_sieve: Sieve | None = None
        self._cost = [self._cost_of(courier) for courier in range(len(self.tours))]
        self._apart: dict[int, list[int]] = {}
        self._together: dict[int, list[int]] = {}
        index = self.problem.stop_index
        for left, right in self.problem.rules.keep_apart:
            self._apart.setdefault(index[left], []).append(index[right])
            self._apart.setdefault(index[right], []).append(index[left])
        for group in self.problem.rules.keep_together:
            for stop in group:
                self._together.setdefault(index[stop], []).extend(index[s] for s in group)

    @property
    def orders(self) -> Orders:
        return tuple(self.tours)

    def may_hold(self, courier: int, stop: int) -> bool:
        """Skills, bans, locks, and those the stop must be with or away from."""
        if not self.scheduler.arrays.allowed[stop, courier]:
            return False
        if any(self.holder.get(other) == courier for other in self._apart.get(stop, ())):
            return False
        return all(
            self.holder.get(other, courier) == courier for other in self._together.get(stop, ())
        )

    def accept(self, courier: int, tours: Tours, route: Route | None = None) -> None:
        """Give a courier new tours, timed already (`route`) or to be timed now."""
        self._known_sieve = None
        for tour in self.tours[courier]:
            for stop in tour:
                self.holder.pop(stop, None)
        self.tours[courier] = tours
        self.holder.update((stop, courier) for tour in tours for stop in tour)
        self._cost[courier] = (
            self._cost_of(courier)
            if route is None
            else route_cost(self.scheduler.arrays, route).total
        )

    def best_insertion(
        self, stop: int, *, couriers: Sequence[int] | None = None
    ) -> Insertion | None:
        """The cheapest feasible place for a stop (a pick-up brings its drop-off), or None.

        Among the places that travel makes cheapest: None says nothing about the others.
        """
        ranked = heapq.nsmallest(TIMED_CANDIDATES, self._all_places(stop, couriers))
        timed = (self._timed(courier, tours) for _, courier, tours in ranked)
        found = (place for place in timed if place is not None)
        return min(found, key=lambda place: place.extra_cost, default=None)

    def cheapest_of_all(
        self,
        stop: int,
        *,
        couriers: Sequence[int] | None = None,
        over: Callable[[], bool] | None = None,
    ) -> Insertion | None:
        """The cheapest feasible place of all there are; None: there is none.

        Raises:
            TimeIsOver: `over` said yes before every place was timed, or known to cost more.
        """
        if over is not None and over():
            raise TimeIsOver  # where the sieve leaves nothing, nobody else asks the clock
        best: tuple[int, Rank, Insertion] | None = None
        for candidate in self._sieve.candidates(stop, self._allowed(stop, couriers)):
            if best is not None and candidate.floor > best[0]:
                break
            place = self._tried(candidate, stop, over)
            if place is None:
                continue
            found = place.extra_cost, candidate.rank, place
            if best is None or found[:2] < best[:2]:
                best = found
        return None if best is None else best[2]

    def insertions(self, stop: int, *, most: int, over: Callable[[], bool]) -> Iterator[Insertion]:
        """Every feasible place that costs no more than `most`.

        Raises:
            TimeIsOver: `over` said yes before every place was timed, or known to cost more.
        """
        if over():
            raise TimeIsOver
        candidates = self._sieve.candidates(stop, self._allowed(stop, None))
        for candidate in sorted(candidates, key=lambda candidate: candidate.rank):
            if candidate.floor > most:
                continue
            place = self._tried(candidate, stop, over)
            if place is not None and place.extra_cost <= most:
                yield place

    @property
    def _sieve(self) -> Sieve:
        if self._known_sieve is None:
            self._known_sieve = Sieve(self)
        return self._known_sieve

    def _tried(
        self, candidate: Candidate, stop: int, over: Callable[[], bool] | None
    ) -> Insertion | None:
        if over is not None and over():
            raise TimeIsOver
        courier, partner = candidate.rank.courier, int(self.scheduler.arrays.partner[stop])
        return self._timed(courier, candidate.tours(self.tours[courier], stop, partner))

    def _allowed(self, stop: int, couriers: Sequence[int] | None) -> list[int]:
        partner = int(self.scheduler.arrays.partner[stop])
        return [
            courier
            for courier in (range(len(self.tours)) if couriers is None else couriers)
            if self.may_hold(courier, stop) and (partner < 0 or self.may_hold(courier, partner))
        ]

    def _all_places(
        self, stop: int, couriers: Sequence[int] | None
    ) -> Iterator[tuple[int, int, Tours]]:
        partner = int(self.scheduler.arrays.partner[stop])
        allowed = self._allowed(stop, couriers)
        return (place for courier in allowed for place in self._places(courier, stop, partner))

    def _timed(self, courier: int, tours: Tours) -> Insertion | None:
        route = self.scheduler.route(courier, tours)
        if isinstance(route, Blocked):
            return None
        extra = route_cost(self.scheduler.arrays, route).total - self._cost[courier]
        return Insertion(courier=courier, tours=tours, route=route, extra_cost=extra)

    def cost_that_moves(self, courier: int) -> int:
        """Of what the courier's day costs, what may change with its length: travel, duty, balance."""
        route = (
            self.scheduler.kept_route(courier, self.tours[courier]) if self._cost[courier] else None
        )
        if route is None or isinstance(route, Blocked):
            return 0
        parts = route_cost(self.scheduler.arrays, route)
        return parts.distance + parts.travel_time + parts.duty_time + parts.balance

    def _cost_of(self, courier: int) -> int:
        tours = self.tours[courier]
        if not tours:
            return 0
        route = self.scheduler.kept_route(courier, tours)
        if isinstance(route, Blocked):
            return 0  # what is given from outside may be late; its extra cost starts from nothing
        return route_cost(self.scheduler.arrays, route).total

    def _places(self, courier: int, stop: int, partner: int) -> Iterator[tuple[int, int, Tours]]:
        """(travel added, courier, tours with the stop): every position, and a tour of its own anywhere."""
        tours = self.tours[courier]
        for number, tour in enumerate(tours):
            around = (tours[:number], tours[number + 1 :])
            for added, longer in self._positions(courier, tour, stop, partner):
                yield added, courier, (*around[0], longer, *around[1])
        if len(tours) < self.problem.couriers[courier].max_tours:
            alone = (stop,) if partner < 0 else (stop, partner)
            fixed = self.problem.couriers[courier].costs.fixed if not tours else 0
            added = self._length(courier, alone) + fixed
            for number in range(len(tours) + 1):
                yield added, courier, (*tours[:number], alone, *tours[number:])

    def _positions(
        self, courier: int, tour: tuple[int, ...], stop: int, partner: int
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        for position in range(len(tour) + 1):
            added = self._added(courier, tour, position, stop)
            longer = (*tour[:position], stop, *tour[position:])
            if partner < 0:
                yield added, longer
                continue
            for later in range(position + 1, len(longer) + 1):
                both = (*longer[:later], partner, *longer[later:])
                yield added + self._added(courier, longer, later, partner), both

    def _added(self, courier: int, tour: tuple[int, ...], position: int, stop: int) -> int:
        man = self.problem.couriers[courier]
        stops = self.problem.stops
        origin = stops[tour[position - 1]].exit_location if position else man.start_location
        onward = stops[tour[position]].location if position < len(tour) else man.end_location
        there, leaving = stops[stop].location, stops[stop].exit_location
        return (
            self._price(courier, origin, there)
            + self._price(courier, leaving, onward)
            - self._price(courier, origin, onward)
        )

    def _length(self, courier: int, tour: Sequence[int]) -> int:
        man = self.problem.couriers[courier]
        here, total = man.start_location, 0
        for stop in tour:
            total += self._price(courier, here, self.problem.stops[stop].location)
            here = self.problem.stops[stop].exit_location
        return total + self._price(courier, here, man.end_location)

    def _price(self, courier: int, origin: int, destination: int) -> int:
        man = self.problem.couriers[courier]
        travel = self.problem.profile_of[man.profile].travel
        seconds = travel.seconds(origin, destination)
        price = seconds * (man.costs.per_travel_second + man.costs.per_duty_second)
        if man.costs.per_metre:
            price += man.costs.per_metre * travel.metres(origin, destination)
        return price


def insert_all(
    draft: Draft,
    stops: Sequence[int],
    *,
    until: float | None = None,
    over: Callable[[], bool] | None = None,
) -> list[int]:
    """Insert stops in the given order where that is possible and worth their penalty.

    Drop-offs in `stops` come with their pick-ups. Stops at monotonic time `until`, or when `over`
    says yes; returns what was left out.
    """
    left = []
    arrays = draft.scheduler.arrays
    for stop in stops:
        if draft.problem.stops[stop].kind is StopKind.DROPOFF:
            continue
        late = until is not None and time.monotonic() >= until
        late = late or (over is not None and over())
        found = None if late else draft.best_insertion(stop)
        if found is None or found.extra_cost > arrays.unserved_cost[stop]:
            left.append(stop)
            continue
        draft.accept(found.courier, found.tours, found.route)
    return left
