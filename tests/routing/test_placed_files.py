"""A file may leave out the ways between its places and say, or be told, how they are computed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from routing import Courier, CourierId, Location, Problem, Profile, Stop, StopId, Window
from routing.__main__ import main
from routing.travel import DELTA, MOUNTAIN, TOWN, GeodesicTable, Tables, Terrain, geodesic_matrix
from routing.wire import UnreadableJson, plan_from_json, problem_from_json, problem_to_json
from tests.routing.small import on_a_line, stop

PLACES = tuple(Location(name=f"p{n}", lat=15.5 + n / 50, lon=108.4) for n in range(4))
DAY = Window(opens_second=0, closes_second=36_000)


def day(terrains: Sequence[Terrain]) -> Problem:
    return Problem(
        locations=PLACES,
        profiles=(Profile(travel=GeodesicTable(PLACES, tuple(terrains))),),
        stops=tuple(Stop(id=StopId(f"s{n}"), location=n) for n in range(1, 4)),
        couriers=(Courier(id=CourierId("Lan"), start_location=0, end_location=0, shift=DAY),),
    )


def document(travel: object = None) -> dict[str, Any]:
    """The day as JSON, with this for its travel; None: without profiles."""
    read: dict[str, Any] = json.loads(problem_to_json(day([DELTA] * 4)))
    del read["profiles"]
    return read if travel is None else read | {"profiles": [{"travel": travel}]}


@pytest.mark.parametrize("terrains", [[DELTA] * 4, [TOWN, DELTA, MOUNTAIN, DELTA]])
def test_a_saved_problem_says_how_its_table_is_computed(terrains: list[Terrain]) -> None:
    problem = day(terrains)

    text = problem_to_json(problem)
    read = problem_from_json(text)

    assert "travel_seconds" not in text
    table = read.profiles[0].travel
    assert isinstance(table, GeodesicTable)
    assert (table.locations, table.terrains) == (PLACES, tuple(terrains))
    assert json.loads(problem_to_json(read)) == json.loads(text)


def test_a_table_of_other_places_is_written_out_whole() -> None:
    other = tuple(Location(name="x", lat=15.0, lon=108.0 + n / 9) for n in range(4))
    problem = day([DELTA] * 4)
    table = GeodesicTable(other, (DELTA,) * 4)
    elsewhere = problem_to_json(
        Problem(
            locations=problem.locations,
            profiles=(Profile(travel=table),),
            stops=problem.stops,
            couriers=problem.couriers,
        )
    )

    assert problem_from_json(elsewhere).profiles[0].travel == geodesic_matrix(other, [DELTA] * 4)


def test_a_terrain_may_be_given_by_its_name() -> None:
    travel = {"great_circle": {"terrains": ["town", "mountain"], "terrain_of": [0, 1, 1, 0]}}

    table = problem_from_json(json.dumps(document(travel))).profiles[0].travel

    assert isinstance(table, GeodesicTable)
    assert table.terrains == (TOWN, MOUNTAIN, MOUNTAIN, TOWN)


def with_lone_place(given: dict[str, Any]) -> dict[str, Any]:
    return given | {"locations": [*given["locations"][:3], {"name": "nowhere"}]}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (document(), "/profiles: missing"),
        (document({}), "/profiles/0/travel/travel_seconds: missing"),
        (document({"great_circle": {}}), "great_circle: terrains are expected"),
        (document({"great_circle": {"terrains": 5}}), "great_circle/terrains: a list is expected"),
        (document({"great_circle": {"terrains": "town"}}), "terrains: a list is expected"),
        (document({"great_circle": {"terrains": ["moor"]}}), "terrains/0: an object is expected"),
        (
            document({"great_circle": {"terrains": [{"road_factor": 1.2}]}}),
            "terrains/0/speed_km_per_hour: missing",
        ),
        (
            document({"great_circle": {"terrains": [{"road_factor": 0, "speed_km_per_hour": 9}]}}),
            "terrains/0: terrain with factor 0",
        ),
        (
            document({"great_circle": {"terrains": ["town"], "terrain_of": [0, 0, 1, 0]}}),
            "terrain_of: numbers of terrains",
        ),
        (
            document({"great_circle": {"terrains": ["town"], "terrain_of": [0]}}),
            "1 terrains for 4 locations",
        ),
        (document({"great_circle": {"terrains": ["town"]}, "x": 1}), "stands alone"),
        (
            with_lone_place(document({"great_circle": {"terrains": ["town"]}})),
            "location nowhere has no coordinates",
        ),
        (document({"great_circle": {"terrains": ["town"], "x": 1}}), "only terrains and"),
    ],
)
def test_a_table_that_cannot_be_computed_is_refused_where_it_stands(
    given: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnreadableJson, match=words):
        problem_from_json(json.dumps(given))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"couriers": 5}, "/couriers: a list is expected"),
        ({"couriers": {"Lan": {}}}, "/couriers: a list is expected"),
        ({"couriers": [{"profile": ["foot"]}]}, "/couriers/0/id: missing"),
        ({"profiles": [{"name": 5}]}, "/profiles/0/name: str expected"),
    ],
)
def test_what_is_no_list_or_name_is_refused_where_tables_are_made_too(
    part: dict[str, Any], words: str
) -> None:
    def tables(places: Sequence[Location], _profile: str) -> GeodesicTable:
        return GeodesicTable(tuple(places), (TOWN,) * len(places))

    with pytest.raises(UnreadableJson, match=words):
        problem_from_json(json.dumps(document() | part), tables=tables)


def test_every_profile_that_is_left_out_gets_a_table_by_its_name() -> None:
    given = document()
    given["couriers"] += [given["couriers"][0] | {"id": "Minh", "profile": "van"}]
    asked: list[str] = []

    def tables(places: Sequence[Location], profile: str) -> GeodesicTable:
        asked.append(profile)
        return GeodesicTable(tuple(places), (TOWN,) * len(places))

    made: Tables = tables
    problem = problem_from_json(json.dumps(given), tables=made)

    assert asked == [profile.name for profile in problem.profiles] == ["default", "van"]
    assert problem_from_json(json.dumps(document({})), tables=made).profiles[0].travel.size == 4


def solved(folder: Path, given: Mapping[str, Any], *options: str) -> int:
    (folder / "day.json").write_text(json.dumps(given))
    command = ["solve", str(folder / "day.json"), "--seconds", "0.3", "--quiet"]
    return main([*command, "--output", str(folder / "plan.json"), *options])


def test_ways_come_from_a_terrain_or_a_file_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "ways.csv"
    rows = [f"p{a},p{b},{60 * abs(a - b)},100" for a in range(4) for b in range(4) if a != b]
    table.write_text("\n".join(["origin,destination,seconds,metres", *rows]))

    assert solved(tmp_path, document(), "--table", str(table)) == 0
    assert plan_from_json((tmp_path / "plan.json").read_text()).cost == 6 * 60
    assert solved(tmp_path, document(), "--terrain", "mountain") == 0
    slow = plan_from_json((tmp_path / "plan.json").read_text()).cost
    assert solved(tmp_path, document(), "--terrain", "delta") == 0
    assert plan_from_json((tmp_path / "plan.json").read_text()).cost < slow
    assert solved(tmp_path, document()) == 2
    assert "/profiles: missing" in capsys.readouterr().err
    assert solved(tmp_path, with_lone_place(document()), "--terrain", "town") == 2
    assert "location nowhere has no coordinates" in capsys.readouterr().err
    assert solved(tmp_path, document(), "--terrain", "town", "--format", "solomon") == 2
    assert "are for json and vroom" in capsys.readouterr().err


def test_what_vroom_cannot_say_is_refused_before_the_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = on_a_line([stop("a", 1)])
    (man,) = json.loads(problem_to_json(problem))["couriers"]
    given = json.loads(problem_to_json(problem)) | {"couriers": [man | {"max_tours": 2}]}

    assert solved(tmp_path, given, "--output-format", "vroom") == 2

    assert "no several tours a day" in capsys.readouterr().err
