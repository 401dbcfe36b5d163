"""What clerks, desks and agencies do: through the services that their pages call, a transaction at a time.

The clerks of one place work through what lies before them in one go, so that a province's day does
not wait for two thousand commits; what each of them does is what the page would do.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from postal_service.demo import places
from postal_service.demo.browser import Browser
from postal_service.demo.day import Matter, Way
from postal_service.demo.phone import Transport
from postal_service.demo.slips import Slips, registration
from postal_service.demo.stacks import at_counter, grouped, open_batches, parts
from postal_service.demo.world import World
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Counts, Receiver
from postal_service.domain.custody import Standing
from postal_service.domain.identity import Entitlement
from postal_service.domain.ids import ItemId, StaffId, UnitCode
from postal_service.runtime import Runtime
from postal_service.services import (
    access,
    administrative,
    collecting,
    handovers,
    reception,
    results,
    sealing,
)
from postal_service.services.handovers import Offered, Reservation, Taken
from postal_service.storage.transaction import transaction
from postal_service.web.gate import PLAIN_COOKIE

Reserved = dict[ItemId, Reservation]


@dataclass
class Office:
    """All the desks and counters of the province."""

    runtime: Runtime
    world: World
    slips: Slips = field(default_factory=Slips)
    seals: int = 0
    handed_over: int = 0  # hand-overs of however many items
    legally_received: int = 0  # of what the post carried in
    left_for_couriers: set[ItemId] = field(default_factory=set)  # on offer at desks

    @property
    def service(self) -> str:
        return self.runtime.settings.item_prefix

    def clerk(self, unit: UnitCode, turn: int = 0) -> Actor:
        """One of those on duty at a counter or desk."""
        on_duty = self.world.clerks.get(unit) or self.world.desk_clerks[unit]
        return on_duty[turn % len(on_duty)]

    def browser(self, transport: Transport, unit: UnitCode, *, at: datetime) -> Browser:
        """The browser of a clerk of this place, who is signed in."""
        # Seventy offices share this machine's address, and from one address few may sign in a minute.
        with transaction(self.runtime.sessions) as session:
            token = access.open_session(session, self.clerk(unit).staff, at=at)
        return Browser(transport, {PLAIN_COOKIE: token})

    # Reception

    def take_in(self, matters: Sequence[Matter], *, at: datetime) -> None:
        """Register these at their desks and counters as they come in, then seal what is carried away.

        One after the other by the clock: the ledger's times must not run backwards.
        """
        carried: dict[UnitCode, list[ItemId]] = {}
        with transaction(self.runtime.sessions) as session:
            for matter in sorted(matters, key=lambda each: each.at):
                clerk, came_at = self.clerk(matter.taken_in, matter.number), min(matter.at, at)
                received = reception.register(
                    session,
                    self.runtime.keys,
                    registration(matter, self.world.versions[matter.procedure]),
                    service=self.service,
                    by=clerk,
                    at=came_at,
                )
                self.slips.keep(matter, received)
                if received.item is not None:
                    self.seal(session, received.item, received.counts, by=clerk, at=came_at)
                    carried.setdefault(matter.taken_in, []).append(received.item)
            for unit, items in carried.items():
                if unit in self.world.desk_clerks:
                    office = places.standing_in(unit).code
                    self.offer(session, items, to=office, by=self.clerk(unit), at=at)

    def ask_for_visit(self, matters: Sequence[Matter], *, at: datetime) -> None:
        """Citizens telephone: the post shall come and fetch."""
        for unit, mine in grouped(matters, lambda matter: matter.taken_in):
            with transaction(self.runtime.sessions) as session:
                for matter in mine:
                    opens_at, closes_at = matter.window
                    received = collecting.request(
                        session,
                        self.runtime.keys,
                        registration(matter, self.world.versions[matter.procedure]),
                        opens_at=opens_at,
                        closes_at=closes_at,
                        service=self.service,
                        by=self.clerk(unit, matter.number),
                        at=at,
                    )
                    self.slips.keep(matter, received)

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
                        limits=self.runtime.settings.agency_rules,
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
            owner = Entitlement(receiver=Receiver.OWNER)
            results.give_at_desk(session, keys.vault, dossier, entitlement=owner, by=clerk, at=at)
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
                for batch in open_batches(session, unit, givers, self.left_for_couriers):
                    taken += self.take(session, batch, by=clerk, at=at).taken
        return taken

    def walk_to_desks(
        self, *, at: datetime, reserve: Callable[[UnitCode, list[ItemId]], Reserved]
    ) -> list[ItemId]:
        """Clerks carry what is addressed to a desk of their own commune; what the desks took."""
        carried: list[ItemId] = []
        for office in places.offices():
            waiting = grouped(
                at_counter(self.runtime, office.code), lambda standing: standing.destination
            )
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
