"""The papers of an item's end: its delivery confirmed, its way back recorded."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, CardProof, Counts, OverrideProof, Receiver
from postal_service.domain.attempts import DeliveryPolicy
from postal_service.domain.custody import State
from postal_service.domain.identity import Entitlement
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.money import Line, Means
from postal_service.domain.persons import read_person
from postal_service.domain.standing import Channel
from postal_service.projections import timelines
from postal_service.services import (
    calendars,
    charges,
    counter_delivery,
    delegates,
    delivery,
    items,
    places,
    results,
    taking,
)
from postal_service.services.delegates import Ground, Shown
from postal_service.storage.schema import AccessRow, DossierKeyRow, ItemRow, StaffRow
from tests.printing.read_back import text_of
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import passed
from tests.services.registrations import LAN, register, registration
from tests.services.world import MORNING, World
from tests.web.conftest import Browser
from tests.web.desk_work import REWRITE

Browsers = Callable[[str], Browser]


def result_at_desk(session: Session, world: World, procedure: str = w.EXTRACT) -> ItemId:
    """A sealed result at the desk, to be brought home."""
    command = registration(session, procedure, submitter=LAN, channel=Channel.DIRECT)
    dossier = register(session, world, command, by=world.desk_clerk)
    made = results.register_ready(
        session, world.keys, dossier.dossier, journeys.ONE_PAPER, by=world.desk_clerk, at=MORNING
    )
    journeys.seal(session, world, made.item, by=world.desk_clerk, at=MORNING)
    return made.item


def at_counter(session: Session, world: World, procedure: str = w.EXTRACT) -> ItemId:
    item = result_at_desk(session, world, procedure)
    passed(session, world, [item], world.desk_clerk, world.counter, Capacity.COUNTER)
    return item


def handed_out(
    session: Session, world: World, item: ItemId, entitlement: Entitlement, *, old_papers: int = 0
) -> None:
    """Every charge is taken in cash, then the result is given out."""
    dossier = dossier_of(session, item)
    for each in charges.owed(session, [dossier]).get(dossier, ()):
        taking.at_counter(
            session, dossier, each.id, Means.CASH, reference="", by=world.counter, at=MORNING
        )  # fmt: skip
    counter_delivery.deliver(
        session, world.keys, item, entitlement=entitlement, proof=CardProof(last4="3456"),
        recovered=Counts(originals=old_papers, certified=0, photocopies=0), service="BH",
        by=world.counter, at=MORNING,
    )  # fmt: skip
    session.commit()


def dossier_of(session: Session, item: ItemId) -> DossierId:
    return DossierId(session.get_one(ItemRow, item).dossier or "")


def sent_back(session: Session, world: World, item: ItemId) -> None:
    journeys.go_back(session, world, item)
    session.commit()


def printed(clerk: Browser, path: str, fields: dict[str, str] | None = None) -> str:
    answer = clerk.send(path, fields)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    return text_of(answer.data)


# The delivery confirmed


def test_a_delivery_is_confirmed_from_the_dossiers_page(
    browser: Browsers, session: Session, world: World
) -> None:
    item = at_counter(session, world)
    handed_out(session, world, item, Entitlement(receiver=Receiver.OWNER))
    counter, path = browser("counter"), f"/items/{item}/delivery-slip"
    for page in (f"/items/{item}", f"/dossiers/{dossier_of(session, item)}"):
        assert f'action="{path}"' in counter.text(page)

    words = printed(counter, path)

    moment = timelines.of_item(session, item)[-1]
    for said in (
        "PHIẾU XÁC NHẬN PHÁT", item, moment.leaf_hash, "UBND phường Tam Kỳ", "Nguyễn Thị Lan",
        "Tư cách nhận: chủ hồ sơ", "bốn số cuối 3456", "Nơi phát: Bưu cục Tam Kỳ",
        "Không có bản chính nào phải thu hồi.", "Nhân viên counter",
    ):  # fmt: skip
        assert said in words, said
    assert "049190123456" not in words
    looks = session.scalars(select(AccessRow).filter_by(why="printing")).all()
    assert [(look.staff, look.dossier) for look in looks] == [
        (world.counter.staff, dossier_of(session, item))
    ]


def test_who_received_for_the_owner_and_what_came_back_stand_on_it(
    browser: Browsers, session: Session, world: World
) -> None:
    item = at_counter(session, world, w.LICENCE)
    mai = read_person("Trần Thị Mai", phone="0914000222", citizen="049190123457")
    delegates.name(
        session, world.keys, dossier_of(session, item), mai,
        shown=Shown(ground=Ground.PAPER, paper="UQ 12"), instead_of=delegates.NEVER,
        by=world.counter, at=MORNING,
    )  # fmt: skip
    entitlement = Entitlement(receiver=Receiver.AUTHORISED)
    handed_out(session, world, item, entitlement, old_papers=1)

    words = printed(browser("manager"), f"/items/{item}/delivery-slip")

    assert "Họ và tên: Trần Thị Mai" in words
    assert "Chủ hồ sơ: Nguyễn Thị Lan" in words
    assert "Tư cách nhận: người được ủy quyền" in words
    assert "Số tờ thu hồi: 1 (một)" in words
    assert "Giấy phép lái xe" in words


def test_whoever_came_for_an_organisation_stands_on_it_with_his_letter(
    browser: Browsers, session: Session, world: World
) -> None:
    item = at_counter(session, world)
    came = Entitlement(receiver=Receiver.ORGANISATION, name="Võ Đình Khải", paper="GGT 07/2026")
    handed_out(session, world, item, came)

    words = printed(browser("counter"), f"/items/{item}/delivery-slip")

    assert "Họ và tên: Võ Đình Khải" in words
    assert "Giấy ủy quyền, giấy giới thiệu: GGT 07/2026" in words
    assert "Chủ hồ sơ: Nguyễn Thị Lan" in words
    page = browser("counter").text(f"/dossiers/{dossier_of(session, item)}")
    assert "cơ quan, tổ chức (giấy giới thiệu): Võ Đình Khải, theo giấy GGT 07/2026" in page
    assert "Võ Đình Khải" not in browser("counter").text(f"/items/{item}")


def test_a_receiver_told_wrongly_is_put_right_on_the_page(
    browser: Browsers, session: Session, world: World
) -> None:
    item = at_counter(session, world)
    handed_out(session, world, item, Entitlement(receiver=Receiver.OWNER))
    session.get_one(StaffRow, world.second_counter.staff).badge = "T-77"
    session.commit()
    manager = browser("manager")
    path = REWRITE.findall(manager.text(f"/dossiers/{dossier_of(session, item)}"))[-1]
    assert 'name="receiver_name"' in manager.text(path)
    right = {"receiver": "authorised", "condition": "ok", "maker": "T-77", "because": "ghi nhầm"}
    nameless = manager.send(path, {**right, "paper": "UQ 12"})
    assert nameless.status_code == 409
    assert "Ghi họ và tên người nhận thay" in nameless.get_data(as_text=True)

    answer = manager.send(path, {**right, "receiver_name": "Trần Thị Mai", "paper": "UQ 12"})

    assert answer.status_code == 302, answer.get_data(as_text=True)
    page = manager.text(f"/dossiers/{dossier_of(session, item)}")
    assert "người được ủy quyền: Trần Thị Mai, theo giấy UQ 12" in page
    words = printed(browser("counter"), f"/items/{item}/delivery-slip")
    assert "Họ và tên: Trần Thị Mai" in words
    assert "UQ 12" in words


def test_at_the_door_it_tells_the_home(browser: Browsers, session: Session, world: World) -> None:
    item = result_at_desk(session, world)
    passed(session, world, [item], world.desk_clerk, world.courier, Capacity.COURIER)
    delivery.deliver(
        session, world.keys, item, receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
        by=world.courier, at=MORNING,
    )  # fmt: skip
    session.commit()

    words = printed(browser("counter"), f"/items/{item}/delivery-slip")

    assert "Nơi phát: 12 Trần Cao Vân" in words
    assert "Nhân viên courier" in words


def test_two_who_vouched_are_both_named(browser: Browsers, session: Session, world: World) -> None:
    item = at_counter(session, world)
    delivery.deliver(
        session, world.keys, item, receiver=Receiver.OWNER,
        proof=OverrideProof(witness=world.counter.staff), by=world.manager, at=MORNING,
    )  # fmt: skip
    session.commit()

    words = printed(browser("counter"), f"/items/{item}/delivery-slip")

    assert "người chứng kiến Nhân viên counter" in words
    assert "Nhân viên manager" in words


# The way back recorded


def test_the_way_back_is_recorded_with_all_that_went_before(
    browser: Browsers, session: Session, world: World
) -> None:
    item = at_counter(session, world)
    sent_back(session, world, item)
    counter, path = browser("counter"), f"/items/{item}/return-record"
    for page in (f"/items/{item}", f"/dossiers/{dossier_of(session, item)}"):
        assert f'action="{path}"' in counter.text(page)

    words = printed(counter, path)

    for said in (
        "BIÊN BẢN CHUYỂN HOÀN KẾT QUẢ", item, "hoàn về UBND phường Tam Kỳ", "Nguyễn Thị Lan",
        "12 Trần Cao Vân, Phường Tam Kỳ", "Lý do chuyển hoàn: người nhận từ chối", "Số lần phát: 1 (một)",
        "Giấy mời: không gửi giấy mời", "Giữ đến hết: không lưu giữ", "Bản 2",
    ):  # fmt: skip
        assert said in words, said
    assert "Nhân viên desk_clerk" not in words  # nobody there has signed yet
    assert len(session.scalars(select(AccessRow).filter_by(why="printing")).all()) == 1


def test_once_the_agency_has_it_the_record_names_who_took_it(
    browser: Browsers, session: Session, world: World
) -> None:
    item = at_counter(session, world)
    sent_back(session, world, item)
    passed(session, world, [item], world.counter, world.desk_clerk, Capacity.DESK)
    session.commit()
    assert items.standing(session, item).state is State.RETURNED

    words = printed(browser("desk_clerk"), f"/items/{item}/return-record")

    assert "Nhân viên desk_clerk" in words
    assert "Nhân viên counter" in words


def test_both_attempts_and_both_invitations_are_told(
    browser: Browsers, session: Session, world: World
) -> None:
    item = at_counter(session, world)
    office = places.place(session, w.OFFICE, day=MORNING.date())
    calendar = calendars.of_unit(session, office)
    for day in (0, 2):
        delivery.attempt(
            session, world.keys, item, reason="R01", by=world.counter,
            at=MORNING + timedelta(days=day),
        )  # fmt: skip
    for day in (2, 4):
        delivery.invite(
            session, world.keys, item, policy=DeliveryPolicy(), calendar=calendar,
            by=world.counter, at=MORNING + timedelta(days=day),
        )  # fmt: skip
    delivery.send_back(
        session, world.keys, item, why="quá hạn giữ", policy=DeliveryPolicy(), calendar=calendar,
        by=world.counter, at=MORNING + timedelta(days=25),
    )  # fmt: skip
    session.commit()

    words = printed(browser("counter"), f"/items/{item}/return-record")

    assert "Số lần phát: 2 (hai)" in words
    assert "lần 1: 25/11/2026, lần 2: 27/11/2026" in words
    assert "Giữ đến hết: ngày" in words


def test_each_charge_that_was_taken_stands_on_it_by_itself_with_its_means(
    browser: Browsers, session: Session, world: World
) -> None:
    item = at_counter(session, world)
    dossier, postage = dossier_of(session, item), Line.POSTAGE
    by, at = world.counter, MORNING
    for amount in (26_000, 4_000):
        due = charges.Due(line=postage, amount_dong=amount)
        charges.open_due(session, dossier, due, by=by, at=at)
    *_, last = charges.owed(session, [dossier])[dossier]
    taking.at_counter(
        session, dossier, last.id, Means.TRANSFER_CODE, reference="FT26", by=by, at=at
    )
    handed_out(session, world, item, Entitlement(receiver=Receiver.OWNER))

    words = printed(browser("counter"), f"/items/{item}/delivery-slip")

    assert "cước bưu chính tiền mặt 26.000 ₫" in words
    assert "cước bưu chính chuyển khoản mã QR, số FT26 4.000 ₫" in words
    assert "Tổng cộng" in words


@pytest.mark.parametrize(
    ("paper", "code"),
    [("delivery-slip", "chưa được phát"), ("return-record", "chưa bắt đầu chuyển hoàn")],
)
def test_what_did_not_happen_is_not_confirmed(
    browser: Browsers, session: Session, world: World, paper: str, code: str
) -> None:
    item = at_counter(session, world)
    session.commit()
    counter = browser("counter")
    assert paper not in counter.text(f"/items/{item}")

    answer = counter.send(f"/items/{item}/{paper}")

    assert answer.status_code == 409
    assert code in answer.get_data(as_text=True)
    assert session.scalars(select(AccessRow).filter_by(why="printing")).all() == []


@pytest.mark.parametrize("paper", ["delivery-slip", "return-record"])
def test_who_has_nothing_to_do_with_it_confirms_nothing(
    browser: Browsers, session: Session, world: World, paper: str
) -> None:
    item = at_counter(session, world)
    handed_out(session, world, item, Entitlement(receiver=Receiver.OWNER))

    for login in ("courier", "officer", "auditor", "administrator"):
        assert browser(login).send(f"/items/{item}/{paper}").status_code == 403, login
    assert browser("far_counter").send(f"/items/{item}/{paper}").status_code == 404
    for unknown in ("BH999999995VN", "x" * 3_000, "%00"):
        assert browser("counter").send(f"/items/{unknown}/{paper}").status_code == 404
    session.execute(delete(DossierKeyRow))
    session.commit()
    assert browser("counter").send(f"/items/{item}/{paper}").status_code in {404, 409}
    assert session.scalars(select(AccessRow).filter_by(why="printing")).all() == []
