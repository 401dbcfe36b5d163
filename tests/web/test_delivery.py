"""A result comes back through the post and is given to the citizen at the counter, or is not."""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.persons import PersonRole, read_person
from postal_service.services import persons
from postal_service.services.vault import open_sealed
from postal_service.storage.schema import (
    AccessRow,
    DossierRow,
    EntryRow,
    MessageCodeRow,
    OutboxRow,
    StaffRow,
)
from tests.clock import Clock
from tests.printing.read_back import codes_of, text_of
from tests.services import journeys
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY, offered, reception_fields, taken

CARD = "049190123456||Nguyễn Thị Lan|01011990|Nữ|12 Trần Cao Vân|01012022"
OTHER_CARD = "049080654321||Trần Văn Bình|01011980|Nam|Hà Lam|01012022"
BADGE = "2345678900"


@dataclass
class AtCounter:
    """A sealed result that the office has taken from the agency."""

    item: str
    dossier: str
    code: str  # what the citizen's slip shows
    counter: Browser

    def deliver(self, **fields: str) -> int:
        answer = self.counter.send(f"/items/{self.item}/delivery", {"receiver": "owner", **fields})
        return answer.status_code

    def renewal(self, why: str = "mất giấy") -> dict[str, str]:
        """The form for a new delivery code, filled in."""
        key = FORM_KEY.search(self.counter.text(f"/items/{self.item}/delivery"))
        assert key is not None
        return {"form_key": key[1], "why": why}

    @property
    def page(self) -> str:
        return self.counter.text(f"/items/{self.item}")


@pytest.fixture
def result(browser: Callable[[str], Browser], session: Session, tmp_path: Path) -> AtCounter:
    """The code is read from the printed slip as a scanner would."""
    desk, counter = browser("desk_clerk"), browser("counter")
    paid = reception_fields(desk, fee="8000", fee_means="cash")
    page = desk.send(f"/receptions/new/{w.EXTRACT}", paid).get_data(as_text=True)
    dossier = page.partition("/dossiers/")[2][:36]
    code = _delivery_code(page, tmp_path)
    ready = desk.send(
        f"/results/{dossier}/envelope", originals="1", certified="0", photocopies="0", serial="KQ-1"
    )
    assert ready.status_code == 200, ready.get_data(as_text=True)
    item = session.get_one(DossierRow, dossier).result_item or ""
    taken(counter, offered(desk, item, to_unit=w.OFFICE), item)
    return AtCounter(item=item, dossier=dossier, code=code, counter=counter)


def _delivery_code(page: str, folder: Path) -> str:
    slip = re.search(r'base64,([^"]+)" download="[^"]+hen-tra', page)
    assert slip is not None
    found = [code.text for sheet in codes_of(b64decode(slip[1]), folder) for code in sheet]
    return next(text for text in found if text.startswith("BG1:"))


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def test_the_printed_code_opens_the_result_once(result: AtCounter) -> None:
    assert result.deliver(proof="code", delivery_code=result.code) == 302

    assert "đã phát" in result.page
    assert "đã trả kết quả" in result.counter.text(f"/dossiers/{result.dossier}")
    assert result.deliver(proof="code", delivery_code=result.code) == 409


def test_the_code_scanned_at_the_desk_leads_to_the_delivery(result: AtCounter) -> None:
    answer = result.counter.send("/scan", code=result.code)

    assert answer.location == f"/items/{result.item}/delivery"
    assert result.code[-26:] not in answer.location


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"proof": "telepathy"}, 400),
        ({"proof": "code"}, 400),
        ({"proof": "code", "delivery_code": "BG1:{item}:1:" + "0" * 26}, 409),
        ({"proof": "code", "delivery_code": "BG1:{item}:1:Ấ"}, 400),
        ({"proof": "code", "delivery_code": "x" * 5000}, 400),
        ({"proof": "message", "message_code": "123456"}, 409),
        ({"proof": "card", "card": ""}, 400),
        ({"proof": "card", "card": OTHER_CARD}, 409),
        ({"proof": "card", "card": CARD.replace("Nữ", "Nam")}, 409),
        ({"proof": "override"}, 400),
        ({"proof": "override", "witness": "không có"}, 404),
        ({"proof": "override", "witness": BADGE}, 403),
        ({"proof": "card", "card": CARD, "receiver": "authorised"}, 409),
        ({"proof": "card", "card": CARD, "receiver": "authorised", "paper": "UQ 1"}, 409),
        ({"proof": "card", "card": CARD, "receiver": "organisation", "receiver_name": "Lan"}, 409),
        ({"proof": "card", "card": CARD, "receiver": "owner", "receiver_name": "Lan"}, 409),
        (
            {
                "proof": "card",
                "card": CARD,
                "receiver": "authorised",
                "receiver_name": "x" * 121,
                "paper": "UQ",
            },
            400,
        ),
        (
            {
                "proof": "card",
                "card": CARD,
                "receiver": "authorised",
                "receiver_name": "Lan",
                "paper": "x" * 121,
            },
            400,
        ),
        (
            {
                "proof": "card",
                "card": OTHER_CARD,
                "receiver": "authorised",
                "receiver_name": "Lan",
                "paper": "UQ",
            },
            409,
        ),
        ({"proof": "card", "card": CARD, "receiver": "<script>"}, 400),
        ({"proof": "card", "card": CARD, "recovered": "100"}, 400),
    ],
)
def test_without_identity_and_proof_nobody_gets_it(
    result: AtCounter,
    session: Session,
    world: World,
    fields: dict[str, str],
    status: int,
) -> None:
    session.get_one(StaffRow, world.second_counter.staff).badge = BADGE
    session.commit()
    before = events(session)

    sent = {key: value.format(item=result.item) for key, value in fields.items()}
    assert result.deliver(**sent) == status

    assert events(session) == before
    assert "tại bưu cục phát" in result.page or "bưu điện đã nhận kết quả" in result.page


@pytest.mark.parametrize("card", [CARD, OTHER_CARD], ids=["his", "another's"])
def test_whoever_compares_a_card_has_looked_whatever_comes_of_it(
    result: AtCounter, session: Session, card: str
) -> None:
    def looks() -> int:
        session.expire_all()
        asked = select(func.count()).select_from(AccessRow).filter_by(dossier=result.dossier)
        return session.scalar(asked.where(AccessRow.why == "delivery")) or 0

    before = looks()
    result.deliver(proof="card", card=card)

    assert looks() > before


@pytest.mark.parametrize(
    ("card", "said", "nothing_recorded"),
    [
        (
            OTHER_CARD,
            "Thẻ không khớp với hồ sơ: họ tên, số định danh. Đã so họ tên và 4 số cuối của số định danh.",
            False,
        ),
        (CARD.replace("Nữ", "Nam"), "Thẻ không khớp: giới tính.", True),
        (CARD.replace("Nữ", "F"), "Mã trên thẻ căn cước không đọc được ở phần: giới tính.", True),
    ],
    ids=["another's", "one that contradicts itself", "one that cannot be read"],
)
def test_the_page_of_a_refused_card_says_whether_the_look_was_logged(
    result: AtCounter, card: str, said: str, nothing_recorded: bool
) -> None:
    page = result.counter.send(
        f"/items/{result.item}/delivery", receiver="owner", proof="card", card=card
    ).get_data(as_text=True)

    assert said in page
    assert ("Chưa có gì được ghi" in page) is nothing_recorded
    assert ("đã được ghi vào nhật ký xem dữ liệu" in page) is not nothing_recorded


def test_the_owners_card_is_compared_and_only_its_end_is_told(
    result: AtCounter, session: Session
) -> None:
    assert result.deliver(proof="card", card=CARD) == 302
    assert "Thẻ khớp; đã so họ tên và 4 số cuối của số định danh." in result.page

    bodies = b"".join(session.scalars(select(EntryRow.body)))
    assert b"049190123456" not in bodies
    assert b"3456" in bodies


def test_where_no_number_is_kept_the_page_says_that_the_name_alone_was_compared(
    result: AtCounter, session: Session, world: World
) -> None:
    key = persons.key_of(session, world.vault, DossierId(result.dossier))
    persons.keep(session, world.vault, key, PersonRole.OWNER, read_person("Nguyễn Thị Lan"))
    session.commit()
    said = "chỉ họ tên, vì không có số định danh để so."

    refused = result.counter.send(
        f"/items/{result.item}/delivery", receiver="owner", proof="card", card=OTHER_CARD
    ).get_data(as_text=True)
    assert f"Thẻ không khớp với hồ sơ: họ tên. Đã so {said}" in refused

    assert result.deliver(proof="card", card=CARD) == 302
    assert f"Thẻ khớp; đã so {said}" in result.page


def test_a_message_code_is_counted_before_it_is_compared(
    result: AtCounter, session: Session, world: World
) -> None:
    assert result.counter.send(f"/items/{result.item}/message-code").status_code == 302
    sms = session.scalars(select(OutboxRow).where(OutboxRow.kind == "sms")).one()
    row = session.scalars(select(MessageCodeRow)).one()
    text = open_sealed(world.vault.master, sms.payload, f"outbox|{row.reference}|payload")
    told = re.search(rb": (\d{6})\.", text)
    assert told is not None
    right = told[1].decode()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    assert result.deliver(proof="message", message_code=wrong) == 409
    session.expire_all()
    assert session.scalars(select(MessageCodeRow.tries)).one() == 1
    assert result.deliver(proof="message", message_code=right) == 302


def test_a_manager_and_a_witness_may_vouch(
    result: AtCounter, browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    session.get_one(StaffRow, world.counter.staff).badge = BADGE
    session.commit()
    manager = browser("manager")

    sent = {"receiver": "owner", "proof": "override", "witness": BADGE}
    assert manager.send(f"/items/{result.item}/delivery", sent).status_code == 302


def test_old_papers_taken_back_become_an_item_of_their_own(result: AtCounter) -> None:
    answer = result.counter.send(
        f"/items/{result.item}/delivery",
        receiver="owner",
        proof="code",
        delivery_code=result.code,
        recovered="1",
    )

    assert answer.status_code == 302
    back = answer.location.rpartition("/")[2]
    assert back != result.item
    assert "giấy tờ trả về cơ quan" in result.counter.text(f"/items/{back}")


def test_a_lost_slip_gets_a_new_code_and_the_old_one_dies(result: AtCounter) -> None:
    path = f"/items/{result.item}/delivery-code"

    assert result.counter.send(path, result.renewal(why="")).status_code == 400
    answer = result.counter.send(path, result.renewal())
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "data:application/pdf" in page
    assert "hãy gọi ngay" not in page
    assert result.deliver(proof="code", delivery_code=result.code) == 409


def test_a_new_code_is_given_once_for_a_form_and_the_printed_one_still_opens(
    result: AtCounter, session: Session, tmp_path: Path
) -> None:
    path, form = f"/items/{result.item}/delivery-code", result.renewal()
    first = result.counter.send(path, form)
    before = events(session)

    again = result.counter.send(path, form)

    assert again.status_code == 409
    page = again.get_data(as_text=True)
    assert "data:application/pdf" not in page
    assert events(session) == before
    slip = re.search(r'base64,([^"]+)" download="', first.get_data(as_text=True))
    assert slip is not None
    found = [code.text for sheet in codes_of(b64decode(slip[1]), tmp_path) for code in sheet]
    code = next(text for text in found if text.startswith("BG1:"))
    assert result.deliver(proof="code", delivery_code=code) == 302


@pytest.mark.parametrize("key", ["", "x" * 4000, "<script>"])
def test_no_code_is_renewed_by_a_form_that_is_not_ours(
    result: AtCounter, session: Session, key: str
) -> None:
    before = events(session)
    form = result.renewal() | {"form_key": key}

    answer = result.counter.send(f"/items/{result.item}/delivery-code", form)

    assert answer.status_code == 400
    assert events(session) == before
    assert result.deliver(proof="code", delivery_code=result.code) == 302


def test_a_new_code_while_a_courier_has_the_result_says_that_he_has_to_be_called(
    result: AtCounter, session: Session, world: World
) -> None:
    journeys.hand_over(
        session, world, ItemId(result.item), giver=world.counter, receiver=world.courier,
        capacity=Capacity.COURIER, at=w.MORNING,
    )  # fmt: skip
    session.commit()

    answer = result.counter.send(f"/items/{result.item}/delivery-code", result.renewal())

    assert answer.status_code == 200
    assert "hãy gọi ngay để điện thoại cập nhật" in answer.get_data(as_text=True)


def test_an_attempt_has_a_reason_and_the_invitation_comes_after_it(result: AtCounter) -> None:
    counter, base = result.counter, f"/items/{result.item}"

    assert counter.send(f"{base}/attempt", reason="R99").status_code == 400
    assert counter.send(f"{base}/attempt", reason="<script>").status_code == 400
    assert counter.send(f"{base}/invite").status_code == 409
    assert counter.send(f"{base}/send-back", why="không ai nhận").status_code == 409
    for _ in range(2):
        assert counter.send(f"{base}/attempt", reason="R01").status_code == 302
    assert counter.send(f"{base}/invite").status_code == 302
    held = counter.text("/held")
    assert result.item in held
    assert "<strong>gửi giấy mời</strong> lần 2" in held
    assert "sớm nhất 26/11/2026" in held
    assert "đã đến hạn làm bước tiếp theo" not in counter.text("/desk")
    assert counter.send(f"{base}/invite").status_code == 409  # two working days apart
    assert counter.send(f"{base}/send-back", why="").status_code == 400


def test_a_second_invitation_that_is_due_is_told_on_the_desk_and_first_in_the_list(
    browser: Callable[[str], Browser], result: AtCounter, clock: Clock
) -> None:
    base = f"/items/{result.item}"
    for _ in range(2):
        result.counter.send(f"{base}/attempt", reason="R01")
    result.counter.send(f"{base}/invite")

    clock.at += timedelta(days=3)
    counter = browser("counter")
    assert "1 kết quả lưu tại đây đã đến hạn làm bước tiếp theo." in counter.text("/desk")
    assert "đến hạn hôm nay" in counter.text("/held")
    clock.at += timedelta(days=1)
    assert "quá hạn từ 26/11/2026" in browser("counter").text("/held")
    assert "đã đến hạn làm bước tiếp theo" not in browser("far_counter").text("/desk")


def test_the_invitation_is_printed_once_it_was_recorded(
    browser: Callable[[str], Browser], result: AtCounter, session: Session
) -> None:
    base, counter = f"/items/{result.item}", result.counter
    assert counter.send(f"{base}/invitation").status_code == 409
    for _ in range(2):
        counter.send(f"{base}/attempt", reason="R01")
    counter.send(f"{base}/invite")
    assert f"{base}/invitation" in counter.text(f"{base}/delivery")
    before = events(session)

    page = counter.send(f"{base}/invitation").get_data(as_text=True)

    pdf = re.search(r'base64,([^"]+)" download="[^"]+giay-moi', page)
    assert pdf is not None
    words = text_of(b64decode(pdf[1]))
    home = "12 Trần Cao Vân, Phường Tam Kỳ"
    for said in ("Nguyễn Thị Lan", home, "Người nhận đi vắng", "Bưu cục Tam Kỳ", "Lần 1"):
        assert said in words
    assert events(session) == before  # a paper, and no event
    looks = session.scalars(select(AccessRow.why).filter_by(dossier=result.dossier)).all()
    assert "printing" in looks
    assert browser("far_counter").send(f"{base}/invitation").status_code == 404


def test_an_envelope_is_made_once_and_never_empty(
    browser: Callable[[str], Browser], result: AtCounter
) -> None:
    desk = browser("desk_clerk")
    path = f"/results/{result.dossier}/envelope"

    assert desk.send(path, originals="1").status_code == 409
    assert desk.send(path, originals="x").status_code == 400
    assert browser("far_desk_clerk").send(path, originals="1").status_code == 404


AGREED = {"reason": "R06", "agreed_for": "2026-11-27"}


def test_the_day_a_receiver_names_is_noted_and_shown(result: AtCounter, session: Session) -> None:
    path = f"/items/{result.item}"
    form = result.counter.text(f"{path}/delivery")
    assert 'min="2026-11-25" max="2026-12-05"' in form

    assert result.counter.send(f"{path}/attempt", AGREED).status_code == 302

    page = result.counter.text(f"{path}/delivery")
    assert "người nhận hẹn ngày 27/11/2026" in page
    assert "27/11/2026" in result.page.partition("Hẹn phát")[2][:60]
    assert "hẹn phát 27/11/2026" in result.counter.text(f"/dossiers/{result.dossier}")


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"reason": "R06"}, 400, "cần ngày người nhận đã hẹn"),
        ({"reason": "R06", "agreed_for": " "}, 400, "cần ngày người nhận đã hẹn"),
        ({"reason": "R06", "agreed_for": "27/11/2026"}, 400, "Ngày người nhận hẹn"),
        ({"reason": "R06", "agreed_for": "<script>"}, 400, "Ngày người nhận hẹn"),
        ({"reason": "R06", "agreed_for": "9" * 3_000}, 400, "Ngày người nhận hẹn"),
        ({"reason": "R06", "agreed_for": "2026-11-23"}, 409, "23/11/2026 không dùng được"),
        ({"reason": "R06", "agreed_for": "2026-11-22"}, 409, "22/11/2026 không dùng được"),
        ({"reason": "R06", "agreed_for": "2026-11-24"}, 409, "24/11/2026 không dùng được"),
        ({"reason": "R06", "agreed_for": "2026-12-07"}, 409, "07/12/2026 không dùng được"),
        (
            {"reason": "R01", "agreed_for": "2026-11-27"},
            409,
            "chỉ đi với lý do “Hẹn ngày phát khác”",
        ),
        ({"reason": "R99", "agreed_for": "2026-11-27"}, 400, "R99"),
    ],
)
def test_a_day_that_cannot_be_kept_is_not_noted(
    result: AtCounter, session: Session, fields: dict[str, str], status: int, said: str
) -> None:
    before = events(session)

    answer = result.counter.send(f"/items/{result.item}/attempt", fields)

    page = answer.get_data(as_text=True)
    assert (answer.status_code, said in page) == (status, True), page
    assert events(session) == before
    assert "Hẹn phát</dt>" not in result.page


def test_the_slip_of_a_renewed_code_says_what_it_opens_and_opens_it(
    result: AtCounter, session: Session, tmp_path: Path
) -> None:
    answer = result.counter.send(f"/items/{result.item}/delivery-code", result.renewal())

    page = answer.get_data(as_text=True)
    slip = re.search(r'base64,([^"]+)" download="([^"]+)"', page)
    assert slip is not None, page
    assert slip[2] == f"{result.item}-ma-moi.pdf"
    words = text_of(b64decode(slip[1]))
    assert "PHIẾU GIỮ CỦA CÔNG DÂN" in words
    assert "Mã đã cấp trước đây không còn dùng được" in words
    assert session.get_one(DossierRow, result.dossier).code in words
    assert "PIN" not in words
    found = [code.text for sheet in codes_of(b64decode(slip[1]), tmp_path) for code in sheet]
    code = next(text for text in found if text.startswith("BG1:"))
    assert result.deliver(proof="code", delivery_code=result.code) == 409
    assert result.deliver(proof="code", delivery_code=code) == 302
