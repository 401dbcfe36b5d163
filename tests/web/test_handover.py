"""Offer on one side, take on the other, each in a session of its own."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.desk_codes import ALPHABET, desk_code
from postal_service.storage.schema import EntryRow, StaffRow
from tests.clock import Clock
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import offered, received, sealed, taken

NOT_THERE = "01900000-0000-7000-8000-000000000000"
HOSTILE = "<script>alert(1)</script>"


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def test_what_the_counter_offers_the_desk_takes(browser: Callable[[str], Browser]) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    batch = offered(counter, item)
    assert batch in desk.text("/handovers")

    page = taken(desk, batch, item)

    record = re.search(r"data:application/pdf;base64,([^\"]+)", page)
    assert record is not None
    assert b64decode(record[1]).startswith(b"%PDF")
    assert "cơ quan đã nhận" in desk.text(f"/items/{item}")
    assert desk.get(f"/handovers/{batch}").status_code == 404  # nothing of it is open


def test_the_receiver_takes_one_and_reserves_one(browser: Callable[[str], Browser]) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    good, torn = sealed(counter, "NP-1"), sealed(counter, "NP-2")
    batch = offered(counter, good, torn)

    answer = desk.send(
        f"/handovers/{batch}/take", {f"answer-{good}": "take", f"answer-{torn}": "damaged"}
    )

    assert answer.status_code == 200
    assert "1 bưu gửi lập biên bản" in answer.get_data(as_text=True)
    assert "tại quầy" not in counter.text(f"/items/{good}")
    assert "niêm phong bất thường" in counter.text(f"/items/{torn}") or "hư hại" in counter.text(
        f"/items/{torn}"
    )


def test_a_line_nobody_decided_stops_the_signature(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    one, two = sealed(counter, "NP-1"), sealed(counter, "NP-2")
    batch = offered(counter, one, two)
    before = events(session)

    for fields in (
        {f"answer-{one}": "take"},
        {f"answer-{one}": "take", f"answer-{two}": ""},
        {f"answer-{one}": "take", f"answer-{two}": HOSTILE},
    ):
        answer = desk.send(f"/handovers/{batch}/take", fields)
        assert answer.status_code == 400
        assert HOSTILE not in answer.get_data(as_text=True)
    assert events(session) == before


def test_a_taking_sent_twice_changes_nothing(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    batch = offered(counter, item)
    taken(desk, batch, item)
    before = events(session)

    assert desk.send(f"/handovers/{batch}/take", {f"answer-{item}": "take"}).status_code == 404
    assert events(session) == before


def test_by_badge_it_is_for_that_person_alone(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    session.get_one(StaffRow, world.desk_clerk.staff).badge = "2345678900"
    session.commit()
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    answer = counter.send("/handovers/new", item=item, badge="2345678900")
    batch = answer.location.rpartition("/")[2]

    assert browser("second_desk_clerk").get(f"/handovers/{batch}").status_code == 404
    taken(browser("desk_clerk"), batch, item)


def test_a_badge_that_the_scan_changed_is_told_so_and_not_called_unknown(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    badge = desk_code(7)
    session.get_one(StaffRow, world.desk_clerk.staff).badge = badge
    session.commit()
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    other = next(each for each in ALPHABET if each != badge[3])
    misread = badge[:3] + other + badge[4:]

    for path, field in (("/handovers/new", "badge"), ("/scan", "code")):
        answer = counter.send(path, {"item": item, field: misread})
        assert answer.status_code == 400
        assert "bị sai khi quét hoặc gõ" in answer.get_data(as_text=True)
    nobody = counter.send("/handovers/new", item=item, badge=desk_code(8))
    assert nobody.status_code == 404
    assert counter.send("/handovers/new", item=item, badge=badge).status_code == 302


def test_the_giver_may_withdraw_until_it_is_taken(browser: Callable[[str], Browser]) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    batch = offered(counter, item)

    assert desk.send(f"/handovers/{batch}/withdraw", why="không phải của tôi").status_code == 409
    assert counter.send(f"/handovers/{batch}/withdraw", why="").status_code == 400
    assert counter.send(f"/handovers/{batch}/withdraw", why="nhầm nơi nhận").status_code == 302
    assert desk.get(f"/handovers/{batch}/take").status_code == 404


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"to_unit": w.DESK}, 400),
        ({"codes": "BH999999995VN", "to_unit": w.DESK}, 404),
        ({"codes": "BH000000001VN", "to_unit": w.DESK}, 400),
        ({"codes": HOSTILE, "to_unit": w.DESK}, 404),
        ({"codes": "ÁB123", "to_unit": w.DESK}, 400),
        ({"codes": "{item}", "to_unit": "KHÔNG-CÓ"}, 404),
        ({"codes": "{item}", "to_unit": ""}, 400),
        ({"codes": "{item}", "badge": "không có thẻ này"}, 404),
        ({"codes": "{loose}", "to_unit": w.DESK}, 409),
    ],
)
def test_a_bad_offer_is_refused_whole(
    browser: Callable[[str], Browser], session: Session, fields: dict[str, str], status: int
) -> None:
    counter = browser("counter")
    names = {"item": sealed(counter, "NP-1"), "loose": received(counter)}
    before = events(session)

    answer = counter.send(
        "/handovers/new", {key: value.format(**names) for key, value in fields.items()}
    )

    assert answer.status_code == status, answer.get_data(as_text=True)
    assert HOSTILE not in answer.get_data(as_text=True)
    assert events(session) == before


def test_the_same_item_scanned_twice_counts_once(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    batch = offered(counter, item, item)

    assert "<dd>1</dd>" in counter.text(f"/handovers/{batch}")


def test_nobody_offers_what_another_office_holds(
    browser: Callable[[str], Browser], session: Session
) -> None:
    item = sealed(browser("counter"), "NP-1")
    before = events(session)

    answer = browser("far_counter").send("/handovers/new", codes=item, to_unit=w.FAR_DESK)

    assert answer.status_code == 404
    assert events(session) == before


@pytest.mark.parametrize("batch", [NOT_THERE, "x", "' OR 1=1"])
def test_an_unknown_hand_over_is_not_there(browser: Callable[[str], Browser], batch: str) -> None:
    desk = browser("desk_clerk")

    assert desk.get(f"/handovers/{batch}/take").status_code == 404
    assert desk.send(f"/handovers/{batch}/take").status_code == 404


def test_a_hand_over_that_nobody_answers_for_a_day_says_who_must_act(
    browser: Callable[[str], Browser], clock: Clock
) -> None:
    item = sealed(browser("counter"), "NP-1")
    offered(browser("counter"), item)
    assert "dở dang quá" not in browser("desk_clerk").text("/desk")

    clock.forward(timedelta(hours=25))

    for login in ("desk_clerk", "counter", "manager"):
        page = browser(login).text("/desk")
        alarm = page[page.index("Bàn giao dở dang quá 24 giờ") :]
        assert re.search(r"quá hạn ký nhận</span>\s*\S.* phải ký nhận hoặc từ chối", alarm)
        assert item in alarm
    assert "quá hạn ký nhận" in browser("desk_clerk").text("/handovers")
    assert "dở dang quá" not in browser("far_counter").text("/desk")
    clerk = browser("counter")
    clerk.send("/language", {"language": "en", "next": "/"})
    assert "<strong>1 item</strong>" in clerk.text("/desk")


def test_a_list_goes_on_where_it_was_left(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    first, second = sorted([sealed(counter, "NP-1"), sealed(counter, "NP-2")])

    for page in ("/handovers/new", "/desk", "/bags/new"):
        rest = counter.text(f"{page}?after={first}")
        assert second in rest
        assert f'value="{first}"' not in rest
        assert f"/items/{first}" not in rest
    assert counter.get("/desk?after=%00" + "x" * 500).status_code == 200


def test_what_is_to_be_handed_over_is_named_though_the_list_goes_on_elsewhere(
    browser: Callable[[str], Browser],
) -> None:
    counter = browser("counter")
    first, second = sorted([sealed(counter, "NP-1"), sealed(counter, "NP-2")])

    page = counter.text(f"/handovers/new?item={first}&after={second}")

    assert re.search(rf"<textarea[^>]*>{first}</textarea>", page)
