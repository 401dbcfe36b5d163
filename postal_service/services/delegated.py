"""In which dossiers somebody is named to receive in the owner's place. Who he is, and how, is services/delegates.py's."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import DossierId
from postal_service.storage.schema import DelegationRow


class Change(StrEnum):
    """Also what the event says as its reason."""

    NAMED = "delegate_named"
    TAKEN_BACK = "delegate_taken_back"


def all_named(session: Session, asked: Iterable[DossierId]) -> frozenset[DossierId]:
    """Those of these dossiers in which somebody is named now; of an erased one nobody knows whom."""
    newest = (
        select(func.max(DelegationRow.id))
        .where(DelegationRow.dossier.in_(sorted(asked)))
        .group_by(DelegationRow.dossier)
    )
    named_ones = select(DelegationRow.dossier).where(
        DelegationRow.id.in_(newest),
        DelegationRow.change == Change.NAMED.value,
        DelegationRow.content.is_not(None),
    )
    return frozenset(DossierId(each) for each in session.scalars(named_ones))
