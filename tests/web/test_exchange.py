"""An envelope for old papers is given out where a round is loaded, its label printed once, and stands on the run list."""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from postal_service.domain.acts import Capacity, Deliver
from postal_service.domain.ids import DossierId, ItemId, RoundId
from postal_service.domain.money import Means
from postal_service.ledger.reading import entries_of
from postal_service.services import charges, delivery, return_envelopes, taking
from postal_service.storage.schema import EntryRow, ItemRow, MessageCodeRow
from tests.clock import Clock
from tests.printing.read_back import text_of
from tests.services import rounds_day as d
from tests.services.in_hand import passed
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY
from tests.web.test_reception import PDF

Browsers = Callable[[str], Browser]
OLD_LICENCE = "Giấy phép lái xe cũ"


@dataclass
class Exchange:
    round: RoundId
    licence: ItemId


@pytest.fixture
def clock() -> Clock:
    return Clock(d.EARLY)


@pytest.fixture
def exchange(session: Session, world: World) -> Exchange:
    licence, _ = d.licence_at_office(session, world)
    d.results_at_office(session, world, d.homes(1))
    made = Exchange(d.published(session, world), licence)
    session.commit()
    return made


def envelopes(session: Session, licence: ItemId) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(ItemRow.item).filter_by(goes_with=licence)))


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def test_loading_prints_the_label_of_each_envelope_and_names_its_papers(
    browser: Browsers, session: Session, exchange: Exchange
) -> None:
    clerk = browser("counter")
    assert "Có 1 kết quả đổi lấy giấy tờ cũ" in clerk.text("/rounds/out")

    answer = clerk.send(f"/rounds/load/{exchange.round}", tour="1")

    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    (envelope,) = envelopes(session, exchange.licence)
    assert envelope in page
    assert OLD_LICENCE in page
    ((content, name),) = PDF.findall(page)
    label = text_of(b64decode(content))
    assert name == f"{envelope}-nhan-thu-lai.pdf"
    assert "GIẤY TỜ THU LẠI" in label
    assert OLD_LICENCE in label
    assert f'href="/items/{exchange.licence}"' in page
    assert envelope in clerk.text(f"/items/{exchange.licence}")


def test_a_round_is_loaded_once_and_a_second_time_gives_nothing_out(
    browser: Browsers, session: Session, exchange: Exchange
) -> None:
    clerk = browser("counter")
    clerk.send(f"/rounds/load/{exchange.round}", tour="1")
    before = events(session)

    assert clerk.send(f"/rounds/load/{exchange.round}", tour="1").status_code == 409
    for tour in ("0", "x", "99"):
        assert clerk.send(f"/rounds/load/{exchange.round}", tour=tour).status_code == 400

    assert len(envelopes(session, exchange.licence)) == 1
    assert events(session) == before


def test_the_run_list_names_the_old_papers_and_the_envelope_that_goes_along(
    browser: Browsers, session: Session, exchange: Exchange
) -> None:
    clerk = browser("counter")
    before = text_of(clerk.send(f"/rounds/run-list/{exchange.round}").data)
    assert f"Thu lại: {OLD_LICENCE}" in before
    assert "vào phong bì" not in before

    clerk.send(f"/rounds/load/{exchange.round}", tour="1")

    words = text_of(clerk.send(f"/rounds/run-list/{exchange.round}").data)
    (envelope,) = envelopes(session, exchange.licence)
    assert f"vào phong bì {envelope}" in words
    assert "Phong bì thu lại mang theo: 1 (một)" in words


def test_a_round_without_exchange_says_nothing_of_envelopes(
    browser: Browsers, session: Session, world: World
) -> None:
    d.results_at_office(session, world, d.homes(2))
    mine = d.published(session, world)
    session.commit()
    clerk = browser("counter")
    assert "giấy tờ cũ" not in clerk.text("/rounds/out")
    assert "Thu lại" not in text_of(clerk.send(f"/rounds/run-list/{mine}").data)
    assert clerk.send(f"/rounds/load/{mine}", tour="1").status_code == 302


def test_the_day_that_was_agreed_stands_on_the_run_list_and_the_items_page(
    browser: Browsers, session: Session, world: World, clock: Clock
) -> None:
    (item,) = d.results_at_office(session, world, d.homes(1))
    tried_at = d.EARLY - timedelta(days=2)
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER, at=tried_at)
    delivery.attempt(
        session, world.keys, item, reason="R06", agreed_for=d.DAY, by=world.courier,
        at=tried_at + timedelta(minutes=5),
    )  # fmt: skip
    passed(
        session, world, [item], world.courier, world.counter, Capacity.COUNTER,
        at=tried_at + timedelta(minutes=9),
    )  # fmt: skip
    mine = d.published(session, world)
    dossier = session.get_one(ItemRow, item).dossier
    session.commit()

    clerk = browser("counter")

    words = text_of(clerk.send(f"/rounds/run-list/{mine}").data)
    assert "Hẹn phát ngày 25/11/2026" in words
    assert "25/11/2026" in clerk.text(f"/items/{item}").partition("Hẹn phát")[2][:60]
    assert "hẹn phát 25/11/2026" in clerk.text(f"/dossiers/{dossier}")


def test_a_lost_label_is_replaced_on_the_results_page(
    browser: Browsers, session: Session, exchange: Exchange
) -> None:
    clerk, path = browser("counter"), f"/items/{exchange.licence}/return-envelope"
    key = FORM_KEY.search(clerk.text(f"/items/{exchange.licence}"))
    assert key is not None

    answer = clerk.send(path, form_key=key[1])

    assert answer.status_code == 200
    (envelope,) = envelopes(session, exchange.licence)
    page = answer.get_data(as_text=True)
    assert re.search(rf'download="{envelope}-nhan-thu-lai.pdf"', page)
    # Sent again by a double click it gives nothing more out.
    assert clerk.send(path, form_key=key[1]).status_code == 409
    assert len(envelopes(session, exchange.licence)) == 1


def test_who_may_not_or_has_nothing_to_take_back_gets_none(
    browser: Browsers, session: Session, exchange: Exchange
) -> None:
    path = f"/items/{exchange.licence}/return-envelope"
    for login in ("courier", "desk_clerk", "officer", "auditor", "administrator"):
        assert browser(login).send(path).status_code == 403, login
    clerk = browser("counter")
    assert clerk.send(path).status_code == 400
    assert clerk.send(path, form_key="<script>").status_code == 400
    key = FORM_KEY.search(clerk.text(f"/items/{exchange.licence}"))
    assert key is not None
    other = session.scalars(
        select(ItemRow.item).where(ItemRow.leg == "OUT", ItemRow.collect_back.is_(None))
    ).first()
    refused = clerk.send(f"/items/{other}/return-envelope", form_key=key[1])
    assert refused.status_code == 409
    assert "return-envelope" not in clerk.text(f"/items/{other}")
    missing = clerk.send("/items/BH999999995VN/return-envelope", form_key=key[1])
    assert missing.status_code == 404
    assert return_envelopes.of(session, [exchange.licence])[exchange.licence].envelope == ""


# --- Over the counter --------------------------------------------------------------------------


@dataclass
class AtCounter:
    item: ItemId
    secret: str
    clerk: Browser

    def deliver(self, **fields: str) -> TestResponse:
        sent = {"receiver": "owner", "proof": "code", "delivery_code": self.secret, **fields}
        return self.clerk.send(f"/items/{self.item}/delivery", sent)


@pytest.fixture
def counter(browser: Browsers, session: Session, world: World) -> AtCounter:
    item, code = d.licence_at_office(session, world)
    dossier = DossierId(session.get_one(ItemRow, item).dossier or "")
    for each in charges.owed(session, [dossier]).get(dossier, ()):
        taking.at_counter(
            session, dossier, each.id, Means.CASH, reference="", by=world.counter, at=d.EARLY
        )  # fmt: skip
    session.commit()
    return AtCounter(item, code.payload, browser("counter"))


def test_the_page_names_what_the_result_is_given_for(
    browser: Browsers, session: Session, world: World, counter: AtCounter
) -> None:
    page = counter.clerk.text(f"/items/{counter.item}/delivery")
    assert f"Kết quả này đổi lấy: {OLD_LICENCE}." in page
    assert 'name="cannot_give_back"' in page
    (other,) = d.results_at_office(session, world, d.homes(1))
    session.commit()
    page = counter.clerk.text(f"/items/{other}/delivery")
    assert "đổi lấy" not in page
    assert 'name="cannot_give_back"' not in page


@pytest.mark.parametrize("recovered", ["0", ""])
def test_a_result_is_not_given_out_without_the_old_papers_and_the_field_says_so(
    session: Session, counter: AtCounter, recovered: str
) -> None:
    before = events(session)

    answer = counter.deliver(recovered=recovered)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'aria-describedby="recovered-deliver-hint recovered-deliver-fault"' in page
    fault = page.partition('id="recovered-deliver-fault">')[2].partition("</p>")[0]
    assert OLD_LICENCE in fault
    assert events(session) == before


def test_what_the_citizen_cannot_give_back_is_said_by_a_tick_and_shown_of_the_delivery(
    session: Session, counter: AtCounter
) -> None:
    assert counter.deliver(recovered="0", cannot_give_back="1").status_code == 302

    act = entries_of(session, counter.item)[-1].event.act
    assert isinstance(act, Deliver)
    assert (act.recovered, act.exchange) == (0, "")
    page = counter.clerk.text(f"/items/{counter.item}")
    assert "khi phát không thu lại được bản nào" in page


def test_papers_taken_back_need_no_tick_and_nothing_is_said_to_be_missing(
    session: Session, counter: AtCounter
) -> None:
    assert counter.deliver(recovered="1").status_code == 302

    act = next(
        each.event.act
        for each in entries_of(session, counter.item)
        if isinstance(each.event.act, Deliver)
    )
    assert (act.recovered, act.commitment) == (1, "")
    page = counter.clerk.text(f"/items/{counter.item}")
    assert "không thu lại được" not in page
    assert "Bản chính thu lại" in page


def test_a_code_by_message_is_not_tried_where_the_old_papers_are_missing(
    session: Session, counter: AtCounter
) -> None:
    counter.clerk.send(f"/items/{counter.item}/message-code")
    answer = counter.clerk.send(
        f"/items/{counter.item}/delivery", receiver="owner", proof="message", message_code="123456"
    )
    assert answer.status_code == 400
    session.expire_all()
    assert [row.tries for row in session.scalars(select(MessageCodeRow))] == [0]


@pytest.mark.parametrize(
    ("badge", "answer"),
    [("B-far_counter", 409), ("B-desk_clerk", 409), ("B-administrator", 409),
     ("B-auditor", 409), ("B-second_counter", 302)],
)  # fmt: skip
def test_the_witness_beside_the_manager_is_of_his_own_office(
    browser: Browsers, session: Session, counter: AtCounter, badge: str, answer: int
) -> None:
    before = events(session)

    told = browser("manager").send(
        f"/items/{counter.item}/delivery", receiver="owner", proof="override", witness=badge,
        cannot_give_back="1",
    )  # fmt: skip

    assert told.status_code == answer
    if answer == 409:
        page = told.get_data(as_text=True)
        assert 'id="witness-deliver-fault"' in page
        assert events(session) == before
