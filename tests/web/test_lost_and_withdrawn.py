"""What a desk lost and found goes on as it was; what a citizen withdrew comes back to him."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from postal_service.domain.acts import Accept, Capacity, Counts, Leg
from postal_service.domain.custody import State
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import DossierId, ItemId
from postal_service.runtime import Runtime
from postal_service.services import collecting, items
from postal_service.services.office_events import Told, tell
from postal_service.storage.transaction import reading
from tests.clock import NOON
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import dossier_in, dossier_of, offered, sealed, taken, visit_asked
from tests.web.test_delivery import CARD


def test_a_dossier_that_a_desk_lost_and_found_is_received(
    browser: Callable[[str], Browser], runtime: Runtime
) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    taken(desk, offered(counter, item), item)
    dossier = dossier_of(desk, item)
    desk.send(f"/items/{item}/exceptions/lost", why="không thấy")

    found = {"condition": "ok", "why": "sau tủ"}
    assert desk.send(f"/items/{item}/exceptions/found", found).status_code == 302

    with reading(runtime.sessions) as store:
        assert items.standing(store, ItemId(item)).state is State.WITH_AGENCY
    assert desk.send(f"/dossiers/{dossier}/receive").status_code == 302


def test_a_postponed_item_has_nothing_for_two_to_settle(
    browser: Callable[[str], Browser],
) -> None:
    counter, manager = browser("counter"), browser("manager")
    item = sealed(counter, "NP-1")
    counter.send(f"/items/{item}/exceptions/postpone", why="lũ")

    page = manager.text(f"/items/{item}/exceptions")
    assert "hoãn vì thiên tai" in page
    assert "/exceptions/settle" not in page
    assert "Giải quyết bất thường" not in manager.text(f"/items/{item}")


def test_a_withdrawn_dossier_is_given_back_over_the_counter(
    browser: Callable[[str], Browser],
) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    assert "Trả lại công dân" not in counter.text(f"/items/{item}")
    withdrawn = counter.send(f"/dossiers/{dossier_of(counter, item)}/withdraw", why="đổi ý")
    assert withdrawn.status_code == 302

    refused = counter.send("/handovers/new", codes=item, to_unit=w.DESK)
    assert refused.status_code == 409
    assert "Công dân đã rút hồ sơ" in refused.get_data(as_text=True)
    assert "Trả lại công dân" in counter.text(f"/items/{item}")
    page = counter.text(f"/items/{item}/delivery")
    assert "Trả lại công dân" in page
    for beside in ('value="code"', 'value="message"', 'name="recovered"', "/attempt", "/send-back"):
        assert beside not in page
    back = {"receiver": "owner", "proof": "card", "card": CARD}
    assert counter.send(f"/items/{item}/delivery", back).status_code == 302
    page = counter.text(f"/items/{item}")
    assert "đã phát" in page
    assert "xác nhận phát" not in page  # that paper is a result's
    assert counter.send(f"/items/{item}/delivery", back).status_code == 409


def test_what_was_fetched_after_its_citizen_withdrew_stands_on_the_desk_until_it_goes_back(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    counter = browser("counter")
    dossier = dossier_in(visit_asked(counter))
    given = collecting.expected(session, [DossierId(dossier)])[DossierId(dossier)]
    counter.send(f"/dossiers/{dossier}/withdraw", why="Không cần nữa")
    act = Accept(
        capacity=Capacity.COUNTER, leg=Leg.IN, counts=given.counts, destination=given.destination
    )
    told = Told(item=given.item, parent=NO_PARENT, act=act)
    tell(session, world.keys, [told], by=world.counter, at=NOON)
    session.commit()

    page = counter.text("/desk")
    assert "Bất thường chờ giải quyết" in page
    assert "đã rút trước khi bưu tá đến nhận" in page
    path = f"/items/{given.item}/exceptions"
    assert "Ghi là trả lại công dân" in counter.text(path)
    assert counter.send(f"{path}/withdrawn").status_code == 302
    assert "Bất thường chờ giải quyết" not in counter.text("/desk")
    assert "Ghi là trả lại công dân" not in counter.text(path)
    again = counter.send(f"{path}/withdrawn")
    assert again.status_code == 409
    assert "không thuộc hồ sơ đã rút" in again.get_data(as_text=True)


def test_a_count_at_the_door_that_differs_stands_on_the_desk_with_who_has_it(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    counter = browser("counter")
    dossier = DossierId(dossier_in(visit_asked(counter)))
    given = collecting.expected(session, [dossier])[dossier]
    six = Counts(originals=6, certified=0, photocopies=0)
    act = Accept(capacity=Capacity.COURIER, leg=Leg.IN, counts=six, destination=given.destination)
    told = Told(item=given.item, parent=NO_PARENT, act=act)
    tell(session, world.keys, [told], by=world.courier, at=NOON)
    session.commit()

    page = browser("manager").text("/desk")
    assert "Bất thường chờ giải quyết" in page
    assert f"/items/{given.item}/exceptions" in page
    assert "niêm phong bất thường" in page
    assert "Bất thường chờ giải quyết" not in browser("far_counter").text("/desk")
