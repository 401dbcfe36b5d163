"""The shape of a hand-over that both sides signed: the same facts as its paper."""

from marshmallow import Schema, fields, validate

from mobile_api.v1.schemas import CountsSchema
from postal_service.domain.acts import Condition, Leg, ReservedFor


class OwnAnswerSchema(Schema):
    event = fields.String(
        required=True, metadata={"description": "Of the taking or refusal, for /handovers/{event}"}
    )
    at = fields.AwareDateTime(
        required=True, metadata={"description": "As far as the ledger can tell"}
    )
    answer = fields.String(required=True, validate=validate.OneOf(["taken", "refused"]))
    side = fields.String(
        required=True,
        validate=validate.OneOf(["giver", "taker"]),
        metadata={"description": "This courier's"},
    )
    complete = fields.Boolean(
        required=True,
        metadata={"description": "Both halves have arrived, so that there is a record"},
    )


class OwnAnswersSchema(Schema):
    handovers = fields.List(fields.Nested(OwnAnswerSchema), required=True)


class SideSchema(Schema):
    staff = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String(required=True)
    device = fields.String(required=True)
    fingerprint = fields.String(required=True, metadata={"description": "Of the device's key"})
    signed_at = fields.AwareDateTime(
        required=True, metadata={"description": "As far as the ledger could tell when it had both"}
    )
    claimed_at = fields.AwareDateTime(
        required=True, metadata={"description": "By the clock of that device"}
    )


class HandedLineSchema(Schema):
    """One item. `seal` and `counts` are what the taker signed for; of a refused one what the giver told."""

    item = fields.String(required=True)
    leg = fields.String(required=True, validate=validate.OneOf([*Leg]))
    dossier_code = fields.String(required=True)
    seal = fields.String(required=True)
    counts = fields.Nested(CountsSchema, required=True)
    condition = fields.String(required=True, validate=validate.OneOf([*Condition]))
    refused = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*ReservedFor, None]),
        metadata={"description": "Why it was not taken; null where it was"},
    )
    offered = fields.String(
        required=True,
        metadata={"description": "Leaf hash of the giver's event; empty where he showed a code"},
    )
    event = fields.String(required=True, metadata={"description": "The taker's"})
    answered = fields.String(required=True, metadata={"description": "Leaf hash of that event"})
    verdict = fields.String(
        required=True, metadata={"description": "Why it does not count today, or nothing"}
    )
    corrected = fields.Boolean(required=True)


class LedgerHeadSchema(Schema):
    """The ledger as it was signed before the hand-over."""

    size = fields.Integer(required=True)
    root = fields.String(required=True, metadata={"description": "Hex"})
    made_at = fields.AwareDateTime(required=True)
    note = fields.String(required=True, metadata={"description": "As it was signed"})
    witnesses = fields.List(fields.String(), required=True)


class HandoverRecordSchema(Schema):
    """What one person took or refused of what another put out in one act."""

    number = fields.String(required=True)
    giver = fields.Nested(SideSchema, required=True)
    taker = fields.Nested(SideSchema, required=True)
    recorded_at = fields.AwareDateTime(required=True)
    put_out = fields.Integer(
        required=True, metadata={"description": "Items of that act, others' answers included"}
    )
    taken = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    lines = fields.List(fields.Nested(HandedLineSchema), required=True)
    offer_code = fields.String(
        required=True,
        metadata={"description": "SHA-256 of the code that the giver's phone showed, or nothing"},
    )
    chain_head = fields.String(
        required=True, metadata={"description": "Leaf hash of the last of its events"}
    )
    ledger_before = fields.Nested(
        LedgerHeadSchema,
        required=True,
        allow_none=True,
        metadata={"description": "null where the ledger was not signed yet"},
    )
