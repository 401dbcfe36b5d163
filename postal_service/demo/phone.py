"""A courier's phone, small and complete: it signs without a network and sends when there is one.

What it has signed it keeps until the server has given a receipt for it. How bytes reach the server
is the caller's: the demo uses HTTP, the tests the app itself.
"""

import gzip
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from uuid_utils.compat import uuid7

from postal_service.demo import phone_offers
from postal_service.demo.phone_offers import Parcel
from postal_service.domain import acts, attempts
from postal_service.domain.acts import Capacity, Condition, Counts, Leg
from postal_service.domain.attempts import Reason
from postal_service.domain.crockford import read_token
from postal_service.domain.event import NO_PARENT, Event
from postal_service.domain.ids import DeviceId, EventId, ItemId, StaffId, UnitCode
from postal_service.domain.money import Means
from postal_service.domain.text import tidy
from postal_service.ledger import base64_strict, offers, signing
from postal_service.ledger.encoding import decode, encode
from postal_service.ledger.notes import known_key
from postal_service.ledger.signing import ED25519, PrivateKey
from postal_service.ledger.witness import Policy, believe
from postal_service.services.door_addresses import Heard
from postal_service.services.enrolling import enrolment_message
from postal_service.services.particulars import AnotherWaits
from postal_service.services.phone_access import sign_in_message
from postal_service.services.receivers import UnknownDelivery, Words

AT_ONCE = 500  # events of one upload
LARGEST_UPLOAD = 512 * 1024  # bytes, unpacked
PAYMENTS_AT_ONCE = 50
API = "/api/v1"
REFUSED_FOR_GOOD = frozenset({404, 409, 422})  # of what the server has understood


class ServerSaidNoError(RuntimeError):
    """The server answered with a problem; `code` is its stable name."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('title')}")
        self.status = status
        self.code = problem.get("code", "")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back over the line."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


# Method, path, headers, body.
Transport = Callable[[str, str, Mapping[str, str], bytes], Answer]


@dataclass(frozen=True)
class Kept:
    """One signed event in the outbox: these very bytes are sent until there is a receipt."""

    id: EventId
    body: bytes
    signature: bytes

    @property
    def told(self) -> dict[str, str]:
        """As an upload has it."""
        return {
            "body": base64_strict.write(self.body),
            "sig": base64_strict.write(self.signature),
        }


class Phone:
    """One phone of one courier. Not for several threads: a courier has two hands."""

    def __init__(
        self,
        transport: Transport,
        clock: Callable[[], datetime],
        key: PrivateKey | None = None,
    ) -> None:
        self._transport, self._clock = transport, clock
        self._key = key or Ed25519PrivateKey.generate()
        self._algorithm = ED25519 if isinstance(self._key, Ed25519PrivateKey) else signing.P256
        self._token = ""
        self._etag = ""
        self._heard_at: datetime | None = None  # when the day was loaded, or said to be as it was
        self._policy: Policy | None = None
        self._checkpoint = ""
        self._boot = os.urandom(4).hex()
        self._started = clock()
        self._sequence, self._previous = 0, ""
        self.device, self.staff, self.unit = DeviceId(""), StaffId(""), UnitCode("")
        self.shift: dict[str, Any] = {"rounds": [], "packages": [], "colleagues": [], "cursor": ""}
        self.custody: dict[ItemId, EventId] = {}
        self.outbox: list[Kept] = []
        self.receipts: dict[EventId, dict[str, str]] = {}
        self.recorded: dict[EventId, Kept] = {}  # kept until it lies beneath a checkpoint
        self.troubled: dict[EventId, dict[str, Any]] = {}  # for the courier to look at
        self.payments: list[dict[str, Any]] = []  # told until the server has an answer for each
        self.refused_payments: list[dict[str, Any]] = []  # with what was told; to look at
        self.addresses: dict[EventId, Heard] = {}  # heard at doors, by attempt, until told
        self.refused_addresses: dict[EventId, str] = {}  # with why; for the courier to look at
        self.receivers: dict[EventId, Words] = {}  # who received for another, until told
        self.refused_receivers: dict[EventId, str] = {}  # with why; for the courier to look at
        self._shown: set[EventId] = set()  # what the server has answered for, with whatever

    # Getting in

    def enrol(self, code: str) -> str:
        """Show the code and the key; the six characters that the head compares."""
        public = signing.public_bytes(self._key)
        code = read_token(code)  # as typed it may have blanks and small letters
        message = enrolment_message(code, self._algorithm, public)
        told = self._post(
            "/devices/enrolments",
            {
                "code": code,
                "algorithm": self._algorithm,
                "public_key": base64_strict.write(public),
                "proof": base64_strict.write(signing.sign_message(self._key, message)),
            },
        )
        self.enrolled(DeviceId(told["device"]), StaffId(told["staff"]), UnitCode(told["unit"]))
        fingerprint: str = told["fingerprint"]
        return fingerprint

    def enrolled(self, device: DeviceId, staff: StaffId, unit: UnitCode) -> None:
        """Begin the chain of this device."""
        self.device, self.staff, self.unit = device, staff, unit
        self._sequence, self._previous = 0, signing.genesis(device)

    def sign_in(self) -> None:
        """Get a token for the next fifteen minutes."""
        nonce = self._post(f"/devices/{self.device}/nonces", None)["nonce"]
        message = sign_in_message(self.device, nonce)
        told = self._post(
            "/tokens",
            {
                "device": self.device,
                "nonce": nonce,
                "signature": base64_strict.write(signing.sign_message(self._key, message)),
            },
        )
        self._token = told["access_token"]

    def pull(self) -> bool:
        """Load the day; whether anything was new. A failure leaves the last day as it was.

        What this phone has signed and the server has not recorded yet is newer than what the
        server tells: the custody of such a package stays as it was signed here.
        """
        headers = {"If-None-Match": self._etag} if self._etag else {}
        answer = self._call("GET", "/rounds/today", headers, b"")
        self._heard_at = self._clock()
        if answer.status == 304:
            return False
        self.shift = answer.told
        self._etag = answer.headers.get("ETag", "")
        signed_here = {
            event.item
            for event in (decode(each.body) for each in self.outbox)
            if event.moves_custody
        }
        for package in self.shift["packages"]:
            if package["custody"] and package["item"] not in signed_here:
                self.custody[ItemId(package["item"])] = EventId(package["custody"])
        return True

    def see_checkpoint(self) -> None:
        """Note the ledger's head: what is signed next came later, and what lies beneath is forgotten.

        Its keys are those seen first. Raises NoteInvalid where it is not to be believed.
        """
        told = self.call("GET", "/checkpoints/newest")
        policy = self._policy or Policy(
            log=known_key(told["log"]),
            witnesses=tuple(map(known_key, told["witnesses"])),
            quorum=told["quorum"],
        )
        head = believe(told["note"], policy)
        self._policy, self._checkpoint = policy, head.root[:16].hex()
        self.recorded = {
            event: kept
            for event, kept in self.recorded.items()
            if self._index_of(event) >= head.size
        }

    # Acts, each signed at once and without a network

    def accept(
        self,
        item: ItemId,
        leg: Leg,
        counts: Counts,
        destination: UnitCode,
        *,
        lock: str = "",
        result_item: ItemId = ItemId(""),
    ) -> EventId:
        """Take a package from a citizen: its first custody."""
        act = acts.Accept(
            capacity=Capacity.COURIER,
            leg=leg,
            counts=counts,
            destination=destination,
            lock=lock,
            result_item=result_item,
        )
        return self.tell(item, act, parent=NO_PARENT)

    def collect(self, item: ItemId, counts: Counts | None = None) -> EventId:
        """Take what the manifest says waits at a door; `counts` where the courier counted others."""
        package = self._package(item)
        return self.accept(
            item,
            Leg(package["leg"]),
            counts or Counts(**package["counts"]),
            UnitCode(package["destination"]),
            lock=package["lock"],
            result_item=ItemId(package["result_item"]),
        )

    def take_back(self, envelope: ItemId, counts: Counts, *, exchange: str) -> EventId:
        """Fill the envelope that came along with old papers, in the same act as the delivery."""
        act = acts.Accept(
            capacity=Capacity.COURIER,
            leg=Leg.RET,
            counts=counts,
            destination=UnitCode(self._package(envelope)["destination"]),
            exchange=exchange,
        )
        return self.tell(envelope, act, parent=NO_PARENT)

    def take_offered(self, item: ItemId) -> EventId:
        """Take what a counter, a desk or a colleague has offered in the ledger, complete and intact."""
        package = self._package(item)
        act = acts.Handover(
            capacity=Capacity.COURIER,
            counts=Counts(**package["counts"]),
            condition=Condition.OK,
            seal=package["seal"],
            giver=DeviceId(package["offer_giver"]),
            offer=package["offer_digest"],
            offer_signature=package["offer_signature"],
        )
        return self.tell(item, act, parent=EventId(package["custody"]))

    def offer_code(self, parcels: Sequence[Parcel]) -> str:
        """The text of the QR by which a colleague without a network can take these."""
        code = offers.make(
            self._key,
            device=self.device,
            sequence=self._sequence + 1,
            wall_ms=self._now_ms(),
            nonce=os.urandom(16),
            count=len(parcels),
            manifest=offers.root_of(phone_offers.on_the_table(parcels, self.custody)),
        )
        return str(code)

    def take(
        self,
        scanned: str,
        parcels: Sequence[Parcel],
        custody: Mapping[ItemId, EventId],
        giver_key: tuple[str, bytes] | None = None,
    ) -> list[EventId]:
        """Countersign a colleague's offer for what lies on the table.

        `custody` names the giver's event for each package. `giver_key` is his algorithm and key
        where the manifest does not have him. Raises OfferDoesNotMatchError, also where nothing was
        heard for so long that a lost phone could be among the colleagues; then nothing is signed.
        """
        code = offers.read(scanned)
        key = giver_key or (self._colleague(code.device) if self._day_is_good() else None)
        packages = phone_offers.agreed(code, parcels, custody, key)
        return [
            self.tell(each.item, phone_offers.countersigned(code, each, packages), each.custody)
            for each in packages
        ]

    def tell(
        self, item: ItemId, act: acts.Act, parent: EventId | None = None, *, place: str = ""
    ) -> EventId:
        """Sign an act and put it into the outbox. Without a parent it rests on the known custody.

        `place` is a geohash of five characters; where a courier is, is told of a delivery only.
        """
        event = Event(
            id=EventId(str(uuid7())),
            device=self.device,
            staff=self.staff,
            unit=self.unit,
            sequence=self._sequence + 1,
            previous=self._previous,
            checkpoint=self._checkpoint,
            item=item,
            parent=self.custody[item] if parent is None else parent,
            wall_ms=self._now_ms(),
            monotonic_ms=max(0, round((self._clock() - self._started).total_seconds() * 1000)),
            boot=self._boot,
            place=place,
            act=act,
        )
        body = encode(event)
        self.outbox.append(Kept(event.id, body, signing.sign(self._key, body)))
        self._sequence, self._previous = event.sequence, signing.digest(body)
        if event.moves_custody:
            self.custody[item] = event.id
        return event.id

    # Sending

    def send(self, kept: Sequence[Kept] | None = None) -> list[dict[str, Any]]:
        """Upload the outbox, or what is given: a colleague's events for instance. The outcomes.

        Of more than one upload holds the first part goes; whoever asks sends until nothing is left.
        What has a receipt leaves the outbox; what is held stays; what is kept apart is shown. What
        the server has not seen goes first, so that something kept apart keeps back nothing.
        """
        waiting = sorted(self.outbox, key=lambda each: each.id in self._shown)
        sending = _one_upload(waiting if kept is None else kept)
        if not sending:
            return []
        told = json.dumps({"events": [each.told for each in sending]}).encode()
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = self._call("POST", "/batches", headers, gzip.compress(told, 5))
        outcomes: list[dict[str, Any]] = answer.told["outcomes"]
        for each, outcome in zip(sending, outcomes, strict=True):
            if "receipt" in outcome:
                self.receipts[each.id] = outcome["receipt"]
                self.troubled.pop(each.id, None)  # a person let it in
            self._shown.add(each.id)
            if outcome["status"] == "quarantined" or outcome.get("verdict"):
                self.troubled[each.id] = outcome
        self.recorded |= {each.id: each for each in self.outbox if each.id in self.receipts}
        self.outbox = [each for each in self.outbox if each.id not in self.receipts]
        self._shown &= {each.id for each in self.outbox}
        return outcomes

    def take_money(self, charge: Mapping[str, Any], means: Means, reference: str = "") -> None:
        """Keep what a citizen paid for one charge of the day, whole, until it was told."""
        self.payments.append(
            {
                "charge": charge["id"],
                "amount_dong": charge["amount_dong"],
                "means": means.value,
                "reference": reference,
                "taken_at": self._clock().isoformat(),
            }
        )

    def tell_payments(self) -> list[dict[str, Any]]:
        """Tell what was paid, once the events of its papers are in the ledger. The outcomes."""
        outcomes: list[dict[str, Any]] = []
        while self.payments:
            telling = self.payments[:PAYMENTS_AT_ONCE]
            told = self._post("/payments", {"payments": telling})["outcomes"]
            self.refused_payments += [
                {**outcome, "told": payment}
                for payment, outcome in zip(telling, told, strict=True)
                if outcome["status"] == "refused"
            ]
            self.payments = self.payments[len(telling) :]
            outcomes += told
        return outcomes

    def tell_refused_payments_again(self) -> list[dict[str, Any]]:
        """The courier has seen why, and what was missing is there: the very same is told once more."""
        refused, self.refused_payments = self.refused_payments, []
        self.payments += [each["told"] for each in refused]
        return self.tell_payments()

    def hear_address(self, item: ItemId, reason: Reason, address: str, commune: str) -> EventId:
        """Nobody of that name lives there: sign the attempt, and keep where the receiver is said to be."""
        heard = Heard(address=tidy(address), commune=commune, salt=os.urandom(32))
        act = acts.Attempt(
            reason=reason.value,
            action=attempts.REASONS[reason].default_action.value,
            counted=attempts.counts(reason),
            commitment=heard.commitment,
        )
        event = self.tell(item, act)
        self.addresses[event] = heard
        return event

    def tell_addresses(self) -> None:
        """Tell what was heard at those doors whose attempts are in the ledger; what must wait is kept."""
        for event in [each for each in self.addresses if each in self.receipts]:
            heard = self.addresses[event]
            told = {
                "address": heard.address,
                "commune": heard.commune,
                "salt": heard.salt.hex(),
            }
            try:
                self.call("PUT", f"/attempts/{event}/address", told)
            except ServerSaidNoError as no:
                if no.status not in REFUSED_FOR_GOOD:
                    raise
                if no.code == AnotherWaits.code:
                    continue  # the office decides on that one first
                self.refused_addresses[event] = no.code
            del self.addresses[event]

    def deliver_to_another(
        self, item: ItemId, act: acts.Deliver, *, name: str, paper: str
    ) -> EventId:
        """Neither the owner nor anybody named came: sign who and by which paper, and keep the words."""
        words = Words(name=tidy(name), paper=tidy(paper), salt=os.urandom(32))
        event = self.tell(item, replace(act, commitment=words.commitment))
        self.receivers[event] = words
        return event

    def tell_receivers(self) -> None:
        """Tell who received at those deliveries that are in the ledger; what must wait is kept."""
        for event in [each for each in self.receivers if each in self.receipts]:
            words = self.receivers[event]
            told = {**words.received.content, "salt": words.salt.hex()}
            try:
                self.call("PUT", f"/deliveries/{event}/receiver", told)
            except ServerSaidNoError as no:
                if no.status not in REFUSED_FOR_GOOD:
                    raise
                if no.code == UnknownDelivery.code:
                    continue  # it does not count yet: what it rests on has not arrived
                self.refused_receivers[event] = no.code
            del self.receivers[event]

    def call(self, method: str, path: str, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Anything else the API offers, below its prefix."""
        headers = {} if told is None else {"Content-Type": "application/json"}
        body = b"" if told is None else json.dumps(told).encode()
        return self._call(method, path, headers, body).told

    def _post(self, path: str, told: Mapping[str, Any] | None) -> dict[str, Any]:
        return self.call("POST", path, told)

    def _call(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        known = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        answer = self._transport(method, API + path, {**known, **headers}, body)
        if answer.status >= 400:
            raise ServerSaidNoError(answer.status, answer.told)
        return answer

    def _package(self, item: ItemId) -> dict[str, Any]:
        found: dict[str, Any]
        found = next(each for each in self.shift["packages"] if each["item"] == item)
        return found

    def _colleague(self, device: DeviceId) -> tuple[str, bytes] | None:
        for each in self.shift["colleagues"]:
            if each["device"] == device:
                return each["algorithm"], base64_strict.read(each["public_key"])
        return None

    def _day_is_good(self) -> bool:
        if self._heard_at is None:
            return False
        return self._clock() - self._heard_at <= timedelta(seconds=self.shift["good_for_seconds"])

    def _index_of(self, event: EventId) -> int:
        index: int = json.loads(base64_strict.read(self.receipts[event]["body"]))["idx"]
        return index

    def _now_ms(self) -> int:
        return round(self._clock().timestamp() * 1000)


def _one_upload(waiting: Sequence[Kept]) -> list[Kept]:
    """The first of these, as many as the server reads at once. One always goes: so it is told why not."""
    size = len(json.dumps({"events": []}))
    sending: list[Kept] = []
    for each in waiting[:AT_ONCE]:
        size += len(json.dumps(each.told)) + len(", ")
        if sending and size > LARGEST_UPLOAD:
            break
        sending.append(each)
    return sending
