"""Pages that give and take files fit a phone and a desk: the report, and the import."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from postal_service.domain.acts import Leg
from postal_service.domain.custody import State
from postal_service.services import import_jobs
from postal_service.services.job_runner import Runner
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office
from tests.browser.fitting import fits, leaving
from tests.reports import rows
from tests.services import world as w
from tests.services.importing.files import SAMPLES
from tests.web.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def enter(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.tabs")


def test_a_report_fits_and_is_taken_away(open_page: Callable[..., Page], office: Office) -> None:
    at = w.MORNING
    with transaction(office.runtime.sessions) as session:
        for day in range(2, 22):
            rows.dossier(
                session, office.world, received=at.replace(day=day), due=at.replace(day=12),
                settled=at.replace(day=day) + timedelta(hours=3), state="resolved", home=day % 3 == 0,
                desk=w.FAR_DESK if day % 2 else w.DESK, procedure=w.PROCEDURES[day % 6],
            )  # fmt: skip
            rows.item(session, leg=Leg.IN, state=State.SEALED, told=[("accept", at.replace(day=day))], holder="s-counter", unit=w.OFFICE)  # fmt: skip
        rows.planned(session, office=w.OFFICE, day=at.date(), metres=41_300)
        rows.write_ledger(session)
    page = open_page()
    enter(page, "auditor")
    page.goto(f"/reports?unit={w.PROVINCE}&first=2026-11-01&last=2026-11-30")
    fits(page, "report")

    with page.expect_download() as taken:
        page.click("text=Tải XLSX")
    assert taken.value.suggested_filename == "20261101-20261130-report.xlsx"


def test_an_import_is_read_before_it_is_saved(
    open_page: Callable[..., Page], office: Office
) -> None:
    kinds = import_jobs.kinds(office.runtime.vault, service="BH")
    runner = Runner(office.runtime.sessions, clock=office.clock, kinds=kinds)
    page = open_page()
    enter(page, "administrator")
    page.goto("/imports")
    fits(page, "import-form")
    good = (SAMPLES / "dossiers.csv").read_bytes()
    bad = good.replace(b"2.000635", b"9.999999").replace(b"0905", b"12", 1)
    for name, content in (("hồ sơ sai.csv", bad), ("hồ sơ.csv", good)):
        page.goto("/imports")
        page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": content})
        with leaving(page):
            page.click("main form button:not(.plain)")
        page.wait_for_selector("[data-job-progress]")
        fits(page, "import-waiting")
        assert runner.run_one()
        page.wait_for_selector(".notice.bad, main form button:not(.quiet):not(.danger)")
        fits(page, f"import-{'faults' if content is bad else 'looked'}")
    with leaving(page):
        page.click("main form button:not(.quiet)")
    page.wait_for_selector("[data-job-progress]")
    assert runner.run_one()
    page.wait_for_selector(".notice.good")
    fits(page, "import-saved")
