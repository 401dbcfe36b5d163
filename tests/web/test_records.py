"""The record of an irregular item, for two people to sign."""

import re
from base64 import b64decode
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from postal_service.storage.schema import StaffRow
from tests.printing.read_back import text_of
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import sealed

BADGE, OWN_BADGE = "2345678900", "2345678911"
FILLED_IN = {
    "originals": "0",
    "certified": "0",
    "photocopies": "0",
    "seal": "np-x",
    "description": "Phong bì ướt một góc",
    "measures": "Giữ nguyên, báo trưởng bưu cục",
    "witness": BADGE,
}


@pytest.fixture
def wet(browser: Callable[[str], Browser], session: Session, world: World) -> str:
    """A sealed item that was reported damaged, and two people with badges."""
    session.get_one(StaffRow, world.second_counter.staff).badge = BADGE
    session.get_one(StaffRow, world.counter.staff).badge = OWN_BADGE
    session.commit()
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    counter.send(f"/items/{item}/exceptions/damage", condition="wet", why="mưa")
    return item


def test_the_record_says_what_two_people_found(browser: Callable[[str], Browser], wet: str) -> None:
    counter = browser("counter")
    assert f"/items/{wet}/discrepancy" in counter.text(f"/items/{wet}/exceptions")

    answer = counter.send(f"/items/{wet}/discrepancy", FILLED_IN)

    pdf = re.search(r'base64,([^"]+)" download="[^"]+bat-thuong', answer.get_data(as_text=True))
    assert pdf is not None
    words = text_of(b64decode(pdf[1]))
    for said in ("NP-1", "NP-X", "Phong bì ướt một góc", "Nhân viên second_counter", wet):
        assert said in words


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"description": ""}, 400),
        ({"description": "x" * 501}, 400),
        ({"measures": ""}, 400),
        ({"seal": "x" * 41}, 400),
        ({"originals": "một"}, 400),
        ({"originals": "1000"}, 400),
        ({"witness": ""}, 400),
        ({"witness": "không có"}, 404),
        ({"witness": OWN_BADGE}, 404),  # nobody witnesses his own record
    ],
)
def test_a_bad_record_is_not_made(
    browser: Callable[[str], Browser], wet: str, changed: dict[str, str], status: int
) -> None:
    answer = browser("counter").send(f"/items/{wet}/discrepancy", {**FILLED_IN, **changed})

    assert answer.status_code == status
    assert "application/pdf" not in answer.get_data(as_text=True)


def test_what_is_in_order_needs_no_record(browser: Callable[[str], Browser], wet: str) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-2")

    assert counter.get(f"/items/{item}/discrepancy").status_code == 409
    assert counter.send(f"/items/{item}/discrepancy", FILLED_IN).status_code == 409
    assert browser("far_counter").get(f"/items/{wet}/discrepancy").status_code == 404
