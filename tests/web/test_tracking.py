"""A citizen with both factors sees where his papers are; anybody else learns nothing, not even that they exist."""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from postal_service.app import create_app
from postal_service.domain.acts import Capacity
from postal_service.domain.ids import DossierId
from postal_service.runtime import Runtime
from postal_service.services import administrative, delivery, persons, reception
from postal_service.services.administrative import SupplementReason
from tests.printing.read_back import text_of
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import passed
from tests.services.registrations import LAN, registration
from tests.services.world import MORNING, World
from tests.web.conftest import Browser

LATER = MORNING + timedelta(hours=1)


def received(session: Session, world: World) -> reception.Received:
    made = reception.register(
        session, world.keys, registration(session), service="BH", by=world.counter, at=MORNING
    )
    session.commit()
    return made


def test_the_citizen_reads_one_sentence(stranger: Browser, session: Session, world: World) -> None:
    made = received(session, world)

    answer = stranger.send("/tracking", code=made.code, factor=made.pin)

    assert answer.status_code == 200
    assert "Bưu điện đã nhận hồ sơ và đang chuyển đến cơ quan giải quyết." in answer.text
    assert "Bưu cục Tam Kỳ" in answer.text
    assert "Nhân viên" not in answer.text  # no name of any member of staff
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_citizen_who_changes_the_language_is_not_sent_to_the_sign_in_of_the_staff(
    stranger: Browser, session: Session, world: World
) -> None:
    made = received(session, world)
    page = stranger.send("/tracking", code=made.code, factor=made.pin).text

    assert '<input type="hidden" name="next" value="/tracking">' in page
    assert stranger.send("/language", language="en", next="/tracking").location == "/tracking"
    assert "Follow a dossier" in stranger.text("/tracking")


def test_a_change_of_language_never_leads_to_what_only_takes_forms(
    browser: Callable[[str], Browser],
) -> None:
    page = browser("counter").send("/supplements/accept").text

    assert '<input type="hidden" name="next" value="/">' in page


def test_the_citizen_reads_who_looked_and_until_when_in_plain_words(
    stranger: Browser, session: Session, world: World
) -> None:
    made = journeys.received(session, world)
    ready = journeys.ready(session, world, made, at=MORNING)
    journeys.seal(session, world, ready.item, by=world.desk_clerk, at=MORNING)
    passed(session, world, [ready.item], world.desk_clerk, world.counter, Capacity.COUNTER)
    delivery.hold(
        session, world.keys, ready.item, until=date(2026, 12, 8), by=world.counter, at=MORNING
    )
    persons.look(
        session, world.vault, DossierId(made.dossier), purpose=persons.Purpose.PRINTING,
        by=world.counter, at=MORNING,
    )  # fmt: skip
    session.commit()

    page = stranger.send("/tracking", code=made.code, factor=made.pin).text

    assert "in giấy tờ, nhãn" in page
    assert "printing" not in page
    assert "08/12/2026" in page
    assert "2026-12-08" not in page


def test_a_dossier_without_a_date_says_why_in_both_languages(
    stranger: Browser, session: Session, world: World
) -> None:
    posted, withdrawn = received(session, world), received(session, world)
    asked, stopped = (journeys.received(session, world, w.CORRECTION) for _ in range(2))
    for made in (asked, stopped):
        administrative.request_supplement(
            session, made.dossier, ["Giấy tờ làm căn cứ thay đổi, cải chính"],
            reason=SupplementReason.ILLEGIBLE, by=world.officer, at=LATER,
        )  # fmt: skip
    why = "Người nộp đề nghị dừng"
    administrative.discontinue(session, stopped.dossier, why=why, by=world.officer, at=LATER)
    administrative.withdraw(
        session, world.keys, withdrawn.dossier, why=why, by=world.counter, at=LATER
    )
    session.commit()
    told = (
        (posted, ("chưa tính được, cơ quan chưa tiếp nhận", "the agency has not received it")),
        (asked, ("thời hạn đang tạm dừng", "the clock stands still")),
        (stopped, ("không có ngày hẹn", "there is no date")),
        (withdrawn, ("không có ngày hẹn", "there is no date")),
    )

    for place, language in enumerate(("vi", "en")):
        stranger.send("/language", language=language, next="/tracking")
        heading = ("Hẹn trả kết quả", "Result promised for")[place]
        for made, words in told:
            page = stranger.send("/tracking", code=made.code, factor=made.pin).text
            date = page.partition(f"<dt>{heading}</dt>")[2].partition("</dd>")[0]
            assert words[place] in date


def test_a_wrong_pin_and_an_unknown_code_answer_alike(
    stranger: Browser, session: Session, world: World
) -> None:
    made = received(session, world)
    wrong = stranger.send("/tracking", code=made.code, factor="ZZZZ")
    unknown = stranger.send("/tracking", code="H17.132-261123-9999", factor=made.pin)

    assert wrong.status_code == unknown.status_code == 404
    told = [answer.text.split('role="alert"')[1].split("</div>")[0] for answer in (wrong, unknown)]
    assert told[0] == told[1]
    assert made.pin not in wrong.text


def test_odd_forms_get_a_message_by_the_field(stranger: Browser) -> None:
    for code, factor in (("", ""), ("x" * 5_000, "1234"), ("<script>alert(1)</script>", "\0")):
        answer = stranger.send("/tracking", code=code, factor=factor)
        assert answer.status_code in {400, 404}
        assert "<script>alert(1)" not in answer.text


def test_guessing_is_slowed_down(stranger: Browser) -> None:
    answers = [
        stranger.send("/tracking", code="H17.132-261123-0001", factor=f"{n:04d}").status_code
        for n in range(14)
    ]

    assert answers[-1] == 429


def test_many_addresses_guess_at_one_dossier_no_faster(
    app: Flask, session: Session, world: World
) -> None:
    made = received(session, world)

    def look(address: int, code: str, factor: str) -> int:
        browser = Browser(app.test_client())
        token = browser.form_token()
        return browser.client.post(
            "/tracking",
            data={"csrf_token": token, "code": code, "factor": factor},
            environ_overrides={"REMOTE_ADDR": f"203.0.113.{address}"},
        ).status_code

    # Whoever knows the PIN may look as often as he likes; only wrong tries count.
    assert {look(n, made.code, made.pin) for n in range(3)} == {200}
    wrong = [look(10 + n, f" {made.code.lower()}", "ZZZZ") for n in range(61)]

    assert set(wrong[:60]) == {404}
    assert wrong[60] == 429
    assert look(100, "H17.132-261123-9999", "ZZZZ") == 404


def look(app: Flask, address: str, code: str, factor: str) -> tuple[int, str]:
    browser = Browser(app.test_client())
    token = browser.form_token()
    answer = browser.client.post(
        "/tracking",
        data={"csrf_token": token, "code": code, "factor": factor},
        environ_overrides={"REMOTE_ADDR": address},
    )
    return answer.status_code, answer.get_data(as_text=True)


def test_the_end_of_a_telephone_number_is_tried_five_times_a_day_by_everybody_together(
    app: Flask, session: Session, world: World
) -> None:
    made = received(session, world)
    right = LAN.phone[-4:]
    assert {look(app, f"203.0.113.{n}", made.code, right)[0] for n in range(8)} == {200}

    wrong = [look(app, f"203.0.113.{n}", made.code.lower(), "0000")[0] for n in range(20, 25)]
    assert wrong == [404] * 5
    status, page = look(app, "203.0.113.99", made.code, right)
    assert status == 429
    unseen = "\u200b"
    hidden = (made.code[:5] + unseen + made.code[5:], right[:2] + unseen + right[2:])
    assert look(app, "203.0.113.98", hidden[0], hidden[1])[0] == 429
    assert "Dùng mã PIN in trên giấy hẹn" in page
    assert right not in page
    # Whoever has the slip is not shut out by who guesses, and other dossiers stay open to their own.
    assert look(app, "203.0.113.99", made.code, made.pin)[0] == 200
    other = received(session, world)
    assert look(app, "203.0.113.99", other.code, right)[0] == 200


def test_one_address_tries_ends_of_telephone_numbers_at_five_dossiers_a_day(
    app: Flask, session: Session, world: World
) -> None:
    made = received(session, world)
    tried = [look(app, "203.0.113.7", f"H17.132-261123-9{n:03d}", f"{n:04d}")[0] for n in range(6)]
    assert tried == [404] * 5 + [429]
    assert look(app, "203.0.113.7", made.code, made.pin)[0] == 200
    assert look(app, "203.0.113.8", made.code, LAN.phone[-4:])[0] == 200


def test_who_has_a_whole_network_is_counted_as_one(
    app: Flask, session: Session, world: World
) -> None:
    received(session, world)
    tried = [
        look(app, f"2001:db8:1:2::{n}", f"H17.132-261123-9{n:03d}", f"{n:04d}")[0] for n in range(6)
    ]
    assert tried == [404] * 5 + [429]
    assert look(app, "2001:db8:1:3::1", "H17.132-261123-9000", "0000")[0] == 404


def test_the_hotline_stands_where_a_citizen_looks_if_there_is_one(
    runtime: Runtime, session: Session, world: World
) -> None:
    made = received(session, world)
    assert made.item is not None
    with_one = replace(runtime, settings=replace(runtime.settings, hotline="1900 54 54 81"))
    for told, is_there in ((with_one, True), (runtime, False)):
        stranger = Browser(create_app(told).test_client())
        for page in (
            stranger.text("/tracking"),
            stranger.send("/tracking", code=made.code, factor=made.pin).text,
            stranger.text(f"/{made.item}/{made.label}"),
        ):
            assert ('href="tel:1900545481"' in page) is is_there


def test_a_label_tells_the_way_but_no_person(
    stranger: Browser, session: Session, world: World
) -> None:
    made = received(session, world)
    assert made.item is not None
    assert made.label is not None
    good = stranger.get(f"/{made.item}/{made.label}")
    other = stranger.get(f"/{made.item}/{'0' * 26}")

    assert good.status_code == 200
    assert "Bưu cục Tam Kỳ" in good.text
    assert other.status_code == 404


def test_who_lets_somebody_else_receive_takes_the_form_along_once_there_is_a_result(
    stranger: Browser, session: Session, world: World
) -> None:
    made = journeys.received(session, world)
    session.commit()
    early = stranger.send("/tracking", code=made.code, factor=made.pin).text
    assert "application/pdf" not in early
    ready = journeys.ready(session, world, made, at=MORNING)
    session.commit()

    page = stranger.send("/tracking", code=made.code, factor=made.pin).text

    assert "Nhờ người khác nhận thay" in page
    (pdf,) = re.findall(r'base64,([^"]+)" download="[^"]+-uy-quyen.pdf"', page)
    words = text_of(b64decode(pdf))
    for said in ("GIẤY ỦY QUYỀN", made.code, ready.item, "UBND phường Tam Kỳ"):
        assert said in words, said
    assert "Lan" not in words  # codes and offices only: names are written by hand
    assert "application/pdf" not in stranger.send("/tracking", code=made.code, factor="ZZZZ").text


def test_the_code_on_a_record_leads_staff_to_the_item_and_the_public_to_the_question(
    stranger: Browser, browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    made = received(session, world)

    assert browser("counter").get(f"/{made.item}").location == f"/items/{made.item}"
    asked = {stranger.get(f"/{item}").location for item in (made.item, "BH999999995VN")}
    assert asked == {"/tracking"}  # whether there is such an item is told to nobody
    for nothing in ("BH999999994VN", "x" * 13, "%00" + "x" * 12):
        assert stranger.get(f"/{nothing}").status_code == 404
