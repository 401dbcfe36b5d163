"""A form that was refused comes back with what was typed, and says at each field what is wrong with it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Receiver
from postal_service.domain.refusals import SeveralRefused
from postal_service.services.charges import Account
from postal_service.storage.schema import EntryRow, MoneyRow, ScanRow, StaffRow, StepRow
from postal_service.web import forms, limits
from postal_service.web.forms import (
    Missing,
    NotAChoice,
    NotANumber,
    NotASerial,
    TooLong,
)
from tests.services import journeys
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import DOSSIER, reception_fields, sealed
from tests.web.faulty_fields import faults, value
from tests.web.test_delivery import CARD, AtCounter, result
from tests.web.test_dossiers import at_desk
from tests.web.test_payments import owing, take
from tests.web.test_scans import upload

__all__ = ["at_desk", "owing", "result"]

LONG = "x" * 501
NUMBER = "gọi số 0905 123 456"


@pytest.fixture
def written(session: Session) -> Callable[[], list[int]]:
    """How much stands in every table that these forms write to."""

    def count() -> list[int]:
        tables = (EntryRow, StepRow, MoneyRow, ScanRow)
        return [session.scalar(select(func.count()).select_from(each)) or 0 for each in tables]

    return count


def refused(clerk: Browser, path: str, fields: dict[str, str]) -> str:
    """The page that comes back, which a refusal sends."""
    answer = clerk.send(path, fields)
    assert answer.status_code in {400, 403, 404, 409}, answer.status_code
    return answer.get_data(as_text=True)


# Reading a form to its end.


def read_all() -> int:
    """A form with a field of every kind, read to its end; the number of pages."""
    with forms.together():
        pages = forms.number("pages", "Số trang", within=limits.PAGES)
        forms.line("number", "Số chứng từ", most=limits.DOCUMENT)
        forms.serial("seal", "Số niêm phong")
        forms.line("why", "Lý do", most=limits.REASON)
        forms.choice("who", "Người nhận", Receiver)
    return pages


def test_everything_that_is_wrong_with_a_form_is_told_at_once(app: Flask) -> None:
    sent = {"pages": "viele", "number": "", "seal": "np 1", "why": "x" * 201, "who": "nobody"}
    with app.test_request_context(method="POST", data=sent), pytest.raises(SeveralRefused) as told:
        read_all()

    found = {each.facts["input"]: type(each) for each in told.value.refusals}
    assert found == {
        "pages": NotANumber,
        "number": Missing,
        "seal": NotASerial,
        "why": TooLong,
        "who": NotAChoice,
    }
    assert told.value.facts == {"count": 5}


def test_one_wrong_field_is_refused_as_ever_and_none_is_not(app: Flask) -> None:
    sent = {"pages": "2", "number": "7", "seal": "np-1", "why": "", "who": "owner"}
    with app.test_request_context(method="POST", data=sent), pytest.raises(Missing):
        read_all()
    with app.test_request_context(method="POST", data={**sent, "why": "mưa"}):
        assert read_all() == 2
        with pytest.raises(NotANumber):  # what is read afterwards is refused where it is read
            forms.number("number", "Số trang", within=limits.Between(8, 9))


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [("", Missing), ("-", NotASerial), ("-A", NotASerial), ("A B", NotASerial), ("Ấ1", NotASerial),
     ("٣", NotASerial), ("A" * 25, TooLong)],
)  # fmt: skip
def test_a_seals_serial_is_what_an_event_takes(
    app: Flask, typed: str, wrong: type[Exception]
) -> None:
    with (
        app.test_request_context(method="POST", data={"serial": typed}),
        pytest.raises(wrong),
    ):
        forms.serial("serial", "Số niêm phong")


def test_a_seals_serial_is_read_in_capitals(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"serial": " np-1 ", "later": ""}):
        assert forms.serial("serial", "Số niêm phong") == "NP-1"
        assert forms.optional_serial("later", "Số niêm phong") == ""


# The dossier and its steps.


@pytest.mark.parametrize(
    ("step", "sent", "wrong"),
    [
        ("refuse", {"why": ""}, ["why-refuse"]),
        ("refuse", {"why": NUMBER}, ["why-refuse"]),
        ("discontinue", {"why": LONG}, ["why-discontinue"]),
        ("extend", {"new_due": "32", "why": ""}, ["new_due-extend", "why-extend"]),
        ("extend", {"new_due": "2026-11-20", "why": "thiếu người"}, ["new_due-extend"]),
        ("supplement", {"reason": "illegible"}, ["paper-supplement"]),
        ("supplement", {"reason": "x", "paper": "y"}, ["reason-supplement"]),
    ],
)
def test_a_step_says_at_its_own_field_what_is_wrong(
    browser: Callable[[str], Browser],
    at_desk: str,
    written: Callable[[], list[int]],
    step: str,
    sent: dict[str, str],
    wrong: list[str],
) -> None:
    desk = browser("desk_clerk")
    desk.send(f"/dossiers/{at_desk}/receive")
    before = written()

    page = refused(desk, f"/dossiers/{at_desk}/{step}", sent)

    assert list(faults(page)) == wrong
    for name in {"why", "new_due"} & sent.keys():
        assert value(page, f"{name}-{step}") == sent[name]
    assert value(page, "why-verify") == ""  # another step's reason is its own
    assert page.count("<details open>") == 1
    assert "Chưa có gì được ghi" in page
    assert written() == before


def test_the_papers_that_were_ticked_stay_ticked(
    browser: Callable[[str], Browser], at_desk: str
) -> None:
    desk = browser("desk_clerk")
    desk.send(f"/dossiers/{at_desk}/receive")
    paper = "Tờ khai cấp bản sao trích lục hộ tịch"

    page = refused(desk, f"/dossiers/{at_desk}/supplement", {"reason": "x", "paper": paper})

    assert f'value="{paper}" id="paper-supplement" checked>' in page


def test_an_empty_search_is_refused_at_its_field(browser: Callable[[str], Browser]) -> None:
    page = refused(browser("desk_clerk"), "/dossiers", {"q": " "})

    assert list(faults(page)) == ["q"]


# Delivery.


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"receiver": "nobody", "recovered": "100"}, ["receiver", "proof", "recovered"]),
        ({"proof": "code", "delivery_code": "BG1:x"}, ["delivery_code"]),
        ({"proof": "card", "card": "nothing"}, ["card"]),
        ({"proof": "card", "card": CARD.replace("Nữ", "Nam")}, ["card"]),
        ({"proof": "message", "message_code": "123456"}, ["message_code"]),
        ({"proof": "override", "witness": ""}, ["witness"]),
        ({"proof": "override", "witness": "không có"}, ["witness"]),
        ({"proof": "card", "card": CARD, "receiver": "authorised"}, ["paper"]),
        ({"proof": "card", "card": CARD, "paper": "x" * 121}, ["paper"]),
    ],
)
def test_a_delivery_says_at_its_field_what_is_wrong(
    result: AtCounter, written: Callable[[], list[int]], sent: dict[str, str], wrong: list[str]
) -> None:
    before = written()
    fields = {"receiver": "owner", "paper": "12/UQ", **sent}
    if fields.get("receiver") == "authorised":
        fields["paper"] = ""

    page = refused(result.counter, f"/items/{result.item}/delivery", fields)

    assert list(faults(page)) == [f"{name}-deliver" for name in wrong]
    assert value(page, "paper-deliver") == fields["paper"]
    if "proof" in sent:
        assert f'value="{sent["proof"]}"' in page.split(" checked>")[0].rpartition("<input")[2]
    assert written() == before


def test_what_is_the_citizens_own_is_not_kept_on_the_page(result: AtCounter) -> None:
    secrets = {"delivery_code": result.code, "card": CARD, "message_code": "123456"}

    page = refused(result.counter, f"/items/{result.item}/delivery", {"proof": "x", **secrets})

    for name, secret in secrets.items():
        assert value(page, f"{name}-deliver") == ""
        assert secret not in page
    assert page.count("Ô này không được giữ lại: hãy quét hoặc gõ lại.") == len(secrets)


def test_a_wrong_message_code_says_that_the_try_counts(result: AtCounter) -> None:
    result.counter.send(f"/items/{result.item}/message-code")
    fields = {"receiver": "owner", "proof": "message", "message_code": "1234567"}

    page = refused(result.counter, f"/items/{result.item}/delivery", fields)

    assert "Mỗi lần gõ đều được tính" in faults(page)["message_code-deliver"]


@pytest.mark.parametrize(
    ("act", "form", "sent", "wrong"),
    [
        ("attempt", "attempt", {"reason": "không"}, "reason"),
        ("delivery-code", "renew", {"why": ""}, "why"),
        ("send-back", "back", {"why": "x" * 201}, "why"),
    ],
)
def test_what_else_is_done_with_a_result_says_at_its_own_field_what_is_wrong(
    result: AtCounter,
    written: Callable[[], list[int]],
    act: str,
    form: str,
    sent: dict[str, str],
    wrong: str,
) -> None:
    before = written()

    page = refused(result.counter, f"/items/{result.item}/{act}", sent)

    assert list(faults(page)) == [f"{wrong}-{form}"]
    if wrong == "why":
        assert value(page, f"why-{form}") == sent["why"]
    assert written() == before


# Money.


def test_a_payment_says_at_its_charge_what_is_wrong(
    result: AtCounter, owing: list[Account], written: Callable[[], list[int]]
) -> None:
    first, second = owing
    clerk, page = result.counter, f"/dossiers/{result.dossier}"
    before = written()

    def refused_for(**sent: str) -> str:
        from_page = clerk.text(page)
        fields = {"form_key": from_page.partition('name="form_key" value="')[2].partition('"')[0]}
        return refused(clerk, f"{page}/payments", {**fields, "charge": second.id, **sent})

    found = refused_for(settled="qr", reference="")
    assert list(faults(found)) == [f"reference-{second.id}"]
    assert value(found, f"settled-{second.id}") == "qr"
    found = refused_for(settled="x", reference="y" * 121)
    assert list(faults(found)) == [f"settled-{second.id}", f"reference-{second.id}"]
    assert value(found, f"reference-{second.id}") == "y" * 121
    assert value(found, f"reference-{first.id}") == ""
    assert written() == before
    assert take(clerk, page, result.dossier, second.id, "waived") == 409


# Phones.


@pytest.mark.parametrize("courier", ["", "s-nobody", "x" * 41])
def test_a_code_for_nobody_is_refused_at_the_courier(
    browser: Callable[[str], Browser], courier: str
) -> None:
    page = refused(browser("manager"), "/phones/codes", {"courier": courier})

    assert list(faults(page)) == ["courier-issue"]


# What goes wrong with an item.


@pytest.mark.parametrize(
    ("act", "sent", "wrong"),
    [
        ("damage", {"condition": "x", "why": ""}, ["condition-damage", "why-damage"]),
        ("damage", {"condition": "wet", "why": "x" * 201}, ["why-damage"]),
        ("lost", {"why": ""}, ["why-lost"]),
        ("postpone", {"why": ""}, ["why-postpone"]),
    ],
)
def test_an_exception_says_at_its_own_field_what_is_wrong(
    browser: Callable[[str], Browser],
    written: Callable[[], list[int]],
    act: str,
    sent: dict[str, str],
    wrong: list[str],
) -> None:
    counter = browser("counter")
    item = sealed(counter, "NP-1")
    before = written()

    page = refused(counter, f"/items/{item}/exceptions/{act}", sent)

    assert list(faults(page)) == wrong
    assert value(page, f"why-{act}") == sent["why"]
    if sent.get("condition") == "wet":
        assert value(page, "condition-damage") == "wet"
    assert {value(page, f"why-{other}") for other in ("damage", "lost", "postpone") if other != act} == {""}  # fmt: skip
    assert written() == before


def test_two_who_settle_are_told_what_is_wrong_with_all_of_it(
    browser: Callable[[str], Browser], written: Callable[[], list[int]]
) -> None:
    counter, manager = browser("counter"), browser("manager")
    item = sealed(counter, "NP-1")
    counter.send(f"/items/{item}/exceptions/damage", condition="wet", why="mưa")
    before = written()
    path = f"/items/{item}/exceptions/settle"

    page = refused(manager, path, {"originals": "9999", "certified": "1", "photocopies": "x"})
    assert list(faults(page)) == ["originals-settle", "photocopies-settle", "witness-settle", "why-settle"]  # fmt: skip
    assert value(page, "originals-settle") == "9999"
    page = refused(manager, path, {"originals": "1", "witness": "không có", "why": "đã đếm"})
    assert list(faults(page)) == ["witness-settle"]
    assert (value(page, "witness-settle"), value(page, "why-settle")) == ("không có", "đã đếm")
    assert written() == before


def test_a_correction_is_told_what_is_wrong_with_all_of_it(
    browser: Callable[[str], Browser], written: Callable[[], list[int]]
) -> None:
    counter, manager = browser("counter"), browser("manager")
    item = sealed(counter, "NP-1")
    before = written()
    path = f"/items/{item}/corrections"

    page = refused(manager, path, {"event": "", "maker": "", "why": "x" * 201})
    assert list(faults(page)) == ["event", "maker", "why"]
    assert value(page, "why") == "x" * 201
    page = refused(manager, path, {"event": "no event", "maker": "không có", "why": "nhầm"})
    assert list(faults(page)) == ["event"]
    wrong = manager.text(path).partition(f'href="{path}/')[2][:36]
    page = refused(manager, f"{path}/{wrong}", {"maker": "", "because": "", "originals": "x"})
    assert set(faults(page)) >= {"originals", "maker", "because"}
    assert value(page, "originals") == "x"
    assert written() == before


# Results.


def test_a_result_says_at_its_own_form_what_is_wrong(
    browser: Callable[[str], Browser], session: Session, written: Callable[[], list[int]]
) -> None:
    desk = browser("desk_clerk")
    made = desk.send(f"/receptions/new/{w.EXTRACT}", reception_fields(desk))
    found = DOSSIER.search(made.get_data(as_text=True))
    assert found is not None
    path = f"/results/{found[1]}"
    assert desk.send(f"/dossiers/{found[1]}/resolve").status_code == 302
    before = written()

    page = refused(desk, f"{path}/envelope", {"originals": "1000", "serial": "KQ 1"})
    assert list(faults(page)) == ["originals-envelope", "serial-envelope"]
    assert value(page, "serial-envelope") == "KQ 1"
    page = refused(desk, f"{path}/at-desk", {"receiver": "a friend", "paper": "x" * 121})
    assert list(faults(page)) == ["receiver-at-desk", "paper-at-desk"]
    assert value(page, "paper-at-desk") == "x" * 121
    assert value(page, "serial-envelope") == ""
    page = refused(desk, f"{path}/at-desk", {"receiver": "authorised", "paper": ""})
    assert list(faults(page)) == ["paper-at-desk"]
    assert value(page, "receiver-at-desk") == "authorised"
    assert written() == before


# Scans.


def test_a_scan_says_at_its_field_what_is_wrong_and_that_the_file_is_gone(
    browser: Callable[[str], Browser],
    session: Session,
    world: World,
    written: Callable[[], list[int]],
) -> None:
    dossier = journeys.received(session, world).dossier
    session.commit()
    clerk, colleague = browser("desk_clerk"), browser("officer")
    before = written()

    page = upload(clerk, dossier, pages="0").get_data(as_text=True)
    assert list(faults(page)) == ["pages-upload"]
    assert value(page, "pages-upload") == "0"
    assert "hãy chọn lại tệp" in page
    page = upload(clerk, dossier, b"GIF89a", pages="3").get_data(as_text=True)
    assert list(faults(page)) == ["file-upload"]
    assert value(page, "pages-upload") == "3"
    for place in ("99", "x"):
        page = upload(clerk, dossier, position=place).get_data(as_text=True)
        assert list(faults(page)) == ["position-upload"]
    assert written() == before
    upload(clerk, dossier)
    number = session.scalars(select(ScanRow.id)).one()
    page = refused(colleague, f"/scans/{dossier}/{number}", {"verdict": "good"})
    assert list(faults(page)) == [f"verdict-{number}"]
    assert value(page, "pages-upload") == "1"


def test_the_page_speaks_english_too(
    browser: Callable[[str], Browser], at_desk: str, session: Session, world: World
) -> None:
    desk = browser("desk_clerk")
    desk.send("/language", language="en", next="/")
    desk.send(f"/dossiers/{at_desk}/receive")

    page = refused(desk, f"/dossiers/{at_desk}/extend", {"new_due": "", "why": ""})

    assert "2 things are not right" in page
    assert "Fields to correct:" in page
    assert faults(page)["new_due-extend"].startswith("“New due date” has to be a date.")


def test_a_role_that_is_taken_away_is_refused_at_its_own_form(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    administrator = browser("administrator")
    staff = world.counter.staff
    sent = {"what": "take_role", "role": "postal_clerk", "over": w.OFFICE, "why": "", "password": "my own password"}  # fmt: skip

    page = refused(administrator, f"/staff/{staff}", sent)

    form = f"{staff}-postal_clerk-{w.OFFICE}"
    assert list(faults(page)) == [f"why-{form}"]
    assert value(page, f"password-{form}") == ""
    assert session.get_one(StaffRow, staff).active
