"""A promised visit is moved to another day or called off, with a reason: the dossier's steps keep what was promised before.

What a courier has fetched nevertheless was fetched: his phone's acceptance counts, whatever was
called off meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import administrative as rules
from postal_service.domain.actors import Actor
from postal_service.domain.administrative import StepKind
from postal_service.domain.ids import DossierId, UnitCode
from postal_service.domain.persons import PersonRole
from postal_service.domain.refusals import RuleBroken, told_together
from postal_service.domain.standing import Administrative
from postal_service.domain.wording_dates import local, short_window
from postal_service.services import collecting, dossiers, persons
from postal_service.services.collecting import ASKING, CALLED_OFF, REGISTERED, Visit
from postal_service.services.steps import take_step
from postal_service.services.vault import Vault
from postal_service.storage.schema import DossierRow, PickupRow

LISTED: Final = 200


class NoVisit(RuleBroken):
    """No courier is to come: nobody asked for it, or the dossier was fetched or withdrawn."""

    code = "collecting.no_visit"


class CalledOffAlready(RuleBroken):
    code = "collecting.called_off_already"


@dataclass(frozen=True, kw_only=True)
class Promised:
    """A visit that a courier of this office is to make; `missed` when its time has passed."""

    dossier: DossierId
    code: str
    opens_at: datetime
    closes_at: datetime
    missed: bool


def promised(session: Session, *, by: Actor, at: datetime) -> tuple[Promised, ...]:
    """The open visits of the actor's office, the earliest first, which are the missed ones. Raises RoleNeeded."""
    by.need(*ASKING)
    rows = session.execute(
        select(PickupRow, DossierRow.code)
        .join(DossierRow, DossierRow.id == PickupRow.dossier)
        .where(PickupRow.office == by.unit, PickupRow.state == REGISTERED)
        .order_by(PickupRow.opens_at, PickupRow.dossier)
        .limit(LISTED)
    )
    return tuple(
        Promised(
            dossier=DossierId(row.dossier),
            code=code,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            missed=row.closes_at < at,
        )
        for row, code in rows
    )


def move(
    session: Session,
    vault: Vault,
    dossier: DossierId,
    *,
    opens_at: datetime,
    closes_at: datetime,
    why: str,
    by: Actor,
    at: datetime,
) -> Visit:
    """Promise another time, also after a visit that was missed or called off.

    Raises UnknownDossier, RoleNeeded or NoVisit; then at once ReasonNeeded or ReasonTellsNumbers, and
    NoAddressToCollect or what `collecting.office_for` raises. All stays as it was.
    """
    found, row = _open_visit(session, dossier, by=by)
    with told_together() as judging:
        with judging:
            reason = rules.read_reason(why)
        with judging:
            commune = _where(session, vault, dossier)
            office = collecting.office_for(session, commune, opens_at, closes_at, at=at)
    before = short_window(row.opens_at, row.closes_at)
    take_step(
        session,
        found,
        StepKind.VISIT_MOVED,
        why=f"{before} → {short_window(opens_at, closes_at)}: {reason}",
        by=by,
        at=at,
    )
    row.office, row.day = office, local(opens_at).date()
    row.opens_at, row.closes_at, row.state = opens_at, closes_at, REGISTERED
    session.flush()
    return Visit(office=office, opens_at=opens_at, closes_at=closes_at)


def call_off(session: Session, dossier: DossierId, *, why: str, by: Actor, at: datetime) -> None:
    """No courier comes any more. The dossier stays requested: another time can be promised, or it is withdrawn.

    Raises UnknownDossier, RoleNeeded, NoVisit, CalledOffAlready, ReasonNeeded or ReasonTellsNumbers;
    then all stays as it was.
    """
    found, row = _open_visit(session, dossier, by=by)
    reason = rules.read_reason(why)
    if row.state == CALLED_OFF:
        raise CalledOffAlready
    take_step(
        session,
        found,
        StepKind.VISIT_CALLED_OFF,
        why=f"{short_window(row.opens_at, row.closes_at)}: {reason}",
        by=by,
        at=at,
    )
    row.state = CALLED_OFF
    session.flush()


def _open_visit(session: Session, dossier: DossierId, *, by: Actor) -> tuple[DossierRow, PickupRow]:
    """A dossier that nobody has fetched, its row locked, and its visit."""
    dossiers.visible(session, dossier, by=by)
    by.need(*ASKING)
    found = dossiers.row_of(session, dossier)
    row = session.get(PickupRow, dossier, populate_existing=True)
    if row is None or Administrative(found.administrative) is not Administrative.REQUESTED:
        raise NoVisit
    return found, row


def _where(session: Session, vault: Vault, dossier: DossierId) -> UnitCode:
    """The commune of the door; it is compared and not shown, so nobody has looked at a home."""
    home = persons.homes(session, vault, [dossier], PersonRole.SUBMITTER).get(dossier)
    if home is None:
        raise collecting.NoAddressToCollect
    return UnitCode(home.unit)
