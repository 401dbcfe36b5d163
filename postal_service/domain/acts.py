"""What can happen to an item. An act is a fact: signed once on a device, never changed.

Every act has its own closed set of facts; `event.py` puts it in the envelope that is signed and
`ledger/encoding.py` fixes the bytes. `docs/event-format.md` is the same list for other programs.
"""

from dataclasses import dataclass
from enum import StrEnum

from postal_service.domain.ids import DeviceId, EventId, ItemId, RoundId, StaffId, UnitCode


class Leg(StrEnum):
    """Which way an item goes."""

    IN = "IN"  # dossier, citizen to agency
    SUP = "SUP"  # supplement, citizen to agency
    OUT = "OUT"  # result, agency to citizen
    RET = "RET"  # papers that go back to the agency: recovered originals, refused results
    BAG = "BAG"  # a sealed bag that holds items


class Capacity(StrEnum):
    """In which office a person takes custody."""

    COURIER = "courier"
    COUNTER = "counter"
    DESK = "desk"  # the agency's one-stop desk


class Condition(StrEnum):
    OK = "ok"
    TORN = "torn"
    WET = "wet"
    SEAL_BROKEN = "seal_broken"


class ReservedFor(StrEnum):
    """Why a receiver does not take an offered item and asks for a record instead."""

    MISSING = "missing"
    COUNT = "count"
    SEAL = "seal"
    DAMAGED = "damaged"
    NOT_OURS = "not_ours"


class Receiver(StrEnum):
    """Whom the courier found, after looking at the identity paper."""

    OWNER = "owner"
    AUTHORISED = "authorised"
    ORGANISATION = "organisation"


class CorrectionKind(StrEnum):
    DID_NOT_OCCUR = "did_not_occur"
    INCORRECT_DATA = "incorrect_data"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many papers of each kind lie in a package."""

    originals: int
    certified: int
    photocopies: int

    @property
    def total(self) -> int:
        return self.originals + self.certified + self.photocopies


@dataclass(frozen=True, kw_only=True)
class CodeProof:
    """The citizen's delivery code: the preimage of the lock that was logged at issue."""

    rotation: int
    secret: str


@dataclass(frozen=True, kw_only=True)
class MessageProof:
    """A one-time code sent to the citizen's phone; `reference` names the server's record of it."""

    reference: str


@dataclass(frozen=True, kw_only=True)
class CardProof:
    """The citizen card was compared; only its last four digits are told."""

    last4: str


@dataclass(frozen=True, kw_only=True)
class OverrideProof:
    """Two staff vouch; sampled for audit."""

    witness: StaffId


Proof = CodeProof | MessageProof | CardProof | OverrideProof


# Acts that move custody. Each spends its parent: the event that gave the giver custody.


@dataclass(frozen=True, kw_only=True)
class Accept:
    """The first custody of an item: from the citizen, or at the agency that made the result."""

    capacity: Capacity
    leg: Leg
    counts: Counts
    destination: UnitCode
    lock: str = ""  # commitment to the delivery code of `result_item`, or of this item when OUT
    result_item: ItemId = ItemId("")  # the number reserved for the result
    exchange: str = ""  # shared with the delivery that recovered these papers
    commitment: str = ""


@dataclass(frozen=True, kw_only=True)
class Handover:
    """The receiver takes what was offered; signed by the receiver, over the giver's signature."""

    capacity: Capacity
    counts: Counts
    condition: Condition
    seal: str
    giver: DeviceId
    offer: str  # SHA-256 of the offer: the giver's offer event, or the bytes of an offer QR
    offer_signature: str
    offer_code: str = ""  # the offer QR itself, where the two phones met without a network
    offer_place: int = 0  # which package of that QR this is, and the hashes that lead to its root
    offer_path: tuple[str, ...] = ()
    commitment: str = ""


@dataclass(frozen=True, kw_only=True)
class Deliver:
    """The citizen has it. Terminal."""

    receiver: Receiver
    proof: Proof
    counts: Counts
    condition: Condition
    exchange: str = ""
    recovered: int = 0  # originals taken back in the same act
    evidence: tuple[str, ...] = ()
    commitment: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A lost item turned up; the finder answers for it from now on."""

    capacity: Capacity
    condition: Condition
    why: str = ""


# Acts that tell something of an item in somebody's custody. Parent is that custody.


@dataclass(frozen=True, kw_only=True)
class Pack:
    """Sealed. A second seal needs a witness and a reason."""

    seal: str
    counts: Counts
    condition: Condition = Condition.OK
    witness: StaffId = StaffId("")
    why: str = ""
    manifest: str = ""  # of a bag: SHA-256 over what lies in it


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The holder puts the item out for someone; custody has not moved yet."""

    to_unit: UnitCode
    to_staff: StaffId
    counts: Counts
    condition: Condition
    seal: str
    batch: str  # shared by all items put out in one act
    manifest: str
    batch_count: int


@dataclass(frozen=True, kw_only=True)
class Withdraw:
    """The holder takes an offer back."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Refuse:
    """The one it was offered to does not take it: a record is made, and the item is frozen."""

    offer: str
    reserved_for: ReservedFor
    condition: Condition


@dataclass(frozen=True, kw_only=True)
class Bag:
    """Put into a bag."""

    bag: ItemId


@dataclass(frozen=True, kw_only=True)
class Depart:
    """On the way, with a van or a courier."""

    run: str
    destination: UnitCode


@dataclass(frozen=True, kw_only=True)
class Arrive:
    """Arrived at the event's unit, out of its bag."""


@dataclass(frozen=True, kw_only=True)
class Out:
    """On a courier's run list."""

    round: RoundId


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Nobody could take it: reason, next action, evidence."""

    reason: str
    action: str
    counted: bool  # a door attempt in the sense of the postal law, by the rules of that day
    agreed_for: str = ""  # R06: the day that the receiver named, ISO date
    evidence: tuple[str, ...] = ()
    commitment: str = ""


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Kept at the office for the citizen until a date."""

    until: str  # ISO date


@dataclass(frozen=True, kw_only=True)
class Invite:
    """A written invitation to collect: first or second."""

    ordinal: int


@dataclass(frozen=True, kw_only=True)
class Return:
    """The way back to the agency begins."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Forward:
    """It belongs elsewhere: to another office's round, or to another agency's desk."""

    destination: UnitCode
    why: str


@dataclass(frozen=True, kw_only=True)
class Lost:
    """The holder cannot find it. He still answers for it."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Damage:
    condition: Condition
    why: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Postpone:
    """Flood, storm, a cut road: waits without blame."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """The citizen withdraws, before the agency has it."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Clear:
    """An exception is settled by two staff; `counts` is what both found."""

    witness: StaffId
    why: str
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class Rotate:
    """A new delivery code replaces the old one; a named delegate stands behind `commitment`."""

    rotation: int
    lock: str
    why: str
    commitment: str = ""


@dataclass(frozen=True, kw_only=True)
class Correct:
    """An earlier event was wrong. The checker signs; the maker is named."""

    corrects: EventId
    kind: CorrectionKind
    replacements: tuple[EventId, ...]
    maker: StaffId
    why: str


# Acts that concern no item.


@dataclass(frozen=True, kw_only=True)
class EnrolDevice:
    device: DeviceId
    algorithm: str
    public_key: str  # base64 of the raw key
    holder: StaffId
    holder_unit: UnitCode


@dataclass(frozen=True, kw_only=True)
class RevokeDevice:
    device: DeviceId
    why: str


@dataclass(frozen=True, kw_only=True)
class Erase:
    """Personal data was erased; `subject` is the random id of its dossier."""

    subject: str
    why: str


Transfer = Accept | Handover | Deliver | Found
Note = (
    Pack
    | Offer
    | Withdraw
    | Refuse
    | Bag
    | Depart
    | Arrive
    | Out
    | Attempt
    | Hold
    | Invite
    | Return
    | Forward
    | Lost
    | Damage
    | Postpone
    | Cancel
    | Clear
    | Rotate
    | Correct
)
Registry = EnrolDevice | RevokeDevice | Erase
Act = Transfer | Note | Registry

TRANSFERS = (Accept, Handover, Deliver, Found)
REGISTRY = (EnrolDevice, RevokeDevice, Erase)
