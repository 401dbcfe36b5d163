"""The story of an item: which of its events count, told from their set alone.

The order in which events arrived does not matter: `tell` gives the same answer for every
permutation of the same set, so a phone that was offline for a week changes nothing but what it
adds. Custody is a path through a tree whose edges are "this event spends that one"; where two
events spend the same custody the countersigned one wins, then the lower id, and the loser is kept
for a person to look at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, CodeProof, Counts, Leg
from postal_service.domain.custody import Holder, Standing, Trouble, evolve
from postal_service.domain.event import NO_PARENT, Event
from postal_service.domain.ids import DeviceId, EventId
from postal_service.domain.rewriting import first_told, in_place


@dataclass(frozen=True, kw_only=True)
class Told:
    """An event and the SHA-256 of its signed bytes, by which a later hand-over names it."""

    event: Event
    digest: str
    offer_proved: bool = False  # the giver's signature inside a hand-over was checked at append
    seal_reused: bool = False  # another item was known to wear this serial when it was recorded
    listed: Counts | None = None  # of a first custody: what its item's number was given out for

    @property
    def opens_case(self) -> bool:
        """One serial on two items, or other papers than were listed: what is in it is unsure."""
        act = self.event.act
        miscounted = isinstance(act, acts.Accept) and self.listed not in {None, act.counts}
        return self.seal_reused or miscounted


@dataclass(frozen=True, kw_only=True)
class Story:
    """The standing, and what became of every event of the set."""

    standing: Standing | None
    transfers: tuple[EventId, ...] = ()  # the path of custody, each spending the one before
    applied: tuple[EventId, ...] = ()
    conflicts: tuple[EventId, ...] = ()  # spent what another event had spent
    disputed: tuple[EventId, ...] = ()  # said by someone who could not say it, or proved nothing
    waiting: tuple[EventId, ...] = ()  # rests on an event that has not arrived, or was corrected


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
    vouched: set[EventId] = field(default_factory=set)  # by the checker of a correction
    instead_of: dict[EventId, EventId] = field(default_factory=dict)  # right data, wrong data

    def tell(self) -> Story:
        self._hang_on_parents(self._corrections())
        standing: Standing | None = None
        parent = NO_PARENT
        path: list[EventId] = []
        while (winner := self._next_transfer(standing, parent)) is not None:
            standing = self._apply(standing, winner)
            for note in self._in_order(self.notes.get(winner.event.id, ())):
                standing = self._note(standing, note)
            parent = winner.event.id
            path.append(parent)
        seen = {*self.applied, *self.conflicts, *self.disputed}
        waiting = tuple(sorted(event for event in self.told if event not in seen))
        return Story(
            standing=standing,
            transfers=tuple(path),
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
                right = [each for each in act.replacements if self._stands_in(each, target.event)]
                self.vouched.update(right)
                self.instead_of.update(dict.fromkeys(right, act.corrects))
                standing_for[act.corrects] = next(
                    (each for each in act.replacements if self._replaces(each, target.event)), None
                )
        self.applied.extend(standing_for)
        return standing_for

    def _stands_in(self, replacement: EventId, target: Event) -> bool:
        told = self.told.get(replacement)
        return told is not None and told.event.parent == target.parent

    def _replaces(self, replacement: EventId, target: Event) -> bool:
        return self._stands_in(replacement, target) and self.told[replacement].event.moves_custody

    def _hang_on_parents(self, corrected: Mapping[EventId, EventId | None]) -> None:
        for told in self.told.values():
            event = told.event
            if event.id in corrected or isinstance(event.act, acts.Correct):
                continue
            parent = _standing_for(event.parent, corrected)
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
                if told.offer_proved:
                    return event.act.giver in self._devices_of(standing.holder)
                return self._offered(standing, event, event.act)
            case acts.Deliver():
                return (
                    self._speaks(standing.holder, event)
                    and _reaches_citizen(standing, event.act)
                    and _proves(standing, event.act)
                )
            case acts.Found():
                return Trouble.LOST in standing.troubles
            case _:
                return False

    def _devices_of(self, holder: Holder | None) -> set[DeviceId]:
        """The devices with which the holder, or his counter, told anything of this item."""
        return {told.event.device for told in self.told.values() if _speaks_for(holder, told.event)}

    def _offered(self, standing: Standing, event: Event, act: acts.Handover) -> bool | None:
        for told in self.notes.get(standing.custody, ()):
            if isinstance(told.event.act, acts.Offer) and told.digest == act.offer:
                gave = _speaks_for(standing.holder, told.event) and told.event.device == act.giver
                giver, taker = self._in_place(told.event), self._in_place(event)
                # Behind an office's key stands whoever is on duty: he may be the taker himself.
                return gave and giver.staff != taker.staff and _is_for(told.event.act, taker)
        return None

    def _apply(self, standing: Standing | None, told: Told) -> Standing:
        self.applied.append(told.event.id)
        after = evolve(standing, self._in_place(told.event))
        return (
            replace(after, troubles=after.troubles | {Trouble.SEAL}) if told.opens_case else after
        )

    def _in_place(self, event: Event) -> Event:
        """What was told right in place of something else happened when and where that did."""
        place = first_told(event.id, self.instead_of)
        return event if place == event.id else in_place(event, self.told[place].event)

    def _in_order(self, notes: Iterable[Told]) -> list[Told]:
        """By the devices' clocks; but an answer stands after its offer, whatever its clock said."""
        offered_ms = {
            note.digest: note.event.wall_ms
            for note in notes
            if isinstance(note.event.act, acts.Offer)
        }

        def place(note: Told) -> tuple[int, bool, int, EventId]:
            event = self._in_place(note.event)
            ms = event.wall_ms
            answers = isinstance(event.act, acts.Refuse)
            if isinstance(event.act, acts.Refuse):
                ms = max(ms, offered_ms.get(event.act.offer, ms))
            return (ms, answers, event.sequence, event.id)

        return sorted(notes, key=place)

    def _may_tell(self, standing: Standing, event: Event) -> bool:
        act = event.act
        if isinstance(act, acts.Refuse):
            offered = standing.offered
            if offered is None or event.unit != offered.to_unit:
                return False
            return self.told[offered.event].digest == act.offer
        # A new delivery code and a settled exception are told by the office, not by the holder.
        return isinstance(act, acts.Rotate | acts.Clear) or self._speaks(standing.holder, event)

    def _speaks(self, holder: Holder | None, event: Event) -> bool:
        """What stands in for a wrong event is told by the checker, in the place of who told it."""
        return event.id in self.vouched or _speaks_for(holder, event)

    def _note(self, standing: Standing, told: Told) -> Standing:
        if not self._may_tell(standing, told.event):
            self.disputed.append(told.event.id)
            return standing
        return self._apply(standing, told)


def _standing_for(event: EventId, corrected: Mapping[EventId, EventId | None]) -> EventId:
    """What stands where this event stood, itself if nothing does; a replacement may be wrong too."""
    seen = {event}
    while (following := corrected.get(event)) and following not in seen:
        seen.add(following)
        event = following
    return event


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


def _is_for(offer: acts.Offer, taker: Event) -> bool:
    return offer.to_unit == taker.unit and offer.to_staff in {"", taker.staff}


def _reaches_citizen(standing: Standing, act: acts.Deliver) -> bool:
    """Whether what was delivered is for a citizen: else whoever carries it could end it by himself.

    A result that goes back already may still be delivered against its delivery code: nobody but its
    citizen has that, so he was there and has it in hand. Any other proof is the courier's own word
    for it, or was checked before it was turned back (docs/adr/0022).
    """
    if standing.for_citizen:
        return True
    return standing.leg is Leg.OUT and isinstance(act.proof, CodeProof)


def _proves(standing: Standing, act: acts.Deliver) -> bool:
    proof = act.proof
    if not isinstance(proof, CodeProof):
        return True  # the server checked the one-time code, the card or the witness before
    return standing.opens_to(proof)
