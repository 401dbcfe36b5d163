"""A service starts with settings it understands, or names the one it does not."""

from pathlib import Path

import pytest

from postal_service.settings import (
    NotConfiguredError,
    Settings,
    for_demo,
    from_environment,
    make_keys,
)


def started(folder: Path, **variables: str) -> Settings:
    return for_demo(folder, variables)


def test_plans_assume_what_is_shipped_and_ask_nobody_unless_told(tmp_path: Path) -> None:
    conditions = started(tmp_path).conditions
    assert (conditions.road_server, conditions.may_guess, conditions.road_cache) == (
        "",
        False,
        None,
    )


def test_what_plans_assume_comes_from_the_variables_and_their_file(tmp_path: Path) -> None:
    file = tmp_path / "planning.toml"
    file.write_text("paper_grams = 7\n")
    conditions = started(
        tmp_path, POSTAL_ROAD_SERVER_URL="http://roads.internal:5000", POSTAL_ROAD_GUESS="1",
        POSTAL_ROAD_CACHE=str(tmp_path / "roads"), POSTAL_PLANNING_FILE=str(file),
        POSTAL_ROAD_PROFILE="moto", POSTAL_ROAD_SECONDS="25",
    ).conditions  # fmt: skip
    assert conditions.road_server == "http://roads.internal:5000"
    assert (conditions.may_guess, conditions.road_profile) == (True, "moto")
    assert (conditions.road_cache, conditions.paper_grams) == (tmp_path / "roads", 7)
    assert conditions.road_table_seconds == 25


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTAL_ROAD_SERVER_URL", "roads.internal:5000"),
        ("POSTAL_ROAD_SERVER_URL", "ftp://roads.internal"),
        ("POSTAL_ROAD_GUESS", "yes"),
        ("POSTAL_ROAD_SECONDS", "0"),
        ("POSTAL_ROAD_SECONDS", "a minute"),
        ("POSTAL_PLANNING_FILE", "/no/such/file.toml"),
    ],
)
def test_a_variable_that_cannot_be_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(NotConfiguredError, match=name):
        started(tmp_path, **{name: value})


@pytest.mark.parametrize(("value", "secure"), [("1", True), ("0", False)])
def test_cookies_are_as_secure_as_is_said(tmp_path: Path, value: str, *, secure: bool) -> None:
    assert started(tmp_path, POSTAL_SECURE_COOKIES=value).secure_cookies is secure


def test_cookies_of_an_installation_are_secure_unless_told(tmp_path: Path) -> None:
    told = {**make_keys(), "POSTAL_DATABASE_URL": "sqlite://", "POSTAL_ORIGIN": "post.example"}
    assert from_environment(told).secure_cookies
    assert not started(tmp_path).secure_cookies
