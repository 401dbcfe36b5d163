"""The signed heads for whoever asks, and where both sides of a hand-over find its record, in a real browser."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from postal_service.domain.acts import Capacity, ReservedFor
from postal_service.ledger import checkpoint
from postal_service.services import checkpoints, handovers
from postal_service.services.checkpoints import Witness
from postal_service.services.handovers import Reservation
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, keep, sign_in
from tests.browser.fitting import fits, leaving
from tests.ledger.post import WitnessOffice
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import sealed

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def offices() -> list[WitnessOffice]:
    return [WitnessOffice(f"nhan-chung.example/{n}") for n in (1, 2, 3)]


@pytest.fixture
def office(office: Office, offices: list[WitnessOffice]) -> Office:
    """The same office, with three witnesses."""
    asked = tuple(Witness(key=each.public, ask=lambda _: (503, b"")) for each in offices)
    return replace(office, runtime=replace(office.runtime, witnesses=asked))


def sign(office: Office, offices: list[WitnessOffice]) -> checkpoint.Kept:
    runtime = office.runtime
    with transaction(runtime.sessions) as store:
        kept = checkpoints.make(
            store, origin=runtime.settings.origin, log_key=runtime.log_key, at=office.clock()
        )
        for each in offices:
            each.cosign(store, kept, runtime.policy.log)
    return kept


def test_a_reader_compares_the_root_on_his_paper(
    open_page: Callable[..., Page], office: Office, offices: list[WitnessOffice]
) -> None:
    with transaction(office.runtime.sessions) as store:
        sealed(store, office.world)
    kept = sign(office, offices)
    page = open_page()
    page.goto("/tracking")
    with leaving(page):
        page.click('a[href="/ledger"]')
    expect(page.locator("tbody tr")).to_have_count(1)
    keep(page, "ledger-days")
    fits(page, "ledger-days-phone")
    page.fill("#size", "12.345")
    with leaving(page):
        page.click("form.card button")
    expect(page.locator(".notice.bad")).to_contain_text("chưa được ký lần nào ở đúng 12.345")
    page.fill("#size", f"0.00{kept.size}")
    with leaving(page):
        page.click("form.card button")
    root = kept.root.hex()
    expect(page.locator("code.root")).to_contain_text(f"{root[:4]} {root[4:8]}")
    fits(page, "ledger-head-phone")
    answer = page.request.get(page.get_by_text("Bản đã ký").get_attribute("href") or "")
    assert answer.text() == sign_text(office, kept.size)


def sign_text(office: Office, size: int) -> str:
    with transaction(office.runtime.sessions) as store:
        found = checkpoint.at_size(store, size)
    assert found is not None
    return found.note


def test_a_desk_finds_the_record_of_what_it_took_and_prints_it(
    open_page: Callable[..., Page], office: Office
) -> None:
    world = office.world
    with transaction(office.runtime.sessions) as store:
        items = sealed(store, world, 3)
        batch = handovers.offer(
            store, world.keys, items, to_unit=w.DESK, by=world.counter, at=office.clock()
        ).batch
        handovers.take(
            store, world.keys, batch, capacity=Capacity.DESK,
            reserved={items[1]: Reservation(reserved_for=ReservedFor.SEAL)},
            by=world.desk_clerk, at=office.clock(),
        )  # fmt: skip
    page = open_page()
    sign_in(page, "desk_clerk")
    page.goto("/handovers")
    with leaving(page):
        page.click('a[href="/handovers/records"]')
    expect(page.locator("ul.rows li")).to_have_count(1)
    expect(page.locator("ul.rows li")).to_contain_text("nhận 2, không nhận 1")
    keep(page, "handover-records")
    fits(page, "handover-records-phone")
    path = page.locator('a[href^="/handovers/records/"]').get_attribute("href") or ""
    answer = page.request.get(path)
    assert answer.ok
    assert answer.body().startswith(b"%PDF")
    page.goto(f"/items/{items[0]}")
    expect(page.get_by_text("In biên bản giao nhận này")).to_be_visible()
    fits(page, "item-with-record")


def test_a_clerk_finds_the_appointment_slip_on_the_dossiers_page(
    open_page: Callable[..., Page], office: Office
) -> None:
    with transaction(office.runtime.sessions) as store:
        made = journeys.received(store, office.world, at=office.clock())
    page = open_page()
    sign_in(page, "counter")
    page.goto(f"/dossiers/{made.dossier}")
    button = page.get_by_role("button", name="In lại giấy tiếp nhận hồ sơ và hẹn trả kết quả")
    expect(button).to_be_visible()
    fits(page, "dossier-with-slip")
