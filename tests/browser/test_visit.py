"""A visit is asked for with the keyboard alone, the telephone in the other hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import keep, sign_in
from tests.browser.fitting import fits
from tests.browser.test_counter_to_desk import go_to
from tests.services import world as w

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fill_in(page: Page, **fields: str) -> None:
    for field, keys in fields.items():
        go_to(page, f"#{field}")
        page.keyboard.type(keys)


def test_a_visit_is_noted_without_a_mouse(open_page: Callable[..., Page]) -> None:
    faults: list[str] = []
    page = open_page()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    sign_in(page, "counter")
    page.goto("/receptions/new")
    page.keyboard.type("trich luc ho tich")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    go_to(page, f'a[href="/collecting/new/{w.EXTRACT}"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/collecting/new/**")
    fill_in(
        page, agency="UBND ph", name="Nguyễn Thị Lan", phone="0905123456",
        address="12 Trần Cao Vân", commune="Ph",
    )  # fmt: skip
    go_to(page, "#day")
    page.locator("#day").fill("2026-11-25")  # the order of a date's parts is the browser's own
    fill_in(page, opens="8:00", closes="10:00")
    keep(page, "visit-form")
    go_to(page, "form[autocomplete] button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Đã hẹn đến nhận")
    fits(page, "visit-noted")
    go_to(page, 'a[href^="/dossiers/"].button')
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("08:00–10:00 25/11/2026")
    fits(page, "visit-dossier")
    go_to(page, 'a[href^="/collecting/visits/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/collecting/visits/**")
    fits(page, "visit-move")
    go_to(page, "#day-move")
    page.locator("#day-move").fill("2026-11-26")
    fill_in(page, **{"opens-move": "14:00", "closes-move": "16:00", "why-move": "đi vắng"})
    go_to(page, 'form[action$="/move"] button')
    page.keyboard.press("Enter")
    expect(page.locator(".notice").last).to_contain_text("14:00–16:00 26/11/2026")
    page.goto("/collecting")
    fits(page, "visits")
    assert not faults
