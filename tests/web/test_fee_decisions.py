"""An administrator confirms a fee by the decision that set it; counters then take it without writing its source."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.procedures import Channel, FeeStatus
from postal_service.services import procedures
from postal_service.storage.schema import ProcedureFeeRow, ProcedureRow
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY
from tests.web.faulty_fields import faults, value

WAITING = "/fees/decisions"
PATH = f"{WAITING}/{w.BUILDING}"


@pytest.fixture
def administrator(browser: Callable[[str], Browser]) -> Browser:
    return browser("administrator")


def filled_in(person: Browser, **changed: str) -> dict[str, str]:
    key = FORM_KEY.search(person.text(PATH))
    assert key is not None
    return {
        "form_key": key[1], "channel": "", "amount": "75000", "valid_from": "2026-11-23",
        "number": "23/2026/NQ-HĐND", "decided_on": "2026-07-08", **changed,
    }  # fmt: skip


def fees(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ProcedureFeeRow)) or 0


def test_a_placeholder_is_confirmed_and_counters_take_it(
    browser: Callable[[str], Browser], administrator: Browser, session: Session, world: World
) -> None:
    desk = browser("desk_clerk")
    assert 'name="fee_basis"' in desk.text(f"/receptions/new/{w.BUILDING}")
    assert PATH in administrator.text(WAITING)

    assert administrator.send(PATH, filled_in(administrator)).status_code == 302

    page = administrator.text(PATH)
    assert "Đã xác nhận: 75.000 ₫, từ 23/11/2026, theo 23/2026/NQ-HĐND ngày 08/07/2026." in page
    assert "đã xác nhận" in page
    assert "chưa xác nhận" in page  # what was entered before stays
    assert PATH not in administrator.text(WAITING)
    reception = desk.text(f"/receptions/new/{w.BUILDING}")
    assert 'name="fee_basis"' not in reception
    assert value(reception, "fee") == "75000"
    made = procedures.version(session, world.procedures[w.BUILDING])
    today = made.fee_on(Channel.COUNTER, date(2026, 11, 23))
    assert (today.status, today.source) == (FeeStatus.CONFIRMED, "23/2026/NQ-HĐND ngày 08/07/2026")
    assert made.fee_on(Channel.COUNTER, date(2026, 11, 22)).status is FeeStatus.PLACEHOLDER


def test_who_confirmed_a_fee_and_when_stands_beside_it(
    administrator: Browser, session: Session, world: World
) -> None:
    assert "xác nhận lúc" not in administrator.text(PATH)

    assert administrator.send(PATH, filled_in(administrator)).status_code == 302

    page = administrator.text(PATH)
    assert page.count("xác nhận lúc") == 1  # of the placeholder nobody did
    assert "Nhân viên administrator xác nhận lúc" in page
    confirmed = procedures.confirmations(session, world.procedures[w.BUILDING])
    assert confirmed[:-1] == (None,) * (len(confirmed) - 1)
    assert confirmed[-1] == procedures.Confirmation(by=world.administrator.staff, at=w.MORNING)
    administrator.send("/language", language="en", back=PATH)
    assert "Nhân viên administrator confirmed it" in administrator.text(PATH)


def test_a_fee_of_one_channel_leaves_the_others_waiting(
    administrator: Browser, session: Session, world: World
) -> None:
    sent = filled_in(administrator, channel="online", amount="0")

    assert administrator.send(PATH, sent).status_code == 302

    made = procedures.version(session, world.procedures[w.BUILDING])
    day = date(2026, 11, 23)
    assert made.fee_on(Channel.ONLINE, day).amount_dong == 0
    assert made.fee_on(Channel.POST, day).status is FeeStatus.PLACEHOLDER
    assert PATH in administrator.text(WAITING)


@pytest.mark.parametrize(
    ("changed", "status", "wrong"),
    [
        ({"amount": ""}, 400, ["amount"]),  # nothing written is not nothing due
        ({"amount": "-1"}, 400, ["amount"]),
        ({"amount": "7.5"}, 400, ["amount"]),
        ({"amount": "9" * 14}, 400, ["amount"]),
        ({"channel": "x"}, 400, ["channel"]),
        ({"valid_from": ""}, 400, ["valid_from"]),
        ({"valid_from": "1999-01-01"}, 409, ["valid_from"]),
        ({"number": " "}, 400, ["number"]),
        ({"number": "x" * 121}, 400, ["number"]),
        ({"decided_on": "2026-13-01"}, 400, ["decided_on"]),
        ({"decided_on": "2026-11-24"}, 409, ["decided_on"]),  # tomorrow
        ({"amount": "x", "number": "", "decided_on": ""}, 400, ["amount", "number", "decided_on"]),
        ({"form_key": "x"}, 400, []),
    ],
)
def test_what_is_wrong_confirms_nothing_and_is_said_at_its_field(
    administrator: Browser,
    session: Session,
    changed: dict[str, str],
    status: int,
    wrong: list[str],
) -> None:
    before = fees(session)
    sent = filled_in(administrator, **changed)

    answer = administrator.send(PATH, sent)

    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    assert list(faults(page)) == wrong
    assert "Chưa có gì được ghi" in page
    for name in ("amount", "valid_from", "number", "decided_on"):
        assert value(page, name) == sent[name]
    assert fees(session) == before


def test_a_form_sent_twice_confirms_once(administrator: Browser, session: Session) -> None:
    sent = filled_in(administrator)
    before = fees(session)

    assert administrator.send(PATH, sent).status_code == 302
    assert administrator.send(PATH, sent).status_code == 409
    assert fees(session) == before + 1


@pytest.mark.parametrize("code", ["9.999999", "x", "%00", "2.000815.000.00.00.H55"])
def test_a_procedure_that_is_not_there_has_no_fee(administrator: Browser, code: str) -> None:
    sent = filled_in(administrator)

    for answer in (administrator.get(f"{WAITING}/{code}"), administrator.send(f"{WAITING}/{code}", sent)):  # fmt: skip
        assert answer.status_code in {400, 404}


@pytest.mark.parametrize("login", ["manager", "auditor", "counter", "desk_clerk", "officer"])
def test_only_an_administrator_confirms(
    browser: Callable[[str], Browser], session: Session, login: str
) -> None:
    sent = filled_in(browser("administrator"))
    before = fees(session)

    assert browser(login).get(WAITING).status_code == 403
    assert browser(login).send(PATH, sent).status_code == 403
    assert fees(session) == before


def test_any_procedure_is_found_and_the_waiting_ones_are_listed_page_by_page(
    administrator: Browser, session: Session, world: World
) -> None:
    assert PATH in administrator.text(f"{WAITING}?q=xay+dung")
    assert "Không có thủ tục nào có những chữ này." in administrator.text(f"{WAITING}?q=zzz")
    codes = session.scalars(select(ProcedureRow.code).order_by(ProcedureRow.code)).all()
    listed = administrator.text(WAITING)
    first = next(code for code in codes if f"{WAITING}/{code}" in listed)
    assert f"{WAITING}/{first}" not in administrator.text(f"{WAITING}?after={first}")


def test_the_page_speaks_english_too(administrator: Browser) -> None:
    administrator.send("/language", language="en", next="/")

    assert "Fees that nobody has confirmed" in administrator.text(WAITING)
    page = administrator.send(PATH, filled_in(administrator, number="")).get_data(as_text=True)
    assert "“Number of the decision” is not filled in." in page


def test_fees_are_everybodys_so_an_administrator_of_one_commune_reads_them(
    browser: Callable[[str], Browser], administrator: Browser, session: Session
) -> None:
    w.far_administrator(session)
    session.commit()
    far = browser("far_administrator")
    before = fees(session)

    page = far.text(PATH)

    # He was given no form; whatever he sends all the same is refused.
    assert far.send(PATH, filled_in(administrator)).status_code == 400
    assert "Mức phí chung cho mọi đơn vị" in page
    assert 'name="amount"' not in page
    far.send("/language", language="en", back=PATH)
    assert "Fees are the same for all units" in far.text(PATH)
    assert fees(session) == before
