"""What may happen next. Each rule looks at an item and answers with an act, or refuses.

The rules are stricter than the story: a rule keeps an office from doing what it must not, the
story tells what physically happened even where a phone without a network broke a rule.
"""

from postal_service.domain import acts
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Condition, Counts, Leg, ReservedFor
from postal_service.domain.custody import Holder, Standing, State, Trouble
from postal_service.domain.ids import DeviceId, ItemId, RoundId, StaffId, UnitCode
from postal_service.domain.refusals import Malformed, RuleBroken


class NotTheHolder(RuleBroken):
    code = "custody.not_the_holder"


class NotOffered(RuleBroken):
    code = "custody.not_offered"


class AlreadyOffered(RuleBroken):
    code = "custody.already_offered"


class ItemFrozen(RuleBroken):
    code = "custody.frozen"


class ItemEnded(RuleBroken):
    code = "custody.ended"


class InClosedBag(RuleBroken):
    """What lies in a closed bag moves with its bag, and the bag with all that lies in it."""

    code = "custody.in_closed_bag"


class NotSealed(RuleBroken):
    code = "custody.not_sealed"


class ResealNeedsWitness(RuleBroken):
    code = "custody.reseal_needs_witness"


class CountsDiffer(RuleBroken):
    code = "custody.counts_differ"


class WrongDeliveryCode(RuleBroken):
    code = "delivery.wrong_code"


class NotForDelivery(RuleBroken):
    code = "delivery.not_for_delivery"


class WithAgencyAlready(RuleBroken):
    code = "custody.with_agency_already"


class Withdrawn(RuleBroken):
    """What its citizen has withdrawn goes back to him, and not on to the agency."""

    code = "custody.withdrawn"


class TakesFromHimself(RuleBroken):
    """A hand-over has two sides, and each is a person of its own."""

    code = "custody.takes_from_himself"


class WitnessIsHimself(RuleBroken):
    code = "custody.witness_is_himself"


class NothingToClear(RuleBroken):
    code = "custody.nothing_to_clear"


class NotToForward(RuleBroken):
    """It goes back, or is a bag: nothing of the kind is sent on."""

    code = "custody.not_to_forward"


class BoundThereAlready(RuleBroken):
    code = "custody.bound_there_already"


class NotLost(RuleBroken):
    code = "custody.not_lost"


class CountsMalformed(Malformed):
    code = "custody.counts_malformed"


def _held(standing: Standing, by: Actor) -> Holder:
    """The holder, if `by` may speak for him: a courier for himself, a clerk for his counter."""
    if standing.ended or standing.holder is None:
        raise ItemEnded(item=standing.item, state=standing.state)
    holder = standing.holder
    at_counter = holder.capacity is not Capacity.COURIER and holder.unit == by.unit
    if holder.staff != by.staff and not at_counter:
        raise NotTheHolder(item=standing.item, holder=holder.staff, unit=holder.unit)
    return holder


def _free(standing: Standing, by: Actor) -> Holder:
    """Held by `by`, in no closed bag, and not frozen by an open exception.

    A standing that is to be decided on names a bag only where the item lies in it while it is
    closed, and the bag does not move with it (services/closed_bags.py).
    """
    holder = _held(standing, by)
    _refuse_in_bag(standing)
    if standing.frozen:
        raise ItemFrozen(item=standing.item, troubles=",".join(sorted(standing.troubles)))
    return holder


def _refuse_in_bag(standing: Standing) -> None:
    if standing.bag:
        raise InClosedBag(item=standing.item, bag=standing.bag)


def accept(
    *,
    capacity: Capacity,
    leg: Leg,
    counts: Counts,
    destination: UnitCode,
    lock: str = "",
    result_item: ItemId = ItemId(""),
    exchange: str = "",
    commitment: str = "",
) -> acts.Accept:
    """The first custody of an item that has no event yet."""
    if leg is not Leg.BAG and counts.total < 1:
        raise CountsMalformed(total=counts.total)
    return acts.Accept(
        capacity=capacity,
        leg=leg,
        counts=counts,
        destination=destination,
        lock=lock,
        result_item=result_item,
        exchange=exchange,
        commitment=commitment,
    )


def pack(
    standing: Standing,
    *,
    by: Actor,
    seal: str,
    counts: Counts,
    witness: StaffId = StaffId(""),
    why: str = "",
    manifest: str = "",
) -> acts.Pack:
    """Seal it. A second seal needs a witness and a reason, and the same papers inside."""
    _held(standing, by)
    _refuse_in_bag(standing)
    if standing.seal and not (witness and why):
        raise ResealNeedsWitness(item=standing.item, seal=standing.seal)
    if witness and witness == by.staff:
        raise WitnessIsHimself(item=standing.item)
    if counts != standing.counts:
        raise CountsDiffer(item=standing.item, counted=counts.total, listed=standing.counts.total)
    return acts.Pack(seal=seal, counts=counts, witness=witness, why=why, manifest=manifest)


def offer(
    standing: Standing,
    *,
    by: Actor,
    to_unit: UnitCode,
    to_staff: StaffId,
    batch: str,
    manifest: str,
    batch_count: int,
) -> acts.Offer:
    """Put a sealed item out for someone. Custody does not move."""
    holder = _free(standing, by)
    if standing.withdrawn and holder.unit != to_unit == standing.destination:
        raise Withdrawn(item=standing.item)
    if not standing.seal:
        raise NotSealed(item=standing.item)
    if standing.offered is not None:
        raise AlreadyOffered(item=standing.item, to=standing.offered.to_unit)
    return acts.Offer(
        to_unit=to_unit,
        to_staff=to_staff,
        counts=standing.counts,
        condition=standing.condition,
        seal=standing.seal,
        batch=batch,
        manifest=manifest,
        batch_count=batch_count,
    )


def withdraw(standing: Standing, *, by: Actor, why: str) -> acts.Withdraw:
    _held(standing, by)
    if standing.offered is None:
        raise NotOffered(item=standing.item, to=by.unit)
    return acts.Withdraw(why=why)


def _offered_to(standing: Standing, by: Actor) -> None:
    offered = standing.offered
    if offered is None or offered.to_unit != by.unit or offered.to_staff not in {"", by.staff}:
        raise NotOffered(item=standing.item, to=by.unit)


def take(
    standing: Standing,
    *,
    by: Actor,
    capacity: Capacity,
    giver: DeviceId,
    offered_by: StaffId,
    offer: str,
    offer_signature: str,
) -> acts.Handover:
    """Take what was offered, complete and intact. Anything else is `reserve`."""
    _offered_to(standing, by)
    if offered_by == by.staff:
        raise TakesFromHimself(item=standing.item)
    if standing.ended:
        raise ItemEnded(item=standing.item, state=standing.state)
    _refuse_in_bag(standing)
    if standing.frozen:
        raise ItemFrozen(item=standing.item, troubles=",".join(sorted(standing.troubles)))
    at_desk = standing.holder is not None and standing.holder.capacity is Capacity.DESK
    if standing.withdrawn and capacity is Capacity.DESK and not at_desk:
        raise Withdrawn(item=standing.item)
    return acts.Handover(
        capacity=capacity,
        counts=standing.counts,
        condition=Condition.OK,
        seal=standing.seal,
        giver=giver,
        offer=offer,
        offer_signature=offer_signature,
    )


def reserve(
    standing: Standing, *, by: Actor, offer: str, reserved_for: ReservedFor, condition: Condition
) -> acts.Refuse:
    """Do not take what was offered: a record is made, and the item stays with the giver."""
    _offered_to(standing, by)
    return acts.Refuse(offer=offer, reserved_for=reserved_for, condition=condition)


def put_in_bag(standing: Standing, *, by: Actor, bag: ItemId) -> acts.Bag:
    _free(standing, by)
    if not standing.seal:
        raise NotSealed(item=standing.item)
    return acts.Bag(bag=bag)


def depart(standing: Standing, *, by: Actor, run: str, destination: UnitCode) -> acts.Depart:
    _free(standing, by)
    return acts.Depart(run=run, destination=destination)


def arrive(standing: Standing, *, by: Actor) -> acts.Arrive:
    """Out of its bag; of a bag: opened, which ends it. What is offered is taken back before."""
    _held(standing, by)
    if standing.is_bag and standing.offered is not None:
        raise AlreadyOffered(item=standing.item, to=standing.offered.to_unit)
    return acts.Arrive()


def go_out(standing: Standing, *, by: Actor, round_id: RoundId) -> acts.Out:
    """Onto the run list of a round."""
    _free(standing, by)
    if not standing.seal:
        raise NotSealed(item=standing.item)
    return acts.Out(round=round_id)


def attempt(  # the postal law counts an attempt by its reason; attempts.py knows which
    standing: Standing,
    *,
    by: Actor,
    reason: str,
    action: str,
    counted: bool,
    agreed_for: str = "",
    evidence: tuple[str, ...] = (),
    commitment: str = "",
) -> acts.Attempt:
    _free(standing, by)
    if standing.leg is not Leg.OUT or standing.returning:
        raise NotForDelivery(item=standing.item, leg=standing.leg)
    return acts.Attempt(
        reason=reason,
        action=action,
        counted=counted,
        agreed_for=agreed_for,
        evidence=evidence,
        commitment=commitment,
    )


def deliver(
    standing: Standing,
    *,
    by: Actor,
    receiver: acts.Receiver,
    proof: acts.Proof,
    exchange: str = "",
    recovered: int = 0,
    evidence: tuple[str, ...] = (),
    commitment: str = "",
) -> acts.Deliver:
    """Hand the citizen his result, or what he withdrew: an identity result and a proof, or nothing."""
    _free(standing, by)
    if not standing.for_citizen or standing.state is State.RESULT_AT_AGENCY:
        raise NotForDelivery(item=standing.item, leg=standing.leg)
    if isinstance(proof, acts.CodeProof) and not standing.opens_to(proof):
        raise WrongDeliveryCode(item=standing.item, rotation=proof.rotation)
    if isinstance(proof, acts.OverrideProof) and proof.witness == by.staff:
        raise WitnessIsHimself(item=standing.item)
    return acts.Deliver(
        receiver=receiver,
        proof=proof,
        counts=standing.counts,
        condition=standing.condition,
        exchange=exchange,
        recovered=recovered,
        evidence=evidence,
        commitment=commitment,
    )


def hold(standing: Standing, *, by: Actor, until: str) -> acts.Hold:
    _free(standing, by)
    return acts.Hold(until=until)


def invite(standing: Standing, *, by: Actor) -> acts.Invite:
    _free(standing, by)
    return acts.Invite(ordinal=standing.invitations + 1)


def send_back(standing: Standing, *, by: Actor, why: str) -> acts.Return:
    """The result goes back to the agency that made it; it is never destroyed."""
    _free(standing, by)
    if standing.leg is not Leg.OUT or standing.returning:
        raise NotForDelivery(item=standing.item, leg=standing.leg)
    return acts.Return(why=why)


def forward(standing: Standing, *, by: Actor, destination: UnitCode, why: str) -> acts.Forward:
    """Send it on to where it belongs. What goes back, to its agency or its citizen, has its end already."""
    _free(standing, by)
    if not standing.seal:
        raise NotSealed(item=standing.item)
    if standing.offered is not None:
        raise AlreadyOffered(item=standing.item, to=standing.offered.to_unit)
    if standing.is_bag or standing.returning or standing.withdrawn:
        raise NotToForward(item=standing.item)
    if destination == standing.destination:
        raise BoundThereAlready(item=standing.item, unit=destination)
    return acts.Forward(destination=destination, why=why)


def lose(standing: Standing, *, by: Actor, why: str) -> acts.Lost:
    _held(standing, by)
    return acts.Lost(why=why)


def find(standing: Standing, *, capacity: Capacity, condition: Condition, why: str) -> acts.Found:
    if standing.ended:
        raise ItemEnded(item=standing.item, state=standing.state)
    if Trouble.LOST not in standing.troubles:
        raise NotLost(item=standing.item)
    return acts.Found(capacity=capacity, condition=condition, why=why)


def report_damage(
    standing: Standing,
    *,
    by: Actor,
    condition: Condition,
    why: str,
    evidence: tuple[str, ...] = (),
) -> acts.Damage:
    _held(standing, by)
    return acts.Damage(condition=condition, why=why, evidence=evidence)


def postpone(standing: Standing, *, by: Actor, why: str) -> acts.Postpone:
    _held(standing, by)
    return acts.Postpone(why=why)


def cancel(standing: Standing, *, by: Actor, why: str) -> acts.Cancel:
    """The citizen withdraws: possible until the agency has it, afterwards only through it."""
    if standing.state is State.WITH_AGENCY:
        raise WithAgencyAlready(item=standing.item)
    _held(standing, by)
    return acts.Cancel(why=why)


def clear(
    standing: Standing, *, by: Actor, witness: StaffId, why: str, counts: Counts
) -> acts.Clear:
    """Settle what froze the item: two staff, what they found, and why."""
    if not standing.frozen:
        raise NothingToClear(item=standing.item)
    if not witness or witness == by.staff:
        raise WitnessIsHimself(item=standing.item)
    return acts.Clear(witness=witness, why=why, counts=counts)


def rotate(standing: Standing, *, lock: str, why: str, commitment: str = "") -> acts.Rotate:
    """A new delivery code; the old one stops working."""
    if standing.ended:
        raise ItemEnded(item=standing.item, state=standing.state)
    if standing.leg is not Leg.OUT:
        raise NotForDelivery(item=standing.item, leg=standing.leg)
    return acts.Rotate(rotation=standing.rotation + 1, lock=lock, why=why, commitment=commitment)
