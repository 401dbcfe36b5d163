"""What a gateway answers becomes taken, later or never; and a folder stands in for one."""

import json
import ssl
import stat
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import monotonic

import pytest

from postal_service.services.gateways import (
    Answer,
    FolderGateway,
    HttpGateway,
    Later,
    Letter,
    Never,
    Taken,
    Via,
    WhyNot,
)
from tests.certificates import self_signed
from tests.ports import free_port
from tests.sms_gateway import CLOSES, DRIPS, HANGS, TOKEN, Say, SmsGateway, sms_gateway

LETTER = Letter(key="otp-1", to="+84905123456", text="Ma nhan ket qua: 123456.")


def carried(server: SmsGateway, *, seconds: float = 10.0) -> Answer:
    return HttpGateway(server.url, TOKEN).carry(LETTER, until=monotonic() + seconds)


def test_a_message_is_posted_with_its_token_and_its_key() -> None:
    with sms_gateway() as server:
        assert carried(server) == Taken()
        (heard,) = server.heard
    assert heard.path == "/v1/messages?from=BUUDIEN"
    assert heard.headers["Authorization"] == f"Bearer {TOKEN}"
    assert heard.headers["Content-Type"] == "application/json"
    assert heard.key == "otp-1"
    assert heard.told == {"id": "otp-1", "to": "+84905123456", "text": LETTER.text}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (Say(202), Taken()),
        (Say(204), Taken()),
        (Say(500), Later(why=WhyNot.GATEWAY_FAULT, status=500)),
        (
            Say(503, {"Retry-After": "7"}),
            Later(why=WhyNot.GATEWAY_FAULT, status=503, wait=timedelta(seconds=7)),
        ),
        (Say(429), Later(why=WhyNot.BUSY, status=429)),
        (
            Say(429, {"Retry-After": "120"}),
            Later(why=WhyNot.BUSY, status=429, wait=timedelta(minutes=2)),
        ),
        (Say(429, {"Retry-After": "soon"}), Later(why=WhyNot.BUSY, status=429)),
        (Say(429, {"Retry-After": "-5"}), Later(why=WhyNot.BUSY, status=429)),
        (
            Say(429, {"Retry-After": "Mon, 23 Nov 2020 09:00:00 GMT"}),
            Later(why=WhyNot.BUSY, status=429),
        ),
        (Say(408), Later(why=WhyNot.BUSY, status=408)),
        (Say(409), Later(why=WhyNot.BUSY, status=409)),
        (Say(400), Never(why=WhyNot.REFUSED, status=400)),
        (Say(404), Never(why=WhyNot.REFUSED, status=404)),
        (Say(401), Never(why=WhyNot.NOT_LET_IN, status=401)),
        (Say(403), Never(why=WhyNot.NOT_LET_IN, status=403)),
        (Say(CLOSES), Later(why=WhyNot.NO_ANSWER)),
    ],
)
def test_what_a_gateway_says_tells_whether_to_try_again(said: Say, answer: Answer) -> None:
    with sms_gateway() as server:
        server.answers = [said]
        assert carried(server) == answer


def test_a_day_to_wait_until_is_understood() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=3), usegmt=True)
    with sms_gateway() as server:
        server.answers = [Say(503, {"Retry-After": later})]
        answer = carried(server)
    assert isinstance(answer, Later)
    assert timedelta(minutes=2) < answer.wait <= timedelta(minutes=3)


def test_no_redirection_takes_the_token_elsewhere() -> None:
    with sms_gateway() as server, sms_gateway() as elsewhere:
        server.answers = [Say(307, {"Location": elsewhere.url})]
        assert carried(server) == Never(why=WhyNot.REFUSED, status=307)
        assert elsewhere.heard == []


@pytest.mark.parametrize("how", [HANGS, DRIPS])
def test_who_does_not_come_to_an_end_is_hung_up_on(how: int) -> None:
    with sms_gateway() as server:
        server.answers = [Say(how)]
        assert carried(server, seconds=3.0) == Later(why=WhyNot.NO_ANSWER)
        assert len(server.heard) == 1


def test_nothing_leaves_once_its_time_is_over() -> None:
    with sms_gateway() as server:
        assert carried(server, seconds=-1.0) == Later(why=WhyNot.NO_ANSWER)
        assert server.heard == []


def test_where_nobody_listens_there_is_no_answer() -> None:
    gateway = HttpGateway(f"http://127.0.0.1:{free_port()}/", TOKEN)
    assert gateway.carry(LETTER, until=monotonic() + 5) == Later(why=WhyNot.NO_ANSWER)


def test_who_speaks_no_tls_gets_no_message() -> None:
    with sms_gateway() as server:
        gateway = HttpGateway(server.url.replace("http:", "https:"), TOKEN)
        assert gateway.carry(LETTER, until=monotonic() + 5) == Later(why=WhyNot.NO_ANSWER)
        assert server.heard == []


def test_a_gateway_is_believed_only_with_a_certificate_one_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    speaking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    speaking.load_cert_chain(certificate)
    with sms_gateway() as server:
        server.socket = speaking.wrap_socket(server.socket, server_side=True)
        gateway = HttpGateway(server.url.replace("http:", "https:"), TOKEN)
        assert gateway.carry(LETTER, until=monotonic() + 10) == Later(why=WhyNot.NOT_TRUSTED)
        assert server.heard == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert gateway.carry(LETTER, until=monotonic() + 10) == Taken()
        server.answers = [Say(DRIPS), Say(HANGS)]
        for _ in range(2):
            assert gateway.carry(LETTER, until=monotonic() + 3) == Later(why=WhyNot.NO_ANSWER)


def test_neither_a_number_nor_a_text_nor_a_token_is_in_what_a_traceback_shows() -> None:
    shown = repr(LETTER) + repr(HttpGateway("https://sms.example/", TOKEN))
    for secret in ("905123456", "123456", TOKEN):
        assert secret not in shown


def test_a_folder_gets_a_file_for_its_owner_alone_however_often(tmp_path: Path) -> None:
    gateway = FolderGateway(tmp_path)
    for _ in range(2):
        assert gateway.carry(LETTER, until=0.0) == Taken()
    (file,) = tmp_path.iterdir()
    assert file.name == "otp-1.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_bytes()) == {"id": "otp-1", "to": LETTER.to, "text": LETTER.text}
    assert gateway.via is Via.FOLDER


def test_a_folder_that_is_gone_is_tried_again(tmp_path: Path) -> None:
    gateway = FolderGateway(tmp_path / "away")
    assert gateway.carry(LETTER, until=0.0) == Later(why=WhyNot.FOLDER_FAULT)
