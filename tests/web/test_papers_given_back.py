"""The pages and papers of a dossier that ended without a result speak of the papers that go back."""

import re
from base64 import b64decode
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, CardProof, Receiver
from postal_service.domain.ids import ItemId
from postal_service.domain.standing import Channel
from postal_service.services import administrative, delivery, results
from postal_service.services.reception import Received
from postal_service.storage.schema import DossierRow
from tests.printing.read_back import text_of
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import passed
from tests.services.registrations import LAN, register, registration
from tests.services.world import MORNING, World
from tests.web.conftest import Browser

Browsers = Callable[[str], Browser]


def refused(session: Session, world: World, *, by_post: bool = True) -> Received:
    command = registration(
        session, w.LICENCE, submitter=LAN, channel=Channel.DIRECT, result_by_post=by_post
    )
    received = register(session, world, command, by=world.desk_clerk, at=MORNING)
    administrative.refuse(
        session, received.dossier, why="Thiếu điều kiện", by=world.officer, at=MORNING
    )
    session.commit()
    return received


def test_a_refused_dossier_is_given_back_at_the_desk_from_its_page(
    browser: Browsers, stranger: Browser, session: Session, world: World
) -> None:
    received = refused(session, world, by_post=False)
    desk, path = browser("desk_clerk"), f"/results/{received.dossier}"
    page = desk.text(f"/dossiers/{received.dossier}")
    assert f'href="{path}">Trả lại giấy tờ</a>' in page
    assert ">Trả kết quả</a>" not in page
    form = desk.text(path)
    assert "<h1>Trả lại giấy tờ" in form
    assert "Giao bưu điện mang về nhà" not in form

    answer = desk.send(f"{path}/at-desk", receiver="owner")

    assert answer.status_code == 302
    page = desk.text(f"/dossiers/{received.dossier}")
    assert "Đã trả lại giấy tờ tại quầy." in page
    assert "đã trả lại giấy tờ, do từ chối tiếp nhận" in page
    assert "chủ hồ sơ: Nguyễn Thị Lan" in page
    assert "Đã trả kết quả" not in page
    assert path not in page
    told = stranger.send("/tracking", code=received.code, factor=received.pin).text
    assert "Cơ quan từ chối giải quyết; giấy tờ đã được trả lại." in told
    assert "Đã trả lại giấy tờ" in told
    assert "ết quả đã được trao" not in told


def test_by_post_nothing_of_an_exchange_is_asked_and_the_label_says_what_it_is(
    browser: Browsers, stranger: Browser, session: Session, world: World
) -> None:
    received = refused(session, world)
    desk, path = browser("desk_clerk"), f"/results/{received.dossier}"
    form = desk.text(path)
    assert 'name="collect_back"' not in form
    assert "Bưu tá thu lại khi phát" not in form
    handed_in = {"originals": "1", "certified": "0", "photocopies": "0"}
    forged = {**handed_in, "collect_back": "Giấy phép lái xe"}
    assert desk.send(f"{path}/envelope", forged).status_code == 409

    page = desk.send(f"{path}/envelope", handed_in).get_data(as_text=True)

    assert "<h1>Giấy tờ trả lại đã sẵn sàng" in page
    label = re.search(r"data:application/pdf;base64,([^\"]+)", page)
    assert label is not None
    assert "GIẤY TỜ TRẢ LẠI" in text_of(b64decode(label[1]))
    told = stranger.send("/tracking", code=received.code, factor=received.pin).text
    assert "Giấy tờ trả lại đã sẵn sàng, chờ bưu điện nhận tại cơ quan." in told
    assert "Giấy tờ trả lại sẵn sàng tại cơ quan" in told
    authorisation = re.search(r"data:application/pdf;base64,([^\"]+)", told)
    assert authorisation is not None
    assert "nhận giấy tờ trả lại của hồ sơ" in text_of(b64decode(authorisation[1]))


def test_the_record_of_the_hand_over_to_the_post_speaks_of_papers(
    browser: Browsers, session: Session, world: World
) -> None:
    item = carried(session, world)
    counter = browser("counter")
    found = re.search(r'href="(/handovers/records/[^"]+)"', counter.text(f"/items/{item}"))
    assert found is not None

    words = text_of(counter.get(found[1]).data)

    assert "BIÊN BẢN GIAO NHẬN GIẤY TỜ TRẢ LẠI" in words
    assert "Giấy tờ trả lại." in words
    assert "GIAO NHẬN KẾT QUẢ" not in words
    assert "giấy tờ trả lại ·" in counter.text("/desk")


def carried(session: Session, world: World) -> ItemId:
    received = refused(session, world)
    ready = journeys.ready(session, world, received, at=MORNING)
    journeys.seal(session, world, ready.item, by=world.desk_clerk, at=MORNING)
    passed(session, world, [ready.item], world.desk_clerk, world.counter, Capacity.COUNTER)
    session.commit()
    return ready.item


def test_item_and_counter_speak_of_papers_and_so_does_the_confirmation(
    browser: Browsers, session: Session, world: World
) -> None:
    item = carried(session, world)
    counter = browser("counter")
    assert "giấy tờ trả lại" in counter.text(f"/items/{item}")
    assert 'name="recovered"' not in counter.text(f"/items/{item}/delivery")
    delivery.deliver(
        session, world.keys, item, receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
        by=world.counter, at=MORNING,
    )  # fmt: skip
    results.note_delivered(session, [item], at=MORNING)
    session.commit()

    words = text_of(counter.send(f"/items/{item}/delivery-slip").data)

    assert "giấy tờ trả lại của hồ sơ thủ tục hành chính" in words
    assert "Cơ quan trả giấy tờ: " in words
    assert "kết quả giải quyết" not in words


def test_the_record_of_the_way_back_speaks_of_papers(
    browser: Browsers, session: Session, world: World
) -> None:
    item = carried(session, world)
    journeys.go_back(session, world, item)
    session.commit()
    words = text_of(browser("counter").send(f"/items/{item}/return-record").data)
    assert "BIÊN BẢN CHUYỂN HOÀN GIẤY TỜ TRẢ LẠI" in words
    assert "nhận lại kết quả" not in words


@pytest.mark.parametrize("login", ["counter", "courier"])
def test_who_is_not_of_the_agency_gives_nothing_back_there(
    browser: Browsers, session: Session, world: World, login: str
) -> None:
    received = refused(session, world, by_post=False)
    path = f"/results/{received.dossier}/at-desk"
    assert browser(login).send(path, receiver="owner").status_code in {403, 404, 409}
    assert session.get_one(DossierRow, received.dossier).administrative == "refused"
