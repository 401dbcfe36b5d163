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
from postal_service.domain import acts
from postal_service.domain.actors import Role
from postal_service.domain.acts import Leg
from postal_service.domain.ids import EventId, ItemId, StaffId
from postal_service.runtime import Runtime
from postal_service.services import devices, directory, quarantine, staffing
from postal_service.services.examining import Reason
from postal_service.services.staffing import Decision
from postal_service.storage.schema import DeviceRow, EnrolmentRow, EntryRow, QuarantineRow
from postal_service.web.phones.pictures import qr_link
from postal_service.web.phones.words import REASONS, REMEDIES
from tests.clock import NOON, Clock
from tests.mobile_api.phones import TWO, collected, line_to, number
from tests.services.phones import known_phone, upload
from tests.services.test_syncing import altered
from tests.services.world import AGENCY, FAR_OFFICE, MORNING, OFFICE, World
from tests.services.wrong_doors import carried
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


@pytest.mark.parametrize("way", ["role taken", "dismissed", "moved"])
def test_the_phone_of_whoever_left_is_to_be_revoked(
    browser: Callable[[str], Browser],
    clock: Clock,
    world: World,
    session: Session,
    way: str,
) -> None:
    phone = known_phone(session, world.courier, clock)
    session.commit()
    manager = browser("manager")
    assert "Cần thu hồi" not in manager.text("/phones")
    staff = world.courier.staff
    decision = Decision(why="chuyển việc", by=world.administrator, at=NOON)
    if way == "dismissed":
        staffing.dismiss(session, staff, decision)
    else:
        staffing.take_role(session, staff, Role.COURIER, OFFICE, decision)
    if way == "moved":
        directory.grant(session, staff, Role.COURIER, FAR_OFFICE, by=world.administrator)
    session.commit()

    page = manager.text("/phones")

    revoking = f"/phones/{phone.device}/revoke"
    listed = section(page, "Cần thu hồi (1)")
    assert revoking in listed
    assert "không còn là bưu tá của đơn vị này" in listed
    assert page.count(revoking) == 1
    assert "Chưa có máy nào được xác nhận." in page
    manager.send(revoking, why="chuyển việc")
    page = manager.text("/phones")
    assert "Cần thu hồi" not in page
    assert "Nhân viên courier" in section(page, "Đã thu hồi (1)")


def test_a_phone_to_be_revoked_is_told_in_english_and_only_to_its_own_head(
    browser: Callable[[str], Browser], clock: Clock, world: World, session: Session
) -> None:
    known_phone(session, world.far_courier, clock)
    decision = Decision(why="nghỉ việc", by=world.administrator, at=NOON)
    staffing.dismiss(session, world.far_courier.staff, decision)
    session.commit()
    administrator = browser("administrator")
    administrator.send("/language", language="en", next="/phones")

    listed = section(administrator.text("/phones"), "To be revoked (1)")
    assert "are no couriers of this unit any more" in listed
    assert "Cần thu hồi" not in browser("manager").text("/phones")


def section(page: str, title: str) -> str:
    """The part of the page under this heading."""
    found = re.search(rf"<h2>{re.escape(title)}</h2>(.*?)</section>", page, re.DOTALL)
    assert found is not None, page
    return found[1]


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


PROOFS: dict[str, tuple[acts.Proof, str, str]] = {
    "message": (
        acts.MessageProof(reference="otp-never"),
        "mã một lần qua tin nhắn",
        "one-time code by message",
    ),
    "card": (
        acts.CardProof(last4="0000"),
        "thẻ căn cước, bốn số cuối 0000",
        "citizen card, last four digits 0000",
    ),
    "two": (
        acts.OverrideProof(witness=StaffId("s-far-counter")),
        "hai nhân viên, người chứng kiến Nhân viên far_counter",
        "two staff, witness Nhân viên far_counter",
    ),
    "code, to nobody named": (
        acts.CodeProof(rotation=1, secret="7SECRET7SECRET7SECRET7SECR"),
        "mã nhận kết quả",
        "delivery code",
    ),
}


@pytest.mark.parametrize("kind", PROOFS)
def test_who_lets_a_delivery_in_reads_what_it_is_and_whose(
    browser: Callable[[str], Browser], world: World, session: Session, clock: Clock, kind: str
) -> None:
    proof, vietnamese, english = PROOFS[kind]
    item = carried(session, world)
    phone = known_phone(session, world.courier, Clock(MORNING - timedelta(minutes=127)), item)
    act = acts.Deliver(
        receiver=acts.Receiver.AUTHORISED, proof=proof, counts=TWO, condition=acts.Condition.OK
    )
    phone.tell(item, act)
    collected(phone, number(session), "S1")
    upload(session, known_phone(session, world.far_courier, clock), phone.outbox)
    session.commit()
    manager = browser("manager")

    entry = section(manager.text("/phones"), "Chờ xử lý: máy đã gửi mà chưa vào sổ (1)")

    assert "phát mà chưa chứng minh được" in entry
    assert "máy của Nhân viên courier ký" in entry
    assert "far_courier" not in entry
    assert f'href="/items/{item}"' in entry
    assert manager.get(f"/items/{item}").status_code == 200
    assert "Giờ trên máy ký: 06:53 23/11/2026" in entry
    assert "người được ủy quyền" in entry
    assert f"Cách xác nhận: <strong>{vietnamese}</strong>" in entry
    assert "2 sự kiện sau của máy này đang chờ sự kiện này" in entry
    assert "7SECRET" not in entry
    manager.send("/language", language="en", next="/phones")
    page = manager.text("/phones")
    assert "signed by Nhân viên courier&#39;s phone" in page
    assert f"Proof: <strong>{english}</strong>" in page
    assert "2 later events of this phone waiting for it" in page


def test_what_a_phone_wrote_is_shown_as_text_and_without_a_link_that_leads_nowhere(
    browser: Callable[[str], Browser], clock: Clock, world: World, session: Session
) -> None:
    phone = known_phone(session, world.courier, clock)
    unknown = ItemId("BH999999999VN")
    phone.accept(unknown, Leg.IN, TWO, AGENCY)
    phone.tell(unknown, acts.Damage(condition=acts.Condition.WET, why=HOSTILE))
    late = altered(phone, 1, wall_ms=2**53 - 1)
    upload(session, phone, [phone.outbox[0], late])
    session.commit()

    page = browser("manager").text("/phones")

    assert HOSTILE not in page
    assert "&lt;img src=x" in page
    assert "9999" in page
    assert f"/items/{unknown}" not in page


NO_WAY_IN: dict[str, tuple[dict[str, object], tuple[str, str], tuple[str, str]]] = {
    "number too far": (
        {"sequence": 1_000_000},
        ("số thứ tự vượt quá xa", "máy gửi lại là được"),
        ("its number is too far past", "it is taken when it is sent again"),
    ),
    "another's name": (
        {"staff": StaffId("s-counter")},
        ("ghi tên Nhân viên counter", "hãy đăng ký lại máy"),
        ("in the name of Nhân viên counter", "enrol the phone anew"),
    ),
    "no act for phones": (
        {"act": acts.Return(why="")},
        ("việc này không làm trên điện thoại", "hãy đăng ký lại máy"),
        ("not an act for phones", "enrol the phone anew"),
    ),
}


@pytest.mark.parametrize("kind", NO_WAY_IN)
def test_what_cannot_be_let_in_says_truly_why_and_what_helps(
    browser: Callable[[str], Browser], clock: Clock, world: World, session: Session, kind: str
) -> None:
    changes, vietnamese, english = NO_WAY_IN[kind]
    phone = known_phone(session, world.courier, clock)
    collected(phone, number(session), "S1")
    upload(session, phone, [altered(phone, 0, **changes)])
    session.commit()
    manager = browser("manager")

    entry = section(manager.text("/phones"), "Chờ xử lý: máy đã gửi mà chưa vào sổ (1)")
    for told in ("Không thể cho vào sổ từ trang này.", *vietnamese):
        assert told in entry
    assert "đồng hồ" not in entry
    assert "chữ ký" not in entry
    manager.send("/language", language="en", next="/phones")
    page = manager.text("/phones")
    for told in ("It cannot be let in from here.", *english):
        assert told in page


def test_what_a_phone_that_still_waits_signed_enters_once_it_is_confirmed(
    browser: Callable[[str], Browser], clock: Clock, world: World, session: Session
) -> None:
    phone = known_phone(session, world.courier, clock)
    carrier = known_phone(session, world.courier, clock)
    row = session.get_one(DeviceRow, phone.device)
    row.status = "pending"
    collected(phone, number(session), "S1")
    upload(session, carrier, phone.outbox)
    session.commit()
    manager = browser("manager")

    entry = section(manager.text("/phones"), "Chờ xử lý: máy đã gửi mà chưa vào sổ (2)")

    assert "gửi từ máy của Nhân viên courier" in entry
    assert "Nội dung tự ghi, chưa rõ ai ký:" in entry
    assert "xác nhận máy, rồi để máy gửi lại" in entry
    row.status = "active"
    upload(session, carrier, phone.outbox)
    session.commit()
    assert "Mọi thứ các máy gửi đều đã vào sổ." in manager.text("/phones")


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
    assert set(REMEDIES) <= set(Reason) - quarantine.ADMISSIBLE


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


def test_every_phone_to_be_revoked_is_seen_however_many_there_are(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    names = many_phones(session, world, "active", devices.LISTED + 3)
    staffing.dismiss(
        session,
        world.courier.staff,
        Decision(why="nghỉ việc", by=world.administrator, at=NOON),
    )
    session.commit()
    manager = browser("manager")
    last = names[devices.LISTED - 1]
    assert f"/phones?to_revoke={last}" in manager.text("/phones")

    rest = manager.text(f"/phones?to_revoke={last}")

    assert "Cần thu hồi (3)" in rest
    assert 'href="/phones?to_revoke=' not in rest


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
    for name in ("pending", "active", "to_revoke", "revoked", "kept"):
        assert manager.get(f"/phones?{name}={odd}").status_code == 200
