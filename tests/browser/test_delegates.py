"""A delegate named, shown at the counter and to the citizen, and taken back, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, sign_in
from tests.browser.fitting import fits, leaving
from tests.browser.test_faulty_forms import FOCUSED, send, speak_english
from tests.services import journeys
from tests.services.test_delegates import BINHS_CARD, AtCounter, at_counter

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def lying(office: Office) -> AtCounter:
    with transaction(office.runtime.sessions) as session:
        return at_counter(session, office.world, journeys.received(session, office.world))


def test_a_delegate_is_named_and_taken_back_with_the_keyboard(
    open_page: Callable[..., Page], lying: AtCounter
) -> None:
    page = open_page()
    sign_in(page, "counter")
    page.goto(f"/dossiers/{lying.received.dossier}")
    with leaving(page):
        page.get_by_role("link", name="Người được ủy quyền nhận kết quả").press("Enter")
    fits(page, "delegate-form")

    page.locator("#phone-name").fill("không phải số")
    page.locator("#address-name").fill("Thôn 3")
    page.locator("#ground-name").select_option("owner")
    page.locator("#card-name").fill(BINHS_CARD.replace("Nam", "?"))
    send(page, "Ghi và cấp mã")
    assert page.evaluate(FOCUSED) == "name-name"
    expect(page.locator("#commune-name-fault")).to_be_visible()
    fits(page, "delegate-faults")

    page.locator("#name-name").fill("Trần Thị Mai")
    page.locator("#citizen-name").fill("049190123457")
    page.locator("#phone-name").fill("0914 222 333")
    page.locator("#address-name").fill("")
    page.locator("#card-name").fill(BINHS_CARD)
    send(page, "Ghi và cấp mã")
    expect(page.locator("#card-name-fault")).to_contain_text("họ tên, số định danh")
    fits(page, "delegate-wrong-card")

    page.locator("#ground-name").select_option("paper")
    page.locator("#paper-name").fill("UQ 12 ngày 20/11/2026")
    with leaving(page):
        page.locator("#paper-name").press("Enter")
    expect(page.locator("h1")).to_contain_text("Đã ghi người được ủy quyền")
    fits(page, "delegate-named")

    page.goto(f"/items/{lying.item}/delivery")
    expect(page.locator("main")).to_contain_text("Chủ hồ sơ đã ủy quyền cho Trần Thị Mai.")
    fits(page, "delegate-at-counter")
    speak_english(page, f"/delegates/{lying.received.dossier}")
    fits(page, "delegate-english")
    page.get_by_text("Take it back").first.press("Enter")
    page.locator("#ground-take-back").select_option("paper")
    page.locator("#paper-take-back").fill("UQ 13")
    with leaving(page):
        page.locator("#paper-take-back").press("Enter")
    expect(page.locator("h1")).to_contain_text("The delegation was taken back")
    fits(page, "delegate-taken-back-english")


def test_the_citizen_sees_on_his_telephone_that_somebody_was_named(
    open_page: Callable[..., Page], lying: AtCounter
) -> None:
    clerk = open_page()
    sign_in(clerk, "counter")
    clerk.goto(f"/delegates/{lying.received.dossier}")
    for field, written in (
        ("name", "Trần Thị Mai"), ("citizen", "049190123457"), ("phone", "0914 222 333"),
        ("paper", "UQ 12"),
    ):  # fmt: skip
        clerk.locator(f"#{field}-name").fill(written)
    clerk.locator("#ground-name").select_option("paper")
    send(clerk, "Ghi và cấp mã")

    page = open_page(phone=True)
    page.goto("/tracking")
    page.locator("#code").fill(lying.received.code)
    page.locator("#factor").fill(lying.received.pin)
    with leaving(page):
        page.locator("#factor").press("Enter")
    expect(page.locator("main")).to_contain_text("Đã ghi một người được ủy quyền.")
    expect(page.locator("body")).not_to_contain_text("Mai")
    fits(page, "delegate-tracked")
