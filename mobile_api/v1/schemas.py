"""The shape of what comes in and goes out. Past this border there are no dicts."""

from contextlib import suppress
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from postal_service.domain.persons import LONGEST_ADDRESS, LONGEST_NAME
from postal_service.domain.receivers import LONGEST_PAPER
from postal_service.ledger import base64_strict
from postal_service.services.door_addresses import Heard
from postal_service.services.examining import LARGEST_BATCH, Sent
from postal_service.services.gateways import Via, WhyNot
from postal_service.services.receivers import Words

HEX_64 = r"^[0-9a-f]{64}$"
UNIT = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$"
DEVICE = r"^[A-Z2-7]{8}$"
CANONICAL_BASE64 = (
    "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"
)
LONGEST_BODY = 24_000  # characters of base64; an event has at most 16,384 bytes
LONGEST_SIGNATURE = 128


class Base64(fields.String):
    """Bytes in standard Base64, written in the one way they can be."""

    def __init__(self, *, largest: int, **options: Any) -> None:  # noqa: ANN401 - marshmallow's own
        # Told to the reader of the document; `_deserialize` checks the same by decoding.
        options["metadata"] = {"pattern": CANONICAL_BASE64, "maxLength": largest}
        super().__init__(**options)
        self._largest = largest

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - marshmallow's own
        if not isinstance(value, str) or len(value) > self._largest:
            raise ValidationError(f"Not Base64 of at most {self._largest} characters.")
        try:
            return base64_strict.read(value)
        except ValueError:
            raise ValidationError("Not canonical Base64.") from None


class SentSchema(Schema):
    """One event: its exact bytes and the signature of its device."""

    body = Base64(largest=LONGEST_BODY, required=True)
    sig = Base64(largest=LONGEST_SIGNATURE, required=True)

    @post_load
    def _to_command(self, told: dict[str, bytes], **_: object) -> Sent:
        return Sent(told["body"], told["sig"])


class SentEvents(fields.List[Any]):
    """A list of SentSchema, read in one go: for 500 events its machinery costs more than the rest.

    What is not plainly right is left to the schema, which says where and what is wrong.
    """

    def _deserialize(self, value: Any, *about: Any, **options: Any) -> Any:  # noqa: ANN401 - marshmallow's own
        if isinstance(value, list) and all(map(_is_plain, value)):
            with suppress(ValueError):
                return [
                    Sent(base64_strict.read(each["body"]), base64_strict.read(each["sig"]))
                    for each in value
                ]
        return super()._deserialize(value, *about, **options)


def _is_plain(told: object) -> bool:
    if not isinstance(told, dict) or told.keys() != {"body", "sig"}:
        return False
    body, signature = told["body"], told["sig"]
    if not isinstance(body, str) or not isinstance(signature, str):
        return False
    return len(body) <= LONGEST_BODY and len(signature) <= LONGEST_SIGNATURE


class BatchSchema(Schema):
    """What a phone uploads at once. It may carry what other phones signed."""

    events = SentEvents(
        fields.Nested(SentSchema),
        required=True,
        validate=validate.Length(min=1, max=LARGEST_BATCH),
    )


class ReceiptSchema(Schema):
    """The log's word that an event is recorded: canonical bytes and the log key's signature."""

    body = fields.String(
        required=True, metadata={"description": "Base64 of JCS {id, idx, lh, rx, v}"}
    )
    sig = fields.String(required=True)


class OutcomeSchema(Schema):
    status = fields.String(
        required=True,
        validate=validate.OneOf(["accepted", "duplicate", "conflict", "held", "quarantined"]),
    )
    event = fields.String(
        required=True, allow_none=True, metadata={"description": "null where the bytes name none"}
    )
    index = fields.Integer(metadata={"description": "Its place in the ledger"})
    verdict = fields.String(metadata={"description": "Why it does not count, or not yet"})
    reason = fields.String(
        metadata={
            "description": "Why it is kept apart. `unproved`: a delivery by a message code that was"
            " not redeemed for this item, by a witness who was no manager over the courier's office"
            " on that day, or by the card of somebody else than the owner or the named delegate; or"
            " one to somebody whom `pc` does not bind and the dossier does not name"
        }
    )
    receipt = fields.Nested(ReceiptSchema)


class BatchAnswerSchema(Schema):
    """One outcome per event, in the order sent."""

    outcomes = fields.List(fields.Nested(OutcomeSchema), required=True)


class EnrolmentSchema(Schema):
    """A phone shows its code and its key. `proof` signs both; see docs/api.md."""

    code = fields.String(required=True, validate=validate.Regexp(r"^[0-9A-Za-z -]{26,60}$"))
    algorithm = fields.String(required=True, validate=validate.OneOf(["ed25519", "p256"]))
    public_key = Base64(largest=128, required=True)
    proof = Base64(largest=128, required=True)


class DeviceSchema(Schema):
    device = fields.String(required=True, validate=validate.Regexp(DEVICE))
    staff = fields.String(required=True)
    unit = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["pending", "active", "revoked"]))
    fingerprint = fields.String(required=True, validate=validate.Length(equal=6))


class NonceSchema(Schema):
    nonce = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class SignInSchema(Schema):
    device = fields.String(required=True, validate=validate.Regexp(DEVICE))
    nonce = fields.String(required=True, validate=validate.Regexp(HEX_64))
    signature = Base64(largest=128, required=True)


class TokenSchema(Schema):
    access_token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_at = fields.AwareDateTime(required=True)


class MeSchema(Schema):
    staff = fields.String(required=True)
    unit = fields.String(required=True)
    device = fields.String(required=True)


class CountsSchema(Schema):
    originals = fields.Integer(required=True)
    certified = fields.Integer(required=True)
    photocopies = fields.Integer(required=True)


class HandedSchema(Schema):
    reference = fields.String(required=True)
    kind = fields.String(required=True)


class TourSchema(Schema):
    """Out of the office and back: what its stops bring is taken over before it leaves."""

    number = fields.Integer(required=True)
    leaves_at = fields.AwareDateTime(required=True)
    returns_at = fields.AwareDateTime(required=True)


class ChargeSchema(Schema):
    """One amount on one line, still to be paid. Two lines are never added up."""

    id = fields.String(required=True)
    line = fields.String(
        required=True,
        attribute="charge.line",
        metadata={"description": "state_fee, postage, or cod"},
    )
    amount_dong = fields.Integer(required=True, attribute="charge.amount_dong")


class StopSchema(Schema):
    position = fields.Integer(required=True)
    tour = fields.Integer(
        required=True, metadata={"description": "The number of one of the round's tours"}
    )
    kind = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    dossier = fields.String(required=True, allow_none=True)
    dossier_code = fields.String(required=True)
    opens_at = fields.AwareDateTime(required=True, allow_none=True)
    closes_at = fields.AwareDateTime(required=True, allow_none=True)
    arrives_at = fields.AwareDateTime(required=True)
    departs_at = fields.AwareDateTime(required=True)
    locked = fields.String(required=True)
    handed = fields.List(fields.Nested(HandedSchema), required=True)
    charges = fields.List(
        fields.Nested(ChargeSchema),
        required=True,
        metadata={"description": "To be collected at this home"},
    )


class RoundSchema(Schema):
    id = fields.String(required=True)
    state = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    metres = fields.Integer(required=True)
    seconds = fields.Integer(required=True)
    tours = fields.List(fields.Nested(TourSchema), required=True)
    stops = fields.List(fields.Nested(StopSchema), required=True)


class PackageSchema(Schema):
    """An item as the phone needs it offline: who holds it, what is in it, and its checks."""

    item = fields.String(required=True)
    leg = fields.String(required=True)
    token = fields.String(
        required=True, metadata={"description": "SHA-256 of the label's token, 16 bytes"}
    )
    state = fields.String(
        required=True, metadata={"description": "C0 where nobody accepted it yet"}
    )
    holder = fields.String(required=True)
    holder_unit = fields.String(required=True)
    custody = fields.String(
        required=True, metadata={"description": "The event the next act rests on"}
    )
    destination = fields.String(required=True)
    counts = fields.Nested(CountsSchema, required=True)
    condition = fields.String(required=True)
    seal = fields.String(required=True)
    lock = fields.String(required=True, metadata={"description": "Of the delivery code"})
    rotation = fields.Integer(required=True)
    result_item = fields.String(
        required=True,
        metadata={"description": "Of an item to be collected: the number reserved for its result"},
    )
    offer = fields.String(required=True, metadata={"description": "The open offer's event"})
    offer_giver = fields.String(required=True, metadata={"description": "Device that signed it"})
    offer_digest = fields.String(
        required=True, metadata={"description": "SHA-256 of it, for the `offer` of a hand-over"}
    )
    offer_signature = fields.String(required=True, metadata={"description": "For its `osig`"})
    batch = fields.String(required=True)
    troubles = fields.List(fields.String(), required=True)
    round = fields.String(required=True)
    attempts = fields.Integer(required=True)
    agreed_for = fields.String(
        required=True,
        metadata={"description": "The day that the receiver named at the last attempt, or nothing"},
    )
    returning = fields.Boolean(required=True)
    collect_back = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "The old papers that are taken back when it is delivered"},
    )
    return_envelope = fields.String(
        required=True,
        metadata={
            "description": "The item they go back in: an empty envelope that is carried along"
        },
    )
    goes_with = fields.String(
        required=True,
        metadata={"description": "Of such an envelope: the result at whose delivery it is filled"},
    )
    charges = fields.List(
        fields.Nested(ChargeSchema),
        required=True,
        metadata={"description": "What its dossier still owes"},
    )


class ColleagueSchema(Schema):
    device = fields.String(required=True)
    staff = fields.String(required=True)
    name = fields.String(required=True)
    algorithm = fields.String(required=True)
    public_key = fields.String(required=True)


class ShiftSchema(Schema):
    day = fields.Date(required=True)
    rounds = fields.List(fields.Nested(RoundSchema), required=True)
    packages = fields.List(fields.Nested(PackageSchema), required=True)
    colleagues = fields.List(fields.Nested(ColleagueSchema), required=True)
    cursor = fields.String(required=True)
    days_to_agree = fields.List(
        fields.Date(),
        required=True,
        metadata={"description": "The days that may be agreed with a receiver at an attempt R06"},
    )
    good_for_seconds = fields.Integer(
        required=True,
        metadata={"description": "Counted from this answer, or from a later 304"},
    )


class SinceSchema(Schema):
    since = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{1,200}$"))


class ChangesSchema(Schema):
    packages = fields.List(fields.Nested(PackageSchema), required=True)
    gone = fields.List(fields.String(), required=True)
    rounds_changed = fields.Boolean(required=True)
    cursor = fields.String(required=True)
    has_more = fields.Boolean(required=True)


class ContactSchema(Schema):
    position = fields.Integer(required=True)
    dossier = fields.String(required=True)
    role = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True)
    address = fields.String(required=True)
    citizen_last4 = fields.String(required=True)


class ContactsSchema(Schema):
    contacts = fields.List(fields.Nested(ContactSchema), required=True)


class AcknowledgedSchema(Schema):
    round = fields.String(required=True)
    acknowledged_at = fields.AwareDateTime(required=True)


class CheckpointSchema(Schema):
    """C2SP tlog-checkpoint, and whose signatures make it believable."""

    size = fields.Integer(required=True, metadata={"description": "Entries that lie beneath it"})
    root = fields.String(
        required=True, metadata={"description": "Hex; an event's `cp` is its first 32 digits"}
    )
    note = fields.String(required=True, metadata={"description": "As it was signed"})
    log = fields.String(required=True, metadata={"description": "Its key signs receipts too"})
    witnesses = fields.List(fields.String(), required=True)
    quorum = fields.Integer(
        required=True, metadata={"description": "So many of the witnesses have signed it"}
    )


class _BoundSchema(Schema):
    """Words that the `pc` of an event binds, with its salt."""

    salt = fields.String(
        required=True,
        validate=validate.Regexp(HEX_64),
        metadata={"description": "32 random bytes, hex, made with the event"},
    )


class HeardSchema(_BoundSchema):
    """What the `pc` of an attempt binds: docs/event-format.md, with `address` and `commune` as data."""

    address = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_ADDRESS),
        metadata={"description": "House, street, hamlet, as it was said; NFC, single blanks"},
    )
    commune = fields.String(
        required=True,
        validate=validate.Regexp(UNIT),
        metadata={"description": "One of GET /code-lists/communes"},
    )

    @post_load
    def _to_command(self, told: dict[str, str], **_: object) -> Heard:
        return Heard(
            address=told["address"], commune=told["commune"], salt=bytes.fromhex(told["salt"])
        )


class ReceiverSchema(_BoundSchema):
    """What the `pc` of a delivery binds: docs/event-format.md, with `name` and `paper` as data."""

    name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_NAME),
        metadata={"description": "Of whoever took it; NFC, single blanks"},
    )
    paper = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_PAPER),
        metadata={"description": "Number or day of the letter of authorisation or introduction"},
    )

    @post_load
    def _to_command(self, told: dict[str, str], **_: object) -> Words:
        return Words(name=told["name"], paper=told["paper"], salt=bytes.fromhex(told["salt"]))


class KeptSchema(Schema):
    event = fields.String(required=True, metadata={"description": "That binds these words"})


class CommuneSchema(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)


class CommunesSchema(Schema):
    communes = fields.List(fields.Nested(CommuneSchema), required=True)


class BlobSchema(Schema):
    sha256 = fields.String(required=True)
    media_type = fields.String(required=True)
    size_bytes = fields.Integer(required=True)


class ReasonSchema(Schema):
    code = fields.String(required=True)
    text = fields.String(required=True)
    counted = fields.Boolean(
        required=True, metadata={"description": "Uses up an attempt at the door"}
    )
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "The first is the default"}
    )
    asks_day = fields.Boolean(
        required=True, metadata={"description": "The event tells in `day` what was agreed"}
    )
    asks_address = fields.Boolean(
        required=True,
        metadata={"description": "What the courier heard goes to PUT /attempts/{event}/address"},
    )


class ReasonsSchema(Schema):
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)


class NamedCodeSchema(Schema):
    """A code that events name, and its word."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class ActionsSchema(Schema):
    actions = fields.List(fields.Nested(NamedCodeSchema), required=True)


class ReservationsSchema(Schema):
    reservations = fields.List(fields.Nested(NamedCodeSchema), required=True)


class ConditionsSchema(Schema):
    conditions = fields.List(fields.Nested(NamedCodeSchema), required=True)


class ReceiversSchema(Schema):
    receivers = fields.List(fields.Nested(NamedCodeSchema), required=True)


class ReferenceSchema(Schema):
    reference = fields.String(required=True, metadata={"description": "For the delivery's proof"})


class MessageSchema(Schema):
    """How the newest message about an item stands."""

    reference = fields.String(required=True, metadata={"description": "Of the code it tells"})
    state = fields.String(required=True, validate=validate.OneOf(["waiting", "sent", "not_sent"]))
    to = fields.String(required=True, metadata={"description": "The number, masked"})
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    via = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*Via, None]),
        metadata={"description": "`folder` is for trials: no telephone got it"},
    )
    reason = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*WhyNot, None]),
        metadata={"description": "What hindered the last try; of `waiting` it is tried again"},
    )


class CodeSchema(Schema):
    code = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{6}$"))
