"""What is told of a courier is kept, guarded and refused in words."""

import pytest
from sqlalchemy.orm import Session

from postal_service.domain import couriers
from postal_service.domain.couriers import (
    BadBag,
    BadCashLimit,
    CourierFacts,
    Permit,
    TooManyAreas,
    UnknownPermit,
    UnknownVehicle,
    Vehicle,
)
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.units import UnknownUnit
from postal_service.services import courier_facts, workdays
from postal_service.services.courier_facts import NotACourier
from tests.services import world as w
from tests.services.world import World

TOLD = CourierFacts(
    vehicle=Vehicle.VAN,
    permits=frozenset({Permit.FERRY}),
    areas=frozenset({w.COMMUNE}),
    bag_grams=200_000,
    cash_limit_dong=3_000_000,
)


def test_what_is_told_of_a_courier_is_what_his_day_is_planned_with(
    session: Session, world: World
) -> None:
    [before] = workdays.couriers_of(session, w.OFFICE)
    courier_facts.put(session, world.courier.staff, TOLD, by=world.manager)
    [after] = workdays.couriers_of(session, w.OFFICE)

    assert (before.facts, after.facts) == (CourierFacts(), TOLD)
    nothing_more = CourierFacts(permits=frozenset())
    courier_facts.put(session, world.courier.staff, nothing_more, by=world.administrator)
    assert courier_facts.of(session, [world.courier.staff]) == {world.courier.staff: nothing_more}


def test_who_has_told_no_permits_has_them_all_and_who_has_none_has_none() -> None:
    assert CourierFacts().held_permits == frozenset(Permit)
    assert CourierFacts(permits=frozenset()).held_permits == frozenset()


@pytest.mark.parametrize("by", ["courier", "counter", "far_counter", "auditor"])
def test_only_his_manager_and_administrators_tell_something_of_him(
    session: Session, world: World, by: str
) -> None:
    with pytest.raises(NotACourier):
        courier_facts.put(session, world.courier.staff, TOLD, by=getattr(world, by))
    assert courier_facts.of(session, [world.courier.staff])[world.courier.staff] == CourierFacts()


def test_another_offices_courier_a_clerk_and_nobody_are_refused_alike(
    session: Session, world: World
) -> None:
    for staff in (world.far_courier.staff, world.counter.staff, StaffId("nobody")):
        with pytest.raises(NotACourier):
            courier_facts.put(session, staff, TOLD, by=world.manager)


def test_an_area_that_is_no_unit_is_refused(session: Session, world: World) -> None:
    nowhere = CourierFacts(areas=frozenset({UnitCode("99999")}))
    with pytest.raises(UnknownUnit):
        courier_facts.put(session, world.courier.staff, nowhere, by=world.manager)


@pytest.mark.parametrize("grams", [0, -1, 1_500_001])
def test_a_bag_that_holds_nothing_or_a_house_is_refused(grams: int) -> None:
    with pytest.raises(BadBag):
        CourierFacts(bag_grams=grams)


@pytest.mark.parametrize("dong", [-1, 1_000_000_001])
def test_a_purse_below_nothing_or_above_a_bank_is_refused(dong: int) -> None:
    with pytest.raises(BadCashLimit):
        CourierFacts(cash_limit_dong=dong)


def test_words_that_nobody_knows_are_refused() -> None:
    with pytest.raises(UnknownVehicle):
        couriers.vehicle("elephant")
    with pytest.raises(UnknownPermit):
        couriers.permit("teleport")
    with pytest.raises(TooManyAreas):
        CourierFacts(areas=frozenset(UnitCode(str(n)) for n in range(101)))
