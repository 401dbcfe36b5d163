"""From the counter to the one-stop desk with the keyboard alone: receive, seal, offer, take, read the timeline."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import keep, scan, sign_in
from tests.services import world as w

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def go_to(page: Page, selector: str) -> None:
    """Walk with Tab until the element has the focus; it must be reachable that way."""
    for _ in range(120):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with Tab")


def receive(page: Page) -> str:
    """Receive and leave it unsealed; the item's number."""
    page.goto("/receptions/new")
    page.keyboard.type("trich luc ho tich")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    keep(page, "reception-search")
    go_to(page, f'a[href$="{w.EXTRACT}"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{w.EXTRACT}")
    go_to(page, "#agency")
    page.keyboard.type("UBND ph")
    go_to(page, "#card")
    page.evaluate(
        "document.activeElement.value = '049190123456||Nguyễn Thị Lan|01011990|Nữ|12 Trần Cao Vân|01012022'"
    )
    page.keyboard.press("Enter")
    assert page.locator("#name").input_value() == "Nguyễn Thị Lan"
    page.keyboard.type("0905123456")  # the scan has moved on to the phone
    go_to(page, "#commune")
    page.keyboard.type("Ph")
    go_to(page, '[name="by_post"]')
    page.keyboard.press("Space")
    go_to(page, "#postage")
    page.keyboard.type("26000")
    go_to(page, "#postage_means")
    page.keyboard.type("ti")
    keep(page, "reception-form")
    go_to(page, "form[autocomplete] button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Đã tiếp nhận")
    keep(page, "reception-papers")
    found = re.search(r"[A-Z]{2}\d{9}VN", page.locator('a[href^="/items/"]').first.inner_text())
    assert found is not None
    return found[0]


def seal(page: Page, item: str, serial: str) -> None:
    """Scan the item at the desk; its one page with acts leads to the seal."""
    page.goto("/desk")
    scan(page, item)
    page.wait_for_url(f"**/items/{item}")
    go_to(page, f'a[href="/items/{item}/seal"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/seal")
    listed = page.locator(".rows .soft").all_inner_texts()
    totals = [sum(int(re.findall(r"\d+", text)[n]) for text in listed) for n in range(3)]
    for name, total in zip(("originals", "certified", "photocopies"), totals, strict=True):
        go_to(page, f"#{name}")
        page.keyboard.press("Control+A")
        page.keyboard.type(str(total))
    go_to(page, "#serial")
    page.keyboard.type(serial, delay=80)  # a person's pace: no scan
    keep(page, "seal")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.good")).to_contain_text(serial)


def offer(page: Page, item: str) -> str:
    page.goto("/handovers/new")
    scan(page, item)
    expect(page.locator("[data-counted]")).to_have_text("1")
    scan(page, "BH000000077VN")  # nobody's
    expect(page.locator(".unexpected")).to_be_visible()
    assert page.locator("[data-sign]").is_disabled()
    keep(page, "handover-offer")
    go_to(page, ".unexpected .actions button:last-child")
    page.keyboard.press("Enter")
    go_to(page, "#to_unit")
    page.keyboard.type("Trung t")
    go_to(page, "[data-sign]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/handovers/[0-9a-f-]{36}$"))
    return page.url.rpartition("/")[2]


def take(page: Page, item: str, batch: str) -> None:
    page.goto(f"/handovers/{batch}/take")
    scan(page, item)
    expect(page.locator(".scan-line.scanned")).to_have_count(1)
    keep(page, "handover-take")
    go_to(page, "[data-sign]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Hai bên đã ký")
    keep(page, "handover-done")


def test_a_dossier_goes_from_the_counter_to_the_desk_without_a_mouse(
    open_page: Callable[..., Page],
) -> None:
    faults: list[str] = []
    counter = open_page()
    counter.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    counter.on("pageerror", lambda fault: faults.append(str(fault)))
    sign_in(counter, "counter")
    item = receive(counter)
    seal(counter, item, "NP-0001")
    counter.goto("/desk")
    keep(counter, "desk")
    batch = offer(counter, item)

    desk = open_page()
    desk.on("pageerror", lambda fault: faults.append(str(fault)))
    sign_in(desk, "desk_clerk")
    keep(desk, "desk-incoming")
    take(desk, item, batch)
    desk.goto(f"/items/{item}")
    expect(desk.locator(".timeline > li")).to_have_count(4)  # accepted, sealed, offered, taken
    expect(desk.locator(".timeline > li.moves")).to_have_count(2)
    keep(desk, "item")
    go_to(desk, 'a[href^="/dossiers/"]:not(.tabs a)')
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/dossiers/*")
    keep(desk, "dossier")
    go_to(desk, 'form[action$="/receive"] button')
    desk.keyboard.press("Enter")
    expect(desk.locator(".notice.good")).to_be_visible()
    expect(desk.locator(".lines")).to_contain_text("cơ quan đã tiếp nhận")
    assert not faults
