"""A second factor is switched on by its owner alone; a code opens once, and there is a way back in."""

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from postal_service.storage.schema import RecoveryCodeRow, StaffRow
from tests.clock import Clock
from tests.services.world import World
from tests.web.conftest import PASSWORD, Browser

PAGE = "/account/second-factor"
OFFER = re.compile(r'name="offer" value="([^"]+)"')
GROUP = re.compile(r"<span>([A-Z2-7]{4})</span>")
RECOVERY = re.compile(r'<li class="code">([0-9A-Z-]{14})</li>')


def offered(person: Browser) -> tuple[str, str]:
    """The form's offer and the secret it shows."""
    page = person.text(PAGE)
    found = OFFER.search(page)
    assert found is not None
    return found[1], "".join(GROUP.findall(page))


@pytest.fixture
def switched_on(browser: Callable[[str], Browser], clock: Clock) -> tuple[str, list[str]]:
    """The desk clerk's secret and recovery codes; the code of this half minute is used."""
    clerk = browser("desk_clerk")
    offer, secret = offered(clerk)
    answer = clerk.send(PAGE, offer=offer, code=pyotp.TOTP(secret).at(clock()), password=PASSWORD)
    codes = RECOVERY.findall(answer.get_data(as_text=True))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert len(set(codes)) == 10
    return secret, codes


def sign_in(app: Flask, code: str = "") -> int:
    return Browser(app.test_client()).sign_in("desk_clerk", totp=code).status_code


def test_a_code_of_the_telephone_opens_once_in_its_thirty_seconds(
    app: Flask, switched_on: tuple[str, list[str]], clock: Clock
) -> None:
    made = pyotp.TOTP(switched_on[0])
    assert sign_in(app) == 403
    assert sign_in(app, made.at(clock())) == 403  # used when it was switched on
    clock.forward(timedelta(seconds=30))
    code = made.at(clock())

    assert sign_in(app, code) == 302
    assert sign_in(app, code) == 403
    clock.forward(timedelta(seconds=20))
    assert sign_in(app, code) == 403  # still inside the tolerance, and still used
    clock.forward(timedelta(seconds=30))
    assert sign_in(app, made.at(clock())) == 302


def test_an_older_code_does_not_open_after_a_newer_one(
    app: Flask, switched_on: tuple[str, list[str]], clock: Clock
) -> None:
    made = pyotp.TOTP(switched_on[0])
    clock.forward(timedelta(minutes=2))
    older = made.at(clock())
    clock.forward(timedelta(seconds=30))
    assert sign_in(app, made.at(clock())) == 302

    assert sign_in(app, older) == 403


def test_a_code_with_the_wrong_password_is_not_used_up(
    app: Flask, switched_on: tuple[str, list[str]], clock: Clock
) -> None:
    clock.forward(timedelta(minutes=1))
    code = pyotp.TOTP(switched_on[0]).at(clock())
    assert Browser(app.test_client()).sign_in("desk_clerk", "sai", totp=code).status_code == 403

    assert sign_in(app, code) == 302


def test_a_recovery_code_stands_in_for_the_telephone_once(
    app: Flask, browser: Callable[[str], Browser], switched_on: tuple[str, list[str]]
) -> None:
    code = switched_on[1][0]
    assert sign_in(app, code.lower().replace("-", " ")) == 302
    assert sign_in(app, code) == 403
    assert "Còn 9 mã dự phòng" in browser("desk_clerk").text(PAGE)
    assert Browser(app.test_client()).sign_in("manager", totp=switched_on[1][1]).status_code == 302


def test_new_recovery_codes_end_the_old_ones(
    app: Flask, browser: Callable[[str], Browser], switched_on: tuple[str, list[str]], clock: Clock
) -> None:
    clock.forward(timedelta(seconds=30))
    answer = browser("desk_clerk").send(
        f"{PAGE}/codes", password=PASSWORD, code=pyotp.TOTP(switched_on[0]).at(clock())
    )
    fresh = RECOVERY.findall(answer.get_data(as_text=True))

    assert len(fresh) == 10
    assert sign_in(app, switched_on[1][5]) == 403
    assert sign_in(app, fresh[5]) == 302


def test_it_is_switched_off_with_password_and_code(
    app: Flask, browser: Callable[[str], Browser], switched_on: tuple[str, list[str]],
    session: Session,
) -> None:  # fmt: skip
    clerk = browser("desk_clerk")
    assert clerk.send(f"{PAGE}/off", password="sai", code=switched_on[1][0]).status_code == 403
    assert clerk.send(f"{PAGE}/off", password=PASSWORD, code="000000").status_code == 403
    assert sign_in(app) == 403

    assert clerk.send(f"{PAGE}/off", password=PASSWORD, code=switched_on[1][0]).status_code == 302

    assert sign_in(app) == 302
    assert session.query(RecoveryCodeRow).count() == 0


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"code": ""}, 403),
        ({"code": "12345"}, 403),
        ({"code": "không phải số"}, 403),
        ({"code": "١٢٣٤٥٦"}, 403),
        ({"code": "x" * 5_000}, 403),
        ({"password": ""}, 403),
        ({"password": "sai mật khẩu"}, 403),
        ({"offer": ""}, 400),
        ({"offer": "made.up"}, 400),
    ],
)
def test_it_is_not_switched_on_by_a_bad_form(
    browser: Callable[[str], Browser],
    session: Session,
    world: World,
    clock: Clock,
    changed: dict[str, str],
    status: int,
) -> None:
    clerk = browser("desk_clerk")
    offer, secret = offered(clerk)
    form = {"offer": offer, "code": pyotp.TOTP(secret).at(clock()), "password": PASSWORD}

    answer = clerk.send(PAGE, {**form, **changed})

    assert answer.status_code == status
    assert session.get_one(StaffRow, world.desk_clerk.staff).totp_secret is None
    if status == 403:  # the telephone has the secret already: it stays
        assert "".join(GROUP.findall(answer.get_data(as_text=True))) == secret


def test_an_offer_is_for_one_person_and_fifteen_minutes(
    browser: Callable[[str], Browser], session: Session, world: World, clock: Clock
) -> None:
    offer, secret = offered(browser("manager"))
    clerk = browser("desk_clerk")
    form = {"code": pyotp.TOTP(secret).at(clock()), "password": PASSWORD}
    assert clerk.send(PAGE, {**form, "offer": offer}).status_code == 400
    own, secret = offered(clerk)
    clock.forward(timedelta(minutes=16))
    form["code"] = pyotp.TOTP(secret).at(clock())

    assert clerk.send(PAGE, {**form, "offer": own}).status_code == 409
    assert session.get_one(StaffRow, world.desk_clerk.staff).totp_secret is None


def test_it_cannot_be_switched_on_twice_or_off_when_it_is_not_on(
    browser: Callable[[str], Browser], switched_on: tuple[str, list[str]]
) -> None:
    clerk, manager = browser("desk_clerk"), browser("manager")
    assert "đang bật" in clerk.text(PAGE)
    assert not OFFER.search(clerk.text(PAGE))
    assert manager.send(f"{PAGE}/off", password=PASSWORD, code="123456").status_code == 409
    assert manager.send(f"{PAGE}/codes", password=PASSWORD, code="123456").status_code == 409


def test_the_secret_lies_sealed(
    session: Session, world: World, switched_on: tuple[str, list[str]]
) -> None:
    kept = session.get_one(StaffRow, world.desk_clerk.staff).totp_secret
    assert kept is not None
    assert switched_on[0].encode() not in kept
