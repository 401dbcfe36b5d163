"""Who received in the owner's place, and by which paper: told after the delivery that a courier's phone signed."""

from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import Routes
from mobile_api.v1.schemas import KeptReceiverSchema, ReceiverSchema
from postal_service.domain.ids import EventId
from postal_service.services import receivers
from postal_service.services.receivers import Words
from postal_service.storage.transaction import transaction

routes = Routes("deliveries", __name__, "Deliveries at doors")


@routes.route("/deliveries/<event:event>/receiver", methods=["PUT"])
@routes.arguments(ReceiverSchema)
@routes.response(201, KeptReceiverSchema)
@routes.alt_response(200, schema=KeptReceiverSchema, description="It was told before", success=True)
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
