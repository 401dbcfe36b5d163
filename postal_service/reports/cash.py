"""Cash that was taken from citizens and has not been handed in yet, by the line it belongs to. Lines are never netted."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import BigInteger, cast, exists, func, select
from sqlalchemy.orm import Session, aliased

from postal_service.domain.money import Line, Means, PaymentState
from postal_service.reports.subtree import Subtree
from postal_service.storage.schema import MoneyRow


@dataclass(frozen=True, kw_only=True)
class Cash:
    """Outstanding cash now, at the unit whose staff took it."""

    charges: int = 0
    state_fee_dong: int = 0
    postage_dong: int = 0
    collected_for_others_dong: int = 0

    def of(self, line: Line) -> int:
        return {
            Line.STATE_FEE: self.state_fee_dong,
            Line.POSTAGE: self.postage_dong,
            Line.COLLECTED_FOR_OTHERS: self.collected_for_others_dong,
        }[line]


def by_unit(session: Session, area: Subtree) -> Mapping[str, Cash]:
    """A charge is outstanding while its newest entry says: paid, in cash (`services/charges.py`)."""
    later = aliased(MoneyRow)
    rows = session.execute(
        select(
            MoneyRow.unit,
            MoneyRow.line,
            func.count().label("charges"),
            cast(func.sum(MoneyRow.amount_dong), BigInteger).label("dong"),
        )
        .where(
            MoneyRow.unit.in_(area.units),
            MoneyRow.state == PaymentState.PAID.value,
            MoneyRow.method == Means.CASH.value,
            ~exists().where(later.charge == MoneyRow.charge, later.id > MoneyRow.id),
        )
        .group_by(MoneyRow.unit, MoneyRow.line)
    )
    found: dict[str, dict[Line, tuple[int, int]]] = {}
    for row in rows:
        found.setdefault(row.unit, {})[Line(row.line)] = (row.charges, row.dong)
    return {
        unit: Cash(
            charges=sum(charges for charges, _ in lines.values()),
            state_fee_dong=lines.get(Line.STATE_FEE, (0, 0))[1],
            postage_dong=lines.get(Line.POSTAGE, (0, 0))[1],
            collected_for_others_dong=lines.get(Line.COLLECTED_FOR_OTHERS, (0, 0))[1],
        )
        for unit, lines in found.items()
    }
