"""A clerk copies a transfer from the statement: the charge it names is paid, or the page says why it is not."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.money import Line
from postal_service.services.charges import Due
from postal_service.services.reception import Received
from postal_service.storage.schema import MoneyRow
from tests.services.registrations import register, registration
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY

PAGE = "/transfers"


@pytest.fixture
def owing(session: Session, world: World) -> Received:
    dues = (Due(line=Line.STATE_FEE, amount_dong=8_000),)
    received = register(session, world, registration(session, dues=dues))
    session.commit()
    return received


def filled_in(clerk: Browser, of: Received, **changed: str) -> dict[str, str]:
    key = FORM_KEY.search(clerk.text(PAGE))
    assert key is not None
    return {
        "form_key": key[1], "purpose": f"LP {of.code}", "amount": "8000",
        "reference": "FT26325", **changed,
    }  # fmt: skip


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(MoneyRow)) or 0


@pytest.mark.parametrize("login", ["desk_clerk", "counter"])
def test_a_transfer_is_taken_up_from_the_dossiers_page(
    browser: Callable[[str], Browser], owing: Received, login: str
) -> None:
    clerk = browser(login)
    page = clerk.text(f"/dossiers/{owing.dossier}")
    assert f"/transfers?purpose=LP+{owing.code}" in page
    assert f'value="LP {owing.code}"' in clerk.text(f"/transfers?purpose=LP+{owing.code}")

    answer = clerk.send(PAGE, filled_in(clerk, owing))

    assert answer.status_code == 302
    after = clerk.text(f"/dossiers/{owing.dossier}")
    assert "Đã ghi nhận chuyển khoản 8.000 ₫: phí, lệ phí." in after
    assert "/transfers?purpose" not in after


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"purpose": ""}, 400, "Nội dung chuyển khoản"),
        ({"purpose": "chuyen tien"}, 400, "không ghi khoản nào"),
        ({"purpose": "x" * 201}, 400, "Nội dung chuyển khoản"),
        ({"purpose": "LP H17.132-261123-9999"}, 404, "Không tìm thấy hồ sơ"),
        ({"purpose": "LP <script>-261123-0001"}, 400, "không ghi khoản nào"),
        ({"amount": "8001"}, 409, "8.001"),
        ({"amount": "0"}, 400, "Số tiền"),
        ({"amount": "8.000"}, 400, "Số tiền"),
        ({"amount": "9" * 14}, 400, "Số tiền"),
        ({"reference": ""}, 400, "Số giao dịch"),
        ({"reference": "x" * 121}, 400, "Số giao dịch"),
        ({"form_key": "x"}, 400, ""),
    ],
)
def test_what_does_not_fit_pays_nothing(
    browser: Callable[[str], Browser],
    owing: Received,
    session: Session,
    changed: dict[str, str],
    status: int,
    said: str,
) -> None:
    clerk = browser("counter")
    before = entries(session)

    answer = clerk.send(PAGE, filled_in(clerk, owing, **changed))

    assert answer.status_code == status
    assert said in answer.get_data(as_text=True)
    assert entries(session) == before


def test_a_form_sent_twice_pays_once(
    browser: Callable[[str], Browser], owing: Received, session: Session
) -> None:
    clerk = browser("counter")
    form = filled_in(clerk, owing)
    assert clerk.send(PAGE, form).status_code == 302
    before = entries(session)

    assert clerk.send(PAGE, form).status_code == 409
    assert clerk.send(PAGE, filled_in(clerk, owing)).status_code == 409  # nothing is due any more
    assert entries(session) == before


def test_a_foreign_counter_finds_no_such_dossier(
    browser: Callable[[str], Browser], owing: Received
) -> None:
    clerk = browser("far_counter")

    assert clerk.send(PAGE, filled_in(clerk, owing)).status_code == 404
