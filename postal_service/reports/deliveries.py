"""Results that went out to citizens: how many arrived at the first attempt, and how many went back."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import ColumnElement, Integer, and_, case, cast, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from postal_service.domain.acts import Attempt, Deliver, Leg
from postal_service.domain.custody import State
from postal_service.ledger.encoding import TYPES
from postal_service.reports.adding import share
from postal_service.reports.subtree import Subtree
from postal_service.storage.schema import EntryRow, HoldingRow, ItemRow, VerdictRow

_TRIES = (TYPES[Deliver], TYPES[Attempt])


@dataclass(frozen=True, kw_only=True)
class Deliveries:
    """Results that were tried for the first time in the period, at the office that delivers them.

    The first try is the first delivery or delivery attempt that the ledger got and that counts. An
    attempt that the postal law does not count (a flood, an appointment) is none: such a result is
    told by what comes after it. One fetched at the counter before any failed attempt is delivered at the
    first attempt. (The rate: report set item 10 of the service, `docs/reports.md`.)
    """

    at_first: int = 0  # delivered, no counted attempt failed before
    later: int = 0  # delivered, after counted attempts
    failed: int = 0  # a counted attempt failed and it has not been delivered yet, or went back
    returned: int = 0  # of `failed`: at its agency again

    @property
    def tried(self) -> int:
        """The denominator."""
        return self.at_first + self.later + self.failed

    @property
    def first_attempt_share(self) -> Fraction | None:
        return share(self.at_first, self.tried)


def by_unit(session: Session, area: Subtree, leaves: tuple[int, int]) -> Mapping[str, Deliveries]:
    """First tries by delivering office; `leaves` are the ledger's [first, last) of the period."""
    earlier = aliased(EntryRow)
    tried_before = exists().where(
        earlier.item == EntryRow.item,
        earlier.item_sequence < EntryRow.item_sequence,
        earlier.type.in_(_TRIES),
        _counts(earlier.event_id),
    )
    delivered = HoldingRow.state == State.DELIVERED.value
    failed = and_(~delivered, HoldingRow.attempts > 0)
    meant = {
        "at_first": and_(delivered, HoldingRow.attempts == 0),
        "later": and_(delivered, HoldingRow.attempts > 0),
        "failed": failed,
        "returned": and_(failed, HoldingRow.state == State.RETURNED.value),
    }
    rows = session.execute(
        select(
            ItemRow.destination_unit,
            *(
                cast(func.sum(case((each, 1), else_=0)), Integer).label(name)
                for name, each in meant.items()
            ),
        )
        .select_from(EntryRow)
        .join(HoldingRow, HoldingRow.item == EntryRow.item)
        .join(ItemRow, ItemRow.item == EntryRow.item)
        .where(
            EntryRow.index >= leaves[0],
            EntryRow.index < leaves[1],
            EntryRow.type.in_(_TRIES),
            HoldingRow.leg == Leg.OUT.value,
            ItemRow.destination_unit.in_(area.units),
            _counts(EntryRow.event_id),
            ~tried_before,
        )
        .group_by(ItemRow.destination_unit)
    )
    return {
        row.destination_unit: Deliveries(**{name: getattr(row, name) for name in meant})
        for row in rows
    }


def _counts(event: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return ~exists().where(VerdictRow.event_id == event)
