"""What a courier's phone may tell. The office's own acts are told at the office, by its key.

The story of an item believes whoever signed, so what is not a courier's to say must be kept from
entering: a delivery code rotated by the one who delivers would prove nothing.
"""

from typing import assert_never

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Leg
from postal_service.domain.event import Event


def may_tell(event: Event) -> bool:
    """Whether a courier's phone may say this."""
    act = event.act
    match act:
        case acts.Accept():
            # A result is first held where it is made; its delivery code is the office's to lock.
            return act.capacity is Capacity.COURIER and act.leg is not Leg.OUT
        case acts.Handover() | acts.Found():
            return act.capacity is Capacity.COURIER
        case acts.Deliver():
            return _vouched(event, act)
        case (
            acts.Pack()
            | acts.Offer()
            | acts.Withdraw()
            | acts.Refuse()
            | acts.Bag()
            | acts.Depart()
            | acts.Arrive()
            | acts.Out()
            | acts.Attempt()
            | acts.Lost()
            | acts.Damage()
            | acts.Postpone()
        ):
            return True
        case (
            acts.Hold()
            | acts.Invite()
            | acts.Return()
            | acts.Forward()
            | acts.Cancel()
            | acts.Clear()
            | acts.Rotate()
            | acts.Correct()
            | acts.EnrolDevice()
            | acts.RevokeDevice()
            | acts.Erase()
        ):
            return False
        case _:
            assert_never(act)


def _vouched(event: Event, act: acts.Deliver) -> bool:
    proof = act.proof
    return not isinstance(proof, acts.OverrideProof) or proof.witness != event.staff
