"""A hand-over may be larger than a page of a list; a phone without a network must know all of it."""

from sqlalchemy.orm import Session

from postal_service.projections.holdings import PAGE
from postal_service.services import courier_shift, handovers
from tests.clock import NOON
from tests.services.in_hand import sealed
from tests.services.world import OFFICE, World


def test_a_courier_sees_the_whole_of_a_large_offer(session: Session, world: World) -> None:
    offered = sealed(session, world, PAGE + 1)
    handovers.offer(
        session, world.keys, offered, to_unit=OFFICE, to_staff=world.courier.staff,
        by=world.counter, at=NOON,
    )  # fmt: skip

    shift = courier_shift.today(session, world.vault, by=world.courier, at=NOON)

    assert {each.item for each in shift.packages} == set(offered)
    assert all(each.offer for each in shift.packages)
