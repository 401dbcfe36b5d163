"""A day said to PyVRP: everything but lunch breaks.

Seconds travelled are its distance, setup is part of its durations. Further tours are its reloads,
letters of the mail van its release times, optional stops its prizes. Desk hours in two parts become
two clients of one exclusive group. Permits become profiles in which the way to a stop that needs one
is too long.
"""

import time
from typing import Any, Final

import numpy as np
import pyvrp as library
from pyvrp.IteratedLocalSearch import IteratedLocalSearchParams
from pyvrp.solve import SolveParams
from pyvrp.stop import MaxRuntime

from benchmarks.routing.rows import Orders, Rows, Run, Trace, collects, room
from routing import Courier, Problem, Stop, StopKind, Window

TOO_FAR: Final = 10**6
ALL_DAY: Final = (Window(opens_second=0, closes_second=10**6),)


class Watch:
    """Notes every better plan that is sound; has the methods of PyVRP's callbacks."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.trace: Trace = []

    def on_start(self, ils: library.IteratedLocalSearch) -> None:
        self.on_best(ils.initial_solution)

    def on_end(self, result: library.Result) -> None:
        """Nothing new."""

    def on_iteration(self, *_solutions: object) -> None:
        """Too many to look at."""

    def on_restart(self, best: library.Solution) -> None:
        """Nothing new."""

    def on_best(self, best: library.Solution) -> None:
        if best.is_feasible() and best.is_complete():
            cost = best.distance_cost() + best.uncollected_prizes()
            self.trace.append((time.monotonic() - self.started, int(cost)))


def watched(data: library.ProblemData, seconds: float, seed: int) -> tuple[library.Result, Watch]:
    """Its own search with its own settings, and what it found on the way."""
    watch = Watch()
    callbacks: Any = watch  # asked for by name, not by class
    params = SolveParams(ils=IteratedLocalSearchParams(callbacks=callbacks))
    stop = MaxRuntime(seconds)
    watch.started = time.monotonic()
    return library.solve(data, stop=stop, seed=seed, collect_stats=False, params=params), watch


def pyvrp(problem: Problem, seconds: float, _threads: int, seed: int) -> Run:
    model = _Model(problem)
    data = model.built()
    result, watch = watched(data, seconds, seed)
    took = time.monotonic() - watch.started
    # A prize stands on every window of a stop, so a served one still pays for the others.
    paid_twice = sum(client.prize for client in data.clients()) - sum(model.prize_of.values())
    trace = [(when, cost - paid_twice) for when, cost in watch.trace]
    return Run(orders=model.orders(result.best), seconds=took, trace=trace)


class _Model:
    def __init__(self, problem: Problem) -> None:
        if any(courier.breaks for courier in problem.couriers):
            raise NotImplementedError("PyVRP has no breaks")
        self.problem, self.rows = problem, Rows(problem)
        self.stop_of_client: list[int] = []
        self.pairs = [
            (self.rows.number(pair.pickup), self.rows.number(pair.dropoff))
            for pair in problem.shipments
        ]
        self.prize_of: dict[int, int] = {}
        self.groups: list[library.ClientGroup] = []

    def built(self) -> library.ProblemData:
        clients = [
            client
            for number, stop in enumerate(self.problem.stops)
            if stop.kind in {StopKind.DELIVER, StopKind.COLLECT}
            for client in self._clients(number, stop)
        ]
        men = self.problem.couriers
        kinds = list(dict.fromkeys((man.profile, man.skills) for man in men))
        tables = [self._tables(profile, skills) for profile, skills in kinds]
        return library.ProblemData(
            [library.Location(0, 0) for _ in self.rows.places],
            clients,
            self._depots(),
            [self._vehicle(man, kinds.index((man.profile, man.skills))) for man in men],
            [distances for distances, _ in tables],
            [durations for _, durations in tables],
            self.groups,
            [self._shipment(*pair) for pair in self.pairs],
        )

    def _clients(self, number: int, stop: Stop) -> list[library.Client]:
        """One for each window."""
        windows = stop.windows or ALL_DAY
        group = len(self.groups) if len(windows) > 1 else None
        first = len(self.stop_of_client)
        if group is not None:
            members = list(range(first, first + len(windows)))
            self.groups.append(library.ClientGroup(members, required=stop.penalty is None))
        self.stop_of_client += [number] * len(windows)
        self.prize_of[number] = stop.penalty or 0
        loads, nothing = list(self.problem.loads_of(stop)), [0] * len(self.problem.load_names)
        return [
            library.Client(
                number,
                nothing if collects(stop) else loads,
                loads if collects(stop) else nothing,
                stop.service_seconds,
                max(window.opens_second, stop.release_second if collects(stop) else 0),
                window.closes_second,
                0 if collects(stop) else stop.release_second,
                stop.penalty or 0,
                stop.penalty is None and group is None,
                group,
            )
            for window in windows
        ]

    def _shipment(self, pickup: int, dropoff: int) -> library.Shipment:
        taken, given = self.problem.stops[pickup], self.problem.stops[dropoff]
        (first,), (second,) = taken.windows or ALL_DAY, given.windows or ALL_DAY
        return library.Shipment(
            pickup,
            dropoff,
            max(first.opens_second, taken.release_second),
            first.closes_second,
            taken.service_seconds,
            second.opens_second,
            second.closes_second,
            given.service_seconds,
            list(self.problem.loads_of(taken)),
            taken.penalty or 0,
            taken.penalty is None,
        )

    def _depots(self) -> list[library.Depot]:
        """Every office twice: the second one takes the time of a reload."""
        reload = {man.start_location: man.reload_seconds for man in self.problem.couriers}
        rows = [(place, self.rows.office_row(place)) for place in self.rows.offices]
        leaving = [library.Depot(row) for _, row in rows]
        return [
            *leaving,
            *(library.Depot(row, service_duration=reload.get(place, 0)) for place, row in rows),
        ]

    def _vehicle(self, courier: Courier, profile: int) -> library.VehicleType:
        offices = self.rows.offices
        start = offices.index(courier.start_location)
        return library.VehicleType(
            1,
            list(room(self.problem, courier)),
            start,
            offices.index(courier.end_location),
            tw_early=courier.shift.opens_second,
            tw_late=courier.shift.closes_second,
            profile=profile,
            reload_depots=[len(offices) + start] if courier.max_tours > 1 else [],
            max_reloads=courier.max_tours - 1,
        )

    def _tables(self, profile: str, skills: frozenset[str]) -> tuple[Any, Any]:
        travel = self.rows.travel(profile)
        lasting = self.rows.add_setup(travel)
        barred = [n for n, stop in enumerate(self.problem.stops) if not stop.skills <= skills]
        for table in (travel, lasting):
            table[:, barred] = TOO_FAR
            np.fill_diagonal(table, 0)
        return travel.astype(np.int64), lasting.astype(np.int64)

    def orders(self, solution: library.Solution) -> Orders:
        orders: list[tuple[tuple[int, ...], ...]] = [() for _ in self.problem.couriers]
        for route in solution.routes():
            tours: dict[int, list[int]] = {}
            for activity in route.schedule():
                if not activity.is_depot():
                    tours.setdefault(activity.trip, []).append(self._stop(activity))
            orders[route.vehicle_type()] = tuple(tuple(tour) for tour in tours.values())
        return tuple(orders)

    def _stop(self, activity: library.ScheduledActivity) -> int:
        if activity.is_client():
            return int(self.stop_of_client[activity.idx])
        return int(self.pairs[activity.idx][0 if activity.is_pickup() else 1])
