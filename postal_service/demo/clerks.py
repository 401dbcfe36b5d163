"""What clerks, desks and agencies do: through the services that their pages call, a transaction at a time.

The clerks of one place work through what lies before them in one go, so that a province's day does
not wait for two thousand commits; what each of them does is what the page would do.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from postal_service.demo import places
from postal_service.demo.day import Matter, Way
from postal_service.demo.world import World
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Counts, Receiver
from postal_service.domain.attempts import DeliveryPolicy, Step
from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.codes import DeliveryCode
from postal_service.domain.custody import Standing, State
from postal_service.domain.ids import ItemId, StaffId, UnitCode
from postal_service.domain.money import Line, Means
from postal_service.domain.procedures import FeeStatus, PaperCount, ProcedureVersion
from postal_service.domain.standing import Channel
from postal_service.domain.wording_dates import local
from postal_service.projections import holdings
from postal_service.runtime import Runtime
from postal_service.services import (
    administrative,
    calendars,
    collecting,
    delivery,
    handovers,
    items,
    procedures,
    reception,
    results,
    sealing,
)
from postal_service.services import places as lookup
from postal_service.services.charges import Due
from postal_service.services.handovers import Offered, Reservation, Taken
from postal_service.services.reception import Received, Registration
from postal_service.storage.transaction import reading, transaction

T = TypeVar("T")
CHANNELS = {
    Way.DESK: Channel.DIRECT,
    Way.ANOTHER_DESK: Channel.DIRECT,
    Way.ONLINE: Channel.ONLINE,
    Way.COUNTER: Channel.POST,
    Way.HOME: Channel.POST,
}
POLICY = DeliveryPolicy()
Reserved = dict[ItemId, Reservation]
AT_ONCE = 400  # items of a hand-over
AT_COUNTER = (State.SEALED, State.AT_ORIGIN_OFFICE, State.AT_DESTINATION_OFFICE, State.RESULT_TAKEN)


@dataclass
class Slips:
    """What citizens were given on paper: numbers, delivery codes and PINs that nobody else keeps."""

    received: dict[int, Received] = field(default_factory=dict)
    of_item: dict[ItemId, Matter] = field(default_factory=dict)  # by either item of a dossier
    matters: list[Matter] = field(default_factory=list)

    def keep(self, matter: Matter, received: Received) -> None:
        """The citizen takes his slip home."""
        self.received[matter.number] = received
        self.matters.append(matter)
        for item in (received.item, received.result_item):
            if item is not None:
                self.of_item[item] = matter

    def another_code(self, item: ItemId) -> DeliveryCode:
        """Somebody else's delivery code: what a citizen shows who took the wrong slip along."""
        return next(
            each.delivery_code
            for each in self.received.values()
            if each.delivery_code is not None and each.delivery_code.item != item
        )


@dataclass
class Office:
    """All the desks and counters of the province."""

    runtime: Runtime
    world: World
    slips: Slips = field(default_factory=Slips)
    seals: int = 0
    handed_over: int = 0  # hand-overs of however many items
    legally_received: int = 0  # of what the post carried in
    invited: int = 0
    sent_back: int = 0

    @property
    def service(self) -> str:
        return self.runtime.settings.item_prefix

    def clerk(self, unit: UnitCode, turn: int = 0) -> Actor:
        """One of those on duty at a counter or desk."""
        on_duty = self.world.clerks.get(unit) or self.world.desk_clerks[unit]
        return on_duty[turn % len(on_duty)]

    # Reception

    def take_in(self, matters: Sequence[Matter], *, at: datetime) -> None:
        """Register these at their desks and counters, and seal what is carried from there."""
        for unit, mine in grouped(matters, lambda matter: matter.taken_in):
            carried: list[ItemId] = []
            with transaction(self.runtime.sessions) as session:
                for matter in mine:
                    clerk = self.clerk(unit, matter.number)
                    received = reception.register(
                        session,
                        self.runtime.keys,
                        self.registration(matter),
                        service=self.service,
                        by=clerk,
                        at=min(matter.at, at),
                    )
                    self.slips.keep(matter, received)
                    if received.item is not None:
                        self.seal(session, received.item, received.counts, by=clerk, at=at)
                        carried.append(received.item)
                if carried and unit in self.world.desk_clerks:
                    office = places.standing_in(unit).code
                    self.offer(session, carried, to=office, by=self.clerk(unit), at=at)

    def ask_for_visit(self, matters: Sequence[Matter], *, at: datetime) -> None:
        """Citizens telephone: the post shall come and fetch."""
        for unit, mine in grouped(matters, lambda matter: matter.taken_in):
            with transaction(self.runtime.sessions) as session:
                for matter in mine:
                    opens_at, closes_at = matter.window
                    received = collecting.request(
                        session,
                        self.runtime.keys,
                        self.registration(matter),
                        opens_at=opens_at,
                        closes_at=closes_at,
                        service=self.service,
                        by=self.clerk(unit, matter.number),
                        at=at,
                    )
                    self.slips.keep(matter, received)

    def registration(self, matter: Matter) -> Registration:
        """What clerk and citizen fill in together: exactly the papers that the list asks for."""
        version = self.world.versions[matter.procedure]
        channel = CHANNELS[matter.way]
        return Registration(
            procedure=matter.procedure,
            agency=matter.agency,
            submitter=matter.citizen.person,
            papers=papers_of(version),
            channel=channel,
            result_by_post=matter.by_post,
            dues=_dues(version, channel, matter),
        )

    def seal(
        self, session: Session, item: ItemId, counts: Counts, *, by: Actor, at: datetime
    ) -> str:
        """Put the next seal on an item."""
        self.seals += 1
        serial = f"NP{self.seals:07d}"
        keys = self.runtime.keys
        sealing.seal(session, keys, item, serial=serial, counts=counts, by=by, at=at)
        return serial

    def reseal(
        self,
        session: Session,
        standing: Standing,
        *,
        witness: StaffId,
        why: str,
        by: Actor,
        at: datetime,
    ) -> None:
        """Put a second seal on an item, before a witness."""
        self.seals += 1
        sealing.seal(
            session,
            self.runtime.keys,
            standing.item,
            serial=f"NP{self.seals:07d}",
            counts=standing.counts,
            witness=witness,
            why=why,
            by=by,
            at=at,
        )

    # The agency

    def work_on(self, matters: Sequence[Matter], *, at: datetime) -> None:
        """Of what is in process some wait for a paper, some for the tax, some get a later date."""
        for turn, matter in enumerate(matters):
            dossier = self.slips.received[matter.number].dossier
            officer = self.world.officers[matter.agency]
            version = self.world.versions[matter.procedure]
            with transaction(self.runtime.sessions) as session:
                if version.stops_clock_for and turn % 2:
                    administrative.notice_duty(
                        session, dossier, why="Nghĩa vụ tài chính", by=officer, at=at
                    )
                elif turn % 5 == 0:
                    administrative.request_supplement(
                        session,
                        dossier,
                        [version.papers[0].name],
                        reason=administrative.SupplementReason.ILLEGIBLE,
                        by=officer,
                        at=at,
                    )

    def resolve(self, matters: Iterable[Matter], *, at: datetime) -> list[ItemId]:
        """Results are made; those that travel are put into envelopes, sealed and offered to the post.

        The others are given to the citizen over the desk.
        """
        offered: list[ItemId] = []
        for agency, mine in grouped(matters, lambda matter: matter.agency):
            desk = places.desk_for(agency)
            office = places.standing_in(desk).code
            clerk = self.clerk(desk)
            with transaction(self.runtime.sessions) as session:
                ready = [item for each in mine if (item := self._result(session, each, clerk, at))]
                for part in parts(ready):
                    self.offer(session, part, to=office, by=clerk, at=at)
                offered += ready
        return offered

    def _result(
        self, session: Session, matter: Matter, clerk: Actor, at: datetime
    ) -> ItemId | None:
        keys, dossier = self.runtime.keys, self.slips.received[matter.number].dossier
        if not matter.by_post:
            officer = self.world.officers[matter.agency]
            administrative.resolve(session, dossier, by=officer, at=at)
            results.give_at_desk(session, dossier, receiver=Receiver.OWNER, by=clerk, at=at)
            return None
        returned = sum(
            need.originals
            for need in self.world.versions[matter.procedure].papers
            if need.original_to_return and not need.optional
        )
        counts = Counts(originals=1 + returned, certified=0, photocopies=0)
        ready = results.register_ready(session, keys, dossier, counts, by=clerk, at=at)
        self.seal(session, ready.item, counts, by=clerk, at=at)
        return ready.item

    def receive(self, taken: Iterable[ItemId], *, at: datetime) -> None:
        """Desks receive legally what they have taken and the post had accepted."""
        matters = [self.slips.of_item[item] for item in taken if item in self.slips.of_item]
        for agency, mine in grouped(matters, lambda matter: matter.agency):
            clerk = self.clerk(places.desk_for(agency))
            with transaction(self.runtime.sessions) as session:
                for matter in mine:
                    if matter.way in {Way.COUNTER, Way.HOME}:
                        dossier = self.slips.received[matter.number].dossier
                        administrative.receive(session, dossier, by=clerk, at=at)
                        self.legally_received += 1

    # From hand to hand

    def offer(
        self, session: Session, items: Sequence[ItemId], *, to: UnitCode, by: Actor, at: datetime
    ) -> Offered:
        """Put items out for another unit."""
        return handovers.offer(session, self.runtime.keys, items, to_unit=to, by=by, at=at)

    def take(
        self,
        session: Session,
        batch: str,
        *,
        by: Actor,
        at: datetime,
        reserved: Mapping[ItemId, Reservation] | None = None,
    ) -> Taken:
        """Take what was put out, less what is reserved."""
        at_desk = by.unit in self.world.desk_clerks
        self.handed_over += 1
        return handovers.take(
            session,
            self.runtime.keys,
            batch,
            capacity=Capacity.DESK if at_desk else Capacity.COUNTER,
            reserved=reserved or {},
            by=by,
            at=at,
        )

    def take_offered(
        self,
        units: Iterable[UnitCode],
        *,
        at: datetime,
        givers: Collection[Capacity] = tuple(Capacity),
    ) -> list[ItemId]:
        """Each of these places takes what such holders have put out for any of its clerks."""
        taken: list[ItemId] = []
        for unit in units:
            clerk = self.clerk(unit)
            with transaction(self.runtime.sessions) as session:
                for batch in open_batches(session, unit, givers):
                    taken += self.take(session, batch, by=clerk, at=at).taken
        return taken

    def walk_to_desks(
        self, *, at: datetime, reserve: Callable[[UnitCode, list[ItemId]], Reserved]
    ) -> list[ItemId]:
        """Clerks carry what is addressed to a desk of their own commune; what the desks took."""
        carried: list[ItemId] = []
        for office in places.offices():
            waiting = grouped(self.at_counter(office.code), lambda standing: standing.destination)
            for desk, mine in waiting:
                if desk not in self.world.desk_clerks or places.standing_in(desk) != office:
                    continue
                with transaction(self.runtime.sessions) as session:
                    for part in parts([standing.item for standing in mine]):
                        batch = self.offer(
                            session, part, to=desk, by=self.clerk(office.code), at=at
                        )
                        taken = self.take(
                            session,
                            batch.batch,
                            by=self.clerk(desk),
                            at=at + timedelta(minutes=5),
                            reserved=reserve(desk, part),
                        )
                        carried += taken.taken
        return carried

    def after_failures(self, failed: Iterable[tuple[UnitCode, ItemId]], *, at: datetime) -> None:
        """What the law asks next of what came back: an invitation, or the way back to the agency."""
        for unit, mine in grouped(failed, lambda pair: pair[0]):
            clerk = self.clerk(unit)
            with transaction(self.runtime.sessions) as session:
                place = lookup.place(session, unit, day=local(at).date())
                calendar = calendars.of_unit(session, place)
                for _, item in mine:
                    self._follow_up(session, item, calendar, clerk, at)

    def _follow_up(
        self, session: Session, item: ItemId, calendar: WorkingCalendar, clerk: Actor, at: datetime
    ) -> None:
        holder = items.standing(session, item).holder
        if holder is None or holder.unit != clerk.unit or holder.capacity is not Capacity.COUNTER:
            return  # it is still on its way back
        keys = self.runtime.keys
        step = delivery.next_step(session, item, policy=POLICY, calendar=calendar, at=at).step
        if step is Step.INVITE:
            delivery.invite(session, keys, item, policy=POLICY, calendar=calendar, by=clerk, at=at)
            self.invited += 1
        elif step is Step.RETURN:
            delivery.send_back(
                session, keys, item, why="Người nhận từ chối", policy=POLICY, calendar=calendar,
                by=clerk, at=at,
            )  # fmt: skip
            self.sent_back += 1

    def at_counter(self, unit: UnitCode) -> list[Standing]:
        """What lies at a counter and could be moved on."""
        found: list[Standing] = []
        with reading(self.runtime.sessions) as session:
            after = ""
            while page := holdings.held_at_unit(session, unit, AT_COUNTER, after):
                found += [each for each in page if _is_free(each)]
                after = page[-1].item
        return found


def papers_of(version: ProcedureVersion) -> tuple[PaperCount, ...]:
    """Exactly what the list asks for, without what is optional."""
    return tuple(
        PaperCount(
            name=need.name,
            originals=need.originals,
            certified=need.certified,
            photocopies=need.photocopies,
        )
        for need in version.papers
        if not need.optional and not need.shown_only
    )


def _dues(version: ProcedureVersion, channel: Channel, matter: Matter) -> tuple[Due, ...]:
    fee = version.fee_on(procedures.fee_channel(channel), local(matter.at).date())
    if fee.status is not FeeStatus.CONFIRMED or not fee.amount_dong:
        return ()
    at_once = matter.way in {Way.DESK, Way.ANOTHER_DESK, Way.COUNTER}
    means = Means.CASH if at_once else Means.ONLINE
    reference = f"DEMO-{matter.number:06d}"
    amount = fee.amount_dong
    return (Due(line=Line.STATE_FEE, amount_dong=amount, paid_by=means, reference=reference),)


def grouped(
    things: Iterable[T], key: Callable[[T], UnitCode]
) -> Iterator[tuple[UnitCode, list[T]]]:
    """Things by the place they belong to, in the order of the places' codes."""
    found: dict[UnitCode, list[T]] = defaultdict(list)
    for thing in things:
        found[key(thing)].append(thing)
    yield from sorted(found.items(), key=lambda pair: pair[0])


def parts(items: Sequence[ItemId]) -> Iterator[list[ItemId]]:
    """As many at a time as one hand-over takes."""
    for start in range(0, len(items), AT_ONCE):
        yield list(items[start : start + AT_ONCE])


def open_batches(
    session: Session, unit: UnitCode, givers: Collection[Capacity] = tuple(Capacity)
) -> list[str]:
    """What such holders have on offer to whoever is on duty at a place."""
    batches: dict[str, None] = {}
    after = ""
    while page := holdings.offered_to(session, unit, after=after):
        for standing in page:
            holder = standing.holder
            fits = holder is not None and holder.capacity in givers
            if fits and standing.offered is not None and not standing.offered.to_staff:
                batches[standing.offered.batch] = None
        after = page[-1].item
    return list(batches)


def _is_free(standing: Standing) -> bool:
    holder = standing.holder
    here = holder is not None and holder.capacity is Capacity.COUNTER
    return here and not standing.frozen and standing.offered is None and bool(standing.seal)
