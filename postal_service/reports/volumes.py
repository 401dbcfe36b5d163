"""What the post did for each agency in a period: received, digitised, carried, delivered. The agency pays by it.

Counted for the agency that settles the dossier, where the unit asked about, or one below it, did the work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import BigInteger, Select, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from postal_service.domain.acts import Deliver, Handover, Leg
from postal_service.domain.custody import State
from postal_service.domain.ids import UnitCode
from postal_service.domain.standing import Channel
from postal_service.ledger.encoding import TYPES
from postal_service.reports.period import Period
from postal_service.reports.subtree import Subtree
from postal_service.storage.schema import (
    DossierRow,
    EntryRow,
    HoldingRow,
    ItemRow,
    ScanRow,
    UnitRow,
)

MOST_AGENCIES = 1_000
_ACCEPTED, _RESULT = "accepted", 0  # a scan's state, and the position that is the result


@dataclass(frozen=True, kw_only=True)
class Volume:
    """Pieces of work in a period. An item counts once, when its way ended, by the ledger's clock."""

    received: int = 0  # dossiers legally received, taken in by a unit of the area
    received_by_post: int = 0  # of these: filed by post, or taken in by a post office or courier
    inputs_digitised: int = 0  # papers of which a second person first accepted a scan in the period
    results_digitised: int = 0
    pages: int = 0  # of every scan accepted in the period, of both
    dossiers_carried: int = 0  # sealed dossiers that reached the agency
    supplements_carried: int = 0
    results_delivered: int = 0  # to the citizen
    results_home: int = 0  # of these: of dossiers whose result was ordered home
    returned: int = 0  # papers and results that went back to the agency

    @property
    def anything(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True, kw_only=True)
class OfAgency:
    agency: UnitCode
    name: str
    volume: Volume


def by_agency(
    session: Session, area: Subtree, period: Period, leaves: tuple[int, int]
) -> tuple[OfAgency, ...]:
    """The agencies for which anything was done, by name; `leaves` are the ledger's of the period."""
    counted: dict[str, dict[str, int]] = {}
    for question in (_received(area, period), _digitised(area, period), _carried(area, leaves)):
        for row in session.execute(question).mappings():
            _add(counted, row)
    rows = session.execute(
        select(UnitRow.code, UnitRow.name)
        .where(UnitRow.code.in_(counted))
        .order_by(UnitRow.search_name, UnitRow.code)
        .limit(MOST_AGENCIES)
    )
    found = [
        OfAgency(agency=UnitCode(code), name=name, volume=Volume(**counted[code]))
        for code, name in rows
    ]
    return tuple(each for each in found if each.volume.anything)


_TAKEN_IN = func.coalesce(DossierRow.helped_unit, DossierRow.received_unit)


def _add(counted: dict[str, dict[str, int]], row: Mapping[Any, Any]) -> None:
    of = counted.setdefault(row["agency"], {})
    for name, number in row.items():
        if name != "agency":
            of[name] = of.get(name, 0) + (number or 0)


def _received(area: Subtree, period: Period) -> Select[Any]:
    by_post = or_(DossierRow.channel == Channel.POST.value, DossierRow.helped_unit.is_not(None))
    return (
        select(
            DossierRow.competent_unit.label("agency"),
            func.count().label("received"),
            _how_many(by_post).label("received_by_post"),
        )
        .where(
            DossierRow.received_at >= period.since,
            DossierRow.received_at < period.until,
            _TAKEN_IN.in_(area.units),
        )
        .group_by(DossierRow.competent_unit)
    )


def _digitised(area: Subtree, period: Period) -> Select[Any]:
    is_result = ScanRow.position == _RESULT
    earlier = aliased(ScanRow)
    # A paper that is scanned once more is no second paper.
    is_first = (
        ~select(earlier.id)
        .where(
            earlier.dossier == ScanRow.dossier,
            earlier.position == ScanRow.position,
            earlier.state == _ACCEPTED,
            or_(
                earlier.checked_at < ScanRow.checked_at,
                and_(earlier.checked_at == ScanRow.checked_at, earlier.id < ScanRow.id),
            ),
        )
        .exists()
    )
    return (
        select(
            DossierRow.competent_unit.label("agency"),
            _how_many(and_(~is_result, is_first)).label("inputs_digitised"),
            _how_many(and_(is_result, is_first)).label("results_digitised"),
            cast(func.sum(ScanRow.pages), BigInteger).label("pages"),
        )
        .join(DossierRow, DossierRow.id == ScanRow.dossier)
        .where(
            ScanRow.state == _ACCEPTED,
            ScanRow.checked_at >= period.since,
            ScanRow.checked_at < period.until,
            _TAKEN_IN.in_(area.units),
        )
        .group_by(DossierRow.competent_unit)
    )


def _carried(area: Subtree, leaves: tuple[int, int]) -> Select[Any]:
    """Items whose last custody is a leaf of the period, at the office at their citizen's end."""
    office = case(
        (ItemRow.leg == Leg.OUT.value, ItemRow.destination_unit), else_=ItemRow.origin_unit
    )
    ends: Sequence[tuple[str, Any]] = (
        ("dossiers_carried", _ended(State.WITH_AGENCY, Leg.IN)),
        ("supplements_carried", _ended(State.WITH_AGENCY, Leg.SUP)),
        ("results_delivered", _ended(State.DELIVERED, Leg.OUT)),
        ("results_home", and_(_ended(State.DELIVERED, Leg.OUT), DossierRow.result_by_post)),
        ("returned", HoldingRow.state == State.RETURNED.value),
    )
    return (
        select(
            DossierRow.competent_unit.label("agency"),
            *(_how_many(meant).label(name) for name, meant in ends),
        )
        .select_from(EntryRow)
        .join(
            HoldingRow,
            and_(HoldingRow.item == EntryRow.item, HoldingRow.custody_event == EntryRow.event_id),
        )
        .join(ItemRow, ItemRow.item == EntryRow.item)
        .join(DossierRow, DossierRow.id == ItemRow.dossier)
        .where(
            EntryRow.index >= leaves[0],
            EntryRow.index < leaves[1],
            EntryRow.type.in_((TYPES[Handover], TYPES[Deliver])),
            or_(*(meant for _, meant in ends)),
            office.in_(area.units),
        )
        .group_by(DossierRow.competent_unit)
    )


def _ended(state: State, leg: Leg) -> Any:  # noqa: ANN401 - a condition of the database
    return and_(HoldingRow.state == state.value, HoldingRow.leg == leg.value)


def _how_many(meant: Any) -> Any:  # noqa: ANN401
    return cast(func.sum(case((meant, 1), else_=0)), BigInteger)
