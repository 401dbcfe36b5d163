"""The courier has seen his round: the manager's page shows who has and who has not."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import RoundId
from postal_service.domain.refusals import OutOfDate, Unknown
from postal_service.storage.schema import RoundRow

PUBLISHED, ACKNOWLEDGED, SUPERSEDED = "published", "acknowledged", "superseded"


class UnknownRound(Unknown):
    """No such round, not published yet, or somebody else's."""

    code = "round.unknown"


class RoundSuperseded(OutOfDate):
    code = "round.superseded"


def acknowledge(session: Session, round_id: RoundId, *, by: Actor, at: datetime) -> datetime:
    """When this courier acknowledged the round; a second time is answered with the first one's time.

    Raises UnknownRound or RoundSuperseded.
    """
    row = session.scalar(
        select(RoundRow)
        .where(RoundRow.id == round_id, RoundRow.courier == by.staff)
        .with_for_update()
    )
    if row is None or row.state not in {PUBLISHED, ACKNOWLEDGED, SUPERSEDED}:
        raise UnknownRound(round=round_id)
    if row.state == SUPERSEDED:
        raise RoundSuperseded(round=round_id)
    if row.acknowledged_at is None:
        row.state = ACKNOWLEDGED
        row.acknowledged_at = at
        session.flush()
    return row.acknowledged_at
