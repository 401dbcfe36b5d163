"""One search over one net: loads plans in, anneals, gives its best out. Knows no clock."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from routing.days import Orders
from routing.search import layout as at
from routing.search.annealing import anneal, construct, keep_if_best, load_plan
from routing.search.building import NetBuilder, with_slots
from routing.search.layout import Ints, Net, State

POOL_DAYS: Final = 200_000
POOL_STOPS_PER_DAY: Final = 24
POOL_FIELDS: Final = ("stop_hash", "type_hash", "pool_table", "pool_day", "pool_stops")
# Measured on the tuning instances: ten stops removed on average, strings of ten at the longest.
REMOVED_ON_AVERAGE: Final = 10
LONGEST_STRING: Final = 10
BLINK: Final = 0.01
# How much dearer unserved stops are made while looking for days that only pay as a whole.
TEMPTATION: Final = 5
# One exchange of tails a round for so many stops: they help long tours, and those of large problems.
STOPS_A_TAIL: Final = 250
# The unit of temperature is so large a part of what a round adds in the median, read off so many
# rises at least; every so many rounds the best plan is gone back to.
UNITS_A_RISE: Final = 3.0
FEWEST_RISES: Final = 10
ROUNDS_FROM_THE_BEST: Final = 10
# Hot enough that every round is kept.
ANY_TEMPERATURE: Final = 1e6
# Days of plans this close to the best are kept for the set partitioning.
POOL_SHARE: Final = 0.03


class Search:
    """A `Net` with its `State`; stop and courier numbers going in and out are the problem's."""

    def __init__(
        self,
        builder: NetBuilder,
        *,
        seed: int,
        pool_days: int = POOL_DAYS,
        net: Net | None = None,
    ) -> None:
        """`net`: one the builder has built before, which searches read together."""
        self.builder = builder
        self.net: Net = builder.net() if net is None else net
        self.draw = np.random.default_rng(seed)
        self.pool_days = min(pool_days, 4_000 + 400 * len(self.net.stop))
        self.state = _blank(self.net, _empty_pool(self.net, self.pool_days, self.draw))
        self.unit = self._short_road()
        self.tails = len(self.net.stop) // STOPS_A_TAIL
        self.load(tuple(() for _ in builder.problem.couriers))

    @property
    def best_cost(self) -> int:
        """Cost units of the best plan, unserved stops of this net included.

        Rounded where the net counts in others (`scaling`).
        """
        return int(self.state.total[at.BEST]) * self.builder.cost_unit

    @property
    def pooled(self) -> int:
        return int(self.state.total[at.POOLED])

    @property
    def serves_all(self) -> bool:
        """Whether the best plan leaves no stop of this net out."""
        return int(self.state.best_at[-1]) == len(self.net.stop)

    @property
    def left_out(self) -> int:
        """How many stops the best plan leaves out although they must be served."""
        must = self.builder.arrays.mandatory[self.builder.stops]
        served = self.state.best[: self.state.best_at[-1]]
        return int(must.sum() - must[served].sum())

    def load(self, orders: Orders) -> bool:
        """Make these tours (of this net's couriers and stops) current; False if they do not hold.

        What does not hold is never kept as the best.
        """
        number_of = self.builder.number_of
        needed = np.array([sum(map(bool, orders[own])) for own in self.builder.couriers])
        if (needed > self.builder.most_tours).any():
            return False
        if (needed > self.net.courier[:, at.SLOTS]).any():
            self._widen(np.maximum(needed, self.net.courier[:, at.SLOTS]))
        net = self.net
        flat: list[int] = []
        slot_at = [0]
        for own, courier in enumerate(self.builder.couriers):
            tours = [tour for tour in orders[courier] if tour]
            slots = int(net.courier[own, at.SLOTS])
            for tour in (*tours, *[()] * (slots - len(tours))):
                flat += [number_of[stop] for stop in tour if stop in number_of]
                slot_at.append(len(flat))
        sound = bool(
            load_plan(net, self.state, np.array(flat, np.int64), np.array(slot_at, np.int64))
        )
        if sound:
            keep_if_best(net, self.state)
        return sound

    def construct(self) -> None:
        """Insert what is absent into the current plan, cheapest place first."""
        construct(self.net, self.state, self._seed(), BLINK)
        while self._widened():
            construct(self.net, self.state, self._seed(), BLINK)

    @property
    def is_plain(self) -> bool:
        """Whether roads, one window a stop and loads along one tour are all there is."""
        return bool(self.net.flag[at.PLAIN])

    @property
    def is_tempting(self) -> bool:
        """Whether stops may be left out, so that `tempt` can find what single insertions cannot."""
        return bool(self.net.flag[at.OPTIONAL])

    def tempt(self, iterations: int, temperature: float) -> None:
        """Anneal as if leaving stops out cost `TEMPTATION` times as much, then go on from the best.

        Sending a courier out may pay for several stops together and for none of them alone.
        """
        true = self.net.stop
        dearer = true.copy()
        dearer[:, at.PENALTY] *= TEMPTATION
        try:
            self.net = self.net._replace(stop=dearer)
            self.load(self.best())
            self.construct()
            self.anneal(iterations, temperature)
        finally:
            self.net = self.net._replace(stop=true)
        self.load(self.best())

    def beside(self) -> "Search":
        """Another search of the same net, from the same plan."""
        other = Search(
            self.builder,
            seed=int(self.draw.integers(1 << 31)),
            pool_days=self.pool_days,
            net=self.net,
        )
        other.load(self.best())
        return other

    def anneal(self, iterations: int, temperature: float) -> bool:
        """So many rounds; `temperature` in units of it. True when the best got better."""
        if not len(self.net.stop):
            return False
        improved = anneal(
            self.net,
            self.state,
            iterations,
            max(1e-3, temperature * self.unit),
            REMOVED_ON_AVERAGE,
            LONGEST_STRING,
            BLINK,
            POOL_SHARE,
            self.tails,
            self._seed(),
        )
        if self.state.total[at.POOL_FULL]:
            self.forget_pool()
        self._widened()
        return int(improved) > 0

    def measured_unit(self, rounds: int) -> float:
        """A third of what a round adds to a good plan in the median, and never less than the unit.

        Windows, pairs and what a courier or an unserved stop costs decide that more than the roads
        do. Goes on from the best plan.
        """
        rises: list[int] = []
        for number in range(rounds):
            if number % ROUNDS_FROM_THE_BEST == 0:
                self.load(self.best())
            before = int(self.state.total[at.CURRENT])
            self.anneal(1, ANY_TEMPERATURE)
            added = int(self.state.total[at.CURRENT]) - before
            if added > 0:
                rises.append(added)
        self.load(self.best())
        if len(rises) < FEWEST_RISES:
            return self.unit
        return max(self.unit, float(np.median(rises)) / UNITS_A_RISE)

    def best(self) -> Orders:
        """The best plan; couriers outside this net have no tours in it."""
        best, best_at = self.state.best, self.state.best_at
        return self._orders([best[a:b].tolist() for a, b in pairwise(best_at.tolist())])

    def _current(self) -> Orders:
        stops, onward = len(self.net.stop), self.state.node[:, at.NEXT].tolist()
        tours: list[list[int]] = []
        for slot in range(len(self.net.owner)):
            tours.append([])
            here = onward[stops + slot]
            while here < stops:
                tours[-1].append(here)
                here = onward[here]
        return self._orders(tours)

    def _orders(self, tours: Sequence[Sequence[int]]) -> Orders:
        """Tours by slot, in the net's own numbers, as orders of the problem."""
        orders: list[list[tuple[int, ...]]] = [[] for _ in self.builder.problem.couriers]
        for owner, tour in zip(self.net.owner.tolist(), tours, strict=True):
            if tour:
                courier = int(self.builder.couriers[owner])
                orders[courier].append(tuple(self.builder.stops[tour].tolist()))
        return tuple(map(tuple, orders))

    def _widened(self) -> bool:
        """Twice as many slots for those who ride all theirs and may ride more; False: there are none.

        So the slots are never many more than the tours ridden, whatever the problem allows.
        """
        slots = self.net.courier[:, at.SLOTS]
        may_more = slots < self.builder.most_tours
        if not may_more.any():
            return False
        ridden = np.bincount(self.net.owner[self.state.held > 0], minlength=len(slots))
        full = may_more & (ridden == slots)
        if not full.any():
            return False
        self._widen(np.where(full, np.minimum(2 * slots, self.builder.most_tours), slots))
        return True

    def _widen(self, slots: Ints) -> None:
        """So many slots from now on; the best plan, the current one and the pool stay."""
        best, current = self.best(), self._current()
        courier, owner = with_slots(self.net.courier, slots)
        pool = {name: getattr(self.state, name) for name in POOL_FIELDS}
        counted = [at.POOLED, at.POOL_FILL, at.POOL_FULL]
        pooled = self.state.total[counted]
        self.net = self.net._replace(courier=courier, owner=owner)
        self.state = _blank(self.net, pool)
        self.state.total[counted] = pooled
        self.load(best)
        self.load(current)

    def forget_pool(self) -> None:
        self.state.pool_table[:] = -1
        self.state.total[[at.POOLED, at.POOL_FILL, at.POOL_FULL]] = 0

    def _seed(self) -> int:
        return int(self.draw.integers(1 << 31))

    def _short_road(self) -> float:
        """Mean price of the roads to the eight nearest stops: the unit of temperature at first."""
        count = len(self.net.stop)
        if count < 2:
            return 1.0
        rows = np.arange(count)[:, None]
        return max(1.0, float(self.net.price[0][rows, self.net.adjacent[:, :8]].mean()))


def _empty_pool(net: Net, pool_days: int, draw: np.random.Generator) -> dict[str, Any]:
    stops, slots = len(net.stop), len(net.owner)
    # The table stays at most two fifths full, so that looking a day up takes few steps.
    buckets = 1 << int(np.ceil(np.log2(2.5 * pool_days)))
    longest = int(max(POOL_STOPS_PER_DAY, 2 * stops / max(1, min(slots, stops))))
    return {
        "stop_hash": _codes(draw, stops),
        "type_hash": _codes(draw, len(net.types)),
        "pool_table": np.full(buckets, -1, np.int64),
        "pool_day": np.zeros((pool_days, 6), np.int64),
        "pool_stops": np.zeros(pool_days * longest, np.int32),
    }


def _blank(net: Net, pool: Mapping[str, Any]) -> State:
    stops, dimensions = net.load.shape
    slots, breaks = len(net.owner), net.rest.shape[1]
    nodes = stops + 2 * slots
    node = np.zeros((nodes, 8), np.int64)
    node[:stops, at.ROW] = np.arange(stops)
    node[stops:, at.SLOT] = np.tile(np.arange(slots), 2)
    node[stops : stops + slots, at.ROW] = net.courier[net.owner, at.START_ROW]
    node[stops + slots :, at.ROW] = net.courier[net.owner, at.END_ROW]
    total = np.zeros(at.TOTALS, np.int64)
    total[at.BEST] = at.NEVER
    return State(
        node=node,
        floor=np.zeros(nodes, np.int64),
        load=np.zeros((nodes, 3 * dimensions), np.int64),
        departs=np.zeros((nodes, breaks), np.int64),
        latest=np.zeros((nodes, breaks), np.int64),
        came_from=np.zeros((nodes, breaks), np.int64),
        cost=np.zeros(len(net.courier), np.int64),
        held=np.zeros(slots, np.int64),
        slot_load=np.zeros((slots, dimensions), np.int64),
        absent=np.zeros(stops + 1, np.int64),
        total=total,
        best=np.zeros(stops, np.int64),
        best_at=np.zeros(slots + 1, np.int64),
        touched_mark=np.full(slots, -1, np.int64),
        searched=np.zeros(nodes, np.int64),
        least=np.zeros(slots, np.int64),
        least_mark=np.zeros(slots, np.int64),
        scratch=np.zeros((8, max(2, breaks)), np.int64),
        lock_seen=np.zeros(int(net.lock[:, 0].max(initial=0)) + 1, np.int64),
        work=np.full((6, max(2 * stops, slots) + 16), 0, np.int64),
        key=np.zeros(stops + 1),
        candidates=np.zeros((at.CANDIDATES, 3), np.int64),
        **pool,
    )


def _codes(draw: np.random.Generator, count: int) -> NDArray[np.uint64]:
    codes: NDArray[np.uint64] = draw.integers(1, 2**63, count, dtype=np.uint64)
    return codes
