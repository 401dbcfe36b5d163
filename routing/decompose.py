"""Large days are cut into parts that are searched one by one, so that time and memory grow with the
number of stops and not with its square.

The first plan: stops are clustered around far-apart seeds, each cluster gets its share of couriers
and is built and annealed briefly. Then, POPMUSIC style (Taillard and Voss, 2002): a courier and the
couriers whose days lie nearest become one part, are searched anew with the unserved stops around,
and the result is kept when it is better.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from routing.arrays import Ints
from routing.days import Orders, Scheduler, Tours
from routing.engines import Found, Task
from routing.search.building import NetBuilder
from routing.search.engine import supports, warm_up
from routing.search.search import Search

# Stops of a cluster of the first plan, and of a part searched anew.
CLUSTER_STOPS: Final = 400
PART_STOPS: Final = 250
FIRST_ROUNDS_A_STOP: Final = 3
PART_ROUNDS_A_STOP: Final = 60
MOST_UNSERVED_IN_PART: Final = 60
PART_HOTTEST: Final = 0.3
PART_COLDEST: Final = 0.03
CHUNKS_OF_PART: Final = 20
SPARE_COURIERS: Final = 3
CLOSING_SECONDS: Final = 0.5
SECONDS_BETWEEN_OFFERS: Final = 5.0


@dataclass(frozen=True)
class PartsEngine:
    """Engine `parts`: any constraint, any size."""

    name: str = "parts"

    def suits(self, scheduler: Scheduler) -> bool:
        return supports(scheduler)

    def search(self, task: Task) -> Found:
        warm_up()
        return _Parts(task).search()


class _Parts:
    def __init__(self, task: Task) -> None:
        self.task, self.scheduler = task, task.scheduler
        self.problem, self.arrays = self.scheduler.problem, self.scheduler.arrays
        self.draw = np.random.default_rng(task.seed)
        self.until = time.monotonic() + task.budget.seconds - CLOSING_SECONDS
        self.tours: list[Tours] = list(task.start)
        self.rounds = 0
        self.next_offer = 0.0
        self.turn: list[int] = []

    def search(self) -> Found:
        self._build()
        self.task.offer(self.orders)
        parts = 0
        while not self._over():
            self._improve_around(self._next_courier(parts))
            parts += 1
            if self.task.budget.iterations is None and time.monotonic() > self.next_offer:
                self._offer()
        return Found(orders=self.orders, iterations=self.rounds)

    @property
    def orders(self) -> Orders:
        return tuple(self.tours)

    def _over(self) -> bool:
        most = self.task.budget.iterations
        spent = most is not None and self.rounds >= most
        return spent or time.monotonic() >= self.until or self.task.cancelled()

    def _offer(self) -> None:
        begun = time.monotonic()
        self.task.offer(self.orders)
        pause = max(SECONDS_BETWEEN_OFFERS, 10 * (time.monotonic() - begun))
        self.next_offer = time.monotonic() + pause

    def _build(self) -> None:
        """Clusters of what is unserved so far, each with its share of the couriers at home."""
        open_stops = self._unserved()
        if not len(open_stops):
            return
        free = [n for n, tours in enumerate(self.tours) if not any(tours)]
        clusters = self._clusters(open_stops)
        for stops, couriers in zip(clusters, self._shares(clusters, free), strict=True):
            if self._over():
                return
            if couriers:
                self._search_part(stops, couriers, FIRST_ROUNDS_A_STOP)

    def _unserved(self) -> Ints:
        served = np.zeros(len(self.problem.stops), dtype=bool)
        for tours in self.tours:
            for tour in tours:
                served[list(tour)] = True
        return np.flatnonzero(~served)

    def _clusters(self, stops: Ints) -> list[Ints]:
        """Stops around seeds that lie far apart; what must stay together joins one cluster."""
        count = max(1, -(-len(stops) // CLUSTER_STOPS))
        travel = self.problem.profiles[0].travel
        places = self.arrays.location[stops]
        seeds = [int(self.draw.integers(len(stops)))]
        away, _ = travel.block(places[seeds], places)
        nearest = away[0].astype(np.int64)
        distances = [nearest]
        for _ in range(count - 1):
            # Far from the seeds there are, yet not the furthest: outliers make poor centres.
            seeds.append(int(np.argsort(nearest)[int(0.9 * (len(stops) - 1))]))
            away, _ = travel.block(places[seeds[-1:]], places)
            distances.append(away[0].astype(np.int64))
            nearest = np.minimum(nearest, distances[-1])
        chosen = self._balanced(np.array(distances))
        self._keep_bound_stops(stops, chosen)
        return [stops[chosen == number] for number in range(count)]

    @staticmethod
    def _balanced(distances: Ints) -> Ints:
        """The nearest seed for each stop while it has room; those with most to lose choose first."""
        count, stops = distances.shape
        room = np.full(count, -(-stops * 11 // (10 * count)))
        chosen = np.zeros(stops, dtype=np.int64)
        order = np.argsort(distances, axis=0)
        regret = distances[order[min(1, count - 1)], np.arange(stops)] - distances.min(axis=0)
        for stop in np.argsort(-regret, kind="stable"):
            for seed in order[:, stop]:
                if room[seed] > 0:
                    chosen[stop] = seed
                    room[seed] -= 1
                    break
        return chosen

    def _keep_bound_stops(self, stops: Ints, chosen: Ints) -> None:
        place = {int(stop): number for number, stop in enumerate(stops)}
        bound = [(s.pickup, s.dropoff) for s in self.problem.shipments]
        rules = self.problem.rules
        groups = [*bound, *rules.keep_together, *(lock.stops for lock in rules.locks)]
        for group in groups:
            numbers = [self.problem.stop_index[stop] for stop in group]
            members = [place[number] for number in numbers if number in place]
            chosen[members] = chosen[members[0]] if members else 0

    def _shares(self, clusters: Sequence[Ints], free: Sequence[int]) -> list[list[int]]:
        """Couriers at home by cluster: as many as its stops call for, from the nearest office."""
        shares: list[list[int]] = [[] for _ in clusters]
        total = sum(len(stops) for stops in clusters)
        room = [max(1, round(len(free) * len(stops) / max(1, total))) for stops in clusters]
        travel = self.problem.profiles[0].travel
        starts = np.array([self.problem.couriers[n].start_location for n in free], dtype=np.int64)
        if not len(starts):
            return shares
        way = np.array(
            [
                np.median(travel.block(starts, self.arrays.location[stops])[0], axis=1)
                if len(stops)
                else np.full(len(starts), np.inf)
                for stops in clusters
            ]
        )
        for number in np.argsort(way.min(axis=0), kind="stable"):
            for cluster in np.argsort(way[:, number], kind="stable"):
                if len(shares[cluster]) < room[cluster]:
                    shares[cluster].append(free[number])
                    break
        return shares

    def _next_courier(self, parts: int) -> int:
        out = [number for number, tours in enumerate(self.tours) if any(tours)]
        if not out:
            return 0
        if parts % len(out) == 0:
            self.turn = self.draw.permutation(len(out)).tolist()
        return out[self.turn[parts % len(self.turn)] % len(out)]

    def _improve_around(self, courier: int) -> None:
        """The couriers nearest to this one, up to a number of stops, with unserved stops nearby."""
        own = [stop for tour in self.tours[courier] for stop in tour]
        travel = self.problem.profiles[0].travel
        centre = self.arrays.location[own or [0]]
        out = [n for n, tours in enumerate(self.tours) if any(tours) and n != courier]
        middles = [self._middle(n) for n in out]
        away = travel.block(centre, np.array(middles, dtype=np.int64))[0].min(axis=0)
        couriers, stops = [courier], list(own)
        for position in np.argsort(away, kind="stable"):
            theirs = [stop for tour in self.tours[out[position]] for stop in tour]
            if len(stops) + len(theirs) > PART_STOPS:
                break
            couriers.append(out[position])
            stops += theirs
        at_home = [n for n, tours in enumerate(self.tours) if not any(tours)]
        couriers += [int(n) for n in self._nearest_at_home(at_home, centre)]
        self._search_part([*stops, *self._unserved_near(centre)], couriers, PART_ROUNDS_A_STOP)

    def _middle(self, courier: int) -> int:
        tour = self.tours[courier][0]
        return int(self.arrays.location[tour[len(tour) // 2]])

    def _nearest_at_home(self, at_home: Sequence[int], centre: Ints) -> list[int]:
        if not at_home:
            return []
        starts = [self.problem.couriers[number].start_location for number in at_home]
        travel = self.problem.profiles[0].travel
        away = travel.block(np.array(starts, dtype=np.int64), centre)[0].min(axis=1)
        return [at_home[n] for n in np.argsort(away, kind="stable")[:SPARE_COURIERS]]

    def _unserved_near(self, centre: Ints) -> list[int]:
        """Unserved stops nearby, shipments whole, none that a group ties to a day elsewhere."""
        unserved = self._unserved()
        if not len(unserved):
            return []
        places = self.arrays.location[unserved]
        away = self.problem.profiles[0].travel.block(centre, places)[0].min(axis=0)
        tied = {stop for group in self.problem.rules.keep_together for stop in group}
        chosen: set[int] = set()
        for number in np.argsort(away, kind="stable")[:MOST_UNSERVED_IN_PART]:
            stop = int(unserved[number])
            if self.problem.stops[stop].id in tied:
                continue
            mate = int(self.arrays.partner[stop])
            chosen |= {stop} if mate < 0 else {stop, mate}
        return sorted(chosen)

    def _search_part(
        self, stops: Sequence[int] | Ints, couriers: Sequence[int], rounds_a_stop: int
    ) -> None:
        if not len(stops):
            return
        seed = int(self.draw.integers(1 << 31))
        search = Search(
            NetBuilder(self.scheduler, [int(stop) for stop in stops], couriers),
            seed=seed,
            pool_days=100,
        )
        part = set(couriers)
        sound = search.load(tuple(tours if n in part else () for n, tours in enumerate(self.tours)))
        before = search.best_cost if sound else None
        search.construct()
        if search.is_tempting:
            search.tempt(len(stops), PART_COLDEST)
        chunk = max(1, rounds_a_stop * len(stops) // CHUNKS_OF_PART)
        for number in range(CHUNKS_OF_PART):
            if self._over():
                break
            cooled = (PART_COLDEST / PART_HOTTEST) ** (number / CHUNKS_OF_PART)
            search.anneal(chunk, PART_HOTTEST * cooled)
            self.rounds += chunk
        if before is None or search.best_cost < before:
            best = search.best()
            for courier in couriers:
                self.tours[courier] = best[courier]


PARTS_ENGINE: Final = PartsEngine()
