"""A real OSRM on a small town of our own: its tables are the roads we drew, asked in blocks, kept, and missed when it dies."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from routing import (
    UNREACHABLE,
    Budget,
    Courier,
    CourierId,
    Location,
    Problem,
    Profile,
    Reason,
    Stop,
    StopId,
    Window,
)
from routing.reasons import why_unserved
from routing.road_server import RoadServer, RoadServerError
from routing.solve import solve
from routing.travel import crow_metres
from tests.databases import not_here
from tests.ports import free_port

OSRM = Path(sys.prefix) / "osrm" / "osrm"
STREETS = 6  # each way, 0.002 degrees apart
SOUTH, WEST, STEP = 15.57, 108.47, 0.002
MOST_COORDINATES = 12


def corner(row: int, column: int) -> Location:
    return Location(name=f"{row}/{column}", lat=SOUTH + row * STEP, lon=WEST + column * STEP)


ISLAND = Location(name="Tam Hải", lat=SOUTH + 0.1, lon=WEST + 0.1)
PLACES = [corner(row, column) for row in range(0, STREETS, 2) for column in range(STREETS)]


def town() -> str:
    """OpenStreetMap XML: a square of streets, the southernmost one-way to the east, and an island."""
    nodes, ways = [], []
    for row in range(STREETS):
        for column in range(STREETS):
            place = corner(row, column)
            nodes.append(
                f'<node id="{1 + row * STREETS + column}" version="1"'
                f' lat="{place.lat:.6f}" lon="{place.lon:.6f}"/>'
            )
    nodes += [
        f'<node id="{900 + number}" version="1" lat="{ISLAND.lat}"'
        f' lon="{(ISLAND.lon or 0) + number * STEP:.6f}"/>'
        for number in range(2)
    ]
    rows = [[1 + row * STREETS + column for column in range(STREETS)] for row in range(STREETS)]
    for number, street in enumerate([*rows, *map(list, zip(*rows, strict=True)), [900, 901]]):
        refs = "".join(f'<nd ref="{node}"/>' for node in street)
        one_way = '<tag k="oneway" v="yes"/>' if number == 0 else ""
        ways.append(
            f'<way id="{5000 + number}" version="1">{refs}'
            f'<tag k="highway" v="residential"/>{one_way}</way>'
        )
    return f'<osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>'


class Server:
    """osrm-routed on a port of its own."""

    def __init__(self, roads: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        arguments = ["--ip", "127.0.0.1", "--port", str(port), "--threads", "1"]
        arguments += ["--max-table-size", str(MOST_COORDINATES)]
        self.process = subprocess.Popen(
            [OSRM / "bin" / "osrm-routed", *arguments, roads], stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + 30
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.end()
                pytest.fail("osrm-routed does not answer")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/nearest/v1/driving/{WEST},{SOUTH}", timeout=1):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town, prepared by the real tools."""
    if not (OSRM / "bin" / "osrm-routed").exists():
        not_here("the executables of OSRM are missing; `make ready` lays them beside the packages")
    folder = tmp_path_factory.mktemp("town")
    (folder / "town.osm").write_text(town(), encoding="utf-8")
    profile = OSRM / "share" / "profiles" / "car.lua"
    commands: list[tuple[str, list[str | Path]]] = [
        ("osrm-extract", ["--threads", "1", "-p", profile, folder / "town.osm"]),
        ("osrm-contract", ["--threads", "1", folder / "town.osrm"]),
    ]
    for tool, arguments in commands:
        done = subprocess.run(
            [OSRM / "bin" / tool, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "town.osrm"


@pytest.fixture(scope="module")
def osrm(roads: Path) -> Iterator[Server]:
    server = Server(roads)
    yield server
    server.end()


def test_the_table_is_the_streets_we_drew(osrm: Server) -> None:
    matrix = RoadServer(url=osrm.url, block=12).matrix(PLACES)

    points = np.radians([[place.lat or 0, place.lon or 0] for place in PLACES])
    along = crow_metres(points, points)
    here, there = 1 * STREETS, 1 * STREETS + 5  # the same street, five blocks on
    assert matrix.metres(here, there) == pytest.approx(along[here, there], rel=0.02)
    across = matrix.metres(here, 2 * STREETS + 5)
    assert across == pytest.approx(along[here, there] + along[here, 2 * STREETS], rel=0.02)
    assert matrix.seconds(here, there) > 0
    assert not np.diag(matrix.travel_seconds).any()


def test_a_one_way_street_is_longer_one_way(osrm: Server) -> None:
    matrix = RoadServer(url=osrm.url).matrix(PLACES[:STREETS])

    east, west = matrix.metres(1, 4), matrix.metres(4, 1)
    assert west > 1.5 * east


@pytest.mark.parametrize("block", [1, 5, 12])
def test_blocks_make_no_difference(osrm: Server, block: int) -> None:
    few = PLACES[:8]

    assert RoadServer(url=osrm.url, block=block).matrix(few) == RoadServer(url=osrm.url).matrix(few)


def test_a_block_larger_than_the_server_allows_is_refused_in_its_words(osrm: Server) -> None:
    with pytest.raises(RoadServerError, match="TooBig"):
        RoadServer(url=osrm.url, block=len(PLACES)).matrix(PLACES)


def test_an_island_has_no_road_and_its_stop_says_so(osrm: Server) -> None:
    places = [*PLACES[:4], ISLAND]
    matrix = RoadServer(url=osrm.url).matrix(places)
    day = Window(opens_second=0, closes_second=36_000)

    problem = Problem(
        locations=tuple(places),
        profiles=(Profile(travel=matrix),),
        stops=tuple(
            Stop(id=StopId(place.name), location=number, penalty=100_000)
            for number, place in enumerate(places)
            if number
        ),
        couriers=(Courier(id=CourierId("Lan"), start_location=0, end_location=0, shift=day),),
    )
    plan = solve(problem, budget=Budget(seconds=1), engines=[])

    assert matrix.seconds(0, 4) == matrix.seconds(4, 0) == UNREACHABLE
    assert {visit.stop for visit in plan.routes[0].visits} == {place.name for place in PLACES[1:4]}
    assert [(u.stop, u.reason) for u in why_unserved(problem, plan)] == [
        (StopId("Tam Hải"), Reason.NO_ROAD)
    ]


def test_what_is_kept_outlives_the_server(roads: Path, tmp_path: Path) -> None:
    server = Server(roads)
    road_server = RoadServer(
        url=server.url, block=MOST_COORDINATES, cache=tmp_path, pause=lambda _: None
    )
    try:
        first = road_server.matrix(PLACES)
    finally:
        server.end()

    assert road_server.matrix(PLACES) == first
    with pytest.raises(RoadServerError, match="no answer"):
        road_server.matrix([*PLACES, ISLAND])
