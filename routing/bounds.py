"""A proven floor under the cost of every plan: quick, often far below, never above.

Two bounds, the larger is given. *Half arcs*: every stop is either left out at its penalty or
entered and left by some road. *Trees* (only where all stops are mandatory): the roads of a plan
connect all stops with the office, so they cost at least a minimum spanning tree and a way home for
each tour; node prices in favour of two roads for each stop sharpen it (Held and Karp, 1971).
"""

import time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.arrays import Arrays
from routing.problem import StopKind
from routing.terms import UNREACHABLE

Floats = NDArray[np.float64]
MOST_STOPS: Final = 2_000
ASCENT_STEPS: Final = 60
ASCENT_SECONDS: Final = 0.3


def lower_bound(arrays: Arrays, *, seconds: float = ASCENT_SECONDS) -> int:
    """Cost units that no plan of the problem can be below; 0 where nothing better is known.

    Args:
        arrays: of the problem.
        seconds: how long to sharpen the tree bound.
    """
    problem = arrays.problem
    if not problem.stops or len(problem.stops) > MOST_STOPS:
        return 0
    between, out, home = _cheapest_roads(arrays)
    duty = min(courier.costs.per_duty_second for courier in problem.couriers)
    service = duty * arrays.service_seconds.astype(np.float64)
    entering = np.minimum(_without_self(between).min(axis=0, initial=np.inf), out)
    leaving = np.minimum(_without_self(between).min(axis=1, initial=np.inf), home)
    penalties = arrays.unserved_cost.astype(np.float64)
    pairs = arrays.partner >= 0
    worth = (entering + leaving) / 2 + service
    # The halves of a shipment are left out together, at the penalty of the pick-up.
    halves = np.flatnonzero(pairs & (arrays.kind == _PICKUP))
    worth[halves] += worth[arrays.partner[halves]]
    worth[arrays.partner[halves]] = 0
    tours = _fewest_tours(arrays)
    fixed = _fixed(arrays, tours)
    bound = float(np.minimum(worth, penalties * (worth > 0)).sum()) + fixed
    if arrays.mandatory.all():
        bound += tours * (out.min() + home.min()) / 2
        nearest = np.minimum(between, between.T)
        tree = _tree_bound(
            nearest, np.minimum(out, home), home, (tours, _most_tours(arrays)), seconds
        )
        bound = max(bound, tree + float(service.sum()) + fixed)
        # A plan that leaves out a mandatory stop costs at least this.
        bound = min(bound, float(arrays.unserved_cost.max()))
    return max(0, int(np.floor(bound + 1e-6)))


def _cheapest_roads(arrays: Arrays) -> tuple[Floats, Floats, Floats]:
    """Price of each road for whoever drives it cheapest: between stops, from and to an office."""
    problem = arrays.problem
    count = len(problem.stops)
    between = np.full((count, count), np.inf)
    out, home = np.full(count, np.inf), np.full(count, np.inf)
    kinds = {(c.profile, c.start_location, c.end_location, c.costs): c for c in problem.couriers}
    for courier in kinds.values():
        profile = problem.profile_of[courier.profile]
        fastest = max((100, *(p.speed_percent for p in profile.speed_periods)))
        rates = courier.costs
        per_second = (rates.per_travel_second + rates.per_duty_second) * 100 / fastest
        for origins, destinations, target in (
            (arrays.exit_location, arrays.location, between),
            (np.array([courier.start_location]), arrays.location, out[None, :]),
            (arrays.exit_location, np.array([courier.end_location]), home[:, None]),
            (arrays.exit_location, np.array([courier.start_location]), home[:, None]),
        ):
            seconds, metres = profile.travel.block(origins, destinations)
            # Travel may be rounded up to whole seconds, never down.
            price = per_second * seconds + float(rates.per_metre) * metres
            np.minimum(target, np.where(seconds >= UNREACHABLE, np.inf, price), out=target)
    return between, out, home


_PICKUP = list(StopKind).index(StopKind.PICKUP)


def _without_self(between: Floats) -> Floats:
    table = between.copy()
    np.fill_diagonal(table, np.inf)
    return table


def _fewest_tours(arrays: Arrays) -> int:
    """Tours that the mandatory loads alone need, by the largest bag there is."""
    couriers = arrays.problem.couriers
    needed = 1 if arrays.mandatory.any() else 0
    if not all(courier.capacities for courier in couriers):
        return needed
    for kind in (StopKind.DELIVER, StopKind.COLLECT):
        chosen = arrays.mandatory & (arrays.kind == list(StopKind).index(kind))
        for dimension, load in enumerate(arrays.loads[chosen].sum(axis=0)):
            largest = max(courier.capacities[dimension] for courier in couriers)
            if largest > 0:
                needed = max(needed, -(-int(load) // largest))
    return needed


def _most_tours(arrays: Arrays) -> int:
    tours = sum(courier.max_tours for courier in arrays.problem.couriers)
    return min(tours, len(arrays.problem.stops))


def _fixed(arrays: Arrays, tours: int) -> int:
    couriers = arrays.problem.couriers
    leaving = -(-tours // max(courier.max_tours for courier in couriers))
    return sum(sorted(courier.costs.fixed for courier in couriers)[:leaving])


def _tree_bound(
    between: Floats, office: Floats, home: Floats, tours: tuple[int, int], seconds: float
) -> float:
    """The best tree bound over some steps of node prices; `tours` are the fewest and the most."""
    until = time.monotonic() + seconds
    prices = np.zeros(len(office))
    best = -np.inf
    step = 0.0
    for number in range(ASCENT_STEPS):
        tree, degrees = _spanning_tree(between + prices[:, None] + prices[None, :], office + prices)
        back = home + prices
        nearest = int(back.argmin())
        # Every tour needs a way home; a negative price could be collected by each tour at most.
        ways = tours[0] if back[nearest] >= 0 else max(tours)
        value = tree + ways * float(back[nearest]) - 2 * float(prices.sum())
        if not np.isfinite(value):
            return 0.0 if best == -np.inf else best
        best = max(best, value)
        slope = degrees - 2.0
        slope[nearest] += ways
        norm = float((slope**2).sum())
        if norm == 0 or time.monotonic() > until:
            break
        step = step or 0.1 * abs(value) / norm
        prices += step * (0.95**number) * slope
    return best


def _spanning_tree(between: Floats, office: Floats) -> tuple[float, Floats]:
    """Weight and stop degrees of the minimum spanning tree rooted in the office (Prim, 1957)."""
    count = len(office)
    cheapest, parent = office.copy(), np.full(count, -1)
    open_stops = np.ones(count, dtype=np.bool_)
    degrees = np.zeros(count)
    weight = 0.0
    for _ in range(count):
        stop = int(np.where(open_stops, cheapest, np.inf).argmin())
        open_stops[stop] = False
        weight += float(cheapest[stop])
        degrees[stop] += 1
        if parent[stop] >= 0:
            degrees[parent[stop]] += 1
        closer = open_stops & (between[stop] < cheapest)
        cheapest[closer] = between[stop][closer]
        parent[closer] = stop
    return weight, degrees
