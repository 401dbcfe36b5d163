"""What a plan takes for granted: vehicles, bags, purses, rush hours, and who is asked for road times.

Every number here is an assumption of the office's planner, not a measurement and not law; a file of
the installation's own overrules them (`conditions_file`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

from postal_service.domain.attempts import STANDARD, DeliveryPolicy
from postal_service.domain.couriers import Vehicle
from postal_service.domain.ids import UnitCode


class Roads(StrEnum):
    """Whose road times a plan was made with."""

    GREAT_CIRCLE = "great_circle"  # no road server is named
    ROAD_SERVER = "road_server"
    GUESSED = "guessed"  # the road server was silent, and it is allowed to go on without it


@dataclass(frozen=True, kw_only=True)
class Riding:
    """A vehicle. `speed_percent` is of the table's speed, which is a motorbike's or the server's."""

    speed_percent: int
    bag_documents: int
    bag_grams: int
    cash_limit_dong: int
    longest_metres: int
    longest_seconds: int | None = None  # none: the shift alone limits it
    is_in_traffic: bool = True  # rush hours slow it down
    tours: int = 2  # so often at most a courier leaves the office in a day: morning and afternoon
    reload_seconds: int = 900  # at the office between two: hand in, count, take over, sign


@dataclass(frozen=True, kw_only=True)
class RushHour:
    """From one second of the day to the next, in town, everything in traffic is so slow."""

    from_second: int
    to_second: int
    speed_percent: int


@dataclass(frozen=True, kw_only=True)
class Closure:
    """What is cut off from one day to another, both included, and why, in the words people read.

    Nobody rides between the communes `areas` and those in `towards` (none: all others), and with
    `inside` not within them either; with `detour_seconds` it takes so long instead. `desks` are shut.
    """

    name: str
    first_day: date
    last_day: date
    areas: frozenset[UnitCode] = frozenset()
    towards: frozenset[UnitCode] = frozenset()
    inside: bool = False
    detour_seconds: int | None = None
    detour_metres: int = 0
    desks: frozenset[UnitCode] = frozenset()

    def holds_on(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def cuts(self, one: str, other: str) -> bool:
        """Whether nobody rides from one commune to the other."""
        if self.detour_seconds is not None:
            return False
        return self._parts(one, other) or self._parts(other, one)

    def _parts(self, one: str, other: str) -> bool:
        if one not in self.areas:
            return False
        if other in self.areas:
            return self.inside
        return not self.towards or other in self.towards


CASH_LIMIT_DONG: Final = 20_000_000
RIDING: Final[Mapping[Vehicle, Riding]] = {
    # One lockable bag of 30 kg.
    Vehicle.MOTORBIKE: Riding(
        speed_percent=100, bag_documents=300, bag_grams=30_000,
        cash_limit_dong=CASH_LIMIT_DONG, longest_metres=150_000,
    ),
    Vehicle.VAN: Riding(
        speed_percent=90, bag_documents=10_000, bag_grams=500_000,
        cash_limit_dong=CASH_LIMIT_DONG, longest_metres=250_000,
    ),
    Vehicle.ON_FOOT: Riding(
        speed_percent=20, bag_documents=80, bag_grams=8_000,
        cash_limit_dong=CASH_LIMIT_DONG, longest_metres=12_000, is_in_traffic=False,
    ),
}  # fmt: skip
RUSH_HOURS: Final = (
    RushHour(from_second=25_200, to_second=28_800, speed_percent=75),  # 07:00-08:00
    RushHour(from_second=59_400, to_second=64_800, speed_percent=70),  # 16:30-18:00
)


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """Everything a plan assumes; may be sent to another process."""

    riding: Mapping[Vehicle, Riding] = field(default_factory=lambda: RIDING)
    rush_hours: tuple[RushHour, ...] = RUSH_HOURS
    envelope_grams: int = 30
    paper_grams: int = 10  # each paper of a dossier, about two sheets
    unknown_area_seconds: int = 300  # of travel, for a call where the courier does not know his way
    van_arrives: Mapping[UnitCode, int] = field(default_factory=dict)  # by office, second of a day
    closures: tuple[Closure, ...] = ()
    crossing_seconds: int | None = None  # by boat to an island; none: nobody is sent across
    road_server: str = ""  # its address; "" asks nobody
    road_profile: str = "driving"
    road_cache: Path | None = None
    delivery: DeliveryPolicy = STANDARD  # when a failed delivery is tried again
    may_guess: bool = False  # go on by great circle where the road server is silent
    road_attempts: int = 3
    road_timeout_seconds: float = 10.0
    # For a day's whole table, beside what is spent on searching: an office's day is some dozen blocks
    # of a fraction of a second each, and whoever asked for rounds waits meanwhile.
    road_table_seconds: float = 60.0
    road_block: int = 50

    @property
    def impatient(self) -> "Conditions":
        """The same for who keeps a transaction open meanwhile: the road server is asked once, shortly."""
        return replace(
            self,
            road_attempts=1,
            road_timeout_seconds=3.0,
            road_table_seconds=min(5.0, self.road_table_seconds),
        )


ASSUMED: Final = Conditions()
