"""What a courier heard at a door where nobody of that name lives: told after the attempt that his phone signed."""

from flask.typing import ResponseReturnValue

from mobile_api.access import caller, runtime
from mobile_api.documents import Routes
from mobile_api.v1.schemas import HeardSchema, KeptAddressSchema
from postal_service.domain.ids import EventId
from postal_service.services import door_addresses
from postal_service.services.door_addresses import Heard
from postal_service.storage.transaction import transaction

routes = Routes("attempts", __name__, "Attempts at doors")


@routes.route("/attempts/<event:event>/address", methods=["PUT"])
@routes.arguments(HeardSchema)
@routes.response(201, KeptAddressSchema)
@routes.alt_response(200, schema=KeptAddressSchema, description="It was told before", success=True)
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
