"""What pages and papers tell of a time: claimed, estimated where that cannot be true, and how late it came."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Condition
from postal_service.domain.ids import ItemId
from postal_service.runtime import Runtime
from postal_service.services import checkpoints, handovers
from postal_service.storage.transaction import transaction
from tests.clock import NOON, Clock
from tests.printing.read_back import text_of
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import in_bag
from tests.services.phones import known_phone
from tests.services.signed_phones import send, take
from tests.services.world import World
from tests.web.conftest import Browser

Browsers = Callable[[str], Browser]
HOUR = timedelta(hours=1)
OFF, LATE, ESTIMATED = "đồng hồ lệch quá 10 phút", "gửi sau 6 giờ", "Giờ ước tính"


@pytest.fixture
def item(session: Session, world: World) -> ItemId:
    carried, _ = in_bag(session, world)
    return carried


def wet(session: Session, world: World, item: ItemId, clock: Clock) -> None:
    """Told on the courier's phone by this clock, and received at NOON."""
    phone = known_phone(session, world.courier, clock, item)
    phone.tell(item, acts.Damage(condition=Condition.WET, why="mưa"))
    send(session, phone)
    session.commit()


def extracted(browser: Browsers, runtime: Runtime, item: ItemId) -> str:
    with transaction(runtime.sessions) as store:
        checkpoints.make(store, origin=runtime.settings.origin, log_key=runtime.log_key, at=NOON)
    answer = browser("auditor").send(
        f"/items/{item}/extract", asked_by="Tòa án nhân dân khu vực 1", purpose="Vụ án số 12/2026"
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return text_of(answer.data)


def test_what_was_sent_hours_later_is_told_and_nobody_is_accused(
    browser: Browsers, session: Session, world: World, runtime: Runtime, item: ItemId
) -> None:
    wet(session, world, item, Clock(NOON - 6 * HOUR))

    page = browser("manager").text(f"/items/{item}")
    assert LATE in page
    assert OFF not in page
    assert ESTIMATED not in page
    words = extracted(browser, runtime, item)
    assert "— gửi sau 6 giờ" in words
    assert "(ước tính" not in words


def test_a_clock_that_cannot_be_right_is_shown_beside_the_estimate(
    browser: Browsers, session: Session, world: World, runtime: Runtime, item: ItemId
) -> None:
    wet(session, world, item, Clock(NOON + 48 * HOUR))

    page = browser("manager").text(f"/items/{item}")
    assert OFF in page
    assert "Giờ trên máy ký: 19:00 25/11/2026 · Giờ ghi sổ: 19:00 23/11/2026" in page
    assert "Giờ ước tính: 19:00 23/11/2026" in page
    words = extracted(browser, runtime, item)
    assert "19:00 25/11/2026 (ước tính 19:00 23/11/2026)" in words
    assert "— đồng hồ thiết bị lệch quá 10 phút" in words


def test_a_device_that_contradicts_itself_is_said_to(
    browser: Browsers, session: Session, world: World, runtime: Runtime, item: ItemId
) -> None:
    phone = known_phone(session, world.courier, Clock(NOON), item)
    for counter in (HOUR, -HOUR):
        phone._started -= counter
        phone.tell(item, acts.Damage(condition=Condition.WET, why="mưa"))
    send(session, phone)
    session.commit()

    assert "máy tự mâu thuẫn về giờ" in browser("manager").text(f"/items/{item}")
    assert "— thiết bị tự mâu thuẫn về giờ" in extracted(browser, runtime, item)


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        (Clock(NOON - 6 * HOUR), "13:00 23/11/2026 · máy báo về sau 6 giờ · Bưu cục Tam Kỳ"),
        (Clock(NOON + 48 * HOUR), "19:00 23/11/2026 · giờ ước tính · Bưu cục Tam Kỳ"),
    ],
)
def test_a_citizen_reads_when_it_can_have_been_and_never_a_phones_clock_alone(
    stranger: Browser, session: Session, world: World, clock: Clock, said: str
) -> None:
    made = journeys.received(session, world)
    ready = journeys.ready(session, world, made, at=w.MORNING)
    journeys.with_courier(session, world, ready, at=w.MORNING)
    phone = known_phone(session, world.courier, clock, ready.item)
    phone.tell(ready.item, acts.Attempt(reason="R01", action="A1", counted=True))
    send(session, phone)
    session.commit()

    page = stranger.send("/tracking", code=made.code, factor=made.pin).text
    label = stranger.text(f"/{ready.item}/{ready.label}")

    assert said in page
    at, how_known, office = said.split(" · ")
    assert f"{office} · từ {at} · {how_known}" in label
    assert "25/11/2026" not in page + label


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        (Clock(NOON - 6 * HOUR), "(gửi sau 6 giờ)"),
        (
            Clock(NOON + 48 * HOUR),
            "(giờ ước tính 19:00 23/11/2026; đồng hồ thiết bị lệch quá 10 phút)",
        ),
    ],
)
def test_the_control_slip_tells_how_its_times_are_known(
    browser: Browsers, session: Session, world: World, clock: Clock, said: str
) -> None:
    made = journeys.received(session, world)
    ready = journeys.ready(session, world, made, at=w.MORNING)
    journeys.seal(session, world, ready.item, by=world.desk_clerk, at=w.MORNING)
    handovers.offer(
        session, world.keys, [ready.item], to_unit=world.courier.unit,
        to_staff=world.courier.staff, by=world.desk_clerk, at=w.MORNING,
    )  # fmt: skip
    take(session, known_phone(session, world.courier, clock), [ready.item])
    session.commit()

    answer = browser("desk_clerk").get(f"/dossiers/{made.dossier}/papers/control-slip")

    assert said in text_of(answer.get_data())
    page = browser("desk_clerk").text(f"/dossiers/{made.dossier}")
    assert (OFF in page) is ("lệch" in said)
