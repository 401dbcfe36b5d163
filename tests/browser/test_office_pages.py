"""The office's newer pages in a real browser: a bag, a scan, a supplement, cash, particulars, an erasing, a second factor."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from postal_service.domain.money import Line, Means
from postal_service.services import administrative, charges, procedures
from postal_service.services.administrative import SupplementReason
from postal_service.services.charges import Due
from postal_service.services.reception import Received
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, sign_in
from tests.browser.fitting import fits, leaving
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import sealed
from tests.services.registrations import register, registration
from tests.web.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The smallest picture that a browser shows: one white point.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8"
    "ffff3f0005fe02fea735819a0000000049454e44ae426082"
)


@pytest.fixture
def asked(office: Office) -> Received:
    """A dossier that waits for a paper, and a courier who carries cash."""
    world, at = office.world, w.MORNING - timedelta(days=6)
    with transaction(office.runtime.sessions) as session:
        made = journeys.received(session, world, w.CORRECTION, at=at)
        version = procedures.version(session, world.procedures[w.CORRECTION])
        administrative.request_supplement(
            session, made.dossier, [version.papers[0].name],
            reason=SupplementReason.ILLEGIBLE, by=world.officer, at=at + timedelta(hours=1),
        )  # fmt: skip
        dues = (Due(line=Line.POSTAGE, amount_dong=26_000),)
        paid = register(session, world, registration(session, dues=dues), at=at)
        account = next(
            each
            for each in charges.accounts(session, paid.dossier)
            if each.charge.line is Line.POSTAGE
        )
        charges.pay(
            session, account.id, Means.CASH, reference="", by=world.courier, at=w.MORNING
        )  # fmt: skip
        sealed(session, world, 2)
    return made


def test_a_supplement_is_taken_and_cash_is_counted_with_the_keyboard(
    open_page: Callable[..., Page], asked: Received
) -> None:
    page = open_page()
    sign_in(page, "counter")
    page.goto("/supplements")
    expect(page.locator("main input:focus")).to_be_visible()
    page.keyboard.type(asked.code)
    with leaving(page):
        page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Đếm giấy tờ")
    fits(page, "supplement-form")
    page.locator("#serial").focus()
    for _ in range(3):  # the steppers stand before the serial; Tab selects what is in one
        page.keyboard.press("Shift+Tab")
    page.keyboard.type("1")
    page.locator("#serial").focus()
    page.keyboard.type("BS-1")
    with leaving(page):
        page.keyboard.press("Enter")
    expect(page.locator(".notice.warn")).to_be_visible()
    fits(page, "supplement-taken")

    page.goto("/cash")
    fits(page, "cash")
    page.get_by_role("link", name="Đếm và nhận").focus()
    with leaving(page):
        page.keyboard.press("Enter")
    page.locator("#counted-postage").focus()
    page.keyboard.type("25000")
    with leaving(page):
        page.keyboard.press("Enter")
    expect(page.locator("#counted-postage-fault")).to_be_visible()
    fits(page, "cash-differs")
    page.locator("#counted-postage").fill("26000")
    with leaving(page):
        page.locator("#counted-postage").press("Enter")
    expect(page.locator(".notice.good")).to_be_visible()


def test_a_paper_is_scanned_by_one_and_checked_by_another(
    open_page: Callable[..., Page], asked: Received, tmp_path: Path
) -> None:
    clerk, colleague = open_page(), open_page()
    sign_in(clerk, "desk_clerk")
    sign_in(colleague, "second_desk_clerk")
    good, bad = tmp_path / "don.png", tmp_path / "don.pdf"
    good.write_bytes(PNG)
    bad.write_bytes(b"MZ this is a program")
    clerk.goto(f"/scans/{asked.dossier}")
    clerk.locator("#file-upload").set_input_files(bad)
    with leaving(clerk):
        clerk.get_by_role("button", name="Lưu bản quét").press("Enter")
    expect(clerk.locator("#file-upload-fault")).to_contain_text("không phải PDF, JPEG hoặc PNG")
    fits(clerk, "scan-refused")
    clerk.locator("#file-upload").set_input_files(good)
    with leaving(clerk):
        clerk.get_by_role("button", name="Lưu bản quét").press("Enter")
    expect(clerk.locator(".notice.good")).to_be_visible()

    colleague.goto("/scans")
    fits(colleague, "scans-waiting")
    with leaving(colleague):
        colleague.get_by_role("link", name="Xem và kiểm tra").press("Enter")
    with colleague.expect_popup() as opened:
        colleague.get_by_role("link", name="Mở bản quét").first.press("Enter")
    expect(opened.value.locator("img")).to_be_visible()
    fits(colleague, "scan-to-check")
    colleague.get_by_label("Kết luận").select_option("accept")
    with leaving(colleague):
        colleague.get_by_role("button", name="Ghi kết luận").press("Enter")
    expect(colleague.locator(".notice.good")).to_be_visible()
    colleague.goto(f"/dossiers/{asked.dossier}")
    fits(colleague, "dossier-with-scan")


def test_a_bag_is_filled_and_a_name_is_corrected(
    open_page: Callable[..., Page], asked: Received
) -> None:
    page, officer = open_page(), open_page()
    sign_in(page, "counter")
    page.goto("/bags/new")
    fits(page, "bag-fill")
    for box in page.locator('input[name="item"]').all():
        box.press("Space")
    page.locator("#destination").select_option(w.FAR_OFFICE)
    page.locator("#serial").fill("TUI-1")
    with leaving(page):
        page.locator("#serial").press("Enter")
    expect(page.locator(".notice.good")).to_be_visible()
    fits(page, "bag")
    with leaving(page):
        page.get_by_role("link", name="Mở túi và đối chiếu").press("Enter")
    fits(page, "bag-open")
    page.locator('input[name="item"]').first.press("Space")
    page.locator("#serial").fill("TUI-2")
    with leaving(page):
        page.locator("#serial").press("Enter")
    expect(page.locator("h1")).to_contain_text("Kết quả đối chiếu")
    fits(page, "bag-compared")
    page.goto("/bags")
    fits(page, "bags")

    page.goto(f"/particulars/{asked.dossier}")
    page.locator("#name").fill("Nguyễn Thị Lân")
    fits(page, "particulars")
    with leaving(page):
        page.locator("#name").press("Enter")
    expect(page.locator(".notice.good")).to_be_visible()
    sign_in(officer, "officer")
    officer.goto(f"/particulars/{asked.dossier}")
    with leaving(officer):
        officer.get_by_role("link", name="Đối chiếu").press("Enter")
    fits(officer, "particulars-compared")
    with leaving(officer):
        officer.get_by_role("button", name="Đúng, sửa").press("Enter")
    expect(officer.locator(".notice.good")).to_be_visible()


def test_a_dossier_that_is_over_is_erased_with_the_keyboard(
    open_page: Callable[..., Page], office: Office
) -> None:
    with transaction(office.runtime.sessions) as session:
        made = journeys.received(session, office.world, result_by_post=False)
        administrative.refuse(
            session, made.dossier, why="Không đủ điều kiện", by=office.world.officer, at=w.AFTER_CUT
        )
    page = open_page()
    sign_in(page, "administrator", home="dossiers")
    page.goto(f"/dossiers/{made.dossier}")
    page.locator(f'a[href="/erasing/{made.dossier}"]').press("Enter")
    page.locator("#reason").select_option("citizen_asked")
    page.locator("#code").fill(made.code)
    page.locator("#password").fill(PASSWORD)
    fits(page, "erasing")
    with leaving(page):
        page.locator("#password").press("Enter")
    expect(page.locator("main")).to_contain_text("đã được xóa")
    fits(page, "erased-dossier")


def test_a_second_factor_is_switched_on(open_page: Callable[..., Page], office: Office) -> None:
    page = open_page()
    sign_in(page, "counter")
    page.goto("/account/second-factor")
    fits(page, "second-factor")
    secret = re.sub(r"\s", "", page.locator(".secret").inner_text())
    page.locator("#code-on").fill(pyotp.TOTP(secret).at(office.clock()))
    page.locator("#password-on").fill(PASSWORD)
    with leaving(page):
        page.locator("#password-on").press("Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    fits(page, "second-factor-codes")
    page.goto("/account/second-factor")
    fits(page, "second-factor-on")
