"""The whole chain of an item on paper, for a court that checks it without us."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, CardProof, Receiver
from postal_service.domain.ids import DossierId, ItemId
from postal_service.projections import timelines
from postal_service.runtime import Runtime
from postal_service.services import checkpoints, delivery, erasing, receivers, results
from postal_service.services.erasing import EraseReason
from postal_service.services.vault import commitment
from postal_service.storage.schema import AccessRow, ItemRow, VerdictRow
from postal_service.storage.transaction import transaction
from tests.printing.read_back import text_of
from tests.services import journeys
from tests.services.in_hand import passed, result, sealed
from tests.services.test_receivers import WORDS
from tests.services.world import MORNING, World
from tests.web.conftest import Browser

Browsers = Callable[[str], Browser]

ASKED = {"asked_by": "Tòa án nhân dân khu vực 1", "purpose": "Vụ án số 12/2026"}


def signed(runtime: Runtime) -> None:
    with transaction(runtime.sessions) as store:
        checkpoints.make(store, origin=runtime.settings.origin, log_key=runtime.log_key, at=MORNING)


def extracted(who: Browser, item: str) -> str:
    answer = who.send(f"/items/{item}/extract", ASKED)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/pdf"
    return text_of(answer.data)


def test_the_whole_chain_is_extracted_with_every_hash_and_the_checkpoint(
    browser: Browsers, session: Session, world: World, runtime: Runtime
) -> None:
    made = journeys.received(session, world)
    item = journeys.sent_back(session, world, journeys.ready(session, world, made, at=MORNING))
    session.commit()
    signed(runtime)
    manager, path = browser("manager"), f"/items/{item}/extract"
    for page in (f"/items/{item}", f"/dossiers/{made.dossier}"):
        assert f'href="{path}"' in manager.text(page)
    assert 'name="asked_by"' in manager.text(path)

    words = extracted(manager, item)

    hashes = words.replace(" ", "")
    moments = timelines.of_item(session, item)
    assert len(moments) == 6
    for moment in moments:
        assert moment.leaf_hash in hashes
    with transaction(runtime.sessions) as store:
        kept = checkpoints.make(
            store, origin=runtime.settings.origin, log_key=runtime.log_key, at=MORNING
        )
    assert kept.root.hex() in hashes
    for said in (
        "TRÍCH LỤC CHUỖI LƯU GIỮ", *ASKED.values(), runtime.settings.origin,
        f"Số lá: {kept.size}", "Số sự kiện: 6 (sáu)", "Bắt đầu chuyển hoàn",
        "Nhân viên manager",
    ):  # fmt: skip
        assert said in words, said
    assert "Nguyễn Thị Lan" not in words
    assert session.scalars(select(AccessRow).filter_by(why="printing")).all() == []


def test_the_auditor_extracts_what_he_drew(
    browser: Browsers, session: Session, world: World, runtime: Runtime
) -> None:
    (item,) = sealed(session, world)
    session.commit()
    signed(runtime)
    auditor = browser("auditor")

    assert f"/items/{item}/extract" in auditor.text(f"/items/{item}")
    assert "Số sự kiện: 2 (hai)" in extracted(auditor, item)


def test_before_a_checkpoint_covers_the_newest_event_nothing_is_extracted(
    browser: Browsers, session: Session, world: World, runtime: Runtime
) -> None:
    (item,) = sealed(session, world)
    session.commit()
    manager = browser("manager")
    before = manager.send(f"/items/{item}/extract", ASKED)
    assert before.status_code == 409
    assert "chưa nằm dưới điểm kiểm" in before.get_data(as_text=True)
    signed(runtime)
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER)
    session.commit()

    after = manager.send(f"/items/{item}/extract", ASKED)

    assert after.status_code == 409
    assert ASKED["asked_by"] in after.get_data(as_text=True)  # nothing is typed twice
    signed(runtime)
    assert manager.send(f"/items/{item}/extract", ASKED).status_code == 200


@pytest.mark.parametrize(
    "odd",
    [{"asked_by": ""}, {"asked_by": "x" * 121}, {"purpose": " "}, {"purpose": "x" * 201}],
)
def test_an_extract_says_who_asked_and_why(
    browser: Browsers, session: Session, world: World, runtime: Runtime, odd: dict[str, str]
) -> None:
    (item,) = sealed(session, world)
    session.commit()
    signed(runtime)

    answer = browser("manager").send(f"/items/{item}/extract", ASKED | odd)

    assert answer.status_code == 400
    assert answer.mimetype == "text/html"


def test_who_extracts_no_chain(browser: Browsers, session: Session, world: World) -> None:
    (item,) = sealed(session, world, by=world.far_counter)
    session.commit()
    for login in ("counter", "desk_clerk", "courier", "officer"):
        mine = browser(login)
        assert mine.get(f"/items/{item}/extract").status_code == 403, login
        assert mine.send(f"/items/{item}/extract", ASKED).status_code == 403, login
    for unknown in ("BH999999995VN", "x" * 3_000, "%00"):
        assert browser("auditor").get(f"/items/{unknown}/extract").status_code == 404
        assert browser("auditor").send(f"/items/{unknown}/extract", ASKED).status_code == 404


def test_a_delivered_item_ends_with_the_citizen(
    browser: Browsers, session: Session, world: World, runtime: Runtime
) -> None:
    item, _ = result(session, world)
    delivery.deliver(
        session, world.keys, item, receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
        by=world.counter, at=MORNING,
    )  # fmt: skip
    session.commit()
    signed(runtime)

    words = extracted(browser("auditor"), item)

    assert "Phát cho công dân (Nhân viên counter) — chủ hồ sơ" in words
    assert "người nhận kết quả" in words


def test_what_was_put_right_and_what_does_not_count_is_said_to_be_so(
    browser: Browsers, session: Session, world: World, runtime: Runtime
) -> None:
    (item,) = sealed(session, world)
    told = timelines.of_item(session, item)[-1]
    session.add(VerdictRow(event_id=told.event, item=item, verdict="conflict"))
    session.commit()
    signed(runtime)

    words = extracted(browser("auditor"), item)

    assert "Niêm phong — xung đột, không tính" in words
    assert told.leaf_hash in words.replace(" ", "")


def given(session: Session, world: World, receiver: Receiver, commitment: str) -> ItemId:
    """Given out at a door, as a courier's phone told it."""
    made = journeys.received(session, world)
    ready = journeys.ready(session, world, made, at=MORNING)
    journeys.with_courier(session, world, ready, at=MORNING)
    delivery.deliver(
        session, world.keys, ready.item, receiver=receiver, proof=CardProof(last4="3456"),
        commitment=commitment, by=world.courier, at=MORNING,
    )  # fmt: skip
    results.note_delivered(session, [ready.item], at=MORNING)
    session.commit()
    return ready.item


def dossier_of(session: Session, item: ItemId) -> DossierId:
    return DossierId(session.get_one(ItemRow, item).dossier or "")


def test_it_tells_by_which_paper_who_received_and_what_makes_the_binding_again(
    browser: Browsers, session: Session, world: World, runtime: Runtime
) -> None:
    item = given(session, world, Receiver.ORGANISATION, WORDS.commitment)
    dossier = dossier_of(session, item)
    signed(runtime)
    manager, awaited = browser("manager"), "còn chờ máy của bưu tá gửi họ tên và giấy"
    assert awaited in manager.text(f"/dossiers/{dossier}")
    assert awaited in extracted(manager, item)
    slip = manager.send(f"/items/{item}/delivery-slip")
    assert "còn chờ máy của bưu tá gửi" in text_of(slip.data)
    (event,) = (each.event for each in timelines.of_item(session, item) if each.moves_custody
                and each.taker is None)  # fmt: skip
    with transaction(runtime.sessions) as store:
        receivers.tell(store, world.vault, event, WORDS, by=world.courier)

    page, words = manager.text(f"/dossiers/{dossier}"), extracted(manager, item)

    assert awaited not in page
    assert "Võ Đình Khải, theo giấy GGT 07/2026" in page
    assert "Họ và tên (name): Võ Đình Khải" in words
    assert "Giấy (paper): GGT 07/2026" in words
    digits = words.replace(" ", "")
    assert WORDS.salt.hex() in digits
    bound = {"name": "Võ Đình Khải", "paper": "GGT 07/2026"}
    assert commitment(WORDS.salt, bound) in digits
    looks = session.scalars(select(AccessRow).filter_by(why="printing", dossier=dossier)).all()
    assert {look.staff for look in looks} == {world.manager.staff}
    assert len(looks) == 3


def test_of_an_erased_dossier_it_tells_the_chain_and_nobody(
    browser: Browsers, session: Session, world: World, runtime: Runtime
) -> None:
    item = given(session, world, Receiver.OWNER, "")
    dossier = dossier_of(session, item)
    signed(runtime)
    assert "chủ hồ sơ: Nguyễn Thị Lan" in extracted(browser("manager"), item)
    erasing.erase(
        session, world.keys, dossier, reason=EraseReason.CITIZEN_ASKED, by=world.administrator,
        at=MORNING,
    )  # fmt: skip
    session.commit()

    words = extracted(browser("manager"), item)

    assert "họ tên và giấy đã xóa cùng hồ sơ" in words
    assert "Nguyễn Thị Lan" not in words
    assert "họ tên và giấy đã xóa cùng hồ sơ" in browser("manager").text(f"/dossiers/{dossier}")
