"""A small post for tests of the story: people with devices who tell acts, in memory."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from postal_service.domain import acts
from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.acts import Act, Capacity, Counts, Leg
from postal_service.domain.codes import delivery_lock
from postal_service.domain.crockford import Token
from postal_service.domain.event import NO_PARENT, Event
from postal_service.domain.ids import DeviceId, EventId, ItemId, StaffId, UnitCode
from postal_service.domain.story import Story, Told, tell
from postal_service.ledger.encoding import encode

ITEM = ItemId("BH000000005VN")
PAPERS = Counts(originals=1, certified=2, photocopies=3)
SECRET = "0123456789ABCDEFGHJKMNPQRS"
LOCK = delivery_lock(ITEM, rotation=1, secret=Token(SECRET))


def person(name: str, unit: str, *roles: Role) -> Actor:
    path = f"/QN/{unit}/"
    return Actor(
        staff=StaffId(name),
        unit=UnitCode(unit),
        path=path,
        grants=tuple(Grant(role=role, unit=UnitCode(unit), path=path) for role in roles),
    )


LAN = person("lan", "po-1", Role.POSTAL_CLERK)
HOA = person("hoa", "po-1", Role.POSTAL_CLERK)
MINH = person("minh", "po-1", Role.COURIER)
TUAN = person("tuan", "po-2", Role.COURIER)
DESK = person("thu", "desk-1", Role.DESK_CLERK)
EVERYONE = (LAN, HOA, MINH, TUAN, DESK)


@dataclass
class Post:
    """Collects events as devices would make them; ids and clocks count up."""

    told: list[Told] = field(default_factory=list)
    clock_ms: int = 1_795_000_000_000
    item: ItemId = ITEM
    _heard: tuple[int, Story] | None = None

    def tell(
        self,
        by: Actor,
        act: Act,
        *,
        parent: EventId | None = None,
        wall_ms: int | None = None,
        of_phone: bool = False,
    ) -> EventId:
        """Told with an office's key, or with his own phone, whose clock may show what it likes."""
        self.clock_ms += 1_000
        number = len(self.told) + 1
        event = Event(
            id=EventId(str(UUID(int=(number << 80) | (0x7 << 76) | (0b10 << 62) | number))),
            device=phone_of(by) if of_phone else device_of(by),
            staff=by.staff,
            unit=by.unit,
            sequence=number,
            previous="0" * 64,
            checkpoint="",
            item=self.item,
            parent=self.custody if parent is None else parent,
            wall_ms=self.clock_ms if wall_ms is None else wall_ms,
            monotonic_ms=number,
            boot="00000000",
            place="",
            act=act,
        )
        digest = hashlib.sha256(encode(event)).hexdigest()
        self.told.append(Told(event=event, digest=digest, item_sequence=number, of_phone=of_phone))
        return event.id

    @property
    def story(self) -> Story:
        """Told anew only when something was added."""
        if self._heard is None or self._heard[0] != len(self.told):
            self._heard = (len(self.told), tell(self.told))
        return self._heard[1]

    @property
    def custody(self) -> EventId:
        standing = self.story.standing
        return standing.custody if standing else NO_PARENT

    def accept(
        self, by: Actor = LAN, leg: Leg = Leg.IN, capacity: Capacity = Capacity.COUNTER
    ) -> EventId:
        lock = LOCK if leg is Leg.OUT else ""
        act = acts.Accept(
            capacity=capacity, leg=leg, counts=PAPERS, destination=UnitCode("desk-1"), lock=lock
        )
        return self.tell(by, act)

    def seal(self, by: Actor = LAN, serial: str = "S1") -> EventId:
        return self.tell(by, acts.Pack(seal=serial, counts=PAPERS))

    def offer(
        self,
        by: Actor,
        to: Actor,
        seal: str = "S1",
        *,
        of_phone: bool = False,
        parent: EventId | None = None,
        batch: str = "b1",
    ) -> EventId:
        return self.tell(
            by,
            acts.Offer(
                to_unit=to.unit,
                to_staff=to.staff,
                counts=PAPERS,
                condition=acts.Condition.OK,
                seal=seal,
                batch=batch,
                manifest="0" * 64,
                batch_count=1,
            ),
            of_phone=of_phone,
            parent=parent,
        )

    def take(
        self,
        by: Actor,
        capacity: Capacity,
        offer: EventId,
        *,
        counts: Counts = PAPERS,
        seal: str = "S1",
        parent: EventId | None = None,
    ) -> EventId:
        told = self.of(offer)
        return self.tell(
            by,
            acts.Handover(
                capacity=capacity,
                counts=counts,
                condition=acts.Condition.OK,
                seal=seal,
                giver=told.event.device,
                offer=told.digest,
                offer_signature="",
            ),
            parent=parent,
        )

    def pass_on(self, giver: Actor, receiver: Actor, capacity: Capacity) -> EventId:
        return self.take(receiver, capacity, self.offer(giver, receiver))

    def of(self, event: EventId) -> Told:
        return next(told for told in self.told if told.event.id == event)


def device_of(actor: Actor) -> DeviceId:
    letters = "".join(chr(ord("A") + ord(sign) % 26) for sign in actor.staff)
    return DeviceId((letters + "AAAAAAAA")[:8])


def phone_of(actor: Actor) -> DeviceId:
    return DeviceId(f"P{device_of(actor)[:7]}")


def result_at_the_counter() -> Post:
    """A result that lies sealed at Lan's counter, at the office of the courier Minh."""
    post = Post()
    post.accept(DESK, Leg.OUT, Capacity.DESK)
    post.seal(DESK)
    post.pass_on(DESK, LAN, Capacity.COUNTER)
    return post


def result_on_the_way() -> Post:
    """A result that the courier Minh carries to its citizen."""
    post = Post()
    post.accept(DESK, Leg.OUT, Capacity.DESK)
    post.seal(DESK)
    post.pass_on(DESK, MINH, Capacity.COURIER)
    return post


def stories(orders: Iterable[Iterable[Told]]) -> list[Story]:
    return [tell(order) for order in orders]
