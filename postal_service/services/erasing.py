"""Erase the people of a dossier that is over. The ledger stays whole: it never knew them.

Key, fields, indexes, salts, scans, messages and the PIN's hash are deleted, and every photo that no
other dossier's event names; an `erase` event says so. After the edge has committed it calls
`storage.engine.forget_deleted` with TABLES, so that no byte is left in the database's files.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.actors import Actor, Role
from postal_service.domain.custody import State
from postal_service.domain.ids import DossierId, EventId, ItemId
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.standing import Administrative
from postal_service.projections import holdings
from postal_service.services import dossiers, evidence
from postal_service.services.office_events import OfficeKeys, office_device, registry
from postal_service.services.persons import DossierErased
from postal_service.storage.schema import (
    CommitmentRow,
    DossierKeyRow,
    EvidenceUseRow,
    MessageCodeRow,
    OutboxRow,
    ParticularsRow,
    PersonRow,
    ScanRow,
)

TABLES = (
    "person",
    "dossier_key",
    "commitment",
    "scan",
    "particulars_correction",
    "evidence",
    "message_code",
    "outbox",
    "dossier",
)
OVER = frozenset(
    {
        Administrative.RETURNED,
        Administrative.REFUSED,
        Administrative.DISCONTINUED,
        Administrative.WITHDRAWN,
    }
)


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
    dossier: DossierId
    event: EventId


def erase(
    session: Session,
    keys: OfficeKeys,
    dossier: DossierId,
    *,
    reason: EraseReason,
    by: Actor,
    at: datetime,
) -> Erased:
    """Erase everything personal of a dossier.

    Raises RoleNeeded (administrator), UnknownDossier, DossierErased when it was done before, or
    NotOver while the agency decides or an item of it is on its way.
    """
    by.need(Role.ADMINISTRATOR)
    found = dossiers.visible(session, dossier, by=by)
    if found.erased_at is not None:
        raise DossierErased(dossier=dossier)
    items = [each.item for each in dossiers.items_of(session, dossier)]
    _refuse_unless_over(session, found, items)
    session.execute(delete(PersonRow).where(PersonRow.dossier == dossier))
    session.execute(delete(CommitmentRow).where(CommitmentRow.dossier == dossier))
    session.execute(delete(DossierKeyRow).where(DossierKeyRow.dossier == dossier))
    session.execute(update(ScanRow).where(ScanRow.dossier == dossier).values(content=None))
    session.execute(
        update(ParticularsRow).where(ParticularsRow.dossier == dossier).values(content=None)
    )
    row = dossiers.row_of(session, dossier)
    row.pin_hash = b""
    row.erased_at = at
    session.flush()
    _erase_of_items(session, items)
    device = office_device(session, keys, by.unit, at=at)
    act = acts.Erase(subject=dossier, why=reason.value)
    recorded = registry(session, keys, device, act, staff=by.staff, at=at)
    return Erased(dossier=dossier, event=recorded.event)


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
