"""A service starts with settings it understands, or names the one it does not."""

from datetime import timedelta
from pathlib import Path

import pytest

from postal_service.domain.administrative import STANDARD_RULES, AgencyRules
from postal_service.domain.attempts import STANDARD, DeliveryPolicy
from postal_service.services.gateways import FolderGateway, HttpGateway
from postal_service.services.half_handovers import LIMIT
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
        ("POSTAL_HOTLINE", "call us"),
        ("POSTAL_DOOR_ATTEMPTS", "0"),
        ("POSTAL_INVITATIONS", "1"),  # the postal law asks for two
        ("POSTAL_DAYS_BETWEEN_INVITATIONS", "1"),
        ("POSTAL_HOLD_DAYS", "ten"),
        ("POSTAL_HOLD_DAYS", "1000"),
        ("POSTAL_SUPPLEMENTS", "0"),
        ("POSTAL_EXTENSIONS", "-1"),
        ("POSTAL_HALF_HANDOVER_HOURS", "0"),
        ("POSTAL_HOTLINE", "1900 54 54 81 javascript:"),
        ("POSTAL_ROAD_SECONDS", "0"),
        ("POSTAL_ROAD_SECONDS", "a minute"),
        ("POSTAL_PLANNING_FILE", "/no/such/file.toml"),
    ],
)
def test_a_variable_that_cannot_be_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(NotConfiguredError, match=name):
        started(tmp_path, **{name: value})


def test_what_contract_and_agency_set_has_one_default_and_is_handed_down(tmp_path: Path) -> None:
    shipped = started(tmp_path)
    assert shipped.delivery_policy == STANDARD
    assert (shipped.agency_rules, shipped.half_handover_limit) == (STANDARD_RULES, LIMIT)

    told = started(
        tmp_path, POSTAL_DOOR_ATTEMPTS="3", POSTAL_INVITATIONS="4",
        POSTAL_DAYS_BETWEEN_INVITATIONS="5", POSTAL_HOLD_DAYS="6", POSTAL_SUPPLEMENTS="2",
        POSTAL_EXTENSIONS="0", POSTAL_HALF_HANDOVER_HOURS="8",
    )  # fmt: skip
    assert told.delivery_policy == DeliveryPolicy(
        door_attempts=3, invitations=4, working_days_between_invitations=5, hold_working_days=6
    )
    assert told.conditions.delivery is told.delivery_policy
    assert told.agency_rules == AgencyRules(supplements=2, extensions=0)
    assert told.half_handover_limit == timedelta(hours=8)


@pytest.mark.parametrize(("value", "secure"), [("1", True), ("0", False)])
def test_cookies_are_as_secure_as_is_said(tmp_path: Path, value: str, *, secure: bool) -> None:
    assert started(tmp_path, POSTAL_SECURE_COOKIES=value).secure_cookies is secure


def test_cookies_of_an_installation_are_secure_unless_told(tmp_path: Path) -> None:
    told = {**make_keys(), "POSTAL_DATABASE_URL": "sqlite://", "POSTAL_ORIGIN": "post.example"}
    assert from_environment(told).secure_cookies
    assert not started(tmp_path).secure_cookies


SMS = {"POSTAL_SMS_URL": "https://sms.example/v1/messages", "POSTAL_SMS_TOKEN": "secret-token"}


def installed(**variables: str) -> Settings:
    told = {**make_keys(), "POSTAL_DATABASE_URL": "sqlite://", "POSTAL_ORIGIN": "post.example"}
    return from_environment({**told, **variables})


def test_messages_leave_by_a_gateway_into_a_folder_or_not_at_all(tmp_path: Path) -> None:
    assert installed().gateway is None
    assert installed(POSTAL_SMS_URL="", POSTAL_SMS_TOKEN="", POSTAL_SMS_FOLDER="").gateway is None
    assert installed(**SMS).gateway == HttpGateway(SMS["POSTAL_SMS_URL"], "secret-token")
    assert installed(POSTAL_SMS_FOLDER=str(tmp_path)).gateway == FolderGateway(tmp_path)
    here = "http://127.0.0.1:8025/send?from=POST"
    assert installed(POSTAL_SMS_TOKEN="x", POSTAL_SMS_URL=here).gateway == HttpGateway(here, "x")


@pytest.mark.parametrize(
    "url",
    [
        "sms.example/v1",
        "ftp://sms.example/v1",
        "http://sms.example/v1",  # codes would cross a network in clear
        "http://127.0.0.1.example/v1",
        "https://",
        "https:///v1",
        "https://sms.example:port/v1",
        "https://sms.example:0/v1",
        "https://sms.example:99999/v1",
        "https://user:secret-word@sms.example/v1",
        "https://sms.example/v1#secret-word",
        "https://sms.example/a b",
        "https://sms.example/đ",
        "https://[::1/v1",
    ],
)
def test_an_address_that_cannot_be_or_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(NotConfiguredError, match="POSTAL_SMS_URL is the https address") as told:
        installed(**{**SMS, "POSTAL_SMS_URL": url})
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"POSTAL_SMS_URL": SMS["POSTAL_SMS_URL"]}, "belong together"),
        ({"POSTAL_SMS_TOKEN": "secret-token"}, "belong together"),
        ({**SMS, "POSTAL_SMS_TOKEN": "secret token"}, "POSTAL_SMS_TOKEN is what"),
        ({**SMS, "POSTAL_SMS_TOKEN": "secret\r\nX: y"}, "POSTAL_SMS_TOKEN is what"),
        ({**SMS, "POSTAL_SMS_TOKEN": "bí-mật-secret"}, "POSTAL_SMS_TOKEN is what"),
        ({**SMS, "POSTAL_SMS_FOLDER": "."}, "set one of the two"),
        ({"POSTAL_SMS_FOLDER": "no/such/folder"}, "POSTAL_SMS_FOLDER: no/such/folder is no folder"),
        ({"POSTAL_SMS_FOLDER": __file__}, "is no folder"),
    ],
)
def test_a_gateway_that_is_half_set_up_stops_the_start(
    variables: dict[str, str], said: str
) -> None:
    with pytest.raises(NotConfiguredError, match=said) as told:
        installed(**variables)
    assert "secret" not in str(told.value)


def test_nothing_of_a_demo_goes_to_a_telephone(tmp_path: Path) -> None:
    told = started(tmp_path, **SMS)
    assert told.gateway == FolderGateway(tmp_path / "messages")
    assert (tmp_path / "messages").is_dir()
