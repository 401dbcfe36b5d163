"""Search rounds for a workday, and set the nearest stop next beside them.

What is due at its desk today is fetched and brought there on one tour, or else fetched for the counter:
left at the citizen's it would help nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final, assert_never

from postal_service.services.planning.answers import Scope, Sequences, SoFar, Solved
from postal_service.services.planning.problems import (
    COST_OF_TRAVEL_SECOND,
    Posed,
    contradictory,
    posed,
)
from postal_service.services.planning.retiming import plan_of
from postal_service.services.planning.shares import Shares
from postal_service.services.planning.writing_out import (
    baseline_of,
    current_of,
    more_of,
    so_far,
    written_out,
)
from postal_service.services.workdays import Workday
from routing import Budget, ContradictoryProblem, Plan, Problem, Reason
from routing.days import Scheduler
from routing.engines import Progress
from routing.reasons import explained
from routing.replan import Calm, replan
from routing.replan import Scope as RoutingScope
from routing.solve import solve as search

# A change of a plan people know must save so many seconds of travel.
CALM: Final = Calm(
    courier_change_cost=300 * COST_OF_TRAVEL_SECOND, order_change_cost=30 * COST_OF_TRAVEL_SECOND
)
# Nobody notices that they wait for so long.
REASONS_OF_A_STOPPED_SEARCH_SECONDS: Final = 0.3

OnProgress = Callable[[SoFar], None]
Cancelled = Callable[[], bool]


def solve(
    day: Workday,
    *,
    budget_seconds: float,
    seed: int,
    threads: int = 1,
    decided: Sequences | None = None,
    scope: Scope = Scope.FROM_SCRATCH,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> Solved:
    """The best rounds found within the budget; method and guarantees are those of `routing.solve`.

    Args:
        day: what is to be done.
        budget_seconds: how long it may take once the day's roads are known; above 0. The nearest stop
            next, pairs for the counter and reasons are part of it (`shares.py`).
        seed: the same seed gives the same start.
        threads: how many may search at once.
        decided: the plan that is there, with its locks; none for a first plan. What was locked and
            cannot be kept any more is loosened as far as it must be, and told.
        scope: how much of `decided` may change; FROM_SCRATCH forgets its locks too.
        on_progress: told the best so far whenever a better plan was found.
        cancelled: asked often; after it says yes the best so far is answered.

    Raises:
        Contradictory: the day contradicts itself.
        NoRoadTimes: the road server is silent.
    """
    kept: Sequences = {} if decided is None or scope is Scope.FROM_SCRATCH else decided
    searched = _Search(
        day=day,
        kept=kept,
        scope=scope,
        seed=seed,
        threads=threads,
        on_progress=on_progress,
        cancelled=cancelled,
    )
    try:
        task = posed(day, kept)
        shares = _shares(budget_seconds)
        baseline = baseline_of(day, task, seconds=shares().baseline, cancelled=cancelled)
        seconds = shares().search(has_pairs=bool(task.problem.shipments))
        plan = searched.first(task, Budget(seconds=seconds))
        torn = _pairs_left(task.problem, plan)
        if torn and not (cancelled is not None and cancelled()):
            task = posed(day, kept, to_counter=torn)
            again = shares().second_baseline
            baseline = baseline and baseline_of(day, task, seconds=again, cancelled=cancelled)
            plan = searched.further(task, plan, Budget(seconds=shares().to_counter))
    except ContradictoryProblem as found:
        raise contradictory(found) from found
    if any(each.reason is Reason.NOT_EXPLAINED for each in plan.unserved):
        # A short search leaves little time for reasons, and people ask for them first.
        plan = _with_reasons(task, plan, seconds=shares().reasons, cancelled=cancelled)
    solved = written_out(
        day, task, plan, decided=kept, seed=seed, budget_seconds=budget_seconds, baseline=baseline
    )
    if cancelled is not None and cancelled():
        return solved
    return replace(
        solved,
        current=current_of(day, task, decided or {}, seconds=shares().current, cancelled=cancelled),
        more=more_of(task, plan, seconds=shares().more),
    )


def _with_reasons(task: Posed, plan: Plan, *, seconds: float, cancelled: Cancelled | None) -> Plan:
    if cancelled is not None and cancelled():
        # The plan is kept as it is, so a moment is taken for what stands in the way of a call at all.
        seconds, cancelled = min(seconds, REASONS_OF_A_STOPPED_SEARCH_SECONDS), None
    return explained(Scheduler(task.problem), plan, seconds=seconds, cancelled=cancelled)


def _shares(budget_seconds: float) -> Callable[[], Shares]:
    """What is left to each from now on, whenever it is asked."""
    began = monotonic()
    return lambda: Shares(budget_seconds=budget_seconds, spent_seconds=monotonic() - began)


@dataclass(frozen=True, kw_only=True)
class _Search:
    day: Workday
    kept: Sequences
    scope: Scope
    seed: int
    threads: int
    on_progress: OnProgress | None
    cancelled: Cancelled | None

    def first(self, task: Posed, budget: Budget) -> Plan:
        if self.kept:
            return self.further(task, plan_of(task.problem, self.kept), budget)
        return search(
            task.problem,
            budget=budget,
            threads=self.threads,
            seed=self.seed,
            on_progress=self._told(task),
            cancelled=self.cancelled,
        )

    def further(self, task: Posed, before: Plan, budget: Budget) -> Plan:
        """From a plan of the same day, perhaps with other pairs; it may change as much as was asked."""
        return replan(
            task.problem,
            before,
            scope=_scope(self.scope) if self.kept else RoutingScope.UNLOCKED,
            budget=budget,
            calm=CALM if self.kept else None,
            loosen=True,
            threads=self.threads,
            seed=self.seed,
            on_progress=self._told(task),
            cancelled=self.cancelled,
        )

    def _told(self, task: Posed) -> Callable[[Progress], None] | None:
        tell = self.on_progress
        if tell is None:
            return None
        return lambda progress: tell(so_far(self.day, task, progress.plan))


def _pairs_left(problem: Problem, plan: Plan) -> frozenset[str]:
    """The pick-ups nobody fetches as long as they must go on to a desk."""
    unserved = {each.stop for each in plan.unserved}
    return frozenset(pair.pickup for pair in problem.shipments if pair.pickup in unserved)


def _scope(scope: Scope) -> RoutingScope:
    match scope:
        case Scope.UNLOCKED:
            return RoutingScope.UNLOCKED
        case Scope.KEEP_COURIERS:
            return RoutingScope.KEEP_COURIERS
        case Scope.INSERT_ONLY:
            return RoutingScope.INSERT_ONLY
        case Scope.FROM_SCRATCH:
            return RoutingScope.FROM_SCRATCH
        case _:
            assert_never(scope)
