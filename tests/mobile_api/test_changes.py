"""What others did to the courier's day reaches his phone: money, people, and what somebody else took."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from postal_service.demo.phone import Phone, ServerSaidNoError
from postal_service.domain.actors import Actor
from postal_service.domain.acts import (
    Capacity,
    CardProof,
    Condition,
    CorrectionKind,
    Counts,
    Deliver,
    Receiver,
    ReservedFor,
)
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.money import Line, Means
from postal_service.domain.persons import PersonRole
from postal_service.projections import holdings
from postal_service.runtime import Runtime
from postal_service.services import charges, corrections, cursors, handovers, particulars
from postal_service.services.charges import Due
from postal_service.services.handovers import Reservation
from postal_service.services.particulars import Basis
from postal_service.storage.schema import ItemRow, PickupRow
from postal_service.storage.transaction import transaction
from tests.clock import NOON
from tests.mobile_api.phones import Couriers, collected, numbers
from tests.mobile_api.test_payments import Owing, carried, paid, tell
from tests.mobile_api.test_rounds import publish
from tests.services.in_hand import passed, sealed
from tests.services.rounds_day import homes, pickup, result_at_desk, second_courier
from tests.services.world import FAR_OFFICE, OFFICE, World

Settling = Callable[[Session, World, DossierId], object]


def heard(phone: Phone) -> dict[str, Any]:
    """What became of the day since the phone loaded it."""
    return phone.call("GET", f"/changes?since={phone.shift['cursor']}")


@pytest.fixture
def for_all(runtime: Runtime, world: World) -> ItemId:
    """A result that the desk has put out for whoever of the office comes first."""
    with transaction(runtime.sessions) as session:
        item = result_at_desk(session, world, homes(1)[0])
        handovers.offer(session, world.keys, [item], to_unit=OFFICE, by=world.desk_clerk, at=NOON)
        return item


# Money


@pytest.fixture
def owing(runtime: Runtime, world: World) -> Owing:
    """A result in the courier's hands that is on no round of his."""
    with transaction(runtime.sessions) as session:
        return carried(session, world)


@pytest.fixture
def visited(runtime: Runtime, world: World) -> DossierId:
    """A home on his round of today, where a dossier is to be collected."""
    with transaction(runtime.sessions) as session:
        asked = pickup(session, world)
        session.get_one(PickupRow, asked).day = NOON.date()
        publish(session, "round-1", world.courier.staff, [], asked)
        return asked


def paid_at_counter(session: Session, world: World, dossier: DossierId) -> object:
    first, *_ = charges.accounts(session, dossier)
    return charges.pay(session, first.id, Means.CASH, reference="", by=world.counter, at=NOON)


def waived(session: Session, world: World, dossier: DossierId) -> object:
    first, *_ = charges.accounts(session, dossier)
    return charges.exempt(session, first.id, basis="QĐ 12", by=world.counter, at=NOON)


def added(session: Session, world: World, dossier: DossierId) -> object:
    due = Due(line=Line.COLLECTED_FOR_OTHERS, amount_dong=50_000)
    return charges.open_due(session, dossier, due, by=world.counter, at=NOON)


@pytest.mark.parametrize("settle", [paid_at_counter, waived, added])
def test_the_phone_hears_that_something_else_is_to_be_collected_for_what_it_carries(
    owing: Owing, phone: Phone, runtime: Runtime, world: World, settle: Settling
) -> None:
    phone.pull()
    before = phone._package(owing.item)["charges"]
    assert not heard(phone)["rounds_changed"]

    with transaction(runtime.sessions) as session:
        settle(session, world, owing.dossier)

    assert heard(phone)["rounds_changed"]
    assert phone.pull()
    assert phone._package(owing.item)["charges"] != before
    assert not heard(phone)["rounds_changed"]


@pytest.mark.parametrize("settle", [paid_at_counter, waived, added])
def test_and_at_a_home_of_its_round(
    visited: DossierId, phone: Phone, runtime: Runtime, world: World, settle: Settling
) -> None:
    phone.pull()
    with transaction(runtime.sessions) as session:
        settle(session, world, visited)

    assert heard(phone)["rounds_changed"]


def test_what_the_courier_told_himself_is_no_news_to_his_phone(
    owing: Owing, phone: Phone, runtime: Runtime
) -> None:
    phone.pull()

    (told,) = tell(phone, paid(owing.postage))

    assert told["status"] == "recorded"
    assert not heard(phone)["rounds_changed"]


def test_what_another_courier_is_to_collect_is_nobody_elses_news(
    couriers: Couriers, owing: Owing, runtime: Runtime, world: World
) -> None:
    far = couriers.phone(world.far_courier)
    far.pull()

    with transaction(runtime.sessions) as session:
        paid_at_counter(session, world, owing.dossier)

    assert not heard(far)["rounds_changed"]


def test_what_is_offered_to_all_changes_no_day_before_it_is_taken(
    for_all: ItemId, phone: Phone, runtime: Runtime, world: World
) -> None:
    phone.pull()
    assert phone._package(for_all)["charges"]

    with transaction(runtime.sessions) as session:
        waived(session, world, DossierId(session.get_one(ItemRow, for_all).dossier or ""))
    assert not heard(phone)["rounds_changed"]

    phone.take_offered(for_all)
    phone.send()
    (told,) = heard(phone)["packages"]
    assert (told["item"], told["charges"]) == (for_all, [])


# People


@pytest.mark.parametrize("right", [True, False])
def test_the_phone_hears_that_somebodys_telephone_was_put_right(
    visited: DossierId, phone: Phone, runtime: Runtime, world: World, *, right: bool
) -> None:
    phone.pull()
    with transaction(runtime.sessions) as session:
        waiting = particulars.propose(
            session, world.vault, visited, PersonRole.SUBMITTER,
            particulars.Changes(phone="0914 222 333"), basis=Basis.CITIZEN, by=world.counter, at=NOON,
        )  # fmt: skip
    assert not heard(phone)["rounds_changed"]  # nobody has compared it yet

    with transaction(runtime.sessions) as session:
        particulars.decide(
            session, world.vault, waiting.id, right=right, by=world.second_counter, at=NOON
        )

    assert heard(phone)["rounds_changed"] is right
    (contact, *_) = phone.call("GET", "/rounds/round-1/contacts")["contacts"]
    assert (contact["phone"] == "+84914222333") is right


# What somebody else took


@pytest.fixture
def second(couriers: Couriers, runtime: Runtime, world: World) -> Phone:
    """The phone of another courier of the same office."""
    with transaction(runtime.sessions) as session:
        courier = second_courier(session, world)
    return couriers.phone(courier)


@pytest.fixture
def far(couriers: Couriers, world: World) -> Phone:
    """The phone of a courier of another office."""
    return couriers.phone(world.far_courier)


def loaded(*phones: Phone) -> None:
    for phone in phones:
        phone.pull()


def batch_of(session: Session, item: ItemId) -> str:
    standing = holdings.standings(session, [item])[item]
    assert standing.offered is not None
    return standing.offered.batch


def test_what_one_courier_took_is_gone_from_the_phones_of_all_who_could_have_taken_it(
    for_all: ItemId, phone: Phone, second: Phone, far: Phone
) -> None:
    loaded(phone, second, far)
    assert second._package(for_all)["offer"]

    phone.take_offered(for_all)
    assert [each["status"] for each in phone.send()] == ["accepted"]

    assert (heard(second)["packages"], heard(second)["gone"]) == ([], [for_all])
    assert [each["item"] for each in heard(phone)["packages"]] == [for_all]
    assert heard(far)["gone"] == []


def test_what_a_clerk_took_for_the_counter_is_gone_from_every_couriers_phone(
    for_all: ItemId, phone: Phone, far: Phone, runtime: Runtime, world: World
) -> None:
    loaded(phone, far)

    with transaction(runtime.sessions) as session:
        handovers.take(
            session, world.keys, batch_of(session, for_all), capacity=Capacity.COUNTER,
            reserved={}, by=world.counter, at=NOON,
        )  # fmt: skip

    assert heard(phone)["gone"] == [for_all]
    assert heard(far)["gone"] == []


def taken_back(session: Session, world: World, item: ItemId) -> object:
    batch = batch_of(session, item)
    return handovers.withdraw(session, world.keys, batch, why="", by=world.desk_clerk, at=NOON)


def refused(session: Session, world: World, item: ItemId) -> object:
    reserved = {item: Reservation(reserved_for=ReservedFor.SEAL)}
    return handovers.take(
        session, world.keys, batch_of(session, item), capacity=Capacity.COUNTER,
        reserved=reserved, by=world.counter, at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize("end", [taken_back, refused])
def test_an_offer_that_ended_is_told_to_those_it_was_for_and_to_nobody_else(
    for_all: ItemId,
    phone: Phone,
    far: Phone,
    runtime: Runtime,
    world: World,
    end: Callable[[Session, World, ItemId], object],
) -> None:
    loaded(phone, far)

    with transaction(runtime.sessions) as session:
        end(session, world, for_all)

    assert heard(phone)["gone"] == [for_all]
    assert heard(far)["gone"] == []


def test_what_was_put_out_for_one_person_is_nobody_elses_news(
    phone: Phone, second: Phone, runtime: Runtime, world: World
) -> None:
    with transaction(runtime.sessions) as session:
        (item,) = sealed(session, world)
        offered = handovers.offer(
            session, world.keys, [item], to_unit=OFFICE, to_staff=world.courier.staff,
            by=world.counter, at=NOON,
        )  # fmt: skip
    loaded(phone, second)

    with transaction(runtime.sessions) as session:
        handovers.withdraw(session, world.keys, offered.batch, why="", by=world.counter, at=NOON)

    assert heard(phone)["gone"] == [item]
    assert heard(second)["gone"] == []


def test_a_correction_is_told_to_whom_it_concerns_and_to_nobody_else(
    phone: Phone, second: Phone, far: Phone, runtime: Runtime, world: World
) -> None:
    with transaction(runtime.sessions) as session:
        (item,) = sealed(session, world)
        passed(session, world, [item], world.counter, world.courier, Capacity.COURIER)
        wrong = holdings.standings(session, [item])[item].custody
    loaded(phone, second, far)

    with transaction(runtime.sessions) as session:
        corrections.correct(
            session, world.keys, wrong, kind=CorrectionKind.DID_NOT_OCCUR,
            maker=world.counter.staff, why="nhầm", by=world.manager, at=NOON,
        )  # fmt: skip

    (told,) = heard(phone)["packages"]
    assert (told["item"], told["holder"]) == (item, world.counter.staff)
    for other in (second, far):
        assert (heard(other)["packages"], heard(other)["gone"]) == ([], [])


def test_what_his_counter_gave_away_is_gone_from_the_phone_of_a_clerk_who_rides_too(
    couriers: Couriers, second: Phone, runtime: Runtime, world: World
) -> None:
    with transaction(runtime.sessions) as session:
        clerk = Actor(
            staff=second.staff, unit=OFFICE, path=world.courier.path,
            grants=(*world.courier.grants, *world.counter.grants),
        )  # fmt: skip
        (item,) = sealed(session, world, by=clerk)
    loaded(second)
    assert second._package(item)["holder"] == second.staff

    with transaction(runtime.sessions) as session:
        offered = handovers.offer(
            session, world.keys, [item], to_unit=FAR_OFFICE, by=world.counter, at=NOON
        )
        handovers.take(
            session, world.keys, offered.batch, capacity=Capacity.COUNTER, reserved={},
            by=world.far_counter, at=NOON,
        )  # fmt: skip

    assert heard(second)["gone"] == [item]


def test_a_colleagues_delivery_is_nobody_elses_news(
    owing: Owing, phone: Phone, second: Phone
) -> None:
    loaded(phone, second)
    phone.tell(
        owing.item,
        Deliver(
            receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
            counts=Counts(**phone._package(owing.item)["counts"]), condition=Condition.OK,
        ),
    )  # fmt: skip
    assert [each["status"] for each in phone.send()] == ["accepted"]

    assert heard(phone)["gone"] == [owing.item]
    assert heard(second)["gone"] == []


# Loading anew


def test_whose_cursor_has_expired_gets_another_one_though_nothing_of_his_day_changed(
    phone: Phone, far: Phone, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursors, "OLDEST", 4)
    assert phone.pull()
    for item in numbers(runtime, 3):
        collected(far, item, f"S{item}")
    far.send()
    with pytest.raises(ServerSaidNoError) as caught:
        heard(phone)
    assert (caught.value.status, caught.value.code) == (410, "sync.cursor_expired")

    assert phone.pull()

    assert (heard(phone)["packages"], heard(phone)["gone"]) == ([], [])
    assert not phone.pull()
