"""Locks that a day no longer lets anybody keep are loosened, as little as can be, and told.

A lock is taken apart into what it asks of each stop: this courier, in this order, at this second,
nothing beside it. All that fits together is kept, level by level and lock by lock in the order given;
what is left out contradicts what was kept, or the clock, and the finding that says so is its reason.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

from routing.findings import ContradictoryProblem, of_locks
from routing.lock_times import Clock
from routing.plan import Because, Loosened
from routing.problem import Problem
from routing.reach import REASON_OF, obstacle
from routing.rules import Lock, LockLevel
from routing.terms import CourierId, StopId

_LEVELS: Final = (LockLevel.COURIER, LockLevel.ORDER, LockLevel.TIME, LockLevel.ROUTE)


def with_possible_locks(
    problem: Problem, locks: Sequence[Lock]
) -> tuple[Problem, tuple[Loosened, ...]]:
    """The problem with as much of these locks, beside those it has, as can be kept; and what cannot.

    Stops that the problem does not know (any more) are passed over.

    Raises:
        ContradictoryProblem: a lock names a stop twice, or not a second for each stop.
    """
    known = [_known(problem, lock) for lock in locks]
    there = [lock for lock in known if lock.courier in problem.courier_index]
    for lock in there:
        _refuse_malformed(problem, lock)
    # Who is to stay at the office has no call of which it could be told that his lock was loosened.
    stay = tuple(lock for lock in there if not lock.stops and lock.level is LockLevel.ROUTE)
    problem = replace(problem, rules=replace(problem.rules, locks=(*problem.rules.locks, *stay)))
    there = [lock for lock in there if lock.stops]
    keeping = _Keeping(problem, there)
    for level in _LEVELS:
        keeping.add([demand for demand in _demands(there, level) if keeping.stands(demand)])
    absent = [lock for lock in known if lock.courier not in problem.courier_index]
    gone = [
        _loosened(lock, stop, None, Because.ABSENT, f"{lock.courier} is not there")
        for lock in absent
        for stop in lock.stops
    ]
    return keeping.problem, (*gone, *keeping.loosened())


def refuse_too_late(problem: Problem, locks: Sequence[Lock], facts: Collection[StopId]) -> None:
    """What is locked to somebody who can certainly not call there in time, as somebody else still can.

    A second or a whole route that cannot be kept is refused by the problem itself. Such a call is not:
    of what is done or on board (`facts`), or what nobody can call at any more, a lock takes nothing.

    Raises:
        ContradictoryProblem: there are such; each is named.
    """
    clock = Clock(problem)
    late = {
        stop: lock.courier
        for lock in locks
        for stop in lock.stops
        if stop not in facts and _is_too_late(clock, stop, lock.courier)
    }
    if late:
        words = "who cannot call there in time any more"
        raise ContradictoryProblem(
            tuple(of_locks(stop, f"locked to {courier}, {words}") for stop, courier in late.items())
        )


class _Demand(NamedTuple):
    """What the lock of this number asks of one of its stops; at level ROUTE of the whole day."""

    lock: int
    level: LockLevel
    stop: StopId | None


@dataclass
class _Keeping:
    """What is kept so far, as a problem that stands, and why the rest is not."""

    base: Problem
    locks: Sequence[Lock]
    kept: set[_Demand] = field(default_factory=set)
    refused: dict[_Demand, tuple[Because, str]] = field(default_factory=dict)

    @property
    def problem(self) -> Problem:
        found = self._with(())
        assert isinstance(found, Problem)  # it stood when its last demand was added
        return found

    def stands(self, demand: _Demand) -> bool:
        """Whether what the demand builds upon was kept."""
        place = _LEVELS.index(demand.level)
        if place == 0:
            return True
        if demand.level is LockLevel.ROUTE:
            # Of a route whose calls are all let go nothing is left to keep: its courier is free.
            stops = self.locks[demand.lock].stops
            return any(_Demand(demand.lock, LockLevel.ORDER, stop) in self.kept for stop in stops)
        return demand._replace(level=_LEVELS[place - 1]) in self.kept

    def add(self, demands: Sequence[_Demand]) -> None:
        """Keep what can be kept of this level."""
        fitting = []
        for demand in demands:
            alone = self._by_itself(demand)
            if alone is None:
                fitting.append(demand)
            else:
                self.refused[demand] = alone
        self._keep(fitting)

    def _keep(self, demands: Sequence[_Demand]) -> None:
        """Halves are tried until those are alone that contradict what is kept."""
        found = self._with(demands)
        if isinstance(found, Problem):
            self.kept.update(demands)
        elif len(demands) == 1:
            self.refused[demands[0]] = Because.OTHERS, str(found)
        else:
            half = len(demands) // 2
            self._keep(demands[:half])
            self._keep(demands[half:])

    def loosened(self) -> tuple[Loosened, ...]:
        return tuple(
            each
            for number, lock in enumerate(self.locks)
            for stop in lock.stops
            if (each := self._left_of(number, lock, stop)) is not None
        )

    def _left_of(self, number: int, lock: Lock, stop: StopId) -> Loosened | None:
        asked = [level for level in _LEVELS if _asks(lock, level)]
        demands = [
            _Demand(number, level, None if level is LockLevel.ROUTE else stop) for level in asked
        ]
        kept = [demand.level for demand in demands if demand in self.kept]
        refused = [self.refused[demand] for demand in demands if demand in self.refused]
        if not refused:
            return None
        below = [level for level in kept if level is not LockLevel.ROUTE]
        return _loosened(lock, stop, below[-1] if below else None, *refused[0])

    def _by_itself(self, demand: _Demand) -> tuple[Because, str] | None:
        """Why it cannot be kept whatever else is; None: it is not certain."""
        lock, stop = self.locks[demand.lock], demand.stop
        if stop is None or demand.level is LockLevel.ORDER:
            return None
        if demand.level is LockLevel.TIME:
            second = lock.start_seconds[lock.stops.index(stop)]
            fault = self._clock.fault(lock.courier, stop, second)
            return (Because.TOO_LATE, fault) if fault else None
        hindrance = _obstacle(self.base, stop, lock.courier)
        if hindrance is not None:
            because = Because(REASON_OF[hindrance].value)
            return because, f"{lock.courier} may not serve it: {hindrance}"
        if stop not in self.base.locked_stops and _is_too_late(self._clock, stop, lock.courier):
            return Because.TOO_LATE, f"{lock.courier} cannot call there in time any more"
        return None

    @cached_property
    def _clock(self) -> Clock:
        return Clock(self.base)

    def _with(self, more: Sequence[_Demand]) -> Problem | ContradictoryProblem:
        asked = self.kept.union(more)
        locks = [one for n, lock in enumerate(self.locks) for one in _as_locks(n, lock, asked)]
        return _tried(self.base, locks)


def _is_too_late(clock: Clock, stop: StopId, courier: CourierId) -> bool:
    """Whether he is certainly too late for this call, and somebody else who may make it is not."""
    late, problem = clock.is_out_of_time, clock.problem
    men = (man.id for man in problem.couriers)
    return late(courier, stop) and not all(
        late(man, stop) for man in men if _obstacle(problem, stop, man) is None
    )


def _obstacle(problem: Problem, stop: StopId, courier: CourierId) -> str | None:
    man = problem.couriers[problem.courier_index[courier]]
    return obstacle(problem, problem.stops[problem.stop_index[stop]], man)


def _known(problem: Problem, lock: Lock) -> Lock:
    kept = [number for number, stop in enumerate(lock.stops) if stop in problem.stop_index]
    if len(kept) == len(lock.stops):
        return lock
    times = tuple(lock.start_seconds[n] for n in kept if n < len(lock.start_seconds))
    return replace(lock, stops=tuple(lock.stops[n] for n in kept), start_seconds=times)


def _refuse_malformed(problem: Problem, lock: Lock) -> None:
    expected = len(lock.stops) if lock.level is LockLevel.TIME else 0
    if len(set(lock.stops)) != len(lock.stops) or len(lock.start_seconds) != expected:
        replace(problem, rules=replace(problem.rules, locks=(lock,)))


def _tried(problem: Problem, locks: Sequence[Lock]) -> Problem | ContradictoryProblem:
    rules = replace(problem.rules, locks=(*problem.rules.locks, *locks))
    try:
        return replace(problem, rules=rules)
    except ContradictoryProblem as refused:
        return refused


def _asks(lock: Lock, level: LockLevel) -> bool:
    if level in {LockLevel.TIME, LockLevel.ROUTE}:
        return lock.level is level
    return level is LockLevel.COURIER or lock.level is not LockLevel.COURIER


def _demands(locks: Sequence[Lock], level: LockLevel) -> list[_Demand]:
    asking = [(number, lock) for number, lock in enumerate(locks) if _asks(lock, level)]
    if level is LockLevel.ROUTE:
        return [_Demand(number, level, None) for number, _ in asking]
    return [_Demand(number, level, stop) for number, lock in asking for stop in lock.stops]


def _as_locks(number: int, lock: Lock, asked: set[_Demand]) -> list[Lock]:
    """What is asked of this lock, in as few locks as say it; all of it: the lock itself."""

    def stops(level: LockLevel) -> tuple[StopId, ...]:
        return tuple(stop for stop in lock.stops if _Demand(number, level, stop) in asked)

    in_order, timed = stops(LockLevel.ORDER), stops(LockLevel.TIME)
    made = []
    if _Demand(number, LockLevel.ROUTE, None) in asked:
        made.append((LockLevel.ROUTE, in_order))
    elif len(timed) < len(in_order):
        made.append((LockLevel.ORDER, in_order))
    if timed:
        made.append((LockLevel.TIME, timed))
    if len(in_order) < len(with_him := stops(LockLevel.COURIER)):
        made.append((LockLevel.COURIER, with_him))
    return [_lock_of(lock, level, some) for level, some in made]


def _lock_of(lock: Lock, level: LockLevel, stops: tuple[StopId, ...]) -> Lock:
    second = dict(zip(lock.stops, lock.start_seconds, strict=False))
    times = tuple(second[stop] for stop in stops) if level is LockLevel.TIME else ()
    return Lock(level=level, courier=lock.courier, stops=stops, start_seconds=times)


def _loosened(
    lock: Lock, stop: StopId, left: LockLevel | None, because: Because, detail: str
) -> Loosened:
    return Loosened(
        stop=stop,
        courier=lock.courier,
        was=lock.level,
        left=left,
        because=because,
        detail=detail,
    )
