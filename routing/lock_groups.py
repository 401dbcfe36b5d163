"""Stops that must be with one courier, through locks, groups and shipments, and cannot be.

Only mandatory stops count: an optional one that stands between two contradictory rules is left out.
"""

from collections.abc import Mapping, Sequence
from itertools import islice

from routing.findings import Findings, of_locks
from routing.pigeonholes import too_few_couriers, too_little_room
from routing.problem import Courier, Problem
from routing.reach import obstacle
from routing.rules import LockLevel
from routing.terms import CourierId, StopId

Company = Sequence[StopId]


def group_findings(problem: Problem, holder: Mapping[StopId, CourierId]) -> Findings:
    """`holder` says to whom each locked stop is locked."""
    companies = _companies(problem)
    whole = {
        lock.courier: frozenset(lock.stops)
        for lock in problem.rules.locks
        if lock.level is LockLevel.ROUTE
    }
    free = [courier for courier in problem.couriers if courier.id not in whole]
    for company in companies:
        keepers = sorted({holder[stop] for stop in company if stop in holder})
        if len(keepers) > 1:
            yield of_locks(company[0], f"kept together, but locked to {' and '.join(keepers)}")
        elif keepers:
            keeper = problem.couriers[problem.courier_index[keepers[0]]]
            yield from _strangers(problem, company, holder, keeper, whole.get(keeper.id))
        # Of a stop alone, and of any courier, `reach_findings` says whether somebody may serve it.
        elif (whole or len(company) > 1) and not _somebody(problem, company, free):
            yield of_locks(company[0], _nobody(company, locked=bool(whole)))
    paired = list(_apart(problem, companies, holder))
    yield from paired or _apart_from_too_many(problem, companies, holder, free)
    yield from _too_large_together(problem, companies, holder, whole)


def _companies(problem: Problem) -> list[Company]:
    """The mandatory stops, each with those that no plan can part it from."""
    mandatory = [stop.id for stop in problem.stops if problem.is_mandatory(stop)]
    company = {stop: [stop] for stop in mandatory}
    groups: list[tuple[StopId, ...]] = list(problem.rules.keep_together)
    groups += [(shipment.pickup, shipment.dropoff) for shipment in problem.shipments]
    for group in groups:
        members = [stop for stop in group if stop in company]
        for stop in members[1:]:
            large, small = company[members[0]], company[stop]
            if large is small:
                continue
            if len(large) < len(small):
                large, small = small, large
            large.extend(small)
            company.update(dict.fromkeys(small, large))
    return list({id(one): one for one in company.values()}.values())


def _strangers(
    problem: Problem,
    company: Company,
    holder: Mapping[StopId, CourierId],
    keeper: Courier,
    whole: frozenset[StopId] | None,
) -> Findings:
    """Who must be with this courier, and may not be."""
    for stop_id in company:
        if whole is not None and stop_id not in whole:
            words = "has a whole route locked without it"
        elif stop_id in holder:  # of a locked stop itself its lock says what hinders
            continue
        elif obstacle(problem, problem.stops[problem.stop_index[stop_id]], keeper) is not None:
            words = "may not serve it"
        else:
            continue
        others = ", ".join(stop for stop in company if stop in holder and stop != stop_id)
        detail = f"kept together with {others}" if others else "locked"
        yield of_locks(stop_id, f"{detail}, but {keeper.id} {words}")


def _somebody(problem: Problem, company: Company, couriers: Sequence[Courier]) -> bool:
    stops = [problem.stops[problem.stop_index[stop]] for stop in company]
    return any(all(obstacle(problem, s, courier) is None for s in stops) for courier in couriers)


def _nobody(company: Company, *, locked: bool) -> str:
    words = "mandatory" if len(company) == 1 else f"kept together: {', '.join(company)}"
    whom = "no courier whose whole route is not locked" if locked else "no courier"
    return f"{words}, but {whom} can serve {'it' if len(company) == 1 else 'all of them'}"


def _apart(
    problem: Problem, companies: Sequence[Company], holder: Mapping[StopId, CourierId]
) -> Findings:
    company_of = {stop: number for number, one in enumerate(companies) for stop in one}
    keeper_of = {company_of[stop]: courier for stop, courier in holder.items()}
    for left, right in problem.rules.keep_apart:
        if left == right:
            yield of_locks(left, "kept apart from itself")
            continue
        mine, other = company_of.get(left), company_of.get(right)
        if mine is None or other is None:
            continue
        if mine == other:
            yield of_locks(left, f"kept together with and apart from {right}")
        elif mine in keeper_of and keeper_of[mine] == keeper_of.get(other):
            yield of_locks(left, f"kept apart from {right}, both locked to {keeper_of[mine]}")


def _apart_from_too_many(
    problem: Problem,
    companies: Sequence[Company],
    holder: Mapping[StopId, CourierId],
    free: Sequence[Courier],
) -> Findings:
    """Companies that are to be kept apart, and not enough couriers who could have one each."""
    company_of = {stop: number for number, one in enumerate(companies) for stop in one}
    apart: dict[int, set[int]] = {}
    for left, right in problem.rules.keep_apart:
        mine, other = company_of.get(left), company_of.get(right)
        if mine is not None and other is not None:
            apart.setdefault(mine, set()).add(other)
            apart.setdefault(other, set()).add(mine)
    able = {
        number: _able(problem, companies[number], holder, free, enough=len(others) + 1)
        for number, others in apart.items()
    }
    yield from too_few_couriers(companies, apart, able)


def _able(
    problem: Problem,
    company: Company,
    holder: Mapping[StopId, CourierId],
    free: Sequence[Courier],
    *,
    enough: int,
) -> frozenset[CourierId]:
    """Who may serve all of a company, as far as there are not enough already."""
    keepers = {holder[stop] for stop in company if stop in holder}
    if keepers:
        return frozenset(keepers)
    able = (man.id for man in free if _somebody(problem, company, [man]))
    return frozenset(islice(able, enough))


def _too_large_together(
    problem: Problem,
    companies: Sequence[Company],
    holder: Mapping[StopId, CourierId],
    whole: Mapping[CourierId, frozenset[StopId]],
) -> Findings:
    """What is locked to one courier; a whole locked route is timed and weighed as it stands."""
    kept: dict[CourierId, list[StopId]] = {}
    for company in companies:
        keepers = {holder[stop] for stop in company if stop in holder}
        if len(keepers) == 1:
            kept.setdefault(keepers.pop(), []).extend(company)
    for courier, stops in kept.items():
        if courier not in whole:
            man = problem.couriers[problem.courier_index[courier]]
            yield from too_little_room(problem, man, stops)
