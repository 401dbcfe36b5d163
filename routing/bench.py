"""How good and how quick: one problem solved from several seeds, and what each run brought."""

from collections.abc import Mapping
from dataclasses import dataclass

from routing.engines import Progress
from routing.plan import Budget
from routing.problem import Problem
from routing.solve import solve


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run. Seconds are wall time since `solve` was called; costs are in the problem's units."""

    seed: int
    cost: int
    unserved: int
    first_plan_seconds: float
    best_plan_seconds: float
    lower_bound: int | None

    def gap_to(self, floor: int | None) -> float | None:
        """Share above a cost that nobody beats, or has beaten; None without one."""
        return None if not floor else self.cost / floor - 1


def measured(problem: Problem, *, seconds: float, threads: int, seed: int) -> Measured:
    """Solve once and note when the first plan and the best one came.

    Raises:
        ValueError: no time or no thread is given.
        RejectedByChecker: a plan was made that breaks the problem (a fault of this library).
    """
    moments: list[float] = []

    def note(progress: Progress) -> None:
        moments.append(progress.elapsed_seconds)

    budget = Budget(seconds=seconds)
    plan = solve(problem, budget=budget, threads=threads, seed=seed, on_progress=note)
    return Measured(
        seed=seed,
        cost=plan.cost,
        unserved=len(plan.unserved),
        first_plan_seconds=moments[0],
        best_plan_seconds=moments[-1],
        lower_bound=plan.lower_bound,
    )


def best_known_costs(document: object) -> Mapping[str, int]:
    """Best known costs by instance name: of `{name: cost}` or `{name: {"best_known_cost": cost}}`.

    Instances without a number are passed over.

    Raises:
        ValueError: something else.
    """
    if not isinstance(document, dict):
        raise ValueError("best known costs are an object, a cost by name")  # noqa: TRY004 - see Raises
    costs = {
        name: entry.get("best_known_cost") if isinstance(entry, dict) else entry
        for name, entry in document.items()
    }
    wrong = [name for name, cost in costs.items() if not isinstance(cost, int | float | None)]
    if wrong:
        raise ValueError(f"the best known cost of {wrong[0]} is no number")
    return {name: round(cost) for name, cost in costs.items() if cost is not None}
