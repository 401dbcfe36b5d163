"""One-time codes by SMS: the fallback where the citizen's delivery code is not at hand.

Six digits, ten minutes, five tries a code, three codes an item and day; its message leaves through
the outbox. Asked again within half a minute nothing more is sent: whoever got no answer may ask the
same again. A try is counted and committed before the code is compared, so that nobody can guess
faster than he is counted: the edge calls `count_try` in one transaction and `redeem` in the next.
"""

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain.actors import Actor
from postal_service.domain.ids import ItemId
from postal_service.domain.phones import is_mobile
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.wording_dates import local
from postal_service.services import outbox
from postal_service.services.outbox import NoGateway
from postal_service.services.vault import Vault
from postal_service.storage.schema import ItemRow, MessageCodeRow

LIFETIME = timedelta(minutes=10)
TRIES = 5
CODES_A_DAY = 3
ASKED_AGAIN = timedelta(seconds=30)
DAY = timedelta(hours=24)


class MessageCodeWrong(RuleBroken):
    code = "delivery.message_code_wrong"


class TooManyCodes(RuleBroken):
    code = "delivery.too_many_codes"


class NoPhone(RuleBroken):
    code = "delivery.no_phone"


def send(
    session: Session,
    vault: Vault,
    item: ItemId,
    *,
    phone: str,
    can_send: bool,
    by: Actor,
    at: datetime,
) -> str:
    """Make a code for an item and queue its message; the reference that names it.

    Asked again at once, the reference of the code that is on its way. Raises NoGateway where nothing
    can be sent, NoPhone where the citizen has no mobile telephone, or TooManyCodes.
    """
    if not can_send:
        raise NoGateway
    if not is_mobile(phone):
        raise NoPhone(item=item)
    # Two counters that send at once: the second counts what the first has made.
    session.execute(select(ItemRow.item).where(ItemRow.item == item).with_for_update())
    on_its_way = session.scalar(
        select(MessageCodeRow.reference)
        .where(
            MessageCodeRow.item == item,
            MessageCodeRow.made_at > at - ASKED_AGAIN,
            MessageCodeRow.used_at.is_(None),
            MessageCodeRow.tries < TRIES,
        )
        .limit(1)
    )
    if on_its_way is not None:
        return on_its_way
    made = select(func.count()).where(
        MessageCodeRow.item == item, MessageCodeRow.made_at > at - DAY
    )
    if (session.scalar(made) or 0) >= CODES_A_DAY:
        raise TooManyCodes(item=item, most=CODES_A_DAY)
    reference, code = f"otp-{uuid7()}", f"{secrets.randbelow(1_000_000):06d}"
    session.add(
        MessageCodeRow(
            reference=reference,
            item=item,
            code_hash=_hash(vault, reference, code),
            made_at=at,
            expires_at=at + LIFETIME,
            tries=0,
            used_at=None,
        )
    )
    until = at + LIFETIME
    # Without accents it fits one message of 160 characters.
    text = (
        f"Ma nhan ket qua ho so {item}: {code}. Het han luc {local(until):%H:%M}."
        " Chi dua ma cho buu ta khi nhan."
    )
    outbox.withdraw(session, item, at=at)  # an older code opens nothing any more
    outbox.put(
        session, vault, key=reference, subject=item, unit=by.unit, to=phone, text=text,
        expires_at=until, at=at,
    )  # fmt: skip
    return reference


def mobile_of(phones: Iterable[str]) -> str:
    """The first of these numbers that gets text messages, "" where none does."""
    return next(filter(is_mobile, phones), "")


def count_try(session: Session, item: ItemId, *, at: datetime, told_again: bool = False) -> str:
    """Count one try on the item's newest code; its reference. Commit before `redeem`.

    Raises MessageCodeWrong when there is no code that could still be redeemed, or, where it may be
    `told_again`, was.
    """
    row = session.scalar(
        select(MessageCodeRow)
        .where(MessageCodeRow.item == item)
        .order_by(MessageCodeRow.made_at.desc())
        .limit(1)
        .with_for_update()
    )
    if row is None or row.expires_at <= at or row.tries >= TRIES:
        raise MessageCodeWrong(left=0)
    if row.used_at is not None and not told_again:
        raise MessageCodeWrong(left=0)
    row.tries += 1
    session.flush()
    return row.reference


def redeem(
    session: Session,
    vault: Vault,
    reference: str,
    code: str,
    *,
    at: datetime,
    told_again: bool = False,
) -> None:
    """Use the code once. Raises MessageCodeWrong.

    Where it may be `told_again`, whoever got no answer gets the same one for the same digits.
    """
    row = session.get_one(MessageCodeRow, reference)
    right = hmac.compare_digest(row.code_hash, _hash(vault, reference, code))
    if not right or row.expires_at <= at:
        raise MessageCodeWrong(left=TRIES - row.tries)
    used = session.execute(
        update(MessageCodeRow)
        .where(MessageCodeRow.reference == reference, MessageCodeRow.used_at.is_(None))
        .values(used_at=at)
        .returning(MessageCodeRow.reference)
    )
    if used.scalar_one_or_none() is None and not told_again:
        raise MessageCodeWrong(left=0)


def newest(session: Session, item: ItemId) -> str | None:
    """The reference of the newest code made for an item."""
    return session.scalar(
        select(MessageCodeRow.reference)
        .where(MessageCodeRow.item == item)
        .order_by(MessageCodeRow.made_at.desc(), MessageCodeRow.reference.desc())
        .limit(1)
    )


def redeemed(session: Session, item: ItemId, reference: str) -> bool:
    """Whether this reference stands for a code that the item's citizen told us."""
    row = session.get(MessageCodeRow, reference)
    return row is not None and row.item == item and row.used_at is not None


def _hash(vault: Vault, reference: str, code: str) -> bytes:
    # Six digits fall at once without a key; with it a stolen table tells nothing.
    return hmac.new(vault.index, f"message-code\0{reference}\0{code}".encode(), sha256).digest()
