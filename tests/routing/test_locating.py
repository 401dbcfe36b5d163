"""A file with addresses gets points for what is recognised, and is told what is not."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from routing.__main__ import main

UNITS = """district,commune,lat,lon,more
Tam Kỳ,An Mỹ,15.57,108.48,x
Phú Ninh,Tam Đại,15.50,108.40,
"""
DAY: dict[str, Any] = {
    "locations": [
        {"name": "bưu cục", "lat": 15.56, "lon": 108.47},
        {"name": "12 Trần Phú, phường An Mỹ, Tam Kỳ, Quảng Nam"},
        {"name": "xã Tam Đại, huyện Phú Ninh"},
    ],
    "stops": [{"id": "a", "location": 1}, {"id": "b", "location": 2}],
    "couriers": [
        {
            "id": "Lan",
            "start_location": 0,
            "end_location": 0,
            "shift": {"opens_second": 0, "closes_second": 36_000},
        }
    ],
}
NOWHERE: dict[str, Any] = DAY | {"locations": [*DAY["locations"], {"name": "đâu đó"}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    return tmp_path


def locate(folder: Path, given: object, *options: str) -> int:
    (folder / "in.json").write_text(json.dumps(given), "utf-8")
    how = options or ("--units", str(folder / "units.csv"))
    return main(["locate", str(folder / "in.json"), "--output", str(folder / "day.json"), *how])


def test_addresses_become_points_and_the_day_is_planned_on_them(folder: Path) -> None:
    assert locate(folder, DAY) == 0

    places = json.loads((folder / "day.json").read_text("utf-8"))["locations"]
    assert [(place["lat"], place["lon"]) for place in places] == [
        (15.56, 108.47),
        (15.57, 108.48),
        (15.50, 108.40),
    ]
    command = ["solve", str(folder / "day.json"), "--terrain", "delta", "--seconds", "0.3"]
    assert main([*command, "--quiet", "--output", str(folder / "plan.json")]) == 0


def test_what_is_not_recognised_is_named_and_stays_without_a_point(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert locate(folder, NOWHERE) == 3

    assert capsys.readouterr().err == "not recognised: đâu đó\n"
    assert json.loads((folder / "day.json").read_text("utf-8"))["locations"][3] == {
        "name": "đâu đó"
    }


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ("district,commune,lat\na,b,1\n", "row 2: 'lon' is missing"),
        ("district,commune,lat,lon\na,b,1,east\n", "row 2: latitude and longitude"),
        ("district,commune,lat,lon\na,b,91,1\n", "row 2: 91.0, 1.0 is not on Earth"),
        ("lat,lon,district,commune\n1,1,a,b\n1,1,a\n", "row 3: district and commune are expected"),
        ("lat,lon,district,commune\n1,1\n", "row 2: district and commune are expected"),
    ],
)
def test_a_list_of_communes_that_cannot_be_read_is_refused_with_the_row(
    folder: Path, capsys: pytest.CaptureFixture[str], units: str, words: str
) -> None:
    (folder / "units.csv").write_text(units)

    assert locate(folder, DAY) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("given", [[], {}, {"locations": [{"lat": 1}]}, {"locations": "here"}])
def test_what_has_no_named_places_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], given: object
) -> None:
    assert locate(folder, given) == 2
    assert "a list of named places is expected" in capsys.readouterr().err


class Answering(BaseHTTPRequestHandler):
    """Speaks as much of Nominatim's search as is asked."""

    def do_GET(self) -> None:
        (asked,) = parse_qs(urlsplit(self.path).query)["q"]
        found = [{"lat": "15.6", "lon": "108.5", "display_name": asked}]
        body = json.dumps(found if "Tam" in asked else []).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    listening.server_close()
    thread.join()


def test_a_server_of_ones_own_is_asked(folder: Path, server: str) -> None:
    assert locate(folder, NOWHERE, "--nominatim", server) == 3

    places = json.loads((folder / "day.json").read_text("utf-8"))["locations"]
    assert [place.get("lat") for place in places] == [15.56, 15.6, 15.6, None]


def test_a_server_that_is_none_or_silent_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert locate(folder, DAY, "--nominatim", "ftp://maps") == 2
    assert "not an http address: ftp://maps" in capsys.readouterr().err
    assert locate(folder, DAY, "--nominatim", "http://127.0.0.1:9") == 2
    assert "cannot ask http://127.0.0.1:9" in capsys.readouterr().err
