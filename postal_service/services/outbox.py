"""What must leave the system waits here, written in the transaction that caused it, until it is sent.

At least once, in order per subject. Whoever takes a message moves the time on before which nobody
else takes it, so that no transaction waits for a network and a sender that dies loses nothing. What
is secret in a message is sealed, and goes when it was sent or has run out.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, assert_never

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.phones import masked_phone
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.services import directory
from postal_service.services.gateways import Answer, Later, Letter, Never, Taken, Via, WhyNot
from postal_service.services.vault import SealedFieldDamagedError, Vault, open_sealed, seal
from postal_service.storage.schema import OutboxRetryRow, OutboxRow, UnitRow

MessageId = NewType("MessageId", int)

SMS: Final = "sms"
TRIES: Final = 8
WAITS: Final = tuple(timedelta(seconds=each) for each in (5, 15, 30, 60, 120))  # the last again
LONGEST_WAIT: Final = timedelta(minutes=5)  # whatever a gateway asks for
# Longer than a try takes and than the clocks of two servers may differ.
TAKEN_FOR: Final = timedelta(minutes=2)
SEEING: Final = (Role.ADMINISTRATOR, Role.AUDITOR)
TRYING_AGAIN: Final = (Role.ADMINISTRATOR,)
LISTED: Final = 50


class UnknownMessage(Unknown):
    code = "message.unknown"


class NoGateway(RuleBroken):
    """Nothing is set up by which a message could be sent."""

    code = "message.no_gateway"


class NotGivenUp(RuleBroken):
    """Only what was given up is tried again by hand."""

    code = "message.not_given_up"


class RunOut(RuleBroken):
    """Its code is over, or a newer one was made: sent now, it would mislead."""

    code = "message.run_out"


class MessageState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"  # given up; a person may have it tried again
    EXPIRED = "expired"  # not sent, and too late to be


UNSENT: Final = (MessageState.DEAD, MessageState.EXPIRED)
_OPEN: Final = (MessageState.WAITING.value, MessageState.DEAD.value)


@dataclass(frozen=True, kw_only=True)
class Retry:
    """That somebody had a message tried again."""

    by: StaffId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as people may see it. `why` is what hindered the last try."""

    id: MessageId
    key: str
    subject: str
    unit: UnitCode
    shown_to: str
    state: MessageState
    attempts: int
    made_at: datetime
    next_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    via: Via | None
    why: WhyNot | None
    answer_status: int | None
    retries: tuple[Retry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A message that one sender has taken, for its `attempt`-th try."""

    id: MessageId
    key: str
    attempt: int
    payload: bytes


def put(
    session: Session,
    vault: Vault,
    *,
    key: str,
    subject: str,
    unit: UnitCode,
    to: str,
    text: str,
    expires_at: datetime,
    at: datetime,
) -> None:
    """Have a text message sent, once this transaction is committed."""
    told = json.dumps({"to": to, "text": text}).encode()
    session.add(
        OutboxRow(
            key=key,
            subject=subject,
            unit=unit,
            kind=SMS,
            shown_to=masked_phone(to),
            payload=seal(vault.master, told, _place(key)),
            state=MessageState.WAITING.value,
            attempts=0,
            next_at=at,
            made_at=at,
            expires_at=expires_at,
            ended_at=None,
            via="",
            error="",
            answer_status=None,
        )
    )
    session.flush()


def withdraw(session: Session, subject: str, *, at: datetime) -> None:
    """Send nothing more that was not sent about this: something newer takes its place."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.subject == subject, OutboxRow.state.in_(_OPEN))
        .values(
            state=MessageState.EXPIRED.value,
            payload=b"",
            ended_at=func.coalesce(OutboxRow.ended_at, at),
            error=WhyNot.REPLACED.value,
        )
    )


def is_due(session: Session, *, at: datetime) -> bool:
    """Whether there may be something to send or to give up; a look that locks nothing."""
    due = (OutboxRow.state == MessageState.WAITING.value) & (OutboxRow.next_at <= at)
    return session.scalar(select(exists().where(due | _has_run_out(at)))) is True


def let_run_out(session: Session, *, at: datetime) -> int:
    """End what is too late to be sent, and forget what it said; how many there were."""
    rows = session.scalars(
        select(OutboxRow).where(_has_run_out(at)).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.ended_at = row.ended_at or at
        row.state, row.payload = MessageState.EXPIRED.value, b""
        row.error = row.error or WhyNot.RUN_OUT.value
    session.flush()
    return len(rows)


def claim(session: Session, *, at: datetime) -> Claimed | None:
    """Take the message that is due first and behind no other of its subject; nobody else gets it.

    One whose last try nobody has told the end of is given up instead.
    """
    earlier = aliased(OutboxRow)
    is_behind = exists().where(
        earlier.subject == OutboxRow.subject,
        earlier.state == MessageState.WAITING.value,
        earlier.id < OutboxRow.id,
    )
    due = (
        select(OutboxRow)
        .where(
            OutboxRow.state == MessageState.WAITING.value,
            OutboxRow.next_at <= at,
            OutboxRow.expires_at > at,
            ~is_behind,
        )
        .order_by(OutboxRow.next_at, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while (row := session.scalar(due)) is not None:
        if row.attempts < TRIES:
            row.attempts, row.next_at = row.attempts + 1, at + TAKEN_FOR
            session.flush()
            return Claimed(
                id=MessageId(row.id), key=row.key, attempt=row.attempts, payload=row.payload
            )
        _give_up(row, row.error or WhyNot.NO_ANSWER.value, at)
        session.flush()
    return None


def opened(vault: Vault, claimed: Claimed) -> Letter | None:
    """What a taken message says and to whom; None where it does not open."""
    try:
        told = json.loads(open_sealed(vault.master, claimed.payload, _place(claimed.key)))
    except (SealedFieldDamagedError, ValueError):
        return None
    return Letter(key=claimed.key, to=told["to"], text=told["text"])


def settle(
    session: Session, claimed: Claimed, answer: Answer, *, via: Via, at: datetime
) -> MessageState | None:
    """Write down what came of a try; how the message stands now, None where it was erased meanwhile.

    What was sent is sent, whoever waits for it. What failed counts only for the newest try.
    """
    row = session.scalar(select(OutboxRow).filter_by(id=claimed.id).with_for_update())
    if row is None:
        return None
    is_newest = row.state == MessageState.WAITING and row.attempts == claimed.attempt
    match answer:
        case Taken():
            _note_sent(row, via, at)
        case Later(why=why, status=status, wait=wait) if is_newest:
            row.error, row.answer_status = why.value, status
            row.next_at = at + _pause(row.attempts, wait)
            if row.attempts >= TRIES:
                _give_up(row, why.value, at)
        case Never(why=why, status=status) if is_newest:
            row.answer_status = status
            _give_up(row, why.value, at)
        case Later() | Never():
            pass  # somebody else has taken it since
        case _:
            assert_never(answer)
    session.flush()
    return MessageState(row.state)


def newest(session: Session, subject: str) -> Message | None:
    """How the newest message about something stands. The caller has asked whether it may be seen."""
    row = session.scalar(
        select(OutboxRow).filter_by(subject=subject).order_by(OutboxRow.id.desc()).limit(1)
    )
    return None if row is None else _message(row)


def listed(
    session: Session, states: Collection[MessageState], *, by: Actor, before: int = 0
) -> tuple[list[Message], int]:
    """Messages that units under `by` asked for, the newest first, and the one before which they go on.

    LISTED at a time; 0 at their end. Raises RoleNeeded.
    """
    by.need(*SEEING)
    asked = _under(by, SEEING).where(OutboxRow.state.in_([each.value for each in states]))
    if before:
        asked = asked.where(OutboxRow.id < before)
    rows = session.scalars(asked.order_by(OutboxRow.id.desc()).limit(LISTED)).all()
    return _with_retries(session, rows), rows[-1].id if len(rows) == LISTED else 0


def try_again(
    session: Session, message: MessageId, *, can_send: bool, by: Actor, at: datetime
) -> Message:
    """Have a message that was given up sent after all, and note who wanted it.

    Raises RoleNeeded, UnknownMessage, NotGivenUp, RunOut or NoGateway.
    """
    by.need(*TRYING_AGAIN)
    row = session.scalar(
        _under(by, TRYING_AGAIN).where(OutboxRow.id == message).with_for_update(of=OutboxRow)
    )
    if row is None:
        raise UnknownMessage
    if row.state == MessageState.EXPIRED or row.expires_at <= at:
        raise RunOut
    if row.state != MessageState.DEAD:
        raise NotGivenUp
    later = select(OutboxRow.id).where(OutboxRow.subject == row.subject, OutboxRow.id > row.id)
    if session.scalar(later.limit(1)) is not None:
        raise RunOut
    if not can_send:
        raise NoGateway
    session.add(OutboxRetryRow(key=row.key, by=by.staff, unit=by.unit, at=at))
    row.state, row.attempts, row.next_at = MessageState.WAITING.value, 0, at
    row.ended_at = None
    session.flush()
    (told,) = _with_retries(session, [row])
    return told


def _place(key: str) -> str:
    return f"outbox|{key}|payload"


def _has_run_out(at: datetime) -> ColumnElement[bool]:
    return OutboxRow.state.in_(_OPEN) & (OutboxRow.expires_at <= at)


def _pause(attempts: int, asked: timedelta) -> timedelta:
    own = WAITS[min(attempts, len(WAITS)) - 1]
    return min(max(own, asked), LONGEST_WAIT)


def _note_sent(row: OutboxRow, via: Via, at: datetime) -> None:
    if row.state == MessageState.SENT:
        return
    row.state, row.via, row.ended_at = MessageState.SENT.value, via.value, at
    row.payload, row.error, row.answer_status = b"", "", None


def _give_up(row: OutboxRow, why: str, at: datetime) -> None:
    row.state, row.error, row.ended_at = MessageState.DEAD.value, why, at


def _under(by: Actor, roles: Sequence[Role]) -> Select[OutboxRow]:
    return (
        select(OutboxRow)
        .join(UnitRow, UnitRow.code == OutboxRow.unit)
        .where(directory.below(by, roles))
    )


def _with_retries(session: Session, rows: Sequence[OutboxRow]) -> list[Message]:
    found: dict[str, list[Retry]] = {row.key: [] for row in rows}
    for each in session.scalars(
        select(OutboxRetryRow).where(OutboxRetryRow.key.in_(found)).order_by(OutboxRetryRow.id)
    ):
        found[each.key].append(Retry(by=StaffId(each.by), at=each.at))
    return [replace(_message(row), retries=tuple(found[row.key])) for row in rows]


def _message(row: OutboxRow) -> Message:
    return Message(
        id=MessageId(row.id),
        key=row.key,
        subject=row.subject,
        unit=UnitCode(row.unit),
        shown_to=row.shown_to,
        state=MessageState(row.state),
        attempts=row.attempts,
        made_at=row.made_at,
        next_at=row.next_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        via=Via(row.via) if row.via else None,
        why=WhyNot(row.error) if row.error else None,
        answer_status=row.answer_status,
    )
