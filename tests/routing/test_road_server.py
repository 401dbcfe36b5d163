"""A road server is asked in blocks, once for each, patiently; and its nonsense is not believed."""

import json
import logging
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from routing import UNREACHABLE, Location, Matrix
from routing.__main__ import main
from routing.road_server import RoadServer, RoadServerError
from routing.travel import DELTA, geodesic_matrix
from tests.certificates import self_signed

PLACES = [Location(name=str(n), lat=15.0 + n / 100, lon=108.0) for n in range(5)]
HEAD = b"HTTP/1.0 200 OK\r\nServer: slow\r\n\r\n"


class Roads(ThreadingHTTPServer):
    """Speaks OSRM's table service: a second and ten metres for each hundredth of a degree."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[str] = []
        self.failures: list[tuple[int, bytes]] = []
        self.promised_bytes: int | None = None
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.seconds_an_answer = 0.0
        self.drips_after: int | None = None  # so many bytes come at once, then one by one
        self.is_silent_after_head = False
        self.is_over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Roads

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.may_answer.wait()
        self.server.is_over.wait(self.server.seconds_an_answer)
        if self.server.drips_after is not None:
            self.drip(self.server.drips_after)
            return
        status, body = 200, b""
        if self.server.failures:
            status, body = self.server.failures.pop(0)
        else:
            body = json.dumps(self.table()).encode()
        self.send_response(status)
        if self.server.promised_bytes is not None:
            self.send_header("Content-Length", str(self.server.promised_bytes))
        self.end_headers()
        if self.server.is_silent_after_head:
            self.server.is_over.wait()
        with suppress(OSError):  # who asked may have gone
            self.wfile.write(body)

    def drip(self, at_once: int) -> None:
        answer = HEAD + json.dumps(self.table()).encode()
        with suppress(OSError):
            self.wfile.write(answer[:at_once])
            for place in range(at_once, len(answer)):
                if self.server.is_over.wait(0.05):
                    return
                self.wfile.write(answer[place : place + 1])

    def table(self) -> dict[str, object]:
        address = urlsplit(self.path)
        lats = [float(p.split(",")[1]) for p in address.path.split("/")[-1].split(";")]
        asked = parse_qs(address.query)
        rows = [lats[int(n)] for n in asked["sources"][0].split(";")]
        columns = [lats[int(n)] for n in asked["destinations"][0].split(";")]
        # The last place, at 15.04, is an island.
        durations = [
            [None if a != b and 15.04 in {a, b} else round(abs(a - b) * 100) for b in columns]
            for a in rows
        ]
        return {
            "code": "Ok",
            "durations": durations,
            "distances": [[None if s is None else s * 10.4 for s in row] for row in durations],
        }

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def roads() -> Iterator[Roads]:
    server = Roads()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.may_answer.set()
    server.is_over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def a_table_of(number: bytes) -> bytes:
    """Five places, everything as far."""
    rows = b"[" + b",".join([b"[" + b",".join([number] * 5) + b"]"] * 5) + b"]"
    return b'{"code":"Ok","durations":' + rows + b',"distances":' + rows + b"}"


def test_a_table_is_put_together_from_blocks(roads: Roads) -> None:
    matrix = RoadServer(url=roads.url, block=2).matrix(PLACES)

    assert len(roads.asked) == 9
    assert (matrix.seconds(0, 3), matrix.metres(3, 0)) == (3, 32)
    assert matrix.seconds(0, 4) == UNREACHABLE
    assert matrix.seconds(4, 4) == 0


def test_what_was_answered_once_is_not_asked_again(roads: Roads, tmp_path: Path) -> None:
    server = RoadServer(url=roads.url, cache=tmp_path / "roads")

    first, second = server.matrix(PLACES), server.matrix(PLACES)

    assert first == second
    assert len(roads.asked) == 1


def test_an_answer_is_kept_for_a_day_and_then_asked_for_anew(roads: Roads, tmp_path: Path) -> None:
    """The server may have been given new roads meanwhile."""
    server = RoadServer(url=roads.url, cache=tmp_path)
    server.matrix(PLACES)
    [kept] = tmp_path.iterdir()

    def grown(older_seconds: float) -> int:
        """How often the server has been asked, once the answer is so much older."""
        written = kept.stat().st_mtime - older_seconds
        os.utime(kept, (written, written))
        server.matrix(PLACES)
        return len(roads.asked)

    assert grown(23 * 3600) == 1
    assert grown(2 * 3600) == 2
    assert grown(0) == 2  # what came in its place counts for a day again


def test_what_is_too_old_is_no_answer_where_the_server_is_silent(
    roads: Roads, tmp_path: Path
) -> None:
    server = RoadServer(url=roads.url, cache=tmp_path, attempts=1)
    server.matrix(PLACES)
    [kept] = tmp_path.iterdir()
    os.utime(kept, (0, 0))
    roads.failures = [(503, b"")]

    with pytest.raises(RoadServerError, match="503"):
        server.matrix(PLACES)


def test_a_folder_that_takes_no_answers_costs_no_table(
    roads: Roads, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")

    matrix = RoadServer(url=roads.url, cache=tmp_path / "file" / "roads").matrix(PLACES)

    assert matrix.seconds(0, 3) == 3
    assert "not kept" in caplog.text


def test_nothing_but_whole_answers_lies_in_the_folder(roads: Roads, tmp_path: Path) -> None:
    RoadServer(url=roads.url, cache=tmp_path, block=2).matrix(PLACES)

    assert {path.suffix for path in tmp_path.iterdir()} == {".json"}
    assert len(list(tmp_path.iterdir())) == 9


def test_a_busy_server_is_asked_again(roads: Roads) -> None:
    roads.failures = [(503, b""), (429, b"")]
    waited: list[float] = []

    RoadServer(url=roads.url, pause=waited.append).matrix(PLACES)

    assert waited == [0.5, 1.0]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, b'{"code":"TooBig"}', "400 TooBig"),
        (200, b'{"code":"NoTable"}', "NoTable"),
        (200, b"<html>", "not an OSRM table"),
        (200, b'{"code":"Ok","durations":[[0]],"distances":[[0]]}', "shape"),
        (200, b"[]", "not an OSRM table"),
        (200, a_table_of(b"1e12"), "not from 0 to 1000000000"),
        (200, a_table_of(b"Infinity"), "not from 0 to 1000000000"),
        (200, a_table_of(b"-1"), "not from 0 to 1000000000"),
    ],
)
def test_nonsense_is_refused_with_what_came(
    roads: Roads, status: int, body: bytes, said: str
) -> None:
    roads.failures = [(status, body)]

    with pytest.raises(RoadServerError, match=said):
        RoadServer(url=roads.url).matrix(PLACES)


def test_a_dead_server_is_named_after_all_attempts() -> None:
    waited: list[float] = []
    server = RoadServer(url="http://127.0.0.1:9", timeout_seconds=1, pause=waited.append)

    with pytest.raises(RoadServerError, match=r"127\.0\.0\.1:9.*3 times"):
        server.matrix(PLACES)

    assert len(waited) == 2


def test_half_an_answer_is_asked_for_again_and_then_named(roads: Roads, tmp_path: Path) -> None:
    roads.promised_bytes = 100_000
    server = RoadServer(url=roads.url, attempts=2, pause=lambda _: None, cache=tmp_path)

    with pytest.raises(RoadServerError, match=r"2 times.*IncompleteRead"):
        server.matrix(PLACES)

    assert len(roads.asked) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_never_answers_is_not_waited_for_for_ever(roads: Roads) -> None:
    roads.may_answer.clear()
    server = RoadServer(url=roads.url, attempts=2, timeout_seconds=0.2, pause=lambda _: None)

    with pytest.raises(RoadServerError, match=r"2 times.*timed out"):
        server.matrix(PLACES)

    assert not roads.may_answer.is_set()


@pytest.mark.parametrize("at_once", [0, 4, len(HEAD), len(HEAD) + 20])
def test_a_server_that_drips_its_answer_is_not_waited_for_beyond_the_deadline(
    roads: Roads, tmp_path: Path, at_once: int
) -> None:
    roads.drips_after = at_once
    server = RoadServer(url=roads.url, table_seconds=0.5, cache=tmp_path)

    with pytest.raises(RoadServerError, match=r"0 of 1 blocks came in 0\.5 s; .*timed out"):
        server.matrix(PLACES)

    assert len(roads.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_that_breaks_off_is_not_waited_for_either(roads: Roads) -> None:
    roads.failures = [(503, b"")] * 3
    roads.promised_bytes = 10
    server = RoadServer(url=roads.url, table_seconds=0.5, pause=lambda _: None)
    roads.is_silent_after_head = True

    with pytest.raises(RoadServerError, match=r"0 of 1 blocks came in 0\.5 s"):
        server.matrix(PLACES)


def test_a_server_that_is_slow_for_every_block_is_told_with_how_far_it_came(
    roads: Roads, tmp_path: Path
) -> None:
    roads.seconds_an_answer = 0.1
    server = RoadServer(url=roads.url, block=1, table_seconds=1, cache=tmp_path)

    with pytest.raises(RoadServerError, match=r"[1-9]\d* of 25 blocks came in 1 s"):
        server.matrix(PLACES)

    # What came is kept, so that whoever asks again goes on from there.
    came = len(list(tmp_path.iterdir()))
    assert 0 < came < 25
    roads.seconds_an_answer = 0.0
    roads.asked.clear()
    assert server.matrix(PLACES).seconds(0, 3) == 3
    assert len(roads.asked) == 25 - came


def test_a_busy_server_is_not_tried_again_beyond_the_deadline(roads: Roads) -> None:
    roads.failures = [(503, b"")] * 100
    server = RoadServer(url=roads.url, attempts=100, table_seconds=0.6)

    with pytest.raises(RoadServerError, match=r"0 of 1 blocks came in 0\.6 s; answered 503"):
        server.matrix(PLACES)


def test_another_table_is_taken_only_where_the_caller_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = RoadServer(url="http://127.0.0.1:9", timeout_seconds=1, attempts=1)

    def by_air() -> Matrix:
        return geodesic_matrix(PLACES, [DELTA] * len(PLACES))

    with caplog.at_level(logging.WARNING):
        matrix = server.matrix(PLACES, otherwise=by_air)

    assert matrix == by_air()
    assert "127.0.0.1:9" in caplog.text
    with pytest.raises(RoadServerError):
        server.matrix(PLACES)


def test_a_server_that_answers_is_never_replaced(roads: Roads) -> None:
    def never() -> Matrix:
        raise AssertionError

    assert RoadServer(url=roads.url).matrix(PLACES, otherwise=never).metres(3, 0) == 32


def test_only_http_is_asked() -> None:
    with pytest.raises(ValueError, match="http"):
        RoadServer(url="file:///etc/passwd")
    with pytest.raises(ValueError, match="coordinates"):
        RoadServer(url="http://127.0.0.1:9").matrix([Location(name="nowhere")])


def test_a_server_is_asked_over_tls_and_believed_only_with_a_certificate_one_trusts(
    roads: Roads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    speaking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    speaking.load_cert_chain(certificate)
    roads.socket = speaking.wrap_socket(roads.socket, server_side=True)
    server = RoadServer(url=roads.url.replace("http", "https"), attempts=1, table_seconds=2)

    with pytest.raises(RoadServerError, match="CERTIFICATE_VERIFY_FAILED"):
        server.matrix(PLACES)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert server.matrix(PLACES).seconds(0, 3) == 3
    roads.drips_after = len(HEAD)
    with pytest.raises(RoadServerError, match="0 of 1 blocks came in 2 s"):
        server.matrix(PLACES)


@pytest.mark.parametrize("times", [{"timeout_seconds": 0}, {"table_seconds": -1}])
def test_a_server_that_may_take_no_time_is_refused(times: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a table"):
        RoadServer(url="http://127.0.0.1:9", **times)  # type: ignore[arg-type]


def test_the_ways_a_file_leaves_out_are_asked_of_a_server_from_the_command_line(
    roads: Roads, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {
        "vehicles": [{"id": 1, "start": [108.0, 15.0], "end": [108.0, 15.0]}],
        "jobs": [{"id": 5, "location": [108.0, 15.02]}],
    }
    day, answer = tmp_path / "day.json", tmp_path / "answer.json"
    day.write_text(json.dumps(given))
    command = ["solve", str(day), "--format", "vroom", "--seconds", "0.3", "--quiet"]
    command += ["--output-format", "vroom", "--output", str(answer)]

    assert main([*command, "--osrm", roads.url]) == 0
    written = json.loads(answer.read_text())
    roads.failures = [(400, b'{"code": "InvalidUrl"}')] * 9
    assert main([*command, "--osrm", roads.url]) == 2

    assert written["summary"]["duration"] == 4
    assert [step.get("id") for step in written["routes"][0]["steps"]] == [None, 5, None]
    assert "/table/v1/car/" in roads.asked[0]
    assert "answered 400 InvalidUrl" in capsys.readouterr().err
