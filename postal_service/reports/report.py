"""All figures of a unit, its parts beside it: a dozen questions to the store, however large it has grown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import reduce
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Leg
from postal_service.domain.ids import UnitCode
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import local, short_date
from postal_service.ledger import reading
from postal_service.reports import (
    cash,
    deliveries,
    dossiers,
    held,
    legs,
    risks,
    rounds,
    subtree,
    volumes,
)
from postal_service.reports.adding import added
from postal_service.reports.cash import Cash
from postal_service.reports.deliveries import Deliveries
from postal_service.reports.dossiers import Dossiers, OfProcedure
from postal_service.reports.held import Held, Holder
from postal_service.reports.legs import Legs
from postal_service.reports.period import Period
from postal_service.reports.risks import Risks
from postal_service.reports.rounds import Rounds
from postal_service.reports.subtree import Subtree
from postal_service.reports.volumes import OfAgency, Volume
from postal_service.storage.schema import UnitRow

REPORTING = (Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Everything that adds up. `held`, `risks` and `cash` are of the moment, the rest of the period."""

    dossiers: Dossiers = field(default_factory=Dossiers)
    deliveries: Deliveries = field(default_factory=Deliveries)
    legs: Legs = field(default_factory=Legs)
    held: Held = field(default_factory=Held)
    risks: Risks = field(default_factory=Risks)
    cash: Cash = field(default_factory=Cash)
    rounds: Rounds = field(default_factory=Rounds)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A unit directly below, with everything under it; or the unit by itself."""

    unit: UnitCode
    name: str
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Report:
    """`parts` add up to `total`; those without anything to tell are left out."""

    unit: UnitCode
    name: str
    above: Sequence[tuple[UnitCode, str]]
    period: Period
    at: datetime
    total: Figures
    parts: tuple[Part, ...]
    procedures: tuple[OfProcedure, ...]
    agencies: tuple[OfAgency, ...]
    nine_in_ten_hours: Mapping[Leg, Fraction]
    holders: tuple[Holder, ...]


def make(session: Session, unit: UnitCode, period: Period, *, by: Actor, at: datetime) -> Report:
    """The report of a unit and all below it. Raises UnknownUnit for a unit that is not his to see."""
    area = subtree.within(session, unit, by=by, roles=REPORTING, day=local(at).date())
    leaves = _leaves(session, period)
    found = {
        "dossiers": dossiers.by_unit(session, area, period, at=at),
        "deliveries": deliveries.by_unit(session, area, leaves),
        "legs": legs.by_unit(session, area, leaves),
        "held": held.by_unit(session, area, at=at),
        "risks": risks.by_unit(session, area, at=at),
        "cash": cash.by_unit(session, area),
        "rounds": rounds.by_unit(session, area, period),
    }
    parts = _parts(area, found)
    return Report(
        unit=area.unit,
        name=area.name,
        above=area.above,
        period=period,
        at=at,
        total=reduce(added, (part.figures for part in parts), Figures()),
        parts=parts,
        procedures=dossiers.by_procedure(session, area, period, at=at),
        agencies=volumes.by_agency(session, area, period, leaves),
        nine_in_ten_hours=legs.nine_in_ten(session, area, leaves),
        holders=held.longest(session, area, at=at),
    )


def volume_for(
    session: Session, unit: UnitCode, agency: UnitCode, period: Period, *, by: Actor, at: datetime
) -> OfAgency:
    """What a unit and all below it did for one agency; nothing done is counted as nothing.

    Raises UnknownUnit for a unit that is not his to see, or an agency that is none.
    """
    area = subtree.within(session, unit, by=by, roles=REPORTING, day=local(at).date())
    name = session.scalar(select(UnitRow.name).filter_by(code=agency))
    if name is None:
        raise UnknownUnit(unit=agency[:40], day=short_date(local(at).date()))
    found = volumes.by_agency(session, area, period, _leaves(session, period))
    nothing = OfAgency(agency=agency, name=name, volume=Volume())
    return next((each for each in found if each.agency == agency), nothing)


def _leaves(session: Session, period: Period) -> tuple[int, int]:
    since, until = (
        reading.first_since(session, int(moment.timestamp() * 1000))
        for moment in (period.since, period.until)
    )
    return since, until


def _parts(area: Subtree, found: Mapping[str, Mapping[str, Any]]) -> tuple[Part, ...]:
    """Sum the units into the parts they lie in, in the order of the parts' names."""
    summed: dict[UnitCode, Figures] = {}
    for name, by_unit in found.items():
        for unit, counted in by_unit.items():
            part = area.part_of(unit)
            figures = Figures(**{name: counted})
            summed[part] = added(summed.get(part, Figures()), figures)
    return tuple(
        Part(unit=code, name=name, figures=summed[code])
        for code, name in ((area.unit, area.name), *area.parts.items())
        if code in summed and summed[code] != Figures()
    )
