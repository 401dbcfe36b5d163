"""At the counter, in a browser: what is due stands before the hand-over and is taken charge by charge."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.money import Line
from postal_service.services import charges
from postal_service.services.charges import Due
from postal_service.storage.schema import ItemRow
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, keep, sign_in
from tests.services import world as w
from tests.services.rounds_day import homes, results_at_office


def result_that_owes(office: Office) -> tuple[ItemId, DossierId]:
    with transaction(office.runtime.sessions) as session:
        (item,) = results_at_office(session, office.world, homes(1))
        dossier = DossierId(session.get_one(ItemRow, item).dossier or "")
        postage = Due(line=Line.POSTAGE, amount_dong=26_000)
        charges.open_due(session, dossier, postage, by=office.world.counter, at=w.MORNING)
    return item, dossier


def test_two_charges_are_taken_before_the_result_is_given_out(
    open_page: Callable[..., Page], site: str, office: Office
) -> None:
    item, dossier = result_that_owes(office)
    page = open_page()
    sign_in(page, "counter")
    page.goto(f"{site}/items/{item}/delivery")
    keep(page, "delivery-due")
    due = page.get_by_role("region", name="Khoản còn phải thu")
    expect(due.get_by_role("heading", level=3)).to_have_text(
        ["phí, lệ phí: 8.000 ₫", "cước bưu chính: 26.000 ₫"]
    )

    due.get_by_role("button", name="Ghi đã thu").first.click()
    expect(page.get_by_text("Đã thu 8.000 ₫: phí, lệ phí.")).to_be_visible()
    page.goto(f"{site}/dossiers/{dossier}")
    keep(page, "dossier-due")
    page.get_by_label("Cách nộp").select_option("qr")
    page.get_by_role("button", name="Ghi đã thu").click()
    expect(page.get_by_text("phải có số giao dịch").first).to_be_visible()
    keep(page, "payment-refused")
    page.get_by_label("Số chứng từ").fill("FT26325")
    page.get_by_label("Cách nộp").select_option("qr")
    page.get_by_role("button", name="Ghi đã thu").click()
    expect(page.get_by_text("Đã thu 26.000 ₫: cước bưu chính.")).to_be_visible()
    expect(page.get_by_role("region", name="Khoản còn phải thu")).to_have_count(0)
