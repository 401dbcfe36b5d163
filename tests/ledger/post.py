"""A small post with real keys: its devices sign what happens, and the ledger records it."""

import random
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Act, Capacity, Condition, Counts, Leg
from postal_service.domain.event import NO_ITEM, NO_PARENT, Event
from postal_service.domain.ids import DeviceId, EventId, ItemId, StaffId, UnitCode
from postal_service.ledger import checkpoint, export, notes, offers, reading, signing, tree, witness
from postal_service.ledger.append import Entry, Signed, append
from postal_service.ledger.checkpoint import Kept
from postal_service.ledger.encoding import canonical, encode
from postal_service.ledger.leaf import leaf
from postal_service.ledger.notes import Kind, NoteKey
from postal_service.ledger.signing import PrivateKey
from postal_service.ledger.witness import Policy, Request, Seen
from tests.clock import NOON

ORIGIN = "post.example/custody"
PAPERS = Counts(originals=1, certified=2, photocopies=0)
SECRET = "0123456789ABCDEFGHJKMNPQRS"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ids = count(1)


def event_id(number: int) -> EventId:
    """A UUIDv7 of its own for each number."""
    return EventId(str(UUID(int=(number << 80) | (0x7 << 76) | (0x2 << 62) | number)))


def item(number: int) -> ItemId:
    return ItemId(f"ET{number:09d}VN")


def lock_of(of: ItemId, rotation: int, secret: str) -> str:
    """docs/event-format.md, Delivery code."""
    told = b"custody/delivery/v1\0%b\0%d\0%b" % (of.encode(), rotation, secret.encode())
    return sha256(told).hexdigest()


@dataclass
class Device:
    """Something with a key that signs events one after the other."""

    id: DeviceId
    staff: StaffId
    unit: UnitCode
    key: PrivateKey
    sequence: int = 0
    last: str = ""

    @property
    def algorithm(self) -> str:
        return signing.ED25519 if isinstance(self.key, Ed25519PrivateKey) else signing.P256

    @property
    def public(self) -> bytes:
        return signing.public_bytes(self.key)

    def sign(
        self,
        act: Act,
        *,
        of: ItemId = NO_ITEM,
        parent: EventId = NO_PARENT,
        checkpoint: str = "",
    ) -> Signed:
        """The device's next event."""
        self.sequence += 1
        number = next(_ids)
        event = Event(
            id=event_id(number),
            device=self.id,
            staff=self.staff,
            unit=self.unit,
            sequence=self.sequence,
            previous=self.last or signing.genesis(self.id),
            checkpoint=checkpoint,
            item=of,
            parent=parent,
            wall_ms=1_795_435_200_000 + number,
            monotonic_ms=number,
            boot="0badcafe",
            place="w3gv2",
            act=act,
        )
        body = encode(event)
        self.last = signing.digest(body)
        return Signed(event, body, signing.sign(self.key, body))


def device(number: int, *, staff: str = "", unit: str = "HN01", p256: bool = False) -> Device:
    name = "".join(_BASE32[number >> 5 * place & 31] for place in range(8))
    key = generate_private_key(SECP256R1()) if p256 else Ed25519PrivateKey.generate()
    return Device(DeviceId(name), StaffId(staff or f"nv{number}"), UnitCode(unit), key)


def enrolment(by: Device, of: Device) -> Signed:
    return by.sign(
        acts.EnrolDevice(
            device=of.id,
            algorithm=of.algorithm,
            public_key=b64encode(of.public).decode(),
            holder=of.staff,
            holder_unit=of.unit,
        )
    )


def leaf_of(signed: Signed, item_sequence: int, item_previous: bytes) -> bytes:
    return leaf(
        signed.body,
        signed.signature,
        item_sequence=item_sequence,
        item_previous=item_previous,
        received_ms=1,
    )


@dataclass
class WitnessOffice:
    """An independent office that signs what it has seen grow."""

    name: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    seen: Seen = field(default_factory=Seen)
    at_seconds: int = 1_795_435_200

    @property
    def public(self) -> NoteKey:
        return notes.public_key(self.name, self.key, Kind.COSIGNATURE)

    def cosign(self, session: Session, kept: Kept, log: NoteKey) -> None:
        """Ask the witness through the bytes of the call, and keep its answer."""
        proof = reading.consistency(session, self.seen.size, kept.size) if self.seen.size else []
        request = Request(self.seen.size, tuple(proof), kept.note)
        line, self.seen = witness.cosign(
            witness.read_request(bytes(request)),
            self.seen,
            log=log,
            name=self.name,
            private_key=self.key,
            at_seconds=self.at_seconds,
        )
        told = notes.read(kept.note).text
        answer = witness.read_answer(str(line).encode(), told, [self.public])
        assert checkpoint.add_cosignature(
            session,
            size=kept.size,
            signature=answer[self.public],
            witness=self.public,
            at=kept.made_at,
        )


@dataclass
class Post:
    """Root, two offices, three couriers, and three witnesses."""

    session: Session
    received_ms: int = 1_795_435_200_000
    root: Device = field(default_factory=lambda: device(1, staff="root", unit="ROOT"))
    office: Device = field(default_factory=lambda: device(2, unit="HN01"))
    desk: Device = field(default_factory=lambda: device(3, unit="HN02"))
    couriers: list[Device] = field(
        default_factory=lambda: [device(n, p256=n == 6) for n in (4, 5, 6)]
    )
    log_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    witnesses: list[WitnessOffice] = field(
        default_factory=lambda: [WitnessOffice(f"witness.example/w{n}") for n in (1, 2, 3)]
    )
    waiting: list[Signed] = field(default_factory=list)
    checkpoints: int = 0

    @property
    def policy(self) -> Policy:
        log = notes.public_key(ORIGIN, self.log_key)
        return Policy(log, tuple(each.public for each in self.witnesses), quorum=2)

    @property
    def root_device(self) -> export.RootDevice:
        return export.RootDevice(self.root.id, self.root.algorithm, self.root.public)

    def open(self) -> None:
        """Enrol every device, the root itself first."""
        self.tell(enrolment(self.root, each) for each in (self.root, self.office, self.desk))
        self.tell(enrolment(self.office, each) for each in self.couriers)

    def tell(self, signed: Iterable[Signed]) -> None:
        self.waiting.extend(signed)

    def record(self, most: int | None = None) -> list[Entry]:
        """Append what was told, as one batch."""
        batch, self.waiting = self.waiting[:most], self.waiting[most:] if most else []
        self.received_ms += 1_000
        return list(append(self.session, batch, received_ms=self.received_ms).entries)

    def checkpoint(self, *, witnessed: bool = True) -> Kept:
        self.checkpoints += 1
        made = checkpoint.make(
            self.session,
            origin=ORIGIN,
            log_key=self.log_key,
            at=NOON + timedelta(minutes=self.checkpoints),
        )
        assert made is not None
        if witnessed:
            for each in self.witnesses:
                each.cosign(self.session, made, self.policy.log)
        return made

    def deliver_result(
        self, number: int, courier: Device, *, offline: bool = False
    ) -> list[Signed]:
        """A result goes from the agency through a courier's hands to the citizen."""
        seal = f"S{number}"
        of = item(number)
        accepted = self.desk.sign(
            acts.Accept(
                capacity=Capacity.DESK,
                leg=Leg.OUT,
                counts=PAPERS,
                destination=UnitCode("HN01"),
                lock=lock_of(of, 1, SECRET),
            ),
            of=of,
        )
        packed = self.desk.sign(
            acts.Pack(seal=seal, counts=PAPERS), of=of, parent=accepted.event.id
        )
        halves = (self.meet if offline else self.offer)(accepted, courier, seal)
        delivered = courier.sign(
            acts.Deliver(
                receiver=acts.Receiver.OWNER,
                proof=acts.CodeProof(rotation=1, secret=SECRET),
                counts=PAPERS,
                condition=Condition.OK,
            ),
            of=of,
            parent=halves[-1].event.id,
        )
        return [accepted, packed, *halves, delivered]

    def offer(self, accepted: Signed, courier: Device, seal: str) -> list[Signed]:
        """The desk's offer, told to the ledger, and the courier's acceptance over it."""
        of = accepted.event.item
        offered = self.desk.sign(
            acts.Offer(
                to_unit=courier.unit,
                to_staff=courier.staff,
                counts=PAPERS,
                condition=Condition.OK,
                seal=seal,
                batch=f"b{of}",
                manifest=offers.manifest_of([(of, seal, PAPERS)]),
                batch_count=1,
            ),
            of=of,
            parent=accepted.event.id,
        )
        taken = courier.sign(
            _handover(
                seal,
                self.desk.id,
                offer=signing.digest(offered.body),
                offer_signature=b64encode(offered.signature).decode(),
            ),
            of=of,
            parent=accepted.event.id,
        )
        return [offered, taken]

    def meet(self, accepted: Signed, courier: Device, seal: str) -> list[Signed]:
        """Two phones without a network: the receiver countersigns what he scanned."""
        of = accepted.event.item
        package = offers.Package(item=of, custody=accepted.event.id, seal=seal, counts=PAPERS)
        code = offers.make(
            self.desk.key,
            device=self.desk.id,
            sequence=self.desk.sequence,
            wall_ms=1_795_435_200_000,
            nonce=bytes(16),
            count=1,
            manifest=offers.root_of([package]),
        )
        act = _handover(
            seal,
            self.desk.id,
            offer=code.digest,
            offer_signature=b64encode(code.signature).decode(),
            offer_code=b64encode(bytes(code)).decode(),
        )
        return [courier.sign(act, of=of, parent=accepted.event.id)]

    def run(self, results: int, *, seed: int = 1) -> None:
        """So many results, delivered through one another, in batches with checkpoints between."""
        chance = random.Random(seed)
        self.open()
        for number in range(1, results + 1):
            courier = chance.choice(self.couriers)
            self.tell(self.deliver_result(number, courier, offline=number % 3 == 0))
            if chance.random() < 0.3:
                self.record()
            if not self.waiting and chance.random() < 0.5:
                self.checkpoint()
        self.record()
        if self.checkpoints == 0 or checkpoint_is_behind(self.session):
            self.checkpoint()

    def leaves(self) -> list[bytes]:
        """The leaves that are recorded, with those that were told till now."""
        self.record()
        return [each.leaf for each in reading.everything(self.session)]

    def forge(self, folder: Path, leaves: list[bytes], *, witnessed: bool) -> tuple[Path, Path]:
        """A file over these leaves, as whoever has the log's key can make it.

        The witnesses stand under it only where they conspire.
        """
        edge, _ = tree.grow(tree.Edge(), map(tree.leaf_hash, leaves))
        head = str(checkpoint.Checkpoint(ORIGIN, edge.size, edge.root))
        note = str(notes.sign(head, ORIGIN, self.log_key))
        if witnessed:
            lines = [notes.cosign(head, w.name, w.key, at_seconds=1) for w in self.witnesses]
            note += "".join(map(str, lines))
        header = {
            "checkpoints": 1,
            "format": export.FORMAT,
            "leaves": len(leaves),
            "origin": ORIGIN,
        }
        told = [canonical(header), *leaves, canonical({"checkpoint": note})]
        ledger, keys = folder / "forged.jsonl", folder / "keys.json"
        ledger.write_bytes(b"".join(line + b"\n" for line in told))
        keys.write_bytes(export.keys(self.policy, self.root_device))
        return ledger, keys

    def export(self, folder: Path) -> tuple[Path, Path]:
        """The ledger's file and the file of keys."""
        newest = checkpoint.newest_witnessed(
            self.session, self.policy.quorum, self.policy.witnesses
        )
        assert newest is not None
        ledger, keys = folder / "ledger.jsonl", folder / "keys.json"
        export.write(self.session, ledger, origin=ORIGIN, upto=newest)
        keys.write_bytes(export.keys(self.policy, self.root_device))
        return ledger, keys


def checkpoint_is_behind(session: Session) -> bool:
    newest = checkpoint.newest(session)
    return newest is None or newest.size < reading.size(session)


def _handover(
    seal: str, giver: DeviceId, *, offer: str, offer_signature: str, offer_code: str = ""
) -> acts.Handover:
    return acts.Handover(
        capacity=Capacity.COURIER,
        counts=PAPERS,
        condition=Condition.OK,
        seal=seal,
        giver=giver,
        offer=offer,
        offer_signature=offer_signature,
        offer_code=offer_code,
    )
