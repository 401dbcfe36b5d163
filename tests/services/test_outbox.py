"""What waits in the outbox is taken in order, by one alone, again after a failure, and not for ever."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.ids import StaffId
from postal_service.services import directory, outbox
from postal_service.services.gateways import Later, Never, Taken, Via, WhyNot
from postal_service.services.outbox import (
    LISTED,
    LONGEST_WAIT,
    TAKEN_FOR,
    TRIES,
    WAITS,
    Claimed,
    MessageId,
    MessageState,
    NoGateway,
    NotGivenUp,
    RunOut,
    UnknownMessage,
)
from postal_service.storage.schema import OutboxRetryRow, OutboxRow
from tests.clock import NOON
from tests.services import world as w
from tests.services.messages import LIFE, put
from tests.services.world import World

SECOND = timedelta(seconds=1)
BUSY = Later(why=WhyNot.BUSY, status=429)
REFUSED = Never(why=WhyNot.REFUSED, status=400)
ITEM = "BH000000005VN"


def taken(session: Session, at: datetime = NOON) -> Claimed:
    found = outbox.claim(session, at=at)
    assert found is not None
    return found


def keys_taken(session: Session, at: datetime = NOON) -> list[str]:
    """Everything that can be taken now, one after the other."""
    found = []
    while (claimed := outbox.claim(session, at=at)) is not None:
        found.append(claimed.key)
    return found


def settled(
    session: Session, claimed: Claimed, answer: Taken | Later | Never, at: datetime = NOON
) -> MessageState | None:
    return outbox.settle(session, claimed, answer, via=Via.GATEWAY, at=at)


def row(session: Session, key: str) -> OutboxRow:
    return session.scalars(select(OutboxRow).filter_by(key=key)).one()


def test_messages_about_one_thing_go_in_order_and_others_do_not_wait_for_them(
    session: Session, world: World
) -> None:
    for key, subject in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a")):
        put(session, world.vault, key, subject=subject)
    first = taken(session)
    assert first.key == "a1"
    assert keys_taken(session) == ["b1"]

    settled(session, first, BUSY)
    assert keys_taken(session) == []  # the one before it is only put off
    assert keys_taken(session, NOON + WAITS[0]) == ["a1"]

    settled(session, replace(first, attempt=2), Taken(), NOON + WAITS[0])
    assert keys_taken(session, NOON + WAITS[0]) == ["a2"]


def test_what_was_given_up_holds_nothing_up(session: Session, world: World) -> None:
    put(session, world.vault, "first")
    put(session, world.vault, "second")
    assert settled(session, taken(session), REFUSED) is MessageState.DEAD
    assert keys_taken(session) == ["second"]


def test_whoever_took_a_message_and_died_is_followed_by_another(
    session: Session, world: World
) -> None:
    put(session, world.vault, "one")
    assert taken(session).attempt == 1
    assert keys_taken(session, NOON + TAKEN_FOR - SECOND) == []
    assert taken(session, NOON + TAKEN_FOR).attempt == 2


def test_what_was_sent_is_sent_although_another_has_taken_it_since(
    session: Session, world: World
) -> None:
    put(session, world.vault, "one")
    slow = taken(session)
    other = taken(session, NOON + TAKEN_FOR)
    assert settled(session, slow, BUSY) is MessageState.WAITING
    assert row(session, "one").next_at == NOON + 2 * TAKEN_FOR  # the other one's time stands
    assert settled(session, slow, Taken(), NOON + TAKEN_FOR) is MessageState.SENT
    assert settled(session, other, REFUSED, NOON + TAKEN_FOR + SECOND) is MessageState.SENT
    assert settled(session, other, Taken(), NOON + TAKEN_FOR + SECOND) is MessageState.SENT
    assert row(session, "one").ended_at == NOON + TAKEN_FOR


def test_what_was_sent_keeps_no_content_and_no_fault(session: Session, world: World) -> None:
    put(session, world.vault, "one")
    settled(session, taken(session), BUSY)
    assert row(session, "one").payload
    settled(session, taken(session, NOON + WAITS[0]), Taken(), NOON + WAITS[0])
    kept = row(session, "one")
    assert (kept.payload, kept.error, kept.answer_status) == (b"", "", None)
    assert (kept.via, kept.shown_to, kept.attempts) == ("gateway", "090****456", 2)


def test_waits_grow_and_a_gateway_may_ask_for_more_but_not_for_hours(
    session: Session, world: World
) -> None:
    put(session, world.vault, "one")
    at, waited = NOON, []
    for _ in range(len(WAITS) + 1):
        settled(session, taken(session, at), BUSY, at)
        waited.append(row(session, "one").next_at - at)
        at += waited[-1]
    assert waited == [*WAITS, WAITS[-1]]

    put(session, world.vault, "asked to wait", subject="another")
    settled(session, taken(session), replace(BUSY, wait=timedelta(minutes=2)))
    assert row(session, "asked to wait").next_at == NOON + timedelta(minutes=2)
    put(session, world.vault, "asked for hours", subject="a third")
    settled(session, taken(session), replace(BUSY, wait=timedelta(hours=5)))
    assert row(session, "asked for hours").next_at == NOON + LONGEST_WAIT


def tried_in_vain(session: Session) -> datetime:
    """Fail as often as is tried; when that was."""
    at = NOON
    for _ in range(TRIES):
        settled(session, taken(session, at), BUSY, at)
        at = row(session, "one").next_at
    return at


def test_after_enough_tries_a_message_is_given_up(session: Session, world: World) -> None:
    put(session, world.vault, "one")
    at = tried_in_vain(session)
    kept = row(session, "one")
    assert (kept.state, kept.attempts, kept.error) == ("dead", TRIES, "busy")
    assert kept.payload  # somebody may have it tried again
    assert at < NOON + LIFE  # there is time for it
    assert outbox.claim(session, at=at) is None


def test_a_message_whose_senders_all_died_is_given_up_too(session: Session, world: World) -> None:
    put(session, world.vault, "one")
    row(session, "one").attempts = TRIES
    session.flush()
    put(session, world.vault, "two", subject="another")
    assert keys_taken(session) == ["two"]
    assert (row(session, "one").state, row(session, "one").error) == ("dead", "no_answer")


def test_what_has_run_out_is_neither_sent_nor_kept(session: Session, world: World) -> None:
    for key in ("waits", "dead", "sent"):
        put(session, world.vault, key, subject=key)
    put(session, world.vault, "later", subject="later", at=NOON + SECOND)
    row(session, "waits").next_at = NOON + SECOND  # so that it is not the first
    session.flush()
    settled(session, taken(session), REFUSED)
    settled(session, taken(session), Taken())

    assert outbox.let_run_out(session, at=NOON + LIFE - SECOND) == 0
    assert outbox.let_run_out(session, at=NOON + LIFE) == 2

    assert keys_taken(session, NOON + LIFE) == ["later"]
    found = [row(session, key) for key in ("waits", "dead", "sent")]
    assert [each.state for each in found] == ["expired", "expired", "sent"]
    assert [each.error for each in found] == ["run_out", "refused", ""]
    assert [each.payload for each in found] == [b"", b"", b""]
    assert [each.ended_at for each in found] == [NOON + LIFE, NOON, NOON]
    assert outbox.let_run_out(session, at=NOON + LIFE) == 0


def test_what_ran_out_while_it_was_carried_and_was_taken_all_the_same_is_sent(
    session: Session, world: World
) -> None:
    put(session, world.vault, "one")
    late = taken(session, NOON + LIFE - SECOND)
    outbox.let_run_out(session, at=NOON + LIFE)
    assert settled(session, late, BUSY, NOON + LIFE) is MessageState.EXPIRED
    assert settled(session, late, Taken(), NOON + LIFE) is MessageState.SENT


def test_what_was_erased_while_it_was_carried_stays_erased(session: Session, world: World) -> None:
    put(session, world.vault, "one")
    claimed = taken(session)
    session.delete(row(session, "one"))
    session.flush()
    assert settled(session, claimed, Taken()) is None


def test_something_is_due_when_it_can_be_sent_or_has_run_out(
    session: Session, world: World
) -> None:
    assert not outbox.is_due(session, at=NOON)
    put(session, world.vault, "one", at=NOON + SECOND)
    assert not outbox.is_due(session, at=NOON)
    assert outbox.is_due(session, at=NOON + SECOND)
    settled(session, taken(session, NOON + SECOND), REFUSED, NOON + SECOND)
    assert not outbox.is_due(session, at=NOON + 2 * SECOND)
    assert outbox.is_due(session, at=NOON + SECOND + LIFE)
    outbox.let_run_out(session, at=NOON + SECOND + LIFE)
    assert not outbox.is_due(session, at=NOON + 2 * LIFE)


def test_what_was_sealed_for_another_message_or_key_does_not_open(
    session: Session, world: World
) -> None:
    put(session, world.vault, "one")
    claimed = taken(session)
    letter = outbox.opened(world.vault, claimed)
    assert letter is not None
    assert (letter.key, letter.to, letter.text) == ("one", "+84905123456", "Ma one: 482913.")
    assert outbox.opened(world.vault, replace(claimed, key="two")) is None
    assert outbox.opened(replace(world.vault, master=bytes(32)), claimed) is None
    assert outbox.opened(world.vault, replace(claimed, payload=b"")) is None


def test_what_is_withdrawn_is_not_sent_and_keeps_no_content(session: Session, world: World) -> None:
    for key in ("sent", "dead", "carried", "waits"):
        put(session, world.vault, key)
    put(session, world.vault, "another", subject="another")
    settled(session, taken(session), Taken())
    settled(session, taken(session), REFUSED)
    carried = taken(session)
    at = NOON + SECOND
    outbox.withdraw(session, ITEM, at=at)
    session.expire_all()

    found = [row(session, key) for key in ("sent", "dead", "carried", "waits", "another")]
    assert [each.state for each in found] == ["sent", "expired", "expired", "expired", "waiting"]
    assert [each.error for each in found] == ["", "replaced", "replaced", "replaced", ""]
    assert [bool(each.payload) for each in found] == [False, False, False, False, True]
    assert [each.ended_at for each in found] == [NOON, NOON, at, at, None]
    assert settled(session, carried, Taken(), at) is MessageState.SENT


def dead(session: Session, world: World, key: str = "one", subject: str = ITEM) -> MessageId:
    put(session, world.vault, key, subject=subject)
    settled(session, taken(session), REFUSED)
    return MessageId(row(session, key).id)


def test_what_was_given_up_is_tried_again_by_name(session: Session, world: World) -> None:
    message = dead(session, world)
    at = NOON + SECOND
    told = outbox.try_again(session, message, can_send=True, by=world.administrator, at=at)
    assert (told.state, told.attempts, told.ended_at) == (MessageState.WAITING, 0, None)
    assert [(each.by, each.at) for each in told.retries] == [(world.administrator.staff, at)]

    settled(session, taken(session, at), REFUSED, at)
    again = outbox.try_again(session, message, can_send=True, by=world.administrator, at=at)
    assert len(again.retries) == 2
    settled(session, taken(session, at), Taken(), at)
    kept = session.scalars(select(OutboxRetryRow.unit)).all()
    assert list(kept) == [world.administrator.unit] * 2


def test_only_what_was_given_up_and_is_still_of_use_is_tried_again(
    session: Session, world: World
) -> None:
    by = world.administrator
    message = dead(session, world)
    with pytest.raises(NoGateway):
        outbox.try_again(session, message, can_send=False, by=by, at=NOON)
    with pytest.raises(RunOut):
        outbox.try_again(session, message, can_send=True, by=by, at=NOON + LIFE)
    put(session, world.vault, "a newer code")
    with pytest.raises(RunOut):
        outbox.try_again(session, message, can_send=True, by=by, at=NOON)
    newer = MessageId(row(session, "a newer code").id)
    with pytest.raises(NotGivenUp):
        outbox.try_again(session, newer, can_send=True, by=by, at=NOON)
    outbox.let_run_out(session, at=NOON + LIFE)
    with pytest.raises(RunOut):
        outbox.try_again(session, message, can_send=True, by=by, at=NOON + LIFE)
    assert row(session, "one").state == "expired"
    assert session.scalars(select(OutboxRetryRow)).all() == []


def test_nobody_but_an_administrator_over_it_has_it_tried_again(
    session: Session, world: World
) -> None:
    message = dead(session, world)
    for actor in (world.auditor, world.manager, world.counter, world.courier):
        with pytest.raises(RoleNeeded):
            outbox.try_again(session, message, can_send=True, by=actor, at=NOON)
    far = far_administrator(session)
    with pytest.raises(UnknownMessage):
        outbox.try_again(session, message, can_send=True, by=far, at=NOON)
    unknown = MessageId(message + 99)
    with pytest.raises(UnknownMessage):
        outbox.try_again(session, unknown, can_send=True, by=world.administrator, at=NOON)


def far_administrator(session: Session) -> Actor:
    w.far_administrator(session)
    return directory.actor(session, StaffId("s-far-administrator"))


def test_who_may_see_sees_what_his_units_asked_for(session: Session, world: World) -> None:
    put(session, world.vault, "here", subject="a", unit=w.OFFICE)
    put(session, world.vault, "far", subject="b", unit=w.FAR_DESK)
    waiting = (MessageState.WAITING,)
    for actor, keys in (
        (world.administrator, ["far", "here"]),
        (world.auditor, ["far", "here"]),
        (far_administrator(session), ["far"]),
    ):
        found, following = outbox.listed(session, waiting, by=actor)
        assert ([each.key for each in found], following) == (keys, 0)
    for actor in (world.manager, world.counter, world.courier, world.officer):
        with pytest.raises(RoleNeeded):
            outbox.listed(session, waiting, by=actor)


def test_long_lists_go_on(session: Session, world: World) -> None:
    for number in range(LISTED + 3):
        put(session, world.vault, f"m{number}", subject=f"s{number}")
    waiting = (MessageState.WAITING,)
    first, following = outbox.listed(session, waiting, by=world.auditor)
    rest, end = outbox.listed(session, waiting, by=world.auditor, before=following)
    assert [each.key for each in (*first, *rest)] == [f"m{n}" for n in reversed(range(LISTED + 3))]
    assert (len(first), len(rest), end) == (LISTED, 3, 0)
    assert outbox.listed(session, (MessageState.SENT,), by=world.auditor) == ([], 0)


def test_the_newest_message_about_a_thing_is_told(session: Session, world: World) -> None:
    assert outbox.newest(session, ITEM) is None
    put(session, world.vault, "one")
    put(session, world.vault, "two")
    put(session, world.vault, "other", subject="another")
    found = outbox.newest(session, ITEM)
    assert found is not None
    assert (found.key, found.state, found.why, found.via) == (
        "two",
        MessageState.WAITING,
        None,
        None,
    )
