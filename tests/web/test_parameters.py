"""What an installation sets is what its pages do, and not what is shipped."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.administrative import AgencyRules
from postal_service.domain.attempts import DeliveryPolicy
from postal_service.runtime import Runtime
from postal_service.services import items
from tests.clock import Clock
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import result
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import offered, sealed


@pytest.fixture
def runtime(runtime: Runtime) -> Runtime:
    told = runtime.settings
    policy = DeliveryPolicy(door_attempts=1, hold_working_days=3)
    settings = replace(
        told,
        conditions=replace(told.conditions, delivery=policy),
        agency_rules=AgencyRules(extensions=0),
        half_handover_limit=timedelta(hours=2),
    )
    return replace(runtime, settings=settings)


def test_attempts_and_the_hold_are_those_of_the_contract(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    item, _ = result(session, world)
    session.commit()
    counter = browser("counter")

    assert counter.send(f"/items/{item}/attempt", reason="R01").status_code == 302
    assert "1 kết quả lưu tại đây đã đến hạn làm bước tiếp theo" in counter.text("/desk")
    assert counter.send(f"/items/{item}/invite").status_code == 302

    assert items.standing(session, item).held_until == "2026-11-27"  # the 24th is a day off


def test_a_half_handover_is_an_alarm_after_the_hours_that_are_set(
    browser: Callable[[str], Browser], clock: Clock
) -> None:
    counter = browser("counter")
    offered(counter, sealed(counter, "NP-1"))
    clock.at += timedelta(hours=2, minutes=1)

    assert "Bàn giao dở dang quá 2 giờ" in browser("desk_clerk").text("/desk")
    assert "quá hạn ký nhận" in browser("desk_clerk").text("/handovers")


def test_an_agency_moves_its_date_no_oftener_than_is_set(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    made = journeys.received(session, world, w.EXTRACT, at=w.MORNING)
    session.commit()
    told = {"new_due": "2026-12-07", "why": "chờ xác minh"}

    answer = browser("desk_clerk").send(f"/dossiers/{made.dossier}/extend", told)

    assert answer.status_code == 409
    assert "đã được đổi đủ 0 lần" in answer.get_data(as_text=True)
