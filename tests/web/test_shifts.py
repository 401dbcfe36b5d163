"""At the end of a shift the clerk sees what he holds, counts his cash, and both sign one paper."""

import re
from base64 import b64decode
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.money import Line, Means
from postal_service.services.charges import Due
from postal_service.storage.schema import EntryRow, ShiftCountRow
from tests.printing.read_back import text_of
from tests.services import in_hand
from tests.services.registrations import register, registration
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY

SHIFT = "/shift"
COUNTED = {"counted-state_fee": "8000", "counted-postage": "26000", "counted-cod": ""}
PDF = re.compile(r'base64,([^"]+)" download="([^"]+)"')


@pytest.fixture
def evening(session: Session, world: World) -> str:
    """The counter clerk has a sealed item in hand, one not sealed, and cash; the sealed one."""
    sealed = in_hand.sealed(session, world)[0]
    dues = (
        Due(line=Line.STATE_FEE, amount_dong=8_000, paid_by=Means.CASH),
        Due(line=Line.POSTAGE, amount_dong=26_000, paid_by=Means.CASH),
    )
    register(session, world, registration(session, dues=dues))
    session.commit()
    return sealed


def filled_in(clerk: Browser, **changed: str) -> dict[str, str]:
    key = FORM_KEY.search(clerk.text(SHIFT))
    assert key is not None
    return {"form_key": key[1], "badge": "B-second_counter", "why": "", **COUNTED, **changed}


def kept(session: Session) -> tuple[int, int]:
    counted = session.scalar(select(func.count()).select_from(ShiftCountRow)) or 0
    return counted, session.scalar(select(func.count()).select_from(EntryRow)) or 0


def test_a_clerk_hands_the_shift_over_and_both_get_the_record(
    browser: Callable[[str], Browser], evening: str
) -> None:
    clerk = browser("counter")
    assert "/shift" in clerk.text("/desk")
    page = clerk.text(SHIFT)
    assert evening in page
    assert "34.000" not in page  # lines are never netted
    assert "bạn giữ 26.000 ₫, trong quỹ 0 ₫" in page

    answer = clerk.send(SHIFT, filled_in(clerk))

    assert answer.status_code == 200
    said = answer.get_data(as_text=True)
    ((pdf, name),) = PDF.findall(said)
    record = text_of(b64decode(pdf))
    assert name.startswith("BGC-")
    for word in (
        "BIÊN BẢN BÀN GIAO CA", "người giao ca giữ", "người nhận ca giữ", evening,
        "ở lại: chưa niêm phong", "khớp", "Nhân viên counter", "Nhân viên second_counter",
        "ba mươi tư nghìn đồng", "Không có bàn giao nào đang dở",
    ):  # fmt: skip
        assert word.lower() in record.lower(), word
    colleague = browser("second_counter")
    batch = re.search(r"/handovers/([0-9a-f-]{36})", said)
    assert batch is not None
    assert evening in colleague.text(f"/handovers/{batch[1]}/take")
    assert "Nhân viên second_counter" in clerk.text(SHIFT)

    taken = colleague.send(f"/handovers/{batch[1]}/take", {f"answer-{evening}": "take"})
    ((pdf, _),) = PDF.findall(taken.get_data(as_text=True))
    words = text_of(b64decode(pdf))
    assert "BIÊN BẢN GIAO NHẬN BƯU GỬI" in words
    assert "cơ quan giải quyết" not in words


def test_nobody_waits_for_a_signature_where_there_was_nothing_to_hand_over(
    browser: Callable[[str], Browser],
) -> None:
    clerk = browser("counter")
    nothing = dict.fromkeys(COUNTED, "0")

    page = clerk.send(SHIFT, filled_in(clerk, **nothing)).get_data(as_text=True)

    assert "Không có bưu gửi nào để bàn giao." in page
    assert "chờ người nhận ký" not in page


def test_a_difference_is_shown_and_needs_a_reason(
    browser: Callable[[str], Browser], evening: str, session: Session
) -> None:
    clerk = browser("counter")
    before = kept(session)

    answer = clerk.send(SHIFT, filled_in(clerk, **{"counted-postage": "25000"}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "thiếu 1.000 ₫" in page
    assert 'id="why-fault"' in page
    assert 'value="25000"' in page
    assert kept(session) == before

    told = {"counted-postage": "25000", "why": "thối nhầm"}
    done = clerk.send(SHIFT, filled_in(clerk, **told)).get_data(as_text=True)
    assert "thối nhầm" in text_of(b64decode(PDF.findall(done)[0][0]))
    assert "thối nhầm" in browser("manager").text(SHIFT)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"badge": ""}, 400),
        ({"badge": "B-counter"}, 409),  # oneself
        ({"badge": "B-far_counter"}, 409),
        ({"badge": "B-courier"}, 409),
        ({"badge": "nobody"}, 404),
        ({"badge": "x" * 500}, 400),
        ({"counted-postage": "-1"}, 400),
        ({"counted-postage": "²6000"}, 400),
        ({"counted-postage": "9" * 14}, 400),
        ({"counted-cod": "1"}, 400),  # differs, and nobody says why
        ({"why": "x" * 201}, 400),
        ({"form_key": ""}, 400),
        ({"form_key": "<script>"}, 400),
    ],
)
def test_a_bad_form_hands_nothing_over(
    browser: Callable[[str], Browser],
    evening: str,
    session: Session,
    changed: dict[str, str],
    status: int,
) -> None:
    clerk = browser("counter")
    before = kept(session)

    answer = clerk.send(SHIFT, filled_in(clerk, **changed))

    assert answer.status_code == status
    assert kept(session) == before


def test_a_form_sent_twice_hands_over_once(
    browser: Callable[[str], Browser], evening: str, session: Session
) -> None:
    clerk = browser("counter")
    form = filled_in(clerk)
    assert clerk.send(SHIFT, form).status_code == 200
    before = kept(session)

    assert clerk.send(SHIFT, form).status_code == 409
    assert kept(session) == before


def test_another_offices_countings_are_not_shown(
    browser: Callable[[str], Browser], evening: str
) -> None:
    clerk = browser("counter")
    clerk.send(SHIFT, filled_in(clerk))

    assert "Nhân viên counter" not in browser("far_counter").text(SHIFT)
