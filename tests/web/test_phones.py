"""A head of a unit enrols a courier's phone, revokes it, and settles what it sent."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobile_api.app import create_app
from postal_service.demo.phone import Kept, Phone
from postal_service.domain.acts import Leg
from postal_service.domain.ids import EventId, ItemId
from postal_service.runtime import Runtime
from postal_service.services import devices, quarantine
from postal_service.services.examining import Reason
from postal_service.storage.schema import DeviceRow, EnrolmentRow, EntryRow, QuarantineRow
from postal_service.web.phones.pictures import qr_link
from postal_service.web.phones.words import REASONS
from tests.clock import NOON, Clock
from tests.mobile_api.phones import TWO, collected, line_to, number
from tests.services.phones import known_phone, upload
from tests.services.world import AGENCY, World
from tests.web.conftest import Browser

HOSTILE = "<img src=x onerror=alert(1)>"
GROUPS = re.compile(r'<p class="large-code">(.*?)</p>', re.DOTALL)


def code_on(page: str) -> str:
    """The code as a courier reads it off the screen, in groups."""
    found = GROUPS.search(page)
    assert found is not None, page
    return re.sub(r"<[^>]+>|\s", "", found[1])


def presented(head: Browser, runtime: Runtime, world: World) -> tuple[Phone, str]:
    """A phone that took its code from the head's screen, and the six characters on its own."""
    answer = head.send("/phones/codes", courier=world.courier.staff)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    phone = Phone(line_to(create_app(runtime)), runtime.clock)
    return phone, phone.enrol(code_on(answer.get_data(as_text=True)))


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def kept_apart(session: Session) -> list[QuarantineRow]:
    return list(session.scalars(select(QuarantineRow).order_by(QuarantineRow.id)))


@pytest.mark.parametrize("login", ["manager", "administrator"])
def test_a_phone_signs_once_its_head_has_compared_it(
    browser: Callable[[str], Browser], runtime: Runtime, world: World, login: str
) -> None:
    head = browser(login)
    phone, fingerprint = presented(head, runtime, world)
    page = head.text("/phones")

    assert phone.device in page
    assert fingerprint not in page  # it is read off the phone, never off this page
    typed = f" {fingerprint.lower()} "
    assert head.send(f"/phones/{phone.device}/confirm", fingerprint=typed).status_code == 302
    phone.sign_in()
    assert fingerprint in head.text("/phones")


def test_the_code_is_shown_once_large_and_as_a_picture(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    head = browser("manager")
    answer = head.send("/phones/codes", courier=world.courier.staff)
    page = answer.get_data(as_text=True)
    code = code_on(page)

    assert len(code) == 26
    assert qr_link(code) in page
    assert "<svg" in b64decode(qr_link(code).partition(",")[2]).decode()
    assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert code not in head.text("/phones")
    assert code.encode() not in session.scalars(select(EnrolmentRow.code_hash)).one()


@pytest.mark.parametrize(
    ("courier", "status"),
    [
        ("", 400),
        ("x" * 41, 400),
        ("s-nobody", 404),
        ("s-far-courier", 404),  # another office's
        ("s-counter", 404),  # no courier
        (HOSTILE, 404),
    ],
)
def test_nobody_else_gets_a_code(
    browser: Callable[[str], Browser], session: Session, courier: str, status: int
) -> None:
    answer = browser("manager").send("/phones/codes", courier=courier)

    assert answer.status_code == status
    assert HOSTILE not in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(EnrolmentRow)) == 0


@pytest.mark.parametrize(
    ("typed", "status"),
    [("", 400), ("000000", 409), ("ẤẤẤẤẤẤ", 409), ("x" * 13, 400), (HOSTILE[:12], 409)],
)
def test_a_phone_with_other_characters_stays_outside(
    browser: Callable[[str], Browser],
    runtime: Runtime,
    world: World,
    session: Session,
    typed: str,
    status: int,
) -> None:
    head = browser("manager")
    phone, _ = presented(head, runtime, world)
    before = events(session)

    answer = head.send(f"/phones/{phone.device}/confirm", fingerprint=typed)

    assert answer.status_code == status
    assert events(session) == before
    assert session.get_one(DeviceRow, phone.device).status == "pending"


def test_a_phone_is_confirmed_once(
    browser: Callable[[str], Browser], runtime: Runtime, world: World
) -> None:
    head = browser("manager")
    phone, fingerprint = presented(head, runtime, world)
    head.send(f"/phones/{phone.device}/confirm", fingerprint=fingerprint)

    again = head.send(f"/phones/{phone.device}/confirm", fingerprint=fingerprint)

    assert again.status_code == 409


def test_a_phone_is_revoked_with_a_reason_and_once(
    browser: Callable[[str], Browser], runtime: Runtime, world: World, session: Session
) -> None:
    head = browser("manager")
    phone, fingerprint = presented(head, runtime, world)
    head.send(f"/phones/{phone.device}/confirm", fingerprint=fingerprint)
    before = events(session)

    for bad in ("", "x" * 501):
        assert head.send(f"/phones/{phone.device}/revoke", why=bad).status_code == 400
    assert events(session) == before
    assert head.send(f"/phones/{phone.device}/revoke", why="rơi xuống sông").status_code == 302
    assert events(session) == before + 1
    assert head.send(f"/phones/{phone.device}/revoke", why="lần nữa").status_code == 409


def test_another_offices_phone_is_as_if_it_were_not_there(
    browser: Callable[[str], Browser], clock: Clock, world: World, session: Session
) -> None:
    far = known_phone(session, world.far_courier, clock)
    upload(session, far, [Kept(EventId(""), b"{}", b"")])
    session.commit()
    (kept,) = kept_apart(session)
    manager, administrator = browser("manager"), browser("administrator")

    assert far.device not in manager.text("/phones")
    assert manager.send(f"/phones/{far.device}/revoke", why="x").status_code == 404
    assert manager.send(f"/phones/{far.device}/confirm", fingerprint="000000").status_code == 404
    assert manager.send(f"/phones/kept/{kept.id}/dismiss", why="x").status_code == 404
    assert manager.send(f"/phones/kept/{kept.id}/admit").status_code == 404
    assert far.device in administrator.text("/phones")


def test_a_sound_event_is_let_in_with_what_waited_for_it(
    browser: Callable[[str], Browser], clock: Clock, world: World, session: Session
) -> None:
    phone = known_phone(session, world.courier, clock)
    phone.accept(ItemId("BH999999999VN"), Leg.IN, TWO, AGENCY)
    collected(phone, number(session), "S1")
    upload(session, phone, phone.outbox)
    session.commit()
    (kept,) = kept_apart(session)
    head = browser("manager")
    before = events(session)

    assert "bưu gửi không có trong sổ" in head.text("/phones")
    assert head.send(f"/phones/kept/{kept.id}/admit").status_code == 302
    assert events(session) == before + len(phone.outbox)
    assert "Mọi thứ các máy gửi đều đã vào sổ." in head.text("/phones")
    assert head.send(f"/phones/kept/{kept.id}/admit").status_code == 404


def test_rubbish_is_not_let_in_but_put_on_file_with_a_reason(
    browser: Callable[[str], Browser], clock: Clock, world: World, session: Session
) -> None:
    phone = known_phone(session, world.courier, clock)
    upload(session, phone, [Kept(EventId(""), b"{}", b"")])
    session.commit()
    (kept,) = kept_apart(session)
    head = browser("manager")
    before = events(session)

    assert f"/phones/kept/{kept.id}/admit" not in head.text("/phones")
    assert head.send(f"/phones/kept/{kept.id}/admit").status_code == 409
    assert head.send(f"/phones/kept/{kept.id}/dismiss", why="").status_code == 400
    assert head.send(f"/phones/kept/{kept.id}/dismiss", why=HOSTILE).status_code == 302
    assert events(session) == before
    assert head.send(f"/phones/kept/{kept.id}/dismiss", why="lần nữa").status_code == 404
    session.expire_all()
    assert kept_apart(session)[0].settled_by == world.manager.staff


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 19, "9" * 400, "1.5"])
def test_what_is_no_number_of_ours_is_not_there(
    browser: Callable[[str], Browser], number: str
) -> None:
    answer = browser("manager").send(f"/phones/kept/{number}/dismiss", why="x")

    assert answer.status_code == 404


def test_every_reason_has_its_words() -> None:
    assert set(REASONS) == set(Reason)


def many_phones(session: Session, world: World, status: str, count: int) -> list[str]:
    """So many phones of one courier, two of each instant; their ids as the list shows them."""
    made = [(NOON - timedelta(minutes=n // 2), f"{status[0].upper()}{n:07}") for n in range(count)]
    session.add_all(
        DeviceRow(
            id=name, kind="phone", algorithm="ed25519", public_key=name.encode(), private_key=None,
            staff=world.courier.staff, unit=world.courier.unit, status=status, last_sequence=0,
            last_digest="", enrolled_at=at, revoked_at=None,
        )
        for at, name in made
    )  # fmt: skip
    session.commit()
    return [name for _, name in made]


@pytest.mark.parametrize("status", ["pending", "active", "revoked"])
def test_every_phone_is_seen_however_many_there_are(
    browser: Callable[[str], Browser], session: Session, world: World, status: str
) -> None:
    names = many_phones(session, world, status, devices.LISTED + 3)
    manager = browser("manager")
    page = manager.text("/phones")
    assert f"({devices.LISTED}+)" in page
    last = names[devices.LISTED - 1]  # the one of the same instant comes on the next page
    assert f"/phones?{status}={last}" in page

    rest = manager.text(f"/phones?{status}={last}")

    assert "(3)" in rest
    assert f'href="/phones?{status}=' not in rest
    seen = devices.phones(session, status=status, by=world.manager) + devices.phones(
        session, status=status, by=world.manager, after=last
    )
    assert [each.id for each in seen] == names


def test_all_that_was_kept_apart_is_seen_and_says_whose_phone_sent_it(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    *_, oldest = many_phones(session, world, "active", devices.LISTED + 1)
    session.add_all(
        QuarantineRow(
            device=oldest, digest=str(n).encode(), body=b"?", signature=b"", reason="malformed",
            received_ms=n, settled_at=None, settled_by=None, settled_how=None,
        )
        for n in range(quarantine.LISTED + 1)
    )  # fmt: skip
    session.commit()
    manager = browser("manager")
    following = re.search(r"/phones\?kept=(\d+)", manager.text("/phones"))
    assert following is not None

    rest = manager.text(f"/phones?kept={following[1]}")

    (last,) = re.findall(r"/phones/kept/(\d+)/dismiss", rest)
    assert int(last) > int(following[1])
    entry = rest[: rest.index(f"/phones/kept/{last}/dismiss")].rpartition("<li>")[2]
    assert "Nhân viên courier" in entry


@pytest.mark.parametrize("odd", ["'", "%00", "x" * 500, "9" * 40, "²", "-1", "<script>"])
def test_an_odd_place_in_a_list_is_only_a_shorter_list(
    browser: Callable[[str], Browser], odd: str
) -> None:
    manager = browser("manager")
    for name in ("pending", "active", "revoked", "kept"):
        assert manager.get(f"/phones?{name}={odd}").status_code == 200
