"""The photos and files that an item's events name, as its page offers them, and opened for whoever may look.

A photo may show a citizen, so each look is a line in the access log, which the citizen can read.
Who may look is what services/evidence.py says: whoever took it, and who answers for his unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import EventId, ItemId
from postal_service.projections import timelines
from postal_service.projections.evidence_uses import named_by
from postal_service.projections.timelines import Moment
from postal_service.services import dossiers, evidence, persons, sight
from postal_service.services.evidence import LOOKERS, Evidence, UnknownEvidence
from postal_service.services.persons import Purpose
from postal_service.services.vault import Vault
from postal_service.storage.schema import EvidenceRow, UnitRow

LOOK = "evidence"  # what the access log calls it


@dataclass(frozen=True, kw_only=True)
class Named:
    """A file that an event names. Without a media type it has not come, or was erased with its dossier."""

    sha256: str
    media_type: str
    may_look: bool


def of_moments(
    session: Session, moments: Iterable[Moment], *, by: Actor
) -> Mapping[EventId, tuple[Named, ...]]:
    """The files of these events, in the order in which each names them."""
    naming = {each.event: named_by(each.act) for each in moments if named_by(each.act)}
    if not naming:
        return {}
    wanted = {digest for digests in naming.values() for digest in digests}
    rows = session.execute(
        select(EvidenceRow.sha256, EvidenceRow.media_type, EvidenceRow.staff, UnitRow.path)
        .join(UnitRow, UnitRow.code == EvidenceRow.unit)
        .where(EvidenceRow.sha256.in_(sorted(wanted)))
    )
    kept = {
        digest: Named(
            sha256=digest,
            media_type=media_type,
            may_look=staff == by.staff or by.may(*LOOKERS, path=path),
        )
        for digest, media_type, staff, path in rows
    }
    return {
        event: tuple(
            kept.get(digest, Named(sha256=digest, media_type="", may_look=False))
            for digest in digests
        )
        for event, digests in naming.items()
    }


def look(
    session: Session,
    vault: Vault,
    item: ItemId,
    event: EventId,
    place: int,
    *,
    by: Actor,
    at: datetime,
) -> Evidence:
    """Open the file that an event of an item names at a place, from 1; the look is logged.

    Raises UnknownItem, or UnknownEvidence alike for what is not there and what is not his to see.
    """
    sight.item(session, item, by=by)
    told = timelines.of_item(session, item)
    digests = next((named_by(each.act) for each in told if each.event == event), ())
    if not 1 <= place <= len(digests):
        raise UnknownEvidence(digest="")
    found = evidence.look(session, vault, digests[place - 1], by=by)
    dossier = dossiers.of_items(session, [item]).get(item)
    if dossier is not None:  # what a bag's event shows is no citizen's
        purpose = Purpose.AUDIT if by.may(Role.AUDITOR) else Purpose.PROCESSING
        persons.log_look(session, dossier, LOOK, purpose=purpose, by=by, at=at)
        session.flush()
    return found
