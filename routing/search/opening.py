"""How a search begins: what must be served finds a place first, the rest gets the room left.

Inserted once and in any order, optional stops take the room that others must have, and a search at
a working temperature needs minutes to bring those back.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from routing.arrays import Ints
from routing.days import Orders, Scheduler
from routing.search.building import NetBuilder
from routing.search.search import POOL_DAYS, Search

# What must be served and found no place: cold rounds at a time, and how often they may bring nothing.
MENDING_ROUNDS: Final = 100
MENDING_TEMPERATURE: Final = 0.01
IDLE_MENDINGS: Final = 3
MENDING_MUST_LEAVE: Final = 0.9
# Kept where nothing is chosen from them.
FEW_DAYS: Final = 100


class Opened(NamedTuple):
    """A search with its first plan, and the rounds that took."""

    search: Search
    rounds: int


def opened(
    scheduler: Scheduler,
    stops: Ints,
    couriers: Sequence[int],
    held: Orders,
    *,
    seed: int,
    over: Callable[[], bool],
    pool_days: int = POOL_DAYS,
) -> Opened | None:
    """A search of these stops and couriers whose first plan goes on from what they hold.

    Args:
        scheduler: of the whole problem.
        stops: numbers of the problem's stops, those in `held` among them.
        couriers: numbers of the problem's couriers.
        held: tours of every courier of the problem; of others than these they are not looked at.
        seed: of everything drawn.
        over: asked between cold rounds whether the time is up.
        pool_days: how many days the search keeps for its set partitioning.

    Returns:
        None where the tours held cannot be driven.
    """
    search = _loaded(scheduler, stops, couriers, held, seed=seed, pool_days=pool_days)
    if search is None:
        return None
    arrays = scheduler.arrays
    own = [stop for courier in couriers for tour in held[courier] for stop in tour]
    early = np.union1d(stops[arrays.mandatory[stops]], np.array(own, np.int64))
    rounds = given_up = 0
    if len(own) < len(early) < len(stops):
        first = _loaded(scheduler, early, couriers, held, seed=seed, pool_days=FEW_DAYS)
        if first is not None:
            first.construct()
            rounds, given_up = mended(first, over), first.left_out
            search.load(first.best())
    search.construct()
    return Opened(search, rounds + mended(search, over, down_to=given_up))


def mended(search: Search, over: Callable[[], bool], *, down_to: int = 0) -> int:
    """Cold rounds while they find a place for what must be served; how many there were."""
    rounds = idle = 0
    while (out := search.left_out) > down_to and idle < IDLE_MENDINGS and not over():
        search.anneal(MENDING_ROUNDS, MENDING_TEMPERATURE)
        rounds += MENDING_ROUNDS
        # Where little comes of it the plan is too full; in a part, neighbours take what is left.
        idle = 0 if search.left_out < out * MENDING_MUST_LEAVE else idle + 1
    return rounds


def _loaded(
    scheduler: Scheduler,
    stops: Ints,
    couriers: Sequence[int],
    held: Orders,
    *,
    seed: int,
    pool_days: int,
) -> Search | None:
    net = NetBuilder(scheduler, near_together(scheduler, stops).tolist(), couriers)
    search = Search(net, seed=seed, pool_days=pool_days)
    return search if search.load(held) else None


def near_together(scheduler: Scheduler, stops: Ints) -> Ints:
    """The same stops, each followed by the nearest that is left.

    What the kernels read of neighbours then lies side by side in memory: with a thousand stops a
    round takes a tenth less time, and a seventh with shipments.
    """
    if not len(stops):
        return stops
    arrays = scheduler.arrays
    travel = next(iter(scheduler.problem.profile_of.values())).travel
    seconds, _ = travel.block(arrays.exit_location[stops], arrays.location[stops])
    order = np.zeros(len(stops), np.int64)
    passed = np.zeros(len(stops))
    for number in range(1, len(stops)):
        here = order[number - 1]
        passed[here] = np.inf
        order[number] = (seconds[here] + passed).argmin()
    return stops[order]
