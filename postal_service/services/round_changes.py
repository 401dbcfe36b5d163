"""One change by hand of who calls where in which order. Nothing is timed or saved here.

The two halves of a pair are one decision: what would tear them apart, or turn them round, takes the
other half along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from postal_service.domain.ids import StaffId
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.services.orders import Kind, other_half
from postal_service.services.planning import Lock, PlannedStop, Sequences
from postal_service.services.workdays import Workday


class UnknownCall(Malformed):
    """No such call in this plan, or no such courier at this office."""

    code = "plan.unknown_call"


class CallLocked(RuleBroken):
    code = "plan.call_locked"


class RoundLocked(RuleBroken):
    """Nothing goes into a round that is locked whole, nor out of it, nor is one call of it freed."""

    code = "plan.round_locked"


class LockOfARound(Malformed):
    """One call alone is no whole round."""

    code = "plan.lock_of_a_round"


@dataclass(frozen=True, kw_only=True)
class Move:
    """Put a call with a courier at a position (1 is first; past the end is last).

    With a `tour` (from 1; one more than he has opens another) it is the place within that tour that
    is nearest to the position; without, the tour is that of the call it comes before.
    """

    order: str
    courier: StaffId
    position: int
    tour: int | None = None


@dataclass(frozen=True, kw_only=True)
class TakeOut:
    """Leave a call out of the plan; it stands among the unserved."""

    order: str


@dataclass(frozen=True, kw_only=True)
class Fix:
    """Fix a call, or free it."""

    order: str
    level: Lock


@dataclass(frozen=True, kw_only=True)
class FixAll:
    """Fix everything a courier has in its order, or free it."""

    courier: StaffId
    level: Lock


Change = Move | TakeOut | Fix | FixAll


def named(workday: Workday, decided: Sequences, change: Change) -> Change:
    """The change with its call named as it is named now: once loaded, it bears its courier's name."""
    if isinstance(change, FixAll):
        return change
    return replace(change, order=call_now(workday, decided, change.order))


def call_now(workday: Workday, decided: Sequences, order: str) -> str:
    """What a call is named now; one that nobody knows keeps its name."""
    planned = [stop.order for stops in decided.values() for stop in stops]
    known = [*planned, *(each.key for each in workday.orders)]
    if order in known:
        return order
    called, _, courier = order.partition("@")
    his = [stop.order for stop in decided.get(StaffId(courier), ())]
    return next((key for key in [*his, *known] if key.partition("@")[0] == called), order)


def changed(workday: Workday, decided: Sequences, change: Change) -> Sequences:
    """The sequences after one change; a fixed call is freed before it is moved.

    Raises UnknownCall, CallLocked, RoundLocked or LockOfARound.
    """
    crew = {courier.staff for courier in workday.couriers}
    lists = {courier: list(decided.get(courier, ())) for courier in sorted({*crew, *decided})}
    match change:
        case Move():
            if change.courier not in crew:
                raise UnknownCall(call=change.courier)
            _move(workday, lists, change)
        case TakeOut():
            _taken_out(workday, lists, change.order)
            if _has_other_half(workday, change.order):
                _taken_out(workday, lists, other_half(change.order))
        case Fix():
            if change.level is Lock.ROUTE:
                raise LockOfARound(call=change.order[:80])
            where, place = _find(lists, change.order)
            _refuse_if_locked(workday, where, lists[where])
            lists[where][place] = replace(lists[where][place], locked=change.level)
        case FixAll():
            if change.courier not in lists:
                raise UnknownCall(call=change.courier)
            lists[change.courier] = [
                replace(stop, locked=change.level) for stop in lists[change.courier]
            ]
        case _:
            assert_never(change)
    return {courier: tuple(stops) for courier, stops in lists.items() if stops}


def _move(workday: Workday, lists: dict[StaffId, list[PlannedStop]], move: Move) -> None:
    """Move a call; the other half of a pair follows it where the two would be torn or turned round.

    What is fetched for the counter stays so; whoever moves the way on to the desk makes the pair anew.
    """
    _refuse_if_locked(workday, move.courier, lists[move.courier])
    half = other_half(move.order)
    to_counter = _is_planned(lists, move.order) and not _is_planned(lists, half)
    stop = _taken_out(workday, lists, move.order)
    lists[move.courier] = _put_in(lists[move.courier], stop, move)
    if to_counter or not _has_other_half(workday, move.order):
        return
    pair = [each for each in lists[move.courier] if each.order in {move.order, half}]
    in_order = [each.order.partition(":")[0] for each in pair] == [Kind.COLLECT, Kind.BRING]
    if in_order and pair[0].tour == pair[1].tour:
        return
    follows = _taken_out(workday, lists, half)
    where, place = _find(lists, move.order)
    after = move.order.startswith(f"{Kind.COLLECT.value}:")
    lists[where].insert(place + after, replace(follows, tour=lists[where][place].tour))


def _is_planned(lists: Mapping[StaffId, Sequence[PlannedStop]], order: str) -> bool:
    return any(stop.order == order for stops in lists.values() for stop in stops)


def _has_other_half(workday: Workday, order: str) -> bool:
    known = {each.key for each in workday.orders}
    return order in known and other_half(order) in known


def _put_in(stops: Sequence[PlannedStop], stop: PlannedStop, change: Move) -> list[PlannedStop]:
    """The stops with this one among them; tours stay one after the other."""
    place = min(max(0, change.position - 1), len(stops))
    if change.tour is None:
        near = [*stops[place : place + 1], *stops[-1:]]
        tour = near[0].tour if near else 1
    else:
        tour = change.tour
        first = sum(each.tour < tour for each in stops)
        last = sum(each.tour <= tour for each in stops)
        place = min(max(place, first), last)
    return [*stops[:place], replace(stop, tour=tour), *stops[place:]]


def _taken_out(
    workday: Workday, lists: dict[StaffId, list[PlannedStop]], order: str
) -> PlannedStop:
    """Take a call out of its round; one that is in none yet comes from the day's orders."""
    if not _is_planned(lists, order):
        if not any(order == each.key for each in workday.orders):
            raise UnknownCall(call=order[:80])
        return PlannedStop(order=order, arrives=0, starts=0, departs=0)
    where, place = _find(lists, order)
    _refuse_if_locked(workday, where, lists[where])
    stop = lists[where][place]
    if stop.locked is not Lock.NONE:
        raise CallLocked(call=order, level=stop.locked.value)
    return lists[where].pop(place)


def _refuse_if_locked(workday: Workday, courier: StaffId, stops: Sequence[PlannedStop]) -> None:
    if any(stop.locked is Lock.ROUTE for stop in stops):
        names = {each.staff: each.name for each in workday.couriers}
        raise RoundLocked(courier=names.get(courier, courier))


def _find(lists: dict[StaffId, list[PlannedStop]], order: str) -> tuple[StaffId, int]:
    for courier, stops in lists.items():
        for place, stop in enumerate(stops):
            if stop.order == order:
                return courier, place
    raise UnknownCall(call=order[:80])
