"""The end of a shift, the fees of a month, a transfer that came later and the record of services, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from postal_service.domain.money import Line, Means
from postal_service.services import cash, transport
from postal_service.services.charges import Due
from postal_service.services.reception import Received
from postal_service.storage.schema import StaffRow
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, sign_in
from tests.browser.fitting import fits, leaving
from tests.services import in_hand, journeys
from tests.services import world as w
from tests.services.registrations import register, registration

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AT = w.MORNING - timedelta(hours=1)


@pytest.fixture
def evening(office: Office) -> Received:
    """A clerk with items, a bag and cash in hand; a fee counted into the till; one that is still owed."""
    world = office.world
    dues = tuple(
        Due(line=line, amount_dong=dong, paid_by=Means.CASH)
        for line, dong in ((Line.STATE_FEE, 8_000), (Line.POSTAGE, 26_000))
    )
    with transaction(office.runtime.sessions) as session:
        in_hand.sealed(session, world, 3, at=AT)
        in_hand.accepted(session, world, at=AT)
        transport.pack_bag(
            session, world.keys, in_hand.sealed(session, world, 2, at=AT),
            destination=w.FAR_OFFICE, seal="TUI-9", item_prefix="BH", by=world.counter, at=AT,
        )  # fmt: skip
        register(session, world, registration(session, dues=dues), at=AT)
        register(session, world, registration(session, dues=dues), by=world.second_counter, at=AT)
        cash.hand_in(
            session, world.second_counter.staff,
            {Line.STATE_FEE: 8_000, Line.POSTAGE: 26_000}, by=world.counter, at=AT,
        )  # fmt: skip
        journeys.received(session, world, at=w.MORNING)
        owed = (Due(line=Line.STATE_FEE, amount_dong=8_000),)
        return register(session, world, registration(session, dues=owed), at=AT)


def badge(office: Office, login: str) -> str:
    with transaction(office.runtime.sessions) as session:
        return session.scalars(select(StaffRow.badge).filter_by(login=login)).one()


@pytest.mark.usefixtures("evening")
def test_a_shift_is_handed_over_with_a_difference_and_its_reason(
    open_page: Callable[..., Page], office: Office
) -> None:
    page = open_page()
    sign_in(page, "counter")
    page.get_by_role("link", name="Bàn giao ca").click()
    expect(page.locator("h1")).to_have_text("Bàn giao ca và kiểm quỹ")
    page.fill("#counted-state_fee", "16000")
    page.fill("#counted-postage", "51000")
    page.fill("#badge", badge(office, "second_counter"))
    page.get_by_role("button", name="Ký giao ca").click()

    expect(page.locator("#why-fault")).to_contain_text("phải ghi lý do")
    expect(page.get_by_text("thiếu 1.000 ₫")).to_be_visible()
    fits(page, "shift-difference")
    page.fill("#why", "Thối nhầm cho một người gửi")
    page.get_by_role("button", name="Ký giao ca").click()

    expect(page.locator("h1")).to_have_text("Đã giao ca, chờ người nhận ký")
    fits(page, "shift-done")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Tải để in").click()
    assert saved.value.suggested_filename.startswith("BGC-")


@pytest.mark.usefixtures("evening")
def test_the_fees_of_a_month_are_printed_and_told_as_remitted(
    open_page: Callable[..., Page],
) -> None:
    page = open_page()
    sign_in(page, "manager")
    page.goto("/cash")
    page.get_by_role("link", name="Phí, lệ phí đã thu").click()
    with leaving(page):
        page.get_by_role("link", name="UBND phường Tam Kỳ").click()
    fits(page, "fees")
    printed = page.get_by_role("link", name="In bảng kê").get_attribute("href")
    assert printed is not None
    assert page.request.get(printed).body().startswith(b"%PDF")
    page.fill("#reference", "GNT 0071")
    page.get_by_role("button", name="Ghi đã nộp").click()
    expect(page.locator("main, .flash, body")).to_contain_text(["Đã ghi nộp 1 khoản, 8.000 ₫"])


def test_a_transfer_that_came_later_is_taken_up_from_the_dossier(
    open_page: Callable[..., Page], evening: Received
) -> None:
    page = open_page()
    sign_in(page, "desk_clerk")
    page.goto(f"/dossiers/{evening.dossier}")
    fits(page, "dossier-owing")
    page.get_by_role("link", name="Ghi đã nhận chuyển khoản").click()
    expect(page.locator("#purpose")).to_have_value(f"LP {evening.code}")
    page.fill("#amount", "7000")
    page.fill("#reference", "FT26325")
    page.get_by_role("button", name="Ghi đã nhận chuyển khoản").click()
    expect(page.locator("#amount-fault")).to_contain_text("8.000")
    fits(page, "transfer-differs")
    page.fill("#amount", "8000")
    page.get_by_role("button", name="Ghi đã nhận chuyển khoản").click()
    page.wait_for_url(f"**/dossiers/{evening.dossier}")


@pytest.mark.usefixtures("evening")
def test_the_report_leads_to_the_record_of_services(open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, "manager")
    page.goto("/reports")
    fits(page, "report-agencies")
    for name in ("In báo cáo", "In bảng nghiệm thu"):
        href = page.get_by_role("link", name=name).first.get_attribute("href")
        assert href is not None
        answer = page.request.get(href)
        assert answer.ok
        assert answer.body().startswith(b"%PDF")
