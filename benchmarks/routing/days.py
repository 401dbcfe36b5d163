"""Courier days from a name: the same name gives the same day, on every machine.

`full-150-hoi-an` is a day of 150 stops with everything: one to four offices, deliveries,
collections, same-day pairs, desk hours, promised slots and the 15:00 cut, three shifts, lunch
breaks, permits, loads in three dimensions, motorbikes and vans, several stops at a place, optional
stops by legal slack, a second and third tour, and letters that the mail van brings at nine. The
other families leave out what some peer cannot express, so that it can be compared on its own ground:

* `breakless`: no lunch breaks; all of it can be said to PyVRP;
* `mandatory`: no further tours, no mail van, no optional stops; all of it can be said to VROOM;
* `shared`: neither breaks nor any of these; all of it can be said to every peer.

Their cost is seconds travelled plus penalties. One family holds more than a full day:

* `everything`: longest routes and rides, rush hours, locks and groups (`bound_days.py`), and two
  couriers more; only this library and OR-Tools' model know these, and its cost counts metres.

What is left out of all families: balance and calm, which are prices of the office's own.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.routing.bound_days import with_everything
from routing import (
    Break,
    Courier,
    CourierId,
    Location,
    Problem,
    Profile,
    Shipment,
    Stop,
    StopId,
    StopKind,
    TravelTable,
    Window,
)
from routing.travel import DELTA, TOWN, GeodesicTable, Terrain, geodesic_matrix

HOUR: Final = 3600
MORNING: Final = Window(opens_second=7 * HOUR + 1800, closes_second=11 * HOUR + 1800)
AFTERNOON: Final = Window(opens_second=13 * HOUR + 1800, closes_second=16 * HOUR + 1800)
# What leaves the desk after 15:00 falls due a day later.
BEFORE_THE_CUT: Final = Window(opens_second=7 * HOUR + 1800, closes_second=15 * HOUR)
SAME_DAY: Final = Window(opens_second=10 * HOUR, closes_second=16 * HOUR + 1800)
WHOLE_DAY: Final = Window(opens_second=7 * HOUR + 1800, closes_second=17 * HOUR)
LATE_SHIFT: Final = Window(opens_second=9 * HOUR + 1800, closes_second=18 * HOUR)
HALF_DAY: Final = Window(opens_second=7 * HOUR + 1800, closes_second=12 * HOUR + 1800)
LUNCH: Final = Break(
    earliest_second=11 * HOUR, latest_second=12 * HOUR + 1800, duration_seconds=HOUR
)
MAIL_VAN_SECOND: Final = 9 * HOUR + 900
RELOAD_SECONDS: Final = 600
PERMIT: Final = "sealed papers"
LOADS: Final = ("documents", "grams", "thousand dong")

# Cost units for a stop left for tomorrow, by the working days its dossier still has; 0 is today.
PENALTY_BY_SLACK_DAYS: Final = {0: None, 1: 5400, 2: 2700, 5: 900, 10: 300}
SHARE_BY_SLACK_DAYS: Final = (0.3, 0.2, 0.2, 0.15, 0.15)

# Above this the table is computed as asked, since a matrix grows with the square.
LARGEST_MATRIX: Final = 2_500
VAN_SPEED: Final = 1.2
CENTRE: Final = (15.57, 108.48)
METRES_A_DEGREE: Final = 111_195


@dataclass(frozen=True, kw_only=True)
class Family:
    """What a day may hold beside what all of them hold."""

    breaks: bool
    tours: bool
    mail_van: bool
    optional: bool
    everything: bool = False


FAMILIES: Final = {
    "full": Family(breaks=True, tours=True, mail_van=True, optional=True),
    "breakless": Family(breaks=False, tours=True, mail_van=True, optional=True),
    "mandatory": Family(breaks=True, tours=False, mail_van=False, optional=False),
    "shared": Family(breaks=False, tours=False, mail_van=False, optional=False),
    "everything": Family(breaks=True, tours=True, mail_van=True, optional=True, everything=True),
}
# What is compared unless families are named: most peers can be told these.
COMPARED: Final = tuple(name for name, family in FAMILIES.items() if not family.everything)
SEEDS: Final = {"tam-ky": 1, "hoi-an": 2, "nui-thanh": 3, "tien-phuoc": 4, "hiep-duc": 5}
SIZES: Final = (50, 150, 300, 1_000)


@dataclass(frozen=True, kw_only=True)
class DayName:
    family: str
    stops: int
    seed: str

    def __str__(self) -> str:
        return f"{self.family}-{self.stops}-{self.seed}"


def day_name(text: str) -> DayName:
    """The parts of a name.

    Raises:
        ValueError: no such family or seed, or no number of stops between them.
    """
    family, _, rest = text.partition("-")
    stops, _, seed = rest.partition("-")
    if family not in FAMILIES or not stops.isdecimal() or int(stops) < 10 or seed not in SEEDS:
        raise ValueError(f"no day is called {text}; full-150-hoi-an is one")
    return DayName(family=family, stops=int(stops), seed=seed)


def is_day(text: str) -> bool:
    return text.partition("-")[0] in FAMILIES


def courier_day(name: DayName) -> Problem:
    """The day of that name. Families differ in what they leave out, not in what they draw."""
    draw = np.random.default_rng([SEEDS[name.seed], name.stops])
    family = FAMILIES[name.family]
    offices = _offices(name.stops)
    points, terrains = _places(draw, offices, max(8, name.stops * 4 // 5))
    stops, shipments = _Calls(draw, family, offices, len(points)).drawn(name.stops)
    locations = tuple(
        Location(name=f"office {n}" if n < offices else f"place {n}", lat=float(y), lon=float(x))
        for n, (y, x) in enumerate(points)
    )
    quicker = [
        Terrain(road_factor=t.road_factor, speed_km_per_hour=t.speed_km_per_hour * VAN_SPEED)
        for t in terrains
    ]
    # Where everything must be served there are more couriers than where some may wait.
    count = -(-name.stops // 28) if family.optional else -(-name.stops // 22) + 1
    count = max(2, count) + (2 if family.everything else 0)
    problem = Problem(
        locations=locations,
        profiles=(
            Profile(name="motorbike", travel=_table(locations, terrains)),
            Profile(name="van", travel=_table(locations, quicker)),
        ),
        stops=tuple(stops),
        couriers=tuple(_courier(family, number, offices) for number in range(count)),
        shipments=tuple(shipments),
        load_names=LOADS,
    )
    # What only this family draws is drawn last, so that all else is the same day.
    return with_everything(problem, draw) if family.everything else problem


def _offices(stops: int) -> int:
    """One for a small day, four for a thousand stops, one more for every thousand further."""
    few = sum(stops > most for most in (50, 150, 300))
    return 1 + few if stops <= 1_000 else 4 + -(-(stops - 1_000) // 1_000)


def _places(
    draw: np.random.Generator, offices: int, places: int
) -> tuple[NDArray[np.float64], list[Terrain]]:
    """Offices first, some way apart; most places in their towns, a quarter in the country around."""
    side = 12_000 * max(1.0, np.sqrt(offices))
    centres: list[NDArray[np.float64]] = []
    while len(centres) < offices:
        point = draw.uniform(-side / 2, side / 2, 2)
        if all(np.hypot(*(point - other)) > 7_000 for other in centres):
            centres.append(point)
    town = draw.integers(0, offices, places)
    outside = draw.random(places) < 0.25
    spread = np.where(outside, 5_500, 1_800)[:, None]
    around = np.array(centres)[town] + draw.normal(0, 1, (places, 2)) * spread
    metres = np.vstack([np.array(centres), around])
    lat = CENTRE[0] + metres[:, 1] / METRES_A_DEGREE
    lon = CENTRE[1] + metres[:, 0] / (METRES_A_DEGREE * np.cos(np.radians(CENTRE[0])))
    terrains = [TOWN] * offices + [DELTA if far else TOWN for far in outside]
    return np.round(np.column_stack([lat, lon]), 6), terrains


def _table(locations: tuple[Location, ...], terrains: list[Terrain]) -> TravelTable:
    if len(locations) > LARGEST_MATRIX:
        return GeodesicTable(locations, tuple(terrains))
    return geodesic_matrix(locations, terrains)


@dataclass(frozen=True)
class _Calls:
    """Draws stops; a draw is made whether or not the family uses it."""

    draw: np.random.Generator
    family: Family
    offices: int
    places: int

    def drawn(self, count: int) -> tuple[list[Stop], list[Shipment]]:
        stops: list[Stop] = []
        shipments: list[Shipment] = []
        while len(stops) < count:
            kind = self.draw.random()
            if kind < 0.12 and len(stops) + 1 < count:
                pickup, dropoff = self._pair(len(stops))
                stops += [pickup, dropoff]
                shipments.append(Shipment(pickup=pickup.id, dropoff=dropoff.id))
            elif kind < 0.4:
                stops.append(self._collection(len(stops)))
            else:
                stops.append(self._delivery(len(stops)))
        return stops, shipments

    def _place(self) -> int:
        return int(self.draw.integers(self.offices, self.places))

    def _penalty(self) -> int | None:
        slack = self.draw.choice(list(PENALTY_BY_SLACK_DAYS), p=SHARE_BY_SLACK_DAYS)
        return PENALTY_BY_SLACK_DAYS[int(slack)] if self.family.optional else None

    def _skills(self) -> frozenset[str]:
        return frozenset({PERMIT}) if self.draw.random() < 0.12 else frozenset()

    def _delivery(self, number: int) -> Stop:
        """To a door: any time, in a promised slot, or when the offices of the place are open."""
        opens = int(self.draw.integers(MORNING.opens_second // 900, AFTERNOON.opens_second // 900))
        slot = Window(opens_second=900 * opens, closes_second=900 * opens + 2 * HOUR)
        choice, late, heavy = self.draw.random(3)
        windows = (MORNING, AFTERNOON) if choice < 0.2 else (slot,) if choice < 0.55 else ()
        brought = late < 0.35 and not (choice < 0.55 and opens < 44)  # a slot from eleven on
        grams = int(self.draw.integers(20, 1_500))
        skills, penalty = self._skills(), self._penalty()
        return Stop(
            id=StopId(f"s{number}"),
            location=self._place(),
            kind=StopKind.DELIVER,
            service_seconds=int(self.draw.integers(120, 600)),
            setup_seconds=int(self.draw.integers(30, 120)),
            windows=windows,
            # A box of files is too heavy for a motorbike, whoever rides it.
            loads=(int(self.draw.integers(1, 5)), 28_000 if heavy < 0.03 else grams, 0),
            skills=frozenset() if heavy < 0.03 else skills,
            release_second=MAIL_VAN_SECOND if brought and self.family.mail_van else 0,
            penalty=penalty,
        )

    def _collection(self, number: int) -> Stop:
        """From a one-stop desk, papers and fees; some must be on their way before the cut."""
        cut = self.draw.random() < 0.35
        return Stop(
            id=StopId(f"s{number}"),
            location=self._place(),
            kind=StopKind.COLLECT,
            service_seconds=int(self.draw.integers(180, 720)),
            setup_seconds=int(self.draw.integers(30, 120)),
            windows=(BEFORE_THE_CUT,) if cut else (MORNING, AFTERNOON),
            loads=(
                int(self.draw.integers(1, 6)),
                int(self.draw.integers(50, 2_500)),
                int(self.draw.integers(0, 6_000)),
            ),
            skills=self._skills(),
            penalty=self._penalty(),
        )

    def _pair(self, number: int) -> tuple[Stop, Stop]:
        """From desk to desk on the same day; the loads and the penalty stand on the first half."""
        loads = (int(self.draw.integers(1, 4)), int(self.draw.integers(20, 900)), 0)
        pickup = Stop(
            id=StopId(f"s{number}"),
            location=self._place(),
            kind=StopKind.PICKUP,
            service_seconds=int(self.draw.integers(60, 300)),
            setup_seconds=int(self.draw.integers(30, 120)),
            windows=(BEFORE_THE_CUT,),
            loads=loads,
            skills=self._skills(),
            penalty=self._penalty(),
        )
        dropoff = Stop(
            id=StopId(f"s{number + 1}"),
            location=self._place(),
            kind=StopKind.DROPOFF,
            service_seconds=int(self.draw.integers(60, 300)),
            setup_seconds=int(self.draw.integers(30, 120)),
            windows=(SAME_DAY,),
            skills=pickup.skills,
        )
        return pickup, dropoff


def _courier(family: Family, number: int, offices: int) -> Courier:
    """By turns: offices, shifts (whole day, late, half day), permits, vans, ends at another office."""
    shift = {2: LATE_SHIFT, 5: HALF_DAY}.get(number % 6, WHOLE_DAY)
    van = number % 4 == 1
    documents = 18 if family.tours else 60
    start = number % offices
    return Courier(
        id=CourierId(f"c{number}"),
        start_location=start,
        end_location=(start + 1) % offices if number % 3 == 2 else start,
        shift=shift,
        profile="van" if van else "motorbike",
        capacities=(3 * documents, 200_000, 60_000) if van else (documents, 25_000, 30_000),
        skills=frozenset({PERMIT}) if number % 2 == 0 else frozenset(),
        breaks=(LUNCH,) if family.breaks and shift != HALF_DAY else (),
        max_tours=3 if family.tours else 1,
        reload_seconds=RELOAD_SECONDS if family.tours else 0,
    )
