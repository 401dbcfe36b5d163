"""The nodes of the OR-Tools model: stops, then reloads, then every courier's start and end."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from routing.arrays import Arrays
from routing.days import Orders, Tours
from routing.problem import Problem

Ints = NDArray[np.int64]


class Layout:
    """Numbers the nodes and gives their tables; knows nothing of the solver itself."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.problem: Problem = arrays.problem
        self.stops = len(self.problem.stops)
        self.reloads: list[list[int]] = []
        number = self.stops
        for courier in self.problem.couriers:
            # A tour without a stop is no tour, so more reloads than stops are never needed.
            count = min(courier.max_tours - 1, max(0, self.stops - 1))
            self.reloads.append(list(range(number, number + count)))
            number += count
        couriers = len(self.problem.couriers)
        self.starts = list(range(number, number + couriers))
        self.ends = list(range(number + couriers, number + 2 * couriers))
        self.size = number + 2 * couriers
        self.reload_owner = {node: v for v, nodes in enumerate(self.reloads) for node in nodes}

    @cached_property
    def _enter(self) -> Ints:
        couriers = self.problem.couriers
        reloads = [couriers[owner].start_location for owner in self.reload_owner.values()]
        starts = [courier.start_location for courier in couriers]
        ends = [courier.end_location for courier in couriers]
        return np.array([*self.arrays.location, *reloads, *starts, *ends], dtype=np.int64)

    @cached_property
    def _leave(self) -> Ints:
        leave = self._enter.copy()
        leave[: self.stops] = self.arrays.exit_location
        return leave

    @cached_property
    def service_seconds(self) -> Ints:
        """Time spent at each node; a reload's is its courier's."""
        service = np.zeros(self.size, dtype=np.int64)
        service[: self.stops] = self.arrays.service_seconds
        for node, owner in self.reload_owner.items():
            service[node] = self.problem.couriers[owner].reload_seconds
        return service

    @cached_property
    def _setup(self) -> Ints:
        setup = np.zeros(self.size, dtype=np.int64)
        setup[: self.stops] = self.arrays.setup_seconds
        moved = self._leave[:, None] != self._enter[None, :]
        return np.where(moved, setup[None, :], 0)

    def travel(self, profile: str) -> tuple[Ints, Ints]:
        """Seconds and metres between all nodes at the profile's mean speed over its shifts.

        The solver does not see the speed of the hour. Whatever it finds is timed at the true speed
        afterwards, and a route that is then late is put together anew (`routing.repair`).
        """
        movement = self.problem.profile_of[profile]
        seconds, metres = movement.travel.block(self._leave, self._enter)
        scaled = seconds.astype(np.int64) * 100
        return -(-scaled // self._mean_speed_percent(profile)), metres.astype(np.int64)

    def _mean_speed_percent(self, profile: str) -> int:
        periods = self.problem.profile_of[profile].speed_periods
        shifts = [man.shift for man in self.problem.couriers if man.profile == profile]
        opens = min((shift.opens_second for shift in shifts), default=0)
        closes = max((shift.closes_second for shift in shifts), default=0)
        if not periods or closes <= opens:
            return 100
        covered, since, percent = 0, opens, 100
        for period in periods:
            until = min(max(period.from_second, opens), closes)
            covered += (until - since) * percent
            since, percent = until, period.speed_percent
        covered += (closes - since) * percent
        return max(1, covered // (closes - opens))

    def time_matrix(self, profile: str) -> Ints:
        """Seconds from the start of one node to the earliest start of the next."""
        return self.travel(profile)[0] + self._setup + self.service_seconds[:, None]

    def work_matrix(self, profile: str) -> Ints:
        """Travel, setup and the service just done, without reloads: what `Balance` shares."""
        service = self.service_seconds.copy()
        service[self.stops :] = 0
        return self.travel(profile)[0] + self._setup + service[:, None]

    def cost_key(self, courier: int) -> tuple[object, ...]:
        """Couriers with equal keys share one cost matrix."""
        man = self.problem.couriers[courier]
        own = courier if self._expected(courier) else -1
        return (man.profile, man.costs.per_travel_second, man.costs.per_metre, own)

    def cost_matrix(self, courier: int) -> Ints:
        """Cost units of driving from node to node, with the published order's price on top."""
        man = self.problem.couriers[courier]
        seconds, metres = self.travel(man.profile)
        # A forbidden road must not overflow the sum of costs; time keeps it forbidden.
        cost = seconds * man.costs.per_travel_second + metres * man.costs.per_metre
        expected = self._expected(courier)
        published = self.problem.rules.published
        if expected and published is not None:
            for stop, before in expected.items():
                cost[:, stop] += published.order_change_cost
                if before != -2:
                    node = self.starts[courier] if before == -1 else before
                    cost[node, stop] -= published.order_change_cost
        return cost

    def _expected(self, courier: int) -> dict[int, int]:
        published = self.problem.rules.published
        if published is None or not published.order_change_cost:
            return {}
        places = self.arrays.published_place
        return {stop: before for stop, (who, before) in places.items() if who == courier}

    def node_routes(self, orders: Orders) -> list[list[int]]:
        """Orders as node sequences, reloads between tours."""
        routes = []
        for courier, tours in enumerate(orders):
            route: list[int] = []
            for number, tour in enumerate(tours):
                if number:
                    route.append(self.reloads[courier][number - 1])
                route.extend(tour)
            routes.append(route)
        return routes

    def tours(self, nodes: list[int]) -> Tours:
        """A node sequence as tours, empty ones dropped."""
        tours: list[tuple[int, ...]] = []
        current: list[int] = []
        for node in nodes:
            if node < self.stops:
                current.append(node)
                continue
            tours.append(tuple(current))
            current = []
        tours.append(tuple(current))
        return tuple(tour for tour in tours if tour)
