"""What a person sees and hears of a refused form: the focus on the first fault, a way to each, what was typed."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from playwright.sync_api import Page, expect

from postal_service.domain.acts import Condition
from postal_service.services import checkpoints, evidence, exceptions
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, sign_in
from tests.browser.fitting import fits, leaving
from tests.browser.test_office_pages import PNG
from tests.services import in_hand, journeys
from tests.services import world as w

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOCUSED = "() => document.activeElement.id"
# As a browser that checks nothing sends it.
UNCHECKED = "() => document.querySelectorAll('form').forEach(form => { form.noValidate = true; })"


def send(page: Page, button: str) -> None:
    page.evaluate(UNCHECKED)
    with leaving(page):
        page.get_by_role("button", name=button, exact=True).first.press("Enter")


def speak_english(page: Page, path: str) -> None:
    page.goto("/account")
    with leaving(page):
        page.locator(".language button").click()
    page.goto(path)


def test_a_step_of_a_dossier_leads_to_each_of_its_faults(
    open_page: Callable[..., Page], office: Office
) -> None:
    world, at = office.world, w.MORNING - timedelta(days=1)
    with transaction(office.runtime.sessions) as session:
        made = journeys.received(session, world, w.CORRECTION, at=at)
    page = open_page()
    sign_in(page, "desk_clerk")
    page.goto(f"/dossiers/{made.dossier}")
    page.get_by_text("Xin lỗi và hẹn lại (mẫu 04)").first.click()
    page.locator("#why-extend").fill("gọi số 0905 123 456")
    send(page, "Xin lỗi và hẹn lại (mẫu 04)")

    assert page.evaluate(FOCUSED) == "new_due-extend"
    expect(page.locator("#new_due-extend-fault")).to_be_visible()
    assert page.locator("#why-extend").input_value() == "gọi số 0905 123 456"
    fits(page, "faults-dossier-step")
    page.locator("#why-extend").fill("")
    send(page, "Xin lỗi và hẹn lại (mẫu 04)")
    page.get_by_role("alert").get_by_role("link", name="Lý do").press("Enter")
    assert page.evaluate("() => location.hash") == "#why-extend"
    speak_english(page, f"/dossiers/{made.dossier}")
    page.get_by_text("Apologise and extend (form 04)").first.click()
    send(page, "Apologise and extend (form 04)")
    expect(page.get_by_role("alert")).to_contain_text("Fields to correct: New due date, Reason")
    fits(page, "faults-dossier-step-en")


def test_a_delivery_and_an_exception_say_what_is_wrong_on_a_phone(
    open_page: Callable[..., Page], office: Office
) -> None:
    world, at = office.world, w.MORNING - timedelta(hours=1)
    with transaction(office.runtime.sessions) as session:
        item, _ = in_hand.result(session, world, at=at)
    page = open_page(phone=True)
    sign_in(page, "counter")
    page.goto(f"/items/{item}/delivery")
    page.locator("#receiver-deliver").select_option("authorised")
    page.locator("#recovered-deliver").fill("100")
    page.locator("#delivery_code-deliver").fill("BG1:")
    page.evaluate("() => document.querySelectorAll('[name=proof]').forEach(b => { b.checked = false; })")  # fmt: skip
    send(page, "Đã giao")

    assert page.evaluate(FOCUSED) == "proof-deliver"
    assert page.locator("#recovered-deliver").input_value() == "100"
    fits(page, "faults-delivery")
    page.goto(f"/items/{item}/exceptions")
    page.locator("#condition-damage").select_option("wet")
    send(page, "Báo hư hại")
    assert page.evaluate(FOCUSED) == "why-damage"
    assert page.locator("#condition-damage").input_value() == "wet"
    expect(page.locator("#why-lost-fault")).to_have_count(0)
    fits(page, "faults-exception")


def test_a_fee_is_confirmed_once_its_faults_are_mended(
    open_page: Callable[..., Page], office: Office
) -> None:
    page = open_page()
    sign_in(page, "administrator", home="dossiers")
    page.goto("/fees/decisions")
    fits(page, "fees-waiting")
    page.goto(f"/fees/decisions/{w.BUILDING}")
    page.locator("#number").fill("23/2026/NQ-HĐND")
    page.locator("#decided_on").fill("2026-12-31")
    send(page, "Xác nhận mức phí")
    assert page.evaluate(FOCUSED) == "amount"
    fits(page, "faults-fee")
    page.locator("#amount").fill("75000")
    page.locator("#valid_from").fill("2026-11-23")
    send(page, "Xác nhận mức phí")
    assert page.evaluate(FOCUSED) == "decided_on"
    page.locator("#decided_on").fill("2026-07-08")
    with leaving(page):
        page.get_by_role("button", name="Xác nhận mức phí").press("Enter")
    expect(page.locator(".notice.good")).to_contain_text("75.000 ₫")
    expect(page.locator("main")).to_contain_text("Nhân viên administrator xác nhận lúc")
    fits(page, "fee-confirmed")


def test_a_reception_and_a_visit_lead_to_each_of_their_faults(
    open_page: Callable[..., Page], office: Office
) -> None:
    page = open_page()
    sign_in(page, "counter")
    page.goto(f"/receptions/new/{w.EXTRACT}")
    page.locator("#name").fill("Nguyễn Thị Lan")
    page.locator("#citizen").fill("12")
    page.locator("#phone").fill("không phải số")
    page.locator('input[name="by_post"]').check()
    page.locator("#postage").fill("-5")
    send(page, "Tiếp nhận và in")

    assert page.evaluate(FOCUSED) == "agency"
    led_to = page.get_by_role("alert").get_by_role("link").all_text_contents()
    assert led_to == [
        "Cơ quan giải quyết", "Số định danh", "Điện thoại", "Xã, phường", "Cước bưu chính (đồng)",
    ]  # fmt: skip
    assert page.locator("#name").input_value() == "Nguyễn Thị Lan"
    fits(page, "faults-reception")
    speak_english(page, f"/collecting/new/{w.EXTRACT}")
    page.locator("#opens").fill("25:99")
    send(page, "Note the visit and print")
    assert page.evaluate(FOCUSED) == "agency"
    expect(page.locator("#opens-fault")).to_be_visible()
    fits(page, "faults-visit-en")


def test_the_chain_leads_to_the_photo_and_the_proof(
    open_page: Callable[..., Page], office: Office
) -> None:
    world, at, runtime = office.world, w.MORNING - timedelta(hours=1), office.runtime
    digest = sha256(PNG).hexdigest()
    with transaction(runtime.sessions) as session:
        item, _ = in_hand.result(session, world, at=at)
        evidence.keep(
            session, world.vault, digest, PNG, media_type="image/png", by=world.counter, at=at
        )
        exceptions.report_damage(
            session, world.keys, item, condition=Condition.WET, why="mưa", by=world.counter, at=at,
            evidence=(digest, sha256(b"not sent").hexdigest()),
        )  # fmt: skip
        checkpoints.make(session, origin=runtime.settings.origin, log_key=runtime.log_key, at=at)
    page = open_page()
    sign_in(page, "auditor", home="dossiers")
    page.goto(f"/items/{item}")

    fits(page, "item-evidence")
    with page.expect_popup() as shown:
        page.get_by_role("link", name="ảnh 1").click()
    expect(shown.value.locator("img")).to_be_visible()
    with page.expect_download() as proof:
        page.get_by_role("link", name="Tải chứng cứ").first.click()
    assert proof.value.suggested_filename.endswith(".tlog-proof")
