"""An item's pages: scan, seal, exceptions, corrections."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, CardProof, Receiver
from postal_service.services import delivery, results
from postal_service.storage.schema import EntryRow, StaffRow
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import passed
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import REWRITE, dossier_of, received, sealed

HOSTILE = "<img src=x onerror=alert(1)>"
BADGE = "2345678900"


@pytest.fixture
def witness(session: Session, world: World) -> str:
    """The badge of a colleague who looks on."""
    session.get_one(StaffRow, world.second_counter.staff).badge = BADGE
    session.commit()
    return BADGE


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def counted(browser: Browser, item: str) -> dict[str, str]:
    """What the item's page says lies inside."""
    page = browser.text(f"/items/{item}")
    found = re.search(r"(\d+) bản chính · (\d+) chứng thực · (\d+) bản sao", page)
    assert found is not None
    return dict(zip(("originals", "certified", "photocopies"), found.groups(), strict=True))


def test_a_scan_leads_to_the_item(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")

    for written in (item, item.lower(), f"  {item} ", f"{item[:2]} {item[2:11]} {item[11:]}"):
        assert counter.send("/scan", code=written).location == f"/items/{item}"


def test_a_dossiers_code_leads_to_the_dossier(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    dossier = dossier_of(counter, item)

    assert counter.send("/scan", code="H17.132-261123-0001").location == f"/dossiers/{dossier}"


def test_a_script_gets_the_refusal_as_data(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    answer = counter.client.post(
        "/scan",
        data={"csrf_token": counter.form_token(), "code": "ÁB"},
        headers={"Accept": "application/json"},
    )

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["tone"] == "bad"
    assert "Bộ gõ" in answer.json["said"]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("", 404),
        ("x", 404),
        ("BH999999995VN", 404),
        ("BH999999991VN", 400),
        ("BH\b99", 400),
        ("Ấ123", 400),
        (HOSTILE, 404),
        ("x" * 100_000, 404),
        ("HTTPS://BDQN.VN/BH999999995VN/01234", 400),
        ("BG1:BH999999995VN:1:0123", 400),
    ],
)
def test_what_cannot_be_one_of_ours_is_said_so(
    browser: Callable[[str], Browser], code: str, status: int
) -> None:
    answer = browser("counter").send("/scan", code=code)

    assert answer.status_code == status
    assert HOSTILE not in answer.get_data(as_text=True)
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_a_label_that_was_copied_wrongly_is_not_ours(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")

    answer = counter.send("/scan", code=f"HTTPS://BDQN.VN/{item}/{'0' * 26}")

    assert answer.status_code == 409
    assert "không phải nhãn bưu điện đã in" in answer.get_data(as_text=True)


def test_an_item_is_sealed_after_counting(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    item = received(counter)

    answer = counter.send(f"/items/{item}/seal", {"serial": "np-9", **counted(counter, item)})

    assert answer.status_code == 302
    assert "NP-9" in counter.text(f"/items/{item}")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"originals": "9"}, 409),
        ({"originals": "-1"}, 400),
        ({"originals": "một"}, 400),
        ({"originals": "9" * 400}, 400),
        ({"serial": ""}, 400),
        ({"serial": "x" * 41}, 400),
        ({"witness": "không có"}, 404),
    ],
)
def test_a_bad_seal_is_refused(
    browser: Callable[[str], Browser], session: Session, changed: dict[str, str], status: int
) -> None:
    counter = browser("counter")
    item = received(counter)
    fields = {"serial": "NP-9", **counted(counter, item), **changed}
    before = events(session)

    assert counter.send(f"/items/{item}/seal", fields).status_code == status
    assert events(session) == before


def test_a_second_seal_needs_a_witness_and_a_reason(
    browser: Callable[[str], Browser], witness: str
) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    papers = counted(counter, item)

    assert counter.send(f"/items/{item}/seal", {"serial": "NP-2", **papers}).status_code == 409
    again = {"serial": "NP-2", "witness": witness, "why": "rách mép", **papers}
    assert counter.send(f"/items/{item}/seal", again).status_code == 302
    assert "rách mép" in counter.text(f"/items/{item}")


def test_a_hostile_reason_is_shown_as_letters(
    browser: Callable[[str], Browser], witness: str
) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    counter.send(f"/items/{item}/exceptions/damage", condition="torn", why=HOSTILE)
    page = counter.text(f"/items/{item}")

    assert HOSTILE not in page
    assert "&lt;img" in page


def test_a_damaged_item_is_frozen_until_two_people_settle_it(
    browser: Callable[[str], Browser], witness: str
) -> None:
    counter, manager = browser("counter"), browser("manager")
    item = sealed(counter, "NP-1")
    papers = counted(counter, item)
    assert (
        counter.send(f"/items/{item}/exceptions/damage", condition="wet", why="mưa").status_code
        == 302
    )
    assert counter.send("/handovers/new", codes=item, to_unit=w.DESK).status_code == 409

    settled = {"witness": witness, "why": "đếm lại đủ", **papers}
    assert counter.send(f"/items/{item}/exceptions/settle", settled).status_code == 403
    assert manager.send(f"/items/{item}/exceptions/settle", settled).status_code == 302
    assert counter.send("/handovers/new", codes=item, to_unit=w.DESK).status_code == 302


def test_lost_and_found(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")

    assert counter.send(f"/items/{item}/exceptions/lost", why="không thấy").status_code == 302
    assert "thất lạc" in counter.text(f"/items/{item}")
    found = {"condition": "ok", "why": "sau tủ"}
    assert counter.send(f"/items/{item}/exceptions/found", found).status_code == 302
    assert counter.send(f"/items/{item}/exceptions/found", found).status_code == 409


@pytest.mark.parametrize(
    ("act", "fields", "status"),
    [
        ("damage", {"condition": "eaten", "why": "x"}, 400),
        ("damage", {"condition": "torn", "why": ""}, 400),
        ("damage", {"condition": "torn", "why": "x" * 501}, 400),
        ("lost", {}, 400),
        ("found", {"condition": "ok", "why": "x"}, 409),
        ("settle", {"witness": "ai đó", "why": "x"}, 404),
        ("postpone", {}, 400),
        ("explode", {"why": "x"}, 404),
        (HOSTILE.replace("/", ""), {"why": "x"}, 404),
    ],
)
def test_a_bad_report_is_refused(
    browser: Callable[[str], Browser],
    session: Session,
    act: str,
    fields: dict[str, str],
    status: int,
) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    before = events(session)

    assert counter.send(f"/items/{item}/exceptions/{act}", fields).status_code == status
    assert events(session) == before


def test_a_wrong_event_is_corrected_by_a_maker_and_a_checker(
    browser: Callable[[str], Browser], witness: str
) -> None:
    counter, manager = browser("counter"), browser("manager")
    item = sealed(counter, "NP-1")
    counter.send(f"/items/{item}/exceptions/lost", why="nhầm")
    page = manager.text(f"/items/{item}/corrections")
    wrong = re.findall(r'<option value="([0-9a-f-]{36})"', page)[-1]

    assert (
        manager.send(
            f"/items/{item}/corrections", event=wrong, maker=witness, why="nhầm"
        ).status_code
        == 302
    )
    assert "Đính chính" in manager.text(f"/items/{item}")


def test_the_dossiers_page_says_in_both_languages_that_it_was_not_returned_after_all(
    browser: Callable[[str], Browser], session: Session, world: World, witness: str
) -> None:
    made = journeys.received(session, world)
    item = journeys.ready(session, world, made, at=w.MORNING).item
    journeys.seal(session, world, item, by=world.desk_clerk, at=w.MORNING)
    passed(session, world, [item], world.desk_clerk, world.counter, Capacity.COUNTER)
    told = delivery.deliver(
        session, world.keys, item, receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
        by=world.counter, at=w.MORNING,
    )  # fmt: skip
    results.note_delivered(session, [item], at=w.MORNING)
    session.commit()
    manager, path = browser("manager"), f"/dossiers/{made.dossier}"
    assert "Đính chính: chưa trả công dân" not in manager.text(path)

    answer = manager.send(f"/items/{item}/corrections", event=told.event, maker=witness, why="nhầm")

    assert answer.status_code == 302
    assert "Đính chính: chưa trả công dân" in manager.text(path)
    manager.send("/language", language="en", next="/")
    assert "Corrected: not returned" in manager.text(path)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"event": "", "maker": BADGE, "why": "x"}, 400),
        ({"event": "01900000-0000-7000-8000-000000000000", "maker": BADGE, "why": "x"}, 404),
        ({"event": HOSTILE, "maker": BADGE, "why": "x"}, 404),
        ({"event": "{event}", "maker": "không có", "why": "x"}, 404),
        ({"event": "{event}", "maker": BADGE, "why": ""}, 400),
    ],
)
def test_a_bad_correction_is_refused(
    browser: Callable[[str], Browser],
    session: Session,
    witness: str,
    fields: dict[str, str],
    status: int,
) -> None:
    manager = browser("manager")
    item = sealed(browser("counter"), "NP-1")
    page = manager.text(f"/items/{item}/corrections")
    event = re.findall(r'<option value="([0-9a-f-]{36})"', page)[-1]
    before = events(session)
    sent = {key: value.format(event=event) for key, value in fields.items()}

    assert manager.send(f"/items/{item}/corrections", sent).status_code == status
    assert events(session) == before


def test_the_exceptions_page_offers_what_can_be_done_now_and_by_this_person(
    browser: Callable[[str], Browser],
) -> None:
    counter, manager = browser("counter"), browser("manager")
    item = sealed(counter, "NP-1")

    def offered_to(person: Browser) -> set[str]:
        return set(re.findall(r"/exceptions/(\w+)", person.text(f"/items/{item}/exceptions")))

    assert offered_to(counter) == {"damage", "lost", "postpone"}  # nothing was lost yet
    assert "chỉ nơi đang giữ" not in counter.text(f"/items/{item}/exceptions").lower()
    counter.send(f"/items/{item}/exceptions/lost", why="không thấy")
    assert offered_to(counter) == {"found", "damage", "postpone"}
    assert "settle" in offered_to(manager)
    desk = browser("desk_clerk")  # where it goes to: it is his to see and not his to report on
    assert offered_to(desk) == {"found"}
    assert "chỉ nơi đang giữ" in desk.text(f"/items/{item}/exceptions").lower()


def test_wrong_data_is_put_right_from_the_dossiers_page(
    browser: Callable[[str], Browser], witness: str
) -> None:
    counter, manager = browser("counter"), browser("manager")
    item = sealed(counter, "NP-1")
    dossier = dossier_of(counter, item)
    assert not REWRITE.search(counter.text(f"/dossiers/{dossier}"))  # a clerk does not check
    path = REWRITE.findall(manager.text(f"/dossiers/{dossier}"))[-1]
    page = manager.text(path)
    assert 'name="seal" type="text" value="NP-1"' in page

    answer = manager.send(path, seal="np-7", maker=witness, because="gõ nhầm")

    assert answer.status_code == 302, answer.get_data(as_text=True)
    page = manager.text(f"/items/{item}")
    for said in ("NP-7", "đã đính chính", "thay cho #", "dữ liệu ghi sai"):
        assert said in page
    assert manager.get(path).status_code == 404  # corrected: what stands instead has its own page
    assert "corrections" in manager.text(f"/items/{item}/corrections")


def test_what_was_typed_stays_on_the_page_that_refuses(
    browser: Callable[[str], Browser], witness: str
) -> None:
    manager = browser("manager")
    item = sealed(browser("counter"), "NP-1")
    path = REWRITE.findall(manager.text(f"/items/{item}"))[-1]

    answer = manager.send(path, seal="NP-8", maker=witness, because="")

    assert answer.status_code == 400
    assert 'value="NP-8"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"seal": "NP-1"}, 400),  # as it was told
        ({"seal": ""}, 400),
        ({"seal": "NP 2"}, 400),
        ({"seal": "-2"}, 400),
        ({"seal": "NP-Đ"}, 400),
        ({"seal": "X" * 25}, 400),
        ({"seal": "NP-OTHER"}, 409),  # on another item
        ({"seal": "NP-2", "maker": "không có"}, 404),
        ({"seal": "NP-2", "maker": ""}, 400),
        ({"seal": "NP-2", "because": "x" * 201}, 400),
        ({"seal": "NP-2", "because": "' OR 1=1 --"}, 302),
    ],
)
def test_bad_data_puts_nothing_right(
    browser: Callable[[str], Browser],
    session: Session,
    witness: str,
    fields: dict[str, str],
    status: int,
) -> None:
    counter, manager = browser("counter"), browser("manager")
    sealed(counter, "NP-OTHER")
    item = sealed(counter, "NP-1")
    path = REWRITE.findall(manager.text(f"/items/{item}"))[-1]
    before = events(session)

    answer = manager.send(path, {"maker": witness, "because": "gõ nhầm", **fields})

    assert answer.status_code == status, answer.get_data(as_text=True)
    assert (events(session) == before) == (status != 302)


def test_the_manager_does_not_check_what_he_found_himself(
    browser: Callable[[str], Browser], session: Session
) -> None:
    manager = browser("manager")
    item = sealed(browser("counter"), "NP-1")
    path = REWRITE.findall(manager.text(f"/items/{item}"))[-1]
    before = events(session)

    answer = manager.send(path, seal="NP-2", maker="B-manager", because="gõ nhầm")

    assert answer.status_code in {403, 409}
    assert events(session) == before


def test_each_kind_of_data_has_its_field(browser: Callable[[str], Browser], witness: str) -> None:
    counter, manager = browser("counter"), browser("manager")
    item = sealed(counter, "NP-1")
    accepting = REWRITE.findall(manager.text(f"/items/{item}"))[0]
    page = manager.text(accepting)
    assert all(f'name="{name}"' in page for name in ("originals", "certified", "photocopies"))
    assert manager.send(accepting, {
        "originals": "x", "certified": "0", "photocopies": "0", "maker": witness, "because": "x",
    }).status_code == 400  # fmt: skip
    counter.send(f"/items/{item}/exceptions/damage", condition="wet", why="mưa")
    damage = REWRITE.findall(manager.text(f"/items/{item}"))[-1]
    told = {"condition": "torn", "why": "mưa", "maker": witness, "because": "chọn nhầm"}
    assert manager.send(damage, {**told, "condition": "burnt"}).status_code == 400

    assert manager.send(damage, told).status_code == 302
