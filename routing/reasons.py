"""Why a stop is left out: the one constraint whose lifting alone would have it served.

Nothing is guessed. A reason is given only after exactly that constraint was lifted and the stop then
fitted into the plan as it stands; or, where nobody could serve it even with nothing else to do, was
then served by somebody with nothing else to do, and the sentence says so. That there is no place is
said only after every place was looked at; for what there was no time to look at, that is said.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from routing.assembly import assemble, orders_of
from routing.days import Scheduler
from routing.engines import Cancelled
from routing.findings import ContradictoryProblem
from routing.insertion import Draft, Insertion, TimeIsOver
from routing.nearest import Ways
from routing.plan import Plan, Reason, Unserved
from routing.problem import Problem, Stop, StopKind
from routing.reach import REASON_OF, obstacle
from routing.relaxing import OVERTIME_SECONDS, only_with, relaxations
from routing.steps import Blocked
from routing.terms import CourierId

_FITS: Final = "it fits and pays as the plan stands: the search ended too early"
_TOGETHER: Final = (
    f"no limit that was lifted alone makes room for it, nor do {OVERTIME_SECONDS // 3600} hours more of"
    " every shift, nor one courier more"
)
_NO_TIME: Final = "there was no time to look at every place where it might fit"
_ALONE: Final = ", even with nothing else to do"
RELAXING_SECONDS_A_STOP: Final = 0.0002
# The post's own hours. Where they keep a stop out with nothing else to do, neither the stop's window
# nor the shift says why, though to lift those would do as well.
_OWN_HOURS: Final = (Reason.BREAK, Reason.DEPOT_HOURS)
# Where one of these keeps it out with nothing else to do, that is said and not how its time is over.
_BEFORE_TIMES: Final = (Reason.LOCKED, *_OWN_HOURS)
# Over other calls, which are looked at later, there may be a way all the same.
_OF_THE_WAY: Final = {Reason.NO_ROAD, Reason.RIDE}
_SENTENCES = {
    Reason.NO_ROAD: "there is no road for any courier",
    Reason.NO_SKILL: "the couriers with {skills} are full or too far; without it the stop fits",
    Reason.BANNED: "a rule bans it from the couriers who could take it",
    Reason.TOO_LARGE: "it is larger than any bag",
    Reason.WINDOW: "nobody {skilled}reaches it in its window{nearest_misses}",
    Reason.SHIFT: "nobody {skilled}is back in time{nearest_over}",
    Reason.DEPOT_HOURS: "the office is closed when one would leave, reload or be back for it",
    Reason.BREAK: "the couriers' breaks leave no room for it",
    Reason.RELEASE: "what it waits for comes too late",
    Reason.ROUTE_SECONDS: "every courier's longest day is used up",
    Reason.ROUTE_METRES: "every courier's longest way is used up",
    Reason.RIDE: "it would ride longer than allowed",
    Reason.CAPACITY: "no bag has room for it",
    Reason.TOURS: "it takes one tour more than a courier may ride",
    Reason.RELOAD: "reloading between two tours takes too long for it",
    Reason.LOCKED: "it is locked to {keeper}, who cannot serve it",
    Reason.RULES: "a rule or a lock keeps it out of the routes where it would fit",
    Reason.FLEET_FULL: "one courier more would have room for it",
    Reason.NOT_WORTH_IT: "serving it would cost {extra} more than leaving it out",
    Reason.NOT_EXPLAINED: "",
}
Answers = dict[int, Unserved]
OnReasons = Callable[[int, int], None]


@dataclass(frozen=True)
class _Patience:
    """Until when reasons may be looked for, where there is an end, and who asks to stop before it."""

    until: float | None
    cancelled: Cancelled

    def is_over(self, needed: float = 0.0) -> bool:
        """Or would be, after so many seconds more."""
        late = self.until is not None and time.monotonic() + needed >= self.until
        return late or self.cancelled()

    def halved(self) -> "_Patience":
        """For half of the time that is left."""
        until = None if self.until is None else (time.monotonic() + self.until) / 2
        return replace(self, until=until)


def explained(
    scheduler: Scheduler,
    plan: Plan,
    *,
    seconds: float | None = None,
    cancelled: Cancelled | None = None,
    on_progress: OnReasons | None = None,
) -> Plan:
    """The same plan with a reason for every unserved stop, as far as `seconds` reach.

    What they do not reach keeps what was said of it before, or says that there was no time; so does
    what was not looked at when `cancelled`, which is asked often, says yes. `on_progress` is told of
    how many stops the reason is known, of how many, as it gets on.
    """
    until = None if seconds is None else time.monotonic() + seconds
    patience = _Patience(until, cancelled or (lambda: False))
    reasons = _reasons(scheduler, plan, patience, on_progress or _untold)
    known = {unserved.stop: unserved for unserved in reasons}
    unserved = tuple(
        known.get(u.stop, u if u.detail else replace(u, detail=_NO_TIME)) for u in plan.unserved
    )
    return replace(plan, unserved=unserved)


def _untold(_done: int, _of: int) -> None:
    pass


def why_unserved(problem: Problem, plan: Plan) -> tuple[Unserved, ...]:
    """For every stop the plan leaves out the constraint that keeps it out."""
    return explained(Scheduler(problem), plan).unserved


def _reasons(
    scheduler: Scheduler, plan: Plan, patience: _Patience, on_progress: OnReasons
) -> list[Unserved]:
    problem = scheduler.problem
    open_stops = [
        problem.stop_index[unserved.stop]
        for unserved in plan.unserved
        if problem.stops[problem.stop_index[unserved.stop]].kind is not StopKind.DROPOFF
    ]
    found: Answers = {}
    # What no courier could ever serve is told first: it needs no look at the whole plan.
    hindered, alone = _hindrances(scheduler, open_stops, patience)
    rest = [stop for stop in open_stops if stop in hindered]
    draft = Draft(scheduler, orders_of(problem, plan))
    # The other half is for the reasons of those that were looked at.
    half = patience.halved()
    for stop in sorted(open_stops, key=lambda stop: bool(scheduler.arrays.partner[stop] >= 0)):
        # A shipment has by far the most places.
        if stop in hindered and hindered[stop].reason not in _OF_THE_WAY:
            continue
        try:
            reason = _not_worth_it(draft, stop, half)
        except TimeIsOver:
            break
        if reason is not None:
            found[stop] = reason
            on_progress(len(found), len(open_stops))
        elif stop not in hindered:
            rest.append(stop)
    rest = [stop for stop in rest if stop not in found]

    def tell(done: int) -> None:
        on_progress(len(found) + done, len(open_stops))

    for stop, answer in _by_relaxing(
        scheduler, plan, rest, patience, hindered, on_progress=tell
    ).items():
        found[stop] = alone.get(stop, answer) if answer.detail == _TOGETHER else answer
    found = alone | found
    return [*found.values(), *_dropoffs(scheduler, found)]


def _hindrances(
    scheduler: Scheduler, stops: Sequence[int], patience: _Patience
) -> tuple[Answers, Answers]:
    """Of what nobody could ever serve: what stands in the way, and what would have it served alone."""
    hindered: Answers = {}
    alone: Answers = {}
    for stop in stops:
        if patience.is_over():
            break
        hindrance = _hindrance(scheduler, stop)
        if hindrance is None:
            continue
        answer = _with_nothing_else_to_do(scheduler.problem, hindrance, patience)
        hindered[stop] = answer if answer and answer.reason in _BEFORE_TIMES else hindrance
        if answer is not None:
            alone[stop] = replace(answer, detail=answer.detail + _ALONE)
    return hindered, alone


def _with_nothing_else_to_do(
    problem: Problem, hindrance: Unserved, patience: _Patience
) -> Unserved | None:
    """The reason that holds where the whole plan is only this stop; None if time is over.

    None as well where other calls are the only way to it.
    """
    try:
        small = only_with(problem, problem.stops[problem.stop_index[hindrance.stop]])
    except ContradictoryProblem:
        return None
    scheduler = Scheduler(small)
    empty = assemble(scheduler, ((),) * len(small.couriers))
    number = small.stop_index[hindrance.stop]
    own = _by_relaxing(scheduler, empty, [number], patience, {}, lifted=_BEFORE_TIMES).get(number)
    if own is not None and own.reason in _BEFORE_TIMES:
        return own
    return _by_relaxing(scheduler, empty, [number], patience, {number: hindrance}).get(number)


def _by_relaxing(
    scheduler: Scheduler,
    plan: Plan,
    stops: Sequence[int],
    patience: _Patience,
    hindered: Mapping[int, Unserved],
    *,
    lifted: Collection[Reason] = tuple(Reason),
    on_progress: Callable[[int], None] | None = None,
) -> Answers:
    """The first constraint whose lifting alone makes room for the stop in the plan as it is.

    Room that is dearer than leaving the stop out explains it too, if there is no other. What stands
    in the way (`hindered`) goes before any other, and has its own words.
    """
    found: Answers = {}
    otherwise: Answers = {}
    left_out = frozenset(unserved.stop for unserved in plan.unserved)
    # To make another problem of a large day and to time it takes a while, which must be left.
    making = RELAXING_SECONDS_A_STOP * len(scheduler.problem.stops)
    ways = [way for way in relaxations(scheduler.problem, left_out) if way[0] in lifted]
    for reason, relaxed in ways:
        rest = _still_asked(scheduler.problem, stops, found, hindered, reason)
        if not rest:
            continue
        if patience.is_over(making):
            return otherwise | found
        begun = time.monotonic()
        looser = Scheduler(relaxed())
        draft = Draft(looser, orders_of(looser.problem, plan))
        making = time.monotonic() - begun
        for stop in rest:
            try:
                place = _place(draft, stop, patience)
            except TimeIsOver:
                return otherwise | found
            if place is None:
                continue
            call = scheduler.problem.stops[stop]
            extra = place.extra_cost - int(scheduler.arrays.unserved_cost[stop])
            if reason is Reason.LOCKED:
                keeper = _keeper(scheduler.problem, call)
                found[stop] = _unserved(scheduler.problem, call, reason, courier=keeper)
            elif extra <= 0:
                where = Ways(draft, stop, call, reason)
                found[stop] = _because(
                    scheduler.problem, where, place, hindered.get(stop), patience
                )
            else:
                otherwise.setdefault(stop, _even_then(call, reason, extra))
        if on_progress is not None:
            on_progress(len(otherwise | found))
    names = {stop: scheduler.problem.stops[stop].id for stop in stops}
    together = {stop: Unserved(stop=name, detail=_TOGETHER) for stop, name in names.items()}
    return together | otherwise | found


def _still_asked(
    problem: Problem,
    stops: Sequence[int],
    found: Answers,
    hindered: Mapping[int, Unserved],
    reason: Reason,
) -> list[int]:
    """The stops without an answer, and those with a better one to come."""

    def is_better(stop: int) -> bool:
        words = hindered.get(stop)
        return words is not None and words.reason in _lifts(reason) and found[stop] is not words

    if reason is Reason.LOCKED:  # to lift the lock of a whole route may let others into it
        stops = [stop for stop in stops if _keeper(problem, problem.stops[stop])]
    return [stop for stop in stops if stop not in found or is_better(stop)]


def _place(draft: Draft, stop: int, patience: _Patience) -> Insertion | None:
    return draft.cheapest_of_all(stop, over=patience.is_over)


def _lifts(reason: Reason) -> set[Reason]:
    """What stands in the way no more: a thing too large for any bag fits where bags have no limit."""
    return {Reason.CAPACITY, Reason.TOO_LARGE} if reason is Reason.CAPACITY else {reason}


def _halves(problem: Problem, call: Stop) -> list[Stop]:
    """The stop, or both halves of its shipment."""
    pair = problem.shipment_of.get(call.id)
    names = [call.id] if pair is None else [pair.pickup, pair.dropoff]
    return [problem.stops[problem.stop_index[name]] for name in names]


def _skills(problem: Problem, call: Stop) -> list[str]:
    """What a courier must have for the stop, or for both halves of its shipment."""
    return sorted({skill for half in _halves(problem, call) for skill in half.skills})


def _nobody_has(problem: Problem, skills: Sequence[str]) -> str:
    held = {skill for courier in problem.couriers for skill in courier.skills}
    missing = [skill for skill in skills if skill not in held]
    if missing:
        return f"nobody has {', '.join(missing)}"
    # Somebody has each, and lacks another of them, is banned, or has too small a bag or no road.
    return f"nobody who could otherwise take it has {', '.join(skills)}"


def _keeper(problem: Problem, call: Stop) -> CourierId | None:
    """Whom a stop, or the other half of its shipment, is locked to, if it is."""
    halves = {half.id for half in _halves(problem, call)}
    locks = problem.rules.locks
    return next((lock.courier for lock in locks if not halves.isdisjoint(lock.stops)), None)


def _even_then(call: Stop, reason: Reason, extra: int) -> Unserved:
    limit = reason.value.replace("_", " ")
    lifted = f"without this limit ({limit})"
    if reason is Reason.FLEET_FULL:
        lifted = "with one courier more"
    detail = f"even {lifted} serving it would cost {extra} more than leaving it out"
    return Unserved(stop=call.id, reason=Reason.NOT_WORTH_IT, detail=detail)


def _hindrance(scheduler: Scheduler, stop: int) -> Unserved | None:
    """What stands in the way first where nobody could serve it even with nothing else to do."""
    problem, arrays = scheduler.problem, scheduler.arrays
    call = problem.stops[stop]
    partner = int(arrays.partner[stop])
    if not arrays.allowed[stop].any():
        halves = _halves(problem, call)
        found = [obstacle(problem, one, c) for one in halves for c in problem.couriers]
        hindrance = next((kind for kind in found if kind is not None), None)
        reason = REASON_OF[hindrance] if hindrance else Reason.RULES
        if reason is Reason.NO_SKILL:
            detail = _nobody_has(problem, _skills(problem, call))
            return Unserved(stop=call.id, reason=reason, detail=detail)
        return _unserved(problem, call, reason)
    alone = ((stop,),) if partner < 0 else ((stop, partner),)
    nearest: Unserved | None = None
    for number, courier in enumerate(problem.couriers):
        if not arrays.allowed[stop, number]:
            continue
        blocked = scheduler.route(number, alone)
        if not isinstance(blocked, Blocked):
            return None
        candidate = _unserved(problem, call, blocked.reason, blocked.misses_by, courier.id)
        misses = blocked.misses_by
        known = None if nearest is None else nearest.misses_by_seconds
        if nearest is None or (misses is not None and (known is None or misses < known)):
            nearest = candidate
    return nearest


def _not_worth_it(draft: Draft, stop: int, patience: _Patience) -> Unserved | None:
    """What it would cost at its cheapest place, too much or not; None: there is no place."""
    place = _place(draft, stop, patience)
    if place is None:
        return None
    call = draft.problem.stops[stop]
    extra = place.extra_cost - int(draft.scheduler.arrays.unserved_cost[stop])
    if extra <= 0:
        return Unserved(stop=call.id, detail=_FITS)
    detail = _SENTENCES[Reason.NOT_WORTH_IT].format(extra=extra)
    courier = draft.problem.couriers[place.courier].id
    return Unserved(stop=call.id, reason=Reason.NOT_WORTH_IT, detail=detail, courier=courier)


def _because(
    problem: Problem,
    where: Ways,
    place: Insertion,
    hindrance: Unserved | None,
    patience: _Patience,
) -> Unserved:
    """`place` is the cheapest of where it could be served, were the `problem` as it is in `where`."""
    call, reason = where.call, where.reason
    if hindrance is not None and hindrance.reason in _lifts(reason):
        return hindrance
    who = None if reason is Reason.FLEET_FULL else where.draft.problem.couriers[place.courier].id
    misses = None
    if reason is Reason.SHIFT or (reason is Reason.WINDOW and call.windows):
        misses, nearest = where.nearest(over=patience.is_over)
        who = nearest or who
    return _unserved(problem, call, reason, misses, who)


def _unserved(
    problem: Problem,
    call: Stop,
    reason: Reason,
    misses: int | None = None,
    courier: CourierId | None = None,
) -> Unserved:
    skills = ", ".join(_skills(problem, call))
    minutes = None if misses is None else -(-misses // 60)
    detail = _SENTENCES[reason].format(
        skills=skills,
        skilled=f"with {skills} " if skills else "",
        nearest_misses="" if minutes is None else f"; the nearest misses by {minutes} min",
        nearest_over="" if minutes is None else f"; the nearest is {minutes} min over the shift",
        extra="",
        keeper=courier,
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
