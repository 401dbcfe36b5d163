"""The manager's page of rounds on a telephone: nothing of a form is cut off, whatever the plan leaves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from postal_service.domain.actors import Role
from postal_service.services.plans import PlanId
from postal_service.storage.schema import PlanRow, RoleRow
from postal_service.storage.transaction import transaction
from tests.browser.conftest import PHONE, Office, sign_in
from tests.browser.fitting import fits
from tests.services import rounds_day as d
from tests.services import world as w

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What ends to the right of the card it stands in.
CUT_OFF = """() => [...document.querySelectorAll('.stacked button, .stacked select, .stacked input')]
    .filter(thing => thing.offsetParent
        && thing.getBoundingClientRect().right > thing.closest('.card').getBoundingClientRect().right)
    .map(thing => thing.outerHTML)"""


@pytest.fixture
def plan(office: Office) -> PlanId:
    """A proposal that leaves one call out, brings one dossier no further than the counter, and let a lock go."""
    world = office.world
    office.clock.at = d.EARLY
    with transaction(office.runtime.sessions) as session:
        session.add(RoleRow(staff=world.manager.staff, role=Role.MANAGER.value, unit=w.FAR_OFFICE))
        asked = d.pickup(session, world)
        d.results_at_office(session, world, d.homes(2))
        made = d.shared_out(session, world)
        told: dict[str, object] = {
            "courier": None,
            "misses_by_seconds": None,
            "references": [],
            "because": "",
        }
        row = session.get_one(PlanRow, made)
        row.unserved = [
            {**told, "order": f"collect:{asked}", "reason": "window"},
            {**told, "order": f"bring:{asked}", "reason": "to_counter"},
        ]
        lock = {"order": f"collect:{asked}", "courier": world.courier.staff, "was": "time"}
        row.loosened = [{**lock, "left": "order", "reason": "too_late"}]
    return made


def test_what_a_plan_leaves_is_moved_with_a_thumb(
    open_page: Callable[..., Page], plan: PlanId
) -> None:
    page = open_page()
    sign_in(page, "manager")
    page.goto(f"/rounds?plan={plan}")
    expect(page.locator("#counter-title")).to_be_visible()
    expect(page.locator("#left-title")).to_be_visible()
    expect(page.locator("#not-kept-title")).to_be_visible()
    fits(page, "rounds-left-over")
    page.set_viewport_size(PHONE)
    assert not page.evaluate(CUT_OFF)
    page.goto("/rounds?day=2026-12-09")
    fits(page, "rounds-without-a-plan")
