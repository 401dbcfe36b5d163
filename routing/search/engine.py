"""Engine `search`: quick descent, annealing fitted to the budget, columns on the way, reheating.

The first seconds belong to a descent, so that a short budget ends with a sound plan; then the
temperature falls with the share of the budget used. Every further thread is a walk of its own from
the same start; what all of them met goes into one set partitioning, and late in the run the others
go on from the best. An iteration budget is cut into the same pieces by count instead of by clock,
for one walk only, so that seed and iterations give the same plan.
"""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from routing.days import Orders, Scheduler
from routing.engines import Found, Task, cores
from routing.search import layout as at
from routing.search.building import NetBuilder
from routing.search.columns import Choosing, Column, cover_of
from routing.search.compiled import cache_folder
from routing.search.opening import Opened, opened
from routing.search.search import Search
from routing.search.walks import Walk, Walks

log = logging.getLogger(__name__)

# Temperatures in units of the search; larger problems have no time to cool further.
HOTTEST: Final = 2.0
# Where a call more moves rests, tours and penalties as well as roads, good plans lie further apart.
HOTTEST_OF_RICH: Final = 4.0
COLDEST: Final = 0.03
COLDEST_OF_LARGE: Final = 0.1
LARGE_STOPS: Final = 300
DESCENT_SHARE: Final = 0.05
DESCENT_TEMPERATURE: Final = 0.01
# The unit is measured when the descent is over, by so many rounds, and no more of them all than this.
MEASURED_ROUNDS: Final = 200
MEASURED_SHARE: Final = 0.02
# With fewer rounds than this for each stop it stays a short road: what is hot could not cool down.
ROUNDS_A_STOP_TO_COOL: Final = 12
COLUMN_SHARES: Final = (0.25, 0.45, 0.6, 0.75, 0.85, 0.93, 0.98)
COLUMN_BUDGET_SHARE: Final = 0.05
# From here on walks that lag behind go on from the best one's plan.
SHARED_FROM: Final = 0.6
# Where choosing takes long, some of the times are passed over so that the search keeps the rest.
MOST_COLUMN_SHARE: Final = 0.15
CLOSING_SECONDS: Final = 0.05
SECONDS_BETWEEN_OFFERS: Final = 1.0
# A cycle of cooling needs about so many rounds for each stop; what is left goes into reheated ones.
ROUNDS_A_STOP: Final = 4_000
MOST_CYCLES: Final = 4
REHEATED: Final = 0.4
SECONDS_TO_HEAR_A_CANCEL: Final = 0.05
# Above this many stops the problem is searched part by part (`routing.decompose`).
MOST_STOPS: Final = 1_200


def supports(scheduler: Scheduler) -> bool:
    """Whether the kernels carry every constraint of this problem; today they carry all there are."""
    return len(scheduler.problem.stops) > 0


@dataclass(frozen=True)
class SearchEngine:
    """Any constraint, any size up to `most_stops` at once."""

    name: str = "search"
    most_stops: int = MOST_STOPS

    def suits(self, scheduler: Scheduler) -> bool:
        return supports(scheduler) and len(scheduler.problem.stops) <= self.most_stops

    def search(self, task: Task) -> Found:
        started = time.monotonic()
        warm_up()
        begun = _begun(task, started)
        run = Run(task, begun.search, started)
        run.walk.rounds = begun.rounds
        return run.search_through()


def _begun(task: Task, started: float) -> Opened:
    """From the plan given, or from nothing where it cannot be driven."""
    problem = task.scheduler.problem
    nothing: Orders = tuple(() for _ in problem.couriers)

    def over() -> bool:
        return task.cancelled() or time.monotonic() - started > task.budget.seconds

    for held in (task.start, nothing):
        begun = opened(
            task.scheduler,
            np.arange(len(problem.stops)),
            range(len(problem.couriers)),
            held,
            seed=task.seed,
            over=over,
        )
        if begun is not None:
            return begun
    raise AssertionError("nobody sent out can always be driven")


class Run:
    """One annealing over one task."""

    def __init__(self, task: Task, search: Search, started: float) -> None:
        self.task, self.search = task, search
        self.started = started
        spare = task.spare_seconds if search.serves_all and not search.is_tempting else 0.0
        self.until = started + task.budget.seconds + spare - CLOSING_SECONDS
        self.most = task.budget.iterations
        self.walk = Walk(search)
        self.cycles = 1
        self.is_measured = False
        large = len(search.net.stop) > LARGE_STOPS
        self.coldest = COLDEST_OF_LARGE if large else COLDEST
        self.hottest = HOTTEST if search.is_plain else HOTTEST_OF_RICH
        self.offered_cost: int | None = None
        self.next_offer = 0.0

    def search_through(self) -> Found:
        self._offer()
        by_clock = self.most is None
        further = min(self.task.threads, cores()) - 1 if by_clock else 0
        with Walks(self.search, further=further, temperature=self.temperature) as others:
            columns = _Columns(self, others)
            while self.fraction() < 1 and not self.task.cancelled():
                if not self.is_measured and self.fraction() >= DESCENT_SHARE:
                    self._measure_unit(others)
                self.walk.step(self.temperature(), most=self._left())
                if by_clock and time.monotonic() >= self.next_offer:
                    self._offer()
                columns.choose_when_due(self.fraction())
        self._offer()
        return Found(orders=self.search.best(), iterations=self.walk.rounds + others.rounds)

    def fraction(self) -> float:
        if self.most is not None and self.walk.rounds >= self.most:
            return 1.0
        whole = max(1e-3, self.until - self.started)
        by_clock = (time.monotonic() - self.started) / whole
        if self.most is None:
            return by_clock
        return 1.0 if by_clock >= 1 else self.walk.rounds / self.most

    def temperature(self) -> float:
        """Short roads: cold at first, then from hot to cold in one or several cycles."""
        used = self.fraction()
        if used < DESCENT_SHARE:
            return DESCENT_TEMPERATURE
        share = (used - DESCENT_SHARE) / (1 - DESCENT_SHARE)
        if self.cycles == 1 and share < 0.1:
            self._plan_cycles()
        place = share * self.cycles
        cycle = min(int(place), self.cycles - 1)
        hottest = self.hottest if cycle == 0 else self.hottest * REHEATED
        return float(hottest * (self.coldest / hottest) ** min(1.0, place - cycle))

    def _left(self) -> int | None:
        """How many rounds are left where they are counted."""
        return None if self.most is None else self.most - self.walk.rounds

    def _measure_unit(self, others: Walks) -> None:
        """Once, where the descent has ended; all walks go by it."""
        self.is_measured = True
        expected = self._expected_rounds()
        if expected < ROUNDS_A_STOP_TO_COOL * len(self.search.net.stop):
            return
        rounds = min(MEASURED_ROUNDS, int(MEASURED_SHARE * expected))
        left = self._left()
        if left is not None:
            rounds = min(rounds, left)
        unit = self.search.measured_unit(rounds)
        self.walk.rounds += rounds
        for search in others.searches:
            search.unit = unit

    def _expected_rounds(self) -> float:
        """Of the whole budget, by the pace so far."""
        return self.walk.rounds / self.fraction() if self.most is None else self.most

    def _plan_cycles(self) -> None:
        """From the pace so far: how often the budget lets the search cool down."""
        affordable = self._expected_rounds() / (ROUNDS_A_STOP * max(1, len(self.search.net.stop)))
        self.cycles = max(1, min(MOST_CYCLES, int(affordable)))

    def _offer(self) -> None:
        """Timing and checking a plan takes the caller some milliseconds, so not every step."""
        cost = self.search.best_cost
        if self.offered_cost is None or cost < self.offered_cost:
            self.offered_cost = cost
            begun = time.monotonic()
            self.task.offer(self.search.best())
            # A large plan takes long to check; the search keeps nine tenths of the time.
            # The first seconds bring the most, so then it is told more often.
            now = time.monotonic()
            pause = max(min(SECONDS_BETWEEN_OFFERS, now - self.started), 10 * (now - begun))
            self.next_offer = now + pause

    def take(self, columns: tuple[Column, ...]) -> None:
        """Go on from what the set partitioning chose, if it is better still."""
        before = self.search.best_cost
        orders = orders_of_columns(self.search, columns)
        best = self.search.best()
        if orders is None or not self.search.load(orders) or self.search.best_cost >= before:
            self.search.load(best)


def orders_of_columns(search: Search, columns: tuple[Column, ...]) -> Orders | None:
    """Give each column to a courier of its type; None where a grouping rule breaks."""
    net, builder = search.net, search.builder
    orders: list[tuple[tuple[int, ...], ...]] = [()] * len(builder.problem.couriers)
    used = [0] * (len(net.types) - 1)
    holder: dict[int, int] = {}
    for column in columns:
        own = int(net.type_couriers[net.types[column.kind] + used[column.kind]])
        used[column.kind] += 1
        tours: list[tuple[int, ...]] = []
        tour: list[int] = []
        for stop in column.stops:
            if stop >= 0:
                tour.append(int(builder.stops[stop]))
                holder[stop] = own
                continue
            tours.append(tuple(tour))
            tour = []
        orders[int(builder.couriers[own])] = tuple(tour for tour in tours if tour)
    for stop, own in holder.items():
        for other, together in net.group[net.group_at[stop] : net.group_at[stop + 1]].tolist():
            if other in holder and (holder[other] == own) != bool(together):
                return None
    return tuple(orders)


class _Columns:
    """Set partitioning at fixed shares of the budget, of what all walks met; the others walk on."""

    def __init__(self, run: Run, others: Walks) -> None:
        self.run, self.others, self.done = run, others, 0
        self.spent = self.last = 0.0

    def choose_when_due(self, used: float) -> None:
        if self.done >= len(COLUMN_SHARES) or used < COLUMN_SHARES[self.done] or used >= 1:
            return
        while self.done < len(COLUMN_SHARES) and used >= COLUMN_SHARES[self.done]:
            self.done += 1
        run = self.run
        by_count = run.most is not None
        begun = time.monotonic()
        if not by_count and self.spent + self.last > MOST_COLUMN_SHARE * (begun - run.started):
            return
        self.others.stand_still()
        cover = cover_of(self.others.searches)
        if used >= SHARED_FROM:
            self.others.to_best()
        self.others.go_on()
        left = run.until - time.monotonic()
        seconds = min(left, COLUMN_BUDGET_SHARE * (run.until - run.started))
        chosen = _Chosen(Choosing(cover, seconds=seconds, deterministic=by_count))
        while chosen.thread.is_alive():
            chosen.thread.join(SECONDS_TO_HEAR_A_CANCEL)
            # By the clock the solvers keep to `seconds` themselves, and answer when these are over.
            is_late = by_count and time.monotonic() > run.until
            if is_late or run.task.cancelled():
                chosen.choosing.give_up()
        if chosen.columns is not None:
            run.take(chosen.columns)
        self.last = time.monotonic() - begun
        self.spent += self.last


class _Chosen:
    """A choice being made in a thread, so that a cancel is heard meanwhile."""

    def __init__(self, choosing: Choosing) -> None:
        self.choosing = choosing
        self.columns: tuple[Column, ...] | None = None
        self.thread = threading.Thread(target=self._choose, daemon=True)
        self.thread.start()

    def _choose(self) -> None:
        self.columns = self.choosing.better()


def warm_up() -> bool:
    """Load the kernels, compiling them first if no run before has; True if it had to compile."""
    if _ready.is_set():
        return False
    with _compiling:
        if _ready.is_set():
            return False
        fresh = not (cache_folder() / COMPILED).exists()
        if fresh:
            log.warning("compiling the route search, once for this version: one to four minutes")
        _touch_every_kernel()
        (cache_folder() / COMPILED).touch()
        _ready.set()
    return fresh


# Stands in the cache beside the kernels when all of them are there.
COMPILED: Final = "compiled"
_ready = threading.Event()
_compiling = threading.Lock()


def _touch_every_kernel() -> None:
    from routing.problem import Courier, Location, Problem, Stop  # noqa: PLC0415
    from routing.tables import Matrix, Profile  # noqa: PLC0415
    from routing.terms import CourierId, StopId, Window  # noqa: PLC0415

    table = Matrix([[0, 5, 9], [5, 0, 5], [9, 5, 0]])
    stops = tuple(Stop(id=StopId(str(place)), location=place) for place in (1, 2))
    man = Courier(
        id=CourierId("c"),
        start_location=0,
        end_location=0,
        shift=Window(opens_second=0, closes_second=1000),
    )
    problem = Problem(
        locations=tuple(Location(name=str(place)) for place in range(3)),
        profiles=(Profile(travel=table),),
        stops=stops,
        couriers=(man,),
    )
    search = Search(NetBuilder(Scheduler(problem)), seed=0, pool_days=100)
    search.construct()
    search.anneal(2, 0.1)
    assert search.state.total[at.BEST] < at.NEVER


SEARCH_ENGINE: Final = SearchEngine()
