"""What a courier rides, may do, can carry and knows: facts a plan must respect, as far as somebody has told them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import Malformed

HEAVIEST_BAG_GRAMS: Final = 1_500_000  # a van's
MOST_CASH_DONG: Final = 1_000_000_000
MOST_AREAS: Final = 100


class Vehicle(StrEnum):
    MOTORBIKE = "motorbike"
    VAN = "van"
    ON_FOOT = "on_foot"


class Permit(StrEnum):
    """What some calls ask of whoever goes there."""

    MOUNTAIN_ROAD = "mountain_road"
    FERRY = "ferry"
    CASH = "cash"


class UnknownVehicle(Malformed):
    code = "courier.unknown_vehicle"


class UnknownPermit(Malformed):
    code = "courier.unknown_permit"


class BadBag(Malformed):
    code = "courier.bad_bag"


class BadCashLimit(Malformed):
    code = "courier.bad_cash_limit"


class TooManyAreas(Malformed):
    code = "courier.too_many_areas"


@dataclass(frozen=True, kw_only=True)
class CourierFacts:
    """What was told of a courier; None was not told.

    No `permits` told: nothing is known against him and he goes everywhere. No `areas`: he knows all.
    Limits that were not told are those of his vehicle. Raises BadBag, BadCashLimit, TooManyAreas.
    """

    vehicle: Vehicle = Vehicle.MOTORBIKE
    permits: frozenset[Permit] | None = None
    areas: frozenset[UnitCode] = frozenset()
    bag_grams: int | None = None
    cash_limit_dong: int | None = None

    def __post_init__(self) -> None:
        if self.bag_grams is not None and not 0 < self.bag_grams <= HEAVIEST_BAG_GRAMS:
            raise BadBag(grams=self.bag_grams, most=HEAVIEST_BAG_GRAMS)
        if self.cash_limit_dong is not None and not 0 <= self.cash_limit_dong <= MOST_CASH_DONG:
            raise BadCashLimit(dong=self.cash_limit_dong, most=MOST_CASH_DONG)
        if len(self.areas) > MOST_AREAS:
            raise TooManyAreas(count=len(self.areas), most=MOST_AREAS)

    @property
    def held_permits(self) -> frozenset[Permit]:
        return frozenset(Permit) if self.permits is None else self.permits


def vehicle(word: str) -> Vehicle:
    """Raises UnknownVehicle."""
    try:
        return Vehicle(word)
    except ValueError:
        raise UnknownVehicle(vehicle=word[:40], known=", ".join(Vehicle)) from None


def permit(word: str) -> Permit:
    """Raises UnknownPermit."""
    try:
        return Permit(word)
    except ValueError:
        raise UnknownPermit(permit=word[:40], known=", ".join(Permit)) from None
