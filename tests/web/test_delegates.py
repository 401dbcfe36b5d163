"""The page on which a delegate is named, replaced and taken back; his code is on his slip and nowhere else."""

import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity
from postal_service.domain.ids import DossierId
from postal_service.services import persons
from postal_service.storage.schema import AccessRow, DelegationRow, EntryRow, RoleRow, StaffRow
from tests.printing.read_back import codes_of, text_of
from tests.services import journeys
from tests.services import world as w
from tests.services.test_delegates import (
    BINHS_CARD,
    LANS_CARD,
    MAIS_CARD,
    AtCounter,
    at_counter,
)
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY
from tests.web.faulty_fields import faults, value

Browsers = Callable[[str], Browser]

SEEN = re.compile(r'name="instead_of" value="(\d+)"')
SLIP = re.compile(r'base64,([^"]+)" download="[^"]+ma-moi')
MAI = {
    "name": "Trần Thị Mai", "citizen": "049190123457", "phone": "0914 222 333",
    "ground": "paper", "paper": "UQ 12 ngày 20/11/2026",
}  # fmt: skip


@pytest.fixture
def lying(session: Session, world: World) -> AtCounter:
    made = at_counter(session, world, journeys.received(session, world))
    session.commit()
    return made


def path_of(lying: AtCounter) -> str:
    return f"/delegates/{lying.received.dossier}"


def filled_in(clerk: Browser, path: str, **changed: str) -> dict[str, str]:
    page = clerk.text(path)
    key, seen = FORM_KEY.search(page), SEEN.search(page)
    assert key is not None
    assert seen is not None
    return {"form_key": key[1], "instead_of": seen[1], **MAI, **changed}


def code_on(page: str, folder: Path) -> str:
    slip = SLIP.search(page)
    assert slip is not None
    found = [code.text for sheet in codes_of(b64decode(slip[1]), folder) for code in sheet]
    return next(text for text in found if text.startswith("BG1:"))


def written(session: Session) -> tuple[int, int]:
    """What a refusal must not add to: events and delegations."""
    session.expire_all()
    asked = (select(func.count()).select_from(kind) for kind in (EntryRow, DelegationRow))
    events, named = (session.scalar(each) or 0 for each in asked)
    return events, named


def looks(session: Session, dossier: DossierId) -> int:
    session.expire_all()
    asked = select(func.count()).select_from(AccessRow).filter_by(dossier=dossier, why="naming")
    return session.scalar(asked) or 0


def deliver(counter: Browser, lying: AtCounter, **fields: str) -> int:
    sent = {"receiver": "authorised", **fields}
    return counter.send(f"/items/{lying.item}/delivery", sent).status_code


def test_the_delegates_slip_opens_the_result_and_names_nobody(
    browser: Browsers, session: Session, lying: AtCounter, tmp_path: Path
) -> None:
    counter, path = browser("counter"), path_of(lying)
    assert f'href="{path}"' in counter.text(f"/dossiers/{lying.received.dossier}")

    answer = counter.send(path, filled_in(counter, path))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    code, old = code_on(page, tmp_path), lying.received.delivery_code
    assert old is not None
    slip = SLIP.search(page)
    assert slip is not None
    words = text_of(b64decode(slip[1]))
    assert "PHIẾU GIỮ CỦA NGƯỜI ĐƯỢC ỦY QUYỀN" in words
    assert "Cấp mã lúc" in words
    assert "PIN" not in words
    assert "Trần Thị Mai" not in words
    shown = counter.text(f"/dossiers/{lying.received.dossier}")
    assert "Trần Thị Mai" in shown
    assert "ghi người được ủy quyền" in shown  # the reason of the new code
    assert "049190123457" not in shown
    assert looks(session, lying.received.dossier) == 1
    assert deliver(counter, lying, proof="code", delivery_code=old.payload) == 409
    assert deliver(counter, lying, proof="code", delivery_code=code) == 302
    over = counter.text(path)
    assert "không còn gì để nhận thay" in over
    assert 'name="ground"' not in over


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "x" * 121}, ["name"]),
        ({"citizen": ""}, ["citizen"]),
        ({"citizen": "04919012345"}, ["citizen"]),
        ({"phone": ""}, ["phone"]),
        ({"phone": "không phải số"}, ["phone"]),
        ({"address": "Thôn 3"}, ["commune"]),
        ({"commune": w.FAR_COMMUNE}, ["address"]),
        ({"address": "Thôn 3", "commune": "H17"}, ["commune"]),
        ({"address": "x" * 301, "commune": w.COMMUNE}, ["address"]),
        ({"ground": ""}, ["ground"]),
        ({"ground": "mayor"}, ["ground"]),
        ({"paper": ""}, ["paper"]),
        ({"paper": "x" * 121}, ["paper"]),
        ({"ground": "owner"}, ["card"]),
        ({"ground": "owner", "card": "không|phải|thẻ"}, ["card"]),
        ({"ground": "owner", "card": LANS_CARD.replace("Nữ", "Nam")}, ["card"]),
        ({"citizen": "049190123456"}, ["citizen"]),  # the owner's own
        (
            {"name": "", "citizen": "1", "phone": "x", "address": "Thôn 3", "ground": "owner"},
            ["name", "citizen", "phone", "commune", "card"],
        ),
    ],
)
def test_everything_that_is_wrong_is_told_at_its_field(
    browser: Browsers,
    session: Session,
    lying: AtCounter,
    changed: dict[str, str],
    wrong: list[str],
) -> None:
    counter, path = browser("counter"), path_of(lying)
    sent = filled_in(counter, path, **changed)
    before = written(session)

    answer = counter.send(path, sent)

    page = answer.get_data(as_text=True)
    assert answer.status_code in {400, 409}, page
    assert list(faults(page)) == [f"{field}-name" for field in wrong]
    assert "Chưa có gì được ghi" in page
    for field in ("name", "citizen", "phone"):
        assert value(page, f"{field}-name") == sent[field]
    assert "card" not in changed or changed["card"] not in page
    assert written(session) == before
    again = {**sent, **MAI, "address": "", "commune": ""}
    assert counter.send(path, again).status_code == 200  # what was refused can be sent once more


@pytest.mark.parametrize("forged", ["x", ""])
def test_a_form_that_is_not_ours_names_nobody(
    browser: Browsers, session: Session, lying: AtCounter, forged: str
) -> None:
    counter, path = browser("counter"), path_of(lying)
    before = written(session)

    assert counter.send(path, filled_in(counter, path, form_key=forged)).status_code == 400
    assert written(session) == before


@pytest.mark.parametrize("seen", ["", "x", "999999", "9" * 300, "-1"])
def test_a_page_that_is_out_of_date_names_nobody(
    browser: Browsers, session: Session, lying: AtCounter, seen: str
) -> None:
    counter, path = browser("counter"), path_of(lying)
    assert counter.send(path, filled_in(counter, path)).status_code == 200
    before = written(session)

    answer = counter.send(path, filled_in(counter, path, instead_of=seen, name="Lê Thị Ba"))

    assert answer.status_code == 409
    assert "Một đồng nghiệp vừa ghi" in answer.get_data(as_text=True)
    assert written(session) == before


def test_a_form_sent_twice_gives_one_code(
    browser: Browsers, session: Session, lying: AtCounter
) -> None:
    counter, path = browser("counter"), path_of(lying)
    sent = filled_in(counter, path)
    assert counter.send(path, sent).status_code == 200
    before = written(session)

    assert counter.send(path, sent).status_code == 409
    assert written(session) == before


def test_the_owner_who_is_here_shows_his_card(
    browser: Browsers, session: Session, lying: AtCounter
) -> None:
    counter, path = browser("counter"), path_of(lying)

    answer = counter.send(path, filled_in(counter, path, ground="owner", card=LANS_CARD, paper=""))

    assert answer.status_code == 200
    said = "Thẻ khớp; đã so họ tên và 4 số cuối của số định danh."
    assert said in answer.get_data(as_text=True)
    assert "chủ hồ sơ có mặt, đã so thẻ" in counter.text(path)


def test_anothers_card_names_nobody_and_the_page_says_that_the_look_was_logged(
    browser: Browsers, session: Session, lying: AtCounter
) -> None:
    counter, path = browser("counter"), path_of(lying)
    before = written(session)

    answer = counter.send(path, filled_in(counter, path, ground="owner", card=BINHS_CARD))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert list(faults(page)) == ["card-name"]
    assert "Thẻ không khớp với hồ sơ: họ tên, số định danh." in page
    assert "đã được ghi vào nhật ký xem dữ liệu" in page
    assert "Chưa có gì được ghi" not in page
    assert written(session) == before
    assert looks(session, lying.received.dossier) == 1


def test_the_counter_sees_the_delegate_and_compares_his_card(
    browser: Browsers, session: Session, lying: AtCounter
) -> None:
    counter, path = browser("counter"), path_of(lying)
    assert deliver(counter, lying, proof="card", card=MAIS_CARD) == 409  # nobody is named yet
    assert counter.send(path, filled_in(counter, path)).status_code == 200

    page = counter.text(f"/items/{lying.item}/delivery")
    assert "Chủ hồ sơ đã ủy quyền cho Trần Thị Mai." in page
    assert "049*****3457" in page
    assert value(page, "receiver-deliver") == "authorised"
    for card in (BINHS_CARD, LANS_CARD, MAIS_CARD.replace("0123457", "0123458")):
        assert deliver(counter, lying, proof="card", card=card) == 409
    assert deliver(counter, lying, proof="card", card=MAIS_CARD) == 302

    slip = counter.send(f"/items/{lying.item}/delivery-slip")
    assert "Họ và tên: Trần Thị Mai" in text_of(slip.data)


def test_what_is_taken_back_gives_the_owner_a_slip(
    browser: Browsers, session: Session, lying: AtCounter, tmp_path: Path
) -> None:
    counter, path = browser("counter"), path_of(lying)
    delegates_page = counter.send(path, filled_in(counter, path)).get_data(as_text=True)
    delegates_code = code_on(delegates_page, tmp_path)
    refused = counter.send(f"{path}/take-back", filled_in(counter, path, paper=""))
    assert list(faults(refused.get_data(as_text=True))) == ["paper-take-back"]

    answer = counter.send(f"{path}/take-back", filled_in(counter, path))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    assert "đưa cho chủ hồ sơ" in page
    assert "Chưa ghi ai nhận thay." in counter.text(path)
    assert deliver(counter, lying, proof="code", delivery_code=delegates_code, paper="UQ") == 409
    assert deliver(
        counter, lying, receiver="owner", proof="code", delivery_code=code_on(page, tmp_path)
    ) == 302  # fmt: skip


def test_with_a_courier_the_page_says_what_to_do(
    browser: Browsers, session: Session, lying: AtCounter, world: World
) -> None:
    counter, path = browser("counter"), path_of(lying)
    journeys.hand_over(
        session, world, lying.item, giver=world.counter, receiver=world.courier,
        capacity=Capacity.COURIER, at=w.MORNING,
    )  # fmt: skip
    session.commit()
    before = written(session)

    answer = counter.send(path, filled_in(counter, path))

    assert answer.status_code == 409
    assert "Gọi bưu tá mang về hoặc báo phát không thành công" in answer.get_data(as_text=True)
    assert written(session) == before


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("far_counter", 404),
        ("far_desk_clerk", 404),
        ("officer", 403),
        ("manager", 403),
        ("auditor", 403),
        ("courier", 403),
        ("administrator", 403),
    ],
)
def test_others_neither_see_nor_name(
    browser: Browsers, session: Session, lying: AtCounter, login: str, status: int
) -> None:
    sent, path = filled_in(browser("counter"), path_of(lying)), path_of(lying)
    before, person = written(session), browser(login)

    assert person.get(path).status_code == status
    for each in (path, f"{path}/take-back"):
        assert person.send(each, sent).status_code == status
    assert written(session) == before


def test_whoever_sees_it_in_another_role_is_refused(
    browser: Browsers, session: Session, lying: AtCounter, world: World
) -> None:
    """A clerk of another office who also audits the province sees the dossier, and names nobody."""
    session.add(RoleRow(staff=world.far_counter.staff, role="auditor", unit=w.PROVINCE))
    session.commit()
    person, path = browser("far_counter"), path_of(lying)

    answer = person.send(path, filled_in(person, path))

    assert answer.status_code == 403
    assert session.scalar(select(func.count()).select_from(DelegationRow)) == 0


def test_the_citizen_reads_that_somebody_was_named_and_not_who(
    browser: Browsers, stranger: Browser, lying: AtCounter
) -> None:
    counter, path = browser("counter"), path_of(lying)
    assert counter.send(path, filled_in(counter, path)).status_code == 200
    made = lying.received

    page = stranger.send("/tracking", code=made.code, factor=made.pin).text

    assert "Đã ghi một người được ủy quyền." in page
    assert "ghi người được ủy quyền" in page  # who looked, and why
    for told in ("Trần Thị Mai", "3457", "2333", "UQ 12"):
        assert told not in page


def test_a_delegate_is_not_corrected_on_the_page_of_corrections(
    browser: Browsers, session: Session, lying: AtCounter
) -> None:
    counter, path = browser("counter"), path_of(lying)
    assert counter.send(path, filled_in(counter, path)).status_code == 200
    corrections = f"/particulars/{lying.received.dossier}"
    page = counter.text(corrections)
    assert 'value="delegate"' not in page

    key = FORM_KEY.search(page)
    assert key is not None
    answer = counter.send(
        corrections, form_key=key[1], role="delegate", basis="card", name="Trần Thị Mây"
    )

    assert answer.status_code == 409
    assert "phải cấp mã nhận mới" in answer.get_data(as_text=True)


def test_the_page_speaks_english(browser: Browsers, lying: AtCounter) -> None:
    counter, path = browser("counter"), path_of(lying)
    counter.send("/language", language="en", back=path)

    page = counter.text(path)

    assert "Who receives in the owner&#39;s place" in page
    assert "Name and print the code" in page


def test_the_log_keeps_every_naming(
    browser: Browsers, session: Session, lying: AtCounter, world: World
) -> None:
    counter, path = browser("counter"), path_of(lying)
    for _ in range(2):
        assert counter.send(path, filled_in(counter, path)).status_code == 200

    found = persons.looks(session, lying.received.dossier)

    assert [each.staff for each in found if each.purpose == "naming"] == [world.counter.staff] * 2
    page = counter.text(path)
    assert session.get_one(StaffRow, world.counter.staff).name in page
    assert page.count("giấy ủy quyền UQ 12 ngày 20/11/2026") == 2
