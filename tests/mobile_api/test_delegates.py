"""A courier's phone knows whoever was named to receive, and hands over against that person's code."""

from dataclasses import dataclass

import pytest

from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain.acts import Capacity, CodeProof, Condition, Counts, Receiver
from postal_service.domain.codes import DeliveryCode
from postal_service.domain.custody import State
from postal_service.domain.ids import ItemId, RoundId
from postal_service.projections import holdings
from postal_service.runtime import Runtime
from postal_service.services import handovers
from postal_service.storage.transaction import transaction
from tests.clock import NOON, Clock
from tests.services import journeys
from tests.services import world as w
from tests.services.test_delegates import at_counter, name, on_a_round
from tests.services.world import World


@dataclass
class Named:
    """A result that is offered to the courier of its round; Mai was named before."""

    round: RoundId
    item: ItemId
    owners: DeliveryCode
    delegates: DeliveryCode


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def named(runtime: Runtime, world: World) -> Named:
    with transaction(runtime.sessions) as session:
        lying = at_counter(session, world, journeys.received(session, world))
        round_id = on_a_round(session, world, lying)
        code = name(session, world, lying.received)
        handovers.offer(
            session, world.keys, [lying.item], to_unit=w.OFFICE, to_staff=world.courier.staff,
            by=world.counter, at=NOON,
        )  # fmt: skip
        assert lying.received.delivery_code is not None
        return Named(round_id, lying.item, lying.received.delivery_code, code)


def handed_over(phone: Phone, named: Named, code: DeliveryCode) -> list[object]:
    """Taken over and given out against this code; what became of both."""
    phone.pull()
    phone.take_offered(named.item)
    known = phone._package(named.item)
    phone.tell(
        named.item,
        acts.Deliver(
            receiver=Receiver.AUTHORISED,
            proof=CodeProof(rotation=code.rotation, secret=code.secret),
            counts=Counts(**known["counts"]),
            condition=Condition.OK,
        ),
    )
    return [each["status"] for each in phone.send()]


def test_whoever_was_named_stands_first_with_what_the_card_check_needs(
    named: Named, phone: Phone
) -> None:
    told = phone.call("GET", f"/rounds/{named.round}/contacts")["contacts"]

    assert [each["role"] for each in told] == ["delegate", "receiver", "owner", "submitter"]
    assert (told[0]["name"], told[0]["phone"], told[0]["citizen_last4"], told[0]["address"]) == (
        "Trần Thị Mai", "+84914222333", "3457", "",
    )  # fmt: skip


def test_the_delegates_code_ends_the_custody_without_a_network(
    named: Named, phone: Phone, runtime: Runtime
) -> None:
    phone.pull()
    known = phone._package(named.item)
    assert (known["rotation"], known["lock"]) == (2, named.delegates.lock)

    assert handed_over(phone, named, named.delegates) == ["accepted", "accepted"]

    with transaction(runtime.sessions) as session:
        standing = holdings.standings(session, [named.item])[named.item]
        assert (standing.state, standing.holder) == (State.DELIVERED, None)


def test_the_owners_old_code_proves_nothing_any_more(
    named: Named, phone: Phone, runtime: Runtime, world: World
) -> None:
    assert handed_over(phone, named, named.owners) == ["accepted", "conflict"]

    with transaction(runtime.sessions) as session:
        standing = holdings.standings(session, [named.item])[named.item]
        assert standing.holder is not None
        assert (standing.holder.staff, standing.holder.capacity) == (
            world.courier.staff, Capacity.COURIER,
        )  # fmt: skip
