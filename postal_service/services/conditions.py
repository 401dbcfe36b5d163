"""What a plan takes for granted: vehicles, bags, purses, rush hours, and who is asked for road times.

Every number here is an assumption of the office's planner, not a measurement and not law; a file of
the installation's own overrules them (`conditions_file`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from postal_service.domain.couriers import Vehicle


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


@dataclass(frozen=True, kw_only=True)
class RushHour:
    """From one second of the day to the next, in town, everything in traffic is so slow."""

    from_second: int
    to_second: int
    speed_percent: int


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
    crossing_seconds: int | None = None  # by boat to an island; none: nobody is sent across
    road_server: str = ""  # its address; "" asks nobody
    road_profile: str = "driving"
    road_cache: Path | None = None
    may_guess: bool = False  # go on by great circle where the road server is silent
    road_attempts: int = 3
    road_timeout_seconds: float = 10.0
    road_block: int = 50

    @property
    def impatient(self) -> "Conditions":
        """The same for who keeps a transaction open meanwhile: the road server is asked once, shortly."""
        return replace(self, road_attempts=1, road_timeout_seconds=3.0)


ASSUMED: Final = Conditions()
