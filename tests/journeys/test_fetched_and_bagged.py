"""The post comes to the citizen's home, and packages travel between two offices in a bag.

The bag goes through the services that its pages call.
"""

from datetime import datetime, timedelta

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Leg
from postal_service.domain.custody import State
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.standing import Administrative
from postal_service.domain.wording_dates import VIETNAM
from postal_service.services import dossiers, handovers, places, transport, workdays
from postal_service.storage.schema import RoundRow
from postal_service.storage.transaction import reading, transaction
from tests.journeys.post import Post, accepted, online, put_out
from tests.mobile_api.test_rounds import publish
from tests.services import world as w
from tests.web.desk_work import dossier_in, offered, sealed, taken, visit_asked
from tests.web.test_delivery import CARD


def test_papers_fetched_at_home_reach_the_desk(post: Post) -> None:
    world, counter = post.world, post.browser("counter")
    page = visit_asked(counter)  # for 8 to 10 in the morning of the 25th
    dossier = DossierId(dossier_in(page))
    opens = datetime(2026, 11, 25, 8, tzinfo=VIETNAM)
    with transaction(post.runtime.sessions) as session:
        item = next(each.item for each in dossiers.items_of(session, dossier))
        office = places.place(session, w.OFFICE, day=opens.date())
        day = workdays.read(session, world.vault, office, opens.date(), at=post.clock())
        assert f"collect:{dossier}" in {order.key for order in day.orders}  # the planner has it
        publish(session, "round-1", world.courier.staff, [], dossier)
    phone = post.phone(world.courier)
    online(phone)
    post.clock.at = opens + timedelta(minutes=30)

    listed = acts.Counts(**phone._package(item)["counts"])
    phone.collect(item)
    phone.tell(item, acts.Pack(seal="NP-HOME", counts=listed))
    post.later(hours=3)
    online(phone)
    accepted(phone)

    assert post.holder(item) == world.courier.staff
    with reading(post.runtime.sessions) as session:
        found = dossiers.load(session, dossier)
    assert found.administrative is Administrative.POSTED
    assert found.posted_at == opens + timedelta(minutes=30)  # the moment at the door counts
    assert "đến nhận tại nhà" not in post.browser("counter").text(f"/dossiers/{dossier}")
    online(phone)
    batch = put_out(phone, item, w.DESK)
    accepted(phone)
    taken(post.browser("desk_clerk"), batch, item)
    assert post.state(item) is State.WITH_AGENCY


def brought_in_vain(post: Post) -> tuple[DossierId, ItemId]:
    """The citizen withdraws; the courier, who has no network, fetches it and brings it to the desk."""
    counter = post.browser("counter")
    dossier = DossierId(dossier_in(visit_asked(counter)))
    with transaction(post.runtime.sessions) as session:
        item = next(each.item for each in dossiers.items_of(session, dossier))
        publish(session, "round-1", post.world.courier.staff, [], dossier)
    phone = post.phone(post.world.courier)
    online(phone)
    withdrawn = counter.send(f"/dossiers/{dossier}/withdraw", why="Không cần nữa")
    assert withdrawn.status_code == 302
    post.later(hours=1)
    phone.collect(item)
    phone.tell(
        item, acts.Pack(seal="NP-HOME", counts=acts.Counts(**phone._package(item)["counts"]))
    )
    phone.sign_in()
    batch = put_out(phone, item, w.DESK)
    accepted(phone)
    taken(post.browser("desk_clerk"), batch, item)
    return dossier, item


def test_what_was_brought_to_the_desk_after_its_citizen_withdrew_goes_back_to_him(
    post: Post,
) -> None:
    dossier, item = brought_in_vain(post)
    assert post.state(item) is State.WITH_AGENCY
    desk = post.browser("desk_clerk")
    path, back = f"/items/{item}/exceptions", f"/handovers/new?item={item}"
    page = desk.text("/desk")
    assert f'href="{path}"' in page
    assert "đã rút trước khi bưu tá đến nhận" in page
    assert "trả lại bưu điện" in page
    page = desk.text(path)
    assert f'href="{back}"' in page
    assert "Ghi là trả lại công dân" not in page
    assert desk.send(f"{path}/withdrawn").status_code == 409
    assert item in desk.text(back)
    batch = offered(desk, item, to_unit=w.OFFICE)
    assert f'href="{back}"' not in desk.text(path)
    counter = post.browser("counter")
    taken(counter, batch, item)

    assert item not in desk.text("/desk")
    assert f'href="{path}"' in counter.text("/desk")
    assert counter.send(f"{path}/withdrawn").status_code == 302
    given = {"receiver": "owner", "proof": "card", "card": CARD}
    answer = counter.send(f"/items/{item}/delivery", given)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert post.state(item) is State.DELIVERED
    assert "Bất thường chờ giải quyết" not in counter.text("/desk")
    with reading(post.runtime.sessions) as session:
        found = dossiers.load(session, dossier)
    assert found.administrative is Administrative.WITHDRAWN


def test_a_visit_that_was_missed_is_moved_and_fetched_on_the_new_day(post: Post) -> None:
    world, counter = post.world, post.browser("counter")
    dossier = DossierId(dossier_in(visit_asked(counter)))  # for 8 to 10 in the morning of the 25th
    post.clock.at = datetime(2026, 11, 25, 11, tzinfo=VIETNAM)
    counter = post.browser("counter")
    assert "quá giờ hẹn" in counter.text("/collecting")
    new = {"day": "2026-11-26", "opens": "08:00", "closes": "10:00", "why": "đi vắng"}
    moved = counter.send(f"/collecting/visits/{dossier}/move", new)
    assert moved.status_code == 302, moved.get_data(as_text=True)

    with transaction(post.runtime.sessions) as session:
        item = next(each.item for each in dossiers.items_of(session, dossier))
        publish(session, "round-1", world.courier.staff, [], dossier)
    phone = post.phone(world.courier)
    post.clock.at = datetime(2026, 11, 26, 8, 30, tzinfo=VIETNAM)
    with transaction(post.runtime.sessions) as session:
        session.get_one(RoundRow, "round-1").day = post.clock.at.date()
    online(phone)
    (stop,) = (each for each in phone.shift["rounds"][0]["stops"] if each["dossier"])
    assert stop["opens_at"].startswith("2026-11-26T")
    phone.collect(item)
    phone.tell(
        item, acts.Pack(seal="NP-HOME", counts=acts.Counts(**phone._package(item)["counts"]))
    )
    accepted(phone)

    page = post.browser("counter").text(f"/dossiers/{dossier}")
    assert "đến nhận tại nhà:" not in page
    assert "Dời lịch bưu tá đến nhận" in page
    assert post.holder(item) == world.courier.staff


def test_packages_travel_in_a_bag_from_one_office_to_another(post: Post) -> None:
    world, counter = post.world, post.browser("counter")
    contents = [ItemId(sealed(counter, f"NP0000010{n}")) for n in range(3)]
    with transaction(post.runtime.sessions) as session:
        bagged = transport.pack_bag(
            session, world.keys, contents, destination=w.FAR_OFFICE, seal="TUI-1",
            item_prefix="BT", by=world.counter, at=post.clock(),
        )  # fmt: skip
        transport.depart(
            session, world.keys, bagged.bag, run="XE-1", by=world.counter, at=post.clock()
        )
    assert {post.state(item) for item in contents} == {State.IN_DISPATCH}
    assert {post.holder(item) for item in contents} == {world.counter.staff}

    post.later(hours=1)
    with transaction(post.runtime.sessions) as session:
        offered = transport.offer_bag(
            session, world.keys, bagged.bag, to_unit=w.FAR_OFFICE, by=world.counter,
            at=post.clock(),
        )  # fmt: skip
        handovers.take(
            session, world.keys, offered.batch, capacity=Capacity.COUNTER, reserved={},
            by=world.far_counter, at=post.clock(),
        )  # fmt: skip
        transport.arrive(session, world.keys, bagged.bag, by=world.far_counter, at=post.clock())

    assert {post.holder(item) for item in contents} == {world.far_counter.staff}
    assert {post.state(item) for item in contents} == {State.AT_DESTINATION_OFFICE}
    assert post.standing(bagged.bag).leg is Leg.BAG
    assert contents[0] in post.browser("far_counter").text(f"/items/{contents[0]}")
