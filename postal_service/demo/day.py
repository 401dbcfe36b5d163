"""What happens on the demo's day, decided before anything is done: a plan from one source of chance.

The volume is what the province reported for 2022, spread evenly over 250 working days and in the
reported proportions of its three tiers. How dossiers come in and how doors are answered nobody has
published; those shares are the demo's own assumptions and stand below with their names.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from random import Random
from typing import Final, TypeVar

from postal_service.demo import places
from postal_service.demo.people import Citizen, Registry
from postal_service.domain.ids import UnitCode
from postal_service.domain.persons import Address, Person
from postal_service.domain.wording_dates import VIETNAM
from postal_service.reference.procedures import ProcedureRow, procedures
from postal_service.reference.reported import reported_2022
from postal_service.reference.units import UnitRow

K = TypeVar("K")
DAY: Final = date(2026, 11, 23)  # a working Monday; the Tuesday after it is a day off
EVE: Final = date(2026, 11, 20)  # the working day before
WORKING_DAYS_A_YEAR: Final = 250
BY_POST: Final = 0.23  # of results, reported for the provincial centre

# Assumptions.
FROM_HOME: Final = 0.04
AT_COUNTERS: Final = 0.14
AT_ANOTHER_DESK: Final = 0.05
POSTED_ON_THE_EVE: Final = 0.04  # after the last walk to the desk, of a day's volume
MADE_LATE: Final = 0.03  # results that are ready after the post was there, of a day's volume
IN_PROCESS: Final = 0.10  # dossiers of earlier days that are looked at, of a day's volume
OVERDUE: Final = 0.2  # of those
MORNING: Final = 0.6
WEIGHTS: Final = {"town": 2.0, "delta": 1.4, "mountain": 0.7, "island": 0.3}
MIX: Final[dict[str, dict[str, int]]] = {
    "province": {"2.000200": 30, "3.000333": 30, "3.000347": 40},
    "district": {"1.013831": 60, "1.012783": 25, "1.012786": 15},
    "commune": {
        "2.000815": 26, "2.000635": 18, "2.000908": 8, "1.001193": 8, "1.000656": 4, "1.000894": 4,
        "1.004873": 7, "1.004859": 3, "1.004884": 2, "1.001612": 5, "1.013225": 4, "1.013978": 4,
        "1.001776": 4, "1.001731": 2, "2.001263": 1,
    },
}  # fmt: skip


class Way(StrEnum):
    """How a dossier comes in."""

    DESK = "desk"
    ONLINE = "online"
    ANOTHER_DESK = "another_desk"  # boundary-free: the paper is carried
    COUNTER = "counter"
    HOME = "home"


class Door(StrEnum):
    """How a door is answered, by the code of the reason where it is not."""

    CODE = "code"
    MESSAGE = "message"  # the slip is not at hand: a code by message
    CARD = "card"
    WRONG_CODE = "wrong_code"  # another dossier's slip, then a code by message
    DELEGATE = "delegate"  # whom the owner named, with a code of his own
    ABSENT = "R01"
    UNREACHABLE = "R02"
    MOVED = "R04"
    REFUSED = "R05"
    OTHER_DAY = "R06"
    WILL_COLLECT = "R07"
    PAPERS_MISSING = "R08"

    @property
    def opens(self) -> bool:
        return self in {Door.CODE, Door.MESSAGE, Door.CARD, Door.WRONG_CODE, Door.DELEGATE}


DOORS: Final = {
    Door.CODE: 70, Door.MESSAGE: 10, Door.CARD: 7, Door.WRONG_CODE: 1, Door.DELEGATE: 1,
    Door.ABSENT: 4, Door.UNREACHABLE: 2, Door.MOVED: 1, Door.WILL_COLLECT: 1, Door.OTHER_DAY: 1,
    Door.PAPERS_MISSING: 1, Door.REFUSED: 1,
}  # fmt: skip

# The first results of every day, however small: an exchange, a code by message, nobody at home, one
# that is invited to the counter, a receiver who has moved, and one that a delegate receives.
ALWAYS: Final = (
    Door.CODE, Door.MESSAGE, Door.ABSENT, Door.WILL_COLLECT, Door.MOVED, Door.DELEGATE,
)  # fmt: skip
EXCHANGE: Final = "3.000347"  # the old driving licence is taken back at the door


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One dossier: whose, about what, where and when it comes in, and what becomes of its result."""

    number: int
    tier: str
    procedure: str
    agency: UnitCode
    citizen: Citizen
    way: Way
    taken_in: UnitCode  # the desk or post office that takes it
    at: datetime
    by_post: bool = False
    door: Door = Door.CODE
    moved_to: Address | None = None  # where neighbours say that he lives now
    delegate: Person | None = None  # whom he names to receive
    overdue: bool = False

    @property
    def window(self) -> tuple[datetime, datetime]:
        """When the citizen wants to be visited."""
        morning = self.at.time() < time(12)
        hours = (time(8), time(11)) if morning else (time(13, 30), time(16))
        return _at(DAY, hours[0]), _at(DAY, hours[1])


@dataclass(frozen=True, kw_only=True)
class DayPlan:
    """Everything that will happen, each list in the order of time."""

    seed: int
    share: float
    today: tuple[Matter, ...]  # dossiers that come in on the day
    results: tuple[Matter, ...]  # of earlier days; their results go home on the day
    made_late: tuple[Matter, ...]  # results that wait at a desk for the courier
    posted_before: tuple[Matter, ...]  # at counters on the eve, for a desk on the day
    in_process: tuple[Matter, ...]

    @property
    def pickups(self) -> tuple[Matter, ...]:
        return tuple(matter for matter in self.today if matter.way is Way.HOME)


def make(seed: int, share: float) -> DayPlan:
    """The day's plan. `share` is the part of the province's real volume, above 0, at most 1."""
    if not 0 < share <= 1:
        raise ValueError(f"{share} is no share of a day")
    return _Planner(seed, share).plan()


def opening() -> datetime:
    """When the demo's clock begins: early on the working day before."""
    return _at(EVE, time(6))


def volumes(share: float) -> dict[str, int]:
    """Dossiers of a day in each tier, rounded so that their sum is the rounded whole."""
    received = reported_2022().dossiers_received
    yearly = {tier: getattr(received, tier) for tier in MIX}
    return _apportioned(yearly, sum(yearly.values()) / WORKING_DAYS_A_YEAR * share)


class _Planner:
    """Draws people and matters one after the other."""

    def __init__(self, seed: int, share: float) -> None:
        self._seed, self._share = seed, share
        self._chance = Random(f"day {seed}")  # noqa: S311 - a demo that can be repeated
        self._people = Registry(self._chance)
        self._rows = {row.code: row for row in procedures()}
        self._units = places.units()
        self._weights = [WEIGHTS[places.terrain(unit)] for unit in self._units]
        self._made = 0

    def plan(self) -> DayPlan:
        """All lists, in an order that never changes."""
        total = sum(volumes(1.0).values())
        today = self._by_post(self._ways([self._matter(tier, DAY) for tier in self._tiers()]))
        results = self._with_results(max(8, round(total * BY_POST * self._share)))
        made_late = self._with_results(max(3, round(total * MADE_LATE * self._share)))
        posted = [
            self._moved(self._matter("commune", EVE, post_in=True), Way.COUNTER)
            for _ in range(max(3, round(total * POSTED_ON_THE_EVE * self._share)))
        ]
        late = [replace(each, at=_at(EVE, _late(self._chance))) for each in posted]
        return DayPlan(
            seed=self._seed,
            share=self._share,
            today=_in_order(today),
            results=_in_order(results),
            made_late=_in_order(made_late),
            posted_before=_in_order(self._by_post(late)),
            in_process=_in_order(self._in_process()),
        )

    def _tiers(self) -> Iterator[str]:
        for tier, count in volumes(self._share).items():
            yield from (tier for _ in range(count))

    def _matter(
        self, tier: str, day: date, *, post_in: bool = False, post_out: bool = False
    ) -> Matter:
        """A dossier handed in at the desk of its own agency."""
        allowed = {
            code: weight
            for code, weight in MIX[tier].items()
            if (self._rows[code].post_in or not post_in)
            and (self._rows[code].post_out or not post_out)
        }
        (code,) = self._chance.choices(list(allowed), list(allowed.values()))
        (unit,) = self._chance.choices(self._units, self._weights)
        mountain = places.terrain(unit) == "mountain"
        agency = _agency(tier, unit)
        self._made += 1
        return Matter(
            number=self._made,
            tier=tier,
            procedure=code,
            agency=agency,
            citizen=self._people.citizen(unit, mountain=mountain),
            way=Way.DESK,
            taken_in=places.desk_for(agency),
            at=_at(day, _office_hour(self._chance)),
        )

    def _ways(self, matters: Sequence[Matter]) -> list[Matter]:
        """Which of them come in otherwise; each way has its exact share."""
        left = list(matters)
        self._chance.shuffle(left)
        online = reported_2022().received_and_resolved_online_percent
        moved: list[Matter] = []
        for tier in MIX:
            count = round(sum(m.tier == tier for m in matters) * getattr(online, tier) / 100)
            moved += self._take(left, count, Way.ONLINE, partial(_of_tier, tier))
        total = len(matters)
        moved += self._take(left, max(2, round(total * FROM_HOME)), Way.HOME, self._goes_in)
        moved += self._take(left, round(total * AT_COUNTERS), Way.COUNTER, self._goes_in)
        moved += self._take(left, round(total * AT_ANOTHER_DESK), Way.ANOTHER_DESK, _can_be_carried)
        return sorted([*left, *moved], key=lambda matter: matter.number)

    def _take(
        self, left: list[Matter], count: int, way: Way, fits: Callable[[Matter], bool]
    ) -> list[Matter]:
        chosen = [matter for matter in left if fits(matter)][:count]
        for matter in chosen:
            left.remove(matter)
        return [self._moved(matter, way) for matter in chosen]

    def _moved(self, matter: Matter, way: Way) -> Matter:
        own = places.office_in(matter.citizen.commune)
        if way in {Way.HOME, Way.COUNTER}:
            return replace(matter, way=way, taken_in=own.code)
        if way is Way.ANOTHER_DESK:
            return replace(matter, way=way, taken_in=self._other_desk(matter, own.commune))
        return replace(matter, way=way)

    def _other_desk(self, matter: Matter, home: UnitRow) -> UnitCode:
        if matter.tier != "commune":
            return places.desk(home)  # the citizen stays in his own commune
        return places.desk(self._chance.choice(self._near(home)))

    def _near(self, home: UnitRow) -> list[UnitRow]:
        district = home.former_district
        return [unit for unit in self._units if unit.former_district == district and unit != home]

    def _by_post(self, matters: Sequence[Matter]) -> list[Matter]:
        """The exact share whose result is carried home, among those it may be carried for."""
        able = [each.number for each in matters if self._row(each).post_out]
        count = min(len(able), round(len(matters) * BY_POST))
        chosen = set(self._chance.sample(able, count))
        return [replace(each, by_post=each.number in chosen) for each in matters]

    def _with_results(self, count: int) -> list[Matter]:
        tiers = _apportioned(volumes(1.0), count)
        made = [
            self._matter(tier, EVE, post_out=True) for tier in tiers for _ in range(tiers[tier])
        ]
        made[0] = replace(made[0], procedure=EXCHANGE)  # of the first tier, the province's
        first = ALWAYS[:count]
        doors = _apportioned(DOORS, count - len(first))
        answers = [door for door in doors for _ in range(doors[door])]
        self._chance.shuffle(answers)
        answers = [*first, *answers]
        return [
            self._answered(replace(matter, at=self._handed_in(matter), by_post=True), door)
            for matter, door in zip(made, answers, strict=True)
        ]

    def _answered(self, matter: Matter, door: Door) -> Matter:
        """Who has moved or named somebody is reached on the day, and gives no old paper back."""
        if door not in {Door.MOVED, Door.DELEGATE}:
            return replace(matter, door=door)
        while self._row(matter).collects or _is_far(matter):
            matter = self._matter(matter.tier, EVE, post_out=True)
        matter = replace(matter, at=self._handed_in(matter), by_post=True, door=door)
        home = places.office_in(matter.citizen.commune).commune
        if door is Door.DELEGATE:
            return replace(matter, delegate=self._people.citizen(home, mountain=False).person)
        there = self._chance.choice(self._near(home))
        text = self._people.address(there)
        return replace(matter, moved_to=Address(text=text, unit=UnitCode(there.gso_code)))

    def _in_process(self) -> list[Matter]:
        total = max(5, round(sum(volumes(self._share).values()) * IN_PROCESS))
        made = []
        for number, tier in enumerate(self._long_tiers(total)):
            matter = self._matter(tier, EVE)
            while self._row(matter).time < 3:  # a same-day matter is not in process for days
                matter = replace(matter, procedure=self._chance.choice(list(MIX[tier])))
            overdue = number < total * OVERDUE
            days = _days_of(self._row(matter)) + (self._chance.randint(1, 4) if overdue else -1)
            at = _at(_before(EVE, days), matter.at.time())
            made.append(replace(matter, at=at, overdue=overdue))
        return made

    def _long_tiers(self, total: int) -> Iterator[str]:
        # What is late is, as reported, mostly land matters of the district tier.
        tiers = _apportioned({"district": 5, "province": 1, "commune": 3}, total)
        for tier, count in tiers.items():
            yield from (tier for _ in range(count))

    def _handed_in(self, matter: Matter) -> datetime:
        """So long ago that the result was due by now."""
        back = max(1, _days_of(self._row(matter)) - self._chance.randint(0, 1))
        return _at(_before(EVE, back), matter.at.time())

    def _goes_in(self, matter: Matter) -> bool:
        return self._row(matter).post_in

    def _row(self, matter: Matter) -> ProcedureRow:
        return self._rows[matter.procedure]


def _of_tier(tier: str, matter: Matter) -> bool:
    return matter.tier == tier


def _is_far(matter: Matter) -> bool:
    """Where no road goes, or a phone has no network before the evening."""
    office = places.office_in(matter.citizen.commune)
    return office.offline or places.terrain(office.commune) == "island"


def _can_be_carried(matter: Matter) -> bool:
    return matter.tier != "commune" or matter.procedure not in {"1.000894", "2.000815"}


def _agency(tier: str, unit: UnitRow) -> UnitCode:
    if tier == "province":
        return places.POLICE
    if tier == "district":
        return places.branch(unit.former_district)
    return places.agency(unit)


def _apportioned(weights: Mapping[K, int], total: float) -> dict[K, int]:
    """Whole numbers in these proportions whose sum is the rounded total: largest remainders."""
    whole = sum(weights.values())
    exact = {key: weight * total / whole for key, weight in weights.items()}
    found = {key: int(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: found[key] - exact[key])
    for key in by_remainder[: round(total) - sum(found.values())]:
        found[key] += 1
    return found


def _in_order(matters: Iterable[Matter]) -> tuple[Matter, ...]:
    return tuple(sorted(matters, key=lambda matter: (matter.at, matter.number)))


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=VIETNAM)


def _office_hour(chance: Random) -> time:
    morning = chance.random() < MORNING
    minute = chance.randint(7 * 60 + 35, 11 * 60 + 20) if morning else chance.randint(815, 1005)
    return time(minute // 60, minute % 60)


def _late(chance: Random) -> time:
    return time(16, chance.randint(5, 25))


def _days_of(row: ProcedureRow) -> int:
    """Working days that a procedure takes, roughly; enough to place its reception."""
    days = row.time * 5 // 7 if row.unit == "calendar_day" else row.time
    return min(days, 20)


def _before(day: date, working_days: int) -> date:
    while working_days > 0:
        day -= timedelta(days=1)
        working_days -= day.weekday() < 5
    return day
