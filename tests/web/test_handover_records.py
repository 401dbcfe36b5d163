"""Both sides print the record of a hand-over, at once and at any later time, wherever the other side signed."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import ReservedFor
from postal_service.domain.ids import ItemId
from postal_service.projections import timelines
from postal_service.services.devices import fingerprint_of
from postal_service.storage.schema import AccessRow, DeviceRow, EntryRow
from tests.clock import NOON, Clock
from tests.printing.read_back import page_texts, text_of
from tests.services import signed_phones
from tests.services import world as w
from tests.services.in_hand import sealed as sealed_in_store
from tests.services.phones import known_phone
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import offered, sealed, taken

Browsers = Callable[[str], Browser]

RECORD = re.compile(r'href="(/handovers/records/[0-9a-f-]{36})"')
NOT_THERE = "01900000-0000-7000-8000-000000000000"


def first_print(page: str) -> str:
    found = re.search(r"data:application/pdf;base64,([^\"]+)", page)
    assert found is not None
    return text_of(b64decode(found[1]))


def records_in(page: str) -> list[str]:
    return RECORD.findall(page)


def printed(who: Browser, path: str) -> str:
    answer = who.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    return text_of(answer.data)


def without_reprint(words: str) -> str:
    return re.sub(r"Bản in lại lúc .{16} theo sổ; biên bản lập lúc .{16} ", "", words)


def to_courier(counter: Browser, *items: str) -> None:
    answer = counter.send("/handovers/new", codes="\n".join(items), to_unit=w.OFFICE)
    assert answer.status_code == 302


def test_printed_again_it_says_the_same_and_that_it_is_printed_again(
    browser: Browsers, session: Session, clock: Clock
) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    items = [sealed(counter, "NP-1"), sealed(counter, "NP-2")]
    batch = offered(counter, *items)
    answer = desk.send(
        f"/handovers/{batch}/take", {f"answer-{items[0]}": "take", f"answer-{items[1]}": "damaged"}
    )
    first = first_print(answer.get_data(as_text=True))
    assert "Bản in lại" not in first

    clock.forward(timedelta(days=30))
    counter, desk = browser("counter"), browser("desk_clerk")
    (path,) = set(records_in(desk.text("/handovers/records")))
    again = printed(desk, path)
    later = printed(counter, path)

    assert "Bản in lại lúc 09:00 23/12/2026 theo sổ; biên bản lập lúc 09:00 23/11/2026" in again
    assert without_reprint(again) == without_reprint(later) == first
    assert desk.get(path).data == desk.get(path).data


def test_what_a_courier_took_on_his_phone_is_printed_by_the_counter_that_offered_it(
    browser: Browsers, session: Session, world: World, clock: Clock
) -> None:
    counter = browser("counter")
    items = [sealed(counter, f"NP-{n}") for n in (1, 2, 3)]
    to_courier(counter, *items)
    assert records_in(counter.text("/handovers/records")) == []
    clock.forward(timedelta(minutes=7))
    phone = known_phone(session, world.courier, clock)
    signed_phones.take(session, phone, [ItemId(each) for each in items[:2]])
    signed_phones.refuse(session, phone, ItemId(items[2]), ReservedFor.SEAL)
    session.commit()

    (path,) = records_in(counter.text("/handovers/records"))
    words = printed(counter, path)

    for said in (
        "BIÊN BẢN GIAO NHẬN BƯU GỬI",
        "Bàn giao giữa hai người của cùng một bưu cục",
        *items,
        "Số bưu gửi: 2 (hai)",
        "niêm phong bất thường; rách; bên giao ghi niêm phong NP-3",
        "Số bưu gửi lập biên bản: 1 (một)",
        "Chữ ký trong hệ thống",
        "Bên giao: Nhân viên counter, 09:00 23/11/2026, máy ",
        "Bên nhận: Nhân viên courier, 09:07 23/11/2026 (gửi sau 9 giờ), máy ",
    ):
        assert said in words, said
    devices = {row.id: row for row in session.scalars(select(DeviceRow))}
    for device in (phone.device, _office(session)):
        assert f"máy {device}, khóa {fingerprint_of(devices[device])}" in words
    hashes = words.replace(" ", "")
    for item in items:
        offer, answer = timelines.of_item(session, ItemId(item))[-2:]
        assert offer.leaf_hash in hashes
        assert answer.leaf_hash in hashes
    for item in items:  # and from the page of each item, also of the one that stayed
        found = records_in(counter.text(f"/items/{item}"))
        assert [printed(counter, each) for each in found] == [words]


def test_the_paper_tells_the_estimate_of_what_a_phone_with_a_wrong_clock_signed(
    browser: Browsers, session: Session, world: World
) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    to_courier(counter, item)
    phone = known_phone(session, world.courier, Clock(NOON + timedelta(days=2)))
    signed_phones.take(session, phone, [ItemId(item)])
    session.commit()

    listed = counter.text("/handovers/records")
    words = printed(counter, records_in(listed)[0])

    assert "<strong>19:00 23/11/2026</strong> · giờ ước tính" in listed
    assert "Thời điểm: 19 giờ 00 phút, ngày 23 tháng 11 năm 2026" in words
    assert (
        "Bên nhận: Nhân viên courier, 19:00 25/11/2026 (giờ ước tính 19:00 23/11/2026; "
        f"đồng hồ thiết bị lệch quá 10 phút), máy {phone.device}"
    ) in words


def _office(session: Session) -> str:
    found = session.scalars(select(DeviceRow).filter_by(unit=w.OFFICE, kind="office")).one()
    return found.id


def test_what_a_courier_offered_on_his_phone_is_printed_by_the_desk_that_took_it(
    browser: Browsers, session: Session, world: World, clock: Clock
) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    to_courier(counter, item)
    phone = known_phone(session, world.courier, clock)
    signed_phones.take(session, phone, [ItemId(item)])
    batch = signed_phones.offer(session, phone, [ItemId(item)], w.DESK)
    session.commit()

    first = first_print(taken(desk, batch, item))

    assert "Bưu điện giao cho cơ quan giải quyết" in first
    assert "Bên giao: Nhân viên courier — Bưu cục Tam Kỳ" in first
    (path,) = records_in(desk.text("/handovers/records"))
    assert without_reprint(printed(desk, path)) == first
    assert printed(browser("manager"), path)  # over the courier's office
    assert len(records_in(counter.text(f"/items/{item}"))) == 2
    assert len(records_in(desk.text(f"/items/{item}"))) == 1  # it had no part in the other


def test_nobody_else_gets_it_and_nothing_else_is_one(browser: Browsers, session: Session) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    taken(desk, offered(counter, item), item)
    (path,) = records_in(counter.text("/handovers/records"))

    for login in ("far_counter", "far_desk_clerk", "far_courier", "courier"):
        refused = browser(login).get(path)
        assert refused.status_code == 404, login
        assert item not in refused.get_data(as_text=True)
    sealing = timelines.of_item(session, ItemId(item))[1].event
    for event in (sealing, NOT_THERE, "x", "' OR 1=1", "x" * 3_000):
        answer = counter.get(f"/handovers/records/{event}")
        assert answer.status_code == 404
        assert "Không tìm thấy biên bản giao nhận này" in answer.get_data(as_text=True)


def test_a_stranger_signs_in_first(stranger: Browser) -> None:
    answer = stranger.get(f"/handovers/records/{NOT_THERE}")

    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_printing_it_writes_nothing_and_is_no_look_at_a_citizen(
    browser: Browsers, session: Session
) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    taken(desk, offered(counter, item), item)

    def written() -> tuple[int | None, ...]:
        return tuple(
            session.scalar(select(func.count()).select_from(t)) for t in (EntryRow, AccessRow)
        )

    before = written()
    (path,) = records_in(desk.text(f"/items/{item}"))
    words = printed(desk, path)

    assert written() == before
    assert "Nguyễn Thị Lan" not in words


def test_sixty_envelopes_fill_pages_that_count_themselves(
    browser: Browsers, session: Session, world: World
) -> None:
    items = sealed_in_store(session, world, 60)
    session.commit()
    counter, desk = browser("counter"), browser("desk_clerk")
    batch = offered(counter, *items)
    page = taken(desk, batch, *items)
    found = re.search(r"data:application/pdf;base64,([^\"]+)", page)
    assert found is not None

    pages = page_texts(b64decode(found[1]))

    half = len(pages) // 2
    assert half > 2
    for at, text in enumerate(pages):
        assert f"Trang {at % half + 1}/{half}" in text
    for copy in (pages[:half], pages[half:]):
        assert all(" ".join(copy).count(item) >= 2 for item in items)  # listed, and with its hashes


@pytest.mark.parametrize("login", ["auditor", "administrator", "officer"])
def test_who_oversees_a_side_reads_it(browser: Browsers, login: str) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    taken(desk, offered(counter, item), item)

    (path,) = records_in(browser(login).text(f"/items/{item}"))

    assert item in printed(browser(login), path)
