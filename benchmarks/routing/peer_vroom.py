"""A day said to VROOM: everything but a price for leaving a stop out, a second tour and the mail van.

What it cannot say is said as a dispatcher would. Optional stops get a priority by their penalty, and
afterwards those that cost more than they are worth are taken out. A courier with further tours
becomes two vehicles, one for each half of the day, with the lunch break and the reload between them.
What the mail van brings may only travel with vehicles that leave after it has come.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import vroom as library

from benchmarks.routing.judge import bare_cost, faults_of
from benchmarks.routing.rows import NO_LIMIT, Orders, Rows, Run, collects, room
from routing import Break, Courier, Problem, Stop, StopKind, Window

THOROUGH: Final = 5
QUICK: Final = 0
HIGHEST_PRIORITY: Final = 100
AFTER_MAIL: Final = "leaves after the mail van"


@dataclass(frozen=True, kw_only=True)
class _Half:
    """A vehicle: the whole day of a courier, or half of it."""

    courier: int
    open: Window
    breaks: tuple[Break, ...]


def vroom(problem: Problem, seconds: float, threads: int, _seed: int) -> Run:
    return _solved(problem, seconds, threads, THOROUGH)


def vroom_first(problem: Problem, seconds: float, threads: int, _seed: int) -> Run:
    """Its quickest answer."""
    return _solved(problem, seconds, threads, QUICK)


def _solved(problem: Problem, seconds: float, threads: int, level: int) -> Run:
    rows = Rows(problem)
    halves = [half for n, man in enumerate(problem.couriers) for half in _halves(n, man)]
    model = library.Input()
    for profile in problem.profiles:
        travel = rows.travel(profile.name)
        model.set_costs_matrix(profile.name, travel.view("uint32"))
        model.set_durations_matrix(profile.name, rows.add_setup(travel).view("uint32"))
        del travel
    _add_tasks(model, problem)
    for number, half in enumerate(halves):
        model.add_vehicle(_vehicle(problem, rows, number, half))
    limit = timedelta(milliseconds=int(seconds * 1000))
    started = time.monotonic()
    found = model.solve(exploration_level=level, nb_threads=threads, timeout=limit)
    took = time.monotonic() - started
    driven: list[list[int]] = [[] for _ in halves]
    for row in found.routes.itertuples():
        if row.type in {"job", "pickup", "delivery"}:
            driven[int(row.vehicle_id)].append(int(row.id))
    orders = _trimmed(problem, _joined(problem, halves, driven))
    return Run(orders=orders, seconds=took, trace=[(took, bare_cost(problem, orders))])


def _halves(number: int, courier: Courier) -> Iterator[_Half]:
    shift = courier.shift
    if courier.max_tours == 1:
        yield _Half(courier=number, open=shift, breaks=courier.breaks)
        return
    rest = courier.breaks[0] if courier.breaks else None
    middle = rest.latest_second if rest else (shift.opens_second + shift.closes_second) // 2
    again = middle + courier.reload_seconds + (rest.duration_seconds if rest else 0)
    morning = Window(opens_second=shift.opens_second, closes_second=middle)
    afternoon = Window(opens_second=again, closes_second=shift.closes_second)
    yield _Half(courier=number, open=morning, breaks=())
    yield _Half(courier=number, open=afternoon, breaks=())


def _add_tasks(model: library.Input, problem: Problem) -> None:
    permits = _permits(problem)
    ranks = sorted({stop.penalty for stop in problem.stops if stop.penalty is not None})

    def priority(stop: Stop) -> int:
        return HIGHEST_PRIORITY if stop.penalty is None else 1 + ranks.index(stop.penalty)

    def skills(stop: Stop) -> set[int]:
        late = {AFTER_MAIL} if stop.kind is StopKind.DELIVER and stop.release_second else set()
        return {permits[skill] for skill in stop.skills | late}

    for number, stop in enumerate(problem.stops):
        if stop.kind in {StopKind.DELIVER, StopKind.COLLECT}:
            loads = library.Amount(list(problem.loads_of(stop)))
            model.add_job(
                library.Job(
                    number,
                    number,
                    0,
                    stop.service_seconds,
                    **{"pickup" if collects(stop) else "delivery": loads},
                    skills=skills(stop),
                    priority=priority(stop),
                    time_windows=_hours(stop),
                )
            )
    for pair in problem.shipments:
        taken, given = (problem.stop_index[half] for half in (pair.pickup, pair.dropoff))
        stop = problem.stops[taken]
        model.add_shipment(
            _step(problem, taken),
            _step(problem, given),
            library.Amount(list(problem.loads_of(stop))),
            skills=skills(stop),
            priority=priority(stop),
        )


def _permits(problem: Problem) -> dict[str, int]:
    skills = sorted({skill for stop in problem.stops for skill in stop.skills})
    return {skill: number for number, skill in enumerate([AFTER_MAIL, *skills], 1)}


def _step(problem: Problem, number: int) -> library.ShipmentStep:
    stop = problem.stops[number]
    return library.ShipmentStep(number, number, 0, stop.service_seconds, _hours(stop))


def _hours(stop: Stop) -> list[library.TimeWindow]:
    early = 0 if stop.kind is StopKind.DELIVER else stop.release_second
    return [
        library.TimeWindow(max(early, window.opens_second), window.closes_second)
        for window in stop.windows
    ]


def _vehicle(problem: Problem, rows: Rows, number: int, half: _Half) -> library.Vehicle:
    courier = problem.couriers[half.courier]
    permits = _permits(problem)
    released = max(
        (s.release_second for s in problem.stops if s.kind is StopKind.DELIVER), default=0
    )
    late = {AFTER_MAIL} if half.open.opens_second >= released else set()
    # Only whoever goes home from this half ends elsewhere than at the office.
    last = half.open.closes_second == courier.shift.closes_second
    return library.Vehicle(
        number,
        start=rows.office_row(courier.start_location),
        end=rows.office_row(courier.end_location if last else courier.start_location),
        profile=courier.profile,
        capacity=[min(most, NO_LIMIT) for most in room(problem, courier)],
        skills={permits[skill] for skill in courier.skills | late if skill in permits},
        time_window=library.TimeWindow(half.open.opens_second, half.open.closes_second),
        breaks=[
            library.Break(
                1000 * number + place,
                [library.TimeWindow(rest.earliest_second, rest.latest_second)],
                rest.duration_seconds,
            )
            for place, rest in enumerate(half.breaks)
        ],
    )


def _joined(problem: Problem, halves: list[_Half], driven: list[list[int]]) -> Orders:
    tours: list[list[tuple[int, ...]]] = [[] for _ in problem.couriers]
    for half, stops in zip(halves, driven, strict=True):
        if stops:
            tours[half.courier].append(tuple(stops))
    return tuple(tuple(day) for day in tours)


def _trimmed(problem: Problem, orders: Orders) -> Orders:
    """Without the optional stops whose detour costs more than their penalty, the dearest first."""
    worth = {n: s.penalty for n, s in enumerate(problem.stops) if s.penalty is not None}
    for number, stop in enumerate(problem.stops):
        if number not in worth or stop.kind is StopKind.DROPOFF:
            continue
        mate = problem.shipment_of.get(stop.id)
        out = {number} | ({problem.stop_index[mate.dropoff]} if mate else set())
        shorter = _without(orders, out)
        day = next((n for n, tours in enumerate(orders) if tours != shorter[n]), None)
        if day is None:
            continue
        cheaper = _day_cost(problem, shorter, day) + worth[number] < _day_cost(problem, orders, day)
        if cheaper and len(list(faults_of(problem, shorter))) <= len(
            list(faults_of(problem, orders))
        ):
            orders = shorter
    return orders


def _without(orders: Orders, out: set[int]) -> Orders:
    return tuple(
        tuple(kept for tour in tours if (kept := tuple(stop for stop in tour if stop not in out)))
        for tours in orders
    )


def _day_cost(problem: Problem, orders: Orders, day: int) -> int:
    """Seconds that one courier travels."""
    alone = tuple(tours if n == day else () for n, tours in enumerate(orders))
    everything = sum(s.penalty or 0 for s in problem.stops if s.kind is not StopKind.DROPOFF)
    served = {stop for tour in orders[day] for stop in tour}
    paid = sum(
        problem.stops[n].penalty or 0
        for n in served
        if problem.stops[n].kind is not StopKind.DROPOFF
    )
    return bare_cost(problem, alone) - everything + paid
