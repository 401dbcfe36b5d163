"""From the desk to the citizen's door: the manager publishes, the courier's phone delivers, the citizen follows."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from mobile_api.app import create_app as phones_app
from postal_service.domain import acts
from postal_service.domain.acts import Capacity, CodeProof, Condition, Receiver
from postal_service.domain.ids import ItemId, RoundId
from postal_service.services import planning_jobs
from postal_service.services.proposals import Wish
from postal_service.services.reception import Received
from postal_service.storage.transaction import transaction
from tests.browser.conftest import Office, keep, sign_in
from tests.browser.fitting import leaving
from tests.mobile_api.phones import Couriers
from tests.services import journeys
from tests.services import world as w

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def result_at_the_post_office(office: Office) -> tuple[Received, ItemId]:
    """A result that came from the desk and lies at the counter, and what its citizen holds."""
    world, at = office.world, w.MORNING - timedelta(hours=1)
    with transaction(office.runtime.sessions) as session:
        posted = journeys.received(session, world, at=at)
        made = journeys.ready(session, world, posted, at=at + timedelta(minutes=5))
        journeys.seal(session, world, made.item, by=world.desk_clerk, at=at + timedelta(minutes=6))
        journeys.hand_over(
            session, world, made.item, giver=world.desk_clerk, receiver=world.counter,
            capacity=Capacity.COUNTER, at=at + timedelta(minutes=10),
        )  # fmt: skip
    return posted, made.item


def publish(page: Page) -> None:
    """The manager looks at the proposal, publishes it and gives the courier what he carries."""
    page.goto(f"/rounds?day={w.MORNING.date()}")
    keep(page, "rounds-proposed")
    with leaving(page):
        page.get_by_role("button", name="Phát hành").click()
    expect(page.locator(".notice.good")).to_be_visible()
    with leaving(page):
        page.get_by_role("button", name="bưu gửi cho bưu tá").click()
    expect(page.locator(".notice.good")).to_be_visible()
    page.goto(f"/rounds?day={w.MORNING.date()}")
    keep(page, "rounds-published")
    with leaving(page):
        page.locator('a[href$="/map"]').first.click()
    page.wait_for_selector(".leaflet-container")
    keep(page, "rounds-map")


def deliver(office: Office, posted: Received, item: ItemId) -> None:
    """The courier takes it, rides, and delivers against the citizen's code."""
    office.clock.forward(timedelta(minutes=5))
    phones = Couriers(phones_app(office.runtime), office.runtime, office.world)
    phone = phones.phone(office.world.courier)
    phone.pull()
    (planned,) = phone.shift["rounds"]
    phone.call("POST", f"/rounds/{planned['id']}/acknowledgements")
    phone.take_offered(item)
    phone.tell(item, acts.Out(round=RoundId(planned["id"])))
    assert posted.delivery_code is not None
    code = posted.delivery_code
    phone.tell(
        item,
        acts.Deliver(
            receiver=Receiver.OWNER,
            proof=CodeProof(rotation=code.rotation, secret=code.secret),
            counts=journeys.ONE_PAPER,
            condition=Condition.OK,
        ),
    )
    assert {each["status"] for each in phone.send()} == {"accepted"}


def follow(page: Page, posted: Received) -> str:
    """What the citizen reads."""
    page.goto("/tracking")
    page.locator("#code").fill(posted.code)
    page.locator("#factor").fill(posted.pin)
    with leaving(page):
        page.locator("main button").click()
    return page.locator("h1").inner_text()


def test_a_result_goes_from_the_desk_by_a_courier_to_its_citizen(
    office: Office, open_page: Callable[..., Page]
) -> None:
    posted, item = result_at_the_post_office(office)
    citizen = open_page(phone=True)
    assert "đang trên đường đến ông/bà" in follow(citizen, posted)
    planning_jobs.propose(
        office.runtime.sessions,
        office.runtime.vault,
        Wish(office=w.OFFICE, day=w.MORNING.date(), budget_seconds=1, seed=1),
        made_by=office.world.manager.staff,
        at=w.MORNING,
    )
    manager = open_page()
    sign_in(manager, "manager")

    publish(manager)
    deliver(office, posted, item)

    assert follow(citizen, posted) == "Kết quả đã được trao."
    keep(citizen, "tracking")
    manager.goto("/desk")
    keep(manager, "desk-after-the-day")
