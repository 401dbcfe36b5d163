"""A problem in, the best plan found within the budget out; nothing leaves unchecked.

The first plan comes by nearest neighbour and insertion; then every engine that suits the problem
takes its turn on what is left of the budget. Whatever an engine claims is timed, priced and checked
here, so an engine can waste time but cannot spoil a plan.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Final

from routing.assembly import ImpossibleOrder, assemble, orders_of
from routing.baseline import first_orders
from routing.bounds import ASCENT_SECONDS, lower_bound
from routing.days import Orders, Scheduler
from routing.engines import Cancelled, Engine, Found, OnProgress, Progress, Task
from routing.feasibility import approved
from routing.insertion import Draft, TimeIsOver
from routing.plan import Budget, Plan, Reason
from routing.problem import Problem, StopKind
from routing.reasons import explained
from routing.repair import repaired

# Of the budget: at most so much for the first plan and for saying why stops are unserved.
FIRST_PLAN_SHARE: Final = 0.3
FIRST_PLAN_SECONDS: Final = 0.5
LARGE_STOPS: Final = 1_200
# From the disk the search's kernels come in half a second; what takes longer was compiling.
LONGEST_LOADING_SECONDS: Final = 10.0
EXPLAIN_SHARE: Final = 0.1
# A plan that nobody is told the reasons of is half a plan, but a long search owes them no tenth.
EXPLAIN_SECONDS: Final = 1.0
EXPLAIN_SHARE_OF_A_LONG_SEARCH: Final = 0.04
# Of those seconds so much more for serving what then turned out to fit.
INSERTING_SHARE: Final = 0.25
# What is true of a plan without a stop, and perhaps no more of the plan with it.
_MAY_CHANGE: Final = (Reason.NOT_EXPLAINED, Reason.NOT_WORTH_IT)


def solve(
    problem: Problem,
    *,
    budget: Budget,
    threads: int = 1,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
    engines: Sequence[Engine] | None = None,
    start: Plan | None = None,
) -> Plan:
    """The best plan found.

    Args:
        problem: what to plan; its construction has refused contradictions already.
        budget: seconds (kept to within 5 % or one second) and, for reproducible plans, iterations.
        threads: how many an engine may use; the search uses no more than there are cores.
        seed: the same seed and iterations give the same plan; above 1,200 stops, which are searched
            in as many parts at once as there are `threads`, with the same `threads` only.
        on_progress: called in the caller's thread whenever the plan got better.
        cancelled: asked often; when it says True the best plan so far is returned at once, with the
            reasons that were found until then.
        engines: who searches; by default `engines_for(problem)`.
        start: a sound plan to start from instead of making a first one.

    Raises:
        ValueError: no thread, or a seed below zero.
        RejectedByChecker: a plan was made that breaks the problem (a fault of this library).
    """
    if threads < 1:
        raise ValueError(f"{threads} threads")
    if seed < 0:
        raise ValueError(f"a seed of {seed}")
    started = time.monotonic()
    scheduler = Scheduler(problem)
    stop = cancelled or (lambda: False)
    keeper = _Keeper(scheduler, budget, seed, on_progress, started, stop)
    suited = None if engines is None else _suited(engines, scheduler)
    first = _first(scheduler, budget, start, alone=suited == [])
    keeper.offer(first, engine="first plan")
    if suited is None:
        # After the first plan: loading numba and OR-Tools takes a second, compiling minutes.
        suited = _suited(engines_for(scheduler), scheduler)
        keeper.extend_by(compile_once() if suited else 0.0)
    for number, engine in enumerate(suited):
        left = keeper.searching_seconds_left() / (len(suited) - number)
        if left <= 0 or stop():
            break
        keeper.take_turn(engine, left, threads)
    return keeper.finished()


def _suited(engines: Sequence[Engine], scheduler: Scheduler) -> list[Engine]:
    return [engine for engine in engines if engine.suits(scheduler)]


def compile_once() -> float:
    """Load the search's kernels; the seconds it took if they had to be compiled, 0 mostly.

    Loading counts into the budget, compiling does not: it is done once for all runs.
    """
    from routing.search.engine import warm_up  # noqa: PLC0415 - loads numba

    begun = time.monotonic()
    warm_up()
    took = time.monotonic() - begun
    return took if took > LONGEST_LOADING_SECONDS else 0.0


def engines_for(scheduler: Scheduler) -> list[Engine]:
    """The engine for this problem: the search, at once or in parts; nobody where nothing is to do."""
    if not scheduler.problem.stops:
        return []
    # numba and OR-Tools take a second to load, which nobody pays who only checks a plan.
    from routing.decompose import PARTS_ENGINE  # noqa: PLC0415
    from routing.search.engine import SEARCH_ENGINE  # noqa: PLC0415

    return [SEARCH_ENGINE if SEARCH_ENGINE.suits(scheduler) else PARTS_ENGINE]


def _first(scheduler: Scheduler, budget: Budget, start: Plan | None, *, alone: bool) -> Orders:
    if start is not None:
        return orders_of(scheduler.problem, start)
    if alone:  # nobody comes after it who could use the time
        return first_orders(scheduler, seconds=budget.seconds * (1 - EXPLAIN_SHARE))
    if len(scheduler.problem.stops) > LARGE_STOPS:
        return first_orders(scheduler, seconds=0)  # what is locked, and nothing that takes time
    limit = budget.seconds * FIRST_PLAN_SHARE
    if budget.iterations is None:
        # Whoever searches afterwards makes more of the seconds than insertion does. A budget of
        # iterations lets no clock decide what the first plan is, but its own seconds.
        limit = min(limit, FIRST_PLAN_SECONDS)
    return first_orders(scheduler, seconds=limit)


def explaining_seconds(budget_seconds: float) -> float:
    """What of a budget is kept back for saying why stops are unserved, where some are."""
    most = max(EXPLAIN_SECONDS, budget_seconds * EXPLAIN_SHARE_OF_A_LONG_SEARCH)
    return min(budget_seconds * EXPLAIN_SHARE, most)


class _Keeper:
    """Holds the best checked plan and tells about it."""

    def __init__(
        self,
        scheduler: Scheduler,
        budget: Budget,
        seed: int,
        on_progress: OnProgress | None,
        started: float,
        stop: Callable[[], bool],
    ) -> None:
        self.scheduler, self.budget, self.seed = scheduler, budget, seed
        self.on_progress, self.started, self.stop = on_progress, started, stop
        self.offering_seconds = 0.0
        # With iterations the clock decides nothing, unless it is the budget's own seconds.
        self.by_clock = budget.iterations is None
        self.bound = lower_bound(
            scheduler.arrays, seconds=ASCENT_SECONDS if self.by_clock else budget.seconds
        )
        self.iterations = 0
        self.plan: Plan | None = None
        self.orders: Orders = ()

    def offer(self, orders: Orders, *, engine: str, as_cheap: bool = False) -> bool:
        """Keep what is cheaper than what is kept, or `as_cheap` too; True if it was kept."""
        begun = time.monotonic()
        plan = self._timed(orders, engine)
        if self.plan is not None and plan.cost >= self.plan.cost + as_cheap:
            return False
        self.plan = approved(self.scheduler.problem, plan)
        self.offering_seconds = time.monotonic() - begun
        self.orders = orders_of(self.scheduler.problem, plan)
        if self.on_progress is not None:
            elapsed = time.monotonic() - self.started
            fraction = min(1.0, elapsed / self.budget.seconds)
            self.on_progress(
                Progress(fraction=fraction, elapsed_seconds=elapsed, plan=self.plan, engine=engine)
            )
        return True

    def take_turn(self, engine: Engine, seconds: float, threads: int) -> None:
        task = Task(
            scheduler=self.scheduler,
            start=self.orders,
            budget=replace(self.budget, seconds=seconds),
            threads=threads,
            seed=self.seed,
            offer=lambda orders: self.offer(orders, engine=engine.name),
            cancelled=self.stop,
            spare_seconds=self._kept_back(),
        )
        found: Found = engine.search(task)
        self.iterations += found.iterations
        self.offer(found.orders, engine=engine.name)

    def extend_by(self, seconds: float) -> None:
        """What had to be done once for all runs is no part of this run's budget."""
        self.started += seconds

    def searching_seconds_left(self) -> float:
        left = self.budget.seconds - (time.monotonic() - self.started)
        # A large plan is timed and checked once more at the end.
        return left - self.offering_seconds - self._kept_back()

    def _kept_back(self) -> float:
        if self.plan is not None and not self.plan.unserved:
            return 0.0
        return explaining_seconds(self.budget.seconds)

    def finished(self) -> Plan:
        plan = self._best()
        if plan.unserved and not self.stop():
            plan = self._explained(plan)
        plan = replace(plan, iterations=self.iterations)
        return approved(self.scheduler.problem, plan)

    def _explained(self, plan: Plan) -> Plan:
        """Why each stop is left out; one that turns out to fit and to pay is not left out."""
        share = seconds = explaining_seconds(self.budget.seconds)
        if not self.by_clock:
            seconds = max(share, self.budget.seconds - (time.monotonic() - self.started))
        until = time.monotonic() + seconds
        plan = explained(self.scheduler, plan, seconds=seconds, cancelled=self.stop)
        # Also where saying why took all the time, there is some for what it found.
        last = max(until, time.monotonic() + share * INSERTING_SHARE)
        while self._inserted(plan, last):
            known = {unserved.stop: unserved for unserved in plan.unserved}
            # What had no reason is looked at anew, and what was too dear: a neighbour that is served
            # now may pay the way. With more to do, no other reason falls away.
            unserved = tuple(
                u if known[u.stop].reason in _MAY_CHANGE else known[u.stop]
                for u in self._best().unserved
            )
            left = max(0.0, last - time.monotonic())
            plan = replace(self._best(), unserved=unserved)
            plan = explained(self.scheduler, plan, seconds=left, cancelled=self.stop)
        return plan

    def _inserted(self, plan: Plan, last: float) -> bool:
        """Serve those without a reason that fit and cost no more than leaving them out.

        The dearest to leave out have the first choice; then, where one was taken, those that were too
        dear before it. False where none was taken until `last`.
        """
        numbers = self._left_out(plan, Reason.NOT_EXPLAINED)
        too_dear = self._left_out(plan, Reason.NOT_WORTH_IT)
        costs = self.scheduler.arrays.unserved_cost

        def over() -> bool:
            return time.monotonic() + self.offering_seconds >= last or self.stop()

        if not numbers or over():
            return False
        draft = Draft(self.scheduler, self.orders)
        taken = False
        with suppress(TimeIsOver):
            for number in chain(numbers, (n for n in too_dear if taken)):
                place = draft.cheapest_of_all(number, over=over)
                if place is not None and place.extra_cost <= costs[number]:
                    draft.accept(place.courier, place.tours, place.route)
                    taken = True
        return taken and self.offer(draft.orders, engine=plan.engine, as_cheap=True)

    def _left_out(self, plan: Plan, reason: Reason) -> list[int]:
        """Whatever is left out for this reason, the dearest first; of a shipment its pick-up."""
        problem, costs = self.scheduler.problem, self.scheduler.arrays.unserved_cost
        numbers = [problem.stop_index[u.stop] for u in plan.unserved if u.reason is reason]
        calls = [n for n in numbers if problem.stops[n].kind is not StopKind.DROPOFF]
        return sorted(calls, key=lambda number: -costs[number])

    def _best(self) -> Plan:
        if self.plan is None:
            raise AssertionError("the first plan is always kept")
        return self.plan

    def _timed(self, orders: Orders, engine: str) -> Plan:
        try:
            return self._assembled(orders, engine)
        except ImpossibleOrder:
            return self._assembled(repaired(self.scheduler, orders, over=self._over), engine)

    def _over(self) -> bool:
        return time.monotonic() - self.started > self.budget.seconds or self.stop()

    def _assembled(self, orders: Orders, engine: str) -> Plan:
        return assemble(
            self.scheduler,
            orders,
            lower_bound=self.bound,
            seed=self.seed,
            budget=self.budget,
            engine=engine,
        )
