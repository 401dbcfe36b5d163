"""Why a stop is left out, why one is where it is, and what one courier or hour more would bring.

Nothing is guessed: a reason is given only after exactly that constraint was lifted and the stop
then fitted into the plan as it stands.
"""

import time
from dataclasses import dataclass, replace
from typing import Final

from routing.assembly import assemble, orders_of
from routing.costs import cost_of, route_cost
from routing.days import Orders, Scheduler
from routing.insertion import Draft, Insertion, insert_all
from routing.plan import Plan, Reason, Unserved
from routing.problem import Problem, Stop, StopKind
from routing.reach import obstacle
from routing.relaxing import OVERTIME_SECONDS, relaxations, with_longer_shifts, with_one_more
from routing.steps import Blocked
from routing.terms import CourierId, StopId

_FITS: Final = "it fits and pays as the plan stands: the search ended too early"
_TOGETHER: Final = "no limit alone keeps it out: two or more bind together"
RELAXING_SECONDS_A_STOP: Final = 0.0002
_OBSTACLES = {
    "skill": Reason.NO_SKILL,
    "ban": Reason.BANNED,
    "size": Reason.TOO_LARGE,
    "road": Reason.NO_ROAD,
}
_SENTENCES = {
    Reason.NO_ROAD: "there is no road for any courier",
    Reason.NO_SKILL: "the couriers with {skills} are full or too far; without it the stop fits",
    Reason.BANNED: "a rule bans it from the couriers who could take it",
    Reason.TOO_LARGE: "it is larger than any bag",
    Reason.WINDOW: "nobody {skilled}reaches it in its window; the nearest misses by {misses} min",
    Reason.SHIFT: "nobody {skilled}is back in time; the nearest is {misses} min over the shift",
    Reason.RELEASE: "what it waits for comes too late",
    Reason.ROUTE_SECONDS: "every courier's longest day is used up",
    Reason.ROUTE_METRES: "every courier's longest way is used up",
    Reason.RIDE: "it would ride longer than allowed",
    Reason.CAPACITY: "no bag has room for it",
    Reason.RULES: "a rule keeps it with or apart from other stops",
    Reason.FLEET_FULL: "no single limit binds: it takes one courier more",
    Reason.NOT_WORTH_IT: "serving it would cost {extra} more than leaving it out",
    Reason.NOT_EXPLAINED: "",
}


def explained(scheduler: Scheduler, plan: Plan, *, seconds: float | None = None) -> Plan:
    """The same plan with a reason for every unserved stop, as far as `seconds` reach."""
    until = None if seconds is None else time.monotonic() + seconds
    known = {unserved.stop: unserved for unserved in _reasons(scheduler, plan, until)}
    return replace(plan, unserved=tuple(known.get(u.stop, u) for u in plan.unserved))


def why_unserved(problem: Problem, plan: Plan) -> tuple[Unserved, ...]:
    """For every stop the plan leaves out the constraint that keeps it out."""
    return explained(Scheduler(problem), plan).unserved


def _reasons(scheduler: Scheduler, plan: Plan, until: float | None) -> list[Unserved]:
    problem = scheduler.problem
    orders = orders_of(problem, plan)
    open_stops = [
        problem.stop_index[unserved.stop]
        for unserved in plan.unserved
        if problem.stops[problem.stop_index[unserved.stop]].kind is not StopKind.DROPOFF
    ]
    found: dict[int, Unserved] = {}
    draft = Draft(scheduler, orders)
    for stop in open_stops:
        if _late(until):
            break
        reason = _never(scheduler, stop) or _not_worth_it(draft, stop)
        if reason is not None:
            found[stop] = reason
    rest = [stop for stop in open_stops if stop not in found]
    found.update(_by_relaxing(scheduler, plan, rest, until))
    return [*found.values(), *_dropoffs(scheduler, found)]


def _by_relaxing(
    scheduler: Scheduler, plan: Plan, stops: list[int], until: float | None
) -> dict[int, Unserved]:
    """The first constraint whose lifting alone makes room for the stop in the plan as it is.

    Room that is dearer than leaving the stop out explains it too, if there is no other.
    """
    found: dict[int, Unserved] = {}
    too_dear: dict[int, Unserved] = {}
    left_out = frozenset(unserved.stop for unserved in plan.unserved)
    # To make another problem of a large day and to time it takes a while, which must be left.
    making = RELAXING_SECONDS_A_STOP * len(scheduler.problem.stops)
    for reason, relaxed in relaxations(scheduler.problem, left_out):
        rest = [stop for stop in stops if stop not in found]
        if not rest or _late(until, making):
            break
        begun = time.monotonic()
        looser = Scheduler(relaxed())
        draft = Draft(looser, orders_of(looser.problem, plan))
        making = time.monotonic() - begun
        for stop in rest:
            if _late(until):
                break
            place = draft.best_insertion(stop)
            if place is None:
                continue
            call = scheduler.problem.stops[stop]
            extra = place.extra_cost - int(scheduler.arrays.unserved_cost[stop])
            if extra <= 0:
                found[stop] = _because(draft.problem, call, reason, place)
            else:
                too_dear.setdefault(stop, _even_then(call, reason, extra))
    else:
        for stop in stops:
            together = Unserved(stop=scheduler.problem.stops[stop].id, detail=_TOGETHER)
            too_dear.setdefault(stop, together)
    return too_dear | found


def _even_then(call: Stop, reason: Reason, extra: int) -> Unserved:
    lifted = reason.value.replace("_", " ")
    detail = (
        f"even without this limit ({lifted}) serving it would cost {extra} more than leaving it out"
    )
    return Unserved(stop=call.id, reason=Reason.NOT_WORTH_IT, detail=detail)


def _late(until: float | None, needed: float = 0.0) -> bool:
    return until is not None and time.monotonic() + needed >= until


def _never(scheduler: Scheduler, stop: int) -> Unserved | None:
    """No courier could serve it even with nothing else to do."""
    problem, arrays = scheduler.problem, scheduler.arrays
    call = problem.stops[stop]
    partner = int(arrays.partner[stop])
    if not arrays.allowed[stop].any():
        halves = [call] if partner < 0 else [call, problem.stops[partner]]
        found = [obstacle(problem, one, c) for one in halves for c in problem.couriers]
        hindrance = next((kind for kind in found if kind is not None), None)
        reason = _OBSTACLES[hindrance] if hindrance else Reason.RULES
        if reason is Reason.NO_SKILL:
            detail = f"nobody has {', '.join(sorted(call.skills))}"
            return Unserved(stop=call.id, reason=reason, detail=detail)
        return _unserved(call, reason)
    alone = ((stop,),) if partner < 0 else ((stop, partner),)
    nearest: Unserved | None = None
    for number, courier in enumerate(problem.couriers):
        if not arrays.allowed[stop, number]:
            continue
        blocked = scheduler.route(number, alone)
        if not isinstance(blocked, Blocked):
            return None
        candidate = _unserved(call, blocked.reason, blocked.misses_by, courier.id)
        misses = blocked.misses_by
        known = None if nearest is None else nearest.misses_by_seconds
        if nearest is None or (misses is not None and (known is None or misses < known)):
            nearest = candidate
    return nearest


def _not_worth_it(draft: Draft, stop: int) -> Unserved | None:
    place = draft.best_insertion(stop)
    if place is None:
        return None
    call = draft.problem.stops[stop]
    extra = place.extra_cost - int(draft.scheduler.arrays.unserved_cost[stop])
    if extra <= 0:
        return Unserved(stop=call.id, detail=_FITS)
    detail = _SENTENCES[Reason.NOT_WORTH_IT].format(extra=extra)
    courier = draft.problem.couriers[place.courier].id
    return Unserved(stop=call.id, reason=Reason.NOT_WORTH_IT, detail=detail, courier=courier)


def _because(relaxed: Problem, call: Stop, reason: Reason, place: Insertion) -> Unserved:
    """`relaxed` is the problem without the constraint, `call` the stop as it really is."""
    misses = None
    courier = relaxed.couriers[place.courier]
    if reason is Reason.WINDOW and call.windows:
        start = {visit.stop: visit.start_second for visit in place.route.visits}[call.id]
        misses = min(max(w.opens_second - start, start - w.closes_second) for w in call.windows)
    elif reason is Reason.SHIFT:
        misses = place.route.returns_second - (courier.shift.closes_second - OVERTIME_SECONDS)
    who = None if reason is Reason.FLEET_FULL else courier.id
    return _unserved(call, reason, misses, who)


def _unserved(
    call: Stop, reason: Reason, misses: int | None = None, courier: CourierId | None = None
) -> Unserved:
    skills = ", ".join(sorted(call.skills))
    detail = _SENTENCES[reason].format(
        skills=skills,
        skilled=f"with {skills} " if skills else "",
        misses="?" if misses is None else -(-misses // 60),
        extra="",
    )
    return Unserved(
        stop=call.id, reason=reason, detail=detail, courier=courier, misses_by_seconds=misses
    )


def _dropoffs(scheduler: Scheduler, found: dict[int, Unserved]) -> list[Unserved]:
    """A drop-off is left out for whatever leaves out its pick-up."""
    stops, partner = scheduler.problem.stops, scheduler.arrays.partner
    return [
        replace(unserved, stop=stops[int(partner[stop])].id)
        for stop, unserved in found.items()
        if partner[stop] >= 0
    ]


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """What another courier would cost for the same stop; None: the stop does not fit there."""

    courier: CourierId
    extra_cost: int | None


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a stop is, what it costs there, and what the other couriers would cost."""

    stop: StopId
    courier: CourierId
    extra_cost: int
    alternatives: tuple[Alternative, ...]


def why_here(problem: Problem, plan: Plan, stop: StopId) -> Placement:
    """The cost of a served stop where it is (its shipment with it) and at every other courier's.

    Raises:
        KeyError: the plan does not serve this stop.
    """
    holder = {name: route.courier for route in plan.routes for name in route.stops}
    courier = problem.courier_index[holder[stop]]
    scheduler = Scheduler(problem)
    number = problem.stop_index[stop]
    partner = int(scheduler.arrays.partner[number])
    if problem.stops[number].kind is StopKind.DROPOFF:
        number, partner = partner, number
    before = {route.courier: route for route in plan.routes}[holder[stop]]
    orders = _without(orders_of(problem, plan), {number, partner})
    draft = Draft(scheduler, orders)
    left = scheduler.route(courier, orders[courier]) if orders[courier] else None
    rest = (
        0 if left is None or isinstance(left, Blocked) else route_cost(scheduler.arrays, left).total
    )
    alternatives = []
    for other, man in enumerate(problem.couriers):
        if other != courier:
            place = draft.best_insertion(number, couriers=[other])
            extra = None if place is None else place.extra_cost
            alternatives.append(Alternative(courier=man.id, extra_cost=extra))
    here = route_cost(scheduler.arrays, before).total - rest
    return Placement(
        stop=stop, courier=holder[stop], extra_cost=here, alternatives=tuple(alternatives)
    )


def _without(orders: Orders, stops: set[int]) -> Orders:
    return tuple(
        tuple(kept for tour in tours if (kept := tuple(s for s in tour if s not in stops)))
        for tours in orders
    )


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What a change would bring: stops served in addition and the cost after minus before."""

    change: str
    served_more: int
    cost_change: int


def what_more_would_bring(problem: Problem, plan: Plan) -> tuple[WhatIf, ...]:
    """One courier more (a copy of each kind there is) and one hour more for everybody.

    The plan is kept and what is unserved is inserted, so a new search may bring still more.
    """
    changes: list[tuple[str, Problem]] = []
    seen = set()
    for courier in problem.couriers:
        kind = replace(courier, id=CourierId(""))
        if kind not in seen:
            seen.add(kind)
            changes.append((f"one more courier like {courier.id}", with_one_more(problem, courier)))
    changes.append(("one hour more", with_longer_shifts(problem, 3600)))
    return tuple(_brought(change, looser, plan) for change, looser in changes)


def _brought(change: str, looser: Problem, plan: Plan) -> WhatIf:
    scheduler = Scheduler(looser)
    draft = Draft(scheduler, orders_of(looser, plan))
    left_out = [looser.stop_index[unserved.stop] for unserved in plan.unserved]
    left_out.sort(key=lambda stop: -int(scheduler.arrays.unserved_cost[stop]))
    insert_all(draft, left_out)
    after = assemble(scheduler, draft.orders)
    before = cost_of(scheduler.arrays, plan.routes, left_out)
    return WhatIf(
        change=change,
        served_more=len(plan.unserved) - len(after.unserved),
        cost_change=after.cost - before.total,
    )
