"""Erase the people of a dossier that is over. The ledger stays whole: it never knew them.

Key, fields, indexes, salts, scans, messages and the PIN's hash are deleted, and every photo that no
other dossier's event names; an `erase` event says so. The same transaction asks for a job that
overwrites what was deleted, so that no byte is left in the database's files though a server dies
in between. It is a job since PostgreSQL rewrites whole tables, and SQLite waits for its readers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.actors import Actor, Role, RoleNeeded
from postal_service.domain.custody import State
from postal_service.domain.ids import DossierId, EventId, ItemId, StaffId, UnitCode
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.standing import GIVEN_OUT, Administrative
from postal_service.ledger import reading
from postal_service.projections import holdings
from postal_service.services import dossiers, evidence, jobs, persons, places
from postal_service.services.job_runner import Context
from postal_service.services.jobs import Job, UnknownJob
from postal_service.services.office_events import OfficeKeys, office_device, registry
from postal_service.services.persons import DossierErased, Purpose
from postal_service.storage.engine import StillReadError, forget_deleted
from postal_service.storage.schema import (
    AccessRow,
    CommitmentRow,
    DelegationRow,
    DossierKeyRow,
    EvidenceUseRow,
    JobRow,
    MessageCodeRow,
    OutboxRow,
    ParticularsRow,
    PersonRow,
    ScanRow,
)

OVERWRITE = "overwrite-erased"
PAUSE_SECONDS = 5.0  # for those who queued behind a try
ERASING = (Role.ADMINISTRATOR,)
TABLES = (
    "person",
    "dossier_key",
    "commitment",
    "scan",
    "particulars_correction",
    "delegation",
    "evidence",
    "message_code",
    "outbox",
    "dossier",
)
_LOGGED = "erased "  # before the event's id in the access log
OVER = GIVEN_OUT | {
    Administrative.REFUSED,
    Administrative.DISCONTINUED,
    Administrative.WITHDRAWN,
}


class NotOver(RuleBroken):
    """Somebody still needs to know whose dossier this is."""

    code = "erasing.not_over"


class EraseReason(StrEnum):
    """Why; a closed list, since the event stays for ever."""

    RETENTION_OVER = "retention_over"
    CITIZEN_ASKED = "citizen_asked"
    ENTERED_BY_MISTAKE = "entered_by_mistake"


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What the ledger says of an erasing."""

    dossier: DossierId
    event: EventId
    reason: EraseReason
    by: StaffId
    unit: UnitCode
    at: datetime


def erasable(session: Session, dossier: DossierId, *, by: Actor) -> dossiers.Dossier:
    """A dossier whose people `by` may erase now; raises like `erase`."""
    by.need(*ERASING)
    found = dossiers.visible(session, dossier, by=by)
    # He may see it in another role, from another part of the organisation.
    own = filter(None, (found.helped_unit, found.received_unit, found.competent_unit))
    if not any(by.may(*ERASING, path=places.path_of(session, unit)) for unit in own):
        raise RoleNeeded(roles=", ".join(ERASING), unit=found.received_unit)
    if found.erased_at is not None:
        raise DossierErased(dossier=dossier)
    _refuse_unless_over(session, found, [each.item for each in dossiers.items_of(session, dossier)])
    return found


def erase(
    session: Session,
    keys: OfficeKeys,
    dossier: DossierId,
    *,
    reason: EraseReason,
    by: Actor,
    at: datetime,
) -> Erased:
    """Erase everything personal of a dossier, log it, and ask for the overwriting.

    Raises RoleNeeded (administrator over it), UnknownDossier, DossierErased when it was done before,
    or NotOver while the agency decides or an item of it is on its way.
    """
    by.need(*ERASING)
    row = dossiers.row_of(session, dossier)  # of two who erase at once, one comes second
    erasable(session, dossier, by=by)
    items = [each.item for each in dossiers.items_of(session, dossier)]
    session.execute(delete(PersonRow).where(PersonRow.dossier == dossier))
    session.execute(delete(CommitmentRow).where(CommitmentRow.dossier == dossier))
    session.execute(delete(DossierKeyRow).where(DossierKeyRow.dossier == dossier))
    session.execute(update(ScanRow).where(ScanRow.dossier == dossier).values(content=None))
    session.execute(
        update(ParticularsRow).where(ParticularsRow.dossier == dossier).values(content=None)
    )
    session.execute(
        update(DelegationRow).where(DelegationRow.dossier == dossier).values(content=None)
    )
    row.pin_hash = b""
    row.erased_at = at
    session.flush()
    _erase_of_items(session, items)
    device = office_device(session, keys, by.unit, at=at)
    act = acts.Erase(subject=dossier, why=reason.value)
    recorded = registry(session, keys, device, act, staff=by.staff, at=at)
    what = f"{_LOGGED}{recorded.event}"
    persons.log_look(session, dossier, what, purpose=Purpose.ERASING, by=by, at=at)
    # Each has a job of its own: one that runs already may be past the table that matters.
    jobs.enqueue(session, OVERWRITE, {"dossier": dossier}, unit=by.unit, by=by, at=at)
    return Erased(
        dossier=dossier, event=recorded.event, reason=reason, by=by.staff, unit=by.unit, at=at
    )


def told(session: Session, dossier: DossierId) -> Erased | None:
    """Who erased a dossier, when and why; None where nobody did. The caller has asked `visible`."""
    row = session.scalar(
        select(AccessRow).filter_by(dossier=dossier, why=Purpose.ERASING.value).limit(1)
    )
    if row is None:
        return None
    entry = reading.entry(session, EventId(row.what.removeprefix(_LOGGED)))
    assert entry is not None  # written in one transaction with the row, and nobody deletes events
    act = entry.event.act
    assert isinstance(act, acts.Erase)
    return Erased(
        dossier=dossier,
        event=entry.event.id,
        reason=EraseReason(act.why),
        by=entry.event.staff,
        unit=entry.event.unit,
        at=row.at,
    )


def overwriting(session: Session, erased: Erased) -> Job | None:
    """How the overwriting of what an erasing left stands: the newest job for it, if one is kept."""
    row = session.scalar(
        select(JobRow)
        .where(
            JobRow.unit == erased.unit,
            JobRow.made_at >= erased.at,
            JobRow.kind == OVERWRITE,
            JobRow.arguments["dossier"].as_string() == erased.dossier,
        )
        .order_by(JobRow.made_at.desc(), JobRow.id.desc())
        .limit(1)
    )
    return jobs.job_of(row) if row is not None else None


def overwrite_again(session: Session, dossier: DossierId, *, by: Actor, at: datetime) -> Job:
    """Ask once more for an overwriting that failed or was stopped.

    Raises RoleNeeded, UnknownDossier, UnknownJob where nothing was erased, or JobNotEnded.
    """
    by.need(*ERASING)
    dossiers.visible(session, dossier, by=by)
    erased = told(session, dossier)
    found = overwriting(session, erased) if erased is not None else None
    if found is None:
        raise UnknownJob(job="")
    return jobs.restart(session, found.id, by=by, at=at)


def overwrite(context: Context) -> Mapping[str, object]:
    """What a runner does for an erasing: table by table, each as soon as nobody reads it."""
    with context.sessions.writers() as session:
        engine = session.get_bind().engine
    for done, table in enumerate(TABLES):
        context.report(done, len(TABLES))
        _overwrite(context, engine, table)
    return {}


def _overwrite(context: Context, engine: Engine, table: str) -> None:
    while True:
        context.refuse_if_cancelled()
        try:
            return forget_deleted(engine, [table])
        except StillReadError:
            context.pause(PAUSE_SECONDS)


def _refuse_unless_over(
    session: Session, found: dossiers.Dossier, items: Collection[ItemId]
) -> None:
    if found.administrative not in OVER:
        raise NotOver(dossier=found.code, item="")
    for item, standing in holdings.standings(session, items).items():
        with_agency = standing.state is State.WITH_AGENCY
        withdrawn = found.administrative is Administrative.WITHDRAWN
        if not (standing.ended or with_agency or withdrawn):
            raise NotOver(dossier=found.code, item=item)


def _erase_of_items(session: Session, items: Collection[ItemId]) -> None:
    """Photos of its deliveries that no other dossier needs, and what was sent to its people's phones."""
    named = session.scalars(select(EvidenceUseRow.sha256).where(EvidenceUseRow.item.in_(items)))
    evidence.forget(session, set(named))
    references = select(MessageCodeRow.reference).where(MessageCodeRow.item.in_(items))
    session.execute(
        delete(OutboxRow).where(OutboxRow.subject.in_(items) | OutboxRow.subject.in_(references))
    )
    session.execute(delete(MessageCodeRow).where(MessageCodeRow.item.in_(items)))
