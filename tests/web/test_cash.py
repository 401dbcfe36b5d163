"""At the end of a shift somebody else counts, line by line; a difference is shown and nothing is lost."""

import re
from base64 import b64decode
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from postal_service.domain.money import Line, Means
from postal_service.services import cash, charges, purses
from postal_service.services.charges import Due
from postal_service.storage.schema import MoneyRow, StaffRow
from tests.printing.read_back import text_of
from tests.services import world as w
from tests.services.registrations import register, registration
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY

PURSE = "/cash/s-courier"
COUNTED = {"counted-state_fee": "8000", "counted-postage": "26000", "counted-cod": ""}


@pytest.fixture
def carried(session: Session, world: World) -> str:
    """The courier took a fee and a postage at a door; the dossier's code."""
    dues = (
        Due(line=Line.STATE_FEE, amount_dong=8_000),
        Due(line=Line.POSTAGE, amount_dong=26_000),
    )
    received = register(session, world, registration(session, dues=dues))
    for account in charges.accounts(session, received.dossier):
        charges.pay(
            session, account.id, Means.CASH, reference="", by=world.courier, at=w.MORNING
        )  # fmt: skip
    session.commit()
    return received.code


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(MoneyRow)) or 0


def filled_in(cashier: Browser, **changed: str) -> dict[str, str]:
    key = FORM_KEY.search(cashier.text(PURSE))
    assert key is not None
    return {"form_key": key[1], **COUNTED, **changed}


@pytest.mark.parametrize("login", ["manager", "counter"])
def test_a_cashier_sees_who_carries_cash_counts_it_and_takes_it_over(
    browser: Callable[[str], Browser], carried: str, login: str
) -> None:
    cashier = browser(login)
    listed = cashier.text("/cash")
    assert "Nhân viên courier" in listed
    assert "34.000 ₫" in listed
    assert carried in cashier.text(PURSE)

    assert cashier.send(PURSE, filled_in(cashier)).status_code == 302

    after = cashier.text(PURSE)
    assert "Nhân viên courier" not in cashier.text("/cash")
    assert "Đã nhận đủ 34.000 ₫" in after
    assert f"Nhân viên {login}" in after
    assert "không giữ tiền mặt nào" in after


def test_a_difference_is_shown_line_by_line_and_the_courier_still_carries_it(
    browser: Callable[[str], Browser], carried: str, session: Session, world: World
) -> None:
    cashier = browser("counter")
    before = entries(session)

    answer = cashier.send(
        PURSE, filled_in(cashier, **{"counted-state_fee": "9000", "counted-postage": "25000"})
    )
    page = answer.get_data(as_text=True)

    assert answer.status_code == 409
    assert "thừa 1.000 ₫" in page
    assert "thiếu 1.000 ₫" in page  # the sum agrees, and that does not help
    assert 'value="25000"' in page
    assert 'id="counted-state_fee-fault"' in page
    assert entries(session) == before
    assert cash.of(session, world.courier.staff).by_line == {
        Line.STATE_FEE: 8_000,
        Line.POSTAGE: 26_000,
    }


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"counted-postage": ""}, 409),  # not counted is counted as nothing
        ({"counted-cod": "1"}, 409),
        ({"counted-postage": "-26000"}, 400),
        ({"counted-postage": "26.000"}, 400),
        ({"counted-postage": "26000.0"}, 400),
        ({"counted-postage": "²6000"}, 400),
        ({"counted-postage": "9" * 14}, 400),
        ({"counted-postage": "<script>"}, 400),
        ({"form_key": ""}, 400),
        ({"form_key": "x" * 4000}, 400),
    ],
)
def test_a_bad_count_takes_nothing_over(
    browser: Callable[[str], Browser],
    carried: str,
    session: Session,
    changed: dict[str, str],
    status: int,
) -> None:
    cashier = browser("manager")
    before = entries(session)

    answer = cashier.send(PURSE, filled_in(cashier, **changed))

    assert answer.status_code == status
    assert "<script>" not in re.sub(r"<script nonce[^>]*>", "", answer.get_data(as_text=True))
    assert entries(session) == before


def test_a_form_sent_twice_takes_the_cash_once(
    browser: Callable[[str], Browser], carried: str, session: Session
) -> None:
    cashier = browser("manager")
    form = filled_in(cashier)
    assert cashier.send(PURSE, form).status_code == 302
    before = entries(session)

    assert cashier.send(PURSE, form).status_code == 409
    assert cashier.send(PURSE, filled_in_again(form)).status_code == 400
    assert entries(session) == before


def filled_in_again(form: dict[str, str]) -> dict[str, str]:
    """The same form with a key that was tampered with."""
    return {**form, "form_key": form["form_key"] + "x"}


def test_nobody_takes_his_own_cash_nor_anothers_couriers(
    browser: Callable[[str], Browser], carried: str
) -> None:
    counter, far = browser("counter"), browser("far_counter")

    assert far.get(PURSE).status_code == 404
    assert far.send(PURSE, COUNTED).status_code == 404
    assert "Nhân viên courier" not in far.text("/cash")
    assert counter.send("/cash/s-counter", filled_in(counter)).status_code == 409


def test_whoever_was_dismissed_can_still_hand_in_what_he_carries(
    browser: Callable[[str], Browser], carried: str, session: Session
) -> None:
    session.execute(update(StaffRow).where(StaffRow.id == "s-courier").values(active=False))
    session.commit()
    cashier = browser("manager")

    assert "Nhân viên courier" in cashier.text("/cash")
    assert cashier.send(PURSE, filled_in(cashier)).status_code == 302


PDF = re.compile(r'base64,([^"]+)" download="([^"]+)"')


def slips(page: str) -> list[str]:
    """The words of the slips that a page offers."""
    return [text_of(b64decode(pdf)) for pdf, _ in PDF.findall(page)]


def test_a_counting_that_agrees_is_printed_for_both_to_sign_at_any_time(
    browser: Callable[[str], Browser], carried: str
) -> None:
    cashier = browser("manager")
    assert slips(cashier.text(PURSE)) == []  # nothing was counted yet
    assert cashier.send(PURSE, filled_in(cashier)).status_code == 302

    for _ in range(2):  # it holds no secret and can be printed again
        (slip,) = slips(cashier.text(PURSE))
        for said in (
            "PHIẾU NỘP TIỀN MẶT", "Bản giao người nộp tiền", "Bản lưu thủ quỹ", carried,
            "8.000", "26.000", "34.000", "ba mươi tư nghìn đồng", "khớp", "Đã nhận đủ",
            "NGƯỜI NỘP TIỀN", "NGƯỜI NHẬN TIỀN", "Nhân viên courier", "Nhân viên manager",
        ):  # fmt: skip
            assert said.lower() in slip.lower(), said
        assert "CHƯA NHẬN" not in slip


def test_a_counting_that_differs_is_printed_too_and_says_that_nothing_was_taken(
    browser: Callable[[str], Browser], carried: str, session: Session
) -> None:
    cashier = browser("manager")
    before = entries(session)
    page = cashier.send(
        PURSE, filled_in(cashier, **{"counted-state_fee": "9000", "counted-postage": "25000"})
    ).get_data(as_text=True)

    (slip,) = slips(page)

    for said in ("CHƯA NHẬN", "thừa 1.000", "thiếu 1.000", carried, "vẫn chịu trách nhiệm"):
        assert said in slip
    assert "Đã nhận đủ" not in slip
    assert entries(session) == before


def test_a_slip_is_the_cashiers_and_not_the_couriers_to_print(
    browser: Callable[[str], Browser], carried: str
) -> None:
    cashier = browser("manager")
    cashier.send(PURSE, filled_in(cashier))

    assert browser("courier").get(PURSE).status_code == 403
    assert browser("far_counter").get(PURSE).status_code in {403, 404}


def test_long_lists_of_purses_and_of_what_was_handed_in_go_on(
    browser: Callable[[str], Browser],
    carried: str,
    session: Session,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(purses, "LISTED_STAFF", 1)
    monkeypatch.setattr(purses, "LISTED", 1)
    dues = (Due(line=Line.POSTAGE, amount_dong=1_000, paid_by=Means.CASH),)
    register(session, world, registration(session, dues=dues), by=world.second_counter)
    session.commit()
    cashier = browser("manager")

    first = cashier.text("/cash")
    following = re.search(r'href="(/cash\?after=[^"]+)"', first)
    assert following is not None
    whole = first + cashier.text(following[1])
    assert "Nhân viên courier" in whole
    assert "Nhân viên second_counter" in whole

    cashier.send(PURSE, filled_in(cashier))
    seen = cashier.text(PURSE)
    following = re.search(r'href="(/cash/s-courier\?after=[0-9]+)"', seen)
    assert following is not None
    handed_in, by_session = purses.handed_in(session, world.courier.staff, by=world.manager)
    rest, _ = purses.handed_in(
        session, world.courier.staff, by=world.manager, before=by_session
    )  # fmt: skip
    assert {each.line for each in (*handed_in, *rest)} == {Line.STATE_FEE, Line.POSTAGE}
    assert "Người nhận tiền" in cashier.text(following[1])


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "%00", "²"])
def test_an_odd_place_in_a_list_is_its_beginning(
    browser: Callable[[str], Browser], carried: str, after: str
) -> None:
    cashier = browser("manager")

    assert cashier.get(f"{PURSE}?after={after}").status_code == 200
    assert cashier.get(f"/cash?after={after}").status_code == 200


def test_a_manager_tells_that_the_tills_postage_went_on(
    browser: Callable[[str], Browser], carried: str, session: Session
) -> None:
    manager = browser("manager")
    manager.send(PURSE, filled_in(manager))
    page = manager.text("/cash")
    assert "Quỹ của đơn vị" in page
    assert "26.000 ₫" in page
    assert "Ghi đã nộp" not in browser("counter").text("/cash")
    key = FORM_KEY.search(page)
    assert key is not None
    assert "cước bưu chính: 26.000 ₫, 1 khoản" in page
    mark = re.search(r'name="shown-postage" value="([^"]+)"', page)
    assert mark is not None
    form = {
        "form_key": key[1], "line": "postage", "reference": "GNT 12", "shown-postage": mark[1]
    }  # fmt: skip
    before = entries(session)
    for wrong, status in (
        ({"line": "state_fee"}, 409),
        ({"line": "gold"}, 400),
        ({"line": "cod"}, 409),
        ({"reference": ""}, 400),
        ({"reference": "x" * 121}, 400),
        ({"form_key": "x"}, 400),
        ({"shown-postage": ""}, 409),
        ({"shown-postage": "1-x"}, 409),
    ):
        assert manager.send("/cash", {**form, **wrong}).status_code == status
    assert browser("counter").send("/cash", form).status_code == 403
    assert entries(session) == before

    assert manager.send("/cash", form).status_code == 302

    page = manager.text("/cash")
    assert "Đã ghi nộp 1 khoản, 26.000 ₫" in page
    assert 'name="line"' not in page
    assert manager.send("/cash", form).status_code == 409
