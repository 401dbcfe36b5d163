"""Messages in the outbox, for the tests of what becomes of them."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.ids import UnitCode
from postal_service.services import outbox
from postal_service.services.vault import Vault
from postal_service.storage.schema import OutboxRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.clock import NOON
from tests.services import world as w

PHONE = "+84905123456"
LIFE = timedelta(minutes=10)


def put(
    session: Session,
    vault: Vault,
    key: str,
    *,
    subject: str = "BH000000005VN",
    unit: UnitCode = w.OFFICE,
    at: datetime = NOON,
) -> None:
    """A message with a code in it, good for ten minutes."""
    outbox.put(
        session, vault, key=key, subject=subject, unit=unit, to=PHONE, text=f"Ma {key}: 482913.",
        expires_at=at + LIFE, at=at,
    )  # fmt: skip


def put_all(sessions: Sessions, vault: Vault, *keys: str, subject: str = "") -> None:
    """Messages about one thing, or each about a thing of its own."""
    with transaction(sessions) as session:
        for key in keys:
            put(session, vault, key, subject=subject or f"item of {key}")


def row_of(sessions: Sessions, key: str) -> OutboxRow:
    """The message as it lies in the store."""
    with reading(sessions) as session:
        row = session.scalars(select(OutboxRow).filter_by(key=key)).one()
        session.expunge(row)
    return row
