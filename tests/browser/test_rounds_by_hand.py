"""A manager looks at a move before it is saved, locks a whole round, and asks why a call is where it is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from postal_service.domain.couriers import CourierFacts
from postal_service.services import courier_facts
from postal_service.services.plans import PlanId
from postal_service.storage.schema import PlanRow
from postal_service.storage.transaction import transaction
from tests.browser.conftest import DESKTOP, PHONE, Office, keep, sign_in
from tests.browser.fitting import fits, leaving
from tests.browser.test_every_page import faults_of
from tests.services import rounds_day as d

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def plan(office: Office) -> PlanId:
    """Homes shared out between two couriers."""
    world = office.world
    office.clock.at = d.EARLY
    with transaction(office.runtime.sessions) as session:
        d.second_courier(session, world)
        d.results_at_office(session, world, d.homes(5))
        return d.shared_out(session, world)


def edits(office: Office, plan: PlanId) -> int:
    with transaction(office.runtime.sessions) as session:
        return session.get_one(PlanRow, plan).edits


def in_english(page: Page) -> None:
    with leaving(page):
        page.locator(".language button").click()


def test_what_a_move_does_is_seen_beside_the_form_before_it_is_saved(
    open_page: Callable[..., Page], office: Office, plan: PlanId
) -> None:
    with transaction(office.runtime.sessions) as session:
        told = CourierFacts(permits=frozenset())  # he may take no cash
        courier_facts.put(session, office.world.courier.staff, told, by=office.world.manager)
    page = open_page()
    sign_in(page, "manager")
    page.goto(f"/rounds?plan={plan}")
    page.set_viewport_size(DESKTOP)
    call = page.locator(".round").nth(1).locator(".calls > li").first
    call.locator("summary").click()
    form = call.locator("form[data-try]")

    form.locator("select").select_option(label="Nhân viên courier")

    shown = form.locator(".tried")
    expect(shown).to_contain_text("chưa lưu gì")
    expect(shown).to_contain_text("bưu tá không có quyền đi chuyến này")
    keep(page, "rounds-tried-beside")
    assert edits(office, plan) == 0
    form.locator("select").select_option(label="Lê Văn Hai")
    expect(shown).to_contain_text("Không gây thêm vi phạm nào")
    form.locator("[name=position]").fill("99999")
    form.locator("[name=try]").click()
    expect(form.locator("[data-refused]")).to_contain_text("Vị trí")

    form.locator("[name=position]").fill("1")
    form.locator("select").select_option(label="Nhân viên courier")
    expect(shown).to_contain_text("bưu tá không có quyền")
    with leaving(page):
        form.get_by_role("button", name="Chuyển", exact=True).click()
    expect(page.locator("h1")).to_have_text("Xem trước thay đổi")
    fits(page, "rounds-tried")
    assert faults_of(page) == {}
    page.locator("[name=knowing]").check()
    with leaving(page):
        page.get_by_role("button", name="Lưu thay đổi này").click()
    expect(page.locator(".notice").first).to_contain_text("Đã lưu")
    assert edits(office, plan) == 1


def test_without_a_script_a_move_is_looked_at_on_a_page_of_its_own(
    open_page: Callable[..., Page], office: Office, plan: PlanId
) -> None:
    page = open_page()
    page.route("**/rounds.js*", lambda route: route.abort())
    sign_in(page, "manager")
    page.goto(f"/rounds?plan={plan}")
    call = page.locator(".round").first.locator(".calls > li").first
    call.locator("summary").click()
    call.locator("form[data-try] select").select_option(label="Lê Văn Hai")
    with leaving(page):
        call.get_by_role("button", name="Xem trước").click()
    in_preview = page.locator(".tried")
    expect(in_preview).to_contain_text("Không gây thêm vi phạm nào")
    expect(in_preview).to_contain_text("điểm đổi giờ đến")
    page.set_viewport_size(DESKTOP)
    keep(page, "rounds-tried-without-script")
    with leaving(page):
        page.get_by_role("button", name="Lưu thay đổi này").click()
    assert edits(office, plan) == 1


def test_a_whole_round_is_locked_and_a_call_says_why_it_is_here(
    open_page: Callable[..., Page], office: Office, plan: PlanId
) -> None:
    page = open_page()
    sign_in(page, "manager")
    for spoken in ("vi", "en"):
        page.goto(f"/rounds?plan={plan}")
        with leaving(page):
            page.locator(".round .why").first.click()
        expect(page.locator("table tbody tr").first).to_be_visible()
        fits(page, f"rounds-why-{spoken}")
        assert faults_of(page) == {}
        page.set_viewport_size(DESKTOP)
        keep(page, f"rounds-why-{spoken}-desk")
        page.goto("/account")
        in_english(page)
    page.goto(f"/rounds?plan={plan}")
    first = page.locator(".round").first
    first.locator("select[name=level]").first.select_option("route")
    with leaving(page):
        first.get_by_role("button", name="Cho cả tuyến").click()
    expect(first.locator("[data-lock=route]")).to_be_visible()
    expect(first.locator("details.change")).to_have_count(0)
    page.set_viewport_size(DESKTOP)
    keep(page, "rounds-locked-whole-desk")
    page.set_viewport_size(PHONE)
    fits(page, "rounds-locked-whole")
    assert faults_of(page) == {}
    page.goto(f"/rounds/{plan}/map")
    page.set_viewport_size(DESKTOP)
    expect(page.locator(".pin.locked")).to_have_count(3)
    keep(page, "rounds-locked-whole-map")
    page.goto(f"/rounds?plan={plan}")
    with leaving(page):
        page.locator(".round").first.get_by_role("button", name="Mở khóa cả tuyến").click()
    expect(page.locator("[data-lock=route]")).to_have_count(0)
