"""What goes along with a result, what was agreed at the door, and what is sent on: the pages of the counter."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, sign_in
from tests.browser.fitting import fits, leaving
from tests.services import rounds_day as d
from tests.services import world as w

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_envelope_the_agreed_day_and_the_right_office(
    open_page: Callable[..., Page], office: Office
) -> None:
    office.clock.at = d.EARLY
    with transaction(office.runtime.sessions) as session:
        licence, _ = d.licence_at_office(session, office.world)
        (result,) = d.results_at_office(session, office.world, d.homes(1))
        moved = d.dossier_at_counter(session, office.world)
        d.published(session, office.world)
    page = open_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    sign_in(page, "counter")

    page.goto(f"/items/{result}/delivery")
    page.select_option("#reason-attempt", "R06")
    page.fill("#agreed_for-attempt", (d.DAY + timedelta(days=2)).isoformat())
    fits(page, "agreed-day-form")
    with leaving(page):
        page.get_by_role("button", name="Ghi lần phát không thành công").click()
    expect(page.locator("main")).to_contain_text("người nhận hẹn ngày 27/11/2026")
    fits(page, "agreed-day")

    page.goto(f"/items/{moved}")
    page.get_by_role("link", name="Chuyển tiếp").click()
    page.select_option("#unit", w.FAR_DESK)
    page.fill("#why", "thuộc xã Thăng Bình")
    fits(page, "forward")
    with leaving(page):
        page.get_by_role("button", name="Ghi chuyển tiếp").click()
    fits(page, "forwarded")

    page.goto("/rounds/out")
    fits(page, "rounds-out-envelopes")
    with leaving(page):
        page.get_by_role("button", name="cho bưu tá").first.click()
    expect(page.locator("h1")).to_have_text("Đã giao tuyến")
    fits(page, "round-loaded")
    page.goto(f"/items/{licence}")
    expect(page.locator("main")).to_contain_text("Giấy phép lái xe cũ")
    fits(page, "result-with-envelope")
    with leaving(page):
        page.get_by_role("button", name="Cấp phong bì thu lại").click()
    fits(page, "return-envelope")
    assert not faults
