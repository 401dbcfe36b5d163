"""Where a clerk finds the papers to print, in a real browser: the guide, the transfer slips, the agency's acts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from postal_service.services import administrative, procedures
from postal_service.services.administrative import SupplementReason
from postal_service.services.reception import Received
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, sign_in
from tests.browser.fitting import fits
from tests.services import journeys
from tests.services import world as w
from tests.services.test_transfers import ACCOUNTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def office(office: Office) -> Office:
    """The same office, with the accounts entered that take transfers."""
    settings = replace(office.runtime.settings, accounts=ACCOUNTS)
    return replace(office, runtime=replace(office.runtime, settings=settings))


@pytest.fixture
def asked(office: Office) -> Received:
    """A dossier that waits for a paper, and whose fee is still due."""
    world, at = office.world, w.MORNING - timedelta(days=6)
    with transaction(office.runtime.sessions) as session:
        made = journeys.received(session, world, w.EXTRACT, at=at)
        version = procedures.version(session, world.procedures[w.EXTRACT])
        administrative.request_supplement(
            session, made.dossier, [version.papers[0].name],
            reason=SupplementReason.ILLEGIBLE, by=world.officer, at=at + timedelta(hours=1),
        )  # fmt: skip
    return made


def is_pdf(page: Page, path: str | None) -> bool:
    assert path is not None
    answer = page.request.get(path)
    return answer.ok and answer.body().startswith(b"%PDF")


def test_the_guide_is_found_beside_each_procedure(open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, "counter")
    page.goto("/receptions/new")
    fits(page, "reception-search-guide")
    guide = page.locator("a", has_text="In phiếu hướng dẫn").first
    expect(guide).to_be_visible()
    assert is_pdf(page, guide.get_attribute("href"))
    page.goto(f"/receptions/new/{w.EXTRACT}")
    fits(page, "reception-form-guide")


def test_a_dossier_offers_what_was_recorded_and_a_slip_for_what_is_due(
    open_page: Callable[..., Page], asked: Received
) -> None:
    page = open_page()
    sign_in(page, "counter")
    page.goto(f"/dossiers/{asked.dossier}")
    fits(page, "dossier-printouts")
    for name in ("In phiếu chuyển khoản", "Phiếu yêu cầu bổ sung", "Phiếu kiểm soát"):
        link = page.locator("a", has_text=name).first
        expect(link).to_be_visible()
        assert is_pdf(page, link.get_attribute("href"))
    expect(page.locator("main")).not_to_contain_text("Phiếu từ chối")
