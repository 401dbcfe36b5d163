"""What a desk lost and found goes on as it was; what a citizen withdrew comes back to him."""

from collections.abc import Callable

from postal_service.domain.custody import State
from postal_service.domain.ids import ItemId
from postal_service.runtime import Runtime
from postal_service.services import items
from postal_service.storage.transaction import reading
from tests.services import world as w
from tests.web.conftest import Browser
from tests.web.desk_work import dossier_of, offered, sealed, taken
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
