"""A courier who leaves twice, in a real browser: the page, the map, and who signs for what when."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from postal_service.services import places, planning, plans, rounds, workdays
from postal_service.services.planning import PlannedStop
from postal_service.services.plans import PlanId
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, sign_in
from tests.browser.fitting import fits, leaving
from tests.services import rounds_day as d
from tests.services import world as w

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def published(office: Office) -> PlanId:
    """Five homes and a pair for one courier: three homes on a second tour."""
    world = office.world
    with transaction(office.runtime.sessions) as session:
        d.results_at_office(session, world, d.homes(5))
        d.pickup(session, world)
        office_then = places.place(session, w.OFFICE, day=d.DAY)
        day = workdays.read(session, world.vault, office_then, d.DAY, at=d.EARLY)
        keys = sorted((order.key for order in day.orders), key=lambda key: key[0] == "d")
        pair = sorted((key for key in keys if key[0] != "d"), reverse=True)  # collect, then bring
        homes = [key for key in keys if key[0] == "d"]
        tours = {1: [*pair, *homes[:2]], 2: homes[2:]}
        stops = tuple(
            PlannedStop(order=key, arrives=0, starts=0, departs=0, tour=tour)
            for tour, calls in tours.items()
            for key in calls
        )
        solved = planning.retimed(day, {world.courier.staff: stops}, seed=1, budget_seconds=1)
        plan = plans.add(session, day, solved, made_by=world.manager.staff, at=d.EARLY)
        tag = rounds.managed_plan(session, plan, by=world.manager).tag
        rounds.publish(session, world.vault, plan, tag=tag, by=world.manager, at=d.EARLY)
    office.clock.at = d.EARLY
    return plan


def test_each_tour_is_given_to_the_courier_when_it_leaves(
    open_page: Callable[..., Page], published: PlanId
) -> None:
    page = open_page()
    sign_in(page, "manager")
    page.goto(f"/rounds?plan={published}")
    expect(page.locator(".tour h3")).to_have_count(2)
    expect(page.locator(".back")).to_contain_text("về bưu cục lúc")
    expect(page.locator(".calls").nth(1).locator("li").first).to_have_attribute("value", "5")
    fits(page, "rounds-two-tours")

    first = page.get_by_role("button", name="của chuyến 1 cho bưu tá")
    first.focus()
    with leaving(page):
        page.keyboard.press("Enter")
    page.goto(f"/rounds?plan={published}")
    expect(first).to_have_count(0)
    expect(page.get_by_role("button", name="Giao 3 bưu gửi của chuyến 2")).to_be_visible()
    fits(page, "rounds-second-tour-waits")
    page.goto(f"/rounds/{published}/map")
    expect(page.locator(".leaflet-interactive").first).to_be_visible()
    fits(page, "rounds-two-tours-map")
