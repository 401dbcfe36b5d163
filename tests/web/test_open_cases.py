"""The desk's page shows what a phone left half done, and what was delivered while a case was open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Condition
from postal_service.ledger.reading import entries_of
from postal_service.projections import holdings
from postal_service.services.half_handovers import LIMIT
from tests.clock import NOON, Clock
from tests.services.in_hand import PAPERS, in_bag
from tests.services.test_half_exchanges import Exchange, at_the_door
from tests.services.world import World
from tests.web.conftest import Browser

Browsers = Callable[[str], Browser]


@pytest.fixture
def exchange(session: Session, world: World, clock: Clock) -> Exchange:
    item, code = in_bag(session, world)
    return at_the_door(session, world, clock, item, code.secret)


def desk_a_day_later(browser: Browsers, session: Session, clock: Clock, login: str) -> str:
    session.commit()
    clock.at = NOON + LIMIT + timedelta(minutes=1)
    return browser(login).text("/desk")


def alarm(page: str) -> str:
    return page[page.index("Thu đổi giấy tờ dở dang quá 24 giờ") :].partition("</section>")[0]


def test_half_an_exchange_stands_on_the_desks_page_and_names_who_must_act(
    browser: Browsers, session: Session, clock: Clock, exchange: Exchange
) -> None:
    exchange.given(3)
    session.commit()
    assert "Thu đổi giấy tờ dở dang" not in browser("counter").text("/desk")

    told = alarm(desk_a_day_later(browser, session, clock, "counter"))

    assert exchange.result in told
    assert "thiếu bưu gửi thu lại" in told
    assert "ghi thu lại 3 bản chính" in told
    assert "Nhân viên courier phải gửi lên" in told
    assert "Thu đổi giấy tờ" not in browser("far_counter").text("/desk")


def test_the_other_half_alone_and_halves_that_differ_are_told_apart(
    browser: Browsers, session: Session, clock: Clock, exchange: Exchange
) -> None:
    exchange.taken(1)
    told = alarm(desk_a_day_later(browser, session, clock, "manager"))
    assert "thiếu lần phát" in told
    assert exchange.envelope in told

    exchange.given(3)
    told = alarm(desk_a_day_later(browser, session, clock, "manager"))
    assert "lần phát ghi thu lại 3 bản chính, bưu gửi thu lại ghi 1" in told
    assert "trưởng Bưu cục Tam Kỳ phải cho kiểm đếm" in told


def test_a_head_puts_right_what_was_told_of_papers_taken_back(
    browser: Browsers, session: Session, clock: Clock, world: World, exchange: Exchange
) -> None:
    delivered = exchange.given(3)
    session.commit()
    head, path = browser("manager"), f"/items/{exchange.result}/corrections/{delivered}"
    assert 'name="recovered"' in head.text(path)
    fields = {
        "receiver": "owner", "condition": "ok", "maker": "B-courier", "because": "không thu",
    }  # fmt: skip
    assert head.send(path, fields, recovered="-1").status_code == 400

    assert head.send(path, fields, recovered="0").status_code == 302

    assert "Thu đổi giấy tờ" not in desk_a_day_later(browser, session, clock, "manager")


def test_what_was_delivered_with_a_broken_seal_is_settled_from_the_desks_page(
    browser: Browsers, session: Session, exchange: Exchange
) -> None:
    custody = holdings.standings(session, [exchange.result])[exchange.result].custody
    broken = acts.Damage(condition=Condition.SEAL_BROKEN)
    exchange.giving.tell(exchange.result, broken, parent=custody)
    exchange.given(0, exchange="")
    session.commit()
    head, path = browser("manager"), f"/items/{exchange.result}/exceptions"
    page = head.text("/desk")
    assert "Đã kết thúc khi còn bất thường" in page
    assert f'href="{path}"' in page
    assert "Giải quyết" in head.text(path)

    answer = head.send(
        f"{path}/settle",
        {
            "originals": str(PAPERS.originals), "certified": "0",
            "photocopies": str(PAPERS.photocopies), "witness": "B-counter", "why": "đã hỏi",
        },
    )  # fmt: skip

    assert answer.status_code == 302
    assert "Đã kết thúc khi còn bất thường" not in head.text("/desk")
    assert isinstance(entries_of(session, exchange.result)[-1].event.act, acts.Clear)
