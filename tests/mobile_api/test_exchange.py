"""What goes along beside a result is on the phone: the old papers, the envelope for them, the days to agree."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain.acts import CodeProof, Condition, Leg, Receiver
from postal_service.domain.attempts import STANDARD, Step
from postal_service.domain.ids import ItemId, RoundId
from postal_service.projections import holdings
from postal_service.runtime import Runtime
from postal_service.services import calendars, delivery, return_envelopes, round_loading
from postal_service.storage.transaction import transaction
from tests.clock import Clock
from tests.mobile_api.phones import Couriers
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.world import World

OLD_LICENCE = "Giấy phép lái xe cũ"


@dataclass
class Exchange:
    """A published round that brings a new licence for an old one."""

    round: RoundId
    licence: ItemId
    secret: str


@pytest.fixture
def clock() -> Clock:
    return Clock(d.EARLY)


@pytest.fixture
def exchange(runtime: Runtime, world: World) -> Exchange:
    with transaction(runtime.sessions) as session:
        licence, code = d.licence_at_office(session, world)
        return Exchange(d.published(session, world), licence, code.secret)


def load(runtime: Runtime, world: World, exchange: Exchange) -> ItemId:
    """Handed to the courier at the counter; the envelope that goes along."""
    with transaction(runtime.sessions) as session:
        loaded = round_loading.load(
            session, world.keys, exchange.round, tour=1, service="BR", by=world.counter,
            at=runtime.clock(),
        )  # fmt: skip
        return loaded.envelopes[0].item


def delivered(exchange: Exchange) -> acts.Deliver:
    return acts.Deliver(
        receiver=Receiver.OWNER,
        proof=CodeProof(rotation=1, secret=exchange.secret),
        counts=d.ONE,
        condition=Condition.OK,
        exchange="x-1",
        recovered=1,
    )


def test_before_it_is_loaded_the_phone_knows_what_is_taken_back(
    exchange: Exchange, phone: Phone
) -> None:
    phone.pull()

    known = phone._package(exchange.licence)
    assert (known["collect_back"], known["return_envelope"]) == ([OLD_LICENCE], "")


def test_the_envelope_that_was_given_out_is_told_as_a_change_and_comes_with_the_day(
    exchange: Exchange, phone: Phone, runtime: Runtime, world: World
) -> None:
    phone.pull()
    assert not phone.pull()
    cursor = phone.shift["cursor"]

    envelope = load(runtime, world, exchange)

    assert phone.call("GET", f"/changes?since={cursor}")["rounds_changed"]
    assert phone.pull()
    assert phone._package(exchange.licence)["return_envelope"] == envelope
    empty = phone._package(envelope)
    assert (empty["leg"], empty["state"], empty["goes_with"]) == ("RET", "C0", exchange.licence)
    assert (empty["destination"], empty["custody"]) == (w.DESK, "")
    assert len(empty["token"]) == 32
    told = phone.call("GET", f"/changes?since={phone.shift['cursor']}")
    assert (told["rounds_changed"], told["packages"]) == (False, [])


def test_the_exchange_is_signed_without_a_network_by_what_the_phone_was_given(
    exchange: Exchange, phone: Phone, runtime: Runtime, world: World
) -> None:
    envelope = load(runtime, world, exchange)
    phone.pull()
    phone.take_offered(exchange.licence)
    phone.tell(exchange.licence, acts.Out(round=exchange.round))
    phone.tell(exchange.licence, delivered(exchange))
    phone.take_back(envelope, d.ONE, exchange="x-1")
    phone.tell(envelope, acts.Pack(seal="NP-OLD", counts=d.ONE))

    assert [each["status"] for each in phone.send()] == ["accepted"] * 5
    with transaction(runtime.sessions) as session:
        kept = holdings.standings(session, [envelope])[envelope]
        assert (kept.leg, kept.destination, kept.seal) == (Leg.RET, w.DESK, "NP-OLD")
        assert return_envelopes.empty(session, exchange.licence) == ""


def test_another_couriers_phone_has_nothing_of_it(
    exchange: Exchange, couriers: Couriers, runtime: Runtime, world: World
) -> None:
    envelope = load(runtime, world, exchange)
    other = couriers.phone(world.far_courier)
    other.pull()
    assert envelope not in {each["item"] for each in other.shift["packages"]}


def test_the_phone_has_the_days_that_may_be_agreed_and_knows_which_reason_asks_for_one(
    phone: Phone,
) -> None:
    phone.pull()

    days = phone.shift["days_to_agree"]
    assert (days[0], len(days)) == ("2026-11-26", 10)
    assert "2026-11-29" not in days  # a Sunday
    reasons = phone.call("GET", "/code-lists/failure-reasons")["reasons"]
    assert [each["code"] for each in reasons if each["asks_day"]] == ["R06"]


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        ("2026-11-27", "2026-11-27"),
        ("2026-11-29", "2026-11-30"),  # a Sunday: the next day that is worked
        ("2026-11-25", "2026-11-26"),  # the same day is no other day
        ("2020-01-01", "2026-11-26"),
        ("2027-12-31", "2026-11-26"),
        ("2026-99-99", "2026-11-26"),  # no calendar has it
        ("", "2026-11-26"),
    ],
)
def test_the_day_a_phone_tells_is_kept_where_the_post_can_keep_it(
    exchange: Exchange, phone: Phone, runtime: Runtime, world: World, day: str, kept: str
) -> None:
    load(runtime, world, exchange)
    phone.pull()
    phone.take_offered(exchange.licence)
    phone.tell(
        exchange.licence,
        acts.Attempt(reason="R06", action="A1", counted=False, agreed_for=day),
    )
    assert [each["status"] for each in phone.send()] == ["accepted"] * 2

    with transaction(runtime.sessions) as session:
        following = delivery.next_step(
            session, exchange.licence, policy=STANDARD,
            calendar=calendars.common(session, calendars.POST), at=runtime.clock(),
        )  # fmt: skip
    assert following.step is Step.DELIVER
    assert following.not_before.isoformat() == kept
    assert following.is_agreed == (day in {"2026-11-27", "2026-11-29"})
    phone.pull()
    assert phone._package(exchange.licence)["agreed_for"] == day


def test_a_day_that_is_none_is_kept_apart_and_what_follows_still_counts(
    exchange: Exchange, phone: Phone, runtime: Runtime, world: World
) -> None:
    load(runtime, world, exchange)
    phone.pull()
    phone.take_offered(exchange.licence)
    phone.tell(
        exchange.licence,
        acts.Attempt(reason="R06", action="A1", counted=False, agreed_for="thứ Sáu"),
    )

    assert [each["status"] for each in phone.send()] == ["accepted", "quarantined"]
    with transaction(runtime.sessions) as session:
        standing = holdings.standings(session, [exchange.licence])[exchange.licence]
        assert (standing.tried, standing.agreed_for) == (False, "")


def test_a_day_beside_another_reason_agrees_nothing(
    exchange: Exchange, phone: Phone, runtime: Runtime, world: World, clock: Clock
) -> None:
    load(runtime, world, exchange)
    phone.pull()
    phone.take_offered(exchange.licence)
    phone.tell(
        exchange.licence,
        acts.Attempt(reason="R01", action="A1", counted=True, agreed_for="2026-11-27"),
    )
    phone.send()
    clock.forward(timedelta(minutes=1))
    phone.pull()
    assert phone._package(exchange.licence)["agreed_for"] == ""
