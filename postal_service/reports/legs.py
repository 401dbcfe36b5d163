"""How long an item was on its way, from its first custody to its end, leg by leg.

Both ends are read by the ledger's clock: when it was recorded, not what a phone without a network claimed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import BigInteger, Select, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from postal_service.domain.acts import Deliver, Handover, Leg
from postal_service.domain.custody import State
from postal_service.ledger.encoding import TYPES
from postal_service.reports.adding import share
from postal_service.reports.subtree import Subtree
from postal_service.storage.schema import EntryRow, HoldingRow, ItemRow

LEGS = (Leg.IN, Leg.SUP, Leg.OUT, Leg.RET)
# Where each leg ends: the desk has the papers, the citizen the result, the agency what went back.
_ENDS = {
    Leg.IN: State.WITH_AGENCY,
    Leg.SUP: State.WITH_AGENCY,
    Leg.OUT: State.DELIVERED,
    Leg.RET: State.RETURNED,
}
_ENDING = (TYPES[Handover], TYPES[Deliver])


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Items of one leg that ended in the period, and how long all of them took together."""

    ended: int = 0
    milliseconds: int = 0

    @property
    def average_hours(self) -> Fraction | None:
        return share(self.milliseconds, self.ended * 3_600_000)


@dataclass(frozen=True, kw_only=True)
class Legs:
    """By leg: dossier in, supplement in, result out, papers back. Bags are no leg of a dossier's.

    An item is counted at its citizen's end: the office that took it in, or that delivers the result.
    """

    inward: Taken = Taken()
    supplement: Taken = Taken()
    outward: Taken = Taken()
    back: Taken = Taken()

    def of(self, leg: Leg) -> Taken:
        return {
            Leg.IN: self.inward,
            Leg.SUP: self.supplement,
            Leg.OUT: self.outward,
            Leg.RET: self.back,
        }[leg]


def by_unit(session: Session, area: Subtree, leaves: tuple[int, int]) -> Mapping[str, Legs]:
    """What ended in the leaves [first, last) of the ledger, by office."""
    ended = _ended(area, leaves).subquery()
    rows = session.execute(
        select(
            ended.c.unit,
            ended.c.leg,
            func.count().label("ended"),
            # PostgreSQL sums whole numbers to a decimal.
            cast(func.sum(ended.c.ms), BigInteger).label("ms"),
        ).group_by(ended.c.unit, ended.c.leg)
    )
    found: dict[str, dict[Leg, Taken]] = {}
    for row in rows:
        taken = Taken(ended=row.ended, milliseconds=row.ms)
        found.setdefault(row.unit, {})[Leg(row.leg)] = taken
    return {
        unit: Legs(
            inward=legs.get(Leg.IN, Taken()),
            supplement=legs.get(Leg.SUP, Taken()),
            outward=legs.get(Leg.OUT, Taken()),
            back=legs.get(Leg.RET, Taken()),
        )
        for unit, legs in found.items()
    }


def nine_in_ten(session: Session, area: Subtree, leaves: tuple[int, int]) -> Mapping[Leg, Fraction]:
    """In how many hours nine of ten items of a leg had arrived: the 90th percentile by nearest rank.

    The smallest time that at least 90 % of the items did not exceed; it is one that occurred.
    Percentiles of parts do not add up, so it is computed for the whole area only.
    """
    ended = _ended(area, leaves).subquery()
    of_leg = ended.c.leg
    ranked = select(
        of_leg,
        ended.c.ms,
        func.row_number().over(partition_by=of_leg, order_by=ended.c.ms).label("place"),
        func.count().over(partition_by=of_leg).label("many"),
    ).subquery()
    rows = session.execute(
        select(ranked.c.leg, func.min(ranked.c.ms))
        .where(ranked.c.place * 10 >= ranked.c.many * 9)
        .group_by(ranked.c.leg)
    )
    return {Leg(leg): Fraction(ms, 3_600_000) for leg, ms in rows}


def _ended(area: Subtree, leaves: tuple[int, int]) -> Select[tuple[str, str, int]]:
    first = aliased(EntryRow)
    unit = case((ItemRow.leg == Leg.OUT.value, ItemRow.destination_unit), else_=ItemRow.origin_unit)
    at_its_end = or_(
        *(
            and_(HoldingRow.leg == leg.value, HoldingRow.state == state.value)
            for leg, state in _ENDS.items()
        )
    )
    return (
        select(
            unit.label("unit"),
            HoldingRow.leg.label("leg"),
            (EntryRow.received_ms - first.received_ms).label("ms"),
        )
        .select_from(EntryRow)
        .join(
            HoldingRow,
            and_(HoldingRow.item == EntryRow.item, HoldingRow.custody_event == EntryRow.event_id),
        )
        .join(ItemRow, ItemRow.item == EntryRow.item)
        .join(first, and_(first.item == EntryRow.item, first.item_sequence == 1))
        .where(
            EntryRow.index >= leaves[0],
            EntryRow.index < leaves[1],
            EntryRow.type.in_(_ENDING),
            at_its_end,
            unit.in_(area.units),
        )
    )
