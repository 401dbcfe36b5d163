"""What planning answers, in the post's own words: rounds of calls, what is left and why, what is broken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from postal_service.domain.ids import StaffId
from postal_service.services.conditions import Roads
from postal_service.services.orders import is_second_half


class Lock(StrEnum):
    """How much of a stop a manager has fixed; up to TIME each includes the ones before it.

    ROUTE is of a whole round: these calls in this order and nothing beside them, at any time.
    """

    NONE = "none"
    COURIER = "courier"
    ORDER = "order"
    TIME = "time"
    ROUTE = "route"


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
    """What a plan made by hand breaks: kind, whose, where, and by how much.

    The amount is in seconds or metres, or in what `load` says: documents, grams or dong.
    """

    kind: str
    courier: StaffId | None
    order: str | None
    amount: int | None
    load: str = ""


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
    longest: int | None = None  # seconds on duty of who has most; none in plans of before 0027


@dataclass(frozen=True, kw_only=True)
class MoreWouldBring:
    """How many places more would be called at with one courier more like `like`.

    None: with one hour more for everybody and for the post office.
    """

    like: StaffId | None
    calls: int


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
    current: Baseline | None = None  # going on in the order that was decided before
    more: tuple[MoreWouldBring, ...] = ()  # as far as there was time, where places are left

    @property
    def unserved(self) -> "tuple[Left, ...]":
        """The places that nobody calls at."""
        return unserved(self.left)

    @property
    def sequences(self) -> "Sequences":
        return {each.courier: each.stops for each in self.rounds}


@dataclass(frozen=True, kw_only=True)
class NewTime:
    """A call that its courier comes to earlier or later than before. Seconds after midnight."""

    order: str
    courier: StaffId
    before: int
    now: int


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a change by hand would do to a plan as it would be driven now; nothing is saved.

    `worth` is all that the change costs or saves, told in seconds on the road: the road itself, work
    that is shared out unfairly, communes a courier does not know, and calls left out. It is None where
    a call that must be made is left out or comes back in, which has no price.

    `added` is what the plan did not break before, or broke by less.
    """

    metres: int
    seconds: int
    worth: int | None
    left: int
    faults: tuple[Fault, ...]
    added: tuple[Fault, ...]
    new_times: tuple[NewTime, ...]


@dataclass(frozen=True, kw_only=True)
class PlaceInRound:
    """A place in a courier's round: on which tour, after which call (None: first), and what it costs there.

    `is_alone`: the tour is for this call, or its pair, only. `worth` is what the round costs more with the call, in seconds on the road as in `Tried`.
    """

    courier: StaffId
    tour: int
    after: str | None
    is_alone: bool
    worth: int


@dataclass(frozen=True, kw_only=True)
class WhyHere:
    """Why a call is where it is: what it costs there, and the cheapest place with everybody.

    All other calls stay where they are. `is_sound`: its courier's round breaks nothing. `cheapest` has
    one place a courier where nothing is broken, the cheapest first, his own round's among them; `nowhere` are
    those in whose round there is none. `in_hand` is who has the things already, so that nobody else
    comes into question. `is_pair`: told of the call and the other half of its pair together.
    """

    here: PlaceInRound
    is_sound: bool
    locked: Lock
    in_hand: StaffId
    is_pair: bool
    cheapest: tuple[PlaceInRound, ...]
    nowhere: tuple[StaffId, ...]


def unserved(left: Iterable[Left]) -> tuple[Left, ...]:
    """What is left without the ways on to a desk: those dossiers are fetched."""
    return tuple(each for each in left if not each.is_second_half)


# The calls of each courier in order, as far as they are decided already.
Sequences = Mapping[StaffId, tuple[PlannedStop, ...]]
