"""The story of an item: which of its events count, told from their set alone.

The order in which events arrived does not matter: `tell` gives the same answer for every
permutation of the same set, so a phone that was offline for a week changes nothing but what it
adds. Custody is a path through a tree whose edges are "this event spends that one"; where two
events spend the same custody the countersigned one wins, then the lower id, and the loser is kept
for a person to look at. What only the recording could know stands beside each event: whose key
signed it, and what the ledger had of its item before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, CodeProof, Condition, Counts, Leg
from postal_service.domain.custody import FREEZING, Holder, Standing, Trouble, evolve
from postal_service.domain.event import NO_PARENT, Event
from postal_service.domain.ids import DeviceId, EventId
from postal_service.domain.rewriting import first_told, in_place


@dataclass(frozen=True, kw_only=True)
class Told:
    """An event and the SHA-256 of its signed bytes, by which a later hand-over names it."""

    event: Event
    digest: str
    item_sequence: int  # the place of its leaf among those of its item
    of_phone: bool = False  # signed with a courier's own phone, not with an office's key
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
    fallen: dict[EventId, list[Told]] = field(default_factory=dict)  # transfers corrected away
    # What freezes it, by the leaf that opened it last and the condition it was in then.
    open: dict[Trouble, tuple[int, Condition]] = field(default_factory=dict)
    vouched: set[EventId] = field(default_factory=set)  # by the checker of a correction
    instead_of: dict[EventId, EventId] = field(default_factory=dict)  # right data, wrong data

    def tell(self) -> Story:
        self._hang_on_parents(self._corrections())
        standing: Standing | None = None
        parent = NO_PARENT
        path: list[EventId] = []
        while True:
            standing, able = self._who_spends(standing, parent)
            if not able:
                break
            winner, *beaten = able
            self.conflicts.extend(each.event.id for each in beaten)
            standing, parent = self._apply(standing, winner), winner.event.id
            standing = self._with_codes(standing, [*beaten, *self.fallen.get(parent, ())])
            for note in self._in_order(self.notes.get(parent, ())):
                standing = self._note(standing, note)
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
            if isinstance(event.act, acts.Correct):
                continue
            parent = _standing_for(event.parent, corrected)
            if event.id not in corrected:
                branch = self.transfers if event.moves_custody else self.notes
            elif event.moves_custody and corrected[event.id] is None:
                branch = self.fallen
            else:
                continue
            branch.setdefault(parent, []).append(told)

    def _who_spends(
        self, standing: Standing | None, parent: EventId
    ) -> tuple[Standing | None, list[Told]]:
        """Those that could spend this custody, whoever wins first; and the standing they spend."""
        able: list[Told] = []
        # Deliveries last: what the others leave behind may be the code that opens them.
        for told in sorted(self.transfers.get(parent, ()), key=_deliveries_last):
            verdict = self._verdict(standing, told)
            if verdict:
                able.append(told)
                continue
            if verdict is not None:  # else its other half has not arrived
                self.disputed.append(told.event.id)
            if standing is not None:
                standing = self._with_codes(standing, [told])
        able.sort(key=lambda told: (not _countersigned(told), told.event.id))
        return standing, able

    def _with_codes(self, standing: Standing, custodies: Iterable[Told]) -> Standing:
        """The delivery codes that were told under custodies which fell away are the item's all the same.

        Else a code that its citizen gave up would open again: the office told the new one of the
        item, whoever was thought to have it (docs/adr/0021).
        """
        codes: list[tuple[int, EventId, Told]] = []
        below = list(custodies)
        while below:
            custody = below.pop().event.id
            below += [*self.transfers.get(custody, ()), *self.fallen.get(custody, ())]
            codes += [
                (note.event.act.rotation, note.event.id, note)
                for note in self.notes.get(custody, ())
                if isinstance(note.event.act, acts.Rotate)
            ]
        for *_, code in sorted(codes, key=lambda each: each[:2]):
            standing = self._apply(standing, code)
        return standing

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
                    self._speaks(standing.holder, told)
                    and _reaches_citizen(standing, event.act)
                    and _proves(standing, event.act)
                )
            case acts.Found():
                return Trouble.LOST in standing.troubles
            case _:
                return False

    def _devices_of(self, holder: Holder | None) -> set[DeviceId]:
        """The devices with which the holder, or his counter, told anything of this item."""
        return {told.event.device for told in self.told.values() if _speaks_for(holder, told)}

    def _offered(self, standing: Standing, event: Event, act: acts.Handover) -> bool | None:
        found = self._offer_of(standing, act)
        if found is None:
            return None
        told, offer = found
        gave = _speaks_for(standing.holder, told) and told.event.device == act.giver
        giver, taker = self._in_place(told.event), self._in_place(event)
        # Behind an office's key stands whoever is on duty: he may be the taker himself.
        return gave and giver.staff != taker.staff and _is_for(offer, taker)

    def _offer_of(self, standing: Standing, act: acts.Handover) -> tuple[Told, acts.Offer] | None:
        """What was told of this custody that the hand-over answers."""
        for told in self.notes.get(standing.custody, ()):
            if isinstance(told.event.act, acts.Offer) and told.digest == act.offer:
                return told, told.event.act
        return None

    def _batch(self, standing: Standing | None, told: Told) -> str:
        """By what the hand-overs of one act are known: their offers' batch, or the one QR they were offered by."""
        act = told.event.act
        if standing is None or not isinstance(act, acts.Handover):
            return ""
        found = self._offer_of(standing, act)
        return act.offer if found is None else found[1].batch

    def _apply(self, standing: Standing | None, told: Told) -> Standing:
        """The item after this event. What freezes it is followed here, by the leaf that opened it."""
        self.applied.append(told.event.id)
        before = standing
        if standing is not None and standing.frozen:
            before = replace(standing, troubles=standing.troubles - FREEZING)
        after = evolve(before, self._in_place(told.event), self._batch(before, told))
        opened = after.troubles & FREEZING
        if told.opens_case:
            opened |= {Trouble.SEAL}
        if self.open and standing is not None:
            after = self._closed(told, after)
        for trouble in opened:
            found = (self._place(told), after.condition)
            self.open[trouble] = max(self.open.get(trouble, found), found)
        if not self.open:
            return after
        return replace(after, troubles=after.troubles.union(self.open))

    def _closed(self, told: Told, after: Standing) -> Standing:
        """Two staff settle what the ledger had when they looked, and nothing that came in later."""
        act = told.event.act
        if isinstance(act, acts.Found):
            self.open.pop(Trouble.LOST, None)
        if not isinstance(act, acts.Clear):
            return after
        seen = self._place(told)
        self.open = {trouble: found for trouble, found in self.open.items() if found[0] > seen}
        _, condition = max(self.open.values(), default=(seen, after.condition))
        return replace(after, condition=condition)

    def _place(self, told: Told) -> int:
        """The place of its leaf; of what was told right instead of something else, of that one's."""
        if told.event.id not in self.instead_of:
            return told.item_sequence
        first = self.told[first_told(told.event.id, self.instead_of)]
        same = type(first.event.act) is type(told.event.act)
        return first.item_sequence if same else told.item_sequence

    def _in_place(self, event: Event) -> Event:
        """What was told right in place of something else happened when and where that did."""
        place = first_told(event.id, self.instead_of)
        return event if place == event.id else in_place(event, self.told[place].event)

    def _in_order(self, notes: Iterable[Told]) -> list[Told]:
        """By the devices' clocks; but what answers stands after what it answers.

        A refusal answers its offer; two staff who settle answer all that was recorded before.
        """
        told = sorted(notes, key=lambda note: (self._place(note), note.event.id))
        if len(told) < 2:
            return told
        offered_ms = {
            note.digest: note.event.wall_ms
            for note in told
            if isinstance(note.event.act, acts.Offer)
        }
        moments: dict[EventId, tuple[int, int, int, EventId]] = {}
        newest_ms = 0
        for note in told:
            event = self._in_place(note.event)
            ms, answers = event.wall_ms, 0
            if isinstance(event.act, acts.Refuse):
                ms, answers = max(ms, offered_ms.get(event.act.offer, ms)), 1
            elif isinstance(event.act, acts.Clear):
                ms, answers = max(ms, newest_ms), 2
            newest_ms = max(newest_ms, ms)
            moments[note.event.id] = (ms, answers, event.sequence, event.id)
        return sorted(told, key=lambda note: moments[note.event.id])

    def _may_tell(self, standing: Standing, told: Told) -> bool:
        event = told.event
        act = event.act
        if isinstance(act, acts.Refuse):
            offered = standing.offered
            if offered is None or event.unit != offered.to_unit:
                return False
            return self.told[offered.event].digest == act.offer
        # A new delivery code and a settled exception are told by the office, not by the holder.
        return isinstance(act, acts.Rotate | acts.Clear) or self._speaks(standing.holder, told)

    def _speaks(self, holder: Holder | None, told: Told) -> bool:
        """What stands in for a wrong event is told by the checker, in the place of who told it."""
        return told.event.id in self.vouched or _speaks_for(holder, told)

    def _note(self, standing: Standing, told: Told) -> Standing:
        if not self._may_tell(standing, told):
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


def _deliveries_last(told: Told) -> tuple[bool, EventId]:
    return (isinstance(told.event.act, acts.Deliver), told.event.id)


def _speaks_for(holder: Holder | None, told: Told) -> bool:
    """Behind a counter the place answers: any clerk on duty there may tell of what lies there.

    He tells it with the office's key. A courier's phone bears his office's unit too, and is behind
    no counter: it speaks for what he himself took (docs/adr/0022).
    """
    if holder is None:
        return False
    event = told.event
    if event.staff == holder.staff:
        return True
    at_counter = holder.capacity is not Capacity.COURIER and event.unit == holder.unit
    return at_counter and not told.of_phone


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
