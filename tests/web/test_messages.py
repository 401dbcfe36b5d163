"""What became of messages is seen by who may see it; one that was given up is tried again by name."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.app import create_app
from postal_service.runtime import Runtime
from postal_service.services import outbox
from postal_service.services.gateways import Later, Never, Taken, Via, WhyNot
from postal_service.services.outbox import LISTED
from postal_service.storage.schema import MessageCodeRow, OutboxRetryRow, OutboxRow
from tests.clock import Clock
from tests.services import world as w
from tests.services.messages import LIFE, put
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.test_delivery import AtCounter, result

__all__ = ["result"]

REFUSED = Never(why=WhyNot.REFUSED, status=422)
AGAIN = re.compile(r'action="(/messages/\d+/again)"')
SECRETS = ("905123456", "482913", "Ma one")


@pytest.fixture
def waiting(session: Session, world: World, clock: Clock) -> None:
    put(session, world.vault, "one", at=clock())
    session.commit()


@pytest.fixture
def dead(session: Session, waiting: None, clock: Clock) -> OutboxRow:
    """A message that the gateway refused."""
    ended(session, clock, REFUSED)
    return session.scalars(select(OutboxRow)).one()


def ended(
    session: Session, clock: Clock, answer: Taken | Later | Never, via: Via = Via.GATEWAY
) -> None:
    """What waits is tried, and this comes of it."""
    claimed = outbox.claim(session, at=clock())
    assert claimed is not None
    outbox.settle(session, claimed, answer, via=via, at=clock())
    session.commit()


def test_the_page_is_for_administrators_and_auditors(browser: Callable[[str], Browser]) -> None:
    for login in ("administrator", "auditor"):
        assert "Không có tin nhắn nào" in browser(login).text("/messages")
        assert "/messages" in browser(login).text("/audit")
    for login in ("manager", "counter", "desk_clerk", "courier", "officer"):
        assert browser(login).get("/messages").status_code == 403


def test_a_message_is_told_with_its_reason_and_without_what_is_secret(
    browser: Callable[[str], Browser], dead: OutboxRow
) -> None:
    page = browser("auditor").text("/messages")
    for said in (
        "BH000000005VN", "090****456", "không gửi được", "tổng đài từ chối tin này",
        "trả lời HTTP 422", "đã thử 1 lần", "Bưu cục Tam Kỳ", "09:00 23/11/2026",
    ):  # fmt: skip
        assert said in page, said
    for secret in (*SECRETS, dead.key):
        assert secret not in page.replace("message", ""), secret
    assert not AGAIN.search(page)  # an auditor looks on


def test_each_list_shows_its_own(
    browser: Callable[[str], Browser], session: Session, waiting: None, clock: Clock
) -> None:
    auditor = browser("auditor")
    assert "BH000000005VN" in auditor.text("/messages?show=waiting")
    assert "BH000000005VN" not in auditor.text("/messages?show=sent")
    assert "BH000000005VN" not in auditor.text("/messages")

    ended(session, clock, Later(why=WhyNot.BUSY, status=429, wait=timedelta(minutes=2)))
    page = auditor.text("/messages?show=waiting")
    assert "tổng đài đang bận" in page
    assert "Thử tiếp lúc 09:02 23/11/2026" in page
    assert "Mã hết hạn lúc 09:10 23/11/2026" in page

    clock.forward(timedelta(minutes=2))
    ended(session, clock, Taken())
    page = auditor.text("/messages?show=sent")
    assert "đã gửi · qua tổng đài" in page
    assert "BH000000005VN" not in auditor.text("/messages?show=waiting")


@pytest.mark.parametrize("asked", ["?show=nothing", "?show=%00", "?before=x", "?before=%00"])
def test_a_list_that_there_is_not_is_the_first(
    browser: Callable[[str], Browser], dead: OutboxRow, asked: str
) -> None:
    assert "BH000000005VN" in browser("auditor").text(f"/messages{asked}")


def test_long_lists_go_on(
    browser: Callable[[str], Browser], session: Session, world: World, clock: Clock
) -> None:
    for number in range(LISTED + 1):
        put(session, world.vault, f"m{number}", subject=f"BH{number:09}VN", at=clock())
    session.commit()
    auditor = browser("auditor")
    first = auditor.text("/messages?show=waiting")
    following = re.search(r'href="(/messages\?show=waiting&amp;before=\d+)"', first)
    assert following is not None
    assert "BH000000000VN" not in first
    assert "BH000000000VN" in auditor.text(following[1].replace("&amp;", "&"))


def test_an_administrator_has_it_tried_again_and_stands_beside_it(
    browser: Callable[[str], Browser], session: Session, dead: OutboxRow
) -> None:
    administrator = browser("administrator")
    again = AGAIN.search(administrator.text("/messages"))
    assert again is not None
    answer = administrator.send(again[1])
    assert (answer.status_code, answer.location) == (302, "/messages?show=waiting")
    page = administrator.text(answer.location)
    assert "Nhân viên administrator yêu cầu gửi lại lúc 09:00 23/11/2026" in page
    session.expire_all()
    assert (dead.state, dead.attempts) == ("waiting", 0)

    twice = administrator.send(again[1])
    assert twice.status_code == 409
    assert "không cần gửi lại" in twice.get_data(as_text=True)
    assert len(session.scalars(select(OutboxRetryRow)).all()) == 1


def test_nobody_else_has_it_tried_again(
    browser: Callable[[str], Browser], session: Session, dead: OutboxRow
) -> None:
    path = f"/messages/{dead.id}/again"
    for login in ("auditor", "manager", "counter"):
        assert browser(login).send(path).status_code == 403
    w.far_administrator(session)
    session.commit()
    far = browser("far_administrator")
    assert "BH000000005VN" not in far.text("/messages")
    foreign, missing = far.send(path), far.send("/messages/999999999/again")
    assert foreign.status_code == missing.status_code == 404
    assert browser("administrator").send("/messages/99999999999999999999/again").status_code == 404
    session.expire_all()
    assert dead.state == "dead"


def test_what_is_over_is_not_tried_again(
    browser: Callable[[str], Browser], session: Session, dead: OutboxRow, clock: Clock
) -> None:
    administrator = browser("administrator")
    clock.forward(LIFE)
    assert not AGAIN.search(administrator.text("/messages"))
    refused = administrator.send(f"/messages/{dead.id}/again")
    assert refused.status_code == 409
    assert "mã mới" in refused.get_data(as_text=True)
    session.expire_all()
    assert dead.state == "dead"


def test_without_a_gateway_the_page_says_so_and_offers_nothing(
    runtime: Runtime, browser: Callable[[str], Browser], dead: OutboxRow
) -> None:
    administrator = without_gateway(runtime, browser("administrator"))
    page = administrator.text("/messages")
    assert "chưa khai tổng đài nhắn tin" in page
    assert not AGAIN.search(page)
    refused = administrator.send(f"/messages/{dead.id}/again")
    assert refused.status_code == 409
    assert "chưa khai tổng đài" in refused.get_data(as_text=True)


def test_the_page_speaks_english(browser: Callable[[str], Browser], dead: OutboxRow) -> None:
    auditor = browser("auditor")
    auditor.send("/language", language="en", next="/messages")
    page = auditor.text("/messages")
    for said in ("Messages to citizens", "the gateway refuses this message", "given up", "1 tr"):
        assert said in page


def without_gateway(runtime: Runtime, signed_in: Browser) -> Browser:
    """The same person before a service that has no gateway."""
    bare = replace(runtime, settings=replace(runtime.settings, gateway=None))
    other = Browser(create_app(bare).test_client())
    cookie = signed_in.client.get_cookie("postal_office")
    assert cookie is not None
    other.client.set_cookie("postal_office", cookie.value, httponly=True)
    return other


def asked_for(result: AtCounter) -> str:
    """The counter asks for a code; what the page then says."""
    answer = result.counter.send(f"/items/{result.item}/message-code")
    assert answer.status_code == 302
    return said(result)


def said(result: AtCounter) -> str:
    page = result.counter.text(f"/items/{result.item}/delivery")
    found = re.search(r'id="message-state">(.*?)</p>', page, re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def test_the_counter_reads_from_the_record_what_became_of_the_code(
    result: AtCounter, session: Session, clock: Clock
) -> None:
    assert said(result) == ""
    assert asked_for(result).startswith("Tin đang được gửi đến 090****456.")

    ended(session, clock, Later(why=WhyNot.NO_ANSWER, wait=timedelta(minutes=1)))
    assert said(result).startswith(
        "Chưa gửi được đến 090****456: tổng đài không trả lời. "
        "Hệ thống tự thử lại lúc 09:01 23/11/2026."
    )
    clock.forward(timedelta(minutes=1))
    ended(session, clock, Taken())
    assert said(result) == (
        "Đã gửi đến 090****456 lúc 09:01 23/11/2026. Mã có hiệu lực đến 09:10 23/11/2026."
    )


def test_the_counter_reads_why_a_code_could_not_be_sent(
    result: AtCounter, session: Session, clock: Clock
) -> None:
    asked_for(result)
    ended(session, clock, Never(why=WhyNot.NOT_LET_IN, status=401))
    assert said(result) == (
        "Không gửi được đến 090****456: tổng đài không nhận mã truy cập của hệ thống. "
        "Dùng cách xác nhận khác, hoặc yêu cầu mã mới."
    )


def test_a_code_that_went_into_a_folder_is_not_called_sent(
    result: AtCounter, session: Session, clock: Clock
) -> None:
    asked_for(result)
    ended(session, clock, Taken(), via=Via.FOLDER)
    assert "không điện thoại nào nhận được" in said(result)
    assert "Đã gửi" not in said(result)


def test_without_a_gateway_the_counter_is_offered_the_other_proofs(
    result: AtCounter, runtime: Runtime, session: Session
) -> None:
    bare = without_gateway(runtime, result.counter)
    path = f"/items/{result.item}"
    page = bare.text(f"{path}/delivery")
    assert "Ở đây chưa gửi được tin nhắn" in page
    assert 'value="message"' not in page
    assert "Gửi mã đến điện thoại" not in page
    for proof in ("code", "card", "override"):
        assert f'value="{proof}"' in page

    refused = bare.send(f"{path}/message-code")
    assert refused.status_code == 409
    assert "Không có gì được gửi" in refused.get_data(as_text=True)
    assert session.scalars(select(OutboxRow)).all() == []
    assert session.scalars(select(MessageCodeRow)).all() == []


def test_a_code_from_before_the_gateway_went_can_still_be_told(
    result: AtCounter, runtime: Runtime
) -> None:
    asked_for(result)
    page = without_gateway(runtime, result.counter).text(f"/items/{result.item}/delivery")
    assert 'value="message"' in page
