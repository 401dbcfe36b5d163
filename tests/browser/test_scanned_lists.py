"""What was scanned into a list stands there until its form is accepted, whatever else came of sending it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from postal_service.domain.ids import ItemId
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, scan, sign_in
from tests.browser.fitting import fits, leaving
from tests.services import in_hand
from tests.services import world as w

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOBODYS = "BH000000077VN"
REMEMBERED = "() => Object.keys(sessionStorage)"


@pytest.fixture
def sealed(office: Office) -> list[ItemId]:
    """What lies sealed at the counter, in the order of its list."""
    with transaction(office.runtime.sessions) as session:
        at = w.MORNING - timedelta(hours=1)
        return sorted(in_hand.sealed(session, office.world, 3, at=at))


def scan_and_keep(page: Page, code: str, keep: str) -> None:
    scan(page, code)
    page.get_by_role("button", name=keep, exact=True).click()


def standing(page: Page) -> tuple[list[str], list[str]]:
    """What is ticked in the list, and what is kept beside it."""
    return (
        [box.input_value() for box in page.locator("[data-list] [name=item]:checked").all()],
        [field.input_value() for field in page.locator("[data-unexpected] [name=item]").all()],
    )


def send(page: Page) -> None:
    with leaving(page):
        page.locator("[data-sign]").click()


def test_a_refused_bag_loses_nothing_and_an_accepted_one_leaves_nothing(
    open_page: Callable[..., Page], sealed: list[ItemId]
) -> None:
    first, second, _ = sealed
    page = open_page()
    sign_in(page, "counter")
    page.goto(f"/bags/new?after={first}")
    scan(page, second)
    scan_and_keep(page, first, "Vẫn bỏ vào")  # it stands on the page before
    scan_and_keep(page, NOBODYS, "Vẫn bỏ vào")
    page.locator("#destination").select_option(w.FAR_OFFICE)
    page.locator("#serial").fill("TUI-1")
    send(page)

    expect(page.get_by_role("alert")).to_contain_text(NOBODYS)
    assert standing(page) == ([second], [first, NOBODYS])
    expect(page.locator("[data-counted]")).to_have_text("1")
    fits(page, "bag-refused-with-kept")
    with leaving(page):
        page.reload()
    assert standing(page) == ([second], [first, NOBODYS])
    page.goto(f"/items/{first}")  # to look what is wrong, and back
    page.goto("/bags/new")
    assert standing(page) == ([first, second], [NOBODYS])

    page.locator("[data-unexpected]").get_by_role("button", name="Bỏ ra").click()
    page.locator("#destination").select_option(w.FAR_OFFICE)
    page.locator("#serial").fill("TUI-1")
    send(page)
    expect(page.locator(".notice.good")).to_contain_text("2 bưu gửi")
    assert page.evaluate(REMEMBERED) == []
    page.goto("/bags/new")
    assert standing(page) == ([], [])


def test_what_was_scanned_outlasts_the_session_and_one_tab_forgets_only_its_own(
    open_page: Callable[..., Page], sealed: list[ItemId]
) -> None:
    first, second, third = sealed
    page = open_page()
    sign_in(page, "counter")
    other = page.context.new_page()
    other.goto("/handovers/new")
    scan(other, third)
    page.goto(f"/handovers/new?after={second}")
    scan_and_keep(page, first, "Vẫn bàn giao")
    scan(page, third)
    page.locator(f'input[value="{third}"]').uncheck()
    scan_and_keep(page, second, "Vẫn bàn giao")
    page.locator("#to_unit").select_option(w.DESK)
    page.context.clear_cookies()
    send(page)
    expect(page.locator("[data-sign]")).to_have_count(0)

    again = page.context.new_page()
    sign_in(again, "counter")
    page.go_back()
    assert standing(page) == ([], [first, second])  # what was unticked stays so
    page.locator("#to_unit").select_option(w.DESK)
    send(page)
    expect(page.locator(".notice.good")).to_contain_text("2 bưu gửi")
    assert page.evaluate(REMEMBERED) == []
    other.reload()
    assert standing(other) == ([third], [])


def test_a_taking_and_an_opened_bag_are_forgotten_once_signed(
    open_page: Callable[..., Page], sealed: list[ItemId]
) -> None:
    page = open_page()
    sign_in(page, "counter")
    page.goto("/bags/new")
    scan(page, sealed[0])
    page.locator("#destination").select_option(w.FAR_OFFICE)
    page.locator("#serial").fill("TUI-1")
    send(page)
    bag = page.url.rpartition("/")[2]
    page.goto(f"/bags/{bag}/open")
    scan(page, sealed[0])
    scan_and_keep(page, sealed[1], "Vẫn ghi là có trong túi")
    page.locator("#serial").fill("không")
    send(page)
    assert standing(page) == ([sealed[0]], [sealed[1]])
    page.locator("#serial").fill("TUI-1")
    send(page)
    expect(page.locator("main")).to_contain_text("Có trong túi mà không có trong bản kê")
    assert page.evaluate(REMEMBERED) == []

    page.goto("/handovers/new")
    scan(page, sealed[1])
    page.locator("#to_unit").select_option(w.DESK)
    send(page)
    batch = page.url.rpartition("/")[2]
    desk = open_page()
    sign_in(desk, "desk_clerk")
    desk.goto(f"/handovers/{batch}/take")
    scan(desk, sealed[1])
    send(desk)
    expect(desk.locator("h1")).to_have_text("Hai bên đã ký")
    assert desk.evaluate(REMEMBERED) == []
