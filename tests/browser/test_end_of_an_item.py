"""Where the papers of an item's end are found, in a real browser: by the clerk, the auditor, the manager and the citizen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from postal_service.services import rounds
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, sign_in
from tests.browser.fitting import fits, leaving
from tests.services import journeys
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.journeys import sent_back

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RETURN_RECORD, RUN_LIST = "In biên bản chuyển hoàn", "In bản kê phát"


def test_a_result_that_goes_back_has_its_record_beside_the_dossiers_papers(
    office: Office, open_page: Callable[..., Page]
) -> None:
    with transaction(office.runtime.sessions) as session:
        made = journeys.received(session, office.world)
        item = sent_back(
            session, office.world, journeys.ready(session, office.world, made, at=w.MORNING)
        )
    page = open_page()
    sign_in(page, "counter")
    for path, picture in ((f"/dossiers/{made.dossier}", "dossier"), (f"/items/{item}", "item")):
        page.goto(path)
        expect(page.get_by_role("button", name=RETURN_RECORD)).to_be_visible()
        fits(page, f"{picture}-that-goes-back")


def test_an_auditor_says_for_whom_he_extracts_a_chain(
    office: Office, open_page: Callable[..., Page]
) -> None:
    with transaction(office.runtime.sessions) as session:
        made = journeys.received(session, office.world)
    page = open_page()
    sign_in(page, "auditor", home="dossiers")
    page.goto(f"/items/{made.item}")
    with leaving(page):
        page.get_by_role("link", name="Trích lục chuỗi lưu giữ").click()
    fits(page, "extract-asked")
    page.get_by_label("Người yêu cầu").fill("Tòa án nhân dân khu vực 1")
    page.get_by_label("Mục đích").fill("Vụ án số 12/2026")
    page.get_by_role("button", name="In trích lục").click()
    expect(page.get_by_role("alert")).to_contain_text("chưa nằm dưới điểm kiểm")
    fits(page, "extract-before-a-checkpoint")


def test_each_round_that_is_out_offers_its_run_list(
    office: Office, open_page: Callable[..., Page]
) -> None:
    world = office.world
    office.clock.at = d.EARLY
    with transaction(office.runtime.sessions) as session:
        d.second_courier(session, world)
        d.results_at_office(session, world, d.homes(4))
        plan = rounds.managed_plan(session, d.shared_out(session, world), by=world.manager)
    page = open_page()
    sign_in(page, "manager")
    page.goto(f"/rounds?plan={plan.id}")
    expect(page.get_by_role("button", name=RUN_LIST)).to_have_count(0)
    page.get_by_role("button", name="Phát hành").click()
    expect(page.get_by_role("button", name=RUN_LIST)).to_have_count(2)
    fits(page, "rounds-with-run-lists")


def test_a_citizen_finds_the_authorisation_beside_what_to_bring(
    office: Office, open_page: Callable[..., Page]
) -> None:
    with transaction(office.runtime.sessions) as session:
        made = journeys.received(session, office.world)
        journeys.ready(session, office.world, made, at=w.MORNING)
    page = open_page()
    page.goto("/tracking")
    page.get_by_label("Mã hồ sơ").fill(made.code)
    page.get_by_label("Mã PIN").fill(made.pin)
    page.get_by_role("button", name="Tra cứu").click()
    with page.expect_download() as begun:
        page.get_by_role("link", name="Tải để in").click()
    assert begun.value.suggested_filename.endswith("-uy-quyen.pdf")
    fits(page, "tracking-with-authorisation")
