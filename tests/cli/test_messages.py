"""`postal send-messages`: what waits is sent, once or until Ctrl-C; what cannot be sent is told in a line."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postal_service.cli import main
from postal_service.cli.background import at_work
from postal_service.runtime import start
from postal_service.services.vault import Vault
from postal_service.settings import from_environment
from postal_service.storage.transaction import Sessions, transaction
from tests.services.messages import LIFE, put, row_of
from tests.sms_gateway import TOKEN, Say, SmsGateway, sms_gateway

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def server(service: str, configured: pytest.MonkeyPatch) -> Iterator[SmsGateway]:
    """A gateway that the environment names."""
    with sms_gateway() as server:
        configured.setenv("POSTAL_SMS_URL", server.url)
        configured.setenv("POSTAL_SMS_TOKEN", TOKEN)
        yield server


def waiting(sessions: Sessions, *keys: str, age: timedelta = timedelta()) -> None:
    """Messages made so long ago, sealed with the installation's own key."""
    settings = from_environment()
    vault = Vault(master=settings.master_key, index=settings.index_key)
    with transaction(sessions) as session:
        for key in keys:
            put(session, vault, key, subject=key, at=datetime.now(UTC) - age)


def test_what_is_due_is_sent_once(
    server: SmsGateway, committed_sessions: Sessions, capsys: Capture
) -> None:
    waiting(committed_sessions, "one", "two")
    assert main(["send-messages"]) == 0
    told = capsys.readouterr()
    assert told.out == "Sent 2, to be tried again 0, given up 0, run out 0.\n"
    assert told.err == ""
    assert [each.key for each in server.heard] == ["one", "two"]
    assert main(["send-messages"]) == 0
    assert capsys.readouterr().out == "Sent 0, to be tried again 0, given up 0, run out 0.\n"
    assert len(server.heard) == 2


def test_what_was_not_sent_ends_with_a_status_and_in_numbers(
    server: SmsGateway, committed_sessions: Sessions, capsys: Capture
) -> None:
    waiting(committed_sessions, "late", age=LIFE)
    waiting(committed_sessions, "refused", "put off", "sent")
    server.answers = [Say(400), Say(500)]
    assert main(["send-messages"]) == 1
    told = capsys.readouterr().out
    assert told == "Sent 1, to be tried again 1, given up 1, run out 1.\n"


def test_without_a_gateway_the_command_names_what_is_to_be_set(
    service: str, committed_sessions: Sessions, capsys: Capture
) -> None:
    waiting(committed_sessions, "one")
    for words in (["send-messages"], ["send-messages", "--follow"]):
        assert main(words) == 2
        told = capsys.readouterr().err
        assert told.startswith("postal: Messages cannot be sent: set POSTAL_SMS_URL")
        assert told.count("\n") == 1
    assert row_of(committed_sessions, "one").state == "waiting"


def test_a_folder_that_is_gone_is_told_before_anything_is_tried(
    service: str, configured: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    configured.setenv("POSTAL_SMS_FOLDER", str(tmp_path / "away"))
    assert main(["send-messages"]) == 2
    assert "POSTAL_SMS_FOLDER" in capsys.readouterr().err


def test_it_follows_until_ctrl_c(server: SmsGateway, committed_sessions: Sessions) -> None:
    command = [sys.executable, "-m", "postal_service.cli", "send-messages", "--follow"]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "Sending what is due — stop with Ctrl-C.\n"
    waiting(committed_sessions, "one")
    assert server.is_asked.wait(60)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert (running.returncode, told) == (130, "postal: Stopped.\n")
    assert row_of(committed_sessions, "one").state == "sent"


def test_a_server_at_work_sends_too(server: SmsGateway, committed_sessions: Sessions) -> None:
    waiting(committed_sessions, "one")
    with at_work(start(from_environment(), sessions=committed_sessions)):
        assert server.is_asked.wait(60)
    assert row_of(committed_sessions, "one").state == "sent"
