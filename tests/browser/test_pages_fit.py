"""Every page fits a phone's width and says what it is: one heading, labelled fields, no script faults."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ON_ONE, keep, sign_in
from tests.browser.fitting import fits, leaving
from tests.services import world as w

pytestmark = [pytest.mark.browser, pytest.mark.slow, ON_ONE]


def fill_in_by_script(page: Page) -> str:
    """Receive and seal a dossier without looking at the form; its item."""
    page.goto(f"/receptions/new/{w.EXTRACT}")
    page.select_option("#agency", w.AGENCY)
    for name, value in (
        ("name", "Nguyễn Thị Lan"),
        ("phone", "0905123456"),
        ("citizen", "049190123456"),
        ("address", "12 Trần Cao Vân"),
        ("serial", "NP-7"),
    ):
        page.fill(f"#{name}", value)
    page.select_option("#commune", w.COMMUNE)
    page.check('[name="by_post"]')
    with leaving(page):
        page.click("form[autocomplete] button")
    page.wait_for_selector(".notice.warn")
    found = re.search(r"[A-Z]{2}\d{9}VN", page.content())
    assert found is not None
    return found[0]


def test_no_page_scrolls_sideways_or_hides_what_a_field_is_for(
    open_page: Callable[..., Page],
) -> None:
    page = open_page()
    page.goto("/sign-in")
    keep(page, "sign-in")
    page.goto("/nowhere")
    keep(page, "not-found")
    sign_in(page, "counter")
    item = fill_in_by_script(page)
    dossier = page.locator('a[href^="/dossiers/"].button').get_attribute("href") or ""
    paths = {
        "desk": "/desk",
        "search": "/receptions/new",
        "form": f"/receptions/new/{w.LICENCE}",
        "item": f"/items/{item}",
        "seal-again": f"/items/{item}/seal",
        "exceptions": f"/items/{item}/exceptions",
        "delivery": f"/items/{item}/delivery",
        "handovers": "/handovers",
        "offer": "/handovers/new",
        "held": "/held",
        "dossiers": "/dossiers",
        "dossier": dossier,
        "results": dossier.replace("/dossiers/", "/results/"),
        "account": "/account",
    }
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    for name, path in paths.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        fits(page, f"page-{name}")
    assert not faults
