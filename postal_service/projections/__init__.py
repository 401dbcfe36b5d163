"""What is true now, folded from the ledger. Every table here can be dropped and folded again."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from postal_service.domain.ids import ItemId
from postal_service.domain.story import tell
from postal_service.ledger import reading
from postal_service.projections import holdings, spending, verdicts

__all__ = ["fold", "rebuild"]

REBUILT_AT_ONCE = 500  # items


def fold(session: Session, items: Iterable[ItemId]) -> None:
    """Tell these items' stories anew and write what is true of them now.

    The whole story is told again because an event that arrives late may change which of two
    earlier ones counts. Stories are short: an item sees a dozen events in its life.
    """
    stories = {
        item: tell(told) for item, told in reading.stories_of(session, set(items) - {""}).items()
    }
    spending.write(session, stories)
    verdicts.write(session, stories)
    holdings.write(session, stories)


def rebuild(session: Session) -> int:
    """Drop every projection and fold it again from the ledger; the number of items folded."""
    for projection in (holdings, verdicts, spending):
        projection.clear(session)
    count = 0
    for items in reading.items_in_chunks(session, REBUILT_AT_ONCE):
        fold(session, items)
        count += len(items)
    return count
