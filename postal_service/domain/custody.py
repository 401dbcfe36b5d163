"""Where an item stands, told from the set of its events alone.

The order in which events arrived does not matter: `tell` gives the same answer for every
permutation of the same set, so a phone that was offline for a week changes nothing but what it
adds. Custody is a path through a tree whose edges are "this event spends that one"; where two
events spend the same custody the countersigned one wins, then the lower id, and the loser is kept
for a person to look at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import assert_never

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, CodeProof, Condition, Counts, Leg, ReservedFor
from postal_service.domain.event import NO_PARENT, Event
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


class Trouble(StrEnum):
    """The exceptions of `docs/glossary.md`. The first three and the withdrawal freeze the item."""

    SEAL = "X1"
    DAMAGE = "X2"
    LOST = "X3"
    REDIRECTED = "X4"
    CANCELLED = "X5"
    POSTPONED = "X6"


FREEZING = frozenset({Trouble.SEAL, Trouble.DAMAGE, Trouble.LOST})
ENDED = frozenset({State.DELIVERED, State.RETURNED})


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
    run: str = ""
    round: RoundId = RoundId("")
    attempts: int = 0
    invitations: int = 0
    held_until: str = ""
    returning: bool = False

    @property
    def frozen(self) -> bool:
        return bool(self.troubles & FREEZING)

    @property
    def ended(self) -> bool:
        return self.state in ENDED


@dataclass(frozen=True, kw_only=True)
class Told:
    """An event and the SHA-256 of its signed bytes, by which a later hand-over names it."""

    event: Event
    digest: str
    offer_proved: bool = False  # the giver's signature inside a hand-over was checked at append


@dataclass(frozen=True, kw_only=True)
class Story:
    """The standing, and what became of every event of the set."""

    standing: Standing | None
    applied: tuple[EventId, ...] = ()
    conflicts: tuple[EventId, ...] = ()  # spent what another event had spent
    disputed: tuple[EventId, ...] = ()  # said by someone who could not say it, or proved nothing
    waiting: tuple[EventId, ...] = ()  # rests on an event that has not arrived, or was corrected


def lock_of(item: ItemId, rotation: int, secret: str) -> str:
    """The commitment to a delivery code; see docs/event-format.md, Delivery code."""
    told = f"custody/delivery/v1\0{item}\0{rotation}\0{secret}"
    return sha256(told.encode()).hexdigest()


def tell(events: Iterable[Told]) -> Story:
    """The story of one item from the set of its events, in whatever order they are given."""
    return _Teller({told.event.id: told for told in events}).tell()


@dataclass
class _Teller:
    told: Mapping[EventId, Told]
    transfers: dict[EventId, list[Told]] = field(default_factory=dict)
    notes: dict[EventId, list[Told]] = field(default_factory=dict)
    applied: list[EventId] = field(default_factory=list)
    conflicts: list[EventId] = field(default_factory=list)
    disputed: list[EventId] = field(default_factory=list)

    def tell(self) -> Story:
        self._hang_on_parents(self._corrections())
        standing: Standing | None = None
        parent = NO_PARENT
        while (winner := self._next_transfer(standing, parent)) is not None:
            standing = self._apply(standing, winner)
            for note in sorted(self.notes.get(winner.event.id, ()), key=_order_of_notes):
                standing = self._note(standing, note)
            parent = winner.event.id
        seen = {*self.applied, *self.conflicts, *self.disputed}
        waiting = tuple(sorted(event for event in self.told if event not in seen))
        return Story(
            standing=standing,
            applied=tuple(self.applied),
            conflicts=tuple(sorted(self.conflicts)),
            disputed=tuple(sorted(self.disputed)),
            waiting=waiting,
        )

    def _corrections(self) -> dict[EventId, EventId | None]:
        """Each corrected event, and the transfer that stands in its place if there is one."""
        standing_for: dict[EventId, EventId | None] = {}
        for key in sorted(self.told):
            event = self.told[key].event
            act = event.act
            if not isinstance(act, acts.Correct):
                continue
            target = self.told.get(act.corrects)
            if target is None:
                continue  # waits for what it corrects
            if act.maker == event.staff or isinstance(target.event.act, acts.Correct):
                self.disputed.append(key)  # nobody checks himself; a correction is not corrected
                continue
            self.applied.append(key)
            if act.corrects not in standing_for:
                standing_for[act.corrects] = next(
                    (each for each in act.replacements if self._replaces(each, target.event)), None
                )
        self.applied.extend(standing_for)
        return standing_for

    def _replaces(self, replacement: EventId, target: Event) -> bool:
        told = self.told.get(replacement)
        return told is not None and told.event.moves_custody and told.event.parent == target.parent

    def _hang_on_parents(self, corrected: Mapping[EventId, EventId | None]) -> None:
        for told in self.told.values():
            event = told.event
            if event.id in corrected or isinstance(event.act, acts.Correct):
                continue
            parent = corrected.get(event.parent) or event.parent
            branch = self.transfers if event.moves_custody else self.notes
            branch.setdefault(parent, []).append(told)

    def _next_transfer(self, standing: Standing | None, parent: EventId) -> Told | None:
        able: list[tuple[bool, EventId, Told]] = []
        for told in self.transfers.get(parent, ()):
            verdict = self._verdict(standing, told)
            if verdict is None:
                continue  # its other half has not arrived
            if verdict:
                able.append((not _countersigned(told), told.event.id, told))
            else:
                self.disputed.append(told.event.id)
        if not able:
            return None
        able.sort(key=lambda candidate: candidate[:2])
        self.conflicts.extend(event for _, event, _ in able[1:])
        return able[0][2]

    def _verdict(self, standing: Standing | None, told: Told) -> bool | None:
        event = told.event
        if standing is None or standing.ended:
            return standing is None and isinstance(event.act, acts.Accept)
        match event.act:
            case acts.Accept():
                return False
            case acts.Handover():
                return True if told.offer_proved else self._offered(standing, event.act)
            case acts.Deliver():
                return _speaks_for(standing.holder, event) and _proves(standing, event.act)
            case acts.Found():
                return Trouble.LOST in standing.troubles
            case _:
                return False

    def _offered(self, standing: Standing, act: acts.Handover) -> bool | None:
        for told in self.notes.get(standing.custody, ()):
            if isinstance(told.event.act, acts.Offer) and told.digest == act.offer:
                return _speaks_for(standing.holder, told.event) and (told.event.device == act.giver)
        return None

    def _apply(self, standing: Standing | None, told: Told) -> Standing:
        self.applied.append(told.event.id)
        return evolve(standing, told.event)

    def _note(self, standing: Standing, told: Told) -> Standing:
        if not _may_tell(standing, told.event):
            self.disputed.append(told.event.id)
            return standing
        return self._apply(standing, told)


def _order_of_notes(told: Told) -> tuple[int, int, EventId]:
    return (told.event.wall_ms, told.event.sequence, told.event.id)


def _countersigned(told: Told) -> bool:
    act = told.event.act
    if isinstance(act, acts.Deliver):
        return isinstance(act.proof, CodeProof)
    return isinstance(act, acts.Handover)


def _speaks_for(holder: Holder | None, event: Event) -> bool:
    """Behind a counter the place answers: any clerk on duty there may tell of what lies there."""
    if holder is None:
        return False
    if event.staff == holder.staff:
        return True
    return holder.capacity is not Capacity.COURIER and event.unit == holder.unit


def _may_tell(standing: Standing, event: Event) -> bool:
    if isinstance(event.act, acts.Refuse):
        offered = standing.offered
        return offered is not None and event.unit == offered.to_unit
    # A new delivery code and a settled exception are told by the office, not by the holder.
    return isinstance(event.act, acts.Rotate | acts.Clear) or _speaks_for(standing.holder, event)


def _proves(standing: Standing, act: acts.Deliver) -> bool:
    proof = act.proof
    if not isinstance(proof, CodeProof):
        return True  # the server checked the one-time code, the card or the witness before
    return (
        proof.rotation == standing.rotation
        and lock_of(standing.item, proof.rotation, proof.secret) == standing.lock
    )


def evolve(standing: Standing | None, event: Event) -> Standing:
    """The item as it stands after one more event."""
    act = event.act
    if isinstance(act, acts.Accept):
        return _accepted(event, act)
    if standing is None:
        raise ValueError(f"{type(act).__name__} cannot be the first event of an item.")
    match act:
        case acts.Handover():
            return _handed_over(standing, event, act)
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


def _handed_over(standing: Standing, event: Event, act: acts.Handover) -> Standing:
    troubles = standing.troubles
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
        bag=ItemId(""),
        run="",
        round=RoundId(""),
    )


def _state_after_handover(standing: Standing, to: Capacity) -> State:
    going_back = standing.returning or standing.leg is Leg.RET
    if to is Capacity.DESK:
        if going_back:
            return State.RETURNED
        return State.RESULT_AT_AGENCY if standing.leg is Leg.OUT else State.WITH_AGENCY
    if standing.state is State.RESULT_AT_AGENCY:
        return State.RESULT_TAKEN
    if going_back:
        return State.GOING_BACK
    if to is Capacity.COURIER:
        return State.WITH_COURIER
    if standing.attempts:
        return State.UNDELIVERED
    travelled = standing.state in {State.IN_DISPATCH, State.AT_DESTINATION_OFFICE}
    return State.AT_DESTINATION_OFFICE if travelled else State.AT_ORIGIN_OFFICE


def _delivered(standing: Standing, event: Event, act: acts.Deliver) -> Standing:
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
    )


def _found(standing: Standing, event: Event, act: acts.Found) -> Standing:
    at_counter = act.capacity is Capacity.COUNTER
    return replace(
        standing,
        state=State.AT_DESTINATION_OFFICE if at_counter else State.WITH_COURIER,
        holder=Holder(staff=event.staff, unit=event.unit, capacity=act.capacity),
        custody=event.id,
        since_ms=event.wall_ms,
        condition=act.condition,
        troubles=standing.troubles - {Trouble.LOST},
        offered=None,
    )


def _noted(standing: Standing, event: Event, act: acts.Note | acts.Transfer) -> Standing:  # noqa: C901, PLR0911, PLR0912 - one line for each fact, and the type checker wants all of them
    match act:
        case acts.Pack():
            sealed = standing.state in {State.ACCEPTED, State.RESULT_TAKEN}
            state = State.SEALED if sealed else standing.state
            return replace(standing, seal=act.seal, state=state)
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
            return replace(standing, bag=act.bag, state=State.IN_DISPATCH)
        case acts.Depart():
            return replace(standing, run=act.run, state=State.IN_DISPATCH)
        case acts.Arrive():
            state = State.GOING_BACK if standing.returning else State.AT_DESTINATION_OFFICE
            return replace(standing, bag=ItemId(""), run="", state=state)
        case acts.Out():
            troubles = standing.troubles - {Trouble.POSTPONED}
            state = State.GOING_BACK if standing.returning else State.WITH_COURIER
            return replace(standing, round=act.round, state=state, troubles=troubles)
        case acts.Attempt():
            attempts = standing.attempts + act.counted
            return replace(standing, state=State.UNDELIVERED, attempts=attempts)
        case acts.Hold():
            return replace(standing, state=State.HELD, held_until=act.until)
        case acts.Invite():
            return replace(standing, invitations=max(standing.invitations, act.ordinal))
        case acts.Return():
            return replace(standing, returning=True, state=State.GOING_BACK)
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
            if act.rotation <= standing.rotation:
                return standing
            return replace(standing, rotation=act.rotation, lock=act.lock)
        case acts.Accept() | acts.Handover() | acts.Deliver() | acts.Found() | acts.Correct():
            raise ValueError(f"{type(act).__name__} is not a note.")
        case _:
            assert_never(act)


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
