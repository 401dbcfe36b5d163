"""At the door: a one-time code for the citizen who has no delivery code at hand."""

from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import Routes
from mobile_api.v1.schemas import CodeSchema, MessageSchema, ReferenceSchema
from postal_service.domain.ids import ItemId
from postal_service.services import door_codes
from postal_service.services.outbox import UNSENT, MessageState
from postal_service.storage.transaction import reading, transaction

routes = Routes("items", __name__, "One-time codes by message")


@routes.route("/items/<item:item>/message-codes", methods=["POST"])
@routes.response(201, ReferenceSchema)
@routes.for_phones
@routes.fails(404, 409, 413, 415)
def send_code(item: str) -> ResponseReturnValue:
    """Send the citizen of an item in this courier's hands a code; three a day, ten minutes each."""
    by = caller().actor
    with transaction(runtime().sessions) as session:
        reference = door_codes.send(
            session,
            runtime().vault,
            ItemId(item),
            can_send=runtime().settings.can_send,
            by=by,
            at=runtime().clock(),
        )
    return {"reference": reference}, 201


@routes.route("/items/<item:item>/message-codes", methods=["GET"])
@routes.response(200, MessageSchema)
@routes.for_phones
@routes.fails(404)
def sent_code(item: str) -> ResponseReturnValue:
    """What became of the newest message to the citizen: on its way, sent, or why not."""
    with reading(runtime().sessions) as session:
        message = door_codes.sent(session, ItemId(item), by=caller().actor)
    is_sent = message.state is MessageState.SENT
    return {
        "reference": message.key,
        "state": "not_sent" if message.state in UNSENT else message.state.value,
        "to": message.shown_to,
        "sent_at": message.ended_at if is_sent else None,
        "via": message.via,
        "reason": message.why,
    }


@routes.route("/items/<item:item>/message-codes/redemptions", methods=["POST"])
@routes.arguments(CodeSchema)
@routes.response(201, ReferenceSchema)
@routes.for_phones
@routes.fails(400, 404, 409, 413, 415)
def redeem_code(told: dict[str, str], item: str) -> ResponseReturnValue:
    """Tell the code that the citizen said; its reference proves the delivery. Five tries a code.

    Told again while the code is good it is answered the same, and counts as one more try.
    """
    by = caller().actor
    # The try is committed before the code is compared: nobody guesses faster than he is counted.
    with transaction(runtime().sessions) as session:
        reference = door_codes.count_try(session, ItemId(item), by=by, at=runtime().clock())
    with transaction(runtime().sessions) as session:
        door_codes.redeem(session, runtime().vault, reference, told["code"], at=runtime().clock())
    return {"reference": reference}, 201
