"""A clerk takes what is due line by line; until then the result stays at the counter."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import DossierId, StaffId
from postal_service.domain.money import Line, PaymentState
from postal_service.services import cash, charges
from postal_service.services.charges import Account, Due
from postal_service.storage.schema import MoneyRow
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY
from tests.web.test_delivery import AtCounter, result

__all__ = ["result"]

CHARGE = re.compile(r'name="charge" value="([0-9a-f-]{36})"')


@pytest.fixture
def owing(session: Session, world: World, result: AtCounter) -> list[Account]:
    """The dossier of a result at the counter owes a postage and something for others."""
    dossier = DossierId(result.dossier)
    for line, dong in ((Line.POSTAGE, 26_000), (Line.COLLECTED_FOR_OTHERS, 50_000)):
        due = Due(line=line, amount_dong=dong)
        charges.open_due(session, dossier, due, by=world.counter, at=w.MORNING)
    session.commit()
    return list(charges.owed(session, [dossier])[dossier])


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(MoneyRow)) or 0


def take(
    clerk: Browser, page: str, dossier: str, charge: str, settled: str = "cash", **other: str
) -> int:
    key = FORM_KEY.search(clerk.text(page))
    sent = {"form_key": key[1] if key else "", "charge": charge, "settled": settled, **other}
    return clerk.send(f"/dossiers/{dossier}/payments", sent).status_code


def test_what_is_due_is_shown_before_the_result_goes_and_keeps_it(
    result: AtCounter, owing: list[Account], session: Session
) -> None:
    page = result.counter.text(f"/items/{result.item}/delivery")
    assert CHARGE.findall(page) == [each.id for each in owing]
    assert "26.000 ₫" in page
    assert "50.000 ₫" in page
    assert "76.000" not in page  # two owners, two sums

    answer = result.counter.send(
        f"/items/{result.item}/delivery",
        receiver="owner", proof="code", delivery_code=result.code,
    )  # fmt: skip
    assert answer.status_code == 409
    assert "còn khoản phải thu" in answer.get_data(as_text=True)
    assert "đã phát" not in result.page


def test_each_line_is_taken_by_itself_and_stands_in_the_clerks_purse(
    result: AtCounter, owing: list[Account], session: Session, browser: Callable[[str], Browser]
) -> None:
    page, counter = f"/items/{result.item}/delivery", result.counter
    for each in owing:
        assert take(counter, page, result.dossier, each.id, item=result.item) == 302

    assert cash.of(session, StaffId("s-counter")).by_line == {
        Line.POSTAGE: 26_000,
        Line.COLLECTED_FOR_OTHERS: 50_000,
    }
    assert not CHARGE.search(counter.text(page))
    assert "76.000 ₫" in browser("manager").text("/cash")
    assert result.deliver(proof="code", delivery_code=result.code) == 302


def test_the_dossiers_page_takes_transfers_and_waives_by_a_rule(
    result: AtCounter, owing: list[Account], session: Session
) -> None:
    page, counter = f"/dossiers/{result.dossier}", result.counter
    postage, other = owing
    before = entries(session)
    assert take(counter, page, result.dossier, postage.id, "qr") == 400
    assert take(counter, page, result.dossier, other.id, "waived") == 409
    assert entries(session) == before

    assert take(counter, page, result.dossier, postage.id, "qr", reference="FT26325") == 302
    assert take(counter, page, result.dossier, other.id, "waived", reference="Hộ nghèo") == 302

    states = {each.id: each.charge.state for each in charges.accounts(session, postage.dossier)}
    assert states[postage.id] is PaymentState.PAID
    assert states[other.id] is PaymentState.EXEMPT
    shown = counter.text(page)
    assert "Hộ nghèo" in shown
    assert not CHARGE.search(shown)


def test_a_form_sent_twice_or_a_charge_taken_by_another_enters_nothing(
    result: AtCounter, owing: list[Account], session: Session, browser: Callable[[str], Browser]
) -> None:
    page, counter = f"/dossiers/{result.dossier}", result.counter
    key = FORM_KEY.search(counter.text(page))
    assert key is not None
    sent = {"form_key": key[1], "charge": owing[0].id, "settled": "cash"}
    other = browser("second_counter")
    late_key = FORM_KEY.search(other.text(page))
    assert late_key is not None
    path = f"/dossiers/{result.dossier}/payments"
    assert counter.send(path, sent).status_code == 302
    before = entries(session)

    assert counter.send(path, sent).status_code == 409
    late = other.send(path, {**sent, "form_key": late_key[1]})
    assert late.status_code == 409
    text = late.get_data(as_text=True)
    assert "đã có người thu" in text
    assert CHARGE.findall(text) == [owing[1].id]  # the page says what is left
    assert entries(session) == before


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"charge": ""}, 404),
        ({"charge": "x" * 5000}, 404),
        ({"charge": "0193a000-0000-7000-8000-000000000000"}, 404),
        ({"settled": ""}, 400),
        ({"settled": "gold"}, 400),
        ({"reference": "x" * 121}, 400),
        ({"form_key": ""}, 400),
        ({"form_key": "forged"}, 400),
    ],
)
def test_what_is_malformed_enters_nothing(
    result: AtCounter, owing: list[Account], session: Session,
    changed: dict[str, str], status: int,
) -> None:  # fmt: skip
    before = entries(session)
    key = FORM_KEY.search(result.counter.text(f"/dossiers/{result.dossier}"))
    assert key is not None
    sent = {"form_key": key[1], "charge": owing[0].id, "settled": "cash", **changed}
    assert result.counter.send(f"/dossiers/{result.dossier}/payments", sent).status_code == status
    assert entries(session) == before


@pytest.mark.parametrize(
    ("login", "status"),
    [("far_counter", 404), ("auditor", 403), ("officer", 403), ("administrator", 403)],
)
def test_only_a_clerk_who_sees_the_dossier_takes_its_money(
    result: AtCounter, owing: list[Account], session: Session,
    browser: Callable[[str], Browser], login: str, status: int,
) -> None:  # fmt: skip
    before = entries(session)
    clerk = browser(login)
    sent = {"form_key": "", "charge": owing[0].id, "settled": "cash"}
    key = FORM_KEY.search(clerk.text("/receptions/new/" + w.EXTRACT)) if status == 404 else None
    answer = clerk.send(
        f"/dossiers/{result.dossier}/payments", sent | ({"form_key": key[1]} if key else {})
    )
    assert answer.status_code == status
    assert entries(session) == before
