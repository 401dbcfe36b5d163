"""Which stops and couriers make one part of a large day: first by office, then by neighbourhood.

A part is planned without a look at the others, so what a rule binds together lies in one part, and
a stop lies where somebody may serve it.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from routing.arrays import Arrays, Ints

# Stops of a part of the first plan; an office with more is cut again.
PART_STOPS: Final = 600
# With fewer stops than these for each office, offices are no parts of their own.
FEWEST_STOPS_OF_OFFICE: Final = 50
# So much more than its couriers' share may come to one office before its neighbours get some.
CROWDED: Final = 2.0
# Within one office parts are of nearly equal size.
UNEVEN: Final = 1.1
# Longer than any way: nobody here may serve the stop.
NOBODY: Final = 1 << 40


class Part(NamedTuple):
    """Numbers of stops and couriers of the problem."""

    stops: Ints
    couriers: tuple[int, ...]


def first_parts(
    arrays: Arrays,
    stops: Ints,
    couriers: Sequence[int],
    draw: np.random.Generator,
    *,
    over: Callable[[], bool] = lambda: False,
) -> list[Part]:
    """Every stop in one part, every courier in at most one; parts without a courier are left out.

    Those of offices that are not looked at before `over` says yes are missing.
    """
    if not len(stops) or not couriers:
        return []
    offices: dict[int, list[int]] = {}
    for number in couriers:
        offices.setdefault(arrays.problem.couriers[number].start_location, []).append(number)
    crews = list(offices.values())
    if len(stops) < FEWEST_STOPS_OF_OFFICE * len(crews):
        crews = [list(couriers)]
    shares = np.array([len(crew) for crew in crews]) / len(couriers)
    room = np.ceil(CROWDED * shares * len(stops)).astype(np.int64)
    ways = np.full((len(crews), len(stops)), NOBODY)
    for office, crew in enumerate(crews):
        if over():
            return []
        ways[office] = _way_to(arrays, stops, crew)
    office_of = _assigned(arrays, stops, ways, room)
    parts: list[Part] = []
    for office, crew in enumerate(crews):
        if over():
            break
        parts += _neighbourhoods(arrays, stops[office_of == office], crew, draw)
    return [part for part in parts if len(part.stops) and part.couriers]


def _way_to(arrays: Arrays, stops: Ints, crew: Sequence[int]) -> Ints:
    """Seconds from this office to each stop; `NOBODY` where none of its crew may serve it."""
    problem = arrays.problem
    starts = np.array(sorted({problem.couriers[number].start_location for number in crew}))
    travel = problem.profile_of[problem.couriers[crew[0]].profile].travel
    seconds = travel.block(starts, arrays.location[stops])[0].min(axis=0).astype(np.int64)
    if problem.rules.unknown_area_cost or problem.rules.published is not None:
        # Knowing the streets counts for as much as it costs.
        rates = problem.couriers[crew[0]].costs
        per_second = max(1, rates.per_travel_second + rates.per_duty_second)
        seconds += arrays.courier_cost[np.ix_(stops, np.array(crew))].min(axis=1) // per_second
    return np.where(arrays.some_may(stops, crew), seconds, NOBODY)


def _neighbourhoods(
    arrays: Arrays, stops: Ints, crew: Sequence[int], draw: np.random.Generator
) -> list[Part]:
    """The stops of one office around seeds that lie far apart, each with its share of the crew."""
    count = min(max(1, -(-len(stops) // PART_STOPS)), len(crew))
    if count <= 1:
        return [Part(stops, tuple(crew))]
    away = _from_seeds(arrays, stops, count, crew[0], draw)
    room = np.full(count, -int(-len(stops) * UNEVEN // count))
    crews = _shares(arrays, stops, _balanced(away, room), crew, count)
    for number, share in enumerate(crews):
        away[number, ~arrays.some_may(stops, share)] = NOBODY
    chosen = _assigned(arrays, stops, away, room)
    return [Part(stops[chosen == number], tuple(crews[number])) for number in range(count)]


def _from_seeds(
    arrays: Arrays, stops: Ints, count: int, courier: int, draw: np.random.Generator
) -> Ints:
    """Seconds from each of so many seeds to every stop, shape (count, stops)."""
    problem = arrays.problem
    travel = problem.profile_of[problem.couriers[courier].profile].travel
    places = arrays.location[stops]
    seeds = [int(draw.integers(len(stops)))]
    away = [travel.block(places[seeds], places)[0][0].astype(np.int64)]
    nearest = away[0]
    for _ in range(count - 1):
        # Far from the seeds there are, yet not the furthest: outliers make poor centres.
        rank = int(0.9 * (len(stops) - 1))
        seeds.append(int(np.argpartition(nearest, rank)[rank]))
        away.append(travel.block(places[seeds[-1:]], places)[0][0].astype(np.int64))
        nearest = np.minimum(nearest, away[-1])
    return np.array(away)


def _shares(
    arrays: Arrays, stops: Ints, chosen: Ints, crew: Sequence[int], count: int
) -> list[list[int]]:
    """The crew by part: as many as its stops call for, those who start nearest first."""
    problem = arrays.problem
    travel = problem.profile_of[problem.couriers[crew[0]].profile].travel
    places = np.array([problem.couriers[number].start_location for number in crew])
    starts, start_of = np.unique(places, return_inverse=True)
    sizes = np.bincount(chosen, minlength=count)
    room = np.maximum(1, np.floor(len(crew) * sizes / len(stops)).astype(np.int64))
    while room.sum() < len(crew):
        room[int((sizes / room).argmax())] += 1
    way = np.array(
        [
            np.median(travel.block(starts, arrays.location[stops[chosen == number]])[0], axis=1)[
                start_of
            ]
            if sizes[number]
            else np.full(len(crew), np.inf)
            for number in range(count)
        ]
    )
    shares: list[list[int]] = [[] for _ in range(count)]
    for number in np.argsort(way.min(axis=0), kind="stable"):
        for part in np.argsort(way[:, number], kind="stable"):
            if len(shares[part]) < room[part]:
                shares[part].append(crew[number])
                break
    return shares


def _assigned(arrays: Arrays, stops: Ints, ways: Ints, room: Ints) -> Ints:
    """The part of each stop; what a rule or a shipment binds together joins one part."""
    chosen = _balanced(ways, room)
    for members in _bound(arrays, stops):
        chosen[members] = int(ways[:, members].sum(axis=1).argmin())
    return chosen


def _bound(arrays: Arrays, stops: Ints) -> list[list[int]]:
    """Places in `stops` that belong together, directly or by way of others."""
    place = {int(stop): number for number, stop in enumerate(stops)}
    problem = arrays.problem
    rules = problem.rules
    pairs = [(each.pickup, each.dropoff) for each in problem.shipments]
    clique: dict[int, list[int]] = {}
    for group in [*pairs, *rules.keep_together, *(lock.stops for lock in rules.locks)]:
        numbers = [problem.stop_index[stop] for stop in group]
        members = [place[number] for number in numbers if number in place]
        joined = sorted({other for one in members for other in clique.get(one, [one])})
        clique.update((one, joined) for one in joined)
    return [members for one, members in clique.items() if one == members[0] and len(members) > 1]


def _balanced(ways: Ints, room: Ints) -> Ints:
    """The nearest part for each stop while it has room; those with most to lose choose first.

    Every stop asks its nearest part, a part that is asked by too many turns away those with least to
    lose, and these ask the next one.
    """
    count, stops = ways.shape
    order = np.argsort(ways, axis=0, kind="stable")
    regret = ways[order[min(1, count - 1)], np.arange(stops)] - ways.min(axis=0)
    turn = np.empty(stops, dtype=np.int64)
    turn[np.argsort(-regret, kind="stable")] = np.arange(stops)
    asked = np.zeros(stops, dtype=np.int64)  # the rank of the part each stop asks
    chosen: Ints = order[0].copy()
    asking = np.flatnonzero(ways[chosen, np.arange(stops)] < NOBODY)
    held = np.zeros(0, dtype=np.int64)
    while len(asking):
        held = np.concatenate([held, asking])
        held = held[np.lexsort((turn[held], chosen[held]))]
        first = np.searchsorted(chosen[held], np.arange(count))
        has_room = np.arange(len(held)) - first[chosen[held]] < room[chosen[held]]
        asking, held = held[~has_room], held[has_room]
        asked[asking] += 1
        # Whom nobody has room for goes where it is nearest all the same.
        lost = asking[asked[asking] >= count]
        asking = asking[asked[asking] < count]
        chosen[asking] = order[asked[asking], asking]
        barred = ways[chosen[asking], asking] >= NOBODY
        lost = np.concatenate([lost, asking[barred]])
        asking = asking[~barred]
        chosen[lost] = order[0, lost]
    return chosen
