"""A plan is the whole answer: who calls where when, who is left out and why, and what it costs.

Like the problem it comes from, it never changes; times, distances and costs are in the units that
`routing.problem` states.
"""

from dataclasses import dataclass, fields
from enum import Enum
from typing import Final

from routing.rules import LockLevel
from routing.terms import CourierId, StopId


@dataclass(frozen=True, kw_only=True)
class Budget:
    """When to stop: after so many seconds, or after so many iterations of the engine if sooner.

    A plan can be reproduced from seed and iterations; seconds depend on the machine.
    """

    seconds: float
    iterations: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.seconds < float("inf"):
            raise ValueError(f"a budget of {self.seconds} seconds")
        if self.iterations is not None and self.iterations < 0:
            raise ValueError(f"a budget of {self.iterations} iterations")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One call: arrive, set up, wait (or rest), serve from `start_second` to `departure_second`.

    `travel_seconds` and `distance_m` lead here from the call before; `loads_after` is what is on
    board on leaving, one amount a dimension.
    """

    stop: StopId
    arrival_second: int
    waiting_seconds: int
    start_second: int
    departure_second: int
    travel_seconds: int
    distance_m: int
    setup_seconds: int = 0
    loads_after: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tour:
    """From leaving the office loaded to standing at the office (or the courier's end) again."""

    leaves_second: int
    visits: tuple[Visit, ...]
    returns_second: int
    return_travel_seconds: int
    return_distance_m: int
    loads_at_start: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BreakTaken:
    start_second: int
    end_second: int


@dataclass(frozen=True, kw_only=True)
class Route:
    """One courier's day; a courier who stays at the office has no route."""

    courier: CourierId
    tours: tuple[Tour, ...]
    breaks: tuple[BreakTaken, ...] = ()

    @property
    def visits(self) -> tuple[Visit, ...]:
        return tuple(visit for tour in self.tours for visit in tour.visits)

    @property
    def stops(self) -> tuple[StopId, ...]:
        return tuple(visit.stop for visit in self.visits)

    @property
    def leaves_second(self) -> int:
        return self.tours[0].leaves_second

    @property
    def returns_second(self) -> int:
        return self.tours[-1].returns_second

    @property
    def duty_seconds(self) -> int:
        return self.returns_second - self.leaves_second

    @property
    def travel_seconds(self) -> int:
        returning = sum(tour.return_travel_seconds for tour in self.tours)
        return returning + sum(visit.travel_seconds for visit in self.visits)

    @property
    def distance_m(self) -> int:
        returning = sum(tour.return_distance_m for tour in self.tours)
        return returning + sum(visit.distance_m for visit in self.visits)

    @property
    def service_seconds(self) -> int:
        return sum(visit.departure_second - visit.start_second for visit in self.visits)

    @property
    def setup_seconds(self) -> int:
        return sum(visit.setup_seconds for visit in self.visits)

    @property
    def waiting_seconds(self) -> int:
        return sum(visit.waiting_seconds for visit in self.visits)

    @property
    def work_seconds(self) -> int:
        """Travel, setup and service: what `Balance` shares out."""
        return self.travel_seconds + self.setup_seconds + self.service_seconds


class Reason(Enum):
    """The constraint that keeps a stop out; `explain` has relaxed exactly this one and seen."""

    NO_ROAD = "no_road"
    NO_SKILL = "no_skill"
    BANNED = "banned"
    TOO_LARGE = "too_large"
    WINDOW = "window"
    SHIFT = "shift"
    DEPOT_HOURS = "depot_hours"
    BREAK = "break"
    RELEASE = "release"
    ROUTE_SECONDS = "route_seconds"
    ROUTE_METRES = "route_metres"
    RIDE = "ride"
    CAPACITY = "capacity"
    TOURS = "tours"
    RELOAD = "reload"
    LOCKED = "locked"  # its own lock keeps it from everybody who could serve it
    RULES = "rules"
    FLEET_FULL = "fleet_full"
    NOT_WORTH_IT = "not_worth_it"
    NOT_EXPLAINED = "not_explained"


@dataclass(frozen=True, kw_only=True)
class Unserved:
    """A stop left out. `detail` is a sentence.

    `courier` is the nearest to serving it, if one is; of a LOCKED stop whom it is locked to.
    """

    stop: StopId
    reason: Reason = Reason.NOT_EXPLAINED
    detail: str = ""
    courier: CourierId | None = None
    misses_by_seconds: int | None = None


class Because(Enum):
    """Why a lock could not be kept for a stop."""

    ABSENT = "absent"  # its courier is not there
    TOO_LATE = "too_late"  # its second, or all that was left of his day, is over
    NO_ROAD = "no_road"
    NO_SKILL = "no_skill"
    BANNED = "banned"
    TOO_LARGE = "too_large"
    OTHERS = "others"  # what was kept before it: other locks, groups, the rest of his route


@dataclass(frozen=True, kw_only=True)
class Loosened:
    """What was locked and is not as before. `left` is the level it still has; `detail` a sentence."""

    stop: StopId
    courier: CourierId
    was: LockLevel
    left: LockLevel | None
    because: Because
    detail: str


@dataclass(frozen=True, kw_only=True)
class CostParts:
    """The cost in cost units, part by part; `total` is what is minimised."""

    fixed: int = 0
    distance: int = 0
    travel_time: int = 0
    duty_time: int = 0
    unserved: int = 0
    unknown_areas: int = 0
    changes: int = 0
    balance: int = 0

    @property
    def total(self) -> int:
        return sum(getattr(self, part.name) for part in fields(self))


PLAN_FORMAT: Final = 1


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The answer to one problem, with what is needed to reproduce and to judge it.

    `lower_bound` is a proven floor of the cost where one is known; `engine` names what found it.
    `loosened` are the locks that planning again was told to loosen where they could not be kept.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    cost_parts: CostParts
    lower_bound: int | None = None
    seed: int | None = None
    budget: Budget | None = None
    engine: str = ""
    iterations: int = 0
    loosened: tuple[Loosened, ...] = ()

    @property
    def cost(self) -> int:
        return self.cost_parts.total

    @property
    def gap(self) -> float | None:
        """Share of the cost that is not proven necessary."""
        if self.lower_bound is None or self.cost == 0:
            return None
        return (self.cost - self.lower_bound) / self.cost
