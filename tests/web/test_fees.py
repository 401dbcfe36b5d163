"""A manager sees what was taken for each agency, prints the list, and says that the counted cash went on."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.money import Line, Means
from postal_service.services import cash, remittances
from postal_service.services.charges import Due
from postal_service.storage.schema import MoneyRow
from postal_service.web.fees import views
from tests.printing.read_back import text_of
from tests.services import world as w
from tests.services.registrations import register, registration
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY

DAYS = "first=2026-11-23&last=2026-11-23"
LIST = f"/fees?agency={w.AGENCY}&{DAYS}"
SHOWN = re.compile(r'name="shown" value="([^"]+)"')
PRINTED = f"/fees/list.pdf?agency={w.AGENCY}&{DAYS}"


@pytest.fixture
def counted(session: Session, world: World) -> str:
    """A fee in cash that a cashier has counted; the dossier's code."""
    return one_more(session, world)


def one_more(session: Session, world: World) -> str:
    dues = (Due(line=Line.STATE_FEE, amount_dong=8_000, paid_by=Means.CASH),)
    received = register(session, world, registration(session, dues=dues))
    cash.hand_in(
        session, world.counter.staff, {Line.STATE_FEE: 8_000},
        by=world.second_counter, at=w.MORNING,
    )  # fmt: skip
    session.commit()
    return received.code


def filled_in(manager: Browser, **changed: str) -> dict[str, str]:
    page = manager.text(LIST)
    key, mark = FORM_KEY.search(page), SHOWN.search(page)
    assert key is not None
    assert mark is not None
    return {
        "form_key": key[1], "shown": mark[1], "agency": w.AGENCY, "first": "2026-11-23", "last": "2026-11-23",
        "reference": "GNT 0071", **changed,
    }  # fmt: skip


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(MoneyRow)) or 0


def test_the_list_is_read_printed_and_told_as_handed_on(
    browser: Callable[[str], Browser], counted: str
) -> None:
    manager = browser("manager")
    assert "UBND phường Tam Kỳ" in manager.text("/fees")
    assert counted in manager.text(LIST)
    before = text_of(manager.get(PRINTED).data)
    for word in (counted, "8.000", "tám nghìn đồng", "quỹ bưu cục", w.EXTRACT, "ngày 23/11/2026"):
        assert word.lower() in before.lower(), word

    assert manager.send("/fees", filled_in(manager)).status_code == 302

    page = manager.text(LIST)
    assert "Đã ghi nộp 1 khoản, 8.000 ₫" in page
    assert "Ghi rằng" not in page  # nothing is left to hand on
    assert "Đã nộp cơ quan: 8.000" in text_of(manager.get(PRINTED).data)


def test_where_the_money_is_adds_up_to_what_was_taken(
    browser: Callable[[str], Browser], counted: str, session: Session, world: World
) -> None:
    dues = (Due(line=Line.STATE_FEE, amount_dong=8_000, paid_by=Means.CASH),)
    register(session, world, registration(session, dues=dues))
    session.commit()

    row = browser("manager").text("/fees").partition("UBND phường Tam Kỳ")[2].partition("</tr>")[0]

    # Taken; still with the clerk; in the till; handed on.
    assert re.findall(r"[\d.]+ ₫", row) == ["16.000 ₫", "8.000 ₫", "8.000 ₫", "0 ₫"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"reference": ""}, 400),
        ({"reference": "x" * 121}, 400),
        ({"form_key": "x"}, 400),
        ({"shown": ""}, 409),
        ({"shown": "9-x"}, 409),
        ({"agency": "nowhere"}, 409),
        ({"agency": w.FAR_AGENCY}, 409),
        ({"agency": "x" * 4000}, 409),
        ({"first": "yesterday"}, 400),
        ({"first": "2026-11-24"}, 400),  # ends before it begins
        ({"first": "2026-11-22", "last": "2026-11-22"}, 409),
    ],
)
def test_a_bad_form_hands_nothing_on(
    browser: Callable[[str], Browser],
    counted: str,
    session: Session,
    changed: dict[str, str],
    status: int,
) -> None:
    manager = browser("manager")
    before = entries(session)

    assert manager.send("/fees", filled_in(manager, **changed)).status_code == status
    assert entries(session) == before


@pytest.mark.parametrize(
    "path", ["/fees?first=x", "/fees?after=x", "/fees?first=2026-12-01&last=2026-11-01"]
)
def test_an_odd_address_is_answered_with_words(
    browser: Callable[[str], Browser], counted: str, path: str
) -> None:
    assert browser("manager").get(path).status_code in {200, 400}


def test_another_offices_manager_prints_an_empty_list(
    browser: Callable[[str], Browser], counted: str
) -> None:
    clerk = browser("far_counter")

    assert counted not in clerk.text(LIST)
    assert counted not in text_of(clerk.get(PRINTED).data)


def test_the_receipt_of_the_morning_tells_the_cash_of_the_morning(
    browser: Callable[[str], Browser], counted: str, session: Session, world: World
) -> None:
    manager = browser("manager")
    assert "8.000 ₫ tiền mặt của kỳ này (1 khoản)" in manager.text(LIST)
    form = filled_in(manager)
    one_more(session, world)
    one_more(session, world)

    assert manager.send("/fees", form).status_code == 302

    page = manager.text(LIST)
    assert "Đã ghi nộp 1 khoản, 8.000 ₫" in page
    assert "16.000 ₫ tiền mặt của kỳ này (2 khoản)" in page


@pytest.mark.parametrize(
    ("language", "said", "amount"),
    [
        ("vi", "Số tiền tại quỹ không còn như lúc mở trang", "24.000 ₫ tiền mặt của kỳ này"),
        ("en", "The till is not what it was when this page was opened", "Record that 24.000 ₫"),
    ],
)
def test_a_page_that_is_out_of_date_says_so_and_shows_what_there_is(
    browser: Callable[[str], Browser],
    counted: str,
    session: Session,
    world: World,
    language: str,
    said: str,
    amount: str,
) -> None:
    manager = browser("manager")
    manager.send("/language", language=language, back=LIST)
    form = filled_in(manager)
    assert manager.send("/fees", form).status_code == 302
    for _ in range(3):
        one_more(session, world)
    before = entries(session)

    answer = manager.send("/fees", form | {"form_key": filled_in(manager)["form_key"]})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert said in page
    assert amount in page
    assert 'value="GNT 0071"' in page
    assert entries(session) == before


@pytest.mark.parametrize(
    ("language", "said"),
    [("vi", "Mỗi lần ghi nhiều nhất 2 khoản"), ("en", "One step records 2 charges at most")],
)
def test_more_than_one_step_takes_is_said_before_it_is_taken(
    browser: Callable[[str], Browser],
    counted: str,
    session: Session,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    said: str,
) -> None:
    for module in (remittances, views):
        monkeypatch.setattr(module, "MOST_AT_ONCE", 2)
    manager = browser("manager")
    manager.send("/language", language=language, back=LIST)
    assert said not in manager.text(LIST)
    for _ in range(2):
        one_more(session, world)

    assert said in manager.text(LIST)
    assert manager.send("/fees", filled_in(manager)).status_code == 302
    assert "16.000 ₫" in manager.text(LIST)
    assert said not in manager.text(LIST)
