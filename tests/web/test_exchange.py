"""An envelope for old papers is given out where a round is loaded, its label printed once, and stands on the run list."""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity
from postal_service.domain.ids import ItemId, RoundId
from postal_service.services import delivery, return_envelopes
from postal_service.storage.schema import EntryRow, ItemRow
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
