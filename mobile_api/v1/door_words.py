"""What a courier heard or was shown at a door: bound by the event that his phone signed there, told after it."""

from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import Routes
from mobile_api.v1.schemas import HeardSchema, KeptSchema, ReceiverSchema
from postal_service.domain.ids import EventId
from postal_service.services import door_addresses, receivers
from postal_service.services.door_addresses import Heard
from postal_service.services.receivers import Words
from postal_service.storage.transaction import transaction

routes = Routes("door_words", __name__, "What attempts and deliveries at doors bind")


@routes.route("/attempts/<event:event>/address", methods=["PUT"])
@routes.arguments(HeardSchema)
@routes.response(201, KeptSchema)
@routes.alt_response(200, schema=KeptSchema, description="It was told before", success=True)
@routes.for_phones
@routes.fails(400, 404, 409, 413, 415)
def tell_address(told: Heard, event: str) -> ResponseReturnValue:
    """Tell where the receiver is said to live now, as the `pc` of this courier's attempt binds it.

    Upload the attempt first. A clerk compares it and forwards the item; told again it changes
    nothing.
    """
    by = caller().actor
    with transaction(runtime().sessions) as session:
        is_new = door_addresses.tell(
            session, runtime().vault, EventId(event), told, by=by, at=runtime().clock()
        )
    return {"event": event}, 201 if is_new else 200


@routes.route("/deliveries/<event:event>/receiver", methods=["PUT"])
@routes.arguments(ReceiverSchema)
@routes.response(201, KeptSchema)
@routes.alt_response(200, schema=KeptSchema, description="It was told before", success=True)
@routes.for_phones
@routes.fails(400, 404, 409, 413, 415)
def tell_receiver(told: Words, event: str) -> ResponseReturnValue:
    """Tell who received, and by which paper, as the `pc` of this courier's delivery binds it.

    Upload the delivery first. The words are kept sealed with the dossier and erased with it; told
    again they change nothing.
    """
    by = caller().actor
    with transaction(runtime().sessions) as session:
        is_new = receivers.tell(session, runtime().vault, EventId(event), told, by=by)
    return {"event": event}, 201 if is_new else 200
