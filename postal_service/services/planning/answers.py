"""What planning answers, in the post's own words: rounds of calls, what is left and why, what is broken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from postal_service.domain.ids import StaffId
from postal_service.services.conditions import Roads
from postal_service.services.orders import is_second_half


class Lock(StrEnum):
    """How much of a stop a manager has fixed; each includes the ones before it."""

    NONE = "none"
    COURIER = "courier"
    ORDER = "order"
    TIME = "time"


class Scope(StrEnum):
    """How much of the plan that is there a new search may change."""

    UNLOCKED = "unlocked"
    KEEP_COURIERS = "keep_couriers"
    INSERT_ONLY = "insert_only"
    FROM_SCRATCH = "from_scratch"


@dataclass(frozen=True, kw_only=True)
class PlannedStop:
    """One call of a round. Seconds after local midnight, metres from the call before.

    `tour` counts how often he has left the office until then; the first is 1.
    """

    order: str
    arrives: int
    starts: int
    departs: int
    metres: int = 0
    locked: Lock = Lock.NONE
    tour: int = 1


@dataclass(frozen=True, kw_only=True)
class PlannedTour:
    """From leaving the office loaded until the courier stands there again."""

    leaves: int
    returns: int


@dataclass(frozen=True, kw_only=True)
class PlannedRound:
    """One courier's day: leaves the office, calls, is back, perhaps several times.

    `seconds` are those on the road; a stop's `tour` is the place of its tour in `tours`, from 1.
    """

    courier: StaffId
    leaves: int
    returns: int
    metres: int
    seconds: int
    tours: tuple[PlannedTour, ...]
    stops: tuple[PlannedStop, ...]


@dataclass(frozen=True, kw_only=True)
class Left:
    """An order nobody was sent to. `reason` is a word of routing's, or one of the post's own.

    `because` names what is closed, in the words of whoever wrote the closure down. The second half of
    a pair is left alone where its dossier is fetched and goes no further than the counter.
    """

    order: str
    reason: str
    courier: StaffId | None = None
    misses_by_seconds: int | None = None
    because: str = ""

    @property
    def is_second_half(self) -> bool:
        return is_second_half(self.order)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What a plan made by hand breaks: kind, whose, where, and by how much (seconds or metres)."""

    kind: str
    courier: StaffId | None
    order: str | None
    amount: int | None


@dataclass(frozen=True, kw_only=True)
class Loosened:
    """What was locked and could not be kept. `left` is what it still is; `reason` a word of routing's."""

    order: str
    courier: StaffId
    was: Lock
    left: Lock
    reason: str


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What the nearest stop next would have brought, on the same day without locks."""

    metres: int
    seconds: int
    left: int


@dataclass(frozen=True, kw_only=True)
class SoFar:
    """The best rounds a search has found until now, in the figures a plan is told by."""

    metres: int
    seconds: int
    calls: int
    left: int  # places nobody calls at, as in a plan


@dataclass(frozen=True, kw_only=True)
class Solved:
    """Rounds for one day, and beside them what the nearest stop next would have brought.

    No `baseline`: the search's budget left no time for it.
    """

    rounds: tuple[PlannedRound, ...]
    left: tuple[Left, ...]
    faults: tuple[Fault, ...]
    cost: int
    metres: int
    seconds: int
    baseline: Baseline | None
    seed: int
    budget_seconds: float
    roads: Roads
    lower_bound: int | None = None  # no plan of these orders costs less, where that is known
    loosened: tuple[Loosened, ...] = ()

    @property
    def unserved(self) -> "tuple[Left, ...]":
        """The places that nobody calls at."""
        return unserved(self.left)

    @property
    def sequences(self) -> "Sequences":
        return {each.courier: each.stops for each in self.rounds}


def unserved(left: Iterable[Left]) -> tuple[Left, ...]:
    """What is left without the ways on to a desk: those dossiers are fetched."""
    return tuple(each for each in left if not each.is_second_half)


# The calls of each courier in order, as far as they are decided already.
Sequences = Mapping[StaffId, tuple[PlannedStop, ...]]
