"""Where an item stands, and how one more event changes that.

Which events count, and in which order, is `story.py`'s business.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import assert_never

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, CodeProof, Condition, Counts, Leg, ReservedFor
from postal_service.domain.attempts import Reason
from postal_service.domain.codes import lock_opens
from postal_service.domain.event import Event
from postal_service.domain.ids import EventId, ItemId, RoundId, StaffId, UnitCode


class State(StrEnum):
    """The custody states of `docs/glossary.md`. C0, with the citizen, is an item without events."""

    ACCEPTED = "C1"
    SEALED = "C2"
    AT_ORIGIN_OFFICE = "C3"
    IN_DISPATCH = "C4"
    AT_DESTINATION_OFFICE = "C5"
    WITH_COURIER = "C6"
    WITH_AGENCY = "C7"
    RESULT_AT_AGENCY = "C8"
    RESULT_TAKEN = "C9"
    DELIVERED = "C10"
    UNDELIVERED = "C11"
    HELD = "C12"
    GOING_BACK = "C13"
    RETURNED = "C14"
    OPENED = "C15"  # of a bag alone: emptied and compared


class Trouble(StrEnum):
    """The exceptions of `docs/glossary.md`. The first three freeze the item; a withdrawn one goes back."""

    SEAL = "X1"
    DAMAGE = "X2"
    LOST = "X3"
    REDIRECTED = "X4"
    CANCELLED = "X5"
    POSTPONED = "X6"


FREEZING = frozenset({Trouble.SEAL, Trouble.DAMAGE, Trouble.LOST})
ENDED = frozenset({State.DELIVERED, State.RETURNED, State.OPENED})


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A person and a place: nobody holds a paper from nowhere."""

    staff: StaffId
    unit: UnitCode
    capacity: Capacity


@dataclass(frozen=True, kw_only=True)
class OpenOffer:
    event: EventId
    batch: str
    to_unit: UnitCode
    to_staff: StaffId  # "" means anyone on duty at the unit
    since_ms: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is true of one item now."""

    item: ItemId
    leg: Leg
    state: State
    holder: Holder | None  # None once the citizen has it
    custody: EventId  # the event that gave this custody; the next transfer spends it
    since_ms: int
    destination: UnitCode
    counts: Counts
    condition: Condition = Condition.OK
    seal: str = ""
    lock: str = ""
    rotation: int = 0
    offered: OpenOffer | None = None
    troubles: frozenset[Trouble] = frozenset()
    bag: ItemId = ItemId("")
    journey: str = ""  # of a bag, or since it was put into one: a hash over its hand-overs
    run: str = ""
    round: RoundId = RoundId("")
    attempts: int = 0  # those that the postal law counts
    tried: bool = False  # an attempt failed, whatever its reason counts
    invitations: int = 0
    held_until: str = ""
    agreed_for: str = ""  # the day that the receiver named at the last attempt, ISO date
    returning: bool = False

    @property
    def is_bag(self) -> bool:
        """Whether it is a mail bag, which holds items and no papers of its own."""
        return self.leg is Leg.BAG

    @property
    def frozen(self) -> bool:
        return bool(self.troubles & FREEZING)

    @property
    def withdrawn(self) -> bool:
        return Trouble.CANCELLED in self.troubles

    @property
    def for_citizen(self) -> bool:
        """Whether its way leads to a citizen: a result that does not go back, or what he withdrew."""
        if self.is_bag:
            return False
        return self.withdrawn or (self.leg is Leg.OUT and not self.returning)

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    def opens_to(self, proof: CodeProof) -> bool:
        """Whether the citizen's code is the one whose lock was logged."""
        return proof.rotation == self.rotation and lock_opens(
            self.lock, item=self.item, rotation=proof.rotation, secret=proof.secret
        )


def lies_in(item: Standing, bag: Standing | None) -> bool:
    """Whether an item that was put into this bag is in it now: the bag is closed, in the same hands.

    What was handed over without its bag, or stayed where that went on, is in it no more, also when
    both meet again: a closed bag takes nothing in. The bag's opening will tell.
    """
    if bag is None or item.bag != bag.item or bag.ended or item.holder is None:
        return False
    if item.journey != bag.journey:
        return False
    return bag.holder is not None and _same_hands(item.holder, bag.holder)


def _same_hands(one: Holder, other: Holder) -> bool:
    """One person, or one counter: behind a counter the place answers."""
    if Capacity.COURIER in {one.capacity, other.capacity}:
        return one.staff == other.staff
    return one.unit == other.unit


def evolve(standing: Standing | None, event: Event, batch: str = "") -> Standing:
    """The item as it stands after one more event; `batch` is what a hand-over was put out in."""
    act = event.act
    if isinstance(act, acts.Accept):
        return _accepted(event, act)
    if standing is None:
        raise ValueError(f"{type(act).__name__} cannot be the first event of an item.")
    match act:
        case acts.Handover():
            return _handed_over(standing, event, act, batch)
        case acts.Deliver():
            return _delivered(standing, event, act)
        case acts.Found():
            return _found(standing, event, act)
        case acts.EnrolDevice() | acts.RevokeDevice() | acts.Erase() | acts.Correct():
            return standing
        case _:
            return _noted(standing, event, act)


def _accepted(event: Event, act: acts.Accept) -> Standing:
    at_agency = act.capacity is Capacity.DESK and act.leg is Leg.OUT
    ours = act.leg is Leg.OUT  # a lock on the way in belongs to the result, not to this item
    return Standing(
        item=event.item,
        leg=act.leg,
        state=State.RESULT_AT_AGENCY if at_agency else State.ACCEPTED,
        holder=Holder(staff=event.staff, unit=event.unit, capacity=act.capacity),
        custody=event.id,
        since_ms=event.wall_ms,
        destination=act.destination,
        counts=act.counts,
        lock=act.lock if ours else "",
        rotation=1 if ours and act.lock else 0,
    )


def _handed_over(standing: Standing, event: Event, act: acts.Handover, batch: str) -> Standing:
    troubles = _troubles_at(standing, event.unit)
    if act.condition is Condition.SEAL_BROKEN or act.seal != standing.seal:
        troubles |= {Trouble.SEAL}
    if act.condition in {Condition.TORN, Condition.WET}:
        troubles |= {Trouble.DAMAGE}
    if act.counts != standing.counts:
        troubles |= {Trouble.SEAL}  # counts are equal at every hand-over, or a case opens
    return replace(
        standing,
        state=_state_after_handover(standing, act.capacity),
        holder=Holder(staff=event.staff, unit=event.unit, capacity=act.capacity),
        custody=event.id,
        since_ms=event.wall_ms,
        condition=act.condition,
        troubles=troubles,
        offered=None,
        journey=_further(standing, batch),
        run="",
        round=RoundId(""),
    )


def _further(standing: Standing, batch: str) -> str:
    """One hand-over further: the same for a bag and for what was put out and taken with it."""
    if not standing.is_bag and not standing.bag:
        return ""
    return sha256(f"{standing.journey} {batch}".encode()).hexdigest()


def _troubles_at(standing: Standing, unit: UnitCode) -> frozenset[Trouble]:
    """What was sent on has arrived once it is where it belongs."""
    arrived = unit == standing.destination
    return standing.troubles - {Trouble.REDIRECTED} if arrived else standing.troubles


def _state_after_handover(standing: Standing, to: Capacity) -> State:
    if to is Capacity.DESK:
        return State.RETURNED if _goes_back(standing) else _state_at_desk(standing)
    if standing.state is State.RESULT_AT_AGENCY:
        return State.RESULT_TAKEN
    if _goes_back(standing):
        return State.GOING_BACK
    if to is Capacity.COURIER:
        return State.WITH_COURIER
    if standing.tried:
        return State.UNDELIVERED
    travelled = standing.state in {State.IN_DISPATCH, State.AT_DESTINATION_OFFICE}
    return State.AT_DESTINATION_OFFICE if travelled else State.AT_ORIGIN_OFFICE


def _goes_back(standing: Standing) -> bool:
    return standing.returning or standing.leg is Leg.RET


def _state_at_desk(standing: Standing) -> State:
    return State.RESULT_AT_AGENCY if standing.leg is Leg.OUT else State.WITH_AGENCY


def _delivered(standing: Standing, event: Event, act: acts.Deliver) -> Standing:
    standing = _in_hand(standing)
    troubles = standing.troubles
    if act.counts != standing.counts:
        troubles |= {Trouble.SEAL}
    return replace(
        standing,
        state=State.DELIVERED,
        holder=None,
        custody=event.id,
        since_ms=event.wall_ms,
        condition=act.condition,
        troubles=troubles,
        offered=None,
        agreed_for="",
    )


def _found(standing: Standing, event: Event, act: acts.Found) -> Standing:
    return replace(
        standing,
        state=_state_where_found(standing, act.capacity),
        holder=Holder(staff=event.staff, unit=event.unit, capacity=act.capacity),
        custody=event.id,
        since_ms=event.wall_ms,
        condition=act.condition,
        troubles=standing.troubles - {Trouble.LOST},
        offered=None,
        bag=ItemId(""),
    )


def _state_where_found(standing: Standing, by: Capacity) -> State:
    if _goes_back(standing):
        return State.GOING_BACK
    if by is Capacity.DESK:
        return _state_at_desk(standing)
    if by is Capacity.COURIER:
        return State.WITH_COURIER
    return State.UNDELIVERED if standing.tried else State.AT_DESTINATION_OFFICE


def _noted(standing: Standing, event: Event, act: acts.Note | acts.Transfer) -> Standing:  # noqa: C901, PLR0911, PLR0912 - one line for each fact, and the type checker wants all of them
    if isinstance(act, acts.Pack | acts.Out | acts.Attempt | acts.Hold):
        standing = _in_hand(standing)
    match act:
        case acts.Pack():
            sealed = standing.state in {State.ACCEPTED, State.RESULT_TAKEN}
            state = State.SEALED if sealed else standing.state
            troubles = standing.troubles | _trouble_of_seal(standing, event, act)
            return replace(standing, seal=act.seal, state=state, troubles=troubles)
        case acts.Offer():
            offered = OpenOffer(
                event=event.id,
                batch=act.batch,
                to_unit=act.to_unit,
                to_staff=act.to_staff,
                since_ms=event.wall_ms,
            )
            return replace(standing, offered=offered)
        case acts.Withdraw():
            return replace(standing, offered=None)
        case acts.Refuse():
            return replace(standing, offered=None, troubles=standing.troubles | _trouble_of(act))
        case acts.Bag():
            return _put_into(standing, act.bag)
        case acts.Depart():
            return replace(standing, run=act.run, state=State.IN_DISPATCH)
        case acts.Arrive() if standing.is_bag:
            return replace(standing, run="", offered=None, state=State.OPENED)
        case acts.Arrive():
            state = State.GOING_BACK if standing.returning else State.AT_DESTINATION_OFFICE
            troubles = _troubles_at(standing, event.unit)
            return replace(standing, bag=ItemId(""), run="", state=state, troubles=troubles)
        case acts.Out():
            troubles = standing.troubles - {Trouble.POSTPONED}
            state = State.GOING_BACK if standing.returning else State.WITH_COURIER
            return replace(standing, round=act.round, state=state, troubles=troubles)
        case acts.Attempt():
            return _tried(standing, act)
        case acts.Hold():
            return replace(standing, state=State.HELD, held_until=act.until, agreed_for="")
        case acts.Invite():
            return replace(standing, invitations=max(standing.invitations, act.ordinal))
        case acts.Return():
            return replace(standing, returning=True, state=State.GOING_BACK, agreed_for="")
        case acts.Forward():
            return _forwarded(standing, act)
        case acts.Lost():
            return replace(standing, troubles=standing.troubles | {Trouble.LOST})
        case acts.Damage():
            broken = act.condition is Condition.SEAL_BROKEN
            trouble = Trouble.SEAL if broken else Trouble.DAMAGE
            troubles = standing.troubles | {trouble}
            return replace(standing, condition=act.condition, troubles=troubles)
        case acts.Postpone():
            return replace(standing, troubles=standing.troubles | {Trouble.POSTPONED})
        case acts.Cancel():
            return replace(standing, troubles=standing.troubles | {Trouble.CANCELLED})
        case acts.Clear():
            troubles = standing.troubles - FREEZING
            return replace(standing, troubles=troubles, counts=act.counts, condition=Condition.OK)
        case acts.Rotate():
            if act.rotation < standing.rotation:
                return standing
            return replace(standing, rotation=act.rotation, lock=act.lock)
        case acts.Accept() | acts.Handover() | acts.Deliver() | acts.Found() | acts.Correct():
            raise ValueError(f"{type(act).__name__} is not a note.")
        case _:
            assert_never(act)


def _put_into(standing: Standing, bag: ItemId) -> Standing:
    """Told of the same bag again, it has come no nearer to it."""
    journey = standing.journey if bag == standing.bag else ""
    return replace(standing, bag=bag, journey=journey, state=State.IN_DISPATCH)


def _tried(standing: Standing, act: acts.Attempt) -> Standing:
    return replace(
        standing,
        state=State.UNDELIVERED,
        attempts=standing.attempts + act.counted,
        tried=True,
        agreed_for=act.agreed_for if act.reason == Reason.OTHER_DAY_AGREED else "",
    )


def _forwarded(standing: Standing, act: acts.Forward) -> Standing:
    """From here it sets out anew: what was tried and told at the wrong place counts for nothing there."""
    return replace(
        standing,
        destination=act.destination,
        state=_state_forwarded(standing),
        troubles=standing.troubles | {Trouble.REDIRECTED},
        attempts=0,
        tried=False,
        invitations=0,
        held_until="",
        agreed_for="",
    )


def _state_forwarded(standing: Standing) -> State:
    if standing.state in {State.GOING_BACK, State.RESULT_AT_AGENCY}:
        return standing.state
    holder = standing.holder
    in_hand = holder is not None and holder.capacity is Capacity.COURIER
    return State.WITH_COURIER if in_hand else State.AT_ORIGIN_OFFICE


def _in_hand(standing: Standing) -> Standing:
    """Somebody has it in his hand, so it is out of its bag; if nobody told how, that is a case."""
    if not standing.bag:
        return standing
    return replace(standing, bag=ItemId(""), troubles=standing.troubles | {Trouble.SEAL})


def _trouble_of_seal(standing: Standing, event: Event, act: acts.Pack) -> frozenset[Trouble]:
    """A second seal has a witness and a reason, and the same papers are inside; else it is a case."""
    witnessed = bool(act.witness and act.why) and act.witness != event.staff
    if act.counts == standing.counts and (witnessed or not standing.seal):
        return frozenset()
    return frozenset({Trouble.SEAL})


def _trouble_of(act: acts.Refuse) -> frozenset[Trouble]:
    match act.reserved_for:
        case ReservedFor.COUNT | ReservedFor.SEAL:
            return frozenset({Trouble.SEAL})
        case ReservedFor.DAMAGED:
            return frozenset({Trouble.DAMAGE})
        case ReservedFor.MISSING:
            return frozenset({Trouble.LOST})
        case ReservedFor.NOT_OURS:
            return frozenset()
        case _:
            assert_never(act.reserved_for)
