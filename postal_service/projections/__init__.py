"""What is true now, folded from the ledger. Every table here can be dropped and folded again."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.story import Told, tell
from postal_service.ledger import reading
from postal_service.projections import (
    bag_contents,
    devices,
    evidence_uses,
    exchanges,
    holdings,
    seals,
    spending,
    verdicts,
)
from postal_service.storage.bulk import IfThere, Rows, insert_together
from postal_service.storage.schema import EvidenceUseRow, HoldingRow, SpendRow, VerdictRow

__all__ = ["fold", "rebuild"]

REBUILT_AT_ONCE = 500  # items


def fold(session: Session, told: Mapping[ItemId, Sequence[Told]]) -> dict[EventId, str]:
    """Tell these items' stories anew and write what is true of them now.

    `told` is all that the ledger has of each item. Answers with the verdict on each event that
    does not count. The whole story is told again because an event that arrives late may change
    which of two earlier ones counts. Stories are short: an item sees a dozen events in its life.
    """
    if not told:
        return {}
    stories = {item: tell(events) for item, events in told.items()}
    odd = verdicts.rows(stories)
    spending.take_back(session, stories)
    verdicts.take_back(session, stories)
    holdings.take_back(session, stories)
    insert_together(
        session,
        Rows(SpendRow, spending.rows(stories)),
        Rows(VerdictRow, odd),
        Rows(HoldingRow, holdings.rows(stories), IfThere.REPLACE),
        Rows(EvidenceUseRow, evidence_uses.rows(told), IfThere.LEAVE),
    )
    exchanges.write(session, told, stories)
    return {EventId(row["event_id"]): row["verdict"] for row in odd}


def rebuild(session: Session) -> int:
    """Drop every projection and fold it again from the ledger; the number of items folded.

    Devices are put right where they stand: a row also holds what no event tells.
    """
    for projection in (holdings, verdicts, spending, evidence_uses, exchanges, seals, bag_contents):
        projection.clear(session)
    told = devices.told(session)
    devices.put_right(session, told)
    seals.tell_again(session, session)  # stories hear which serials were used before
    offices = devices.offices(told)
    count = 0
    for items in reading.items_in_chunks(session, REBUILT_AT_ONCE):
        stories = reading.stories_of(session, items)
        fold(session, stories)
        bag_contents.write(session, stories, offices)
        count += len(items)
    return count
