"""What became of a citizen's code, in a real browser: at the counter that asked for it, and for whoever watches over it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from postal_service.services import outbox
from postal_service.services.gateways import Later, Never, Taken, Via, WhyNot
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, keep, sign_in
from tests.browser.fitting import fits, leaving
from tests.browser.test_desk_to_door import result_at_the_post_office
from tests.services.messages import put

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def tried(office: Office, answer: Taken | Later | Never) -> None:
    """The message that is due is tried, and this comes of it."""
    with transaction(office.runtime.sessions) as session:
        claimed = outbox.claim(session, at=office.clock())
        assert claimed is not None
        outbox.settle(session, claimed, answer, via=Via.GATEWAY, at=office.clock())


def test_the_counter_sees_a_code_on_its_way_put_off_and_sent(
    office: Office, open_page: Callable[..., Page]
) -> None:
    _, item = result_at_the_post_office(office)
    page = open_page()
    sign_in(page, "counter")
    page.goto(f"/items/{item}/delivery")
    with leaving(page):
        page.get_by_role("button", name="Gửi mã đến điện thoại").click()
    state = page.locator("#message-state")
    expect(state).to_contain_text("Tin đang được gửi đến 090****456.")
    fits(page, "code-on-its-way")

    tried(office, Later(why=WhyNot.NO_ANSWER))
    page.get_by_role("link", name="Xem lại").click()
    expect(state).to_contain_text("tổng đài không trả lời")
    fits(page, "code-put-off")

    office.clock.forward(timedelta(minutes=1))
    tried(office, Taken())
    page.get_by_role("link", name="Xem lại").click()
    expect(state).to_contain_text("Đã gửi đến 090****456 lúc 09:01 23/11/2026")
    keep(page, "code-sent")


def test_an_administrator_has_a_message_tried_again(
    office: Office, open_page: Callable[..., Page]
) -> None:
    with transaction(office.runtime.sessions) as session:
        for number in range(2):
            put(
                session, office.world.vault, f"otp-{number}", subject=f"BH00000000{number}VN",
                at=office.clock(),
            )  # fmt: skip
    tried(office, Never(why=WhyNot.NOT_LET_IN, status=401))
    tried(office, Never(why=WhyNot.REFUSED, status=422))
    page = open_page()
    sign_in(page, "administrator", home="dossiers")
    page.goto("/audit")
    with leaving(page):
        page.get_by_role("link", name="Xem tin nhắn").click()
    expect(page.get_by_role("button", name="Gửi lại")).to_have_count(2)
    fits(page, "messages-not-sent")
    keep(page, "messages")
    page.get_by_role("button", name="Gửi lại").first.click()
    expect(page.get_by_role("status")).to_contain_text("gửi lại ngay")
    expect(page.locator("main")).to_contain_text("Nhân viên administrator yêu cầu gửi lại")
    fits(page, "messages-waiting")
