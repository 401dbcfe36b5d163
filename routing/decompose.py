"""Large days are cut into parts that are searched one by one, so that time and memory grow with the
number of stops and not with its square.

The first plan: every office by itself (`routing.splitting`), built by insertion. Then, POPMUSIC
style (Taillard and Voss, 2002): a courier and those whose days lie nearest (`routing.neighbours`)
become one part, are searched anew, and the result is kept when it is better. Travel is asked for a
part at a time, so a table that computes what it is asked never grows large.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from routing.arrays import Ints
from routing.days import Orders, Scheduler, Tours
from routing.engines import Found, Task, cores
from routing.neighbours import PART_STOPS, Neighbours, unserved
from routing.search.engine import supports, warm_up
from routing.search.opening import FEW_DAYS, opened
from routing.search.search import Search
from routing.splitting import Part, first_parts

PART_ROUNDS_A_STOP: Final = 60
HOTTEST: Final = 0.3
COLDEST: Final = 0.03
CHUNKS_OF_PART: Final = 20
# The time left should let every stop be searched so often, within these bounds for one part.
SWEEPS: Final = 3
SHORTEST_PART_SECONDS: Final = 0.25
LONGEST_PART_SECONDS: Final = 3.0
LONGEST_CHUNK_SECONDS: Final = 0.05
CLOSING_SECONDS: Final = 0.3
# To price and check a plan, and to check it once more at the door, takes so many times as long as to
# time its days.
CLOSING_TIMES: Final = 2.0
SECONDS_BETWEEN_OFFERS: Final = 5.0
# So long the first plan may take before an unfinished one is offered.
SECONDS_TO_BUILD: Final = 8.0

# Of a part and a seed: better tours, if there are, and the rounds they took.
Searching = Callable[[Part, int], tuple[Orders | None, int]]


@dataclass(frozen=True)
class PartsEngine:
    """Engine `parts`: any constraint, any size; as many parts at once as there are threads and cores."""

    name: str = "parts"

    def suits(self, scheduler: Scheduler) -> bool:
        return supports(scheduler)

    def search(self, task: Task) -> Found:
        started = time.monotonic()
        warm_up()
        with ThreadPoolExecutor(min(task.threads, cores())) as pool:
            return _Parts(task, pool, started).search()


class _Parts:
    def __init__(self, task: Task, pool: ThreadPoolExecutor, started: float) -> None:
        self.task, self.pool, self.scheduler = task, pool, task.scheduler
        self.problem, self.arrays = self.scheduler.problem, self.scheduler.arrays
        self.draw = np.random.default_rng(task.seed)
        self.neighbours = Neighbours(self.scheduler, self.draw)
        self.ends = started + task.budget.seconds
        self.by_clock = task.budget.iterations is None
        # With iterations the parts of a round are the same on every machine, however many wait.
        self.threads = min(task.threads, cores()) if self.by_clock else task.threads
        self.closing, self.timing_seconds = CLOSING_SECONDS, 0.0
        self.tours: list[Tours] = list(task.start)
        self.rounds = 0
        self.next_offer = time.monotonic() + SECONDS_TO_BUILD
        self.offered: Orders = task.start

    def search(self) -> Found:
        self._build()
        self._offer_when_due()
        while not self._over():
            urgent = self.neighbours.has_urgent(self.tours)
            parts = self.neighbours.next_parts(self.tours, self.threads)
            if not parts:
                break
            self._search_with(self._built if urgent else self._searched, parts)
        return Found(orders=self.orders, iterations=self.rounds)

    @property
    def orders(self) -> Orders:
        return tuple(self.tours)

    @property
    def until(self) -> float:
        expected = CLOSING_SECONDS + CLOSING_TIMES * self.timing_seconds
        return self.ends - max(self.closing, expected)

    def _over(self) -> bool:
        most = self.task.budget.iterations
        spent = most is not None and self.rounds >= most
        return spent or time.monotonic() >= self.until or self.task.cancelled()

    def _offer_when_due(self) -> None:
        if not self.by_clock or time.monotonic() > self.next_offer:
            self._offer()

    def _offer(self) -> None:
        """Timing and checking a large plan takes long; the search keeps nine tenths of the time."""
        if self.orders == self.offered:
            return
        self.offered = self.orders
        begun = time.monotonic()
        self.task.offer(self.orders)
        took = time.monotonic() - begun
        # What is offered last takes as long as this did, and is checked once more at the door.
        self.closing = max(self.closing, CLOSING_SECONDS + 2 * took)
        self.next_offer = time.monotonic() + max(SECONDS_BETWEEN_OFFERS, 10 * took)

    def _build(self) -> None:
        """What is unserved so far, office by office, with the couriers who still have time.

        What must be served comes first everywhere, so that a plan with all of it comes soon.
        """
        left = unserved(self.tours, len(self.problem.stops))
        if not len(left):
            return
        share = len(self.problem.stops) / len(self.tours)
        held = [[stop for tour in day for stop in tour] for day in self.tours]
        free = [number for number, stops in enumerate(held) if len(stops) <= share / 2]
        # Who has little to do may do it otherwise.
        stops = np.sort(np.concatenate([left, *(np.array(held[n], np.int64) for n in free)]))
        parts = first_parts(self.arrays, stops, free, self.draw, over=self._over)
        must = self.arrays.mandatory
        if 0 < must[left].sum() < len(left):
            self._build_each([Part(part.stops[must[part.stops]], part.couriers) for part in parts])
            self._build_urgent()
            self._offer()
        self._build_each(parts)

    def _build_urgent(self) -> None:
        """Places with neighbours for what must be served and found none in its own part."""
        while self.neighbours.has_urgent(self.tours) and not self._over():
            parts = self.neighbours.next_parts(self.tours, self.threads, only_mandatory=True)
            if not parts:
                return
            self._search_with(self._built, parts)

    def _build_each(self, parts: Sequence[Part]) -> None:
        holder = np.full(len(self.problem.stops), -1, np.int64)
        for number, day in enumerate(self.tours):
            for tour in day:
                holder[list(tour)] = number
        whole = [self._whole(part, holder) for part in parts]
        for first in range(0, len(parts), self.threads):
            if self._over():
                return
            self._search_with(self._built, whole[first : first + self.threads])

    def _whole(self, part: Part, holder: Ints) -> Part:
        """With exactly the stops its own couriers have, and none that is tied to another's."""
        own = np.flatnonzero(np.isin(holder, part.couriers))
        kept = np.union1d(own, part.stops[holder[part.stops] < 0])
        return self.neighbours.without_tied(Part(kept, part.couriers), self.tours)

    def _search_with(self, search: Searching, parts: Sequence[Part]) -> None:
        """Search parts that share nothing, at once, and keep what is better."""
        seeds = self.draw.integers(1 << 31, size=len(parts)).tolist()
        found = list(self.pool.map(search, parts, seeds))
        for part, (better, rounds) in zip(parts, found, strict=True):
            self.rounds += rounds
            if better is None:
                continue
            changed = list(self.tours)
            for courier in part.couriers:
                changed[courier] = better[courier]
            if self.neighbours.groups_hold(changed):
                self.tours = changed
                if search == self._built:
                    self._time(part.couriers)
        if self.by_clock:
            self._offer_when_due()

    def _time(self, couriers: Sequence[int]) -> None:
        """Time new days at once, which has to be done for the plan, to know how long the plan takes."""
        begun = time.monotonic()
        for courier in couriers:
            if self.tours[courier]:
                self.scheduler.kept_route(courier, self.tours[courier])
        self.timing_seconds += time.monotonic() - begun

    def _seconds_a_part(self) -> float:
        wanted = SWEEPS * max(1.0, len(self.problem.stops) / PART_STOPS) / self.threads
        fair = (self.until - time.monotonic()) / wanted
        return min(LONGEST_PART_SECONDS, max(SHORTEST_PART_SECONDS, fair))

    def _built(self, part: Part, seed: int) -> tuple[Orders | None, int]:
        """A first plan of the part, or places in it for what must be served and has none."""
        return self._searched(part, seed, rounds_a_stop=0)

    def _searched(
        self, part: Part, seed: int, rounds_a_stop: int = PART_ROUNDS_A_STOP
    ) -> tuple[Orders | None, int]:
        """The part searched anew; changes nothing itself.

        Answers a better plan, if there is one, and the rounds it took.
        """
        own = self._own(part)
        begun = opened(
            self.scheduler,
            part.stops,
            part.couriers,
            own,
            seed=seed,
            over=self._over,
            pool_days=FEW_DAYS,
        )
        if begun is None:
            # It cannot be driven as it is: better left alone, and a round a stop, so that counted
            # rounds come to an end.
            return None, max(1, len(part.stops))
        search, done = begun
        if rounds := rounds_a_stop * len(part.stops):
            done += (
                self._anneal_by_clock(search, rounds, self._seconds_a_part())
                if self.by_clock
                else self._anneal_by_count(search, rounds)
            )
        better = search.best()
        return (None if better == own else better), done

    def _own(self, part: Part) -> Orders:
        own = set(part.couriers)
        return tuple(day if number in own else () for number, day in enumerate(self.tours))

    def _anneal_by_clock(self, search: Search, rounds: int, seconds: float) -> int:
        """Until the rounds or the seconds are used up; pieces so short that a cancel is heard."""
        begun = now = time.monotonic()
        chunk, done, took = 1, 0, 0.0
        to_tempt = search.is_tempting
        while (used := max(done / rounds, (now - begun) / seconds)) < 1 and not self._over():
            if to_tempt and took > LONGEST_CHUNK_SECONDS / 4:
                search.tempt(chunk, COLDEST)
                to_tempt = False
            else:
                search.anneal(chunk, HOTTEST * (COLDEST / HOTTEST) ** used)
            done += chunk
            took, now = time.monotonic() - now, time.monotonic()
            if took > LONGEST_CHUNK_SECONDS:
                chunk = max(1, chunk // 2)
            elif took < LONGEST_CHUNK_SECONDS / 4:
                chunk *= 2
        return done

    def _anneal_by_count(self, search: Search, rounds: int) -> int:
        """In fixed pieces, so that the clock has no say; cut short only where the time is over."""
        chunk, done = max(1, rounds // CHUNKS_OF_PART), 0
        if search.is_tempting:
            search.tempt(chunk, COLDEST)
        while done < rounds and not self._over():
            search.anneal(chunk, HOTTEST * (COLDEST / HOTTEST) ** (done / rounds))
            done += chunk
        return done


PARTS_ENGINE: Final = PartsEngine()
