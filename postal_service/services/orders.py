"""An order is one call at one place on one day: what is handed over there, when, and how much it matters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from hashlib import sha256
from typing import Final

from postal_service.domain.ids import DossierId, StaffId, UnitCode
from postal_service.domain.wording_dates import VIETNAM
from postal_service.ledger.encoding import canonical
from postal_service.storage.schema import UnitRow

SAME_DAY_CUT: Final = time(15)

Seconds = tuple[int, int]  # after local midnight, both ends belong to it


class Kind(StrEnum):
    DELIVER = "deliver"
    COLLECT = "collect"
    BRING = "bring"  # to a desk, on the tour on which it was collected


class Thing(StrEnum):
    """What an order's reference names."""

    ITEM = "item"
    PICKUP = "pickup"  # a dossier that is fetched at home


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A point to drive to. `area` is the commune; `exact` false: its middle stands for a home."""

    lat: float
    lon: float
    terrain: str
    area: str
    exact: bool = True

    def __repr__(self) -> str:
        return f"Spot(area={self.area!r}, …)"  # a home must not reach a log


@dataclass(frozen=True, kw_only=True)
class Reference:
    reference: str
    kind: Thing


@dataclass(frozen=True, kw_only=True)
class Order:
    """One call. Seconds are of the day, penalties seconds of travel.

    `slack_days` are the working days left to the date that was promised, `bound_to` who has the
    items in hand or on offer already. `papers` lie in its envelopes; `cash_dong` is taken there. Without a spot, or at a desk without a window, nobody can go.

    `there_from` is when the van brings the items to the office. A BRING is the second half of the
    COLLECT of its dossier: same courier, same tour, afterwards.
    """

    kind: Kind
    unit: UnitCode | None
    dossier: DossierId | None
    references: tuple[Reference, ...]
    spot: Spot | None
    service_seconds: int
    setup_seconds: int = 0
    windows: tuple[Seconds, ...] = ()
    penalty_seconds: int
    slack_days: int | None = None
    bound_to: StaffId = StaffId("")
    papers: int = 0
    cash_dong: int = 0
    there_from: int = 0

    @property
    def key(self) -> str:
        """Names the call within its day, whatever is handed over there."""
        named = called(self.kind, self.unit, self.dossier)
        return f"{named}@{self.bound_to}" if self.bound_to else named

    @property
    def is_closed(self) -> bool:
        return self.unit is not None and not self.windows


def called(kind: str, unit: str | None, dossier: str | None) -> str:
    """A call's name without whoever it is bound to."""
    place = dossier if kind == Kind.BRING else unit or dossier
    return f"{Kind(kind).value}:{place}"


def other_half(order: str) -> str:
    """The name of the other half of a pair, if this call is one of a pair."""
    kind, _, dossier = order.partition("@")[0].partition(":")
    return called(Kind.COLLECT if kind == Kind.BRING else Kind.BRING, None, dossier)


def is_second_half(order: str) -> bool:
    """Whether the call of this name is the way on to a desk of what was collected before."""
    return order.startswith(f"{Kind.BRING.value}:")


def fingerprint(orders: Iterable[Order]) -> str:
    """The same for the same calls with the same things."""
    told = sorted(
        [order.key.partition("@")[0], reference.kind.value, reference.reference]
        for order in orders
        for reference in order.references
    )
    return sha256(canonical(told)).hexdigest()


def spot_of(row: UnitRow, *, area: str) -> Spot | None:
    """Where a unit of the commune `area` is; None where nobody has entered it."""
    if row.lat is None or row.lon is None:
        return None
    return Spot(lat=row.lat, lon=row.lon, terrain=row.terrain, area=area)


def second_of(moment: datetime) -> int:
    """Seconds after midnight in Vietnam."""
    return second_of_clock(moment.astimezone(VIETNAM).time())


def second_of_clock(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
