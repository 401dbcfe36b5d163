"""Couriers on their rounds: each with a phone and a key of his own, some for hours without a network.

Everything a courier does is signed on his phone and reaches the server over HTTP. What a citizen
shows at the door comes from the slip he was given when he handed his dossier in.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from postal_service.demo import geohash
from postal_service.demo.clerks import Office
from postal_service.demo.day import Door
from postal_service.demo.hours import DemoClock
from postal_service.demo.phone import Kept, Phone
from postal_service.demo.phone_offers import Parcel
from postal_service.demo.places import Office as PostOffice
from postal_service.domain import acts, attempts, codes
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Condition, Counts, Receiver
from postal_service.domain.ids import EventId, ItemId, RoundId, StaffId, UnitCode
from postal_service.domain.money import Means
from postal_service.ledger import offers
from postal_service.services.gateways import FolderGateway
from postal_service.services.handovers import LARGEST_BATCH
from postal_service.services.message_sender import Sender

TOKEN_GOOD_FOR: Final = timedelta(minutes=10)
SIX_DIGITS: Final = re.compile(r"\b\d{6}\b")


@dataclass
class Tally:
    """What happened at doors and on phones, counted."""

    doors: Counter[Door] = field(default_factory=Counter)
    delivered: int = 0
    failed: int = 0
    collected: int = 0
    recovered: int = 0
    wrong_codes: int = 0
    batches: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    phones_late: int = 0
    rounds_acknowledged: int = 0
    payments: Counter[str] = field(default_factory=Counter)  # by what the server said
    cash_dong: int = 0  # taken at doors


@dataclass
class Courier:
    """One courier, his phone, and the clock in it."""

    actor: Actor
    office: PostOffice
    post: Office
    phone: Phone
    clock: DemoClock  # the phone's
    server_clock: DemoClock
    tally: Tally
    key: tuple[str, bytes]  # algorithm and public half, as colleagues know it
    offline: bool = False
    signed_in_at: datetime | None = None
    packages: dict[ItemId, dict[str, Any]] = field(default_factory=dict)
    held: dict[ItemId, Parcel] = field(default_factory=dict)
    stops: list[tuple[RoundId, dict[str, Any]]] = field(default_factory=list)
    ends_at: datetime | None = None
    failures: list[tuple[ItemId, EventId]] = field(default_factory=list)
    last_sent: list[Kept] = field(default_factory=list)
    purse: Counter[str] = field(default_factory=Counter)  # dong, by line

    # Morning

    def pull(self, at: datetime) -> None:
        """Load the day, as far as the manager has published it, and see the ledger's newest head."""
        self.online(at)
        self.phone.pull()
        self.phone.see_checkpoint()
        self.packages = {ItemId(each["item"]): each for each in self.phone.shift["packages"]}

    def acknowledge(self) -> None:
        """The rounds have been seen; their stops are what he does today."""
        for ride in self.phone.shift["rounds"]:
            self.phone.call("POST", f"/rounds/{ride['id']}/acknowledgements", {})
            self.tally.rounds_acknowledged += 1
            self.stops += [(RoundId(ride["id"]), stop) for stop in ride["stops"]]
            ends_at = datetime.fromisoformat(ride["ends_at"])
            self.ends_at = max(self.ends_at or ends_at, ends_at)
        self.stops.sort(key=lambda pair: (pair[1]["departs_at"], pair[1]["position"]))

    def load(self, at: datetime) -> None:
        """Take what the clerk put out for him, and sign what goes out with which round."""
        self.clock.move_to(at)
        self.pull(at)
        for package in self.packages.values():
            if package["offer_digest"] and package["holder_unit"] == self.office.code:
                self.take(ItemId(package["item"]))
        for ride, stop in self.stops:
            for item in _items(stop):
                if item in self.held and stop["kind"] == "deliver":
                    self.phone.tell(item, acts.Out(round=ride))
        self.send()

    def take(self, item: ItemId) -> None:
        """Countersign an office's or a desk's offer."""
        package = self.packages[item]
        self.phone.take_offered(item)
        counts = Counts(**package["counts"])
        self.held[item] = Parcel(item=item, seal=package["seal"], counts=counts)

    @property
    def ends_at_home(self) -> bool:
        """Whether the last thing he does is at somebody's door, where a network may be missing."""
        if not self.stops or self.stops[-1][1]["unit"]:
            return False
        stop = self.stops[-1][1]
        return stop["kind"] == "collect" or any(item in self.held for item in _items(stop))

    @property
    def doors_that_stay_closed(self) -> int:
        """How many of his items come back with him, as the day decided it."""
        matters = self.post.slips.of_item
        return sum(1 for item in self.held if item in matters and not matters[item].door.opens)

    # On the road

    def ride(self, until: datetime, exchange_code: Callable[[], str]) -> None:
        """Do the stops that end by then; tell the office at once where there is a network."""
        done = False
        while self.stops and datetime.fromisoformat(self.stops[0][1]["departs_at"]) <= until:
            _, stop = self.stops.pop(0)
            self.clock.move_to(datetime.fromisoformat(stop["arrives_at"]) + timedelta(minutes=1))
            self._stop(stop, exchange_code)
            done = True
        if done and not self.offline:
            self.online(until)
            self.send()
            self.phone.see_checkpoint()

    def _stop(self, stop: dict[str, Any], exchange_code: Callable[[], str]) -> None:
        if stop["unit"]:
            self._at_desk(stop)
        elif stop["kind"] == "collect":
            self._collect(stop)
        else:
            for item in _items(stop):
                if item in self.held:
                    self._at_door(item, _cell_of(stop), exchange_code)

    def _collect(self, stop: dict[str, Any]) -> None:
        """A citizen hands his papers over: counted, accepted, sealed before his eyes; and pays."""
        for number, matter in self._expected(stop["dossier"]):
            received = self.post.slips.received[matter]
            self.phone.collect(number)
            self.post.seals += 1
            seal = f"NP{self.post.seals:07d}"
            self.phone.tell(number, acts.Pack(seal=seal, counts=received.counts))
            self.held[number] = Parcel(item=number, seal=seal, counts=received.counts)
            self.tally.collected += 1
            self._take_money(number)

    def give_back(self, at: datetime) -> None:
        """Back at the office: whatever he still has is put out for the clerk."""
        self.clock.move_to(at)
        self.put_out(list(self.held), self.office.code)
        if not self.offline:
            self.online(at)
            self.send()

    def _expected(self, dossier: str) -> Iterator[tuple[ItemId, int]]:
        for item in self.packages:
            matter = self.post.slips.of_item.get(item)
            if matter is None:
                continue
            received = self.post.slips.received[matter.number]
            if received.dossier == dossier and received.item == item:
                yield item, matter.number

    def _at_desk(self, stop: dict[str, Any]) -> None:
        desk = UnitCode(stop["unit"])
        if stop["kind"] == "collect":
            for item in _items(stop):
                if item in self.packages and item not in self.held:
                    self.take(item)
            return
        self.put_out([item for item in _items(stop) if item in self.held], desk)
        # At a desk there is a network, even in the mountains, and the desk must answer.
        self.online(self.server_clock.now)
        self.send()
        taken = self.post.take_offered([desk], at=self.server_clock.now)
        self.post.receive(taken, at=self.server_clock.now)

    def put_out(self, items: list[ItemId], to: UnitCode) -> None:
        """Offer what he holds to a desk or to his office."""
        for start in range(0, len(items), LARGEST_BATCH):
            part = [self.held.pop(item) for item in sorted(items[start : start + LARGEST_BATCH])]
            manifest = offers.manifest_of((each.item, each.seal, each.counts) for each in part)
            batch = hashlib.sha256(f"{self.phone.device} {manifest}".encode()).hexdigest()[:32]
            for parcel in part:
                act = acts.Offer(
                    to_unit=to,
                    to_staff=StaffId(""),
                    counts=parcel.counts,
                    condition=Condition.OK,
                    seal=parcel.seal,
                    batch=batch,
                    manifest=manifest,
                    batch_count=len(part),
                )
                self.phone.tell(parcel.item, act)

    # At a door

    def _at_door(self, item: ItemId, cell: str, exchange_code: Callable[[], str]) -> None:
        matter = self.post.slips.of_item[item]
        door = matter.door
        self.tally.doors[door] += 1
        if not door.opens:
            self._fail(item, door)
            return
        proof = self._proof(item, door)
        parcel = self.held.pop(item)
        envelope = ItemId(self.packages[item]["return_envelope"])
        exchange = exchange_code() if envelope else ""
        deliver = acts.Deliver(
            receiver=Receiver.AUTHORISED if door is Door.DELEGATE else Receiver.OWNER,
            proof=proof,
            counts=parcel.counts,
            condition=Condition.OK,
            exchange=exchange,
            recovered=1 if envelope else 0,
        )
        self.phone.tell(item, deliver, place=cell)
        self.tally.delivered += 1
        self._take_money(item)
        if envelope:
            self._take_back(envelope, exchange)

    def _take_money(self, item: ItemId) -> None:
        """What the day says is still due, charge by charge."""
        for charge in self.packages[item]["charges"]:
            self.phone.take_money(charge, Means.CASH)

    def _proof(self, item: ItemId, door: Door) -> acts.Proof:
        """What the citizen shows. A wrong slip is noticed by the phone itself, without a network."""
        matter = self.post.slips.of_item[item]
        if door is Door.WRONG_CODE:
            other = self.post.slips.another_code(item)
            assert not codes.opens(other, self.packages[item]["lock"])
            self.tally.wrong_codes += 1
        if door in {Door.CODE, Door.DELEGATE}:
            own = self.post.slips.code_of(item)
            assert codes.opens(own, self.packages[item]["lock"])
            return acts.CodeProof(rotation=own.rotation, secret=own.secret)
        if door is Door.CARD or self.offline:
            return acts.CardProof(last4=matter.citizen.citizen[-4:])
        return acts.MessageProof(reference=self._message_code(item))

    def _message_code(self, item: ItemId) -> str:
        """The citizen reads the six digits from his telephone; in the demo the line to it is a folder."""
        self.online(self.server_clock.now)
        self.send()
        reference = self.phone.call("POST", f"/items/{item}/message-codes", {})["reference"]
        runtime = self.post.runtime
        gateway = runtime.settings.gateway
        assert isinstance(gateway, FolderGateway)
        Sender(runtime.sessions, gateway, vault=runtime.vault, clock=runtime.clock).send_due()
        text = json.loads((gateway.folder / f"{reference}.json").read_bytes())["text"]
        found = SIX_DIGITS.findall(text.replace(item, ""))
        told = self.phone.call(
            "POST", f"/items/{item}/message-codes/redemptions", {"code": found[0]}
        )
        redeemed: str = told["reference"]
        return redeemed

    def _take_back(self, envelope: ItemId, exchange: str) -> None:
        """The old paper goes into the envelope that came along, in the same act."""
        counts = Counts(originals=1, certified=0, photocopies=0)
        self.phone.take_back(envelope, counts, exchange=exchange)
        self.post.seals += 1
        seal = f"NP{self.post.seals:07d}"
        self.phone.tell(envelope, acts.Pack(seal=seal, counts=counts))
        self.held[envelope] = Parcel(item=envelope, seal=seal, counts=counts)
        self.tally.recovered += 1

    def _fail(self, item: ItemId, door: Door) -> None:
        self.failures.append((item, self._attempt(item, attempts.Reason(door.value))))
        self.tally.failed += 1

    def _attempt(self, item: ItemId, reason: attempts.Reason) -> EventId:
        heard = self.post.slips.of_item[item].moved_to
        if heard is not None:
            return self.phone.hear_address(item, reason, heard.text, heard.unit)
        act = acts.Attempt(
            reason=reason.value,
            action=attempts.REASONS[reason].default_action.value,
            counted=attempts.counts(reason),
            agreed_for=self.phone.shift["days_to_agree"][0] if attempts.asks_day(reason) else "",
        )
        return self.phone.tell(item, act)

    # The network

    def online(self, at: datetime) -> None:
        """Have a token that is good for the next minutes."""
        if self.signed_in_at is None or at - self.signed_in_at > TOKEN_GOOD_FOR:
            self.phone.sign_in()
            self.signed_in_at = at

    def send(self) -> list[dict[str, Any]]:
        """Empty the outbox, then tell what goes with it; the outcomes are counted."""
        found: list[dict[str, Any]] = []
        while self.phone.outbox:
            before = len(self.phone.outbox)
            self.last_sent = list(self.phone.outbox)
            told = self.phone.send()
            found += told
            self.tally.batches += 1
            self.tally.outcomes.update(each["status"] for each in told)
            if len(self.phone.outbox) == before:
                break  # nothing more is taken; what is kept apart a person must look at
        self.phone.tell_addresses()
        for paid in self.phone.tell_payments():
            self.tally.payments[paid["status"]] += 1
            if paid["status"] == "recorded":
                self.tally.cash_dong += paid["amount_dong"]
                self.purse[paid["line"]] += paid["amount_dong"]
        return found


def _cell_of(stop: dict[str, Any]) -> str:
    """Where a stop is, as coarsely as an event may tell it."""
    return "" if stop["lat"] is None else geohash.cell(stop["lat"], stop["lon"])


def _items(stop: dict[str, Any]) -> list[ItemId]:
    """The items that are handed over at a stop."""
    return [ItemId(each["reference"]) for each in stop["handed"] if each["kind"] == "item"]
