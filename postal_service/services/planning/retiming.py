"""Times for sequences that a person made: as they would really be driven, with everything they break."""

from postal_service.domain.ids import StaffId
from postal_service.services.planning.answers import Baseline, Fault, Sequences, Solved
from postal_service.services.planning.problems import posed
from postal_service.services.planning.writing_out import written_out
from postal_service.services.workdays import Workday
from routing import Plan, Problem, StopId, Unserved, Violation, check
from routing.costs import cost_of
from routing.days import Orders, Scheduler


def retimed(
    day: Workday,
    decided: Sequences,
    *,
    seed: int,
    budget_seconds: float,
    baseline: Baseline | None = None,
) -> Solved:
    """The rounds of these sequences, sound or not. Calls that the day no longer knows are passed over.

    `seed`, `budget_seconds` and `baseline` are those of the search that began it. What was locked and
    cannot be kept is loosened and told. Raises Contradictory or NoRoadTimes.
    """
    task = posed(day, decided)
    problem = task.problem
    plan = plan_of(problem, decided)
    faults = tuple(map(fault_of, check(problem, plan)))
    return written_out(
        day,
        task,
        plan,
        decided=decided,
        seed=seed,
        budget_seconds=budget_seconds,
        faults=faults,
        baseline=baseline,
    )


def plan_of(problem: Problem, decided: Sequences) -> Plan:
    """A plan of these sequences, timed even where it breaks the problem."""
    scheduler = Scheduler(problem)
    orders = orders_in(problem, decided)
    routes = [
        scheduler.shown_route(number, tours) for number, tours in enumerate(orders) if any(tours)
    ]
    served = {stop for tours in orders for tour in tours for stop in tour}
    left_out = [number for number in range(len(problem.stops)) if number not in served]
    return Plan(
        routes=tuple(routes),
        unserved=tuple(Unserved(stop=problem.stops[number].id) for number in left_out),
        cost_parts=cost_of(scheduler.arrays, routes, left_out),
        engine="by hand",
    )


def orders_in(problem: Problem, decided: Sequences) -> Orders:
    """The stop numbers of these sequences by courier and tour, as far as the problem knows them.

    A tour whose calls are all gone is not ridden, and those after it move up.
    """
    index = problem.stop_index
    served: set[int] = set()
    orders = []
    for courier in problem.couriers:
        tours: dict[int, list[int]] = {}
        for each in decided.get(StaffId(courier.id), ()):
            stop = index.get(StopId(each.order))
            if stop is not None and stop not in served:
                tours.setdefault(each.tour, []).append(stop)
                served.add(stop)
        orders.append(tuple(tuple(tours[tour]) for tour in sorted(tours)))
    return tuple(orders)


def fault_of(violation: Violation) -> Fault:
    return Fault(
        kind=violation.kind.value,
        courier=None if violation.courier is None else StaffId(violation.courier),
        order=violation.stop,
        amount=violation.amount,
        load=violation.load,
    )
