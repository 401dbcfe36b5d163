"""The judge's own reading of what the office decided: locks and groups. See `judge`."""

from collections.abc import Iterator, Mapping, Sequence

from routing import CourierId, Lock, LockLevel, Problem, Stop, StopId

# Stop numbers, tour by tour, courier by courier in the problem's order.
Orders = Sequence[Sequence[Sequence[int]]]


def is_locked(problem: Problem, stop: Stop) -> bool:
    return any(stop.id in lock.stops for lock in problem.rules.locks)


def locked_second(problem: Problem, stop: Stop) -> int | None:
    """The second at which its service must begin, if it is locked to one."""
    for lock in problem.rules.locks:
        if lock.level is LockLevel.TIME and stop.id in lock.stops:
            return lock.start_seconds[lock.stops.index(stop.id)]
    return None


def broken_rules(problem: Problem, orders: Orders) -> Iterator[str]:
    """Every lock and group that the sequences break; a stop left out breaks none."""
    rounds = {
        courier.id: [problem.stops[stop].id for tour in tours for stop in tour]
        for courier, tours in zip(problem.couriers, orders, strict=True)
    }
    holder = {stop: courier for courier, stops in rounds.items() for stop in stops}
    for lock in problem.rules.locks:
        yield from _broken_lock(lock, rounds[lock.courier], holder)
    for one, other in problem.rules.keep_apart:
        if one in holder and holder[one] == holder.get(other):
            yield f"{one} and {other} are with one courier"
    for group in problem.rules.keep_together:
        if len({holder[stop] for stop in group if stop in holder}) > 1:
            yield f"{', '.join(group)} are with several couriers"


def _broken_lock(
    lock: Lock, calls: Sequence[StopId], holder: Mapping[StopId, CourierId]
) -> Iterator[str]:
    for stop in lock.stops:
        if holder.get(stop, lock.courier) != lock.courier:
            yield f"{stop} is locked to {lock.courier}"
    if lock.level is LockLevel.COURIER:
        return
    locked = [stop for stop in calls if stop in lock.stops]
    if locked != [stop for stop in lock.stops if stop in locked]:
        yield f"{', '.join(lock.stops)} are not in their locked order"
    if lock.level is LockLevel.ROUTE and len(locked) < len(calls):
        yield f"something is added to the locked route of {lock.courier}"
