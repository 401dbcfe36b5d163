"""The shape of what a courier took at doors, and of what became of each."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from postal_service.domain.money import LARGEST_AMOUNT_DONG, Line, Means
from postal_service.services.charges import LONGEST_REFERENCE, ChargeId
from postal_service.services.taking import Told

MOST_AT_ONCE = 50
CHARGE = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
AT_DOORS = (Means.CASH, Means.TRANSFER_CODE)


class WholeNumber(fields.Integer):
    """As the document's `integer` has it: 26000.0 is whole too, 26000.5 and "26000" are not."""

    def _validated(self, value: Any) -> int:  # noqa: ANN401 - whatever a phone sends
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return super()._validated(value)


class PaymentSchema(Schema):
    """One charge that was paid whole: its `id` and `amount_dong` as the day told them."""

    charge = fields.String(required=True, validate=validate.Regexp(CHARGE))
    amount_dong = WholeNumber(
        required=True, strict=True, validate=validate.Range(min=1, max=LARGEST_AMOUNT_DONG)
    )
    means = fields.String(
        required=True, validate=validate.OneOf([means.value for means in AT_DOORS])
    )
    reference = fields.String(
        load_default="",
        validate=[validate.Length(max=LONGEST_REFERENCE), validate.Regexp(PRINTABLE)],
        metadata={"description": "Receipt or transfer number; needed for what is not cash"},
    )
    taken_at = fields.AwareDateTime(
        load_default=None,
        metadata={"description": "By the phone's clock; where it cannot be true, ours is entered"},
    )

    @post_load
    def _to_command(self, told: dict[str, object], **_: object) -> Told:
        return Told(
            charge=ChargeId(str(told["charge"])),
            amount_dong=int(str(told["amount_dong"])),
            means=Means(str(told["means"])),
            reference=str(told["reference"]),
            taken_at=told["taken_at"],  # type: ignore[arg-type]  # marshmallow's dict has no types
        )


class PaymentsSchema(Schema):
    """What a phone tells at once."""

    payments = fields.List(
        fields.Nested(PaymentSchema),
        required=True,
        validate=validate.Length(min=1, max=MOST_AT_ONCE),
    )


class PaymentOutcomeSchema(Schema):
    charge = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["recorded", "refused"]))
    line = fields.String(validate=validate.OneOf([line.value for line in Line]))
    amount_dong = fields.Integer()
    means = fields.String()
    reference = fields.String()
    taken_at = fields.AwareDateTime(metadata={"description": "As it was entered"})
    code = fields.String(metadata={"description": "Why it is refused, for programs"})
    title = fields.String(metadata={"description": "The same for people"})


class PaymentsAnswerSchema(Schema):
    """One outcome per payment, in the order told."""

    outcomes = fields.List(fields.Nested(PaymentOutcomeSchema), required=True)
