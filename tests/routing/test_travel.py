"""Travel tables: from coordinates, from files, with floods and ferries on their days."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from routing import UNREACHABLE, Budget, Location, Matrix, Reason
from routing.feasibility import check
from routing.notices import RoadNotice, with_notices
from routing.solve import solve
from routing.tables import IntArray
from routing.travel import (
    DELTA,
    TOWN,
    GeodesicTable,
    Terrain,
    UnreadableTable,
    geodesic_matrix,
    read_table,
)
from tests.routing.provinces import province

TAM_KY = Location(name="Tam Kỳ", lat=15.573, lon=108.474)
HOI_AN = Location(name="Hội An", lat=15.880, lon=108.338)
NOV = date(2026, 11, 10)


def test_tam_ky_to_hoi_an_is_about_fifty_kilometres_by_road() -> None:
    matrix = geodesic_matrix([TAM_KY, HOI_AN], [DELTA, DELTA])

    assert 45_000 < matrix.metres(0, 1) < 55_000
    assert 1.4 < matrix.seconds(0, 1) / 3600 < 1.9
    assert matrix.seconds(0, 0) == 0


def test_the_computed_table_and_the_whole_one_agree() -> None:
    draw = np.random.default_rng(3)
    places = [
        Location(name=str(n), lat=15 + float(draw.random()), lon=108 + float(draw.random()))
        for n in range(300)
    ]
    terrains = [TOWN if n % 2 else DELTA for n in range(300)]
    table, matrix = GeodesicTable(tuple(places), tuple(terrains)), geodesic_matrix(places, terrains)

    rows, columns = np.array([3, 299]), np.array([0, 7, 280])

    assert np.array_equal(table.block(rows, columns)[0], matrix.block(rows, columns)[0])
    assert table.metres(3, 7) == matrix.metres(3, 7)


@pytest.mark.parametrize(
    "place",
    [Location(name="x"), Location(name="x", lat=91, lon=0), Location(name="x", lat=0, lon=181)],
)
def test_a_place_that_is_nowhere_is_refused(place: Location) -> None:
    with pytest.raises(ValueError, match="location x"):
        geodesic_matrix([place], [TOWN])


def test_a_terrain_on_which_nobody_moves_is_refused() -> None:
    with pytest.raises(ValueError, match="terrain"):
        Terrain(road_factor=1.2, speed_km_per_hour=0)
    with pytest.raises(ValueError, match="terrains"):
        geodesic_matrix([TAM_KY], [])


def test_a_flood_closes_the_road_on_its_days_only() -> None:
    matrix = Matrix([[0, 60], [60, 0]])
    flood = RoadNotice(
        origins=frozenset({0}),
        destinations=frozenset({1}),
        reason="Thu Bồn",
        first_day=NOV,
        last_day=NOV,
    )

    assert with_notices(matrix, [flood], day=NOV).seconds(1, 0) == UNREACHABLE
    assert with_notices(matrix, [flood], day=date(2026, 11, 11)) == matrix


@pytest.mark.parametrize(
    "more",
    [
        {"seconds": -1},
        {"seconds": UNREACHABLE + 1},
        {"metres": -1},
        {"first_day": NOV, "last_day": date(2026, 11, 9)},
    ],
)
def test_a_notice_that_cannot_be_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="'flood'"):
        RoadNotice(origins=frozenset({0}), destinations=frozenset({1}), reason="flood", **more)


def test_a_walk_of_years_is_no_road() -> None:
    snail = Terrain(road_factor=9, speed_km_per_hour=0.0001)
    table = GeodesicTable((TAM_KY, HOI_AN), (snail, snail))

    assert table.seconds(0, 1) == UNREACHABLE
    assert geodesic_matrix([TAM_KY, HOI_AN], [snail, snail]).seconds(0, 1) == UNREACHABLE


def test_a_ferry_takes_its_own_time_and_one_way_only() -> None:
    matrix = Matrix([[0, UNREACHABLE], [UNREACHABLE, 0]], [[0, 0], [0, 0]])
    ferry = RoadNotice(
        origins=frozenset({0}),
        destinations=frozenset({1}),
        reason="Cửa Đại",
        seconds=2400,
        metres=15_000,
        both_ways=False,
    )

    there = with_notices(matrix, [ferry], day=NOV)

    assert (there.seconds(0, 1), there.metres(0, 1)) == (2400, 15_000)
    assert there.seconds(1, 0) == UNREACHABLE
    with pytest.raises(ValueError, match="outside"):
        with_notices(Matrix([[0]]), [ferry], day=NOV)


PLACES = [Location(name=str(n), lat=15 + n / 50, lon=108 + n % 3 / 20) for n in range(40)]
TERRAINS = [TOWN if n % 2 else DELTA for n in range(40)]
ISLAND, TOWN_HALL = frozenset({3, 4, 5}), frozenset({0})
NOTICES = (
    RoadNotice(origins=ISLAND, destinations=frozenset(range(40)) - ISLAND, reason="biển động"),
    RoadNotice(origins=ISLAND, destinations=TOWN_HALL, reason="phà", seconds=2400, metres=9000),
    RoadNotice(
        origins=TOWN_HALL,
        destinations=frozenset({4}),
        reason="ca nô",
        seconds=900,
        both_ways=False,
    ),
    RoadNotice(
        origins=frozenset({7, 8}), destinations=frozenset({7, 8, 9}), reason="sạt lở", last_day=NOV
    ),
    RoadNotice(
        origins=frozenset({20}),
        destinations=frozenset({21}),
        reason="past",
        last_day=date(2020, 1, 1),
    ),
)


class AskedTable(GeodesicTable):
    """Writes down how many cells it was ever asked for at once."""

    def block(
        self, origins: NDArray[np.integer], destinations: NDArray[np.integer]
    ) -> tuple[IntArray, IntArray]:
        asked.append(len(origins) * len(destinations))
        return super().block(origins, destinations)


asked: list[int] = []


def test_a_table_that_computes_what_is_asked_has_the_same_notices_as_a_whole_one() -> None:
    whole = with_notices(geodesic_matrix(PLACES, TERRAINS), NOTICES, day=NOV)
    lazy = with_notices(GeodesicTable(tuple(PLACES), tuple(TERRAINS)), NOTICES, day=NOV)
    every = np.arange(40)

    assert lazy.size == 40
    assert Matrix(*lazy.block(every, every)) == whole
    assert (
        Matrix(
            [[lazy.seconds(a, b) for b in range(40)] for a in range(40)],
            [[lazy.metres(a, b) for b in range(40)] for a in range(40)],
        )
        == whole
    )
    rows, columns = np.array([8, 4, 0, 4]), np.array([4, 9, 8, 0])
    for part, all_of_it in zip(lazy.block(rows, columns), whole.block(rows, columns), strict=True):
        assert np.array_equal(part, all_of_it)
    assert (lazy.seconds(0, 4), lazy.seconds(4, 0), lazy.seconds(4, 9)) == (900, 2400, UNREACHABLE)
    assert (lazy.seconds(7, 8), lazy.seconds(7, 7), lazy.metres(5, 0)) == (UNREACHABLE, 0, 9000)


def test_notices_ask_a_large_table_for_no_more_than_they_are_asked_for() -> None:
    lazy = with_notices(AskedTable(tuple(PLACES), tuple(TERRAINS)), NOTICES, day=NOV)
    asked.clear()

    lazy.block(np.array([3]), np.arange(40))
    lazy.seconds(0, 20)

    assert asked == [40]


def test_what_is_overruled_is_not_written_into_the_table() -> None:
    class View:
        """Answers with what it keeps, as a table of one's own may."""

        size = 2
        numbers = np.array([[0, 60], [60, 0]], dtype=np.int32)

        def seconds(self, origin: int, destination: int) -> int:
            return int(self.numbers[origin, destination])

        metres = seconds

        def block(
            self, origins: NDArray[np.integer], destinations: NDArray[np.integer]
        ) -> tuple[IntArray, IntArray]:
            assert len(origins) == len(destinations) == 2
            return self.numbers, self.numbers

    table = View()
    flood = RoadNotice(origins=frozenset({0}), destinations=frozenset({1}), reason="Thu Bồn")

    there = with_notices(table, [flood], day=NOV)

    assert there.block(np.arange(2), np.arange(2))[0][0, 1] == UNREACHABLE
    assert table.seconds(0, 1) == 60


def test_a_table_without_notices_on_its_day_is_the_table_itself() -> None:
    table = GeodesicTable(tuple(PLACES), tuple(TERRAINS))

    assert with_notices(table, NOTICES[-1:], day=NOV) is table
    with pytest.raises(ValueError, match="outside"):
        with_notices(GeodesicTable((TAM_KY,), (TOWN,)), NOTICES, day=NOV)


def test_a_days_plan_on_a_computed_table_goes_round_what_is_closed() -> None:
    open_day = province(60, 2)
    profile = open_day.profiles[0]
    cut_off = frozenset({open_day.stops[4].location, open_day.stops[7].location})
    every = frozenset(range(profile.travel.size))
    closed = with_notices(
        profile.travel,
        [RoadNotice(origins=cut_off, destinations=every - cut_off, reason="bão số 12")],
        day=NOV,
    )
    problem = replace(open_day, profiles=(replace(profile, travel=closed),))

    plan = solve(problem, budget=Budget(seconds=2), seed=1)

    assert check(problem, plan) == ()
    assert {each.stop for each in plan.unserved if each.reason is Reason.NO_ROAD} == {
        stop.id for stop in problem.stops if stop.location in cut_off
    }


def test_a_table_from_a_file_has_no_road_where_the_file_has_none(tmp_path: Path) -> None:
    file = tmp_path / "roads.csv"
    file.write_text("origin,destination,seconds,metres\nA,B,60,900\n", encoding="utf-8")

    matrix = read_table(file, ["A", "B"])

    assert (matrix.seconds(0, 1), matrix.metres(0, 1)) == (60, 900)
    assert matrix.seconds(1, 0) == UNREACHABLE


@pytest.mark.parametrize(
    "row", ["A,C,60,900", "A,B,soon,900", "A,B,-1,900", "A,B,60", "A,B,9999999999,1"]
)
def test_a_broken_row_is_refused_with_its_number(tmp_path: Path, row: str) -> None:
    file = tmp_path / "roads.csv"
    file.write_text(f"origin,destination,seconds,metres\n{row}\n", encoding="utf-8")

    with pytest.raises(UnreadableTable, match="row 2"):
        read_table(file, ["A", "B"])


def test_a_table_for_places_of_one_name_is_refused_with_the_name(tmp_path: Path) -> None:
    """Its rows would be those of the last of them, and the others had no road."""
    file = tmp_path / "roads.csv"
    file.write_text("origin,destination,seconds,metres\nA,chợ,60,900\n", encoding="utf-8")

    with pytest.raises(UnreadableTable, match="several places are named chợ"):
        read_table(file, ["A", "chợ", "B", "chợ"])


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "roads.csv"
    file.write_bytes("origin,destination,seconds,metres\nbưu cục,chợ,1,1\n".encode("utf-16"))

    with pytest.raises(UnreadableTable, match="UTF-8"):
        read_table(file, ["bưu cục", "chợ"])
