"""Messages leave by a real gateway: in order, at least once, by one sender alone, and unheard by any log."""

import json
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import select, update

from postal_service.services import outbox
from postal_service.services.gateways import (
    Answer,
    FolderGateway,
    Gateway,
    HttpGateway,
    Letter,
    Via,
)
from postal_service.services.message_sender import Sender
from postal_service.services.outbox import TAKEN_FOR, TRIES, WAITS, MessageState
from postal_service.storage.schema import OutboxRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.clock import Clock
from tests.services.messages import LIFE, PHONE, put, put_all, row_of
from tests.services.world import World, build
from tests.sms_gateway import CLOSES, HANGS, TOKEN, Say, SmsGateway, sms_gateway

SENT, WAITING, DEAD, EXPIRED = (
    MessageState.SENT,
    MessageState.WAITING,
    MessageState.DEAD,
    MessageState.EXPIRED,
)


@pytest.fixture
def world(committed_sessions: Sessions) -> World:
    with transaction(committed_sessions) as session:
        return build(session)


@pytest.fixture
def server() -> Iterator[SmsGateway]:
    with sms_gateway() as server:
        yield server


@pytest.fixture
def sender(committed_sessions: Sessions, world: World, clock: Clock, server: SmsGateway) -> Sender:
    return made(committed_sessions, world, clock, HttpGateway(server.url, TOKEN))


def made(sessions: Sessions, world: World, clock: Clock, gateway: Gateway | None) -> Sender:
    # A try may take long on a busy machine: what is asked here is asked without a clock.
    return Sender(
        sessions, gateway, vault=world.vault, clock=clock, try_seconds=60.0, idle_seconds=0.02
    )


def told(found: Counter[MessageState]) -> dict[MessageState, int]:
    return {state: number for state, number in found.items() if number}


def test_what_waits_is_sent_and_its_content_goes(
    sender: Sender, server: SmsGateway, world: World
) -> None:
    put_all(sender.sessions, world.vault, "one", "two")
    assert told(sender.send_due()) == {SENT: 2}
    assert [each.key for each in server.heard] == ["one", "two"]
    assert server.heard[0].told == {"id": "one", "to": PHONE, "text": "Ma one: 482913."}
    kept = row_of(sender.sessions, "one")
    assert (kept.state, kept.payload, kept.via, kept.shown_to) == (
        "sent",
        b"",
        "gateway",
        "090****456",
    )
    assert told(sender.send_due()) == {}
    assert len(server.heard) == 2


@pytest.mark.parametrize("how", [Say(500), Say(429), Say(CLOSES)])
def test_a_gateway_that_stumbles_is_asked_again_with_the_same_key(
    sender: Sender, server: SmsGateway, world: World, clock: Clock, how: Say
) -> None:
    put_all(sender.sessions, world.vault, "one")
    server.answers = [how]
    assert told(sender.send_due()) == {WAITING: 1}
    assert told(sender.send_due()) == {}  # not before its time
    clock.forward(WAITS[0])
    assert told(sender.send_due()) == {SENT: 1}
    assert [each.key for each in server.heard] == ["one", "one"]
    assert server.heard[0].told == server.heard[1].told


def test_a_gateway_says_itself_when_to_come_back(
    sender: Sender, server: SmsGateway, world: World, clock: Clock
) -> None:
    put_all(sender.sessions, world.vault, "one")
    server.answers = [Say(429, {"Retry-After": "90"})]
    sender.send_due()
    clock.forward(timedelta(seconds=89))
    assert told(sender.send_due()) == {}
    clock.forward(timedelta(seconds=1))
    assert told(sender.send_due()) == {SENT: 1}


def test_what_a_gateway_refuses_is_given_up_at_once_and_the_others_go_on(
    sender: Sender, server: SmsGateway, world: World
) -> None:
    put_all(sender.sessions, world.vault, "bad", "good")
    server.answers = [Say(400)]
    assert told(sender.send_due()) == {DEAD: 1, SENT: 1}
    kept = row_of(sender.sessions, "bad")
    assert (kept.state, kept.error, kept.answer_status) == ("dead", "refused", 400)


def test_a_gateway_that_stays_away_is_not_asked_for_ever(
    sender: Sender, server: SmsGateway, world: World, clock: Clock
) -> None:
    put_all(sender.sessions, world.vault, "one")
    server.answers = [Say(503)] * TRIES
    states: Counter[MessageState] = Counter()
    for _ in range(TRIES):
        states += sender.send_due()
        clock.at = max(clock.at, row_of(sender.sessions, "one").next_at)
    assert told(states) == {WAITING: TRIES - 1, DEAD: 1}
    assert [each.key for each in server.heard] == ["one"] * TRIES

    with transaction(sender.sessions) as session:
        message = outbox.MessageId(row_of(sender.sessions, "one").id)
        outbox.try_again(session, message, can_send=True, by=world.administrator, at=clock())
    assert told(sender.send_due()) == {SENT: 1}
    assert server.heard[-1].key == "one"


def test_no_transaction_waits_for_a_gateway_that_hangs(
    sender: Sender, server: SmsGateway, world: World
) -> None:
    put_all(sender.sessions, world.vault, "one")
    server.answers = [Say(HANGS)]
    with ThreadPoolExecutor(1) as beside:
        sending = beside.submit(sender.send_due)
        assert server.is_asked.wait(20)
        put_all(sender.sessions, world.vault, "two")  # whoever writes does not wait
        with transaction(sender.sessions) as session:
            # Nor is the row itself locked.
            session.execute(update(OutboxRow).filter_by(key="one").values(shown_to="090****457"))
        assert not sending.done()
        server.is_over.set()  # the line breaks at last
        assert told(sending.result(timeout=30)) == {WAITING: 1, SENT: 1}
    assert row_of(sender.sessions, "one").error == "no_answer"


class DiesAfterwards:
    """A gateway that takes the message; then the process that handed it over is no more."""

    via = Via.GATEWAY

    def __init__(self, gateway: HttpGateway) -> None:
        self.gateway = gateway

    def carry(self, letter: Letter, *, until: float) -> Answer:
        self.gateway.carry(letter, until=until)
        raise KeyboardInterrupt


def test_a_crash_between_sending_and_noting_sends_again_with_the_same_key(
    committed_sessions: Sessions, world: World, clock: Clock, server: SmsGateway
) -> None:
    gateway = HttpGateway(server.url, TOKEN)
    put_all(committed_sessions, world.vault, "one")
    with pytest.raises(KeyboardInterrupt):
        made(committed_sessions, world, clock, DiesAfterwards(gateway)).send_due()
    other = made(committed_sessions, world, clock, gateway)
    assert told(other.send_due()) == {}
    clock.forward(TAKEN_FOR)
    assert told(other.send_due()) == {SENT: 1}
    assert [each.key for each in server.heard] == ["one", "one"]
    assert row_of(committed_sessions, "one").attempts == 2


def test_two_senders_at_once_send_each_message_once_and_in_order(
    committed_sessions: Sessions, world: World, clock: Clock, server: SmsGateway
) -> None:
    with transaction(committed_sessions) as session:
        for number in range(24):
            put(session, world.vault, f"{number:02}", subject=f"item {number % 4}")
    senders = [
        made(committed_sessions, world, clock, HttpGateway(server.url, TOKEN)) for _ in range(3)
    ]
    for sender in senders:
        sender.start()
    until = monotonic() + 60
    while len(server.heard) < 24 and monotonic() < until:
        threading.Event().wait(0.05)
    for sender in senders:
        sender.stop()

    keys = [each.key for each in server.heard]
    assert sorted(keys) == [f"{number:02}" for number in range(24)]
    for item in range(4):
        mine = [key for key in keys if int(key) % 4 == item]
        assert mine == sorted(mine)
    with reading(committed_sessions) as session:
        states = set(map(tuple, session.execute(select(OutboxRow.state, OutboxRow.attempts))))
    assert states == {("sent", 1)}


def test_a_second_sender_leaves_alone_what_the_first_is_sending(
    committed_sessions: Sessions, world: World, clock: Clock, server: SmsGateway
) -> None:
    put_all(committed_sessions, world.vault, "one", "after it", subject="the same")
    gateway = HttpGateway(server.url, TOKEN)
    server.may_answer.clear()
    with ThreadPoolExecutor(1) as beside:
        first = beside.submit(made(committed_sessions, world, clock, gateway).send_due)
        assert server.is_asked.wait(20)
        assert told(made(committed_sessions, world, clock, gateway).send_due()) == {}
        server.may_answer.set()
        assert told(first.result(timeout=20)) == {SENT: 2}
    assert [each.key for each in server.heard] == ["one", "after it"]


def test_a_code_that_has_run_out_is_not_sent_any_more(
    sender: Sender, server: SmsGateway, world: World, clock: Clock
) -> None:
    put_all(sender.sessions, world.vault, "one")
    clock.forward(LIFE)
    assert told(sender.send_due()) == {EXPIRED: 1}
    assert server.heard == []
    kept = row_of(sender.sessions, "one")
    assert (kept.state, kept.payload, kept.error) == ("expired", b"", "run_out")


def test_without_a_gateway_nothing_is_sent_and_what_runs_out_goes(
    committed_sessions: Sessions, world: World, clock: Clock
) -> None:
    sender = made(committed_sessions, world, clock, None)
    put_all(committed_sessions, world.vault, "one")
    assert told(sender.send_due()) == {}
    assert row_of(committed_sessions, "one").attempts == 0
    clock.forward(LIFE)
    assert told(sender.send_due()) == {EXPIRED: 1}


def test_a_message_that_does_not_open_is_given_up(
    sender: Sender, server: SmsGateway, world: World
) -> None:
    put_all(sender.sessions, replace(world.vault, master=bytes(32)), "sealed elsewhere")
    assert told(sender.send_due()) == {DEAD: 1}
    assert row_of(sender.sessions, "sealed elsewhere").error == "unreadable"
    assert server.heard == []


def test_a_folder_takes_messages_for_a_trial_and_says_so(
    committed_sessions: Sessions, world: World, clock: Clock, tmp_path: Path
) -> None:
    folder = tmp_path / "messages"
    folder.mkdir()
    put_all(committed_sessions, world.vault, "one")
    sender = made(committed_sessions, world, clock, FolderGateway(folder))
    assert told(sender.send_due()) == {SENT: 1}
    assert json.loads((folder / "one.json").read_bytes())["to"] == PHONE
    assert row_of(committed_sessions, "one").via == "folder"


def test_a_sender_that_was_started_sends_what_comes_and_ends(
    sender: Sender, server: SmsGateway, world: World
) -> None:
    sender.start()
    with pytest.raises(RuntimeError):
        sender.start()
    put_all(sender.sessions, world.vault, "one")
    assert server.is_asked.wait(20)
    sender.stop()
    assert row_of(sender.sessions, "one").state == "sent"
    put_all(sender.sessions, world.vault, "two")
    assert told(sender.send_due()) == {}


class Breaks:
    """A gateway with a fault of its own, whose words repeat what it was given."""

    via = Via.GATEWAY

    def carry(self, letter: Letter, *, until: float) -> Answer:
        raise ValueError(letter.to, letter.text, until)


def test_no_log_hears_a_number_a_code_or_a_token(
    sender: Sender,
    server: SmsGateway,
    world: World,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    careless = f"cannot send 482913 to {PHONE}".encode()
    put_all(sender.sessions, world.vault, "first", "second", "third", "fourth", "fifth")
    server.answers = [Say(400, body=careless), Say(500, body=careless), Say(CLOSES), Say(401)]
    sender.send_due()
    put_all(sender.sessions, replace(world.vault, master=bytes(32)), "sealed elsewhere")
    sender.send_due()
    put_all(sender.sessions, world.vault, "breaks")
    broken = made(sender.sessions, world, clock, Breaks())
    assert told(broken.send_due()) == {WAITING: 1}
    clock.forward(LIFE)
    sender.send_due()

    out, err = capfd.readouterr()
    heard = caplog.text + out + err
    for key in ("first", "second", "third", "fourth", "sealed elsewhere", "breaks"):
        assert key in heard
    assert "fifth" not in heard
    for secret in ("482913", "905123456", TOKEN, "cannot send"):
        assert secret not in heard
