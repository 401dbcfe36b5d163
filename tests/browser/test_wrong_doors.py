"""In a real browser: the clerk finds at the desk what a courier heard at a wrong door, compares it, and forwards the result."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, sign_in
from tests.browser.fitting import fits, leaving
from tests.services import wrong_doors

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("phone", [False, True])
def test_from_what_was_heard_to_what_is_forwarded(
    open_page: Callable[..., Page], office: Office, *, phone: bool
) -> None:
    with transaction(office.runtime.sessions) as session:
        item = wrong_doors.back_at_counter(session, office.world)
    page = open_page(phone=phone)
    sign_in(page, "counter")
    page.goto("/desk")
    moved = page.locator("section[aria-labelledby=moved]")
    expect(moved).to_contain_text("báo địa chỉ mới")
    fits(page, f"moved-desk-{phone}")
    with leaving(page):
        moved.get_by_role("link", name="Đối chiếu").click()
    expect(page.locator("main")).to_contain_text(wrong_doors.HEARD.address)
    fits(page, f"moved-compare-{phone}")
    with leaving(page):
        page.get_by_role("button", name="Đúng, sửa").click()
    page.goto("/desk")
    expect(moved).to_contain_text("Bưu cục Hà Lam")
    fits(page, f"moved-elsewhere-{phone}")
    with leaving(page):
        moved.get_by_role("link", name="Ghi chuyển tiếp").click()
    expect(page.get_by_label("Nơi đến đúng")).to_have_value("561700")
    fits(page, f"moved-forward-{phone}")
    page.get_by_label("Lý do").fill("người nhận đã chuyển, đã gọi xác nhận")
    with leaving(page):
        page.get_by_role("button", name="Ghi chuyển tiếp").click()
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page).to_have_url(f"{page.url.partition('/items')[0]}/items/{item}")
    page.goto("/desk")
    expect(moved).to_have_count(0)
